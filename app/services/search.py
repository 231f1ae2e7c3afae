"""検索：氏名・フリガナ・ローマ字・旧姓（どの書き方でも）、受付番号、認定番号。"""

import re
import unicodedata

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.names import grams, search_key
from app.services.intake import cohort_title
from app.services.office import Office
from app.services.views.search import SearchHit
from database.queries.search import find_people
from database.schema.certificates import Certification
from database.schema.intake import Application, Cohort
from database.schema.people import Person

# 番号のつなぎに打たれる横棒（NFKC の後に残るもの）
_HYPHENS = re.compile("[‐‑‒–—―−ー]")


def _matches(person: Person, key: str) -> bool:
    # 索引は文字の組しか見ないので、続いて並んでいることをここで確かめる
    texts = (
        person.name,
        person.reading,
        person.roman_name,
        person.certificate_name,
        person.alias,
        person.former_name,
    )
    return any(key in search_key(t) for t in texts if t)


def _people(session: Session, key: str, limit: int) -> list[Person]:
    """索引で見つかった人のうち、申込があり、鍵が続いて並んでいる人（古い順、limit 人まで）。"""
    wanted = [g for g in grams(key) if len(g) == min(2, len(key))]
    width = limit * 4
    while True:
        ids = find_people(session, wanted, width)
        people = session.scalars(
            select(Person)
            .where(
                Person.id.in_(ids),
                Person.merged_into_id.is_(None),
                Person.id.in_(select(Application.person_id)),
            )
            .order_by(Person.id)
        )
        found = [p for p in people if _matches(p, key)][:limit]
        # 索引は字の組しか見ないので、外れが多ければ広げて探し直す
        if len(found) == limit or len(ids) < width:
            return found
        width *= 8


def _numbers(session: Session, text: str, limit: int) -> list[SearchHit]:
    hits = []
    wanted = _HYPHENS.sub("-", unicodedata.normalize("NFKC", text).strip()).upper()
    rows = session.execute(
        select(Certification, Person)
        .join(Person)
        .where(Certification.number.contains(wanted, autoescape=True))
        .order_by(Certification.id)
        .limit(limit)
    )
    for certification, person in rows:
        hits.append(
            SearchHit("認定番号", certification.number, person.name, "certificates", certification.id)
        )
    if wanted.isascii() and wanted.isdigit():
        applications = session.execute(
            select(Application, Person, Cohort)
            .join(Person)
            .join(Cohort)
            .where(Application.reception_number == int(wanted[:9]))
            .order_by(Application.id.desc())
            .limit(limit)
        )
        hits += [
            SearchHit("受付番号", f"{a.reception_number:04d} {p.name}", cohort_title(c), "intake", a.id)
            for a, p, c in applications
        ]
    return hits


def find(office: Office, text: str, limit: int = 20) -> tuple[SearchHit, ...]:
    """人と番号を探す。text の書き方（全角・かな・異体字・空白）は問わない。"""
    key = search_key(text)
    if not key:
        return ()
    with office.read("search.find") as session:
        people = _people(session, key, limit)
        latest = {
            a.person_id: a
            for a in session.scalars(
                select(Application)
                .where(Application.person_id.in_([p.id for p in people]))
                .order_by(Application.id)
            )
        }
        hits = _numbers(session, text, limit)
        for person in people:
            application = latest.get(person.id)
            if application is not None:
                hits.append(SearchHit("人", person.name, person.reading, "intake", application.id))
        return tuple(hits[:limit])
