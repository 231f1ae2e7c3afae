"""審査会議の画面。"""

from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.services import committee
from app.services.office import Office
from database.opening import Store
from tests.factories import make_cohort
from tests.ui.rooms.committee_sample import (
    PASSWORD,
    decide,
    make_manager_office,
    make_sitting,
)
from ui.background import Background
from ui.messages import ReasonDialog, SecondPersonDialog
from ui.rooms.committee.conflicts import KindDialog
from ui.rooms.committee.dialogs import BlockDialog, ConvictionDialog, DecisionDialog, RecusalDialog
from ui.rooms.committee.meetings import MeetingDialog, PresenceDialog
from ui.rooms.committee.members import MemberDialog, MembersDialog
from ui.rooms.committee.room import CommitteeRoom, waiting
from ui.rooms.context import RoomContext

W = TypeVar("W", bound=QWidget)


@pytest.fixture
def office(store: Store) -> Office:
    return make_manager_office(store)


def open_room(qtbot: QtBot, office: Office, background: Background, cohort: int | None) -> CommitteeRoom:
    room = CommitteeRoom(RoomContext(office, background, cohort))
    qtbot.addWidget(room)
    room.resize(1180, 680)
    room.show()
    return room


@pytest.fixture
def room(qtbot: QtBot, office: Office, background: Background) -> CommitteeRoom:
    cohort, _ = make_sitting(office)
    return open_room(qtbot, office, background, cohort)


def dialog_of(parent: QWidget, kind: type[W]) -> W:
    found = [d for d in parent.findChildren(kind) if d.isVisible()]
    assert len(found) == 1
    return found[0]


def give_reason(room: CommitteeRoom, reason: str) -> None:
    dialog = dialog_of(room, ReasonDialog)
    dialog.editor.setPlainText(reason)
    dialog.submit()


def give_second(room: CommitteeRoom) -> SecondPersonDialog:
    dialog = dialog_of(room, SecondPersonDialog)
    dialog.login.setText("second")
    dialog.password.setText(PASSWORD)
    dialog.submit()
    return dialog


def words(room: CommitteeRoom) -> list[tuple[str, str]]:
    return [(r.name, r.words) for r in room.model.rows]


def confirm_grounds(room: CommitteeRoom) -> None:
    room.sheet.grounds.radio("a", "clear").click()
    room.sheet.computed_button.click()


def test_without_a_cohort_the_room_says_where_to_begin(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room = open_room(qtbot, office, background, None)
    assert room.list_pane.empty.text == "研修期がまだありません。受付の部屋で研修期を作ってください。"
    assert not room.left.create_button.isEnabled()


def test_a_meeting_is_made_and_the_agenda_built_from_the_screen(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    cohort = make_cohort(office)
    room = open_room(qtbot, office, background, cohort)
    assert room.list_pane.empty.text == "会議がまだありません。"
    room.left.create_button.click()
    dialog = dialog_of(room, MeetingDialog)
    dialog.held_on.edit.setText("R8.3.20")
    dialog.certification_on.edit.setText("R8.3.10")
    dialog.submit()
    assert (
        dialog.form.row("certification_on").error
        == "認証予定日が会議の日より前です。会議の日以後にしてください。"
    )
    dialog.certification_on.edit.setText("8/3/31")
    dialog.submit()
    assert room.title_label.text() == "第1回 認定審査委員会"
    room.left.agenda_button.click()
    assert (
        room.banner.text == "合格基準がまだ採用されていません。採点の部屋で採用してから議案を作ってください。"
    )


def test_members_are_added_and_bad_input_is_said_at_the_field(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room = open_room(qtbot, office, background, make_cohort(office))
    room.head.meeting_actions["委員…"].trigger()
    members = dialog_of(room, MembersDialog)
    members.add_member()
    dialog = dialog_of(members, MemberDialog)
    dialog.submit()
    assert dialog.form.row("name").error == "委員の氏名を入れてください。"
    assert dialog.form.row("term_from").error == "任期の始まりを入れてください。"
    dialog.name.setText("神﨑 茂")
    dialog.term_from.edit.setText("R7.4.1")
    dialog.submit()
    assert [m.name for m in members.model.rows] == ["神﨑 茂"]
    assert [m.name for m in committee.list_members(office)] == ["神﨑 茂"]


def test_the_list_shows_each_case_with_its_state(room: CommitteeRoom) -> None:
    assert words(room) == [
        ("髙﨑󠄀 健太郎", "未審査"),
        ("NGUYỄN THỊ PHƯƠNG THẢO", "未審査"),
        ("渡邉 直樹", "利害未確認"),
        ("𠮷田 みなみ", "未審査"),
        ("SHRESTHA BINOD", "未審査"),
    ]
    assert room.left.agenda.text() == "修了認定　5件中 0件 議決済み"
    assert room.head.quorum.text == "定足数 充足　出席 4／委員 5"
    assert waiting(room.context) == (5, False)


def test_the_case_sheet_shows_course_results_and_the_four_grounds(room: CommitteeRoom) -> None:
    sheet = room.sheet
    assert [c.text for c in sheet.courses.chips] == ["合格 80点", "修了", "修了", "合格 90点"]
    assert [sheet.grounds.computed_of(g) for g in "aiue"] == [
        "委員会が判断",
        "該当しない",
        "該当しない",
        "該当しない",
    ]
    assert [sheet.grounds.note_of(g) for g in "aiue"] == ["委員会の確認が必要です"] * 4
    assert sheet.votes.quorum.text() == "定足数 充足　出席 4／母数 5"


def test_a_case_cannot_be_certified_before_its_grounds_are_confirmed(room: CommitteeRoom) -> None:
    room.vote_everyone()
    room.main_action()
    assert (
        room.banner.text
        == "欠格事由ア・イ・ウ・エが確認されていません。四つとも確認してから議決してください。"
    )
    assert room.meeting is not None
    assert room.meeting.decided == 0


def test_a_case_is_decided_by_keyboard_and_the_next_one_opens(room: CommitteeRoom) -> None:
    for key in (Qt.Key.Key_F6, Qt.Key.Key_F7, Qt.Key.Key_F8):
        QTest.keyClick(room.table, key)
    assert [c.text for c in room.sheet.votes.chips.values()] == ["可 4", "否 0", "棄権 0"]
    room.main_action()
    assert words(room)[0] == ("髙﨑󠄀 健太郎", "認定")
    assert room.table.chosen().position == 2
    assert room.banner.text == "案件001 髙﨑󠄀 健太郎さんを「認定」と議決しました。"


def test_one_vote_is_recorded_for_one_member(room: CommitteeRoom) -> None:
    member = room.meeting.present[1]  # type: ignore[union-attr]
    room.sheet.votes.buttons[member, "against"].click()
    assert room.case is not None
    assert room.case.votes == {member: "against"}
    assert room.sheet.votes.buttons[member, "against"].isChecked()
    assert [c.text for c in room.sheet.votes.chips.values()] == ["可 0", "否 1", "棄権 3"]


def test_a_finding_against_the_computed_one_asks_for_the_reason(room: CommitteeRoom) -> None:
    room.sheet.grounds.radio("u", "applies").click()
    assert not room.sheet.grounds.radio("u", "applies").isChecked()
    give_reason(room, "判決謄本により確認")
    assert room.sheet.grounds.radio("u", "applies").isChecked()
    assert room.sheet.grounds.note_of("u") == "責任 次郎が確認：判決謄本により確認"


def test_a_refusal_needs_a_reason_at_its_field(room: CommitteeRoom) -> None:
    confirm_grounds(room)
    assert room.case is not None
    for member in room.meeting.present:  # type: ignore[union-attr]
        room.vote(member, "against")
    room.refuse_button.click()
    dialog = dialog_of(room, DecisionDialog)
    dialog.submit()
    assert dialog.form.row("reason").error == "理由を書いてください。"
    dialog.reason.setPlainText("相談の記録が足りないため")
    dialog.submit()
    assert words(room)[0] == ("髙﨑󠄀 健太郎", "不認定")


def test_a_tie_asks_for_the_vote_of_the_chair(room: CommitteeRoom) -> None:
    confirm_grounds(room)
    for place, member in enumerate(room.meeting.present):  # type: ignore[union-attr]
        room.vote(member, "for" if place % 2 else "against")
    room.main_action()
    dialog = dialog_of(room, DecisionDialog)
    dialog.submit()
    assert dialog.form.row("casting").error == "議長の決する票を選んでください。"
    dialog.casting.setCurrentIndex(1)
    dialog.submit()
    assert words(room)[0] == ("髙﨑󠄀 健太郎", "認定")


def test_a_suggested_recusal_is_confirmed_and_leaves_the_count(room: CommitteeRoom) -> None:
    room.table.selectRow(2)
    assert room.case is not None
    (row,) = room.case.recusals
    assert row.ground == "同一所属（見本大学）"
    room.sheet.recusals.buttons[row.member_id][0].click()
    dialog = dialog_of(room, KindDialog)
    dialog.kind.setCurrentIndex(1)
    dialog.submit()
    assert room.case is not None
    assert [(r.kind, r.confirmed) for r in room.case.recusals] == [("excluded", True)]
    assert (row.member_id, "for") not in room.sheet.votes.buttons
    assert room.sheet.votes.quorum.text() == "定足数 充足　出席 3／母数 4"
    assert words(room)[2] == ("渡邉 直樹", "未審査")


def test_a_suggestion_is_dismissed_only_by_two_people_with_a_reason(room: CommitteeRoom) -> None:
    room.table.selectRow(2)
    (row,) = room.case.recusals  # type: ignore[union-attr]
    room.sheet.recusals.buttons[row.member_id][1].click()
    give_reason(room, "部局が違い、面識がない")
    give_second(room)
    assert room.case is not None
    assert [(r.confirmed, r.reason) for r in room.case.recusals] == [(False, "部局が違い、面識がない")]


def test_a_recusal_is_added_with_its_ground(room: CommitteeRoom) -> None:
    room.sheet.recusal_button.click()
    dialog = dialog_of(room, RecusalDialog)
    dialog.submit()
    assert dialog.form.row("ground").error == "利害関係の理由を書いてください。"
    dialog.ground.setText("実践の指導をした")
    dialog.submit()
    assert room.case is not None
    assert [(r.member_name, r.ground, r.confirmed) for r in room.case.recusals] == [
        ("大野 誠", "実践の指導をした", True)
    ]


def test_a_conviction_is_recorded_and_the_reading_is_logged(room: CommitteeRoom, office: Office) -> None:
    room.sheet.convictions_button.click()
    give_reason(room, "ウの執行の終わりを確かめる")
    dialog = dialog_of(room, ConvictionDialog)
    dialog.ended.edit.setText("R7.4.1")
    dialog.submit()
    assert dialog.form.row("finalized").error == "執行や猶予の日があるときは、確定日も入れてください。"
    dialog.finalized.edit.setText("R7.3.1")
    dialog.submit()
    assert room.sheet.grounds.computed_of("i") == "該当する"


def test_presence_is_recorded_with_the_time_and_a_bad_time_is_said_at_the_field(room: CommitteeRoom) -> None:
    room.head.presence_button.click()
    dialog = dialog_of(room, PresenceDialog)
    absent = next(m for m in room.meeting.members if m.id not in room.meeting.present)  # type: ignore[union-attr]
    dialog.time.setText("2時")
    dialog.toggle(absent.id)
    assert dialog.error == "時刻は 14:00 の形で入れてください。"
    dialog.time.setText("14:10")
    dialog.toggle(absent.id)
    assert dialog.state_of(absent.id) == "出席 14:10〜"
    assert room.head.quorum.text == "定足数 充足　出席 5／委員 5"
    dialog.time.setText("15:00")
    dialog.toggle(absent.id)
    assert dialog.state_of(absent.id) == "退席 14:10〜15:00"


def test_a_departed_member_loses_only_the_votes_not_yet_decided(room: CommitteeRoom, office: Office) -> None:
    meeting = room.meeting
    assert meeting is not None
    first, second = meeting.cases[0].id, meeting.cases[1].id
    decide(office, first)
    committee.record_votes(office, second, {m: "for" for m in meeting.present})
    leaver = meeting.present[0]
    committee.record_departure(office, meeting.id, leaver, "15:00")
    assert leaver in committee.get_case(office, first).votes
    assert committee.get_case(office, first).decision_votes == (4, 0, 0)
    assert leaver not in committee.get_case(office, second).votes


def test_clear_cases_are_decided_together(room: CommitteeRoom, office: Office) -> None:
    room.head.block_button.click()
    assert room.banner.text.startswith("一括議決にできる明らかな件がありません。")
    for case in room.meeting.cases:  # type: ignore[union-attr]
        committee.confirm_ground(office, case.id, "a", "clear")
    room.refresh()
    room.head.block_button.click()
    dialog = dialog_of(room, BlockDialog)
    assert dialog.main_button.text() == "4件の認定を議決"
    next(iter(dialog.boxes.values())).setChecked(False)
    dialog.submit()
    assert [w for _, w in words(room)] == ["未審査", "認定", "利害未確認", "認定", "認定"]
    assert room.banner.text == "3件を一括して「認定」と議決しました。"


def test_a_decision_is_reversed_only_by_two_people(room: CommitteeRoom, office: Office) -> None:
    decide(office, room.meeting.cases[0].id)  # type: ignore[union-attr]
    room.refresh()
    assert not room.main_button.isVisible()
    room.reverse_button.click()
    give_reason(room, "票の数え違い")
    give_second(room)
    assert words(room)[0] == ("髙﨑󠄀 健太郎", "未審査")
    assert room.main_button.isVisible()


def test_a_meeting_is_closed_by_two_people_and_its_minutes_are_written(
    qtbot: QtBot, room: CommitteeRoom, office: Office, background: Background, tmp_path: Path
) -> None:
    room.head.close_button.click()
    assert room.banner.text.startswith("未審査の案件が5件あります。")
    for place, case in enumerate(room.meeting.cases):  # type: ignore[union-attr]
        decide(
            office,
            case.id,
            "deferred" if place == 4 else "certified",
            "書類の確認を待つ" if place == 4 else "",
        )
    room.refresh()
    room.head.close_button.click()
    dialog = dialog_of(room, SecondPersonDialog)
    dialog.login.setText("second")
    dialog.password.setText("違う言葉です")
    dialog.submit()
    assert dialog.errors[1] == "利用者名かパスワードが違います。確かめて入れ直してください。"
    give_second(room)
    assert room.meeting is not None
    assert room.meeting.closed
    assert room.head.quorum.text == "閉会"
    target = tmp_path / "議事録.pdf"
    room.context.save_path = lambda _parent, _title, _name, chosen: chosen(target)
    room.head.paper_actions["議事録…"].trigger()
    qtbot.waitUntil(lambda: not background.is_busy)
    assert target.read_bytes()[:5] == b"%PDF-"


def test_the_projector_follows_the_chosen_case_without_personal_data(room: CommitteeRoom) -> None:
    room.head.projector_button.click()
    projector = room.projector
    assert projector is not None
    assert projector.name.text() == "髙﨑󠄀 健太郎"
    room.table.selectRow(1)
    assert projector.name.text() == "NGUYỄN THỊ PHƯƠNG THẢO"
    shown = [w.text() for w in projector.findChildren(QWidget) if hasattr(w, "text")]
    assert not [s for s in shown if "見本国際交流協会" in s or "グエン" in s]
    QTest.keyClick(projector, Qt.Key.Key_Escape)
    assert not projector.isVisible()
