"""主な窓：上の帯、左の部屋の列、中央の部屋、下の帯。"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeySequence,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.services.views.search import SearchHit
from ui.background import Background
from ui.commands import HELP, LOCK, REFRESH, SWITCH, CommandHit, find_all, run_in
from ui.dropping import dropped_files, hand_over
from ui.frame import (
    FrameInfo,
    FrameSettings,
    HasMainAction,
    HasPanes,
    OpensTargets,
    Refreshes,
    RoomEntry,
)
from ui.help import ManualDialog, open_manual
from ui.messages import TypingDialog, show_error
from ui.theme import tokens as t
from ui.theme.style import current_look, set_role
from ui.widgets.banner import banner_of
from ui.widgets.cards import button, label
from ui.widgets.drafts import Shelf, keep_all
from ui.widgets.focus import next_pane, step_aside
from ui.widgets.nav import Nav, NavItem
from ui.widgets.search_box import Search, SearchBox
from ui.widgets.tab_order import ReadingWindow

__all__ = ["PRODUCT", "FrameInfo", "FrameSettings", "MainWindow", "RoomEntry"]

PRODUCT = "認定デスク"


@dataclass
class _Built:
    """作られた部屋。"""

    pages: dict[str, QWidget] = field(default_factory=dict)
    history: list[str] = field(default_factory=list)


class MainWindow(ReadingWindow):
    """部屋を並べる窓。部屋の中身も、何を開くかの規則も知らない。

    合図：cohort_changed(番号)、lock_wanted()、switch_wanted()、room_shown(key)。
    """

    cohort_changed = Signal(object)
    lock_wanted = Signal()
    switch_wanted = Signal()
    room_shown = Signal(str)

    def __init__(
        self,
        rooms: Sequence[RoomEntry],
        info: FrameInfo,
        search: Search,
        background: Background,
        settings: FrameSettings | None = None,
    ) -> None:
        super().__init__()
        self._rooms = {room.key: room for room in rooms}
        self._settings = settings or FrameSettings()
        self._built = _Built()
        self._current = ""
        self._lock_page: QWidget | None = None
        self._hidden: list[QWidget] = []
        self.background = background
        # 書きかけを置く棚（サインインした人のもの）
        self.drafts: Shelf | None = None
        self.setWindowTitle(PRODUCT)
        self.setAcceptDrops(True)
        self._frame = QWidget()
        self.search = SearchBox(partial(find_all, tuple(rooms), search), background, self._frame)
        self.search.hit.connect(self._open_hit)
        self.search.failed.connect(lambda error: show_error(self, error))
        self.nav = Nav([NavItem(r.key, r.title, r.separated) for r in rooms])
        self.nav.chosen.connect(self.open_room)
        self._stack = QStackedWidget()
        self._frame_commands: dict[str, Callable[[], object]] = {
            LOCK: self.lock_wanted.emit,
            SWITCH: self.switch_wanted.emit,
            HELP: self.show_help,
            REFRESH: self.refresh,
        }
        self._build_frame()
        self._pages = QStackedWidget()
        self._pages.addWidget(self._frame)
        self.setCentralWidget(self._pages)
        self._shortcuts = self._make_shortcuts()
        self.set_info(info)
        self.refresh_counts()
        self._restore()

    def _build_frame(self) -> None:
        middle = QHBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(self.nav)
        middle.addWidget(self._stack, 1)
        column = QVBoxLayout(self._frame)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._top_bar())
        column.addLayout(middle, 1)
        column.addWidget(self._bottom_bar())

    def _top_bar(self) -> QWidget:
        px = current_look().px
        bar = QFrame()
        set_role(bar, "topbar")
        bar.setFixedHeight(px(44))
        row = QHBoxLayout(bar)
        row.setContentsMargins(px(t.GAP_4), 0, px(t.GAP_3), 0)
        row.setSpacing(px(t.GAP_4))
        name = label(PRODUCT, "product")
        name.setFixedWidth(px(152))
        self.cohort = QComboBox()
        self.cohort.setAccessibleName("期を選ぶ")
        self.cohort.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.cohort.setMinimumWidth(px(146))
        self.cohort.activated.connect(self._cohort_picked)
        self.search.setMinimumWidth(px(170))
        self.search.setMaximumWidth(px(420))
        self._who = label("", "muted")
        self.lock_button = button("ロック", "link", self.lock_wanted.emit)
        self.lock_button.setToolTip("画面を隠す（Ctrl+L）")
        self.switch_button = button("利用者を替える", "link", self.switch_wanted.emit)
        self.switch_button.setToolTip("仕事を終えて、別の人がサインインする")
        row.addWidget(name)
        row.addWidget(self.cohort)
        row.addWidget(self.search, 3)
        row.addStretch(1)
        row.addWidget(self._who)
        row.addWidget(self.switch_button)
        row.addWidget(self.lock_button)
        return bar

    def _bottom_bar(self) -> QWidget:
        px = current_look().px
        bar = QFrame()
        set_role(bar, "bottombar")
        bar.setFixedHeight(px(25))
        row = QHBoxLayout(bar)
        row.setContentsMargins(px(t.GAP_4), 0, px(t.GAP_4), 0)
        row.setSpacing(px(24))
        self._backup, self._audit = label("", "caption"), label("", "caption")
        self._offline, self._edition = label("オフライン動作", "caption"), label("", "caption")
        for part in (self._backup, self._audit, self._offline):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self._edition)
        return bar

    def _make_shortcuts(self) -> list[QShortcut]:
        # 枠の子にしておくと、ロックで枠が隠れている間は働かない
        made: list[QShortcut] = []

        def bind(keys: str, action: Callable[[], object]) -> None:
            shortcut = QShortcut(QKeySequence(keys), self._frame)
            shortcut.activated.connect(action)
            made.append(shortcut)

        for place, key in enumerate(list(self._rooms)[:9]):
            bind(f"Alt+{place + 1}", partial(self.open_room, key))
        bind("Ctrl+K", self._focus_search)
        bind("Ctrl+L", self.lock_wanted.emit)
        bind("Esc", self.go_back)
        bind("F1", self.show_help)
        bind("F5", self.refresh)
        for keys in ("F6", "Ctrl+F6"):
            bind(keys, partial(self._next_pane, 1))
        bind("Shift+F6", partial(self._next_pane, -1))
        bind("Ctrl+Z", self._undo)
        bind("Ctrl+Return", self._main_action)
        bind("Ctrl+Enter", self._main_action)
        return made

    def _next_pane(self, step: int) -> None:
        page = self._built.pages.get(self._current)
        inside = page.panes if isinstance(page, HasPanes) else () if page is None else (page,)
        next_pane((self.nav, *inside), step)

    def _undo(self) -> None:
        # 文字の欄の Ctrl+Z は欄が先に受け取るので、ここには届かない
        if (banner := banner_of(self._built.pages.get(self._current))) is not None:
            banner.undo()

    def _focus_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def set_info(self, info: FrameInfo) -> None:
        """上下の帯を替える。"""
        self.cohort.clear()
        for number, title in info.cohorts:
            self.cohort.addItem(title, number)
        self.cohort.setCurrentIndex(max(0, self.cohort.findData(info.cohort_id)) if info.cohorts else -1)
        self.cohort.setEnabled(bool(info.cohorts))
        self.cohort.setPlaceholderText("期がありません")
        self._who.setText(info.signed_in)
        self._backup.setText(f"最終バックアップ {info.last_backup}")
        set_role(self._backup, "alarm" if info.backup_late else "caption")
        self._audit.setText(f"監査記録 {info.audit}" if info.audit else "")
        set_role(self._audit, "caption" if info.audit_ok else "alarm")
        self._edition.setText(f"実施要綱 {info.edition}" if info.edition else "")

    def _cohort_picked(self, place: int) -> None:
        self._forget_message()
        self.cohort_changed.emit(self.cohort.itemData(place))

    def _forget_message(self) -> None:
        """いまの部屋の知らせを消す（部屋・記録・研修期を移るとき）。"""
        if (banner := banner_of(self._built.pages.get(self._current))) is not None:
            banner.clear()

    @property
    def rooms(self) -> tuple[str, ...]:
        """左の列に並ぶ部屋の key。"""
        return tuple(self._rooms)

    @property
    def current_room(self) -> str:
        """いま開いている部屋の key。"""
        return self._current

    def room(self, key: str) -> QWidget:
        """部屋。まだなければ作る。"""
        if key not in self._built.pages:
            page = self._rooms[key].factory()
            self._built.pages[key] = page
            self._stack.addWidget(page)
        return self._built.pages[key]

    @property
    def built_rooms(self) -> tuple[str, ...]:
        """すでに作られた部屋の key（作られた順）。"""
        return tuple(self._built.pages)

    def open_room(self, key: str) -> None:
        """部屋を開き、読み直し、件数を数え直す。"""
        if self._current and self._current != key:
            self._built.history.append(self._current)
        self._show(key)

    def _show(self, key: str) -> None:
        page = self.room(key)
        if key != self._current:
            self._forget_message()
        self._current = key
        self._stack.setCurrentWidget(page)
        step_aside(self._shortcuts, page)
        self.nav.set_current(key)
        self._settings.write("last_room", key)
        self._focus_nav()
        self.refresh()
        self.room_shown.emit(key)

    def _focus_nav(self) -> None:
        if self._current:
            self.nav.button_of(self._current).setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """開いたときは左の部屋の列から始める（期を選ぶ欄に入ると、矢印で期が変わってしまう）。"""
        super().showEvent(event)
        if not self.is_locked:
            self._focus_nav()

    def go_back(self) -> None:
        """前の部屋に戻る。"""
        if self._built.history:
            self._show(self._built.history.pop())

    def refresh(self) -> None:
        """いまの部屋と件数を読み直す。"""
        page = self._built.pages.get(self._current)
        if isinstance(page, Refreshes):
            page.refresh()
        self.refresh_counts()

    def refresh_counts(self) -> None:
        """左の件数を数え直す。"""
        for key, room in self._rooms.items():
            self.nav.set_count(key, *room.count())

    def _main_action(self) -> None:
        page = self._built.pages.get(self._current)
        if isinstance(page, HasMainAction):
            page.main_action()

    def _open_hit(self, hit: SearchHit) -> None:
        command = hit.command if isinstance(hit, CommandHit) else None
        if command is not None and not command.room:
            self._frame_commands[command.press]()
        if hit.room not in self._rooms:
            return
        self.open_room(hit.room)
        self._forget_message()
        page = self.room(hit.room)
        if command is not None:
            run_in(page, command)
        elif isinstance(page, OpensTargets) and hit.target_id:
            page.open_target(hit.target_id)

    def show_help(self) -> ManualDialog:
        """いまの部屋の手引き（resources/manual/<key>.md）を開く。"""
        return open_manual(self, self._current, self._rooms[self._current].title if self._current else "")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """取り込める部屋に、その部屋の受けられる数の表のファイルが運ばれたときだけ受ける。"""
        if self._dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """落とされたファイルを、いまの部屋に渡す。"""
        paths = self._dropped(event)
        if paths:
            event.acceptProposedAction()
            hand_over(paths, self._built.pages.get(self._current))

    def _dropped(self, event: QDropEvent) -> list[Path]:
        return [] if self.is_locked else dropped_files(event, self._built.pages.get(self._current))

    @property
    def is_locked(self) -> bool:
        """ロックされていれば真。"""
        return self._lock_page is not None

    @property
    def hidden_drafts(self) -> tuple[str, ...]:
        """ロックの間、隠している書きかけの窓の題。"""
        return tuple(w.windowTitle() for w in self._hidden if isinstance(w, TypingDialog) and w.is_typed)

    def lock(self, page: QWidget) -> None:
        """page だけを見せ、枠も開いている窓も隠す。クリップボードも空にする。"""
        if self._lock_page is not None:
            return
        QGuiApplication.clipboard().clear()
        self.search.clear()
        self.search.close_popup()
        self._hidden = [w for w in QApplication.topLevelWidgets() if w is not self and w.isVisible()]
        for window in self._hidden:
            window.hide()
        self._lock_page = page
        self._pages.addWidget(page)
        self._pages.setCurrentWidget(page)
        page.setFocus()

    def unlock(self) -> None:
        """枠と、隠していた窓を元に戻す。"""
        if self._lock_page is None:
            return
        self._pages.setCurrentWidget(self._frame)
        self._pages.removeWidget(self._lock_page)
        self._lock_page.deleteLater()
        self._lock_page = None
        for window in self._hidden:
            window.show()
        self._hidden = []

    def _restore(self) -> None:
        saved = self._settings.read("geometry")
        if not (saved and self.restoreGeometry(QByteArray.fromBase64(saved.encode("ascii", "ignore")))):
            self.resize(1366, 768)
        last = self._settings.read("last_room")
        first = last if last in self._rooms else next(iter(self._rooms), "")
        if first:
            self.open_room(first)

    def closeEvent(self, event: QCloseEvent) -> None:
        """窓の大きさを覚え、走っている仕事を止める。"""
        geometry = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        self._settings.write("geometry", geometry)
        keep_all(self)
        self.background.stop()
        super().closeEvent(event)
