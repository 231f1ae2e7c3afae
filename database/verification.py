"""監査記録の検証：鎖・認証子・触れた行・業務の行・外の控えを突き合わせ、合わないものを名指す。"""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlcipher3 import dbapi2

from database import migrations
from database.anchor import Anchor, AnchorForged, AnchorPoint
from database.digests import (
    AUDIT_TABLES,
    ENTRY_COLUMNS,
    GENESIS,
    RowChange,
    RowReader,
    entry_hash,
    entry_mac,
    rows_digest,
    watched_tables,
)

# 整数でない番号の記録は、どの記録の行でもない
NOWHERE = 2**63 - 1
Latest = dict[str, dict[int, bytes | None]]


@dataclass(frozen=True)
class AuditBreak:
    """合わないところ一つ。sentence は利用者に見せる文、kind は機械のための短い名。"""

    kind: str
    sentence: str
    sequence: int | None = None
    table: str | None = None
    row_id: int | None = None


def _entry_break(kind: str, sequence: int, what: str) -> AuditBreak:
    return AuditBreak(kind, f"監査記録 第{sequence}号：{what}", sequence=sequence)


def _row_break(kind: str, table: str, row_id: int, what: str) -> AuditBreak:
    return AuditBreak(kind, f"表 {table} の行 {row_id}：{what}", table=table, row_id=row_id)


def _as_digest(value: Any) -> bytes | None:
    # 直接書き込まれた、要約値でない値。違うと分かればよい
    return value if value is None or type(value) is bytes else repr(value).encode("utf-8", "replace")


def _as_change(row: Any) -> tuple[int, RowChange]:
    sequence, table, row_id, before, after = row
    change = RowChange(str(table), row_id, _as_digest(before), _as_digest(after))
    return (sequence if type(sequence) is int else NOWHERE), change


class _Changes:
    """audit_row を記録の番号の順に一度だけ読む。"""

    def __init__(self, driver: Any) -> None:
        self._rows: Iterator[tuple[int, RowChange]] = map(
            _as_change,
            driver.execute(
                "SELECT sequence, table_name, row_id, before, after FROM audit_row"
                " ORDER BY sequence, table_name, row_id"
            ),
        )
        self._next = next(self._rows, None)

    def of(self, sequence: int) -> list[RowChange]:
        """その記録の行。"""
        found = []
        while self._next is not None and self._next[0] == sequence:
            found.append(self._next[1])
            self._next = next(self._rows, None)
        return found

    def before(self, sequence: int | None) -> Iterator[int]:
        """その記録より前に残っている、記録のない行の番号（None なら残りすべて）。"""
        while self._next is not None and (sequence is None or self._next[0] < sequence):
            yield self._next[0]
            self._next = next(self._rows, None)


class ChainCheck:
    """鎖を先頭から辿り、最後の要約値を集める。"""

    def __init__(self, driver: Any, mac_key: bytes) -> None:
        """driver は読む取引の中の接続。"""
        self._driver = driver
        self._mac_key = mac_key
        self.latest: Latest = {}
        self.hashes: list[tuple[int, str]] = []
        self.breaks: list[AuditBreak] = []

    def run(self) -> bool:
        """すべての記録を確かめる。文字として読めない値があれば、その記録を名指して偽を返す。"""
        try:
            self._run()
        except dbapi2.DatabaseError:
            what = "読めない値が書き込まれています。"
            self.breaks += [_entry_break("entry_edited", n, what) for n in self._unreadable()]
            return False
        return True

    def _unreadable(self) -> list[int]:
        found = set()
        for table in AUDIT_TABLES:
            numbers = self._driver.execute(f"SELECT DISTINCT sequence FROM {table}").fetchall()  # noqa: S608
            for (number,) in numbers:
                try:
                    self._driver.execute(f"SELECT * FROM {table} WHERE sequence = ?", (number,)).fetchall()  # noqa: S608
                except dbapi2.DatabaseError:
                    found.add(number)
        return sorted(found)

    def _run(self) -> None:
        changes = _Changes(self._driver)
        expected, previous = 1, GENESIS
        columns = ", ".join((*ENTRY_COLUMNS, "hash", "mac"))
        for row in self._driver.execute(f"SELECT {columns} FROM audit_entry ORDER BY sequence"):  # noqa: S608
            sequence, stored = row[0], row[-2]
            if sequence != expected:
                self._missing(expected, sequence - 1)
            self._orphans(changes, sequence)
            self._entry(row, previous if sequence == expected else None)
            self._rows(row, changes.of(sequence))
            self.hashes.append((sequence, stored))
            expected, previous = sequence + 1, stored
        self._orphans(changes, None)

    def _missing(self, first: int, last: int) -> None:
        which = f"第{first}号" if first == last else f"第{first}号から第{last}号"
        self.breaks.append(
            AuditBreak("entry_missing", f"監査記録 {which}：削除されています。", sequence=first)
        )

    def _orphans(self, changes: _Changes, sequence: int | None) -> None:
        for orphan in dict.fromkeys(changes.before(sequence)):
            self.breaks.append(_entry_break("rows_edited", orphan, "記録のない行の控えがあります。"))

    def _entry(self, row: Any, previous: str | None) -> None:
        sequence, stored, mac = row[0], row[-2], row[-1]
        if entry_hash(row[:-2]) != stored:
            self.breaks.append(_entry_break("entry_edited", sequence, "内容が書き換えられています。"))
        elif not hmac.compare_digest(entry_mac(self._mac_key, stored).encode(), str(mac).encode()):
            what = "鍵を持たない者が書いた記録です（挿入、または鎖の計算し直し）。"
            self.breaks.append(_entry_break("entry_forged", sequence, what))
        elif previous is not None and row[len(ENTRY_COLUMNS) - 1] != previous:
            what = "一つ前の記録とつながりません（前の記録が入れ替えられたか、書き換えられています）。"
            self.breaks.append(_entry_break("chain_broken", sequence, what))

    def _rows(self, row: Any, changes: list[RowChange]) -> None:
        sequence = row[0]
        if rows_digest(changes) != row[ENTRY_COLUMNS.index("rows_digest")]:
            self.breaks.append(
                _entry_break("rows_edited", sequence, "触れた行の控えが書き換えられています。")
            )
        for change in changes:
            known = self.latest.setdefault(change.table, {})
            if known.get(change.row_id) != change.before:
                what = f"監査記録 第{sequence}号の前に、記録のない変更がありました。"
                self.breaks.append(_row_break("row_edited", change.table, change.row_id, what))
            known[change.row_id] = change.after


def check_rows(driver: Any, latest: Latest) -> list[AuditBreak]:
    """業務の行を、最後に記録した要約値と突き合わせる。"""
    breaks: list[AuditBreak] = []
    tables = watched_tables(driver)
    for table in tables:
        try:
            breaks += _check_table(driver, table, latest.get(table, {}))
        except dbapi2.DatabaseError:
            breaks += [
                _row_break("row_edited", table, row_id, "読めない値が書き込まれています。")
                for row_id in RowReader(driver, table).unreadable()
            ]
    for table in sorted(latest.keys() - set(tables)):
        if any(latest[table].values()):
            breaks.append(AuditBreak("row_missing", f"表 {table}：表ごと削除されています。", table=table))
    return breaks


def _check_table(driver: Any, table: str, known: dict[int, bytes | None]) -> list[AuditBreak]:
    breaks: list[AuditBreak] = []
    seen: set[int] = set()
    for row_id, digest in RowReader(driver, table).all():
        seen.add(row_id)
        recorded = known.get(row_id)
        if recorded is None:
            breaks.append(_row_break("row_inserted", table, row_id, "監査記録なしに加えられています。"))
        elif recorded != digest:
            breaks.append(_row_break("row_edited", table, row_id, "監査記録なしに書き換えられています。"))
    for row_id, recorded in known.items():
        if recorded is not None and row_id not in seen:
            breaks.append(_row_break("row_missing", table, row_id, "監査記録なしに削除されています。"))
    return breaks


def _check_triggers(driver: Any) -> list[AuditBreak]:
    # このプログラムは引き金もビューも作らない。あれば、値を黙って変えるために置かれたものである
    rows = driver.execute("SELECT name FROM sqlite_master WHERE type IN ('trigger', 'view') ORDER BY name")
    return [
        AuditBreak("schema_edited", f"データベースに覚えのない仕掛け「{name}」があります。")
        for (name,) in rows
    ]


def _check_version(driver: Any) -> list[AuditBreak]:
    """データベースの版の行は一つで、このプログラムの知る版であること。"""
    found = [row[0] for row in driver.execute("SELECT CAST(version_num AS BLOB) FROM alembic_version")]
    if len(found) == 1 and found[0] in [known.encode() for known in migrations.revisions()]:
        return []
    what = "表 alembic_version：データベースの版が書き換えられています。"
    return [AuditBreak("row_edited", what, table="alembic_version")]


def last_entry(driver: Any) -> AnchorPoint:
    """鎖の先頭（記録が無ければ 0 号）。"""
    row = driver.execute("SELECT sequence, hash FROM audit_entry ORDER BY sequence DESC LIMIT 1").fetchone()
    return AnchorPoint(0, GENESIS) if row is None else AnchorPoint(*row)


def check_anchor(driver: Any, anchor: Anchor, *, rows_agree: bool = True) -> list[AuditBreak]:
    """外の控えと突き合わせる。データベースが控えより先へ続いているのはよい（保存の直後に止まった）。"""
    try:
        point = anchor.read()
    except AnchorForged:
        return [AuditBreak("anchor_forged", f"監査記録の控え「{anchor.path.name}」が書き換えられています。")]
    if point is None:
        return [AuditBreak("anchor_missing", f"監査記録の控え「{anchor.path.name}」がありません。")]
    last = last_entry(driver)
    if last.sequence < point.sequence:
        between = f"控えは第{point.sequence}号、データベースは第{last.sequence}号までです。"
        if rows_agree:
            what = f"古いデータベースに差し替えられているか、末尾が切り取られています（{between}）"
            return [AuditBreak("older_database", what, sequence=last.sequence + 1)]
        what = f"監査記録の末尾が切り取られています（{between}）"
        return [AuditBreak("tail_cut", what, sequence=last.sequence + 1)]
    row = driver.execute("SELECT hash FROM audit_entry WHERE sequence = ?", (point.sequence,)).fetchone()
    if point.sequence and (row is None or row[0] != point.hash):
        return [
            _entry_break(
                "anchor_mismatch", point.sequence, "外の控えと違います（鎖が計算し直されています）。"
            )
        ]
    return []


def examine(driver: Any, mac_key: bytes, anchor: Anchor | None) -> list[AuditBreak]:
    """一つの読む取引の中で、すべてを確かめる。空なら完全。"""
    driver.execute("BEGIN")
    try:
        chain = ChainCheck(driver, mac_key)
        # 鎖を読み切れなければ、行と突き合わせても正しい行まで疑ってしまう
        rows = check_rows(driver, chain.latest) if chain.run() else []
        breaks = chain.breaks + rows + _check_triggers(driver) + _check_version(driver)
        if anchor is not None:
            breaks += check_anchor(driver, anchor, rows_agree=not rows)
        return breaks
    finally:
        driver.execute("ROLLBACK")
