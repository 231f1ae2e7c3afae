"""書類の写しを見る：PDF と画像を、拡大・縮小・回転・幅合わせして見せる。"""

from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPixmap, QResizeEvent, QTransform, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from ui.theme import tokens as t
from ui.theme.style import current_look, set_role
from ui.widgets.cards import button, label
from ui.widgets.paper import page_count, render_page

if TYPE_CHECKING:
    from PIL import Image

_DPI, _LONGEST = 200, 5000
_STEP, _SMALLEST, _LARGEST = 1.25, 0.1, 8.0
_QUARTER = 90


def _opened(content: bytes, page: int) -> "Image.Image":
    """画像の一頁。読めなければ OSError。"""
    from PIL import Image  # 画面の立ち上がりを遅らせないよう、使うときに読む

    picture = Image.open(BytesIO(content))
    picture.seek(page)
    return picture


def scan_pages(content: bytes) -> int:
    """写しの頁の数（画像は 1、何頁もある TIFF はその数）。"""
    if content.startswith(b"%PDF-"):
        return page_count(content)
    try:
        return int(getattr(_opened(content, 0), "n_frames", 1))
    except OSError:
        return 1


def scan_page(content: bytes, page: int) -> QImage:
    """写しの一頁（0 から数える）の絵。読めなければ空の絵。"""
    if content.startswith(b"%PDF-"):
        return render_page(content, page, _DPI, _LONGEST)
    try:
        return _picture(content, page)
    except (OSError, EOFError, SyntaxError, ValueError):
        return QImage()


def _picture(content: bytes, page: int) -> QImage:
    """画像の一頁を、付記の向きに起こした絵。

    Qt の読み手は、糸が二つあると Python の鍵と Qt の鍵を互いに待って止まるので、使わない。
    """
    from PIL import ImageOps

    picture = _opened(content, page)
    if picture.mode.startswith("I"):
        # 16 ビットの濃淡は、上の 8 ビットだけにする
        picture = picture.point(lambda v: v / 256).convert("L")
    # 電話で撮った写真は、向きが付記で示される
    upright = ImageOps.exif_transpose(picture).convert("RGBA")
    image = QImage(
        upright.tobytes(), upright.width, upright.height, upright.width * 4, QImage.Format.Format_RGBA8888
    )
    return image.copy()


class ScanView(QWidget):
    """写しの一頁。＋ － で拡大と縮小、0 で全体、W で幅、R で右に回す。

    stepped は前後の頁へ移りたいこと（-1・+1：← → と PageUp・PageDown）を送る。
    """

    stepped = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image, self._shown = QImage(), QImage()
        self._zoom, self._turns, self._fit = 1.0, 0, "page"
        px = current_look().px
        self._canvas = QLabel()
        self._canvas.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._canvas.setAccessibleName("書類の写し")
        self.area = QScrollArea()
        self.area.setWidget(self._canvas)
        self.area.setWidgetResizable(True)
        self.area.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.viewport().installEventFilter(self)
        set_role(self._canvas, "scrolled")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        bar = QHBoxLayout()
        bar.setSpacing(px(t.GAP_2))
        self.back_button = button("前の頁", "small", lambda: self.stepped.emit(-1))
        self.next_button = button("次の頁", "small", lambda: self.stepped.emit(1))
        self.page_words = label("", "caption")
        self.zoom_words = label("", "caption")
        for made in (self.back_button, self.next_button, self.page_words):
            bar.addWidget(made)
        bar.addStretch(1)
        bar.addWidget(self.zoom_words)
        self.tools = {
            words: button(words, "small", act)
            for words, act in (
                ("縮小", lambda: self.zoom_by(1 / _STEP)),
                ("拡大", lambda: self.zoom_by(_STEP)),
                ("幅に合わせる", lambda: self.fit("width")),
                ("全体", lambda: self.fit("page")),
                ("回す", self.rotate),
            )
        }
        for tool in self.tools.values():
            bar.addWidget(tool)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(t.GAP_2))
        column.addLayout(bar)
        column.addWidget(self.area, 1)
        self.set_image(QImage())

    @property
    def image(self) -> QImage:
        """いまの頁の絵（回す前）。なければ空の絵。"""
        return self._image

    @property
    def zoom(self) -> float:
        """いまの大きさ（1 で絵の一点が画面の一点）。"""
        return self._zoom

    @property
    def turns(self) -> int:
        """右に回した回数（0〜3）。"""
        return self._turns

    def set_image(self, image: QImage, page: int = 0, pages: int = 1) -> None:
        """一頁を見せる。空の絵なら何も見せない。回した向きは頁を替えても保つ。"""
        self._image = image
        several = pages > 1 and not image.isNull()
        self.page_words.setText(f"{page + 1} / {pages}頁" if several else "")
        self.back_button.setEnabled(several and page > 0)
        self.next_button.setEnabled(several and page + 1 < pages)
        for tool in self.tools.values():
            tool.setEnabled(not image.isNull())
        self._turn()
        self._draw()

    def clear(self) -> None:
        """何も見せない。次の写しは、全体を、回さずに見せる。"""
        self._turns, self._fit = 0, "page"
        self.set_image(QImage())

    def zoom_by(self, factor: float) -> None:
        """いまの大きさから拡げる・縮める。"""
        self._fit = ""
        for place in (self.area.setHorizontalScrollBarPolicy, self.area.setVerticalScrollBarPolicy):
            place(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._zoom = min(max(self._zoom * factor, _SMALLEST), _LARGEST)
        self._draw()

    def fit(self, how: str) -> None:
        """page は全体、width は幅に合わせる。窓の大きさが変われば合わせ直す。"""
        self._fit = how
        self._draw()

    def rotate(self) -> None:
        """右に 90 度回す。"""
        self._turns = (self._turns + 1) % 4
        self._turn()
        self._draw()

    def _turn(self) -> None:
        turned = QTransform().rotate(_QUARTER * self._turns)
        self._shown = self._image.transformed(turned) if self._turns else self._image

    def _fitting(self) -> float:
        """合わせる大きさ。巻く棒の出入りで大きさが揺れないよう、棒の有無を先に決める。"""
        bars = Qt.ScrollBarPolicy
        self.area.setHorizontalScrollBarPolicy(bars.ScrollBarAlwaysOff)
        page = self._fit == "page"
        self.area.setVerticalScrollBarPolicy(bars.ScrollBarAlwaysOff if page else bars.ScrollBarAlwaysOn)
        room: QSize = self.area.viewport().size()
        wide, high = room.width() / self._shown.width(), room.height() / self._shown.height()
        return max(min(wide, high) if page else wide, _SMALLEST / 10)

    def _draw(self) -> None:
        if self._shown.isNull():
            self._canvas.setPixmap(QPixmap())
            self.zoom_words.setText("")
            return
        if self._fit:
            self._zoom = self._fitting()
        ratio = self.devicePixelRatioF()
        size = self._shown.size() * (self._zoom * ratio)
        smooth = Qt.TransformationMode.SmoothTransformation
        scaled = QPixmap.fromImage(self._shown.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth))
        scaled.setDevicePixelRatio(ratio)
        self._canvas.setPixmap(scaled)
        self.zoom_words.setText(f"{round(self._zoom * 100)}%")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """合わせているときは合わせ直す。"""
        super().resizeEvent(event)
        if self._fit:
            self._draw()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ctrl と車輪で拡大・縮小。枠の大きさが決まったら合わせ直す。"""
        if isinstance(event, QWheelEvent) and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(_STEP if event.angleDelta().y() > 0 else 1 / _STEP)
            return True
        if event.type() == QEvent.Type.Resize and self._fit:
            self._draw()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """拡大・縮小・回転・前後。"""
        if not self.press(Qt.Key(event.key())):
            super().keyPressEvent(event)

    def press(self, key: Qt.Key) -> bool:
        """鍵の操作を行う。受け持たない鍵なら偽。"""
        acts: dict[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_Plus: lambda: self.zoom_by(_STEP),
            Qt.Key.Key_Semicolon: lambda: self.zoom_by(_STEP),
            Qt.Key.Key_Minus: lambda: self.zoom_by(1 / _STEP),
            Qt.Key.Key_0: lambda: self.fit("page"),
            Qt.Key.Key_W: lambda: self.fit("width"),
            Qt.Key.Key_R: self.rotate,
            Qt.Key.Key_Right: lambda: self.stepped.emit(1),
            Qt.Key.Key_PageDown: lambda: self.stepped.emit(1),
            Qt.Key.Key_Left: lambda: self.stepped.emit(-1),
            Qt.Key.Key_PageUp: lambda: self.stepped.emit(-1),
        }
        act = acts.get(key)
        if act is None:
            return False
        act()
        return True
