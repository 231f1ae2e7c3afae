"""分析の指数を、手で確かめられる数と独立の計算で。"""

from statistics import correlation as stdlib_correlation
from statistics import stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.item_analysis import (
    alpha,
    correlation,
    discrimination,
    distribution,
    item_figures,
    mean,
    test_figures,
    variance,
)

MATRIX = st.integers(2, 8).flatmap(
    lambda items: st.lists(
        st.lists(st.integers(0, 3), min_size=items, max_size=items), min_size=10, max_size=30
    )
)


def test_below_ten_people_there_is_no_index() -> None:
    assert item_figures([1] * 9, 1, [1] * 9).correct_rate is None
    found = test_figures([[1, 0]] * 9)
    assert (found.alpha, found.standard_error) == (None, None)
    assert found.caution == "受験者が9名（10名未満）のため、指数は出しません。"


@pytest.mark.parametrize(("n", "caution"), [(19, True), (20, False)])
def test_below_twenty_people_there_is_a_caution(n: int, caution: bool) -> None:
    assert bool(test_figures([[1, 0], [0, 1]] * (n // 2) + [[1, 1]] * (n % 2)).caution) == caution


@given(MATRIX)
def test_figures_agree_with_an_independent_computation(matrix: list[list[int]]) -> None:
    totals = [sum(row) for row in matrix]
    found = test_figures(matrix)
    assert found.mean == pytest.approx(sum(totals) / len(totals), abs=1e-9)
    assert found.deviation == pytest.approx(stdev(totals), abs=1e-9)
    first = [row[0] for row in matrix]
    rest = [sum(row[1:]) for row in matrix]
    if len(set(first)) > 1 and len(set(rest)) > 1:
        expected = stdlib_correlation(first, rest)
        assert item_figures(first, 3, totals).point_biserial == pytest.approx(expected, abs=1e-9)


def test_alpha_of_equal_items_is_one_and_of_equal_totals_is_none() -> None:
    assert alpha([[n, n] for n in range(5)]) == pytest.approx(1.0)
    assert alpha([[0, 1], [1, 0]]) is None
    assert alpha([[1], [2]]) is None


def test_a_question_that_only_the_best_answer_discriminates_fully() -> None:
    totals = list(range(12))
    assert item_figures([0] * 9 + [1] * 3, 1, totals).discrimination == 1.0


def test_without_spread_there_is_no_correlation() -> None:
    assert correlation([1, 1], [1, 2]) is None


def test_every_total_falls_in_one_bin_and_full_marks_in_the_last() -> None:
    bins = distribution([0, 9, 10, 99, 100], 100)
    assert bins[0] == (0, 9, 2)
    assert bins[-1] == (90, 100, 2)
    assert sum(b[2] for b in bins) == 5


def test_nothing_is_computed_from_nobody() -> None:
    assert (
        mean([]),
        variance([]),
        variance([1]),
        correlation([], []),
        discrimination([1, 0, 1], [3, 2, 1]),
    ) == (
        None,
        None,
        None,
        None,
        None,
    )
    assert test_figures([]) == type(test_figures([]))(
        0, None, None, None, None, "受験者が0名（10名未満）のため、指数は出しません。"
    )


def test_those_tied_at_the_cut_share_the_remaining_seats() -> None:
    # 8人の25％は2人。上は100点の1人と、同点の2人で分ける1席。下は0点の2人
    assert discrimination([1, 1, 0, 0, 0, 0, 0, 1], [100, 90, 90, 50, 50, 40, 0, 0]) == (1 + 0.5) / 2 - 0.5


@given(st.permutations(range(12)))
def test_the_order_of_the_people_changes_no_discrimination(order: list[int]) -> None:
    rates, totals = [1, 0] * 6, [n // 4 for n in range(12)]
    found = discrimination([rates[i] for i in order], [totals[i] for i in order])
    assert found == pytest.approx(discrimination(rates, totals), abs=1e-12)
