"""暗号化したデータベースへの接続：生の鍵、約束の設定、書く取引は初めから書く取引として始める。"""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

WRITE = "nintei_write"
BUSY_MILLISECONDS = 10_000
PLAIN_HEADER = b"SQLite format 3\0"

PRAGMAS = (
    "foreign_keys = ON",
    "synchronous = FULL",
    "cache_size = -65536",
    # 並べ替えの途中の値を平文のファイルに出さない
    "temp_store = MEMORY",
    "trusted_schema = OFF",
    f"busy_timeout = {BUSY_MILLISECONDS}",
)


class NotProtected(RuntimeError):  # noqa: N818  誤りの名として通る
    """暗号化されていないか、約束の設定になっていない。書く前に止める。"""


def connect(path: Path, data_key: bytes, *, create: bool = False) -> Any:
    """生の鍵（32 バイト）で接続する。ジャーナルの方式は変えない。

    誤った鍵や壊れたファイルは、最初に読むときに dbapi2.DatabaseError になる。
    """
    if len(data_key) != 32:
        raise ValueError("データ鍵は32バイトである。")
    mode = "rwc" if create else "rw"
    connection = dbapi2.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False
    )
    # 鍵が違うときに標準エラーへ書かせない
    connection.execute("PRAGMA cipher_log = off")
    connection.execute(f"PRAGMA key = \"x'{data_key.hex()}'\"")
    connection.execute("PRAGMA cipher_memory_security = OFF")
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def make_engine(path: Path, data_key: bytes, *, create: bool = False) -> Engine:
    """path を data_key で開く Engine。プールを持ち、どのスレッドからも使える。"""

    def creator() -> Any:
        connection = connect(path, data_key, create=create)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except dbapi2.Error:
            connection.close()
            raise
        return connection

    engine = create_engine(
        "sqlite://", creator=creator, module=dbapi2, poolclass=QueuePool, pool_size=5, max_overflow=10
    )
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    # 読んでから書く取引に昇格すると、間に別の書き手が入ったとき失敗する。書く取引は初めから錠を取る
    writes = connection.get_execution_options().get(WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def driver_of(connection: Connection) -> Any:
    """SQLAlchemy の接続の下にある sqlcipher3 の接続。"""
    return connection.connection.driver_connection


def check_protection(path: Path, engine: Engine) -> None:
    """暗号化と約束の設定を確かめる。違えば NotProtected。"""
    raw = engine.raw_connection()
    try:
        check_connection(raw.driver_connection)
    finally:
        raw.close()
    with path.open("rb") as file:
        if file.read(len(PLAIN_HEADER)) == PLAIN_HEADER:
            raise NotProtected("暗号化されていない。")


def check_connection(connection: Any) -> None:
    """一つの接続の設定を確かめる。違えば NotProtected。"""

    def value(pragma: str) -> Any:
        row = connection.execute(f"PRAGMA {pragma}").fetchone()
        return None if row is None else row[0]

    expected = {
        "foreign_keys": 1,
        "synchronous": 2,
        "journal_mode": "wal",
        "temp_store": 2,
        "cipher_status": "1",
    }
    if not value("cipher_version"):
        raise NotProtected("SQLCipher ではない。")
    for pragma, wanted in expected.items():
        if value(pragma) != wanted:
            raise NotProtected(f"{pragma} が {wanted} ではない。")
