"""Tab の順：どの部屋も、見出し → 絞り込み → 一覧 → 記録 → 操作。"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QAbstractSpinBox, QApplication, QComboBox, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.rooms.layout_sample import LOOKS, Made, maker
from tests.ui.rooms.test_layout import opened_window, settle
from ui.background import Background
from ui.main_window import MainWindow
from ui.tables.view import RowsView
from ui.widgets.room import SplitRoomPage

NAMES = (
    "home",
    "intake",
    "eligibility",
    "progress",
    "scoring",
    "committee",
    "certificates",
    "renewal",
    "register",
    "submission",
    "settings_office",
)
PARTS = ("見出し", "絞り込み", "一覧", "記録", "操作")
WHOLE = (QAbstractItemView, QAbstractSpinBox, QComboBox, QTextEdit)


@pytest.fixture(scope="module")
def made(
    template_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Made]]:
    """名の記録を一度だけ作る。"""
    with ExitStack() as opened:
        yield maker(opened, template_database, tmp_path_factory)


def part_of(room: QWidget, widget: QWidget) -> str:
    """部品のある所。一覧と記録に分かれない部屋は、見出しか一覧。"""
    if not isinstance(room, SplitRoomPage):
        return "一覧"
    if room.actions_bar.isAncestorOf(widget):
        return "操作"
    if room.record.isAncestorOf(widget):
        return "記録"
    if not room.list_pane.isAncestorOf(widget):
        return "見出し"
    tables = room.list_pane.findChildren(RowsView)
    return "一覧" if any(t is widget or t.isAncestorOf(widget) for t in tables) else "絞り込み"


def reachable(room: QWidget) -> set[QWidget]:
    """Tab で止まれる、見えている部品。まとめて一つの部品（表・数の欄・選びの欄）の中は数えない。"""
    found = set()
    for widget in room.findChildren(QWidget):
        inside, parent = False, widget.parentWidget()
        while parent is not room and parent is not None:
            inside = inside or isinstance(parent, WHOLE)
            parent = parent.parentWidget()
        tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if tab and not inside and widget.isVisible() and widget.isEnabled() and widget.focusProxy() is None:
            found.add(widget)
    return found


def named(widget: QWidget) -> str:
    """誤りに示す名。"""
    return f"{type(widget).__name__}「{widget.accessibleName()}」"


def walk(window: MainWindow, room: QWidget, key: Qt.Key) -> list[QWidget]:
    """部屋の外から入り、部屋を出るまで鍵を押したときに止まった部品。"""
    visited: list[QWidget] = []
    for _ in range(200):
        focused = QApplication.focusWidget()
        QTest.keyClick(focused if focused is not None else window, key)
        focused = QApplication.focusWidget()
        if focused is not None and room.isAncestorOf(focused):
            visited.append(focused)
        elif visited:
            return visited
    raise AssertionError("部屋から出られない")


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.xdist_group(f"layout_{LOOKS[n].data}")) for n in NAMES]
)
def test_tab_goes_through_every_part_in_order_and_back(
    name: str, made: Callable[[str], Made], background: Background, qtbot: QtBot
) -> None:
    look = LOOKS[name]
    with opened_window(look, made(look.data), background) as window:
        window.resize(1366, 768)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        settle(qtbot, window)
        room = window.room(look.room)
        look.after(room)
        settle(qtbot, window)
        window.nav.button_of("settings").setFocus()
        # 表に入ると行が選ばれ、押せるようになる操作がある。測る前に一度通る
        walk(window, room, Qt.Key.Key_Tab)
        window.nav.button_of("settings").setFocus()
        there = walk(window, room, Qt.Key.Key_Tab)
        places = [PARTS.index(part_of(room, widget)) for widget in there]
        assert places == sorted(places)
        assert len(there) == len(set(there))
        assert {named(w) for w in set(there) ^ reachable(room)} == set()
        back = walk(window, room, Qt.Key.Key_Backtab)
        assert back == there[::-1]
