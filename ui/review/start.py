"""持ち出しの窓だけを開く（python -m app review）。"""

from pathlib import Path

from PySide6.QtWidgets import QApplication

from ui.application import dress_as_kept, stored_here
from ui.background import Background
from ui.review.window import ReviewWindow


def open_review(path: Path | None = None) -> int:
    """持ち出しの窓を開き、閉じられたら終了の値を返す。path があれば、合言葉を尋ねるところから。"""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication([])
    dress_as_kept(app, stored_here())
    background = Background()
    window = ReviewWindow(background, path)
    window.show()
    try:
        return app.exec()
    finally:
        background.stop()
