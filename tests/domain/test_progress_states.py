"""関門のすべての状態の組合せと、数える点・出席の真理表。"""

from datetime import date, timedelta
from itertools import product

import pytest

from app.domain.progress import (
    BEST,
    LAST,
    CourseFacts,
    Gates,
    PassMarks,
    Report,
    Try,
    attended,
    counted_points,
    course1_passed,
    gates,
    quizzes_passed,
    standing,
)

MARKS = PassMarks(60, 70)
DUE = date(2026, 1, 19)
TODAY = DUE + timedelta(1)
QUIZZES = {group: [60.0] for group in "ABCDE"}
# 名から、提出物と、それが言う実践の状態へ
REPORTS = {
    "none": ([], "open"),
    "waiting": ([Report(TODAY)], "open"),
    "in": ([Report(DUE, None, DUE)], "completed"),
    "late": ([Report(DUE, None, TODAY)], "withdrawal_due"),
    "missed": ([Report(DUE)], "withdrawal_due"),
    "extended": ([Report(DUE, TODAY)], "open"),
    "one of two": ([Report(DUE, None, DUE), Report(TODAY)], "open"),
}
SESSIONS: dict[str, tuple[list[bool | None], bool]] = {
    "none": ([], False),
    "unknown": ([None], False),
    "absent": ([False], False),
    "one of two": ([True, None], False),
    "all": ([True, True], True),
}


@pytest.mark.parametrize(
    ("quizzes", "final", "reports", "sessions", "taken"),
    list(product((True, False), (True, False), REPORTS, SESSIONS, (True, False))),
)
def test_every_gate_follows_from_the_gates_before_it(
    quizzes: bool, final: bool, reports: str, sessions: str, taken: bool
) -> None:
    facts = CourseFacts(
        QUIZZES if quizzes else QUIZZES | {"E": [59.5]},
        [70.0] if final else [69.5],
        REPORTS[reports][0],
        SESSIONS[sessions][0],
        taken,
    )
    expected = Gates("not_yet", "shut", "shut", "shut")
    if quizzes and final:
        expected = Gates("passed", REPORTS[reports][1], "shut", "shut")
        if REPORTS[reports][1] == "completed":
            expected = Gates("passed", "completed", "open", "shut")
            if SESSIONS[sessions][1]:
                expected = Gates("passed", "completed", "completed", "taken" if taken else "open")
    assert gates(facts, MARKS, TODAY) == expected


@pytest.mark.parametrize("late", range(-2, 3))
@pytest.mark.parametrize("handed", [None, -1, 0, 1, 2])
@pytest.mark.parametrize("extended", [None, 1])
def test_a_date_is_missed_from_midnight_after_it_and_not_before(
    late: int, handed: int | None, extended: int | None
) -> None:
    report = Report(
        DUE,
        None if extended is None else DUE + timedelta(extended),
        None if handed is None else DUE + timedelta(handed),
    )
    limit = extended or 0
    came_in_time = handed is not None and handed <= limit and handed <= late
    assert report.missed(DUE + timedelta(late)) == (late > limit and not came_in_time)


DAY = date(2025, 9, 1)


@pytest.mark.parametrize(
    ("outcomes", "best", "last"),
    [
        (["70", "50"], True, False),
        (["50", "70"], True, True),
        (["50", "0"], False, False),
        (["70", "0"], True, False),
        (["70", "absent"], True, True),
        (["70", "invalid"], True, True),
        (["70", "not_held"], True, True),
        (["50", "exempt"], True, True),
        (["exempt", "50"], True, True),
        (["absent"], False, False),
        (["invalid"], False, False),
        (["not_held"], False, False),
        (["exempt"], True, True),
        (["0"], False, False),
        ([], False, False),
    ],
)
def test_which_attempt_counts_and_what_is_no_point_takes_nothing_away(
    outcomes: list[str], best: bool, last: bool
) -> None:
    tries = [
        Try("points", float(o), DAY, n) if o.isdecimal() else Try(o, None, DAY, n)
        for n, o in enumerate(outcomes, 1)
    ]
    points = counted_points(tries, 60)
    found = [standing(points, rule) for rule in (BEST, LAST)]
    assert [p is not None and p >= 60 for p in found] == [best, last]
    assert (found[0] is None) == all(o in ("absent", "invalid", "not_held") for o in outcomes)


def test_attempts_follow_the_days_and_only_without_a_day_their_numbers() -> None:
    early, late = Try("points", 50, DAY, 2), Try("points", 70, DAY + timedelta(9), 1)
    assert counted_points([late, early], 60) == [50, 70]
    assert counted_points([late, Try("points", 50, None, 2)], 60) == [70, 50]
    same_day = [Try("points", 1, DAY, 2), Try("points", 2, DAY, 1)]
    assert counted_points(same_day, 60) == [2, 1]


@pytest.mark.parametrize(
    ("present", "late", "early", "tolerance", "expected"),
    [
        (True, 0, 0, 0, True),
        (True, 10, 5, 15, True),
        (True, 10, 6, 15, False),
        (True, 16, 0, 15, False),
        (True, 0, 16, 15, False),
        (True, 600, 600, None, True),
        (False, 0, 0, None, False),
        (False, 0, 0, 15, False),
        (None, 0, 0, 15, None),
    ],
)
def test_minutes_late_and_left_early_are_added_against_the_tolerance(
    present: bool | None, late: int, early: int, tolerance: int | None, expected: bool | None
) -> None:
    assert attended(present, late, early, tolerance) is expected


def test_the_last_attempt_judges_where_the_cohort_says_so() -> None:
    tried = {group: [80.0] for group in "ABCDE"} | {"C": [80.0, 40.0]}
    for rule, passed in ((BEST, True), (LAST, False)):
        facts = CourseFacts(tried, [70.0], (), (), attempt_rule=rule)
        assert (quizzes_passed(facts, 60), course1_passed(facts, MARKS)) == (passed, passed)
