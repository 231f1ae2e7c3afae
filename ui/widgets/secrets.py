"""秘密を扱う部品：伏せ字の欄、確かめている間の待ち、復旧鍵を控える頁。"""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.domain.errors import RuleViolation
from ui.background import Background, Progress
from ui.messages import show_error
from ui.theme import tokens as t
from ui.theme.style import current_look
from ui.widgets.cards import NoteBox, button, label


def secret_field(name: str) -> QLineEdit:
    """伏せ字の欄。"""
    made = QLineEdit()
    made.setEchoMode(QLineEdit.EchoMode.Password)
    made.setAccessibleName(name)
    return made


class EntryDialog(QDialog):
    """入り口の窓の型。折り返した文の分だけ、窓の高さを伸ばす（Qt は画面の三分の二で止めてしまう）。"""

    def fit(self) -> None:
        """出ていれば、中身が重ならない高さにする。画面より高くはしない。"""
        layout = self.layout()
        if layout is not None and self.isVisible():
            need = layout.totalHeightForWidth(self.width())
            tallest = round(self.screen().availableSize().height() * 0.95)
            self.resize(self.width(), min(max(need, self.height()), tallest))

    def showEvent(self, event: QShowEvent) -> None:
        """出るときに高さを合わせる。"""
        super().showEvent(event)
        self.fit()


class Waiting:
    """確かめている間、操作を止めて言葉を出す。"""

    def __init__(self, parent: QWidget, background: Background, note: NoteBox, main: QPushButton) -> None:
        self._parent, self._background, self._note, self._main = parent, background, note, main
        self._words = main.text()
        self._wrong: Callable[[RuleViolation], QLineEdit] | None = None

    def run(
        self,
        work: Callable[[], object],
        done: Callable[[object], None],
        words: str,
        wrong: Callable[[RuleViolation], QLineEdit] | None = None,
    ) -> None:
        """画面の外で確かめる。断られたら理由を出し、wrong の返す欄の字を選んで打ち直せるようにする。

        思いがけない誤りは窓で知らせる。
        """
        self._wrong = wrong
        self._note.set_text("")
        self._main.setText(words)
        self._main.setEnabled(False)

        def body(_progress: Progress) -> object:
            return work()

        def finished(result: object) -> None:
            self._ready()
            done(result)

        self._background.run(body, finished, self._failed)

    def _ready(self) -> None:
        self._main.setText(self._words)
        self._main.setEnabled(True)

    def _failed(self, error: BaseException) -> None:
        self._ready()
        if isinstance(error, RuleViolation):
            self._note.set_text(str(error), t.Tone.BAD)
            if self._wrong is not None:
                field = self._wrong(error)
                field.setFocus()
                field.selectAll()
            if isinstance(self._parent, EntryDialog):
                self._parent.fit()
        else:
            show_error(self._parent, error)


def action_row(left: QPushButton, right: QPushButton) -> QHBoxLayout:
    """左にやめる側、右に進む側のボタンを置いた列。"""
    row = QHBoxLayout()
    row.addWidget(left)
    row.addStretch(1)
    row.addWidget(right)
    return row


class KeyPage(QWidget):
    """復旧鍵を見せる頁。控えたと印を付けるまで先へ進めない。finished は控えたあとに届く。"""

    finished = Signal()

    def __init__(self, words: str) -> None:
        super().__init__()
        px = current_look().px
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(20))
        column.setSpacing(px(t.GAP_4))
        column.addWidget(label("復旧鍵を控えてください", "title"))
        column.addWidget(NoteBox(words))
        self.key_label = label("", "secret", wrap=True)
        self.key_label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.key_label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.key_label)
        self.noted = QCheckBox("紙に控え、写し間違いがないことを確かめました")
        column.addWidget(self.noted)
        column.addStretch(1)
        self.start_button = button("はじめる", "main", self._finish)
        self.start_button.setEnabled(False)
        self.noted.toggled.connect(self.start_button.setEnabled)
        copy = button("写す", "", lambda: QGuiApplication.clipboard().setText(self.key_label.text()))
        column.addLayout(action_row(copy, self.start_button))

    @property
    def is_key_shown(self) -> bool:
        """鍵を見せていれば真。"""
        return bool(self.key_label.text())

    def show_key(self, key: str) -> None:
        """鍵を見せる。"""
        self.key_label.setText(key)

    def _finish(self) -> None:
        # 鍵を写したままにしない
        if QGuiApplication.clipboard().text() == self.key_label.text():
            QGuiApplication.clipboard().clear()
        self.key_label.clear()
        self.finished.emit()
