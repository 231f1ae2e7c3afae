"""名簿を SQL で導く：基準日の状態、絞り込み、並べ替え、鍵からの続き、状態ごとの数。

状態の規則は services の standings と同じで、両者が等しいことを試験が確かめる（実施要綱 6(3)(4)）。
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session, aliased

from app.domain.calendar import end_of_fiscal_year
from app.domain.guideline import Guideline
from database.schema.certificates import Certification
from database.schema.committee import Case, DecisionReversal
from database.schema.intake import Qualification
from database.schema.people import Person
from database.schema.renewal import Closure, Renewal, Revocation
from database.schema.search_keys import NUMBER_KEYS, PERSON_KEYS

# 状態の番号。並べ替えはこの順
STATES = ("not_yet", "valid", "expired", "revoked", "returned", "died", "annulled")
NOT_YET, VALID, EXPIRED, REVOKED, RETURNED, DIED, ANNULLED = range(len(STATES))


@dataclass(frozen=True)
class Wanted:
    """絞り込み。文字は畳んだ鍵で、空なら絞らない。qualifications は None なら絞らない（種類・級の組）。only は一つの認証の id。"""

    text: str = ""
    area: str = ""
    specialty: str = ""
    language: str = ""
    qualifications: tuple[tuple[str, int | None], ...] | None = None
    standing: str = ""
    cohort_id: int | None = None
    publish_only: bool = False
    only: int | None = None


@dataclass(frozen=True)
class Place:
    """一頁の求め。order は並べる列、after は前の頁の最後の認証の id（None なら最初から）、limit は行の数。"""

    order: str = ""
    descending: bool = False
    after: int | None = None
    limit: int | None = None


def year_end(column: Any) -> ColumnElement[int]:
    """日が属する年度の3月31日の年。"""
    year = cast(func.substr(column, 1, 4), Integer)
    return year + cast(func.substr(column, 6, 2) >= literal("04"), Integer)


def renewed_between(first: date, last: date) -> ColumnElement[bool]:
    """Certification の行に、その間（両端を含む）の更新研修の修了があるか。"""
    return (
        select(Renewal.id)
        .where(
            Renewal.certification_id == Certification.id,
            Renewal.completed_on >= first,
            Renewal.completed_on <= last,
        )
        .exists()
    )


def _valid_following(day: date, guideline: Guideline, earliest: date) -> ColumnElement[bool]:
    """更新後の期間が元の満了の翌日からの版：認証の年度ごとに期間の端が決まり、端ごとに更新があれば有効。"""
    years, this = guideline.validity_years, end_of_fiscal_year(day).year
    branches: list[Any] = [(Certification.certified_on >= date(this - years - 1, 4, 1), literal_column("1"))]
    for year in range(this - years - 1, end_of_fiscal_year(earliest).year - 1, -1) if years else ():
        # 新しい期間から確かめる（失効した人は、たいてい終わりの更新がない）
        ends = range(year + years, this, years)[::-1]
        windows = [(date(end - years if end > year + years else year - 1, 4, 1), end) for end in ends]
        covered = and_(*(renewed_between(first, date(end, 3, 31)) for first, end in windows))
        branches.append((Certification.certified_on >= date(year - 1, 4, 1), covered))
    return case(*branches, else_=literal_column("0"))


def _valid_from_completion(day: date, guideline: Guideline) -> ColumnElement[bool]:
    """更新後の期間が修了の日からの版：認証・更新・基準日の間に、期間より長い隙間がなければ有効。"""
    years, this = guideline.validity_years, end_of_fiscal_year(day).year
    one, before = aliased(Renewal), aliased(Renewal)
    mine = one.certification_id == Certification.id
    known = (
        select(before.id)
        .where(
            before.certification_id == one.certification_id,
            before.completed_on < one.completed_on,
            year_end(before.completed_on) >= year_end(one.completed_on) - years,
        )
        .exists()
    )
    gap = (
        select(one.id)
        .where(
            mine,
            one.completed_on <= day,
            year_end(Certification.certified_on) < year_end(one.completed_on) - years,
            ~known,
        )
        .correlate(Certification)
        .exists()
    )
    last = (
        select(one.id)
        .where(mine, one.completed_on <= day, year_end(one.completed_on) >= this - years)
        .correlate(Certification)
        .exists()
    )
    return and_(or_(year_end(Certification.certified_on) >= this - years, last), ~gap)


def first_certified(session: Session) -> date | None:
    """いちばん早い認証日。認証がなければ None。"""
    column = Certification.certified_on
    return session.scalar(select(func.min(column, type_=column.type)))


def standing_on(session: Session, day: date, guideline: Guideline) -> ColumnElement[int]:
    """Certification の行の、基準日の状態の番号（STATES の順）。"""
    if guideline.renewal_follows_expiry:
        earliest = first_certified(session)
        valid = _valid_following(day, guideline, earliest or day)
    else:
        valid = _valid_from_completion(day, guideline)
    annulled = select(DecisionReversal.case_id).where(DecisionReversal.reversed_on <= day)
    revoked = select(Revocation.certification_id).where(Revocation.revoked_on <= day)
    closed = select(Closure.certification_id).where(Closure.closed_on <= day)

    def code(number: int) -> ColumnElement[int]:
        return literal_column(str(number), Integer)

    return case(
        (Certification.case_id.in_(annulled), code(ANNULLED)),
        (Certification.certified_on > day, code(NOT_YET)),
        (Certification.id.in_(revoked), code(REVOKED)),
        (Certification.id.in_(closed.where(Closure.kind == "returned")), code(RETURNED)),
        (Certification.id.in_(closed.where(Closure.kind == "died")), code(DIED)),
        (valid, code(VALID)),
        else_=code(EXPIRED),
    )


def _holds(pairs: Sequence[tuple[str, int | None]], day: date) -> ColumnElement[bool]:
    if not pairs:
        return false()
    one_of = or_(
        *(and_(Qualification.kind == k, Qualification.grade.is_not_distinct_from(g)) for k, g in pairs)
    )
    return (
        select(Qualification.id)
        .join(Case, Case.application_id == Qualification.application_id)
        .where(
            Case.id == Certification.case_id,
            Qualification.evidence,
            Qualification.registered_on <= day,
            (Qualification.lapsed_on.is_(None)) | (Qualification.lapsed_on >= day),
            one_of,
        )
        .exists()
    )


def _narrow(wanted: Wanted, day: date) -> list[ColumnElement[bool]]:
    keys = PERSON_KEYS.c
    found: list[ColumnElement[bool]] = [Certification.decided_on <= day]
    for column, key in (
        (keys.area, wanted.area),
        (keys.specialty, wanted.specialty),
        (keys.language, wanted.language),
    ):
        if key:
            found.append(func.instr(column, key) > 0)
    if wanted.text:
        number = select(NUMBER_KEYS.c.id).where(func.instr(NUMBER_KEYS.c.number, wanted.text) > 0)
        found.append((func.instr(keys.names, wanted.text) > 0) | Certification.id.in_(number))
    if wanted.qualifications is not None:
        found.append(_holds(wanted.qualifications, day))
    if wanted.cohort_id is not None:
        found.append(Certification.cohort_id == wanted.cohort_id)
    if wanted.only is not None:
        found.append(Certification.id == wanted.only)
    if wanted.publish_only:
        found.append(Person.publish_consent.is_(True))
    return found


def _joined(query: Select[Any], wanted: Wanted, order: str = "") -> Select[Any]:
    """絞り込みと並べ替えに要る表だけをつなぐ。"""
    if wanted.publish_only or order in ("area", "language"):
        query = query.join(Person, Person.id == Certification.person_id)
    if order == "reading" or wanted.text or wanted.area or wanted.specialty or wanted.language:
        query = query.join(PERSON_KEYS, PERSON_KEYS.c.id == Certification.person_id)
    return query


def count_standings(session: Session, day: date, guideline: Guideline, wanted: Wanted) -> dict[str, int]:
    """状態から人数へ（wanted の状態の絞りは数えない）。いない状態は含まない。"""
    query = _joined(select(standing_on(session, day, guideline).label("state")), wanted)
    # LIMIT があれば一行に一度だけ計算され、並べずに数えられる
    states = query.where(*_narrow(wanted, day)).limit(-1).subquery().c.state
    counts = session.execute(select(*(func.count(case((states == n, 1))) for n in range(len(STATES))))).one()
    return {state: count for state, count in zip(STATES, counts, strict=True) if count}


def count_all(session: Session, day: date) -> int:
    """基準日までに認定の議決があった人の数。"""
    return session.scalar(select(func.count()).where(Certification.decided_on <= day)) or 0


def _order(order: str, state: ColumnElement[int], wanted: Wanted) -> Any:
    certified = Certification.certified_on
    # 言葉に当たる人は少ない：日の索引を順に歩かず、当たった人を並べる
    apart = func.ifnull(certified, certified, type_=certified.type) if wanted.text else certified
    columns: dict[str, Any] = {
        "": apart,
        "number": Certification.number,
        "reading": PERSON_KEYS.c.reading,
        "area": Person.activity_area,
        "language": Person.languages,
        "standing": state,
    }
    return columns[order]


def load_ids(session: Session, day: date, guideline: Guideline, wanted: Wanted, place: Place) -> list[int]:
    """条件に合う認証の id を、並べた順に place のところだけ。同じ値の中は id の順。"""
    state = standing_on(session, day, guideline)
    column = _order(place.order, state, wanted)
    query = _joined(select(Certification.id), wanted, place.order).where(*_narrow(wanted, day))
    if wanted.standing:
        query = query.where(state == STATES.index(wanted.standing))
    if place.after is not None:
        last = _joined(select(column, Certification.id), Wanted(), place.order)
        value = session.execute(last.where(Certification.id == place.after)).one()
        here = tuple_(column, Certification.id)
        query = query.where(here < tuple_(*value) if place.descending else here > tuple_(*value))
    order = (column.desc(), Certification.id.desc()) if place.descending else (column, Certification.id)
    return list(session.scalars(query.order_by(*order).limit(place.limit)))


def known_qualifications(session: Session) -> Iterable[tuple[str, int | None]]:
    """記録にある国家資格の種類と級の組。"""
    rows = session.execute(select(Qualification.kind, Qualification.grade).distinct())
    return [(kind, grade) for kind, grade in rows]
