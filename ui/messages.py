"""利用者に知らせる唯一の道：画面の中の帯、誤りの窓、取り返しのつかない操作の確認、理由と二人目の確認。"""

import hashlib
import logging
import traceback
from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QGuiApplication, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from app.domain.errors import RuleViolation
from ui.theme.style import current_look
from ui.widgets.banner import Banner
from ui.widgets.dialog import ENTER, Dialog
from ui.widgets.drafts import DraftKeeper, form_key, shelf_of
from ui.widgets.form import Form
from ui.widgets.typed import typed_values

__all__ = [
    "Banner",
    "ConfirmDialog",
    "Dialog",
    "ErrorDialog",
    "LeaveDialog",
    "ReasonDialog",
    "SecondPersonDialog",
    "TypingDialog",
    "ask_reason",
    "ask_second_person",
    "confirm_dangerous",
    "error_details",
    "show_error",
    "show_notice",
]

_LOG = logging.getLogger(__name__)
_UNEXPECTED = (
    "思いがけない誤りが起きたため、この操作は行われませんでした。"
    "これまでに保存した記録はそのまま残っています。"
    "もう一度行っても同じなら、詳細を写して管理者に知らせてください。"
)


def error_details(error: BaseException) -> tuple[str, str]:
    """思いがけない誤りの照合番号と、写して渡す詳細。氏名などが混じりうる例外の文は入れない。"""
    places = [
        f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)
    ]
    body = "\n".join([type(error).__name__, *places])
    number = hashlib.sha256(body.encode()).hexdigest()[:8].upper()
    return number, f"照合番号 {number}\n種類 {body}"


class ErrorDialog(Dialog):
    """誤りの窓。利用者に見せる誤りはその文のまま、それ以外は照合番号と写しのボタンで示す。"""

    starts_act = False

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
    dialog.starts_act = False
    dialog.action_row.addStretch(1)
    dialog.add_action("閉じる", dialog.accept, "main").setFocus()
    dialog.open()
    return dialog


class ConfirmDialog(Dialog):
    """取り返しのつかない操作の確認。やめるに焦点があり、Enter でも Ctrl+Enter でも決して進まない。"""

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
        if event.key() in ENTER:
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


class LeaveDialog(ConfirmDialog):
    """打ったものを捨ててよいかの確認。"""


class TypingDialog(Dialog):
    """欄に打つ窓。打ったものがあるのに閉じようとしたら、捨ててよいかを尋ねる。"""

    # 打ったものを閉じても残す窓では、尋ねない
    asks_before_leaving = True
    # 打つそばから書きかけを控え、次に開いたときに戻せるようにするか
    keeps_draft = True

    def __init__(self, parent: QWidget | None, title: str, text: str = "") -> None:
        super().__init__(parent, title, text)
        self._untouched: list[object] | None = None
        self.draft_keeper: DraftKeeper | None = None

    def showEvent(self, event: QShowEvent) -> None:
        """初めて出たときの欄を覚え、書きかけが残っていれば尋ねる。"""
        super().showEvent(event)
        if self._untouched is None:
            self._untouched = typed_values(self)
            self._start_drafts()

    def _start_drafts(self) -> None:
        shelf = shelf_of(self.parentWidget())
        if not self.keeps_draft or shelf is None:
            return
        form = form_key(self, self.words.text())
        self.draft_keeper = DraftKeeper(self, form, shelf)
        if self.draft_keeper.offer is not None:
            self.body.insertWidget(0, self.draft_keeper.offer)

    @property
    def is_typed(self) -> bool:
        """出たときから、欄が変わっていれば真。"""
        return self._untouched is not None and typed_values(self) != self._untouched

    def reject(self) -> None:
        """やめる。打ったものがあれば、捨ててよいかを尋ねる。"""
        if self.asks_before_leaving and self.is_typed:
            loss = f"「{self.windowTitle()}」に入れたことは、保存されずに消えます。"
            LeaveDialog(self, "入れたことを捨てますか", loss, "捨てて閉じる", self.leave).open()
        else:
            self.leave()

    def leave(self) -> None:
        """尋ねずに閉じる。書きかけも捨てる（打ったものを窓に残すなら、控えも残す）。"""
        if self.draft_keeper is not None and self.asks_before_leaving:
            self.draft_keeper.end()
        super().reject()

    def accept(self) -> None:
        """済んだので閉じる。書きかけは要らない。"""
        if self.draft_keeper is not None:
            self.draft_keeper.end()
        super().accept()


class ReasonDialog(TypingDialog):
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
            self._form.show_errors({"password": str(refusal)})
            self.password.selectAll()
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
