import contextlib
from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.calendar import (
    FIRST_DAY,
    LAST_DAY,
    end_of_fiscal_year,
    fiscal_year,
    last_day_inclusive,
    last_day_of_period,
    month_length,
    months_and_days,
    parse_date,
    wareki,
    wareki_short,
    weekday_ja,
    years_before,
)
from app.domain.errors import InputRefused
from tests.domain.twins import corresponding_end, each_day, tenure_by_days

DAYS = st.dates(date(1950, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("event", "last"),
    [
        (date(2022, 2, 28), date(2024, 2, 29)),
        (date(2024, 2, 28), date(2026, 2, 28)),
        (date(2024, 2, 29), date(2026, 2, 28)),
        (date(2024, 1, 20), date(2026, 1, 20)),
    ],
)
def test_period_from_an_event_does_not_count_its_first_day(event, last):
    assert last_day_of_period(event, 2) == last


def test_period_including_its_first_day_ends_before_the_corresponding_day():
    assert last_day_inclusive(date(2023, 3, 1), 12) == date(2024, 2, 29)
    assert last_day_inclusive(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert last_day_inclusive(date(2024, 1, 31), 0) == date(2024, 1, 30)
    assert last_day_inclusive(date(2024, 11, 30), 3) == date(2025, 2, 28)


@given(DAYS, st.integers(0, 130))
def test_period_ends_where_month_by_month_steps_end(start, months):
    assert last_day_inclusive(start, months) == corresponding_end(start, months)


@given(DAYS, st.integers(0, 900))
def test_months_and_days_agree_with_a_walk_by_days(start, length):
    end = start + timedelta(days=length)
    months, days = months_and_days(start, end)
    walked = tenure_by_days(set(each_day(start, end)))
    assert (months + days // 30, days % 30) == walked


def test_months_and_days_of_the_guidelines_examples():
    assert months_and_days(date(2023, 3, 1), date(2024, 2, 29)) == (12, 0)
    assert months_and_days(date(2023, 3, 1), date(2024, 2, 28)) == (11, 28)
    assert months_and_days(date(2024, 1, 2), date(2024, 1, 1)) == (0, 0)


def test_five_years_before_a_leap_day_is_the_end_of_february():
    assert years_before(date(2024, 2, 29), 5) == date(2019, 2, 28)
    assert years_before(date(2025, 8, 1), 5) == date(2020, 8, 1)


def test_fiscal_year_runs_from_april_to_march():
    assert [fiscal_year(d) for d in (date(2026, 3, 31), date(2026, 4, 1))] == [2025, 2026]
    assert [end_of_fiscal_year(d) for d in (date(2026, 3, 31), date(2026, 4, 1))] == [
        date(2026, 3, 31),
        date(2027, 3, 31),
    ]


@pytest.mark.parametrize(
    ("day", "long", "short"),
    [
        (date(2026, 3, 31), "令和8年3月31日", "R8.3.31"),
        (date(2019, 5, 1), "令和元年5月1日", "R1.5.1"),
        (date(2019, 4, 30), "平成31年4月30日", "H31.4.30"),
        (date(1989, 1, 8), "平成元年1月8日", "H1.1.8"),
        (date(1989, 1, 7), "昭和64年1月7日", "S64.1.7"),
        (date(1926, 12, 25), "昭和元年12月25日", "S1.12.25"),
        (date(1926, 12, 24), "大正15年12月24日", "T15.12.24"),
        (date(1912, 7, 30), "大正元年7月30日", "T1.7.30"),
        (date(1912, 7, 29), "明治45年7月29日", "M45.7.29"),
        (date(1873, 1, 1), "明治6年1月1日", "M6.1.1"),
    ],
)
def test_era_begins_on_its_day(day, long, short):
    assert (wareki(day), wareki_short(day)) == (long, short)
    assert parse_date(long).date == parse_date(short).date == day
    assert not parse_date(long).warning


def test_day_before_meiji_has_no_era_here():
    with pytest.raises(InputRefused, match="明治より前"):
        wareki(date(1867, 1, 1))


def test_weekday_is_one_character():
    assert weekday_ja(date(2026, 3, 31)) == "火"


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("R8.3.31", "2026-03-31"),
        ("r8.3.31", "2026-03-31"),
        ("令8.3.31", "2026-03-31"),
        ("令和８年３月３１日", "2026-03-31"),
        ("㋿8年3月31日", "2026-03-31"),
        ("令和八年三月三十一日", "2026-03-31"),
        ("令和 8 年 3 月 31 日", "2026-03-31"),
        ("平成元年1月8日", "1989-01-08"),
        ("S63/4/12", "1988-04-12"),
        ("S63-4-12", "1988-04-12"),
        ("昭和六十三年四月十二日", "1988-04-12"),
        ("20260331", "2026-03-31"),
        ("２０２６０３３１", "2026-03-31"),
        ("2026-03-31", "2026-03-31"),
        ("2026/3/31", "2026-03-31"),
        ("2026年3月31日", "2026-03-31"),
        ("二〇二六年三月三十一日", "2026-03-31"),
        ("西暦2026年3月31日", "2026-03-31"),
        ("8/3/31", "2026-03-31"),
        ("8.3.31", "2026-03-31"),
        ("R080331", "2026-03-31"),
        ("令和8年3月31日（火）", "2026-03-31"),
        ("2026‐03‐31", "2026-03-31"),
        ("令和十年二月二十日", "2028-02-20"),
        ("S-63-4-12", "1988-04-12"),
        ("昭和63年4月12日生", "1988-04-12"),
        ("昭和63年4月12日生まれ（満37歳）", "1988-04-12"),
        ("S63.4.12 (37才)", "1988-04-12"),
    ],
)
def test_date_is_read_as_people_write_it(text, iso):
    found = parse_date(text)
    assert (found.date.isoformat(), found.warning, found.note) == (iso, False, "")


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("平成32年4月1日", "2020-04-01"),
        ("H31.5.1", "2019-05-01"),
        ("令和元年4月30日", "2019-04-30"),
        ("昭和元年12月24日", "1926-12-24"),
        ("S64.1.8", "1989-01-08"),
        ("大正15年12月25日", "1926-12-25"),
        ("2026-03-31(水)", "2026-03-31"),
    ],
)
def test_date_outside_its_era_or_weekday_is_taken_with_a_warning(text, iso):
    found = parse_date(text)
    assert (found.date.isoformat(), found.warning) == (iso, True)
    assert found.note.endswith("。")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("令和7年2月30日", "2025年2月は28日までで、30日はありません"),
        ("令和7年13月1日", "13月はありません"),
        ("令和7年0月1日", "0月はありません"),
        ("令和0年4月1日", "令和0年はありません"),
        ("明治5年12月31日", "扱えるのは明治6年1月1日から西暦2999年までです"),
        ("0001-01-01", "扱えるのは明治6年1月1日から西暦2999年までです"),
        ("3000-01-01", "扱えるのは明治6年1月1日から西暦2999年までです"),
        ("2026-04-31", "2026年4月は30日までで、31日はありません"),
        ("2026-04-00", "2026年4月は30日までで、0日はありません"),
        ("二十十年一月一日", "のような形で書きます"),
        ("令和八年一二十月一日", "のような形で書きます"),
        ("あした", "のような形で書きます"),
        ("", "のような形で書きます"),
        ("٢٠٢٦-٠٣-٣١", "のような形で書きます"),
        ("2026-03-31" * 1000, "長すぎます"),
        ("あ" * 41, "「" + "あ" * 40 + "…」は日付として読めません（長すぎます）"),
        ("あ" * 40, "「" + "あ" * 40 + "」は日付として読めません（令和8年"),
    ],
)
def test_impossible_date_is_refused_with_what_is_wrong(text, reason):
    with pytest.raises(InputRefused, match=reason):
        parse_date(text)


@given(st.dates(FIRST_DAY, LAST_DAY))
def test_every_spelling_comes_back_to_its_day(day):
    wide = wareki(day).translate({ord(str(n)): ord("０") + n for n in range(10)})
    spellings = [day.isoformat(), day.strftime("%Y%m%d"), f"{wareki(day)}（{weekday_ja(day)}）"]
    spellings += [wareki_short(day), wide]
    assert [parse_date(s).date for s in spellings] == [day] * 5
    assert [parse_date(s).warning for s in spellings] == [False] * 5


@given(st.text(max_size=60))
def test_any_text_is_a_date_in_range_or_a_refusal(text):
    with contextlib.suppress(InputRefused):
        assert FIRST_DAY <= parse_date(text).date <= LAST_DAY


def test_month_lengths_are_those_of_the_gregorian_calendar():
    months = [(year, month) for year in range(1868, 3000) for month in range(1, 13)]
    assert [month_length(*m) for m in months] == [monthrange(*m)[1] for m in months]
