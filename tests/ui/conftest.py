"""画面の試験の土台：見た目を掛けた Qt と、窓を作る手。"""

from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget

from tests.ui.shots import wants_shots
from ui.background import Background
from ui.theme import tokens
from ui.theme.fonts import load_fonts
from ui.theme.style import apply_theme


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """画面のない Qt が、できないと断ること（窓の大小・前に出す・鍵盤を取る）だけは、誤りに数えない。"""
    for item in items:
        if "tests/ui" in item.path.as_posix():
            item.add_marker(pytest.mark.qt_log_ignore("^This plugin does not support ", extend=True))


def _delete_since(before: set[QWidget]) -> None:
    """before の後にできた窓を、部品ごと消す（残すと、次の試験の見た目を掛け直すのが遅くなる）。"""
    for window in QApplication.topLevelWidgets():
        if shiboken6.isValid(window) and window.parent() is None and window not in before:
            shiboken6.delete(window)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture(autouse=True)
def themed(qapp: QApplication) -> Iterator[QApplication]:
    """明るい色・100 % の見た目。試験の終わりに、残った窓を消す。絵を残すときだけ、同梱の書体を読む。"""
    apply_theme(qapp, tokens.LIGHT, 1.0, load_fonts() if wants_shots() else ())
    before = set(QApplication.topLevelWidgets())
    yield qapp
    _delete_since(before)


@pytest.fixture
def background(themed: QApplication) -> Iterator[Background]:
    """長い仕事の受け持ち。試験の終わりに止める。"""
    made = Background()
    yield made
    assert made.stop()
