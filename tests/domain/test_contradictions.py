"""申込の事実の矛盾：一つずつ、境の両側で。"""

from datetime import date

import pytest

from app.domain.contradictions import (
    ApplicantFacts,
    Part,
    Place,
    Registration,
    Service,
    WorkdayClaim,
    age_on,
    contradictions,
    place_problem,
)
from tests.factories import GUIDELINE

TODAY = date(2026, 2, 20)
STARTS = date(2025, 8, 1)  # 対象期間は 2020-08-02 から
BORN = date(1985, 4, 1)
JOB = WorkdayClaim(date(2022, 4, 1), date(2024, 3, 31), 410)
CITY = Place("municipal", "見本市相談窓口")
Found = list[tuple[Part, int, str, bool]]


def found(facts: ApplicantFacts) -> Found:
    return [(c.part, c.at, c.column, c.warning) for c in contradictions(facts, STARTS, TODAY, GUIDELINE)]


def served(*claims: WorkdayClaim, born: date = BORN) -> ApplicantFacts:
    return ApplicantFacts(
        born, CITY, tuple(Service(Place("municipal", f"窓口{i}"), c) for i, c in enumerate(claims))
    )


def test_facts_that_agree_are_no_contradiction() -> None:
    facts = ApplicantFacts(BORN, CITY, (Service(CITY, JOB),), (Registration(date(2015, 4, 1), None),))
    assert contradictions(facts, STARTS, TODAY, GUIDELINE) == ()


@pytest.mark.parametrize(
    ("claim", "column"),
    [
        (WorkdayClaim(date(2024, 3, 31), date(2024, 3, 31), 1), None),
        (WorkdayClaim(date(2024, 4, 1), date(2024, 3, 31)), "終了日"),
        (WorkdayClaim(date(2024, 3, 1), date(2024, 3, 31), 31), None),
        (WorkdayClaim(date(2024, 3, 1), date(2024, 3, 31), 32), "従業日数"),
        (WorkdayClaim(date(2024, 3, 1), date(2024, 3, 31), 31, 31), None),
        (WorkdayClaim(date(2024, 3, 1), date(2024, 3, 31), None, 32), "従業日数（対象期間内）"),
        (WorkdayClaim(date(2024, 3, 1), date(2024, 3, 31), -1), "従業日数"),
        (WorkdayClaim(date(2024, 3, 1), date(2024, 3, 31), None, -1), "従業日数（対象期間内）"),
        (WorkdayClaim(date(2024, 3, 1), date(2024, 3, 31), 10, 9), "従業日数（対象期間内）"),
        (WorkdayClaim(date(2020, 8, 1), date(2020, 8, 31), 10, 9), None),
        (WorkdayClaim(date(2024, 3, 1), None, 519), None),
        (WorkdayClaim(date(2024, 3, 1), None, 520), "従業日数"),
        (WorkdayClaim(date(2024, 3, 1), date(2024, 3, 31), days=(date(2024, 3, 31),)), None),
        (WorkdayClaim(date(2024, 3, 1), date(2024, 3, 31), days=(date(2024, 4, 1),)), "従業日数"),
    ],
)
def test_dates_in_order_and_no_more_workdays_than_days(claim: WorkdayClaim, column: str | None) -> None:
    expected: Found = [] if column is None else [(Part.EMPLOYMENT, 1, column, False)]
    assert found(served(claim)) == expected


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        (date(2026, 2, 19), [("生年月日", True)]),
        (date(2011, 2, 21), [("生年月日", True)]),  # 14歳、明日15歳
        (date(2011, 2, 20), []),
        (TODAY, [("生年月日", False)]),
        (date(2026, 2, 21), [("生年月日", False)]),
        (date(1915, 2, 21), []),  # 110歳、明日111歳
        (date(1915, 2, 20), [("生年月日", True)]),
    ],
)
def test_a_birth_date_is_in_the_past_and_within_a_life(born: date, expected: list[tuple[str, bool]]) -> None:
    assert [(column, warning) for _, _, column, warning in found(ApplicantFacts(born))] == expected


def test_nobody_works_before_fifteen_and_the_wrong_birth_date_is_said_once() -> None:
    assert found(served(JOB, born=date(2007, 4, 1))) == []
    assert found(served(JOB, born=date(2007, 4, 2))) == [(Part.EMPLOYMENT, 1, "開始日", False)]
    (young,) = contradictions(served(JOB, born=date(2007, 4, 2)), STARTS, TODAY, GUIDELINE)
    assert young.sentence == (
        "1件目の在職：始まり（令和4年4月1日）が、生年月日（平成19年4月2日）から見て満14歳の時です"
        "（働けるのは満15歳から）。どちらの日付が違うかを確かめてください。"
    )
    (unborn,) = contradictions(served(JOB, born=date(2022, 4, 1)), STARTS, TODAY, GUIDELINE)
    assert "生まれる前です" in unborn.reason
    assert found(served(JOB, born=TODAY)) == [(Part.PERSON, 0, "生年月日", False)]


def test_the_age_changes_on_the_birthday() -> None:
    assert [age_on(date(2000, 2, 29), d) for d in (date(2015, 2, 28), date(2015, 3, 1))] == [14, 15]


@pytest.mark.parametrize(
    ("registration", "column"),
    [
        (Registration(date(1985, 4, 2)), None),
        (Registration(BORN), "登録日"),
        (Registration(date(2015, 4, 1), date(2015, 4, 1)), None),
        (Registration(date(2015, 4, 1), date(2015, 3, 31)), "失効日"),
    ],
)
def test_a_qualification_comes_after_birth_and_lapses_after_its_registration(
    registration: Registration, column: str | None
) -> None:
    expected: Found = [] if column is None else [(Part.QUALIFICATION, 1, column, False)]
    assert found(ApplicantFacts(BORN, registrations=(registration,))) == expected


def test_a_counter_is_not_its_own_commissioner() -> None:
    commissioned = "commissioned_by_municipality"
    assert place_problem(Place(commissioned, "見本国際交流協会", "見本市")) == ""
    assert place_problem(Place(commissioned, "見本国際交流協会")) == ""
    assert place_problem(Place(None, "", "見本市")) == ""
    # 全角・空白の違いでは、別のものにならない
    assert place_problem(Place(commissioned, "ＡＢＣ 協会", "abc協会")).startswith(
        "委託元が窓口「ＡＢＣ 協会」そのもの"
    )
    assert place_problem(Place("municipal", "見本市相談窓口", "見本市")).startswith(
        "委託元「見本市」がありますが"
    )
    own = Place(commissioned, "見本協会", "見本協会")
    assert found(ApplicantFacts(BORN, own, (Service(own, JOB),))) == [
        (Part.PERSON, 0, "委託元", False),
        (Part.EMPLOYMENT, 1, "委託元", False),
    ]


def test_the_same_employment_twice_is_refused_and_the_same_counter_overlapping_is_a_caution() -> None:
    twice = ApplicantFacts(
        BORN, CITY, (Service(CITY, JOB), Service(CITY, WorkdayClaim(JOB.started_on, JOB.ended_on)))
    )
    assert found(twice) == [(Part.EMPLOYMENT, 2, "開始日", False)]
    later = WorkdayClaim(date(2024, 3, 31), None)
    assert found(ApplicantFacts(BORN, CITY, (Service(CITY, JOB), Service(CITY, later)))) == [
        (Part.EMPLOYMENT, 2, "開始日", True)
    ]
    apart = WorkdayClaim(date(2024, 4, 1), None)
    assert found(ApplicantFacts(BORN, CITY, (Service(CITY, JOB), Service(CITY, apart)))) == []
    other = Place("private", "見本市相談窓口")
    assert found(ApplicantFacts(BORN, CITY, (Service(CITY, JOB), Service(other, JOB)))) == []
    nameless = Place("municipal")
    assert found(ApplicantFacts(BORN, CITY, (Service(nameless, JOB), Service(nameless, later)))) == []
