"""公開した版ごとの、凍ったデータベースを作る：`python -m tests.database.frozen`。

いちばん新しい版のファイルがまだなければ作る。既にあるものには触れない（作り直せば、凍ったものでなくなる）。
どの表にも一行ずつ、架空の値が入る。合言葉は試験のもの。
"""

import re
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command

from database import audit, migrations
from database.anchor import Anchor
from database.digests import watched_tables
from database.engine import WRITE, driver_of, make_engine
from database.files import beside
from database.keys import create_keys
from tests.conftest import CHEAP, PASSPHRASE

FOLDER = Path(__file__).parents[1] / "data" / "schemas"
MADE_AT = datetime(2026, 4, 1, tzinfo=UTC)
# 形から決められない値
GIVEN: dict[tuple[str, str], Any] = {
    ("person", "name"): "𠮷田 辻󠄀子",
    ("person", "reading"): "ヨシダ ツジコ",
    ("cohort", "fiscal_year"): 2025,
    ("account", "active"): 1,
    ("attempt", "points"): 8,
    ("letter", "application_id"): 1,
    ("meeting_packet", "return_public_key"): "見本",
    ("person_distinction", "other_id"): 2,
    ("person_merge", "merged_id"): 2,
    ("printer_calibration", "scale_x"): 10000,
    ("printer_calibration", "scale_y"): 10000,
}
DAY, MOMENT = "2026-02-28", "2026-02-28T01:30:00.000000+00:00"


def _choices(sql: str, column: str) -> list[str]:
    found = re.search(rf"\b{column} IN \(([^)]*)\)", sql)
    return re.findall(r"'([^']*)'", found[1]) if found else []


def _value(table: str, sql: str, column: str, kind: str) -> Any:
    if (table, column) in GIVEN:
        return GIVEN[table, column]
    if choices := _choices(sql, column):
        return choices[0]
    if kind == "BLOB":
        return b"\x00\xff"
    if kind in ("INTEGER", "BOOLEAN"):
        return int(kind == "INTEGER")
    if kind == "FLOAT":
        return 0.5
    if column.endswith("_at"):
        return MOMENT
    if re.search(r"(_on|_from|_to|_date|^due|^day)$", column) and kind == "TEXT":
        return DAY
    return "{}" if kind == "TEXT" else f"見本 {column}"


def _fill(driver: Any) -> None:
    """どの監査の対象の表にも一行。外部キーは 1 の行を指し、二人の要る表のために二人目の人も置く。"""
    for table in watched_tables(driver):
        (sql,) = driver.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        points = {row[3] for row in driver.execute(f'PRAGMA foreign_key_list("{table}")')}
        values = {
            name: 1
            if key or (name in points and (table, name) not in GIVEN)
            else _value(table, sql, name, kind)
            for _, name, kind, needed, default, key in driver.execute(f'PRAGMA table_info("{table}")')
            if key or (needed and default is None) or (table, name) in GIVEN
        }
        columns, marks = ", ".join(f'"{name}"' for name in values), ", ".join("?" * len(values))
        driver.execute(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', list(values.values()))
        if table == "person":
            values |= {"id": 2, "name": "NGUYỄN THỊ MẪU"}
            driver.execute(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', list(values.values()))


def make(path: Path, revision: str) -> None:
    """revision の形の、暗号化した小さなデータベースを path に作る。"""
    keys, _ = create_keys(path, PASSPHRASE, CHEAP)
    engine = make_engine(path, keys.data_key, create=True)
    try:
        with closing(engine.connect()) as connection:
            driver = driver_of(connection)
            driver.execute("PRAGMA foreign_keys = OFF")
            with connection.execution_options(**{WRITE: True}).begin():
                command.upgrade(migrations.config(connection), revision)
                _fill(driver)
                assert driver.execute("PRAGMA foreign_key_check").fetchall() == []
                words = {"action": "database.create", "summary": f"版 {revision} の見本を作成"}
                point = audit.record_migration(driver, keys.mac_key, MADE_AT, "見本のPC", words)
            driver.execute("PRAGMA foreign_keys = ON")
            driver.execute("VACUUM")
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        engine.dispose()
    Anchor(path, keys.mac_key).write(point)
    beside(path, ".lock").unlink(missing_ok=True)


def main() -> None:
    """まだない版のファイルを作る。"""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for revision in migrations.revisions():
        path = FOLDER / f"{revision}.db"
        if not path.exists():
            make(path, revision)
            print(path, path.stat().st_size)


if __name__ == "__main__":
    main()
