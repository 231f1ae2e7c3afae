"""ファイルの置き方：傍らに書き、同期し、それから正しい名に置く。"""

import os
import tempfile
from pathlib import Path


def beside(path: Path, suffix: str) -> Path:
    """path の名の後に suffix を付けた、同じフォルダーの名を返す（nintei.db → nintei.db.keys）。"""
    return path.with_name(path.name + suffix)


def sync_file(path: Path) -> None:
    """ファイルの中身を媒体に届ける。"""
    handle = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """フォルダーの中の名の変化を媒体に届ける。Windows には要らない。"""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put_in_place(temporary: Path, target: Path) -> None:
    """書き終えた temporary を同期し、target の名に置く。途中で止まっても target は前か後のどちらかである。"""
    sync_file(temporary)
    temporary.replace(target)
    sync_folder(target.parent)


def write_atomic(path: Path, content: bytes) -> None:
    """content を一度に path に置く。失敗すれば OSError で、前の中身が残る。"""
    # 仮の名は短く：長い名のファイルでも、名の長さの限りを超えない
    handle, name = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        put_in_place(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
