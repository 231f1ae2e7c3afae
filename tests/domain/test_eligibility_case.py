"""事実の一式：変えても元は変わらず、凍らせて戻せば同じで、違いは一つずつ言葉になる。"""

import json
from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from app.domain.eligibility import CurrentPlace, Qualification, eligibility
from app.domain.eligibility_case import (
    Case,
    EmploymentPart,
    FactKey,
    QualificationPart,
    apply_changes,
    case_status,
    fact_values,
    freeze_case,
    judge_case,
    same_facts,
    thaw_case,
)
from app.domain.eligibility_differences import (
    differences,
    finding_differences,
    frozen_findings,
    guideline_differences,
)
from app.domain.errors import RuleViolation
from app.domain.experience import Employment
from tests.factories import GUIDELINE

START = date(2025, 8, 1)
FIRST = Employment("municipal", True, date(2022, 4, 1), date(2025, 3, 31), 300, 290)
SECOND = Employment("private", None, date(2024, 4, 1), None, days=(date(2024, 5, 1), date(2024, 5, 2)))
LICENCE = Qualification("career_consulting_technician", date(2020, 4, 1), False, 2)
CASE = Case(
    START,
    CurrentPlace("municipal", True, None),
    (EmploymentPart(11, "甲", FIRST), EmploymentPart(12, "乙", SECOND)),
    (QualificationPart(21, LICENCE),),
)


def key(part: str, part_id: int, field: str) -> FactKey:
    return FactKey(part, part_id, field)


def words(after: Case, before: Case = CASE) -> list[str]:
    return [d.words for d in differences(before, after)]


@pytest.mark.parametrize(
    ("where", "value", "said"),
    [
        (key("training", 0, "starts_on"), date(2025, 9, 1), "研修開始日：令和7年8月1日 → 令和7年9月1日"),
        (key("current", 0, "counter"), None, "現在の従事場所の窓口の種類：地方公共団体が運営する窓口 → 未確認"),
        (key("current", 0, "engaged"), False, "現在の従事場所の相談対応への従事：従事している → 従事していない"),
        (key("current", 0, "counter_standard"), True, "現在の従事場所の窓口の要件（注5）：未確認 → 満たす"),
        (key("employment", 11, "ended_on"), date(2024, 12, 31), "在職1の終了日：令和7年3月31日 → 令和6年12月31日"),
        (key("employment", 12, "ended_on"), START, "在職2の終了日：在職中 → 令和7年8月1日"),
        (key("employment", 12, "started_on"), START, "在職2の開始日：令和6年4月1日 → 令和7年8月1日"),
        (key("employment", 11, "workdays"), None, "在職1の従業日数（全期間）：300日 → なし"),
        (key("employment", 11, "workdays_in_window"), 0, "在職1の従業日数（対象期間内）：290日 → 0日"),
        (key("employment", 11, "counter"), "private", "在職1の窓口の種類：地方公共団体が運営する窓口 → 民間団体等が運営する窓口"),
        (key("employment", 11, "consultation"), False, "在職1の業務：相談対応 → 相談対応ではない"),
        (key("employment", 12, "counter_standard"), False, "在職2の窓口の要件（注5）：未確認 → 満たさない"),
        (key("employment", 12, "days"), None, "在職2の勤務日の一覧：2日分 → なし"),
        (
            key("employment", 12, "days"),
            (date(2024, 5, 1), date(2024, 5, 3)),
            "在職2の勤務日の一覧：2日分 → 2日分（R6.5.3 を追加、R6.5.2 を除外）",
        ),
        (key("qualification", 21, "evidence"), True, "国家資格1の登録証の写し：未確認 → 確認済み"),
        (key("qualification", 21, "grade"), None, "国家資格1の級：2級 → なし"),
        (key("qualification", 21, "lapsed_on"), START, "国家資格1の失効日：なし → 令和7年8月1日"),
    ],
)  # fmt: skip
def test_one_change_is_one_difference_in_words_and_leaves_the_original(
    where: FactKey, value: object, said: str
) -> None:
    after = apply_changes(CASE, {where: value})  # type: ignore[dict-item]
    assert words(after) == [said]
    assert [d.key for d in differences(CASE, after)] == [where]
    assert fact_values(after) == fact_values(CASE) | {where: value}
    assert words(CASE) == []


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (key("employment", 99, "workdays"), 1),
        (key("qualification", 11, "grade"), 1),
        (key("training", 0, "starts_on"), None),
        (key("employment", 11, "started_on"), None),
        (key("employment", 11, "ended_on"), "令和7年"),
        (key("employment", 11, "workdays"), True),
        (key("employment", 11, "workdays"), "百"),
    ],
)
def test_a_change_that_fits_nowhere_is_refused(where: FactKey, value: object) -> None:
    with pytest.raises(RuleViolation):
        apply_changes(CASE, {where: value})  # type: ignore[dict-item]


def test_frozen_and_thawed_it_is_the_same_even_through_json() -> None:
    frozen = json.loads(json.dumps(freeze_case(CASE, GUIDELINE)))
    assert thaw_case(frozen) == CASE
    assert frozen == freeze_case(CASE, GUIDELINE)


def test_new_row_numbers_and_names_are_no_changed_facts_but_any_value_is() -> None:
    frozen = freeze_case(CASE, GUIDELINE)
    renumbered = Case(
        START,
        CASE.current,
        (EmploymentPart(31, "甲の新しい名", FIRST), EmploymentPart(32, "", SECOND)),
        (QualificationPart(41, LICENCE),),
    )
    assert same_facts(frozen, freeze_case(renumbered, GUIDELINE))
    assert words(renumbered) == []
    for where in fact_values(CASE):
        value: object = None
        if where.field in ("starts_on", "started_on", "registered_on"):
            value = date(2024, 6, 1)
        elif fact_values(CASE)[where] is None:
            value = START if where.field.endswith("_on") else 1
        after = apply_changes(CASE, {where: value})  # type: ignore[dict-item]
        assert not same_facts(frozen, freeze_case(after, GUIDELINE)), where


def test_employments_that_come_and_go_are_told_by_their_dates() -> None:
    third = EmploymentPart(13, "丙", replace(SECOND, started_on=date(2025, 5, 1)))
    assert words(replace(CASE, employments=(*CASE.employments, third))) == [
        "在職3（丙）：なし → 追加（令和7年5月1日〜在職中）"
    ]
    assert words(replace(CASE, employments=CASE.employments[1:])) == [
        "前の在職1（甲）：令和4年4月1日〜令和7年3月31日 → 削除"
    ]
    assert words(replace(CASE, qualifications=())) == [
        "前の国家資格1：キャリアコンサルティング技能士（2級） → 削除"
    ]


def test_a_reading_that_changed_is_named() -> None:
    strict = replace(GUIDELINE, standard_for_experience=False, workdays=200)
    assert guideline_differences(freeze_case(CASE, GUIDELINE), freeze_case(CASE, strict)) == (
        "従業日数の下限（日）：180 → 200",
        "読み：実務経験の窓口にも注5を適用：する → しない",
    )
    assert guideline_differences(freeze_case(CASE, GUIDELINE), freeze_case(CASE, GUIDELINE)) == ()


def test_findings_that_changed_are_named_one_by_one() -> None:
    before = frozen_findings(judge_case(CASE, GUIDELINE).findings)
    assert finding_differences(before, judge_case(CASE, GUIDELINE).findings) == ()
    after = apply_changes(
        CASE, {key("current", 0, "counter_standard"): True, key("employment", 11, "workdays_in_window"): 291}
    )
    assert finding_differences(before, judge_case(after, GUIDELINE).findings) == (
        "窓口の要件：要確認 → 満たす（通年・無償・多言語・ワンストップの窓口であることを確認済みです。）",
        "従業日数 180日以上：「従業日数は最少290日・最多292日です。要件を満たします。」"
        "→「従業日数は最少291日・最多293日です。要件を満たします。」",
    )


def test_the_short_way_to_the_answer_agrees_with_the_long_one() -> None:
    places = [
        CurrentPlace(counter, engaged, standard)
        for counter in ("municipal", "national", None)
        for engaged, standard in product((True, False, None), repeat=2)
    ]
    works = [(), (FIRST,), (SECOND,), (replace(FIRST, workdays_in_window=179),)]
    papers = [
        (),
        (LICENCE,),
        (replace(LICENCE, evidence=True),),
        (replace(LICENCE, evidence=True, lapsed_on=date(2025, 7, 31)),),
        (replace(LICENCE, evidence=True, registered_on=date(2025, 8, 2)), LICENCE),
    ]
    for place, work, paper in product(places, works, papers):
        case = Case(
            START,
            place,
            tuple(EmploymentPart(i, "", e) for i, e in enumerate(work)),
            tuple(QualificationPart(i, q) for i, q in enumerate(paper)),
        )
        expected = eligibility(START, place, work, paper, GUIDELINE).status
        assert case_status(case, GUIDELINE) is expected, case
