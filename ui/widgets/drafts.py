"""書きかけの書式：打つそばから控え、同じ書式が次に開かれたときに、戻すか捨てるかを尋ねる。"""

import hashlib
import logging
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from threading import Lock
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from app.domain.calendar import wareki
from app.services import drafts
from app.services.drafts import Draft
from app.services.office import Office
from ui.background import Background
from ui.theme import tokens as t
from ui.theme.style import current_look, set_role
from ui.theme.tokens import Tone
from ui.widgets.cards import button, label
from ui.widgets.typed import draft_values, on_change, put_values

_LOG = logging.getLogger(__name__)
_PAUSE = 700  # 手が止まってから控えるまで（ミリ秒）


class Shelf:
    """一人の書きかけを置く棚。書くのは画面の外で、いつも最後に打ったものが残る。"""

    def __init__(self, office: Office, background: Background) -> None:
        # 人が替わった後に書いても、書きかけた人のものになるように、いまの人で留める
        self._office, self._background = replace(office), background
        self._lock = Lock()
        # token から、書式の名と中身（捨てるなら None）
        self._pending: dict[str, tuple[str, dict[str, Any]] | None] = {}

    def find(self, form: str) -> Draft | None:
        """その書式の、いちばん新しい書きかけ。"""
        return drafts.find(self._office, form)

    def keep(self, form: str, token: str, content: dict[str, Any]) -> None:
        """控える。"""
        self._put(token, (form, content))

    def drop(self, token: str) -> None:
        """捨てる。"""
        self._put(token, None)

    def _put(self, token: str, what: tuple[str, dict[str, Any]] | None) -> None:
        with self._lock:
            self._pending[token] = what
        self._background.run(lambda _progress: self._flush(), failed=self._failed)

    def _flush(self) -> None:
        with self._lock:
            pending, self._pending = self._pending, {}
            for token, what in pending.items():
                if what is None:
                    drafts.drop(self._office, token)
                else:
                    drafts.keep(self._office, what[0], token, what[1])

    def _failed(self, error: BaseException) -> None:
        # 控えられなくても、打っている仕事は止めない。中身は記録に書かない
        _LOG.warning("書きかけを控えられませんでした（%s）", type(error).__name__)


def shelf_of(widget: QWidget | None) -> Shelf | None:
    """widget のいる窓の棚。なければ None。"""
    while widget is not None:
        found = getattr(widget, "drafts", None)
        if isinstance(found, Shelf):
            return found
        widget = widget.parentWidget()
    return None


def _moment(at: datetime) -> str:
    here = at.astimezone()
    return f"{wareki(here.date())} {here:%H:%M}"


class DraftOffer(QFrame):
    """書きかけが残っていることと、戻す・捨てるのボタン。"""

    def __init__(self, kept_at: datetime, restore: Callable[[], None], discard: Callable[[], None]) -> None:
        super().__init__()
        px = current_look().px
        set_role(self, f"note_{Tone.ACCENT.value}")
        row = QHBoxLayout(self)
        row.setContentsMargins(px(t.GAP_3), px(t.GAP_2), px(t.GAP_3), px(t.GAP_2))
        self.words = label(f"保存していない書きかけが残っています（{_moment(kept_at)}）。", wrap=True)
        self.restore_button = button("戻す", "small", restore)
        self.discard_button = button("捨てる", "small", discard)
        row.addWidget(self.words, 1)
        row.addWidget(self.restore_button)
        row.addWidget(self.discard_button)


class DraftKeeper(QObject):
    """一つの窓の書きかけを受け持つ。窓が閉じられるまで、打つそばから棚に控える。"""

    def __init__(self, window: QWidget, form: str, shelf: Shelf) -> None:
        super().__init__(window)
        self._window, self._form, self._shelf = window, form, shelf
        self._token = secrets.token_hex(8)
        self._untouched = draft_values(window)
        self._kept = False
        self._found = shelf.find(form)
        self.offer: DraftOffer | None = None
        if self._found is not None:
            self.offer = DraftOffer(self._found.kept_at, self.restore, self.discard)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._pause.timeout.connect(self.keep)
        on_change(window, self._pause.start)

    def keep(self) -> None:
        """いまの欄を控える。打ったものがなければ、控えを捨てる。"""
        self._pause.stop()
        # 後から現れた欄も聞く
        on_change(self._window, self._pause.start)
        fields = draft_values(self._window)
        if fields != self._untouched:
            self._kept = True
            self._shelf.keep(self._form, self._token, {"fields": fields})
        elif self._kept:
            self._kept = False
            self._shelf.drop(self._token)

    def restore(self) -> None:
        """前の書きかけを欄に戻す。控えは、この窓のものとして引き継ぐ。"""
        assert self._found is not None
        put_values(self._window, self._found.content["fields"])
        self._token, self._kept = self._found.token, True
        self._close_offer()

    def discard(self) -> None:
        """前の書きかけを捨てる。"""
        assert self._found is not None
        self._shelf.drop(self._found.token)
        self._close_offer()

    def end(self) -> None:
        """保存したか、捨てると決めた。控えを捨て、もう控えない。"""
        self._pause.stop()
        self._pause.blockSignals(True)
        if self._kept:
            self._kept = False
            self._shelf.drop(self._token)

    def _close_offer(self) -> None:
        if self.offer is not None:
            self.offer.hide()
            self.offer.deleteLater()
            self.offer = None


def keep_all(window: QWidget) -> None:
    """window の上で開いている書式を、いますぐ控える（閉じる前に）。"""
    for keeper in window.findChildren(DraftKeeper):
        keeper.keep()


def form_key(window: QWidget, words: str) -> str:
    """書式の名。同じ種類の窓でも、題か文（相手の名など）が違えば別の書式とする。"""
    digest = hashlib.sha256(f"{window.windowTitle()}\n{words}".encode()).hexdigest()[:16]
    return f"{type(window).__name__}:{digest}"
