"""バックアップ：動いているままの写しを仮の名に取り、開いて確かめてから置く。戻すのは新しいファイルへだけ。"""

import contextlib
import hmac
import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from app.domain.errors import RuleViolation
from database.anchor import Anchor, AnchorPoint, anchor_path
from database.engine import connect
from database.files import beside, put_in_place, sync_folder, write_atomic
from database.keys import Keys, key_path, open_keys
from database.store import Store
from database.verification import AuditBreak, examine, last_entry

DAILY, WEEKLY, MONTHLY = 12, 10, 9
NAME = re.compile(r"nintei-(\d{8}-\d{6})\.db")
STAMP = "%Y%m%d-%H%M%S"
PROOF_FIELDS = ("made_at", "sequence", "hash", "size", "sha256")


@dataclass(frozen=True)
class Backup:
    """一つのバックアップ。checked が偽なら未検査。breaks は監査記録の合わないところ。"""

    path: Path
    made_at: datetime
    size: int
    checked: bool
    sequence: int | None = None
    hash: str | None = None
    breaks: tuple[AuditBreak, ...] = ()


def utc_now() -> datetime:
    """いま（協定世界時）。"""
    return datetime.now(UTC)


def backup_folder(database: Path) -> Path:
    """データベースの自動のバックアップの置き場。"""
    return database.parent / "backups"


def proof_path(backup: Path) -> Path:
    """検査の証のファイルの名（….db.checked）。"""
    return beside(backup, ".checked")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        digest = sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _proof_mac(mac_key: bytes, proof: dict[str, Any]) -> str:
    message = "backup\n" + "\n".join(str(proof[name]) for name in PROOF_FIELDS)
    return hmac.digest(mac_key, message.encode(), "sha256").hex()


def integrity_problems(driver: Any) -> list[str]:
    """頁の認証・木の形・外部キーを確かめ、悪いところを返す（空なら正常）。"""
    problems = [str(row[0]) for row in driver.execute("PRAGMA cipher_integrity_check")]
    if not problems:
        problems = [str(row[0]) for row in driver.execute("PRAGMA integrity_check") if row[0] != "ok"]
    if not problems:
        problems = [f"{row[0]}:{row[1]}" for row in driver.execute("PRAGMA foreign_key_check")]
    return problems


@contextmanager
def _writing(target: Path, size: int) -> Iterator[Path]:
    """仮の名を貸し、失敗すれば片付ける。媒体の誤りは、どこに・どれだけ要るかの言葉に替える。"""
    temporary = beside(target, ".tmp")
    try:
        temporary.unlink(missing_ok=True)
        yield temporary
    except (OSError, dbapi2.OperationalError) as error:
        raise RuleViolation(
            f"「{target}」に書けません。フォルダーに書き込めること、空きが{size // 1_000_000 + 1}MB以上あることを"
            "確かめてやり直してください。"
        ) from error
    finally:
        for leftover in (
            temporary,
            beside(temporary, "-journal"),
            beside(temporary, "-wal"),
            beside(temporary, "-shm"),
        ):
            with contextlib.suppress(OSError):
                leftover.unlink(missing_ok=True)


def _refuse_existing(target: Path) -> None:
    for path in (target, beside(target, "-wal"), key_path(target), anchor_path(target)):
        if path.exists():
            raise RuleViolation(f"「{path}」は既にあります。上書きはしません。別の名を選んでください。")


def _copy(source: Any, temporary: Path, keys: Keys) -> tuple[AnchorPoint, list[AuditBreak]]:
    """写しを取り、開き直して確かめる。壊れていれば RuleViolation。"""
    with closing(connect(temporary, keys.data_key, create=True)) as copy:
        source.backup(copy)
        # 一つのファイルだけで完結させる
        copy.execute("PRAGMA journal_mode = DELETE")
    with closing(connect(temporary, keys.data_key)) as copy:
        problems = integrity_problems(copy)
        if problems:
            raise RuleViolation(
                f"写しを確かめたところ壊れていました（{problems[0]}）。置かずに捨てました。"
                "ディスクを確かめ、別の場所にやり直してください。"
            )
        return last_entry(copy), examine(copy, keys.mac_key, None)


def back_up(store: Store, target: Path, *, now: Callable[[], datetime] = utc_now) -> Backup:
    """動いているデータベースの写しを、確かめてから target に置く。鍵のファイルの写しと検査の証を傍らに置く。

    監査記録に合わないところがあれば、写しは置くが検査済みとせず、breaks で知らせる。
    """
    _refuse_existing(target)
    with _writing(target, store.path.stat().st_size) as temporary:
        target.parent.mkdir(parents=True, exist_ok=True)
        with store.driver() as source:
            point, breaks = _copy(source, temporary, store.keys)
        proof: dict[str, Any] = {
            "made_at": now().astimezone(UTC).isoformat(timespec="seconds"),
            "sequence": point.sequence,
            "hash": point.hash,
            "size": temporary.stat().st_size,
            "sha256": _digest(temporary),
        }
        write_atomic(key_path(target), key_path(store.path).read_bytes())
        if not breaks:
            proof["mac"] = _proof_mac(store.keys.mac_key, proof)
            write_atomic(proof_path(target), json.dumps(proof).encode())
        put_in_place(temporary, target)
    made_at = datetime.fromisoformat(proof["made_at"])
    return Backup(target, made_at, proof["size"], not breaks, point.sequence, point.hash, tuple(breaks))


def _unused(target: Path) -> Path:
    """同じ秒に二つ取っても重ねない名（…-2.db、…-3.db）。"""
    place = 1
    chosen = target
    while chosen.exists():
        place += 1
        chosen = target.with_stem(f"{target.stem}-{place}")
    return chosen


def back_up_by_date(
    store: Store, folder: Path | None = None, *, now: Callable[[], datetime] = utc_now
) -> Backup:
    """置き場に日時の名で取り、古いものを間引く（起動・終了・移行の前・時計による取得）。"""
    place = folder or backup_folder(store.path)
    stamp = now()
    target = _unused(place / f"nintei-{stamp.astimezone().strftime(STAMP)}.db")
    made = back_up(store, target, now=lambda: stamp)
    if made.checked:
        rotate(place)
    return made


def _read_proof(path: Path) -> dict[str, Any] | None:
    try:
        proof = json.loads(proof_path(path).read_bytes())
        return proof if all(name in proof for name in (*PROOF_FIELDS, "mac")) else None
    except (OSError, ValueError, TypeError):
        return None


def _describe(path: Path) -> Backup:
    size = path.stat().st_size
    proof = _read_proof(path)
    if proof is None or proof["size"] != size or not key_path(path).exists():
        return Backup(path, datetime.fromtimestamp(path.stat().st_mtime, UTC), size, checked=False)
    made_at = datetime.fromisoformat(proof["made_at"])
    return Backup(path, made_at, size, True, int(proof["sequence"]), str(proof["hash"]))


def list_backups(folder: Path) -> list[Backup]:
    """置き場のバックアップ（新しい順）。証のないもの・大きさの変わったものは未検査とする。"""
    if not folder.is_dir():
        return []
    return sorted(
        (_describe(p) for p in folder.glob("*.db") if p.is_file()), key=lambda b: b.made_at, reverse=True
    )


def _kept(dated: list[tuple[date, Path]], daily: int, weekly: int, monthly: int) -> set[Path]:
    """日・週・月ごとに最も新しいものを、新しい方から数だけ選ぶ。dated は新しい順。"""
    keep: set[Path] = set()
    periods: list[tuple[int, Callable[[date], Any]]] = [
        (daily, lambda d: d),
        (weekly, lambda d: d.isocalendar()[:2]),
        (monthly, lambda d: (d.year, d.month)),
    ]
    for count, period in periods:
        newest: dict[Any, Path] = {}
        for day, path in dated:
            newest.setdefault(period(day), path)
        keep.update(list(newest.values())[:count])
    return keep


def rotate(folder: Path, *, daily: int = DAILY, weekly: int = WEEKLY, monthly: int = MONTHLY) -> list[Path]:
    """自動の名の検査済みのバックアップを、12日・10週・9か月分だけ残して消し、消したものを返す。

    手で名を付けたもの・未検査のものは数えず、消さない。
    """
    dated: list[tuple[str, Path]] = []
    for backup in list_backups(folder):
        match = NAME.fullmatch(backup.path.name)
        if match and backup.checked:
            dated.append((match[1], backup.path))
    dated.sort(reverse=True)
    days = [(date(int(s[:4]), int(s[4:6]), int(s[6:8])), path) for s, path in dated]
    keep = _kept(days, daily, weekly, monthly)
    removed = [path for _, path in days if path not in keep]
    for path in removed:
        for file in (path, proof_path(path), key_path(path)):
            file.unlink(missing_ok=True)
    if removed:
        sync_folder(folder)
    return removed


def _damaged(path: Path, why: str) -> RuleViolation:
    return RuleViolation(
        f"バックアップ「{path.name}」は使えません（{why}）。別のバックアップを選んでください。"
    )


def _check_proof(path: Path, keys: Keys, point: AnchorPoint) -> None:
    proof = _read_proof(path)
    if proof is None:
        return
    genuine = hmac.compare_digest(str(proof["mac"]).encode(), _proof_mac(keys.mac_key, proof).encode())
    if not genuine or (proof["sequence"], proof["hash"], proof["sha256"]) != (
        point.sequence,
        point.hash,
        _digest(path),
    ):
        raise _damaged(path, "検査したときのものと違います")


def restore(backup_path: Path, passphrase: str, target: Path) -> Path:
    """バックアップを確かめ、新しいファイル target に戻す。あるファイルには重ねない。

    合言葉は、そのバックアップを取ったときのもの。壊れている・監査記録が合わないものは RuleViolation。
    """
    _refuse_existing(target)
    if not backup_path.is_file():
        raise RuleViolation(f"バックアップ「{backup_path}」がありません。場所を確かめてください。")
    keys = open_keys(backup_path, passphrase)
    with _writing(target, backup_path.stat().st_size) as temporary:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with closing(connect(backup_path, keys.data_key)) as source:
                problems = [str(row[0]) for row in source.execute("PRAGMA cipher_integrity_check")]
                if problems:
                    raise _damaged(backup_path, problems[0])
                point, breaks = _copy(source, temporary, keys)
        except dbapi2.DatabaseError as error:
            raise _damaged(backup_path, "壊れていて読めません") from error
        if breaks:
            raise _damaged(backup_path, breaks[0].sentence.rstrip("。"))
        _check_proof(backup_path, keys, point)
        write_atomic(key_path(target), key_path(backup_path).read_bytes())
        Anchor(target, keys.mac_key).write(point)
        put_in_place(temporary, target)
    return target
