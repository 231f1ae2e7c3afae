"""利用者に知らせる唯一の道：画面の中の帯、誤りの窓、取り返しのつかない操作の確認、理由と二人目の確認。"""

import hashlib
import logging
import traceback
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import RuleViolation
from ui.theme import tokens as t
from ui.theme.style import current_look, set_role, show_if
from ui.widgets.cards import button, label
from ui.widgets.form import Form

_LOG = logging.getLogger(__name__)
_UNEXPECTED = (
    "思いがけない誤りが起きたため、この操作は行われませんでした。"
    "これまでに保存した記録はそのまま残っています。"
    "もう一度行っても同じなら、詳細を写して管理者に知らせてください。"
)


class Banner(QFrame):
    """画面の上に出る知らせの帯。閉じるまで残る。"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        px = current_look().px
        layout = QHBoxLayout(self)
        layout.setContentsMargins(px(t.GAP_3), px(t.GAP_2), px(t.GAP_2), px(t.GAP_2))
        self._label = label("", wrap=True)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = QToolButton()
        close.setText("閉じる")
        close.setAccessibleName("知らせを閉じる")
        close.clicked.connect(self.clear)
        layout.addWidget(self._label, 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    @property
    def text(self) -> str:
        """いまの知らせ。なければ空。"""
        return self._label.text()

    def show_message(self, text: str, tone: t.Tone = t.Tone.OK) -> None:
        """知らせを出す（OK：済んだこと、WARN：気をつけること、BAD：できなかったこと）。"""
        self._label.setText(text)
        self.setAccessibleName(text)
        set_role(self, f"note_{tone.value}")
        self.show()

    def clear(self) -> None:
        """知らせを消す。"""
        self._label.setText("")
        self.hide()


def error_details(error: BaseException) -> tuple[str, str]:
    """思いがけない誤りの照合番号と、写して渡す詳細。氏名などが混じりうる例外の文は入れない。"""
    places = [
        f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)
    ]
    body = "\n".join([type(error).__name__, *places])
    number = hashlib.sha256(body.encode()).hexdigest()[:8].upper()
    return number, f"照合番号 {number}\n種類 {body}"


class Dialog(QDialog):
    """見出し・文・操作の列を持つ窓。exec() は使わず open() で開き、閉じたら捨てる。"""

    def __init__(self, parent: QWidget | None, title: str, text: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        px = current_look().px
        self.setMinimumWidth(px(440))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(px(20), px(t.GAP_4), px(20), px(t.GAP_4))
        outer.setSpacing(px(t.GAP_3))
        outer.addWidget(label(title, "section", wrap=True))
        self.words: QLabel = label(text, wrap=True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        show_if(self.words, bool(text))
        outer.addWidget(self.words)
        self.body = QVBoxLayout()
        self.body.setSpacing(px(t.GAP_2))
        outer.addLayout(self.body, 1)
        # 余った高さを文字に配らない
        outer.addStretch(0)
        self.action_row = QHBoxLayout()
        self.action_row.setSpacing(px(t.GAP_2))
        outer.addLayout(self.action_row)

    def add_action(self, text: str, clicked: Callable[[], None], role: str = "") -> QPushButton:
        """操作の列に足す。"""
        made = button(text, role, clicked)
        self.action_row.addWidget(made)
        return made


class ErrorDialog(Dialog):
    """誤りの窓。利用者に見せる誤りはその文のまま、それ以外は照合番号と写しのボタンで示す。"""

    def __init__(self, parent: QWidget | None, error: BaseException) -> None:
        self.details = ""
        if isinstance(error, RuleViolation):
            super().__init__(parent, "この操作はできません", str(error))
        else:
            number, self.details = error_details(error)
            super().__init__(parent, "操作を終えられませんでした", f"{_UNEXPECTED}\n\n照合番号 {number}")
            copy = self.add_action("詳細を写す", self.copy_details)
            copy.setToolTip("誤りの種類と場所だけを写します。個人の情報は含みません。")
        self.action_row.addStretch(1)
        self.close_button = self.add_action("閉じる", self.accept, "main")
        self.close_button.setFocus()

    def copy_details(self) -> None:
        """詳細をクリップボードへ写す。"""
        QGuiApplication.clipboard().setText(self.details)


def show_error(parent: QWidget | None, error: BaseException) -> ErrorDialog:
    """誤りを知らせる。思いがけない誤りは記録にも残す（例外の文は残さない）。"""
    dialog = ErrorDialog(parent, error)
    if dialog.details:
        _LOG.error("%s", dialog.details.replace("\n", " / "))
    dialog.open()
    return dialog


def show_notice(parent: QWidget | None, title: str, text: str) -> Dialog:
    """操作の断りではない知らせを、窓で出す。"""
    dialog = Dialog(parent, title, text)
    dialog.action_row.addStretch(1)
    dialog.add_action("閉じる", dialog.accept, "main").setFocus()
    dialog.open()
    return dialog


class ConfirmDialog(Dialog):
    """取り返しのつかない操作の確認。やめるに焦点があり、Enter では決して進まない。"""

    def __init__(
        self, parent: QWidget | None, title: str, loss: str, action: str, confirmed: Callable[[], None]
    ) -> None:
        super().__init__(parent, title, loss)
        self._confirmed = confirmed
        self.confirm_button = self.add_action(action, self._confirm, "danger")
        self.action_row.addStretch(1)
        self.cancel_button = self.add_action("やめる", self.reject)
        self.cancel_button.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter は何もしない。Esc はやめる。"""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()
            return
        super().keyPressEvent(event)

    def _confirm(self) -> None:
        self.accept()
        self._confirmed()


def confirm_dangerous(
    parent: QWidget | None, title: str, loss: str, action: str, confirmed: Callable[[], None]
) -> ConfirmDialog:
    """誰の何が失われるか（loss）を言い、action のボタンが押されたときだけ confirmed を呼ぶ。"""
    dialog = ConfirmDialog(parent, title, loss, action, confirmed)
    dialog.open()
    return dialog


class ReasonDialog(Dialog):
    """理由を書いてもらう窓。空白だけでは進めない。"""

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        text: str,
        action: str,
        given: Callable[[str], None],
        draft: str = "",
    ) -> None:
        super().__init__(parent, title, text)
        self._given = given
        self.editor = QPlainTextEdit(draft)
        self.editor.setAccessibleName("理由")
        self.editor.setTabChangesFocus(True)
        self.editor.setMinimumHeight(current_look().px(80))
        self._form = Form()
        self._form.add("reason", "理由", self.editor, required=True)
        self.body.addWidget(self._form)
        self.cancel_button = self.add_action("やめる", self.reject)
        self.action_row.addStretch(1)
        self.main_button = self.add_action(action, self.submit, "main")
        self.editor.setFocus()

    @property
    def error(self) -> str:
        """いま出している誤り。"""
        return self._form.row("reason").error

    def submit(self) -> None:
        """理由があれば渡して閉じる。"""
        reason = self.editor.toPlainText().strip()
        if self._form.show_errors(
            {} if reason else {"reason": "理由を書いてください。記録に残り、後から読めます。"}
        ):
            self.accept()
            self._given(reason)


def ask_reason(
    parent: QWidget | None, title: str, text: str, action: str, given: Callable[[str], None], draft: str = ""
) -> ReasonDialog:
    """理由を尋ね、書かれたら given に渡す。"""
    dialog = ReasonDialog(parent, title, text, action, given, draft)
    dialog.open()
    return dialog


class SecondPersonDialog(Dialog):
    """二人目の利用者の名と合言葉を尋ねる窓。"""

    def __init__(
        self, parent: QWidget | None, title: str, text: str, given: Callable[[str, str], None]
    ) -> None:
        super().__init__(parent, title, text)
        self._given = given
        self.login, self.password = QLineEdit(), QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self._form = Form()
        self._form.add("login", "二人目の利用者名", self.login, required=True)
        self._form.add("password", "パスワード", self.password, required=True)
        self.body.addWidget(self._form)
        self.login.returnPressed.connect(self.password.setFocus)
        self.password.returnPressed.connect(self.submit)
        self.cancel_button = self.add_action("やめる", self.reject)
        self.action_row.addStretch(1)
        self.main_button = self.add_action("確認して進む", self.submit, "main")
        self.login.setFocus()

    def submit(self) -> None:
        """両方あれば渡して閉じる。誤っていれば、渡した先が RuleViolation を上げ、欄の横に出る。"""
        errors = {}
        if not self.login.text().strip():
            errors["login"] = "利用者名を入れてください。"
        if not self.password.text():
            errors["password"] = "パスワードを入れてください。"  # noqa: S105  文であって合言葉ではない
        if not self._form.show_errors(errors):
            return
        try:
            self._given(self.login.text().strip(), self.password.text())
        except RuleViolation as refusal:
            self.password.clear()
            self._form.show_errors({"password": str(refusal)})
            return
        self.accept()

    @property
    def errors(self) -> tuple[str, str]:
        """利用者名とパスワードの欄の誤り。"""
        return self._form.row("login").error, self._form.row("password").error


def ask_second_person(
    parent: QWidget | None, title: str, text: str, given: Callable[[str, str], None]
) -> SecondPersonDialog:
    """二人目の確認を求め、given(利用者名, パスワード) を呼ぶ。given の上げる RuleViolation は欄の横に出る。"""
    dialog = SecondPersonDialog(parent, title, text, given)
    dialog.open()
    return dialog
