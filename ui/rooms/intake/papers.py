"""受付の記録のうち、書類の確認と、不備と補正の囲み。"""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain.calendar import wareki
from app.services import intake
from app.services.office import Office
from app.services.views.intake import ApplicationRow, ApplicationView, DeficiencyView
from ui.rooms.context import RoomContext
from ui.rooms.intake.checklist import Checklist
from ui.rooms.intake.correction_list import CorrectionsDialog, write_letters
from ui.rooms.intake.corrections import AnswerDialog, CorrectionDialog
from ui.rooms.intake.documents import DocumentsDialog
from ui.theme.tokens import Tone
from ui.widgets.cards import Card, button, label
from ui.widgets.date_field import DateField
from ui.widgets.room import RoomPage
from ui.widgets.saving import SavingDialog, unread

_SHOWN = 3


class ReceiveAllDialog(SavingDialog):
    """まとめて届いた書類：選んだ人の未着の書類をすべて受領とする。received は済んだことの言葉を送る。"""

    received = Signal(str)

    def __init__(self, parent: QWidget | None, office: Office, rows: tuple[ApplicationRow, ...]) -> None:
        names = "、".join(r.name for r in rows[:_SHOWN]) + (
            f" ほか{len(rows) - _SHOWN}名" if rows[_SHOWN:] else ""
        )
        super().__init__(
            parent,
            "書類をまとめて受領",
            f"{len(rows)}名（{names}）の未着の書類を、すべて受領とします。補正を依頼している書類は、そのまま残ります。",
            "受領とする",
        )
        self._office, self._ids = office, [r.id for r in rows]
        self.day = DateField(office.today(), "受領日")
        self.day.set_value(office.today())
        self.form.add("day", "受領日", self.day, required=True)

    def errors(self) -> dict[str, str]:
        """受領日は要る。"""
        return {} if self.day.value is not None else {"day": unread(self.day) or "受領日を入れてください。"}

    def save(self) -> None:
        """受領とする。"""
        marked = intake.receive_all(self._office, self._ids, self.day.value)
        self.received.emit(f"{len(self._ids)}名の書類{marked}点を受領としました。")


class Papers(QObject):
    """二つの囲みの中身と操作。changed は記録が変わったこと、opened は開く申込の id を送る。"""

    changed = Signal()
    opened = Signal(int)

    def __init__(self, page: RoomPage, context: RoomContext, documents: Card, deficiencies: Card) -> None:
        super().__init__(page)
        self._page, self._context = page, context
        self._documents = documents
        self._application: ApplicationView | None = None
        self.checklist = Checklist(context)
        self.checklist.changed.connect(self.changed)
        documents.body.addWidget(self.checklist)
        self.documents_button = button("写しをすべて見る…", "small", self.show_documents)
        documents.add_to_header(self.documents_button)
        self.words = label("", wrap=True)
        deficiencies.body.addWidget(self.words)
        self.letter_button = button("補正依頼書…", "small", self.write_letter)
        deficiencies.add_to_header(self.letter_button)
        deficiencies.add_to_header(button("補正の一覧…", "small", self.show_list))

    def show_application(self, application: ApplicationView) -> None:
        """その申込の書類と補正を出す。"""
        self._application = application
        self.checklist.show_application(application)
        self._documents.set_title("書類", self.checklist.summary)
        today = self._context.office.today()
        lines = [deficiency_words(d, d.state(today)) for d in application.deficiencies]
        if application.withdrawn_on is not None:
            lines.append(f"{wareki(application.withdrawn_on)}に辞退（{application.withdrawal_reason}）")
        self.words.setText("\n".join(lines) or "不備はありません。")
        self.documents_button.setEnabled(any(r.scans for r in self.checklist.model.rows))
        waiting = any(d.is_open for d in application.deficiencies)
        self.letter_button.setEnabled(waiting and application.withdrawn_on is None)

    def _finished(self, words: str) -> None:
        self.changed.emit()
        self._page.banner.show_message(words, Tone.OK)

    def show_documents(self) -> None:
        """その申込の写しの窓を開く。"""
        if self._application is not None:
            kinds = tuple(r.kind for r in self.checklist.model.rows)
            dialog = DocumentsDialog(self._page, self._context, self._application, kinds=kinds)
            dialog.changed.connect(self.changed)
            dialog.open()

    def request(self) -> None:
        """補正を依頼する窓を開く。"""
        if self._application is not None:
            dialog = CorrectionDialog(self._page, self._context.office, self._application.id)
            dialog.saved.connect(self.changed)
            dialog.open()

    def answer(self) -> None:
        """補正の回答を受ける窓を開く。"""
        if self._application is None:
            return
        waiting = tuple(d for d in self._application.deficiencies if d.is_open)
        if waiting:
            dialog = AnswerDialog(self._page, self._context, self._application.person.name, waiting)
            dialog.answered.connect(self._finished)
            dialog.open()

    def write_letter(self) -> None:
        """その人の補正依頼書を作る。"""
        if self._application is not None:
            write_letters(self._page, self._context, "request", 1, (self._application.id,), self._finished)

    def receive_all(self, rows: tuple[ApplicationRow, ...]) -> None:
        """選ばれた人の書類をまとめて受領とする窓を開く。"""
        if not rows:
            self._page.banner.show_message(
                "一覧で人を選んでください（Ctrl か Shift で何人でも）。", Tone.WARN
            )
            return
        dialog = ReceiveAllDialog(self._page, self._context.office, rows)
        dialog.received.connect(self._finished)
        dialog.open()

    def show_list(self) -> None:
        """研修期の補正の一覧を開く。"""
        if self._context.cohort_id is not None:
            dialog = CorrectionsDialog(self._page, self._context)
            dialog.changed.connect(self.changed)
            dialog.opened.connect(self.opened)
            dialog.open()


def deficiency_words(d: DeficiencyView, state: str) -> str:
    """補正一つの言葉（不備・期限・状態）。"""
    parts = [d.item]
    if d.cancelled_on is not None:
        return "　".join([*parts, f"{wareki(d.cancelled_on)}{state}（{d.cancellation}）"])
    if d.answered_on is not None:
        return "　".join([*parts, f"{wareki(d.answered_on)}{state}{f'（{d.answer}）' if d.answer else ''}"])
    if d.due_on is not None:
        parts.append(f"期限 {wareki(d.due_on)}")
    if d.reminded_on is not None:
        parts.append(f"{wareki(d.reminded_on)}督促")
    return "　".join([*parts, state])
