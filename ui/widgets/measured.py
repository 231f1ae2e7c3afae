"""幅で高さの決まる置き方の土台：計った高さを、中身が変わるまで覚える。"""

from PySide6.QtWidgets import QLayout, QWidget


class MeasuredLayout(QLayout):
    """高さを measure で計る置き方。Qt は同じ幅を何百度も問うので、計り直さない。"""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._heights: dict[int, int] = {}
        super().__init__(parent)

    def measure(self, width: int) -> int:
        """その幅（px）に置いたときの高さ（px）。"""
        raise NotImplementedError

    def hasHeightForWidth(self) -> bool:
        """高さは幅で決まる。"""
        return True

    def heightForWidth(self, width: int) -> int:
        """その幅に置いたときの高さ。"""
        if width not in self._heights:
            self._heights[width] = self.measure(width)
        return self._heights[width]

    def invalidate(self) -> None:
        """中身の大きさが変わった。"""
        self._heights.clear()
        super().invalidate()
