"""試験のための書類の写し：本物の PDF・PNG・JPEG・TIFF。"""

import io
from pathlib import Path

import pypdfium2
from PIL import Image


def pdf_bytes(pages: int = 1, width: float = 595, height: float = 842) -> bytes:
    """白い頁の PDF。"""
    out = io.BytesIO()
    with pypdfium2.PdfDocument.new() as document:
        for _ in range(pages):
            document.new_page(width, height).close()
        document.save(out)
    return out.getvalue()


def picture_bytes(form: str = "PNG", size: tuple[int, int] = (600, 800), frames: int = 1) -> bytes:
    """色の付いた絵。frames が 2 以上なら、何頁もある TIFF。"""
    out = io.BytesIO()
    images = [Image.effect_noise(size, 30 + n).convert("RGB") for n in range(frames)]
    more = {"save_all": True, "append_images": images[1:]} if frames > 1 else {}
    images[0].save(out, form, **more)
    return out.getvalue()


def scan_file(folder: Path, name: str = "証明書.pdf", content: bytes | None = None) -> Path:
    """写しのファイル。"""
    path = folder / name
    path.write_bytes(pdf_bytes() if content is None else content)
    return path
