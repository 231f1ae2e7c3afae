"""有効期間・更新・取消し。"""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import InputRefused
from app.domain.validity import Period, evaluate_validity, validity
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


def test_a_revocation_on_the_day_of_certification_is_taken() -> None:
    found = evaluate_validity({"certified_on": "2025-03-10", "revoked_on": "2025-03-10"}, GUIDELINE)
    assert found["expires_on"] == "2028-03-31"


def test_the_sentence_tells_the_reckoning_and_what_each_renewal_did() -> None:
    found = evaluate_validity(
        {
            "certified_on": "2025-03-10",
            "renewals": ["2026-06-01", "2026-07-01", "2031-04-01", "2030-01-15"],
            "revoked_on": "2030-01-15",
            "as_of": "2031-04-01",
        },
        GUIDELINE,
    )
    notes = [
        "令和8年6月1日修了の更新研修は令和10年4月1日から令和13年3月31日までの更新となります。",
        "令和8年7月1日修了の更新研修は同じ期間の更新が済んでいるため、重ねては更新されません。",
        "令和12年1月15日修了の更新研修は取消し以後のため、更新されません。",
        "令和13年4月1日修了の更新研修は取消し以後のため、更新されません。",
    ]
    assert found["notes"] == notes
    assert found["sentence"] == (
        "令和7年3月10日の認証は、その日が属する年度の末日（令和7年3月31日）から3年の令和10年3月31日までです。"
        + "".join(notes)
        + "令和12年1月15日に取り消されました。"
        "有効期間は令和7年3月10日から令和13年3月31日までで、令和13年4月1日現在は取消しです。"
    )
    assert found["periods"] == [["2025-03-10", "2028-03-31"], ["2028-04-01", "2031-03-31"]]
    assert found["clause"] == "6(4)"


def test_a_renewal_after_the_expiry_is_told_as_too_late() -> None:
    assert validity(C, [date(2028, 4, 1)], None, GUIDELINE).notes == (
        "令和10年4月1日修了の更新研修は有効期間の満了後のため、更新されません。",
    )


def test_under_the_other_reading_a_renewal_runs_from_its_own_day() -> None:
    other = replace(GUIDELINE, renewal_follows_expiry=False)
    found = validity(C, [date(2026, 6, 1), date(2027, 4, 1)], None, other)
    assert found.periods == (
        Period(C, date(2028, 3, 31)),
        Period(date(2026, 6, 1), date(2030, 3, 31)),
        Period(date(2027, 4, 1), date(2031, 3, 31)),
    )
