"""データベースの試験の道具。"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy.orm import Session

from database import audit, migrations
from database.engine import connect, make_engine
from database.keys import open_keys
from database.schema.people import Person
from database.store import Store
from tests.conftest import PASSPHRASE

NOW = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)


def record(session: Session, store: Store, summary: str = "試験") -> int:
    """一つの操作を記録する。"""
    return audit.record(
        session,
        mac_key=store.keys.mac_key,
        at=NOW,
        actor_id=None,
        actor_name="試験 花子",
        machine="PC-1",
        action="test.act",
        subject="person",
        summary=summary,
    )


def person(name: str, **values: Any) -> Person:
    """まだ入れていない人。"""
    return Person(name=name, birth_date=date(1980, 5, 6), **values)


def add_people(store: Store, *names: str) -> list[int]:
    """一人を一つの操作で加え、id を返す。"""
    ids = []
    for name in names:
        with store.sessions.begin() as session:
            row = person(name)
            session.add(row)
            record(session, store, "人を追加")
            ids.append(row.id)
    return ids


def names(store: Store) -> list[str]:
    """入っている人の名（id の順）。"""
    with store.driver() as driver:
        return [name for (name,) in driver.execute("SELECT name FROM person ORDER BY id")]


@contextmanager
def behind_its_back(path: Path) -> Iterator[Any]:
    """閉じたデータベースを、鍵を知る者がプログラムを通さずに触る。"""
    with closing(connect(path, open_keys(path, PASSPHRASE).data_key)) as driver:
        driver.execute("PRAGMA foreign_keys = OFF")
        yield driver


def take_back(path: Path, revision: str) -> None:
    """閉じたデータベースを、前の版 revision の形に戻す。"""
    engine = make_engine(path, open_keys(path, PASSPHRASE).data_key)
    try:
        with engine.begin() as connection:
            command.downgrade(migrations.config(connection), revision)
    finally:
        engine.dispose()
