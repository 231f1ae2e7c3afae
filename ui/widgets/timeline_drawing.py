"""在職期間の図を描く：算定期間の外、軸、棒、重なり、選ばれた端と動かしている日付。"""

from datetime import date, timedelta

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from app.domain.calendar import wareki_short, weekday_ja
from ui.theme.style import Look, current_look
from ui.widgets.chip import caption_font
from ui.widgets.timeline_spans import End, Grip, Span, axis_marks, overlaps

_DAY = timedelta(days=1)


def _month_text(day: date) -> str:
    return wareki_short(day).rpartition(".")[0]


class Layout:
    """図の寸法と、日付と横の位置の行き来。"""

    def __init__(self, widget: QWidget, spans: tuple[Span, ...], shown: tuple[date, date]) -> None:
        self.look: Look = current_look()
        self.spans, self.shown = spans, shown
        px = self.look.px
        self.left, self.right = float(px(124)), float(widget.width() - px(16))
        self.row, self.top = float(px(30)), float(px(4))
        self.bottom = self.top + self.row * max(1, len(spans))

    def x_of(self, day: date) -> float:
        """日の初めの横の位置。図の外の日は端に寄せる。"""
        first, last = self.shown
        whole = (last - first).days + 1
        part = min(max((day - first).days, 0), whole)
        return self.left + (self.right - self.left) * part / whole

    def day_at(self, x: float) -> date:
        """横の位置に最も近い日の境（その日の初め）。図の外は端の日。"""
        first, last = self.shown
        whole = (last - first).days + 1
        part = round((x - self.left) / max(1.0, self.right - self.left) * whole)
        return first + timedelta(days=min(max(part, 0), whole))

    def x_of_end(self, grip: Grip) -> float:
        """棒の端の横の位置。続いている在職の終わりは図の右端。"""
        span = self.spans[grip.place]
        if grip.end is End.START:
            return self.x_of(span.start)
        return self.x_of((span.end or self.shown[1]) + _DAY)

    def grip_at(self, x: float, y: float, reach: float) -> Grip | None:
        """位置から reach の内にある、最も近い棒の端。"""
        place = int((y - self.top) // self.row)
        if not 0 <= place < len(self.spans) or y < self.top:
            return None
        # 一日だけの棒でも伸ばせるように、同じ近さなら終わりを取る
        ends = [Grip(place, End.FINISH), Grip(place, End.START)]
        near = min(ends, key=lambda grip: abs(self.x_of_end(grip) - x))
        return near if abs(self.x_of_end(near) - x) <= reach else None

    def bar(self, place: int) -> tuple[float, float]:
        """棒の上の位置と高さ。"""
        height = float(self.look.px(18))
        return self.top + self.row * place + (self.row - height) / 2, height


class Drawing:
    """一度の描画。"""

    def __init__(
        self,
        painter: QPainter,
        widget: QWidget,
        layout: Layout,
        window: tuple[date, date],
        held: Grip | None,
        dragging: bool,
    ) -> None:
        self.painter, self.layout, self.window = painter, layout, window
        self.held, self.dragging = held, dragging
        self.look, self.font = layout.look, widget.font()
        self.focused = widget.hasFocus()

    def draw(self) -> None:
        """下から順に描く。"""
        self._outside()
        self._axis()
        for place, span in enumerate(self.layout.spans):
            self._bar(place, span)
        self._overlaps()
        if self.held is not None and (self.focused or self.dragging):
            self._handle(self.held)
            self._date(self.held)

    def _outside(self) -> None:
        ground = QBrush(self.look.colour("neutral_weak"))
        at = self.layout
        height = at.bottom - at.top
        start, end = at.x_of(self.window[0]), at.x_of(self.window[1] + _DAY)
        self.painter.fillRect(QRectF(at.left, at.top, start - at.left, height), ground)
        self.painter.fillRect(QRectF(end, at.top, at.right - end, height), ground)

    def _axis(self) -> None:
        at = self.layout
        self.painter.setFont(caption_font(self.font, self.look, 11))
        width = float(self.look.px(60))
        for day in axis_marks(self.window):
            x = at.x_of(day)
            self.painter.setPen(self.look.colour("line_weak"))
            self.painter.drawLine(int(x), int(at.top), int(x), int(at.bottom + 4))
            self.painter.setPen(self.look.colour("muted"))
            left = min(x - width / 2, at.right + self.look.px(16) - width)
            box = QRectF(left, at.bottom + self.look.px(6), width, self.look.px(18))
            at_edge = left < x - width / 2
            side = Qt.AlignmentFlag.AlignRight if at_edge else Qt.AlignmentFlag.AlignHCenter
            self.painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, _month_text(day))

    def _bar(self, place: int, span: Span) -> None:
        px, at = self.look.px, self.layout
        self.painter.setFont(self.font)
        self.painter.setPen(self.look.colour("ink"))
        room = int(at.left) - px(10)
        name = self.painter.fontMetrics().elidedText(span.label, Qt.TextElideMode.ElideRight, room)
        where = QRectF(0, at.top + at.row * place, room, at.row)
        self.painter.drawText(where, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        end = min(span.end or self.window[1], at.shown[1])
        y, height = at.bar(place)
        if span.was is not None:
            self._was(span.was, y, height)
        self._piece(max(span.start, at.shown[0]), end, y, height, "accent_pale")
        first, last = max(span.start, self.window[0]), min(end, self.window[1])
        inside = self._piece(first, last, y, height, "accent")
        if inside is None or not span.words:
            return
        self.painter.setFont(caption_font(self.font, self.look, 11))
        if self.painter.fontMetrics().horizontalAdvance(span.words) + px(6) <= inside.width():
            self.painter.setPen(self.look.colour("on_accent"))
            self.painter.drawText(inside, Qt.AlignmentFlag.AlignCenter, span.words)
        else:
            self._beside(span.words, inside)

    def _was(self, was: tuple[date, date | None], y: float, height: float) -> None:
        """記録のとおりの棒を、枠だけで重ねる。"""
        at = self.layout
        start, end = at.x_of(was[0]), at.x_of((was[1] or self.window[1]) + _DAY)
        pen = QPen(self.look.colour("muted"))
        pen.setStyle(Qt.PenStyle.DashLine)
        self.painter.setPen(pen)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawRect(QRectF(start, y - 2, max(2.0, end - start), height + 4))

    def _beside(self, words: str, inside: QRectF) -> None:
        self.painter.setPen(self.look.colour("ink"))
        wide = self.painter.fontMetrics().horizontalAdvance(words) + self.look.px(6)
        fits_right = inside.right() + wide <= self.layout.right
        left = inside.right() if fits_right else inside.left() - wide
        box = QRectF(left, inside.top(), wide, inside.height())
        self.painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def _piece(self, start: date, end: date, y: float, height: float, colour: str) -> QRectF | None:
        if start > end:
            return None
        left = self.layout.x_of(start)
        rect = QRectF(left, y, max(2.0, self.layout.x_of(end + _DAY) - left), height)
        self.painter.fillRect(rect, self.look.colour(colour))
        return rect

    def _overlaps(self) -> None:
        shade = QColor(self.look.tokens.warn)
        shade.setAlpha(70)
        at = self.layout
        for start, end in overlaps(at.spans, self.window):
            width = max(2.0, at.x_of(end + _DAY) - at.x_of(start))
            self.painter.fillRect(QRectF(at.x_of(start), at.top, width, at.bottom - at.top), shade)

    def _handle(self, grip: Grip) -> None:
        y, height = self.layout.bar(grip.place)
        x = self.layout.x_of_end(grip)
        self.painter.setPen(QPen(self.look.colour("ink"), self.look.px(2)))
        self.painter.drawLine(QPointF(x, y - 3), QPointF(x, y + height + 3))
        self.painter.setBrush(QBrush(self.look.colour("surface")))
        radius = float(self.look.px(4))
        self.painter.drawEllipse(QPointF(x, y + height / 2), radius, radius)

    def _date(self, grip: Grip) -> None:
        """端の日付を、棒のすぐ脇の札に出す。"""
        span, at, px = self.layout.spans[grip.place], self.layout, self.look.px
        day = span.start if grip.end is End.START else span.end
        words = "在職中" if day is None else f"{wareki_short(day)}（{weekday_ja(day)}）"
        self.painter.setFont(caption_font(self.font, self.look, 11))
        wide = float(self.painter.fontMetrics().horizontalAdvance(words) + px(12))
        y, height = at.bar(grip.place)
        x = at.x_of_end(grip)
        left = x + px(8) if x + px(8) + wide <= at.right + px(14) else x - px(8) - wide
        box = QRectF(left, y - 1, wide, height + 2)
        self.painter.setPen(self.look.colour("ink"))
        self.painter.setBrush(QBrush(self.look.colour("surface")))
        self.painter.drawRoundedRect(box, 3, 3)
        self.painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
