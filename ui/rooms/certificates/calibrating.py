"""印刷機の位置合わせの窓：試し刷りをして、物差しで測った値を入れる。"""

from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from app.domain.calendar import wareki
from app.domain.calibration import MARK_LEFT, MARK_TALL, MARK_TOP, MARK_WIDE
from app.domain.errors import RuleViolation
from app.services import certificates
from app.services.certificates.printers import Measures
from app.services.views.certificate_ledger import Calibration
from ui.rooms.context import RoomContext
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox
from ui.widgets.saving import SavingDialog
from ui.widgets.sheet_printer import TRAYS, SheetPrinter, prepare

_FIELDS = (
    ("left", "① 左の端から十字", MARK_LEFT),
    ("top", "② 上の端から十字", MARK_TOP),
    ("wide", "③ 横の十字の間", MARK_WIDE),
    ("tall", "④ 縦の十字の間", MARK_TALL),
)


def calibration_words(found: Calibration) -> str:
    """いまの位置合わせの言葉。"""
    if found.tested_on is None:
        return "この印刷機は、まだ位置を合わせていません。"
    return (
        f"{wareki(found.tested_on)}に{found.set_by}さんが合わせました：右へ {found.offset_x / 10:+.1f} mm、"
        f"下へ {found.offset_y / 10:+.1f} mm、横 {found.scale_x / 100:.2f} %、縦 {found.scale_y / 100:.2f} %"
    )


def _number(text: str) -> float | None:
    try:
        return float(text.strip().replace("．", ".").replace("㎜", "").replace("mm", ""))
    except ValueError:
        return None


class CalibrationDialog(SavingDialog):
    """印刷機を選び、試し刷りをし、測った値を保存する。"""

    def __init__(
        self, parent: QWidget | None, context: RoomContext, printers: tuple[str, ...] | None = None
    ) -> None:
        super().__init__(
            parent,
            "印刷機の位置合わせ",
            "試し刷りの十字までの長さを 0.1 mm まで測って入れると、次の印刷から位置と倍率を直します。",
            "位置を合わせる",
        )
        self._context = context
        names = tuple(QPrinterInfo.availablePrinterNames()) if printers is None else printers
        self.printer, self.tray = QComboBox(), QComboBox()
        self.printer.addItems(list(names) or ["PDF"])
        self.tray.addItems([t or "印刷機の設定のまま" for t in TRAYS])
        self.form.add("printer", "印刷機", self.printer, required=True)
        self.fields = {key: QLineEdit() for key, _, _ in _FIELDS}
        for key, words, right in _FIELDS:
            self.form.add(key, words, self.fields[key], f"mm（正しければ {right:.1f}）", required=True)
        self.form.add("tray", "給紙", self.tray)
        self.now = NoteBox("")
        self.body.insertWidget(0, self.now)
        self.test_button = self.add_action("試し刷り…", self.test)
        self.action_row.removeWidget(self.test_button)
        self.action_row.insertWidget(0, self.test_button)
        self.printer.currentTextChanged.connect(lambda _name: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        """選んだ印刷機の、いまの位置合わせを見せる。"""
        found = certificates.get_calibration(self._context.office, self.printer.currentText())
        self.now.set_text(calibration_words(found), Tone.ACCENT if found.tested_on else Tone.WARN)
        self.tray.setCurrentIndex(TRAYS.index(found.tray) if found.tray in TRAYS else 0)

    def test(self) -> None:
        """印刷機を選んで、位置を直さずに試し刷りをする。"""
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setPrinterName(self.printer.currentText())
        dialog = QPrintDialog(printer, self)
        dialog.setWindowTitle("位置合わせの試し刷り")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setModal(True)
        dialog.accepted.connect(lambda: self.test_on(printer))
        dialog.show()

    def test_on(self, printer: QPrinter) -> None:
        """試し刷りを送る。"""
        prepare(printer, True, TRAYS[self.tray.currentIndex()])
        sender = SheetPrinter(printer)
        try:
            sender.put(certificates.calibration_sheet(self._context.office))
        except RuleViolation as refusal:
            self.refused(refusal)
        finally:
            sender.end()

    def errors(self) -> dict[str, str]:
        """長さは数で。"""
        return {
            key: "長さを mm の数で入れてください（例：20.3）。"
            for key, field in self.fields.items()
            if _number(field.text()) is None
        }

    def save(self) -> None:
        """位置合わせを保存する。"""
        values = [_number(field.text()) or 0.0 for field in self.fields.values()]
        tray = TRAYS[self.tray.currentIndex()]
        certificates.set_calibration(
            self._context.office, self.printer.currentText(), Measures(*values), tray
        )
