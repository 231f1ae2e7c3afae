"""庁へのブックのための読み取り：受講資格の決定、審査の議決、統計の元。"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.queries.progress import latest_decision
from database.schema.certificates import Certification
from database.schema.committee import Case, CaseDecision, DecisionReversal, Meeting
from database.schema.eligibility import EligibilityDecision
from database.schema.intake import Application
from database.schema.people import Person


@dataclass(frozen=True)
class EligibilityFact:
    """受講資格の決定（まだなら空）。"""

    reception_number: int
    name: str
    reading: str
    counter_name: str
    counter: str | None
    finding: str | None
    decision: str | None
    decided_on: date | None
    reason: str | None


def load_eligibility(session: Session, cohort_id: int) -> list[EligibilityFact]:
    """研修期の申込と、その最も新しい受講資格の決定（受付番号の順）。"""
    query = (
        select(
            Application.reception_number,
            Person.name,
            Person.reading,
            Application.counter_name,
            Application.counter,
            EligibilityDecision.finding,
            EligibilityDecision.decision,
            EligibilityDecision.decided_on,
            EligibilityDecision.reason,
        )
        .join(Person, Person.id == Application.person_id)
        .outerjoin(
            EligibilityDecision,
            (EligibilityDecision.application_id == Application.id) & latest_decision(),
        )
        .where(Application.cohort_id == cohort_id)
        .order_by(Application.reception_number)
    )
    return [EligibilityFact(*row) for row in session.execute(query)]


@dataclass(frozen=True)
class DecisionFact:
    """閉じた会議の議決一件。"""

    meeting_number: int
    held_on: date
    position: int
    reception_number: int
    name: str
    reading: str
    decision: str
    base: int
    present: int
    votes_for: int
    votes_against: int
    abstentions: int
    due_on: date | None
    number: str | None


def load_decisions(session: Session, cohort_id: int) -> list[DecisionFact]:
    """研修期の、閉じた会議の議決（会議・議案の順）。後で変更された議決は除く。"""
    query = (
        select(
            Meeting.number,
            Meeting.held_on,
            Case.position,
            Application.reception_number,
            Person.name,
            Person.reading,
            CaseDecision.decision,
            CaseDecision.base,
            CaseDecision.present,
            CaseDecision.votes_for,
            CaseDecision.votes_against,
            CaseDecision.abstentions,
            CaseDecision.due_on,
            Certification.number,
        )
        .join(Case, Case.meeting_id == Meeting.id)
        .join(CaseDecision, CaseDecision.case_id == Case.id)
        .join(Application, Application.id == Case.application_id)
        .join(Person, Person.id == Application.person_id)
        .outerjoin(Certification, Certification.case_id == Case.id)
        .where(
            Meeting.cohort_id == cohort_id,
            Meeting.closed_at.is_not(None),
            Case.id.not_in(select(DecisionReversal.case_id)),
        )
        .order_by(Meeting.number, Case.position)
    )
    rows: Iterable[tuple[Any, ...]] = session.execute(query)
    return [DecisionFact(*row) for row in rows]
