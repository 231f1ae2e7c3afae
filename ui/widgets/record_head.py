"""記録の見出しの置き方：氏名・補足・札。狭ければ補足を次の行に送る。"""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLabel, QLayoutItem, QWidget

from ui.widgets.measured import MeasuredLayout


class RecordHead(MeasuredLayout):
    """初めの部品を左、二つ目（補足の QLabel）をその右、三つ目を右端に置く。

    一行に入らなければ、補足を次の行の全幅に、三つ目も入らなければその下に送る。
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
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
        """その幅に置いたときの高さ。"""
        return max((rect.bottom() + 1 for _, rect in self._places(width)), default=0)

    def sizeHint(self) -> QSize:
        """一行に並べた大きさ。"""
        sizes = [self._whole(item) for item in self._items if not item.isEmpty()]
        width = sum(s.width() for s in sizes) + self.spacing() * max(0, len(sizes) - 1)
        return QSize(width, max((s.height() for s in sizes), default=0))

    def minimumSize(self) -> QSize:
        """補足のほかの、いちばん広い部品が入る大きさ。"""
        fixed = [i.sizeHint() for i in self._items if not i.isEmpty() and not self._wraps(i)]
        return QSize(max((s.width() for s in fixed), default=0), max((s.height() for s in fixed), default=0))

    def setGeometry(self, rect: QRect) -> None:
        """置く。"""
        super().setGeometry(rect)
        for item, place in self._places(rect.width()):
            item.setGeometry(place.translated(rect.topLeft()))

    @staticmethod
    def _wraps(item: QLayoutItem) -> bool:
        widget = item.widget()
        return isinstance(widget, QLabel) and widget.wordWrap()

    def _whole(self, item: QLayoutItem) -> QSize:
        """折り返さないときの大きさ。"""
        widget = item.widget()
        if not self._wraps(item) or not isinstance(widget, QLabel):
            return item.sizeHint()
        return QSize(widget.fontMetrics().horizontalAdvance(widget.text()) + 2, widget.fontMetrics().height())

    def _places(self, width: int) -> list[tuple[QLayoutItem, QRect]]:
        shown = [item for item in self._items if not item.isEmpty()]
        asides = [item for item in shown if self._wraps(item)]
        others = [item for item in shown if item not in asides]
        gap = self.spacing()
        row = max((self._whole(item).height() for item in shown), default=0)
        if sum(self._whole(i).width() for i in shown) + gap * max(0, len(shown) - 1) <= width:
            return self._one_row(shown, width, row)
        found = self._one_row(others, width, row)
        if sum(i.sizeHint().width() for i in others) + gap * max(0, len(others) - 1) > width:
            found = []
            for place, item in enumerate(others):
                found.append((item, QRect(QPoint(0, place * (row + gap // 2)), self._fit(item, width))))
        top = max((rect.bottom() + 1 for _, rect in found), default=0)
        for item in asides:
            height = item.heightForWidth(width)
            found.append((item, QRect(0, top, width, height)))
            top += height
        return found

    @staticmethod
    def _fit(item: QLayoutItem, width: int) -> QSize:
        return item.sizeHint().boundedTo(QSize(width, item.sizeHint().height()))

    def _one_row(self, items: list[QLayoutItem], width: int, row: int) -> list[tuple[QLayoutItem, QRect]]:
        """左から並べ、最後（札）だけを右端に寄せる。"""
        found: list[tuple[QLayoutItem, QRect]] = []
        x = 0
        for place, item in enumerate(items):
            size = self._whole(item)
            last = place and place == len(items) - 1 and not self._wraps(item)
            left = width - size.width() if last else x
            found.append((item, QRect(QPoint(left, (row - size.height()) // 2), size)))
            x = left + size.width() + self.spacing()
        return found
