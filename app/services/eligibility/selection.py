"""受講資格：定員を超えたときの選考。基準・抽選・決定・繰上げ。"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.domain.errors import RuleViolation
from app.domain.selection import Criterion, Move, Placed, Plan, dump_plan, parse_plan, plan_problem
from app.services.eligibility.selection_cases import (
    cohort_of,
    differs,
    digest_of,
    lose_seats,
    place_all,
    row_of,
    state_of,
    warnings_of,
)
from app.services.office import Act, Actor, Office, check_second_person
from app.services.views.selection import SelectionDraft, SelectionResult, SelectionView
from database.queries.eligibility import latest_selections, load_candidates
from database.schema.eligibility import SelectionDecision
from database.schema.intake import Application


def get_selection(office: Office, cohort_id: int, draft: SelectionDraft | None = None) -> SelectionView:
    """研修期の選考。draft を与えれば、保存せずにその基準と動かし方で並べる。"""
    with office.read("eligibility.get_selection") as session:
        cohort = cohort_of(session, cohort_id)
        saved = parse_plan(cohort.selection_criteria)
        plan = saved
        if draft is not None:
            plan = replace(saved, criteria=draft.criteria, waiting=draft.waiting, moves=draft.moves)
            if problem := plan_problem(plan):
                raise RuleViolation(problem)
        rows, decided = load_candidates(session, cohort_id), latest_selections(session, cohort_id)
        placed = place_all(office.guideline, session, cohort, rows, plan)
        by_id = {r.application_id: r for r in rows}
        state = state_of(cohort, rows, decided)
        return SelectionView(
            state=state,
            plan=plan,
            saved=bool(cohort.selection_criteria)
            and (plan.criteria, plan.waiting) == (saved.criteria, saved.waiting),
            rows=tuple(
                row_of(place, p, by_id[key], decided.get(key))
                for place, p in enumerate(placed, 1)
                for key in (p.standing.candidate.application_id,)
            ),
            warnings=warnings_of(session, cohort, rows, plan, state),
            departs=any(p.departs for p in placed),
            changes=sum(differs(p.outcome, decided.get(p.standing.candidate.application_id)) for p in placed),
            displaced=lose_seats(placed, decided),
            digest=digest_of(cohort, plan, placed, decided),
        )


def set_selection_criteria(
    office: Office, cohort_id: int, criteria: Sequence[Criterion], waiting: int | None = None
) -> None:
    """選考の基準（強い順）と、待機の人数（None なら残りすべて）を定める。"""
    with office.act("eligibility.set_selection_criteria") as act:
        cohort = cohort_of(act.session, cohort_id)
        plan = replace(parse_plan(cohort.selection_criteria), criteria=tuple(criteria), waiting=waiting)
        if problem := plan_problem(plan):
            raise RuleViolation(problem)
        cohort.selection_criteria = dump_plan(plan)
        words = "、".join(c.words for c in plan.criteria)
        act.say(f"cohort:{cohort_id}", f"選考の基準を定めた：{words}", detail={"waiting": waiting})


def draw_selection_lots(
    office: Office, cohort_id: int, reason: str = "", *, second: Actor | None = None
) -> str:
    """抽選の種を引いて記録し、種を返す。引き直すには理由と二人目が要る。"""
    with office.act("eligibility.draw_selection_lots", second=second) as act:
        cohort = cohort_of(act.session, cohort_id)
        plan = parse_plan(cohort.selection_criteria)
        if not plan.uses("lot"):
            raise RuleViolation("選考の基準に抽選がありません。先に基準に入れて定めてください。")
        if plan.seed:
            if not reason.strip():
                raise RuleViolation("抽選は既に引いてあります。引き直すには理由が要ります。")
            check_second_person(act.actor, second)
        seed = office.entropy(16).hex()
        cohort.selection_criteria = dump_plan(
            replace(plan, seed=seed, drawn_on=office.today(), drawn_by=act.actor.name)
        )
        words = "選考の抽選を引き直した" if plan.seed else "選考の抽選を引いた"
        detail = {"seed": seed, "earlier": plan.seed}
        act.say(f"cohort:{cohort_id}", f"{words}（種 {seed}）", reason=reason, detail=detail)
        return seed


def set_capacity(office: Office, cohort_id: int, capacity: int, reason: str) -> None:
    """研修期の定員を、理由を付けて改める。"""
    if capacity < 1:
        raise RuleViolation("定員は1名以上で入れてください。")
    if not reason.strip():
        raise RuleViolation("定員を改める理由が空です。理由を書いてください。")
    with office.act("eligibility.set_capacity") as act:
        cohort = cohort_of(act.session, cohort_id)
        before, cohort.capacity = cohort.capacity, capacity
        act.say(f"cohort:{cohort_id}", f"定員を{before}名から{capacity}名に改めた", reason=reason)


def _check_decision(
    act: Act, plan: Plan, placed: Sequence[Placed], decided: Mapping[int, SelectionDecision], reason: str
) -> None:
    if not placed:
        raise RuleViolation("受講資格ありと決定した人がいません。先に受講資格を決定してください。")
    if any(not m.reason.strip() for m in plan.moves):
        raise RuleViolation("順を動かした人に、理由のないものがあります。理由を書いてください。")
    if plan.uses("lot") and not plan.seed:
        raise RuleViolation("抽選をまだ引いていません。引いてから決定してください。")
    if decided and not reason.strip():
        raise RuleViolation("選考は既に決定しています。決定し直すには理由が要ります。")
    if not any(differs(p.outcome, decided.get(p.standing.candidate.application_id)) for p in placed):
        raise RuleViolation("前の決定と同じです。何も変わらないので、記録していません。")
    if any(p.departs for p in placed) or lose_seats(placed, decided):
        check_second_person(act.actor, act.second)


def _reason_of(p: Placed, reason: str, second: str) -> str:
    confirmed = f"、確認 {second}" if second else ""
    if p.moved:
        found = f"{p.moved}（計算では{p.standing.place}番目・{p.computed.words}{confirmed}）"
    elif p.departs:
        found = f"ほかの人を動かしたため（計算では{p.standing.place}番目・{p.computed.words}{confirmed}）"
    else:
        found = "／".join(p.standing.reasons)
    return f"{reason}：{found}" if reason else found


def decide_selection(
    office: Office,
    cohort_id: int,
    moves: Sequence[Move] = (),
    reason: str = "",
    *,
    second: Actor | None = None,
    seen: str = "",
) -> SelectionResult:
    """定めた基準と、手で動かしたことのとおりに選考を決定する。資格ありの人が定員の内なら全員が選ばれる。

    計算の結果と違うか、選ばれていた人が外れるなら二人目、決定し直すなら理由が要る。前の決定から変わった人だけを積む。
    seen は見せた案の digest。その後に変わっていれば RuleViolation（空なら比べない）。
    """
    with office.act("eligibility.decide_selection", second=second) as act:
        cohort = cohort_of(act.session, cohort_id)
        plan = replace(parse_plan(cohort.selection_criteria), moves=tuple(moves))
        rows = load_candidates(act.session, cohort_id)
        if not cohort.selection_criteria and len(rows) > cohort.capacity:
            raise RuleViolation("選考の基準をまだ定めていません。基準を定めてから決定してください。")
        decided = latest_selections(act.session, cohort_id)
        placed = place_all(office.guideline, act.session, cohort, rows, plan)
        if seen and seen != digest_of(cohort, plan, placed, decided):
            raise RuleViolation(
                "確かめている間に、申込か基準か定員が変わりました。決定していません。"
                "新しい並びを確かめて、決定し直してください。"
            )
        _check_decision(act, plan, placed, decided, reason)
        changed = [p for p in placed if differs(p.outcome, decided.get(p.standing.candidate.application_id))]
        for p in changed:
            act.session.add(
                SelectionDecision(
                    application_id=p.standing.candidate.application_id,
                    decided_on=office.today(),
                    decision=p.outcome.decision,
                    rank=p.outcome.rank,
                    reason=_reason_of(p, reason.strip(), second.name if second else ""),
                    decided_by=act.actor.name,
                )
            )
        plan = replace(plan, decided=plan.criteria, decided_capacity=cohort.capacity)
        cohort.selection_criteria = dump_plan(plan)
        counts = [
            sum(p.outcome.decision == d for p in placed) for d in ("selected", "waiting", "not_selected")
        ]
        result = SelectionResult(counts[0], counts[1], counts[2], len(changed))
        detail = {"changed": len(changed), "plan": dump_plan(plan)}
        act.say(f"cohort:{cohort_id}", result.words, reason=reason, detail=detail)
        return result


def promote_waiting(
    office: Office, application_id: int, reason: str = "", *, second: Actor | None = None
) -> None:
    """空いた席に、待機の人を繰り上げる。待機の順と違えば、理由と二人目が要る。"""
    with office.act("eligibility.promote_waiting", second=second) as act:
        application = act.session.get(Application, application_id)
        if application is None:
            raise RuleViolation("この申込はもうありません。一覧を開き直してください。")
        rows = load_candidates(act.session, application.cohort_id)
        decided = latest_selections(act.session, application.cohort_id)
        state = state_of(cohort_of(act.session, application.cohort_id), rows, decided)
        row = decided.get(application_id)
        there = any(r.application_id == application_id for r in rows)
        if row is None or row.decision != "waiting" or not there:
            raise RuleViolation("待機の人ではありません。一覧を開き直してください。")
        if state.free < 1:
            raise RuleViolation(
                f"空いている席がありません（定員{state.capacity}名、選ばれた人{state.selected}名）。"
            )
        if state.next_up is None or state.next_up.application_id != application_id:
            if not reason.strip():
                raise RuleViolation("待機の順と違う繰上げには、理由が要ります。")
            check_second_person(act.actor, second)
        words = f"待機{row.rank}番から繰上げ"
        note = "、".join(x for x in (reason.strip(), f"確認 {second.name}" if second else "") if x)
        act.session.add(
            SelectionDecision(
                application_id=application_id,
                decided_on=office.today(),
                decision="selected",
                reason=f"{words}（{note}）" if note else words,
                decided_by=act.actor.name,
            )
        )
        act.say(f"application:{application_id}", f"選考：{words}", reason=reason)
