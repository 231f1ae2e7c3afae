"""受講資格：判定・決定・一括決定・通知。"""

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.documents.letters import Letter, render_letters
from app.domain.calendar import wareki
from app.domain.eligibility import CurrentPlace, Eligibility, Qualification, eligibility
from app.domain.errors import RuleViolation
from app.domain.experience import Employment as EmploymentFact
from app.domain.guideline import Guideline
from app.services.employments import WorkdayClaim, employment_problem
from app.services.files import write_whole
from app.services.intake import cohort_title, employment_view
from app.services.office import Actor, Office, check_second_person
from app.services.settings import value_of
from app.services.views.eligibility import RESULT_WORDS, EligibilityRow, EligibilityView
from database.schema.base import canonical_json
from database.schema.eligibility import EligibilityDecision
from database.schema.intake import Application, Cohort, Employment


def _facts(application: Application) -> dict[str, Any]:
    return {
        "current": [application.counter, application.counter_engaged, application.counter_standard],
        "employments": [
            [
                e.counter,
                e.counter_standard,
                e.consultation,
                e.started_on.isoformat(),
                e.ended_on.isoformat() if e.ended_on else None,
                e.workdays,
                e.workdays_in_window,
                e.days,
            ]
            for e in application.employments
        ],
        "qualifications": [
            [
                q.kind,
                q.grade,
                q.registered_on.isoformat(),
                q.lapsed_on.isoformat() if q.lapsed_on else None,
                q.evidence,
            ]
            for q in application.qualifications
        ],
    }


def _digest(application: Application) -> str:
    return hashlib.sha256(canonical_json(_facts(application)).encode()).hexdigest()


def _employment(e: Employment) -> EmploymentFact:
    days = None if e.days is None else tuple(date.fromisoformat(d) for d in e.days)
    return EmploymentFact(
        counter=e.counter,
        counter_standard=e.counter_standard,
        started_on=e.started_on,
        ended_on=e.ended_on,
        workdays=e.workdays,
        workdays_in_window=e.workdays_in_window,
        days=days,
        consultation=e.consultation,
    )


def judge(application: Application, starts_on: date, guideline: Guideline) -> Eligibility:
    """申込の事実から受講資格を判定する。"""
    return eligibility(
        starts_on,
        CurrentPlace(application.counter, application.counter_engaged, application.counter_standard),
        [_employment(e) for e in application.employments],
        [
            Qualification(q.kind, q.registered_on, q.evidence, q.grade, q.lapsed_on)
            for q in application.qualifications
        ],
        guideline,
    )


_LOADED = (
    selectinload(Application.person),
    selectinload(Application.employments),
    selectinload(Application.qualifications),
)


def _applications(session: Session, cohort_id: int) -> list[Application]:
    return list(
        session.scalars(
            select(Application)
            .where(Application.cohort_id == cohort_id, Application.withdrawn_on.is_(None))
            .order_by(Application.reception_number)
            .options(*_LOADED)
        )
    )


def _latest(session: Session, cohort_id: int) -> dict[int, EligibilityDecision]:
    rows = session.scalars(
        select(EligibilityDecision)
        .join(Application)
        .where(Application.cohort_id == cohort_id)
        .order_by(EligibilityDecision.id)
    )
    return {row.application_id: row for row in rows}


def _row(a: Application, result: str, decision: EligibilityDecision | None) -> EligibilityRow:
    return EligibilityRow(
        a.id,
        a.reception_number,
        a.person.name,
        a.person.reading,
        a.counter_name,
        result,
        decision.decision if decision else "",
        decision is not None and decision.facts_digest != _digest(a),
    )


def list_findings(office: Office, cohort_id: int) -> tuple[EligibilityRow, ...]:
    """研修期のすべての申込の判定（受付番号の順、辞退を除く）。"""
    with office.read("eligibility.list_findings") as session:
        starts_on = session.get_one(Cohort, cohort_id).training_starts_on
        latest = _latest(session, cohort_id)
        return tuple(
            _row(a, judge(a, starts_on, office.guideline).result, latest.get(a.id))
            for a in _applications(session, cohort_id)
        )


def _load(session: Session, application_id: int) -> tuple[Application, EligibilityDecision | None]:
    application = session.get_one(Application, application_id, options=list(_LOADED))
    decision = session.scalar(
        select(EligibilityDecision)
        .where(EligibilityDecision.application_id == application_id)
        .order_by(EligibilityDecision.id.desc())
        .limit(1)
    )
    return application, decision


def get_finding(office: Office, application_id: int) -> EligibilityView:
    """一人の判定のすべて。"""
    with office.read("eligibility.get_finding") as session:
        a, decision = _load(session, application_id)
        starts_on = session.get_one(Cohort, a.cohort_id).training_starts_on
        found = judge(a, starts_on, office.guideline)
        return EligibilityView(
            _row(a, found.result, decision),
            a.person.birth_date,
            a.person.nationality,
            starts_on,
            found.experience.window,
            found.findings,
            tuple(employment_view(e) for e in a.employments),
            found.settles,
            decision.decided_on if decision else None,
            decision.decided_by if decision else "",
            decision.reason if decision else "",
            decision.second_person if decision else "",
        )


def _add_decision(
    office: Office,
    session: Session,
    a: Application,
    found: Eligibility,
    decision: str,
    who: tuple[str, str, str],
) -> None:
    reason, decided_by, second = who
    session.add(
        EligibilityDecision(
            application_id=a.id,
            decided_on=office.today(),
            decision=decision,
            finding=found.result,
            facts_digest=_digest(a),
            findings=[
                {"status": str(f.status), "clause": f.clause, "sentence": f.sentence} for f in found.findings
            ],
            reason=reason,
            decided_by=decided_by,
            second_person=second,
        )
    )


def decide(
    office: Office, application_id: int, decision: str, reason: str = "", *, second: Actor | None = None
) -> None:
    """受講資格を決定する（eligible / ineligible）。判定と違えば理由と二人目が要る。"""
    if decision not in ("eligible", "ineligible"):
        raise RuleViolation("決定は「資格あり」か「資格なし」です。")
    with office.act("eligibility.decide") as act:
        a, _ = _load(act.session, application_id)
        if a.withdrawn_on is not None:
            raise RuleViolation("辞退した申込です。決定はできません。")
        found = judge(a, act.session.get_one(Cohort, a.cohort_id).training_starts_on, office.guideline)
        name = ""
        if decision != found.result:
            if not reason.strip():
                raise RuleViolation(
                    f"判定は「{RESULT_WORDS[found.result]}」です。違う決定には理由が要ります。"
                )
            check_second_person(act.actor, second)
            assert second is not None
            name = second.name
        _add_decision(office, act.session, a, found, decision, (reason, act.actor.name, name))
        words = f"受講資格を決定：{RESULT_WORDS[decision]}（判定 {RESULT_WORDS[found.result]}）"
        act.say(f"application:{application_id}", words, reason=reason, detail={"second_person": name})


def decide_all_clear(office: Office, cohort_id: int) -> int:
    """判定が「資格あり」で未決定のものをまとめて決定し、件数を返す。"""
    with office.act("eligibility.decide_all_clear") as act:
        starts_on = act.session.get_one(Cohort, cohort_id).training_starts_on
        latest = _latest(act.session, cohort_id)
        count = 0
        for a in _applications(act.session, cohort_id):
            found = judge(a, starts_on, office.guideline)
            if a.id not in latest and found.result == "eligible":
                _add_decision(office, act.session, a, found, "eligible", ("", act.actor.name, ""))
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
        listed = None if days is None else tuple(days)
        claim = WorkdayClaim(row.started_on, row.ended_on, workdays, workdays_in_window, listed)
        if problem := employment_problem(claim, starts_on, office.guideline):
            raise RuleViolation(problem)
        row.workdays, row.workdays_in_window = workdays, workdays_in_window
        row.days = None if days is None else sorted({d.isoformat() for d in days})
        act.say(f"application:{row.application_id}", "従業日数を訂正")


_LETTERS = {
    "eligible": ("受講決定通知書", "下記の研修について、受講を決定しましたので通知します。"),
    "ineligible": (
        "受講不決定通知書",
        "下記の研修について、次の理由により受講を決定しないこととしましたので通知します。",
    ),
}


def _letter(session: Session, a: Application, decision: EligibilityDecision) -> Letter:
    title, opening = _LETTERS[decision.decision]
    unmet = [f["sentence"] for f in decision.findings if f["status"] != "met"]
    return Letter(
        number=f"受付 {a.reception_number:04d}",
        date=decision.decided_on,
        addressee=a.person.name,
        sender=str(value_of(session, "office_name")),
        title=title,
        paragraphs=(opening,),
        rows=_letter_rows(session.get_one(Cohort, a.cohort_id), decision, unmet),
    )


def write_letter(office: Office, application_id: int, path: Path) -> Path:
    """決定の通知を PDF に書く。決定がなければ RuleViolation。"""
    with office.act("eligibility.write_letter") as act:
        a, decision = _load(act.session, application_id)
        if decision is None:
            raise RuleViolation("まだ決定していません。決定してから通知を作ってください。")
        letter = _letter(act.session, a, decision)
        content = render_letters((letter,))
        act.say(f"application:{application_id}", f"{letter.title}を作成")
    write_whole(path, content)
    return path


def write_letters(office: Office, cohort_id: int, path: Path) -> int:
    """研修期の、決定した申込すべての通知を一冊の PDF に書き、通数を返す（受付番号の順、辞退を除く）。"""
    with office.act("eligibility.write_letters") as act:
        latest = _latest(act.session, cohort_id)
        decided = [(a, latest[a.id]) for a in _applications(act.session, cohort_id) if a.id in latest]
        if not decided:
            raise RuleViolation("まだ一人も決定していません。決定してから通知を作ってください。")
        content = render_letters(tuple(_letter(act.session, a, d) for a, d in decided))
        act.say(f"cohort:{cohort_id}", f"決定の通知を{len(decided)}通作成")
    write_whole(path, content)
    return len(decided)


def _letter_rows(
    cohort: Cohort, decision: EligibilityDecision, unmet: list[str]
) -> tuple[tuple[str, str], ...]:
    rows = [("研修", cohort_title(cohort)), ("研修開始日", wareki(cohort.training_starts_on))]
    if decision.decision == "ineligible":
        rows += [("理由", decision.reason)] if decision.reason else [("理由", sentence) for sentence in unmet]
    return tuple(rows)
