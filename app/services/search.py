"""検索：氏名・フリガナ・ローマ字・旧姓（どの書き方でも）、電話、受付番号、認定番号、記録の番号。

名寄せした記録の名と番号は、残した記録に行き着く。
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session

from app.domain.likeness import phone_digits
from app.domain.names import grams, search_key
from app.services.cohorts import cohort_title
from app.services.committee.veil import Veil
from app.services.office import Office
from app.services.people import grams_of
from app.services.views.search import SearchHit
from database.queries.search import (
    PHONE_LEAST,
    count_indexed,
    find_people,
    find_phones,
    index_person,
    indexed_tokens,
    tokens_of,
)
from database.schema.certificates import Certification
from database.schema.intake import Application, Cohort
from database.schema.people import Person

# 番号のつなぎに打たれる横棒（NFKC の後に残るもの）
_HYPHENS = re.compile("[‐‑‒–—―−ー]")
_PHONE = re.compile(r"\+?[0-9()\- ]+")
_RECORD = re.compile(r"記録(?:の番号)?\s*([0-9]{1,9})")
_NAMES = {
    "name": "",
    "reading": "",
    "roman_name": "",
    "certificate_name": "証書表記",
    "alias": "通称",
    "former_name": "旧姓",
}


def _matched(person: Row[Any], key: str) -> str | None:
    """鍵が続いて並んでいる名の言葉（「旧姓 渡邉」など、氏名・フリガナ・ローマ字なら空）。どれにもなければ None。"""
    # 索引は文字の組しか見ないので、続いて並んでいることをここで確かめる
    for field, label in _NAMES.items():
        text: str = getattr(person, field)
        if text and key in search_key(text):
            return label and f"{label} {text}"
    return None


class _Hits:
    """人の当たり。名寄せした記録は残した記録に替え、一人を一度だけ出す。"""

    def __init__(self, session: Session, limit: int) -> None:
        self._session, self._limit = session, limit
        self._found: dict[int, tuple[Person, str]] = {}

    def __len__(self) -> int:
        return len(self._found)

    def add(self, person: Person, words: str) -> None:
        """当たった人と、当たったところの言葉。"""
        kept = person
        while kept.merged_into_id is not None:
            kept = self._session.get_one(Person, kept.merged_into_id)
        if kept is not person:
            words = f"名寄せした記録 {person.name}"
        if kept.id not in self._found and len(self._found) < self._limit:
            self._found[kept.id] = (kept, words)

    def rows(self, kind: str) -> Iterator[SearchHit]:
        """開く先は、いちばん新しい申込。"""
        latest = {
            a.person_id: a.id
            for a in self._session.scalars(
                select(Application).where(Application.person_id.in_(self._found)).order_by(Application.id)
            )
        }
        for number, (person, words) in self._found.items():
            if number not in latest:
                continue
            subtitle = f"{person.reading}（{words}）" if words else person.reading
            yield SearchHit(kind, person.name, subtitle, "intake", latest[number])


def _openable() -> ColumnElement[bool]:
    """申込のある人か、名寄せした記録（残した記録を開く）。"""
    return Person.id.in_(select(Application.person_id)) | Person.merged_into_id.is_not(None)


def _applied(session: Session, ids: Iterable[int]) -> list[Person]:
    return list(session.scalars(select(Person).where(Person.id.in_(ids), _openable()).order_by(Person.id)))


def _people(session: Session, key: str, limit: int) -> Iterator[SearchHit]:
    """索引で見つかった人のうち、申込があり、鍵が続いて並んでいる人（古い順、limit 人まで）。"""
    wanted = [g for g in grams(key) if len(g) == min(2, len(key))]
    columns = [getattr(Person, name) for name in _NAMES]
    width = limit * 4
    while True:
        ids = find_people(session, wanted, width)
        # 外れの多い字の並びでも一打に間に合うよう、名の列だけを読んで確かめる
        rows = session.execute(
            select(Person.id, *columns).where(Person.id.in_(ids), _openable()).order_by(Person.id)
        )
        found = {row.id: words for row in rows if (words := _matched(row, key)) is not None}
        hits = _Hits(session, limit)
        for person in _applied(session, list(found)[: limit * 4]):
            hits.add(person, found[person.id])
        # 索引は字の組しか見ないので、外れが多ければ広げて探し直す
        if len(hits) == limit or len(ids) < width:
            return hits.rows("人")
        width *= 8


def _phones(session: Session, text: str, limit: int) -> Iterator[SearchHit]:
    digits = phone_digits(text)
    if not _PHONE.fullmatch(text) or len(digits) < PHONE_LEAST:
        return iter(())
    hits = _Hits(session, limit)
    for person in _applied(session, find_phones(session, digits, limit)):
        hits.add(person, person.phone)
    return hits.rows("電話")


def _record(session: Session, text: str) -> Iterator[SearchHit]:
    found = _RECORD.fullmatch(text)
    if found is None:
        return iter(())
    hits = _Hits(session, 1)
    for person in _applied(session, [int(found[1])]):
        hits.add(person, f"記録の番号 {person.id}")
    return hits.rows("記録")


def _certifications(session: Session, wanted: str, limit: int) -> Iterator[SearchHit]:
    # どの認定番号にも数字がある：ない言葉では探さない
    if not any(c.isdecimal() for c in wanted):
        return
    # 番号の索引だけを読んで選び、行は選んだものだけを読む
    numbers = (
        select(Certification.id)
        .where(Certification.number.contains(wanted, autoescape=True))
        .order_by(Certification.number)
        .limit(limit)
    )
    rows = session.execute(
        select(Certification, Person)
        .join(Person)
        .where(Certification.id.in_(numbers))
        .order_by(Certification.id)
    )
    for certification, person in rows:
        yield SearchHit("認定番号", certification.number, person.name, "certificates", certification.id)


def _receptions(session: Session, wanted: str, limit: int) -> Iterator[SearchHit]:
    if not (wanted.isascii() and wanted.isdigit()):
        return
    # （研修期, 受付番号）の索引を使うため、研修期を挙げて尋ねる
    rows = session.execute(
        select(Application, Person, Cohort)
        .join(Person)
        .join(Cohort)
        .where(
            Application.cohort_id.in_(session.scalars(select(Cohort.id)).all()),
            Application.reception_number == int(wanted[:9]),
        )
        .order_by(Application.id.desc())
        .limit(limit)
    )
    for a, p, c in rows:
        yield SearchHit("受付番号", f"{a.reception_number:04d} {p.name}", cohort_title(c), "intake", a.id)


def find(office: Office, text: str, limit: int = 20) -> tuple[SearchHit, ...]:
    """人と番号を探す。text の書き方（全角・かな・異体字・空白）は問わない。"""
    key = search_key(text)
    if not key:
        return ()
    plain = _HYPHENS.sub("-", unicodedata.normalize("NFKC", text).strip())
    with office.read("search.find") as session:
        hits = [
            *_certifications(session, plain.upper(), limit),
            *_receptions(session, plain, limit),
            *_record(session, plain),
            *_phones(session, plain, limit),
            *_people(session, key, limit),
        ]
        veil = Veil(session, office.require("search.find"))
        return tuple(h for h in hits[:limit] if not veil.hides_target(h.room, h.target_id))


def index_breaks(session: Session) -> list[str]:
    """人の検索の索引を、人の表から導いたものと突き合わせ、合わない人を名指す（空なら正常）。"""
    held = indexed_tokens(session)
    wanted = {person.id: tokens_of(grams_of(person)) for person in session.scalars(select(Person))}
    return [
        f"人の検索の索引（表 person_search）の行 {row_id}：人の記録と合いません。"
        "その人の申込を開いて保存し直すと直ります。"
        for row_id in sorted(held.keys() | wanted.keys())
        if held.get(row_id, set()) != wanted.get(row_id, set())
    ]


def fill_index(session: Session) -> None:
    """索引のない版から移した記録を、検索できるようにする。索引が一人分でもあれば何もしない。"""
    if count_indexed(session):
        return
    for person in session.scalars(select(Person)):
        index_person(session, person.id, grams_of(person))
