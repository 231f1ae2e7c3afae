"""縦にだけ巻く囲み。横には決して巻かず、中身は幅に合わせて折り返す。"""

from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from ui.theme import tokens as t
from ui.theme.style import current_look, set_role

_SHORTEST = 64


class _Inside(QWidget):
    """中身。囲みより背が高いときだけ巻かせるよう、入るだけの高さを答える。"""

    def heightForWidth(self, width: int) -> int:
        """その幅で要る、いちばん低い高さ。"""
        layout = self.layout()
        if layout is None:
            return -1
        # 折り返す部品が一つも出ていない並びは、幅からの高さを答えない
        if not layout.hasHeightForWidth():
            return layout.totalMinimumSize().height()
        # 並びは、折り返す部品を置くときには望む高さを譲らない（下限の和だけでは、最後の部品が切れる）
        around = layout.contentsMargins()
        inner = width - around.left() - around.right()
        items = [item for place in range(layout.count()) if (item := layout.itemAt(place)) is not None]
        more = [
            i.heightForWidth(inner) - i.minimumHeightForWidth(inner) for i in items if i.hasHeightForWidth()
        ]
        return layout.minimumHeightForWidth(width) + sum(max(0, m) for m in more)


class FittingArea(QScrollArea):
    """中身の望む大きさを望み、足りなければ縦に巻く。"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.inside = _Inside()
        set_role(self.inside, "scrolled")
        self.column = QVBoxLayout(self.inside)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.setWidget(self.inside)

    def sizeHint(self) -> QSize:
        """中身の望む大きさ。"""
        return self.column.totalSizeHint()

    def minimumSizeHint(self) -> QSize:
        """幅は中身の要るだけ、高さは一、二行。"""
        least = self.column.totalMinimumSize()
        # 帯が出ても、中身の幅が足りるように
        return QSize(least.width() + self.bar_width, min(least.height(), current_look().px(_SHORTEST)))

    def hasHeightForWidth(self) -> bool:
        """折り返す中身の高さは幅で決まる。"""
        return self.column.hasHeightForWidth()

    def heightForWidth(self, width: int) -> int:
        """その幅での、中身の望む高さ。"""
        wraps = self.column.hasHeightForWidth()
        return self.column.totalHeightForWidth(width) if wraps else self.column.totalSizeHint().height()

    def event(self, event: QEvent) -> bool:
        """中身の望む大きさが変われば、置かれた並びに知らせる。"""
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._decide_bar()
            self.updateGeometry()
        return handled

    def _decide_bar(self) -> None:
        # 帯は一度出ると、帯の分だけ狭くなった幅で高さを計って出たままになる。帯のない幅で入るなら、出させない
        fits = self.inside.heightForWidth(self.width()) <= self.height()
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOff if fits else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        if self.verticalScrollBarPolicy() != policy:
            self.setVerticalScrollBarPolicy(policy)
            # 並べ直しの途中で決めると、外側の並べ直しが帯を出し直す。終わってからしまう
            QTimer.singleShot(0, self, self._drop_bar)

    def _drop_bar(self) -> None:
        off = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        if self.verticalScrollBarPolicy() == off and self.verticalScrollBar().isVisible():
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
            self.setVerticalScrollBarPolicy(off)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """幅を中身に渡す（横には巻かない）。"""
        self._decide_bar()
        self.inside.setMaximumWidth(max(1, self.width()))
        super().resizeEvent(event)

    @property
    def bar_width(self) -> int:
        """縦の帯の幅（px）。"""
        return self.verticalScrollBar().sizeHint().width()


class _TopColumn(QVBoxLayout):
    """余りがあれば上に寄せる柱。

    Qt の上寄せ（AlignTop）は、折り返しで望みより高くなる中身の高さを縮めてしまうので、使わない。
    """

    def setGeometry(self, rect: QRect) -> None:
        """要る高さだけに置く。広がる中身があれば、余りも渡す。"""
        if not self.expandingDirections() & Qt.Orientation.Vertical:
            wraps = self.hasHeightForWidth()
            need = self.heightForWidth(rect.width()) if wraps else self.sizeHint().height()
            rect = QRect(rect.topLeft(), QSize(rect.width(), min(rect.height(), need)))
        super().setGeometry(rect)


class ScrolledColumn(QScrollArea):
    """縦にだけ巻く柱。中身は幅に合わせて折り返す。"""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.inside = QWidget()
        set_role(self.inside, "scrolled")
        self.column = _TopColumn(self.inside)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(current_look().px(t.GAP_3))
        self.setWidget(self.inside)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """幅を中身に渡す（横には巻かない）。"""
        self.inside.setMaximumWidth(event.size().width())
        super().resizeEvent(event)

    def sizeHint(self) -> QSize:
        """中身に引きずられない大きさ。"""
        return QSize(current_look().px(420), current_look().px(300))
