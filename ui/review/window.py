"""委員の持ち出しの窓：ファイルと合言葉だけで開き、手が止まれば隠す。事務局の記録は使わない。"""

from pathlib import Path

from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.services.committee.packet_format import PACKET_SUFFIX
from app.services.committee.review import Review, open_packet
from ui.background import Background
from ui.help import ManualDialog, open_manual
from ui.idle import IdleWatch
from ui.review.page import ReviewPage
from ui.rooms.context import ChoosePath, choose_open_path, choose_save_path
from ui.theme import tokens as t
from ui.theme.style import current_look, set_role
from ui.widgets.cards import NoteBox, button, label
from ui.widgets.secrets import Waiting, secret_field
from ui.widgets.tab_order import ReadingWindow

IDLE_MINUTES = 5
SIZE = (1280, 720)
_WORDS = (
    "事務局から渡された持ち出しのファイルを選び、別に伝えられた合言葉を入れてください。"
    "入れたことは、そのつどファイルの傍らに暗号化して残ります。"
)
_HIDDEN = "画面を隠しました。入れたことは残っています。続けるには合言葉を入れてください。"

_UNKEPT = (
    "画面を隠しました。打ちかけの所見をまだ残せていません。合言葉を入れ、保存できる場所かを確かめてください。"
)


class _OpenPage(QWidget):
    """ファイルと合言葉を尋ねる頁。"""

    def __init__(self, window: "ReviewWindow") -> None:
        super().__init__()
        px = current_look().px
        self.path: Path | None = None
        self.file = label("ファイルが選ばれていません", "caption", wrap=True)
        self.choose_button = button("持ち出しのファイルを選ぶ…", "", window.choose)
        self.passphrase = secret_field("持ち出しの合言葉")
        self.passphrase.setPlaceholderText("持ち出しの合言葉")
        self.note = NoteBox("")
        self.main_button = button("開く", "main", window.submit)
        self.passphrase.returnPressed.connect(window.submit)
        box = QFrame()
        set_role(box, "card")
        box.setFixedWidth(px(460))
        column = QVBoxLayout(box)
        column.setContentsMargins(px(24), px(20), px(24), px(20))
        column.setSpacing(px(t.GAP_3))
        column.addWidget(label("委員の持ち出し資料を開く", "title"))
        column.addWidget(label(_WORDS, "muted", wrap=True))
        for part in (self.choose_button, self.file, self.passphrase, self.note, self.main_button):
            column.addWidget(part)
        outer = QVBoxLayout(self)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(box)
        middle.addStretch(1)
        outer.addStretch(1)
        outer.addLayout(middle)
        outer.addStretch(2)

    def set_path(self, path: Path) -> None:
        """選んだファイルを示す。"""
        self.path = path
        self.file.setText(path.name)
        self.note.set_text("")
        self.passphrase.setFocus()


class ReviewWindow(ReadingWindow):
    """持ち出しを開く頁と、審査の頁。隠すと、開いた中身を捨てて合言葉からやり直す。"""

    def __init__(
        self,
        background: Background,
        path: Path | None = None,
        *,
        open_path: ChoosePath = choose_open_path,
        save_path: ChoosePath = choose_save_path,
    ) -> None:
        super().__init__()
        # 題には、会議も人の名も出さない
        self.setWindowTitle("認定デスク　持ち出しの審査")
        self.resize(*(current_look().px(length) for length in SIZE))
        self._open_path, self._save_path = open_path, save_path
        self.page: ReviewPage | None = None
        self.entry = _OpenPage(self)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.entry)
        self.setCentralWidget(self._stack)
        self._waiting = Waiting(self, background, self.entry.note, self.entry.main_button)
        self._watch = IdleWatch(IDLE_MINUTES, self.lock, self)
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self._watch)
        for keys, action in (("Ctrl+L", self.lock), ("F1", self.show_help)):
            QShortcut(QKeySequence(keys), self).activated.connect(action)
        if path is not None:
            self.entry.set_path(path)

    def choose(self) -> None:
        """持ち出しのファイルを選ぶ。"""
        self._open_path(self, "持ち出しのファイルを選ぶ", f"持ち出し (*{PACKET_SUFFIX})", self.entry.set_path)

    def submit(self) -> None:
        """合言葉を確かめ、開く。"""
        entry = self.entry
        path, passphrase = entry.path, entry.passphrase.text()
        if path is None:
            entry.note.set_text("持ち出しのファイルを選んでください。", t.Tone.BAD)
            entry.choose_button.setFocus()
        elif not passphrase:
            entry.note.set_text("合言葉を入れてください。", t.Tone.BAD)
            entry.passphrase.setFocus()
        elif entry.main_button.isEnabled():
            self._waiting.run(
                lambda: open_packet(path, passphrase),
                self._opened,
                "確かめています…",
                lambda _refusal: entry.passphrase,
            )

    def _opened(self, review: object) -> None:
        assert isinstance(review, Review)
        self.entry.passphrase.clear()
        if self.page is None:
            self.page = ReviewPage(review, self._save_path)
            self.page.lock_wanted.connect(self.lock)
            self._stack.addWidget(self.page)
        self._stack.setCurrentWidget(self.page)
        self.entry.choose_button.setEnabled(True)
        self.page.table.setFocus()
        if self.page.alone and self.page.review.entries.declared is None:
            self.page.ask_declaration()

    @property
    def is_open(self) -> bool:
        """審査の頁を見せていれば真。"""
        return self.page is not None and self._stack.currentWidget() is self.page

    def lock(self) -> None:
        """画面を隠し、開いた中身を捨てる。まだ残せていない所見があれば、捨てずに隠すだけにする。"""
        page = self.page
        if page is None or not self.is_open:
            return
        for dialog in page.findChildren(QDialog):
            dialog.close()
        self._stack.setCurrentWidget(self.entry)
        QGuiApplication.clipboard().clear()
        if page.keep_remark():
            self.page = None
            self._stack.removeWidget(page)
            page.deleteLater()
        else:
            self.entry.choose_button.setEnabled(False)
        self.entry.note.set_text(_HIDDEN if self.page is None else _UNKEPT, t.Tone.ACCENT)
        self.entry.passphrase.setFocus()

    def show_help(self) -> ManualDialog:
        """この画面の手引きを開く。"""
        return open_manual(self, "committee", "審査会議")

    def closeEvent(self, event: QCloseEvent) -> None:
        """打ちかけの所見を残してから閉じる。残せなければ閉じない。"""
        if self.page is not None and not self.page.keep_remark():
            event.ignore()
            return
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self._watch)
        super().closeEvent(event)
