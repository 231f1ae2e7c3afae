"""日の区間の計算：重なる在職期間に、何日の従業日が少なくとも・多くとも収まるか。

日は通し番号（date.toordinal）で扱い、区間は両端を含む (first, last) の組で表す。
日を一つずつたどらず、どの区間も途中で始まらず終わらない「小区間」ごとに数える。
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

Span = tuple[int, int]


class Demand(NamedTuple):
    """区間 first〜last の中で働いた日数が、least 日以上 most 日以下であること。"""

    first: int
    last: int
    least: int
    most: int


class _Pieces(NamedTuple):
    """小区間。starts は初めの日（昇順）、free はその中の一覧にない日の数。"""

    starts: list[int]
    free: list[int]


def merge(spans: Iterable[Span]) -> list[Span]:
    """重なる、または隣り合う区間をつなぐ。初めの日の順に返す。"""
    ordered = sorted(spans)
    if len(ordered) < 2:
        return ordered
    runs: list[Span] = []
    for first, last in ordered:
        if runs and first <= runs[-1][1] + 1:
            if last > runs[-1][1]:
                runs[-1] = (runs[-1][0], last)
        else:
            runs.append((first, last))
    return runs


def shared(spans: Sequence[Span]) -> list[Span]:
    """二つ以上の区間に入る日を、つながった区間で返す。"""
    edges = sorted([(first, 1) for first, _ in spans] + [(last + 1, -1) for _, last in spans])
    depth, begun = 0, 0
    found: list[Span] = []
    for day, step in edges:
        if depth < 2 <= depth + step:
            begun = day
        elif depth + step < 2 <= depth and begun < day:
            found.append((begun, day - 1))
        depth += step
    return merge(found)


def _pieces(demands: Sequence[Demand], listed: Sequence[int]) -> _Pieces:
    edges = sorted({d.first for d in demands} | {d.last + 1 for d in demands})
    starts = edges[:-1]
    free = [
        edges[i + 1] - edges[i] - (bisect_left(listed, edges[i + 1]) - bisect_left(listed, edges[i]))
        for i in range(len(starts))
    ]
    return _Pieces(starts, free)


def least_days(demands: Sequence[Demand], listed: Collection[int]) -> int:
    """すべての demand の least を同時に満たす、最も少ない日数（一覧の日 listed を含む）。

    終わりの早い区間から、足りない日をなるべく遅い日に置く。後の区間に使える日ほど残るので最少になる。
    """
    wanted = [d for d in demands if d.least]
    if len(wanted) <= 1 and not listed:
        return wanted[0].least if wanted else 0
    days = sorted(listed)
    starts, free = _pieces(wanted, days)
    chosen = [0] * len(starts)
    total = len(days)
    for demand in sorted(wanted, key=lambda d: d.last):
        low, high = bisect_left(starts, demand.first), bisect_right(starts, demand.last)
        have = bisect_right(days, demand.last) - bisect_left(days, demand.first)
        lacking = demand.least - have - sum(chosen[low:high])
        for i in range(high - 1, low - 1, -1):
            if lacking <= 0:
                break
            taken = min(lacking, free[i] - chosen[i])
            chosen[i] += taken
            lacking -= taken
            total += taken
    return total


def most_days(demands: Sequence[Demand], listed: Collection[int]) -> int:
    """demand の most が埋められる、最も多い別々の日数（一覧の日 listed を含む）。

    日の順に、終わりの早い区間から割り当てる。区間と日の組み合わせではこれが最大の組になる。
    """
    wanted = sorted(d for d in demands if d.most)
    if len(wanted) <= 1 and not listed:
        return wanted[0].most if wanted else 0
    starts, free = _pieces(wanted, sorted(listed))
    total, taken_up = len(listed), 0
    waiting: list[tuple[int, int]] = []
    for start, room in zip(starts, free, strict=True):
        while taken_up < len(wanted) and wanted[taken_up].first <= start:
            heappush(waiting, (wanted[taken_up].last, wanted[taken_up].most))
            taken_up += 1
        while waiting and room:
            last, left = heappop(waiting)
            if last < start:
                continue
            used = min(left, room)
            room -= used
            total += used
            if left > used:
                heappush(waiting, (last, left - used))
    return total
