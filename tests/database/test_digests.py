"""行の要約値：速い書き方は、標準の JSON の要約と同じ値になる。"""

import json
from datetime import date
from hashlib import sha256

import pytest

from database import audit
from database.digests import RowReader
from database.schema.people import Attachment, Person
from database.store import Store
from tests.database.helpers import record

TEXTS = (
    "見本 𠮷雄",
    '"引用"\\斜線',
    "改行\n復帰\r字下げ\t\x01\x7f",
    "\u2028葛\U000e0100",
    "",
    "</script>'--",
)


def _slow_digest(store: Store, table: str, row_id: int) -> bytes:
    """列の名の順の辞書を、そのまま JSON にして要約する。"""
    with store.driver() as driver:
        names = [row[1] for row in driver.execute(f"PRAGMA table_info({table})")]
        values = driver.execute(f"SELECT * FROM {table} WHERE id = ?", (row_id,)).fetchone()
    content = {
        name: {"sha256": sha256(value).hexdigest()} if isinstance(value, bytes) else value
        for name, value in sorted(zip(names, values, strict=True))
        if value is not None
    }
    return sha256(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()).digest()


@pytest.mark.parametrize("text", TEXTS)
def test_digest_of_a_row_is_that_of_its_json(store: Store, text: str) -> None:
    with store.sessions.begin() as session:
        person = Person(name="見本", address=text, birth_date=date(1990, 2, 3), publish_consent=True)
        session.add(person)
        session.flush()
        session.add(
            Attachment(
                person_id=person.id,
                kind="写し",
                file_name=text,
                media_type="application/pdf",
                content=b"%PDF\0",
                received_on=date(2026, 1, 2),
            )
        )
        record(session, store)
    with store.driver() as driver:
        quick = [RowReader(driver, table).one(1) for table in ("person", "attachment")]
    assert quick == [_slow_digest(store, table, 1) for table in ("person", "attachment")]


def test_rows_put_in_together_are_those_put_in_one_by_one(store: Store) -> None:
    values = {"name": "見本 花子", "birth_date": date(1990, 2, 3), "publish_consent": True}
    with store.sessions.begin() as session:
        session.add(Person(**values))
        session.flush()
        audit.bulk_insert(session, Person, [values])
        record(session, store)
    with store.driver() as driver:
        one, other = driver.execute("SELECT * FROM person ORDER BY id").fetchall()
    assert (one[0], other[0], one[1:]) == (1, 2, other[1:])


def test_rows_may_leave_out_different_columns(store: Store) -> None:
    rows = [
        {"name": "見本 一", "birth_date": date(1990, 2, 3), "phone": "1"},
        {"name": "見本 二", "birth_date": date(1990, 2, 3), "died_on": date(2026, 1, 1)},
    ]
    with store.sessions.begin() as session:
        audit.bulk_insert(session, Person, rows)
        record(session, store)
    with store.driver() as driver:
        found = driver.execute("SELECT name, phone, died_on FROM person ORDER BY id").fetchall()
    assert found == [("見本 一", "1", None), ("見本 二", "", "2026-01-01")]


def test_a_column_that_is_not_there_is_refused(store: Store) -> None:
    with pytest.raises(KeyError), store.sessions.begin() as session:
        audit.bulk_insert(session, Person, [{"name": "見本", "birth_date": date(1990, 2, 3), "nmae": ""}])
    with store.driver() as driver:
        assert driver.execute("SELECT count(*) FROM person").fetchone() == (0,)
