"""画面の上に出る知らせの帯と、いつ消えるかの一つの決まり。

消えるのは、閉じたとき・次の操作を始めたとき（窓を開く、操作を行う）・別の記録、部屋、研修期を選んだとき。
それまでは、済んだ知らせも断りも残る。
"""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from ui.theme import tokens as t
from ui.theme.style import current_look, set_role, show_if
from ui.widgets.cards import button, label


class Banner(QFrame):
    """画面の上に出る知らせの帯。済んだことには、元に戻す道を添えられる。"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        px = current_look().px
        self._undo: Callable[[], None] | None = None
        layout = QHBoxLayout(self)
        layout.setContentsMargins(px(t.GAP_3), px(t.GAP_2), px(t.GAP_2), px(t.GAP_2))
        self._label = label("", wrap=True)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.undo_button = button("元に戻す", "small", self.undo)
        self.undo_button.setToolTip("いまの操作を取り消す（Ctrl+Z）")
        self.undo_button.hide()
        close = QToolButton()
        close.setText("閉じる")
        close.setAccessibleName("知らせを閉じる")
        close.clicked.connect(self.clear)
        layout.addWidget(self._label, 1)
        layout.addWidget(self.undo_button, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    @property
    def text(self) -> str:
        """いまの知らせ。なければ空。"""
        return self._label.text()

    def show_message(
        self, text: str, tone: t.Tone = t.Tone.OK, undo: Callable[[], None] | None = None
    ) -> None:
        """知らせを出す（OK：済んだこと、WARN：気をつけること、BAD：できなかったこと）。undo は元に戻す道。"""
        self._undo = undo
        show_if(self.undo_button, undo is not None)
        self._label.setText(text)
        self.setAccessibleName(text)
        set_role(self, f"note_{tone.value}")
        self.show()

    def undo(self) -> None:
        """元に戻す道があれば、一度だけたどる。"""
        undo, self._undo = self._undo, None
        if undo is not None:
            self.clear()
            undo()

    def clear(self) -> None:
        """知らせを消す。元に戻す道も消える。"""
        self._undo = None
        self.undo_button.hide()
        self._label.setText("")
        self.hide()


def banner_of(widget: QWidget | None) -> Banner | None:
    """widget のいる部屋の帯。部屋の中でなければ None。"""
    while widget is not None:
        found = getattr(widget, "banner", None)
        if isinstance(found, Banner):
            return found
        widget = widget.parentWidget()
    return None
