"""名簿の基準日と絞り込みの欄、取っておいた絞り込み。"""

from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import AccessDenied
from app.services import cohorts, register
from app.services.register import FILTER_WORDS
from app.services.views.register import RegisterFilter, SavedRegisterFilter
from ui.rooms.context import RoomContext
from ui.rooms.register.saved import SavedFiltersDialog, SaveFilterDialog
from ui.theme import tokens as t
from ui.theme.style import current_look
from ui.widgets.cards import button, label
from ui.widgets.date_field import DateField
from ui.widgets.flow import FlowLayout

_HINTS = {
    "text": "氏名・番号・所属機関",
    "area": "活動地域　例 埼玉",
    "qualification": "保有資格　例 社会福祉士",
    "specialty": "専門分野　例 労働",
    "language": "対応言語　例 ベトナム語",
}
_WAIT = 200  # 打ち終わりを待つ（ミリ秒）
_ALL_COHORTS = "どの研修期も"


class RegisterFilters(QWidget):
    """基準日と絞り込み。changed は絞り込みが、day_changed は基準日が変わると届く。

    picked は取っておいた絞り込みを選んだとき、その状態（空はすべて）とともに、changed の前に届く。
    """

    changed = Signal()
    day_changed = Signal()
    picked = Signal(str)

    def __init__(self, context: RoomContext) -> None:
        super().__init__()
        px = current_look().px
        self._context = context
        self._office = context.office
        self.standing = ""  # 札で選ばれている状態。保存のときに添える
        self.day = DateField(self._office.today(), "基準日")
        self.day.set_value(self._office.today())
        self.day.changed.connect(self._day_changed)
        self._build_fields()
        self._build_saved()
        column = QVBoxLayout(self)
        column.setContentsMargins(px(t.GAP_3), px(t.GAP_3), px(t.GAP_3), px(t.GAP_1))
        column.setSpacing(px(t.GAP_2))
        self._lay_out(column)
        self.reload_choices()

    def _build_fields(self) -> None:
        self.fields = {key: QLineEdit() for key in FILTER_WORDS}
        self.cohort = QComboBox()
        self.cohort.setAccessibleName("研修期で絞る")
        self.cohort.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.cohort.setMinimumContentsLength(4)
        self.cohort.currentIndexChanged.connect(lambda _place: self.changed.emit())
        self.publish = QCheckBox("公表に同意した人")
        self.clear_button = button("消す", "small", self.clear)
        self.clear_button.setAccessibleName("絞り込みを消す")
        self.clear_button.setToolTip("絞り込みを消す")
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

    def _build_saved(self) -> None:
        self.saved_menu = QMenu(self)
        self.saved_button = button("保存した条件", "small", lambda: None)
        self.saved_button.setAccessibleName("保存した絞り込みを選ぶ・保存する")
        self.saved_button.setMenu(self.saved_menu)

    def _lay_out(self, column: QVBoxLayout) -> None:
        px = current_look().px
        first, last = QHBoxLayout(), FlowLayout()
        for row in (first, last):
            row.setSpacing(px(t.GAP_2))
        first.addWidget(label("基準日", "muted"))
        first.addWidget(self.day, 1)
        column.addLayout(first)
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(t.GAP_2))
        grid.setVerticalSpacing(px(t.GAP_2))
        for place, field in enumerate((*(self.fields[k] for k in _HINTS), self.cohort)):
            grid.addWidget(field, place // 3, place % 3)
        for place in range(3):
            grid.setColumnStretch(place, 1)
        column.addLayout(grid)
        for part in (self.saved_button, self.publish, self.clear_button):
            last.addWidget(part)
        column.addLayout(last)

    def reload_choices(self) -> None:
        """研修期と、取っておいた絞り込みを読み直す。選びは保つ。"""
        chosen = self.cohort.currentData()
        self.cohort.blockSignals(True)
        self.cohort.clear()
        self.cohort.addItem(_ALL_COHORTS, None)
        for one in cohorts.list_cohorts(self._office):
            self.cohort.addItem(one.title, one.id)
        self.cohort.setCurrentIndex(max(0, self.cohort.findData(chosen)))
        self.cohort.blockSignals(False)
        self._fill_menu()

    def _fill_menu(self) -> None:
        menu = self.saved_menu
        menu.clear()
        for kept in self._saved():
            words = f"{kept.name}（共用）" if kept.shared else kept.name
            menu.addAction(words.replace("&", "&&"), partial(self.show_filter, kept.chosen))
        if not menu.isEmpty():
            menu.addSeparator()
        if self._office.may("register.save_filter"):
            menu.addAction("いまの条件を保存…", self.save)
            menu.addAction("名を替える・消す…", self.arrange)
        self.saved_button.setEnabled(not menu.isEmpty())

    def _saved(self) -> tuple[SavedRegisterFilter, ...]:
        try:
            return register.list_filters(self._office)
        except AccessDenied:
            return ()  # 読めない役割には、名簿の側が断る

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
            cohort_id=self.cohort.currentData(),
            publish_only=self.publish.isChecked(),
        )

    @property
    def is_empty(self) -> bool:
        """何も絞っていなければ真。"""
        return self.chosen == RegisterFilter()

    def show_filter(self, chosen: RegisterFilter) -> None:
        """条件を欄に入れる（状態は picked で部屋に渡す）。"""
        parts = [*self.fields.values(), self.cohort, self.publish]
        for part in parts:
            part.blockSignals(True)
        for key, field in self.fields.items():
            field.setText(getattr(chosen, key))
        self.cohort.setCurrentIndex(max(0, self.cohort.findData(chosen.cohort_id)))
        self.publish.setChecked(chosen.publish_only)
        for part in parts:
            part.blockSignals(False)
        self.picked.emit(chosen.standing)
        self._now()

    def clear(self) -> None:
        """絞り込みを消す（基準日は保つ）。"""
        self.show_filter(RegisterFilter())

    def save(self) -> None:
        """いまの絞り込みに名を付ける窓を開く。"""
        dialog = SaveFilterDialog(self, self._office, self.chosen, self.standing)
        dialog.saved.connect(self._kept)
        dialog.open()

    def _kept(self) -> None:
        self._fill_menu()
        self._context.changed()

    def arrange(self) -> None:
        """取っておいた絞り込みの名を替え、消す窓を開く。"""
        dialog = SavedFiltersDialog(self, self._context)
        dialog.finished.connect(lambda _how: self._fill_menu())
        dialog.open()
