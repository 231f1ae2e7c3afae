"""受講資格：試しは何も書かず、記録は理由と共に残り、決定後に変わったことは一つずつ言われる。"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.domain.access import Role
from app.domain.eligibility_case import Changes, FactKey
from app.domain.errors import RuleViolation
from app.services import eligibility, intake
from app.services.office import Office
from database import audit
from database.schema.audit import AuditEntry
from database.schema.eligibility import EligibilityDecision
from database.schema.intake import Application, Cohort, Employment
from database.store import Store
from tests.factories import (
    TODAY,
    change,
    insert,
    make_actor,
    make_applications,
    make_cohort,
    make_office,
    make_qualification,
    person,
)

SECOND = make_actor(Role.MANAGER, "責任 次郎")


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


@pytest.fixture
def cohort(office: Office) -> int:
    return make_cohort(office)


@pytest.fixture
def applicant(office: Office, cohort: int) -> int:
    """重なる二つの在職で、最少162日・最多203日の人。"""
    (made,) = make_applications(
        office,
        cohort,
        [person()],
        False,
        counter="municipal",
        counter_engaged=True,
        counter_standard=True,
    )
    insert(
        office,
        [
            Employment(
                application_id=made,
                counter="municipal",
                counter_name=name,
                counter_standard=True,
                started_on=start,
                ended_on=end,
                workdays=days,
            )
            for name, start, end, days in (
                ("甲", date(2023, 8, 1), date(2024, 9, 19), 96),
                ("乙", date(2024, 8, 10), None, 107),
            )
        ],
    )
    return made


def jobs(office: Office, application_id: int) -> list[int]:
    return [e.id for e in eligibility.get_finding(office, application_id).employments]


def size(office: Office) -> tuple[int, int]:
    with office.store.sessions() as session:
        entries = session.scalar(select(func.count(AuditEntry.sequence))) or 0
        return entries, session.scalar(select(func.count(EligibilityDecision.id))) or 0


def of(job: int, **values: object) -> Changes:
    return {FactKey("employment", job, name): value for name, value in values.items()}  # type: ignore[misc]


def test_trying_shows_the_other_finding_and_writes_nothing(office: Office, applicant: int) -> None:
    first, second = jobs(office, applicant)
    before, real = size(office), eligibility.get_finding(office, applicant)
    assert (real.row.result, real.findings[3].figures["least"], real.findings[3].figures["most"]) == (
        "unconfirmed", 162, 203,
    )  # fmt: skip
    tried = eligibility.what_if(office, applicant, of(first, ended_on=date(2024, 8, 9)))
    assert (tried.row.result, tried.findings[3].figures["least"], tried.settles) == ("eligible", 203, "")
    shorter = eligibility.what_if(office, applicant, of(second, workdays=83))
    assert (shorter.row.result, shorter.findings[3].figures["most"]) == ("ineligible", 179)
    assert size(office) == before
    assert eligibility.get_finding(office, applicant) == real
    assert audit.verify(office.store) == []


def test_everything_that_is_judged_can_be_tried(office: Office, applicant: int) -> None:
    licence = make_qualification(office, applicant, registered_on=date(2025, 8, 2))
    first, _ = jobs(office, applicant)

    def result(where: FactKey, value: object) -> str:
        return eligibility.what_if(office, applicant, {where: value}).row.result  # type: ignore[dict-item]

    assert result(FactKey("qualification", licence, "registered_on"), date(2025, 8, 1)) == "eligible"
    assert result(FactKey("training", 0, "starts_on"), date(2025, 8, 2)) == "eligible"
    assert result(FactKey("current", 0, "counter"), "national") == "ineligible"
    assert result(FactKey("current", 0, "engaged"), False) == "ineligible"
    assert result(FactKey("current", 0, "counter_standard"), False) == "ineligible"
    days = tuple(date(2023, 9, 1) + timedelta(days=n) for n in range(180))
    assert result(FactKey("employment", first, "days"), days) == "eligible"
    assert result(FactKey("employment", first, "consultation"), False) == "ineligible"


def test_contradictions_are_said_and_do_not_stop_the_trying(office: Office, applicant: int) -> None:
    first, _ = jobs(office, applicant)
    tried = eligibility.what_if(office, applicant, of(first, ended_on=date(2023, 8, 10)))
    assert tried.problems == (
        "1件目の在職：従業日数96日は、在職の日数10日（研修開始日まで）を超えています。証明書を確かめてください。",
    )
    assert tried.figures[0].most == 10
    backwards = eligibility.what_if(office, applicant, of(first, ended_on=date(2023, 7, 1)))
    assert [words[:15] for words in backwards.problems] == ["1件目の在職：終わり（令和5年"]
    listed = eligibility.what_if(office, applicant, of(first, days=(date(2023, 8, 1),), workdays=0))
    assert [words[:8] for words in listed.problems] == ["勤務日の一覧は1"]
    for changes in (of(first, ended_on=date(2023, 8, 10)), of(first, days=(date(2023, 8, 1),), workdays=0)):
        with pytest.raises(RuleViolation, match=r"超えています|より多く"):
            eligibility.record_changes(office, applicant, changes, "確認")


def test_recording_changes_the_facts_with_reason_and_what(office: Office, applicant: int) -> None:
    first, second = jobs(office, applicant)
    licence = make_qualification(office, applicant, evidence=False)
    changes = {
        **of(first, ended_on=date(2024, 8, 9)),
        **of(second, days=(date(2024, 9, 2), date(2024, 9, 1))),
        FactKey("current", 0, "engaged"): None,
        FactKey("qualification", licence, "evidence"): True,
    }
    found = eligibility.record_changes(office, applicant, changes, "在職証明書の差し替え")
    assert [d.words for d in found] == [
        "現在の従事場所の相談対応への従事：従事している → 未確認",
        "在職1の終了日：令和6年9月19日 → 令和6年8月9日",
        "在職2の勤務日の一覧：なし → 2日分",
        "国家資格1の登録証の写し：未確認 → 確認済み",
    ]
    view = eligibility.get_finding(office, applicant)
    assert view.employments[0].ended_on == date(2024, 8, 9)
    assert view.employments[1].days == (date(2024, 9, 1), date(2024, 9, 2))
    assert (view.case.current.engaged, view.case.qualifications[0].fact.evidence) == (None, True)
    with office.store.sessions() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc())).first()
    assert entry is not None
    assert (entry.action, entry.reason) == ("eligibility.record_changes", "在職証明書の差し替え")
    assert entry.detail == {"changes": [d.words for d in found]}


@pytest.mark.parametrize(
    ("make", "reason", "words"),
    [
        (lambda job: of(job, workdays=95), "　", "理由が空です"),
        (lambda job: of(job, workdays=96), "確認", "変わったところがありません"),
        (lambda _job: {}, "確認", "変わったところがありません"),
        (lambda _job: {FactKey("training", 0, "starts_on"): date(2025, 9, 1)}, "確認", "研修期のすべての人"),
        (lambda job: of(job, ended_on=date(2023, 7, 1)), "確認", "始まり"),
        (lambda job: of(job + 50, workdays=1), "確認", "もう記録にありません"),
    ],
)
def test_what_cannot_be_recorded_is_refused_and_leaves_nothing(
    office: Office, applicant: int, make: object, reason: str, words: str
) -> None:
    before = size(office), eligibility.get_finding(office, applicant)
    with pytest.raises(RuleViolation, match=words):
        eligibility.record_changes(office, applicant, make(jobs(office, applicant)[0]), reason)  # type: ignore[operator]
    assert (size(office), eligibility.get_finding(office, applicant)) == before


def test_one_who_withdrew_or_is_gone_is_refused(office: Office, applicant: int) -> None:
    first, _ = jobs(office, applicant)
    intake.withdraw(office, applicant, TODAY, "本人の申出")
    with pytest.raises(RuleViolation, match="辞退した申込"):
        eligibility.record_changes(office, applicant, of(first, workdays=95), "確認")
    with pytest.raises(RuleViolation, match="もうありません"):
        eligibility.get_finding(office, applicant + 1)


def test_a_decided_case_says_what_changed_and_is_never_altered(
    office: Office, cohort: int, applicant: int
) -> None:
    first, _ = jobs(office, applicant)
    eligibility.decide(office, applicant, "eligible", "原本を確認", second=SECOND)
    eligibility.record_changes(office, applicant, of(first, ended_on=date(2024, 8, 9)), "差し替え")
    view = eligibility.get_finding(office, applicant)
    assert (view.row.decision, view.row.result, view.row.changed_since) == ("eligible", "eligible", True)
    assert view.fact_changes == ("在職1の終了日：令和6年9月19日 → 令和6年8月9日",)
    assert [words.partition("（")[0] for words in view.finding_changes] == [
        "従業日数 180日以上：要確認 → 満たす"
    ]
    assert eligibility.list_findings(office, cohort)[0].changed_since is True
    with office.store.sessions() as session:
        row = session.scalars(select(EligibilityDecision)).one()
    assert (row.finding, row.edition, row.decided_by) == ("unconfirmed", "r7-02-27", "事務 花子")
    eligibility.decide(office, applicant, "eligible")
    again = eligibility.get_finding(office, applicant)
    assert (again.row.changed_since, again.fact_changes, again.finding_changes) == (False, (), ())


def test_a_change_undone_is_no_change(office: Office, applicant: int) -> None:
    first, _ = jobs(office, applicant)
    eligibility.decide(office, applicant, "eligible", "原本を確認", second=SECOND)
    for days in (95, 96):
        eligibility.set_workdays(office, first, workdays=days)
    assert eligibility.get_finding(office, applicant).row.changed_since is False


def test_another_training_start_is_a_changed_fact(office: Office, cohort: int, applicant: int) -> None:
    eligibility.decide(office, applicant, "eligible", "原本を確認", second=SECOND)
    change(office, Cohort, cohort, training_starts_on=date(2025, 8, 2))
    view = eligibility.get_finding(office, applicant)
    assert view.fact_changes == ("研修開始日：令和7年8月1日 → 令和7年8月2日",)
    assert eligibility.list_findings(office, cohort)[0].changed_since is True


def test_another_reading_flags_only_those_whose_finding_it_changes(
    office: Office, cohort: int, applicant: int
) -> None:
    eligibility.decide(office, applicant, "eligible", "原本を確認", second=SECOND)
    (other,) = make_applications(office, cohort, [person("国の 人")], False, counter="national")
    eligibility.decide(office, other, "ineligible")
    strict = replace(office, guideline=replace(office.guideline, workdays=204))
    assert [r.changed_since for r in eligibility.list_findings(strict, cohort)] == [True, True]
    lenient = replace(office, guideline=replace(office.guideline, standard_for_experience=False))
    assert [r.changed_since for r in eligibility.list_findings(lenient, cohort)] == [False, False]
    view = eligibility.get_finding(strict, applicant)
    assert view.fact_changes == ("従業日数の下限（日）：180 → 204",)
    assert [words.partition("（")[0] for words in view.finding_changes] == [
        "従業日数 204日以上：要確認 → 満たさない"
    ]
    assert eligibility.get_finding(lenient, applicant).fact_changes == ()


def test_a_decision_of_an_older_version_is_compared_by_its_digest(office: Office, applicant: int) -> None:
    eligibility.decide(office, applicant, "eligible", "原本を確認", second=SECOND)
    with office.store.sessions() as session:
        row = session.scalars(select(EligibilityDecision)).one()
    change(office, EligibilityDecision, row.id, facts=None, edition=None)
    assert eligibility.get_finding(office, applicant).row.changed_since is False
    eligibility.set_workdays(office, jobs(office, applicant)[0], workdays=95)
    view = eligibility.get_finding(office, applicant)
    assert (view.row.changed_since, view.fact_changes, view.finding_changes) == (True, (), ())


@pytest.mark.parametrize("decision", ["eligible", "ineligible"])
def test_the_second_persons_yes_falls_if_the_facts_changed_between(
    office: Office, applicant: int, decision: str
) -> None:
    first, _ = jobs(office, applicant)
    seen = eligibility.get_finding(office, applicant).facts_digest
    eligibility.set_workdays(office, first, workdays=95)
    before = size(office)
    with pytest.raises(RuleViolation, match="確かめている間に"):
        eligibility.decide(office, applicant, decision, "原本を確認", second=SECOND, seen=seen)
    assert size(office) == before
    now = eligibility.get_finding(office, applicant).facts_digest
    eligibility.decide(office, applicant, decision, "原本を確認", second=SECOND, seen=now)


def test_the_yes_falls_too_if_the_readings_changed_between(office: Office, applicant: int) -> None:
    seen = eligibility.get_finding(office, applicant).facts_digest
    strict = replace(office, guideline=replace(office.guideline, workdays=170))
    with pytest.raises(RuleViolation, match="確かめている間に"):
        eligibility.decide(strict, applicant, "eligible", "原本を確認", second=SECOND, seen=seen)


def test_the_list_and_the_single_finding_agree(office: Office, cohort: int, applicant: int) -> None:
    change(office, Application, applicant, counter_standard=None)
    (row,) = eligibility.list_findings(office, cohort)
    assert row == eligibility.get_finding(office, applicant).row
    assert row.result == "unconfirmed"
