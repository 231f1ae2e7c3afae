"""入り口の窓：開く・初めての設定・ロック。合言葉の確かめは渡された関数が行う。"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import AccessDenied, RuleViolation
from app.services.accounts import SHORTEST_PASSWORD
from app.services.maintenance import SHORTEST_PASSPHRASE
from ui.background import Background
from ui.recovery import Recover, RecoveryDialog
from ui.theme import tokens as t
from ui.theme.style import current_look, set_role, show_if
from ui.widgets.cards import NoteBox, button, label
from ui.widgets.form import Form
from ui.widgets.secrets import EntryDialog, KeyPage, Waiting, action_row, secret_field

Review = Callable[[], None]

_KEY_WORDS = (
    "合言葉を忘れたとき、この鍵だけが記録を開けます。紙に書き、鍵のかかる所に保管してください。"
    "この画面を閉じると、二度と表示できません。"
)


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


def _add_review(column: QVBoxLayout, review: Review | None) -> QPushButton:
    """記録のない PC で持ち出しを審査する入り口を、いちばん下に置く。"""
    made = button("委員の持ち出し資料を開く…", "link", review)
    made.setToolTip("事務局から渡された持ち出しのファイルだけで審査します。記録のファイルは要りません。")
    show_if(made, review is not None)
    column.addWidget(made, 0, Qt.AlignmentFlag.AlignHCenter)
    return made


class SignInDialog(EntryDialog):
    """記録を開いて入る窓。sign_in は画面の外で呼ばれ、入れなければ RuleViolation を上げる。

    signed_in は sign_in の返したものを送る。recover（復旧鍵で合言葉を定め直す）は、合言葉を尋ねるときだけ使う。
    """

    signed_in = Signal(object)

    def __init__(
        self,
        file_name: str,
        sign_in: Callable[[SignInRequest], object],
        background: Background,
        *,
        needs_passphrase: bool = True,
        recover: Recover | None = None,
        review: Review | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("認定デスクを開く")
        self._sign_in, self._recover, self._background = sign_in, recover, background
        self._needs_passphrase = needs_passphrase
        px = current_look().px
        self.setMinimumWidth(px(460))
        self.passphrase = secret_field("記録の合言葉")
        self.login, self.password = QLineEdit(), secret_field("パスワード")
        self.notice, self.note = NoteBox(""), NoteBox("")
        self.forgot_button = button("合言葉を忘れた…", "link", self.recover)
        self._form = Form()
        if needs_passphrase:
            hint = "記録のファイルを開くための言葉です。"
            self._form.add("passphrase", "記録の合言葉", self.passphrase, hint)
        if needs_passphrase and recover is not None:
            line = QWidget()
            row = QHBoxLayout(line)
            row.setContentsMargins(0, 0, 0, 0)
            row.addWidget(self.forgot_button)
            row.addStretch(1)
            self._form.add("forgot", "", line)
        self._form.add("login", "利用者名", self.login)
        self._form.add("password", "パスワード", self.password)
        self.main_button = button("開く", "main", self.submit)
        self.main_button.setDefault(True)
        self.cancel_button = button("やめる", "", self.reject)
        self._waiting = Waiting(self, background, self.note, self.main_button)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(px(24), px(20), px(24), px(20))
        outer.setSpacing(px(t.GAP_4))
        outer.addWidget(label("認定デスク", "title"))
        outer.addWidget(label(file_name, "caption", wrap=True))
        outer.addWidget(self.notice)
        outer.addWidget(self._form)
        outer.addWidget(self.note)
        outer.addStretch(1)
        outer.addLayout(action_row(self.cancel_button, self.main_button))
        self.review_button = _add_review(outer, review)
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
        self._waiting.run(lambda: self._sign_in(request), self._done, "確かめています…", self._wrong_field)

    def _wrong_field(self, refusal: RuleViolation) -> QLineEdit:
        """断られた欄：人の確かめならパスワード、その前なら合言葉。"""
        opened = isinstance(refusal, AccessDenied) or not self._needs_passphrase
        return self.password if opened else self.passphrase

    def set_notice(self, text: str) -> None:
        """開く前に知らせること（書体の不足など）を、欄の上に出す。"""
        self.notice.set_text(text)
        self.fit()

    def recover(self) -> None:
        """復旧鍵で合言葉を定め直す窓を開く。"""
        if self._recover is not None:
            dialog = RecoveryDialog(self, self._recover, self._background)
            dialog.recovered.connect(self._recovered)
            dialog.open()

    def _recovered(self) -> None:
        self._needs_passphrase = False
        self.passphrase.clear()
        for part in (self.passphrase, self.forgot_button):
            part.setEnabled(False)
        words = "合言葉を定め直し、記録を開きました。利用者名とパスワードを入れてください。"
        self.note.set_text(words, t.Tone.OK)
        self.login.setFocus()

    def _done(self, result: object) -> None:
        self.passphrase.clear()
        self.password.clear()
        self.signed_in.emit(result)
        self.accept()

    def row_error(self, key: str) -> str:
        """欄の誤り。"""
        return self._form.row(key).error


class FirstRunDialog(EntryDialog):
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
        *,
        review: Review | None = None,
    ) -> None:
        super().__init__(parent)
        self._review = review
        self.setWindowTitle("新しい記録を作る")
        self.setMinimumWidth(current_look().px(560))
        self._create = create
        self.notice, self.note = NoteBox(""), NoteBox("")
        self.first, self.second = secret_field("合言葉"), secret_field("合言葉（もう一度）")
        self.admin_name, self.login = QLineEdit(), QLineEdit()
        self.password, self.password_again = (
            secret_field("パスワード"),
            secret_field("パスワード（もう一度）"),
        )
        self.main_button = button("作る", "main", self.submit)
        self._waiting = Waiting(self, background, self.note, self.main_button)
        self._form = self._make_form()
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._entry_page(file_name))
        self.key_page = KeyPage(_KEY_WORDS)
        self.key_page.finished.connect(self._finish)
        self._pages.addWidget(self.key_page)
        self.first.setFocus()

    def set_notice(self, text: str) -> None:
        """作る前に知らせること（書体の不足など）を、欄の上に出す。"""
        self.notice.set_text(text)
        self.fit()

    def _make_form(self) -> Form:
        form = Form()
        form.add(
            "first", "記録の合言葉", self.first, f"{SHORTEST_PASSPHRASE}字以上。忘れると記録は開けません。"
        )
        form.add("second", "もう一度", self.second)
        form.add("admin_name", "管理者の氏名", self.admin_name)
        form.add("login", "管理者の利用者名", self.login, "半角の英数字")
        form.add("password", "管理者のパスワード", self.password, f"{SHORTEST_PASSWORD}字以上")
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
        column.addWidget(self.notice)
        column.addWidget(self._form)
        column.addWidget(self.note)
        column.addStretch(1)
        column.addLayout(action_row(button("やめる", "", self.reject), self.main_button))
        self.review_button = _add_review(column, self._review)
        return page

    def errors(self) -> dict[str, str]:
        """欄ごとの誤り。"""
        found: dict[str, str] = {}
        if len(self.first.text()) < SHORTEST_PASSPHRASE:
            found["first"] = f"{SHORTEST_PASSPHRASE}字以上にしてください（いま{len(self.first.text())}字）。"
        if self.first.text() != self.second.text():
            found["second"] = "上の合言葉と違います。"
        if not self.admin_name.text().strip():
            found["admin_name"] = "氏名を入れてください。"
        if not self.login.text().strip():
            found["login"] = "利用者名を入れてください。"
        if len(self.password.text()) < SHORTEST_PASSWORD:
            found["password"] = (
                f"{SHORTEST_PASSWORD}字以上にしてください（いま{len(self.password.text())}字）。"
            )
        elif self.password.text() == self.login.text().strip():
            found["password"] = "利用者名と同じです。別のものにしてください。"  # noqa: S105  文である
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
        self.key_page.show_key(str(key))
        self._pages.setCurrentWidget(self.key_page)

    def reject(self) -> None:
        """作っている間と、鍵を見せている間は閉じない（鍵を控えないまま、記録だけが残る）。"""
        if self.main_button.isEnabled() and not self.key_page.is_key_shown:
            super().reject()

    def _finish(self) -> None:
        self.accept()
        self.created.emit()


class LockPage(QWidget):
    """ロックの画面。誰が席を外しているかのほかは、個人の情報を何も出さない。

    unlock は画面の外で呼ばれ、違えば RuleViolation を上げる。switch_wanted は、別の人が使いたいときに送る。
    """

    unlocked = Signal()
    switch_wanted = Signal()

    def __init__(
        self,
        unlock: Callable[[str], object],
        background: Background,
        who: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._unlock = unlock
        px = current_look().px
        self.password = secret_field("パスワード")
        self.note = NoteBox("")
        self.main_button = button("ロックを解く", "main", self.submit)
        self.switch_button = button("利用者を替える…", "link", self.switch_wanted.emit)
        self.switch_button.setToolTip("いまの人の仕事を終え、別の人がサインインします。")
        self._waiting = Waiting(self, background, self.note, self.main_button)
        self.password.returnPressed.connect(self.submit)
        self.who = label(who, "strong", wrap=True)
        show_if(self.who, bool(who))
        show_if(self.switch_button, bool(who))
        words = "画面を隠しています。続けるにはパスワードを入れてください。"
        box = QFrame()
        set_role(box, "card")
        box.setFixedWidth(px(360))
        column = QVBoxLayout(box)
        column.setContentsMargins(px(24), px(20), px(24), px(20))
        column.setSpacing(px(t.GAP_3))
        column.addWidget(label("認定デスク", "title"))
        for part in (self.who, label(words, "muted", wrap=True), self.password, self.note, self.main_button):
            column.addWidget(part)
        column.addWidget(self.switch_button, 0, Qt.AlignmentFlag.AlignHCenter)
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
            self.password.setFocus()
        elif self.main_button.isEnabled():
            self._waiting.run(
                lambda: self._unlock(word), self._done, "確かめています…", lambda _refusal: self.password
            )

    def _done(self, _result: object) -> None:
        self.password.clear()
        self.unlocked.emit()
