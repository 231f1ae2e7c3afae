"""記述の採点の規則：二人の平均と三人目、端数、立ち位置。"""

from decimal import ROUND_HALF_UP, Decimal
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.choice_keys import choice_labels, known_label, label_of
from app.domain.marking import Standing, half_up, next_reading, settled, standing

POINTS = st.integers(0, 200)


@given(st.lists(POINTS, min_size=1, max_size=5))
def test_a_mean_is_rounded_half_up_as_by_hand(points: list[int]) -> None:
    exact = Decimal(sum(points)) / len(points)
    assert half_up(sum(points), len(points)) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@given(POINTS, POINTS, st.integers(0, 200))
def test_a_third_reads_exactly_where_the_two_differ_by_more_than_the_gap(
    one: int, two: int, gap: int
) -> None:
    marks = {1: one, 2: two}
    if abs(one - two) > gap:
        assert (next_reading(marks, gap), settled(marks, gap)) == (3, None)
    else:
        assert (next_reading(marks, gap), settled(marks, gap)) == (None, (one + two + 1) // 2)


@given(POINTS, POINTS, POINTS, st.integers(0, 200))
def test_three_readings_give_the_middle_one_whatever_the_gap(a: int, b: int, c: int, gap: int) -> None:
    assert settled({1: a, 2: b, 3: c}, gap) == median([a, b, c])


@given(POINTS, st.integers(0, 200))
def test_one_reading_settles_nothing(one: int, gap: int) -> None:
    assert (next_reading({}, gap), next_reading({1: one}, gap)) == (1, 2)
    assert (settled({}, gap), settled({1: one}, gap)) == (None, None)


def test_half_a_point_goes_up() -> None:
    assert [settled({1: 4, 2: n}, 9) for n in (4, 5, 6, 7)] == [4, 5, 5, 6]


@pytest.mark.parametrize(
    ("marks", "readers", "me", "expected"),
    [
        ({}, [], "甲", Standing.TO_READ),
        ({1: 3}, ["甲"], "甲", Standing.WAITING),
        ({1: 3}, ["甲"], "乙", Standing.TO_READ),
        ({1: 3, 2: 4}, ["甲", "乙"], "丙", Standing.SETTLED),
        ({1: 3, 2: 9}, ["甲", "乙"], "甲", Standing.WAITING),
        ({1: 3, 2: 9}, ["甲", "乙"], "丙", Standing.TO_READ),
    ],
)
def test_nobody_reads_the_same_answer_twice(
    marks: dict[int, int], readers: list[str], me: str, expected: Standing
) -> None:
    assert standing(marks, 2, readers, me) is expected


@pytest.mark.parametrize(
    ("known", "count", "labels"),
    [
        ([], 0, ("ア", "イ", "ウ", "エ")),
        (["ア", "オ"], 0, ("ア", "イ", "ウ", "エ", "オ")),
        (["2"], 5, ("1", "2", "3", "4", "5")),
        (["b"], 0, ("a", "b", "c", "d")),
        (["はい", "いいえ"], 0, ("はい", "いいえ")),
    ],
)
def test_the_choices_follow_the_labels_in_use(known: list[str], count: int, labels: tuple[str, ...]) -> None:
    assert choice_labels(known, count) == labels


@pytest.mark.parametrize("key", ["ウ", "ｳ", "3", "３", "c", "C", "ｃ"])
def test_one_key_means_the_same_choice_however_it_is_typed(key: str) -> None:
    assert label_of(key, ("ア", "イ", "ウ", "エ")) == "ウ"


@pytest.mark.parametrize("key", ["5", "e", "オ", "0", "あ", "", "?"])
def test_a_key_without_a_choice_is_none(key: str) -> None:
    assert label_of(key, ("ア", "イ", "ウ", "エ")) is None


def test_a_label_of_another_kind_is_unknown() -> None:
    assert [known_label(x, ("ア", "イ", "ウ", "エ")) for x in ("オ", "5", "は")] == [True, False, False]
