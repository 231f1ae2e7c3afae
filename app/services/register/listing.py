"""認定者名簿：基準日の名簿を、絞って、並べて、頁ごとに読む。ブックに書き出す。"""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.names import search_key
from app.services.cohorts import cohort_title
from app.services.exports import register_sheet
from app.services.lists import audit_line, write_list
from app.services.office import Office
from app.services.register.rows import load_rows, qualification_words
from app.services.views.register import RegisterFilter, RegisterPlace, RegisterRow, RegisterView
from app.services.views.renewal import STANDING_WORDS
from app.services.views.submission import ExportResult
from database.queries.register import (
    Place,
    Wanted,
    count_all,
    count_standings,
    known_qualifications,
    load_ids,
)
from database.schema.intake import Cohort

_CHUNK = 10_000  # 一度の問合せに載せる id の数


def _qualifications(session: Session, text: str) -> tuple[tuple[str, int | None], ...] | None:
    """言葉に当たる国家資格の種類と級。絞らないなら None。"""
    if not (key := search_key(text)):
        return None
    pairs = known_qualifications(session)
    return tuple(pair for pair in pairs if any(key in search_key(w) for w in qualification_words((pair,))))


def _wanted(session: Session, chosen: RegisterFilter) -> Wanted:
    return Wanted(
        text=search_key(chosen.text),
        area=search_key(chosen.area),
        specialty=search_key(chosen.specialty),
        language=search_key(chosen.language),
        qualifications=_qualifications(session, chosen.qualification),
        standing=chosen.standing,
        cohort_id=chosen.cohort_id,
        publish_only=chosen.publish_only,
        only=chosen.only,
    )


def _rows_in_order(session: Session, office: Office, day: date, ids: Sequence[int]) -> Iterator[RegisterRow]:
    for first in range(0, len(ids), _CHUNK):
        chunk = ids[first : first + _CHUNK]
        rows = {r.certification_id: r for r in load_rows(session, day, office.guideline, chunk)}
        yield from (rows[i] for i in chunk)


def _page(
    session: Session, office: Office, day: date, wanted: Wanted, place: Place
) -> tuple[RegisterRow, ...]:
    ids = load_ids(session, day, office.guideline, wanted, place)
    return tuple(_rows_in_order(session, office, day, ids))


def as_of(
    office: Office,
    day: date | None = None,
    chosen: RegisterFilter | None = None,
    place: RegisterPlace | None = None,
) -> RegisterView:
    """基準日（既定は今日）の名簿：状態ごとの人数と、絞り込んだ初めの一頁（既定は認証日の順）。続きは page で読む。"""
    as_of_day = day or office.today()
    with office.read("register.as_of") as session:
        wanted = _wanted(session, chosen or RegisterFilter())
        return RegisterView(
            as_of_day,
            _page(session, office, as_of_day, wanted, _place(place or RegisterPlace())),
            count_all(session, as_of_day),
            count_standings(session, as_of_day, office.guideline, wanted),
            audit_line(session),
        )


def page(office: Office, day: date, chosen: RegisterFilter, place: RegisterPlace) -> tuple[RegisterRow, ...]:
    """基準日の名簿の続きの一頁。place は並べる列と、前の頁の最後の認証。"""
    with office.read("register.page") as session:
        return _page(session, office, day, _wanted(session, chosen), _place(place))


def _place(place: RegisterPlace) -> Place:
    return Place(place.order, place.descending, place.after, place.limit)


def everyone(session: Session, office: Office, day: date, chosen: RegisterFilter) -> tuple[RegisterRow, ...]:
    """絞り込みに当たるすべての行（認証日の順）。紙とブックのため。"""
    return _page(session, office, day, _wanted(session, chosen), Place())


FILTER_WORDS = {
    "area": "活動地域",
    "qualification": "保有資格",
    "specialty": "専門分野",
    "language": "対応言語",
    "text": "文字",
}


def filter_note(session: Session, chosen: RegisterFilter) -> str:
    """絞り込みを言う一行。"""
    parts = [f"{words}「{getattr(chosen, f)}」" for f, words in FILTER_WORDS.items() if getattr(chosen, f)]
    if chosen.cohort_id is not None:
        cohort = session.get(Cohort, chosen.cohort_id)
        parts.append("研修期「（ありません）」" if cohort is None else f"研修期「{cohort_title(cohort)}」")
    if chosen.standing:
        parts.append(f"状態「{STANDING_WORDS[chosen.standing]}」")
    if chosen.publish_only:
        parts.append("公表に同意した人")
    return f"絞り込み：{'、'.join(parts)}" if parts else "絞り込みなし"


def write_register(
    office: Office,
    path: Path,
    day: date | None = None,
    chosen: RegisterFilter | None = None,
    password: str = "",
) -> ExportResult:
    """基準日の名簿をブックに書く。監査記録の先頭と絞り込みを注に刷る。password があれば暗号化する。"""
    as_of_day, filter_ = day or office.today(), chosen or RegisterFilter()
    with office.act("register.write_register") as act:
        rows = everyone(act.session, office, as_of_day, filter_)
        notes = (
            f"基準日 {wareki(as_of_day)}　{len(rows)}人（全{count_all(act.session, as_of_day)}人）",
            filter_note(act.session, filter_),
            audit_line(act.session),
        )
        digest = write_list(path, [register_sheet(rows)], notes, password)
        act.say(
            "register",
            f"認定者名簿を書き出し（基準日 {wareki(as_of_day)}、{len(rows)}人）",
            detail={"file_digest": digest},
        )
        return ExportResult(str(path), len(rows), digest, bool(password))
