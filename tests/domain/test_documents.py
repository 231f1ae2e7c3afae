"""書類の規則：事実から、どの書類が要るか。"""

from dataclasses import replace
from datetime import date

import pytest

from app.domain.documents import (
    Application,
    DocumentState,
    Requirement,
    Tenure,
    base_of,
    detail_of,
    document_state,
    kind_of,
    required_documents,
)
from app.domain.eligibility import Qualification
from app.domain.experience import Employment
from tests.factories import GUIDELINE

STARTS = date(2025, 8, 1)
JOB = Employment("municipal", True, date(2022, 4, 1), None, 400)
SOCIAL = Qualification("certified_social_worker", date(2018, 5, 10), False)
PLAIN = Application(STARTS, "見本市窓口", None, (Tenure("見本市窓口", JOB),), ())


def needed(facts: Application) -> list[str]:
    return [r.kind for r in required_documents(facts, GUIDELINE) if r.needed]


def reasons(facts: Application) -> dict[str, str]:
    return {r.kind: r.reason for r in required_documents(facts, GUIDELINE) if not r.needed}


def test_one_counter_asks_for_the_form_the_declaration_the_confirmation_and_one_proof() -> None:
    assert [(r.kind, r.clause) for r in required_documents(PLAIN, GUIDELINE)] == [
        ("申込書", "4"),
        ("申告書", "6(1)"),
        ("窓口の要件の確認書：見本市窓口", "4(1)・注5"),
        ("実務経験証明書：見本市窓口", "4(2)・注6"),
    ]


def test_a_proof_and_a_confirmation_for_each_counter_however_often_one_worked_there() -> None:
    other = replace(JOB, counter="private", started_on=date(2021, 4, 1), ended_on=date(2021, 12, 31))
    again = replace(other, started_on=date(2022, 1, 10), ended_on=date(2022, 2, 1), workdays=10)
    facts = replace(PLAIN, tenures=(*PLAIN.tenures, Tenure("支援団体", other), Tenure("支援団体", again)))
    assert needed(facts) == [
        "申込書",
        "申告書",
        "窓口の要件の確認書：見本市窓口",
        "窓口の要件の確認書：支援団体",
        "実務経験証明書：見本市窓口",
        "実務経験証明書：支援団体",
    ]


def test_a_licence_that_exempts_asks_for_its_copy_and_for_no_proof_of_experience() -> None:
    facts = replace(PLAIN, qualifications=(SOCIAL,))
    assert needed(facts) == ["申込書", "申告書", "窓口の要件の確認書：見本市窓口", "資格証の写し：社会福祉士"]
    assert reasons(facts) == {
        "実務経験証明書：見本市窓口": "社会福祉士により、実務経験は不要です（4 ただし書き）。"
    }


@pytest.mark.parametrize(
    ("licence", "asked"),
    [
        (replace(SOCIAL, registered_on=STARTS), True),
        (replace(SOCIAL, registered_on=date(2025, 8, 2)), False),
        (replace(SOCIAL, lapsed_on=STARTS), True),
        (replace(SOCIAL, lapsed_on=date(2025, 7, 31)), False),
        (Qualification("career_consulting_technician", date(2018, 5, 10), False, 2), True),
        (Qualification("career_consulting_technician", date(2018, 5, 10), False, 3), False),
    ],
)
def test_only_a_licence_that_is_valid_on_the_day_spares_the_proof(
    licence: Qualification, asked: bool
) -> None:
    found = needed(replace(PLAIN, qualifications=(licence,)))
    assert ("実務経験証明書：見本市窓口" in found) is not asked
    assert any(base_of(kind) == "資格証の写し" for kind in found) is asked


def test_a_technician_without_a_grade_is_asked_for_both() -> None:
    licence = Qualification("career_consulting_technician", date(2018, 5, 10), False)
    found = needed(replace(PLAIN, qualifications=(licence,)))
    assert found[-2:] == ["実務経験証明書：見本市窓口", "資格証の写し：キャリアコンサルティング技能士"]


@pytest.mark.parametrize(
    ("job", "reason"),
    [
        (replace(JOB, consultation=False), "相談対応の業務ではないため、実務経験に数えません。"),
        (replace(JOB, counter_standard=False), "注5の要件を満たさない窓口のため、実務経験に数えません。"),
        (
            replace(JOB, started_on=date(2015, 4, 1), ended_on=date(2019, 3, 31)),
            "直近5年の外の在職のため、実務経験に数えません。",
        ),
    ],
)
def test_an_employment_that_does_not_count_needs_no_proof_and_says_why(job: Employment, reason: str) -> None:
    facts = replace(PLAIN, tenures=(*PLAIN.tenures, Tenure("よその窓口", job)))
    assert reasons(facts) == {"実務経験証明書：よその窓口": reason}
    assert "窓口の要件の確認書：よその窓口" not in [r.kind for r in required_documents(facts, GUIDELINE)]


def test_without_employment_or_licence_a_proof_is_still_asked_for() -> None:
    assert needed(replace(PLAIN, tenures=(), counter_name=" ")) == [
        "申込書",
        "申告書",
        "窓口の要件の確認書：現在の窓口",
        "実務経験証明書",
    ]


def test_a_list_of_workdays_is_asked_for_only_where_the_days_are_not_settled() -> None:
    long = replace(JOB, started_on=date(2016, 4, 1), ended_on=date(2021, 3, 31), workdays=300)
    facts = replace(PLAIN, tenures=(Tenure("前の窓口", long),))
    assert "勤務日内訳表：前の窓口" in needed(facts)
    inside = replace(long, workdays_in_window=120)
    assert "勤務日内訳表：前の窓口" not in needed(replace(PLAIN, tenures=(Tenure("前の窓口", inside),)))
    assert "勤務日内訳表：前の窓口" not in needed(replace(facts, qualifications=(SOCIAL,)))
    # 重なる二つの窓口：どちらの日か分からない
    one = replace(JOB, started_on=date(2023, 4, 1), ended_on=date(2024, 9, 30), workdays=110)
    two = replace(one, started_on=date(2023, 6, 1), ended_on=date(2024, 12, 27), workdays=100)
    both = replace(PLAIN, tenures=(Tenure("甲", one), Tenure("乙", two)))
    assert [k for k in needed(both) if base_of(k) == "勤務日内訳表"] == [
        "勤務日内訳表：甲",
        "勤務日内訳表：乙",
    ]
    enough = replace(PLAIN, tenures=(Tenure("甲", replace(one, workdays=300)), Tenure("乙", two)))
    assert [k for k in needed(enough) if base_of(k) == "勤務日内訳表"] == []


def test_what_the_records_already_confirm_is_settled() -> None:
    facts = replace(PLAIN, counter_standard=True, qualifications=(replace(SOCIAL, evidence=True),))
    assert {r.kind: r.settled for r in required_documents(facts, GUIDELINE) if r.settled} == {
        "窓口の要件の確認書：見本市窓口": "現在の従事場所の記録で確認済み",
        "資格証の写し：社会福祉士": "国家資格の記録で、写しを確認済み",
    }


def test_one_document_is_listed_once_even_for_two_equal_licences() -> None:
    facts = replace(PLAIN, qualifications=(replace(SOCIAL, lapsed_on=date(2020, 1, 1)), SOCIAL))
    found = [r for r in required_documents(facts, GUIDELINE) if r.kind == "資格証の写し：社会福祉士"]
    assert [r.needed for r in found] == [True]


NEEDED = Requirement("申告書", "6(1)", True, "")
SETTLED = replace(NEEDED, settled="確認済み")
SPARED = replace(NEEDED, needed=False)
DAY = date(2026, 2, 20)


@pytest.mark.parametrize(
    ("one", "received_on", "waived", "asked", "state"),
    [
        (NEEDED, None, None, False, DocumentState.MISSING),
        (NEEDED, DAY, None, False, DocumentState.RECEIVED),
        (NEEDED, None, "同じもの", False, DocumentState.WAIVED),
        (NEEDED, None, None, True, DocumentState.MISSING),
        (NEEDED, DAY, None, True, DocumentState.DEFICIENT),
        (SETTLED, None, None, False, DocumentState.RECEIVED),
        (SETTLED, None, None, True, DocumentState.DEFICIENT),
        (SPARED, None, None, False, DocumentState.WAIVED),
        (SPARED, DAY, None, False, DocumentState.RECEIVED),
        (SPARED, None, None, True, DocumentState.MISSING),
        (None, None, None, False, DocumentState.WAIVED),
        (None, DAY, None, False, DocumentState.RECEIVED),
        (None, None, None, True, DocumentState.MISSING),
    ],
)
def test_the_state_of_a_document_follows_from_what_is_known(
    one: Requirement | None, received_on: date | None, waived: str | None, asked: bool, state: DocumentState
) -> None:
    assert document_state(one, received_on, waived, asked) is state


@pytest.mark.parametrize("detail", ["", "見本市：本庁"])
def test_a_kind_is_put_together_and_taken_apart(detail: str) -> None:
    kind = kind_of("実務経験証明書", detail)
    assert (base_of(kind), detail_of(kind)) == ("実務経験証明書", detail)
