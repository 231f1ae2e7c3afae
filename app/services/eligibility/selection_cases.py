"""選考の土台：資格ありの人と事実を読み、並べ、画面のものを組む。"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.domain.eligibility import exemption_finding
from app.domain.errors import RuleViolation
from app.domain.experience import experience
from app.domain.findings import Status
from app.domain.guideline import Guideline
from app.domain.selection import Candidate, Outcome, Placed, Plan, arrange, dump_plan, idle_criteria, rank
from app.services.cohorts import cohort_title
from app.services.views.selection import NextUp, SelectionRow, SelectionState, outcome_words
from database.queries.eligibility import (
    CandidateRow,
    latest_selections,
    load_candidates,
    load_cases,
    passed_over,
)
from database.schema.base import canonical_json
from database.schema.eligibility import EligibilityDecision, SelectionDecision
from database.schema.intake import Application, Cohort


def cohort_of(session: Session, cohort_id: int) -> Cohort:
    """研修期。なければ RuleViolation。"""
    found = session.get(Cohort, cohort_id)
    if found is None:
        raise RuleViolation("この研修期はもうありません。一覧を開き直してください。")
    return found


def state_of(
    cohort: Cohort, rows: Sequence[CandidateRow], decided: Mapping[int, SelectionDecision]
) -> SelectionState:
    """資格ありの人と選考の決定から、数を求める。"""
    mine = [(r, decided[r.application_id]) for r in rows if r.application_id in decided]
    waiting = [(d.rank or 0, r) for r, d in mine if d.decision == "waiting"]
    first = min(waiting, key=lambda pair: (pair[0], pair[1].reception_number), default=None)
    return SelectionState(
        title=cohort_title(cohort),
        training_starts_on=cohort.training_starts_on,
        capacity=cohort.capacity,
        eligible=len(rows),
        made=bool(decided),
        selected=sum(d.decision == "selected" for _, d in mine),
        next_up=None if first is None else NextUp(first[1].application_id, first[1].name, first[0]),
        unranked=tuple(r.application_id for r in rows if r.application_id not in decided) if decided else (),
    )


def selection_state(session: Session, cohort_id: int) -> SelectionState:
    """研修期の選考の数（ホームと通知が見る）。"""
    return state_of(
        cohort_of(session, cohort_id),
        load_candidates(session, cohort_id),
        latest_selections(session, cohort_id),
    )


def _candidates(
    guideline: Guideline, session: Session, cohort: Cohort, rows: Sequence[CandidateRow], plan: Plan
) -> list[Candidate]:
    cases = {}
    if plan.uses("qualification") or plan.uses("workdays"):  # 事実をすべて読むのは、基準に要るときだけ
        cases = {c.application_id: c.case for c in load_cases(session, cohort.id)}
    earlier = passed_over(session, cohort) if plan.uses("passed_over") else {}
    found = []
    for r in rows:
        qualified, workdays = False, 0
        if case := cases.get(r.application_id):
            facts = [q.fact for q in case.qualifications]
            qualified = exemption_finding(case.starts_on, facts).status is Status.MET
            jobs = [e.fact for e in case.employments]
            workdays = experience(case.starts_on, jobs, guideline).workdays_least
        last = earlier.get(r.person_id)
        found.append(
            Candidate(
                r.application_id,
                r.reception_number,
                r.received_on,
                r.affiliation or r.counter_name,
                r.prefecture,
                "" if last is None else cohort_title(last),
                qualified,
                workdays,
            )
        )
    return found


def warnings_of(
    session: Session, cohort: Cohort, rows: Sequence[CandidateRow], plan: Plan, state: SelectionState
) -> tuple[str, ...]:
    """選考の前に気をつけること。"""
    found = []
    decided = exists().where(EligibilityDecision.application_id == Application.id)
    undecided = session.scalar(
        select(func.count(Application.id)).where(
            Application.cohort_id == cohort.id, Application.withdrawn_on.is_(None), ~decided
        )
    )
    if undecided:
        found.append(f"受講資格が未決定の申込が{undecided}件あります。決定が揃ってから選考してください。")
    if idle := idle_criteria(plan.criteria):
        found.append(
            f"「{idle[0].words}」は働きません。その前の基準で順がすべて定まるためです。順を入れ替えてください。"
        )
    if plan.uses("lot") and not plan.seed:
        found.append("抽選をまだ引いていません。［抽選を引く］を押してください。")
    for key, name, given in (
        ("affiliation", "所属機関", [r.affiliation or r.counter_name for r in rows]),
        ("prefecture", "都道府県", [r.prefecture for r in rows]),
    ):
        blank = sum(not x.strip() for x in given)
        if plan.uses(key) and blank:
            found.append(f"{name}の記載のない人が{blank}名います。1人目として扱っています。")
    if state.made and state.free < 0:
        found.append(f"選ばれた人が定員より{-state.free}名多くなっています。選考を決定し直してください。")
    return tuple(found)


def digest_of(
    cohort: Cohort, plan: Plan, placed: Sequence[Placed], decided: Mapping[int, SelectionDecision]
) -> str:
    """定員・定め・案・前の決定の要約値（見せた後に変わっていないことを確かめる）。"""
    seen = {
        "capacity": cohort.capacity,
        "plan": dump_plan(replace(plan, moves=())),
        "rows": [
            [p.standing.candidate.application_id, p.outcome.decision, p.outcome.rank, p.moved] for p in placed
        ],
        "decided": sorted(d.id for d in decided.values()),
    }
    return hashlib.sha256(canonical_json(seen).encode()).hexdigest()


def differs(outcome: Outcome, row: SelectionDecision | None) -> bool:
    """前の決定と違うか（選ばれた人どうしの順は比べない）。"""
    if row is None:
        return True
    if outcome.decision == row.decision == "selected":
        return False
    return (outcome.decision, outcome.rank) != (row.decision, row.rank)


def lose_seats(placed: Sequence[Placed], decided: Mapping[int, SelectionDecision]) -> int:
    """選ばれていたのに、この案で外れる人の数。"""
    ids = [p.standing.candidate.application_id for p in placed if p.outcome.decision != "selected"]
    return sum(decided[i].decision == "selected" for i in ids if i in decided)


def row_of(place: int, p: Placed, r: CandidateRow, decided: SelectionDecision | None) -> SelectionRow:
    """画面の一行を作る。"""
    return SelectionRow(
        application_id=r.application_id,
        reception_number=r.reception_number,
        name=r.name,
        reading=r.reading,
        affiliation=p.standing.candidate.affiliation,
        prefecture=r.prefecture,
        place=place,
        computed_place=p.standing.place,
        outcome=p.outcome,
        computed=p.computed,
        departs=p.departs,
        reasons=p.standing.reasons,
        decisive=p.standing.decisive,
        moved=p.moved,
        decided="" if decided is None else outcome_words(decided.decision, decided.rank),
        decided_reason="" if decided is None else decided.reason,
    )


def place_all(
    guideline: Guideline, session: Session, cohort: Cohort, rows: Sequence[CandidateRow], plan: Plan
) -> list[Placed]:
    """基準で並べ、手で動かし、定員で分ける。"""
    standings = rank(_candidates(guideline, session, cohort, rows, plan), plan.criteria, plan.seed)
    return arrange(standings, cohort.capacity, plan.waiting, plan.moves)
