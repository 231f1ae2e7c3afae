"""画面の試験の土台：見た目を掛けた Qt と、窓を作る手。"""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from ui.background import Background
from ui.theme import tokens
from ui.theme.style import apply_theme


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """画面のない Qt が、できないと断ること（窓の大小・前に出す・鍵盤を取る）だけは、誤りに数えない。"""
    for item in items:
        if "tests/ui" in item.path.as_posix():
            item.add_marker(pytest.mark.qt_log_ignore("^This plugin does not support ", extend=True))


@pytest.fixture(autouse=True)
def themed(qapp: QApplication) -> QApplication:
    """明るい色・100 % の見た目。"""
    apply_theme(qapp, tokens.LIGHT, 1.0)
    return qapp


@pytest.fixture
def background(themed: QApplication) -> Iterator[Background]:
    """長い仕事の受け持ち。試験の終わりに止める。"""
    made = Background()
    yield made
    assert made.stop()
