"""得点の分布と合格基準の線。"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme.style import current_look
from ui.widgets.chip import caption_font


@dataclass(frozen=True)
class Bar:
    """一本の棒。low 以上 high 未満の人数（最後の棒は high を含む）。"""

    low: float
    high: float
    count: int


def bars_of(scores: Sequence[float], low: float, high: float, step: float) -> tuple[Bar, ...]:
    """得点を step 点ごとに数える。high ちょうどは最後の棒に入れる。範囲の外は数えない。"""
    number = max(1, round((high - low) / step))
    counts = [0] * number
    for score in scores:
        if low <= score <= high:
            counts[min(int((score - low) // step), number - 1)] += 1
    return tuple(Bar(low + step * i, low + step * (i + 1), c) for i, c in enumerate(counts))


class Histogram(QWidget):
    """得点の分布。合格基準の線は、動かせるとき左右のキーかマウスで動く。

    mark_moved は動かすたびに新しい合格基準（点）を送る。
    """

    mark_moved = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: tuple[Bar, ...] = ()
        self._mark: float | None = None
        self._step = 1.0
        self._movable = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    @property
    def mark(self) -> float | None:
        """いまの合格基準（点）。"""
        return self._mark

    def set_data(
        self, bars: Sequence[Bar], mark: float | None, *, movable: bool = False, step: float = 1.0
    ) -> None:
        """棒（低い順、隙間なし）と合格基準を渡す。step は動かす刻み（点）。"""
        # 設問のないテスト（0点満点）には、描ける幅がない
        self._bars = tuple(bars) if bars and bars[-1].high > bars[0].low else ()
        self._mark, self._movable, self._step = mark, movable, step
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if movable else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.SizeHorCursor if movable else Qt.CursorShape.ArrowCursor)
        self.setAccessibleName("得点の分布")
        words = "、".join(f"{b.low:g}〜{b.high:g}点 {b.count}名" for b in self._bars)
        self.setAccessibleDescription(words)
        self.setToolTip(words.replace("、", "\n"))
        self.update()

    def sizeHint(self) -> QSize:
        """ふつうの大きさ。"""
        look = current_look()
        return QSize(look.px(300), look.px(140))

    def minimumSizeHint(self) -> QSize:
        """読める最小の大きさ。"""
        look = current_look()
        return QSize(look.px(180), look.px(100))

    def _plot(self) -> QRectF:
        px = current_look().px
        return QRectF(px(10), px(18), self.width() - px(20), self.height() - px(38))

    def _x_of(self, score: float) -> float:
        plot = self._plot()
        low, high = self._bars[0].low, self._bars[-1].high
        return plot.left() + plot.width() * (score - low) / (high - low)

    def paintEvent(self, event: QPaintEvent) -> None:
        """分布を描く。"""
        if not self._bars:
            return
        painter = QPainter(self)
        painter.setFont(caption_font(self.font(), current_look(), 11))
        self._draw_bars(painter)
        self._draw_axis(painter)
        if self._mark is not None:
            self._draw_mark(painter, self._mark)
        painter.end()

    def _draw_bars(self, painter: QPainter) -> None:
        look, plot = current_look(), self._plot()
        tallest = max(1, *(bar.count for bar in self._bars)) if self._bars else 1
        gap = look.px(3)
        for bar in self._bars:
            passed = self._mark is None or bar.low >= self._mark
            height = plot.height() * bar.count / tallest
            left, right = self._x_of(bar.low) + gap, self._x_of(bar.high) - gap
            rect = QRectF(left, plot.bottom() - height, max(1.0, right - left), height)
            painter.fillRect(rect, look.colour("accent" if passed else "accent_pale"))

    def _draw_axis(self, painter: QPainter) -> None:
        look, plot = current_look(), self._plot()
        painter.setPen(look.colour("line"))
        painter.drawLine(plot.bottomLeft(), plot.bottomRight())
        painter.setPen(look.colour("muted"))
        room, drawn_to = look.px(8), -1e9
        for score in [bar.low for bar in self._bars] + [self._bars[-1].high]:
            text = f"{score:g}"
            width = float(painter.fontMetrics().horizontalAdvance(text) + room)
            left = min(max(self._x_of(score) - width / 2, 0.0), self.width() - width)
            if left >= drawn_to:
                box = QRectF(left, plot.bottom() + look.px(3), width, look.px(16))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
                drawn_to = left + width

    def _draw_mark(self, painter: QPainter, mark: float) -> None:
        look, plot = current_look(), self._plot()
        x = self._x_of(mark)
        pen = QPen(look.colour("bad"))
        pen.setStyle(Qt.PenStyle.DashLine)
        pen.setWidthF(1.5 if not self.hasFocus() else 2.5)
        painter.setPen(pen)
        painter.drawLine(int(x), 0, int(x), int(plot.bottom()))
        painter.setPen(look.colour("bad"))
        text = f"合格基準 {mark:g}"
        wide = painter.fontMetrics().horizontalAdvance(text) + look.px(6)
        left = x + look.px(4) if x + wide + look.px(4) <= self.width() else x - wide
        box = QRectF(left, 0, wide, look.px(16))
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    def _move_to(self, score: float) -> None:
        low, high = self._bars[0].low, self._bars[-1].high
        wanted = min(max(round(score / self._step) * self._step, low), high)
        if wanted != self._mark:
            self._mark = wanted
            self.update()
            self.mark_moved.emit(wanted)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """線を引きずる。"""
        if self._movable and self._bars and event.buttons() & Qt.MouseButton.LeftButton:
            plot = self._plot()
            low, high = self._bars[0].low, self._bars[-1].high
            self._move_to(low + (high - low) * (event.position().x() - plot.left()) / plot.width())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """押したところへ線を移す。"""
        self.mouseMoveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """左右のキーで一刻みずつ動かす。"""
        way = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if self._movable and self._bars and self._mark is not None and way:
            self._move_to(self._mark + way * self._step)
        else:
            super().keyPressEvent(event)
