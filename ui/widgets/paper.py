"""紙の下見と印刷：PDF の一頁を絵にして見せ、刷る。"""

import pypdfium2
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.turns import PDFIUM
from ui.theme.style import current_look

_POINTS = 72
_PRINT_DPI = 300


def page_count(pdf: bytes) -> int:
    """PDF の頁の数。"""
    with PDFIUM, pypdfium2.PdfDocument(pdf) as document:
        return len(document)


def render_page(pdf: bytes, page: int, dpi: float, longest: int = 0) -> QImage:
    """PDF の一頁（0 から数える）を絵にする。dpi は 1 インチあたりの点、longest は長い辺の点の限り（0 なら限らない）。"""
    with PDFIUM, pypdfium2.PdfDocument(pdf) as document:
        sheet = document[page]
        scale = dpi / _POINTS
        if longest:
            scale = min(scale, longest / max(*sheet.get_size(), 1.0))
        bitmap = sheet.render(scale=scale, rev_byteorder=True, prefer_bgrx=True)
        image = QImage(
            bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_RGBX8888
        )
        return image.copy()  # 元のバイトが消えても残るように写す


def print_pdf(pdf: bytes, printer: QPrinter) -> None:
    """PDF のすべての頁を、紙の向きを合わせ、用紙の全面に刷る。"""
    printer.setFullPage(True)
    painter = QPainter()
    for page in range(page_count(pdf)):
        image = render_page(pdf, page, _PRINT_DPI)
        if page == 0:
            painter.begin(printer)
        else:
            printer.newPage()
        whole = QRectF(painter.viewport())
        size = QSize(image.width(), image.height()).scaled(
            painter.viewport().size(), Qt.AspectRatioMode.KeepAspectRatio
        )
        left = whole.left() + (whole.width() - size.width()) / 2
        top = whole.top() + (whole.height() - size.height()) / 2
        painter.drawImage(QRectF(left, top, size.width(), size.height()), image)
    painter.end()


class PaperView(QWidget):
    """紙一枚の下見。幅に合わせて縮め、紙の縁を線で示す。"""

    def __init__(self, name: str = "紙の下見", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._image = QImage()
        self._scaled = QPixmap()
        self.setAccessibleName(name)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def image(self) -> QImage:
        """いま見せている紙の絵。なければ空の絵。"""
        return self._image

    def set_pdf(self, pdf: bytes | None, page: int = 0) -> None:
        """PDF の一頁を見せる。None なら何も見せない。"""
        self.set_image(QImage() if pdf is None else render_page(pdf, page, 2 * _POINTS))

    def set_image(self, image: QImage) -> None:
        """絵を見せる。空の絵なら何も見せない。"""
        self._image = image
        self._scaled = QPixmap()
        self.setVisible(not image.isNull())
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        """紙の縦横の比を保つ。"""
        return True

    def heightForWidth(self, width: int) -> int:
        """幅に合う高さ。"""
        if self._image.isNull():
            return 0
        return round(width * self._image.height() / self._image.width())

    def sizeHint(self) -> QSize:
        """ふつうの幅での大きさ。"""
        width = current_look().px(600)
        return QSize(width, self.heightForWidth(width))

    def paintEvent(self, event: QPaintEvent) -> None:
        """紙を描く。"""
        if self._image.isNull():
            return
        ratio = self.devicePixelRatioF()
        wanted = self._image.size().scaled(self.size() * ratio, Qt.AspectRatioMode.KeepAspectRatio)
        if self._scaled.size() != wanted:
            smooth = Qt.TransformationMode.SmoothTransformation
            self._scaled = QPixmap.fromImage(
                self._image.scaled(wanted, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
            )
            self._scaled.setDevicePixelRatio(ratio)
        painter = QPainter(self)
        size = wanted / ratio
        left = (self.width() - size.width()) // 2
        painter.drawPixmap(left, 0, self._scaled)
        painter.setPen(current_look().colour("line"))
        painter.drawRect(left, 0, size.width() - 1, size.height() - 1)
        painter.end()
