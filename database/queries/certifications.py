"""認証とその後の事実（更新・取消し・返納・交付）をまとめて読む。人数によらず問合せの数は一定。"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from database.schema.certificates import Certificate, Certification
from database.schema.committee import Case, DecisionReversal
from database.schema.intake import Qualification
from database.schema.people import Person
from database.schema.renewal import Closure, Renewal, Revocation
from database.schema.submission import SubmissionBatch, SubmissionRow


@dataclass(frozen=True)
class RevocationFact:
    """取消しの調査と決定の一件。"""

    id: int
    opened_on: date
    ground: str
    notice_on: date | None
    statement: str
    revoked_on: date | None
    closed_without_on: date | None
    reason: str
    decided_by: str
    second_person: str
    statement_due_on: date | None = None
    statement_on: date | None = None
    return_asked_on: date | None = None
    certificate_returned_on: date | None = None


@dataclass(frozen=True)
class IssueFact:
    """交付した認定証の一つの版（PDF は含まない）。"""

    version: int
    kind: str
    issued_on: date
    expires_on: date


@dataclass(frozen=True)
class CertificationFacts:
    """一つの認証の事実。ここから状態を導く。"""

    id: int
    person_id: int
    application_id: int
    cohort_id: int
    number: str
    name: str
    reading: str
    decided_on: date
    certified_on: date
    renewals: tuple[date, ...]
    revocations: tuple[RevocationFact, ...]
    closure: tuple[str, date] | None
    issues: tuple[IssueFact, ...]
    # 認証のもとになった議決が変更された日
    annulled_on: date | None = None


Condition = ColumnElement[bool] | None


def _restrict(query: Select[*tuple[Any, ...]], where: Condition) -> Select[*tuple[Any, ...]]:
    return query if where is None else query.where(where)


def _children(session: Session, query: Select[*tuple[Any, ...]], where: Condition) -> dict[int, list[Any]]:
    # 問合せの最初の列を認証の id とし、残りの列の組を集める
    found: dict[int, list[Any]] = defaultdict(list)
    for row in session.execute(_restrict(query, where)):
        found[row[0]].append(tuple(row)[1:])
    return found


def _issues(session: Session, where: Condition) -> dict[int, list[Any]]:
    return _children(
        session,
        select(
            Certificate.certification_id,
            Certificate.version,
            Certificate.kind,
            Certificate.issued_on,
            Certificate.expires_on,
        )
        .join(Certification, Certification.id == Certificate.certification_id)
        .order_by(Certificate.version),
        where,
    )


def load_facts(session: Session, where: Condition = None) -> list[CertificationFacts]:
    """認証の事実を認証日・id の順に読む。where は Certification の列への条件（空ならすべて）。"""
    link = Certification.id
    renewals = _children(
        session,
        select(Renewal.certification_id, Renewal.completed_on)
        .join(Certification, link == Renewal.certification_id)
        .order_by(Renewal.completed_on),
        where,
    )
    fields = [getattr(Revocation, name) for name in RevocationFact.__dataclass_fields__]
    revocations = _children(
        session,
        select(Revocation.certification_id, *fields)
        .join(Certification, link == Revocation.certification_id)
        .order_by(Revocation.id),
        where,
    )
    closures = _children(
        session,
        select(Closure.certification_id, Closure.kind, Closure.closed_on).join(
            Certification, link == Closure.certification_id
        ),
        where,
    )
    issues = _issues(session, where)
    annulled = _children(
        session,
        select(link, DecisionReversal.reversed_on).join(
            DecisionReversal, DecisionReversal.case_id == Certification.case_id
        ),
        where,
    )
    found = []
    rows: Iterable[tuple[Any, ...]] = session.execute(_restrict(_head(), where))
    for row in rows:
        key = row[0]
        after: tuple[Any, ...] = (
            tuple(r[0] for r in renewals.get(key, ())),
            tuple(RevocationFact(*r) for r in revocations.get(key, ())),
            next(iter(closures.get(key, ())), None),
            tuple(IssueFact(*i) for i in issues.get(key, ())),
            next((row[0] for row in annulled.get(key, ())), None),
        )
        found.append(CertificationFacts(*row, *after))
    return found


def _head() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Certification.id,
            Certification.person_id,
            Case.application_id,
            Certification.cohort_id,
            Certification.number,
            Person.name,
            Person.reading,
            Certification.decided_on,
            Certification.certified_on,
        )
        .join(Case, Case.id == Certification.case_id)
        .join(Person, Person.id == Certification.person_id)
        .order_by(Certification.certified_on, Certification.id)
    )


PERSON_COLUMNS = (
    "name",
    "reading",
    "roman_name",
    "certificate_name",
    "alias",
    "former_name",
    "birth_date",
    "nationality",
    "affiliation",
    "affiliation_prefecture",
    "activity_area",
    "specialties",
    "languages",
    "publish_consent",
)


def load_certified_people(session: Session, where: Condition = None) -> dict[int, dict[str, Any]]:
    """認証（where に合うもの）のある人の、名簿に載せる列（人の id から）。"""
    columns = [getattr(Person, name) for name in PERSON_COLUMNS]
    certified = _restrict(select(Certification.person_id), where)
    rows = session.execute(select(Person.id, *columns).where(Person.id.in_(certified)))
    return {row[0]: dict(zip(PERSON_COLUMNS, tuple(row)[1:], strict=True)) for row in rows}


def load_qualifications(
    session: Session, day: date, where: Condition = None
) -> Mapping[int, Sequence[tuple[str, int | None]]]:
    """認証（where に合うもの）のある申込の、day に有効で証拠のある国家資格（申込の id から種類・級の列）。"""
    query = (
        select(Qualification.application_id, Qualification.kind, Qualification.grade)
        .join(Case, Case.application_id == Qualification.application_id)
        .join(Certification, Certification.case_id == Case.id)
        .where(
            Qualification.evidence,
            Qualification.registered_on <= day,
            (Qualification.lapsed_on.is_(None)) | (Qualification.lapsed_on >= day),
        )
        .order_by(Qualification.id)
    )
    return _children(session, query, where)


def load_last_batches(
    session: Session, kind: str, day: date, keys: Sequence[str] | None = None
) -> dict[str, int]:
    """行の鍵から、day までの便のうち最後に送った便の番号。keys があれば、その鍵だけ。"""
    query = (
        select(SubmissionRow.key, func.max(SubmissionBatch.number))
        .join(SubmissionBatch, SubmissionBatch.id == SubmissionRow.submission_batch_id)
        .where(SubmissionBatch.kind == kind, SubmissionBatch.as_of <= day)
        .group_by(SubmissionRow.key)
    )
    if keys is not None:
        query = query.where(SubmissionRow.key.in_(keys))
    return dict(session.execute(query).all())
