"""設問の図：横に正答率、縦に識別指数を取り、設問を点で置く。点と表の行は互いに選び合う。"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import floor, hypot

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.domain.item_analysis import EASY, HARD, WEAK
from ui.theme.style import current_look
from ui.widgets.chip import caption_font

# これより多い設問は、番号を添えない小さな点にする
_NUMBERED = 40
_TICK = 0.25


@dataclass(frozen=True)
class Dot:
    """設問一つの点。tone は accent（ふつう）・warn（目を向けたい）・bad（誤りを疑う）。"""

    number: int
    rate: float
    power: float
    tone: str = "accent"

    @property
    def words(self) -> str:
        """点の言葉。"""
        return f"問{self.number} 正答率{self.rate * 100:.0f}% 識別指数{self.power:.2f}"


class ItemMap(QWidget):
    """右上ほど易しく、よく見分ける。点を押すか矢印の鍵で選ぶと picked が設問の番号を送る。

    左右の鍵は正答率の順に、上下の鍵は識別指数の順に、隣の設問へ移る。
    """

    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dots: tuple[Dot, ...] = ()
        self._chosen: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("正答率と識別指数の図")

    def set_dots(self, dots: Iterable[Dot]) -> None:
        """点を渡す。なければ、その旨を描く。"""
        self._dots = tuple(dots)
        self.setAccessibleDescription("、".join(d.words for d in self._dots))
        self.update()

    @property
    def numbers(self) -> tuple[int, ...]:
        """置いている設問の番号。"""
        return tuple(d.number for d in self._dots)

    @property
    def chosen(self) -> int | None:
        """選ばれている設問の番号。"""
        return self._chosen

    def set_chosen(self, number: int | None) -> None:
        """設問を選ぶ（知らせない）。"""
        self._chosen = number
        self.update()

    def sizeHint(self) -> QSize:
        """ふつうの大きさ。"""
        look = current_look()
        return QSize(look.px(360), look.px(184))

    def minimumSizeHint(self) -> QSize:
        """縦には縮めない。"""
        return QSize(current_look().px(240), self.sizeHint().height())

    @property
    def _low(self) -> float:
        """縦の目盛の下の端（0か、負の識別指数を含む 0.25 刻み）。"""
        least = min((d.power for d in self._dots), default=0.0)
        return min(0.0, floor(least / _TICK) * _TICK)

    def _plot(self) -> QRectF:
        px = current_look().px
        return QRectF(px(64), px(10), self.width() - px(80), self.height() - px(46))

    def place_of(self, dot: Dot) -> QPointF:
        """点の置き場所。"""
        plot, low = self._plot(), self._low
        y = plot.bottom() - plot.height() * (dot.power - low) / (1 - low)
        return QPointF(plot.left() + plot.width() * dot.rate, y)

    def dot_at(self, place: QPointF) -> Dot | None:
        """その場所の点（重なれば最も近いもの）。"""

        def far(dot: Dot) -> float:
            apart = self.place_of(dot) - place
            return hypot(apart.x(), apart.y())

        near = min(self._dots, key=far, default=None)
        return near if near is not None and far(near) <= current_look().px(12) else None

    def paintEvent(self, event: QPaintEvent) -> None:
        """図を描く。"""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(caption_font(self.font(), current_look(), 11))
        if not self._dots:
            painter.setPen(current_look().colour("muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "図に置ける指数がありません。")
            painter.end()
            return
        self._axes(painter)
        for dot in sorted(self._dots, key=lambda d: (d.number == self._chosen, d.tone != "accent")):
            self._draw(painter, dot)
        painter.end()

    def _draw(self, painter: QPainter, dot: Dot) -> None:
        look, mine = current_look(), dot.number == self._chosen
        at = self.place_of(dot)
        numbered = mine or len(self._dots) <= _NUMBERED
        radius = look.px(9 if numbered else 4)
        pen = QPen(look.colour(dot.tone), look.px(2 if mine and self.hasFocus() else 1))
        painter.setPen(pen)
        painter.setBrush(look.colour(dot.tone if mine else f"{dot.tone}_weak"))
        painter.drawEllipse(at, radius, radius)
        if numbered:
            painter.setPen(look.colour("surface" if mine else dot.tone))
            box = QRectF(at.x() - radius * 2, at.y() - radius, radius * 4, radius * 2)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(dot.number))

    def _axes(self, painter: QPainter) -> None:
        look, plot, low = current_look(), self._plot(), self._low
        px = look.px
        for part in (0.0, 0.25, 0.5, 0.75, 1.0):
            x = plot.left() + plot.width() * part
            painter.setPen(look.colour("line_weak"))
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
            painter.setPen(look.colour("muted"))
            under = QRectF(x - px(24), plot.bottom() + px(3), px(48), px(15))
            painter.drawText(under, Qt.AlignmentFlag.AlignCenter, f"{part * 100:.0f}%")
        for step in range(round((1 - low) / _TICK) + 1):
            value = low + step * _TICK
            y = plot.bottom() - plot.height() * (value - low) / (1 - low)
            painter.setPen(look.colour("line" if value == 0 else "line_weak"))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(look.colour("muted"))
            beside = QRectF(px(20), y - px(8), px(38), px(16))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(beside, right, f"{value:.2f}")
        self._guides(painter, plot, low)
        self._titles(painter, plot)

    def _guides(self, painter: QPainter, plot: QRectF, low: float) -> None:
        """目安の線：易しい・難しい・識別が弱い。"""
        pen = QPen(current_look().colour("warn_line"))
        pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        for rate in (HARD, EASY):
            x = plot.left() + plot.width() * rate
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
        y = plot.bottom() - plot.height() * (WEAK - low) / (1 - low)
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))

    def _titles(self, painter: QPainter, plot: QRectF) -> None:
        px = current_look().px
        painter.setPen(current_look().colour("muted"))
        title = QRectF(plot.left(), plot.bottom() + px(18), plot.width(), px(16))
        painter.drawText(title, Qt.AlignmentFlag.AlignCenter, "正答率")
        painter.save()
        painter.translate(px(11), plot.center().y())
        painter.rotate(-90)
        wide = QRectF(-plot.height() / 2, -px(8), plot.height(), px(16))
        painter.drawText(wide, Qt.AlignmentFlag.AlignCenter, "識別指数")
        painter.restore()

    def _pick(self, dot: Dot) -> None:
        self.set_chosen(dot.number)
        self.picked.emit(dot.number)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """押した点を選ぶ。"""
        dot = self.dot_at(event.position())
        if dot is not None:
            self._pick(dot)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """矢印で隣の点を選ぶ。"""
        key = Qt.Key(event.key())
        across = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key, 0)
        up = {Qt.Key.Key_Down: -1, Qt.Key.Key_Up: 1}.get(key, 0)
        if not self._dots or not (across or up):
            super().keyPressEvent(event)
            return
        line = sorted(
            self._dots, key=(lambda d: (d.rate, d.number)) if across else (lambda d: (d.power, d.number))
        )
        places = [d.number for d in line]
        if self._chosen not in places:
            self._pick(line[0])
            return
        place = places.index(self._chosen) + across + up
        if 0 <= place < len(line):
            self._pick(line[place])

    def event(self, event: QEvent) -> bool:
        """点の上で止まれば、その値を出す。"""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            dot = self.dot_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), dot.words if dot is not None else "", self)
            return True
        return super().event(event)
