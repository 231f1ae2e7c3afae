"""定員を超えたときの選考：基準・抽選・決定・四つの目。"""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from app.domain.access import Role
from app.domain.errors import RuleViolation
from app.domain.selection import Move, parse_plan
from app.services import eligibility, home, intake, progress
from app.services.office import Office
from app.services.views.selection import SelectionDraft
from database import audit
from database.schema.eligibility import SelectionDecision
from database.schema.intake import Application, Cohort
from database.store import Store
from tests.factories import (
    TODAY,
    change,
    insert,
    make_actor,
    make_applications,
    make_cohort,
    make_office,
    make_qualification,
    person,
)
from tests.services.selection_scene import (
    RECEPTION,
    SECOND,
    SPREAD,
    admitted,
    asked,
    by,
    employed,
    last_entry,
    make_crowded,
    selected,
    stored,
)


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


def planned(office: Office, cohort: int) -> list[tuple[int, str]]:
    return [(r.reception_number, r.outcome.words) for r in eligibility.get_selection(office, cohort).rows]


def test_without_a_selection_everybody_eligible_goes_on_as_before(office: Office) -> None:
    cohort, ids = make_crowded(office, capacity=6)
    view = eligibility.get_selection(office, cohort)
    assert (view.state.words, view.state.needed) == ("定員6名　資格あり6名（定員の内）", False)
    assert admitted(office, cohort) == ids
    assert asked(office, cohort) == []
    assert eligibility.list_findings(office, cohort)[0].selection == ""


def test_within_the_capacity_all_are_selected_in_one_press_and_it_is_said(office: Office) -> None:
    cohort, ids = make_crowded(office, capacity=6)
    result = eligibility.decide_selection(office, cohort)
    assert result.words == "資格ありの人は定員の内です。6名全員の受講を決定しました。"
    assert [(i, d) for i, d, _, _ in stored(office)] == [(i, "selected") for i in ids]
    assert admitted(office, cohort) == ids


def test_above_the_capacity_home_asks_and_nothing_is_decided_without_written_criteria(
    office: Office,
) -> None:
    cohort, _ = make_crowded(office)
    assert asked(office, cohort) == [("定員を超えています：選考が要ります（定員3名を3名超過）", "6名", None)]
    with pytest.raises(RuleViolation, match="選考の基準をまだ定めていません"):
        eligibility.decide_selection(office, cohort)
    assert stored(office) == []


def test_the_decision_follows_the_criteria_and_only_the_selected_go_on(office: Office) -> None:
    cohort, ids = make_crowded(office)
    eligibility.set_selection_criteria(office, cohort, SPREAD, 2)
    assert planned(office, cohort) == [
        (1, "選ばれる"),
        (4, "選ばれる"),
        (6, "選ばれる"),
        (2, "待機1"),
        (5, "待機2"),
        (3, "選考外"),
    ]
    result = eligibility.decide_selection(office, cohort)
    assert result.words == "選考を決定しました：選ばれた人3名、待機2名、選考外1名"
    assert stored(office)[3] == (
        ids[1],
        "waiting",
        1,
        "所属機関：見本市国際交流協会の2人目／受付：令和8年1月6日（0002）",
    )
    assert admitted(office, cohort) == [ids[0], ids[3], ids[5]]
    assert [r.selection for r in eligibility.list_findings(office, cohort)] == [
        "選ばれた",
        "待機1",
        "選考外",
        "選ばれた",
        "待機2",
        "選ばれた",
    ]
    assert asked(office, cohort) == []
    assert [s.title for s in home.funnel(office, cohort)][1] == "受講決定"
    with pytest.raises(RuleViolation, match="0002は受講が決定していません"):
        progress.get_course(office, ids[1])


def test_the_decision_is_one_audited_act_and_the_chain_holds(office: Office) -> None:
    cohort, _ = selected(office)
    entry = last_entry(office)
    assert (entry.action, entry.subject) == ("eligibility.decide_selection", f"cohort:{cohort}")
    assert entry.detail["changed"] == 6
    assert parse_plan(entry.detail["plan"]).criteria == RECEPTION
    assert audit.verify(office.store) == []


def test_who_is_moved_against_the_ranking_needs_a_reason_and_a_second_person(office: Office) -> None:
    cohort, ids = make_crowded(office)
    eligibility.set_selection_criteria(office, cohort, RECEPTION)
    moves = [Move(ids[5], 2, "愛知県からの受講がほかにないため")]
    with pytest.raises(RuleViolation, match="理由のないもの"):
        eligibility.decide_selection(office, cohort, [Move(ids[5], 2, " ")], second=SECOND)
    with pytest.raises(RuleViolation, match="二人目の確認が要ります"):
        eligibility.decide_selection(office, cohort, moves)
    with pytest.raises(RuleViolation, match="責任者ではない"):
        eligibility.decide_selection(office, cohort, moves, second=make_actor(Role.CLERK, "別の人"))
    with pytest.raises(RuleViolation, match="同じ人です"):
        eligibility.decide_selection(
            office, cohort, moves, second=replace(SECOND, person_key=make_actor().person_key)
        )
    assert stored(office) == []
    eligibility.decide_selection(office, cohort, moves, second=SECOND)
    assert [(i, d, r) for i, d, r, _ in stored(office)] == [
        (ids[0], "selected", 1),
        (ids[5], "selected", 2),
        (ids[1], "selected", 3),
        (ids[2], "waiting", 1),
        (ids[3], "waiting", 2),
        (ids[4], "waiting", 3),
    ]
    assert [r for _, _, _, r in stored(office)][1:4:2] == [
        "愛知県からの受講がほかにないため（計算では6番目・待機3、確認 責任 次郎）",
        "ほかの人を動かしたため（計算では3番目・選ばれる、確認 責任 次郎）",
    ]
    assert last_entry(office).detail["second_person"] == "責任 次郎"
    view = eligibility.get_selection(office, cohort)
    assert (view.departs, view.changes) == (True, 0)


def test_a_move_that_changes_no_result_needs_nobody_else(office: Office) -> None:
    cohort, ids = make_crowded(office)
    eligibility.set_selection_criteria(office, cohort, RECEPTION)
    eligibility.decide_selection(office, cohort, [Move(ids[2], 1, "名簿の順")])
    assert admitted(office, cohort) == ids[:3]


def test_what_changed_while_looking_stops_the_decision(office: Office) -> None:
    cohort, ids = make_crowded(office)
    eligibility.set_selection_criteria(office, cohort, RECEPTION)
    seen = eligibility.get_selection(office, cohort).digest
    eligibility.decide_selection(office, cohort, seen=seen)
    again = eligibility.get_selection(office, cohort).digest
    intake.withdraw(office, ids[0], TODAY, "本人の申出")
    with pytest.raises(RuleViolation, match="確かめている間に"):
        eligibility.decide_selection(office, cohort, reason="辞退", seen=again)
    assert len(stored(office)) == 6


def test_a_draft_is_seen_without_being_written(office: Office) -> None:
    cohort, ids = make_crowded(office)
    draft = SelectionDraft(SPREAD, 1, (Move(ids[4], None, "都合"),))
    view = eligibility.get_selection(office, cohort, draft)
    assert [(r.reception_number, r.outcome.words, r.moved) for r in view.rows] == [
        (1, "選ばれる", ""),
        (4, "選ばれる", ""),
        (6, "選ばれる", ""),
        (2, "待機1", ""),
        (3, "選考外", ""),
        (5, "選考外", "都合"),
    ]
    assert view.saved is False
    assert eligibility.get_selection(office, cohort).plan.criteria == RECEPTION
    with pytest.raises(RuleViolation, match="選考の基準が一つもありません"):
        eligibility.get_selection(office, cohort, SelectionDraft(()))


def test_deciding_again_needs_a_reason_and_stacks_only_what_changed(office: Office) -> None:
    cohort, ids = selected(office)
    with pytest.raises(RuleViolation, match="決定し直すには理由が要ります"):
        eligibility.decide_selection(office, cohort)
    with pytest.raises(RuleViolation, match="前の決定と同じです"):
        eligibility.decide_selection(office, cohort, reason="もう一度")
    eligibility.set_capacity(office, cohort, 4, "会場が広くなったため")
    assert eligibility.get_selection(office, cohort).changes == 3
    eligibility.decide_selection(office, cohort, reason="定員を増やしたため")
    assert stored(office)[6:] == [
        (ids[3], "selected", 4, "定員を増やしたため：受付：令和8年1月7日（0004）"),
        (ids[4], "waiting", 1, "定員を増やしたため：受付：令和8年1月8日（0005）"),
        (ids[5], "waiting", 2, "定員を増やしたため：受付：令和8年1月9日（0006）"),
    ]
    assert admitted(office, cohort) == ids[:4]


def test_taking_a_seat_away_needs_a_second_person_even_by_the_criteria(office: Office) -> None:
    cohort, ids = selected(office)
    eligibility.set_selection_criteria(office, cohort, SPREAD)
    assert eligibility.get_selection(office, cohort).displaced == 2
    with pytest.raises(RuleViolation, match="二人目の確認が要ります"):
        eligibility.decide_selection(office, cohort, reason="基準の誤り")
    eligibility.decide_selection(office, cohort, reason="基準の誤り", second=SECOND)
    assert admitted(office, cohort) == [ids[0], ids[3], ids[5]]
    eligibility.set_selection_criteria(office, cohort, RECEPTION)
    eligibility.decide_selection(office, cohort, reason="取り消す", second=SECOND)
    assert admitted(office, cohort) == ids[:3]


def test_lots_are_drawn_once_recorded_and_give_the_same_order_again(office: Office) -> None:
    office = replace(office, entropy=lambda size: bytes(range(size)))
    cohort, _ = make_crowded(office)
    with pytest.raises(RuleViolation, match="選考の基準に抽選がありません"):
        eligibility.draw_selection_lots(office, cohort)
    eligibility.set_selection_criteria(office, cohort, by("lot"))
    with pytest.raises(RuleViolation, match="抽選をまだ引いていません"):
        eligibility.decide_selection(office, cohort)
    seed = eligibility.draw_selection_lots(office, cohort)
    assert seed == "000102030405060708090a0b0c0d0e0f"
    assert last_entry(office).detail == {"seed": seed, "earlier": ""}
    order = [n for n, _ in planned(office, cohort)]
    assert order == [3, 5, 6, 4, 1, 2]  # printf 種:0003 | sha256sum の小さい順
    view = eligibility.get_selection(office, cohort)
    assert (view.plan.seed, view.plan.drawn_on, view.plan.drawn_by) == (seed, TODAY, "事務 花子")
    with pytest.raises(RuleViolation, match="引き直すには理由が要ります"):
        eligibility.draw_selection_lots(office, cohort, second=SECOND)
    with pytest.raises(RuleViolation, match="二人目の確認が要ります"):
        eligibility.draw_selection_lots(office, cohort, "立会いの誤り")
    other = replace(office, entropy=lambda size: bytes(size))
    eligibility.draw_selection_lots(other, cohort, "立会いの誤り", second=SECOND)
    assert last_entry(office).detail == {"seed": "0" * 32, "earlier": seed, "second_person": "責任 次郎"}


def test_facts_stand_behind_the_criteria_that_ask_for_them(office: Office) -> None:
    cohort, ids = make_crowded(office)
    make_qualification(office, ids[5])
    make_qualification(office, ids[4], evidence=False)
    insert(office, [employed(ids[3], date(2022, 4, 1), date(2023, 3, 31), 150)])
    draft = SelectionDraft(by("qualification", "workdays"))
    rows = eligibility.get_selection(office, cohort, draft).rows
    assert [(r.reception_number, *r.reasons) for r in rows[:3]] == [
        (6, "国家資格：あり", "従業日数：少なくとも300日"),
        (4, "国家資格：なし", "従業日数：少なくとも450日"),
        (1, "国家資格：なし", "従業日数：少なくとも300日"),
    ]


def test_who_was_left_out_the_last_time_comes_first_and_who_was_in_does_not(office: Office) -> None:
    cohort, ids = make_crowded(office)
    with office.store.sessions() as session:
        people = {a.id: a.person_id for a in session.scalars(select(Application))}
    older, last = (make_cohort(office, t, s) for t, s in ((1, date(2024, 8, 1)), (1, date(2025, 8, 1))))
    for term, chosen, decision in (
        (older, ids[2], "waiting"),
        (last, ids[2], "selected"),
        (last, ids[4], "not_selected"),
        (last, ids[5], "waiting"),
    ):
        (earlier,) = insert(
            office,
            [
                Application(
                    person_id=people[chosen],
                    cohort_id=term,
                    reception_number=chosen,
                    received_on=date(2024, 1, 1),
                    withdrawn_on=date(2025, 7, 1) if chosen == ids[5] else None,
                )
            ],
        )
        insert(
            office,
            [
                SelectionDecision(
                    application_id=earlier,
                    decided_on=date(2025, 7, 1),
                    decision=decision,
                    decided_by="だれか",
                )
            ],
        )
    rows = eligibility.get_selection(office, cohort, SelectionDraft(by("passed_over"))).rows
    assert [(r.reception_number, r.reasons[0]) for r in rows[:2]] == [
        (5, "前の期：令和7年度 第1期に選考外"),
        (1, "前の期：選考外ではない"),
    ]


def test_before_deciding_the_office_is_warned(office: Office) -> None:
    cohort, _ = make_crowded(office)
    make_applications(office, cohort, [person("未決定 者")], False)
    make_applications(office, cohort, [person("所属 なし")], counter_name="")
    eligibility.set_selection_criteria(office, cohort, by("affiliation", "reception", "lot"))
    assert eligibility.get_selection(office, cohort).warnings == (
        "受講資格が未決定の申込が1件あります。決定が揃ってから選考してください。",
        "「抽選」は働きません。その前の基準で順がすべて定まるためです。順を入れ替えてください。",
        "抽選をまだ引いていません。［抽選を引く］を押してください。",
        "所属機関の記載のない人が1名います。1人目として扱っています。",
    )


def test_the_capacity_is_changed_with_a_reason_only(office: Office) -> None:
    cohort, _ = make_crowded(office)
    with pytest.raises(RuleViolation, match="理由が空"):
        eligibility.set_capacity(office, cohort, 4, " ")
    with pytest.raises(RuleViolation, match="1名以上"):
        eligibility.set_capacity(office, cohort, 0, "理由")
    eligibility.set_capacity(office, cohort, 4, "会場の変更")
    assert (last_entry(office).summary, last_entry(office).reason) == (
        "定員を3名から4名に改めた",
        "会場の変更",
    )
    change(office, Cohort, cohort, capacity=6)
    assert asked(office, cohort) == []
