"""受講資格の判定の土台：事実を読み、画面のものを組み、決定の後に何が変わったかを求める。"""

import hashlib
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.domain.eligibility import Eligibility, result_name
from app.domain.eligibility_case import (
    Case,
    case_status,
    freeze_case,
    judge_case,
    same_facts,
    thaw_case,
)
from app.domain.eligibility_differences import (
    differences,
    finding_differences,
    guideline_differences,
)
from app.domain.eligibility_requests import requests_of
from app.domain.errors import RuleViolation
from app.domain.experience_parts import employment_figures
from app.domain.guideline import Guideline
from app.services.views.eligibility import EligibilityRow, EligibilityView
from app.services.views.intake import EmploymentView
from database.queries.eligibility import CaseRow, latest_decision_of, load_case
from database.schema.base import canonical_json
from database.schema.eligibility import EligibilityDecision


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def facts_digest(case: Case) -> str:
    """事実（現在の窓口・在職・国家資格）の要約値。形は初めの版から変えない。"""
    facts: dict[str, Any] = {
        "current": [case.current.counter, case.current.engaged, case.current.counter_standard],
        "employments": [
            [
                e.fact.counter,
                e.fact.counter_standard,
                e.fact.consultation,
                e.fact.started_on.isoformat(),
                _iso(e.fact.ended_on),
                e.fact.workdays,
                e.fact.workdays_in_window,
                None if e.fact.days is None else [day.isoformat() for day in e.fact.days],
            ]
            for e in case.employments
        ],
        "qualifications": [
            [q.fact.kind, q.fact.grade, _iso(q.fact.registered_on), _iso(q.fact.lapsed_on), q.fact.evidence]
            for q in case.qualifications
        ],
    }
    return hashlib.sha256(canonical_json(facts).encode()).hexdigest()


def seen_digest(case: Case, guideline: Guideline) -> str:
    """決定の前に見せた事実・研修開始日・要綱の読みの要約値（その間に変わっていないことを確かめる）。"""
    return hashlib.sha256(canonical_json(freeze_case(case, guideline)).encode()).hexdigest()


def _frozen_changed(
    decision: EligibilityDecision, case: Case, guideline: Guideline, found: Eligibility | None
) -> bool:
    assert decision.facts is not None
    now = freeze_case(case, guideline)
    if not same_facts(decision.facts, now):
        return True
    if not guideline_differences(decision.facts, now):
        return False
    return bool(finding_differences(decision.findings, (found or judge_case(case, guideline)).findings))


def changed_since(
    decision: EligibilityDecision | None, case: Case, guideline: Guideline, found: Eligibility | None = None
) -> bool:
    """決定の後に、事実か、要綱の版・読みによって所見が変わったか。"""
    if decision is None:
        return False
    if decision.facts is None:  # 事実を凍らせる前の版の決定は、要約値でだけ比べられる
        return decision.facts_digest != facts_digest(case)
    return _frozen_changed(decision, case, guideline, found)


def row_of(
    row: CaseRow, result: str, decision: EligibilityDecision | None, guideline: Guideline
) -> EligibilityRow:
    """一覧の一行を作る。"""
    return EligibilityRow(
        row.application_id,
        row.reception_number,
        row.name,
        row.reading,
        row.counter_name,
        result,
        decision.decision if decision else "",
        changed_since(decision, row.case, guideline),
    )


def result_of(case: Case, guideline: Guideline) -> str:
    """判定の答えの名（文を作らない）。"""
    return result_name(case_status(case, guideline))


def load(session: Session, application_id: int) -> tuple[CaseRow, EligibilityDecision | None]:
    """一件の申込の事実と、最も新しい決定。なければ RuleViolation。"""
    row = load_case(session, application_id)
    if row is None:
        raise RuleViolation("この申込はもうありません。一覧を開き直してください。")
    return row, latest_decision_of(session, application_id)


def _employments(case: Case) -> tuple[EmploymentView, ...]:
    return tuple(
        EmploymentView(
            e.id,
            e.name,
            e.fact.counter,
            e.fact.counter_standard,
            bool(e.fact.consultation),
            e.fact.started_on,
            e.fact.ended_on,
            e.fact.workdays,
            e.fact.workdays_in_window,
            e.fact.days,
        )
        for e in case.employments
    )


def _changes(
    decision: EligibilityDecision | None, case: Case, found: Eligibility, guideline: Guideline
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if decision is None or decision.facts is None:
        return (), ()
    if not changed_since(decision, case, guideline, found):
        return (), ()
    facts = [d.words for d in differences(thaw_case(decision.facts), case)]
    facts += guideline_differences(decision.facts, freeze_case(case, guideline))
    return tuple(facts), finding_differences(decision.findings, found.findings)


def view_of(row: CaseRow, decision: EligibilityDecision | None, guideline: Guideline) -> EligibilityView:
    """一人の判定のすべてを組む。"""
    case = row.case
    found = judge_case(case, guideline)
    facts, findings = _changes(decision, case, found, guideline)
    return EligibilityView(
        row=row_of(row, found.result, decision, guideline),
        birth_date=row.birth_date,
        nationality=row.nationality,
        training_starts_on=case.starts_on,
        window=found.experience.window,
        findings=found.findings,
        employments=_employments(case),
        settles=found.settles,
        decided_on=decision.decided_on if decision else None,
        decided_by=decision.decided_by if decision else "",
        reason=decision.reason if decision else "",
        second_person=decision.second_person if decision else "",
        case=case,
        figures=employment_figures([e.fact for e in case.employments], case.starts_on, guideline),
        requests=requests_of(case, found, guideline),
        fact_changes=facts,
        finding_changes=findings,
        facts_digest=seen_digest(case, guideline),
        edition=(decision.edition or "") if decision else "",
        withdrawn=row.withdrawn_on is not None,
    )
