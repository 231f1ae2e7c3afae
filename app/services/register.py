"""認定者名簿：いつの日の名簿でも、事実から導く。絞り込み、ブック、一人の年表。"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.eligibility import QUALIFICATION_WORDS
from app.domain.errors import RuleViolation
from app.domain.guideline import Guideline
from app.domain.names import search_key
from app.services.cohorts import cohort_title
from app.services.exports import register_sheet
from app.services.lists import audit_line, write_list
from app.services.office import Office
from app.services.standings import Standing, load_standings
from app.services.views.register import (
    HistoryEntry,
    RegisterFilter,
    RegisterRow,
    RegisterView,
)
from app.services.views.renewal import STANDING_WORDS
from app.services.views.submission import ExportResult
from database.queries.certifications import (
    PERSON_COLUMNS,
    load_certified_people,
    load_last_batches,
    load_qualifications,
)
from database.queries.history import load_history
from database.schema.intake import Cohort
from database.schema.people import Person

BATCH_KIND = "register"


def qualification_words(found: Sequence[tuple[str, int | None]]) -> tuple[str, ...]:
    """国家資格の言葉（級があれば添える）。重なりは一つにする。"""
    words = (QUALIFICATION_WORDS.get(kind, kind) + (f"{grade}級" if grade else "") for kind, grade in found)
    return tuple(dict.fromkeys(words))


def _row(
    s: Standing,
    person: Mapping[str, object],
    qualifications: Sequence[tuple[str, int | None]],
    cohort: str,
    last_batch: int | None,
    day: date,
) -> RegisterRow:
    f = s.facts
    columns = {name: person[name] for name in PERSON_COLUMNS}
    issued = [i.issued_on for i in f.issues if i.issued_on <= day]
    return RegisterRow(
        certification_id=f.id,
        person_id=f.person_id,
        cohort_id=f.cohort_id,
        number=f.number,
        qualifications=qualification_words(qualifications),
        cohort=cohort,
        decided_on=f.decided_on,
        certified_on=f.certified_on,
        issued_on=min(issued, default=None),
        valid_from=f.certified_on,
        expires_on=s.expires_on,
        renewals=tuple(r for r in f.renewals if r <= day),
        standing=s.state,
        last_batch=last_batch,
        **columns,  # type: ignore[arg-type]  # 列の名は PERSON_COLUMNS と同じ
    )


def load_rows(session: Session, day: date, guideline: Guideline) -> tuple[RegisterRow, ...]:
    """基準日までに認定の議決があった人の名簿の行（認証日の順）。問合せの数は人数によらない。"""
    people = load_certified_people(session)
    qualifications = load_qualifications(session, day)
    batches = load_last_batches(session, BATCH_KIND, day)
    cohorts = {c.id: cohort_title(c) for c in session.scalars(select(Cohort))}
    return tuple(
        _row(
            s,
            people[s.facts.person_id],
            qualifications.get(s.facts.application_id, ()),
            cohorts[s.facts.cohort_id],
            batches.get(s.facts.number),
            day,
        )
        for s in load_standings(session, day, guideline)
        if s.facts.decided_on <= day
    )


def _texts(row: RegisterRow, field: str) -> tuple[str, ...]:
    return {
        "area": (row.activity_area, row.affiliation_prefecture),
        "qualification": row.qualifications,
        "specialty": (row.specialties,),
        "language": (row.languages,),
        "text": (
            row.number,
            row.name,
            row.reading,
            row.roman_name,
            row.certificate_name,
            row.alias,
            row.former_name,
            row.affiliation,
        ),
    }[field]


def _matches(row: RegisterRow, wanted: Mapping[str, str], chosen: RegisterFilter) -> bool:
    if chosen.standing and row.standing != chosen.standing:
        return False
    if chosen.cohort_id is not None and row.cohort_id != chosen.cohort_id:
        return False
    if chosen.publish_only and not row.publish_consent:
        return False
    return all(any(key in search_key(t) for t in _texts(row, field) if t) for field, key in wanted.items())


def _filter(rows: Iterable[RegisterRow], chosen: RegisterFilter) -> Iterator[RegisterRow]:
    keys = {
        field: search_key(getattr(chosen, field))
        for field in ("area", "qualification", "specialty", "language", "text")
    }
    wanted = {field: key for field, key in keys.items() if key}
    return (row for row in rows if _matches(row, wanted, chosen))


def _view(session: Session, office: Office, day: date, chosen: RegisterFilter) -> RegisterView:
    rows = load_rows(session, day, office.guideline)
    return RegisterView(day, tuple(_filter(rows, chosen)), len(rows), audit_line(session))


def narrow(rows: Iterable[RegisterRow], chosen: RegisterFilter) -> tuple[RegisterRow, ...]:
    """読んだ名簿の行を、もう一度読まずに絞り込む（as_of の絞り込みと同じ規則）。"""
    return tuple(_filter(rows, chosen))


def as_of(office: Office, day: date | None = None, chosen: RegisterFilter | None = None) -> RegisterView:
    """基準日（既定は今日）の名簿を、絞り込んで返す。"""
    with office.read("register.as_of") as session:
        return _view(session, office, day or office.today(), chosen or RegisterFilter())


FILTER_WORDS = {
    "area": "活動地域",
    "qualification": "保有資格",
    "specialty": "専門分野",
    "language": "対応言語",
    "text": "文字",
}


def _filter_note(chosen: RegisterFilter) -> str:
    parts = [f"{words}「{getattr(chosen, f)}」" for f, words in FILTER_WORDS.items() if getattr(chosen, f)]
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
        view = _view(act.session, office, as_of_day, filter_)
        notes = (
            f"基準日 {wareki(as_of_day)}　{len(view.rows)}人（全{view.total}人）",
            _filter_note(filter_),
            view.audit_head,
        )
        digest = write_list(path, [register_sheet(view.rows)], notes, password)
        act.say(
            "register",
            f"認定者名簿を書き出し（基準日 {wareki(as_of_day)}、{len(view.rows)}人）",
            detail={"file_digest": digest},
        )
        return ExportResult(str(path), len(view.rows), digest, bool(password))


def history(office: Office, person_id: int) -> tuple[HistoryEntry, ...]:
    """一人の年表（古い順）。"""
    with office.read("register.history") as session:
        if session.get(Person, person_id) is None:
            raise RuleViolation("その人の記録がありません。一覧を開き直してください。")
        entries = (HistoryEntry(day, kind, words) for day, kind, words in load_history(session, person_id))
        return tuple(sorted(entries, key=lambda e: e.day))
