"""持ち出し先での、利害関係の申告：審査を始める前に、本人に尋ねる。"""

from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QWidget

from app.services.committee.review import Review
from ui.theme.style import current_look
from ui.widgets.saving import SavingDialog

_ABOUT = (
    "この会議の案件に、あなたと利害関係のある人（同じ所属、親族、指導した人など）はいますか。"
    "いれば印を付けてください。その案件は開けなくなり、回避の申出として事務局へ伝わります。"
    "いなければ、印を付けずに申告してください。"
)


class DeclareDialog(SavingDialog):
    """利害関係の申告。印を付けた案件に入れたことは消える。"""

    asks_before_leaving = False

    def __init__(self, parent: QWidget | None, review: Review) -> None:
        super().__init__(parent, "利害関係の申告", _ABOUT, "申告する")
        self._review = review
        told = review.entries.declared
        self.boxes: dict[int, QCheckBox] = {}
        self.body.removeWidget(self.form)
        for row in review.rows():
            box = QCheckBox(f"{row.position:03d}　{row.name}　{row.reading}".replace("&", "&&"))
            box.setChecked(told is not None and row.id in told.cases)
            self.boxes[row.id] = box
            self.body.addWidget(box)
        self.told = QPlainTextEdit(told.words if told is not None else "")
        self.told.setFixedHeight(current_look().px(64))
        self.form.add("words", "言葉", self.told, "どのような関わりか。なければ空のまま")
        self.body.addWidget(self.form)
        self.limit_content(current_look().px(460))
        self.main_button.setFocus()

    def save(self) -> None:
        """申告を残す。"""
        chosen = [case_id for case_id, box in self.boxes.items() if box.isChecked()]
        self._review.declare(self.told.toPlainText(), chosen)
