"""国民の祝日と開庁日。日付は内閣府の公表した表による。"""

from datetime import date

import pytest

from app.domain.holidays import holidays, is_working_day, working_days_before


def days(year: int) -> list[str]:
    return [f"{d.month}/{d.day}" for d in holidays(year)]


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        (2000, "1/1 1/10 2/11 3/20 4/29 5/3 5/4 5/5 7/20 9/15 9/23 10/9 11/3 11/23 12/23"),
        (2009, "1/1 1/12 2/11 3/20 4/29 5/3 5/4 5/5 5/6 7/20 9/21 9/22 9/23 10/12 11/3 11/23 12/23"),
        (
            2019,
            "1/1 1/14 2/11 3/21 4/29 4/30 5/1 5/2 5/3 5/4 5/5 5/6 7/15 8/11 8/12 9/16 9/23 10/14 10/22 11/3 11/4 11/23",
        ),
        (2020, "1/1 1/13 2/11 2/23 2/24 3/20 4/29 5/3 5/4 5/5 5/6 7/23 7/24 8/10 9/21 9/22 11/3 11/23"),
        (2021, "1/1 1/11 2/11 2/23 3/20 4/29 5/3 5/4 5/5 7/22 7/23 8/8 8/9 9/20 9/23 11/3 11/23"),
        (
            2025,
            "1/1 1/13 2/11 2/23 2/24 3/20 4/29 5/3 5/4 5/5 5/6 7/21 8/11 9/15 9/23 10/13 11/3 11/23 11/24",
        ),
        (2026, "1/1 1/12 2/11 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/20 8/11 9/21 9/22 9/23 10/12 11/3 11/23"),
    ],
)
def test_the_holidays_of_a_year_are_those_announced(year: int, expected: str) -> None:
    assert days(year) == expected.split()


def test_a_day_between_two_holidays_and_a_substitute_are_named_so() -> None:
    assert holidays(2026)[date(2026, 9, 22)] == "国民の休日"
    assert holidays(2026)[date(2026, 5, 6)] == "振替休日"
    assert holidays(2019)[date(2019, 4, 30)] == "国民の休日"


def test_a_year_outside_the_table_is_refused() -> None:
    with pytest.raises(ValueError, match="1999年の祝日は定めていません"):
        holidays(1999)


def test_working_days_are_counted_back_over_holidays_weekends_and_the_turn_of_the_year() -> None:
    # 2026-05-11（月）から戻る：8（金）、7（木）、その前は 1（金）まで休み
    assert working_days_before(date(2026, 5, 11), 1) == date(2026, 5, 8)
    assert working_days_before(date(2026, 5, 11), 2) == date(2026, 5, 7)
    assert working_days_before(date(2026, 5, 11), 3) == date(2026, 5, 1)
    assert working_days_before(date(2026, 1, 5), 1) == date(2025, 12, 26)
    assert not is_working_day(date(2025, 12, 29))
    assert is_working_day(date(2025, 12, 26))
