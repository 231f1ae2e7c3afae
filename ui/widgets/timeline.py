"""在職期間の図。どこで重なり、どこが算定期間の外かを見せ、棒の端を動かして試せる。"""

from collections.abc import Sequence
from datetime import date, timedelta

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.calendar import wareki, wareki_short
from ui.theme.style import current_look
from ui.widgets.timeline_drawing import Drawing, Layout
from ui.widgets.timeline_spans import End, Grip, Span, axis_marks, months_on, moved, overlaps

__all__ = ["End", "Grip", "Span", "Timeline", "axis_marks", "overlaps"]

_DAY = timedelta(days=1)
_REACH = 6
_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_PageDown: (0, -1),
    Qt.Key.Key_PageUp: (0, 1),
}


class Timeline(QWidget):
    """在職期間を並べた図。算定期間の外は淡く、重なりは帯で示す。

    editable なら、棒の端をマウスで引くか、鍵盤で動かせる（上下で棒、Home・End で端、左右で一日、
    Shift+左右か PageUp・PageDown で一か月）。edited は（何番目の棒, 端, 日）を動くたびに送る。
    """

    edited = Signal(int, object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spans: tuple[Span, ...] = ()
        self._window: tuple[date, date] | None = None
        self._editable = False
        self._held: Grip | None = None
        self._dragging: Layout | None = None
        self._from: date | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_editable(self, editable: bool) -> None:
        """棒の端を動かせるようにする。"""
        self._editable = editable
        self.setMouseTracking(editable)
        policy = Qt.FocusPolicy.StrongFocus if editable else Qt.FocusPolicy.NoFocus
        self.setFocusPolicy(policy)

    def set_data(self, spans: Sequence[Span], window: tuple[date, date]) -> None:
        """在職と算定期間（両端を含む）を渡す。つかんでいる端はそのまま。"""
        self._spans, self._window = tuple(spans), window
        if self._held is not None and self._held.place >= len(self._spans):
            self._held = self._dragging = None
        if self._dragging is not None:
            # 引いている間は、棒の動きで物差しが伸び縮みしないように、初めの物差しを使い続ける
            self._dragging = Layout(self, self._spans, self._dragging.shown)
        self.setAccessibleName("在職期間の図")
        self.setAccessibleDescription(self.description())
        self.setToolTip("" if self._editable else self.description())
        self.updateGeometry()
        self.update()

    @property
    def held(self) -> Grip | None:
        """選ばれている端。"""
        return self._held

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
        # 動かせるときは、端を窓の外へも引けるように、両側に空きを置く
        before = self._editable or any(s.start < first for s in self._spans)
        after = self._editable or any(s.end is not None and s.end > last for s in self._spans)
        return (first - room if before else first), (last + room if after else last)

    def layout_now(self) -> Layout | None:
        """いまの寸法。在職がなければ None。"""
        if self._window is None:
            return None
        return self._dragging or Layout(self, self._spans, self._range(self._window))

    def paintEvent(self, event: QPaintEvent) -> None:
        """図を描く。"""
        at = self.layout_now()
        if at is None or self._window is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        Drawing(painter, self, at, self._window, self._held, self._dragging is not None).draw()
        painter.end()

    def _day_of(self, grip: Grip) -> date | None:
        span = self._spans[grip.place]
        return span.start if grip.end is End.START else span.end

    def _move_to(self, grip: Grip, day: date) -> None:
        """端を動かす。変わったときだけ知らせる。"""
        assert self._window is not None
        span = self._spans[grip.place]
        found = moved(span, grip.end, day, self._window[1])
        if found != self._day_of(grip):
            self.edited.emit(grip.place, grip.end, found)
            shown = self._day_of(grip)
            self.setAccessibleDescription(f"{span.label} {wareki(shown) if shown else '在職中'}")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """端をつかむ。"""
        at = self.layout_now()
        if not self._editable or at is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        where = event.position()
        grip = at.grip_at(where.x(), where.y(), current_look().px(_REACH))
        if grip is not None:
            self._held, self._dragging, self._from = grip, at, self._day_of(grip)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """つかんでいれば、最も近い日に動かす。"""
        at = self.layout_now()
        if not self._editable or at is None:
            return
        where = event.position()
        if self._dragging is None:
            near = at.grip_at(where.x(), where.y(), current_look().px(_REACH))
            shape = Qt.CursorShape.SplitHCursor if near is not None else Qt.CursorShape.ArrowCursor
            self.setCursor(shape)
            return
        assert self._held is not None
        day = at.day_at(where.x())
        self._move_to(self._held, day if self._held.end is End.START else day - _DAY)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """放す。"""
        self._dragging = None
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """外へ出たら、指の形を戻す。"""
        if self._dragging is None:
            self.unsetCursor()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """鍵盤で来たときは、最初の棒の終わりを選ぶ。"""
        if self._held is None and self._spans:
            self._held = Grip(0, End.FINISH)
        super().focusInEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """端を選び、動かす。引いている途中の Esc は元の日に戻す。"""
        if not self._editable or self._held is None or not self._key(Qt.Key(event.key()), event):
            super().keyPressEvent(event)
            return
        self.update()

    def _key(self, key: Qt.Key, event: QKeyEvent) -> bool:
        held = self._held
        assert held is not None
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            step = 1 if key is Qt.Key.Key_Down else -1
            self._held = Grip(min(max(held.place + step, 0), len(self._spans) - 1), held.end)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._held = Grip(held.place, End.START if key is Qt.Key.Key_Home else End.FINISH)
        elif key is Qt.Key.Key_Escape and self._dragging is not None:
            self._dragging = None
            self.edited.emit(held.place, held.end, self._from)
        elif key in _STEPS:
            self._step(held, key, event)
        else:
            return False
        return True

    def _step(self, held: Grip, key: Qt.Key, event: QKeyEvent) -> None:
        assert self._window is not None
        days, months = _STEPS[key]
        if days and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            days, months = 0, days
        day = self._day_of(held) or self._window[1]
        self._move_to(held, months_on(day, months) if months else day + timedelta(days=days))
