"""人と受付番号についての、受付の部屋の共通の仕事。"""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.domain.names import grams, name_problems, search_key
from database.schema.intake import Application
from database.schema.people import Person


def check_name(name: str) -> None:
    """氏名を確かめる。直さず、受け取れなければ RuleViolation。"""
    problems = name_problems(name)
    if not name.strip():
        raise RuleViolation("氏名が空です。申込書のとおりに入れてください。")
    if problems:
        raise RuleViolation(
            f"氏名に使えない文字があります（{'、'.join(problems)}）。申込書を見て入れ直してください。"
        )


def check_birth_date(birth_date: date, today: date) -> None:
    """生年月日を確かめる。今日より前でなければ RuleViolation。"""
    if birth_date >= today:
        raise RuleViolation(f"生年月日（{wareki(birth_date)}）が今日より前ではありません。確かめてください。")


def check_person(name: str, birth_date: date, today: date) -> None:
    """氏名と生年月日を確かめる。受け取れなければ RuleViolation。"""
    check_name(name)
    check_birth_date(birth_date, today)


def next_reception_number(session: Session, cohort_id: int) -> int:
    """次の受付番号。"""
    last = session.scalar(
        select(func.max(Application.reception_number)).where(Application.cohort_id == cohort_id)
    )
    return (last or 0) + 1


def grams_of(person: Person) -> set[str]:
    """検索の索引に入れる文字の並び。"""
    texts = (
        person.name,
        person.reading,
        person.roman_name,
        person.certificate_name,
        person.alias,
        person.former_name,
    )
    return {g for text in texts if text for g in grams(search_key(text))}
