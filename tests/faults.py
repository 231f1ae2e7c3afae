"""障害を起こす仕掛け。プログラムの側には何もなく、これを読み込んだ試験の中でだけ働く。

`NINTEI_FAULT=<点>[#<何度目>]:<kill|enospc|eacces|raise>` を与えて `python -m tests.faults 命令 …` とする。
点は commit・write・sync・rename の、それぞれ前（before）と後（after）：`commit.before:kill` など。
"""

import contextlib
import errno
import io
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy.engine.default import DefaultDialect

POINTS = tuple(
    f"{what}.{side}" for what in ("commit", "write", "sync", "rename") for side in ("before", "after")
)


class Broken(RuntimeError):
    """raise で起こした障害。"""


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _refuse(number: int) -> None:
    raise OSError(number, os.strerror(number))


def _break() -> None:
    raise Broken("障害")


ACTIONS: dict[str, Callable[[], None]] = {
    "kill": _kill,
    "enospc": lambda: _refuse(errno.ENOSPC),
    "eacces": lambda: _refuse(errno.EACCES),
    "raise": _break,
}


class Fault:
    """一度だけ起こる障害。seen は点ごとの、通った回数。"""

    def __init__(self, wanted: str) -> None:
        """wanted は NINTEI_FAULT の値。空なら何も起こさず、数えるだけ。"""
        place, _, action = wanted.partition(":")
        self.point, _, number = place.partition("#")
        self.number = int(number or 1)
        self.action = ACTIONS[action] if wanted else None
        if wanted and self.point not in POINTS:
            raise ValueError(f"知らない点：{self.point}")
        self.seen = dict.fromkeys(POINTS, 0)

    def reach(self, point: str) -> None:
        """その点を通る。"""
        self.seen[point] += 1
        if self.action is not None and point == self.point and self.seen[point] == self.number:
            self.action()

    @contextlib.contextmanager
    def around(self, what: str) -> Iterator[None]:
        """前と後の点。"""
        self.reach(f"{what}.before")
        yield
        self.reach(f"{what}.after")

    def wrap(self, owner: Any, name: str, what: str) -> None:
        """owner.name を、前後に点を置いたものに替える。"""
        original = getattr(owner, name)

        def wrapped(*args: Any, **options: Any) -> Any:
            with self.around(what):
                return original(*args, **options)

        setattr(owner, name, wrapped)


def load(wanted: str) -> Fault:
    """この過程の確定・書込み・同期・改名に点を置く。"""
    fault = Fault(wanted)
    fault.wrap(DefaultDialect, "do_commit", "commit")
    fault.wrap(os, "fsync", "sync")
    fault.wrap(Path, "replace", "rename")
    opened = os.fdopen

    class Writer(io.BufferedWriter):
        def write(self, content: Any, /) -> int:
            with fault.around("write"):
                return super().write(content)

    def fdopen(handle: int, mode: str = "r", *args: Any, **options: Any) -> Any:
        return Writer(io.FileIO(handle, "w")) if mode == "wb" else opened(handle, mode, *args, **options)

    os.fdopen = fdopen  # type: ignore[assignment]
    return fault


def main() -> int:
    """命令を、障害と共に行う。終わったら点を通った回数を標準エラーへ出す。"""
    fault = load(os.environ.get("NINTEI_FAULT", ""))
    from app.bootstrap import run

    code = run(sys.argv[1:])
    print("SEEN", *(f"{point}={count}" for point, count in fault.seen.items()), file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
