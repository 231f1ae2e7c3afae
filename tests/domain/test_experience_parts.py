"""在職一つずつの内訳：内と外の日数、従業日数の幅、数えるかとその理由。"""

from dataclasses import replace
from datetime import date

import pytest

from app.domain.experience import Employment
from app.domain.experience_parts import EmploymentFigures, employment_figures
from tests.factories import GUIDELINE

START = date(2025, 8, 1)
# 窓の初めの日（2020-08-02）をまたぐ、内20日・外10日
ACROSS = Employment("municipal", True, date(2020, 7, 23), date(2020, 8, 21), 15)


def figures(one: Employment, guideline: object = GUIDELINE) -> EmploymentFigures:
    (found,) = employment_figures([one], START, guideline)  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(
    ("values", "expected", "why"),
    [
        ({}, (30, 20, 10, 5, 15, True), "全期間の従業日数から、対象期間の外で働きえた日数を除いて数えます。"),
        ({"workdays_in_window": 12}, (30, 20, 10, 12, 12, True), "対象期間内の従業日数を数えます。"),
        (
            {"days": (date(2020, 8, 1), date(2020, 8, 2), date(2020, 8, 21))},
            (30, 20, 10, 2, 2, True),
            "勤務日の一覧の日を数えます。",
        ),
        (
            {"workdays": None},
            (30, 20, 10, 0, 20, True),
            "従業日数の証明がないので、0日から在職の日数までの幅で数えます。",
        ),
        ({"ended_on": date(2020, 8, 1), "workdays": 5}, (10, 0, 10, 0, 0, False), "対象期間の外の在職なので、数えません。"),
        ({"ended_on": date(2020, 8, 2), "workdays": 11}, (11, 1, 10, 1, 1, True), None),
        ({"counter_standard": None}, (30, 20, 10, 0, 15, None), "窓口の要件（注5）が未確認なので、最多にだけ数えます。"),
        (
            {"counter_standard": None, "consultation": None},
            (30, 20, 10, 0, 15, None),
            "窓口の要件（注5）と相談対応の業務かが未確認なので、最多にだけ数えます。",
        ),
        ({"counter_standard": False}, (30, 20, 10, 0, 0, False), "窓口が注5の要件を満たさないので、数えません。"),
        ({"consultation": False}, (30, 20, 10, 0, 0, False), "相談対応の業務ではないので、数えません。"),
        ({"started_on": date(2025, 7, 31), "ended_on": None, "workdays": 2}, (2, 2, 0, 2, 2, True), None),
        ({"started_on": date(2025, 7, 31), "ended_on": date(2025, 8, 3), "workdays": 4}, (4, 2, 2, 2, 2, True), None),
    ],
)  # fmt: skip
def test_each_employment_tells_inside_outside_range_and_why(
    values: dict[str, object], expected: tuple[object, ...], why: str | None
) -> None:
    found = figures(replace(ACROSS, **values))  # type: ignore[arg-type]
    assert (
        found.whole,
        found.inside,
        found.outside,
        found.least,
        found.most,
        found.counted,
    ) == expected
    if why is not None:
        assert found.why == why


def test_where_the_standard_is_not_read_into_experience_it_is_not_asked() -> None:
    lenient = replace(GUIDELINE, standard_for_experience=False)
    found = figures(replace(ACROSS, counter_standard=None, consultation=None), lenient)
    assert found.why == "相談対応の業務かが未確認なので、最多にだけ数えます。"
    assert figures(replace(ACROSS, counter_standard=None), lenient).counted is True
