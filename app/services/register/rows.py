"""名簿の行：いつの日の名簿でも、事実から導く。"""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.eligibility import QUALIFICATION_WORDS
from app.domain.guideline import Guideline
from app.services.cohorts import cohort_title
from app.services.standings import Standing, load_standings
from app.services.views.register import RegisterRow
from database.queries.certifications import (
    PERSON_COLUMNS,
    load_certified_people,
    load_last_batches,
    load_qualifications,
)
from database.schema.certificates import Certification
from database.schema.intake import Cohort

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


def load_rows(
    session: Session, day: date, guideline: Guideline, ids: Sequence[int] | None = None
) -> tuple[RegisterRow, ...]:
    """基準日までに認定の議決があった人の名簿の行（認証日の順）。問合せの数は人数によらない。

    ids があれば、その認証だけ（一度の問合せに載る数まで）。
    """
    where = None if ids is None else Certification.id.in_(ids)
    standings = load_standings(session, day, guideline, where)
    people = load_certified_people(session, where)
    qualifications = load_qualifications(session, day, where)
    keys = None if ids is None else [s.facts.number for s in standings]
    batches = load_last_batches(session, BATCH_KIND, day, keys)
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
        for s in standings
        if s.facts.decided_on <= day
    )
