"""枠とロック。"""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QLabel, QWidget

from app.domain.errors import RuleViolation
from app.services.views.search import SearchHit
from ui.background import Background
from ui.main_window import FrameInfo, FrameSettings, MainWindow, RoomEntry
from ui.messages import Dialog, ask_reason
from ui.sign_in import LockPage

INFO = FrameInfo(
    ((1, "第1期"), (2, "第2期")), 2, "事務局　見本", "今日 09:12", False, "正常（3件）", True, "改正版"
)
HIT = SearchHit("申込者", "見本 花子", "受付 0001", "b", 7)


class Room(QWidget):
    """数える部屋。"""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[str] = []

    def refresh(self) -> None:
        self.log.append("読み直す")

    def main_action(self) -> None:
        self.log.append("主な操作")

    def import_file(self, path: Path) -> None:
        self.log.append(path.name)

    def open_target(self, target_id: int) -> None:
        self.log.append(f"開く {target_id}")


class Frame:
    """試す窓と、その周り。"""

    def __init__(self, background: Background, stored: dict[str, str] | None = None) -> None:
        self.stored = {} if stored is None else stored
        self.waiting = {"a": (0, False), "b": (1234, True)}
        rooms = [
            RoomEntry("a", "甲", Room, lambda: self.waiting["a"]),
            RoomEntry("b", "乙", Room, lambda: self.waiting["b"], True),
            RoomEntry("c", "丙", QLabel),
        ]
        settings = FrameSettings(lambda key: self.stored.get(key, ""), self.stored.__setitem__)
        self.window = MainWindow(
            rooms, INFO, lambda query: [HIT] if query == "花子" else [], background, settings
        )

    def room(self, key: str) -> Room:
        page = self.window.room(key)
        assert isinstance(page, Room)
        return page


@pytest.fixture
def frame(qtbot, background: Background) -> Frame:
    made = Frame(background)
    qtbot.addWidget(made.window)
    made.window.show()
    qtbot.waitExposed(made.window)
    return made


def test_rooms_are_made_only_when_first_visited(frame: Frame) -> None:
    assert list(frame.window.built_rooms) == ["a"]
    frame.window.open_room("c")
    frame.window.open_room("a")
    assert list(frame.window.built_rooms) == ["a", "c"]


def test_each_visit_reads_the_room_again(frame: Frame) -> None:
    frame.window.open_room("b")
    frame.window.open_room("a")
    assert frame.room("a").log == ["読み直す", "読み直す"]


def test_counts_wait_in_red_when_overdue(frame: Frame) -> None:
    assert frame.window.nav.count_of("b") == (1234, True)
    assert frame.window.nav.button_of("b").accessibleName() == "乙　1,234件　期限を過ぎたものがあります"
    frame.waiting["b"] = (0, False)
    frame.window.refresh_counts()
    assert frame.window.nav.button_of("b").accessibleName() == "乙"


def test_keys_go_to_rooms_and_back(qtbot, frame: Frame) -> None:
    qtbot.keyClick(frame.window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(frame.window, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    assert frame.window.current_room == "c"
    qtbot.keyClick(frame.window, Qt.Key.Key_Escape)
    assert frame.window.current_room == "b"
    qtbot.keyClick(frame.window, Qt.Key.Key_Escape)
    qtbot.keyClick(frame.window, Qt.Key.Key_Escape)
    assert frame.window.current_room == "a"


def test_ctrl_enter_is_the_main_action(qtbot, frame: Frame) -> None:
    qtbot.keyClick(frame.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert frame.room("a").log[-1] == "主な操作"


def test_f1_opens_the_manual_of_the_room(qtbot, frame: Frame) -> None:
    qtbot.keyClick(frame.window, Qt.Key.Key_F1)
    opened = frame.window.findChildren(Dialog)
    assert [dialog.windowTitle() for dialog in opened] == ["手引き：甲"]
    opened[0].close()


def test_last_room_and_size_come_back(qtbot, background: Background) -> None:
    stored: dict[str, str] = {}
    first = Frame(background, stored)
    qtbot.addWidget(first.window)
    first.window.resize(720, 600)  # 画面のない Qt の画面は 800×800
    first.window.open_room("c")
    first.window.close()
    second = Frame(background, stored)
    qtbot.addWidget(second.window)
    assert (second.window.current_room, second.window.built_rooms) == ("c", ("c",))
    assert (second.window.width(), second.window.height()) == (720, 600)


def test_a_spoiled_setting_opens_the_first_room(qtbot, background: Background) -> None:
    made = Frame(background, {"last_room": "なし", "geometry": "こわれた"})
    qtbot.addWidget(made.window)
    assert (made.window.current_room, made.window.width()) == ("a", 1366)


def test_frame_shows_who_when_and_which_edition(frame: Frame) -> None:
    texts = {part.text() for part in frame.window.findChildren(QLabel)}
    expected = {
        "事務局　見本",
        "最終バックアップ 今日 09:12",
        "監査記録 正常（3件）",
        "オフライン動作",
        "実施要綱 改正版",
    }
    assert texts & expected == expected
    assert frame.window.cohort.currentText() == "第2期"


def test_choosing_a_cohort_is_told_by_its_number(frame: Frame) -> None:
    told: list[object] = []
    frame.window.cohort_changed.connect(told.append)
    frame.window.cohort.setCurrentIndex(0)
    frame.window.cohort.activated.emit(0)
    assert told == [1]


def test_search_finds_and_opens(qtbot, frame: Frame) -> None:
    search = frame.window.search
    qtbot.keyClick(frame.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    search.setText("花子")
    search.textEdited.emit("花子")
    qtbot.waitUntil(lambda: search.is_open)
    assert search.hits == (HIT,)
    qtbot.keyClick(search, Qt.Key.Key_Return)
    assert (frame.window.current_room, frame.room("b").log) == ("b", ["読み直す", "開く 7"])
    assert search.is_open is False


def test_search_without_result_says_so_and_esc_closes(qtbot, frame: Frame) -> None:
    search = frame.window.search
    search.setText("なし")
    search.textEdited.emit("なし")
    qtbot.waitUntil(lambda: search.is_open)
    assert search.nothing_text == (
        "「なし」に当たるものはありません。氏名の一部、番号、画面や操作の名で探してください。"
    )
    qtbot.keyClick(search, Qt.Key.Key_Escape)
    assert (search.is_open, search.text(), frame.window.current_room) == (False, "", "a")


def drop(window: MainWindow, *names: str) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(name) for name in names])
    action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    event = QDropEvent(QPointF(5, 5), action, data, button, Qt.KeyboardModifier.NoModifier)
    window.dropEvent(event)


def test_one_workbook_dropped_on_a_room_is_imported_there(frame: Frame) -> None:
    drop(frame.window, "/tmp/名簿.xlsx")
    drop(frame.window, "/tmp/a.xlsx", "/tmp/b.xlsx")
    drop(frame.window, "/tmp/絵.png")
    assert frame.room("a").log == ["読み直す", "名簿.xlsx"]


def test_lock_hides_everything_and_clears_the_clipboard(qtbot, frame: Frame) -> None:
    QGuiApplication.clipboard().setText("見本 花子")
    dialog = ask_reason(frame.window, "訂正", "理由", "改める", lambda _text: None, "書きかけ")
    page = LockPage(lambda _word: None, frame.window.background)
    frame.window.lock(page)
    assert (QGuiApplication.clipboard().text(), dialog.isVisible(), frame.window.nav.isVisible()) == (
        "",
        False,
        False,
    )
    qtbot.keyClick(frame.window, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    drop(frame.window, "/tmp/名簿.xlsx")
    assert (frame.window.current_room, frame.room("a").log) == ("a", ["読み直す"])
    frame.window.unlock()
    assert (dialog.isVisible(), dialog.editor.toPlainText(), frame.window.nav.isVisible()) == (
        True,
        "書きかけ",
        True,
    )
    dialog.close()


def test_wrong_password_keeps_the_lock(qtbot, frame: Frame) -> None:
    def unlock(word: str) -> None:
        if word != "正しい":
            raise RuleViolation("パスワードが違います。もう一度入れてください。")

    page = LockPage(unlock, frame.window.background)
    page.unlocked.connect(frame.window.unlock)
    frame.window.lock(page)
    page.password.setText("違う")
    page.submit()
    qtbot.waitUntil(lambda: page.note.text != "")
    assert (frame.window.is_locked, page.note.text) == (
        True,
        "パスワードが違います。もう一度入れてください。",
    )
    page.password.setText("正しい")
    page.submit()
    qtbot.waitUntil(lambda: not frame.window.is_locked)
