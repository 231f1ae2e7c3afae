"""研修期の日どうしと受付日：境の両側で。"""

from datetime import date

import pytest

from app.domain.application_days import (
    closing_problem,
    course2_problem,
    reception_caution,
    reception_problem,
)

STARTS = date(2026, 4, 1)
CLOSES = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("received", "today", "words"),
    [
        (date(2026, 3, 1), date(2026, 3, 1), ""),
        (date(2026, 3, 2), date(2026, 3, 1), "今日より後です"),
        (date(2027, 4, 1), date(2028, 1, 1), ""),
        (date(2027, 4, 2), date(2028, 1, 1), "一年を超えて後です"),
    ],
)
def test_an_application_is_not_of_tomorrow_nor_of_a_year_after(
    received: date, today: date, words: str
) -> None:
    found = reception_problem(received, STARTS, today)
    assert (words in found) == bool(found) if words else found == ""


@pytest.mark.parametrize(
    ("received", "closes", "words"),
    [
        (CLOSES, CLOSES, ""),
        (date(2026, 3, 11), CLOSES, "申込の締切（令和8年3月10日）より後です"),
        (date(2026, 3, 11), None, ""),
        (STARTS, None, ""),
        (date(2026, 4, 2), CLOSES, "研修開始日（令和8年4月1日）より後です"),
        (date(2025, 4, 1), CLOSES, ""),
        (date(2025, 3, 31), CLOSES, "一年を超えて前です"),
    ],
)
def test_a_late_or_very_early_reception_is_a_caution(received: date, closes: date | None, words: str) -> None:
    found = reception_caution(received, STARTS, closes)
    assert bool(found) == bool(words)
    assert words in found


def test_the_days_of_a_cohort_are_in_their_order() -> None:
    assert closing_problem(None, STARTS) == closing_problem(STARTS, STARTS) == ""
    assert closing_problem(date(2026, 4, 2), STARTS) == (
        "申込の締切（令和8年4月2日）が研修開始日（令和8年4月1日）より後です。日付を確かめてください。"
    )
    assert course2_problem(None, STARTS) == course2_problem(STARTS, STARTS) == ""
    assert course2_problem(date(2026, 3, 31), STARTS) == (
        "養成課程②の初日（令和8年3月31日）が研修開始日（令和8年4月1日）より前です。日付を確かめてください。"
    )
