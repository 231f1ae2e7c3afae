"""日を選ぶ暦：期間の月を並べ、押すか、なぞるか、鍵盤で日に印を付け外しする。"""

from collections.abc import Iterable
from datetime import date, timedelta

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.calendar import month_length, wareki, wareki_short, weekday_ja
from ui.theme.style import current_look
from ui.widgets.chip import caption_font

_DAY = timedelta(days=1)
_CELL, _HEAD, _GAP = 24, 40, 16
_WEEK = "日月火水木金土"
_KEYS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: -7,
    Qt.Key.Key_Down: 7,
}


def months_of(first: date, last: date) -> tuple[tuple[int, int], ...]:
    """期間にかかる（年, 月）。"""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return tuple(
        ((first.year * 12 + first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1) for n in range(count)
    )


class DayPicker(QWidget):
    """期間（両端を含む）の日を選ぶ暦。marked は地に色を付ける日（ほかの在職と重なる日など）。

    changed は選ばれた日が変わるたびに送る。
    """

    changed = Signal()
    moved = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._first = self._last = date(2020, 1, 1)
        self._days: set[date] = set()
        self._marked: frozenset[date] = frozenset()
        self._painting: bool | None = None
        self._cursor: date | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_range(self, first: date, last: date, marked: Iterable[date] = ()) -> None:
        """選べる期間を替える。"""
        self._first, self._last, self._marked = first, last, frozenset(marked)
        self._cursor = None
        self._fit()

    @property
    def days(self) -> tuple[date, ...]:
        """選ばれている日（早い順）。"""
        return tuple(sorted(self._days))

    def set_days(self, days: Iterable[date]) -> None:
        """選ばれている日を替える（知らせは出さない）。"""
        self._days = set(days)
        self.setAccessibleDescription(f"{len(self._days)}日が選ばれています。")
        self.update()

    def _columns(self) -> int:
        px = current_look().px
        return max(1, (self.width() + px(_GAP)) // (px(_CELL) * 7 + px(_GAP)))

    def _month_height(self) -> int:
        return current_look().px(_HEAD) + current_look().px(_CELL) * 6

    def heightForWidth(self, width: int) -> int:
        """幅に並べたときの高さ。"""
        px = current_look().px
        columns = max(1, (width + px(_GAP)) // (px(_CELL) * 7 + px(_GAP)))
        rows = -(-len(months_of(self._first, self._last)) // columns)
        return rows * (self._month_height() + px(_GAP))

    def sizeHint(self) -> QSize:
        """二月分の幅。"""
        width = current_look().px(_CELL * 14 + _GAP)
        return QSize(width, self.heightForWidth(width))

    def _fit(self) -> None:
        self.setMinimumHeight(self.heightForWidth(self.width()))
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """幅に合わせて高さを取る。"""
        self._fit()
        super().resizeEvent(event)

    def _corner(self, place: int) -> QPoint:
        px, columns = current_look().px, self._columns()
        across, down = place % columns, place // columns
        return QPoint(across * (px(_CELL) * 7 + px(_GAP)), down * (self._month_height() + px(_GAP)))

    def rect_of(self, day: date) -> QRect:
        """日の升目の場所。"""
        px = current_look().px
        place = (day.year - self._first.year) * 12 + day.month - self._first.month
        corner, start = self._corner(place), (day.replace(day=1).weekday() + 1) % 7
        cell = start + day.day - 1
        left, top = corner.x() + cell % 7 * px(_CELL), corner.y() + px(_HEAD) + cell // 7 * px(_CELL)
        return QRect(left, top, px(_CELL), px(_CELL))

    def day_at(self, where: QPoint) -> date | None:
        """位置の日。選べる日でなければ None。"""
        for place, (year, month) in enumerate(months_of(self._first, self._last)):
            corner = self._corner(place)
            box = QRect(corner, QSize(current_look().px(_CELL) * 7, self._month_height()))
            if not box.contains(where):
                continue
            for number in range(1, month_length(year, month) + 1):
                day = date(year, month, number)
                if self.rect_of(day).contains(where):
                    return day if self._first <= day <= self._last else None
        return None

    def _set(self, day: date, chosen: bool) -> None:
        if (day in self._days) is chosen:
            return
        if chosen:
            self._days.add(day)
        else:
            self._days.discard(day)
        self.set_days(self._days)
        self.changed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """押した日の印を付け外しし、なぞる間も同じにする。"""
        day = self.day_at(event.position().toPoint())
        if day is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        self._painting, self._cursor = day not in self._days, day
        self._set(day, self._painting)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """なぞった日に、初めの日と同じ印を付け外しする。"""
        day = self.day_at(event.position().toPoint())
        if self._painting is not None and day is not None:
            self._set(day, self._painting)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """なぞり終える。"""
        self._painting = None

    def focusInEvent(self, event: QFocusEvent) -> None:
        """鍵盤で来たら、最初の日から始める。"""
        self._cursor = self._cursor or self._first
        super().focusInEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """矢印で日を移り、空白で印を付け外しする。"""
        key = Qt.Key(event.key())
        day = self._cursor or self._first
        if key is Qt.Key.Key_Space:
            self._set(day, day not in self._days)
        elif key in _KEYS:
            day = min(max(day + _KEYS[key] * _DAY, self._first), self._last)
            self._cursor = day
            self.setAccessibleDescription(f"{wareki(day)}（{weekday_ja(day)}）")
            self.moved.emit(self.rect_of(day))
            self.update()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """見えている月だけを描く。"""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(caption_font(self.font(), current_look(), 11))
        width = current_look().px(_CELL) * 7
        for place, (year, month) in enumerate(months_of(self._first, self._last)):
            box = QRect(self._corner(place), QSize(width, self._month_height()))
            if box.intersects(event.rect()):
                self._month(painter, box, year, month)
        painter.end()

    def _month(self, painter: QPainter, box: QRect, year: int, month: int) -> None:
        look = current_look()
        cell = look.px(_CELL)
        painter.setPen(look.colour("ink"))
        title = wareki_short(date(year, month, month_length(year, month))).rpartition(".")[0]
        head = QRect(box.left(), box.top(), box.width(), look.px(20))
        painter.drawText(head, Qt.AlignmentFlag.AlignCenter, f"{title}（{year}年{month}月）")
        painter.setPen(look.colour("muted"))
        for column, name in enumerate(_WEEK):
            where = QRect(box.left() + column * cell, box.top() + look.px(20), cell, look.px(20))
            painter.drawText(where, Qt.AlignmentFlag.AlignCenter, name)
        for number in range(1, month_length(year, month) + 1):
            self._cell(painter, date(year, month, number))

    def _cell(self, painter: QPainter, day: date) -> None:
        look = current_look()
        box = self.rect_of(day).adjusted(1, 1, -1, -1)
        inside, chosen = self._first <= day <= self._last, day in self._days
        if chosen:
            painter.fillRect(box, look.colour("accent" if inside else "bad"))
        elif inside and day in self._marked:
            painter.fillRect(box, look.colour("warn_weak"))
        ink = "on_accent" if chosen else ("ink" if inside else "line")
        painter.setPen(look.colour(ink))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(day.day))
        if self.hasFocus() and day == self._cursor:
            painter.setPen(QPen(look.colour("ink"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box)
