"""認証予定日を動かす：先に見通しを示し、判定の変わった案件だけをもう一度審査する。"""

from dataclasses import replace
from datetime import date

import pytest

from app.domain.access import Role
from app.domain.errors import RuleViolation
from app.services import committee
from app.services.committee.cases import ConvictionForm
from app.services.office import Office
from database.store import Store
from tests.factories import make_office, person
from tests.services.committee_scene import (
    CERTIFIED_ON,
    HELD_ON,
    SECOND,
    Scene,
    entries,
    last_entry,
    person_of,
    sitting,
)

EARLIER, LATER = date(2026, 3, 30), date(2026, 4, 1)


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store, Role.MANAGER, today=HELD_ON)


def served(office: Office, scene: Scene, ended: date, case: int = 0) -> None:
    form = ConvictionForm("other", "imprisonment", date(2020, 1, 1), ended)
    committee.record_conviction(office, person_of(scene, case), form)


@pytest.fixture
def scene(office: Office) -> Scene:
    """一件目は 2026-03-31 まで、二件目は 2026-03-30 まで該当する。三件目に記録はない。三人が着席している。"""
    made = Scene(office, [person("甲 一"), person("乙 二"), person("丙 三")])
    served(office, made, date(2024, 3, 31), 0)
    served(office, made, date(2024, 3, 30), 1)
    made.seat(0, 1, 2)
    return made


def computed(scene: Scene) -> list[str]:
    return [next(g.computed for g in scene.case(n).grounds if g.ground == "u") for n in range(3)]


def move(scene: Scene, day: date, second: object = SECOND) -> None:
    seen = committee.preview_certification_day(scene.office, scene.meeting, day)
    committee.set_certification_day(
        scene.office,
        scene.meeting,
        day,
        seen.digest,
        "交付の日程の変更",
        second=second,  # type: ignore[arg-type]
    )


def test_a_ground_ends_with_the_last_day_of_its_two_years(scene: Scene) -> None:
    """2024-03-31 の終わりから二年は 2026-03-31 まで（その日を含む）。翌日の認証なら該当しない。"""
    assert computed(scene) == ["applies", "clear", "clear"]
    move(scene, LATER)
    assert computed(scene) == ["clear", "clear", "clear"]
    move(scene, EARLIER)
    assert computed(scene) == ["applies", "applies", "clear"]


def test_the_preview_lists_what_would_change_and_changes_nothing(scene: Scene) -> None:
    before = entries(scene.office)
    found = committee.preview_certification_day(scene.office, scene.meeting, EARLIER)
    assert [(r.position, r.name, r.mark, r.before, r.after, r.decision) for r in found.rows] == [
        (2, "乙 二", "ウ", "clear", "applies", "")
    ]
    assert found.rows[0].sentence == (
        "記録1：令和6年3月30日執行終了 → 令和8年3月30日まで該当（初日不算入）。認証予定日に該当します。"
    )
    assert (found.before, found.after, found.cases, found.reopened) == (CERTIFIED_ON, EARLIER, 3, 0)
    assert committee.get_meeting(scene.office, scene.meeting).certification_on == CERTIFIED_ON
    assert entries(scene.office) == before


def certify(scene: Scene, case: int) -> None:
    scene.carry(case)


def test_only_the_decided_cases_whose_finding_changes_are_reopened_and_the_original_is_logged(
    scene: Scene,
) -> None:
    certify(scene, 1)
    certify(scene, 2)
    move(scene, EARLIER)
    assert [scene.case(n).decision for n in range(3)] == ["", "", "certified"]
    changed, kept = scene.case(1), scene.case(2)
    assert {g.ground: (g.finding, g.stale) for g in changed.grounds} == {
        "a": ("clear", False),
        "i": ("clear", False),
        "u": ("", False),
        "e": ("clear", False),
    }
    assert [(g.finding, g.stale) for g in kept.grounds] == [("clear", False)] * 4
    entry = last_entry(scene.office)
    assert entry.summary == (
        "認証予定日を令和8年3月31日から令和8年3月30日に動かした：案件002（認定）をもう一度審査"
    )
    assert entry.reason == "交付の日程の変更"
    assert entry.detail["reopened"] == [
        {"case": scene.cases[1], "position": 2, "decision": "certified", "votes": [3, 0, 0]}
    ]
    with pytest.raises(RuleViolation, match="欠格事由ウが確認されていません"):
        scene.decide(1)
    committee.confirm_ground(scene.office, scene.cases[1], "u", "applies")
    with pytest.raises(RuleViolation, match="欠格事由に該当するため"):
        scene.decide(1)


def test_reopening_needs_another_manager_and_moving_alone_does_not(scene: Scene) -> None:
    move(scene, LATER, None)
    certify(scene, 0)
    with pytest.raises(RuleViolation, match="二人目の確認が要ります"):
        move(scene, CERTIFIED_ON, None)
    assert scene.case(0).decision == "certified"
    move(scene, CERTIFIED_ON)
    assert scene.case(0).decision == ""


def test_what_changed_after_the_preview_is_refused(scene: Scene) -> None:
    seen = committee.preview_certification_day(scene.office, scene.meeting, EARLIER)
    certify(scene, 1)
    with pytest.raises(RuleViolation, match="見通しを示した後に"):
        committee.set_certification_day(
            scene.office, scene.meeting, EARLIER, seen.digest, "日程", second=SECOND
        )
    assert scene.case(1).decision == "certified"


def test_a_confirmation_that_was_stale_before_stays_stale(office: Office, scene: Scene) -> None:
    scene.clear(2)
    served(office, scene, date(2021, 1, 1), 2)
    assert all(g.stale for g in scene.case(2).grounds)
    move(scene, LATER)
    assert all(g.stale for g in scene.case(2).grounds)


def test_a_day_that_cannot_be_is_refused(office: Office, scene: Scene) -> None:
    for day, words in ((date(2026, 3, 19), "会議の日より前"), (CERTIFIED_ON, "いま令和8年3月31日です")):
        with pytest.raises(RuleViolation, match=words):
            committee.preview_certification_day(office, scene.meeting, day)
    seen = committee.preview_certification_day(office, scene.meeting, LATER)
    with pytest.raises(RuleViolation, match="理由が空"):
        committee.set_certification_day(office, scene.meeting, LATER, seen.digest, " ")
    for case, decision in ((0, "not_certified"), (1, "certified"), (2, "certified")):
        committee.confirm_ground(office, scene.cases[case], "u", "applies" if case == 0 else "clear")
        for ground in "aie":
            committee.confirm_ground(office, scene.cases[case], ground, "clear")
        scene.vote(case, dict.fromkeys(range(3), "for" if case else "against"))
        scene.decide(case, decision, reason="" if case else "6(1)ウ")
    scene.close()
    with pytest.raises(RuleViolation, match="記録は凍っています"):
        committee.preview_certification_day(office, scene.meeting, LATER)


def test_the_preview_hides_the_case_that_its_reader_is_recused_from(scene: Scene) -> None:
    committee.confirm_recusal(scene.office, scene.cases[1], scene.members[3], ground="親族")
    reader = sitting(scene.office, scene.members[3], Role.AUDITOR)
    found = committee.preview_certification_day(reader, scene.meeting, EARLIER)
    assert (found.rows, found.cases) == ((), 2)
    seen = committee.preview_certification_day(scene.office, scene.meeting, EARLIER)
    assert replace(seen, rows=(), cases=2) == found
