import json
from pathlib import Path

import pytest

from app.domain.errors import InputRefused
from app.domain.evaluate import RULES, evaluate
from app.domain.guideline import parse_guideline

HERE = Path(__file__).parent
EDITION = HERE.parents[1] / "resources/editions/r7-02-27.toml"
GUIDELINE = parse_guideline(EDITION.read_text(encoding="utf-8"))
EXAMPLES = [
    json.loads(line) for line in (HERE / "data/examples.jsonl").read_text(encoding="utf-8").splitlines()
]
JOB = {"counter": "municipal", "counter_standard": True, "started_on": "2023-08-01", "ended_on": "2024-09-19"}
HERE_NOW = {"counter": "municipal", "engaged": True, "counter_standard": True}


@pytest.mark.parametrize("case", EXAMPLES, ids=[case["id"] for case in EXAMPLES])
def test_example_of_the_specification(case):
    found = evaluate(case["rule"], case["input"], GUIDELINE)
    assert {key: found.get(key) for key in case["expect"]} == case["expect"]
    assert json.loads(json.dumps(found)) == found


def test_every_rule_has_a_name_and_an_example():
    assert sorted(RULES) == sorted({case["rule"] for case in EXAMPLES})


def test_unknown_rule_is_refused():
    with pytest.raises(InputRefused, match="「weather」という規則はありません"):
        evaluate("weather", {}, GUIDELINE)


@pytest.mark.parametrize("case", EXAMPLES, ids=[case["id"] for case in EXAMPLES])
def test_unknown_field_is_refused_by_every_rule(case):
    with pytest.raises(InputRefused, match="知らない項目です：extra。"):
        evaluate(case["rule"], case["input"] | {"extra": 1}, GUIDELINE)


def experience_with(**facts):
    employment = {key: value for key, value in (JOB | facts).items() if value != "absent"}
    return evaluate(
        "experience", {"training_starts_on": "2025-08-01", "employments": [employment]}, GUIDELINE
    )


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"ended_on": "2023-07-31"}, "終わり（令和5年7月31日）が始まり（令和5年8月1日）より前です"),
        ({"workdays": 417}, "workdays の 417 日は、在職の日数（416日）より多くなっています"),
        ({"workdays": -1}, "workdays が負です"),
        ({"workdays": True}, "workdays は整数で"),
        ({"workdays": 96.0}, "workdays は整数で"),
        ({"workdays": "96"}, "workdays は整数で"),
        ({"workdays": 10**30}, "workdays が大きすぎます"),
        ({"workdays_in_window": 417}, "直近5年の在職の日数（416日）を超えています"),
        ({"workdays": 100, "workdays_in_window": 101}, "食い違っています"),
        ({"workdays": 100, "workdays_in_window": 99}, "食い違っています"),
        ({"counter": "embassy"}, "counter は national・municipal"),
        ({"counter": None}, "counter は national・municipal"),
        ({"counter": "absent"}, "counter がありません"),
        ({"counter_standard": "yes"}, "counter_standard は true か false"),
        ({"counter_standard": 1}, "counter_standard は true か false"),
        ({"consultation": 0}, "consultation は true か false"),
        ({"started_on": "2023-02-30"}, "2023年2月は28日までで、30日はありません"),
        ({"started_on": 20230801}, "started_on は日付"),
        ({"started_on": "absent"}, "started_on がありません"),
        ({"days": "2024-01-01"}, "days は並び"),
        ({"days": ["2024-01-01", "2024-01-01"]}, "days に同じ日が二度あります"),
        ({"days": ["2023-07-31"]}, "令和5年7月31日 は、在職期間の外の日です"),
        ({"days": ["2024-01-01", "2024-01-02"], "workdays": 1}, "workdays（1日）より多くなっています"),
        ({"days": ["2024-01-01", "2024-01-02"], "workdays_in_window": 1}, "より多くなっています"),
        ({"hours": 8}, "知らない項目です：employments\\[0\\].hours"),
    ],
)
def test_employment_that_contradicts_itself_is_refused(facts, reason):
    with pytest.raises(InputRefused, match=reason):
        experience_with(**facts)


def test_list_of_days_is_read_exactly_and_the_era_is_understood():
    found = experience_with(workdays=96, days=["2024-01-04", "令和6年1月5日"])
    assert found["workdays"] == {"status": "not_met", "least": 2, "most": 2}


def test_employment_that_has_not_ended_counts_up_to_the_start():
    found = experience_with(ended_on=None, workdays=732)
    assert (found["tenure"]["least"], found["workdays"]["least"]) == ([24, 1], 732)
    with pytest.raises(InputRefused, match="在職の日数（732日）より多く"):
        experience_with(ended_on=None, workdays=733)


def test_employment_that_begins_after_the_start_adds_nothing():
    found = experience_with(started_on="2026-04-01", ended_on=None)
    assert (found["tenure"]["most"], found["workdays"]["most"], found["result"]) == ([0, 0], 0, "not_met")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({}, "training_starts_on がありません"),
        ({"training_starts_on": "2025-08-01"}, "employments がありません"),
        ({"training_starts_on": "1875-08-01", "employments": []}, "training_starts_on が古すぎます"),
        ({"training_starts_on": "2025-08-01", "employments": {}}, "employments は並び"),
        ({"training_starts_on": "2025-08-01", "employments": [1]}, "employments\\[0\\] は項目の集まり"),
    ],
)
def test_experience_input_of_another_shape_is_refused(value, reason):
    with pytest.raises(InputRefused, match=reason):
        evaluate("experience", value, GUIDELINE)


def eligibility_with(*qualifications, **rest):
    value = {
        "training_starts_on": "2025-08-01",
        "current": HERE_NOW,
        "employments": [],
        "qualifications": list(qualifications),
    }
    return evaluate("eligibility", value | rest, GUIDELINE)


PAPER = {"kind": "career_consulting_technician", "grade": 2, "registered_on": "2020-04-01", "evidence": True}


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"grade": 3}, "3級はありません（1級・2級）"),
        ({"grade": 0}, "0級はありません"),
        ({"grade": None}, "grade は整数で"),
        ({"grade": True}, "grade は整数で"),
        ({"grade": "2"}, "grade は整数で"),
        ({"kind": "certified_social_worker"}, "社会福祉士に級はありません"),
        ({"kind": "lawyer"}, "kind は certified_social_worker"),
        ({"registered_on": None}, "registered_on は日付"),
        ({"lapsed_on": "2020-03-31"}, "失効（lapsed_on）が登録（registered_on）より前です"),
        ({"evidence": "copy"}, "evidence は true か false"),
        ({"number": "1"}, "知らない項目です：qualifications\\[0\\].number"),
    ],
)
def test_qualification_that_cannot_be_is_refused(facts, reason):
    with pytest.raises(InputRefused, match=reason):
        eligibility_with(PAPER | facts)


def test_technician_without_a_grade_is_refused():
    with pytest.raises(InputRefused, match="grade がありません"):
        eligibility_with({key: value for key, value in PAPER.items() if key != "grade"})


def test_unknown_current_place_is_asked_for():
    found = eligibility_with(PAPER, current=None)
    assert (found["current"], found["result"]) == ("unconfirmed", "unconfirmed")
    assert found["settles"].startswith("現在の窓口の運営者と、")
    with pytest.raises(InputRefused, match="current がありません"):
        evaluate("eligibility", {"training_starts_on": "2025-08-01"}, GUIDELINE)


def test_findings_say_requirement_clause_figures_and_sentence():
    found = eligibility_with(PAPER)
    assert found["findings"][-1] == {
        "requirement": "国家資格による免除",
        "status": "met",
        "clause": "4(3)③",
        "figures": {"qualifications": [{"kind": "career_consulting_technician", "status": "met"}]},
        "sentence": "キャリアコンサルティング技能士（2級）（令和2年4月1日登録）により、実務経験は不要です。",
        "settles": "",
    }


@pytest.mark.parametrize("text", [None, 20260331, ["R8.3.31"], ""])
def test_date_of_another_type_is_refused(text):
    with pytest.raises(InputRefused):
        evaluate("date", {"text": text}, GUIDELINE)


def test_date_says_why_it_warns():
    assert evaluate("date", {"text": "平成32年4月1日"}, GUIDELINE) == {
        "date": "2020-04-01",
        "wareki": "令和2年4月1日",
        "warning": True,
        "note": "「平成32年4月1日」は平成の期間の外です。令和2年4月1日として扱いました。",
    }


HOSTILE: list[object] = [
    None, True, -1, 0, 3, 10**30, 1.5, float("inf"), "", "x", "2024-02-30", "2999-12-31", "1873-01-01", "\ud800",
    "9" * 5000, [], [None], [[]], {}, {"a": 1}, ["2024-01-01", "2024-01-01"],
]  # fmt: skip


def changed(value):
    """値のどこか一か所を悪い値に変えたもの、または一つの項目を除いたもの。"""
    yield from HOSTILE
    if isinstance(value, dict):
        for key in value:
            yield {k: v for k, v in value.items() if k != key}
            yield from (value | {key: worse} for worse in changed(value[key]))
    elif isinstance(value, list):
        for i in range(len(value)):
            yield from ([*value[:i], worse, *value[i + 1 :]] for worse in changed(value[i]))


@pytest.mark.parametrize("case", EXAMPLES, ids=[case["id"] for case in EXAMPLES])
def test_wrong_value_anywhere_is_a_result_or_a_japanese_refusal(case):
    for value in changed(case["input"]):
        if isinstance(value, dict):
            try:
                found = evaluate(case["rule"], value, GUIDELINE)
            except InputRefused as refusal:
                found = {"error": str(refusal)}
            assert json.loads(json.dumps(found)) == found, value
            assert not str(found.get("error", "。")).isascii(), value
