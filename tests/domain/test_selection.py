"""選考の並べ方と分け方：定員を超えて選ばず、誰も失わず、同じ事実からは同じ順になる。"""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.selection import (
    CRITERIA,
    Candidate,
    Criterion,
    Move,
    Outcome,
    Plan,
    arrange,
    dump_plan,
    idle_criteria,
    lot_of,
    parse_plan,
    plan_problem,
    rank,
)

DAY = date(2026, 1, 5)
RECEPTION_ONLY = (Criterion("reception", "受付の順"),)


def by(*keys: str) -> tuple[Criterion, ...]:
    return tuple(Criterion(k, CRITERIA[k]) for k in keys)


def one(number: int, affiliation: str = "", prefecture: str = "", **values: object) -> Candidate:
    """受付番号＝id の一人。"""
    return replace(Candidate(number, number, DAY, affiliation, prefecture), **values)  # type: ignore[arg-type]


def order(candidates: list[Candidate], *keys: str, seed: str = "") -> list[int]:
    return [s.candidate.reception_number for s in rank(candidates, by(*keys), seed)]


@st.composite
def crowds(draw: st.DrawFn) -> list[Candidate]:
    numbers = draw(st.lists(st.integers(1, 400), unique=True, max_size=14))
    return [
        Candidate(
            n,
            n,
            draw(st.dates(date(2026, 1, 1), date(2026, 1, 9))),
            draw(st.sampled_from(["", "甲協会", "乙センター", "丙市"])),
            draw(st.sampled_from(["", "東京都", "大阪府"])),
            draw(st.sampled_from(["", "令和7年度 第1期"])),
            draw(st.booleans()),
            draw(st.integers(0, 400)),
        )
        for n in numbers
    ]


CRITERIA_SETS = st.lists(st.sampled_from(sorted(CRITERIA)), unique=True, max_size=5).map(lambda k: by(*k))
CAPACITIES = st.integers(1, 16)
WAITING = st.none() | st.integers(0, 8)


@given(crowds(), CRITERIA_SETS, st.text(max_size=4), st.randoms())
def test_the_ranking_holds_everybody_once_and_does_not_depend_on_the_given_order(
    crowd: list[Candidate], criteria: tuple[Criterion, ...], seed: str, random: object
) -> None:
    shuffled = list(crowd)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    found = rank(crowd, criteria, seed)
    assert sorted(s.candidate.application_id for s in found) == sorted(c.application_id for c in crowd)
    assert [s.place for s in found] == list(range(1, len(crowd) + 1))
    assert found == rank(shuffled, criteria, seed)
    assert all(len(s.reasons) == len(criteria) for s in found)


@given(
    crowds(),
    CRITERIA_SETS,
    CAPACITIES,
    WAITING,
    st.lists(st.tuples(st.integers(0, 13), st.none() | st.integers(1, 20)), max_size=5),
)
def test_never_more_than_the_capacity_is_selected_and_nobody_is_lost(
    crowd: list[Candidate],
    criteria: tuple[Criterion, ...],
    capacity: int,
    waiting: int | None,
    moved: list[tuple[int, int | None]],
) -> None:
    moves = [Move(crowd[i].application_id, place, "理由") for i, place in moved if i < len(crowd)]
    placed = arrange(rank(crowd, criteria), capacity, waiting, moves)
    decisions = [p.outcome.decision for p in placed]
    out = {m.application_id: m.place for m in moves}
    ousted = sum(place is None for place in out.values())
    assert sorted(p.standing.candidate.application_id for p in placed) == sorted(
        c.application_id for c in crowd
    )
    assert decisions.count("selected") == min(capacity, len(crowd) - ousted)
    left = max(0, len(crowd) - ousted - capacity)
    assert decisions.count("waiting") == (left if waiting is None else min(left, waiting))
    assert [p.outcome.rank for p in placed if p.outcome.decision == "waiting"] == list(
        range(1, decisions.count("waiting") + 1)
    )


@given(crowds(), CAPACITIES)
def test_a_later_applicant_displaces_nobody_by_reception(crowd: list[Candidate], capacity: int) -> None:
    late = Candidate(999, 999, date(2026, 1, 10), "新しい所属", "北海道", "令和7年度 第1期", True, 999)
    before = arrange(rank(crowd, by("reception")), capacity)
    after = arrange(rank([*crowd, late], by("reception")), capacity)
    assert [(p.standing.candidate, p.outcome) for p in after[:-1]] == [
        (p.standing.candidate, p.outcome) for p in before
    ]
    assert after[-1].standing.candidate == late


@given(crowds(), st.text(min_size=1, max_size=6))
def test_a_lot_of_one_person_does_not_depend_on_the_others(crowd: list[Candidate], seed: str) -> None:
    whole = order(crowd, "lot", seed=seed)
    assert whole == sorted((c.reception_number for c in crowd), key=lambda n: lot_of(seed, n))
    assert order(crowd[1:], "lot", seed=seed) == [
        n for n in whole if not crowd or n != crowd[0].reception_number
    ]


def test_the_lots_of_a_known_seed_stay_as_they_were_drawn() -> None:
    # printf 3f9c:0012 | sha256sum で確かめられる
    assert lot_of("3f9c", 12) == "ff2df1a7b161d2293f29cb40bc2bf2df18c7fcc5fa5315201458162defd586f0"
    assert order([one(n) for n in range(1, 6)], "lot", seed="3f9c") == [5, 3, 4, 2, 1]
    (first, *_) = rank([one(5)], by("lot"), "3f9c")
    assert first.reasons == ("抽選：くじ 439A2CF6",)


@given(crowds())
def test_everybody_first_of_an_affiliation_stands_before_every_second(crowd: list[Candidate]) -> None:
    found = rank(crowd, by("affiliation", "reception"))
    seen: dict[str, int] = {}
    nth = []
    for s in found:
        name = s.candidate.affiliation
        seen[name] = seen.get(name, 0) + 1
        nth.append(seen[name] if name else 1)
    assert nth == sorted(nth)


def test_the_first_of_each_affiliation_is_found_by_the_criteria_that_follow() -> None:
    crowd = [
        one(1, "甲", workdays=100),
        one(2, "甲", workdays=300),
        one(3, "乙", workdays=200),
        one(4, "甲", workdays=200),
    ]
    assert order(crowd, "affiliation", "workdays") == [2, 3, 4, 1]
    assert order(crowd, "affiliation", "reception") == [1, 3, 2, 4]
    assert order(crowd, "workdays", "affiliation") == [2, 3, 4, 1]
    assert order(crowd, "workdays", "reception") == [2, 3, 4, 1]


def test_the_stronger_criterion_comes_first() -> None:
    crowd = [
        one(1, "甲", "東京都"),
        one(2, "甲", "東京都", qualified=True),
        one(3, "乙", "東京都"),
        one(4, "丙", "大阪府", passed_over="令和7年度 第1期"),
    ]
    assert order(crowd, "affiliation", "qualification") == [2, 3, 4, 1]
    assert order(crowd, "prefecture") == [1, 4, 2, 3]
    assert order(crowd, "passed_over", "affiliation") == [4, 1, 3, 2]
    assert order(crowd, "qualification", "passed_over") == [2, 4, 1, 3]


def test_one_affiliation_is_found_under_every_spelling_and_a_blank_one_is_its_own() -> None:
    crowd = [one(1, "見本協会ＡＢ"), one(2, " 見本協会AB "), one(3), one(4, "  ")]
    assert order(crowd, "affiliation") == [1, 3, 4, 2]
    words = {s.candidate.reception_number: s.reasons for s in rank(crowd, by("affiliation"))}
    assert words[2] == ("所属機関：見本協会ABの2人目",)
    assert words[4] == ("所属機関：記載なし（1人目として扱う）",)


def test_the_reasons_and_the_criterion_that_decided_are_said_in_words() -> None:
    crowd = [one(1, "甲", "東京都"), one(2, "甲", "東京都"), one(3, "乙", "大阪府", workdays=12)]
    found = rank(crowd, by("affiliation", "workdays", "reception"))
    assert [(s.place, s.candidate.reception_number, s.decisive) for s in found] == [
        (1, 3, ""),
        (2, 1, CRITERIA["workdays"]),
        (3, 2, CRITERIA["affiliation"]),
    ]
    assert found[0].reasons == (
        "所属機関：乙の1人目",
        "従業日数：少なくとも12日",
        "受付：令和8年1月5日（0003）",
    )


def test_who_handed_in_earlier_stands_before_a_lower_number() -> None:
    assert order([one(1, received_on=date(2026, 1, 9)), one(2)], "reception") == [2, 1]
    assert [s.decisive for s in rank([one(1), one(2)], by("qualification"))] == ["", CRITERIA["reception"]]


def outcomes(capacity: int, waiting: int | None = None, *moves: Move) -> list[tuple[int, str, bool, str]]:
    placed = arrange(rank([one(n) for n in range(1, 6)], by("reception")), capacity, waiting, moves)
    return [(p.standing.candidate.application_id, p.outcome.words, p.departs, p.moved) for p in placed]


def test_the_line_is_cut_at_the_capacity_and_after_the_waiting() -> None:
    assert outcomes(2, 2) == [
        (1, "選ばれる", False, ""),
        (2, "選ばれる", False, ""),
        (3, "待機1", False, ""),
        (4, "待機2", False, ""),
        (5, "選考外", False, ""),
    ]
    assert [w for _, w, _, _ in outcomes(5, 2)] == ["選ばれる"] * 5
    assert [w for _, w, _, _ in outcomes(4)] == [*["選ばれる"] * 4, "待機1"]


def test_a_person_moved_in_pushes_the_last_one_out_and_both_depart() -> None:
    assert outcomes(2, None, Move(4, 1, "配置の都合")) == [
        (4, "選ばれる", True, "配置の都合"),
        (1, "選ばれる", False, ""),
        (2, "待機1", True, ""),
        (3, "待機2", True, ""),
        (5, "待機3", False, ""),
    ]


def test_a_move_among_the_selected_changes_no_result() -> None:
    assert [d for _, _, d, _ in outcomes(3, None, Move(3, 1, "並び"))] == [False] * 5


def test_a_person_moved_out_is_not_selected_and_the_next_moves_up() -> None:
    assert outcomes(2, None, Move(1, None, "重複の疑い"))[0::4] == [
        (2, "選ばれる", False, ""),
        (1, "選考外", True, "重複の疑い"),
    ]


def test_the_last_move_of_a_person_counts_and_a_stranger_is_left_aside() -> None:
    assert outcomes(2, None, Move(5, 1, "一"), Move(5, 4, "二"), Move(77, 1, "いない人")) == outcomes(
        2, None, Move(5, 4, "二")
    )


def test_a_person_moved_again_is_moved_after_the_others() -> None:
    moves = (Move(4, 1, "一"), Move(5, 1, "二"), Move(4, 1, "三"))
    assert [i for i, *_ in outcomes(2, None, *moves)] == [4, 5, 1, 2, 3]


def test_a_plan_is_read_back_as_it_was_written() -> None:
    plan = Plan(
        (Criterion("lot", "くじで決める"), Criterion("reception", "受付の順")),
        3,
        "ab12",
        date(2026, 2, 1),
        "事務 花子",
        (Move(4, None, "辞退の見込み"), Move(5, 2, "都合")),
        RECEPTION_ONLY,
        60,
    )
    assert parse_plan(dump_plan(plan)) == plan
    assert parse_plan(dump_plan(Plan())) == parse_plan(None) == Plan()


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (Plan(()), "選考の基準が一つもありません"),
        (Plan((Criterion("age", "若い順"),)), "知らない基準があります（age）"),
        (Plan(by("lot", "lot")), "同じ並べ方の基準が二つあります"),
        (Plan((Criterion("lot", "  "),)), "「抽選」の文を、一行、120字までで"),
        (Plan((Criterion("lot", "長" * 121),)), "「抽選」の文を、一行、120字までで"),
        (Plan((Criterion("lot", "二\n行"),)), "「抽選」の文を、一行、120字までで"),
        (Plan(waiting=-1), "待機の人数は0以上"),
    ],
)
def test_what_is_wrong_with_a_plan_is_said(plan: Plan, words: str) -> None:
    assert plan_problem(plan).startswith(words)
    assert plan_problem(Plan(by("affiliation", "lot"), 0)) == ""


def test_criteria_after_a_total_order_are_idle() -> None:
    assert idle_criteria(by("affiliation", "reception", "workdays")) == by("workdays")
    assert idle_criteria(by("workdays", "lot")) == ()
    assert Outcome("waiting", 3).words == "待機3"
