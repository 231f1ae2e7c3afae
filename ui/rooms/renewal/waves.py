"""満了の波：満了日ごとの、更新・未更新・失効の人数の図。選ぶと、その日に満了する人だけに絞る。"""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.calendar import wareki
from app.services.views.renewal import WavePicture
from ui.theme import tokens as t
from ui.theme.style import current_look
from ui.widgets.chip import caption_font

NEAR = 3  # か月前の案内からは、急ぐ色にする
_ROW = 24
PAST = 2  # 過ぎた波は、新しい方からこれだけ見せる
AHEAD = 5
# 帯の並び：数・色・言葉
PARTS = (
    ("renewed", "ok", "更新"),
    ("lapsing", "", "未更新"),
    ("lapsed", "bad", "失効"),
    ("ended", "muted", "取消し・返納など"),
)


def notice_words(wave: WavePicture) -> str:
    """案内の時期の言葉。まだなら空。"""
    return "" if wave.notice_months is None else f"{wave.notice_months}か月前の案内"


def part_words(wave: WavePicture) -> str:
    """人数の言葉（認証5名：更新1・未更新4）。"""
    parts = "・".join(f"{words}{getattr(wave, name):,}" for name, _, words in PARTS if getattr(wave, name))
    return f"認証{wave.certified:,}名：{parts}"


def figure_words(wave: WavePicture) -> str:
    """帯の右の数：これからの波は未更新、過ぎた波は失効（いなければ更新）の人数。"""
    if wave.lapsing:
        return f"未更新 {wave.lapsing:,}"
    return f"失効 {wave.lapsed:,}" if wave.lapsed else f"更新 {wave.renewed:,}"


def shown_waves(waves: Sequence[WavePicture], today: date) -> tuple[WavePicture, ...]:
    """図に出す波：過ぎた新しいものと、これからの近いもの。"""
    past = [w for w in waves if w.expires_on < today]
    ahead = [w for w in waves if w.expires_on >= today]
    return (*past[len(past) - min(PAST, len(past)) :], *ahead[:AHEAD])


class WaveChart(QWidget):
    """満了日ごとの棒。押すか上下のキーで選び、もう一度押すか Esc で絞り込みをやめる。

    chosen は選ばれた満了日（やめたら None）を送る。
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._waves: tuple[WavePicture, ...] = ()
        self._day: date | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("満了の波")

    @property
    def day(self) -> date | None:
        """選ばれている満了日。"""
        return self._day

    def set_waves(self, waves: Sequence[WavePicture]) -> None:
        """波（近い順）を替える。選ばれた日がなくなれば絞り込みもやめる。"""
        self._waves = tuple(waves)
        if self._day not in {w.expires_on for w in self._waves}:
            self._day = None
        words = "\n".join(
            f"{wareki(w.expires_on)}　{part_words(w)}　{notice_words(w)}".rstrip() for w in self._waves
        )
        self.setAccessibleDescription(words)
        self.setToolTip(words)
        self.updateGeometry()
        self.update()

    def choose(self, day: date | None) -> None:
        """満了日を選ぶ。"""
        if day != self._day:
            self._day = day
            self.update()
            self.chosen.emit(day)

    def sizeHint(self) -> QSize:
        """波の数だけの高さ。"""
        px = current_look().px
        return QSize(px(360), px(_ROW) * (max(1, len(self._waves)) + 1) + px(8))

    def minimumSizeHint(self) -> QSize:
        """縦には縮めない。"""
        return QSize(current_look().px(240), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """棒を描く。"""
        painter = QPainter(self)
        most = max((w.certified for w in self._waves), default=1)
        for place, wave in enumerate(self._waves):
            self._row(painter, place, wave, most)
        if self._waves:
            self._legend(painter)
        if self.hasFocus() and self._waves:
            painter.setPen(QPen(current_look().colour("accent")))
            painter.drawRect(QRectF(0.5, 0.5, self.width() - 1, self.height() - 1))
        painter.end()

    def _legend(self, painter: QPainter) -> None:
        """いちばん下に、帯の色の言葉。"""
        look = current_look()
        px = look.px
        top, left = px(4) + len(self._waves) * px(_ROW), float(px(126))
        painter.setFont(caption_font(self.font(), look))
        for _, colour, words in PARTS:
            mark = QRectF(left, top + px(8), px(10), px(10))
            painter.fillRect(mark, look.colour(colour or "accent"))
            wide = painter.fontMetrics().horizontalAdvance(words)
            painter.setPen(look.colour("muted"))
            place = QRectF(left + px(15), top, wide + px(4), px(_ROW))
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)
            left += wide + px(32)

    def _row(self, painter: QPainter, place: int, wave: WavePicture, most: int) -> None:
        look = current_look()
        px = look.px
        height = px(_ROW)
        top = px(4) + place * height
        if wave.expires_on == self._day:
            painter.fillRect(QRectF(px(4), top, self.width() - px(8), height), look.colour("accent_weak"))
        painter.setFont(caption_font(self.font(), look))
        painter.setPen(look.colour("ink"))
        side = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(px(12), top, px(112), height), side, wareki(wave.expires_on))
        near = wave.notice_months is not None and wave.notice_months <= NEAR
        left, room = float(px(126)), self.width() - px(126) - px(196)
        for name, colour, _ in PARTS:
            wide = room * getattr(wave, name) / most
            if wide:
                bar = QRectF(left, top + px(6), max(2.0, wide - 1), height - px(12))
                painter.fillRect(bar, look.colour(colour or ("warn" if near else "accent")))
                left += wide
        figures = QRectF(self.width() - px(190), top, px(82), height)
        painter.setPen(look.colour("ink"))
        painter.drawText(figures, side | Qt.AlignmentFlag.AlignRight, figure_words(wave))
        painter.setPen(look.tokens.text_of(t.Tone.WARN if near else t.Tone.MUTED))
        notice = QRectF(self.width() - px(102), top, px(92), height)
        painter.drawText(notice, side | Qt.AlignmentFlag.AlignRight, notice_words(wave))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """押した波を選ぶ。選ばれていればやめる。"""
        px = current_look().px
        place = int((event.position().y() - px(4)) // px(_ROW))
        if 0 <= place < len(self._waves):
            day = self._waves[place].expires_on
            self.choose(None if day == self._day else day)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """上下で移り、Esc でやめる。"""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        days = [w.expires_on for w in self._waves]
        if step and days:
            place = days.index(self._day) + step if self._day in days else 0
            self.choose(days[min(max(place, 0), len(days) - 1)])
        elif event.key() == Qt.Key.Key_Escape and self._day is not None:
            self.choose(None)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """焦点の枠を描く。"""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """焦点の枠を消す。"""
        super().focusOutEvent(event)
        self.update()
