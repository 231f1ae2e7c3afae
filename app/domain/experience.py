"""実務経験（要綱 4(2)・注6）：直近5年の在職期間と従業日数を、最少と最多で正確に求める。"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from app.domain.calendar import months_and_days, years_before
from app.domain.findings import Status, all_of
from app.domain.guideline import Guideline
from app.domain.spans import Demand, Span, least_days, merge, most_days

EXPERIENCE_COUNTERS = (
    "national",
    "municipal",
    "commissioned_by_nation",
    "commissioned_by_municipality",
    "private",
)
Months = tuple[int, int]


@dataclass(frozen=True)
class Employment:
    """一つの窓口での在職。

    ended_on が None なら続いている。counter_standard は窓口の要件（注5）を満たすか、
    consultation は相談対応の業務か（真・偽・未確認の None）。
    従業日は days（日の一覧）・workdays_in_window（直近5年の日数）・workdays（在職全体の日数）の順に確か。
    """

    counter: str
    counter_standard: bool | None
    started_on: date
    ended_on: date | None = None
    workdays: int | None = None
    workdays_in_window: int | None = None
    days: tuple[date, ...] | None = None
    consultation: bool | None = True


class Experience(NamedTuple):
    """実務経験の答え。

    window は直近5年の初日と末日、tenure_… は（月, 日）、workdays_… は日。
    least は確かな分、most はありうる最多。
    """

    window: tuple[date, date]
    tenure: Status
    tenure_least: Months
    tenure_most: Months
    workdays: Status
    workdays_least: int
    workdays_most: int

    @property
    def status(self) -> Status:
        """在職期間と従業日数の両方を満たすか。"""
        return all_of((self.tenure, self.workdays))


class Stretch(NamedTuple):
    """窓に切り取った在職。days は一覧の日（なければ None）、known は数に入ることが確かめられたか。"""

    employment: Employment
    first: int
    last: int
    known: bool
    least: int
    most: int
    days: tuple[int, ...] | None


@lru_cache(maxsize=64)
def _window(training_starts_on: date, years: int, counts_first_day: bool) -> tuple[date, date]:
    one = timedelta(days=1)
    first = years_before(training_starts_on, years)
    return (first + one, training_starts_on) if counts_first_day else (first, training_starts_on - one)


def window_of(training_starts_on: date, guideline: Guideline) -> tuple[date, date]:
    """研修開始日から起算した直近5年の初日と末日。読み window_counts_first_day による。"""
    return _window(training_starts_on, guideline.window_years, guideline.window_counts_first_day)


def known_as_experience(employment: Employment, guideline: Guideline) -> bool | None:
    """在職が経験に数えられるか：真・偽・未確認（None）。"""
    standard = employment.counter_standard if guideline.standard_for_experience else True
    if standard is False or employment.consultation is False:
        return False
    if standard is None or employment.consultation is None:
        return None
    return True


def _counts(employment: Employment, first: int, last: int, whole: int) -> tuple[int, int]:
    """窓の中の従業日数の最少と最多。whole は在職全体の日数。"""
    inside = last - first + 1
    if employment.workdays_in_window is not None:
        return min(employment.workdays_in_window, inside), min(employment.workdays_in_window, inside)
    if employment.workdays is not None:
        return max(0, employment.workdays - (whole - inside)), min(employment.workdays, inside)
    return 0, inside


def stretch_of(
    employment: Employment, window: tuple[date, date], training_starts_on: date, guideline: Guideline
) -> Stretch | None:
    """在職を窓に切り取る。窓の外だけの在職、数えられない在職は None。"""
    known = known_as_experience(employment, guideline)
    if known is False:
        return None
    start = employment.started_on.toordinal()
    end = (employment.ended_on or training_starts_on).toordinal()
    first, last = max(start, window[0].toordinal()), min(end, window[1].toordinal())
    if last < first:
        return None
    if employment.days is None:
        least, most = _counts(employment, first, last, end - start + 1)
        return Stretch(employment, first, last, known is True, least, most, None)
    days = tuple(sorted(n for d in set(employment.days) if first <= (n := d.toordinal()) <= last))
    return Stretch(employment, first, last, known is True, len(days), len(days), days)


def stretches_of(
    training_starts_on: date, employments: Iterable[Employment], guideline: Guideline
) -> list[Stretch]:
    """数えられる、または数えられるかもしれない在職を、窓に切り取って返す。"""
    window = window_of(training_starts_on, guideline)
    found = (stretch_of(e, window, training_starts_on, guideline) for e in employments)
    return [one for one in found if one is not None]


def total_tenure(spans: Iterable[Span], days_per_month: int) -> Months:
    """在職期間の通算（月, 日）。つながった期間ごとに暦で数え、月は月、日は日で足し、30日を1か月とする。"""
    months = days = 0
    for first, last in merge(spans):
        run = months_and_days(date.fromordinal(first), date.fromordinal(last))
        months += run[0]
        days += run[1]
    return months + days // days_per_month, days % days_per_month


def _workdays(stretches: Sequence[Stretch]) -> tuple[int, int]:
    if len(stretches) == 1:  # ほとんどの人は一つの窓口だけで、重なりを数えるまでもない
        only = stretches[0]
        return only.least if only.known else 0, only.most
    known = [s for s in stretches if s.known]
    demands = [Demand(s.first, s.last, s.least, s.most) for s in stretches if s.days is None]
    sure = [Demand(s.first, s.last, s.least, s.most) for s in known if s.days is None]
    listed = {n for s in stretches if s.days is not None for n in s.days}
    listed_sure = {n for s in known if s.days is not None for n in s.days}
    return least_days(sure, listed_sure), most_days(demands, listed)


def _bounded(least: int, most: int, bound: int) -> Status:
    if least >= bound:
        return Status.MET
    return Status.NOT_MET if most < bound else Status.UNCONFIRMED


def summarise(training_starts_on: date, stretches: Sequence[Stretch], guideline: Guideline) -> Experience:
    """切り取った在職から、在職期間と従業日数の答えを作る。"""
    spans = [(s.first, s.last) for s in stretches]
    most = total_tenure(spans, guideline.days_per_month)
    if all(s.known for s in stretches):
        least = most
    else:
        least = total_tenure([(s.first, s.last) for s in stretches if s.known], guideline.days_per_month)
        most = max(least, most)
    fewest, fullest = _workdays(stretches)
    return Experience(
        window_of(training_starts_on, guideline),
        _bounded(least[0], most[0], guideline.tenure_months),
        least,
        most,
        _bounded(fewest, fullest, guideline.workdays),
        fewest,
        fullest,
    )


def experience(
    training_starts_on: date, employments: Iterable[Employment], guideline: Guideline
) -> Experience:
    """実務経験を判定する（4(2)・注6）。文は作らないので、多くの人を一度に判定するときはこれを使う。

    在職の日付と日数は矛盾がないものとする（外からの入力は evaluate が確かめる）。
    """
    return summarise(training_starts_on, stretches_of(training_starts_on, employments, guideline), guideline)
