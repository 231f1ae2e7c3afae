"""窓の枠が部屋に求めることと、枠に渡すもの。"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from PySide6.QtWidgets import QWidget


@runtime_checkable
class Refreshes(Protocol):
    """開かれるたびに読み直す部屋。"""

    def refresh(self) -> None:
        """記録を読み直す。"""


@runtime_checkable
class ImportsFiles(Protocol):
    """落とされたファイルを取り込む部屋。"""

    def import_file(self, path: Path) -> None:
        """ファイルを取り込む。"""


@runtime_checkable
class ImportsManyFiles(ImportsFiles, Protocol):
    """いくつもの落とされたファイルを、一度に取り込む部屋。"""

    def import_files(self, paths: Sequence[Path]) -> None:
        """ファイルを取り込む。"""


@runtime_checkable
class HasMainAction(Protocol):
    """主な操作（Ctrl+Enter）のある部屋。"""

    def main_action(self) -> None:
        """主な操作を行う。"""


@runtime_checkable
class HasPanes(Protocol):
    """区画（一覧・記録）に分かれた部屋。"""

    @property
    def panes(self) -> tuple[QWidget, ...]:
        """F6 で移る区画（左から）。"""


@runtime_checkable
class OpensTargets(Protocol):
    """検索の結果から記録を開ける部屋。"""

    def open_target(self, target_id: int) -> None:
        """番号の記録を開く。"""


def _nothing_waits() -> tuple[int, bool]:
    return 0, False


@dataclass(frozen=True)
class RoomEntry:
    """部屋の登録。factory は初めて開かれたときに呼ばれ、count は（待つ件数, 期限を過ぎたものがあるか）。"""

    key: str
    title: str
    factory: Callable[[], QWidget]
    count: Callable[[], tuple[int, bool]] = _nothing_waits
    separated: bool = False


@dataclass(frozen=True)
class FrameInfo:
    """上下の帯に出すこと。cohorts は（番号, 名）の組。"""

    cohorts: tuple[tuple[int, str], ...] = ()
    cohort_id: int | None = None
    signed_in: str = ""
    last_backup: str = "まだありません"
    backup_late: bool = False
    audit: str = ""
    audit_ok: bool = True
    edition: str = ""


def _no_setting(_key: str) -> str:
    return ""


def _drop_setting(_key: str, _value: str) -> None:
    return None


@dataclass(frozen=True)
class Display:
    """PC を使う人ごとの表示。percent は文字の大きさ（90〜150）。"""

    percent: int = 100
    dark: bool = False


@dataclass(frozen=True)
class FrameSettings:
    """PC を使う人ごとに覚えることの置き場：窓の大きさ、最後の部屋、表示。"""

    read: Callable[[str], str] = _no_setting
    write: Callable[[str, str], None] = _drop_setting

    def display(self) -> Display:
        """覚えた表示。なければ、または壊れていれば 100 % の明るい色。"""
        percent = self.read("scale_percent")
        return Display(int(percent) if percent.isdecimal() else 100, self.read("dark") == "1")

    def keep(self, display: Display) -> None:
        """表示を覚える。"""
        self.write("scale_percent", str(display.percent))
        self.write("dark", "1" if display.dark else "")
