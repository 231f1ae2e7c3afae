"""申込の事実の矛盾を、画面・取込・後の訂正に同じ言葉で言う（規則は app.domain.contradictions）。"""

from datetime import date
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.contacts import Contacts
from app.domain.contradictions import (
    ApplicantFacts,
    Contradiction,
    Place,
    Registration,
    Service,
    WorkdayClaim,
    claim_problem,
    contradictions,
)
from app.domain.errors import RuleViolation
from app.domain.guideline import Guideline
from app.services.office import Office
from app.workbooks.applicant_forms import ApplicantForm
from database.schema.intake import Application, Cohort

__all__ = [
    "WorkdayClaim",
    "application_contradictions",
    "check_application",
    "check_person_facts",
    "contacts_of",
    "employment_problem",
    "form_contradictions",
]


class _Place(Protocol):
    @property
    def counter(self) -> str | None: ...
    @property
    def counter_name(self) -> str: ...
    @property
    def commissioner(self) -> str | None: ...


def employment_problem(claim: WorkdayClaim, training_starts_on: date, guideline: Guideline) -> str:
    """在職の日付と日数の矛盾の文（なければ空）。判定（4(2)・注6）は矛盾のない事実だけから行う。

    続いている在職は研修開始日までを数える。
    """
    return claim_problem(claim, training_starts_on, guideline)[1]


class _Contacts(Protocol):
    @property
    def reading(self) -> str: ...
    @property
    def phone(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def postal_code(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def affiliation_prefecture(self) -> str: ...


def contacts_of(one: _Contacts) -> Contacts:
    """申込書か人の記録の連絡先。"""
    return Contacts(
        one.reading, one.phone, one.email, one.postal_code, one.address, one.affiliation_prefecture
    )


def _place(one: _Place) -> Place:
    return Place(one.counter, one.counter_name, one.commissioner or "")


def _judge(office: Office, starts_on: date, facts: ApplicantFacts) -> tuple[Contradiction, ...]:
    return contradictions(facts, starts_on, office.today(), office.guideline)


def form_contradictions(office: Office, starts_on: date, form: ApplicantForm) -> tuple[Contradiction, ...]:
    """申込書の矛盾と、連絡先の書き方。"""
    services = tuple(
        Service(_place(e), WorkdayClaim(e.started_on, e.ended_on, e.workdays, e.workdays_in_window))
        for e in form.employments
    )
    registrations = tuple(Registration(q.registered_on, q.lapsed_on) for q in form.qualifications)
    return _judge(
        office,
        starts_on,
        ApplicantFacts(form.birth_date, _place(form), services, registrations, contacts_of(form)),
    )


def application_contradictions(
    office: Office, starts_on: date, application: Application
) -> tuple[Contradiction, ...]:
    """いまの記録の申込の矛盾（直した後、確定する前に見る）。"""
    services = []
    for e in application.employments:
        days = None if e.days is None else tuple(date.fromisoformat(day) for day in e.days)
        claim = WorkdayClaim(e.started_on, e.ended_on, e.workdays, e.workdays_in_window, days)
        services.append(Service(_place(e), claim))
    registrations = tuple(Registration(q.registered_on, q.lapsed_on) for q in application.qualifications)
    facts = ApplicantFacts(application.person.birth_date, _place(application), tuple(services), registrations)
    return _judge(office, starts_on, facts)


def check_application(office: Office, session: Session, application: Application) -> None:
    """申込を直した後、確定する前に呼ぶ。受け取れない矛盾があれば、その文で RuleViolation。"""
    starts_on = session.get_one(Cohort, application.cohort_id).training_starts_on
    for found in application_contradictions(office, starts_on, application):
        if not found.warning:
            raise RuleViolation(found.sentence)


def check_person_facts(office: Office, session: Session, person_id: int) -> None:
    """人の記録（生年月日）を直した後に、その人の申込のどれとも矛盾しないことを確かめる。矛盾すれば RuleViolation。"""
    for application in session.scalars(select(Application).where(Application.person_id == person_id)):
        check_application(office, session, application)
