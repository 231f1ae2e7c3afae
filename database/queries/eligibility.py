"""受講資格の判定のための読み取り：研修期のすべての人の事実を、三度の問い合わせで一度に。"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.domain.eligibility import CurrentPlace, Qualification
from app.domain.eligibility_case import Case, EmploymentPart, QualificationPart
from app.domain.experience import Employment as EmploymentFact
from database.queries.progress import latest_decision
from database.schema.eligibility import EligibilityDecision, SelectionDecision
from database.schema.intake import Application, Cohort, Employment
from database.schema.intake import Qualification as QualificationRow
from database.schema.people import Person


@dataclass(frozen=True)
class CaseRow:
    """申込一件の、一覧に出すことと、判定に要る事実。"""

    application_id: int
    cohort_id: int
    reception_number: int
    person_id: int
    name: str
    reading: str
    birth_date: date
    nationality: str
    counter_name: str
    withdrawn_on: date | None
    case: Case


def employment_fact(
    counter: str,
    counter_standard: bool | None,
    consultation: bool,
    started_on: date,
    ended_on: date | None,
    workdays: int | None,
    workdays_in_window: int | None,
    days: Iterable[str] | None,
) -> EmploymentFact:
    """在職の行の値から、判定の事実を作る。"""
    listed = None if days is None else tuple(date.fromisoformat(day) for day in days)
    return EmploymentFact(
        counter, counter_standard, started_on, ended_on, workdays, workdays_in_window, listed, consultation
    )


def _employments(session: Session, where: ColumnElement[bool]) -> dict[int, list[EmploymentPart]]:
    rows: Any = session.execute(
        select(
            Employment.application_id,
            Employment.id,
            Employment.counter_name,
            Employment.counter,
            Employment.counter_standard,
            Employment.consultation,
            Employment.started_on,
            Employment.ended_on,
            Employment.workdays,
            Employment.workdays_in_window,
            Employment.days,
        )
        .join(Application, Application.id == Employment.application_id)
        .where(where)
        .order_by(Employment.id)
    )
    found: dict[int, list[EmploymentPart]] = defaultdict(list)
    for application_id, row_id, name, *values in rows:
        found[application_id].append(EmploymentPart(row_id, name, employment_fact(*values)))
    return found


def _qualifications(session: Session, where: ColumnElement[bool]) -> dict[int, list[QualificationPart]]:
    rows: Any = session.execute(
        select(
            QualificationRow.application_id,
            QualificationRow.id,
            QualificationRow.kind,
            QualificationRow.registered_on,
            QualificationRow.evidence,
            QualificationRow.grade,
            QualificationRow.lapsed_on,
        )
        .join(Application, Application.id == QualificationRow.application_id)
        .where(where)
        .order_by(QualificationRow.id)
    )
    found: dict[int, list[QualificationPart]] = defaultdict(list)
    for application_id, row_id, *values in rows:
        found[application_id].append(QualificationPart(row_id, Qualification(*values)))
    return found


def _load(session: Session, where: ColumnElement[bool]) -> list[CaseRow]:
    employments, qualifications = _employments(session, where), _qualifications(session, where)
    rows: Any = session.execute(
        select(
            Application.id,
            Application.cohort_id,
            Application.reception_number,
            Person.id,
            Person.name,
            Person.reading,
            Person.birth_date,
            Person.nationality,
            Application.counter_name,
            Application.withdrawn_on,
            Application.counter,
            Application.counter_engaged,
            Application.counter_standard,
            Cohort.training_starts_on,
        )
        .join(Person, Person.id == Application.person_id)
        .join(Cohort, Cohort.id == Application.cohort_id)
        .where(where)
        .order_by(Application.reception_number)
    )
    return [
        CaseRow(
            application_id=row[0],
            cohort_id=row[1],
            reception_number=row[2],
            person_id=row[3],
            name=row[4],
            reading=row[5],
            birth_date=row[6],
            nationality=row[7],
            counter_name=row[8],
            withdrawn_on=row[9],
            case=Case(
                row[13],
                CurrentPlace(row[10], row[11], row[12]),
                tuple(employments.get(row[0], ())),
                tuple(qualifications.get(row[0], ())),
            ),
        )
        for row in rows
    ]


def load_cases(session: Session, cohort_id: int) -> list[CaseRow]:
    """研修期の、辞退していないすべての申込（受付番号の順）。"""
    # 辞退した人の在職も読むが、結び付く申込がないので捨てられる
    found = _load(session, Application.cohort_id == cohort_id)
    return [row for row in found if row.withdrawn_on is None]


def load_case(session: Session, application_id: int) -> CaseRow | None:
    """一件の申込（辞退していても）。なければ None。"""
    found = _load(session, Application.id == application_id)
    return found[0] if found else None


def latest_decisions(session: Session, cohort_id: int) -> dict[int, EligibilityDecision]:
    """研修期の申込ごとの、最も新しい決定。"""
    rows = session.scalars(
        select(EligibilityDecision)
        .join(Application)
        .where(Application.cohort_id == cohort_id)
        .order_by(EligibilityDecision.id)
    )
    return {row.application_id: row for row in rows}


def latest_decision_of(session: Session, application_id: int) -> EligibilityDecision | None:
    """一件の申込の、最も新しい決定。"""
    return session.scalar(
        select(EligibilityDecision)
        .where(EligibilityDecision.application_id == application_id)
        .order_by(EligibilityDecision.id.desc())
        .limit(1)
    )


@dataclass(frozen=True)
class CandidateRow:
    """受講資格ありと決定し、辞退していない申込一件の、選考で見ること。"""

    application_id: int
    reception_number: int
    received_on: date
    person_id: int
    name: str
    reading: str
    affiliation: str
    counter_name: str
    prefecture: str


def load_candidates(session: Session, cohort_id: int) -> list[CandidateRow]:
    """研修期の、受講資格ありと決定し、辞退していない申込（受付番号の順）。"""
    rows: Any = session.execute(
        select(
            Application.id,
            Application.reception_number,
            Application.received_on,
            Person.id,
            Person.name,
            Person.reading,
            Person.affiliation,
            Application.counter_name,
            Person.affiliation_prefecture,
        )
        .join(Person, Person.id == Application.person_id)
        .join(EligibilityDecision, EligibilityDecision.application_id == Application.id)
        .where(
            Application.cohort_id == cohort_id,
            Application.withdrawn_on.is_(None),
            latest_decision(),
            EligibilityDecision.decision == "eligible",
        )
        .order_by(Application.reception_number)
    )
    return [CandidateRow(*row) for row in rows]


def latest_selections(session: Session, cohort_id: int) -> dict[int, SelectionDecision]:
    """研修期の申込ごとの、最も新しい選考の決定（選考がまだなら空）。"""
    rows = session.scalars(
        select(SelectionDecision)
        .join(Application)
        .where(Application.cohort_id == cohort_id)
        .order_by(SelectionDecision.id)
    )
    return {row.application_id: row for row in rows}


def latest_selection_of(session: Session, application_id: int) -> SelectionDecision | None:
    """一件の申込の、最も新しい選考の決定。"""
    return session.scalar(
        select(SelectionDecision)
        .where(SelectionDecision.application_id == application_id)
        .order_by(SelectionDecision.id.desc())
        .limit(1)
    )


def passed_over(session: Session, cohort: Cohort) -> dict[int, Cohort]:
    """研修期の申込者のうち、前に申し込んだ最も近い期で選ばれなかった人の id から、その期。"""
    here = select(Application.person_id).where(Application.cohort_id == cohort.id)
    rows = session.execute(
        select(Application.person_id, Cohort, SelectionDecision.decision)
        .join(Application, Application.id == SelectionDecision.application_id)
        .join(Cohort, Cohort.id == Application.cohort_id)
        .where(
            Application.person_id.in_(here),
            Application.withdrawn_on.is_(None),
            Cohort.training_starts_on < cohort.training_starts_on,
        )
        .order_by(Cohort.training_starts_on, SelectionDecision.id)
    )
    latest = {person_id: (earlier, decision) for person_id, earlier, decision in rows}
    return {person_id: earlier for person_id, (earlier, decision) in latest.items() if decision != "selected"}
