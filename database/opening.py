"""開くときの手順：錠 → 鍵 → 壊れていないか → 新しすぎないか → 移行の前の写し → 移行 → 確かめ → 開いたもの。"""

import platform
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlcipher3 import dbapi2

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from database import audit, migrations
from database.anchor import Anchor, AnchorPoint, anchor_path
from database.backup import Backup, back_up, backup_folder, list_backups, utc_now
from database.engine import WRITE, NotProtected, check_protection, driver_of, make_engine
from database.files import beside, put_in_place, sync_folder
from database.keys import Cost, Keys, create_keys, key_path, open_keys
from database.lock import DatabaseLock, refuse_network
from database.store import Sessions, Store
from database.verification import check_anchor

__all__ = ["DamagedDatabase", "Store", "create_store", "open_store"]

SIDE_FILES = ("", "-wal", "-shm", ".keys", ".head")
SMALLEST = 4096
PASSING_ERRORS = (
    dbapi2.SQLITE_BUSY,
    dbapi2.SQLITE_LOCKED,
    dbapi2.SQLITE_READONLY,
    dbapi2.SQLITE_FULL,
    dbapi2.SQLITE_CANTOPEN,
    dbapi2.SQLITE_PERM,
    dbapi2.SQLITE_NOMEM,
)


class DamagedDatabase(RuleViolation):
    """壊れたデータベースを断った。aside は脇に置いた先、backup は勧める検査済みのバックアップ。"""

    def __init__(self, message: str, aside: Path, backup: Path | None) -> None:
        """文と、復元を勧めるための二つの場所を持つ。"""
        super().__init__(message)
        self.aside = aside
        self.backup = backup


def _newest_checked(path: Path) -> Backup | None:
    return next((b for b in list_backups(backup_folder(path)) if b.checked), None)


def _advice(backup: Backup | None) -> str:
    if backup is None:
        return "検査済みのバックアップが傍らにありません。別に保管したバックアップから復元してください。"
    day = wareki(backup.made_at.astimezone().date())
    return f"検査済みのバックアップ「{backup.path.name}」（{day}）から復元してください。"


def _missing(path: Path) -> RuleViolation:
    if list(path.parent.glob(f"{path.name}.damaged-*")) or _newest_checked(path):
        return RuleViolation(f"データベース「{path}」がありません。{_advice(_newest_checked(path))}")
    return RuleViolation(f"データベース「{path}」がありません。場所を確かめるか、新しく作ってください。")


def _set_aside(path: Path, why: str, now: datetime) -> DamagedDatabase:
    """壊れたファイルの組を、中身に触れずに別の名に移す。"""
    aside = beside(path, f".damaged-{now.astimezone():%Y%m%d-%H%M%S}")
    for suffix in SIDE_FILES:
        file = beside(path, suffix) if suffix else path
        if file.exists():
            file.rename(beside(aside, suffix) if suffix else aside)
    sync_folder(path.parent)
    backup = _newest_checked(path)
    message = f"「{path.name}」は壊れているため開きません（{why}）。「{aside.name}」として脇に残しました。{_advice(backup)}"
    return DamagedDatabase(message, aside, backup.path if backup else None)


def _damage(driver: Any) -> str:
    """頁ごとの認証を確かめ、壊れていれば短い言葉を、正常なら空を返す。"""
    if driver.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
        return "中身がありません"
    problems = driver.execute("PRAGMA cipher_integrity_check").fetchall()
    return f"暗号の認証が合わないところが{len(problems)}か所" if problems else ""


def _check_damage(path: Path, engine: Engine, now: datetime) -> None:
    """壊れていれば脇に置いて DamagedDatabase。混み合い・権限・空きの誤りでは動かさない。"""
    # 一頁に満たないファイルは、つなぐだけで新しいデータベースの頭が書かれてしまう
    if path.stat().st_size < SMALLEST:
        raise _set_aside(path, "途中で切れています", now)
    try:
        raw = engine.raw_connection()
        try:
            why = _damage(raw.driver_connection)
        finally:
            raw.close()
    except dbapi2.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        engine.dispose()
        if code in PASSING_ERRORS:
            raise RuleViolation(
                f"「{path}」を読み書きできません。フォルダーの権限とディスクの空きを確かめて、開き直してください。"
            ) from error
        raise _set_aside(path, "読めない頁があります", now) from error
    if why:
        engine.dispose()
        raise _set_aside(path, why, now)


def _revision(engine: Engine) -> str | None:
    raw = engine.raw_connection()
    try:
        driver: Any = raw.driver_connection
        if not driver.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
            return None
        row = driver.execute("SELECT version_num FROM alembic_version").fetchone()
        return None if row is None else str(row[0])
    finally:
        raw.close()


def _check_revision(path: Path, revision: str | None) -> None:
    if revision is None:
        raise RuleViolation(
            f"「{path.name}」は認定デスクのデータベースではありません。別のファイルを選んでください。"
        )
    if revision not in migrations.revisions():
        raise RuleViolation(
            f"「{path.name}」はより新しい版の認定デスクで使われています（版 {revision}）。何も変えずに閉じました。"
            "このプログラムを新しくしてから開いてください。"
        )


def _migrate(engine: Engine, keys: Keys, at: datetime, action: str, summary: str) -> AnchorPoint:
    """一つの取引で最新の版へ進め、記録する。誤りがあれば何も変わらない。"""
    with engine.connect() as connection:
        driver = driver_of(connection)
        # 表の作り直しの間だけ。取引の中では切り替わらない
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            writing = connection.execution_options(**{WRITE: True})
            with writing.begin():
                migrations.upgrade(writing)
                broken = driver.execute("PRAGMA foreign_key_check").fetchone()
                if broken is not None:
                    raise RuleViolation(f"移行すると表 {broken[0]} の参照が切れるため、元のままにしました。")
                words = {"action": action, "summary": summary}
                return audit.record_migration(driver, keys.mac_key, at, platform.node(), words)
        finally:
            driver.execute("PRAGMA foreign_keys = ON")


def _make_store(path: Path, engine: Engine, keys: Keys, lock: DatabaseLock) -> Store:
    anchor = Anchor(path, keys.mac_key)
    sessions = Sessions(engine, expire_on_commit=False)
    audit.watch(sessions, anchor)
    return Store(path, engine, sessions, keys, anchor, lock)


def _arm(store: Store) -> None:
    """控えと合うときだけ、控えを進めることを許す。合わなければ notices に残す。"""
    with store.driver() as driver:
        store.notices = tuple(check_anchor(driver, store.anchor))
    store.anchor.armed = not store.notices


def _bring_up(store: Store, revision: str, now: datetime) -> None:
    """移行の前に写しを取り、監査記録が合うときだけ移行する。"""
    stamp = now.astimezone().strftime("%Y%m%d-%H%M%S")
    target = backup_folder(store.path) / f"nintei-before-{revision}-{stamp}.db"
    made = back_up(store, target, now=lambda: now)
    if made.breaks:
        raise RuleViolation(
            f"監査記録が合わないため、新しい版へ移さず元のままにしました（{made.breaks[0].sentence}）"
            "責任者に知らせ、前の版のプログラムで監査記録を確かめてください。"
        )
    newest = migrations.revisions()[-1]
    summary = f"データベースの形を {revision} から {newest} へ移行"
    try:
        point = _migrate(store.engine, store.keys, now, "database.migrate", summary)
    except (SQLAlchemyError, dbapi2.Error) as error:
        raise RuleViolation(
            f"新しい版（{newest}）へ移せなかったため、元のままにしました。ディスクの空きを確かめて開き直し、"
            f"続くときは責任者に知らせてください（移す前の写しは「{target.name}」）。"
        ) from error
    store.anchor.advance(point)
    broken = audit.verify(store)
    if broken:
        raise RuleViolation(
            f"移行の後の確かめで合わないところがありました（{broken[0].sentence}）"
            f"移行の前の写し「{target.name}」から復元してください。"
        )


def open_store(
    path: Path,
    secret: str,
    *,
    now: Callable[[], datetime] = utc_now,
    unlock: Callable[[Path, str], Keys] = open_keys,
) -> Store:
    """データベースを開く。無い・合言葉違い・壊れている・新しすぎる・開かれているときは RuleViolation。

    secret は合言葉。unlock に keys.open_with_recovery を渡せば復旧鍵。
    開いたものの notices が空でなければ、外の控えと合わない（古いものへの差替えなど）。
    """
    if not path.is_file():
        raise _missing(path)
    refuse_network(path)
    lock = DatabaseLock(path)
    try:
        keys = unlock(path, secret)
        engine = make_engine(path, keys.data_key)
        try:
            return _open_locked(path, engine, keys, lock, now())
        except BaseException:
            engine.dispose()
            raise
    except BaseException:
        lock.release()
        raise


def _open_locked(path: Path, engine: Engine, keys: Keys, lock: DatabaseLock, now: datetime) -> Store:
    _check_damage(path, engine, now)
    try:
        check_protection(path, engine)
    except NotProtected as error:
        raise RuleViolation(
            f"「{path.name}」は正しく暗号化されていません。開かずに閉じました（{error}）"
        ) from error
    revision = _revision(engine)
    _check_revision(path, revision)
    store = _make_store(path, engine, keys, lock)
    _arm(store)
    if revision != migrations.revisions()[-1]:
        _bring_up(store, str(revision), now)
    return store


def _refuse_existing(path: Path) -> None:
    for suffix in SIDE_FILES:
        file = beside(path, suffix) if suffix else path
        if file.exists():
            raise RuleViolation(
                f"「{file}」が既にあります。上書きはしません。別の場所か別の名を選んでください。"
            )


def create_store(
    path: Path, passphrase: str, *, cost: Cost | None = None, now: Callable[[], datetime] = utc_now
) -> tuple[Store, str]:
    """新しい暗号化データベースを作り、開いたものと復旧鍵（一度だけ見せ、印刷する）を返す。

    cost は合言葉の鍵の重さ（省けば既定の強さ）。途中で止まれば、path の名のデータベースは現れない。
    """
    refuse_network(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = DatabaseLock(path)
    except OSError as error:
        raise RuleViolation(
            f"「{path.parent}」に書けません。書き込めるフォルダーを選んでください。"
        ) from error
    try:
        _refuse_existing(path)
        return _create_locked(path, passphrase, cost, lock, now())
    except BaseException:
        lock.release()
        raise


def _create_locked(
    path: Path, passphrase: str, cost: Cost | None, lock: DatabaseLock, now: datetime
) -> tuple[Store, str]:
    draft = beside(path, ".creating")
    for suffix in SIDE_FILES:
        beside(draft, suffix).unlink(missing_ok=True)
    keys, recovery = create_keys(draft, passphrase, cost)
    engine = make_engine(draft, keys.data_key, create=True)
    try:
        point = _migrate(engine, keys, now, "database.create", "データベースを作成")
        raw = engine.raw_connection()
        raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
        raw.close()
    finally:
        engine.dispose()
    Anchor(draft, keys.mac_key).write(point)
    # 本体の名が現れるのは最後：現れたときには鍵も控えも揃っている
    put_in_place(key_path(draft), key_path(path))
    put_in_place(anchor_path(draft), anchor_path(path))
    put_in_place(draft, path)
    return _open_locked(path, make_engine(path, keys.data_key), keys, lock, now), recovery
