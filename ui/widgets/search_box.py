"""上の検索の欄と、その下に開く結果。"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import RuleViolation
from app.services.views.search import SearchHit
from ui.background import Background, Job, Progress
from ui.theme.style import current_look, set_role, show_if
from ui.widgets.cards import label
from ui.widgets.chip import caption_font

Search = Callable[[str], Sequence[SearchHit]]
_HIT = int(Qt.ItemDataRole.UserRole)
_WAIT = 150  # 打ち終わりを待つ（ミリ秒）
_MOST = 12


class _HitDelegate(QStyledItemDelegate):
    """種類・題・補足を一行に描く。"""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: object) -> None:
        look = current_look()
        hit: SearchHit = index.data(_HIT)  # type: ignore[attr-defined]
        rect: QRect = option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, look.colour("accent_weak"))
        inner = rect.adjusted(look.px(12), 0, -look.px(12), 0)
        side = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(caption_font(option.font, look))
        painter.setPen(look.colour("muted"))
        painter.drawText(inner, side, hit.kind)
        inner.setLeft(inner.left() + look.px(72))
        painter.setFont(option.font)
        painter.setPen(look.colour("ink"))
        title = painter.fontMetrics().elidedText(hit.title, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, side, title)
        inner.setLeft(inner.left() + painter.fontMetrics().horizontalAdvance(title) + look.px(12))
        painter.setFont(caption_font(option.font, look))
        painter.setPen(look.colour("muted"))
        rest = painter.fontMetrics().elidedText(
            hit.subtitle, Qt.TextElideMode.ElideRight, max(0, inner.width())
        )
        painter.drawText(inner, side, rest)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: object) -> QSize:
        return QSize(100, current_look().px(34))


class SearchBox(QLineEdit):
    """検索の欄。打ち終わると画面の外で探し、結果を下に開く。hit は選ばれた結果を送る。"""

    hit = Signal(object)
    failed = Signal(object)

    def __init__(self, search: Search, background: Background, popup_parent: QWidget) -> None:
        super().__init__()
        self._search, self._background, self._parent = search, background, popup_parent
        self._job: Job | None = None
        self.setPlaceholderText("氏名・番号・画面・操作を検索")
        self.setAccessibleName("検索")
        self._key = label("Ctrl+K", "key")
        self._key.setParent(self)
        self._key.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT)
        self._timer.timeout.connect(self._start)
        self.textEdited.connect(self._typed)
        self._build_popup()

    def _build_popup(self) -> None:
        self._popup = QFrame(self._parent)
        set_role(self._popup, "popup")
        self._popup.hide()
        column = QVBoxLayout(self._popup)
        column.setContentsMargins(1, 1, 1, 1)
        self._nothing = label("", "muted", wrap=True)
        self._nothing.setContentsMargins(12, 10, 12, 10)
        self._list = QListWidget()
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setAccessibleName("検索の結果")
        self._delegate = _HitDelegate(self._list)
        self._list.setItemDelegate(self._delegate)
        self._list.itemClicked.connect(self._choose)
        column.addWidget(self._nothing)
        column.addWidget(self._list)
        self._parent.installEventFilter(self)

    @property
    def hits(self) -> tuple[SearchHit, ...]:
        """いま開いている結果。"""
        return tuple(self._list.item(i).data(_HIT) for i in range(self._list.count()))

    @property
    def is_open(self) -> bool:
        """結果が開いていれば真。"""
        return not self._popup.isHidden()

    @property
    def nothing_text(self) -> str:
        """結果がないときの言葉。"""
        return self._nothing.text()

    def _typed(self, text: str) -> None:
        if text.strip():
            self._timer.start()
        else:
            self._timer.stop()
            self.close_popup()

    def _start(self) -> None:
        query = self.text().strip()
        if self._job is not None:
            self._job.cancel()

        def work(_progress: Progress) -> Sequence[SearchHit]:
            return self._search(query)

        self._job = self._background.run(
            work, lambda hits: self._show(query, hits), lambda error: self._refused(query, error)
        )

    def _refused(self, query: str, error: BaseException) -> None:
        if isinstance(error, RuleViolation):
            self._show(query, (), str(error))
        else:
            self.failed.emit(error)

    def _show(self, query: str, hits: Sequence[SearchHit], refusal: str = "") -> None:
        # 遅れて届いた前の言葉の結果は捨てる
        if query != self.text().strip() or not self.isVisible():
            return
        self._list.clear()
        for found in hits[:_MOST]:
            item = QListWidgetItem()
            item.setData(_HIT, found)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{found.kind}　{found.title}　{found.subtitle}")
            self._list.addItem(item)
        nothing = f"「{query}」に当たるものはありません。氏名の一部、番号、画面や操作の名で探してください。"
        self._nothing.setText(refusal or nothing)
        show_if(self._nothing, not hits)
        show_if(self._list, bool(hits))
        if hits:
            self._list.setCurrentRow(0)
        self._place()
        self._popup.show()
        self._popup.raise_()

    def _place(self) -> None:
        look = current_look()
        rows = self._list.count()
        height = look.px(34) * rows + look.px(4) if rows else look.px(56)
        corner = self.mapTo(self._parent, QPoint(0, self.height() + look.px(2)))
        width = max(self.width(), look.px(520))
        self._popup.setGeometry(corner.x(), corner.y(), width, height)

    def close_popup(self) -> None:
        """結果を閉じる。"""
        self._timer.stop()
        self._popup.hide()
        self._list.clear()

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            found = item.data(_HIT)
            self.clear()
            self.close_popup()
            self.hit.emit(found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """上下で選び、Enter で開き、Esc で閉じる。"""
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.clear()
            self.close_popup()
            self.clearFocus()
        elif self.is_open and key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self._list.count():
            step = 1 if key == Qt.Key.Key_Down else -1
            self._list.setCurrentRow((self._list.currentRow() + step) % self._list.count())
        elif self.is_open and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self._list.currentItem())
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """欄にいる間の Esc は、部屋を戻る近道に渡さない。"""
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """窓の大きさが変わるか、よそが押されたら閉じる。"""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.MouseButtonPress, QEvent.Type.Hide):
            self.close_popup()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """近道の印を右端に置く。"""
        super().resizeEvent(event)
        hint = self._key.sizeHint()
        top = (self.height() - hint.height()) // 2
        self._key.setGeometry(self.width() - hint.width() - 10, top, hint.width(), hint.height())
        self.setTextMargins(0, 0, hint.width() + 6, 0)
