"""取込の窓の奥：いくつものファイル、文字の読み方、変わる欄、誤りのまとまり、元に戻す取消し。"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from app.services import intake
from app.services.office import Office
from app.workbooks.applicants import write_applicants
from database.opening import Store
from tests.factories import make_cohort, make_office
from tests.gallery.scenes_import import JOB, applicants, csv_book, wall_book
from tests.ui.rooms.course_sample import applicants_book, dialog_of, locked_book, press
from ui.background import Background
from ui.main_window import FrameInfo, FrameSettings, MainWindow, RoomEntry
from ui.messages import ConfirmDialog
from ui.rooms.context import RoomContext
from ui.rooms.import_files import State
from ui.rooms.import_preview import GroupRow
from ui.rooms.importing import ImportDialog
from ui.rooms.intake.room import IntakeRoom
from ui.rooms.intake.undoing import UndoImportDialog

WORD = "ブックの合言葉"


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


@pytest.fixture
def room(qtbot: QtBot, office: Office, background: Background, tmp_path: Path) -> IntakeRoom:
    context = RoomContext(
        office, background, make_cohort(office), save_path=lambda _p, _t, n, chosen: chosen(tmp_path / n)
    )
    made = IntakeRoom(context)
    qtbot.addWidget(made)
    made.resize(1180, 680)
    made.show()
    return made


def settled(qtbot: QtBot, dialog: ImportDialog) -> ImportDialog:
    qtbot.waitUntil(dialog.progress.isHidden, timeout=20_000)
    return dialog


def opened(qtbot: QtBot, room: IntakeRoom, *paths: Path) -> ImportDialog:
    room.import_files(paths)
    return settled(qtbot, dialog_of(room, ImportDialog))


def states(dialog: ImportDialog) -> list[State]:
    return [e.state for e in dialog.entries]


def names(office: Office) -> list[str]:
    return [r.name for r in intake.list_applications(office, 1)]


def several(folder: Path) -> list[Path]:
    broken = folder / "壊れた.xlsx"
    broken.write_bytes(b"PK\x03\x04" + bytes(200))
    return [
        applicants_book(folder / "一.xlsx", bad=True),
        broken,
        locked_book(folder / "二.xlsx", WORD),
        csv_book(folder),
    ]


def test_each_file_is_previewed_and_imported_alone_and_no_refusal_blocks_another(
    qtbot: QtBot, office: Office, room: IntakeRoom, tmp_path: Path
) -> None:
    dialog = opened(qtbot, room, *several(tmp_path))
    assert states(dialog) == [State.READY, State.REFUSED, State.LOCKED, State.READY]
    assert dialog.main_button.text() == "2個のファイルの8件を取り込む"
    dialog.file_table.selectRow(1)
    assert dialog.note.text.startswith("ファイルが壊れています")
    press(qtbot, dialog.main_button)
    settled(qtbot, dialog)
    assert states(dialog) == [State.DONE, State.REFUSED, State.LOCKED, State.DONE]
    words = (
        "4個のファイルのうち2個を取り込みました：新規8件・変更0件・同じ0件・断った行1件。"
        "取り込んでいないファイル2個（壊れた.xlsx、二.xlsx）。"
    )
    assert room.banner.text == words
    assert dialog.note.text.splitlines()[0] == words
    # 断った行のあるファイルが選ばれ、その名で返せる
    assert [(r.row, r.state) for r in dialog.rows.rows] == [(3, "error")]
    press(qtbot, dialog.save_button)
    qtbot.waitUntil((tmp_path / "一（不受理の行）.xlsx").exists, timeout=20_000)
    settled(qtbot, dialog)
    assert [(i.file_name, i.new) for i in intake.list_imports(office, 1)] == [
        ("申込（見本市）.csv", 6),
        ("一.xlsx", 2),
    ]
    qtbot.waitUntil(dialog.save_button.isEnabled, timeout=20_000)
    dialog.file_table.selectRow(2)
    dialog.password.setText(WORD)
    press(qtbot, dialog.unlock_button)
    # 一つ目で取り込んだ人が、もう一度書かれている
    qtbot.waitUntil(lambda: states(dialog)[2] is State.READY, timeout=20_000)
    settled(qtbot, dialog)
    assert ([r.state for r in dialog.rows.rows], len(names(office))) == (["changed", "error"], 8)
    assert dialog.main_button.text() == "1件を取り込む"
    assert dialog.main_button.isVisible()


def test_one_file_can_be_imported_alone_or_taken_off_the_list(
    qtbot: QtBot, office: Office, room: IntakeRoom, tmp_path: Path
) -> None:
    forms = applicants(3)
    paths = []
    for form in forms:
        paths.append(tmp_path / f"{form.number}.xlsx")
        write_applicants(paths[-1], [form])
    dialog = opened(qtbot, room, *paths, paths[0])
    assert len(dialog.entries) == 3
    dialog.file_table.selectRow(1)
    press(qtbot, dialog.one_button)
    settled(qtbot, dialog)
    assert (names(office), states(dialog)) == ([forms[1].name], [State.READY, State.DONE, State.READY])
    dialog.file_table.selectRow(2)
    press(qtbot, dialog.remove_button)
    assert [e.path for e in dialog.entries] == paths[:2]
    press(qtbot, dialog.main_button)
    qtbot.waitUntil(lambda: len(names(office)) == 2, timeout=20_000)
    qtbot.waitUntil(lambda: "2個のファイルのうち2個" in room.banner.text, timeout=20_000)


def test_a_preview_changed_by_another_file_is_shown_again_before_it_is_imported(
    qtbot: QtBot, office: Office, room: IntakeRoom, tmp_path: Path
) -> None:
    (form,) = applicants(1)
    write_applicants(tmp_path / "一.xlsx", [form])
    write_applicants(tmp_path / "二.xlsx", [replace(form, phone="090")])
    dialog = opened(qtbot, room, tmp_path / "一.xlsx", tmp_path / "二.xlsx")
    assert dialog.main_button.text() == "2個のファイルの2件を取り込む"
    press(qtbot, dialog.main_button)
    settled(qtbot, dialog)
    assert states(dialog) == [State.DONE, State.READY]
    assert [d.words for d in dialog.rows.rows[0].differences] == ["電話：03-0000-0001 → 090"]
    assert "下見が変わりました" in dialog.note.text
    press(qtbot, dialog.main_button)
    qtbot.waitUntil(lambda: intake.get_application(office, 1).person.phone == "090", timeout=20_000)
    qtbot.waitUntil(lambda: "新規1件・変更1件" in room.banner.text, timeout=20_000)


def test_files_dropped_on_the_room_all_come_into_one_window(
    qtbot: QtBot, room: IntakeRoom, background: Background, tmp_path: Path
) -> None:
    entry = RoomEntry("intake", "受付", lambda: room)
    window = MainWindow([entry], FrameInfo(), lambda _q: [], background, FrameSettings())
    qtbot.addWidget(window)
    window.show()
    window.open_room("intake")
    paths = [applicants_book(tmp_path / "一.xlsx"), csv_book(tmp_path)]

    def drop(*files: Path) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(f)) for f in files])
        event = QDropEvent(
            QPointF(10, 10),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        window.dropEvent(event)

    drop(paths[0], tmp_path / "絵.png")
    assert room.findChildren(ImportDialog) == []
    drop(*paths)
    dialog = settled(qtbot, dialog_of(room, ImportDialog))
    assert [e.path for e in dialog.entries] == paths


def test_the_encoding_of_a_csv_is_shown_with_its_lines_and_can_be_changed(
    qtbot: QtBot, office: Office, room: IntakeRoom, tmp_path: Path
) -> None:
    path = tmp_path / "申込.csv"
    path.write_bytes("申込番号,氏名,フリガナ,生年月日\n1,ｱ花,ミホン,S60.4.1\n".encode("cp932"))
    dialog = opened(qtbot, room, path)
    bar = dialog.pane.encoding
    assert bar.isVisible()
    assert bar.combo.currentText() == "CP932（Shift_JIS）"
    assert bar.lines.text().splitlines()[1] == "1,ｱ花,ミホン,S60.4.1"
    bar.combo.addItem("UTF-8")
    dialog.use_encoding("UTF-8")
    qtbot.waitUntil(lambda: states(dialog) == [State.REFUSED], timeout=20_000)
    assert dialog.note.text == "UTF-8 としては読めません。ほかの読み方を選んでください。"
    assert not dialog.main_button.isEnabled()
    dialog.use_encoding("CP932（Shift_JIS）")
    qtbot.waitUntil(dialog.main_button.isEnabled, timeout=20_000)
    dialog.submit()
    qtbot.waitUntil(lambda: names(office) == ["ｱ花"], timeout=20_000)


def test_a_thousand_wrong_cells_are_grouped_and_a_group_opens_and_closes(
    qtbot: QtBot, room: IntakeRoom, tmp_path: Path
) -> None:
    dialog = opened(qtbot, room, wall_book(tmp_path, 60))
    assert [f for f in dialog.filters.words()] == ["すべて 80", "新規 20", "誤り 60"]
    heads = [r for r in dialog.problems.rows if isinstance(r, GroupRow)]
    assert [(h.title, h.group.column) for h in heads] == [
        ("▸ 60か所", "生年月日"),
        ("▸ 40か所", "窓口の種別"),
    ]
    assert len(dialog.problems.rows) == 2 + 3 + 3
    table = dialog.problem_table
    place = table.visualRect(dialog.problems.index(0, 4)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert (len(dialog.problems.rows), dialog.problems.rows[0].title) == (2 + 60 + 3, "▾ 60か所")
    table.selectRow(0)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert len(dialog.problems.rows) == 8
    dialog.filters.choose("new")
    assert {r.state for r in dialog.rows.rows} == {"new"}


def test_a_chosen_row_shows_each_changed_field_old_and_new(
    qtbot: QtBot, office: Office, room: IntakeRoom, tmp_path: Path
) -> None:
    forms = applicants(2)
    write_applicants(tmp_path / "一.xlsx", forms)
    intake.import_applicants(office, 1, tmp_path / "一.xlsx")
    changed = replace(forms[0], phone="090-1", employments=(replace(JOB, counter_name="別の窓口"),))
    write_applicants(tmp_path / "二.xlsx", [changed, forms[1]])
    dialog = opened(qtbot, room, tmp_path / "二.xlsx")
    dialog.table.selectRow(0)
    lines = dialog.pane.detail.text().splitlines()
    assert lines[:2] == ["2行目　1　見本 花子1", "電話：03-0000-0001 → 090-1"]
    assert lines[2].startswith("在職歴：見本市相談窓口 ")
    assert dialog.pane.detail_area.isVisible()
    dialog.table.selectRow(1)
    assert not dialog.pane.detail_area.isVisible()


def test_the_same_file_again_says_that_nothing_would_change(
    qtbot: QtBot, office: Office, room: IntakeRoom, tmp_path: Path
) -> None:
    path = applicants_book(tmp_path / "申込.xlsx")
    intake.import_applicants(office, 1, path)
    dialog = opened(qtbot, room, path)
    assert dialog.note.text.splitlines() == [
        "このファイルは前に取り込まれています。同じ行は変わりません。",
        "取り込む行はありません。3行すべてがいまの記録と同じで、取り込んでも何も変わりません。",
    ]
    assert (states(dialog), dialog.main_button.isEnabled()) == ([State.NOTHING], False)


def test_undoing_shows_who_goes_back_to_the_earlier_values(
    qtbot: QtBot, office: Office, room: IntakeRoom, tmp_path: Path
) -> None:
    forms = applicants(2)
    for name, sheet in (("一.xlsx", forms), ("二.xlsx", [replace(forms[0], phone="090"), forms[1]])):
        write_applicants(tmp_path / name, sheet)
        intake.import_applicants(office, 1, tmp_path / name)
    room.undo_import()
    dialog = dialog_of(room, UndoImportDialog)
    qtbot.waitUntil(dialog.undo_button.isEnabled, timeout=20_000)
    fate: Callable[[object], object] = dialog.applications.columns[2].getter
    assert [(r.name, fate(r)) for r in dialog.applications.rows] == [("見本 花子1", "前の値に戻る")]
    press(qtbot, dialog.undo_button)
    sure = dialog_of(dialog, ConfirmDialog)
    assert "「二.xlsx」の取込が書き替えた1件の申込が前の値に戻ります：見本 花子1。" in sure.words.text()
    press(qtbot, sure.confirm_button)
    qtbot.waitUntil(lambda: bool(room.banner.text), timeout=20_000)
    assert room.banner.text == "取込を取り消しました：0件の申込を消しました。1件の申込を前の値に戻しました。"
    assert intake.get_application(office, 1).person.phone == "03-0000-0001"
