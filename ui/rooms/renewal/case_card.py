"""取消しの調査の囲み：経過と手紙、調査を進める操作。"""

from datetime import date
from pathlib import Path

from PySide6.QtCore import Signal

from app.domain.calendar import wareki
from app.services import renewal
from app.services.office import Actor
from app.services.views.renewal import CASE_LETTERS, CaseLetter, CertificationRow, RevocationView
from ui.rooms.context import RoomContext
from ui.rooms.renewal.cases import (
    CaseLetterDialog,
    CertificateReturnDialog,
    CloseDialog,
    NoticeDialog,
    OpenDialog,
    RevokeDialog,
    SentDialog,
    letter_kind,
)
from ui.rooms.renewal.dialogs import who
from ui.rooms.renewal.words import case_words
from ui.theme.style import show_if
from ui.widgets.cards import Card, button, label
from ui.widgets.room import RoomPage
from ui.widgets.saving import SavingDialog


def open_case_of(row: CertificationRow) -> RevocationView | None:
    """終わっていない調査。"""
    case = row.investigation
    return case if case is not None and case.is_open else None


class CaseCard(Card):
    """一人の取消しの調査。changed は記録が変わったとき、帯に出す言葉（なければ空）を送る。"""

    changed = Signal(str)

    def __init__(self, page: RoomPage, context: RoomContext) -> None:
        super().__init__("取消しの調査")
        self._page, self._context = page, context
        self._row: CertificationRow | None = None
        self._letters: tuple[CaseLetter, ...] = ()
        self.words = label("", wrap=True)
        self.body.addWidget(self.words)
        self.letter_button = button("手紙を作る…", "small", self.make_letter)
        self.sent_button = button("手紙の発送…", "small", self.record_sent)
        self.notice_button = button("通知と弁明…", "small", self.record_notice)
        self.return_button = button("認定証の返納…", "small", self.record_return)
        self.close_button = button("取り消さずに終える…", "small", self.close_case)
        for one in (
            self.letter_button,
            self.sent_button,
            self.notice_button,
            self.return_button,
            self.close_button,
        ):
            self.add_to_header(one)

    def show_row(self, row: CertificationRow) -> None:
        """その人の最も新しい調査を見せる。なければ隠れる。"""
        self._row, shown = row, row.investigation
        self._letters = () if shown is None else renewal.list_case_letters(self._context.office, shown.id)
        self.words.setText(case_words(row, self._letters))
        running = open_case_of(row) is not None
        for part in (self.notice_button, self.close_button):
            show_if(part, running)
        show_if(self.letter_button, shown is not None)
        show_if(self.sent_button, any(x.sent_on is None for x in self._letters))
        back = shown is not None and shown.revoked_on is not None and shown.certificate_returned_on is None
        show_if(self.return_button, back)
        show_if(self, shown is not None)

    def _open(self, dialog: SavingDialog, words: str) -> None:
        dialog.saved.connect(lambda: self.changed.emit(words))
        dialog.open()

    def open_case(self) -> None:
        """取消しの調査を開く窓を出す。"""
        if (row := self._row) is not None:
            dialog = OpenDialog(self._page, self._context.office, row)
            words = f"{who(row)}の調査を開きました。次に、本人への通知を記録してください。"
            self._open(dialog, words)

    def record_notice(self) -> None:
        """通知と弁明を記す窓を出す。"""
        if (row := self._row) is not None and (case := open_case_of(row)) is not None:
            dialog = NoticeDialog(self._page, self._context.office, row, case)
            self._open(dialog, f"{who(row)}への通知を記録しました。")

    def close_case(self) -> None:
        """取り消さずに調査を終える窓を出す。"""
        if (row := self._row) is not None and (case := open_case_of(row)) is not None:
            dialog = CloseDialog(self._page, self._context.office, row, case)
            self._open(dialog, f"{who(row)}の調査を、取り消さずに終えました。")

    def revoke(self) -> None:
        """取消しの日と理由を尋ね、二人目が確かめたら取り消す。"""
        if (row := self._row) is None or (case := open_case_of(row)) is None:
            return
        office, revocation_id = self._context.office, case.id

        def given(day: date, reason: str) -> None:
            text = f"{who(row)}の認証を{wareki(day)}に取り消します。元には戻せません。\n理由：{reason}"

            def confirmed(second: Actor) -> None:
                renewal.revoke(office, revocation_id, day, reason, second)
                self.changed.emit("")

            self._context.with_second_person(self._page, text, confirmed)

        RevokeDialog(self._page, office, row, case, given).open()

    def make_letter(self) -> None:
        """調査のいまの段の手紙を作る。"""
        if (row := self._row) is None or (case := row.investigation) is None:
            return
        title = CASE_LETTERS[letter_kind(case)]

        def chosen(path: Path) -> None:
            target = path if path.suffix.lower() == ".pdf" else path.with_name(path.name + ".pdf")
            dialog = CaseLetterDialog(self._page, self._context, row, case, target)
            dialog.written.connect(self._letter_written)
            dialog.open()

        self._context.save_path(self._page, "手紙を保存", f"{title}_{row.number}.pdf", chosen)

    def _letter_written(self, words: str) -> None:
        self.changed.emit(words)

    def record_sent(self) -> None:
        """まだ発送していない調査の手紙の発送を記す。"""
        unsent = [x for x in self._letters if x.sent_on is None]
        if (row := self._row) is not None and unsent:
            last = unsent[-1]
            words = f"{who(row)}への{last.words}（{wareki(last.made_on)}作成）"
            dialog = SentDialog(self._page, self._context.office, words, [last.letter_id], last.made_on)
            self._open(dialog, f"{last.words}の発送を記しました。")

    def record_return(self) -> None:
        """取り消した認証の認定証が戻ったことを記す。"""
        if (row := self._row) is not None and (case := row.investigation) is not None:
            dialog = CertificateReturnDialog(self._page, self._context.office, row, case)
            self._open(dialog, f"{who(row)}の認定証の返納を記しました。")
