"""修了認定テストの設問・答案・記述の採点・写し・入力の記録をまとめて読む。"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.marking import settled
from database.schema.audit import AuditEntry
from database.schema.intake import Application
from database.schema.people import Person
from database.schema.scoring import (
    AnswerScan,
    AnswerSheet,
    CertificationTest,
    PassRuleAdoption,
    Question,
    WrittenMark,
)

SAVED, CHECKED = "scoring.save_answers", "scoring.check_answers"
SUBJECT = "answer_sheet:"


@dataclass(frozen=True)
class Readings:
    """答一つの読み。points は読み（1・2・3）から点へ、readers は読んだ人の鍵から名へ。"""

    points: dict[int, int] = field(default_factory=dict)
    readers: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    given: dict[str, int] = field(default_factory=dict)


def load_readings(session: Session, test_id: int) -> dict[tuple[int, int], Readings]:
    """テストの読み（答案の id, 設問の番号）から。"""
    query = (
        select(
            WrittenMark.answer_sheet_id,
            WrittenMark.question_number,
            WrittenMark.reading,
            WrittenMark.points,
            WrittenMark.marker_key,
            WrittenMark.marker,
            WrittenMark.note,
        )
        .join(AnswerSheet, AnswerSheet.id == WrittenMark.answer_sheet_id)
        .where(AnswerSheet.certification_test_id == test_id)
        .order_by(WrittenMark.reading)
    )
    found: dict[tuple[int, int], Readings] = defaultdict(Readings)
    for sheet, number, reading, points, key, marker, note in session.execute(query):
        one = found[sheet, number]
        one.points[reading], one.readers[key], one.notes[key], one.given[key] = points, marker, note, points
    return dict(found)


def marked_points(session: Session, test_id: int) -> Mapping[int, Mapping[str, int]] | None:
    """二人の採点で決まった点（答案の id から、設問の番号（文字）と点へ）。二人で採点しないテストなら None。"""
    gap = session.scalar(select(CertificationTest.marking_gap).where(CertificationTest.id == test_id))
    if gap is None:
        return None
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for (sheet, number), readings in load_readings(session, test_id).items():
        points = settled(readings.points, gap)
        if points is not None:
            found[sheet][str(number)] = points
    return found


def written_numbers(session: Session, test_id: int) -> frozenset[str]:
    """記述の設問の番号（文字）。"""
    mine = Question.certification_test_id == test_id
    return frozenset(
        map(str, session.scalars(select(Question.number).where(mine, Question.kind == "written")))
    )


def has_marks(session: Session, test_id: int) -> bool:
    """テストに読みが一つでもあれば真。"""
    query = select(WrittenMark.id).join(AnswerSheet).where(AnswerSheet.certification_test_id == test_id)
    return session.scalar(query.limit(1)) is not None


@dataclass(frozen=True)
class EntryFact:
    """答案一枚の入力か照合の、最も新しい記録。by は人の鍵、name はその名、answers は照合したときの答案の要約。"""

    by: str
    name: str
    answers: str


def load_entries(
    session: Session, test_id: int, sheet_id: int | None = None
) -> tuple[dict[int, EntryFact], dict[int, EntryFact]]:
    """答案の id から、最も新しい入力と、最も新しい照合（監査記録にある事実）。"""
    saved: dict[int, EntryFact] = {}
    checked: dict[int, EntryFact] = {}
    query = select(AuditEntry.subject, AuditEntry.action, AuditEntry.actor_name, AuditEntry.detail)
    if sheet_id is None:
        low, high = SUBJECT, SUBJECT[:-1] + chr(ord(SUBJECT[-1]) + 1)
        query = query.where(AuditEntry.subject >= low, AuditEntry.subject < high)
    else:
        query = query.where(AuditEntry.subject == f"{SUBJECT}{sheet_id}")
    mine = set(session.scalars(select(AnswerSheet.id).where(AnswerSheet.certification_test_id == test_id)))
    for subject, action, name, detail in session.execute(query.order_by(AuditEntry.sequence)):
        sheet = int(subject.removeprefix(SUBJECT))
        if sheet not in mine or action not in (SAVED, CHECKED):
            continue
        fact = EntryFact(detail.get("by", ""), name, detail.get("digest", ""))
        (saved if action == SAVED else checked)[sheet] = fact
    return saved, checked


def count_scans(session: Session, test_id: int) -> dict[int, int]:
    """答案の id から、写しの数。"""
    query = (
        select(AnswerScan.answer_sheet_id, func.count())
        .join(AnswerSheet, AnswerSheet.id == AnswerScan.answer_sheet_id)
        .where(AnswerSheet.certification_test_id == test_id)
        .group_by(AnswerScan.answer_sheet_id)
    )
    return dict(session.execute(query).all())


@dataclass(frozen=True)
class SheetFact:
    """一人の答案。answers は設問番号（文字）から、選んだ肢の列か採点者の点へ。"""

    application_id: int
    reception_number: int
    name: str
    reading: str
    outcome: str
    answers: Mapping[str, Any]


def load_sheets(session: Session, test_id: int) -> list[SheetFact]:
    """テストの答案（受付番号の順）。二人で採点するテストの記述は、答案にある点ではなく、二人の採点で決まった点。"""
    query = (
        select(
            AnswerSheet.id,
            AnswerSheet.application_id,
            Application.reception_number,
            Person.name,
            Person.reading,
            AnswerSheet.outcome,
            AnswerSheet.answers,
        )
        .join(Application, Application.id == AnswerSheet.application_id)
        .join(Person, Person.id == Application.person_id)
        .where(AnswerSheet.certification_test_id == test_id)
        .order_by(Application.reception_number)
    )
    marked = marked_points(session, test_id)
    written = frozenset() if marked is None else written_numbers(session, test_id)
    found = []
    for sheet_id, application_id, number, name, reading, outcome, answers in session.execute(query):
        if marked is not None and written:
            kept = {asked: answer for asked, answer in answers.items() if asked not in written}
            answers = kept | dict(marked.get(sheet_id, {}))
        found.append(SheetFact(application_id, number, name, reading, outcome, answers))
    return found


def sheets_mark(session: Session, test_id: int) -> tuple[int, int]:
    """テストの答案の数と、最も新しい答案の id。"""
    query = select(func.count(), func.coalesce(func.max(AnswerSheet.id), 0))
    count, newest = session.execute(query.where(AnswerSheet.certification_test_id == test_id)).one()
    return count, newest


def count_sheets(session: Session) -> dict[int, int]:
    """テストの id から答案の数。"""
    query = select(AnswerSheet.certification_test_id, func.count()).group_by(
        AnswerSheet.certification_test_id
    )
    return dict(session.execute(query).all())


def latest_adoption(session: Session, test_id: int) -> PassRuleAdoption | None:
    """最も新しい合格基準の採用。"""
    return session.scalar(
        select(PassRuleAdoption)
        .where(PassRuleAdoption.certification_test_id == test_id)
        .order_by(PassRuleAdoption.id.desc())
        .limit(1)
    )


def latest_adoptions(session: Session, cohort_tests: list[int]) -> dict[int, PassRuleAdoption]:
    """テストの id から、最も新しい合格基準の採用。"""
    rows = session.scalars(
        select(PassRuleAdoption)
        .where(PassRuleAdoption.certification_test_id.in_(cohort_tests))
        .order_by(PassRuleAdoption.id)
    )
    return {row.certification_test_id: row for row in rows}
