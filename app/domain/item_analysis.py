"""設問とテストの分析：正答率・識別指数・点双列相関・信頼性係数。

人数の少ない指数は人を誤らせるので、10人未満では出さず、20人未満では注意を添える。
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

FEWEST = 10
FEW = 20
QUARTER = 0.25


@dataclass(frozen=True)
class ItemFigures:
    """設問一つの指数。correct_rate は得点率の平均（0〜1）。出せない指数は None。"""

    correct_rate: float | None
    discrimination: float | None
    point_biserial: float | None


@dataclass(frozen=True)
class TestFigures:
    """テスト全体の指数。deviation は不偏標準偏差、standard_error は測定の標準誤差（点）。"""

    __test__ = False  # 試験の道具が試験のクラスと取り違えないように

    n: int
    mean: float | None
    deviation: float | None
    alpha: float | None
    standard_error: float | None
    caution: str


def mean(values: Sequence[float]) -> float | None:
    """平均。空なら None。"""
    return sum(values) / len(values) if values else None


def variance(values: Sequence[float]) -> float | None:
    """不偏分散。二つ未満なら None。"""
    middle = mean(values)
    if middle is None or len(values) < 2:
        return None
    return sum((v - middle) ** 2 for v in values) / (len(values) - 1)


def correlation(left: Sequence[float], right: Sequence[float]) -> float | None:
    """積率相関。どちらかがすべて同じ値なら None。"""
    a, b = mean(left), mean(right)
    if a is None or b is None:
        return None
    across = sum((x - a) * (y - b) for x, y in zip(left, right, strict=True))
    spread = sum((x - a) ** 2 for x in left) * sum((y - b) ** 2 for y in right)
    return across / sqrt(spread) if spread > 0 else None


def _rate_of_best(rates: Sequence[float], totals: Sequence[float], size: int) -> float:
    """合計点の高い方から size 人の得点率の平均。境の同点者は、残りの席を等しく分ける。"""
    edge = sorted(totals, reverse=True)[size - 1]
    above = [r for r, t in zip(rates, totals, strict=True) if t > edge]
    tied = [r for r, t in zip(rates, totals, strict=True) if t == edge]
    return (sum(above) + (size - len(above)) * sum(tied) / len(tied)) / size


def discrimination(rates: Sequence[float], totals: Sequence[float]) -> float | None:
    """識別指数：合計点の上位25％と下位25％の得点率の差（-1〜1）。4人未満なら None。

    境に同点者がいても、人の並び順で値が変わらない。
    """
    size = int(len(totals) * QUARTER)
    if size == 0:
        return None
    return _rate_of_best(rates, totals, size) - _rate_of_best(rates, [-t for t in totals], size)


def item_figures(points: Sequence[int], full: int, totals: Sequence[int]) -> ItemFigures:
    """設問一つ。points と totals は同じ人の順の、設問の得点と合計点。相関は合計からこの設問を引いて（補正して）求める。"""
    if len(points) < FEWEST:
        return ItemFigures(None, None, None)
    rates = [p / full for p in points]
    rest = [t - p for t, p in zip(totals, points, strict=True)]
    return ItemFigures(mean(rates), discrimination(rates, totals), correlation(points, rest))


def alpha(matrix: Sequence[Sequence[int]]) -> float | None:
    """Cronbach の α（二値なら KR-20 と等しい）。matrix は人 × 設問の得点。"""
    items = len(matrix[0]) if matrix else 0
    if items < 2 or len(matrix) < 2:
        return None
    of_items = [variance([row[i] for row in matrix]) or 0.0 for i in range(items)]
    of_totals = variance([sum(row) for row in matrix])
    if not of_totals:
        return None
    return items / (items - 1) * (1 - sum(of_items) / of_totals)


def test_figures(matrix: Sequence[Sequence[int]]) -> TestFigures:
    """テスト全体。matrix は人 × 設問の得点。"""
    totals = [sum(row) for row in matrix]
    n, spread = len(totals), variance(totals)
    reliability = alpha(matrix) if n >= FEWEST else None
    error = None
    if reliability is not None and spread is not None:
        error = sqrt(spread * max(0.0, 1 - reliability))
    caution = ""
    if n < FEW:
        caution = f"受験者が{n}名と少ないため、指数は参考にとどめてください。"
    if n < FEWEST:
        caution = f"受験者が{n}名（{FEWEST}名未満）のため、指数は出しません。"
    return TestFigures(n, mean(totals), None if spread is None else sqrt(spread), reliability, error, caution)


def distribution(totals: Sequence[int], full: int, width: int = 10) -> tuple[tuple[int, int, int], ...]:
    """得点の分布（階級の下限, 上限, 人数）。最後の階級は満点を含む。"""
    edges = list(range(0, max(full, 1), width))
    bins = [[low, min(low + width - 1, full), 0] for low in edges]
    bins[-1][1] = max(full, bins[-1][1])
    for total in totals:
        bins[min(total // width, len(bins) - 1)][2] += 1
    return tuple((low, high, count) for low, high, count in bins)


test_figures.__test__ = False  # type: ignore[attr-defined]
