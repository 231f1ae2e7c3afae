"""台帳の一枚に行う操作：印刷・まとめての印刷・出来事・再交付・書換・訂正。"""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QMenu

from app.domain.errors import RuleViolation
from app.services import certificates
from app.services.certificates.printers import placement
from app.services.views.certificate_ledger import RunView
from app.services.views.certificates import CertificateRow
from ui.rooms.certificates.changing import ChangeDialog, CorrectionDialog, ReissueDialog, RewriteDialog
from ui.rooms.certificates.printing import PrintRunDialog
from ui.rooms.certificates.records import EventDialog, UndoEventDialog
from ui.rooms.context import RoomContext
from ui.theme.tokens import Tone
from ui.widgets.paper import render_page
from ui.widgets.room import RoomPage
from ui.widgets.sheet_printer import SheetPrinter, prepare


class SheetActs:
    """選ばれた一枚への操作。refresh は読み直し、open は認証の最新の版を開く、unprinted は未印刷の版。"""

    def __init__(
        self,
        page: RoomPage,
        context: RoomContext,
        refresh: Callable[[], None],
        open_newest: Callable[[int], None],
        unprinted: Callable[[], list[CertificateRow]],
    ) -> None:
        self._page, self._context, self._refresh = page, context, refresh
        self._open_newest, self._unprinted = open_newest, unprinted
        self.certificate: CertificateRow | None = None
        self.pdf: bytes | None = None
        self.runs: tuple[RunView, ...] = ()

    def menu(self) -> QMenu:
        """「新しい版」の一覧。"""
        made = QMenu(self._page)
        for words, act in (("再交付…", self.reissue), ("書換…", self.rewrite), ("訂正…", self.correct)):
            made.addAction(words, act)
        return made

    def event_menu(self) -> QMenu:
        """「出来事」の一覧。"""
        made = QMenu(self._page)
        made.addAction("記す…", self.record_event)
        made.addAction("取り消す…", self.undo_event)
        return made

    def print(self) -> None:
        """プリンターを選んで、下見の紙を刷る。"""
        if self.certificate is None or self.pdf is None:
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self._page)
        dialog.setWindowTitle("認定証を印刷")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setModal(True)
        dialog.accepted.connect(lambda: self.print_on(printer))
        dialog.show()

    def print_on(self, printer: QPrinter) -> None:
        """決まったプリンターに刷り、台帳に記す。"""
        if self.certificate is None or self.pdf is None:
            return
        row, office = self.certificate, self._context.office
        found = certificates.get_calibration(office, printer.printerName())
        prepare(printer, _is_wide(self.pdf), found.tray)
        sender = SheetPrinter(printer, placement(found))
        try:
            sender.put(self.pdf)
        except RuleViolation as refusal:
            self._page.banner.show_message(str(refusal), Tone.BAD)
            return
        finally:
            sender.end()
        if self._context.attempt(self._page, lambda: certificates.record_print(office, row.id)):
            self._refresh()
            self._page.banner.show_message(f"{row.number} {row.name}さんの認定証を印刷しました。")

    def print_all(self) -> None:
        """未印刷の認定証をまとめて刷る仕事を始める。途中のものがあれば、その続き。"""
        if self.runs:
            self.open_run()
            return
        office, cohort_id = self._context.office, self._context.cohort_id
        ids = [r.id for r in self._unprinted()]
        name = QPrinterInfo.defaultPrinterName()
        started: list[RunView] = []
        if self._context.attempt(
            self._page, lambda: started.append(certificates.start_run(office, cohort_id, ids, name))
        ):
            self._show_run(started[0])

    def open_run(self) -> None:
        """途中の印刷を開く。"""
        if self.runs:
            self._show_run(self.runs[0])

    def _show_run(self, run: RunView) -> None:
        dialog = PrintRunDialog(self._page, self._context, run)
        dialog.finished.connect(lambda _result: self._refresh())
        dialog.open()

    def record_event(self) -> None:
        """選んだ一枚の出来事を記す窓を開く。"""
        if self.certificate is None:
            return
        dialog = EventDialog(self._page, self._context, self.certificate)
        dialog.saved.connect(lambda: self._recorded())
        dialog.open()

    def undo_event(self) -> None:
        """選んだ認証の、記した出来事を取り消す窓を開く。"""
        row, cohort_id = self.certificate, self._context.cohort_id
        if row is None or cohort_id is None:
            return
        versions = {r.id for r in certificates.list_ledger(self._context.office, cohort_id)
                    if r.certification_id == row.certification_id}  # fmt: skip
        events = certificates.list_events(self._context.office, cohort_id)
        alive = [e for e in events if e.certificate_id in versions and not e.undone]
        if not alive:
            self._page.banner.show_message(
                f"{row.name}さんの認定証に、取り消せる出来事はありません。", Tone.ACCENT
            )
            return
        dialog = UndoEventDialog(self._page, self._context, row, alive)
        dialog.saved.connect(lambda: self._recorded("出来事を取り消しました。"))
        dialog.open()

    def _recorded(self, words: str = "台帳に記しました。") -> None:
        self._context.changed()
        self._refresh()
        self._page.banner.show_message(words)

    def reissue(self) -> None:
        """再交付の窓を開く。"""
        self._change(ReissueDialog)

    def rewrite(self) -> None:
        """書換の窓を開く。"""
        self._change(RewriteDialog)

    def correct(self) -> None:
        """訂正の窓を開く。"""
        self._change(CorrectionDialog)

    def _change(self, kind: Callable[..., ChangeDialog]) -> None:
        if self.certificate is None or not self.certificate.latest:
            return
        dialog = kind(self._page, self._context, self.certificate)
        dialog.saved.connect(lambda: self._reissued(dialog.made))
        dialog.open()

    def _reissued(self, made: CertificateRow | None) -> None:
        self._context.changed()
        self._refresh()
        if made is not None:
            self._open_newest(made.certification_id)
            self._page.banner.show_message(f"{made.number}の第{made.version}版（{made.words}）を作りました。")


def _is_wide(pdf: bytes) -> bool:
    image = render_page(pdf, 0, 10)
    return image.width() > image.height()
