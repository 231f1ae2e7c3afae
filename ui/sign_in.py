"""入り口の窓：開く・初めての設定・ロック。合言葉の確かめは渡された関数が行う。"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import RuleViolation
from ui.background import Background, Progress
from ui.messages import show_error
from ui.theme import tokens as t
from ui.theme.style import current_look, set_role
from ui.widgets.cards import NoteBox, button, label
from ui.widgets.form import Form

PASSPHRASE_LENGTH = 12


@dataclass(frozen=True)
class SignInRequest:
    """開く求め。passphrase は記録のファイルの合言葉（すでに渡されていれば空）。"""

    passphrase: str
    login: str
    password: str


@dataclass(frozen=True)
class SetupRequest:
    """新しい記録を作る求め。"""

    passphrase: str
    admin_name: str
    login: str
    password: str


def secret_field(name: str) -> QLineEdit:
    """伏せ字の欄。"""
    made = QLineEdit()
    made.setEchoMode(QLineEdit.EchoMode.Password)
    made.setAccessibleName(name)
    return made


class _Waiting:
    """確かめている間、操作を止めて言葉を出す。"""

    def __init__(self, parent: QWidget, background: Background, note: NoteBox, main: QPushButton) -> None:
        self._parent, self._background, self._note, self._main = parent, background, note, main
        self._words = main.text()

    def run(self, work: Callable[[], object], done: Callable[[object], None], words: str) -> None:
        """画面の外で確かめる。断られたら理由を、思いがけない誤りは窓で知らせる。"""
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
        else:
            show_error(self._parent, error)


class SignInDialog(QDialog):
    """記録を開いて入る窓。sign_in は画面の外で呼ばれ、入れなければ RuleViolation を上げる。

    signed_in は sign_in の返したものを送る。
    """

    signed_in = Signal(object)

    def __init__(
        self,
        file_name: str,
        sign_in: Callable[[SignInRequest], object],
        background: Background,
        *,
        needs_passphrase: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("認定デスクを開く")
        self._sign_in = sign_in
        self._needs_passphrase = needs_passphrase
        px = current_look().px
        self.setMinimumWidth(px(460))
        self.passphrase = secret_field("記録の合言葉")
        self.login, self.password = QLineEdit(), secret_field("パスワード")
        self.note = NoteBox("")
        self._form = Form()
        if needs_passphrase:
            hint = "記録のファイルを開くための言葉です。"
            self._form.add("passphrase", "記録の合言葉", self.passphrase, hint)
        self._form.add("login", "利用者名", self.login)
        self._form.add("password", "パスワード", self.password)
        self.main_button = button("開く", "main", self.submit)
        self.main_button.setDefault(True)
        self.cancel_button = button("やめる", "", self.reject)
        self._waiting = _Waiting(self, background, self.note, self.main_button)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(px(24), px(20), px(24), px(20))
        outer.setSpacing(px(t.GAP_4))
        outer.addWidget(label("認定デスク", "title"))
        outer.addWidget(label(file_name, "caption", wrap=True))
        outer.addWidget(self._form)
        outer.addWidget(self.note)
        outer.addStretch(1)
        outer.addLayout(_actions(self.cancel_button, self.main_button))
        (self.passphrase if needs_passphrase else self.login).setFocus()

    def submit(self) -> None:
        """欄を確かめ、開く。"""
        fields = {"login": self.login.text().strip(), "password": self.password.text()}
        words = {"login": "利用者名を入れてください。", "password": "パスワードを入れてください。"}
        if self._needs_passphrase:
            fields["passphrase"] = self.passphrase.text()
            words["passphrase"] = "合言葉を入れてください。"  # noqa: S105  文である
        if not self._form.show_errors({key: words[key] for key, text in fields.items() if not text}):
            return
        request = SignInRequest(self.passphrase.text(), fields["login"], fields["password"])
        self._waiting.run(lambda: self._sign_in(request), self._done, "確かめています…")

    def _done(self, result: object) -> None:
        self.passphrase.clear()
        self.password.clear()
        self.signed_in.emit(result)
        self.accept()

    def row_error(self, key: str) -> str:
        """欄の誤り。"""
        return self._form.row(key).error


def _actions(left: QPushButton, right: QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addWidget(left)
    row.addStretch(1)
    row.addWidget(right)
    return row


class FirstRunDialog(QDialog):
    """新しい記録を作る窓。create は画面の外で呼ばれ、復旧鍵を返す。鍵を控えるまで閉じられない。

    created は復旧鍵を控えたあとに届く。
    """

    created = Signal()

    def __init__(
        self,
        file_name: str,
        create: Callable[[SetupRequest], str],
        background: Background,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("新しい記録を作る")
        self.setMinimumWidth(current_look().px(560))
        self._create = create
        self._key_shown = False
        self.note = NoteBox("")
        self.first, self.second = secret_field("合言葉"), secret_field("合言葉（もう一度）")
        self.admin_name, self.login = QLineEdit(), QLineEdit()
        self.password, self.password_again = (
            secret_field("パスワード"),
            secret_field("パスワード（もう一度）"),
        )
        self.main_button = button("作る", "main", self.submit)
        self._waiting = _Waiting(self, background, self.note, self.main_button)
        self._form = self._make_form()
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._entry_page(file_name))
        self._pages.addWidget(self._key_page())
        self.first.setFocus()

    def _make_form(self) -> Form:
        form = Form()
        form.add(
            "first", "記録の合言葉", self.first, f"{PASSPHRASE_LENGTH}字以上。忘れると記録は開けません。"
        )
        form.add("second", "もう一度", self.second)
        form.add("admin_name", "管理者の氏名", self.admin_name)
        form.add("login", "管理者の利用者名", self.login, "半角の英数字")
        form.add("password", "管理者のパスワード", self.password, f"{PASSPHRASE_LENGTH}字以上")
        form.add("password_again", "もう一度", self.password_again)
        return form

    def _page(self, title: str) -> tuple[QWidget, QVBoxLayout]:
        px = current_look().px
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(px(24), px(20), px(24), px(20))
        column.setSpacing(px(t.GAP_4))
        column.addWidget(label(title, "title"))
        return page, column

    def _entry_page(self, file_name: str) -> QWidget:
        page, column = self._page("新しい記録を作る")
        column.addWidget(label(file_name, "caption", wrap=True))
        column.addWidget(self._form)
        column.addWidget(self.note)
        column.addStretch(1)
        column.addLayout(_actions(button("やめる", "", self.reject), self.main_button))
        return page

    def _key_page(self) -> QWidget:
        page, column = self._page("復旧鍵を控えてください")
        words = (
            "合言葉を忘れたとき、この鍵だけが記録を開けます。紙に書き、鍵のかかる所に保管してください。"
            "この画面を閉じると、二度と表示できません。"
        )
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
        column.addLayout(_actions(copy, self.start_button))
        return page

    def errors(self) -> dict[str, str]:
        """欄ごとの誤り。"""
        found: dict[str, str] = {}
        if len(self.first.text()) < PASSPHRASE_LENGTH:
            found["first"] = f"{PASSPHRASE_LENGTH}字以上にしてください（いま{len(self.first.text())}字）。"
        if self.first.text() != self.second.text():
            found["second"] = "上の合言葉と違います。"
        if not self.admin_name.text().strip():
            found["admin_name"] = "氏名を入れてください。"
        if not self.login.text().strip():
            found["login"] = "利用者名を入れてください。"
        if len(self.password.text()) < PASSPHRASE_LENGTH:
            found["password"] = (
                f"{PASSPHRASE_LENGTH}字以上にしてください（いま{len(self.password.text())}字）。"
            )
        if self.password.text() != self.password_again.text():
            found["password_again"] = "上のパスワードと違います。"  # noqa: S105  文である
        return found

    def submit(self) -> None:
        """欄を確かめ、作る。"""
        if not self._form.show_errors(self.errors()):
            return
        request = SetupRequest(
            self.first.text(), self.admin_name.text(), self.login.text().strip(), self.password.text()
        )
        self._waiting.run(lambda: self._create(request), self._show_key, "作っています…")

    def _show_key(self, key: object) -> None:
        for entry in (self.first, self.second, self.password, self.password_again):
            entry.clear()
        self.key_label.setText(str(key))
        self._key_shown = True
        self._pages.setCurrentIndex(1)

    @property
    def is_key_shown(self) -> bool:
        """復旧鍵を見せていれば真。"""
        return self._key_shown

    def reject(self) -> None:
        """鍵を見せている間は、控えるまで閉じない。"""
        if not self._key_shown:
            super().reject()

    def _finish(self) -> None:
        # 鍵を写したままにしない
        if QGuiApplication.clipboard().text() == self.key_label.text():
            QGuiApplication.clipboard().clear()
        self.key_label.clear()
        self.accept()
        self.created.emit()


class LockPage(QWidget):
    """ロックの画面。個人の情報は何も出さない。unlock は画面の外で呼ばれ、違えば RuleViolation を上げる。"""

    unlocked = Signal()

    def __init__(
        self, unlock: Callable[[str], object], background: Background, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._unlock = unlock
        px = current_look().px
        self.password = secret_field("パスワード")
        self.note = NoteBox("")
        self.main_button = button("ロックを解く", "main", self.submit)
        self._waiting = _Waiting(self, background, self.note, self.main_button)
        self.password.returnPressed.connect(self.submit)
        box = QFrame()
        set_role(box, "card")
        box.setFixedWidth(px(360))
        column = QVBoxLayout(box)
        column.setContentsMargins(px(24), px(20), px(24), px(20))
        column.setSpacing(px(t.GAP_3))
        column.addWidget(label("認定デスク", "title"))
        column.addWidget(
            label("画面を隠しています。続けるにはパスワードを入れてください。", "muted", wrap=True)
        )
        column.addWidget(self.password)
        column.addWidget(self.note)
        column.addWidget(self.main_button)
        outer = QVBoxLayout(self)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(box)
        middle.addStretch(1)
        outer.addStretch(1)
        outer.addLayout(middle)
        outer.addStretch(2)
        self.setFocusProxy(self.password)

    def submit(self) -> None:
        """パスワードを確かめる。"""
        word = self.password.text()
        if not word:
            self.note.set_text("パスワードを入れてください。", t.Tone.BAD)
        elif self.main_button.isEnabled():
            self.password.clear()
            self._waiting.run(
                lambda: self._unlock(word), lambda _result: self.unlocked.emit(), "確かめています…"
            )
