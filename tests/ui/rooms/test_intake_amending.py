"""受付の画面：受け付けた申込を直す、書き方の注意、研修期の日、下見の所と人数。"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from pytestqt.qtbot import QtBot

from app.domain.access import Role
from app.services import eligibility, intake
from app.services.office import Office
from app.workbooks.applicants import write_applicants
from database.opening import Store
from tests.factories import as_role, make_cohort, make_office
from tests.services.test_intake_editing import HANAKO, JOB
from tests.ui.rooms.course_sample import dialog_of, press
from ui.background import Background
from ui.rooms.context import RoomContext
from ui.rooms.importing import ImportDialog
from ui.rooms.intake.amending import AmendDialog
from ui.rooms.intake.application import ApplicationDialog
from ui.rooms.intake.dialogs import CohortDialog, PersonDialog
from ui.rooms.intake.room import IntakeRoom


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


@pytest.fixture
def cohort(office: Office) -> int:
    return make_cohort(office, starts_on=date(2026, 4, 1), application_closes_on=date(2026, 3, 10))


def open_room(qtbot: QtBot, office: Office, background: Background, cohort: int) -> IntakeRoom:
    room = IntakeRoom(RoomContext(office, background, cohort))
    qtbot.addWidget(room)
    room.resize(1180, 680)
    room.show()
    return room


@pytest.fixture
def room(qtbot: QtBot, office: Office, background: Background, cohort: int) -> IntakeRoom:
    intake.receive_application(office, cohort, replace(HANAKO, name="見本 花子 "))
    return open_room(qtbot, office, background, cohort)


def amending(qtbot: QtBot, room: IntakeRoom) -> AmendDialog:
    press(qtbot, room.amend_button)
    return dialog_of(room, AmendDialog)


def test_the_dialog_is_filled_with_the_record_and_unchanged_it_changes_nothing(
    qtbot: QtBot, room: IntakeRoom, office: Office
) -> None:
    eligibility.set_workdays(office, 2, days=[date(2024, 5, 1)])
    dialog = amending(qtbot, room)
    assert dialog.windowTitle() == "申込を直す（受付 0001）"
    assert "勤務日の一覧のある在職：2行目（1日）" in dialog.words.text()
    with_spaces = replace(HANAKO, name="見本 花子 ", employments=(JOB, HANAKO.employments[1]))
    assert dialog.filled() == replace(
        with_spaces, employments=(JOB, replace(HANAKO.employments[1], workdays=None))
    )
    assert [e.id for e in dialog.filled().employments] == [1, 2]
    assert dialog.form.row("name").caution == "氏名の後に空白があります。"
    dialog.submit()
    assert dialog.isVisible()
    assert dialog.refusal.text == "記録と同じで、変わったところがありません。"


def test_facts_are_corrected_and_the_room_says_how_many(
    qtbot: QtBot, room: IntakeRoom, office: Office
) -> None:
    dialog = amending(qtbot, room)
    dialog.received_on.edit.setText("R8.2.1")
    dialog.counter.setCurrentText("民間")
    dialog.engaged.setCurrentText("いいえ")
    dialog.employments.grid.put(0, 4, "R6.2.29")
    dialog.employments.grid.put(0, 5, "400")
    dialog.employments.grid.setCurrentCell(1, 0)
    press(qtbot, dialog.employments.remove_button)
    dialog.qualifications.add()
    for place, words in enumerate(["公認心理師", "", "R1.10.1", "", "確認済"]):
        dialog.qualifications.grid.put(1, place, words)
    dialog.declared["mental_declared"].setCurrentText("はい")
    dialog.submit()
    assert not dialog.isVisible()
    assert room.banner.text == "申込を直しました（8か所）。"
    found = intake.get_application(office, 1)
    assert (found.received_on, found.counter, found.counter_engaged) == (date(2026, 2, 1), "private", False)
    assert [(e.id, e.ended_on, e.workdays) for e in found.employments] == [(1, date(2024, 2, 29), 400)]
    assert [q.kind for q in found.qualifications] == [
        "certified_social_worker",
        "certified_public_psychologist",
    ]
    assert intake.read_form(office, 1).form.mental_declared is True
    assert "民間" in room.words["counter"].text()


def test_after_a_decision_a_reason_is_asked_and_the_room_says_to_look_again(
    qtbot: QtBot, room: IntakeRoom, office: Office
) -> None:
    eligibility.decide(office, 1, "eligible")
    dialog = amending(qtbot, room)
    dialog.engaged.setCurrentText("いいえ")
    dialog.submit()
    assert dialog.form.row("reason").error.startswith("受講資格の決定が既にあります。")
    dialog.reason.setText("所属機関に照会")
    dialog.submit()
    assert room.banner.text == (
        "申込を直しました（1か所）。受講資格の決定の後に事実が変わりました。受講資格の部屋で、決定を確かめてください。"
    )
    assert eligibility.get_finding(office, 1).row.changed_since


def test_a_contradiction_is_said_at_its_field_and_a_meanwhile_change_above(
    qtbot: QtBot, room: IntakeRoom, office: Office
) -> None:
    dialog = amending(qtbot, room)
    dialog.employments.grid.put(0, 4, "R4.3.31")
    dialog.person["email"].setText("hanako")
    dialog.submit()
    assert dialog.form.row("employments").error.startswith("1件目の在職：終わり（令和4年3月31日）が始まり")
    assert dialog.form.row("email").error.startswith("メールに「@」がありません。")
    dialog.employments.grid.put(0, 4, "R6.3.31")
    dialog.person["email"].setText("hanako@example.jp")
    intake.update_person(office, 1, {"phone": "03-1234-5678"})
    dialog.submit()
    assert "窓を開いた後に、この申込の記録がほかで変わりました（電話）" in dialog.refusal.text
    assert intake.get_application(office, 1).person.email == ""


def test_only_the_office_corrects_and_nobody_a_withdrawn_application(
    qtbot: QtBot, room: IntakeRoom, office: Office, background: Background, cohort: int
) -> None:
    auditor = open_room(qtbot, as_role(office, Role.AUDITOR), background, cohort)
    assert (room.amend_button.isVisible(), auditor.amend_button.isVisible()) == (True, False)
    intake.withdraw(office, 1, office.today(), "本人の申出")
    room.refresh()
    assert not room.amend_button.isVisible()


def test_cautions_stand_under_their_fields_while_typing_and_do_not_refuse(
    qtbot: QtBot, office: Office, background: Background, cohort: int
) -> None:
    room = open_room(qtbot, office, background, cohort)
    press(qtbot, room.receive_button)
    dialog = dialog_of(room, ApplicationDialog)
    dialog.person["name"].setText("見本 花子")
    dialog.person["phone"].setText("1234-5678")
    phone = dialog.form.row("phone")
    qtbot.waitUntil(lambda: phone.caution != "")
    assert (phone.caution[:13], phone.error) == ("電話の数字が8桁です（国内", "")
    dialog.birth_date.edit.setText("S60.4.1")
    dialog.received_on.edit.setText("R8.2.20")
    dialog.person["phone"].setText("+84 90 123 45 67")
    dialog.employments.add()
    for place, words in enumerate(["窓口A", "民間", "", "R4.4.1", "R6.3.31"]):
        dialog.employments.grid.put(0, place, words)
    dialog.employments.add()
    for place, words in enumerate(["窓口A", "民間", "", "R6.3.1", ""]):
        dialog.employments.grid.put(1, place, words)
    dialog.show_cautions()
    assert phone.caution == ""
    assert dialog.form.row("employments").caution.startswith("2件目の在職：1件目の同じ窓口の在職と期間が")
    dialog.submit()
    assert room.banner.text == "申込を受け付けました（受付 0001）。"


def test_a_reception_after_the_closing_day_is_a_caution_and_of_tomorrow_an_error(
    qtbot: QtBot, office: Office, background: Background, cohort: int
) -> None:
    later = replace(office, today=lambda: date(2026, 3, 20))
    room = open_room(qtbot, later, background, cohort)
    press(qtbot, room.receive_button)
    dialog = dialog_of(room, ApplicationDialog)
    dialog.person["name"].setText("見本 花子")
    dialog.birth_date.edit.setText("S60.4.1")
    dialog.show_cautions()
    assert dialog.form.row("received_on").caution == (
        "受付日が申込の締切（令和8年3月10日）より後です。受け付けてよいかを確かめてください。"
    )
    dialog.received_on.edit.setText("R8.3.21")
    dialog.submit()
    assert dialog.form.row("received_on").error == (
        "受付日（令和8年3月21日）が今日より後です。日付を確かめてください。"
    )


def test_a_person_is_refused_at_the_field(qtbot: QtBot, room: IntakeRoom, office: Office) -> None:
    room.edit_person()
    dialog = dialog_of(room, PersonDialog)
    dialog.fields["phone"].setText("O9O-1111-2222")
    assert dialog.form.row("phone").caution == "電話に字「OO」があります。番号を確かめてください。"
    dialog.submit()
    assert dialog.form.row("phone").error == "電話に字「OO」があります。番号を確かめてください。"
    assert intake.get_application(office, 1).person.phone == "090-1111-2222"


def test_the_days_of_a_cohort_are_refused_at_their_fields(
    qtbot: QtBot, office: Office, background: Background, cohort: int
) -> None:
    room = open_room(qtbot, office, background, cohort)
    room.create_cohort()
    dialog = dialog_of(room, CohortDialog)
    dialog.term.setValue(2)
    dialog.starts.set_value(date(2026, 10, 1))
    dialog.closes.set_value(date(2026, 10, 2))
    dialog.course2.set_value(date(2026, 9, 30))
    dialog.submit()
    assert dialog.form.row("closes").error.startswith("申込の締切（令和8年10月2日）が研修開始日")
    assert dialog.form.row("course2").error.startswith("養成課程②の初日（令和8年9月30日）が研修開始日")
    assert len(intake.list_cohorts(office)) == 1


def test_the_preview_tells_two_sheets_apart_and_counts_people(
    qtbot: QtBot, office: Office, background: Background, cohort: int, tmp_path: Path
) -> None:
    path = tmp_path / "申込.xlsx"
    write_applicants(path, [replace(HANAKO, number="1"), replace(HANAKO, number="2", name="例 太郎")])
    workbook = openpyxl.load_workbook(path)
    for name in ("申込者", "在職歴"):
        sheet = workbook[name]
        heading = "生年月日" if name == "申込者" else "開始日"
        (column,) = [c.column for c in sheet[1] if c.value == heading]
        for row in (3,) if name == "申込者" else (2, 3):
            sheet.cell(row, column).value = "いつか"
    workbook.save(path)
    room = open_room(qtbot, office, background, cohort)
    room.import_file(path)
    dialog = dialog_of(room, ImportDialog)
    qtbot.waitUntil(lambda: bool(dialog.rows.rows), timeout=20_000)
    shown = [
        [dialog.rows.index(row, column).data() for column in range(3)]
        for row in range(dialog.rows.rowCount())
    ]
    assert shown == [
        ["3", "2", "例 太郎"],
        ["在職歴 2", "1", "見本 花子"],
        ["在職歴 3", "1", "見本 花子"],
    ]
    assert "誤りのある人は2名です（3行）。" in dialog.note.text
