"""受験者を合計で比べる：上位25％・下位25％と、満点が人により違うときの比べ方。"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.score_table import Points
from app.domain.scoring import Answer

QUARTER = 0.25
# 満点が人により違うとき、得点率を整数で持つための目盛（等しい率は等しい整数になる）
_SCALE = 10**12


@dataclass(frozen=True)
class Quarter:
    """合計の上位か下位の四分の一。certain は必ず入る人、tied は境の同点の人で、残り seats 席を等しく分ける。"""

    size: int
    certain: Sequence[int]
    tied: Sequence[int]

    @property
    def seats(self) -> int:
        """同点の人が分ける席。"""
        return self.size - len(self.certain)

    def rate(self, values: Sequence[int]) -> float:
        """値の平均（同点の人は席の割合だけ数える）。"""
        at = values.__getitem__
        whole = sum(map(at, self.certain)) * len(self.tied) + self.seats * sum(map(at, self.tied))
        return whole / (self.size * len(self.tied))

    def shares(self, answers: Sequence[Answer]) -> dict[Answer, float]:
        """答から、群の中でその答の人の割合へ。"""
        at = answers.__getitem__
        certain, tied = Counter(map(at, self.certain)), Counter(map(at, self.tied))
        part = self.seats / len(self.tied)
        return {a: (certain[a] + part * tied[a]) / self.size for a in certain | tied}


def quarters(standing: Sequence[int]) -> tuple[Quarter, Quarter] | None:
    """合計の上位25％と下位25％（端数は切り捨て）。4人未満なら None。人の並び順で変わらない。"""
    size = int(len(standing) * QUARTER)
    if size == 0:
        return None
    ordered = sorted(standing)
    high, low = ordered[-size], ordered[size - 1]
    places = range(len(standing))
    return (
        Quarter(size, [i for i in places if standing[i] > high], [i for i in places if standing[i] == high]),
        Quarter(size, [i for i in places if standing[i] < low], [i for i in places if standing[i] == low]),
    )


def discrimination(points: Sequence[int], full: int, standing: Sequence[int]) -> float | None:
    """識別指数（-1〜1）。points は設問の得点、full は配点、standing は同じ人の順の合計。4人未満なら None。"""
    found = quarters(standing)
    if found is None:
        return None
    upper, lower = found
    return (upper.rate(points) - lower.rate(points)) / full


def standings(totals: Sequence[int], fulls: Sequence[int]) -> Sequence[int]:
    """人を比べる値。満点が皆同じなら合計点、違えば満点に対する率（10の12乗分の一を単位とする整数）。"""
    if len(set(fulls)) <= 1:
        return totals
    return [t * _SCALE // f if f else 0 for t, f in zip(totals, fulls, strict=True)]


@dataclass(frozen=True)
class Crowd:
    """受験者。合計・満点・比べる値・上位と下位。"""

    totals: Sequence[int]
    fulls: Sequence[int]
    standing: Sequence[int]
    quarters: tuple[Quarter, Quarter] | None

    def without(self, points: Points) -> tuple["Crowd", Sequence[int]]:
        """除外された人を除いた受験者と、その得点。"""
        if None not in points:
            return self, points  # type: ignore[return-value]
        kept = [i for i, p in enumerate(points) if p is not None]
        standing = [self.standing[i] for i in kept]
        totals, fulls = [self.totals[i] for i in kept], [self.fulls[i] for i in kept]
        return Crowd(totals, fulls, standing, quarters(standing)), [p for p in points if p is not None]


def crowd_of(totals: Sequence[int], fulls: Sequence[int]) -> Crowd:
    """合計点と、その人の満点から。"""
    standing = standings(totals, fulls)
    return Crowd(totals, fulls, standing, quarters(standing))
