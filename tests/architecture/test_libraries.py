"""固定した版の理由が、いまの版でも成り立つ。"""

import platform
import sys

import PySide6
import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QLabel

CALLS = 10_000


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="3.12 からは None の参照を数えない")
def test_none_is_not_lost_in_ten_thousand_calls_of_qt(qapp: QApplication) -> None:
    assert platform.python_implementation() == "CPython"
    label, plain = QLabel("見本"), QObject()
    before = sys.getrefcount(None)
    for _ in range(CALLS // 4):
        label.setText("見本")
        label.setEnabled(True)
        plain.setObjectName("見本")
        qapp.processEvents()
    # 呼び出しごとに一つ失えば、差は CALLS に近い
    assert abs(sys.getrefcount(None) - before) < CALLS // 100


def test_qt_is_the_version_that_was_tried() -> None:
    assert PySide6.__version_info__[:2] == (6, 11)
