"""進捗の画面：成績の様式と取込。"""

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from pytestqt.qtbot import QtBot

from app.services import progress
from app.services.office import Office
from app.workbooks.reading import read_workbook
from app.workbooks.results import ResultForm, write_results
from database.opening import Store, open_store
from tests.conftest import PASSPHRASE
from tests.factories import make_application, make_cohort, make_office, make_report_dues
from tests.ui.rooms.course_sample import dialog_of, make_course, press, results_book
from ui.background import Background
from ui.rooms.context import RoomContext
from ui.rooms.importing import ImportDialog
from ui.rooms.intake.mapping import MappingDialog
from ui.rooms.progress.dialogs import AttemptDialog
from ui.rooms.progress.room import ProgressRoom


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


def open_room(qtbot: QtBot, context: RoomContext) -> ProgressRoom:
    room = ProgressRoom(context)
    qtbot.addWidget(room)
    room.resize(1180, 680)
    room.show()
    return room


@pytest.fixture
def course(office: Office) -> tuple[int, list[int]]:
    return make_course(office)


@pytest.fixture
def room(qtbot: QtBot, office: Office, background: Background, course: tuple[int, list[int]]) -> ProgressRoom:
    return open_room(qtbot, RoomContext(office, background, course[0]))


def test_the_template_is_written_and_reads_as_a_table(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    cohort = make_cohort(office)
    target = tmp_path / "成績.xlsx"
    context = RoomContext(office, background, cohort, save_path=lambda _p, _t, _n, chosen: chosen(target))
    room = open_room(qtbot, context)
    press(qtbot, room.template_button)
    assert room.banner.text == f"成績の様式を書きました：{target}"
    assert read_workbook(target).sheets[0].name == "成績"


def test_results_are_previewed_then_imported_and_refused_rows_are_given_back(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    cohort = make_cohort(office)
    ids = [make_application(office, cohort, name) for name in ("見本 一", "見本 二")]
    refused = tmp_path / "断った行.xlsx"
    context = RoomContext(office, background, cohort, save_path=lambda _p, _t, _n, chosen: chosen(refused))
    room = open_room(qtbot, context)
    room.import_file(results_book(tmp_path / "成績.xlsx", wrong=True))
    dialog = dialog_of(room, ImportDialog)
    qtbot.waitUntil(dialog.main_button.isEnabled, timeout=20_000)
    assert [(r.number, r.state) for r in dialog.rows.rows] == [
        ("0001", "new"),
        ("0002", "new"),
        ("0099", "error"),
    ]
    assert progress.get_course(office, ids[0]).attempts == ()
    dialog.whole.setChecked(True)
    dialog.submit()
    qtbot.waitUntil(dialog.main_button.isEnabled, timeout=20_000)
    assert "何も取り込みませんでした" in dialog.note.text
    assert progress.get_course(office, ids[0]).attempts == ()
    dialog.whole.setChecked(False)
    dialog.submit()
    qtbot.waitUntil(lambda: dialog.cancel_button.text() == "閉じる", timeout=20_000)
    assert room.banner.text == "成績を取り込みました：新規2件・変更0件・同じ0件・断った行1件"
    assert [progress.get_course(office, i).attempts[0].points for i in ids] == [81, 82]
    press(qtbot, dialog.save_button)
    qtbot.waitUntil(lambda: "断った行を書きました" in dialog.note.text, timeout=20_000)
    sheet = openpyxl.load_workbook(refused)["成績"]
    rows = [r for r in sheet.iter_rows(values_only=True) if "いない 人" in r]
    assert len(rows) == 1
    assert any("その受付番号の人がいません" in str(cell) for cell in rows[0])


def test_a_workbook_changed_after_the_preview_is_not_imported(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    cohort = make_cohort(office)
    one = make_application(office, cohort)
    path = results_book(tmp_path / "成績.xlsx", (1,))
    room = open_room(qtbot, RoomContext(office, background, cohort))
    room.import_file(path)
    dialog = dialog_of(room, ImportDialog)
    qtbot.waitUntil(dialog.main_button.isEnabled, timeout=20_000)
    results_book(path, (1, 2))
    dialog.submit()
    qtbot.waitUntil(dialog.main_button.isEnabled, timeout=20_000)
    assert "下見の後に変わっています" in dialog.note.text
    assert progress.get_course(office, one).attempts == ()


def test_a_file_that_is_no_workbook_is_refused_in_the_dialog(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    path = tmp_path / "成績.xlsx"
    path.write_bytes(b"not a workbook")
    room = open_room(qtbot, RoomContext(office, background, make_cohort(office)))
    room.import_file(path)
    dialog = dialog_of(room, ImportDialog)
    qtbot.waitUntil(lambda: bool(dialog.note.text), timeout=20_000)
    assert "揃った表がありません" in dialog.note.text
    assert not dialog.main_button.isEnabled()


def test_what_was_recorded_is_there_after_reopening(
    qtbot: QtBot, store_path: Path, background: Background
) -> None:
    with open_store(store_path, PASSPHRASE) as store:
        office = make_office(store)
        cohort = make_cohort(office)
        one = make_application(office, cohort, "神\ufa19 花子")
        make_report_dues(office, cohort)
        room = open_room(qtbot, RoomContext(office, background, cohort))
        room.main_action()
        dialog = dialog_of(room, AttemptDialog)
        dialog.points.setText("0")
        dialog.taken_on.edit.setText("R7.9.1")
        dialog.submit()
    with open_store(store_path, PASSPHRASE) as store:
        again = open_room(qtbot, RoomContext(make_office(store), background, cohort))
        assert [(r.application_id, r.name) for r in again.model.rows] == [(one, "神\ufa19 花子")]
        assert next((r.group, r.words) for r in again.pane.tests.rows) == ("A", "0点 不合格")


def test_a_row_that_cannot_be_read_keeps_the_number_and_name_that_are_written(
    office: Office, tmp_path: Path
) -> None:
    cohort = make_cohort(office)
    make_application(office, cohort, "見本 一")
    path = tmp_path / "成績.xlsx"
    write_results(path, [ResultForm(2, 1, "見本 一", "quiz", "points", 80, date(2025, 9, 2), "A")])
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    heading, column = next((c.row, c.column) for row in sheet.iter_rows() for c in row if c.value == "実施日")
    sheet.cell(heading + 1, column).value = "いつか"
    book.save(path)
    seen = progress.preview_results(office, cohort, path)
    assert [(r.number, r.name, r.state, r.sheet) for r in seen.rows] == [("0001", "見本 一", "error", "")]


def test_an_export_of_another_layout_is_read_after_its_columns_are_confirmed(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    cohort = make_cohort(office)
    one = make_application(office, cohort, "見本 一")
    book = openpyxl.Workbook()
    for row in (("受講者番号", "完了日", "小テストA", "総合テスト"), (1, date(2025, 9, 2), 80, "欠席")):
        book.worksheets[0].append(row)
    path = tmp_path / "export.xlsx"
    book.save(path)
    room = open_room(qtbot, RoomContext(office, background, cohort))
    room.import_file(path)
    dialog = dialog_of(room, ImportDialog)
    qtbot.waitUntil(dialog.mapping_button.isEnabled, timeout=10_000)
    press(qtbot, dialog.mapping_button)
    qtbot.waitUntil(lambda: bool(dialog.findChildren(MappingDialog)), timeout=10_000)
    mapping = dialog_of(dialog, MappingDialog)
    assert [b.isVisible() for b in mapping.group_buttons.values()] == [False] * 3
    assert not mapping.shape.isEnabled()
    mapping.name.setText("研修サイト")
    press(qtbot, mapping.main_button)
    qtbot.waitUntil(lambda: dialog.main_button.isEnabled(), timeout=10_000)
    press(qtbot, dialog.main_button)
    qtbot.waitUntil(lambda: len(progress.get_course(office, one).attempts) == 2, timeout=10_000)
    assert [a.words for a in progress.get_course(office, one).attempts] == ["80点 合格", "欠席"]
