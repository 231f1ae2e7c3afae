from datetime import date
from itertools import product
from pathlib import Path

import pytest

from app.domain.eligibility import (
    COUNTER_WORDS,
    CurrentPlace,
    Qualification,
    eligibility,
    exemption_finding,
    place_finding,
)
from app.domain.experience import Employment
from app.domain.findings import Status, all_of, any_of, status_of
from app.domain.guideline import parse_guideline

EDITION = Path(__file__).parents[2] / "resources/editions/r7-02-27.toml"
GUIDELINE = parse_guideline(EDITION.read_text(encoding="utf-8"))
START = date(2025, 8, 1)
MET, NOT, ASK = Status.MET, Status.NOT_MET, Status.UNCONFIRMED
PLACES = {
    MET: CurrentPlace("municipal", True, True),
    NOT: CurrentPlace("national", True, True),
    ASK: CurrentPlace("municipal", True, None),
}
WORK = {
    MET: [Employment("private", True, date(2022, 4, 1), date(2024, 3, 31), 400)],
    NOT: [],
    ASK: [Employment("private", None, date(2022, 4, 1), date(2024, 3, 31), 400)],
}
PAPERS = {
    MET: [Qualification("certified_social_worker", date(2015, 4, 1), True)],
    NOT: [],
    ASK: [Qualification("certified_social_worker", date(2015, 4, 1), False)],
}
WORDS = {MET: "eligible", NOT: "ineligible", ASK: "unconfirmed"}


def test_kleene_tables():
    assert [all_of(pair) for pair in product((MET, ASK, NOT), repeat=2)] == [
        MET, ASK, NOT, ASK, ASK, NOT, NOT, NOT, NOT,
    ]  # fmt: skip
    assert [any_of(pair) for pair in product((MET, ASK, NOT), repeat=2)] == [
        MET, MET, MET, MET, ASK, ASK, MET, ASK, NOT,
    ]  # fmt: skip
    assert (all_of([]), any_of([])) == (MET, NOT)
    assert [status_of(fact) for fact in (True, False, None)] == [MET, NOT, ASK]


@pytest.mark.parametrize(("now", "paper", "work"), list(product((MET, NOT, ASK), repeat=3)))
def test_eligible_is_current_place_and_either_qualification_or_experience(now, paper, work):
    found = eligibility(START, PLACES[now], WORK[work], PAPERS[paper], GUIDELINE)
    assert (found.current, found.exemption, found.experience.status) == (now, paper, work)
    expected = all_of((now, any_of((paper, work))))
    assert (found.status, found.result) == (expected, WORDS[expected])
    assert bool(found.settles) == (expected is ASK)
    assert [f.requirement for f in found.findings] == [
        "現在の従事場所",
        "窓口の要件",
        "在職期間 1年以上",
        "従業日数 180日以上",
        "国家資格による免除",
    ]


@pytest.mark.parametrize(
    ("counter", "engaged", "status", "clause"),
    [
        ("municipal", True, MET, "4(1)①"),
        ("commissioned_by_municipality", True, MET, "4(1)②"),
        ("commissioned_by_municipality", False, NOT, "4(1)②"),
        ("municipal", None, ASK, "4(1)①"),
        ("national", True, NOT, "4(1)"),
        ("national", None, NOT, "4(1)"),
        ("commissioned_by_nation", True, NOT, "4(1)"),
        ("private", True, NOT, "4(1)"),
        (None, True, ASK, "4(1)"),
        (None, False, NOT, "4(1)"),
    ],
)
def test_only_a_municipal_or_municipally_commissioned_counter_is_a_current_place(
    counter, engaged, status, clause
):
    found = place_finding(CurrentPlace(counter, engaged, True))
    assert (found.status, found.clause) == (status, clause)
    assert found.sentence.endswith("。")
    assert bool(found.settles) == (status is ASK)


@pytest.mark.parametrize("counter", list(COUNTER_WORDS))
def test_every_kind_of_counter_counts_as_experience(counter):
    work = [Employment(counter, True, date(2022, 4, 1), date(2024, 3, 31), 400)]
    assert eligibility(START, PLACES[MET], work, [], GUIDELINE).result == "eligible"


@pytest.mark.parametrize(
    ("paper", "status", "sentence"),
    [
        (
            Qualification("career_consultant", START, True),
            MET,
            "キャリアコンサルタント（令和7年8月1日登録）により、実務経験は不要です。",
        ),
        (
            Qualification("career_consultant", date(2025, 8, 2), True),
            NOT,
            "キャリアコンサルタントの登録（令和7年8月2日）は研修開始日（令和7年8月1日）より後です。",
        ),
        (
            Qualification("certified_public_psychologist", date(2020, 1, 1), True, lapsed_on=START),
            MET,
            "公認心理師（令和2年1月1日登録）により、実務経験は不要です。",
        ),
        (
            Qualification(
                "certified_public_psychologist", date(2020, 1, 1), True, lapsed_on=date(2025, 7, 31)
            ),
            NOT,
            "公認心理師は令和7年7月31日に効力を失っており、研修開始日（令和7年8月1日）に有効ではありません。",
        ),
        (
            Qualification("mental_health_social_worker", date(2020, 1, 1), None),
            ASK,
            "精神保健福祉士の登録を証する写しが確認できていません。",
        ),
        (
            Qualification("career_consulting_technician", date(2020, 1, 1), True, grade=1),
            MET,
            "キャリアコンサルティング技能士（1級）（令和2年1月1日登録）により、実務経験は不要です。",
        ),
        (
            Qualification("career_consulting_technician", date(2020, 1, 1), True, grade=3),
            NOT,
            "キャリアコンサルティング技能士（3級）は、実務経験を不要とする級ではありません。",
        ),
        (
            Qualification("career_consulting_technician", date(2020, 1, 1), True),
            ASK,
            "キャリアコンサルティング技能士の登録を証する写しが確認できていません。",
        ),
    ],
)
def test_qualification_must_stand_on_the_day_the_training_starts(paper, status, sentence):
    found = exemption_finding(START, [paper])
    assert (found.status, found.sentence) == (status, sentence)
    assert bool(found.settles) == (status is ASK)


def test_one_good_qualification_is_enough_and_names_its_clause():
    papers = [
        Qualification("certified_social_worker", date(2015, 4, 1), False),
        Qualification("certified_public_psychologist", date(2019, 4, 1), True),
    ]
    found = exemption_finding(START, papers)
    assert (found.status, found.clause) == (MET, "4(3)④")
    assert exemption_finding(START, []).sentence == "該当する国家資格はありません。"


def test_a_grade_too_low_is_named_also_where_it_was_registered_or_lapsed_on_the_first_day():
    low = Qualification("career_consulting_technician", START, True, grade=3)
    gone = Qualification("career_consulting_technician", date(2020, 1, 1), True, lapsed_on=START, grade=3)
    words = "キャリアコンサルティング技能士（3級）は、実務経験を不要とする級ではありません。"
    assert [exemption_finding(START, [one]).sentence for one in (low, gone)] == [words, words]
