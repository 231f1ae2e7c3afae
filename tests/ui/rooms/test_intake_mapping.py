"""読み方の窓：ほかの様式を開き、一項目を直し、残し、取り込み、次のファイルは自動で読む。"""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.access import Role
from app.services import intake
from app.services.office import Office
from database.store import Store
from tests.factories import as_role, make_cohort, make_office
from tests.ui.rooms.course_sample import dialog_of, press
from tests.workbooks.foreign import paper_form, two_row_list, two_sheets
from ui.background import Background
from ui.messages import ConfirmDialog
from ui.rooms.context import RoomContext
from ui.rooms.importing import ImportDialog
from ui.rooms.intake.mapping import MappingDialog
from ui.rooms.intake.mappings import MappingsDialog, RenameMappingDialog
from ui.rooms.intake.room import IntakeRoom


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


@pytest.fixture
def room(qtbot: QtBot, office: Office, background: Background) -> IntakeRoom:
    made = IntakeRoom(RoomContext(office, background, make_cohort(office)))
    qtbot.addWidget(made)
    made.resize(1180, 680)
    made.show()
    return made


def settle(qtbot: QtBot, background: Background) -> None:
    qtbot.waitUntil(lambda: not background.is_busy, timeout=20_000)


def opened(qtbot: QtBot, room: IntakeRoom, background: Background, path: Path) -> ImportDialog:
    room.import_file(path)
    dialog = dialog_of(room, ImportDialog)
    settle(qtbot, background)
    return dialog


def mapping_of(qtbot: QtBot, dialog: ImportDialog, background: Background) -> MappingDialog:
    press(qtbot, dialog.mapping_button)
    settle(qtbot, background)
    return dialog_of(dialog, MappingDialog)


def click(qtbot: QtBot, dialog: MappingDialog, row: int, column: int) -> None:
    """左の格子のセル（0 から）を押す。"""
    grid = dialog.grid
    grid.show_cell(row, column)
    place = grid.visualRect(grid.picture.index(row, column)).center()
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=place)


def place(dialog: MappingDialog, title: str) -> tuple[str, str]:
    item = next(i for i in dialog.items.rows if i.title == title)
    return item.state, item.place


def test_a_foreign_list_is_mapped_corrected_saved_imported_and_the_next_one_is_known(
    qtbot: QtBot, room: IntakeRoom, background: Background, office: Office, tmp_path: Path
) -> None:
    dialog = opened(qtbot, room, background, two_row_list(tmp_path / "a.xlsx"))
    assert dialog.note.text.endswith(
        "ほかの様式のファイルなら、［読み方を決める…］で列やセルを割り当てて読めます。"
    )
    mapping = mapping_of(qtbot, dialog, background)
    assert place(mapping, "所属機関") == ("assigned", "G列「勤務先」")
    # 勤務先の列を、所属機関ではなく現在の窓口名とする
    mapping.table.select_key("申込者/現在の窓口名/0")
    click(qtbot, mapping, 5, 6)
    assert place(mapping, "現在の窓口名") == ("assigned", "G列「勤務先」")
    assert place(mapping, "所属機関") == ("open", "")
    press(qtbot, mapping.main_button)
    assert mapping.isVisible()
    assert mapping.form.row("name").error.startswith("読み方の名を")
    mapping.name.setText("見本県の名簿")
    press(qtbot, mapping.main_button)
    settle(qtbot, background)
    assert [(r.row, r.name, r.state) for r in dialog.rows.rows] == [
        (6, "髙﨑　健太郎", "new"),
        (7, "見本 花子", "warning"),  # 電話の桁が足りない
    ]
    press(qtbot, dialog.main_button)
    settle(qtbot, background)
    ids = [r.id for r in intake.list_applications(office, room._context.cohort_id or 0)]
    found = intake.get_application(office, ids[0])
    assert (found.counter_name, found.person.affiliation) == ("見本市役所", "")
    again = opened(qtbot, room, background, two_row_list(tmp_path / "b.xlsx", first=6, extra=True))
    assert "保存した読み方「見本県の名簿」で読みました。" in again.note.text
    assert [(r.row, r.state) for r in again.rows.rows] == [(8, "unchanged"), (9, "warning")]
    known = mapping_of(qtbot, again, background)
    assert known.name.text() == "見本県の名簿"


def test_a_form_is_mapped_by_clicking_its_cells_without_saving(
    qtbot: QtBot, room: IntakeRoom, background: Background, office: Office, tmp_path: Path
) -> None:
    dialog = opened(qtbot, room, background, paper_form(tmp_path / "a.xlsx", "見本 花子"))
    mapping = mapping_of(qtbot, dialog, background)
    assert mapping.shape.currentText() == "一枚に一人の様式"
    assert not mapping.heading_row.isEnabled()
    mapping.table.select_key("申込者/氏名/0")
    press(qtbot, mapping.clear_button)
    assert not mapping.once_button.isEnabled()
    assert mapping.note.text == "必須の氏名が未割当です。"
    click(qtbot, mapping, 3, 2)
    assert place(mapping, "氏名") == ("assigned", "C4")
    assert mapping.grid.picture.mark(3, 2) == "氏名"
    press(qtbot, mapping.once_button)
    settle(qtbot, background)
    assert [r.name for r in dialog.rows.rows] == ["見本 花子"]
    assert intake.list_mappings(office) == ()


def test_the_keyboard_points_too_and_a_value_for_everyone_is_chosen(
    qtbot: QtBot, room: IntakeRoom, background: Background, tmp_path: Path
) -> None:
    dialog = opened(qtbot, room, background, two_sheets(tmp_path / "a.xlsx"))
    mapping = mapping_of(qtbot, dialog, background)
    mapping.table.select_key("在職歴/種別/1")
    # 別のシートにある項目を選ぶと、そのシートが見える
    assert mapping.sheets.currentText() == "職歴"
    mapping.fixed.setCurrentIndex(mapping.fixed.findText("民間"))
    mapping.fixed.activated.emit(mapping.fixed.currentIndex())
    assert place(mapping, "在職1 種別") == ("assigned", "全員「民間」")
    mapping.grid.setCurrentIndex(mapping.grid.picture.index(2, 2))
    qtbot.keyClick(mapping.grid, Qt.Key.Key_Return)
    assert place(mapping, "在職1 種別") == ("assigned", "C列「区分」")
    press(qtbot, mapping.group_buttons["国家資格"])
    assert place(mapping, "資格2 資格") == ("open", "")
    mapping.shape.setCurrentIndex(1)
    mapping.shape.activated.emit(1)
    assert mapping.draft.is_form
    press(qtbot, mapping.guess_button)
    assert (mapping.draft.is_form, mapping.draft.sheet) == (False, "一覧")
    mapping.sheets.setCurrentIndex(0)
    mapping.heading_row.setValue(2)
    assert mapping.draft.heading == (2, 1)
    assert not mapping.main_button.isEnabled()


def test_saved_mappings_are_renamed_and_removed(
    qtbot: QtBot, room: IntakeRoom, office: Office, tmp_path: Path
) -> None:
    draft = intake.propose_mapping(office, two_row_list(tmp_path / "a.xlsx"))
    for name in ("甲県", "乙県"):
        intake.save_mapping(office, name, draft.mapping)
    room.show_mappings()
    dialog = dialog_of(room, MappingsDialog)
    assert [r.name for r in dialog.model.rows] == ["乙県", "甲県"]
    press(qtbot, dialog.rename_button)
    rename = dialog_of(dialog, RenameMappingDialog)
    rename.name.setText("甲県")
    rename.submit()
    assert "既にあります" in rename.form.row("name").error
    rename.name.setText("丙県")
    rename.submit()
    assert [r.name for r in dialog.model.rows] == ["丙県", "甲県"]
    dialog.table.selectRow(1)
    press(qtbot, dialog.remove_button)
    press(qtbot, dialog_of(dialog, ConfirmDialog).confirm_button)
    assert [m.name for m in intake.list_mappings(office)] == ["丙県"]


def test_who_may_not_save_sees_the_list_only(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    draft = intake.propose_mapping(office, two_row_list(tmp_path / "a.xlsx"))
    intake.save_mapping(office, "甲県", draft.mapping)
    context = RoomContext(as_role(office, Role.AUDITOR), background, None)
    dialog = MappingsDialog(None, context)  # type: ignore[arg-type]
    qtbot.addWidget(dialog)
    assert (dialog.rename_button.isEnabled(), dialog.remove_button.isEnabled()) == (False, False)
