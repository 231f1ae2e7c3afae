"""窓に落とされた表のファイルを、いまの部屋に渡す。"""

from pathlib import Path

from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from ui.frame import ImportsFiles, ImportsManyFiles

_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods", ".csv")


def dropped_files(event: QDropEvent, page: QWidget | None) -> list[Path]:
    """部屋が受けられるファイル。一つでも受けられないものがあれば空。"""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls()]
    fits = isinstance(page, ImportsManyFiles) or (isinstance(page, ImportsFiles) and len(paths) == 1)
    tables = all(path.suffix.lower() in _WORKBOOKS for path in paths)
    return paths if fits and tables else []


def hand_over(paths: list[Path], page: QWidget | None) -> None:
    """dropped_files の返したファイルを渡す。"""
    if isinstance(page, ImportsManyFiles):
        page.import_files(paths)
    elif isinstance(page, ImportsFiles):
        page.import_file(paths[0])
