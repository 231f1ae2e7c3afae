"""接続：ディスクの上は暗号だけ、約束の設定、書く取引は一人ずつ。"""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import exc
from sqlcipher3 import dbapi2

from database.engine import NotProtected, check_connection, check_protection, connect, make_engine
from database.opening import open_store
from database.schema.people import Person
from database.store import Store
from tests.conftest import PASSPHRASE
from tests.database.helpers import add_people, record

CANARY = "金糸雀カナリア-CANARY-7319"


def test_nothing_readable_reaches_the_disk(store_path: Path) -> None:
    with open_store(store_path, PASSPHRASE) as store:
        add_people(store, *[f"{CANARY}{i}" for i in range(50)])
        open_files = {p.name: p.read_bytes() for p in store_path.parent.iterdir()}
    closed_files = {p.name: p.read_bytes() for p in store_path.parent.iterdir()}
    assert len(open_files["nintei.db-wal"]) > 0
    wanted = [CANARY.encode(), "CANARY".encode("utf-16-le"), b"CREATE TABLE", b"SQLite format 3"]
    found = [
        n for files in (open_files, closed_files) for n, b in files.items() if any(w in b for w in wanted)
    ]
    assert found == []


def test_plain_sqlite_cannot_read_it(store_path: Path) -> None:
    with closing(sqlite3.connect(store_path)) as plain, pytest.raises(sqlite3.DatabaseError):
        plain.execute("SELECT count(*) FROM sqlite_master")


def test_every_connection_of_the_pool_has_the_promised_settings(store: Store) -> None:
    raws = [store.engine.raw_connection() for _ in range(4)]
    settings = [
        tuple(
            raw.driver_connection.execute(f"PRAGMA {name}").fetchone()[0]  # type: ignore[union-attr]
            for name in (
                "foreign_keys",
                "synchronous",
                "journal_mode",
                "temp_store",
                "cache_size",
                "trusted_schema",
            )
        )
        for raw in raws
    ]
    for raw in raws:
        raw.close()
    assert settings == [(1, 2, "wal", 2, -65536, 0)] * 4


def test_check_passes_on_a_store(store: Store) -> None:
    check_protection(store.path, store.engine)


@pytest.mark.parametrize(
    "pragma", ["foreign_keys = OFF", "synchronous = NORMAL", "temp_store = FILE", "journal_mode = DELETE"]
)
def test_check_fails_where_a_setting_is_off(store_path: Path, pragma: str) -> None:
    with open_store(store_path, PASSPHRASE) as store:
        key = store.keys.data_key
    with closing(connect(store_path, key)) as driver:
        driver.execute("PRAGMA journal_mode = WAL")
        check_connection(driver)
        driver.execute(f"PRAGMA {pragma}")
        with pytest.raises(NotProtected):
            check_connection(driver)


def test_check_fails_on_a_plain_database(tmp_path: Path) -> None:
    with closing(dbapi2.connect(str(tmp_path / "plain.db"), isolation_level=None)) as driver:
        for pragma in (
            "foreign_keys = ON",
            "synchronous = FULL",
            "temp_store = MEMORY",
            "journal_mode = WAL",
        ):
            driver.execute(f"PRAGMA {pragma}")
        driver.execute("CREATE TABLE t (x)")
        with pytest.raises(NotProtected):
            check_connection(driver)


def test_wrong_key_is_refused_without_a_word_on_standard_error(
    store_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    engine = make_engine(store_path, bytes(32))
    with pytest.raises((exc.DatabaseError, dbapi2.DatabaseError)):
        engine.raw_connection()
    engine.dispose()
    assert capfd.readouterr() == ("", "")


def test_foreign_keys_and_checks_hold(store: Store) -> None:
    statements = (
        "INSERT INTO conviction (person_id, law, penalty, suspension_revoked, source) VALUES (9, 'other', 'x', 0, '')",
        "INSERT INTO account (login, display_name, role, person_key, password_hash, active, created_at)"
        " VALUES ('a', 'a', 'king', 'a', 'a', 1, '')",
    )
    refused = []
    with store.driver() as driver:
        for statement in statements:
            try:
                driver.execute(statement)
            except dbapi2.IntegrityError as error:
                refused.append(str(error))
    assert refused == ["FOREIGN KEY constraint failed", "CHECK constraint failed: ck_account_role"]


def test_writer_takes_the_lock_at_once_and_readers_go_on(store: Store) -> None:
    add_people(store, "見本 一郎")
    with store.sessions.begin() as writer:
        writer.get_one(Person, 1).phone = "1"
        with store.sessions() as reader:
            assert reader.get_one(Person, 1).phone == ""
        with store.driver() as driver:
            driver.execute("PRAGMA busy_timeout = 0")
            with pytest.raises(dbapi2.OperationalError):
                driver.execute("BEGIN IMMEDIATE")
            driver.execute("PRAGMA busy_timeout = 10000")
        record(writer, store)
    with store.sessions() as reader:
        assert reader.get_one(Person, 1).phone == "1"
