"""利害関係：記録から挙げる候補とその言葉、三つの種類、会議の初めの申告、案件でない議題の回避。"""

from dataclasses import replace
from datetime import date

import pytest

from app.domain.access import Role
from app.domain.errors import AccessDenied, RuleViolation
from app.services import accounts, committee
from app.services.committee.agenda import ItemForm
from app.services.committee.members import InterestsForm
from app.services.office import Office, PasswordCost
from app.services.views.committee import RecusalView
from database.schema.committee import Member
from database.schema.intake import Application, Employment
from database.schema.people import Person
from database.schema.progress import Attendance
from database.schema.renewal import Revocation
from database.schema.scoring import AnswerSheet, CertificationTest, WrittenMark
from database.store import Store
from tests.factories import NOW, change, insert, make_actor, make_certifications, make_office, person
from tests.factories import make_sessions as sessions_of
from tests.services.committee_scene import (
    HELD_ON,
    SECOND,
    Scene,
    arrive,
    entries,
    last_entry,
    person_of,
    sitting,
)


@pytest.fixture
def office(store: Store) -> Office:
    return replace(
        make_office(store, Role.MANAGER, today=HELD_ON, name="事務 花子"), password_cost=PasswordCost(1, 64)
    )


@pytest.fixture
def scene(office: Office) -> Scene:
    return Scene(office, [person("甲 一"), person("乙 二")])


def grounds_of(scene: Scene, case: int = 0) -> dict[int, str]:
    """委員の番号から、候補の言葉へ。"""
    found: tuple[RecusalView, ...] = scene.case(case).recusals
    return {scene.members.index(r.member_id): r.ground for r in found}


def suggested(scene: Scene, case: int = 0) -> dict[int, str]:
    committee.suggest_recusals(scene.office, scene.meeting)
    return grounds_of(scene, case)


def test_an_earlier_employer_of_the_applicant_ties_the_member_with_the_words(scene: Scene) -> None:
    row = Employment(
        application_id=scene.applications[0],
        counter_name="２大學".replace("學", "学"),
        counter="municipal",
        started_on=date(2019, 4, 1),
        ended_on=date(2021, 3, 31),
    )
    insert(scene.office, [row])
    assert suggested(scene) == {1: "委員の所属（2大学）に申込者が在職した"}
    assert grounds_of(scene, 1) == {}


def test_a_former_employer_of_the_member_ties_him_to_those_who_serve_there(scene: Scene) -> None:
    change(scene.office, Person, person_of(scene), affiliation="見本国際交流協会")
    form = InterestsForm("3大学", "どこか研究所\n　見本国際交流協会\n\n")
    committee.set_interests(scene.office, scene.members[2], form)
    assert suggested(scene) == {2: "委員の前の所属（見本国際交流協会）が申込者の所属"}
    view = committee.get_interests(scene.office, scene.members[2])
    assert view.former_affiliations == "どこか研究所\n見本国際交流協会"


def test_a_member_of_the_body_that_commissions_the_counter_is_tied(scene: Scene) -> None:
    change(scene.office, Application, scene.applications[0], commissioner="4大学", counter_name="別の所")
    assert suggested(scene) == {3: "委員の所属（4大学）が窓口の委託元"}


def test_the_lecturer_of_a_session_that_the_applicant_attended_is_tied(scene: Scene) -> None:
    first, second = sessions_of(scene.office, scene.cohort)
    committee.set_interests(
        scene.office, scene.members[1], InterestsForm("2大学", session_ids=[first, second])
    )
    rows = [
        Attendance(application_id=scene.applications[0], training_session_id=first, attended=True),
        Attendance(application_id=scene.applications[0], training_session_id=second, attended=False),
        Attendance(application_id=scene.applications[1], training_session_id=first, attended=None),
    ]
    insert(scene.office, rows)
    assert suggested(scene) == {1: "講師を務めた（集合研修（1日目））"}
    assert grounds_of(scene, 1) == {}
    chosen = committee.get_interests(scene.office, scene.members[1]).sessions
    assert [(c.title, c.taught) for c in chosen] == [
        ("令和7年度 第1期　集合研修（1日目）", True),
        ("令和7年度 第1期　集合研修（2日目）", True),
    ]
    committee.set_interests(scene.office, scene.members[1], InterestsForm("2大学"))
    assert [c.taught for c in committee.get_interests(scene.office, scene.members[1]).sessions] == [False] * 2


def test_the_marker_of_a_written_answer_is_tied_by_his_account_or_his_name(scene: Scene) -> None:
    admin = replace(scene.office, actor=make_actor(Role.ADMINISTRATOR, "管理 三郎"))
    account = accounts.add_account(admin, "iin", "別の表記", Role.MEMBER, "確認のための言葉です")
    committee.link_account(scene.office, scene.members[1], account)
    (key,) = [a.person_key for a in committee.list_member_accounts(scene.office)]
    (test,) = insert(
        scene.office,
        [CertificationTest(cohort_id=scene.cohort, title="試験", held_on=HELD_ON, marking_gap=2)],
    )
    sheets = insert(
        scene.office,
        [AnswerSheet(certification_test_id=test, application_id=a, answers={}) for a in scene.applications],
    )
    values = {"points": 3, "marked_at": NOW, "note": ""}
    marks = [
        WrittenMark(
            answer_sheet_id=sheets[0], question_number=8, reading=1, marker="違う名", marker_key=key, **values
        ),
        WrittenMark(
            answer_sheet_id=sheets[1],
            question_number=9,
            reading=1,
            marker="委員３",
            marker_key="口座なし",
            **values,
        ),
    ]
    insert(scene.office, marks)
    assert suggested(scene) == {1: "記述の答を採点した（問8）"}
    assert grounds_of(scene, 1) == {2: "記述の答を採点した（問9）"}


@pytest.mark.parametrize(("name", "words"), [("委員　花子", "姓と住所が同じ"), ("甲 一", "住所が同じ")])
def test_the_same_address_ties_and_the_same_surname_is_said(scene: Scene, name: str, words: str) -> None:
    change(scene.office, Person, person_of(scene), name=name, address="見本市１－２－３")
    committee.set_interests(scene.office, scene.members[4], InterestsForm("5大学", address="見本市1-2-3"))
    assert suggested(scene) == {4: words}


def test_several_ties_of_one_pair_are_one_suggestion_and_a_new_one_reopens_a_dismissal(scene: Scene) -> None:
    change(scene.office, Person, person_of(scene), affiliation="2大学", address="甲町1")
    assert suggested(scene) == {1: "同一所属（2大学）"}
    committee.dismiss_recusal(scene.office, scene.cases[0], scene.members[1], "学部が違う", second=SECOND)
    assert committee.suggest_recusals(scene.office, scene.meeting) == 0
    assert [r.confirmed for r in scene.case(0).recusals] == [False]
    committee.set_interests(scene.office, scene.members[1], InterestsForm("2大学", address="甲町1"))
    assert committee.suggest_recusals(scene.office, scene.meeting) == 1
    assert [(r.ground, r.confirmed) for r in scene.case(0).recusals] == [
        ("同一所属（2大学）、住所が同じ", None)
    ]
    committee.confirm_recusal(scene.office, scene.cases[0], scene.members[1], kind="excluded")
    committee.set_interests(scene.office, scene.members[1], InterestsForm("2大学"))
    assert committee.suggest_recusals(scene.office, scene.meeting) == 0
    assert [(r.kind, r.confirmed) for r in scene.case(0).recusals] == [("excluded", True)]


def test_the_three_kinds_stay_apart_and_a_fourth_is_refused(scene: Scene) -> None:
    for place, kind in enumerate(("withdrawn", "excluded", "challenged")):
        committee.confirm_recusal(
            scene.office, scene.cases[0], scene.members[place], kind=kind, ground="関わり"
        )
    with pytest.raises(RuleViolation, match="回避・除斥・忌避のどれか"):
        committee.confirm_recusal(scene.office, scene.cases[0], scene.members[3], kind="other", ground="x")
    rows = committee.list_conflicts(scene.office, scene.meeting)
    assert [(r.place, r.name, r.words, r.decided) for r in rows] == [
        ("001", "甲 一", "回避", False),
        ("001", "甲 一", "除斥", False),
        ("001", "甲 一", "忌避", False),
    ]


def test_many_are_confirmed_or_dismissed_together_and_never_by_the_member_himself(scene: Scene) -> None:
    for case in range(2):
        change(scene.office, Person, person_of(scene, case), affiliation="2大学")
    assert committee.suggest_recusals(scene.office, scene.meeting) == 2
    ids = [r.id for r in committee.list_conflicts(scene.office, scene.meeting)]
    himself = sitting(scene.office, scene.members[1], Role.MANAGER)
    with pytest.raises(AccessDenied, match="自分の利害関係"):
        committee.dismiss_recusals(himself, scene.meeting, ids, "なし", second=SECOND)
    with pytest.raises(RuleViolation, match="理由が空"):
        committee.dismiss_recusals(scene.office, scene.meeting, ids, " ", second=SECOND)
    with pytest.raises(RuleViolation, match="この会議にありません"):
        committee.confirm_recusals(scene.office, scene.meeting, [*ids, 999], "excluded")
    before = entries(scene.office)
    assert committee.dismiss_recusals(scene.office, scene.meeting, ids, "学部が違う", second=SECOND) == 2
    assert entries(scene.office) == before + 1
    assert [r.confirmed for case in range(2) for r in scene.case(case).recusals] == [False, False]
    assert committee.confirm_recusals(scene.office, scene.meeting, ids, "excluded") == 2
    assert [r.kind for case in range(2) for r in scene.case(case).recusals] == ["excluded", "excluded"]


def test_nothing_is_decided_while_one_who_is_present_has_not_been_asked(scene: Scene) -> None:
    scene.seat(0, 1)
    committee.record_arrival(scene.office, scene.meeting, scene.members[2], "14:02")
    scene.clear(0)
    scene.vote(0, dict.fromkeys(range(3), "for"))
    with pytest.raises(RuleViolation, match=r"まだ尋ねていない委員がいます（委員 3）"):
        scene.decide(0)
    item = committee.add_agenda_item(scene.office, scene.meeting, "日程")
    with pytest.raises(RuleViolation, match=r"まだ尋ねていない委員がいます（委員 3）"):
        committee.decide_item(scene.office, item, ItemForm("approved", (3, 0, 0)))
    committee.record_declaration(scene.office, scene.meeting, scene.members[2])
    committee.decide_item(scene.office, item, ItemForm("approved", (3, 0, 0)))
    scene.decide(0)


def test_a_meeting_is_not_closed_while_one_who_was_there_has_not_been_asked(scene: Scene) -> None:
    scene.seat(0, 1, 2)
    for case in range(2):
        scene.carry(case)
    committee.record_arrival(scene.office, scene.meeting, scene.members[3], "14:30")
    committee.record_departure(scene.office, scene.meeting, scene.members[3], "14:40")
    with pytest.raises(RuleViolation, match=r"まだ尋ねていない委員がいます（委員 4）"):
        scene.close()
    committee.record_declaration(scene.office, scene.meeting, scene.members[3])
    scene.close()
    declared = committee.minutes_paper(scene.office, scene.meeting).declarations
    assert declared == tuple((f"委員 {n}", "利害関係なし") for n in range(1, 5))


def test_a_declared_conflict_recuses_with_its_kind_and_the_answer_keeps_who_asked_and_when(
    scene: Scene,
) -> None:
    scene.seat(0, 1, 2)
    committee.record_declaration(
        scene.office, scene.meeting, scene.members[1], [scene.cases[0]], "義理の弟", kind="excluded"
    )
    assert last_entry(scene.office).detail == {
        "cases": [scene.cases[0]],
        "items": [],
        "before": ["none", ""],
    }
    (row,) = scene.case(0).recusals
    assert (row.kind, row.ground, row.confirmed) == ("excluded", "本人の申告", True)
    view = committee.list_declarations(scene.office, scene.meeting)[1]
    assert (view.answer, view.words, view.asked_by) == ("has", "案件001：義理の弟", "事務 花子")
    assert view.asked_at == scene.office.now()
    assert [d.answer for d in committee.list_declarations(scene.office, scene.meeting)] == [
        "none",
        "has",
        "none",
        "",
        "",
    ]


def test_a_member_declares_for_himself_only_and_sees_only_his_own_answer(scene: Scene) -> None:
    himself = sitting(scene.office, scene.members[1])
    with pytest.raises(AccessDenied, match="自分の申告だけ"):
        committee.record_declaration(himself, scene.meeting, scene.members[2])
    committee.record_declaration(himself, scene.meeting, scene.members[1], [scene.cases[1]])
    assert [d.member_name for d in committee.list_declarations(himself, scene.meeting)] == ["委員 2"]
    assert [c.id for c in committee.get_meeting(himself, scene.meeting).cases] == [scene.cases[0]]


def test_a_declaration_names_cases_of_the_meeting_that_are_not_decided_and_a_member_in_office(
    scene: Scene,
) -> None:
    scene.seat(0, 1, 2)
    scene.carry(0)
    with pytest.raises(RuleViolation, match="議決済み"):
        committee.record_declaration(scene.office, scene.meeting, scene.members[3], [scene.cases[0]])
    with pytest.raises(RuleViolation, match="この会議にない案件"):
        committee.record_declaration(scene.office, scene.meeting, scene.members[3], [999])
    committee.end_term(scene.office, scene.members[4], date(2026, 3, 1))
    with pytest.raises(RuleViolation, match="在任していない"):
        committee.record_declaration(scene.office, scene.meeting, scene.members[4])
    answers = [d.answer for d in committee.list_declarations(scene.office, scene.meeting)]
    assert answers == ["none", "none", "none", ""]


def test_one_recused_from_an_item_is_left_out_of_its_counts_and_does_not_see_it(scene: Scene) -> None:
    office = scene.office
    scene.seat(0, 1, 2)
    item = committee.add_agenda_item(office, scene.meeting, "設問の作成の委託")
    committee.record_declaration(
        office, scene.meeting, scene.members[2], item_ids=[item], words="委託先の役員", kind="challenged"
    )
    with pytest.raises(RuleViolation, match="出席委員2名と合いません"):
        committee.decide_item(office, item, ItemForm("approved", (3, 0, 0)))
    with pytest.raises(RuleViolation, match="出席2名、母数4名の過半数"):
        committee.decide_item(office, item, ItemForm("approved", (2, 0, 0)))
    arrive(office, scene.meeting, scene.members[3], "14:10")
    committee.decide_item(office, item, ItemForm("approved", (3, 0, 0)))
    himself = sitting(office, scene.members[2])
    assert [r.title for r in committee.list_agenda(himself, scene.meeting)] == ["（回避した議題）"]
    assert [r.title for r in committee.list_agenda(office, scene.meeting)] == ["設問の作成の委託"]
    with pytest.raises(RuleViolation, match="議決済み"):
        committee.dismiss_item_recusal(office, item, scene.members[2], "誤り", second=SECOND)
    for case in range(2):
        scene.carry(case)
    scene.close()
    line = committee.minutes_paper(office, scene.meeting).agenda[0]
    assert (line.counts, line.note) == (
        "可3 否0 棄権0　出席 3／母数 4",
        "利害関係　委員 3（忌避）",
    )
    assert "設問の作成の委託" not in str(committee.minutes_paper(himself, scene.meeting))


def test_a_revocation_on_the_agenda_suggests_those_tied_to_the_person(scene: Scene) -> None:
    office = scene.office
    change(office, Person, person_of(scene, 1), affiliation="3大学")
    (certification,) = make_certifications(
        office, scene.cohort, [scene.applications[1]], date(2025, 3, 31), meeting_number=9
    )
    insert(
        office,
        [Revocation(certification_id=certification, ground="fraud", opened_on=date(2026, 3, 1))],
    )
    waiting = tuple(w for w in committee.list_waiting_items(office, scene.meeting) if w.kind == "revocation")
    committee.add_agenda_items(office, scene.meeting, waiting)
    (row,) = committee.list_conflicts(office, scene.meeting)
    assert (row.item, row.place, row.member_id, row.ground, row.confirmed) == (
        True,
        "第1号",
        scene.members[2],
        "同一所属（3大学）",
        None,
    )
    scene.seat(0, 1, 2)
    with pytest.raises(RuleViolation, match="利害関係の候補が未確認"):
        committee.decide_item(office, row.subject_id, ItemForm("approved", (3, 0, 0), "偽り"))
    with pytest.raises(RuleViolation, match="理由が空"):
        committee.dismiss_item_recusal(office, row.subject_id, row.member_id, "", second=SECOND)
    committee.dismiss_item_recusal(office, row.subject_id, row.member_id, "別の学部", second=SECOND)
    committee.confirm_item_recusal(office, row.subject_id, row.member_id, kind="excluded")
    assert [r.words for r in committee.list_conflicts(office, scene.meeting)] == ["除斥"]
    committee.remove_agenda_item(office, row.subject_id)
    assert committee.list_conflicts(office, scene.meeting) == ()


def test_the_member_keeps_his_own_interests_in_one_place(scene: Scene) -> None:
    committee.set_interests(scene.office, scene.members[0], InterestsForm(" 新しい所属 ", "", " "))
    with scene.office.store.sessions() as session:
        member = session.get_one(Member, scene.members[0])
        assert (member.affiliation, member.former_affiliations, member.address) == ("新しい所属", None, None)
