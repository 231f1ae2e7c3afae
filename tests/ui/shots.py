"""環境変数 NINTEI_PICTURES のフォルダーに、いまの見た目を残す（なければ何もしない）。"""

import os
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

_FOLDER = os.environ.get("NINTEI_PICTURES", "")


def wants_shots() -> bool:
    """絵を残すか。"""
    return bool(_FOLDER)


def shot(widget: QWidget, name: str) -> None:
    """一枚を残す。"""
    if _FOLDER:
        QApplication.processEvents()
        assert widget.grab().save(str(Path(_FOLDER) / f"{name}.png"))
