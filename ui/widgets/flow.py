"""入りきらなければ次の行に折り返す、横の並び。"""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayoutItem, QWidget

from ui.widgets.measured import MeasuredLayout


class FlowLayout(MeasuredLayout):
    """部品を左から並べ、幅が足りなければ折り返す。言葉を縮めない。"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Qt は所有しないので、こちらで持つ
        self._items: list[QLayoutItem] = []

    def addItem(self, item: QLayoutItem) -> None:
        """末尾に足す。"""
        self._items.append(item)

    def count(self) -> int:
        """部品の数。"""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """番号の部品。なければ None。"""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """番号の部品を外す。"""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """広がろうとしない。"""
        return Qt.Orientation(0)

    def measure(self, width: int) -> int:
        """その幅に並べたときの高さ。"""
        return self._arrange(QRect(0, 0, width, 0), place=False)

    def setGeometry(self, rect: QRect) -> None:
        """並べる。"""
        super().setGeometry(rect)
        self._arrange(rect, place=True)

    def sizeHint(self) -> QSize:
        """一行に並べた大きさ。"""
        around = self.contentsMargins()
        shown = [i.sizeHint() for i in self._items if not i.isEmpty()]
        width = sum(s.width() for s in shown) + self.spacing() * max(0, len(shown) - 1)
        height = max((s.height() for s in shown), default=0)
        return QSize(width + around.left() + around.right(), height + around.top() + around.bottom())

    def minimumSize(self) -> QSize:
        """いちばん広い部品が入る大きさ。"""
        around = self.contentsMargins()
        shown = [i.sizeHint() for i in self._items if not i.isEmpty()]
        width = max((s.width() for s in shown), default=0)
        height = max((s.height() for s in shown), default=0)
        return QSize(width + around.left() + around.right(), height + around.top() + around.bottom())

    def _arrange(self, rect: QRect, *, place: bool) -> int:
        around = self.contentsMargins()
        start = rect.x() + around.left()
        x, y, row = start, rect.y() + around.top(), 0
        edge = rect.right() + 1 - around.right()
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint()
            if x > start and x + size.width() > edge:
                x, y, row = start, y + row + self.spacing(), 0
            if place:
                item.setGeometry(QRect(QPoint(x, y), size))
            x, row = x + size.width() + self.spacing(), max(row, size.height())
        return y + row + around.bottom() - rect.y()
