"""研修の事実をまとめて読む。人数によらず問合せの数は一定。"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from database.schema.eligibility import EligibilityDecision, SelectionDecision
from database.schema.intake import Application
from database.schema.people import Person
from database.schema.progress import Attempt, Attendance, ReportDue, ReportSubmission, TrainingSession
from database.schema.scoring import AnswerSheet, CertificationTest


@dataclass(frozen=True)
class Participant:
    """受講が決定した一人。"""

    application_id: int
    reception_number: int
    name: str
    reading: str
    withdrawn_on: date | None
    withdrawal_reason: str


@dataclass(frozen=True)
class AttemptFact:
    """一回の受験。"""

    id: int
    test: str
    subject_group: str
    number: int
    outcome: str
    points: int | None
    taken_on: date | None
    voided_on: date | None = None
    void_reason: str | None = None


@dataclass(frozen=True)
class SubmissionFact:
    """一つの提出物の提出と延長。"""

    report_due_id: int
    submitted_on: date | None
    extended_to: date | None
    extension_reason: str


@dataclass(frozen=True)
class AttendanceFact:
    """集合研修一回の出欠。"""

    training_session_id: int
    attended: bool | None
    minutes_late: int
    minutes_left_early: int
    outcome: str | None = None


@dataclass(frozen=True)
class DueFact:
    """研修期の提出期限。"""

    id: int
    position: int
    title: str
    due_on: date
    final: bool
    task: str | None = None


@dataclass(frozen=True)
class SessionFact:
    """研修期の集合研修一回。"""

    id: int
    position: int
    title: str
    held_on: date


@dataclass(frozen=True)
class CohortCourse:
    """研修期の受講者と研修の事実。人ごとの対応は申込の id から。attempts は取り消していない受験、voided は取り消した受験。"""

    participants: tuple[Participant, ...]
    dues: tuple[DueFact, ...]
    sessions: tuple[SessionFact, ...]
    attempts: dict[int, list[AttemptFact]] = field(default_factory=dict)
    submissions: dict[int, dict[int, SubmissionFact]] = field(default_factory=dict)
    attendances: dict[int, dict[int, AttendanceFact]] = field(default_factory=dict)
    test_outcomes: Mapping[int, str] = field(default_factory=dict)
    voided: dict[int, list[AttemptFact]] = field(default_factory=dict)


def latest_decision() -> ColumnElement[bool]:
    """EligibilityDecision が、Application の最も新しい受講資格の決定であるという条件。決定は積まれる。"""
    # IN (… GROUP BY …) では SQLite が人ごとに全員分を走査する。人ごとの索引で一つを引く
    other = aliased(EligibilityDecision)
    newest = select(func.max(other.id)).where(other.application_id == Application.id)
    return EligibilityDecision.id == newest.correlate(Application).scalar_subquery()


def admitted(cohort_id: int) -> ColumnElement[bool]:
    """研修期の選考で選ばれた Application であるという条件。選考の決定が一つもない研修期では、いつも真。"""
    other = aliased(Application)
    selecting = (
        select(SelectionDecision.id)
        .join(other, other.id == SelectionDecision.application_id)
        .where(other.cohort_id == cohort_id)
        .limit(1)
    )
    newest = (
        select(SelectionDecision.decision)
        .where(SelectionDecision.application_id == Application.id)
        .order_by(SelectionDecision.id.desc())
        .limit(1)
        .correlate(Application)
    )
    return or_(selecting.scalar_subquery().is_(None), newest.scalar_subquery() == "selected")


def load_course(session: Session, cohort_id: int, application_id: int | None = None) -> CohortCourse:
    """研修期の（application_id を与えればその人だけの）研修の事実。受講が決定した人だけを含む。"""
    mine: list[ColumnElement[bool]] = [Application.cohort_id == cohort_id]
    if application_id is not None:
        mine.append(Application.id == application_id)
    attempts: dict[int, list[AttemptFact]] = defaultdict(list)
    voided: dict[int, list[AttemptFact]] = defaultdict(list)
    for key, values in _facts(
        session, AttemptFact, Attempt, mine, (Attempt.test, Attempt.subject_group, Attempt.number)
    ):
        one = AttemptFact(*values)
        (attempts if one.voided_on is None else voided)[key].append(one)
    submissions: dict[int, dict[int, SubmissionFact]] = defaultdict(dict)
    for key, values in _facts(session, SubmissionFact, ReportSubmission, mine, (ReportSubmission.id,)):
        submissions[key][values[0]] = SubmissionFact(*values)
    attendances: dict[int, dict[int, AttendanceFact]] = defaultdict(dict)
    for key, values in _facts(session, AttendanceFact, Attendance, mine, (Attendance.id,)):
        attendances[key][values[0]] = AttendanceFact(*values)
    return CohortCourse(
        participants=tuple(
            Participant(*row) for row in session.execute(_participants([*mine, admitted(cohort_id)]))
        ),
        dues=_of_cohort(session, DueFact, ReportDue, cohort_id),
        sessions=_of_cohort(session, SessionFact, TrainingSession, cohort_id),
        attempts=attempts,
        submissions=submissions,
        attendances=attendances,
        test_outcomes=_test_outcomes(session, mine),
        voided=voided,
    )


def _participants(mine: list[ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Application.id,
            Application.reception_number,
            Person.name,
            Person.reading,
            Application.withdrawn_on,
            Application.withdrawal_reason,
        )
        .join(Person)
        .join(EligibilityDecision, EligibilityDecision.application_id == Application.id)
        .where(*mine, latest_decision(), EligibilityDecision.decision == "eligible")
        .order_by(Application.reception_number)
    )


def _facts(
    session: Session, shape: Any, table: Any, mine: list[ColumnElement[bool]], order: tuple[Any, ...]
) -> list[tuple[int, tuple[Any, ...]]]:
    columns = [getattr(table, name) for name in shape.__dataclass_fields__]
    query = (
        select(table.application_id, *columns)
        .join(Application, Application.id == table.application_id)
        .where(*mine)
        .order_by(*order)
    )
    return [(row[0], tuple(row)[1:]) for row in session.execute(query)]


def _of_cohort(session: Session, shape: Any, table: Any, cohort_id: int) -> tuple[Any, ...]:
    columns = [getattr(table, name) for name in shape.__dataclass_fields__]
    rows = session.execute(select(*columns).where(table.cohort_id == cohort_id).order_by(table.position))
    return tuple(shape(*row) for row in rows)


def _test_outcomes(session: Session, mine: list[ColumnElement[bool]]) -> dict[int, str]:
    query = (
        select(AnswerSheet.application_id, AnswerSheet.outcome)
        .join(Application, Application.id == AnswerSheet.application_id)
        .join(CertificationTest, CertificationTest.id == AnswerSheet.certification_test_id)
        .where(*mine)
        .order_by(CertificationTest.held_on, CertificationTest.id)
    )
    found: dict[int, str] = {}
    for application_id, outcome in session.execute(query):
        # 追試などで答案が二つあれば、得点のあるものを優先する
        if found.get(application_id) != "points":
            found[application_id] = outcome
    return found
