"""数の散らばり：平均・分散・歪度・五数要約・相関・階級。整数の和で求め、終わりに一度だけ割る。

整数のまま足すので、「すべて同じ値」を丸めの誤りなしに見分けられ、人の並び順で値が変わらない。
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from operator import mul

MOST_CLASSES = 12


def mean(values: Sequence[float]) -> float | None:
    """平均。空なら None。"""
    return sum(values) / len(values) if values else None


def product_sum(left: Sequence[int], right: Sequence[int]) -> int:
    """積和。"""
    found: int = sum(map(mul, left, right))
    return found


def variance(values: Sequence[int]) -> float | None:
    """不偏分散（n−1 で割る）。二つ未満なら None。"""
    n = len(values)
    if n < 2:
        return None
    return (n * product_sum(values, values) - sum(values) ** 2) / (n * (n - 1))


def deviation(values: Sequence[int]) -> float | None:
    """不偏標準偏差（n−1）。二つ未満なら None。"""
    found = variance(values)
    return None if found is None else sqrt(found)


def skewness(values: Sequence[int]) -> float | None:
    """歪度（標本の大きさで補正した G1。Joanes & Gill 1998）。三つ未満か、すべて同じ値なら None。"""
    n, one = len(values), sum(values)
    if n < 3:
        return None
    squares: list[int] = list(map(mul, values, values))
    two, three = sum(squares), product_sum(squares, values)
    spread = n * two - one * one
    if not spread:
        return None
    third = n * n * three - 3 * n * one * two + 2 * one**3
    return third / (spread * sqrt(spread)) * sqrt(n * (n - 1)) / (n - 2)


def correlation(left: Sequence[int], right: Sequence[int]) -> float | None:
    """積率相関（一方が二値なら点双列相関）。空か、どちらかがすべて同じ値なら None。"""
    n, a, b = len(left), sum(left), sum(right)
    spread_a = n * product_sum(left, left) - a * a
    spread_b = n * product_sum(right, right) - b * b
    if not spread_a or not spread_b:
        return None
    found = (n * product_sum(left, right) - a * b) / (sqrt(spread_a) * sqrt(spread_b))
    return max(-1.0, min(1.0, found))


@dataclass(frozen=True)
class Box:
    """五数要約：最小・第一四分位・中央値・第三四分位・最大と、平均、人数。"""

    n: int
    low: float
    first: float
    median: float
    third: float
    high: float
    mean: float


def quantile(ordered: Sequence[float], part: float) -> float:
    """小さい順に並べた値の分位数（隣の二つの間を比で分ける。Hyndman & Fan 1996 の第7式）。空なら IndexError。"""
    place = (len(ordered) - 1) * part
    below = int(place)
    low, high = ordered[below], ordered[min(below + 1, len(ordered) - 1)]
    return low + (high - low) * (place - below)


def five_numbers(values: Sequence[float]) -> Box | None:
    """五数要約。空なら None。"""
    if not values:
        return None
    ordered = sorted(values)
    first, middle, third = (quantile(ordered, part) for part in (0.25, 0.5, 0.75))
    return Box(len(ordered), ordered[0], first, middle, third, ordered[-1], sum(ordered) / len(ordered))


def class_width(full: int) -> int:
    """分布の階級の幅（点）。1・2・5 の十の累乗倍のうち、階級が12を越えない最も狭いもの（満点100なら10）。"""
    width = 1
    while full > width * MOST_CLASSES:
        width *= 10
    for narrower in (width // 5, width // 2):
        if width >= 10 and full <= narrower * MOST_CLASSES:
            return narrower
    return width


def distribution(totals: Sequence[int], full: int, width: int = 0) -> tuple[tuple[int, int, int], ...]:
    """得点の分布（階級の下限, 上限, 人数）。最後の階級は満点を含む。width（点）が0なら満点から決める。"""
    step = width or class_width(full)
    edges = list(range(0, max(full, 1), step))
    bins = [[low, min(low + step - 1, full), 0] for low in edges]
    bins[-1][1] = max(full, bins[-1][1])
    for total in totals:
        bins[min(total // step, len(bins) - 1)][2] += 1
    return tuple((low, high, count) for low, high, count in bins)
