"""認定証をまとめて刷る窓：一枚ごとの様子、中止と続き、「何枚目まで正しく出ましたか」。"""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.domain.errors import RuleViolation
from app.services import certificates
from app.services.certificates.printers import placement
from app.services.certificates.printing import states_through
from app.services.office import Office
from app.services.views.certificate_ledger import RunView, SheetRow
from ui.background import Job, Progress
from ui.messages import Dialog, show_error
from ui.rooms.context import RoomContext
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import current_look, show_if
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, ProgressCard, button, label
from ui.widgets.number import NumberBox
from ui.widgets.paper import render_page
from ui.widgets.sheet_printer import SheetPrinter, prepare

TONES = {
    "printed": Tone.OK,
    "unconfirmed": Tone.WARN,
    "unprinted": Tone.MUTED,
    "spoiled": Tone.BAD,
}


def _wide(pdf: bytes) -> bool:
    image = render_page(pdf, 0, 10)
    return image.width() > image.height()


def send_run(office: Office, run: RunView, printer: QPrinter, progress: Progress) -> None:
    """未印刷の紙を一枚ずつ送る。送る前に未確認とするので、どこで止まっても、確かめる紙が残る。"""
    found = certificates.get_calibration(office, run.printer)
    waiting = run.of("unprinted")
    sender = SheetPrinter(printer, placement(found))
    try:
        for done, sheet in enumerate(waiting):
            progress.report(done, len(waiting), f"{sheet.number} {sheet.name}")
            pdf = certificates.sheet_page(office, run.id, sheet.position)
            if done == 0:
                prepare(printer, _wide(pdf), found.tray)
            certificates.mark_sent(office, run.id, sheet.position)
            sender.put(pdf)
    finally:
        sender.end()


class PrintRunDialog(Dialog):
    """一つの印刷の仕事。刷る・止める・結果を記す・刷り直すを、すべての紙が済むまで繰り返せる。"""

    def __init__(self, parent: QWidget | None, context: RoomContext, run: RunView) -> None:
        super().__init__(parent, "認定証の印刷")
        self._context, self.run_view = context, run
        self._job: Job | None = None
        self._answers: dict[int, str] = {}
        px = current_look().px
        self.setMinimumWidth(px(680))
        self.counts = label("", "strong")
        self.note, self.progress = NoteBox(""), ProgressCard()
        self.progress.cancel_button.clicked.connect(self.stop)
        self.model = RowsModel(
            (
                Column("枚目", lambda r: r.position, Kind.NUMBER, 50),
                Column("認定番号", lambda r: r.number, Kind.TEXT, 130, least=100),
                Column("氏名", lambda r: r.name, Kind.NAME, 220, second=lambda r: r.note, least=140),
                Column("様子", self._state_words, Kind.CHIP, 110, tone=self._state_tone),
            ),
            key=lambda r: r.position,
        )
        self.table = RowsView(self.model, stretch=2)
        self.table.setAccessibleName("刷る紙")
        self.table.setMinimumHeight(px(260))
        self._build_question()
        for part in (self.counts, self.note, self.progress, self.table, self.question):
            self.body.addWidget(part)
        self.close_button = self.add_action("閉じる", self.reject)
        self.end_button = self.add_action("残りを刷らずに終える", self.end)
        self.action_row.addStretch(1)
        self.main_button = self.add_action("", self.submit, "main")
        self.show_run(run)

    def _build_question(self) -> None:
        self.question = QWidget()
        row = QHBoxLayout(self.question)
        row.setContentsMargins(0, 0, 0, 0)
        self.correct = NumberBox()
        self.correct.setAccessibleName("何枚目まで正しく出ましたか")
        self.correct.setSuffix(" 枚目まで")
        self.correct.valueChanged.connect(lambda _n: self._answer())
        self.spoiled_button = button("選んだ紙は書損じ", "small", self.toggle_spoiled)
        row.addWidget(label("何枚目まで正しく出ましたか", "strong"))
        row.addWidget(self.correct)
        row.addStretch(1)
        row.addWidget(self.spoiled_button)

    # ── 様子 ──

    def _state(self, sheet: SheetRow) -> str:
        return self._answers.get(sheet.position, sheet.state)

    def _state_words(self, sheet: SheetRow) -> str:
        words = {"printed": "印刷済", "unconfirmed": "未確認", "unprinted": "未印刷", "spoiled": "書損じ"}
        return words[self._state(sheet)]

    def _state_tone(self, sheet: SheetRow) -> Tone:
        return TONES[self._state(sheet)]

    def show_run(self, run: RunView) -> None:
        """いまの様子を見せ、次にすることを主な操作にする。"""
        self.run_view = run
        sent, rest = run.of("unconfirmed"), run.of("unprinted")
        self._answers = {}
        self.counts.setText(f"{run.printer or 'PDF'}　{run.counts}")
        show_if(self.question, bool(sent))
        show_if(self.progress, False)
        show_if(self.main_button, not run.ended)
        show_if(self.end_button, not run.ended and bool(rest) and not sent)
        if sent:
            self.correct.setRange(0, len(sent))
            self.correct.setValue(len(sent))
            self.main_button.setText("結果を記す")
            self.note.set_text(
                f"{len(sent)}枚を印刷機へ送りました。出た紙を数え、正しく出た枚数を入れてください。"
                "しわや汚れのある紙は、選んで［選んだ紙は書損じ］を押します。",
                Tone.WARN,
            )
            self._answer()
            return
        self.main_button.setText(f"{len(rest)}枚を印刷…")
        done = "すべての紙が済みました。" if not rest else ""
        self.note.set_text(done, Tone.OK)
        self.model.set_rows(run.sheets)

    def _answer(self) -> None:
        spoiled = {p for p, s in self._answers.items() if s == "spoiled"}
        self._answers = states_through(self.run_view, self.correct.value())
        self._answers |= {p: "spoiled" for p in spoiled if p in self._answers}
        self.model.set_rows(self.run_view.sheets)

    def toggle_spoiled(self) -> None:
        """選んだ紙を、書損じにするか、元に戻す。"""
        sheet = self.table.chosen()
        if sheet is None or sheet.position not in self._answers:
            return
        if self._answers[sheet.position] == "spoiled":
            del self._answers[sheet.position]
        else:
            self._answers[sheet.position] = "spoiled"
        self._answer()

    # ── 操作 ──

    def submit(self) -> None:
        """結果を記すか、印刷機を選んで刷る。"""
        if self._job is not None:
            return
        if self.run_view.of("unconfirmed"):
            self._try(lambda: certificates.settle_run(self._context.office, self.run_view.id, self._answers))
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        if self.run_view.printer:
            printer.setPrinterName(self.run_view.printer)
        dialog = QPrintDialog(printer, self)
        dialog.setWindowTitle("認定証を印刷")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setModal(True)
        dialog.accepted.connect(lambda: self.print_on(printer))
        dialog.show()

    def print_on(self, printer: QPrinter) -> None:
        """未印刷の紙を、画面の外で送る。"""
        office, run = self._context.office, self.run_view
        self.progress.show_progress(0, len(run.of("unprinted")), "印刷機へ送っています")
        show_if(self.progress, True)
        self.main_button.setEnabled(False)
        self.close_button.setEnabled(False)
        self.note.set_text("")
        self._job = self._context.background.run(
            lambda progress: send_run(office, run, printer, progress),
            None,
            self._failed,
            self.progress.show_progress,
        )
        self._job.finished.connect(self._sent)

    def stop(self) -> None:
        """次の紙の前で止める。"""
        if self._job is not None:
            self._job.cancel()

    def _failed(self, error: BaseException) -> None:
        self._fault = str(error) if isinstance(error, RuleViolation) else ""
        if not self._fault:
            show_error(self, error)

    def _sent(self) -> None:
        self._job = None
        self.main_button.setEnabled(True)
        self.close_button.setEnabled(True)
        self.show_run(certificates.get_run(self._context.office, self.run_view.id))
        fault, self._fault = self._fault, ""
        if fault:
            self.note.set_text(f"{fault}{self.note.accessibleName()}", Tone.BAD)
        self._context.changed()

    _fault = ""

    def end(self) -> None:
        """残りを刷らずに終える。"""
        self._try(lambda: certificates.end_run(self._context.office, self.run_view.id))

    def _try(self, act: Callable[[], RunView]) -> None:
        try:
            self.show_run(act())
        except RuleViolation as refusal:
            self.note.set_text(str(refusal), Tone.BAD)
            return
        self._context.changed()

    def reject(self) -> None:
        """送っている間は閉じない。"""
        if self._job is None:
            super().reject()
