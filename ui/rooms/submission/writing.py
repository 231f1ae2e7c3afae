"""ブックを書き出す窓（パスワードを付けるか）と、書いている間の帯。"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget
from shiboken6 import isValid

from app.domain.errors import RuleViolation
from app.services.views.submission import ExportResult
from ui.messages import show_error
from ui.rooms.context import RoomContext
from ui.theme.tokens import Tone
from ui.widgets.room import RoomPage
from ui.widgets.saving import SavingDialog

_WEAK = 8


class PasswordDialog(SavingDialog):
    """書き出すブックにパスワードを付けるかを尋ね、given にパスワード（付けないなら空）を渡す。"""

    def __init__(
        self, parent: QWidget | None, title: str, text: str, action: str, given: Callable[[str], None]
    ) -> None:
        super().__init__(parent, title, text, action)
        self._given = given
        self.add_fields()
        self.wanted = QCheckBox("パスワードで暗号化する")
        self.password, self.again = QLineEdit(), QLineEdit()
        for field in (self.password, self.again):
            field.setEchoMode(QLineEdit.EchoMode.Password)
            field.setEnabled(False)
            self.wanted.toggled.connect(field.setEnabled)
        self.form.add("wanted", "保護", self.wanted, "付けなければ、誰でも開けるブックになります。")
        hint = "ファイルとは別の方法で相手に伝えてください。忘れると開けません。"
        self.form.add("password", "パスワード", self.password, hint)
        self.form.add("again", "もう一度", self.again)
        self.password.returnPressed.connect(self.again.setFocus)
        self.again.returnPressed.connect(self.submit)
        self.wanted.toggled.connect(self._toggled)

    def add_fields(self) -> None:
        """パスワードより先に置く欄（なければ何もしない）。"""

    def _toggled(self, wanted: bool) -> None:
        if wanted:
            self.password.setFocus()
        else:
            self.password.clear()
            self.again.clear()

    def errors(self) -> dict[str, str]:
        """付けるなら、短すぎず、二つが同じであること。"""
        if not self.wanted.isChecked():
            return {}
        if len(self.password.text()) < _WEAK:
            return {"password": f"パスワードが短すぎます（{_WEAK}文字以上にしてください）。"}
        if self.password.text() != self.again.text():
            return {"again": "二つのパスワードが違います。もう一度入れてください。"}
        return {}

    def save(self) -> None:
        """パスワードを渡す。"""
        self._given(self.password.text() if self.wanted.isChecked() else "")


def result_words(words: str, result: ExportResult) -> str:
    """書いた結果の言葉。"""
    locked = "・パスワードあり" if result.encrypted else ""
    return f"{words}を書きました（{result.rows:,}行{locked}）：{result.path}"


def write_in_background(
    page: RoomPage,
    context: RoomContext,
    words: str,
    write: Callable[[Path], ExportResult],
    path: Path,
    done: Callable[[], object] = lambda: None,
) -> None:
    """ブックを画面の外で書き、終われば部屋の帯に結果を出す。断られたら理由を出し、ファイルは元のまま。"""

    def finished(result: ExportResult) -> None:
        if not isValid(page):
            return  # 書いている間に窓が閉じられた。ファイルは書き終えている
        page.progress.hide()
        context.changed()
        done()
        page.banner.show_message(result_words(words, result))

    def failed(error: BaseException) -> None:
        if not isValid(page):
            return
        page.progress.hide()
        if isinstance(error, RuleViolation):
            page.banner.show_message(str(error), Tone.BAD)
        else:
            show_error(page, error)

    page.banner.clear()
    page.progress.cancel_button.hide()
    page.progress.show_progress(0, 0, f"{words}を書いています…")
    context.background.run(lambda _progress: write(path), finished, failed)
