"""外から来たブックを、関所と子プロセスを通して格子にする。"""

import gc
import json
import marshal
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from app.domain.errors import InputRefused
from app.workbooks.child import ERROR_CELL, MEMORY, NO_VALUE_CELL, SECONDS
from app.workbooks.guard import damaged, position, too_large

__all__ = [
    "ERROR_CELL",
    "NO_VALUE_CELL",
    "Cell",
    "Opening",
    "Sheet",
    "Unlock",
    "Workbook",
    "opening_of",
    "read_workbook",
]

_REFERENCE = re.compile(r"[A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7}")
Cell = str | int | float | bool | date | None
Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Sheet:
    """一枚のシート。rows[0] が 1 行目。行の長さは揃っていないことがある。

    merged は結合の範囲（上の行, 左の列, 下の行, 右の列。0 から、両端を含む）、epoch_1904 は日付の番号の起点が 1904 年か、
    serials は書式の失われた日付の番号を日付とみてよいか（ほかの様式から直した表だけ）。
    """

    name: str
    rows: tuple[Row, ...]
    merged: tuple[tuple[int, int, int, int], ...] = field(default=(), compare=False)
    epoch_1904: bool = field(default=False, compare=False)
    serials: bool = field(default=False, compare=False)

    @property
    def columns(self) -> int:
        """最も長い行の列の数。"""
        return max((len(row) for row in self.rows), default=0)

    @property
    def filled(self) -> int:
        """空でないセルの数。"""
        return sum(len(row) - row.count(None) for row in self.rows)


@dataclass(frozen=True)
class Opening:
    """ファイルの開き方。password はブックのパスワード、encoding は文字のファイルの読み方の名（None なら試す）。"""

    password: str | None = None
    encoding: str | None = None


Unlock = Opening | str | None  # 文字だけなら、パスワード


def opening_of(unlock: Unlock) -> Opening:
    """開き方。"""
    return unlock if isinstance(unlock, Opening) else Opening(unlock)


@dataclass(frozen=True)
class Workbook:
    """読んだブック。reports は黙って読めなかった所の文（式・エラー・隠れ・結合・文字符号）。"""

    sheets: tuple[Sheet, ...]
    reports: tuple[str, ...] = ()

    def sheet(self, name: str) -> Sheet | None:
        """その名のシート。なければ None。"""
        return next((s for s in self.sheets if s.name.strip() == name), None)


def _command() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, "--workbook-child"]
    # -P：作業中のフォルダーにある同じ名のモジュールを読み込まない
    return [sys.executable, "-P", "-X", "utf8", "-m", "app.workbooks.child"]


def _environment() -> dict[str, str]:
    root = str(Path(__file__).resolve().parents[2])
    kept = ("SYSTEMROOT", "SYSTEMDRIVE", "TEMP", "TMP", "PATH", "LANG", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
    return {k: v for k, v in os.environ.items() if k in kept} | {"PYTHONPATH": root}


def _run(request: dict[str, object], seconds: float, limit: float) -> tuple[int, bytes]:
    """子プロセスを一度走らせる。返すのは終了の値と答え。seconds は残りの時間、limit は言葉に出す限り。"""
    try:
        done = subprocess.run(  # noqa: S603  引数は自分の実行ファイルだけ
            _command(),
            input=json.dumps(request).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=max(0.0, seconds),
            env=_environment(),
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except subprocess.TimeoutExpired as error:
        raise InputRefused(
            f"{limit:g} 秒以内に読み終わりませんでした。大きすぎるか、壊れているおそれがあります。"
            "必要な行だけを新しいブックに写して、やり直してください。",
            "TIMEOUT",
        ) from error
    return done.returncode, done.stdout


def _ask(path: Path, opening: Opening, seconds: float, memory: int) -> bytes:
    """速い読み手で、子が倒れたら二番目の読み手で。それでも倒れれば断る。"""
    until = time.monotonic() + seconds
    request: dict[str, object] = {
        "path": str(path.resolve()),
        "password": opening.password,
        "encoding": opening.encoding,
        "second": False,
        "memory": memory,
    }
    code, answer = _run(request, seconds, seconds)
    if code == 0 and answer:
        return answer
    request["second"] = True
    second, answer = _run(request, until - time.monotonic(), seconds)
    if second == 0 and answer:
        return answer
    if code < 0 or second < 0:
        raise too_large("記憶の限りを超える")
    raise damaged("表を読み取れない")


def _spans(references: list[str]) -> tuple[tuple[int, int, int, int], ...]:
    pairs = (r.split(":") for r in references if _REFERENCE.fullmatch(r))
    return tuple((*position(first), *position(last)) for first, last in pairs)


def _sheet(grid: Any, merged: dict[str, list[str]], epoch_1904: bool) -> Sheet:
    name, rows, dated, columns = grid
    make = date.fromordinal
    for index in dated:
        row = list(rows[index])
        for column in columns:
            if column < len(row) and type(row[column]) is tuple:
                row[column] = make(row[column][0])
        rows[index] = tuple(row)
    return Sheet(name, tuple(rows), _spans(merged.get(name, [])), epoch_1904)


def read_workbook(
    path: Path, password: Unlock = None, *, seconds: float = SECONDS, memory: int = MEMORY
) -> Workbook:
    """ブック（xlsx・xls・ods・xlsb）か文字のファイル（CSV・TSV）を読む。

    セルは文字・整数・小数・真偽・日付・空（None）。時刻のある日付は文字。計算結果のない式は NO_VALUE_CELL、
    エラーは ERROR_CELL。読めなければ InputRefused（NOT_EXCEL・PASSWORD・DAMAGED・UNSAFE_XML・TOO_LARGE・
    NO_ROWS・TIMEOUT・UNREADABLE）で、何も書かない。password はブックのパスワードか、開き方。seconds は限りの時間（秒）、
    memory は子プロセスの記憶の限り（バイト。Windows では見ない）。
    """
    answer = _ask(Path(path), opening_of(password), seconds, memory)
    collecting = gc.isenabled()
    gc.disable()  # 何百万の組を起こす間、見回りは要らない
    try:
        loaded: Any = marshal.loads(answer)  # noqa: S302  自分の子プロセスが書いたもの
        if loaded[0] == "refused":
            raise InputRefused(loaded[2], loaded[1])
        return Workbook(tuple(_sheet(grid, *loaded[3]) for grid in loaded[1]), tuple(loaded[2]))
    finally:
        if collecting:
            gc.enable()
