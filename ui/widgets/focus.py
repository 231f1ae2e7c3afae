"""焦点を、画面の区画から区画へ移す（F6）。部屋と枠の鍵が重なったときの譲り方。"""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QApplication, QWidget


def _takes_focus(widget: QWidget) -> bool:
    tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    return bool(tab) and widget.isVisible() and widget.isEnabled() and widget.focusProxy() is None


def first_in(pane: QWidget) -> QWidget | None:
    """区画で次に焦点を置くところ：前にいたところ、なければ Tab の順の初め。"""
    last = pane.focusWidget()
    if last is not None and _takes_focus(last):
        return last
    widget: QWidget | None = pane
    while widget is not None:
        if _takes_focus(widget) and (widget is pane or pane.isAncestorOf(widget)):
            return widget
        widget = widget.nextInFocusChain()
        if widget is pane:
            break
    return None


def step_aside(shortcuts: Sequence[QShortcut], page: QWidget) -> None:
    """部屋が自分で使う鍵は、枠の同じ鍵を休ませる（二つあると、Qt はどちらも働かせない）。"""
    # 部屋の開いた窓の鍵は、その窓の中でだけ働く
    own = {made.key() for made in page.findChildren(QShortcut) if _window_of(made) is page.window()}
    for shortcut in shortcuts:
        shortcut.setEnabled(shortcut.key() not in own)


def _window_of(shortcut: QShortcut) -> QWidget | None:
    parent = shortcut.parent()
    return parent.window() if isinstance(parent, QWidget) else None


def next_pane(panes: Sequence[QWidget], step: int) -> bool:
    """いまの区画の次（step が -1 なら前）の、焦点を置ける区画へ移る。移れなければ偽。"""
    focused = QApplication.focusWidget()
    here = next((i for i, pane in enumerate(panes) if focused is not None and pane.isAncestorOf(focused)), -1)
    start = here if here >= 0 or step > 0 else 0
    for further in range(1, len(panes) + 1):
        found = first_in(panes[(start + step * further) % len(panes)])
        if found is not None:
            found.setFocus(Qt.FocusReason.TabFocusReason if step > 0 else Qt.FocusReason.BacktabFocusReason)
            return True
    return False
