"""一日ずつたどる、遅いが明らかな双子。速い計算が同じ答えになることを確かめる。"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from app.domain.experience import Employment


def each_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def unions(choices: Sequence[Iterable[int]], listed: int) -> set[int]:
    """従業員ごとの「働いた日の集まり」の選び方すべてから、合わせた日の集まりをすべて作る（ビットが日）。"""
    found = {listed}
    for options in choices:
        masks = list(options)
        found = {union | mask for union in found for mask in masks}
    return found


def masks_between(first: int, last: int, least: int, most: int) -> list[int]:
    inside = sum(1 << n for n in range(first, last + 1))
    return [m for m in range(inside + 1) if m & ~inside == 0 and least <= m.bit_count() <= most]


def worked_inside(employment: Employment, window: list[date], outside: list[date]) -> list[int]:
    """証明書に合う、窓の中の働き方のすべて。"""
    days = set(each_day(employment.started_on, employment.ended_on or window[-1]))
    inside = [n for n, day in enumerate(window) if day in days]
    every = [m for m in range(1 << len(window)) if all(n in inside for n in range(len(window)) if m >> n & 1)]
    if employment.days is not None:
        return [sum(1 << n for n, day in enumerate(window) if day in employment.days)]
    if employment.workdays_in_window is not None:
        return [m for m in every if m.bit_count() == employment.workdays_in_window]
    if employment.workdays is not None:
        room = sum(1 for day in outside if day in days)
        return [m for m in every if 0 <= employment.workdays - m.bit_count() <= room]
    return every


def corresponding_end(start: date, months: int) -> date:
    """start を算入して months か月の末日を、月を一つずつ進めて求める。"""
    year, month = start.year, start.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    after = date(year + (month == 12), month % 12 + 1, 1)
    last = after - timedelta(days=1)
    return last if start.day > last.day else date(year, month, start.day) - timedelta(days=1)


def tenure_by_days(days: set[date]) -> tuple[int, int]:
    months = left = 0
    for day in sorted(days):
        if day - timedelta(days=1) in days:
            continue
        end = day
        while end + timedelta(days=1) in days:
            end += timedelta(days=1)
        whole = 0
        while corresponding_end(day, whole + 1) <= end:
            whole += 1
        months += whole
        left += (end - (corresponding_end(day, whole) if whole else day - timedelta(days=1))).days
    while left >= 30:
        months, left = months + 1, left - 30
    return months, left
