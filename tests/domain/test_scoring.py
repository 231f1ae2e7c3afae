"""採点と合格の規則。"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import InputRefused
from app.domain.scoring import PassRule, Question, judge, points_for, scaled, score


def q(
    number: int = 1,
    group: str = "A",
    kind: str = "choice",
    points: int = 2,
    key: str = "a",
    treatment: str | None = None,
):
    return Question(number, group, kind, points, frozenset(key), treatment)


@pytest.mark.parametrize(
    ("kind", "key", "answer", "expected"),
    [
        ("choice", "a", ["a"], 2),
        ("choice", "a", ["b"], 0),
        ("choice", "a", ["a", "b"], 0),
        ("choice", "a", [], 0),
        ("choice", "a", None, 0),
        ("multiple", "ac", ["c", "a"], 2),
        ("multiple", "ac", ["a"], 0),
        ("multiple", "ac", ["a", "b", "c"], 0),
        ("written", "", 1, 1),
        ("written", "", None, 0),
    ],
)
def test_each_kind_of_question_is_marked(kind: str, key: str, answer: object, expected: int) -> None:
    assert points_for(q(kind=kind, key=key), answer) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("treatment", "answer", "expected"),
    [
        ("all_correct", ["b"], 2),
        ("all_correct", None, 2),
        ("excluded_for_all", ["a"], None),
        ("excluded_for_missed", ["b"], None),
        ("excluded_for_missed", ["a"], 2),
    ],
)
def test_each_treatment_of_a_faulty_question(
    treatment: str, answer: list[str] | None, expected: int | None
) -> None:
    assert points_for(q(treatment=treatment), answer) == expected


def test_several_right_answers_each_count() -> None:
    faulty = q(key="ab", treatment="several_right")
    assert [points_for(faulty, [c]) for c in "abc"] == [2, 2, 0]


QUESTIONS = [q(n, g, points=10) for n, g in enumerate("ABCDE" * 2, 1)]


def passed(right: set[int], rule: PassRule) -> bool:
    found = score({n: ["a"] for n in right}, QUESTIONS)
    return judge(found, rule, QUESTIONS)[0]


@pytest.mark.parametrize(
    ("right", "rule", "expected"),
    [
        ({1, 2, 3, 4, 5, 6}, PassRule(60), True),
        ({1, 2, 3, 4, 5}, PassRule(60), False),
        ({1, 2, 3, 4, 5}, PassRule(60, correction=-10), True),
        ({1, 2, 3, 4, 6, 7, 8, 9}, PassRule(60), False),
        ({1, 2, 3, 4, 6, 7, 8, 9}, PassRule(60, no_zero=False), True),
        ({1, 2, 3, 4, 5, 6}, PassRule(60, {"B": 20}), False),
        ({1, 2, 3, 4, 5, 7}, PassRule(60, {"B": 20}), True),
    ],
)
def test_total_group_minimum_zero_and_correction(right: set[int], rule: PassRule, expected: bool) -> None:
    assert passed(right, rule) == expected


def test_the_mark_shrinks_with_the_excluded_points_and_rounds_up() -> None:
    assert scaled(49, 80, 100) == 40
    assert scaled(50, 80, 100) == 40
    assert scaled(60, 100, 100) == 60


@given(st.sets(st.integers(1, 10)), st.integers(1, 10))
def test_one_more_right_answer_never_turns_a_pass_into_a_fail(right: set[int], more: int) -> None:
    rule = PassRule(60, {"A": 10})
    assert passed(right | {more}, rule) >= passed(right, rule)


def test_a_part_of_the_points_of_a_written_answer_is_kept_when_the_missed_are_excluded() -> None:
    written = q(kind="written", key="", treatment="excluded_for_missed")
    assert [points_for(written, n) for n in (0, 1, 2)] == [None, 1, 2]


@pytest.mark.parametrize("marked", [-1, 3])
def test_a_mark_outside_the_points_of_the_question_is_refused(marked: int) -> None:
    with pytest.raises(InputRefused, match=r"問1の採点者の点（-?\d点）が0〜2点の外です"):
        points_for(q(kind="written", key=""), marked)


def test_a_question_excluded_for_all_leaves_neither_points_nor_full_marks() -> None:
    found = score({1: ["a"], 2: ["a"]}, [q(1), q(2, treatment="excluded_for_all")])
    assert (found.points, found.total, found.full_total) == ({1: 2}, 2, 2)


def test_a_subject_group_without_a_bound_has_no_finding_of_its_own() -> None:
    found = score({n: ["a"] for n in range(1, 7)}, QUESTIONS)
    passed_, findings = judge(found, PassRule(60, no_zero=False), QUESTIONS)
    assert passed_
    assert [f.sentence for f in findings] == ["合計は60点（満点100点、基準60点）で、基準に達しています。"]
