"""審査会議の部屋：表決・議決・閉会。"""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import func, select

from app.domain.access import Role
from app.domain.errors import AccessDenied, RuleViolation
from app.services import committee
from app.services.committee.cases import ConvictionForm, DecisionForm
from app.services.office import Office
from database import audit
from database.schema.committee import Meeting, Vote
from database.schema.intake import Application
from database.schema.people import Person
from database.store import Store
from tests.factories import as_role, change, make_actor, make_office, person
from tests.services.committee_scene import (
    HELD_ON,
    SECOND,
    Scene,
    arrive,
    empty_meeting,
    entries,
    last_entry,
    person_of,
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


def test_all_four_grounds_are_confirmed_before_a_decision(office: Office, scene: Scene) -> None:
    scene.seat(0, 1, 2)
    scene.vote(0, dict.fromkeys(range(3), "for"))
    for mark in "aiu":
        committee.confirm_ground(office, scene.cases[0], mark, "clear")
    with pytest.raises(RuleViolation, match="欠格事由エが確認されていません"):
        scene.decide(0)
    assert scene.case(0).decision == ""


@pytest.mark.parametrize(
    ("votes", "decision", "words"),
    [
        ({0: "for", 1: "abstain", 2: "against"}, "certified", "過半数に達していない"),
        ({0: "for"}, "certified", "過半数に達していない"),
        ({0: "for", 1: "for"}, "not_certified", "認定に賛成する票が過半数"),
        ({0: "against", 1: "against"}, "not_certified", "理由が要ります"),
        ({}, "deferred", "理由が要ります"),
        ({}, "elected", "認定・不認定・保留・条件付き"),
    ],
)
def test_a_decision_that_the_votes_do_not_carry_is_refused(
    scene: Scene, votes: dict[int, str], decision: str, words: str
) -> None:
    scene.seat(0, 1, 2)
    scene.clear(0)
    scene.vote(0, votes)
    with pytest.raises(RuleViolation, match=words):
        scene.decide(0, decision)
    assert scene.case(0).decision == ""


def test_those_who_did_not_vote_abstain(scene: Scene) -> None:
    scene.seat(0, 1, 2, 3, 4)
    scene.clear(0)
    scene.vote(0, {0: "for", 1: "for", 2: "for", 3: "against"})
    scene.decide(0)
    assert scene.case(0).decision_votes == (3, 1, 1)


def test_a_tie_waits_for_the_casting_vote_of_a_chair_who_is_there_and_not_recused(
    office: Office, scene: Scene
) -> None:
    scene.seat(1, 2, 3, 4)
    for case in (0, 2):
        scene.clear(case)
        scene.vote(case, {1: "for", 2: "for", 3: "against", 4: "against"})
    with pytest.raises(RuleViolation, match="可否同数"):
        scene.decide(0)
    with pytest.raises(RuleViolation, match="決する票がありません"):
        scene.decide(0, casting_vote="for")
    scene.decide(0, "deferred", reason="次回に議長を得て決する")
    arrive(office, scene.meeting, scene.members[0], "14:30")
    committee.confirm_recusal(office, scene.cases[2], scene.members[0], ground="親族")
    with pytest.raises(RuleViolation, match="決する票がありません"):
        scene.decide(2, casting_vote="for")


@pytest.mark.parametrize(("casting", "decision"), [("for", "certified"), ("against", "not_certified")])
def test_the_chair_decides_a_tie_and_only_a_tie(
    office: Office, scene: Scene, casting: str, decision: str
) -> None:
    scene.seat(0, 1, 2, 3)
    for case in (0, 2):
        scene.clear(case)
    scene.vote(0, {0: "for", 1: "for", 2: "against", 3: "against"})
    scene.decide(0, decision, casting_vote=casting, reason="議長の決するところによる")
    scene.vote(2, dict.fromkeys(range(4), "for"))
    scene.decide(2, casting_vote="against")
    with office.store.sessions() as session:
        kept = {c.position: c.decision for c in session.get_one(Meeting, scene.meeting).cases if c.decision}
        assert [(kept[n].decision, kept[n].casting_vote) for n in (1, 3)] == [
            (decision, casting),
            ("certified", None),
        ]


def test_a_condition_has_a_date_not_before_the_meeting(scene: Scene) -> None:
    scene.seat(0, 1, 2)
    for due in (None, date(2026, 3, 19)):
        with pytest.raises(RuleViolation, match="会議の日以後の期限"):
            scene.decide(0, "conditional", reason="追試", due_on=due)
    scene.decide(0, "conditional", reason="追試", due_on=HELD_ON)
    assert (scene.case(0).decision, scene.case(0).due_on) == ("conditional", HELD_ON)


def test_what_is_decided_is_neither_voted_nor_decided_nor_recused_again(office: Office, scene: Scene) -> None:
    scene.seat(0, 1, 2)
    scene.carry(0)
    acts = (
        lambda: scene.decide(0, "deferred", reason="やり直し"),
        lambda: scene.vote(0, {}),
        lambda: committee.confirm_ground(office, scene.cases[0], "a", "applies"),
        lambda: committee.confirm_recusal(office, scene.cases[0], scene.members[0], ground="親族"),
    )
    for act in acts:
        with pytest.raises(RuleViolation, match="議決済み"):
            act()
    assert (scene.case(0).decision, len(scene.case(0).votes)) == ("certified", 3)


def test_a_block_takes_the_clear_cases_and_records_each(office: Office, scene: Scene) -> None:
    scene.seat(0, 1, 2)
    scene.vote(0, {0: "against", 1: "for"})  # 前の票は、まとめての票に書き替わる
    for case in range(3):
        committee.confirm_ground(office, scene.cases[case], "a", "clear")
    votes = {m: "for" for m in scene.members[:3]}
    assert committee.decide_block(office, scene.meeting, scene.cases, votes) == 3
    assert [scene.case(c).decision for c in range(3)] == ["certified"] * 3
    assert scene.case(0).votes == votes
    assert {g.finding for g in scene.case(2).grounds} == {"clear"}


def _suggested(office: Office, scene: Scene) -> None:
    committee.suggest_recusals(office, scene.meeting)


def _convicted(office: Office, scene: Scene) -> None:
    committee.record_conviction(
        office, person_of(scene, 1), ConvictionForm("other", "imprisonment", date(2024, 1, 1))
    )


def _undeclared(office: Office, scene: Scene) -> None:
    change(office, Application, scene.applications[1], other_law_declared=None)


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (_suggested, "利害関係"),
        (_convicted, "明らかな件ではありません"),
        (_undeclared, "明らかな件ではありません"),
    ],
)
def test_one_case_that_is_not_clear_stops_the_whole_block(
    office: Office, scene: Scene, trouble: object, words: str
) -> None:
    scene.seat(0, 1, 2)
    for case in range(3):
        committee.confirm_ground(office, scene.cases[case], "a", "clear")
    assert callable(trouble)
    trouble(office, scene)
    before = entries(office)
    with pytest.raises(RuleViolation, match=words):
        committee.decide_block(office, scene.meeting, scene.cases, {m: "for" for m in scene.members[:3]})
    assert [c.decision for c in committee.get_meeting(office, scene.meeting).cases] == ["", "", ""]
    assert entries(office) == before
    with office.store.sessions() as session:
        assert session.scalar(select(func.count(Vote.id))) == 0


def test_a_block_of_nothing_or_of_another_meeting_is_refused(office: Office, scene: Scene) -> None:
    other = empty_meeting(office, scene.cohort, 2)
    with pytest.raises(RuleViolation, match="選ばれていません"):
        committee.decide_block(office, scene.meeting, [], {})
    with pytest.raises(RuleViolation, match="別の会議"):
        committee.decide_block(office, other, scene.cases, {})


def test_a_reversal_needs_a_reason_and_another_manager_and_keeps_the_original_in_the_log(
    office: Office, scene: Scene
) -> None:
    scene.seat(0, 1, 2)
    scene.carry(0)
    for reason, second, words in (
        ("", SECOND, "理由"),
        ("誤り", None, "二人目"),
        ("誤り", office.actor, "同じ人"),
    ):
        with pytest.raises(RuleViolation, match=words):
            committee.reverse_decision(office, scene.cases[0], reason, second=second)
    committee.reverse_decision(office, scene.cases[0], "票の読み違い", second=SECOND)
    assert scene.case(0).decision == ""
    entry = last_entry(office)
    assert (entry.reason, entry.detail) == (
        "票の読み違い",
        {"decision": "certified", "result": "carried", "votes": [3, 0, 0], "second_person": "責任 次郎"},
    )
    with pytest.raises(RuleViolation, match="まだ議決していません"):
        committee.reverse_decision(office, scene.cases[0], "もう一度", second=SECOND)
    his = sitting(office, scene.members[1], Role.MANAGER)
    committee.confirm_recusal(office, scene.cases[0], scene.members[1], ground="親族")
    with pytest.raises(AccessDenied, match="回避している"):
        committee.reverse_decision(his, scene.cases[0], "誤り", second=SECOND)


def test_closing_needs_every_case_decided_and_another_manager(office: Office, scene: Scene) -> None:
    scene.seat(0, 1, 2)
    scene.carry(0)
    with pytest.raises(RuleViolation, match="未審査の案件が2件あります（002ほか）"):
        scene.close()
    for case in (1, 2):
        scene.carry(case)
    clerk = make_actor(Role.CLERK, "別の担当")
    same = replace(SECOND, person_key=office.actor.person_key)  # type: ignore[union-attr]
    for second, words in ((None, "二人目"), (same, "同じ人"), (clerk, "責任者ではない")):
        with pytest.raises(RuleViolation, match=words):
            scene.close(second)
    with pytest.raises(AccessDenied):
        committee.close_meeting(as_role(office, Role.CLERK), scene.meeting, second=SECOND)
    assert committee.get_meeting(office, scene.meeting).closed is False
    digest = scene.close()
    with office.store.sessions() as session:
        meeting = session.get_one(Meeting, scene.meeting)
        assert (meeting.closed_by, meeting.second_person, meeting.frozen_digest) == (
            "事務 花子",
            "責任 次郎",
            digest,
        )
    assert last_entry(office).detail == {"digest": digest, "second_person": "責任 次郎"}


def test_nothing_is_voted_decided_or_closed_before_the_day_of_the_meeting(
    office: Office, scene: Scene
) -> None:
    scene.seat(0, 1, 2)
    scene.clear(0)
    before = replace(office, today=lambda: HELD_ON - timedelta(days=1))
    acts = (
        lambda: committee.record_votes(before, scene.cases[0], {scene.members[0]: "for"}),
        lambda: committee.decide_case(before, scene.cases[0], DecisionForm("certified")),
        lambda: committee.decide_block(before, scene.meeting, [scene.cases[0]], {}),
        lambda: committee.close_meeting(before, scene.meeting, second=SECOND),
    )
    for act in acts:
        with pytest.raises(RuleViolation, match="会議の日（令和8年3月20日）より前には"):
            act()
    scene.vote(0, dict.fromkeys(range(3), "for"))
    scene.decide(0)
    assert scene.case(0).decision == "certified"


def test_an_empty_meeting_is_not_closed(office: Office, scene: Scene) -> None:
    with pytest.raises(RuleViolation, match="案件が一つもありません"):
        committee.close_meeting(office, empty_meeting(office, scene.cohort, 2), second=SECOND)


def test_facts_that_changed_after_the_decision_stop_the_closing(office: Office) -> None:
    scene = Scene(office, [person("甲 一")])
    scene.seat(0, 1, 2)
    scene.carry(0)
    committee.record_conviction(
        office, person_of(scene), ConvictionForm("other", "imprisonment", date(2024, 1, 1))
    )
    with pytest.raises(RuleViolation, match="案件001の議決の後に、欠格事由の事実が変わりました"):
        scene.close()
    assert committee.get_meeting(office, scene.meeting).closed is False


def test_what_is_closed_is_frozen_and_a_later_change_of_name_does_not_reach_it(office: Office) -> None:
    scene = Scene(office, [person("甲 一")])
    scene.seat(0, 1, 2)
    committee.confirm_recusal(office, scene.cases[0], scene.members[4], ground="親族")
    scene.adopt(scene.applications)
    scene.carry(0)
    words = scene.case(0).test
    scene.close()
    change(office, Person, person_of(scene), name="改 姓")
    scene.adopt([])
    with office.store.sessions() as session:
        frozen = session.get_one(Meeting, scene.meeting).frozen
    assert frozen is not None
    (case,) = frozen["cases"]
    assert (case["name"], case["votes"], case["base"], case["present"], case["recused"]) == (
        "甲 一",
        [3, 0, 0],
        4,
        3,
        ["委員 5"],
    )
    # 後の再採点（不合格）は、閉じた会議の審査の紙に及ばない
    assert words.startswith("合格")
    assert scene.case(0).test == words
    acts = (
        lambda: committee.reverse_decision(office, scene.cases[0], "誤り", second=SECOND),
        lambda: arrive(office, scene.meeting, scene.members[3], "15:00"),
        lambda: committee.set_remarks(office, scene.meeting, "追記"),
        lambda: committee.build_agenda(office, scene.meeting),
        lambda: committee.confirm_recusal(office, scene.cases[0], scene.members[3], ground="親族"),
        lambda: scene.close(),
    )
    for act in acts:
        with pytest.raises(RuleViolation, match="凍っています"):
            act()
    assert audit.verify(office.store) == []


def test_an_act_that_fails_at_its_end_leaves_neither_row_nor_entry(
    office: Office, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.seat(0, 1, 2)
    scene.clear(0)
    scene.vote(0, dict.fromkeys(range(3), "for"))
    before = entries(office)
    monkeypatch.setattr(audit, "record", _fail)
    with pytest.raises(OSError, match="満杯"):
        committee.decide_case(office, scene.cases[0], DecisionForm("certified"))
    monkeypatch.undo()
    assert (scene.case(0).decision, entries(office)) == ("", before)


def _fail(*_args: object, **_named: object) -> int:
    raise OSError("満杯")


def test_the_minutes_tell_the_frozen_meeting_and_nothing_later(office: Office, tmp_path: Path) -> None:
    scene = Scene(office, [person("甲 一"), person("乙 二")])
    scene.seat(0, 1, 2)
    committee.confirm_recusal(office, scene.cases[0], scene.members[4], ground="親族")
    committee.set_remarks(office, scene.meeting, "次回は四月に開く。")
    scene.carry(0)
    scene.carry(1, "not_certified", reason="要件を欠く")
    with pytest.raises(RuleViolation, match="閉じてから"):
        committee.write_minutes(office, scene.meeting, tmp_path / "議事録.pdf")
    digest = scene.close()
    change(office, Person, person_of(scene), name="改 姓")
    paper = committee.minutes_paper(office, scene.meeting)
    assert [(c[2], c[3], c[4], c[5], c[7], c[8]) for c in paper.cases] == [
        ("甲 一", "認定", "可3 否0 棄権0", "3／4", "委員 5（回避）", ""),
        ("乙 二", "不認定", "可0 否3 棄権0", "3／5", "", "要件を欠く"),
    ]
    assert [m[2] for m in paper.members] == ["14:00〜"] * 3 + ["欠席"] * 2
    assert (paper.remarks, paper.digest) == ("次回は四月に開く。", digest)
    committee.write_minutes(office, scene.meeting, tmp_path / "議事録.pdf")
    with pypdfium2.PdfDocument(tmp_path / "議事録.pdf") as book:
        text = "".join("".join(page.get_textpage().get_text_range().split()) for page in book)
    assert ("甲一" in text, "改姓" in text, digest[:16] in text) == (True, False, True)
    assert last_entry(office).action == "committee.write_minutes"


@pytest.mark.parametrize("role", [Role.MEMBER, Role.AUDITOR])
def test_one_who_may_read_the_minutes_but_not_write_them_writes_no_file(
    office: Office, tmp_path: Path, role: Role
) -> None:
    scene = Scene(office, [person("甲 一")])
    scene.seat(0, 1, 2)
    scene.carry(0)
    scene.close()
    with pytest.raises(AccessDenied):
        committee.write_minutes(as_role(office, role), scene.meeting, tmp_path / "議事録.pdf")
    assert list(tmp_path.glob("*.pdf")) == []
