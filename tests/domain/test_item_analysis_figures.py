"""分析の数を、numpy と scipy の独立の計算と 1e-9 まで比べる。でたらめな答案と、偏った答案で。"""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from app.domain.abilities import ABILITIES
from app.domain.item_analysis import Analysis, analyse
from app.domain.reliability import reliability
from app.domain.score_table import ScoreTable, tabulate
from app.domain.scoring import Answer, Question
from app.domain.spread import class_width, correlation, distribution, five_numbers, skewness, variance

Grid = Any
TREATMENTS = (None, None, None, "all_correct", "excluded_for_missed", "excluded_for_all")


def close(found: float | None, wanted: float) -> bool:
    return found is not None and found == pytest.approx(wanted, abs=1e-9, rel=1e-9)


@st.composite
def tables(draw: st.DrawFn, treated: bool) -> ScoreTable:
    """択一・複数選択・記述のまざった答案。無答もあり、扱いを変えた設問もある。"""
    people = draw(st.integers(10, 40))
    questions, answers = [], {}
    for number in range(1, draw(st.integers(2, 7)) + 1):
        kind = draw(st.sampled_from(("choice", "multiple", "written")))
        treatment = draw(st.sampled_from(TREATMENTS)) if treated else None
        key = frozenset() if kind == "written" else frozenset(draw(st.sampled_from(("ア", "アイ"))))
        points = draw(st.integers(1, 9))
        ability = draw(st.sampled_from((None, "status", "linking")))
        questions.append(Question(number, draw(st.sampled_from("AB")), kind, points, key, treatment, ability))
        chosen: st.SearchStrategy[Answer] = st.sampled_from([(), ("ア",), ("イ",), ("ア", "イ"), ("ウ",)])
        one = st.integers(0, points) if kind == "written" else chosen
        answers[number] = draw(st.lists(one, min_size=people, max_size=people))
    return tabulate(answers, questions, people)


def grid(table: ScoreTable) -> Grid:
    """人 × 設問の得点（除外は nan）。"""
    return np.array([[np.nan if p is None else p for p in c] for c in table.points], float).T


def rates(points: Grid, full: Grid) -> Grid:
    """人の得点率（除外された設問は、その人の満点に入れない）。"""
    most = np.where(np.isnan(points), 0, full).sum(axis=1)
    return np.divide(np.nansum(points, axis=1), most, out=np.zeros(len(points)), where=most > 0).round(12)


def power(points: Grid, full: float, standing: Grid) -> float:
    """上位・下位25％の得点率の差。境の同点者は、同じ値の人の平均に置き換えて並べる。"""
    size = len(points) // 4
    smooth = np.array([points[standing == s].mean() for s in standing]) / full
    order = np.argsort(standing, kind="stable")
    return float(smooth[order[-size:]].mean() - smooth[order[:size]].mean())


def check_items(found: Analysis, table: ScoreTable) -> None:
    points = grid(table)
    full = np.array([q.points for q in table.questions], float)
    standing = rates(points, full)
    for place, item in enumerate(found.items):
        kept = ~np.isnan(points[:, place])
        mine = points[kept, place]
        assert (item.n, item.excluded) == (len(mine), int((~kept).sum()))
        if len(mine) < 10:
            assert item.correct_rate.value is None
            continue
        assert close(item.correct_rate.value, float((mine / full[place]).mean()))
        assert close(item.discrimination.value, power(mine, full[place], standing[kept]))
        rest = rates(np.delete(points, place, axis=1), np.delete(full, place))[kept]
        if np.ptp(mine) == 0 or np.ptp(rest) == 0:
            assert item.correlation.value is None
            assert item.correlation.reason
        else:
            assert close(item.correlation.value, float(stats.pearsonr(mine, rest).statistic))


def check_alpha(found: Analysis, table: ScoreTable) -> None:
    points = grid(table)
    whole = points[:, ~np.isnan(points).any(axis=0)]
    k, n = whole.shape[1], whole.shape[0]
    got = found.figures.reliability
    assert got.items == k
    if k < 2 or np.ptp(whole.sum(axis=1)) == 0:
        assert (got.value, got.error, got.measurement) == (None, None, None)
        return
    V = np.cov(whole, rowvar=False)
    total, trace = V.sum(), np.trace(V)
    value = k / (k - 1) * (1 - trace / total)
    square = V @ V
    Q = 2 * k**2 / ((k - 1) ** 2 * total**3)
    Q *= total * (np.trace(square) + trace**2) - 2 * trace * square.sum()
    assert close(got.value, value)
    assert got.error is not None
    assert got.error**2 == pytest.approx(max(Q, 0) / n, abs=1e-9, rel=1e-9)
    assert close(got.measurement, float(np.sqrt(total * (1 - value))))


@settings(max_examples=150, deadline=None)
@given(tables(treated=False))
def test_the_indices_of_every_question_equal_those_of_scipy(table: ScoreTable) -> None:
    found = analyse(table)
    check_items(found, table)
    check_alpha(found, table)


@settings(max_examples=150, deadline=None)
@given(tables(treated=True))
def test_with_questions_excluded_for_some_the_indices_equal_those_of_scipy(table: ScoreTable) -> None:
    found = analyse(table)
    check_items(found, table)
    check_alpha(found, table)


@settings(max_examples=100, deadline=None)
@given(tables(treated=True))
def test_the_figures_of_the_test_and_the_boxes_equal_those_of_numpy(table: ScoreTable) -> None:
    found = analyse(table).figures
    totals, _ = table.totals()
    assert close(found.mean, float(np.mean(totals)))
    assert close(found.deviation, float(np.std(totals, ddof=1)))
    assert found.box is not None
    assert close(found.box.median, float(np.median(totals)))
    assert (found.box.low, found.box.high) == (min(totals), max(totals))
    if len(set(totals)) > 1:
        assert close(found.skewness.value, float(stats.skew(totals, bias=False)))
    for group, box in analyse(table).boxes.items():
        got, full = table.groups()[group]
        rate = [100 * p / f for p, f in zip(got, full, strict=True) if f]
        wanted = [*np.percentile(rate, [0, 25, 50, 75, 100]), np.mean(rate)]
        shown = (box.low, box.first, box.median, box.third, box.high, box.mean)
        assert all(close(a, float(b)) for a, b in zip(shown, wanted, strict=True))


@settings(max_examples=80, deadline=None)
@given(tables(treated=True))
def test_the_boxes_of_the_abilities_equal_those_of_numpy_in_the_order_of_the_list(table: ScoreTable) -> None:
    points = grid(table)
    wanted = {}
    for name in ABILITIES:
        mine = [i for i, q in enumerate(table.questions) if q.ability == name]
        full = np.array([table.questions[i].points for i in mine], float)
        most = np.where(np.isnan(points[:, mine]), 0, full).sum(axis=1)
        got = np.nansum(points[:, mine], axis=1)[most > 0]
        if mine and len(got):
            rate = 100 * got / most[most > 0]
            wanted[name] = [*np.percentile(rate, [0, 25, 50, 75, 100]), np.mean(rate)]
    found = analyse(table).abilities
    assert list(found) == list(wanted)
    for name, box in found.items():
        shown = (box.low, box.first, box.median, box.third, box.high, box.mean)
        assert all(close(a, float(b)) for a, b in zip(shown, wanted[name], strict=True))


@given(st.lists(st.lists(st.integers(0, 1), min_size=6, max_size=6), min_size=2, max_size=30))
def test_alpha_of_right_and_wrong_answers_is_kr20(rows: list[list[int]]) -> None:
    points = np.array(rows, float)
    spread = points.sum(axis=1).var()
    if not np.ptp(points.sum(axis=1)):
        assert reliability(list(zip(*rows, strict=True))).value is None
        return
    p = points.mean(axis=0)
    wanted = 6 / 5 * (1 - (p * (1 - p)).sum() / spread)
    found = reliability([list(c) for c in zip(*rows, strict=True)])
    assert close(found.value, float(wanted))
    assert found.name == "KR-20"


def test_marks_of_hundreds_of_points_are_counted_exactly() -> None:
    columns = [[0, 317, 255, 256, 1000], [3, 700, 641, 2, 999], [5, 5, 5, 5, 6]]
    V = np.cov(np.array(columns, float))
    found = reliability(columns)
    assert close(found.value, float(3 / 2 * (1 - np.trace(V) / V.sum())))


def test_equal_questions_have_alpha_one_without_error() -> None:
    found = reliability([[0, 1, 2, 3], [0, 1, 2, 3]])
    assert (found.value, found.error, found.measurement, found.interval) == (1.0, 0.0, 0.0, (1.0, 1.0))


INTEGERS = st.lists(st.integers(-1000, 1000), min_size=3, max_size=40)


@given(INTEGERS, st.randoms(use_true_random=False))
def test_spread_and_correlation_equal_those_of_scipy(values: list[int], chance: Any) -> None:
    assert close(variance(values), float(np.var(values, ddof=1)))
    other = [chance.randint(-5, 5) for _ in values]
    if len(set(values)) == 1:
        assert skewness(values) is None
        assert correlation(values, other) is None
        return
    assert close(skewness(values), float(stats.skew(values, bias=False)))
    if len(set(other)) > 1:
        assert close(correlation(values, other), float(stats.pearsonr(values, other).statistic))
    box = five_numbers(values)
    assert box is not None
    assert close(box.third, float(np.percentile(values, 75)))


def test_of_nothing_there_is_nothing() -> None:
    assert (variance([]), variance([1]), skewness([1, 2]), correlation([], []), five_numbers([])) == (
        None,
    ) * 5


@pytest.mark.parametrize(
    ("full", "width"), [(1, 1), (12, 1), (20, 2), (24, 2), (25, 5), (60, 5), (100, 10), (120, 10), (200, 20), (500, 50)]
)  # fmt: skip
def test_the_classes_are_one_two_five_and_at_most_twelve(full: int, width: int) -> None:
    assert class_width(full) == width
    assert len(distribution([], full)) <= 12


@given(st.integers(1, 700), st.data())
def test_every_total_falls_in_one_class_and_full_marks_in_the_last(full: int, data: st.DataObject) -> None:
    totals = data.draw(st.lists(st.integers(0, full), max_size=30))
    bins = distribution([*totals, full], full)
    assert sum(count for _, _, count in bins) == len(totals) + 1
    assert bins[-1][0] <= full <= bins[-1][1]
    assert all(count == sum(low <= t <= high for t in [*totals, full]) for low, high, count in bins)
