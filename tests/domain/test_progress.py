"""研修の関門の真理表。"""

from datetime import date, timedelta

import pytest

from app.domain.errors import InputRefused
from app.domain.progress import (
    CourseFacts,
    Gates,
    PassMarks,
    Report,
    evaluate_progress,
    findings,
    gates,
)
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


def said(today: date, **values: object) -> list[tuple[str, str]]:
    facts = {"quizzes": PASSED, "comprehensive": [60], "reports": [IN_TIME], "sessions": []} | values
    found = findings(CourseFacts(**facts), MARKS, today)  # type: ignore[arg-type]
    return [(str(f.status), f.sentence) for f in found]


def test_a_shut_gate_is_told_by_the_tests_that_shut_it() -> None:
    assert said(DUE, quizzes=PASSED | {"B": [55, 59.5], "C": []}) == [
        ("met", "小テストAは最高60点（合格点60点、1回）で合格です。"),
        ("not_met", "小テストBは最高59.5点（合格点60点、2回）で合格していません。"),
        ("not_met", "小テストCはまだ受けていません。"),
        ("met", "小テストDは最高60点（合格点60点、1回）で合格です。"),
        ("met", "小テストEは最高60点（合格点60点、1回）で合格です。"),
        ("met", "総合確認テストは最高60点（合格点60点、1回）で合格です。"),
    ]


def test_each_report_is_told_with_its_date_and_the_last_is_the_final_one() -> None:
    later = Report(DUE, DUE + timedelta(10))
    missed = "取組状況報告（第2回）が期限（令和8年1月19日）までに提出されていません。"
    assert said(DUE + timedelta(1), reports=[IN_TIME, Report(DUE), later], sessions=[True])[6:] == [
        ("met", "取組状況報告（第1回）は期限（令和8年1月19日）までに提出されています。"),
        ("not_met", f"{missed}辞退として取り扱うことになります（5(2)イ(エ)）。"),
        ("unconfirmed", "課題レポートの期限は令和8年1月29日です。"),
    ]


def test_each_session_is_told_once_practice_is_completed() -> None:
    assert said(DUE, sessions=[True, False, None])[7:] == [
        ("met", "集合研修（第1回）は出席しています。"),
        ("not_met", "集合研修（第2回）は欠席しています。"),
        ("unconfirmed", "集合研修（第3回）は出席が未確認です。"),
    ]


def test_the_findings_stand_beside_the_gates() -> None:
    found = evaluate_progress(BASE, GUIDELINE)
    assert found["findings"][0] == {  # type: ignore[index]
        "requirement": "小テストA",
        "status": "not_met",
        "clause": "5(2)ア",
        "sentence": "小テストAはまだ受けていません。",
    }


DONE = BASE | {
    "quizzes": {group: [60] for group in "ABCDE"},
    "comprehensive": [60],
    "reports": [{"due": "2026-01-19", "extended_to": "2026-01-19", "submitted_on": "2026-01-19"}],
    "sessions": [True],
}


def test_zero_points_are_a_test_taken_and_a_test_not_given_is_still_open() -> None:
    assert evaluate_progress(DONE, GUIDELINE)["certification_test"] == "open"
    assert evaluate_progress(DONE | {"certification_test": 0}, GUIDELINE)["certification_test"] == "taken"
    assert evaluate_progress(DONE | {"quizzes": {"A": [0]}}, GUIDELINE)["course1"] == "not_yet"
    with pytest.raises(InputRefused, match="0以上の点数"):
        evaluate_progress(DONE | {"certification_test": float("inf")}, GUIDELINE)


def test_only_an_attendance_that_is_not_known_asks_for_the_record() -> None:
    facts = CourseFacts(PASSED, [60], [IN_TIME], [True, False, None])
    assert [f.settles for f in findings(facts, MARKS, DUE)][7:] == [
        "",
        "",
        "出席の記録を確かめてください。",
    ]


@pytest.mark.parametrize(("rule", "course1"), [("best", "passed"), ("last", "not_yet")])
def test_the_command_line_takes_the_rule_of_the_attempt_that_counts(rule: str, course1: str) -> None:
    tried = DONE | {"comprehensive": [100, 0], "attempt_rule": rule}
    assert evaluate_progress(tried, GUIDELINE)["course1"] == course1


def test_the_command_line_refuses_a_rule_of_attempts_that_does_not_exist() -> None:
    with pytest.raises(InputRefused, match="attempt_rule は best・last のどれかで与えてください。"):
        evaluate_progress(DONE | {"attempt_rule": "worst"}, GUIDELINE)
