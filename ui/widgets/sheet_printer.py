"""紙を印刷機へ送る：一枚ずつ、位置合わせを当てて、拡大・縮小をせずに描く。"""

from PySide6.QtCore import QMarginsF, QRectF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrinter

from app.domain.calibration import Placement
from app.domain.errors import RuleViolation
from ui.widgets.paper import render_page

_DPI = 300
_MM = 25.4
_TRAYS = {
    "": None,
    "自動": QPrinter.PaperSource.Auto,
    "手差し": QPrinter.PaperSource.Manual,
    "上の給紙": QPrinter.PaperSource.Upper,
    "下の給紙": QPrinter.PaperSource.Lower,
    "厚紙・封筒": QPrinter.PaperSource.Envelope,
}
TRAYS = tuple(_TRAYS)


def prepare(printer: QPrinter, wide: bool, tray: str = "") -> None:
    """A4 の片面・縁なしの全面・等倍にする。wide なら横。tray は給紙の名（空なら印刷機の設定のまま）。"""
    layout = QPageLayout(
        QPageSize(QPageSize.PageSizeId.A4),
        QPageLayout.Orientation.Landscape if wide else QPageLayout.Orientation.Portrait,
        QMarginsF(0, 0, 0, 0),
    )
    printer.setPageLayout(layout)
    printer.setFullPage(True)
    # 認定証を両面に刷ると、裏に次の人が出る
    printer.setDuplex(QPrinter.DuplexMode.DuplexNone)
    printer.setCopyCount(1)
    source = _TRAYS.get(tray)
    if source is not None:
        printer.setPaperSource(source)


def target(width: float, height: float, resolution: int, placement: Placement) -> QRectF:
    """紙（幅・高さ pt）を描く印刷機の座標。placement の倍率とずれを当てる。"""
    dots = resolution / 72
    return QRectF(
        placement.offset_x / 10 / _MM * resolution,
        placement.offset_y / 10 / _MM * resolution,
        width * dots * placement.scale_x / 10_000,
        height * dots * placement.scale_y / 10_000,
    )


class SheetPrinter:
    """一つの印刷の仕事。put を紙の数だけ呼び、end で終える。送れなければ RuleViolation。"""

    def __init__(self, printer: QPrinter, placement: Placement | None = None) -> None:
        self._printer, self._placement = printer, placement or Placement()
        self._painter = QPainter()

    def put(self, pdf: bytes, page: int = 0) -> None:
        """PDF の一頁を送る。"""
        image = render_page(pdf, page, _DPI)
        if not self._painter.isActive():
            if not self._painter.begin(self._printer):
                raise RuleViolation(
                    f"印刷機「{self._printer.printerName() or 'PDF'}」に送れませんでした。電源・用紙・接続を確かめてください。"
                )
        elif not self._printer.newPage():
            raise RuleViolation("次の紙を送れませんでした。印刷機の様子を確かめてください。")
        size = image.width() * 72 / _DPI, image.height() * 72 / _DPI
        self._painter.drawImage(target(*size, self._printer.resolution(), self._placement), image)

    def end(self) -> None:
        """送り終える。"""
        if self._painter.isActive():
            self._painter.end()
