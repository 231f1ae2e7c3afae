"""開庁日。祝日は内閣府の公表した表による。"""

from datetime import date, timedelta

import pytest

from app.services.working_days import is_working_day, working_days_before


def closed_weekdays(year: int) -> list[str]:
    """年末年始のほかの、平日の休み。"""
    days = [date(year, 1, 4) + timedelta(days=n) for n in range(354)]
    return [f"{d.month}/{d.day}" for d in days if d.weekday() < 5 and not is_working_day(d)]


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        (2019, "1/14 2/11 3/21 4/29 4/30 5/1 5/2 5/3 5/6 7/15 8/12 9/16 9/23 10/14 10/22 11/4"),
        (2025, "1/13 2/11 2/24 3/20 4/29 5/5 5/6 7/21 8/11 9/15 9/23 10/13 11/3 11/24"),
        (2026, "1/12 2/11 2/23 3/20 4/29 5/4 5/5 5/6 7/20 8/11 9/21 9/22 9/23 10/12 11/3 11/23"),
    ],
)
def test_the_office_is_closed_on_the_holidays_announced(year: int, expected: str) -> None:
    assert closed_weekdays(year) == expected.split()


def test_working_days_are_counted_back_over_holidays_weekends_and_the_turn_of_the_year() -> None:
    # 2026-05-11（月）から戻る：8（金）、7（木）、その前は 1（金）まで休み
    assert working_days_before(date(2026, 5, 11), 1) == date(2026, 5, 8)
    assert working_days_before(date(2026, 5, 11), 2) == date(2026, 5, 7)
    assert working_days_before(date(2026, 5, 11), 3) == date(2026, 5, 1)
    assert working_days_before(date(2026, 1, 5), 1) == date(2025, 12, 26)
    assert not is_working_day(date(2025, 12, 29))
    assert is_working_day(date(2025, 12, 26))
