"""試験のための行を、監査記録と共に入れる小さな工場。返すのは id。"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.access import Role
from app.domain.guideline import parse_guideline
from app.services.office import Actor, Office
from app.services.people import grams_of
from database import audit
from database.opening import Store
from database.queries.search import index_person
from database.schema.base import Base
from database.schema.certificates import Certificate, Certification
from database.schema.committee import Case, CaseDecision, Meeting
from database.schema.eligibility import EligibilityDecision
from database.schema.intake import Application, Cohort, Qualification
from database.schema.people import Person
from database.schema.progress import Attempt, Attendance, ReportDue, ReportSubmission, TrainingSession

EDITION = Path(__file__).parents[1] / "resources" / "editions" / "r7-02-27.toml"
GUIDELINE = parse_guideline(EDITION.read_text(encoding="utf-8"))
NOW = datetime(2026, 2, 20, 1, 30, tzinfo=UTC)
TODAY = date(2026, 2, 20)
GROUPS = ("A", "B", "C", "D", "E")


def make_actor(role: Role = Role.CLERK, name: str = "事務 花子", key: str = "") -> Actor:
    """操作する人。key が同じなら同じ人。"""
    return Actor(None, name, role, key or f"{name}/{role}")


def make_office(
    store: Store, role: Role = Role.CLERK, today: date = TODAY, name: str = "事務 花子"
) -> Office:
    """今日を固定したオフィス。"""
    return Office(store, GUIDELINE, make_actor(role, name), today=lambda: today, now=lambda: NOW)


def as_role(office: Office, role: Role, today: date | None = None) -> Office:
    """役割（と今日）だけを替えたオフィス。"""
    clock = office.today if today is None else (lambda: today)
    return replace(office, actor=make_actor(role, f"{role}の人"), today=clock)


def insert(office: Office, rows: Iterable[Base]) -> list[int]:
    """行を入れて監査記録を置き、id を返す。"""
    with office.store.sessions.begin() as session:
        kept = list(rows)
        session.add_all(kept)
        session.flush()
        for row in kept:
            for one in _people_in(row):
                index_person(session, one.id, grams_of(one))
        _record(office, session)
        return [row.id for row in kept]  # type: ignore[attr-defined]


def _people_in(row: Base) -> list[Person]:
    """その行の人、またはその行と共に入れた人。検索の索引は、人を入れるところで置く。"""
    if isinstance(row, Person):
        return [row]
    return [row.person] if isinstance(row, Application) else []


def _record(office: Office, session: Session) -> None:
    audit.record(
        session,
        mac_key=office.store.keys.mac_key,
        at=NOW,
        actor_id=None,
        actor_name="工場",
        machine="試験",
        action="tests.insert",
        subject="tests",
        summary="試験の行",
        reason="",
        detail={},
    )


def make_cohort(office: Office, term: int = 1, starts_on: date = date(2025, 8, 1), **values: Any) -> int:
    """研修期。"""
    year = starts_on.year if starts_on.month >= 4 else starts_on.year - 1
    return insert(office, [Cohort(fiscal_year=year, term=term, training_starts_on=starts_on, **values)])[0]


def person(name: str = "見本 太郎", reading: str = "ミホン タロウ", **values: Any) -> Person:
    """まだ入れていない人。"""
    return Person(name=name, reading=reading, **{"birth_date": date(1980, 4, 1), **values})


def make_person(
    office: Office, name: str = "見本 太郎", reading: str = "ミホン タロウ", **values: Any
) -> int:
    """人。"""
    return insert(office, [person(name, reading, **values)])[0]


def _next_reception(office: Office, cohort_id: int) -> int:
    with office.store.sessions() as session:
        last = session.scalar(
            select(func.max(Application.reception_number)).where(Application.cohort_id == cohort_id)
        )
    return (last or 0) + 1


def make_applications(
    office: Office, cohort_id: int, people: Sequence[Person], eligible: bool = True, **values: Any
) -> list[int]:
    """受講申込を人と共に入れる。eligible なら受講を決定する。"""
    first = _next_reception(office, cohort_id)
    rows = [
        Application(
            cohort_id=cohort_id,
            person=p,
            reception_number=first + i,
            **{"received_on": date(2025, 6, 10), "counter": "municipal", **values},
        )
        for i, p in enumerate(people)
    ]
    ids = insert(office, rows)
    if eligible:
        insert(office, [eligibility(i) for i in ids])
    return ids


def make_application(
    office: Office, cohort_id: int, name: str = "見本 太郎", eligible: bool = True, **person_values: Any
) -> int:
    """一件の受講申込（人も作る）。"""
    return make_applications(office, cohort_id, [person(name, **person_values)], eligible)[0]


def eligibility(
    application_id: int, decision: str = "eligible", day: date = date(2025, 7, 1)
) -> EligibilityDecision:
    """受講資格の決定。"""
    return EligibilityDecision(
        application_id=application_id,
        decided_on=day,
        decision=decision,
        finding=decision,
        facts_digest="0" * 64,
        findings=[],
        decided_by="事務 花子",
    )


def make_qualification(
    office: Office, application_id: int, kind: str = "certified_social_worker", **values: Any
) -> int:
    """証拠のある国家資格。"""
    row = Qualification(
        application_id=application_id,
        kind=kind,
        **{"registered_on": date(2015, 4, 1), "evidence": True, **values},
    )
    return insert(office, [row])[0]


def make_report_dues(office: Office, cohort_id: int) -> list[int]:
    """取組状況報告2回と課題レポート。"""
    rows = [
        ReportDue(cohort_id=cohort_id, position=1, title="取組状況報告（1回目）", due_on=date(2025, 10, 31)),
        ReportDue(cohort_id=cohort_id, position=2, title="取組状況報告（2回目）", due_on=date(2025, 12, 10)),
        ReportDue(
            cohort_id=cohort_id, position=3, title="課題レポート", due_on=date(2026, 1, 15), final=True
        ),
    ]
    return insert(office, rows)


def make_sessions(
    office: Office, cohort_id: int, days: Sequence[date] = (date(2026, 2, 3), date(2026, 2, 4))
) -> list[int]:
    """集合研修。"""
    rows = [
        TrainingSession(cohort_id=cohort_id, position=i, title=f"集合研修（{i}日目）", held_on=day)
        for i, day in enumerate(days, 1)
    ]
    return insert(office, rows)


def pass_course1(office: Office, application_ids: Iterable[int], points: int = 80) -> None:
    """小テスト五つと総合確認テストの得点。"""
    rows = []
    for application_id in application_ids:
        for group in (*GROUPS, ""):
            test = "quiz" if group else "comprehensive"
            rows.append(
                Attempt(
                    application_id=application_id,
                    test=test,
                    subject_group=group,
                    number=1,
                    outcome="points",
                    points=points,
                    taken_on=date(2025, 9, 1),
                )
            )
    insert(office, rows)


def finish_course(
    office: Office, application_ids: Sequence[int], dues: Sequence[int], sessions: Sequence[int]
) -> None:
    """養成課程①から集合研修までを修了させ、修了認定テストの関門を開く。"""
    pass_course1(office, application_ids)
    rows: list[Base] = []
    for application_id in application_ids:
        rows += [
            ReportSubmission(
                application_id=application_id, report_due_id=due, submitted_on=date(2025, 10, 20)
            )
            for due in dues
        ]
        rows += [
            Attendance(application_id=application_id, training_session_id=s, attended=True) for s in sessions
        ]
    insert(office, rows)


def make_meeting(office: Office, cohort_id: int, held_on: date = date(2026, 3, 20), number: int = 1) -> int:
    """会議。"""
    return insert(
        office,
        [Meeting(cohort_id=cohort_id, number=number, held_on=held_on, certification_on=date(2026, 3, 31))],
    )[0]


def make_certifications(
    office: Office,
    cohort_id: int,
    application_ids: Sequence[int],
    certified_on: date = date(2026, 3, 31),
    issued: bool = True,
    meeting_number: int = 1,
) -> list[int]:
    """議決・認証・（issued なら）初めの認定証。番号は 第R7-1-0001号 の形。"""
    meeting_id = make_meeting(office, cohort_id, certified_on, meeting_number)
    cases = insert(
        office,
        [Case(meeting_id=meeting_id, application_id=a, position=i) for i, a in enumerate(application_ids, 1)],
    )
    insert(office, [_decision(c) for c in cases])
    with office.store.sessions() as session:
        people = dict(session.execute(select(Application.id, Application.person_id)).all())
        cohort = session.get_one(Cohort, cohort_id)
        prefix = f"第R{cohort.fiscal_year - 2018}-{cohort.term}"
    ids = insert(
        office,
        [
            Certification(
                person_id=people[a],
                case_id=c,
                cohort_id=cohort_id,
                serial=i,
                number=f"{prefix}-{i:04d}号",
                decided_on=certified_on,
                certified_on=certified_on,
            )
            for i, (a, c) in enumerate(zip(application_ids, cases, strict=True), 1)
        ],
    )
    if issued:
        insert(office, [certificate(i, certified_on) for i in ids])
    return ids


def _decision(case_id: int) -> CaseDecision:
    return CaseDecision(
        case_id=case_id,
        decision="certified",
        result="carried",
        base=7,
        present=5,
        votes_for=5,
        votes_against=0,
        abstentions=0,
        decided_at=NOW,
    )


def certificate(
    certification_id: int, issued_on: date, version: int = 1, kind: str = "new", **values: Any
) -> Certificate:
    """認定証の一つの版。"""
    year = issued_on.year if issued_on.month >= 4 else issued_on.year - 1
    return Certificate(
        certification_id=certification_id,
        version=version,
        kind=kind,
        issued_on=issued_on,
        **{
            "valid_from": issued_on,
            "expires_on": date(year + 4, 3, 31),
            "face": {},
            "qr_text": "NINTEI1",
            "pdf": b"%PDF-1.7",
            "pdf_digest": "0" * 64,
            "issued_by": "責任 次郎",
            **values,
        },
    )


def change(office: Office, table: type[Base], row_id: int, **values: Any) -> None:
    """入れた行を直す。"""
    with office.store.sessions.begin() as session:
        row = session.get_one(table, row_id)
        for name, value in values.items():
            setattr(row, name, value)
        _record(office, session)
