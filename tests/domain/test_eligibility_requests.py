"""補正の求め：要確認を解く文が、手紙に書けるまま、要る分だけ出る。"""

from dataclasses import replace
from datetime import date

from app.domain.eligibility import CurrentPlace, Qualification
from app.domain.eligibility_case import Case, EmploymentPart, QualificationPart, judge_case
from app.domain.eligibility_requests import Request, requests_of
from app.domain.experience import Employment
from tests.factories import GUIDELINE

START = date(2025, 8, 1)
GOOD = CurrentPlace("municipal", True, True)
LONG = Employment("municipal", True, date(2022, 4, 1), date(2025, 3, 31), workdays_in_window=400)
OVERLAPPING = (
    Employment("municipal", True, date(2023, 8, 1), date(2024, 9, 19), 96),
    Employment("municipal", True, date(2024, 8, 10), None, 107),
)
PAPER = Qualification("certified_social_worker", date(2015, 4, 1), False)


def asked(
    place: CurrentPlace, works: tuple[Employment, ...] = (), papers: tuple[Qualification, ...] = ()
) -> tuple[Request, ...]:
    case = Case(
        START,
        place,
        tuple(EmploymentPart(i, "", e) for i, e in enumerate(works)),
        tuple(QualificationPart(i, q) for i, q in enumerate(papers)),
    )
    return requests_of(case, judge_case(case, GUIDELINE), GUIDELINE)


def test_an_overlap_asks_for_the_list_of_its_days_and_says_how_many_are_lacking() -> None:
    assert asked(GOOD, OVERLAPPING) == (
        Request(
            "従業日数 180日以上",
            "勤務日内訳表",
            "在職期間が重なる令和6年8月10日から令和6年9月19日までの41日間について、窓口ごとに勤務した日が"
            "分かる勤務日内訳表を提出してください（重ならない従業日があと18日分確かめられれば足ります）。",
        ),
    )


def test_a_certificate_that_reaches_out_of_the_window_is_asked_again() -> None:
    reaching = Employment("municipal", True, date(2019, 8, 2), date(2021, 8, 1), 300)
    (one,) = asked(GOOD, (reaching,))
    assert (one.document_kind, one.sentence) == (
        "実務経験証明書",
        "令和2年8月2日から令和3年8月1日までの間に従業した日数が分かる証明書を提出してください"
        "（従業日があと180日分確かめられれば足ります）。",
    )


def test_one_who_is_clear_or_cannot_be_is_asked_nothing() -> None:
    assert asked(GOOD, (LONG,)) == ()
    assert asked(replace(GOOD, counter="national"), OVERLAPPING) == ()
    assert asked(GOOD) == ()


def test_what_would_not_change_the_answer_is_not_asked() -> None:
    unsure = replace(GOOD, counter_standard=None)
    standard = "現在の相談窓口について、通年・無償・多言語・ワンストップの窓口であることが分かる書類を提出してください。"
    # 実務経験で満たしているので、資格証の写しは求めない
    assert [r.sentence for r in asked(unsure, (LONG,), (PAPER,))] == [standard]
    # 資格で満たしているので、勤務日内訳表は求めない
    assert [r.sentence for r in asked(unsure, OVERLAPPING, (replace(PAPER, evidence=True),))] == [standard]


def test_experience_and_qualification_are_one_request_with_either() -> None:
    (one,) = asked(GOOD, OVERLAPPING, (PAPER,))
    assert one.sentence.endswith(
        "足ります）。または、社会福祉士の登録証（令和7年8月1日に有効なもの）の写しを提出してください。"
    )
    (only,) = asked(GOOD, (), (PAPER,))
    assert (only.requirement, only.document_kind) == ("国家資格による免除", "資格証の写し")
    assert only.sentence == "社会福祉士の登録証（令和7年8月1日に有効なもの）の写しを提出してください。"


def test_only_the_unconfirmed_licence_is_named() -> None:
    lapsed = Qualification("certified_public_psychologist", date(2020, 4, 1), True, None, date(2025, 7, 31))
    (one,) = asked(GOOD, (), (lapsed, PAPER))
    assert one.sentence == "社会福祉士の登録証（令和7年8月1日に有効なもの）の写しを提出してください。"


def test_an_unconfirmed_place_asks_for_what_is_unknown() -> None:
    first, second = asked(CurrentPlace(None, True, None), (LONG,))
    assert first.sentence == (
        "現在の相談窓口について、窓口を運営する者（地方公共団体か、その委託等を受けた機関か）と、"
        "現に相談対応（助言・指導を含む。）に従事していることが分かる書類を提出してください。"
    )
    assert (second.requirement, second.document_kind) == ("窓口の要件", "窓口の要件の確認書")
    (only,) = asked(CurrentPlace("municipal", None, True), (LONG,))
    assert only.sentence == (
        "現在の相談窓口について、現に相談対応（助言・指導を含む。）に従事していることが分かる書類を提出してください。"
    )


def test_an_unconfirmed_counter_of_the_past_is_asked_by_its_stretch() -> None:
    doubtful = replace(LONG, counter_standard=None, consultation=None)
    (one,) = asked(GOOD, (doubtful,))
    assert (one.requirement, one.document_kind) == ("在職期間 1年以上", "窓口の要件の確認書")
    assert one.sentence == (
        "令和4年4月1日から令和7年3月31日までの在職について、通年・無償・多言語・ワンストップの窓口であることと、"
        "相談対応の業務に従事したことが分かる書類を提出してください。"
    )


def test_days_or_the_standard_either_settles_when_the_tenure_is_clear() -> None:
    doubtful = Employment("private", None, date(2021, 1, 1), date(2021, 12, 31), workdays_in_window=100)
    short = Employment("municipal", True, date(2023, 4, 1), date(2024, 9, 30), 150, None)
    (one,) = asked(GOOD, (short, doubtful))
    assert one.sentence == (
        "令和3年1月1日から令和3年12月31日までの在職について、通年・無償・多言語・ワンストップの窓口であることが分かる書類を提出してください。"
    )
    (both,) = asked(GOOD, (*OVERLAPPING, doubtful))
    assert both.sentence.startswith("在職期間が重なる")
    assert "足ります）。または、令和3年1月1日から" in both.sentence
