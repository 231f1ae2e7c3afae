"""選考の窓の部品：基準の並び、順を動かす窓、定員を改める窓、定員の線を引く表。"""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.domain.selection import CRITERIA, Criterion
from app.services import eligibility
from app.services.office import Office
from app.services.views.selection import SelectionRow, SelectionState
from ui.tables.model import ROW_ROLE
from ui.tables.view import RowDelegate
from ui.theme import tokens as t
from ui.theme.style import current_look
from ui.widgets.cards import button, label
from ui.widgets.number import NumberBox
from ui.widgets.saving import SavingDialog

_KEY = int(Qt.ItemDataRole.UserRole)
_MOST = 99_999


class CriteriaBox(QWidget):
    """基準の並び（上ほど強い）と、待機の人数。替えるたびに changed を送る。書くことはない。"""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        px = current_look().px
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(t.GAP_2))
        column.addWidget(label("選考の基準（上ほど強い）", "section"))
        self.items = QListWidget()
        self.items.setAccessibleName("選考の基準")
        self.items.setSpacing(px(1))
        self.items.itemChanged.connect(lambda _item: self.changed.emit())
        self.items.currentRowChanged.connect(lambda _place: self._show_actions())
        column.addWidget(self.items, 1)
        moves = QHBoxLayout()
        self.up_button = button("上へ", "small", lambda: self._shift(-1))
        self.down_button = button("下へ", "small", lambda: self._shift(1))
        self.remove_button = button("外す", "small", self._remove)
        for made in (self.up_button, self.down_button, self.remove_button):
            moves.addWidget(made)
        moves.addStretch(1)
        column.addLayout(moves)
        self.choice = QComboBox()
        self.choice.setAccessibleName("加える基準")
        self.choice.activated.connect(self._add_chosen)
        column.addWidget(self.choice)
        self.waiting = NumberBox()
        self.waiting.setAccessibleName("待機の人数")
        self.waiting.setRange(-1, _MOST)
        self.waiting.setSpecialValueText("選ばれない人すべて")
        self.waiting.valueChanged.connect(lambda _value: self.changed.emit())
        row = QHBoxLayout()
        row.addWidget(label("待機の人数"))
        row.addWidget(self.waiting, 1)
        column.addLayout(row)

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """いまの基準。"""
        found = [self.items.item(place) for place in range(self.items.count())]
        return tuple(Criterion(item.data(_KEY), item.text().strip()) for item in found)

    @property
    def waiting_places(self) -> int | None:
        """待機の人数（None なら選ばれない人すべて）。"""
        value = self.waiting.value()
        return None if value < 0 else value

    def show_plan(self, criteria: Sequence[Criterion], waiting: int | None) -> None:
        """保存した定めを示す（知らせは出さない）。"""
        self.waiting.blockSignals(True)
        self.waiting.setValue(-1 if waiting is None else waiting)
        self.waiting.blockSignals(False)
        self._fill(criteria, 0)

    def _fill(self, criteria: Sequence[Criterion], chosen: int) -> None:
        self.items.blockSignals(True)
        self.items.clear()
        for c in criteria:
            item = QListWidgetItem(c.words)
            item.setData(_KEY, c.key)
            item.setSizeHint(QSize(0, current_look().px(30)))
            item.setToolTip(
                f"並べ方：{CRITERIA[c.key]}。文は二度押しか F2 で書き直せます（通知に載ります）。"
            )
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self.items.addItem(item)
        self.items.setCurrentRow(min(chosen, len(criteria) - 1))
        self.items.blockSignals(False)
        used = {c.key for c in criteria}
        self.choice.clear()
        self.choice.addItem("基準を加える…")
        for key, words in CRITERIA.items():
            if key not in used:
                self.choice.addItem(words, key)
        self.choice.setEnabled(self.choice.count() > 1)
        self._show_actions()

    def _show_actions(self) -> None:
        place, last = self.items.currentRow(), self.items.count() - 1
        self.up_button.setEnabled(place > 0)
        self.down_button.setEnabled(0 <= place < last)
        self.remove_button.setEnabled(place >= 0 and last > 0)

    def _shift(self, step: int) -> None:
        place, kept = self.items.currentRow(), list(self.criteria)
        kept.insert(place + step, kept.pop(place))
        self._fill(kept, place + step)
        self.changed.emit()

    def _remove(self) -> None:
        place, kept = self.items.currentRow(), list(self.criteria)
        kept.pop(place)
        self._fill(kept, place)
        self.changed.emit()

    def _add_chosen(self, place: int) -> None:
        if place > 0:
            self.add(self.choice.itemData(place))

    def add(self, key: str) -> None:
        """基準を、受付順と抽選（順がすべて定まるもの）の前に加える。"""
        kept = list(self.criteria)
        place = next((i for i, c in enumerate(kept) if c.key in ("reception", "lot")), len(kept))
        kept.insert(place, Criterion(key, CRITERIA[key]))
        self._fill(kept, place)
        self.changed.emit()


class LineDelegate(RowDelegate):
    """定員の最後の人の下に、太い線を引く。"""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.capacity = 0

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """升一つと、定員の線を描く。"""
        super().paint(painter, option, index)
        row = index.data(ROW_ROLE)
        if isinstance(row, SelectionRow) and row.place == self.capacity:
            look, rect = current_look(), option.rect
            painter.save()
            painter.setPen(QPen(look.colour("accent"), look.px(3)))
            painter.drawLine(rect.bottomLeft(), rect.bottomRight())
            painter.restore()


class MoveDialog(SavingDialog):
    """一人を、理由を書いて動かす。moved は（置く所。選考外なら None）、理由。"""

    moved = Signal(object, str)

    def __init__(self, parent: QWidget | None, row: SelectionRow, last: int, capacity: int) -> None:
        words = (
            f"{row.name}（計算では{row.computed_place}番目・{row.computed.words}）。"
            f"{capacity}番目までが選ばれます。結果が計算と違えば、決定のときに二人目の確認が要ります。"
        )
        super().__init__(parent, "順を動かす", words, "動かす")
        self.place, self.out, self.reason = NumberBox(), QCheckBox("選考外にする"), QPlainTextEdit()
        self.place.setRange(1, max(last, 1))
        self.place.setValue(min(row.place, last))
        self.out.toggled.connect(lambda on: self.place.setEnabled(not on))
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(current_look().px(72))
        self.form.add("place", "置く所（番目）", self.place)
        self.form.add("out", "", self.out)
        self.form.add("reason", "理由", self.reason, "記録に残ります", required=True)
        self.place.setFocus()

    def errors(self) -> dict[str, str]:
        """理由は要る。"""
        if self.reason.toPlainText().strip():
            return {}
        return {"reason": "理由を書いてください。記録に残り、後から読めます。"}

    def save(self) -> None:
        """動かすことを知らせる（まだ書かない）。"""
        words = " ".join(self.reason.toPlainText().split())
        self.moved.emit(None if self.out.isChecked() else self.place.value(), words)


class CapacityDialog(SavingDialog):
    """定員を、理由を書いて改める。"""

    def __init__(self, parent: QWidget | None, office: Office, cohort_id: int, state: SelectionState) -> None:
        super().__init__(parent, "定員を改める", state.words, "改める")
        self._office, self._cohort_id = office, cohort_id
        self.capacity, self.reason = NumberBox(), QPlainTextEdit()
        self.capacity.setRange(1, _MOST)
        self.capacity.setValue(state.capacity)
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(current_look().px(72))
        self.form.add("capacity", "定員（名）", self.capacity, required=True)
        self.form.add("reason", "理由", self.reason, required=True)
        self.capacity.setFocus()

    def errors(self) -> dict[str, str]:
        """理由は要る。"""
        return {} if self.reason.toPlainText().strip() else {"reason": "理由を書いてください。"}

    def save(self) -> None:
        """改める。"""
        eligibility.set_capacity(
            self._office, self._cohort_id, self.capacity.value(), self.reason.toPlainText().strip()
        )


def action(text: str, clicked: object, row: QHBoxLayout) -> QPushButton:
    """小さな操作を横の列に足す。"""
    assert callable(clicked)
    made = button(text, "small", clicked)
    row.addWidget(made)
    return made
