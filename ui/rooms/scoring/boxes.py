"""科目群ごと・能力ごとの得点率の箱ひげ図。"""

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.spread import Box
from ui.theme.style import current_look
from ui.widgets.chip import caption_font


def box_words(box: Box) -> str:
    """五数要約の言葉（％）。"""
    return (
        f"n={box.n}　中央値 {box.median:.0f}%　中ほどの半数 {box.first:.0f}〜{box.third:.0f}%　"
        f"最小 {box.low:.0f}%　最大 {box.high:.0f}%　平均 {box.mean:.0f}%"
    )


class BoxPlot(QWidget):
    """分け方（name）の名を上から並べ、横に得点率。箱は中ほどの半数、太い線は中央値、ひげは最小と最大、点は平均。

    empty は、箱が一つもないときに書く言葉。
    """

    def __init__(self, name: str, empty: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._boxes: dict[str, Box] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._empty = empty
        self.setAccessibleName(f"{name}ごとの得点率")

    def set_boxes(self, boxes: Mapping[str, Box]) -> None:
        """名から五数要約へ。"""
        self._boxes = dict(boxes)
        words = "\n".join(f"{name}　{box_words(b)}" for name, b in self._boxes.items()) or self._empty
        self.setAccessibleDescription(words)
        self.setToolTip(words)
        self.update()

    @property
    def names(self) -> tuple[str, ...]:
        """描いている名。"""
        return tuple(self._boxes)

    def sizeHint(self) -> QSize:
        """ふつうの大きさ。"""
        look = current_look()
        return QSize(look.px(360), look.px(184))

    def minimumSizeHint(self) -> QSize:
        """縦には縮めない。"""
        return QSize(current_look().px(240), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """図を描く。"""
        look = current_look()
        px = look.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = caption_font(self.font(), look, 11)
        painter.setFont(font)
        if not self._boxes:
            painter.setPen(look.colour("muted"))
            wrapped = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(px(12), 0, -px(12), 0), wrapped, self._empty)
            painter.end()
            return
        metrics = QFontMetricsF(font)
        left = max(px(72), px(16) + max(metrics.horizontalAdvance(name) for name in self._boxes))
        plot = QRectF(left, px(8), self.width() - left - px(68), self.height() - px(44))
        for part in range(0, 101, 25):
            x = plot.left() + plot.width() * part / 100
            painter.setPen(look.colour("line_weak"))
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
            painter.setPen(look.colour("muted"))
            under = QRectF(x - px(24), plot.bottom() + px(3), px(48), px(15))
            painter.drawText(under, Qt.AlignmentFlag.AlignCenter, f"{part}%")
        under = QRectF(plot.left(), plot.bottom() + px(18), plot.width(), px(16))
        painter.drawText(under, Qt.AlignmentFlag.AlignCenter, "得点率（箱＝中ほどの半数、点＝平均）")
        step = plot.height() / max(1, len(self._boxes))
        for place, (title, box) in enumerate(self._boxes.items()):
            middle = plot.top() + step * (place + 0.5)
            self._draw(painter, plot, middle, min(step * 0.6, px(18)), box)
            painter.setPen(look.colour("ink"))
            name = QRectF(0, middle - px(9), plot.left() - px(8), px(18))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(name, right, title)
            painter.setPen(look.colour("muted"))
            aside = QRectF(plot.right() + px(10), middle - px(9), px(58), px(18))
            start = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(aside, start, f"中央 {box.median:.0f}%")
        painter.end()

    def _draw(self, painter: QPainter, plot: QRectF, middle: float, tall: float, box: Box) -> None:
        look = current_look()

        def x(value: float) -> float:
            return plot.left() + plot.width() * value / 100

        painter.setPen(QPen(look.colour("accent"), look.px(1)))
        painter.drawLine(QPointF(x(box.low), middle), QPointF(x(box.high), middle))
        for end in (box.low, box.high):
            painter.drawLine(QPointF(x(end), middle - tall / 4), QPointF(x(end), middle + tall / 4))
        painter.setBrush(look.colour("accent_weak"))
        wide = max(x(box.third) - x(box.first), 1.0)
        painter.drawRect(QRectF(x(box.first), middle - tall / 2, wide, tall))
        painter.setPen(QPen(look.colour("accent"), look.px(3)))
        painter.drawLine(QPointF(x(box.median), middle - tall / 2), QPointF(x(box.median), middle + tall / 2))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("ink"))
        painter.drawEllipse(QPointF(x(box.mean), middle), look.px(3), look.px(3))
