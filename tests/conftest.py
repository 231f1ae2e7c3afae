"""すべての試験の土台：一度だけ作る見本のデータベース、その写し、思わぬ記録を許さない見張り。"""

import logging
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

if sys.platform != "win32" and not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from database.anchor import anchor_path
from database.keys import Cost, key_path
from database.opening import Store, create_store, open_store

PASSPHRASE = "試験のための長い合言葉です"
# 軽い鍵は引数で渡したときだけ。プログラムの既定は弱められない
CHEAP = Cost(time_cost=1, memory_cost=8, parallelism=1)


class _Unexpected(logging.Handler):
    """WARNING 以上の記録を集める。"""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name} {record.levelname}: {record.getMessage()}")


class ExpectedLog:
    """起こるはずの WARNING 以上の記録を、その間だけ受け取る。"""

    def __init__(self, handler: _Unexpected) -> None:
        self._handler = handler

    @contextmanager
    def __call__(self) -> Iterator[list[str]]:
        start = len(self._handler.lines)
        taken: list[str] = []
        yield taken
        taken += self._handler.lines[start:]
        del self._handler.lines[start:]


@pytest.fixture(autouse=True)
def log_fail() -> Iterator[ExpectedLog]:
    """思わぬ WARNING 以上の記録があれば試験を落とす。"""
    handler = _Unexpected()
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield ExpectedLog(handler)
    finally:
        root.removeHandler(handler)
    if handler.lines:
        pytest.fail("思わぬ記録：" + " / ".join(handler.lines))


@pytest.fixture
def expect_log(log_fail: ExpectedLog) -> ExpectedLog:
    """with expect_log() as lines: の間の記録は落とさず、lines に入る。"""
    return log_fail


@pytest.fixture(scope="session")
def template_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """一度だけ作り、閉じた、空のデータベース。書き換えない。"""
    path = tmp_path_factory.mktemp("template") / "nintei.db"
    store, _ = create_store(path, PASSPHRASE, cost=CHEAP)
    store.close()
    return path


def copy_closed(source: Path, target: Path) -> Path:
    """閉じたデータベースを鍵と控えと共に写す（開いているものには使わない）。"""
    assert not source.with_name(source.name + "-wal").exists()
    for name in (lambda p: p, key_path, anchor_path):
        shutil.copyfile(name(source), name(target))
    return target


@pytest.fixture
def store_path(template_database: Path, tmp_path: Path) -> Path:
    """この試験だけの、閉じたデータベース。合言葉は PASSPHRASE。"""
    return copy_closed(template_database, tmp_path / "nintei.db")


@pytest.fixture
def store(store_path: Path) -> Iterator[Store]:
    """この試験だけの、開いたデータベース。"""
    with open_store(store_path, PASSPHRASE) as opened:
        yield opened
