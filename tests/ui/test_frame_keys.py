"""枠の決まり：F6 で区画を移る、知らせの消えどき、Ctrl+Z、検索の画面と操作、ファイルを選ぶ窓の初めの場所、Qt の言葉。"""

from pathlib import Path

import pytest
from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.domain.errors import RuleViolation
from app.services.views.search import SearchHit
from ui.background import Background
from ui.commands import find_all, find_places
from ui.main_window import FrameInfo, MainWindow, RoomEntry
from ui.messages import ask_reason
from ui.rooms.context import Folders, choose_open_path, choose_save_path
from ui.tables.model import Column, RowsModel
from ui.tables.view import RowsView
from ui.theme.fonts import japanese_translator
from ui.theme.tokens import Tone
from ui.widgets.cards import label
from ui.widgets.room import SplitRoomPage

CONTROL = Qt.KeyboardModifier.ControlModifier
INFO = FrameInfo(((1, "第1期"), (2, "第2期")), 2, "事務局　見本")


class Names(SplitRoomPage):
    """五人の一覧と、長い記録。"""

    def __init__(self) -> None:
        super().__init__("名前")
        self.model = RowsModel((Column("氏名", lambda n: n),), key=lambda n: n)
        self.table = RowsView(self.model)
        self.list_pane.set_content(self.table)
        self.table.row_chosen.connect(self._choose)
        self.note = QLineEdit()
        self.record.content.addWidget(self.note)
        self.record.content.addWidget(label("長い記録\n" * 200, wrap=True))
        self.done: list[str] = []
        self.actions_bar.set_main("決める", lambda: self.done.append("決めた"))
        self.model.set_rows(["甲", "乙", "丙", "丁", "戊"])

    def _choose(self, name: str | None) -> None:
        if name is not None:
            self.record.show_record(name)

    @property
    def scroll_place(self) -> int:
        return self.record._scrolled.verticalScrollBar().value()

    def scroll_down(self) -> None:
        bar = self.record._scrolled.verticalScrollBar()
        bar.setValue(bar.maximum())
        assert bar.value() > 0


class Shown:
    """部屋が二つの窓。"""

    def __init__(self, background: Background, qtbot: QtBot) -> None:
        rooms = [RoomEntry("a", "甲の部屋", Names), RoomEntry("b", "乙の部屋", Names)]
        self.window = MainWindow(rooms, INFO, lambda _words: [], background)
        qtbot.addWidget(self.window)
        self.window.resize(780, 600)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)

    @property
    def page(self) -> Names:
        page = self.window.room(self.window.current_room)
        assert isinstance(page, Names)
        return page


@pytest.fixture
def shown(background: Background, qtbot: QtBot) -> Shown:
    return Shown(background, qtbot)


def focused() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None
    return found


def test_f6_goes_round_the_panes_and_comes_back_where_it_was(qtbot: QtBot, shown: Shown) -> None:
    page, nav = shown.page, shown.window.nav
    page.table.selectRow(0)
    where = []
    for _ in range(4):
        qtbot.keyClick(focused(), Qt.Key.Key_F6)
        panes = {"一覧": page.list_pane, "記録": page.record, "部屋の列": nav}
        where += [name for name, pane in panes.items() if pane.isAncestorOf(focused())]
    assert where == ["一覧", "記録", "部屋の列", "一覧"]
    assert focused() is page.table
    qtbot.keyClick(focused(), Qt.Key.Key_F6)
    assert focused() is page.note
    qtbot.keyClick(focused(), Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert focused() is page.table


def test_a_room_keeps_its_own_key_and_the_panes_are_still_reached(qtbot: QtBot, shown: Shown) -> None:
    page = shown.page
    used: list[str] = []
    dialog = ask_reason(page, "開いたままの窓", "", "行う", lambda _reason: None)
    dialog.hide()
    QShortcut(QKeySequence("F6"), page).activated.connect(lambda: used.append("部屋の F6"))
    shown.window.open_room("b")
    shown.window.open_room("a")
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_F6)
    assert (used, page.table.hasFocus()) == (["部屋の F6"], True)
    qtbot.keyClick(page.table, Qt.Key.Key_F6, CONTROL)
    assert page.record.isAncestorOf(focused())
    shown.window.open_room("b")
    shown.page.table.setFocus()
    qtbot.keyClick(shown.page.table, Qt.Key.Key_F6)
    assert (used, shown.page.table.hasFocus()) == (["部屋の F6"], False)
    shown.window.open_room("a")
    page.table.selectRow(0)
    qtbot.keyClick(page.table, Qt.Key.Key_Return, CONTROL)
    assert page.done == ["決めた"]


def test_tab_goes_out_of_the_list(qtbot: QtBot, shown: Shown) -> None:
    shown.page.table.setFocus()
    qtbot.keyClick(shown.page.table, Qt.Key.Key_Tab)
    assert not shown.page.table.hasFocus()


def test_the_message_goes_when_the_hand_chooses_another_record_but_not_when_the_program_does(
    qtbot: QtBot, shown: Shown
) -> None:
    page = shown.page
    page.table.selectRow(0)
    page.banner.show_message("甲を決めました。")
    page.table.selectRow(1)
    page.model.set_rows(page.model.rows)
    assert page.banner.text == "甲を決めました。"
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    assert page.banner.text == ""
    page.banner.show_message("できません。", Tone.BAD)
    place = page.table.visualRect(page.model.index(4, 0)).center()
    qtbot.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert (page.banner.text, page.table.chosen()) == ("", "戊")


def test_a_message_said_about_the_newly_chosen_record_stays(qtbot: QtBot, shown: Shown) -> None:
    page = shown.page
    page.table.selectRow(0)
    page.table.row_chosen.connect(lambda name: page.banner.show_message(f"{name}は読めません。", Tone.BAD))
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    assert page.banner.text == "乙は読めません。"


def test_the_message_goes_with_the_room_the_cohort_and_the_next_act(qtbot: QtBot, shown: Shown) -> None:
    page = shown.page
    page.banner.show_message("できません。", Tone.BAD)
    shown.window.open_room("a")
    assert page.banner.text == "できません。"
    shown.window.open_room("b")
    assert page.banner.text == ""
    page = shown.page
    page.banner.show_message("できません。", Tone.BAD)
    shown.window.cohort.activated.emit(0)
    assert page.banner.text == ""
    page.banner.show_message("できません。", Tone.BAD)
    dialog = ask_reason(page, "次の操作", "", "行う", lambda _reason: None)
    assert page.banner.text == ""
    dialog.leave()


def test_another_record_is_read_from_its_top_and_the_same_record_stays_where_it_was(
    qtbot: QtBot, shown: Shown
) -> None:
    page = shown.page
    page.table.selectRow(0)
    qtbot.waitUntil(lambda: page.record._scrolled.verticalScrollBar().maximum() > 0)
    page.scroll_down()
    page.model.set_rows(page.model.rows)
    assert page.scroll_place > 0
    page.table.selectRow(1)
    assert page.scroll_place == 0


def test_ctrl_z_takes_back_the_last_act_once_and_leaves_typing_alone(qtbot: QtBot, shown: Shown) -> None:
    page, log = shown.page, []
    page.table.selectRow(0)
    page.banner.show_message("止めました。", undo=lambda: log.append("戻した"))
    assert page.banner.undo_button.isVisible()
    page.note.setFocus()
    qtbot.keyClicks(page.note, "abc")
    qtbot.keyClick(page.note, Qt.Key.Key_Z, CONTROL)
    assert (page.note.text(), log) == ("", [])
    page.table.setFocus()
    for _ in range(2):
        qtbot.keyClick(page.table, Qt.Key.Key_Z, CONTROL)
    assert (log, page.banner.text, page.banner.undo_button.isVisible()) == (["戻した"], "", False)
    page.banner.show_message("止めました。", undo=lambda: log.append("もう一度"))
    page.banner.show_message("別のことをしました。")
    qtbot.keyClick(page.table, Qt.Key.Key_Z, CONTROL)
    assert log == ["戻した"]


ENTRIES = (RoomEntry("intake", "受付", QWidget), RoomEntry("scoring", "採点", QWidget))


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("受付", ("画面", "受付", "Alt+1")),
        ("採 点", ("画面", "採点", "Alt+2")),
        ("手で入れる", ("操作", "申込を手で入れる", "受付")),
        ("excel", ("操作", "申込様式を取り込む", "受付")),
        ("ロック", ("操作", "画面を隠す", "Ctrl+L")),
    ],
)
def test_screens_and_commands_are_found_by_their_words(words: str, first: tuple[str, ...]) -> None:
    hit = find_places(words, ENTRIES)[0]
    assert (hit.kind, hit.title, hit.subtitle) == first


def test_a_command_of_a_room_that_is_closed_to_the_person_is_not_found() -> None:
    assert [hit.title for hit in find_places("名簿を書き出す", ENTRIES)] == []
    assert find_places("  ", ENTRIES) == ()


def test_screens_come_before_people_and_are_found_where_people_may_not_be_searched() -> None:
    person = SearchHit("申込者", "受付 花子", "受付 0001", "intake", 1)

    def refuse(_words: str) -> list[SearchHit]:
        raise RuleViolation("検索できません。")

    titles = [hit.title for hit in find_all(ENTRIES, lambda _words: [person], "受付")]
    assert (titles[0], titles[-1], len(titles)) == ("受付", "受付 花子", 6)
    assert find_all(ENTRIES, refuse, "採点")[0].title == "採点"
    with pytest.raises(RuleViolation, match="検索できません"):
        find_all(ENTRIES, refuse, "どこにもない言葉")


def test_file_windows_start_in_the_documents_and_then_where_the_last_file_was(
    qtbot: QtBot, shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Folders, "last", None)
    documents = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
    assert Folders.start() == (documents if documents.is_dir() else Path.home())
    chosen: list[Path] = []
    choose_open_path(shown.page, "選ぶ", "表 (*.xlsx)", chosen.append)
    first = shown.page.findChildren(QFileDialog)[-1]
    assert Path(first.directory().absolutePath()) == Folders.start()
    first.fileSelected.emit(str(tmp_path / "名簿.xlsx"))
    first.close()
    choose_save_path(shown.page, "保存", "控え.xlsx", chosen.append)
    second = shown.page.findChildren(QFileDialog)[-1]
    assert Path(second.directory().absolutePath()) == tmp_path
    assert [Path(name).name for name in second.selectedFiles()] == ["控え.xlsx"]
    second.close()
    assert chosen == [tmp_path / "名簿.xlsx"]


def test_the_words_of_qt_itself_are_japanese(qtbot: QtBot, qapp: QApplication) -> None:
    translator = japanese_translator(qapp)
    assert translator is not None
    qapp.installTranslator(translator)
    try:
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel | QDialogButtonBox.StandardButton.Save)
        qtbot.addWidget(box)
        words = {made.text().split("(")[0] for made in box.buttons()}
        field = QLineEdit()
        qtbot.addWidget(field)
        menu = field.createStandardContextMenu()
        first = menu.actions()[0].text()
        menu.deleteLater()
        assert (words, first.split("(")[0]) == ({"キャンセル", "保存"}, "元に戻す")
    finally:
        qapp.removeTranslator(translator)
