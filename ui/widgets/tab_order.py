"""Tab の順：読む順（上から下、同じ行は左から右）。中身が作り直されても、押されたときに見て決める。"""

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QPlainTextEdit,
    QScrollArea,
    QTextEdit,
    QWidget,
)

# 中の部品まで Tab で入らないもの
_WHOLE = (QAbstractItemView, QAbstractSpinBox, QComboBox, QPlainTextEdit, QTextEdit)


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
            corner = widget.mapTo(inside, QPoint())
            rect = QRect(corner, widget.size())
            parent.ensureVisible(rect.center().x(), rect.center().y(), 0, rect.height() // 2 + 8)
        parent = parent.parentWidget()


def _beyond(root: QWidget, step: int) -> QWidget | None:
    """root を出て次（前）に止まる部品。"""
    widget = root
    while True:
        beside = widget.nextInFocusChain() if step > 0 else widget.previousInFocusChain()
        if beside is None or beside is root:
            return None
        widget = beside
        if not root.isAncestorOf(widget) and _stops(widget) and widget.isVisible():
            return widget


def step_within(root: QWidget, *, forward: bool) -> bool:
    """root の中で、読む順の次（前）に焦点を移す。端なら root の外へ出る。移れなければ偽。"""
    stops = list(reading_order(root))
    focused = QApplication.focusWidget()
    step = 1 if forward else -1
    if focused in stops:
        place = stops.index(focused) + step
        found = stops[place] if 0 <= place < len(stops) else _beyond(root, step)
    else:
        found = next(iter(stops if forward else reversed(stops)), None)
    if found is None:
        return False
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    found.setFocus(reason)
    _bring_into_view(found)
    return True


def lead_with_first(root: QWidget) -> None:
    """外から Tab で root に入るとき、読む順の初めに止まるようにする。"""
    stops = list(reading_order(root))
    for before, after in pairwise(stops):
        QWidget.setTabOrder(before, after)
