"""審査会議の部屋：委員・会議・定足数・回避。"""

from dataclasses import replace
from datetime import date

import pytest

from app.domain.access import Role
from app.domain.errors import AccessDenied, RuleViolation
from app.services import committee
from app.services.committee.meetings import MeetingForm, MemberForm
from app.services.office import Office
from database.store import Store
from tests.factories import make_actor, make_office, person
from tests.services.committee_scene import (
    CERTIFIED_ON,
    HELD_ON,
    SECOND,
    TERM,
    Scene,
    empty_meeting,
    entries,
    last_entry,
    sitting,
)


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store, Role.MANAGER, today=HELD_ON)


@pytest.fixture
def scene(office: Office) -> Scene:
    return Scene(office, [person("甲 一"), person("乙 二", affiliation="２ 大学"), person("丙 三")])


def numbers(scene: Scene, case: int) -> tuple[int, int, bool, str]:
    view = scene.case(case)
    return view.base, view.present, view.quorum, view.result


def test_there_is_one_chair_at_a_time(office: Office, scene: Scene) -> None:
    for first, last in ((TERM, None), (date(2030, 1, 1), None), (date(2020, 1, 1), TERM)):
        with pytest.raises(RuleViolation, match="既に議長がいます"):
            committee.add_member(office, MemberForm("別の議長", first, last, role="chair"))
    committee.add_member(office, MemberForm("前の議長", date(2020, 1, 1), date(2025, 3, 31), role="chair"))
    committee.end_term(office, scene.members[0], date(2026, 4, 30))
    committee.add_member(office, MemberForm("次の議長", date(2026, 5, 1), role="chair"))
    assert [m.name for m in committee.list_members(office) if m.role == "chair"] == [
        "委員 1",
        "前の議長",
        "次の議長",
    ]


def test_a_meeting_whose_certification_precedes_it_is_refused(office: Office, scene: Scene) -> None:
    with pytest.raises(RuleViolation, match="認証予定日が会議の日より前"):
        committee.create_meeting(office, scene.cohort, MeetingForm(HELD_ON, date(2026, 3, 19)))
    with pytest.raises(RuleViolation, match="14:00 の形"):
        committee.create_meeting(office, scene.cohort, MeetingForm(HELD_ON, HELD_ON, "24:00"))
    made = committee.create_meeting(office, scene.cohort, MeetingForm(HELD_ON, CERTIFIED_ON, "9:30".zfill(5)))
    assert [(m.id, m.number) for m in committee.list_meetings(office, scene.cohort)] == [
        (made, 2),
        (scene.meeting, 1),
    ]


def test_the_agenda_holds_those_who_passed_and_are_not_settled_in_order_of_reception(
    office: Office, scene: Scene
) -> None:
    with pytest.raises(RuleViolation, match="合格基準がまだ採用されていません"):
        committee.build_agenda(office, empty_meeting(office, scene.cohort, 2))
    scene.adopt([*reversed(scene.applications)])
    scene.seat(0, 1, 2)
    scene.carry(0)
    scene.carry(1, "not_certified", reason="要件を欠く")
    scene.carry(2, "deferred", reason="照会中")
    scene.close()
    later = empty_meeting(office, scene.cohort, 3)
    assert committee.build_agenda(office, later) == 1
    assert [(c.position, c.name) for c in committee.get_meeting(office, later).cases] == [(1, "丙 三")]
    assert committee.build_agenda(office, later) == 0


def test_the_quorum_is_more_than_half_of_those_not_recused_case_by_case(office: Office, scene: Scene) -> None:
    scene.seat(0, 1)
    assert [numbers(scene, c)[:3] for c in (0, 1)] == [(5, 2, False)] * 2
    committee.confirm_recusal(office, scene.cases[1], scene.members[4], ground="指導した")
    committee.confirm_recusal(office, scene.cases[1], scene.members[3], ground="親族")
    assert [numbers(scene, c)[:3] for c in (0, 1)] == [(5, 2, False), (3, 2, True)]
    committee.confirm_recusal(office, scene.cases[1], scene.members[1], ground="同じ事務所")
    assert numbers(scene, 1)[:3] == (2, 1, False)


def test_without_a_quorum_nothing_is_decided(scene: Scene) -> None:
    scene.seat(0, 1)
    scene.clear(0)
    scene.vote(0, {0: "for", 1: "for"})
    with pytest.raises(RuleViolation, match="出席2名、母数5名"):
        scene.decide(0)
    scene.seat(2)
    scene.decide(0)
    assert scene.case(0).decision == "certified"


def test_a_member_of_the_same_employer_is_suggested_once_however_it_is_written(
    office: Office, scene: Scene
) -> None:
    assert committee.suggest_recusals(office, scene.meeting) == 1
    assert committee.suggest_recusals(office, scene.meeting) == 0
    (found,) = scene.case(1).recusals
    assert (found.member_name, found.confirmed, found.ground) == ("委員 2", None, "同一所属（2大学）")
    assert [c.words for c in committee.get_meeting(office, scene.meeting).cases] == [
        "未審査",
        "利害未確認",
        "未審査",
    ]


def test_the_counter_of_the_applicant_ties_too(office: Office) -> None:
    scene = Scene(office, [person("甲 一")], counter_name="3大学")
    assert committee.suggest_recusals(office, scene.meeting) == 1
    assert [r.member_name for r in scene.case(0).recusals] == ["委員 3"]


def test_an_open_suggestion_stops_the_decision_until_it_is_confirmed_or_dismissed(
    office: Office, scene: Scene
) -> None:
    committee.suggest_recusals(office, scene.meeting)
    scene.seat(0, 1, 2, 3)
    scene.clear(1)
    scene.vote(1, {0: "for", 2: "for", 3: "for"})
    with pytest.raises(RuleViolation, match="利害関係の候補が未確認"):
        scene.decide(1)
    committee.confirm_recusal(office, scene.cases[1], scene.members[1])
    scene.decide(1)
    assert numbers(scene, 1) == (4, 3, True, "carried")


def test_a_recused_member_loses_his_vote_and_cannot_be_given_one(office: Office, scene: Scene) -> None:
    scene.seat(0, 1, 2)
    scene.vote(0, {0: "for", 1: "against", 2: "for"})
    committee.confirm_recusal(office, scene.cases[0], scene.members[1], kind="challenged", ground="申立て")
    assert scene.case(0).votes == {scene.members[0]: "for", scene.members[2]: "for"}
    before = entries(office)
    with pytest.raises(RuleViolation, match="回避した委員の票"):
        scene.vote(0, {0: "for", 1: "for", 2: "for"})
    with pytest.raises(RuleViolation, match="出席していない委員の票"):
        scene.vote(0, {0: "for", 3: "for"})
    assert scene.case(0).votes == {scene.members[0]: "for", scene.members[2]: "for"}
    assert entries(office) == before


def test_a_recusal_needs_a_ground_and_a_member_in_office(office: Office, scene: Scene) -> None:
    with pytest.raises(RuleViolation, match="理由が空"):
        committee.confirm_recusal(office, scene.cases[0], scene.members[1], ground=" ")
    former = committee.add_member(office, MemberForm("前の委員", date(2020, 1, 1), date(2024, 3, 31)))
    for stranger in (former, 999):
        with pytest.raises(RuleViolation, match="在任していない"):
            committee.confirm_recusal(office, scene.cases[0], stranger, ground="親族")
    assert scene.case(0).recusals == ()


def test_removing_a_recusal_needs_a_reason_and_another_manager_and_never_the_member_himself(
    office: Office, scene: Scene
) -> None:
    case, member = scene.cases[0], scene.members[1]
    committee.confirm_recusal(office, case, member, ground="親族")
    himself = replace(make_actor(Role.MANAGER, "委員 2"), member_id=member)
    with pytest.raises(RuleViolation, match="理由が空"):
        committee.dismiss_recusal(office, case, member, " ", second=SECOND)
    with pytest.raises(RuleViolation, match="二人目"):
        committee.dismiss_recusal(office, case, member, "誤り", second=None)
    with pytest.raises(AccessDenied, match="自分では外せません"):
        committee.dismiss_recusal(office, case, member, "誤り", second=himself)
    with pytest.raises(AccessDenied, match="自分では外せません"):
        committee.dismiss_recusal(replace(office, actor=himself), case, member, "誤り", second=SECOND)
    assert scene.case(0).recusals[0].confirmed is True
    committee.dismiss_recusal(office, case, member, "別の人と分かった", second=SECOND)
    (found,) = scene.case(0).recusals
    assert (found.confirmed, found.reason) == (False, "別の人と分かった")
    assert last_entry(office).detail == {"second_person": "責任 次郎"}


@pytest.mark.parametrize("role", [Role.MEMBER, Role.CLERK, Role.MANAGER])
@pytest.mark.parametrize("confirmed", [True, None])
def test_a_recused_member_sees_neither_the_case_nor_its_row_in_any_role(
    office: Office, scene: Scene, role: Role, confirmed: bool | None
) -> None:
    if confirmed:
        committee.confirm_recusal(office, scene.cases[1], scene.members[1], ground="親族")
    else:
        committee.suggest_recusals(office, scene.meeting)
    his = sitting(office, scene.members[1], role)
    assert [c.name for c in committee.get_meeting(his, scene.meeting).cases] == ["甲 一", "丙 三"]
    with pytest.raises(AccessDenied, match="回避している"):
        committee.get_case(his, scene.cases[1])
    scene.seat(1)
    with pytest.raises(AccessDenied, match="回避している"):
        committee.record_votes(his, scene.cases[1], {scene.members[1]: "for"})
    assert committee.get_case(his, scene.cases[0]).name == "甲 一"


def test_a_member_records_his_own_vote_and_no_other(office: Office, scene: Scene) -> None:
    scene.seat(0, 1, 2)
    scene.vote(0, {0: "for"})
    his = sitting(office, scene.members[1])
    for votes in ({0: "for", 1: "for", 2: "for"}, {0: "against"}, {}):
        with pytest.raises(AccessDenied, match="自分の票だけ"):
            committee.record_votes(his, scene.cases[0], {scene.members[m]: c for m, c in votes.items()})
    assert scene.case(0).votes == {scene.members[0]: "for"}
    committee.record_votes(his, scene.cases[0], {scene.members[0]: "for", scene.members[1]: "against"})
    assert scene.case(0).votes == {scene.members[0]: "for", scene.members[1]: "against"}


def test_one_who_leaves_takes_his_open_votes_with_him_and_leaves_the_decided(
    office: Office, scene: Scene
) -> None:
    scene.seat(0, 1, 2)
    scene.carry(0)
    scene.vote(2, dict.fromkeys(range(3), "for"))
    committee.record_departure(office, scene.meeting, scene.members[2], "15:00")
    assert sorted(scene.case(2).votes) == scene.members[:2]
    assert numbers(scene, 2)[:3] == (5, 2, False)
    assert (sorted(scene.case(0).votes), numbers(scene, 0)) == (scene.members[:3], (5, 3, True, "carried"))


@pytest.mark.parametrize(("came", "left"), [("14:00", "13:59"), ("24:00", "25:00"), ("2:00", "15時")])
def test_times_that_cannot_be_are_refused(office: Office, scene: Scene, came: str, left: str) -> None:
    scene.seat(0)
    for act, at in ((committee.record_arrival, came), (committee.record_departure, left)):
        with pytest.raises(RuleViolation):
            act(office, scene.meeting, scene.members[0], at)


def test_a_seat_is_taken_once_by_a_member_in_office(office: Office, scene: Scene) -> None:
    scene.seat(0)
    with pytest.raises(RuleViolation, match="既に出席"):
        scene.seat(0)
    with pytest.raises(RuleViolation, match="出席していません"):
        committee.record_departure(office, scene.meeting, scene.members[1], "15:00")
    former = committee.add_member(office, MemberForm("前の委員", date(2020, 1, 1), date(2026, 3, 19)))
    with pytest.raises(RuleViolation, match="在任していない"):
        committee.record_arrival(office, scene.meeting, former, "14:00")
    with pytest.raises(RuleViolation, match="まだ閉じていない会議に出席"):
        committee.end_term(office, scene.members[0], date(2026, 3, 19))
    committee.end_term(office, scene.members[0], HELD_ON)
    assert committee.get_meeting(office, scene.meeting).present == (scene.members[0],)
