"""統計のための読み取り：申込の分け方、受講資格の決定、議決、合格の決定。人数によらず問合せの数は一定。"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from database.queries.progress import latest_decision
from database.schema.certificates import Certification
from database.schema.committee import Case, CaseDecision, DecisionReversal, GroundConfirmation, Meeting
from database.schema.eligibility import EligibilityDecision
from database.schema.intake import Application, Qualification
from database.schema.people import Person
from database.schema.scoring import CertificationTest


@dataclass(frozen=True)
class ApplicationFact:
    """申込一件の、数え分けるための値。"""

    application_id: int
    cohort_id: int
    prefecture: str
    nationality: str
    counter: str | None
    withdrawn_on: date | None
    withdrawal_reason: str
    qualifications: frozenset[str] = frozenset()


@dataclass(frozen=True)
class DecidedFact:
    """閉じた会議の議決一件。grounds は該当するとした欠格事由（a・i・u・e）。"""

    case_id: int
    cohort_id: int
    decision: str
    grounds: tuple[str, ...]


def _of(column: Any, cohorts: Iterable[int]) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.in_(list(cohorts))
    return found


def load_applications(session: Session, cohorts: Iterable[int], day: date) -> list[ApplicationFact]:
    """day までに受けた申込（受付番号の順）。国家資格は証拠のあるもの。"""
    mine = _of(Application.cohort_id, cohorts)
    kinds: dict[int, set[str]] = {}
    for application_id, kind in session.execute(
        select(Qualification.application_id, Qualification.kind)
        .join(Application, Application.id == Qualification.application_id)
        .where(Qualification.evidence, mine)
    ):
        kinds.setdefault(application_id, set()).add(kind)
    rows: Iterable[Any] = session.execute(
        select(
            Application.id,
            Application.cohort_id,
            Person.affiliation_prefecture,
            Person.nationality,
            Application.counter,
            Application.withdrawn_on,
            Application.withdrawal_reason,
        )
        .join(Person, Person.id == Application.person_id)
        .where(mine, Application.received_on <= day)
        .order_by(Application.reception_number)
    )
    return [ApplicationFact(*(*row, frozenset(kinds.get(row[0], ())))) for row in rows]


def load_eligibility_findings(
    session: Session, cohorts: Iterable[int], day: date
) -> list[tuple[int, str, list[dict[str, Any]]]]:
    """研修期・最も新しい受講資格の決定・凍った所見（day までに決定した申込）。"""
    rows: Iterable[tuple[Any, ...]] = session.execute(
        select(Application.cohort_id, EligibilityDecision.decision, EligibilityDecision.findings)
        .join(EligibilityDecision, EligibilityDecision.application_id == Application.id)
        .where(_of(Application.cohort_id, cohorts), latest_decision(), EligibilityDecision.decided_on <= day)
    )
    return [(cohort, decision, findings) for cohort, decision, findings in rows]


def load_decided(session: Session, cohorts: Iterable[int], day: date) -> list[DecidedFact]:
    """閉じた会議の議決（後で変更された議決は除く）。"""
    applying: dict[int, list[str]] = {}
    for case_id, ground in session.execute(
        select(GroundConfirmation.case_id, GroundConfirmation.ground)
        .where(GroundConfirmation.finding == "applies")
        .order_by(GroundConfirmation.id)
    ):
        applying.setdefault(case_id, []).append(ground)
    rows: Iterable[tuple[Any, ...]] = session.execute(
        select(Case.id, Meeting.cohort_id, CaseDecision.decision)
        .join(Meeting, Meeting.id == Case.meeting_id)
        .join(CaseDecision, CaseDecision.case_id == Case.id)
        .where(
            _of(Meeting.cohort_id, cohorts),
            Meeting.closed_at.is_not(None),
            Meeting.held_on <= day,
            Case.id.not_in(select(DecisionReversal.case_id)),
        )
    )
    return [DecidedFact(i, cohort, decision, tuple(applying.get(i, ()))) for i, cohort, decision in rows]


def load_certified(session: Session, cohorts: Iterable[int], day: date) -> dict[int, int]:
    """day までに認証された申込の id から研修期（議決が変更されたものを除く）。"""
    found: dict[int, int] = dict(
        session.execute(
            select(Case.application_id, Certification.cohort_id)
            .join(Certification, Certification.case_id == Case.id)
            .where(
                _of(Certification.cohort_id, cohorts),
                Certification.certified_on <= day,
                Case.id.not_in(select(DecisionReversal.case_id)),
            )
        ).all()
    )
    return found


def closed_meetings(session: Session, cohorts: Iterable[int], day: date) -> set[int]:
    """閉じた会議のある研修期。"""
    query = select(Meeting.cohort_id).where(
        _of(Meeting.cohort_id, cohorts), Meeting.closed_at.is_not(None), Meeting.held_on <= day
    )
    return set(session.scalars(query.distinct()))


def load_tests(session: Session, cohorts: Iterable[int], day: date) -> list[tuple[int, int, str, date]]:
    """day までに行われたテスト（id, 研修期, 題, 実施日）。"""
    rows: Iterable[tuple[Any, ...]] = session.execute(
        select(
            CertificationTest.id,
            CertificationTest.cohort_id,
            CertificationTest.title,
            CertificationTest.held_on,
        )
        .where(_of(CertificationTest.cohort_id, cohorts), CertificationTest.held_on <= day)
        .order_by(CertificationTest.held_on, CertificationTest.id)
    )
    return [(i, cohort, title, held_on) for i, cohort, title, held_on in rows]
