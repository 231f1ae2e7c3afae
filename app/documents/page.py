"""紙の共通の下地：一行を正しく描く ReportLab のキャンバスと、その文書の体裁。"""

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from reportlab import rl_config
from reportlab.pdfbase.pdfdoc import (
    PDFArray,
    PDFDictionary,
    PDFInfo,
    PDFName,
    PDFStream,
    PDFString,
    PDFZCompress,
)
from reportlab.pdfgen.canvas import Canvas

from app.documents import archive
from app.documents.embedding import EmbeddedFace
from app.documents.fonts import MINCHO, Line, Run, shape
from app.documents.measure import A4, INK, Align, Color

# 85 進の文字列に直さず、部品の説明も書かない（大きくなるだけで、読むものはない）
rl_config.useA85 = 0
rl_config.pdfComments = 0


def _number(value: float) -> str:
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


@dataclass(frozen=True)
class _Shown:
    """一つの文書の中での一行の命令。parts は大きさを間に挟む（前, 後）の並び。"""

    width: float
    parts: tuple[tuple[str, str], ...]

    def sized(self, size: str) -> str:
        return " ".join(f"{before}{size}{after}" if after else before for before, after in self.parts)


class _Info(PDFInfo):
    """文書の情報。既定では、作った人の欄や書いた時刻まで書かれる。"""

    def __init__(self, title: str, subject: str, made_on: date | None) -> None:
        super().__init__()
        self.title = title
        self.subject = subject
        self.made_on = made_on

    def format(self, document: Any) -> Any:
        rows = {
            "Title": PDFString(self.title),
            "Subject": PDFString(self.subject),
            "Creator": PDFString(archive.TOOL),
            "Producer": PDFString(archive.TOOL),
        }
        if self.made_on is not None:
            rows["CreationDate"] = PDFString(f"D:{self.made_on:%Y%m%d}")
        return PDFDictionary(rows).format(document)


class Paper(Canvas):
    """書類一冊。同じ中身からは同じバイト列ができる。長さの単位は pt、原点は左下。"""

    _doc: Any
    _code: list[str]

    def __init__(
        self, title: str, subject: str, pagesize: tuple[float, float] = A4, made_on: date | None = None
    ) -> None:
        """題・主題・日付は PDF の情報に入る（作った人や機械は入れない）。"""
        self._out = BytesIO()
        self._faces: dict[str, EmbeddedFace] = {}
        self._shown: dict[tuple[str, str, float], _Shown] = {}
        super().__init__(
            self._out, pagesize=pagesize, pageCompression=1, invariant=1, pdfVersion=(1, 7), lang="ja"
        )
        self.setViewerPreference("DisplayDocTitle", "true")
        self._doc.info = _Info(title, subject, made_on)
        self._archive(archive.description(title, subject, made_on))

    def _archive(self, description: bytes) -> None:
        """長く残すための部品（PDF/A-2b）を加える。"""
        catalog = self._doc.Catalog
        catalog.__NoDefault__ = catalog.__Refs__ = [*catalog.__NoDefault__, "OutputIntents"]
        kinds = {"Type": PDFName("Metadata"), "Subtype": PDFName("XML")}
        catalog.Metadata = PDFStream(PDFDictionary(kinds), description, filters=[])
        profile = PDFStream(PDFDictionary({"N": 3}), archive.srgb_profile(), filters=[PDFZCompress])
        intent = {
            "Type": PDFName("OutputIntent"),
            "S": PDFName("GTS_PDFA1"),
            "OutputConditionIdentifier": PDFString("sRGB"),
            "DestOutputProfile": self._doc.Reference(profile),
        }
        catalog.OutputIntents = PDFArray([PDFDictionary(intent)])

    def _make_preamble(self) -> None:
        # 既定では、埋め込まない Helvetica をどのページも指す
        self._preamble = ""

    def showPage(self) -> None:
        """ページを終える。"""
        super().showPage()
        # 既定では、空の /Trans が付く
        self._doc.Pages.pages[-1].Trans = None

    def emit(self, operators: str) -> None:
        """PDF の命令をそのまま書く（図形のため。文は draw_text で描く）。"""
        self._code.append(operators)

    def _embedded(self, run: Run) -> EmbeddedFace:
        name = run.face.file_name
        if name not in self._faces:
            face = self._faces[name] = EmbeddedFace(run.face, f"T{len(self._faces) + 1}")
            self._doc.delayedFonts.append(face)
        return self._faces[name]

    def draw_text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        family: str = MINCHO,
        align: Align = "left",
        fit: float | None = None,
        color: Color = INK,
        tracking: float = 0.0,
    ) -> float:
        """一行を描き、使った大きさ（pt）を返す。

        fit（pt）に収まらなければ収まるまで縮める。tracking は字の間に足す長さ（em）。
        """
        shown = self._shown.get((text, family, tracking))
        if shown is None:
            shown = self._shown[text, family, tracking] = self._shape(shape(text, family), tracking)
        if fit is not None and shown.width * size > fit:
            size = fit / shown.width
        x -= {"left": 0.0, "center": 0.5, "right": 1.0}[align] * shown.width * size
        red, green, blue = (_number(c) for c in color)
        self._code.append(
            f"BT {red} {green} {blue} rg {_number(x)} {_number(y)} Td {shown.sized(_number(size))} ET"
        )
        return size

    def _shape(self, line: Line, tracking: float) -> _Shown:
        parts = []
        for run in line.runs:
            face = self._embedded(run)
            before, after = ("", "")
            if run.actual and not tracking:
                before, after = f"{_span(run.text)} ", " EMC"
            parts.append((f"{before}/{face.key} ", f" Tf {_glyph_operators(face, run, tracking)}{after}"))
        if tracking:
            # 字の間を空けた語は、写すとき空白が入らないよう元の文を添える
            parts.insert(0, (_span(line.text), ""))
            parts.append(("EMC", ""))
        letters = sum(len(r.glyphs) for r in line.runs)
        return _Shown(line.width + tracking * max(letters - 1, 0), tuple(parts))

    def finish(self) -> bytes:
        """書類を閉じ、PDF を返す。"""
        self.save()
        return self._out.getvalue()


def _span(text: str) -> str:
    return f"/Span <</ActualText <FEFF{text.encode('utf-16-be').hex().upper()}>>> BDC"


def _glyph_operators(face: EmbeddedFace, run: Run, tracking: float) -> str:
    """一続きの字形を、打ち消しと上げ下げを含めて並べる。"""
    out: list[str] = []
    row: list[Any] = []
    rise = 0.0

    def flush() -> None:
        if row:
            out.append(_array(row))
            row.clear()

    for glyph in run.glyphs:
        if abs(glyph.y - rise) > 0.01:
            flush()
            rise = glyph.y
            out.append(f"{_number(rise)} Ts")
        natural = run.face.width(glyph.number)
        row += [-glyph.x, face.code(glyph.number, glyph.text), glyph.x + natural - glyph.advance]
        if tracking:
            row.append(-tracking * 1000)
    flush()
    if rise:
        out.append("0 Ts")
    return " ".join(out)


def _array(row: list[Any]) -> str:
    out: list[str] = []
    codes, shift = "", 0.0
    for item in row:
        if isinstance(item, int):
            if abs(shift) > 0.01:
                out += ([f"<{codes}>"] if codes else []) + [_number(shift)]
                codes = ""
            codes, shift = f"{codes}{item:04X}", 0.0
        else:
            shift += item
    if codes:
        out.append(f"<{codes}>")
    if abs(shift) > 0.01:
        out.append(_number(shift))
    return f"[{' '.join(out)}] TJ"
