"""書き手は一人：開いている間の錠。錠は OS が持つので、落ちたプログラムが人を締め出すことはない。"""

import getpass
import json
import os
import platform
import sys
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from database.files import beside

# Windows の錠は錠を掛けた範囲を読めなくする。中身の遠く後ろに掛ける
LOCKED_BYTE = 1 << 30
NETWORK_KINDS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "davfs"}

if sys.platform == "win32":
    import msvcrt

    def _acquire(file: BinaryIO) -> None:
        file.seek(LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _on_network(folder: Path) -> bool:
        import ctypes

        return folder.drive.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(folder.anchor) == 4
else:
    import fcntl

    def _acquire(file: BinaryIO) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _on_network(folder: Path) -> bool:
        try:
            mounts = [line.split() for line in Path("/proc/mounts").read_text("utf-8").splitlines()]
        except OSError:
            return False
        here = str(folder)
        points = [
            (len(m[1]), m[2]) for m in mounts if here == m[1] or here.startswith(m[1].rstrip("/") + "/")
        ]
        return max(points, default=(0, ""))[1] in NETWORK_KINDS


def lock_path(database: Path) -> Path:
    """データベースの錠のファイルの名（nintei.db.lock）。"""
    return beside(database, ".lock")


def refuse_network(database: Path) -> None:
    """共有フォルダーに置かれたデータベースを断る（WAL は共有フォルダーの上では守られない）。"""
    if _on_network(database.absolute().parent):
        raise RuleViolation(
            f"「{database.name}」はネットワークの共有フォルダーにあります。記録が壊れるおそれがあるため開きません。"
            "この PC の中のフォルダーに置いてください。"
        )


def _holder(path: Path) -> str:
    try:
        content = json.loads(path.read_bytes().rstrip(b"\0 "))
        since = datetime.fromisoformat(content["since"])
        when = f"{wareki(since.date())} {since.hour}時{since.minute}分"
        return f"{content['user']}さんが PC「{content['machine']}」で{when}から"
    except (OSError, ValueError, KeyError, TypeError):
        return "別の窓か別の人が"


class DatabaseLock:
    """掛けた錠。release するか、プログラムが終われば外れる。"""

    def __init__(self, database: Path) -> None:
        """錠を掛ける。既に掛かっていれば、誰が・どの PC で・いつからかを言って RuleViolation。"""
        path = lock_path(database)
        path.touch()
        self._file: BinaryIO = path.open("r+b", buffering=0)
        try:
            _acquire(self._file)
        except OSError:
            self._file.close()
            raise RuleViolation(
                f"「{database.name}」は{_holder(path)}開いています。そちらを閉じてから開いてください。"
            ) from None
        self._write()

    def _write(self) -> None:
        now = datetime.now().astimezone()
        content = {"user": _user(), "machine": platform.node(), "pid": os.getpid(), "since": now.isoformat()}
        self._file.seek(0)
        self._file.truncate()
        self._file.write(json.dumps(content).encode())

    def release(self) -> None:
        """錠を外す。二度外しても害はない。"""
        if not self._file.closed:
            self._file.truncate(0)
            self._file.close()


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "（名の分からない利用者）"
