"""環境変数 NINTEI_PICTURES のフォルダーに、いまの見た目を残す（なければ何もしない）。"""

import os
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget


def shot(widget: QWidget, name: str) -> None:
    """一枚を残す。"""
    folder = os.environ.get("NINTEI_PICTURES")
    if folder:
        QApplication.processEvents()
        assert widget.grab().save(str(Path(folder) / f"{name}.png"))
