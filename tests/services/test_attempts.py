"""受験：すべて残る、取り消しは理由とともに、最も良い回か最後の回かは研修期が決める。"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.access import Role
from app.domain.errors import AccessDenied, RuleViolation
from app.services import progress
from app.services.office import Office
from app.services.progress import AttemptForm, CourseRules
from app.workbooks.results import ResultForm, write_results
from database.opening import Store
from database.schema.audit import AuditEntry
from database.schema.progress import Attempt
from tests.factories import as_role, make_application, make_cohort, make_office


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


@pytest.fixture
def cohort(office: Office) -> int:
    return make_cohort(office, max_attempts=2)


@pytest.fixture
def one(office: Office, cohort: int) -> int:
    return make_application(office, cohort)


def cell(office: Office, cohort: int) -> tuple[str, int, bool]:
    found = progress.board(office, cohort).rows[0].tests["A"]
    return found.words, found.attempts, found.passed


def lines(office: Office, one: int) -> list[tuple[int, str]]:
    return [(a.number, a.words) for a in progress.get_course(office, one).attempts]


def record(office: Office, one: int, points: int | None, day: int, outcome: str = "points") -> int:
    return progress.record_attempt(office, one, AttemptForm("A", outcome, points, date(2025, 9, day)))


def test_the_cohort_says_whether_the_best_or_the_last_attempt_counts(
    office: Office, cohort: int, one: int
) -> None:
    record(office, one, 80, 1)
    record(office, one, 40, 2)
    assert cell(office, cohort) == ("80", 2, True)
    progress.set_course_rules(office, cohort, CourseRules(max_attempts=2, attempt_rule="last"))
    assert cell(office, cohort) == ("40", 2, False)
    assert lines(office, one) == [(1, "80点 合格"), (2, "40点 不合格")]


@pytest.mark.parametrize("outcome", ["absent", "invalid", "not_held"])
def test_a_later_attempt_without_points_leaves_the_points_standing(
    office: Office, cohort: int, one: int, outcome: str
) -> None:
    progress.set_course_rules(office, cohort, CourseRules(max_attempts=2, attempt_rule="last"))
    record(office, one, 80, 1)
    record(office, one, None, 2, outcome)
    assert cell(office, cohort) == ("80", 2, True)


def test_a_void_attempt_stays_on_record_with_its_reason_and_counts_no_more(
    office: Office, cohort: int, one: int
) -> None:
    wrong = record(office, one, 90, 1)
    record(office, one, 50, 2)
    progress.void_attempt(office, wrong, "別の人の答案")
    assert cell(office, cohort) == ("50", 1, False)
    assert lines(office, one) == [(1, "取消し（90点）"), (2, "50点 不合格")]
    kept = progress.get_course(office, one).attempts[0]
    assert (kept.points, kept.voided_on, kept.void_reason) == (90, date(2026, 2, 20), "別の人の答案")
    with office.store.sessions() as session:
        said = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc())).first()
        assert said is not None
        assert (said.action, said.reason) == ("progress.void_attempt", "別の人の答案")


def test_a_void_attempt_leaves_room_for_the_right_one(office: Office, cohort: int, one: int) -> None:
    record(office, one, 10, 1)
    wrong = record(office, one, 20, 2)
    with pytest.raises(RuleViolation, match="上限2回"):
        record(office, one, 30, 3)
    for points in (30, 40):
        progress.void_attempt(office, wrong, "点の写し違い")
        wrong = record(office, one, points, 2)
    assert lines(office, one) == [
        (1, "10点 不合格"),
        (2, "40点 不合格"),
        (2, "取消し（20点）"),
        (2, "取消し（30点）"),
    ]


def test_voiding_needs_a_reason_and_is_done_once(office: Office, one: int) -> None:
    wrong = record(office, one, 10, 1)
    with pytest.raises(RuleViolation, match="理由が空"):
        progress.void_attempt(office, wrong, "　")
    progress.void_attempt(office, wrong, "誤り")
    with pytest.raises(RuleViolation, match="既に取り消されて"):
        progress.void_attempt(office, wrong, "誤り")
    with pytest.raises(RuleViolation, match="記録がありません"):
        progress.void_attempt(office, wrong + 1, "誤り")
    with pytest.raises(AccessDenied):
        progress.void_attempt(as_role(office, Role.AUDITOR), wrong, "誤り")


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (AttemptForm("F", "points", 60), "科目群"),
        (AttemptForm("A", "sick"), "結果の種類"),
        (AttemptForm("A", "points"), "得点"),
        (AttemptForm("A", "absent", 0), "0点と欠席"),
        (AttemptForm("A", "points", -1), "0〜1000"),
        (AttemptForm("A", "points", 1001), "0〜1000"),
        (AttemptForm("A", "points", 60, date(2026, 2, 21)), "今日より後"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(
    office: Office, one: int, form: AttemptForm, words: str
) -> None:
    with pytest.raises(RuleViolation, match=words):
        progress.record_attempt(office, one, form)
    assert progress.get_course(office, one).attempts == ()


def book(path: Path, *forms: ResultForm) -> Path:
    write_results(path, [replace(f, row=n) for n, f in enumerate(forms, 2)])
    return path


def test_a_corrected_result_voids_the_old_attempt_and_the_same_file_changes_nothing_twice(
    office: Office, cohort: int, one: int, tmp_path: Path
) -> None:
    first = ResultForm(2, 1, "", "quiz", "points", 50, date(2025, 9, 1), "A", attempt=1)
    progress.import_results(office, cohort, book(tmp_path / "1.xlsx", first))
    right = book(tmp_path / "2.xlsx", replace(first, points=80))
    seen = progress.preview_results(office, cohort, right)
    assert [(r.state, *r.notes) for r in seen.rows] == [
        ("warning", "記録済みの1回目（50点、令和7年9月1日）を取り消して、記し直します。")
    ]
    progress.import_results(office, cohort, right)
    assert lines(office, one) == [(1, "80点 合格"), (1, "取消し（50点）")]
    again = progress.import_results(office, cohort, right)
    assert (again.batch_id, len(lines(office, one))) == (None, 2)


def test_a_void_result_does_not_come_back_by_the_old_file(
    office: Office, cohort: int, one: int, tmp_path: Path
) -> None:
    old = book(tmp_path / "1.xlsx", ResultForm(2, 1, "", "quiz", "points", 50, date(2025, 9, 1), "A"))
    progress.import_results(office, cohort, old)
    with office.store.sessions() as session:
        (row,) = session.scalars(select(Attempt))
    progress.void_attempt(office, row.id, "本人でない")
    seen = progress.preview_results(office, cohort, old)
    assert [r.state for r in seen.rows] == ["error"]
    assert "取り消した受験と同じ行" in seen.errors[0].reason
    assert lines(office, one) == [(1, "取消し（50点）")]
