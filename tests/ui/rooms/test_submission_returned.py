"""戻ったファイルを比べる画面。"""

from pathlib import Path

import openpyxl
import pytest
from pytestqt.qtbot import QtBot

from app.services import submission
from app.services.office import Office
from app.services.views.submission import Difference, ReturnedView
from database.opening import Store
from tests.ui.rooms.after_sample import make_first, make_manager_office
from tests.ui.rooms.test_submission import dialog_of, open_room, ready
from ui.background import Background
from ui.rooms.submission.returning import CompareDialog, ReturnedDialog
from ui.rooms.submission.room import SubmissionRoom

PASSWORD = "庁への合言葉"


@pytest.fixture
def office(store: Store) -> Office:
    office = make_manager_office(store)
    make_first(office)
    return office


def sent_room(
    qtbot: QtBot, office: Office, background: Background, path: Path, password: str = ""
) -> SubmissionRoom:
    submission.make_batch(office, path, password=password)
    room = open_room(qtbot, office, background)
    room._context.open_path = lambda _page, _title, _name, chosen: chosen(path)
    room.table.selectRow(1)
    return room


def test_only_a_sent_batch_can_be_compared(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    room = sent_room(qtbot, office, background, tmp_path / "便.xlsx")
    assert (room.compare_button.isVisible(), room.result_button.isVisible()) == (True, False)
    room.table.selectRow(0)
    assert (room.compare_button.isVisible(), room.result_button.isVisible()) == (False, False)


def test_a_changed_cell_is_shown_beside_what_was_sent_and_stays_with_the_batch(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    path = tmp_path / "便.xlsx"
    room = sent_room(qtbot, office, background, path)
    book = openpyxl.load_workbook(path)
    cell = next(c for row in book.worksheets[0].iter_rows() for c in row if c.value == "第R7-1-0002号")
    book.worksheets[0].cell(cell.row, cell.column + 1).value = "別の名"
    book.save(path)
    room.compare()
    dialog_of(room, CompareDialog).submit()
    ready(qtbot, background)
    result = dialog_of(room, ReturnedDialog)
    assert [(d.words, d.row, d.key, d.column, d.sent, d.returned) for d in result.model.rows] == [
        ("値が違う", cell.row, "第R7-1-0002号", "氏名", "NGUYỄN THỊ PHƯƠNG THẢO", "別の名")
    ]
    sent, returned = (result.model.columns[n].text(result.model.rows[0]) for n in (4, 5))
    assert (sent, returned) == ("NGUYỄN THỊ PHƯƠNG THẢO", "別の名")
    assert "便.xlsx　違い 1件" in room.note.text
    assert room.result_button.isVisible()


def test_a_wrong_password_is_said_at_the_field_and_the_right_one_goes_on(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    room = sent_room(qtbot, office, background, tmp_path / "便.xlsx", PASSWORD)
    room.compare()
    dialog = dialog_of(room, CompareDialog)
    dialog.password.setText("違う合言葉")
    dialog.submit()
    ready(qtbot, background)
    assert "パスワード" in dialog.form.row("password").error
    assert dialog.isVisible()
    dialog.password.setText(PASSWORD)
    dialog.submit()
    ready(qtbot, background)
    assert dialog_of(room, ReturnedDialog).note.text == "送ったものと、すべてのセルが同じです。"


def test_a_date_in_the_table_of_differences_is_shown_by_the_era(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    room = sent_room(qtbot, office, background, tmp_path / "便.xlsx")
    batch = submission.list_batches(office)[0]
    found = (Difference("value", 5, "1", "認証日", "2026-03-31", "2026-99-99"),)
    view = ReturnedView(1, batch.id, "戻り.xlsx", "", batch.made_at, "事務", found)
    dialog = ReturnedDialog(room, batch, view)
    columns = dialog.model.columns
    assert [columns[n].text(found[0]) for n in (4, 5)] == ["令和8年3月31日", "2026-99-99"]
