"""鍵を知る者による、プログラムを通さない書換えと、検証が名指すべきもの。"""

from collections.abc import Callable
from typing import Any

from database.digests import ENTRY_COLUMNS, GENESIS, entry_hash


def _copy_entry(driver: Any, source: int, target: int) -> None:
    columns = ", ".join((*ENTRY_COLUMNS[1:], "hash", "mac"))
    driver.execute(
        f"INSERT INTO audit_entry (sequence, {columns}) SELECT ?, {columns} FROM audit_entry WHERE sequence = ?",
        (target, source),
    )


def _swap(driver: Any) -> None:
    for old, new in ((2, 99), (3, 2), (99, 3)):
        driver.execute("UPDATE audit_entry SET sequence = ? WHERE sequence = ?", (new, old))
        driver.execute("UPDATE audit_row SET sequence = ? WHERE sequence = ?", (new, old))


def recompute(driver: Any) -> None:
    """記録を書き換え、鍵を使わずに計算できるところをすべて計算し直す。"""
    driver.execute("UPDATE audit_entry SET summary = '何もなかった' WHERE sequence = 2")
    previous = GENESIS
    columns = ", ".join(ENTRY_COLUMNS)
    for row in driver.execute(f"SELECT {columns} FROM audit_entry ORDER BY sequence").fetchall():
        values = [*row[:-1], previous]
        previous = entry_hash(values)
        driver.execute(
            "UPDATE audit_entry SET previous_hash = ?, hash = ? WHERE sequence = ?",
            (values[-1], previous, row[0]),
        )


def _cut_tail(driver: Any) -> None:
    driver.execute("DELETE FROM audit_row WHERE sequence = 4")
    driver.execute("DELETE FROM audit_entry WHERE sequence = 4")


def _cut_tail_and_row(driver: Any) -> None:
    _cut_tail(driver)
    driver.execute("DELETE FROM person WHERE id = 3")


def _sql(*statements: str) -> Callable[[Any], None]:
    def run(driver: Any) -> None:
        for statement in statements:
            driver.execute(statement)

    return run


TAMPERINGS: dict[str, tuple[Callable[[Any], None], list[tuple[str, int | None, str | None, int | None]]]] = {
    "記録の言葉を直す": (
        _sql("UPDATE audit_entry SET summary = '別の言葉' WHERE sequence = 3"),
        [("entry_edited", 3, None, None)],
    ),
    "記録の人を直す": (
        _sql("UPDATE audit_entry SET actor_name = '別の人' WHERE sequence = 2"),
        [("entry_edited", 2, None, None)],
    ),
    "記録を消す": (
        _sql("DELETE FROM audit_row WHERE sequence = 3", "DELETE FROM audit_entry WHERE sequence = 3"),
        [("entry_missing", 3, None, None), ("row_inserted", None, "person", 2)],
    ),
    "最初の記録を消す": (
        _sql("DELETE FROM audit_entry WHERE sequence = 1"),
        [("entry_missing", 1, None, None)],
    ),
    "記録を加える": (
        lambda d: _copy_entry(d, 4, 5),
        [("entry_edited", 5, None, None), ("rows_edited", 5, None, None)],
    ),
    "記録を入れ替える": (
        _swap,
        [("entry_edited", 2, None, None), ("entry_edited", 3, None, None), ("chain_broken", 4, None, None)],
    ),
    "認証子を変える": (
        _sql("UPDATE audit_entry SET mac = 'あ' WHERE sequence = 3"),
        [("entry_forged", 3, None, None)],
    ),
    "触れた行の控えを直す": (
        _sql("UPDATE audit_row SET after = zeroblob(32) WHERE sequence = 3"),
        [("rows_edited", 3, None, None), ("row_edited", None, "person", 2)],
    ),
    "触れた行の控えを消す": (
        _sql("DELETE FROM audit_row WHERE sequence = 3"),
        [("rows_edited", 3, None, None), ("row_inserted", None, "person", 2)],
    ),
    "業務の行を直す": (
        _sql("UPDATE person SET certificate_name = '偽の名' WHERE id = 2"),
        [("row_edited", None, "person", 2)],
    ),
    "業務の行を二つ入れ替える": (
        _sql(
            "UPDATE person SET id = 99 WHERE id = 1",
            "UPDATE person SET id = 1 WHERE id = 2",
            "UPDATE person SET id = 2 WHERE id = 99",
        ),
        [("row_edited", None, "person", 1), ("row_edited", None, "person", 2)],
    ),
    "業務の行を消す": (_sql("DELETE FROM person WHERE id = 1"), [("row_missing", None, "person", 1)]),
    "業務の行を加える": (
        _sql("INSERT INTO setting (name, value) VALUES ('x', '1')"),
        [("row_inserted", None, "setting", 1)],
    ),
    "読めない値を入れる": (
        _sql("UPDATE person SET name = CAST(x'ff' AS TEXT) WHERE id = 1"),
        [("row_edited", None, "person", 1)],
    ),
    "記録に読めない値を入れる": (
        _sql("UPDATE audit_entry SET summary = CAST(x'ff' AS TEXT) WHERE sequence = 3"),
        [("entry_edited", 3, None, None)],
    ),
    "記録にバイト列を入れる": (
        _sql("UPDATE audit_entry SET summary = x'ff' WHERE sequence = 3"),
        [("entry_edited", 3, None, None)],
    ),
    "触れた行の控えに文字を入れる": (
        _sql("UPDATE audit_row SET after = 'x' WHERE sequence = 3"),
        [("rows_edited", 3, None, None), ("row_edited", None, "person", 2)],
    ),
    "触れた行の控えの表を直す": (
        _sql("UPDATE audit_row SET table_name = x'ff' WHERE sequence = 3"),
        [
            ("rows_edited", 3, None, None),
            ("row_inserted", None, "person", 2),
            ("row_missing", None, "b'\\xff'", None),
        ],
    ),
    "無限大を入れる": (
        _sql("UPDATE person SET phone = 9e999 WHERE id = 1"),
        [("row_edited", None, "person", 1)],
    ),
    "データベースの版を二つにする": (
        _sql("INSERT INTO alembic_version VALUES ('0001')"),
        [("row_edited", None, "alembic_version", None)],
    ),
    "仕掛けを置く": (
        _sql("CREATE TRIGGER t AFTER INSERT ON person BEGIN DELETE FROM conviction; END"),
        [("schema_edited", None, None, None)],
    ),
    "末尾を切り取る": (_cut_tail, [("row_inserted", None, "person", 3), ("tail_cut", 4, None, None)]),
    "末尾を行ごと切り取る": (_cut_tail_and_row, [("older_database", 4, None, None)]),
}
