"""要約値：行・記録・触れた行の一覧を、同じ中身なら同じ値になる形で要約する。"""

import hmac
import json
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from sqlcipher3 import dbapi2

GENESIS = "0" * 64

# 無限大も書く：直接書き込まれた値で検証そのものが止まってはならない
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

AUDIT_TABLES = ("audit_entry", "audit_row")
# 鎖そのもの・移行の版・検索の索引（人の表から作り直せる）・書きかけは、行の要約の対象ではない
UNWATCHED_PREFIXES = ("audit_", "alembic_", "sqlite_", "person_search", "draft")

ENTRY_COLUMNS = (
    "sequence",
    "at",
    "actor_id",
    "actor_name",
    "machine",
    "action",
    "subject",
    "summary",
    "reason",
    "detail",
    "rows_digest",
    "previous_hash",
)


class RowChange(NamedTuple):
    """一つの行の前と後の要約値（32 バイト。無い側は None）。"""

    table: str
    row_id: int
    before: bytes | None
    after: bytes | None


def watched_tables(driver: Any) -> list[str]:
    """要約の対象の表の名（名の順）。"""
    names = driver.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return [name for (name,) in names if not name.startswith(UNWATCHED_PREFIXES)]


def _value_text(value: Any) -> str:
    """文字でも整数でもない値の JSON。書類の写しのような長いバイト列は、その要約値で表す。"""
    if type(value) is bytes:
        return _encode({"sha256": sha256(value).hexdigest()})
    return _encode(value)


class RowReader:
    """一つの表の行を要約する。列は名の順、NULL の列は除く（空の列を足す移行で値が変わらない）。"""

    def __init__(self, driver: Any, table: str) -> None:
        """driver は sqlcipher3 の接続。"""
        self._driver = driver
        self.table = table
        self._names = sorted(row[1] for row in driver.execute(f'PRAGMA table_info("{table}")'))
        columns = ", ".join(f'"{name}"' for name in self._names)
        self._heads = [encode_basestring(name) + ":" for name in self._names]
        self._select = f'SELECT rowid, {columns} FROM "{table}"'  # noqa: S608  表と列の名は自分の表から取る

    def _digest(self, values: Sequence[Any]) -> bytes:
        # {列: 値} を _encode したものと同じ文字を、列の名を一度だけ書いて作る（行の要約は取込の時間の多くを占める）
        quote = encode_basestring
        content = ",".join(
            [
                name
                + (
                    quote(value)
                    if (kind := type(value)) is str
                    else str(value)
                    if kind is int
                    else _value_text(value)
                )
                for name, value in zip(self._heads, values, strict=True)
                if value is not None
            ]
        )
        return sha256(f"{{{content}}}".encode("utf-8", "surrogatepass")).digest()

    def one(self, row_id: int) -> bytes | None:
        """一行の要約値。無ければ None。"""
        row = self._driver.execute(f"{self._select} WHERE rowid = ?", (row_id,)).fetchone()
        return None if row is None else self._digest(row[1:])

    def unreadable(self) -> list[int]:
        """読めない値（文字として壊れた列など）のある行の rowid。"""
        found = []
        for (row_id,) in self._driver.execute(f'SELECT rowid FROM "{self.table}" ORDER BY rowid').fetchall():  # noqa: S608
            try:
                self.one(row_id)
            except dbapi2.DatabaseError:
                found.append(row_id)
        return found

    def some(self, row_ids: Sequence[int]) -> dict[int, bytes]:
        """ある行だけの要約値。"""
        found: dict[int, bytes] = {}
        for start in range(0, len(row_ids), 1000):
            chosen = ",".join(map(str, row_ids[start : start + 1000]))
            for row in self._driver.execute(f"{self._select} WHERE rowid IN ({chosen})"):
                found[row[0]] = self._digest(row[1:])
        return found

    def all(self) -> Iterator[tuple[int, bytes]]:
        """すべての行（rowid の順）。"""
        for row in self._driver.execute(f"{self._select} ORDER BY rowid"):
            yield row[0], self._digest(row[1:])


def rows_digest(changes: Iterable[RowChange]) -> str:
    """触れた行の一覧の要約値（16進）。一覧は表・行の順であること。"""
    digest = sha256()
    for c in changes:
        before = c.before.hex() if c.before else "-"
        after = c.after.hex() if c.after else "-"
        digest.update(f"{c.table}\t{c.row_id}\t{before}\t{after}\n".encode())
    return digest.hexdigest()


def entry_hash(values: Sequence[Any]) -> str:
    """記録の要約値（16進）。values は ENTRY_COLUMNS の順の、保存された形の値。"""
    plain = [{"sha256": sha256(v).hexdigest()} if type(v) is bytes else v for v in values]
    return sha256(_encode(plain).encode("utf-8", "surrogatepass")).hexdigest()


def entry_mac(mac_key: bytes, hashed: str) -> str:
    """記録の認証子（HMAC-SHA-256、16進）。"""
    return hmac.digest(mac_key, hashed.encode(), "sha256").hex()
