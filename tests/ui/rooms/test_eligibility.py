"""受講資格の画面。"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from pytestqt.qtbot import QtBot

from app.domain.access import Role
from app.domain.findings import Status
from app.services import accounts, eligibility
from app.services.office import Office, PasswordCost
from database.opening import Store, open_store
from tests.conftest import PASSPHRASE
from tests.factories import as_role, make_actor, make_cohort, make_office
from tests.ui.rooms.course_sample import dialog_of, make_candidates, press
from ui.background import Background
from ui.messages import ReasonDialog, SecondPersonDialog
from ui.rooms.context import RoomContext
from ui.rooms.eligibility.room import EligibilityRoom
from ui.rooms.eligibility.workdays import WorkdaysDialog

PASSWORD = "確認のための言葉です"


@pytest.fixture
def office(store: Store) -> Office:
    made = replace(make_office(store), password_cost=PasswordCost(1, 64))
    admin = replace(made, actor=make_actor(Role.ADMINISTRATOR, "管理 三郎"))
    accounts.add_account(admin, "second", "確認 四郎", Role.MANAGER, PASSWORD)
    return made


def open_room(qtbot: QtBot, context: RoomContext) -> EligibilityRoom:
    room = EligibilityRoom(context)
    qtbot.addWidget(room)
    room.resize(1180, 680)
    room.show()
    return room


@pytest.fixture
def room(qtbot: QtBot, office: Office, background: Background) -> EligibilityRoom:
    return open_room(qtbot, RoomContext(office, background, make_candidates(office)[0]))


def decisions(room: EligibilityRoom) -> list[str]:
    return [r.decision for r in room.model.rows]


def test_without_people_the_room_says_what_to_do_next(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room = open_room(qtbot, RoomContext(office, background, make_cohort(office)))
    assert room.list_pane.empty.text.startswith("申込がまだありません。受付の部屋で")
    assert room.record.is_empty_shown
    without = open_room(qtbot, RoomContext(office, background, None))
    assert without.list_pane.is_empty_shown


def test_everybody_is_judged_and_the_reasons_stand_beside(room: EligibilityRoom, office: Office) -> None:
    found = eligibility.list_findings(office, 1)
    assert [(r.reception, r.result) for r in room.model.rows] == [(r.reception, r.result) for r in found]
    assert [r.result for r in found] == ["eligible", "unconfirmed", "ineligible", "ineligible"]
    assert room.record.heading.text() == "髙﨑󠄀 健太郎"
    view = eligibility.get_finding(office, found[0].application_id)
    assert [(x.requirement, x.evidence) for x in room.panel.findings.lines] == [
        (f.requirement, f.sentence) for f in view.findings
    ]
    assert room.panel.timeline.description() == "見本市相談窓口　R4.4.1〜在職中　400日"


def test_an_unconfirmed_person_shows_what_would_settle_it(room: EligibilityRoom, office: Office) -> None:
    room.table.selectRow(1)
    view = eligibility.get_finding(office, room.model.rows[1].application_id)
    assert room.panel.note.text == f"確認の方法：{view.settles}"
    assert Status.UNCONFIRMED in [x.status for x in room.panel.findings.lines]
    assert "重なり　R6.9.1〜R7.3.31" in room.panel.timeline.description()


def test_filters_count_and_keep_their_people(room: EligibilityRoom) -> None:
    assert room.list_pane.filters.words() == ("すべて 4", "未決定 4", "要確認 1", "資格あり 1", "資格なし 2")
    room.list_pane.filters.choose("unconfirmed")
    assert [r.reception for r in room.model.rows] == ["0002"]


def test_the_main_action_decides_by_the_finding_and_moves_to_the_next(
    room: EligibilityRoom, office: Office
) -> None:
    room.main_action()
    assert decisions(room)[:2] == ["eligible", ""]
    assert room.record.heading.text() == "NGUYỄN THỊ PHƯƠNG THẢO"
    room.table.selectRow(0)
    assert room.panel.decided.text == "令和8年2月20日 事務 花子が「資格あり」と決定しました。"


def test_against_the_finding_a_reason_and_a_second_person_are_needed(
    qtbot: QtBot, room: EligibilityRoom, office: Office
) -> None:
    room.table.selectRow(1)
    room.main_action()
    reason = dialog_of(room, ReasonDialog)
    reason.submit()
    assert reason.error.startswith("理由を書いてください。")
    assert decisions(room) == ["", "", "", ""]
    reason.editor.setPlainText("勤務表の原本で確かめた")
    reason.submit()
    second = dialog_of(room, SecondPersonDialog)
    second.login.setText("second")
    second.password.setText("ちがう言葉")
    second.submit()
    assert second.errors[1] != ""
    assert decisions(room) == ["", "", "", ""]
    second.password.setText(PASSWORD)
    second.submit()
    assert decisions(room)[1] == "eligible"
    view = eligibility.get_finding(office, room.model.rows[1].application_id)
    assert (view.reason, view.second_person) == ("勤務表の原本で確かめた", "確認 四郎")


def test_all_clear_people_are_decided_together(room: EligibilityRoom) -> None:
    room.decide_all()
    assert decisions(room) == ["eligible", "", "", ""]
    assert room.banner.text == "判定のとおり1名を「資格あり」と決定しました。"


def test_workdays_settle_an_overlap_and_wrong_ones_are_said_at_the_field(
    qtbot: QtBot, room: EligibilityRoom, office: Office
) -> None:
    room.table.selectRow(1)
    press(qtbot, room.workdays_button)
    dialog = dialog_of(room, WorkdaysDialog)
    dialog.days.setPlainText("R6.4.1\nR6.4.31")
    dialog.submit()
    assert dialog.form.row("days").error != ""
    dialog.days.setPlainText("")
    dialog.whole.setText("百")
    dialog.submit()
    assert dialog.form.row("whole").error == "従業日数（全期間）は0以上の整数で入れてください。"
    dialog.whole.setText("300")
    dialog.in_window.setText("300")
    dialog.submit()
    days = [
        e.workdays for e in eligibility.get_finding(office, room.model.rows[1].application_id).employments
    ]
    assert days == [300, 107]
    assert room.model.rows[1].result == "eligible"


def test_a_decision_whose_facts_changed_is_flagged_not_altered(room: EligibilityRoom, office: Office) -> None:
    room.main_action()
    job = eligibility.get_finding(office, room.model.rows[0].application_id).employments[0]
    eligibility.set_workdays(office, job.id, workdays=10, workdays_in_window=10)
    room.refresh()
    room.table.selectRow(0)
    row = room.model.rows[0]
    assert (row.decision, row.changed_since) == ("eligible", True)
    assert room.model.columns[3].text(row) == "決定後に変わった"
    assert room.panel.decided.text.splitlines()[1:] == [
        "決定の後に変わっています。決定はそのまま残してあります。確かめて、必要なら決定し直してください。",
        "・在職1の従業日数（全期間）：400日 → 10日",
        "・在職1の従業日数（対象期間内）：400日 → 10日",
        "・判定　従業日数 180日以上：満たす → 満たさない（従業日数は10日です。180日に足りません。）",
    ]


def test_a_letter_is_written_for_a_decided_person(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    cohort, _ = make_candidates(office)
    target = tmp_path / "通知.pdf"
    context = RoomContext(office, background, cohort, save_path=lambda _p, _t, _n, chosen: chosen(target))
    room = open_room(qtbot, context)
    assert not room.letter_button.isEnabled()
    room.main_action()
    room.table.selectRow(0)
    press(qtbot, room.letter_button)
    assert room.banner.text == f"通知を書きました：{target}"
    assert target.read_bytes()[:5] == b"%PDF-"


def test_the_letters_of_everybody_decided_are_written_at_once(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    cohort, _ = make_candidates(office)
    target = tmp_path / "ない" / "通知.pdf"
    context = RoomContext(office, background, cohort, save_path=lambda _p, _t, _n, chosen: chosen(target))
    room = open_room(qtbot, context)
    assert not room.letters_button.isEnabled()
    room.main_action()
    room.table.selectRow(2)
    room.decide("ineligible")
    press(qtbot, room.letters_button)
    qtbot.waitUntil(lambda: "に書けませんでした（その場所がない）" in room.banner.text, timeout=20_000)
    target.parent.mkdir()
    press(qtbot, room.letters_button)
    qtbot.waitUntil(lambda: room.banner.text == f"2通の通知を書きました：{target}", timeout=20_000)
    assert len(pypdfium2.PdfDocument(target.read_bytes())) == 2
    assert not room.progress.isVisible()


def test_an_auditor_is_refused_on_the_banner(qtbot: QtBot, office: Office, background: Background) -> None:
    cohort, _ = make_candidates(office)
    room = open_room(qtbot, RoomContext(as_role(office, Role.AUDITOR), background, cohort))
    room.main_action()
    assert "役割" in room.banner.text
    assert decisions(room) == ["", "", "", ""]


def test_a_decision_is_there_after_reopening(qtbot: QtBot, store_path: Path, background: Background) -> None:
    with open_store(store_path, PASSPHRASE) as store:
        office = make_office(store)
        cohort, _ = make_candidates(office)
        room = open_room(qtbot, RoomContext(office, background, cohort))
        room.main_action()
        assert decisions(room) == ["eligible", "", "", ""]
    with open_store(store_path, PASSPHRASE) as store:
        late = make_office(store, today=date(2026, 3, 1))
        again = open_room(qtbot, RoomContext(late, background, cohort))
        assert decisions(again) == ["eligible", "", "", ""]
        again.table.selectRow(0)
        assert again.panel.decided.text.startswith("令和8年2月20日 事務 花子が")
