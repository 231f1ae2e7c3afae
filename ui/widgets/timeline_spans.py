"""在職期間の図のもの：在職・棒の端・重なり・軸の目盛り・端の動かし方。"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import NamedTuple

from app.domain.calendar import FIRST_DAY, LAST_DAY, month_length

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """一つの在職。end が None なら在職中。words は棒の中に書く言葉（96日 など）。

    was は試しに変えたときの、記録のとおりの期間（変えていなければ None）。
    """

    label: str
    start: date
    end: date | None
    words: str = ""
    was: tuple[date, date | None] | None = None


class End(Enum):
    """棒のどちらの端か。"""

    START = "started_on"
    FINISH = "ended_on"


class Grip(NamedTuple):
    """つかめる所：何番目の棒の、どちらの端か。"""

    place: int
    end: End


def overlaps(spans: Sequence[Span], window: tuple[date, date]) -> tuple[tuple[date, date], ...]:
    """算定期間の中で二つ以上の在職が重なる期間（両端を含む、早い順、つながるものは一つに）。"""
    first, last = window
    changes: dict[date, int] = {}
    for span in spans:
        start, end = max(span.start, first), min(span.end or last, last)
        if start <= end:
            changes[start] = changes.get(start, 0) + 1
            changes[end + _DAY] = changes.get(end + _DAY, 0) - 1
    found: list[tuple[date, date]] = []
    depth, opened = 0, None
    for day in sorted(changes):
        depth += changes[day]
        if depth >= 2 and opened is None:
            opened = day
        elif depth < 2 and opened is not None:
            found.append((opened, day - _DAY))
            opened = None
    return tuple(found)


def axis_marks(window: tuple[date, date]) -> tuple[date, ...]:
    """軸に目盛りを打つ日。算定期間の最初の月の1日から一年ごと。"""
    first, last = window
    end = last + _DAY
    marks = [date(year, first.month, 1) for year in range(first.year, end.year + 1)]
    return tuple(day for day in marks if first.replace(day=1) <= day <= end)


def months_on(day: date, months: int) -> date:
    """months か月動かした日。その日がなければ月の末日。月の末日は月の末日に動く。"""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = month_length(year, month + 1)
    at_end = day.day == month_length(day.year, day.month)
    return date(year, month + 1, last if at_end else min(day.day, last))


def moved(span: Span, end: End, day: date, last: date) -> date:
    """端を day に動かしたときの日。始まりは終わり（続いていれば last）を越えず、終わりは始まりより前に行かない。

    和暦で言えない日にも行かない。
    """
    day = min(max(day, FIRST_DAY), LAST_DAY)
    if end is End.START:
        return min(day, span.end or last)
    return max(day, span.start)
