"""保守：開く・作る・監査の検証・バックアップ・復元・整合の確認・合言葉の変更。"""

import os
import platform
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import func, select, text

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services import search
from app.services.editions import load_edition
from app.services.office import Office
from database import audit, backup, keys, opening
from database.schema.audit import AuditEntry
from database.store import Store

SHORTEST_PASSPHRASE = keys.SHORTEST_PASSPHRASE
RECOVERY_HOLDER = "復旧鍵を持つ人"


def default_database() -> Path:
    """既定のデータベースの場所（利用者のデータのフォルダー）。"""
    base = (
        os.environ.get("APPDATA") or os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    )
    return Path(base) / "nintei-desk" / "nintei.db"


def create(
    path: Path,
    passphrase: str,
    *,
    today: Callable[[], date] | None = None,
    now: Callable[[], datetime] = backup.utc_now,
) -> tuple[Office, str]:
    """新しいデータベースを作り、開いたものと復旧鍵（印刷して保管する）を返す。"""
    store, recovery_key = opening.create_store(path, passphrase, now=now)
    return _office(store, today), recovery_key


def open_office(path: Path, passphrase: str, *, today: Callable[[], date] | None = None) -> Office:
    """データベースを開く。"""
    office = _office(opening.open_store(path, passphrase), today)
    try:
        with office.store.sessions.begin() as session:
            search.fill_index(session)
    except BaseException:
        office.close()
        raise
    return office


def _office(store: Store, today: Callable[[], date] | None) -> Office:
    office = Office(store, load_edition())
    if today is not None:
        office.today = today
    return office


@dataclass(frozen=True)
class AuditReport:
    """監査記録の検証の結果。breaks が空なら鎖は完全。"""

    entries: int
    breaks: tuple[str, ...]


def audit_verify(office: Office) -> AuditReport:
    """監査記録の鎖と、業務の行の要約値を確かめる。"""
    with office.read("maintenance.audit_verify") as session:
        entries = session.scalar(select(func.count()).select_from(AuditEntry)) or 0
        breaks = [b.sentence for b in audit.verify(office.store)]
        # 人の行を読めないときは、索引を導くこともできない
        if not breaks:
            breaks = search.index_breaks(session)
    return AuditReport(entries, tuple(breaks))


def audit_entries(office: Office) -> int:
    """監査記録の件数。"""
    with office.store.sessions() as session:
        return session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def last_backup(office: Office) -> str | None:
    """最後の検査済みバックアップの日時の言葉。なければ None。"""
    made = [b for b in backup.list_backups(backup.backup_folder(office.store.path)) if b.checked]
    if not made:
        return None
    at = max(b.made_at for b in made).astimezone()
    day = "今日" if at.date() == office.today() else wareki(at.date())
    return f"{day} {at:%H:%M}"


def _refuse_breaks(made: backup.Backup) -> Path:
    if made.breaks:
        raise RuleViolation(
            f"バックアップ {made.path} は作りましたが、検査で誤りが見つかったため「未検査」としました："
            f"{made.breaks[0].sentence}"
        )
    return made.path


def back_up_now(office: Office) -> Path:
    """決まったフォルダーに、日時の名で検査済みのバックアップを作り、古いものを間引く。"""
    return _back_up_by_date(office, "maintenance.back_up_now", "バックアップを開始")


def back_up_automatically(office: Office) -> Path:
    """起動・終了・時計による、決まったフォルダーへの検査済みのバックアップ。どの役割の人でも行われる。"""
    return _back_up_by_date(office, "maintenance.back_up_automatically", "自動のバックアップを開始")


def _back_up_by_date(office: Office, function: str, words: str) -> Path:
    with office.act(function) as act:
        act.say("database", words)
    return _refuse_breaks(backup.back_up_by_date(office.store))


def notices(office: Office) -> tuple[str, ...]:
    """開いたときに見つかった、控えとの食い違いの文（空なら正常）。"""
    return tuple(b.sentence for b in office.store.notices)


def back_up(office: Office, target: Path) -> Path:
    """検査済みのバックアップを作る。"""
    with office.act("maintenance.back_up") as act:
        act.say("database", "バックアップを開始")
    return _refuse_breaks(backup.back_up(office.store, target))


def restore(source: Path, passphrase: str, target: Path) -> Path:
    """バックアップを確かめ、新しいファイルへ戻す。既にあるファイルには重ねない。"""
    backup.restore(source, passphrase, target)
    return target


def check(office: Office) -> tuple[str, ...]:
    """整合のすべてを確かめ、悪いところの文を返す（空なら正常）。"""
    report = audit_verify(office)
    problems = list(report.breaks)
    with office.read("maintenance.check") as session:
        for row in session.execute(text("PRAGMA cipher_integrity_check")):
            problems.append(f"暗号化の検査で誤りが見つかりました：{row[0]}")
        for row in session.execute(text("PRAGMA integrity_check")):
            if row[0] != "ok":
                problems.append(f"データベースの検査で誤りが見つかりました：{row[0]}")
        for row in session.execute(text("PRAGMA foreign_key_check")):
            problems.append(f"表 {row[0]} の行 {row[1]} が指す行がありません。")
    return tuple(problems)


def _check_passphrase(new: str) -> None:
    if len(new) < SHORTEST_PASSPHRASE:
        raise RuleViolation(f"合言葉が短すぎます（{SHORTEST_PASSPHRASE}文字以上にしてください）。")


def recover(
    path: Path, recovery_key: str, new: str, *, today: Callable[[], date] | None = None
) -> tuple[Office, str]:
    """合言葉を忘れたとき、復旧鍵で開き、新しい合言葉を定める。開いたものと、新しい復旧鍵を返す。

    使った復旧鍵は無効になる。だれもサインインしていないので、監査記録には復旧鍵を持つ人として残る。
    復旧鍵が違う・合言葉が短い・開かれているときは RuleViolation で、何も変わらない。
    """
    _check_passphrase(new)
    office = _office(opening.open_store(path, recovery_key, unlock=keys.open_with_recovery), today)
    try:
        with office.store.sessions.begin() as session:
            audit.record(
                session,
                mac_key=office.store.keys.mac_key,
                at=office.now(),
                actor_id=None,
                actor_name=RECOVERY_HOLDER,
                machine=platform.node(),
                action="maintenance.recover",
                subject="database",
                summary="復旧鍵で合言葉を定め直した",
            )
        # 記録が確定してから包み直す（rekey と同じ順）
        return office, keys.reset_with_recovery(path, recovery_key, new)
    except BaseException:
        office.close()
        raise


def rekey(office: Office, old: str, new: str) -> None:
    """合言葉を変える。データの鍵は変わらず、鍵を包む合言葉だけが変わる。"""
    office.require("maintenance.rekey")
    _check_passphrase(new)
    keys.open_keys(office.store.path, old)  # いまの合言葉が違えば、変更の記録も残さない
    with office.act("maintenance.rekey") as act:
        act.say("database", "合言葉を変更")
    # 記録が確定してから包み直す：逆にすると、記録に失敗したとき合言葉だけが変わる
    keys.change_passphrase(office.store.path, old, new)
