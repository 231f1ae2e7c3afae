"""受講資格の部屋：判定・決定・判定と違う決定・事実の変化・通知。"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import func, select

from app.domain.access import Role
from app.domain.errors import RuleViolation
from app.services import eligibility, intake
from app.services.office import Office
from database import audit
from database.opening import open_store
from database.schema.audit import AuditEntry
from database.schema.eligibility import EligibilityDecision
from database.schema.intake import Employment
from database.store import Store
from tests.conftest import PASSPHRASE
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


def applied(office: Office, cohort: int, name: str = "見本 太郎", counter: str = "municipal") -> int:
    """決定前の申込（窓口の要件を満たす市の窓口）。"""
    return make_applications(
        office, cohort, [person(name)], False, counter=counter, counter_engaged=True, counter_standard=True
    )[0]


def employed(office: Office, application_id: int, workdays: int | None) -> int:
    row = Employment(
        application_id=application_id,
        counter="municipal",
        counter_standard=True,
        started_on=date(2023, 8, 1),
        ended_on=date(2024, 9, 19),
        workdays=workdays,
    )
    return insert(office, [row])[0]


def found(office: Office, cohort: int) -> list[tuple[str, str, str, bool]]:
    rows = eligibility.list_findings(office, cohort)
    return [(r.name, r.result, r.decision, r.changed_since) for r in rows]


def decisions(office: Office) -> int:
    with office.store.sessions() as session:
        return session.scalar(select(func.count(EligibilityDecision.id))) or 0


def entries(office: Office) -> int:
    with office.store.sessions() as session:
        return session.scalar(select(func.count(AuditEntry.sequence))) or 0


@pytest.fixture
def four(office: Office, cohort: int) -> list[int]:
    """資格で満たす人、経験で満たす人、日数の分からない人、国の窓口の人。"""
    ids = [applied(office, cohort, name) for name in ("甲 一", "乙 二", "丙 三")]
    ids.append(applied(office, cohort, "丁 四", "national"))
    make_qualification(office, ids[0])
    employed(office, ids[1], 200)
    employed(office, ids[2], None)
    make_qualification(office, ids[3])
    return ids


def test_everyone_is_judged_at_once_with_the_withdrawn_left_out(
    office: Office, cohort: int, four: list[int]
) -> None:
    gone = applied(office, cohort, "戊 五")
    intake.withdraw(office, gone, TODAY, "本人の申出")
    assert found(office, cohort) == [
        ("甲 一", "eligible", "", False),
        ("乙 二", "eligible", "", False),
        ("丙 三", "unconfirmed", "", False),
        ("丁 四", "ineligible", "", False),
    ]


def test_one_finding_says_clause_window_and_what_would_settle_it(office: Office, four: list[int]) -> None:
    view = eligibility.get_finding(office, four[2])
    assert view.window == (date(2020, 8, 2), date(2025, 8, 1))
    assert {f.clause for f in view.findings} >= {"4(1)①", "4(3)", "注5", "注6"}
    assert "180" in view.settles
    assert eligibility.get_finding(office, four[0]).settles == ""


def test_a_decision_with_the_finding_needs_one_person_and_freezes_it(
    office: Office, cohort: int, four: list[int]
) -> None:
    eligibility.decide(office, four[0], "eligible")
    eligibility.decide(office, four[3], "ineligible")
    assert [row[2] for row in found(office, cohort)] == ["eligible", "", "", "ineligible"]
    view = eligibility.get_finding(office, four[0])
    assert (view.decided_on, view.decided_by, view.reason, view.second_person) == (TODAY, "事務 花子", "", "")
    with office.store.sessions() as session:
        row = session.scalars(select(EligibilityDecision)).first()
    assert row is not None
    assert [(f["clause"], f["sentence"]) for f in row.findings] == [
        (f.clause, f.sentence) for f in view.findings
    ]


@pytest.mark.parametrize(
    ("place", "decision"), [(2, "eligible"), (2, "ineligible"), (3, "eligible"), (0, "ineligible")]
)
def test_a_decision_against_the_finding_needs_a_reason_and_another_manager(
    office: Office, four: list[int], place: int, decision: str
) -> None:
    application, before = four[place], entries(office)
    same = replace(make_actor(Role.MANAGER, "花子の別の口座"), person_key=office.actor.person_key)  # type: ignore[union-attr]
    for reason, second, words in (
        ("", SECOND, "理由が要ります"),
        ("　", SECOND, "理由が要ります"),
        ("原本を確認", None, "二人目"),
        ("原本を確認", same, "同じ人"),
        ("原本を確認", make_actor(Role.CLERK, "別の担当"), "責任者ではない"),
    ):
        with pytest.raises(RuleViolation, match=words):
            eligibility.decide(office, application, decision, reason, second=second)
    assert (decisions(office), entries(office)) == (0, before)
    eligibility.decide(office, application, decision, "原本を確認", second=SECOND)
    view = eligibility.get_finding(office, application)
    assert (view.row.decision, view.reason, view.second_person) == (decision, "原本を確認", "責任 次郎")
    with office.store.sessions() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc())).first()
    assert entry is not None
    assert (entry.action, entry.reason, entry.detail) == (
        "eligibility.decide",
        "原本を確認",
        {"second_person": "責任 次郎"},
    )


def test_what_is_no_decision_or_for_one_who_withdrew_is_refused(office: Office, four: list[int]) -> None:
    with pytest.raises(RuleViolation, match="資格あり"):
        eligibility.decide(office, four[0], "maybe")
    intake.withdraw(office, four[0], TODAY, "本人の申出")
    with pytest.raises(RuleViolation, match="辞退した申込"):
        eligibility.decide(office, four[0], "eligible")
    assert decisions(office) == 0


def test_a_decision_whose_facts_changed_is_flagged_and_never_altered(
    office: Office, cohort: int, four: list[int]
) -> None:
    eligibility.decide(office, four[1], "eligible")
    (job,) = eligibility.get_finding(office, four[1]).employments
    eligibility.set_workdays(office, job.id, workdays=100)
    assert found(office, cohort)[1] == ("乙 二", "ineligible", "eligible", True)
    eligibility.decide(office, four[1], "ineligible")
    assert found(office, cohort)[1] == ("乙 二", "ineligible", "ineligible", False)
    assert decisions(office) == 2


@pytest.mark.parametrize(
    "values", [{"workdays": 199}, {"workdays": 200, "workdays_in_window": 200}, {"days": [date(2023, 8, 1)]}]
)
def test_every_way_of_counting_workdays_is_a_fact(
    office: Office, cohort: int, four: list[int], values: dict[str, object]
) -> None:
    (job,) = eligibility.get_finding(office, four[1]).employments
    if "days" in values:  # 日の一覧のほかは同じまま
        eligibility.set_workdays(office, job.id)
    eligibility.decide(office, four[1], "eligible", "原本を確認", second=SECOND)
    eligibility.set_workdays(office, job.id, **values)  # type: ignore[arg-type]
    assert found(office, cohort)[1][3] is True


def test_a_changed_name_is_no_changed_fact(office: Office, cohort: int, four: list[int]) -> None:
    eligibility.decide(office, four[1], "eligible")
    intake.update_person(office, intake.get_application(office, four[1]).person.id, {"name": "乙 新"})
    assert found(office, cohort)[1] == ("乙 新", "eligible", "eligible", False)


def test_all_the_clear_are_decided_at_once_and_only_they(
    office: Office, cohort: int, four: list[int]
) -> None:
    eligibility.decide(office, four[0], "ineligible", "二重の申込", second=SECOND)
    assert eligibility.decide_all_clear(office, cohort) == 1
    assert [row[2] for row in found(office, cohort)] == ["ineligible", "eligible", "", ""]
    assert eligibility.decide_all_clear(office, cohort) == 0
    assert decisions(office) == 2


def test_a_list_of_days_settles_what_a_number_could_not(office: Office, four: list[int]) -> None:
    (job,) = eligibility.get_finding(office, four[2]).employments
    days = [date.fromordinal(date(2023, 8, 1).toordinal() + n) for n in range(180)]
    eligibility.set_workdays(office, job.id, days=days[:179])
    assert eligibility.get_finding(office, four[2]).row.result == "ineligible"
    eligibility.set_workdays(office, job.id, days=[*days, days[0]])
    view = eligibility.get_finding(office, four[2])
    assert (view.row.result, view.employments[0].days) == ("eligible", tuple(days))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"workdays": 417}, "従業日数417日は、在職の日数416日"),
        ({"workdays_in_window": 417}, "対象期間内の在職の日数416日"),
        ({"workdays": -1}, "負です"),
        ({"days": [date(2023, 7, 31)]}, "外の日"),
    ],
)
def test_workdays_that_the_employment_cannot_hold_are_refused(
    office: Office, four: list[int], values: dict[str, object], words: str
) -> None:
    (job,) = eligibility.get_finding(office, four[1]).employments
    before = entries(office)
    with pytest.raises(RuleViolation, match=words):
        eligibility.set_workdays(office, job.id, **values)  # type: ignore[arg-type]
    assert eligibility.get_finding(office, four[1]).employments[0].workdays == 200
    assert entries(office) == before


def test_an_employment_that_goes_on_is_counted_up_to_the_training_and_no_further(
    office: Office, cohort: int
) -> None:
    application = applied(office, cohort)
    job = employed(office, application, None)
    change(office, Employment, job, started_on=date(2025, 7, 1), ended_on=None)
    eligibility.set_workdays(office, job, workdays=32)
    with pytest.raises(RuleViolation, match="在職の日数32日（研修開始日まで）"):
        eligibility.set_workdays(office, job, workdays=33)


def test_decisions_are_there_after_the_file_is_opened_again(store: Store, store_path: Path) -> None:
    office = make_office(store)
    cohort = make_cohort(office)
    application = applied(office, cohort)
    make_qualification(office, application)
    eligibility.decide_all_clear(office, cohort)
    before = found(office, cohort)
    store.close()
    with open_store(store_path, PASSPHRASE) as again:
        assert found(make_office(again), cohort) == before == [("見本 太郎", "eligible", "eligible", False)]
        assert audit.verify(again) == []


def test_no_letter_is_written_before_there_is_a_decision(
    office: Office, cohort: int, four: list[int], tmp_path: Path
) -> None:
    with pytest.raises(RuleViolation, match="まだ決定していません"):
        eligibility.write_letter(office, four[0], tmp_path / "a.pdf")
    with pytest.raises(RuleViolation, match="まだ一人も決定していません"):
        eligibility.write_letters(office, cohort, tmp_path / "a.pdf")
    assert list(tmp_path.glob("*.pdf")) == []


def words_of(path: Path) -> str:
    """PDF の文字（空白と改行を除く）。"""
    with pypdfium2.PdfDocument(path) as book:
        return "".join("".join(page.get_textpage().get_text_range().split()) for page in book)


def test_the_letters_say_who_what_and_why(
    office: Office, cohort: int, four: list[int], tmp_path: Path
) -> None:
    eligibility.decide(office, four[0], "eligible")
    eligibility.decide(office, four[3], "ineligible")
    eligibility.write_letter(office, four[0], tmp_path / "a.pdf")
    text = words_of(tmp_path / "a.pdf")
    for part in ("受付0001", "甲一様", "受講決定通知書", "令和7年8月1日", "令和8年2月20日"):
        assert part in text
    assert eligibility.write_letters(office, cohort, tmp_path / "b.pdf") == 2
    text = words_of(tmp_path / "b.pdf")
    assert [p in text for p in ("甲一様", "乙二様", "丁四様", "受講不決定通知書")] == [
        True,
        False,
        True,
        True,
    ]
    with office.store.sessions() as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc())).first()
    assert last is not None
    assert (last.action, last.summary) == ("eligibility.write_letters", "決定の通知を2通作成")
