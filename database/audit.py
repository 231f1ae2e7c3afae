"""監査記録：取引が変えたすべての行の要約値と共に、一つの操作を鎖につなぐ。

取引の最後に record を呼ぶ。呼ばずに行を変えて確定しようとすると UnrecordedChange で止まる。
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import repeat
from typing import Any

from sqlalchemy import Column, Connection, Table, event, func, inspect, select
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, SessionTransaction, object_session, sessionmaker

from database.anchor import Anchor, AnchorPoint
from database.digests import (
    AUDIT_TABLES,
    ENTRY_COLUMNS,
    RowChange,
    RowReader,
    entry_hash,
    entry_mac,
    rows_digest,
    watched_tables,
)
from database.engine import driver_of
from database.schema.base import Base, canonical_json
from database.store import Store
from database.verification import AuditBreak, ChainCheck, examine, last_entry

__all__ = [
    "AuditBreak",
    "UnrecordedChange",
    "bulk_insert",
    "head",
    "record",
    "record_migration",
    "verify",
    "watch",
]

TRACKER = "audit_tracker"
SYSTEM = "（プログラム）"


class UnrecordedChange(RuntimeError):  # noqa: N818  誤りの名として通る
    """監査記録に残らない変更をしようとした。プログラムの誤りであり、確定しない。"""


@dataclass
class _Tracker:
    """一つの取引が触れた行と、触れる前の要約値。"""

    touched: dict[str, dict[int, bytes | None]] = field(default_factory=dict)
    readers: dict[str, RowReader] = field(default_factory=dict)
    head: AnchorPoint | None = None

    def reader(self, driver: Any, table: str) -> RowReader:
        """表を読むもの（取引の間に一度だけ作る）。"""
        if table not in self.readers:
            self.readers[table] = RowReader(driver, table)
        return self.readers[table]


def _tracker(session: Session) -> _Tracker:
    tracker = session.info.get(TRACKER)
    if not isinstance(tracker, _Tracker):
        tracker = session.info[TRACKER] = _Tracker()
    return tracker


def _place(mapper: Mapper[Any], target: Any) -> tuple[str, int]:
    (key,) = mapper.primary_key_from_instance(target)
    # str：SQLAlchemy の名は str の子で、そのまま書くと行ごとに型を調べられて遅い
    return str(mapper.local_table.name), key  # type: ignore[attr-defined]


def _is_audit(mapper: Mapper[Any]) -> bool:
    return mapper.local_table.name in AUDIT_TABLES  # type: ignore[attr-defined]


def _before_change(mapper: Mapper[Any], connection: Connection, target: Any) -> None:
    """直す・消す SQL の前に、いまの行の要約値を取る（孤児の削除や外部キーの変更もここを通る）。"""
    session = object_session(target)
    if session is None:
        return
    if _is_audit(mapper):
        raise UnrecordedChange("監査記録は直せない。")
    table, row_id = _place(mapper, target)
    tracker = _tracker(session)
    touched = tracker.touched.setdefault(table, {})
    if row_id not in touched:
        touched[row_id] = tracker.reader(driver_of(connection), table).one(row_id)


def _after_insert(mapper: Mapper[Any], connection: Connection, target: Any) -> None:
    session = object_session(target)
    if session is None:
        return
    if _is_audit(mapper):
        raise UnrecordedChange("監査記録は record で作る。")
    table, row_id = _place(mapper, target)
    _tracker(session).touched.setdefault(table, {}).setdefault(row_id, None)


event.listen(Base, "before_update", _before_change, propagate=True)
event.listen(Base, "before_delete", _before_change, propagate=True)
event.listen(Base, "after_insert", _after_insert, propagate=True)


def _refuse_bulk(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        raise UnrecordedChange("行の要約値が残らない。一行ずつ直すか、bulk_insert を使う。")


def _before_commit(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    touched = sorted(_tracker(session).touched)
    if touched:
        raise UnrecordedChange(f"監査記録のない変更は確定しない（{', '.join(touched)}）。")


def watch(sessions: sessionmaker[Session], anchor: Anchor) -> None:
    """sessions の作る取引を見張り、確定のたびに外の控えを進める。"""

    def after_commit(session: Session) -> None:
        point = _tracker(session).head
        if point is not None and not session.in_nested_transaction():
            anchor.advance(point)

    def after_end(session: Session, transaction: SessionTransaction) -> None:
        if transaction.parent is None:
            session.info.pop(TRACKER, None)

    event.listen(sessions, "do_orm_execute", _refuse_bulk)
    event.listen(sessions, "before_commit", _before_commit)
    event.listen(sessions, "after_commit", after_commit)
    event.listen(sessions, "after_transaction_end", after_end)


def _collect(tracker: _Tracker, driver: Any) -> list[RowChange]:
    changes = []
    for table in sorted(tracker.touched):
        touched = tracker.touched[table]
        row_ids = sorted(touched)
        after = tracker.reader(driver, table).some(row_ids)
        changes += [
            RowChange(table, row_id, touched[row_id], after.get(row_id))
            for row_id in row_ids
            if touched[row_id] != after.get(row_id)
        ]
    tracker.touched.clear()
    return changes


def _time_text(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError("時差のない時刻は保存できません。")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _append(
    driver: Any, mac_key: bytes, words: Mapping[str, Any], changes: Sequence[RowChange]
) -> AnchorPoint:
    """記録を鎖の先頭につなぐ。words は at から detail までの保存する値。"""
    previous = last_entry(driver)
    values = {
        **words,
        "sequence": previous.sequence + 1,
        "rows_digest": rows_digest(changes),
        "previous_hash": previous.hash,
    }
    row = [values[name] for name in ENTRY_COLUMNS]
    hashed = entry_hash(row)
    marks = ", ".join("?" * (len(row) + 2))
    columns = ", ".join((*ENTRY_COLUMNS, "hash", "mac"))
    driver.execute(
        f"INSERT INTO audit_entry ({columns}) VALUES ({marks})",  # noqa: S608  列の名は定数
        (*row, hashed, entry_mac(mac_key, hashed)),
    )
    driver.executemany(
        "INSERT INTO audit_row (sequence, table_name, row_id, before, after) VALUES (?, ?, ?, ?, ?)",
        [(values["sequence"], *change) for change in changes],
    )
    return AnchorPoint(values["sequence"], hashed)


def record(
    session: Session,
    *,
    mac_key: bytes,
    at: datetime,
    actor_id: int | None,
    actor_name: str,
    action: str,
    machine: str = "",
    subject: str = "",
    summary: str = "",
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> int:
    """取引の最後に、触れたすべての行と共に一つの操作を記録し、その番号を返す。

    at は時差のある時刻。detail は JSON になる値。記録と業務の行は同じ取引で確定する。
    """
    session.flush()
    driver = driver_of(session.connection())
    tracker = _tracker(session)
    words = {
        "at": _time_text(at),
        "actor_id": actor_id,
        "actor_name": actor_name,
        "machine": machine,
        "action": action,
        "subject": subject,
        "summary": summary,
        "reason": reason,
        "detail": canonical_json(dict(detail or {})),
    }
    tracker.head = _append(driver, mac_key, words, _collect(tracker, driver))
    return tracker.head.sequence


def _default_of(column: Column[Any]) -> Any:
    if column.default is not None and not column.default.is_scalar:
        raise TypeError(f"列 {column.name} の既定値は行ごとに変わるため、まとめて入れられない。")
    return getattr(column.default, "arg", None)


def _insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """行をすべて一度に入れる。SQLAlchemy に一行ずつ引数を組ませるより三倍ほど速い。"""
    given: set[str] = set().union(*rows)
    if unknown := given - {column.name for column in table.columns}:
        raise KeyError(f"表 {table.name} に列がない（{', '.join(sorted(unknown))}）。")
    names, bound = [], []
    for column in table.columns:
        name, default = str(column.name), _default_of(column)
        to_stored = column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        values: Iterable[Any]
        if name in given:
            values = [row.get(name, default) for row in rows]
            values = values if to_stored is None else map(to_stored, values)
        elif default is None:
            continue
        else:
            values = repeat(default if to_stored is None else to_stored(default), len(rows))
        names.append(f'"{name}"')
        bound.append(values)
    marks = ", ".join("?" * len(names))
    statement = f'INSERT INTO "{table.name}" ({", ".join(names)}) VALUES ({marks})'  # noqa: S608  名は自分の表から取る
    driver_of(connection).executemany(statement, zip(*bound, strict=True))


def bulk_insert(session: Session, table: Table | type[Base], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """多くの行を一度に入れ、その id を返す。rows は列の名から値へ。id のない行には続きの番号を付ける。

    書く取引の中で呼ぶ。行の要約値は record が取る。
    """
    target: Table = table if isinstance(table, Table) else inspect(table).local_table  # type: ignore[assignment]
    session.flush()
    connection = session.connection()
    (key,) = target.primary_key.columns
    name = str(key.name)
    last = connection.scalar(select(func.max(key))) or 0
    complete = [
        row if row.get(name) is not None else {**row, name: last + i} for i, row in enumerate(rows, 1)
    ]
    if complete:
        _insert_rows(connection, target, complete)
    ids = [int(row[name]) for row in complete]
    touched = _tracker(session).touched.setdefault(str(target.name), {})
    for row_id in ids:
        touched.setdefault(row_id, None)
    return ids


def head(session: Session) -> tuple[int, str]:
    """鎖の先頭の番号と要約値（議事録・名簿に刷る）。記録が無ければ 0 と 0 の並び。"""
    point = last_entry(driver_of(session.connection()))
    return point.sequence, point.hash


def verify(store: Store) -> list[AuditBreak]:
    """鎖・業務の行・外の控えのすべてを確かめる。空なら完全。"""
    with store.driver() as driver:
        return examine(driver, store.keys.mac_key, store.anchor)


def record_migration(
    driver: Any, mac_key: bytes, at: datetime, machine: str, words: Mapping[str, str]
) -> AnchorPoint:
    """作成と移行を記録する。移行で値の変わった行の要約値を取り直す。書く取引の中で、移行と共に確定する。

    words は action と summary。
    """
    chain = ChainCheck(driver, mac_key)
    chain.run()
    changes = []
    tables = watched_tables(driver)
    for table in sorted({*tables, *chain.latest}):
        known = chain.latest.get(table, {})
        now = dict(RowReader(driver, table).all()) if table in tables else {}
        for row_id in sorted({*known, *now}):
            if known.get(row_id) != now.get(row_id):
                changes.append(RowChange(table, row_id, known.get(row_id), now.get(row_id)))
    values = {
        "at": _time_text(at),
        "actor_id": None,
        "actor_name": SYSTEM,
        "machine": machine,
        "subject": "database",
        "reason": "",
        "detail": "{}",
        **words,
    }
    return _append(driver, mac_key, values, changes)
