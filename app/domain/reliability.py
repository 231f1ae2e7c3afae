"""テストの信頼性：KR-20・Cronbach の α と、その標準誤差。

α の標準誤差と95％信頼区間は Duhachek & Iacobucci（2004, Journal of Applied Psychology 89(5), 792–808）の
ASE による（van Zyl, Neudecker & Nel 2000 の漸近分布。設問の分散が等しいことを仮定しない）。
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import sqrt

from app.domain.spread import product_sum

KR20, ALPHA = "KR-20", "α"
NORMAL_95 = 1.959963984540054  # 標準正規分布の97.5％点

Plane = tuple[int, int]


@dataclass(frozen=True)
class Reliability:
    """信頼性係数。name は設問がすべて同じ配点の二値なら KR-20、ほかは α。items は計算に使った設問の数。

    error は value の標準誤差、measurement は測定の標準誤差（点）。出せなければ空で、reason が理由。
    """

    name: str
    items: int
    value: float | None
    error: float | None
    measurement: float | None
    reason: str = ""

    @property
    def interval(self) -> tuple[float, float] | None:
        """95％信頼区間（下限, 上限）。上限は1を越えない。"""
        if self.value is None or self.error is None:
            return None
        wide = NORMAL_95 * self.error
        return self.value - wide, min(1.0, self.value + wide)


def _planes(column: Sequence[int]) -> list[Plane]:
    """得点の列を（重み, 人の集まりのビット列）の和に分ける。積和がビットの論理積で数えられる。"""
    values = set(column)
    if len(values) <= 2 and 0 in values:
        weight = max(values)
        return [(weight, int("".join(["1" if v else "0" for v in column]), 2))] if weight else []
    planes = range(max(values).bit_length())
    return [(1 << p, int("".join(["1" if v >> p & 1 else "0" for v in column]), 2)) for p in planes]


def _across(left: list[Plane], right: list[Plane]) -> int:
    """二つの列の積和。"""
    return sum(w * u * (a & b).bit_count() for w, a in left for u, b in right)


def reliability(columns: Sequence[Sequence[int]]) -> Reliability:
    """信頼性係数。columns は設問ごとの、同じ人の順の得点（0以上の整数）。

    分散は n−1 で割る。設問が一つ、人が一人、合計が全員同じなら value は None。
    """
    k, n = len(columns), len(columns[0]) if columns else 0
    ranges = [set(column) - {0} for column in columns]
    plain = all(len(values) <= 1 for values in ranges) and len(set().union(*ranges)) <= 1
    name = KR20 if plain else ALPHA
    if k < 2 or n < 2:
        return Reliability(name, k, None, None, None, "設問が一つ" if k < 2 else "一人")
    totals = [sum(cells) for cells in zip(*columns, strict=True)]
    whole = sum(totals)
    # 以下はどれも、共分散に n(n−1) を掛けた整数
    total = n * product_sum(totals, totals) - whole * whole
    if not total:
        return Reliability(name, k, None, None, None, "合計が全員同じ")
    sums = [sum(column) for column in columns]
    own = [n * product_sum(c, c) - s * s for c, s in zip(columns, sums, strict=True)]
    rows = [n * product_sum(c, totals) - s * whole for c, s in zip(columns, sums, strict=True)]
    trace, squares = sum(own), sum(c * c for c in own) + _squares(columns, sums)
    value = k * (total - trace) / ((k - 1) * total)
    # Duhachek & Iacobucci の Q。分子と分母の次数が等しいので、掛けた n(n−1) は消える
    spread = total * (squares + trace * trace) - 2 * trace * sum(row * row for row in rows)
    error = sqrt(2 * k * k * spread / ((k - 1) ** 2 * total**3) / n)
    measurement = sqrt(total / (n * (n - 1)) * (1 - value))
    return Reliability(name, k, value, error, measurement)


def _squares(columns: Sequence[Sequence[int]], sums: Sequence[int]) -> int:
    """異なる設問どうしの共分散（n(n−1) 倍）の二乗の和（両側）。"""
    n = len(columns[0])
    pairs = combinations([(_planes(c), s) for c, s in zip(columns, sums, strict=True)], 2)
    return 2 * sum((n * _across(a, b) - s * t) ** 2 for (a, s), (b, t) in pairs)
