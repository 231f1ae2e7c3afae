"""受講資格：判定・決定・一括決定。"""

from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from app.domain.eligibility import Eligibility
from app.domain.eligibility_case import freeze_case, judge_case
from app.domain.eligibility_differences import frozen_findings
from app.domain.errors import RuleViolation
from app.domain.experience import window_of
from app.domain.workday_lists import listed_problem
from app.services.eligibility.cases import facts_digest, load, result_of, row_of, seen_digest, view_of
from app.services.employments import WorkdayClaim, employment_problem
from app.services.office import Actor, Office, check_second_person
from app.services.views.eligibility import RESULT_WORDS, EligibilityRow, EligibilityView
from app.services.views.selection import outcome_words
from database.queries.eligibility import CaseRow, latest_decisions, latest_selections, load_cases
from database.schema.eligibility import EligibilityDecision
from database.schema.intake import Application, Cohort, Employment


def list_findings(office: Office, cohort_id: int) -> tuple[EligibilityRow, ...]:
    """研修期のすべての申込の判定（受付番号の順、辞退を除く）。"""
    with office.read("eligibility.list_findings") as session:
        latest, chosen = latest_decisions(session, cohort_id), latest_selections(session, cohort_id)
        rows = [
            row_of(
                row, result_of(row.case, office.guideline), latest.get(row.application_id), office.guideline
            )
            for row in load_cases(session, cohort_id)
        ]
        return tuple(
            replace(r, selection=outcome_words(s.decision, s.rank))
            if (s := chosen.get(r.application_id)) and r.decision == "eligible"
            else r
            for r in rows
        )


def get_finding(office: Office, application_id: int) -> EligibilityView:
    """一人の判定のすべて。"""
    with office.read("eligibility.get_finding") as session:
        row, decision = load(session, application_id)
        return view_of(row, decision, office.guideline)


def _add_decision(
    office: Office,
    session: Session,
    row: CaseRow,
    found: Eligibility,
    decision: str,
    who: tuple[str, str, str],
) -> None:
    reason, decided_by, second = who
    session.add(
        EligibilityDecision(
            application_id=row.application_id,
            decided_on=office.today(),
            decision=decision,
            finding=found.result,
            facts_digest=facts_digest(row.case),
            findings=frozen_findings(found.findings),
            reason=reason,
            decided_by=decided_by,
            second_person=second,
            edition=office.guideline.name,
            facts=freeze_case(row.case, office.guideline),
        )
    )


def _check_seen(office: Office, row: CaseRow, seen: str) -> None:
    if seen and seen != seen_digest(row.case, office.guideline):
        raise RuleViolation(
            "確かめている間に、この人の事実か要綱の読みが変わりました。決定していません。"
            "新しい判定を確かめて、決定し直してください。"
        )


def _second_name(office_actor: Actor, result: str, reason: str, second: Actor | None) -> str:
    """判定と違う決定の二人目の名。理由がない、二人目が責任者でない・同じ人なら RuleViolation。"""
    if not reason.strip():
        raise RuleViolation(f"判定は「{RESULT_WORDS[result]}」です。違う決定には理由が要ります。")
    check_second_person(office_actor, second)
    assert second is not None
    return second.name


def decide(
    office: Office,
    application_id: int,
    decision: str,
    reason: str = "",
    *,
    second: Actor | None = None,
    seen: str = "",
) -> None:
    """受講資格を決定する（eligible / ineligible）。判定と違えば理由と二人目が要る。

    seen は決める人に見せた判定の facts_digest。その後に事実が変わっていれば RuleViolation（空なら比べない）。
    """
    if decision not in ("eligible", "ineligible"):
        raise RuleViolation("決定は「資格あり」か「資格なし」です。")
    with office.act("eligibility.decide") as act:
        row, _ = load(act.session, application_id)
        if row.withdrawn_on is not None:
            raise RuleViolation("辞退した申込です。決定はできません。")
        _check_seen(office, row, seen)
        found = judge_case(row.case, office.guideline)
        name = ""
        if decision != found.result:
            name = _second_name(act.actor, found.result, reason, second)
        _add_decision(office, act.session, row, found, decision, (reason, act.actor.name, name))
        words = f"受講資格を決定：{RESULT_WORDS[decision]}（判定 {RESULT_WORDS[found.result]}）"
        act.say(f"application:{application_id}", words, reason=reason, detail={"second_person": name})


def decide_all_clear(office: Office, cohort_id: int) -> int:
    """判定が「資格あり」で未決定のものをまとめて決定し、件数を返す。"""
    with office.act("eligibility.decide_all_clear") as act:
        latest = latest_decisions(act.session, cohort_id)
        count = 0
        for row in load_cases(act.session, cohort_id):
            if row.application_id in latest or result_of(row.case, office.guideline) != "eligible":
                continue
            found = judge_case(row.case, office.guideline)
            _add_decision(office, act.session, row, found, "eligible", ("", act.actor.name, ""))
            count += 1
        act.say(f"cohort:{cohort_id}", f"判定のとおり{count}件を「資格あり」と決定")
        return count


def set_workdays(
    office: Office,
    employment_id: int,
    *,
    workdays: int | None = None,
    workdays_in_window: int | None = None,
    days: list[date] | None = None,
) -> None:
    """在職期間の従業日数を、全期間・対象期間・日の一覧のどれかで入れ直す。

    在職の日数を超える、在職の外の日があるなど、在職と矛盾すれば RuleViolation。
    """
    with office.act("eligibility.set_workdays") as act:
        row = act.session.get_one(Employment, employment_id)
        application = act.session.get_one(Application, row.application_id)
        starts_on = act.session.get_one(Cohort, application.cohort_id).training_starts_on
        listed = None if days is None else tuple(sorted(set(days)))
        claim = WorkdayClaim(row.started_on, row.ended_on, workdays, workdays_in_window, listed)
        window = window_of(starts_on, office.guideline)
        problem = employment_problem(claim, starts_on, office.guideline)
        if problem := problem or listed_problem(listed, workdays, workdays_in_window, window):
            raise RuleViolation(problem)
        row.workdays, row.workdays_in_window = workdays, workdays_in_window
        row.days = None if days is None else sorted({d.isoformat() for d in days})
        act.say(f"application:{row.application_id}", "従業日数を訂正")
