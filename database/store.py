"""開いたデータベース一つ。"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker
from sqlcipher3 import dbapi2

from database.anchor import Anchor
from database.engine import WRITE
from database.keys import Keys
from database.lock import DatabaseLock
from database.verification import AuditBreak


class Sessions(sessionmaker[Session]):
    """取引を作るもの。呼べば読む取引、begin() は初めから錠を取る書く取引。"""

    def begin(self) -> AbstractContextManager[Session]:
        """書く取引。抜けるときに確定し、誤りがあればすべて取り消す。"""
        return self._writing()

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        with self() as session, session.begin():
            session.connection(execution_options={WRITE: True})
            yield session


@dataclass
class Store:
    """開いたデータベース。notices は開くときに見つかった、控えとの食い違い（空なら正常）。"""

    path: Path
    engine: Engine
    sessions: Sessions
    keys: Keys
    anchor: Anchor
    lock: DatabaseLock
    notices: tuple[AuditBreak, ...] = ()
    is_closed: bool = False

    @contextmanager
    def driver(self) -> Iterator[Any]:
        """下の sqlcipher3 の接続を借りる（検証・バックアップのように、表の外の仕事に使う）。"""
        raw = self.engine.raw_connection()
        try:
            yield raw.driver_connection
        finally:
            raw.close()

    def close(self) -> None:
        """書き残しを本体に移し、接続を閉じて錠を外す。二度閉じても害はない。"""
        self.is_closed = True
        try:
            with self.driver() as driver:
                driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except dbapi2.Error:
            # 移せなくても、書き残しは次に開くときに読まれる
            pass
        finally:
            self.engine.dispose()
            self.lock.release()

    def __enter__(self) -> "Store":
        """with で使える。"""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """閉じる。"""
        self.close()
