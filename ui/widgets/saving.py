"""欄と「保存する」を持つ窓の型。断られたら、その欄の横か、欄の上に理由を出す。"""

from collections.abc import Mapping

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.domain.errors import RuleViolation
from ui.messages import TypingDialog
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox
from ui.widgets.date_field import DateField
from ui.widgets.dialog import screen_limit
from ui.widgets.form import Form


def unread(field: DateField) -> str:
    """日付の欄が読めないときの短い文。読めない理由は欄のすぐ横に出ている。読めていれば空。"""
    return "日付を読めません。書き方を確かめてください。" if field.error else ""


class SavingDialog(TypingDialog):
    """書式を埋めて保存する窓。saved は保存できたときだけ送る。Ctrl+S は主な操作と同じ。"""

    saved = Signal()

    def __init__(self, parent: QWidget | None, title: str, text: str, action: str) -> None:
        super().__init__(parent, title, text)
        self.setMinimumWidth(current_look().px(560))
        self.refusal = NoteBox("", Tone.BAD)
        self.form = Form()
        self.body.addWidget(self.refusal)
        self.body.addWidget(self.form, 0, Qt.AlignmentFlag.AlignTop)
        self.cancel_button = self.add_action("やめる", self.reject)
        self.action_row.addStretch(1)
        self.main_button = self.add_action(action, self.submit, "main")
        QShortcut(QKeySequence.StandardKey.Save, self).activated.connect(self.trigger_main)

    def scroll_form(self, width: int, height: int) -> None:
        """欄の多い窓の、中身の望む大きさを 100 % での px で決める。欄はその中で巻き、操作の列はいつも見える。"""
        px = current_look().px
        self.setMinimumWidth(min(px(width) + px(40), screen_limit(self).width()))
        self.limit_content(px(height))

    def errors(self) -> dict[str, str]:
        """欄の誤り（欄の key から文へ）。"""
        return {}

    def save(self) -> None:
        """サービスを呼ぶ。断りは RuleViolation。"""
        raise NotImplementedError

    def refused(self, refusal: RuleViolation) -> None:
        """サービスに断られたとき。欄の上に理由を出す。"""
        self.refusal.set_text(str(refusal), Tone.BAD)
        self._reveal(self.refusal)

    def show_errors(self, errors: Mapping[str, str]) -> bool:
        """誤りを欄ごとに出し、最初の誤りの欄を見えるようにする。誤りがなければ真。"""
        fine = self.form.show_errors(errors)
        if (wrong := self.form.first_wrong) is not None:
            self._reveal(wrong)
        return fine

    def _reveal(self, part: QWidget) -> None:
        # 誤りの文の高さが定まってから巻く
        QTimer.singleShot(0, part, lambda: self._area.ensureWidgetVisible(part))

    def submit(self) -> None:
        """確かめて保存し、閉じる。"""
        self.refusal.set_text("", Tone.BAD)
        if not self.show_errors(self.errors()):
            return
        try:
            self.save()
        except RuleViolation as refusal:
            self.refused(refusal)
            return
        self.accept()
        self.saved.emit()
