"""補正の依頼：要確認を解く文を、手紙に書けるまま入れておき、直して依頼する。"""

from datetime import timedelta

from PySide6.QtWidgets import QCheckBox, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.domain.eligibility_requests import Request
from app.services import intake
from app.services.office import Office
from app.services.views.eligibility import EligibilityView
from ui.theme.style import current_look
from ui.widgets.date_field import DateField
from ui.widgets.saving import SavingDialog, unread

# 書類を取り寄せるのに要る日数の目安
DAYS_TO_ANSWER = 14
_NOTHING = Request("", "", "")


class _Item(QWidget):
    """求め一つ：依頼するかの印と、手紙の文。"""

    def __init__(self, request: Request) -> None:
        super().__init__()
        self.request = request
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.chosen = QCheckBox("この文で依頼する")
        self.chosen.setChecked(True)
        self.text = QPlainTextEdit(request.sentence)
        self.text.setAccessibleName(f"{request.requirement or '不備'}の文")
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(current_look().px(96))
        self.chosen.toggled.connect(self.text.setEnabled)
        column.addWidget(self.chosen)
        column.addWidget(self.text)
        self.setFocusProxy(self.text)

    @property
    def words(self) -> str:
        """依頼する文。印がなければ空。"""
        return self.text.toPlainText().strip() if self.chosen.isChecked() else ""


class RequestDialog(SavingDialog):
    """判定を決めるための補正を、要件ごとに依頼する。"""

    def __init__(self, parent: QWidget | None, office: Office, view: EligibilityView) -> None:
        words = "文は補正依頼の手紙にそのまま載ります。直してから依頼できます。"
        super().__init__(parent, "補正の依頼", words, "依頼する")
        self._office, self._application_id = office, view.row.application_id
        self.requested = 0
        self.items = [_Item(one) for one in view.requests or (_NOTHING,)]
        for place, item in enumerate(self.items):
            if len(self.items) == 1:
                item.chosen.hide()
            name = item.request.requirement or "不備"
            self.form.add(f"item{place}", name, item, item.request.document_kind, required=place == 0)
        self.due, self.note = DateField(office.today(), "期限"), QLineEdit()
        self.due.set_value(office.today() + timedelta(days=DAYS_TO_ANSWER))
        self.form.add("due", "期限", self.due, required=True)
        self.form.add("note", "覚え書き", self.note, "手紙には載りません")
        if len(self.items) > 1:
            self.scroll_form(520, 420)
        self.items[0].text.setFocus()

    def errors(self) -> dict[str, str]:
        """文と期限は要る。"""
        found = {}
        if not any(item.words for item in self.items):
            found["item0"] = "依頼する文がありません。何を出してほしいかを書いてください。"
        for place, item in enumerate(self.items):
            if item.chosen.isChecked() and not item.words:
                found[f"item{place}"] = "文が空です。書くか、印を外してください。"
        if self.due.value is None:
            found["due"] = unread(self.due) or "期限を入れてください。"
        return found

    def save(self) -> None:
        """印のある求めを、一つずつ依頼として記す。"""
        assert self.due.value is not None
        self.requested = 0
        for item in self.items:
            if item.words:
                intake.request_correction(
                    self._office,
                    self._application_id,
                    item.words,
                    self.due.value,
                    self.note.text(),
                    document_kind=item.request.document_kind or None,
                    requirement=item.request.requirement or None,
                )
                self.requested += 1
