"""合言葉を忘れたとき：復旧鍵と新しい合言葉を入れ、新しい復旧鍵を控える窓。"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QStackedLayout, QVBoxLayout, QWidget

from app.services.maintenance import SHORTEST_PASSPHRASE
from ui.background import Background
from ui.theme import tokens as t
from ui.theme.style import current_look
from ui.widgets.cards import NoteBox, button, label
from ui.widgets.form import Form
from ui.widgets.secrets import EntryDialog, KeyPage, Waiting, action_row, secret_field

_WORDS = (
    "復旧鍵で記録を開き、新しい合言葉を定めます。使った復旧鍵は無効になり、新しい復旧鍵を一度だけ表示します。"
    "記録の中身は変わらず、行ったことは監査記録に残ります。"
)
_KEY_WORDS = (
    "合言葉を定め直しました。前の復旧鍵は、もう使えません。この新しい復旧鍵を紙に書き、鍵のかかる所に保管して"
    "ください。この画面を閉じると、二度と表示できません。"
)


@dataclass(frozen=True)
class RecoveryRequest:
    """復旧鍵で合言葉を定め直す求め。"""

    recovery_key: str
    passphrase: str


Recover = Callable[[RecoveryRequest], str]


class RecoveryDialog(EntryDialog):
    """recover は画面の外で呼ばれ、新しい復旧鍵を返す。recovered は、それを控えたあとに届く。"""

    recovered = Signal()

    def __init__(self, parent: QWidget | None, recover: Recover, background: Background) -> None:
        super().__init__(parent)
        self.setWindowTitle("合言葉を忘れたとき")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(current_look().px(560))
        self._recover = recover
        self.note = NoteBox("")
        self.key = QLineEdit()
        self.new, self.again = secret_field("新しい合言葉"), secret_field("新しい合言葉（もう一度）")
        self.main_button = button("合言葉を定め直す", "main", self.submit)
        self.main_button.setDefault(True)
        self._waiting = Waiting(self, background, self.note, self.main_button)
        self.form = Form()
        self.form.add(
            "key", "復旧鍵", self.key, "紙に控えた、4文字ずつの文字。大文字・小文字と「-」は問いません。"
        )
        self.form.add("new", "新しい合言葉", self.new, f"{SHORTEST_PASSPHRASE}字以上")
        self.form.add("again", "もう一度", self.again)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._entry_page())
        self.key_page = KeyPage(_KEY_WORDS)
        self.key_page.finished.connect(self._finish)
        self._pages.addWidget(self.key_page)
        self.key.setFocus()

    def _entry_page(self) -> QWidget:
        px = current_look().px
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(px(24), px(20), px(24), px(20))
        column.setSpacing(px(t.GAP_4))
        column.addWidget(label("合言葉を忘れたとき", "title"))
        column.addWidget(label(_WORDS, wrap=True))
        column.addWidget(self.form)
        column.addWidget(self.note)
        column.addStretch(1)
        column.addLayout(action_row(button("やめる", "", self.reject), self.main_button))
        return page

    def errors(self) -> dict[str, str]:
        """欄ごとの誤り。"""
        found: dict[str, str] = {}
        if not self.key.text().strip():
            found["key"] = "復旧鍵を入れてください。"
        if len(self.new.text()) < SHORTEST_PASSPHRASE:
            found["new"] = f"{SHORTEST_PASSPHRASE}字以上にしてください（いま{len(self.new.text())}字）。"
        elif self.new.text() != self.again.text():
            found["again"] = "上の合言葉と違います。"
        return found

    def submit(self) -> None:
        """欄を確かめ、定め直す。"""
        if self.form.show_errors(self.errors()):
            request = RecoveryRequest(self.key.text(), self.new.text())
            self._waiting.run(
                lambda: self._recover(request), self._show_key, "確かめています…", lambda _no: self.key
            )

    def _show_key(self, key: object) -> None:
        for entry in (self.key, self.new, self.again):
            entry.clear()
        self.key_page.show_key(str(key))
        self._pages.setCurrentWidget(self.key_page)

    def reject(self) -> None:
        """確かめている間と、新しい鍵を見せている間は閉じない。"""
        if self.main_button.isEnabled() and not self.key_page.is_key_shown:
            super().reject()

    def _finish(self) -> None:
        self.accept()
        self.recovered.emit()
