"""受講資格：試しに変えてみて、よければ理由を付けて記録する。"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from app.domain.contradictions import (
    ApplicantFacts,
    Contradiction,
    Place,
    Registration,
    Service,
    WorkdayClaim,
)
from app.domain.contradictions import contradictions as find_contradictions
from app.domain.eligibility_case import Case, Changes, EmploymentPart, FactKey, Value, apply_changes
from app.domain.eligibility_differences import Difference, differences
from app.domain.errors import RuleViolation
from app.domain.experience import window_of
from app.domain.workday_lists import listed_problem
from app.services.eligibility.cases import load, view_of
from app.services.employments import check_application
from app.services.office import Office
from app.services.views.eligibility import EligibilityView
from database.queries.eligibility import CaseRow
from database.schema.intake import Application, Employment, Qualification

# 現在の窓口の事実は、申込の行の別の名の欄にある
_CURRENT_FIELDS = {
    "counter": "counter",
    "engaged": "counter_engaged",
    "counter_standard": "counter_standard",
}


def _contradictions(office: Office, row: CaseRow) -> tuple[Contradiction, ...]:
    case = row.case
    services = tuple(
        Service(
            Place(e.fact.counter, e.name),
            WorkdayClaim(
                e.fact.started_on,
                e.fact.ended_on,
                e.fact.workdays,
                e.fact.workdays_in_window,
                e.fact.days,
            ),
        )
        for e in case.employments
    )
    registrations = tuple(
        Registration(q.fact.registered_on, q.fact.lapsed_on)
        for q in case.qualifications
        if q.fact.registered_on is not None
    )
    facts = ApplicantFacts(row.birth_date, Place(case.current.counter), services, registrations)
    return find_contradictions(facts, case.starts_on, office.today(), office.guideline)


def _sane(part: EmploymentPart, starts_on: date) -> EmploymentPart:
    """日数が在職の日数を超えるときは、在職の日数として数える（矛盾はそのことばで別に言う）。"""
    whole = max(0, ((part.fact.ended_on or starts_on) - part.fact.started_on).days + 1)
    if part.fact.workdays is None or part.fact.workdays <= whole:
        return part
    return replace(part, fact=replace(part.fact, workdays=whole))


def _counted(case: Case) -> Case:
    return replace(case, employments=tuple(_sane(e, case.starts_on) for e in case.employments))


def _problems(office: Office, row: CaseRow) -> tuple[str, ...]:
    """矛盾の文（同じ文は一度だけ）。"""
    found = [one.sentence for one in _contradictions(office, row) if not one.warning]
    window = window_of(row.case.starts_on, office.guideline)
    for e in row.case.employments:
        fact = e.fact
        found.append(listed_problem(fact.days, fact.workdays, fact.workdays_in_window, window))
    return tuple(dict.fromkeys(words for words in found if words))


def what_if(office: Office, application_id: int, changes: Changes) -> EligibilityView:
    """変えてみたらどう判定されるか。何も書かない。

    changes は事実の場所（FactKey）と値の対。矛盾する事実になれば problems にその文が入り、
    日数は在職の日数までとして判定する。ない在職・資格、空にできない日は RuleViolation。
    """
    with office.read("eligibility.what_if") as session:
        row, decision = load(session, application_id)
        tried = replace(row, case=apply_changes(row.case, changes))
        view = view_of(replace(tried, case=_counted(tried.case)), decision, office.guideline)
        return replace(view, case=tried.case, problems=_problems(office, tried))


def _write(session: Session, application: Application, key: FactKey, value: Value) -> None:
    if key.part == "current":
        setattr(application, _CURRENT_FIELDS[key.field], value)
        return
    table = Employment if key.part == "employment" else Qualification
    row = session.get_one(table, key.id)
    if isinstance(value, tuple):
        setattr(row, key.field, sorted({day.isoformat() for day in value}))
    else:
        setattr(row, key.field, value)


def _recordable(before: Case, changes: Changes) -> tuple[Difference, ...]:
    """記録できる違い。変わっていない、または研修開始日を含むなら RuleViolation。"""
    found = differences(before, apply_changes(before, changes))
    if not found:
        raise RuleViolation("記録と同じで、変わったところがありません。")
    if any(d.key.part == "training" for d in found):
        raise RuleViolation(
            "研修開始日は研修期のすべての人に関わるので、ここでは記録できません。研修開始日を元に戻してから記録してください。"
        )
    return found


def record_changes(
    office: Office, application_id: int, changes: Changes, reason: str
) -> tuple[Difference, ...]:
    """試した変更を、理由と共に記録する。返すのは記録した違い。決定は変わらず、決定後に変わったことが示される。

    理由が空、変わったところがない、研修開始日を含む、事実が矛盾する、辞退した申込のときは RuleViolation。
    """
    if not reason.strip():
        raise RuleViolation("理由が空です。何によって確かめた変更かを書いてください。")
    with office.act("eligibility.record_changes") as act:
        row, _ = load(act.session, application_id)
        if row.withdrawn_on is not None:
            raise RuleViolation("辞退した申込です。事実は変えられません。")
        found = _recordable(row.case, changes)
        tried = replace(row, case=apply_changes(row.case, changes))
        if problems := _problems(office, tried):
            raise RuleViolation(problems[0])
        application = act.session.get_one(Application, application_id)
        for difference in found:
            _write(act.session, application, difference.key, changes[difference.key])
        act.session.flush()
        check_application(office, act.session, application)
        act.say(
            f"application:{application_id}",
            f"受講資格の事実を訂正（{_labels(found)}）",
            reason=reason,
            detail={"changes": [d.words for d in found]},
        )
        return found


def _labels(found: Sequence[Difference]) -> str:
    return "、".join(d.label for d in found)
