from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.experience import Employment, experience, window_of
from app.domain.experience_findings import judge_experience
from app.domain.findings import Status
from app.domain.guideline import parse_guideline
from tests.domain.twins import each_day, tenure_by_days, unions, worked_inside

EDITION = Path(__file__).parents[2] / "resources/editions/r7-02-27.toml"
GUIDELINE = parse_guideline(EDITION.read_text(encoding="utf-8"))
START = date(2025, 8, 1)
FIRST, LAST = date(2020, 8, 2), START


def employed(start: date, end: date | None, workdays: int | None = None, **rest: Any) -> Employment:
    facts: dict[str, Any] = {"counter": "municipal", "counter_standard": True} | rest
    return Employment(started_on=start, ended_on=end, workdays=workdays, **facts)


OVERLAPPING = [employed(date(2023, 8, 1), date(2024, 9, 19), 96), employed(date(2024, 8, 10), None, 107)]


@pytest.mark.parametrize(
    ("start", "first"),
    [
        (date(2025, 8, 1), date(2020, 8, 2)),
        (date(2024, 2, 29), date(2019, 3, 1)),
        (date(2025, 2, 28), date(2020, 2, 29)),
    ],
)
def test_window_is_five_years_that_include_the_start(start, first):
    assert window_of(start, GUIDELINE) == (first, start)


def test_window_without_the_start_where_the_reading_says_so():
    text = EDITION.read_text(encoding="utf-8").replace("value = true", "value = false", 1)
    assert window_of(START, parse_guideline(text)) == (date(2020, 8, 1), date(2025, 7, 31))


def test_overlap_is_least_162_most_203_and_18_days_settle_it():
    answer, (tenure, workdays) = judge_experience(START, OVERLAPPING, GUIDELINE)
    assert (answer.tenure_least, answer.tenure_most) == ((24, 1), (24, 1))
    assert (answer.workdays_least, answer.workdays_most, answer.status) == (162, 203, Status.UNCONFIRMED)
    assert workdays.figures == {
        "least": 162,
        "most": 203,
        "bound": 180,
        "needed": 18,
        "stretches": [["2024-08-10", "2024-09-19"]],
    }
    assert workdays.settles == (
        "勤務日内訳表で重なる41日間（R6.8.10〜R6.9.19）の従業日を入力するか、"
        "あと18日分の重複がないことを確かめてください。"
    )
    assert workdays.sentence == (
        "従業日数は最少162日・最多203日です。窓口の在職期間が重なり、同じ日を二重に数えている可能性があります。"
    )
    assert tenure.sentence == (
        "在職期間は2年0か月1日です（令和2年8月2日〜令和7年8月1日の5年間のうち）。要件を満たします。"
    )
    assert (workdays.clause, tenure.settles) == ("注6", "")


def test_days_before_the_window_may_have_taken_every_workday():
    _, (_, workdays) = judge_experience(
        START, [employed(date(2018, 4, 1), date(2021, 8, 31), 700)], GUIDELINE
    )
    assert workdays.figures["stretches"] == [["2020-08-02", "2021-08-31"]]
    assert workdays.settles == "R2.8.2〜R3.8.31の間に、あと180日分の従業日があることを確かめてください。"
    assert workdays.status is Status.UNCONFIRMED


def test_unconfirmed_counter_adds_to_most_only():
    sure = employed(date(2022, 4, 1), date(2022, 9, 30), 100)
    doubtful = employed(date(2023, 4, 1), date(2023, 9, 30), 90, counter_standard=None)
    answer, (tenure, workdays) = judge_experience(START, [sure, doubtful], GUIDELINE)
    assert (answer.tenure_least, answer.tenure_most, answer.tenure) == ((6, 0), (12, 0), Status.UNCONFIRMED)
    assert (answer.workdays_least, answer.workdays_most) == (100, 190)
    asked = (
        "R5.4.1〜R5.9.30の在職について、"
        "窓口が注5の要件（通年・無償・多言語・ワンストップ）を満たすことを確かめてください。"
    )
    assert (tenure.settles, workdays.settles) == (asked, asked)


def test_work_that_may_not_be_consultation_is_asked_for():
    doubtful = employed(date(2022, 4, 1), date(2023, 9, 30), 200, consultation=None)
    answer, (tenure, workdays) = judge_experience(START, [doubtful], GUIDELINE)
    asked = "R4.4.1〜R5.9.30の在職について、相談対応の業務であったことを確かめてください。"
    assert (tenure.settles, workdays.settles, answer.status) == (asked, asked, Status.UNCONFIRMED)


@pytest.mark.parametrize("fact", [{"counter_standard": False}, {"consultation": False}])
def test_counter_that_does_not_qualify_adds_nothing(fact):
    answer = experience(START, [employed(date(2021, 4, 1), date(2024, 3, 31), 600, **fact)], GUIDELINE)
    assert (answer.tenure_most, answer.workdays_most, answer.status) == ((0, 0), 0, Status.NOT_MET)


def test_note_5_is_not_asked_of_experience_where_the_reading_says_so():
    text = EDITION.read_text(encoding="utf-8")
    head, tail = text.split("[readings.standard_for_experience]")
    edition = parse_guideline(head + "[readings.standard_for_experience]" + tail.replace("true", "false", 1))
    job = employed(date(2021, 4, 1), date(2024, 3, 31), 600, counter_standard=None)
    assert experience(START, [job], edition).status is Status.MET


def test_touching_employments_are_one_run_and_thirty_days_make_a_month():
    touching = [
        employed(date(2023, 3, 1), date(2023, 9, 10), 100),
        employed(date(2023, 9, 11), date(2024, 2, 29), 100),
    ]
    assert experience(START, touching, GUIDELINE).tenure_least == (12, 0)
    apart = [
        employed(date(2023, 3, 1), date(2023, 8, 20), 90),
        employed(date(2023, 9, 11), date(2024, 2, 20), 90),
    ]
    assert experience(START, apart, GUIDELINE).tenure_least == (11, 0)


def test_listed_days_are_exact_and_free_for_an_overlapping_count():
    days = tuple(date(2024, 8, 10) + timedelta(days=n) for n in range(20))
    listed = employed(date(2024, 8, 1), date(2024, 12, 31), 60, days=days)
    other = employed(date(2024, 8, 10), date(2024, 8, 29), 20)
    answer = experience(START, [listed, other], GUIDELINE)
    assert (answer.workdays_least, answer.workdays_most) == (20, 20)
    wider = employed(date(2024, 8, 10), date(2024, 9, 8), 25)
    answer = experience(START, [listed, wider], GUIDELINE)
    assert (answer.workdays_least, answer.workdays_most) == (25, 30)


def test_count_for_the_window_is_taken_before_the_count_for_the_whole():
    job = employed(date(2018, 4, 1), date(2021, 8, 31), 700, workdays_in_window=200)
    answer = experience(START, [job], GUIDELINE)
    assert (answer.workdays_least, answer.workdays_most) == (200, 200)


@pytest.mark.parametrize(
    ("workdays", "status"), [(179, Status.NOT_MET), (180, Status.MET), (181, Status.MET)]
)
def test_180_workdays_are_enough_and_179_are_not(workdays, status):
    job = employed(date(2022, 4, 1), date(2024, 3, 31), workdays)
    assert experience(START, [job], GUIDELINE).workdays is status


@pytest.mark.parametrize(
    ("last", "tenure", "status"),
    [
        (date(2023, 3, 29), (11, 29), Status.NOT_MET),
        (date(2023, 3, 30), (12, 0), Status.MET),  # 30日を1か月とする
        (date(2023, 3, 31), (12, 0), Status.MET),
    ],
)
def test_twelve_months_are_enough_and_one_day_less_is_not(last, tenure, status):
    answer = experience(START, [employed(date(2022, 4, 1), last, 200)], GUIDELINE)
    assert (answer.tenure_least, answer.tenure) == (tenure, status)


def test_no_employment_is_not_met_with_zero():
    answer = experience(START, [], GUIDELINE)
    assert answer == ((FIRST, LAST), "not_met", (0, 0), (0, 0), "not_met", 0, 0)


@st.composite
def employments_near_the_edge(draw):
    """窓の初日をまたぐ数日の在職。外の3日と中の7日だけを使う。"""
    found = []
    for _ in range(draw(st.integers(1, 4))):
        first = draw(st.integers(-3, 6))
        last = draw(st.integers(first, 6))
        start, end = FIRST + timedelta(days=first), FIRST + timedelta(days=last)
        days = None
        if draw(st.booleans()):
            days = tuple(sorted(draw(st.sets(st.sampled_from(each_day(start, end))))))
        count = draw(st.none() | st.integers(0, last - first + 1))
        inside = draw(st.none() | st.integers(0, max(0, last + 1 - max(first, 0))))
        standard = draw(st.sampled_from([True, True, None, False]))
        found.append(
            employed(start, end, count, workdays_in_window=inside, days=days, counter_standard=standard)
        )
    return found


@settings(max_examples=400, deadline=None)
@given(employments_near_the_edge())
def test_least_and_most_agree_with_every_way_the_certificates_allow(employments):
    window = each_day(FIRST, FIRST + timedelta(days=6))
    outside = each_day(FIRST - timedelta(days=3), FIRST - timedelta(days=1))
    sure = [worked_inside(e, window, outside) for e in employments if e.counter_standard]
    hoped = [worked_inside(e, window, outside) for e in employments if e.counter_standard is not False]
    answer = experience(START, employments, GUIDELINE)
    assert answer.workdays_least == min(u.bit_count() for u in unions(sure, 0))
    assert answer.workdays_most == max(u.bit_count() for u in unions(hoped, 0))


SPANS = st.tuples(st.dates(date(2019, 6, 1), date(2025, 7, 31)), st.integers(0, 500), st.booleans())


@settings(max_examples=60, deadline=None)
@given(st.lists(SPANS, max_size=5))
def test_tenure_agrees_with_a_walk_by_days(spans):
    employments, sure, hoped = [], set(), set()
    for start, length, known in spans:
        end = min(start + timedelta(days=length), START)
        employments.append(employed(start, end, counter_standard=True if known else None))
        days = {day for day in each_day(start, end) if FIRST <= day <= LAST}
        hoped |= days
        if known:
            sure |= days
    answer = experience(START, employments, GUIDELINE)
    assert (answer.tenure_least, answer.tenure_most) == (tenure_by_days(sure), tenure_by_days(hoped))
