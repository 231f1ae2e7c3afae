"""人と受付番号についての、受付の部屋の共通の仕事。"""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.contradictions import birth_date_problem
from app.domain.errors import RuleViolation
from app.domain.likeness import phone_digits
from app.domain.names import grams, name_problems, search_key
from database.queries.search import phone_grams
from database.schema.committee import Case, CaseDecision
from database.schema.eligibility import EligibilityDecision, SelectionDecision
from database.schema.intake import Application, Cohort
from database.schema.people import Person

_TOGETHER = timedelta(days=365)  # 研修開始日の隔たりがこれより近い二つの研修期は、研修が重なる
_MOST = 500  # 一度に尋ねる人の数


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
    if problem := birth_date_problem(birth_date, today):
        raise RuleViolation(problem)


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


def printed_name(person: Person) -> str:
    """証書に刷る氏名（証書表記がなければ氏名のまま）。"""
    return person.certificate_name or person.name


def unsign(person: Person) -> None:
    """証書表記の確認済みの印を外す（刷る氏名が変わったとき）。"""
    person.certificate_name_signed_off = False
    person.certificate_name_signed_by = person.certificate_name_signed_on = None


def check_not_merged(session: Session, person: Person) -> None:
    """名寄せして使わなくなった記録でないことを確かめる。そうなら、残した記録の名を言って RuleViolation。"""
    if person.merged_into_id is not None:
        kept = session.get_one(Person, person.merged_into_id)
        raise RuleViolation(
            f"この記録は「{kept.name}」に名寄せしてあります。残した記録を直すか、名寄せを元に戻してください。"
        )


def grams_of(person: Person) -> set[str]:
    """検索の索引に入れる文字の並び（名の一字・二字の組と、電話の数字）。"""
    texts = (
        person.name,
        person.reading,
        person.roman_name,
        person.certificate_name,
        person.alias,
        person.former_name,
    )
    found = {g for text in texts if text for g in grams(search_key(text))}
    return found | phone_grams(phone_digits(person.phone))


def _open_applications(session: Session, cohort_id: int, people: Sequence[int]) -> list[Application]:
    """people の、研修の重なるほかの研修期への、まだ結果の出ていない申込。"""
    cohort = session.get_one(Cohort, cohort_id)
    starts = cohort.training_starts_on
    found = list(
        session.scalars(
            select(Application)
            .join(Cohort)
            .where(
                Application.person_id.in_(people),
                Application.cohort_id != cohort_id,
                Application.withdrawn_on.is_(None),
                Cohort.training_starts_on > starts - _TOGETHER,
                Cohort.training_starts_on < starts + _TOGETHER,
            )
            .order_by(Application.id)
        )
    )
    ids = [a.id for a in found]
    eligible: dict[int, str] = dict(
        session.execute(
            select(EligibilityDecision.application_id, EligibilityDecision.decision)
            .where(EligibilityDecision.application_id.in_(ids))
            .order_by(EligibilityDecision.id)
        ).all()
    )
    selected: dict[int, str] = dict(
        session.execute(
            select(SelectionDecision.application_id, SelectionDecision.decision)
            .where(SelectionDecision.application_id.in_(ids))
            .order_by(SelectionDecision.id)
        ).all()
    )
    ended = set(
        session.scalars(
            select(Case.application_id)
            .join(CaseDecision, CaseDecision.case_id == Case.id)
            .where(Case.application_id.in_(ids), CaseDecision.decision.in_(("certified", "not_certified")))
        )
    )
    return [
        a
        for a in found
        if a.id not in ended and eligible.get(a.id) != "ineligible" and selected.get(a.id) != "not_selected"
    ]


def open_elsewhere(session: Session, cohort_id: int, people: Sequence[int]) -> dict[int, str]:
    """研修の重なるほかの研修期に、結果の出ていない申込のある人から、その文へ。

    辞退・不決定・選考外・議決の済んだものは数えない。
    """
    found: dict[int, str] = {}
    for first in range(0, len(people), _MOST):
        for a in _open_applications(session, cohort_id, people[first : first + _MOST]):
            year = wareki(date(a.cohort.fiscal_year, 5, 1)).split("年")[0]
            found.setdefault(
                a.person_id,
                f"{year}年度 第{a.cohort.term}期にも申し込んでいて（受付 {a.reception_number:04d}）、"
                "結果がまだ出ていません。二つの研修期を同時には受けられないので、"
                "どちらかを辞退とするかを本人に確かめてください。",
            )
    return found
