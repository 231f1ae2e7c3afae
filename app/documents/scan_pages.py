"""書類の写しの頁：PDF の頁を数え、選んだ頁だけの PDF を作る。壊れていないことは scan_check で確かめてから使う。"""

from collections.abc import Sequence
from io import BytesIO

from app.domain.turns import PDFIUM


def count_pages(content: bytes) -> int:
    """頁の数。PDF でなければ 1。"""
    import pypdfium2  # 写しを分けるときだけ要る

    if not content.startswith(b"%PDF-"):
        return 1
    with PDFIUM, pypdfium2.PdfDocument(content) as document:
        return len(document)


def take_pages(content: bytes, pages: Sequence[int]) -> bytes:
    """選んだ頁（0 から数える）だけの PDF。"""
    import pypdfium2

    with PDFIUM, pypdfium2.PdfDocument(content) as document, pypdfium2.PdfDocument.new() as made:
        made.import_pages(document, list(pages))
        out = BytesIO()
        made.save(out)
        return out.getvalue()
