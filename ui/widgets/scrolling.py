"""縦にだけ巻く囲み。横には決して巻かず、中身は幅に合わせて折り返す。"""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

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
        wraps = layout.hasHeightForWidth()
        return layout.minimumHeightForWidth(width) if wraps else layout.totalMinimumSize().height()


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
        return QSize(least.width(), min(least.height(), current_look().px(_SHORTEST)))

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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """幅を中身に渡す（横には巻かない）。"""
        self._decide_bar()
        self.inside.setMaximumWidth(max(1, self.width()))
        super().resizeEvent(event)

    @property
    def bar_width(self) -> int:
        """縦の帯の幅（px）。"""
        return self.verticalScrollBar().sizeHint().width()
