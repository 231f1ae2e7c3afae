"""研修の事実をまとめて読む。人数によらず問合せの数は一定。"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, cast, func, or_, select
from sqlalchemy.orm import Session, aliased

from database.schema.eligibility import EligibilityDecision, SelectionDecision
from database.schema.intake import Application
from database.schema.people import Person
from database.schema.progress import Attempt, Attendance, ReportDue, ReportSubmission, TrainingSession
from database.schema.scoring import AnswerSheet, CertificationTest

# 盤のための綴り：一人の事実を一行に並べる印
BETWEEN, INSIDE = "|", ","


class Participant(NamedTuple):
    """受講が決定した一人。"""

    application_id: int
    reception_number: int
    name: str
    reading: str
    withdrawn_on: date | None
    withdrawal_reason: str


class AttemptFact(NamedTuple):
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


class SubmissionFact(NamedTuple):
    """一つの提出物の提出と延長。"""

    report_due_id: int
    submitted_on: date | None
    extended_to: date | None
    extension_reason: str


class AttendanceFact(NamedTuple):
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
class CohortPlan:
    """研修期の受講者（受付番号の順）と日程、修了認定テストの結果の種類（申込の id から）。"""

    participants: tuple[Participant, ...]
    dues: tuple[DueFact, ...]
    sessions: tuple[SessionFact, ...]
    test_outcomes: Mapping[int, str]


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
    session.flush()  # 事実は表の列として読むので、書きかけの行を先に送る
    attempts: dict[int, list[AttemptFact]] = defaultdict(list)
    voided: dict[int, list[AttemptFact]] = defaultdict(list)
    order = (Attempt.test, Attempt.subject_group, Attempt.number)
    for row in _facts(session, AttemptFact, Attempt, mine, order):
        one = AttemptFact._make(row[1:])
        (attempts if one.voided_on is None else voided)[row[0]].append(one)
    submissions: dict[int, dict[int, SubmissionFact]] = defaultdict(dict)
    for row in _facts(session, SubmissionFact, ReportSubmission, mine, (ReportSubmission.id,)):
        submissions[row[0]][row[1]] = SubmissionFact._make(row[1:])
    attendances: dict[int, dict[int, AttendanceFact]] = defaultdict(dict)
    for row in _facts(session, AttendanceFact, Attendance, mine, (Attendance.id,)):
        attendances[row[0]][row[1]] = AttendanceFact._make(row[1:])
    plan = load_plan(session, cohort_id, application_id)
    return CohortCourse(
        participants=plan.participants,
        dues=plan.dues,
        sessions=plan.sessions,
        attempts=attempts,
        submissions=submissions,
        attendances=attendances,
        test_outcomes=plan.test_outcomes,
        voided=voided,
    )


def load_plan(session: Session, cohort_id: int, application_id: int | None = None) -> CohortPlan:
    """研修期の（application_id を与えればその人だけの）受講者と日程。受講が決定した人だけを含む。"""
    mine: list[ColumnElement[bool]] = [Application.cohort_id == cohort_id]
    if application_id is not None:
        mine.append(Application.id == application_id)
    return CohortPlan(
        tuple(Participant._make(row) for row in session.execute(_participants([*mine, admitted(cohort_id)]))),
        _of_cohort(session, DueFact, ReportDue, cohort_id),
        _of_cohort(session, SessionFact, TrainingSession, cohort_id),
        _test_outcomes(session, mine),
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
) -> Sequence[Any]:
    # 何万行にもなるので、ORM の行を作らず表の列のまま読む
    columns = table.__table__.c
    query = (
        select(columns.application_id, *(columns[name] for name in shape._fields))
        .join(Application.__table__, Application.__table__.c.id == columns.application_id)
        .where(*mine)
        .order_by(*order)
    )
    return session.connection().execute(query).fetchall()


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


@dataclass(frozen=True)
class BoardFacts:
    """研修期の受講者と、申込の id から一人の受験・提出・出欠の綴り（attempts_of などで読む）。"""

    plan: CohortPlan
    attempts: Mapping[int, str]
    submissions: Mapping[int, str]
    attendances: Mapping[int, str]


def load_board(session: Session, cohort_id: int) -> BoardFacts:
    """研修期の全員の事実。取り消した受験は含まない。"""
    session.flush()

    def spelled(table: Any, names: Sequence[str], *where: ColumnElement[bool]) -> dict[int, str]:
        columns = table.__table__.c
        parts = [func.coalesce(cast(columns[name], String), "") for name in names]
        joined: Any = parts[0]
        for part in parts[1:]:
            joined = joined + INSIDE + part
        owner = Application.__table__.c
        query = (
            select(columns.application_id, func.group_concat(joined, BETWEEN))
            .join(Application.__table__, owner.id == columns.application_id)
            .where(owner.cohort_id == cohort_id, *where)
            .group_by(columns.application_id)
        )
        return {key: text for key, text in session.connection().execute(query).fetchall()}

    return BoardFacts(
        load_plan(session, cohort_id),
        spelled(
            Attempt,
            ("subject_group", "number", "outcome", "points", "taken_on"),
            Attempt.__table__.c.voided_on.is_(None),
        ),
        spelled(ReportSubmission, ("report_due_id", "submitted_on", "extended_to")),
        spelled(
            Attendance,
            ("training_session_id", "attended", "minutes_late", "minutes_left_early", "outcome"),
        ),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def read_attempt(text: str) -> AttemptFact:
    """一回の受験の綴りを読む。"""
    group, number, outcome, points, taken_on = text.split(INSIDE)
    test = "quiz" if group else "comprehensive"
    return AttemptFact(0, test, group, int(number), outcome, int(points) if points else None, _day(taken_on))


def read_submissions(text: str) -> dict[int, SubmissionFact]:
    """一人の提出の綴りを読む。"""
    found = {}
    for one in text.split(BETWEEN) if text else ():
        due, submitted_on, extended_to = one.split(INSIDE)
        found[int(due)] = SubmissionFact(int(due), _day(submitted_on), _day(extended_to), "")
    return found


def read_attendances(text: str) -> dict[int, AttendanceFact]:
    """一人の出欠の綴りを読む。"""
    found = {}
    for one in text.split(BETWEEN) if text else ():
        session, attended, late, early, outcome = one.split(INSIDE)
        present = bool(int(attended)) if attended else None
        found[int(session)] = AttendanceFact(int(session), present, int(late), int(early), outcome or None)
    return found
