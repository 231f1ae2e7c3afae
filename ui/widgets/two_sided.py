"""左右に分けて並べ、狭ければ折り返す置き方（操作の列、部屋の見出し）。"""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayoutItem, QWidget

from ui.widgets.measured import MeasuredLayout


class TwoSided(MeasuredLayout):
    """左に plain の組、右に danger と main の組を置く。一行に入らなければ、右の組を次の行の右端へ送る。

    それでも入らなければ組の中で折り返す。danger と main は、同じ行では gap（px）だけ離す。
    """

    def __init__(self, parent: QWidget | None, gap: int) -> None:
        super().__init__(parent)
        self._gap = gap
        self._items: list[tuple[str, QLayoutItem]] = []
        self._kind = "plain"

    def add_part(self, kind: str, made: QWidget) -> None:
        """組（plain・danger・main）に足す。"""
        self._kind = kind
        self.addWidget(made)

    def addItem(self, item: QLayoutItem) -> None:
        """いまの組の末尾に足す。"""
        self._items.append((self._kind, item))

    def count(self) -> int:
        """部品の数。"""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """番号の部品。なければ None。"""
        return self._items[index][1] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """番号の部品を外す。"""
        return self._items.pop(index)[1] if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """広がろうとしない。"""
        return Qt.Orientation(0)

    def measure(self, width: int) -> int:
        """その幅に並べたときの高さ。"""
        around = self.contentsMargins()
        rows = self._rows(width - around.left() - around.right())
        heights = [max(item.sizeHint().height() for _, item in row) for row in rows]
        gaps = self.spacing() * max(0, len(rows) - 1)
        return sum(heights) + gaps + around.top() + around.bottom()

    def sizeHint(self) -> QSize:
        """一行に並べた大きさ。"""
        around = self.contentsMargins()
        shown = self._shown()
        height = max((item.sizeHint().height() for _, item in shown), default=0)
        width = self._width(shown) + around.left() + around.right()
        return QSize(width, height + around.top() + around.bottom())

    def minimumSize(self) -> QSize:
        """いちばん広い部品が入る大きさ。"""
        around = self.contentsMargins()
        shown = [item.sizeHint() for _, item in self._shown()]
        width = max((s.width() for s in shown), default=0)
        height = max((s.height() for s in shown), default=0)
        return QSize(width + around.left() + around.right(), height + around.top() + around.bottom())

    def setGeometry(self, rect: QRect) -> None:
        """並べる。右の組は行の右端に寄せる。"""
        super().setGeometry(rect)
        inside = rect.marginsRemoved(self.contentsMargins())
        top = inside.y()
        for row in self._rows(inside.width()):
            height = max(item.sizeHint().height() for _, item in row)
            line = QRect(inside.x(), top, inside.width(), height)
            self._place([one for one in row if one[0] == "plain"], line.x(), line)
            right = [one for one in row if one[0] != "plain"]
            self._place(right, line.right() + 1 - self._width(right), line)
            top += height + self.spacing()

    def _place(self, row: list[tuple[str, QLayoutItem]], x: int, line: QRect) -> None:
        last = ""
        for kind, item in row:
            size = item.sizeHint().boundedTo(line.size())
            x += self._between(last, kind)
            middle = line.y() + (line.height() - size.height()) // 2
            item.setGeometry(QRect(QPoint(x, middle), size))
            x, last = x + size.width(), kind

    def _shown(self) -> list[tuple[str, QLayoutItem]]:
        order = ("plain", "danger", "main")
        return sorted(
            (one for one in self._items if not one[1].isEmpty()), key=lambda one: order.index(one[0])
        )

    def _between(self, last: str, kind: str) -> int:
        if not last:
            return 0
        return self._gap if (last, kind) == ("danger", "main") else self.spacing()

    def _width(self, row: list[tuple[str, QLayoutItem]]) -> int:
        total, last = 0, ""
        for kind, item in row:
            total += self._between(last, kind) + item.sizeHint().width()
            last = kind
        return total

    def _rows(self, width: int) -> list[list[tuple[str, QLayoutItem]]]:
        shown = self._shown()
        if not shown or self._width(shown) <= width:
            return [shown] if shown else []
        left = [one for one in shown if one[0] == "plain"]
        right = [one for one in shown if one[0] != "plain"]
        return [*self._wrap(left, width), *self._wrap(right, width)]

    def _wrap(self, items: list[tuple[str, QLayoutItem]], width: int) -> list[list[tuple[str, QLayoutItem]]]:
        rows: list[list[tuple[str, QLayoutItem]]] = []
        for one in items:
            if rows and self._width([*rows[-1], one]) <= width:
                rows[-1].append(one)
            else:
                rows.append([one])
        return rows
