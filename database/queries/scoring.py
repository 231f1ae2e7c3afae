"""修了認定テストの設問と答案をまとめて読む。"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from database.schema.intake import Application
from database.schema.people import Person
from database.schema.scoring import AnswerSheet, PassRuleAdoption


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
    """テストの答案（受付番号の順）。"""
    query = (
        select(
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
    return [SheetFact(*row) for row in session.execute(query)]


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
