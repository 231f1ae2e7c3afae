"""規則の物差し：一人ずつの判定を、日の集まりで数える素直なやり方と比べる。"""

from datetime import date, timedelta
from pathlib import Path

from app.domain.eligibility import CurrentPlace, eligibility
from app.domain.experience import Employment, experience
from tests.benchmarks.harness import Job, Pair
from tests.factories import GUIDELINE

START = date(2025, 10, 1)
PLACE = CurrentPlace("municipal", True, True)


def _plain(i: int) -> tuple[Employment, ...]:
    """重ならない三つの在職。"""
    return tuple(
        Employment(
            "municipal",
            True,
            date(2012 + 4 * k, 4, 1) + timedelta(days=i % 300),
            date(2016 + 4 * k, 3, 1),
            600 + i % 90,
            None,
        )
        for k in range(3)
    )


def _overlapping(i: int) -> tuple[Employment, ...]:
    """同じ時期に二つの窓口で働いた三つの在職（最少と最多に幅がある）。"""
    return (
        Employment("municipal", True, date(2019, 4, 1), date(2024, 3, 31), 900 + i % 90),
        Employment("private", True, date(2022, 1, 1) + timedelta(days=i % 300), date(2025, 3, 31), 300),
        Employment("national", True, date(2023, 4, 1), date(2025, 6, 30), 200 + i % 50),
    )


def _set_of_days(employments: tuple[Employment, ...]) -> tuple[int, int]:
    """一日ずつ集まりに入れて数える、素直なやり方。"""
    first = START.replace(year=START.year - 5)
    days = {
        e.started_on + timedelta(days=n)
        for e in employments
        for n in range(((e.ended_on or START) - e.started_on).days + 1)
    }
    inside = {day for day in days if first <= day < START}
    return len(inside), sum(e.workdays or 0 for e in employments)


def _plain_case(size: int, _folder: Path) -> Pair:
    people = [_plain(i) for i in range(size)]
    return Pair(
        lambda: [experience(START, p, GUIDELINE) for p in people], lambda: [_set_of_days(p) for p in people]
    )


def _overlapping_case(size: int, _folder: Path) -> Pair:
    people = [_overlapping(i) for i in range(size)]
    return Pair(
        lambda: [experience(START, p, GUIDELINE) for p in people], lambda: [_set_of_days(p) for p in people]
    )


def _whole_finding(size: int, _folder: Path) -> Pair:
    people = [_plain(i) for i in range(size)]
    return Pair(
        lambda: [eligibility(START, PLACE, p, (), GUIDELINE) for p in people],
        lambda: [_set_of_days(p) for p in people],
    )


JOBS = (
    Job("実務経験（重ならない在職）", "日の集まり", 0.05, (500, 2_000), _plain_case, full=20_000),
    Job(
        "実務経験（重なる在職の最少と最多）", "日の集まり", 0.5, (500, 2_000), _overlapping_case, full=20_000
    ),
    Job("受講資格の判定と理由", "日の集まり", 0.5, (500, 2_000), _whole_finding, full=20_000),
)
