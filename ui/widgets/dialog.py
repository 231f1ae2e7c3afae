"""窓の土台：見出し・巻ける中身・操作の列。画面より大きくならず、鍵盤だけで進める。"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ui.theme import tokens as t
from ui.theme.style import current_look, show_if
from ui.widgets.banner import banner_of
from ui.widgets.cards import button, label
from ui.widgets.scrolling import FittingArea

# 窓の枠と、画面の下の帯の分をあける
_WIDEST, _TALLEST = 0.96, 0.92
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def screen_limit(widget: QWidget) -> QSize:
    """窓の中身が広がってよい、いちばん大きな大きさ。"""
    room = widget.screen().availableSize()
    return QSize(int(room.width() * _WIDEST), int(room.height() * _TALLEST))


class Dialog(QDialog):
    """見出し・文・操作の列を持つ窓。exec() は使わず open() で開き、閉じたら捨てる。

    Ctrl+Enter は主な操作、Esc はやめる。欄の中の Enter は何も押さない（変換の確定を送信にしない）。
    """

    # 開くことが、次の操作を始めることに当たるか（部屋の前の知らせを消す）
    starts_act = True

    def __init__(self, parent: QWidget | None, title: str, text: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        px = current_look().px
        self._main: QPushButton | None = None
        self._tallest_content = 0
        self.setMinimumWidth(px(440))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(px(20), px(t.GAP_4), px(20), px(t.GAP_4))
        outer.setSpacing(px(t.GAP_3))
        outer.addWidget(label(title, "section", wrap=True))
        self.words: QLabel = label(text, wrap=True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        show_if(self.words, bool(text))
        self._area = FittingArea()
        inside = self._area.column
        inside.setSpacing(px(t.GAP_3))
        inside.addWidget(self.words)
        self.body = QVBoxLayout()
        self.body.setSpacing(px(t.GAP_2))
        inside.addLayout(self.body, 1)
        # 余った高さを文字に配らない
        inside.addStretch(0)
        outer.addWidget(self._area, 1)
        self.action_row = QHBoxLayout()
        self.action_row.setSpacing(px(t.GAP_2))
        outer.addLayout(self.action_row)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.trigger_main)

    def add_action(self, text: str, clicked: Callable[[], None], role: str = "") -> QPushButton:
        """操作の列に足す。role が main なら、Ctrl+Enter でも押せる。"""
        made = button(text, role, clicked)
        if role == "main":
            self._main = made
            made.setToolTip("Ctrl+Enter でも押せます。")
        self.action_row.addWidget(made)
        return made

    def trigger_main(self) -> None:
        """主な操作が押せるときだけ押す。表に打ちかけの字は、先に表へ入れる。"""
        main = self._main
        if main is None or not main.isEnabled() or main.isHidden():
            return
        focused = QApplication.focusWidget()
        if focused is not None and isinstance(_view_of(focused), QAbstractItemView):
            main.setFocus()
        main.click()

    def open(self) -> None:
        """開く。部屋の前の知らせは、次の操作が始まるので消す。"""
        if self.starts_act and (banner := banner_of(self.parentWidget())) is not None:
            banner.clear()
        super().open()

    def limit_content(self, height: int) -> None:
        """中身の望む高さの上限（px）。超える分は巻く。"""
        self._tallest_content = height

    def fit(self) -> None:
        """中身が入る大きさにする。小さくはせず、画面より大きくもしない。"""
        layout = self.layout()
        if layout is None or not self.isVisible():
            return
        limit = screen_limit(self)
        tall = layout.totalHeightForWidth(self.width()) > limit.height() or bool(self._tallest_content)
        bar = QSize(self._area.bar_width if tall else 0, 0)
        least = (layout.totalMinimumSize() + bar).expandedTo(self.minimumSize()).boundedTo(limit)
        self.setMinimumSize(least)
        width = min(max(self.width(), layout.totalSizeHint().width() + bar.width()), limit.width())
        need = max(layout.totalHeightForWidth(width), least.height())
        if self._tallest_content:
            inner = width - layout.contentsMargins().left() - layout.contentsMargins().right()
            need -= max(0, self._area.heightForWidth(inner) - self._tallest_content)
        height = min(max(self.height(), need), limit.height())
        if QSize(width, height) != self.size():
            self.resize(width, height)

    def showEvent(self, event: QShowEvent) -> None:
        """出るときに大きさを合わせる。"""
        super().showEvent(event)
        self.fit()

    def event(self, event: QEvent) -> bool:
        """中身が増えれば、窓を伸ばす。"""
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.fit()
        return handled

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter は、焦点のあるボタンだけを押す（危険な操作は押さない）。"""
        if event.key() in ENTER:
            focused = QApplication.focusWidget()
            if isinstance(focused, QPushButton) and focused.property("role") != "danger":
                focused.click()
            event.accept()
            return
        super().keyPressEvent(event)


def _view_of(widget: QWidget) -> QWidget | None:
    """widget を載せている表。なければ None。"""
    above: QWidget | None = widget
    while above is not None and not isinstance(above, QAbstractItemView):
        above = above.parentWidget()
    return above
