"""役所の開庁日：招集の通知などの期限を、会議の日から数えて戻す。

祝日・振替休日・国民の休日は jpholiday（国民の祝日に関する法律）、土曜・日曜と12月29日から1月3日までは
行政機関の休日に関する法律による。
"""

from datetime import date, timedelta

import jpholiday

_DAY = timedelta(days=1)
_SATURDAY = 5
_YEAR_END = frozenset({(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)})


def is_working_day(day: date) -> bool:
    """役所の開いている日か。"""
    if day.weekday() >= _SATURDAY or (day.month, day.day) in _YEAR_END:
        return False
    return not jpholiday.is_holiday(day)


def working_days_before(day: date, count: int) -> date:
    """day の前の日から数えて count 番目の開庁日（day は数えない）。count は 1 以上。"""
    found = day
    for _ in range(count):
        found -= _DAY
        while not is_working_day(found):
            found -= _DAY
    return found
