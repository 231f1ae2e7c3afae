"""監査記録：記録のない変更は確定せず、改ざんはすべて名指され、正しいものには何も言わない。"""

import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import Table, delete, insert, select, text, update

from database import audit
from database.anchor import anchor_path
from database.opening import open_store
from database.schema import Base
from database.schema.audit import AuditEntry
from database.schema.people import Conviction, Person
from database.store import Store
from tests.conftest import PASSPHRASE, copy_closed
from tests.database.helpers import add_people, behind_its_back, names, person, record
from tests.database.tampering import TAMPERINGS, recompute


def kinds(store: Store) -> list[tuple[str, int | None, str | None, int | None]]:
    return [(b.kind, b.sequence, b.table, b.row_id) for b in audit.verify(store)]


def reopened(path: Path) -> list[tuple[str, int | None, str | None, int | None]]:
    with open_store(path, PASSPHRASE) as store:
        return kinds(store)


@pytest.fixture
def filled(store_path: Path) -> Path:
    """記録 1（作成）と、一人ずつの記録 2・3・4 のある、閉じたデータベース。"""
    with open_store(store_path, PASSPHRASE) as store:
        add_people(store, "見本 一郎", "見本 二郎", "見本 三郎")
    return store_path


def test_untouched_database_has_no_breaks(filled: Path) -> None:
    assert reopened(filled) == []


def test_commit_without_a_record_is_refused_and_nothing_stays(store: Store) -> None:
    with pytest.raises(audit.UnrecordedChange), store.sessions.begin() as session:
        session.add(person("見本 四郎"))
    assert (names(store), kinds(store)) == ([], [])


def test_change_after_the_record_is_refused(store: Store) -> None:
    def record_too_early() -> None:
        with store.sessions.begin() as session:
            row = person("見本 四郎")
            session.add(row)
            record(session, store)
            row.phone = "000"

    with pytest.raises(audit.UnrecordedChange):
        record_too_early()
    assert names(store) == []


def test_commit_of_a_reading_session_with_changes_is_refused(store: Store) -> None:
    with store.sessions() as session:
        session.add(person("見本 四郎"))
        with pytest.raises(audit.UnrecordedChange):
            session.commit()
    assert names(store) == []


@pytest.mark.parametrize(
    "statement",
    [
        insert(Person).values(name="名"),
        update(Person).values(phone="1"),
        delete(Person),
        insert(cast(Table, Person.__table__)),
    ],
)
def test_statements_that_leave_no_digest_are_refused(store: Store, statement: Any) -> None:
    with pytest.raises(audit.UnrecordedChange), store.sessions.begin() as session:
        session.execute(statement)


@pytest.mark.parametrize("change", ["edit", "remove", "insert"])
def test_audit_rows_cannot_be_written_through_the_session(store: Store, change: str) -> None:
    def write() -> None:
        with store.sessions.begin() as session:
            entry = session.get_one(AuditEntry, 1)
            if change == "edit":
                entry.summary = "別の言葉"
            elif change == "remove":
                session.delete(entry)
            else:
                copied = {c.key: getattr(entry, c.key) for c in AuditEntry.__table__.columns}
                session.add(AuditEntry(**(copied | {"sequence": 2})))
            record(session, store)

    with pytest.raises(audit.UnrecordedChange):
        write()
    assert kinds(store) == []


def test_orphans_cascades_updates_and_deletes_are_all_recorded(store: Store) -> None:
    with store.sessions.begin() as session:
        row = person("見本 四郎", convictions=[Conviction(law="other", penalty="fine") for _ in range(3)])
        session.add(row)
        record(session, store)
    with store.sessions.begin() as session:
        row = session.scalars(select(Person)).one()
        row.convictions.pop(0)
        row.convictions[0].penalty = "imprisonment"
        session.flush()
        row.phone = "1"
        session.flush()
        row.phone = "2"
        record(session, store)
    with store.sessions() as session:
        changed = session.execute(
            text("SELECT table_name, row_id, before IS NULL, after IS NULL FROM audit_row WHERE sequence = 3")
        ).all()
    assert changed == [("conviction", 1, 0, 1), ("conviction", 2, 0, 0), ("person", 1, 0, 0)]
    with store.sessions.begin() as session:
        session.delete(session.scalars(select(Person)).one())
        record(session, store)
    assert (names(store), kinds(store)) == ([], [])


def test_row_that_returns_to_its_old_value_is_not_listed(store: Store) -> None:
    add_people(store, "見本 一郎")
    with store.sessions.begin() as session:
        row = session.get_one(Person, 1)
        row.phone = "1"
        session.flush()
        row.phone = ""
        record(session, store)
    with store.driver() as driver:
        assert driver.execute("SELECT count(*) FROM audit_row WHERE sequence = 3").fetchone() == (0,)
    assert kinds(store) == []


def test_rolled_back_savepoint_leaves_no_false_digest(store: Store) -> None:
    with store.sessions.begin() as session:
        session.add(person("残る人"))
        with session.begin_nested() as savepoint:
            session.add(person("残らない人"))
            session.flush()
            savepoint.rollback()
        with session.begin_nested():
            session.add(person("これも残る人"))
        record(session, store)
    assert (names(store), kinds(store)) == (["残る人", "これも残る人"], [])


def test_bulk_insert_is_recorded_row_by_row(store: Store) -> None:
    add_people(store, "見本 一郎")
    with store.sessions.begin() as session:
        rows = [{"name": f"見本 {i}", "birth_date": date(1990, 1, 1)} for i in range(5)]
        ids = audit.bulk_insert(session, Person, rows)
        record(session, store)
    assert ids == [2, 3, 4, 5, 6]
    with store.driver() as driver:
        assert driver.execute("SELECT count(*) FROM audit_row WHERE sequence = 3").fetchone() == (5,)
    assert kinds(store) == []


def test_bulk_insert_without_a_record_is_refused(store: Store) -> None:
    with pytest.raises(audit.UnrecordedChange), store.sessions.begin() as session:
        audit.bulk_insert(session, Person, [{"name": "見本", "birth_date": date(1990, 1, 1)}])
    assert names(store) == []


def test_every_table_can_be_named_by_one_integer_key() -> None:
    keys = {
        table.name: [(c.type.python_type) for c in table.primary_key.columns]
        for table in Base.metadata.tables.values()
        if not table.name.startswith("audit_")
    }
    assert {name for name, key in keys.items() if key != [int]} == set()


def test_head_is_the_last_entry(store: Store) -> None:
    add_people(store, "見本 一郎")
    with store.sessions() as session:
        sequence, hashed = audit.head(session)
    with store.driver() as driver:
        assert driver.execute("SELECT max(sequence) FROM audit_entry").fetchone() == (sequence,) == (2,)
        assert driver.execute("SELECT hash FROM audit_entry WHERE sequence = 2").fetchone() == (hashed,)


@pytest.mark.parametrize("what", TAMPERINGS)
def test_tampering_is_found_and_named(filled: Path, what: str) -> None:
    tamper, expected = TAMPERINGS[what]
    with behind_its_back(filled) as driver:
        tamper(driver)
    assert reopened(filled) == expected


def test_recomputed_chain_is_found_by_the_key_outside_and_by_the_anchor(filled: Path) -> None:
    with behind_its_back(filled) as driver:
        recompute(driver)
    expected = [("entry_forged", n, None, None) for n in (2, 3, 4)] + [("anchor_mismatch", 4, None, None)]
    assert reopened(filled) == expected


def test_break_is_said_with_its_number_and_row(filled: Path) -> None:
    with behind_its_back(filled) as driver:
        driver.execute("UPDATE audit_entry SET reason = 'x' WHERE sequence = 3")
        driver.execute("UPDATE person SET phone = '1' WHERE id = 2")
    with open_store(filled, PASSPHRASE) as store:
        assert [b.sentence for b in audit.verify(store)] == [
            "監査記録 第3号：内容が書き換えられています。",
            "表 person の行 2：監査記録なしに書き換えられています。",
        ]


def test_tampered_row_is_not_laundered_by_a_later_edit(filled: Path) -> None:
    with behind_its_back(filled) as driver:
        driver.execute("UPDATE person SET phone = '偽' WHERE id = 2")
    with open_store(filled, PASSPHRASE) as store:
        with store.sessions.begin() as session:
            session.get_one(Person, 2).email = "a@example.jp"
            record(session, store)
        assert [b.sentence for b in audit.verify(store)] == [
            "表 person の行 2：監査記録 第5号の前に、記録のない変更がありました。"
        ]


def test_older_database_put_back_is_found_and_not_laundered_by_going_on(filled: Path, tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    old = copy_closed(filled, folder / "nintei.db")
    with open_store(filled, PASSPHRASE) as store:
        add_people(store, "見本 四郎")
    shutil.copyfile(old, filled)
    with open_store(filled, PASSPHRASE) as store:
        assert [b.kind for b in store.notices] == ["older_database"]
        add_people(store, "別の人", "また別の人")
        assert kinds(store) == [("anchor_mismatch", 5, None, None)]


def test_missing_or_forged_anchor_is_found(filled: Path) -> None:
    anchor = anchor_path(filled)
    content = anchor.read_text("utf-8")
    anchor.write_text(content.replace('"sequence": 4', '"sequence": 3'), "utf-8")
    assert reopened(filled) == [("anchor_forged", None, None, None)]
    anchor.unlink()
    assert reopened(filled) == [("anchor_missing", None, None, None)]


def test_database_ahead_of_its_anchor_is_in_order(filled: Path) -> None:
    before = anchor_path(filled).read_bytes()
    with open_store(filled, PASSPHRASE) as store:
        add_people(store, "見本 四郎")
    anchor_path(filled).write_bytes(before)
    with open_store(filled, PASSPHRASE) as store:
        assert (store.notices, kinds(store)) == ((), [])
        add_people(store, "見本 五郎")
        assert store.anchor.read() is not None
        assert store.anchor.read().sequence == 6  # type: ignore[union-attr]


def test_anchor_that_cannot_be_written_does_not_undo_the_commit(store: Store, expect_log: Any) -> None:
    # 控えの名をフォルダーが塞いでいる
    store.anchor.path.unlink()
    store.anchor.path.mkdir()
    with expect_log() as lines:
        add_people(store, "見本 一郎")
    assert (names(store), len(lines)) == (["見本 一郎"], 1)


def test_time_without_offset_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="時差"), store.sessions.begin() as session:
        audit.record(
            session,
            mac_key=store.keys.mac_key,
            at=datetime(2026, 1, 1),  # noqa: DTZ001  時差のないことを試す
            actor_id=None,
            actor_name="",
            action="x",
        )
