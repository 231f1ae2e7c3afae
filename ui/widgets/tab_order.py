"""Tab の順：読む順（上から下、同じ行は左から右）。中身が作り直されても、押されたときに見て決める。"""

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QMainWindow,
    QPlainTextEdit,
    QScrollArea,
    QTextEdit,
    QWidget,
)

# 中の部品まで Tab で入らないもの
_WHOLE = (QAbstractItemView, QAbstractSpinBox, QComboBox, QPlainTextEdit, QTextEdit)
# 巻いて見せるときに、上下に残す間（px）
_AROUND = 8


def _stops(widget: QWidget) -> bool:
    tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    return bool(tab) and widget.isEnabled() and widget.focusProxy() is None


def _children(widget: QWidget) -> list[QWidget]:
    """見えている子を、行ごとに左から並べる。"""
    shown = [
        child
        for child in widget.children()
        if isinstance(child, QWidget) and not child.isWindow() and child.isVisible()
    ]
    rows: list[list[QWidget]] = []
    for child in sorted(shown, key=lambda w: (w.y(), w.x())):
        # 前の行の真ん中より上から始まれば、同じ行
        if rows and child.y() < rows[-1][0].y() + rows[-1][0].height() / 2:
            rows[-1].append(child)
        else:
            rows.append([child])
    return [child for row in rows for child in sorted(row, key=lambda w: w.x())]


def reading_order(root: QWidget) -> Iterator[QWidget]:
    """root の中の、Tab で止まる部品を読む順に。"""
    for child in _children(root):
        if _stops(child):
            yield child
        if not isinstance(child, _WHOLE):
            yield from reading_order(child)


def _bring_into_view(widget: QWidget) -> None:
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea) and (inside := parent.widget()) is not None:
            rect = QRect(widget.mapTo(inside, QPoint()), widget.size())
            parent.ensureVisible(rect.center().x(), rect.center().y(), 0, rect.height() // 2 + _AROUND)
        parent = parent.parentWidget()


class ReadingWindow(QMainWindow):
    """Tab で、見えている部品を読む順に移る窓。"""

    def focusNextPrevChild(self, forward: bool) -> bool:
        """次（前）に移る。端の先は、もう一方の端。どの部品の Tab も、親をたどってここに届く。"""
        stops = list(reading_order(self))
        if not stops:
            return super().focusNextPrevChild(forward)
        focused = QApplication.focusWidget()
        # 表の升に置いた部品などは、それを含む部品から数える
        while focused is not None and focused not in stops:
            focused = focused.parentWidget()
        step = 1 if forward else -1
        place = stops.index(focused) + step if focused is not None else 0 if forward else -1
        found = stops[place % len(stops)]
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        found.setFocus(reason)
        _bring_into_view(found)
        return True
