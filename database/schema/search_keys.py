"""名簿を絞るための鍵：人と認定番号の文字を、書き方の違いを畳んで持つ。

人と認証の行から導くもので、監査の対象ではない（表は移行が作る）。ORM の書く行には自ら付いて行く。
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, event, select

from app.domain.names import search_key
from database.schema.certificates import Certification
from database.schema.people import Person

_METADATA = MetaData()
# 鍵に改行はないので、いくつもの値を改行でつないでも、値をまたいで当たらない
PERSON_KEYS = Table(
    "person_search_key",
    _METADATA,
    Column("id", Integer, primary_key=True),
    *(Column(name, Text, nullable=False) for name in ("names", "reading", "area", "specialty", "language")),
)
NUMBER_KEYS = Table(
    "person_search_number",
    _METADATA,
    Column("id", Integer, primary_key=True),
    Column("number", Text, nullable=False),
)
SOURCES = {
    "names": (
        "name",
        "reading",
        "roman_name",
        "certificate_name",
        "alias",
        "former_name",
        "affiliation",
    ),
    "reading": ("reading",),
    "area": ("activity_area", "affiliation_prefecture"),
    "specialty": ("specialties",),
    "language": ("languages",),
}


@lru_cache(maxsize=8192)
def _fold(text: str) -> str:
    # 地域・言語・所属機関は、多くの人が同じ字を持つ
    return search_key(text) if text else ""


def _keys(person: Any) -> dict[str, Any]:
    joined = {
        name: "\n".join(key for f in fields if (key := _fold(getattr(person, f) or "")))
        for name, fields in SOURCES.items()
    }
    return {"id": person.id, **joined}


def _person_written(mapper: Any, connection: Connection, target: Person) -> None:
    connection.execute(PERSON_KEYS.insert().prefix_with("OR REPLACE"), _keys(target))


def _person_deleted(mapper: Any, connection: Connection, target: Person) -> None:
    connection.execute(PERSON_KEYS.delete().where(PERSON_KEYS.c.id == target.id))


def _number_written(mapper: Any, connection: Connection, target: Certification) -> None:
    values = {"id": target.id, "number": search_key(target.number)}
    connection.execute(NUMBER_KEYS.insert().prefix_with("OR REPLACE"), values)


def _number_deleted(mapper: Any, connection: Connection, target: Certification) -> None:
    connection.execute(NUMBER_KEYS.delete().where(NUMBER_KEYS.c.id == target.id))


for _moment in ("after_insert", "after_update"):
    event.listen(Person, _moment, _person_written)
    event.listen(Certification, _moment, _number_written)
event.listen(Person, "after_delete", _person_deleted)
event.listen(Certification, "after_delete", _number_deleted)


def fill_keys(connection: Connection) -> int:
    """鍵のない人と認証（ORM を通らずに入れた行）に鍵を付け、その数を返す。書く取引の中で呼ぶ。"""
    columns = [getattr(Person, f) for fields in SOURCES.values() for f in fields]
    people = connection.execute(
        select(Person.id, *dict.fromkeys(columns)).where(Person.id.not_in(select(PERSON_KEYS.c.id)))
    ).all()
    numbers = connection.execute(
        select(Certification.id, Certification.number).where(
            Certification.id.not_in(select(NUMBER_KEYS.c.id))
        )
    ).all()
    if people:
        connection.execute(PERSON_KEYS.insert(), [_keys(p) for p in people])
    if numbers:
        rows = [{"id": key, "number": search_key(number)} for key, number in numbers]
        connection.execute(NUMBER_KEYS.insert(), rows)
    return len(people) + len(numbers)
