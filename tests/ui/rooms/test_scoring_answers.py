"""採点の画面：答案の取込、分析、一人の結果。"""

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.access import Role
from app.services import scoring
from app.services.office import Office
from app.workbooks.answers import parse_answers
from app.workbooks.reading import read_workbook
from database.opening import Store, open_store
from tests.conftest import PASSPHRASE
from tests.factories import as_role, make_office
from tests.ui.rooms.course_sample import THREE, answers_book, dialog_of, make_ready, make_test, press
from ui.background import Background
from ui.messages import ConfirmDialog, ReasonDialog
from ui.rooms.context import RoomContext
from ui.rooms.importing import ImportDialog
from ui.rooms.scoring.room import ScoringRoom


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


def open_room(qtbot: QtBot, context: RoomContext) -> ScoringRoom:
    room = ScoringRoom(context)
    qtbot.addWidget(room)
    room.resize(1180, 680)
    room.show()
    return room


def wait_trial(qtbot: QtBot, room: ScoringRoom) -> None:
    qtbot.waitUntil(lambda: room.rule.result is not None, timeout=20_000)


def room_of(
    qtbot: QtBot, office: Office, background: Background, locked: bool = False
) -> tuple[ScoringRoom, int, list[int]]:
    cohort, test, ids = make_test(office, 12, locked)
    room = open_room(qtbot, RoomContext(office, background, cohort))
    wait_trial(qtbot, room)
    return room, test, ids


def test_enter_on_a_person_shows_why_he_failed(qtbot: QtBot, office: Office, background: Background) -> None:
    room, _, _ = room_of(qtbot, office, background, locked=True)
    room.acts.adopt()
    reason = dialog_of(room, ReasonDialog)
    reason.editor.setPlainText("委員会の決定")
    reason.submit()
    room.list_pane.filters.choose("failed")
    row = room.model.rows[0]
    room.table.selectRow(0)
    qtbot.keyClick(room.table, Qt.Key.Key_Return)
    assert room.pages.current == "person"
    assert room.person.heading.text() == f"{row.reception}　{row.name}"
    assert room.person.total.text() == f"合計 {row.total}点／100点　合格点 {row.needed}点"
    assert room.person.reasons.text == "\n".join(row.reasons)
    assert row.reasons != ()


def test_answers_are_imported_and_scored(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    cohort, test, ids = make_ready(office)
    scoring.set_questions(office, test, THREE)
    room = open_room(qtbot, RoomContext(office, background, cohort))
    assert room.main_button.text() == "答案を取り込む…"
    room.import_file(answers_book(tmp_path / "答案.xlsx"))
    dialog = dialog_of(room, ImportDialog)
    qtbot.waitUntil(dialog.main_button.isEnabled, timeout=20_000)
    dialog.submit()
    qtbot.waitUntil(lambda: bool(room.banner.text), timeout=20_000)
    assert room.banner.text == "答案を取り込みました：新規3件・変更0件・同じ0件"
    assert [(r.application_id, r.total) for r in room.model.rows] == [(i, 98) for i in ids]
    assert room.main_button.text() == "設問と答案を確定…"
    wait_trial(qtbot, room)


def test_the_template_has_the_questions_of_the_test(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    cohort, test, _ = make_ready(office)
    scoring.set_questions(office, test, THREE)
    target = tmp_path / "答案.xlsx"
    context = RoomContext(office, background, cohort, save_path=lambda _p, _t, _n, chosen: chosen(target))
    room = open_room(qtbot, context)
    press(qtbot, room.template_button)
    sheet = parse_answers(read_workbook(target))
    assert sheet.questions == (1, 2, 3)
    assert [(k.number, k.points, k.key, k.kind) for k in sheet.keys] == [
        (1, 40, ("ア",), "choice"),
        (2, 50, ("イ", "ウ"), "multiple"),
        (3, 10, (), "written"),
    ]
    wait_trial(qtbot, room)


def test_an_auditor_sees_everything_but_is_refused_the_lock(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    cohort, _, _ = make_test(office, 12)
    room = open_room(qtbot, RoomContext(as_role(office, Role.AUDITOR), background, cohort))
    wait_trial(qtbot, room)
    room.acts.lock()
    dialog_of(room, ConfirmDialog).confirm_button.click()
    assert "役割" in room.banner.text
    assert scoring.list_tests(office, cohort)[0].locked_at is None


def test_two_tests_are_chosen_from_the_header(qtbot: QtBot, office: Office, background: Background) -> None:
    cohort, test, _ = make_test(office, 12)
    second = scoring.create_test(office, cohort, "追試", date(2026, 2, 18))
    room = open_room(qtbot, RoomContext(office, background, cohort))
    assert [room.choice.itemText(i) for i in range(2)] == [
        "修了認定テスト（令和8年2月10日）",
        "追試（令和8年2月18日）",
    ]
    assert (room.choice.currentData(), room.record.heading.text()) == (second, "追試")
    room.open_target(test)
    assert (len(room.model.rows), room.record.heading.text()) == (12, "修了認定テスト")
    wait_trial(qtbot, room)


def test_an_adopted_rule_is_there_after_reopening(
    qtbot: QtBot, store_path: Path, background: Background
) -> None:
    with open_store(store_path, PASSPHRASE) as store:
        office = make_office(store)
        room, _, _ = room_of(qtbot, office, background, locked=True)
        room.rule.total.setValue(52)
        wait_trial(qtbot, room)
        room.acts.adopt()
        dialog = dialog_of(room, ReasonDialog)
        dialog.editor.setPlainText("委員会の決定")
        dialog.submit()
        passed = [r.passed for r in room.model.rows]
        wait_trial(qtbot, room)
    with open_store(store_path, PASSPHRASE) as store:
        again = open_room(qtbot, RoomContext(make_office(store), background, 1))
        wait_trial(qtbot, again)
        assert [r.passed for r in again.model.rows] == passed
        assert again.rule.total.value() == 52
