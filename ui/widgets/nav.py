"""左の部屋の列。"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QSizePolicy, QVBoxLayout, QWidget

from ui.theme.style import current_look, set_role
from ui.widgets.cards import hairline


@dataclass(frozen=True)
class NavItem:
    """一つの部屋の名。separated なら上に線を引く。"""

    key: str
    title: str
    separated: bool = False


class _NavButton(QAbstractButton):
    """部屋の名と、待っている件数（期限を過ぎたものがあれば赤）。"""

    def __init__(self, title: str, shortcut: str) -> None:
        super().__init__()
        self.setText(title)
        self.setCheckable(True)
        self.setToolTip(f"{title}（{shortcut}）" if shortcut else title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.count, self.overdue = 0, False
        self.set_count(0, False)

    def set_count(self, count: int, overdue: bool) -> None:
        self.count, self.overdue = count, overdue
        waiting = f"　{count:,}件" + ("　期限を過ぎたものがあります" if overdue else "") if count else ""
        self.setAccessibleName(self.text() + waiting)
        self.update()

    def sizeHint(self) -> QSize:
        look = current_look()
        return QSize(look.px(184), look.px(36))

    def minimumSizeHint(self) -> QSize:
        # 字を大きくした低い画面でも、すべての部屋が入るように
        return QSize(current_look().px(100), current_look().px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        look = current_look()
        painter = QPainter(self)
        if self.isChecked():
            painter.fillRect(self.rect(), look.colour("accent_weak"))
            painter.fillRect(QRectF(0, 0, look.px(3), self.height()), look.colour("accent"))
        elif self.underMouse():
            painter.fillRect(self.rect(), look.colour("header"))
        font = self.font()
        font.setBold(self.isChecked())
        painter.setFont(font)
        painter.setPen(look.colour("accent" if self.isChecked() else "ink"))
        inner = QRectF(look.px(19), 0, self.width() - look.px(36), self.height())
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        if self.count:
            font.setPixelSize(look.px(12))
            font.setBold(self.overdue)
            painter.setFont(font)
            painter.setPen(look.colour("bad" if self.overdue else "muted"))
            side = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(inner, side, f"{self.count:,}")
        if self.hasFocus():
            painter.setPen(look.colour("accent"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()


class Nav(QFrame):
    """部屋の列。chosen は選ばれた部屋の key を送る。"""

    chosen = Signal(str)

    def __init__(self, items: Sequence[NavItem], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "nav")
        px = current_look().px
        self.setFixedWidth(px(184))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, px(8), 1, px(8))
        column.setSpacing(0)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, _NavButton] = {}
        for place, item in enumerate(items):
            if item.separated:
                column.addSpacing(px(6))
                column.addWidget(hairline())
                column.addSpacing(px(6))
            made = _NavButton(item.title, f"Alt+{place + 1}" if place < 9 else "")
            made.clicked.connect(lambda _checked=False, k=item.key: self.chosen.emit(k))
            self._group.addButton(made)
            self._buttons[item.key] = made
            column.addWidget(made)
        column.addStretch(1)

    def set_current(self, key: str) -> None:
        """選ばれた部屋を示す。"""
        self._buttons[key].setChecked(True)

    def set_count(self, key: str, count: int, overdue: bool) -> None:
        """待っている件数を替える。"""
        self._buttons[key].set_count(count, overdue)

    def count_of(self, key: str) -> tuple[int, bool]:
        """いま出している件数と、期限を過ぎたものがあるか。"""
        made = self._buttons[key]
        return made.count, made.overdue

    def button_of(self, key: str) -> QAbstractButton:
        """部屋のボタン。"""
        return self._buttons[key]
