"""認定証の紙面を読み戻す：PDF と絵から、描かれた二次元コードの文を取り出し、紙面の値と突き合わせる。"""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.documents import qr
from app.documents.certificate import shared_values
from app.documents.certificate_layout import CertificateLayout, bundled_layouts
from app.domain.errors import InputRefused, RuleViolation

if TYPE_CHECKING:
    import pypdfium2
    from PIL.Image import Image

# pypdfium2 と Pillow は、画面の立ち上がりを遅らせないよう使うときに読む
_SCALE = 4.0  # 読み戻すときの大きさ（1pt あたりの画素）
_DARK = 128
_MARGIN = 50.0  # 氏名の線の端から、氏名の場所とみなす幅（pt）
_LARGEST = 60_000_000  # 読む絵の画素の数の上限
IMAGES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp")


def texts_in_pdf(path: Path) -> tuple[str, ...]:
    """PDF の各ページに描かれた記号の文。PDF でなければ RuleViolation。

    文書の情報ではなく、紙面に描かれた記号そのものを読む。記号が読めないページと、紙面の氏名・番号・日付が
    記号と合わないページは空の文になる。
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path.read_bytes())
    except (OSError, pypdfium2.PdfiumError) as error:
        raise RuleViolation(
            f"{path.name} を PDF として開けません。認定証の PDF を選び直すか、二次元コードの文を入れてください。"
        ) from error
    try:
        return tuple(_checked(document[i]) for i in range(len(document)))
    finally:
        document.close()


def texts_in_image(path: Path) -> tuple[str, ...]:
    """絵（スキャン・写真・画面の写し）の中の、この様式の記号の文（重なりなし）。絵でなければ RuleViolation。"""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(BytesIO(path.read_bytes())) as opened:
            if opened.width * opened.height > _LARGEST:
                raise RuleViolation(f"{path.name} は大きすぎます。認定証の部分を切り取ってください。")
            return _texts_on_picture(opened.convert("L"))
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise RuleViolation(
            f"{path.name} を絵として開けません。PNG か JPEG を選び直すか、二次元コードの文を入れてください。"
        ) from error


def _texts_on_picture(picture: "Image") -> tuple[str, ...]:
    import zxingcpp

    found = (
        f.text
        for f in zxingcpp.read_barcodes(
            picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
        )
    )
    return tuple(dict.fromkeys(text for text in found if text.startswith(qr.PREFIXES)))


def _checked(page: "pypdfium2.PdfPage") -> str:
    """記号の文。紙面に書かれたことが記号の中身と違えば空の文。文字のないページ（スキャン）は記号だけを読む。"""
    if not page.get_textpage().get_text_bounded().strip():
        scale = min(_SCALE, (_LARGEST / (page.get_width() * page.get_height())) ** 0.5)
        picture = page.render(scale=scale, grayscale=True).to_pil()
        return next(iter(_texts_on_picture(picture)), "")
    for layout in _of_size(page.get_size()):
        text = _text_on(page, layout)
        if text:
            return text if _agrees(page, layout, text) else ""
    return ""


def _of_size(size: tuple[float, float]) -> Iterable[CertificateLayout]:
    seen = set()
    for layout in bundled_layouts().values():
        place = (layout.qr, layout.name, layout.texts)
        if abs(layout.size[0] - size[0]) < 2 and abs(layout.size[1] - size[1]) < 2 and place not in seen:
            seen.add(place)
            yield layout


def _agrees(page: "pypdfium2.PdfPage", layout: CertificateLayout, text: str) -> bool:
    """紙面の氏名・番号・日付が、記号の中身のとおりか。"""
    signed = qr.read_text(text)
    if signed is None:
        return False
    try:
        values = shared_values(signed, layout) | {"number": signed.number}
    except InputRefused:
        return False
    wanted = {block.filled(values) for block in layout.texts if block.fields and block.fields <= set(values)}
    words = page.get_textpage()
    shown = {"".join(row.split()) for row in words.get_text_bounded().splitlines()}
    name = layout.name
    left, right = name.middle - name.width / 2 - _MARGIN, name.middle + name.width / 2 + _MARGIN
    printed = words.get_text_bounded(left, name.line - 3, right, name.line + name.size * 2.1 + 2)
    return signed.names(printed) and {"".join(row.split()) for row in wanted} <= shown


def _text_on(page: "pypdfium2.PdfPage", layout: CertificateLayout) -> str:
    from app.documents import symbol

    box = layout.qr
    x, y, side = box.x, box.y, box.width
    width, height = page.get_size()
    bitmap: Any = page.render(
        scale=_SCALE, crop=(x, y, width - x - side, height - y - side), grayscale=True, no_smoothimage=True
    )
    gray, stride = bytes(bitmap.buffer), bitmap.stride
    for version in symbol.VERSIONS:
        size = version * 4 + 17
        at = [int((i + 0.5) * bitmap.width / size) for i in range(size)]
        down = [int((i + 0.5) * bitmap.height / size) for i in range(size)]
        rows = tuple(bytes(gray[r * stride + c] < _DARK for c in at) for r in down)
        text = symbol.decode(rows)
        if text is not None and text.startswith(qr.PREFIXES):
            return text
    return ""
