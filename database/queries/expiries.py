"""有効な認証の満了日を SQL で導く。満了日ごとの人数と、まだ案内を送っていない人の数（実施要綱 6(4)）。"""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, literal, literal_column, select
from sqlalchemy.orm import Session

from app.domain.calendar import end_of_fiscal_year
from app.domain.guideline import Guideline
from database.queries.register import VALID, first_certified, renewed_between, standing_on, year_end
from database.schema.certificates import Certification
from database.schema.letters import Letter
from database.schema.renewal import Renewal


class Expiry(NamedTuple):
    """一つの満了日：有効な人の数と、そのうち一度でも更新した人の数。"""

    expires_on: date
    certified: int
    renewed: int


def _following(day: date, guideline: Guideline, earliest: date) -> ColumnElement[int]:
    """更新後の期間が元の満了の翌日からの版：今日を含む期間の端。その期間の更新が済んでいれば次の端。"""
    years, this = guideline.validity_years, end_of_fiscal_year(day).year
    branches: list[Any] = []
    for year in range(this, end_of_fiscal_year(earliest).year - 1, -1):
        first, end = date(year - 1, 4, 1), year + years
        while years and end < this:
            first, end = date(end, 4, 1), end + years
        value = case((renewed_between(first, day), literal(end + years)), else_=literal(end))
        branches.append((Certification.certified_on >= date(year - 1, 4, 1), value))
    return case(*branches, else_=literal(0)) if branches else literal_column("0")


def _from_completion(day: date, guideline: Guideline) -> ColumnElement[int]:
    """更新後の期間が修了の日からの版：最後の更新（なければ認証）の年度の終わりから数える。"""
    last = (
        select(func.max(Renewal.completed_on))
        .where(Renewal.certification_id == Certification.id, Renewal.completed_on <= day)
        .scalar_subquery()
    )
    return year_end(func.coalesce(last, Certification.certified_on)) + guideline.validity_years


def expiry_year(session: Session, day: date, guideline: Guideline) -> ColumnElement[int]:
    """Certification の行の、day に有効な認証が満了する年（その年の3月31日）。"""
    if guideline.renewal_follows_expiry:
        return _following(day, guideline, first_certified(session) or day)
    return _from_completion(day, guideline)


def _valid(session: Session, day: date, guideline: Guideline) -> ColumnElement[bool]:
    return and_(
        Certification.decided_on <= day, standing_on(session, day, guideline) == literal_column(str(VALID))
    )


def count_expiries(session: Session, day: date, guideline: Guideline) -> list[Expiry]:
    """有効な人を、満了日ごとに数える（近い順）。"""
    year = expiry_year(session, day, guideline)
    # 有効な人の更新は、どれも効いている（効かない更新があるのは、隙間があって失効した人だけである）
    again = renewed_between(date.min, day)
    found = (
        select(year.label("year"), again.label("again"))
        .where(_valid(session, day, guideline))
        .limit(-1)
        .subquery()
    )
    query = select(found.c.year, func.count(), func.count(case((found.c.again, 1)))).group_by(found.c.year)
    rows = session.execute(query.order_by(found.c.year))
    return [Expiry(date(year, 3, 31), count, again) for year, count, again in rows]


def unsent_notices(
    session: Session, day: date, guideline: Guideline, expires_on: date, kind: str
) -> tuple[int, int | None]:
    """その日に満了する有効な人のうち、kind の案内をまだ送っていない人の数と、初めの一人の認証の id。"""
    sent = select(Letter.certification_id).where(
        Letter.kind == kind, Letter.sent_on.is_not(None), Letter.certification_id.is_not(None)
    )
    query = select(func.count(), func.min(Certification.id)).where(
        _valid(session, day, guideline),
        expiry_year(session, day, guideline) == expires_on.year,
        Certification.id.not_in(sent),
    )
    count, first = session.execute(query).one()
    return count, first
