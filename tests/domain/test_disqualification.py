"""欠格事由の真理表。"""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.disqualification import (
    PENALTIES,
    Conviction,
    Suspension,
    disqualification,
    evaluate_disqualification,
    judge_grounds,
)
from app.domain.errors import InputRefused
from tests.factories import GUIDELINE

FINAL = date(2020, 5, 1)
ENDED = date(2022, 2, 28)
LAST = date(2024, 2, 29)


def grounds(
    day: date, *convictions: Conviction, mental: str | None = "none", revocations: list[date] | None = None
):
    found = disqualification(day, mental, convictions, revocations or [], GUIDELINE)
    return {g.ground: (g.status, g.last_day) for g in found.grounds} | {"result": found.result}


@pytest.mark.parametrize("law", ["immigration", "technical_intern", "other"])
@pytest.mark.parametrize("penalty", list(PENALTIES))
def test_a_fine_counts_only_for_the_two_acts_and_imprisonment_for_every_law(law: str, penalty: str) -> None:
    found = grounds(LAST, Conviction(law, penalty, FINAL, ENDED))
    heavy = {"imprisonment_without_work", "imprisonment", "death"}
    expected_i = law != "other" and penalty in heavy | {"fine"}
    expected_u = law == "other" and penalty in heavy
    assert found["i"] == (("applies", LAST) if expected_i else ("clear", None))
    assert found["u"] == (("applies", LAST) if expected_u else ("clear", None))


@pytest.mark.parametrize(("day", "status"), [(LAST, "applies"), (LAST + timedelta(1), "clear")])
def test_the_two_years_end_with_their_last_day(day: date, status: str) -> None:
    assert grounds(day, Conviction("other", "imprisonment", FINAL, ENDED))["u"][0] == status


def other(**values: object) -> Conviction:
    return Conviction("other", "imprisonment", FINAL, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("conviction", "day", "expected"),
    [
        (Conviction("other", "imprisonment", None), LAST, ("clear", None)),
        (Conviction("other", "imprisonment", LAST + timedelta(1)), LAST, ("clear", None)),
        (Conviction("other", "imprisonment", LAST), LAST, ("applies", None)),
        (other(), LAST, ("applies", None)),
        (other(execution_ended_on=LAST + timedelta(1)), LAST, ("applies", None)),
        (other(execution_ended_on=LAST, execution_ceased_on=ENDED), LAST, ("applies", LAST)),
        (other(suspension=Suspension("full", LAST)), LAST, ("applies", LAST)),
        (other(suspension=Suspension("full", LAST)), LAST + timedelta(1), ("clear", None)),
        (other(suspension=Suspension("full", None)), LAST, ("applies", None)),
        (other(suspension=Suspension("full", LAST, revoked=True)), LAST + timedelta(1), ("applies", None)),
        (other(execution_ended_on=ENDED, suspension=Suspension("partial", LAST)), LAST, ("applies", None)),
        (
            other(execution_ended_on=ENDED, suspension=Suspension("partial", date(2023, 1, 1))),
            LAST,
            ("applies", LAST),
        ),
        (
            other(execution_ended_on=ENDED, suspension=Suspension("partial", LAST)),
            LAST + timedelta(1),
            ("clear", None),
        ),
        (other(suspension=Suspension("partial", ENDED)), LAST, ("applies", None)),
    ],
)
def test_each_end_of_a_sentence_is_judged_as_the_penal_code_says(
    conviction: Conviction, day: date, expected: tuple[str, date | None]
) -> None:
    assert grounds(day, conviction)["u"] == expected


def test_of_several_sentences_an_unknown_end_hides_the_known_one() -> None:
    both = (other(execution_ended_on=ENDED), other())
    assert grounds(LAST, *both)["u"] == ("applies", None)


def test_of_several_known_ends_the_last_one_is_told() -> None:
    later = date(2023, 6, 1)
    found = grounds(LAST, other(execution_ended_on=ENDED), other(execution_ended_on=later))
    assert found["u"] == ("applies", date(2025, 6, 1))


@pytest.mark.parametrize(
    ("mental", "status", "result"),
    [
        ("impaired", "applies", "disqualified"),
        ("none", "clear", "clear"),
        (None, "unconfirmed", "unconfirmed"),
    ],
)
def test_mental_impairment_is_only_what_the_committee_found(
    mental: str | None, status: str, result: str
) -> None:
    found = grounds(LAST, mental=mental)
    assert (found["a"], found["result"]) == ((status, None), result)


def test_a_revocation_bars_for_two_years_from_its_day() -> None:
    revoked = date(2024, 3, 31)
    assert grounds(date(2026, 3, 31), revocations=[revoked])["e"] == ("applies", date(2026, 3, 31))
    assert grounds(date(2026, 4, 1), revocations=[revoked])["e"] == ("clear", None)
    assert grounds(date(2024, 3, 31), revocations=[revoked])["e"] == ("applies", date(2026, 3, 31))
    assert grounds(date(2024, 3, 30), revocations=[revoked])["e"] == ("clear", None)


@given(ended=st.dates(date(1990, 1, 1), date(2090, 1, 1)), after=st.integers(0, 1500))
def test_the_ground_applies_exactly_until_its_last_day(ended: date, after: int) -> None:
    day = ended + timedelta(after)
    status, last = grounds(day, Conviction("other", "imprisonment", date(1980, 1, 1), ended))["u"]
    assert (status == "applies") == (last is not None)
    if last is not None:
        assert 730 <= (last - ended).days <= 731


@pytest.mark.parametrize(
    "value",
    [
        {"as_of": "2024-02-30"},
        {"as_of": "2024-02-29", "mental": "ill"},
        {"as_of": "2024-02-29", "unknown": 1},
        {
            "as_of": "2024-02-29",
            "convictions": [{"law": "other", "penalty": "fine", "execution_ended_on": "2020-01-01"}],
        },
        {
            "as_of": "2024-02-29",
            "convictions": [
                {
                    "words": "令和4年2月28日執行終了 → 令和6年2月29日まで該当（初日不算入）",
                    "law": "other",
                    "penalty": "fine",
                    "finalized_on": "2024-01-05",
                    "execution_ended_on": "2023-01-01",
                }
            ],
        },
    ],
)
def test_wrong_input_is_refused(value: dict[str, object]) -> None:
    with pytest.raises(InputRefused):
        evaluate_disqualification(value, GUIDELINE)


def test_a_sentence_may_end_on_the_day_it_became_final() -> None:
    served = {
        "law": "other",
        "penalty": "imprisonment",
        "finalized_on": "2024-01-05",
        "execution_ended_on": "2024-01-05",
    }
    found = evaluate_disqualification(
        {"as_of": "2026-01-05", "mental": "none", "convictions": [served]}, GUIDELINE
    )
    assert found["result"] == "disqualified"


def test_records_that_are_not_given_are_none_and_null_ones_are_unknown() -> None:
    nothing = {"as_of": "2026-01-05", "mental": "none"}
    assert evaluate_disqualification(nothing, GUIDELINE)["result"] == "clear"
    for key in ("convictions", "revocations"):
        found = evaluate_disqualification({**nothing, key: None}, GUIDELINE)
        assert found["result"] == "unconfirmed"


def test_null_records_are_unconfirmed_and_never_clear() -> None:
    found = judge_grounds({"as_of": "2024-02-29", "mental": "none", "convictions": None}, GUIDELINE)
    assert (found["i"]["status"], found["u"]["status"], found["result"]) == ("unconfirmed",) * 3  # type: ignore[index]


def test_each_ground_tells_clause_figures_and_what_settles_it() -> None:
    found = judge_grounds(
        {
            "as_of": "2024-02-29",
            "convictions": [
                {
                    "law": "other",
                    "penalty": "imprisonment",
                    "finalized_on": "2020-05-01",
                    "execution_ended_on": "2022-02-28",
                },
                {"law": "other", "penalty": "fine", "finalized_on": "2021-05-01"},
                {"law": "immigration", "penalty": "fine", "finalized_on": "2024-01-05"},
            ],
            "revocations": ["2021-03-31", "2022-03-01"],
        },
        GUIDELINE,
    )
    assert {key: found[key]["clause"] for key in "aiue"} == {  # type: ignore[index]
        "a": "6(1)ア",
        "i": "6(1)イ",
        "u": "6(1)ウ",
        "e": "6(1)エ",
    }
    assert found["u"] == {
        "status": "applies",
        "last_day": "2024-02-29",
        "clause": "6(1)ウ",
        "sentence": "その他の法令・懲役・拘禁刑：令和4年2月28日執行終了 → 令和6年2月29日まで該当（初日不算入）。"
        "認証予定日（令和6年2月29日）に該当します。",
        "settles": "",
        "figures": {
            "years": 2,
            "sentences": [
                {
                    "words": "令和4年2月28日執行終了 → 令和6年2月29日まで該当（初日不算入）",
                    "law": "other",
                    "penalty": "imprisonment",
                    "applies": True,
                    "last_day": "2024-02-29",
                }
            ],
        },
    }
    assert found["i"]["settles"].startswith("執行を終わった日、")  # type: ignore[index]
    assert found["a"]["settles"].startswith("委員会が証拠（医師の意見など）により")  # type: ignore[index]
    assert found["e"]["sentence"] == (  # type: ignore[index]
        "令和3年3月31日取消し → 令和5年3月31日で経過済み（初日不算入）。"
        "令和4年3月1日取消し → 令和6年3月1日まで該当（初日不算入）。認証予定日（令和6年2月29日）に該当します。"
    )


def test_without_records_the_sentence_names_only_the_weight_that_counts() -> None:
    found = judge_grounds(
        {
            "as_of": "2024-02-29",
            "convictions": [{"law": "other", "penalty": "fine", "finalized_on": "2021-05-01"}],
        },
        GUIDELINE,
    )
    assert found["u"]["sentence"] == (  # type: ignore[index]
        "その他の法令による禁錮以上（令和7年6月1日からは拘禁刑以上）の刑の記録はありません。"
    )
    assert found["u"]["figures"] == {}  # type: ignore[index]
    assert found["e"]["sentence"] == "認証の取消しの記録はありません。"  # type: ignore[index]


def test_the_command_line_answer_holds_the_bare_answer_of_each_ground_and_the_reasons_apart() -> None:
    value: dict[str, object] = {"as_of": "2026-01-05", "mental": None, "revocations": ["2024-01-05"]}
    found = evaluate_disqualification(value, GUIDELINE)
    reasons = found.pop("findings")
    assert found == {
        "a": {"status": "unconfirmed"},
        "i": {"status": "clear", "last_day": None},
        "u": {"status": "clear", "last_day": None},
        "e": {"status": "applies", "last_day": "2026-01-05"},
        "result": "disqualified",
    }
    judged = judge_grounds(value, GUIDELINE)
    assert reasons == {
        key: {name: judged[key][name] for name in ("clause", "sentence", "settles", "figures")}  # type: ignore[index]
        for key in "aiue"
    }
