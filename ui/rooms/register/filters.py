"""名簿の基準日と絞り込みの欄。"""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.services.office import Office
from app.services.register import FILTER_WORDS
from app.services.views.register import RegisterFilter
from ui.theme import tokens as t
from ui.theme.style import current_look
from ui.widgets.cards import button, label
from ui.widgets.date_field import DateField

_HINTS = {
    "text": "氏名・番号・所属機関",
    "area": "活動地域　例 埼玉",
    "qualification": "保有資格　例 社会福祉士",
    "specialty": "専門分野　例 労働",
    "language": "対応言語　例 ベトナム語",
}
_WAIT = 200  # 打ち終わりを待つ（ミリ秒）


class RegisterFilters(QWidget):
    """基準日と五つの欄。changed は絞り込みが、day_changed は基準日が変わると届く。"""

    changed = Signal()
    day_changed = Signal()

    def __init__(self, office: Office) -> None:
        super().__init__()
        px = current_look().px
        self._office = office
        self.day = DateField(office.today(), "基準日")
        self.day.set_value(office.today())
        self.day.changed.connect(self._day_changed)
        self.fields = {key: QLineEdit() for key in FILTER_WORDS}
        self.publish = QCheckBox("公表に同意した人だけ")
        self.clear_button = button("絞り込みを消す", "small", self.clear)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT)
        self._timer.timeout.connect(self.changed)
        for key, field in self.fields.items():
            field.setAccessibleName(f"{FILTER_WORDS[key]}で絞る")
            field.setPlaceholderText(_HINTS[key])
            field.setClearButtonEnabled(True)
            field.textChanged.connect(lambda _text: self._timer.start())
            field.returnPressed.connect(self._now)
        self.publish.toggled.connect(lambda _on: self.changed.emit())
        column = QVBoxLayout(self)
        column.setContentsMargins(px(t.GAP_3), px(t.GAP_3), px(t.GAP_3), px(t.GAP_1))
        column.setSpacing(px(t.GAP_2))
        self._lay_out(column)

    def _lay_out(self, column: QVBoxLayout) -> None:
        px = current_look().px
        first = QHBoxLayout()
        first.setSpacing(px(t.GAP_2))
        first.addWidget(label("基準日", "muted"))
        first.addWidget(self.day, 1)
        first.addWidget(self.clear_button)
        column.addLayout(first)
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(t.GAP_2))
        grid.setVerticalSpacing(px(t.GAP_2))
        for place, field in enumerate(self.fields[k] for k in _HINTS):
            grid.addWidget(field, place // 3, place % 3)
        grid.addWidget(self.publish, 1, 2)
        column.addLayout(grid)

    def _day_changed(self, _day: object) -> None:
        if self.day.value is not None:
            self.day_changed.emit()

    def _now(self) -> None:
        self._timer.stop()
        self.changed.emit()

    @property
    def chosen(self) -> RegisterFilter:
        """いまの絞り込み（状態は含まない）。"""
        words = {key: field.text().strip() for key, field in self.fields.items()}
        return RegisterFilter(
            area=words["area"],
            qualification=words["qualification"],
            specialty=words["specialty"],
            language=words["language"],
            text=words["text"],
            publish_only=self.publish.isChecked(),
        )

    @property
    def is_empty(self) -> bool:
        """何も絞っていなければ真。"""
        return self.chosen == RegisterFilter()

    def clear(self) -> None:
        """絞り込みを消す（基準日は保つ）。"""
        for field in self.fields.values():
            field.clear()
        self.publish.setChecked(False)
        self._now()
