"""一人の年表の図：認証ごとの有効期間を帯に、できごとを点に描く。"""

from collections.abc import Sequence
from datetime import date, timedelta

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.domain.calendar import fiscal_year, wareki, wareki_short
from app.services.views.register import HistoryEntry, LifeSpan, LifeView
from ui.theme.style import Look, current_look
from ui.widgets.chip import caption_font

# 年表の種類から、図の段の題へ。段はこの順
_LANES = {
    "intake": "申込・研修",
    "eligibility": "申込・研修",
    "progress": "申込・研修",
    "scoring": "申込・研修",
    "committee": "審査会議",
    "certificates": "認定証",
    "renewal": "更新・取消",
    "ended": "更新・取消",
    "people": "氏名・記録",
    "submission": "提出",
}
_ROW, _HEAD, _AXIS, _WORDS = 24, 4, 22, 22
_REACH = 8
_DAY = timedelta(days=1)


def lanes_of(view: LifeView) -> tuple[str, ...]:
    """図の段の題：認証ごとに一つ、次にできごとの種類（ないものは除く）。"""
    numbers = dict.fromkeys(span.number for span in view.spans)
    kinds = {_LANES[e.kind] for e in view.entries}
    return (*numbers, *(lane for lane in dict.fromkeys(_LANES.values()) if lane in kinds))


def shown_years(view: LifeView) -> tuple[date, date]:
    """図に出す期間：初めのできごとの年度の初めから、最後の日か今日の年度の終わりまで。"""
    days = [view.today, *(e.day for e in view.entries), *(d for s in view.spans for d in (s.start, s.end))]
    return date(fiscal_year(min(days)), 4, 1), date(fiscal_year(max(days)) + 1, 3, 31)


class LifeLine(QWidget):
    """年表の図。左右の矢印でできごとを順に選び、その日と言葉を図の下に出す。点を押しても選べる。"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: LifeView | None = None
        self._lanes: tuple[str, ...] = ()
        self._chosen = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("年表の図")

    def set_life(self, view: LifeView) -> None:
        """年表を渡す。選びは外す。"""
        self._view, self._lanes, self._chosen = view, lanes_of(view), -1
        self.setAccessibleDescription("。".join(_words(e) for e in view.entries))
        self.updateGeometry()
        self.update()

    @property
    def chosen(self) -> HistoryEntry | None:
        """選ばれているできごと。"""
        return None if self._view is None or self._chosen < 0 else self._view.entries[self._chosen]

    @property
    def lanes(self) -> tuple[str, ...]:
        """段の題（上から）。"""
        return self._lanes

    def sizeHint(self) -> QSize:
        """段の数で決まる高さ。"""
        px = current_look().px
        return QSize(px(320), px(_HEAD + _ROW * max(1, len(self._lanes)) + _AXIS + _WORDS))

    def minimumSizeHint(self) -> QSize:
        """縮めても、段はすべて見える。"""
        return QSize(current_look().px(200), self.sizeHint().height())

    def point_of(self, place: int) -> QPointF:
        """place 番目のできごとの点の位置。"""
        assert self._view is not None
        entry = self._view.entries[place]
        at = _Scale(self, self._view, self._lanes)
        return QPointF(at.x_of(entry.day), at.middle(_LANES[entry.kind]))

    def paintEvent(self, event: QPaintEvent) -> None:
        """描く。"""
        if self._view is None or not self._lanes:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _Drawing(painter, self, _Scale(self, self._view, self._lanes), self._view, self._chosen).draw()

    def _near(self, where: QPointF) -> int:
        """位置に最も近いできごと。近くになければ -1。"""
        if self._view is None:
            return -1
        reach = current_look().px(_REACH)
        gaps = [
            ((point - where).manhattanLength(), place)
            for place in range(len(self._view.entries))
            if (point := self.point_of(place))
        ]
        gap, place = min(gaps, default=(reach + 1.0, -1))
        return place if gap <= reach else -1

    def _choose(self, place: int) -> None:
        self._chosen = place
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """点を選ぶ。"""
        self._choose(self._near(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """左右で前後のできごと、Home・End で初めと終わり。"""
        last = -1 if self._view is None else len(self._view.entries) - 1
        steps = {
            Qt.Key.Key_Left: max(0, self._chosen - 1),
            Qt.Key.Key_Right: min(last, self._chosen + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        key = Qt.Key(event.key())
        if last < 0 or key not in steps:
            super().keyPressEvent(event)
            return
        self._choose(steps[key])

    def focusInEvent(self, event: QFocusEvent) -> None:
        """選べることが分かるよう、枠を描く。"""
        super().focusInEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        """点の上で、その日と言葉を吹き出しに出す。"""
        if isinstance(event, QHelpEvent) and self._view is not None:
            place = self._near(QPointF(event.pos()))
            QToolTip.showText(
                event.globalPos(), _words(self._view.entries[place]) if place >= 0 else "", self
            )
            return True
        return super().event(event)


def _words(entry: HistoryEntry) -> str:
    return f"{wareki(entry.day)}　{entry.words}"


class _Scale:
    """図の寸法と、日付から横の位置。"""

    def __init__(self, widget: QWidget, view: LifeView, lanes: Sequence[str]) -> None:
        self.look: Look = current_look()
        px = self.look.px
        self.lanes = lanes
        self.first, self.last = shown_years(view)
        metrics = widget.fontMetrics()
        titles = max((metrics.horizontalAdvance(lane) for lane in lanes), default=0)
        self.left = float(min(titles + px(10), widget.width() * 0.4))
        self.right = float(widget.width() - px(10))
        self.top, self.row = float(px(_HEAD)), float(px(_ROW))
        self.bottom = self.top + self.row * len(lanes)

    def x_of(self, day: date) -> float:
        """日の初めの横の位置。"""
        whole = (self.last - self.first).days + 1
        return self.left + (self.right - self.left) * (day - self.first).days / whole

    def middle(self, lane: str) -> float:
        """段の真ん中の縦の位置。"""
        return self.top + self.row * (self.lanes.index(lane) + 0.5)

    def marks(self, width: float) -> list[date]:
        """軸の目盛りの日（4月1日）。字が重ならない年おき。"""
        years = range(self.first.year, self.last.year)
        each = (self.right - self.left) / max(1, len(years))
        step = next((n for n in (1, 2, 3, 5, 10, 20) if each * n >= width), 50)
        return [date(year, 4, 1) for year in years if (year - self.first.year) % step == 0]


class _Drawing:
    """一度の描画。"""

    def __init__(
        self, painter: QPainter, widget: QWidget, scale: _Scale, view: LifeView, chosen: int
    ) -> None:
        self.painter, self.at, self.view, self.chosen = painter, scale, view, chosen
        self.look, self.font, self.focused = scale.look, widget.font(), widget.hasFocus()
        self.size = widget.size()

    def draw(self) -> None:
        """下から順に描く。"""
        self._axis()
        self._today()
        for span in self.view.spans:
            self._span(span)
        for place, entry in enumerate(self.view.entries):
            self._point(place, entry)
        self._caption()

    def _axis(self) -> None:
        px, at = self.look.px, self.at
        self.painter.setFont(self.font)
        for place, lane in enumerate(at.lanes):
            y = at.top + at.row * place
            self.painter.setPen(self.look.colour("line_weak"))
            self.painter.drawLine(QPointF(0, y + at.row), QPointF(at.right, y + at.row))
            self.painter.setPen(self.look.colour("muted"))
            room = int(at.left) - px(8)
            text = self.painter.fontMetrics().elidedText(lane, Qt.TextElideMode.ElideRight, room)
            self.painter.drawText(QRectF(0, y, room, at.row), Qt.AlignmentFlag.AlignVCenter, text)
        self.painter.setFont(caption_font(self.font, self.look, 11))
        wide = float(self.painter.fontMetrics().horizontalAdvance("R88.4") + px(10))
        for day in at.marks(wide):
            x = at.x_of(day)
            self.painter.setPen(self.look.colour("line_weak"))
            self.painter.drawLine(QPointF(x, at.top), QPointF(x, at.bottom + px(4)))
            self.painter.setPen(self.look.colour("muted"))
            box = QRectF(x, at.bottom + px(3), wide, px(_AXIS - 4))
            text = wareki_short(day).rpartition(".")[0]
            self.painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _today(self) -> None:
        pen = QPen(self.look.colour("accent"))
        pen.setStyle(Qt.PenStyle.DashLine)
        self.painter.setPen(pen)
        x = self.at.x_of(self.view.today)
        self.painter.drawLine(QPointF(x, self.at.top), QPointF(x, self.at.bottom))

    def _span(self, span: LifeSpan) -> None:
        px, at = self.look.px, self.at
        x, middle, high = at.x_of(span.start), at.middle(span.number), float(px(14))
        box = QRectF(x, middle - high / 2, max(2.0, at.x_of(span.end + _DAY) - x - 1), high)
        past = span.end < self.view.today
        ground = "bad_weak" if span.cut else "neutral_weak" if past else "ok_weak"
        edge = "bad" if span.cut else "muted" if past else "ok"
        self.painter.setPen(self.look.colour(edge))
        self.painter.setBrush(QBrush(self.look.colour(ground)))
        self.painter.drawRoundedRect(box, 2, 2)
        self.painter.setFont(caption_font(self.font, self.look, 10))
        if self.painter.fontMetrics().horizontalAdvance(span.words) + px(4) <= box.width():
            self.painter.setPen(self.look.colour("ink"))
            self.painter.drawText(box, Qt.AlignmentFlag.AlignCenter, span.words)

    def _point(self, place: int, entry: HistoryEntry) -> None:
        px, at = self.look.px, self.at
        where = QPointF(at.x_of(entry.day), at.middle(_LANES[entry.kind]))
        colour = self.look.colour("bad" if entry.kind == "ended" else "accent")
        self.painter.setPen(QPen(self.look.colour("surface"), px(1)))
        self.painter.setBrush(QBrush(colour))
        self.painter.drawEllipse(where, px(4), px(4))
        if place == self.chosen:
            self.painter.setBrush(Qt.BrushStyle.NoBrush)
            self.painter.setPen(QPen(colour, px(2)))
            self.painter.drawEllipse(where, px(7), px(7))

    def _caption(self) -> None:
        px, at = self.look.px, self.at
        self.painter.setFont(self.font)
        box = QRectF(0, at.bottom + px(_AXIS), self.size.width(), px(_WORDS))
        if self.chosen >= 0:
            text, colour = _words(self.view.entries[self.chosen]), "ink"
        else:
            text, colour = "点を押すか、←→ で、日と言葉を見られます。", "muted"
        self.painter.setPen(self.look.colour(colour))
        shown = self.painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
        self.painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)
        if self.focused:
            self.painter.setPen(QPen(self.look.colour("accent"), 1))
            self.painter.setBrush(Qt.BrushStyle.NoBrush)
            self.painter.drawRect(QRectF(0.5, 0.5, self.size.width() - 1, self.size.height() - 1))
