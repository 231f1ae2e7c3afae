"""審査会議の部屋：欠格事由。"""

from datetime import date
from typing import Any

import pytest

from app.domain.access import Role
from app.domain.errors import RuleViolation
from app.services import committee
from app.services.committee.cases import ConvictionForm
from app.services.office import Office
from database.schema.intake import Application
from database.schema.renewal import Revocation
from database.store import Store
from tests.factories import change, insert, make_certifications, make_office, person
from tests.services.committee_scene import HELD_ON, Scene, entries, last_entry, person_of


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store, Role.MANAGER, today=HELD_ON)


@pytest.fixture
def scene(office: Office) -> Scene:
    return Scene(office, [person("甲 一"), person("乙 二", affiliation="２ 大学"), person("丙 三")])


def ground(scene: Scene, mark: str, case: int = 0) -> str:
    found: str = {g.ground: g for g in scene.case(case).grounds}[mark].computed
    return found


def test_the_four_grounds_are_proved_or_asked(office: Office) -> None:
    answers: dict[str, Any] = {
        "immigration_declared": None,
        "other_law_declared": True,
        "revocation_declared": True,
    }
    scene = Scene(office, [person("甲 一")], **answers)
    found = {g.ground: (g.computed, g.sentence) for g in scene.case(0).grounds}
    assert {g: status for g, (status, _) in found.items()} == dict.fromkeys("aiue", "unconfirmed")
    assert found["i"][1] == "本人の申告がありません（未回答）。"
    assert found["u"][1] == "本人は該当すると申告していますが、裁判の記録がありません。"
    assert found["e"][1] == "本人は取消しがあったと申告していますが、記録がありません。"
    change(office, Application, scene.applications[0], immigration_declared=False, other_law_declared=False)
    assert [ground(scene, g) for g in "aiue"] == ["unconfirmed", "clear", "clear", "unconfirmed"]


@pytest.mark.parametrize(
    ("served", "status"),
    [(date(2024, 3, 30), "clear"), (date(2024, 3, 31), "applies"), (date(2024, 4, 1), "applies")],
)
def test_a_sentence_served_exactly_two_years_before_certification_still_applies(
    office: Office, scene: Scene, served: date, status: str
) -> None:
    """2024-03-31 の執行終了は、初日不算入で 2026-03-31 まで（認証予定日を含む）。"""
    form = ConvictionForm("other", "imprisonment", date(2022, 1, 1), served)
    committee.record_conviction(office, person_of(scene), form)
    assert [ground(scene, g) for g in "iue"] == ["clear", status, "clear"]


@pytest.mark.parametrize(
    ("revoked_on", "status"), [(date(2024, 3, 30), "clear"), (date(2024, 3, 31), "applies")]
)
def test_a_revocation_of_an_earlier_certification_is_ground_e(
    office: Office, scene: Scene, revoked_on: date, status: str
) -> None:
    (old,) = make_certifications(
        office, scene.cohort, [scene.applications[0]], date(2023, 3, 31), meeting_number=9
    )
    row = Revocation(
        certification_id=old,
        opened_on=date(2024, 1, 1),
        ground="fraud",
        reason="偽造",
        second_person="別の人",
    )
    (opened,) = insert(office, [row])
    assert ground(scene, "e") == "clear"
    change(office, Revocation, opened, revoked_on=revoked_on)
    assert ground(scene, "e") == status


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (ConvictionForm("tax", "fine", date(2024, 1, 1)), "選択肢"),
        (ConvictionForm("other", "whipping", date(2024, 1, 1)), "選択肢"),
        (ConvictionForm("other", "fine", None, date(2024, 1, 1)), "確定日が空"),
        (ConvictionForm("other", "fine", date(2024, 1, 2), date(2024, 1, 1)), "確定日より前"),
        (ConvictionForm("other", "fine", date(2024, 1, 2), None, date(2024, 1, 1)), "確定日より前"),
        (ConvictionForm("other", "fine", date(2024, 1, 1), suspension_kind="half"), "全部"),
        (ConvictionForm("other", "fine", date(2024, 1, 1), suspension_revoked=True), "全部・一部"),
    ],
)
def test_a_conviction_that_the_rule_cannot_read_is_refused(
    office: Office, scene: Scene, form: ConvictionForm, words: str
) -> None:
    before = entries(office)
    with pytest.raises(RuleViolation, match=words):
        committee.record_conviction(office, person_of(scene), form)
    assert entries(office) == before
    assert ground(scene, "u") == "clear"


def test_convictions_are_read_only_with_an_entry_and_never_in_its_words(office: Office, scene: Scene) -> None:
    committee.record_conviction(office, person_of(scene), ConvictionForm("other", "fine", date(2024, 1, 1)))
    assert last_entry(office).summary == "欠格事由の記録を追加"
    before = entries(office)
    with pytest.raises(RuleViolation, match="開く理由が空です"):
        committee.read_convictions(office, scene.cases[0], " ")
    assert entries(office) == before
    found = committee.read_convictions(office, scene.cases[0], "ウの執行の終わりを確かめる")
    assert [c.penalty for c in found] == ["fine"]
    entry = last_entry(office)
    assert (entry.action, entry.summary) == ("committee.read_convictions", "欠格事由の記録を閲覧")
    assert (entry.subject, entry.reason) == (f"person:{person_of(scene)}", "ウの執行の終わりを確かめる")


def test_the_committee_overrules_the_computed_finding_only_with_a_written_reason(
    office: Office, scene: Scene
) -> None:
    committee.record_conviction(
        office, person_of(scene), ConvictionForm("other", "imprisonment", date(2024, 1, 1))
    )
    with pytest.raises(RuleViolation, match="計算と違う判断"):
        committee.confirm_ground(office, scene.cases[0], "u", "clear")
    committee.confirm_ground(office, scene.cases[0], "u", "clear", "再審で無罪")
    found = {g.ground: g for g in scene.case(0).grounds}["u"]
    assert (found.computed, found.finding, found.reason, found.confirmed_by, found.stale) == (
        "applies",
        "clear",
        "再審で無罪",
        "事務 花子",
        False,
    )


def test_a_fact_that_changed_after_the_confirmation_must_be_confirmed_again(
    office: Office, scene: Scene
) -> None:
    scene.seat(0, 1, 2)
    scene.clear(0)
    scene.vote(0, dict.fromkeys(range(3), "for"))
    committee.record_conviction(
        office, person_of(scene), ConvictionForm("other", "imprisonment", date(2024, 1, 1))
    )
    assert all(g.stale for g in scene.case(0).grounds)
    with pytest.raises(RuleViolation, match="事実が変わりました"):
        scene.decide(0)
    committee.confirm_ground(office, scene.cases[0], "u", "applies")
    for other in "aie":
        committee.confirm_ground(office, scene.cases[0], other, "clear")
    with pytest.raises(RuleViolation, match="欠格事由に該当する"):
        scene.decide(0)
