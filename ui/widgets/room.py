"""部屋の型：見出し、知らせの帯、左の一覧、右の記録、操作の列。"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from ui.messages import Banner
from ui.tables.view import RowsView
from ui.theme import tokens as t
from ui.theme.style import current_look, fit_label, set_role, show_if
from ui.widgets.actions import ActionBar
from ui.widgets.cards import EmptyState, ProgressCard, button, hairline, label
from ui.widgets.chip import Chip
from ui.widgets.flow import FlowLayout
from ui.widgets.record_head import RecordHead
from ui.widgets.scrolling import ScrolledColumn
from ui.widgets.two_sided import TwoSided

__all__ = ["ActionBar", "Filter", "FilterBar", "ListPane", "RecordPane", "RoomPage", "SplitRoomPage"]


# これより背の低い記録（100 % の px）では、何も留めずにすべてを巻く
_LOW = 400


@dataclass(frozen=True)
class Filter:
    """絞り込みの札。count は件数、None なら出さない。"""

    key: str
    title: str
    count: int | None = None

    @property
    def words(self) -> str:
        """札の言葉（要確認 5）。"""
        return self.title if self.count is None else f"{self.title} {self.count:,}"


class FilterBar(QWidget):
    """絞り込みの札の列。一つだけ選ばれている。changed は選ばれた key を送る。"""

    changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        px = current_look().px
        self._layout = FlowLayout(self)
        self._layout.setContentsMargins(px(t.GAP_3), px(t.GAP_2), px(t.GAP_3), px(t.GAP_2))
        self._layout.setSpacing(px(t.GAP_2))
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QPushButton] = {}
        self._current = ""

    @property
    def current(self) -> str:
        """選ばれている key。札がなければ空。"""
        return self._current

    def set_filters(self, filters: Sequence[Filter]) -> None:
        """札と件数を替える。選びは保ち、なくなっていれば先頭を選ぶ。"""
        keys = [f.key for f in filters]
        if list(self._buttons) != keys:
            self._rebuild(keys)
        for entry in filters:
            self._buttons[entry.key].setText(entry.words.replace("&", "&&"))
            self._buttons[entry.key].setAccessibleName(f"{entry.words}に絞る")
        if self._current not in self._buttons:
            self._current = keys[0] if keys else ""
        if self._current:
            self._buttons[self._current].setChecked(True)

    def choose(self, key: str) -> None:
        """札を選ぶ。選びが変われば changed を送る。"""
        self._buttons[key].setChecked(True)
        if key != self._current:
            self._current = key
            self.changed.emit(key)

    def words(self) -> tuple[str, ...]:
        """札の言葉（左から）。"""
        return tuple(b.text() for b in self._buttons.values())

    def _rebuild(self, keys: Sequence[str]) -> None:
        for old in self._buttons.values():
            self._group.removeButton(old)
            self._layout.removeWidget(old)
            old.setParent(None)
            old.deleteLater()
        self._buttons = {}
        for key in keys:
            made = QPushButton()
            set_role(made, "filter")
            made.setCheckable(True)
            made.setAutoDefault(False)
            made.clicked.connect(lambda _checked=False, k=key: self.choose(k))
            self._group.addButton(made)
            self._layout.addWidget(made)
            self._buttons[key] = made


class ListPane(QFrame):
    """左の一覧の囲み。上に絞り込み、下に表、何もなければ次にすることの言葉。

    picked は人が別の行を選んだとき、record_changed は（手でもプログラムでも）別の記録に替わったときに届く。
    """

    picked = Signal()
    record_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "card")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        self.filters = FilterBar()
        self.filters.hide()
        self.top = QVBoxLayout()
        self.empty = EmptyState()
        self._stack = QStackedLayout()
        self._stack.addWidget(self.empty)
        outer.addLayout(self.top)
        outer.addWidget(self.filters)
        outer.addLayout(self._stack, 1)
        self._content: QWidget | None = None
        self._record: tuple[int, object] | None = None

    def set_filters(self, filters: Sequence[Filter]) -> None:
        """絞り込みの札を出す。"""
        self.filters.set_filters(filters)
        show_if(self.filters, bool(filters))

    def set_content(self, content: QWidget) -> None:
        """表を置く。"""
        self._content = content
        self._stack.addWidget(content)
        self._stack.setCurrentWidget(content)
        tables = [content] if isinstance(content, RowsView) else content.findChildren(RowsView)
        for table in tables:
            table.picked.connect(self.picked)
            table.row_chosen.connect(partial(self._row_chosen, table))

    def _row_chosen(self, table: RowsView, row: object) -> None:
        # 読み直しで同じ記録が選び直されても、替わったとは言わない
        if row is None:
            return
        record = (id(table), table.rows_model.key(row))
        if record != self._record:
            self._record = record
            self.record_changed.emit()

    def show_empty(self, text: str, action_text: str = "", action: Callable[[], None] | None = None) -> None:
        """何もないときの言葉に替える。"""
        self.empty.set_text(text, action_text, action)
        self._stack.setCurrentWidget(self.empty)

    def show_content(self) -> None:
        """表に戻す。"""
        if self._content is not None:
            self._stack.setCurrentWidget(self._content)

    @property
    def is_empty_shown(self) -> bool:
        """何もないときの言葉が出ていれば真。"""
        return self._stack.currentWidget() is self.empty


class RecordPane(QFrame):
    """右の記録。見出し（氏名・補足・状態の札）、巻ける中身、操作の列。"""

    def __init__(
        self, empty_text: str = "左の一覧から選んでください。", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        set_role(self, "card")
        px = current_look().px
        self._record = QWidget()
        column = QVBoxLayout(self._record)
        column.setContentsMargins(px(t.GAP_4), px(t.GAP_3), px(t.GAP_4), px(t.GAP_3))
        column.setSpacing(px(t.GAP_2))
        self.heading, self.aside, self.chip = label("", "section"), label("", "caption"), Chip("")
        self.aside.setWordWrap(True)
        self.aside.setTextFormat(Qt.TextFormat.PlainText)
        self.heading.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        head = RecordHead()
        head.setSpacing(px(t.GAP_3))
        for part in (self.heading, self.aside, self.chip):
            head.addWidget(part)
        column.addLayout(head)
        self._scrolled = ScrolledColumn()
        self.content = self._scrolled.column
        column.addWidget(self._scrolled, 1)
        self.line = hairline("hairline_weak")
        column.addWidget(self.line)
        self.actions_bar = ActionBar()
        column.addWidget(self.actions_bar)
        self._column = column
        self._pinned: QWidget | None = None
        self.empty = EmptyState(empty_text)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._record)

    def show_record(self, heading: str, aside: str = "", chip: str = "", tone: t.Tone = t.Tone.MUTED) -> None:
        """記録の見出しを替えて出す。"""
        fit_label(self.heading, heading)
        self.aside.setText(aside)
        self.chip.set(chip, tone)
        self._stack.setCurrentWidget(self._record)

    def pin(self, widget: QWidget) -> None:
        """中身が巻かれても見えるように、巻く所の下に置く。背の低い画面では、中身の末尾に置く。"""
        self._pinned = widget
        self._place_pinned()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """背の高さで、留めたものの置き場を決める。"""
        super().resizeEvent(event)
        self._place_pinned()

    def _place_pinned(self) -> None:
        if self._pinned is None:
            return
        low = self.height() < current_look().px(_LOW)
        if low and self.content.indexOf(self._pinned) < 0:
            self.content.addWidget(self._pinned)
        elif not low and self._column.indexOf(self._pinned) < 0:
            self._column.insertWidget(self._column.indexOf(self.line), self._pinned)

    def scroll_to_top(self) -> None:
        """中身を上まで巻く。"""
        self._scrolled.verticalScrollBar().setValue(0)

    def show_empty(self, text: str = "") -> None:
        """何も選ばれていないときの言葉に替える。"""
        if text:
            self.empty.set_text(text)
        self._stack.setCurrentWidget(self.empty)

    @property
    def is_empty_shown(self) -> bool:
        """何も選ばれていないときの言葉が出ていれば真。"""
        return self._stack.currentWidget() is self.empty


class RoomPage(QWidget):
    """部屋の土台。見出しの右にボタン、その下に知らせの帯と進みの帯、残りが body。"""

    def __init__(self, title: str, subtitle: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        px = current_look().px
        outer = QVBoxLayout(self)
        outer.setContentsMargins(px(t.GAP_4), px(t.GAP_3), px(t.GAP_4), px(t.GAP_4))
        outer.setSpacing(px(t.GAP_3))
        self._title, self._subtitle = label(title, "title"), label(subtitle, "caption")
        band = QWidget()
        band.setMinimumHeight(px(34))
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        band.setSizePolicy(policy)
        self._header = TwoSided(band, px(t.GAP_3))
        self._header.setContentsMargins(0, 0, 0, 0)
        self._header.setSpacing(px(t.GAP_3))
        self._header.add_part("plain", self._title)
        self._header.add_part("plain", self._subtitle)
        self.banner = Banner()
        self.progress = ProgressCard()
        self.body = QVBoxLayout()
        self.body.setSpacing(px(t.GAP_3))
        for part in (band, self.banner, self.progress):
            outer.addWidget(part)
        outer.addLayout(self.body, 1)

    @property
    def panes(self) -> tuple[QWidget, ...]:
        """F6 で移る区画（左から）。"""
        return (self,)

    @property
    def title_label(self) -> QLabel:
        """見出しの文字。"""
        return self._title

    def set_heading(self, title: str, subtitle: str = "") -> None:
        """見出しと補足を替える。"""
        self._title.setText(title)
        self._subtitle.setText(subtitle)

    def add_chip(self, chip: Chip) -> Chip:
        """見出しの補足の右に札を置く。"""
        self._header.add_part("plain", chip)
        return chip

    def add_button(self, text: str, clicked: Callable[[], None], role: str = "") -> QPushButton:
        """見出しの右にボタンを足す。"""
        made = button(text, role, clicked)
        self._header.add_part("main", made)
        return made

    def add_header_widget(self, widget: QWidget) -> None:
        """見出しの右に部品を足す。"""
        self._header.add_part("main", widget)


class SplitRoomPage(RoomPage):
    """左に一覧、右に記録を置く部屋。幅の割合は境を引いて変えられる。"""

    def __init__(self, title: str, subtitle: str = "", *, widths: tuple[int, int] = (464, 674)) -> None:
        super().__init__(title, subtitle)
        self.list_pane = ListPane()
        self.record = RecordPane()
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(current_look().px(t.GAP_3))
        self.splitter.addWidget(self.list_pane)
        self.splitter.addWidget(self.record)
        for place, width in enumerate(widths):
            self.splitter.setStretchFactor(place, width)
        self.splitter.setSizes(list(widths))
        self.list_pane.setMinimumWidth(current_look().px(280))
        self.record.setMinimumWidth(current_look().px(320))
        self.body.addWidget(self.splitter, 1)
        # 知らせは、その記録についてのもの
        self.list_pane.picked.connect(self.banner.clear)
        self.list_pane.record_changed.connect(self.record.scroll_to_top)

    @property
    def panes(self) -> tuple[QWidget, ...]:
        """一覧と記録。"""
        return self.list_pane, self.record

    @property
    def actions_bar(self) -> ActionBar:
        """記録の下の操作の列。"""
        return self.record.actions_bar

    def main_action(self) -> None:
        """主な操作（Ctrl+Enter）。"""
        self.record.actions_bar.trigger_main()
