"""有効期間・更新・取消し。"""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import InputRefused
from app.domain.validity import evaluate_validity, validity
from tests.factories import GUIDELINE

C = date(2025, 3, 10)


def expires(*renewals: date, revoked: date | None = None) -> date:
    return validity(C, renewals, revoked, GUIDELINE).expires_on


@pytest.mark.parametrize(
    ("renewals", "revoked", "expected"),
    [
        ((), None, date(2028, 3, 31)),
        ((C,), None, date(2031, 3, 31)),
        ((date(2028, 3, 31),), None, date(2031, 3, 31)),
        ((date(2028, 4, 1),), None, date(2028, 3, 31)),
        ((date(2026, 1, 1), date(2026, 6, 1)), None, date(2031, 3, 31)),
        ((date(2026, 1, 1), date(2028, 4, 1)), None, date(2034, 3, 31)),
        ((date(2028, 4, 1), date(2026, 1, 1)), None, date(2034, 3, 31)),
        ((date(2026, 1, 1),), date(2026, 1, 1), date(2028, 3, 31)),
        ((date(2026, 1, 1),), date(2026, 1, 2), date(2031, 3, 31)),
    ],
)
def test_a_renewal_within_a_period_adds_the_next_one_once(
    renewals: tuple[date, ...], revoked: date | None, expected: date
) -> None:
    assert expires(*renewals, revoked=revoked) == expected


@pytest.mark.parametrize(
    ("day", "revoked", "expected"),
    [
        (date(2025, 3, 9), None, "not_yet"),
        (C, None, "valid"),
        (date(2028, 3, 31), None, "valid"),
        (date(2028, 4, 1), None, "expired"),
        (date(2026, 1, 14), date(2026, 1, 15), "valid"),
        (date(2026, 1, 15), date(2026, 1, 15), "revoked"),
        (date(2040, 1, 1), date(2026, 1, 15), "revoked"),
    ],
)
def test_standing_follows_from_the_day(day: date, revoked: date | None, expected: str) -> None:
    assert validity(C, (), revoked, GUIDELINE).standing(day) == expected


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_the_first_period_always_ends_on_a_31_march_three_to_four_years_on(certified: date) -> None:
    end = validity(certified, (), None, GUIDELINE).expires_on
    assert (end.month, end.day) == (3, 31)
    assert 3 * 365 <= (end - certified).days <= 4 * 366


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"certified_on": "2025-03-10", "revoked_on": "2025-03-09"},
        {"certified_on": "2025-03-10", "renewals": ["2025-03-09"]},
        {"certified_on": "2025-03-10", "renewals": "2026-03-09"},
        {"certified_on": "2025-03-10", "certified": True},
    ],
)
def test_wrong_input_is_refused(value: dict[str, object]) -> None:
    with pytest.raises(InputRefused):
        evaluate_validity(value, GUIDELINE)
