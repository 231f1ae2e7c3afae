"""言葉の入った小さな札。"""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import tokens as t
from ui.theme.style import Look, current_look, show_if


def caption_font(base: QFont, look: Look, size: int = t.CAPTION) -> QFont:
    """注記の大きさの書体。"""
    font = QFont(base)
    font.setPixelSize(look.px(size))
    font.setBold(False)
    return font


def chip_size(text: str, font: QFont, look: Look) -> QSize:
    """札の大きさ。font は注記の書体。"""
    metrics = QFontMetrics(font)
    height = max(metrics.height(), look.px(t.CAPTION * 1.35)) + look.px(2)
    return QSize(metrics.horizontalAdvance(text) + look.px(14), height)


def paint_chip(painter: QPainter, rect: QRectF, text: str, tone: t.Tone, look: Look) -> None:
    """rect の中に札を描く。入りきらない言葉は末尾を「…」にする。"""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(look.tokens.ground_of(tone)))
    painter.drawRoundedRect(rect, t.RADIUS_CONTROL, t.RADIUS_CONTROL)
    painter.setPen(QColor(look.tokens.text_of(tone)))
    room = int(rect.width()) - look.px(8)
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, shown)
    painter.restore()


class Chip(QWidget):
    """状態を言葉と調子で示す札。"""

    def __init__(self, text: str, tone: t.Tone = t.Tone.MUTED, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._tone = text, tone
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.set(text, tone)

    @property
    def text(self) -> str:
        """札の言葉。"""
        return self._text

    @property
    def tone(self) -> t.Tone:
        """札の調子。"""
        return self._tone

    def set(self, text: str, tone: t.Tone) -> None:
        """言葉と調子を替える。空の言葉なら隠す。"""
        self._text, self._tone = text, tone
        self.setAccessibleName(text)
        show_if(self, bool(text))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """言葉が収まる大きさ。"""
        look = current_look()
        return chip_size(self._text, caption_font(self.font(), look), look)

    def minimumSizeHint(self) -> QSize:
        """縮めない。"""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """札を描く。"""
        look = current_look()
        painter = QPainter(self)
        painter.setFont(caption_font(self.font(), look))
        height = self.sizeHint().height()
        top = (self.height() - height) / 2
        paint_chip(painter, QRectF(0, top, self.width(), height), self._text, self._tone, look)
        painter.end()
