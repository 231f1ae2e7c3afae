"""研修の関門の真理表。"""

from datetime import date, timedelta

import pytest

from app.domain.errors import InputRefused
from app.domain.progress import CourseFacts, Gates, PassMarks, Report, evaluate_progress, gates
from tests.factories import GUIDELINE

MARKS = PassMarks(60, 60)
DUE = date(2026, 1, 19)
PASSED = {group: [60] for group in "ABCDE"}
IN_TIME = Report(DUE, None, DUE)


def at(today: date, **values: object) -> Gates:
    facts = {
        "quizzes": PASSED,
        "comprehensive": [60],
        "reports": [IN_TIME],
        "sessions": [True, True],
    } | values
    return gates(CourseFacts(**facts), MARKS, today)  # type: ignore[arg-type]


@pytest.mark.parametrize("group", list("ABCDE"))
def test_one_quiz_below_its_mark_shuts_every_later_gate(group: str) -> None:
    assert at(DUE, quizzes=PASSED | {group: [59]}) == Gates("not_yet", "shut", "shut", "shut")
    assert at(DUE, quizzes={g: p for g, p in PASSED.items() if g != group}).course1 == "not_yet"


def test_the_best_attempt_counts() -> None:
    assert at(DUE, quizzes=PASSED | {"B": [70, 55]}, comprehensive=[10, 60, 20]).course1 == "passed"


def test_without_the_comprehensive_test_the_course_is_not_passed() -> None:
    assert at(DUE, comprehensive=[]).course1 == "not_yet"
    assert at(DUE, comprehensive=[59]).course1 == "not_yet"


@pytest.mark.parametrize(
    ("report", "after", "practice"),
    [
        (Report(DUE), 0, "open"),
        (Report(DUE), 1, "withdrawal_due"),
        (Report(DUE, None, DUE), 1, "completed"),
        (Report(DUE, None, DUE + timedelta(1)), 1, "withdrawal_due"),
        (Report(DUE, DUE + timedelta(3)), 3, "open"),
        (Report(DUE, DUE + timedelta(3)), 4, "withdrawal_due"),
        (Report(DUE, DUE + timedelta(3), DUE + timedelta(3)), 9, "completed"),
        (Report(DUE, None, DUE), -1, "open"),
    ],
)
def test_a_report_not_in_by_its_date_makes_a_withdrawal_the_next_day(
    report: Report, after: int, practice: str
) -> None:
    assert (
        at(DUE + timedelta(after), reports=[IN_TIME, report] if after >= 0 else [report]).practice == practice
    )


def test_without_any_report_practice_stays_open() -> None:
    assert at(DUE, reports=[]) == Gates("passed", "open", "shut", "shut")


@pytest.mark.parametrize(
    ("sessions", "taken", "expected"),
    [
        ([], False, ("open", "shut")),
        ([True, None], False, ("open", "shut")),
        ([True, False], True, ("open", "shut")),
        ([True, True], False, ("completed", "open")),
        ([True, True], True, ("completed", "taken")),
    ],
)
def test_the_test_opens_after_every_session(
    sessions: list[bool | None], taken: bool, expected: tuple[str, str]
) -> None:
    found = at(DUE, sessions=sessions, certification_taken=taken)
    assert (found.course2, found.certification_test) == expected


BASE = {"today": "2026-01-20", "pass_marks": {"quiz": 60, "comprehensive": 60}, "quizzes": {}}


@pytest.mark.parametrize(
    "change",
    [
        {"quizzes": {"F": [1]}},
        {"quizzes": {"A": [-1]}},
        {"quizzes": {"A": [True]}},
        {"pass_marks": {"quiz": 60}},
        {"reports": [{"due": "2026-01-19", "extended_to": "2026-01-18"}]},
        {"sessions": ["yes"]},
        {"today": "2026-13-01"},
        {"certification_test": float("nan")},
    ],
)
def test_wrong_input_is_refused(change: dict[str, object]) -> None:
    assert evaluate_progress(BASE, GUIDELINE)["course1"] == "not_yet"
    with pytest.raises(InputRefused):
        evaluate_progress(BASE | change, GUIDELINE)
