"""一枚ずつ見せる頁の束。高さを求めるのは見えている一枚だけで、隠れた頁の高さでは巻かない。"""

from PySide6.QtWidgets import QVBoxLayout, QWidget


class TurningPages(QWidget):
    """頁を重ね、一枚だけを見せる（QStackedWidget は、いちばん高い頁の高さを求める）。"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._current: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def add_page(self, page: QWidget) -> None:
        """頁を足す（初めは隠れている）。"""
        page.hide()
        self._column.addWidget(page)

    @property
    def current(self) -> QWidget | None:
        """見えている頁。"""
        return self._current

    def show_page(self, page: QWidget) -> None:
        """足した頁の一枚を見せ、ほかを隠す。"""
        if self._current is not None and self._current is not page:
            self._current.hide()
        self._current = page
        page.show()
