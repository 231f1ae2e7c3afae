"""在職期間の図。どこで重なり、どこが算定期間の外かを見せる。"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.calendar import wareki_short
from ui.theme.style import Look, current_look
from ui.widgets.chip import caption_font

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """一つの在職。end が None なら在職中。words は棒の中に書く言葉（96日 など）。"""

    label: str
    start: date
    end: date | None
    words: str = ""


def overlaps(spans: Sequence[Span], window: tuple[date, date]) -> tuple[tuple[date, date], ...]:
    """算定期間の中で二つ以上の在職が重なる期間（両端を含む、早い順、つながるものは一つに）。"""
    first, last = window
    changes: dict[date, int] = {}
    for span in spans:
        start, end = max(span.start, first), min(span.end or last, last)
        if start <= end:
            changes[start] = changes.get(start, 0) + 1
            changes[end + _DAY] = changes.get(end + _DAY, 0) - 1
    found: list[tuple[date, date]] = []
    depth, opened = 0, None
    for day in sorted(changes):
        depth += changes[day]
        if depth >= 2 and opened is None:
            opened = day
        elif depth < 2 and opened is not None:
            found.append((opened, day - _DAY))
            opened = None
    return tuple(found)


def axis_marks(window: tuple[date, date]) -> tuple[date, ...]:
    """軸に目盛りを打つ日。算定期間の最初の月の1日から一年ごと。"""
    first, last = window
    end = last + _DAY
    marks = [date(year, first.month, 1) for year in range(first.year, end.year + 1)]
    return tuple(day for day in marks if first.replace(day=1) <= day <= end)


def _month_text(day: date) -> str:
    return wareki_short(day).rpartition(".")[0]


class Timeline(QWidget):
    """在職期間を並べた図。算定期間の外は淡く、重なりは帯で示す。"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spans: tuple[Span, ...] = ()
        self._window: tuple[date, date] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_data(self, spans: Sequence[Span], window: tuple[date, date]) -> None:
        """在職と算定期間（両端を含む）を渡す。"""
        self._spans, self._window = tuple(spans), window
        self.setAccessibleName("在職期間の図")
        self.setAccessibleDescription(self.description())
        self.setToolTip(self.description())
        self.updateGeometry()
        self.update()

    def description(self) -> str:
        """図と同じことを言葉で。"""
        if self._window is None:
            return ""
        lines = [
            f"{s.label}　{wareki_short(s.start)}〜{wareki_short(s.end) if s.end else '在職中'}　{s.words}".rstrip()
            for s in self._spans
        ]
        lines += [
            f"重なり　{wareki_short(a)}〜{wareki_short(b)}" for a, b in overlaps(self._spans, self._window)
        ]
        return "\n".join(lines)

    def sizeHint(self) -> QSize:
        """在職の数だけの高さ。"""
        look = current_look()
        return QSize(look.px(480), look.px(30) * max(1, len(self._spans)) + look.px(34))

    def minimumSizeHint(self) -> QSize:
        """縦には縮めない。"""
        return QSize(current_look().px(280), self.sizeHint().height())

    def _range(self, window: tuple[date, date]) -> tuple[date, date]:
        first, last = window
        room = timedelta(days=max(1, (last - first).days // 12))
        before = any(s.start < first for s in self._spans)
        after = any(s.end is not None and s.end > last for s in self._spans)
        return (first - room if before else first), (last + room if after else last)

    def paintEvent(self, event: QPaintEvent) -> None:
        """図を描く。"""
        if self._window is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _Drawing(painter, self, self._spans, self._window, self._range(self._window)).draw()
        painter.end()


class _Drawing:
    """一度の描画。日付を横の位置に移す。"""

    def __init__(
        self,
        painter: QPainter,
        widget: QWidget,
        spans: tuple[Span, ...],
        window: tuple[date, date],
        shown: tuple[date, date],
    ) -> None:
        self.painter, self.spans, self.window, self.shown = painter, spans, window, shown
        self.look: Look = current_look()
        self.font = widget.font()
        px = self.look.px
        self.left, self.right = float(px(124)), float(widget.width() - px(16))
        self.row, self.top = float(px(30)), float(px(4))
        self.bottom = self.top + self.row * max(1, len(spans))

    def x_of(self, day: date) -> float:
        first, last = self.shown
        whole = (last - first).days + 1
        part = min(max((day - first).days, 0), whole)
        return self.left + (self.right - self.left) * part / whole

    def draw(self) -> None:
        self._outside()
        self._axis()
        for place, span in enumerate(self.spans):
            self._bar(span, self.top + self.row * place)
        self._overlaps()

    def _outside(self) -> None:
        ground = QBrush(self.look.colour("neutral_weak"))
        height = self.bottom - self.top
        start, end = self.x_of(self.window[0]), self.x_of(self.window[1] + _DAY)
        self.painter.fillRect(QRectF(self.left, self.top, start - self.left, height), ground)
        self.painter.fillRect(QRectF(end, self.top, self.right - end, height), ground)

    def _axis(self) -> None:
        self.painter.setFont(caption_font(self.font, self.look, 11))
        width = float(self.look.px(60))
        for day in axis_marks(self.window):
            x = self.x_of(day)
            self.painter.setPen(self.look.colour("line_weak"))
            self.painter.drawLine(int(x), int(self.top), int(x), int(self.bottom + 4))
            self.painter.setPen(self.look.colour("muted"))
            left = min(x - width / 2, self.right + self.look.px(16) - width)
            box = QRectF(left, self.bottom + self.look.px(6), width, self.look.px(18))
            at_edge = left < x - width / 2
            side = Qt.AlignmentFlag.AlignRight if at_edge else Qt.AlignmentFlag.AlignHCenter
            self.painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, _month_text(day))

    def _bar(self, span: Span, top: float) -> None:
        px = self.look.px
        self.painter.setFont(self.font)
        self.painter.setPen(self.look.colour("ink"))
        room = int(self.left) - px(10)
        name = self.painter.fontMetrics().elidedText(span.label, Qt.TextElideMode.ElideRight, room)
        where = QRectF(0, top, room, self.row)
        self.painter.drawText(where, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        end = min(span.end or self.window[1], self.shown[1])
        height = float(px(18))
        y = top + (self.row - height) / 2
        self._piece(max(span.start, self.shown[0]), end, y, height, "accent_pale")
        inside = self._piece(max(span.start, self.window[0]), min(end, self.window[1]), y, height, "accent")
        if inside is None or not span.words:
            return
        self.painter.setFont(caption_font(self.font, self.look, 11))
        if self.painter.fontMetrics().horizontalAdvance(span.words) + px(6) <= inside.width():
            self.painter.setPen(self.look.colour("on_accent"))
            self.painter.drawText(inside, Qt.AlignmentFlag.AlignCenter, span.words)
        else:
            self._beside(span.words, inside)

    def _beside(self, words: str, inside: QRectF) -> None:
        self.painter.setPen(self.look.colour("ink"))
        wide = self.painter.fontMetrics().horizontalAdvance(words) + self.look.px(6)
        fits_right = inside.right() + wide <= self.right
        left = inside.right() if fits_right else inside.left() - wide
        self.painter.drawText(
            QRectF(left, inside.top(), wide, inside.height()), Qt.AlignmentFlag.AlignCenter, words
        )

    def _piece(self, start: date, end: date, y: float, height: float, colour: str) -> QRectF | None:
        if start > end:
            return None
        rect = QRectF(self.x_of(start), y, max(2.0, self.x_of(end + _DAY) - self.x_of(start)), height)
        self.painter.fillRect(rect, self.look.colour(colour))
        return rect

    def _overlaps(self) -> None:
        shade = QColor(self.look.tokens.warn)
        shade.setAlpha(70)
        for start, end in overlaps(self.spans, self.window):
            width = max(2.0, self.x_of(end + _DAY) - self.x_of(start))
            self.painter.fillRect(QRectF(self.x_of(start), self.top, width, self.bottom - self.top), shade)
