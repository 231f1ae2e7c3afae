"""紙の物差し：千枚を一つの PDF、一枚ずつの PDF、冷えた一枚。

限界は、PDF を文字で組み立てる手書き（書体の切り出しは一度、飾りは一つの型、QR は同じ）。
"""

import io
import math
import zlib
from datetime import date
from functools import lru_cache
from pathlib import Path

import pypdfium2
import uharfbuzz as harfbuzz
import zxingcpp
from fontTools.ttLib import TTFont

from app.documents import certificate_reading, qr
from app.documents.certificate import CertificateFace, render_certificates
from app.domain.calendar import wareki
from tests.benchmarks.harness import HOUSE, Job, Pair, in_new_process

MINCHO = HOUSE / "resources" / "fonts" / "BIZUDMincho-Regular.ttf"
DAY, LAST = date(2026, 3, 31), date(2029, 3, 31)
TITLE, OFFICE = "見本国在留管理庁長官", "見本 太郎"
SURNAMES = "佐藤鈴木高橋田中伊渡辺山本村小林加吉松井斎清上森池阿部石原岡藤野"
GIVEN = "一二三太郎花子桜美雪智恵健翔蓮陽菜葵凛大樹優真由紀香織直人恵介彩明"
TEXTS = (
    "認定証",
    "上記の者は、外国人支援コーディネーター養成研修の修了認定テストに合格し、",
    "認定審査委員会の審査を経たので、外国人支援コーディネーターとして認証する。",
    f"認証年月日　{wareki(DAY)}",
    f"有効期間　{wareki(DAY)}から{wareki(LAST)}まで",
    wareki(DAY),
    f"{TITLE}　　{OFFICE}",
    "公印",
    "検証用コード",
    "真正性はオフラインで検証できます",
)


@lru_cache
def certificate_faces(count: int) -> tuple[CertificateFace, ...]:
    """すべて違う名の、署名の済んだ count 枚。"""
    private, _ = qr.new_key()
    made = []
    for i in range(count):
        name = SURNAMES[i % 30] + SURNAMES[i // 30 % 30] + "　" + GIVEN[i % 29] + GIVEN[i // 29 % 29]
        number = f"R7-02-{i + 1:05d}"
        text = qr.sign(
            qr.Payload(
                number=number, name=name, certified_on=DAY, valid_from=DAY, expires_on=LAST, issued_on=DAY
            ),
            private,
        )
        made.append(
            CertificateFace(
                number, name, date(1980, 1, 1 + i % 28), DAY, DAY, DAY, DAY, LAST, TITLE, OFFICE, "new", text
            )
        )
    return tuple(made)


class _ByHand:
    """PDF の部品を順に書くだけのもの。"""

    def __init__(self) -> None:
        self.out = io.BytesIO(b"")
        self.out.write(b"%PDF-1.7\n")
        self.places: dict[int, int] = {}
        self.next = 1

    def reserve(self) -> int:
        self.next += 1
        return self.next - 1

    def put(self, content: bytes, number: int | None = None) -> int:
        number = self.reserve() if number is None else number
        self.places[number] = self.out.tell()
        self.out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
        return number

    def stream(self, data: bytes, words: bytes = b"") -> int:
        packed = zlib.compress(data, 6)
        head = b"<</Length %d/Filter/FlateDecode%s>>stream\n" % (len(packed), words)
        return self.put(head + packed + b"\nendstream")

    def finish(self, root: int) -> bytes:
        start = self.out.tell()
        self.out.write(b"xref\n0 %d\n0000000000 65535 f \n" % self.next)
        for number in range(1, self.next):
            self.out.write(b"%010d 00000 n \n" % self.places[number])
        self.out.write(b"trailer<</Size %d/Root %d 0 R>>startxref\n%d\n%%%%EOF" % (self.next, root, start))
        return self.out.getvalue()


@lru_cache
def _kept_face() -> tuple[harfbuzz.Face, dict[int, int]]:
    """一度だけ読む書体と、字の番号から字形の番号への表。"""
    face = harfbuzz.Face(harfbuzz.Blob.from_file_path(str(MINCHO)))
    font = TTFont(MINCHO)
    return face, {code: font.getGlyphID(name) for code, name in font.getBestCmap().items()}


def _font(paper: _ByHand, characters: set[str]) -> tuple[int, dict[str, str]]:
    """使う字だけの書体を入れ、その番号と、字から16進の符号への表を返す。"""
    face, numbers = _kept_face()
    wanted = harfbuzz.SubsetInput()
    wanted.unicode_set.update(map(ord, characters))
    wanted.flags = harfbuzz.SubsetFlags.RETAIN_GIDS | harfbuzz.SubsetFlags.NO_HINTING
    data = harfbuzz.subset(face, wanted).blob.data
    codes = {char: f"{numbers[ord(char)]:04X}" for char in characters}
    file = paper.stream(data, b"/Length1 %d" % len(data))
    about = paper.put(
        b"<</Type/FontDescriptor/FontName/M/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 880"
        b"/Descent -120/CapHeight 700/StemV 80/FontFile2 %d 0 R>>" % file
    )
    kind = paper.put(
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/M/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
        b"/Supplement 0>>/FontDescriptor %d 0 R/DW 1000/CIDToGIDMap/Identity>>" % about
    )
    lines = "\n".join(f"<{code}> <{ord(char):04X}>" for char, code in codes.items() if ord(char) < 0x10000)
    to_unicode = paper.stream(
        b"/CIDInit/ProcSet findresource begin begincmap 1 begincodespacerange<0000><FFFF>endcodespacerange\n"
        + f"{len(codes)} beginbfchar\n{lines}\nendbfchar endcmap end".encode()
    )
    number = paper.put(
        b"<</Type/Font/Subtype/Type0/BaseFont/M/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>"
        % (kind, to_unicode)
    )
    return number, codes


def border_points() -> list[tuple[float, float]]:
    """飾りの二百本の曲線の、始まりの点。"""
    turns = [math.tau * i / 200 for i in range(200)]
    return [(421 + 300 * math.cos(turn), 297 + 200 * math.sin(turn)) for turn in turns]


def _border() -> str:
    lines = []
    for x, y in border_points():
        lines.append(f"{x:.2f} {y:.2f} m {x + 30:.2f} {y:.2f} {x:.2f} {y + 30:.2f} 421 297 c S")
    return "\n".join(lines)


def _show(codes: dict[str, str], x: float, y: float, size: float, text: str) -> str:
    return f"BT /F {size} Tf {x} {y} Td <{''.join([codes[c] for c in text])}> Tj ET\n"


def by_hand(faces: tuple[CertificateFace, ...]) -> bytes:
    """手書きの PDF：同じ値、同じ QR、同じ行の数。"""
    paper = _ByHand()
    wanted = {
        c for face in faces for c in face.name + face.number + wareki(face.birth_date or DAY) + "生認定番号　"
    }
    font, codes = _font(paper, wanted.union(*TEXTS))
    fixed = "".join(_show(codes, 120, 460 - 30 * i, 14, text) for i, text in enumerate(TEXTS))
    resources = b"/Resources<</Font<</F %d 0 R>>>>" % font
    art = paper.stream(
        f"0.3 w {_border()}\n{fixed}".encode(), b"/Type/XObject/Subtype/Form/BBox[0 0 842 595]" + resources
    )
    pages = paper.reserve()
    kids = []
    for face in faces:
        page = (
            "/A Do\n"
            + _show(codes, 560, 500, 11, f"認定番号　{face.number}")
            + _show(codes, 300, 380, 31, face.name)
            + _show(codes, 360, 348, 12, f"{wareki(face.birth_date or DAY)}生")
            + qr.operators(face.qr_text, (76.5, 79.0, 74.0))
        )
        content = paper.stream(page.encode())
        kids.append(
            paper.put(
                b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 842 595]/Contents %d 0 R/Resources"
                b"<</Font<</F %d 0 R>>/XObject<</A %d 0 R>>>>>>" % (pages, content, font, art)
            )
        )
    listed = b" ".join(b"%d 0 R" % kid for kid in kids)
    paper.put(b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), listed), pages)
    return paper.finish(paper.put(b"<</Type/Catalog/Pages %d 0 R>>" % pages))


def _one_file(size: int, _folder: Path) -> Pair:
    faces = certificate_faces(size)
    each = len(render_certificates(faces)) / size
    print(f"  一枚あたり {each / 1024:.2f} KiB（{size:,}枚、書体と飾りを含む）")
    return Pair(lambda: render_certificates(faces), lambda: by_hand(faces))


def _separate_files(size: int, _folder: Path) -> Pair:
    faces = certificate_faces(size)
    largest = max(len(render_certificates([face])) for face in faces)
    print(f"  最も大きい一枚 {largest / 1024:.1f} KiB")
    return Pair(
        lambda: [render_certificates([face]) for face in faces], lambda: [by_hand((face,)) for face in faces]
    )


def _read_back(size: int, folder: Path) -> Pair:
    """紙面の記号と文を読み戻す。別のやり方は、頁を絵にして汎用の読み手に掛ける（文は見ない）。"""
    path = folder / "a.pdf"
    path.write_bytes(render_certificates(certificate_faces(size)))

    def by_reader() -> int:
        document = pypdfium2.PdfDocument(path)
        pictures = (document[i].render(scale=150 / 72, grayscale=True).to_pil() for i in range(size))
        found = sum(len(zxingcpp.read_barcodes(picture)) for picture in pictures)
        document.close()
        return found

    assert by_reader() == size
    assert "" not in certificate_reading.texts_in_pdf(path)
    return Pair(lambda: certificate_reading.texts_in_pdf(path), by_reader)


COLD = """
import sys
from datetime import date
from app.documents.certificate import CertificateFace, render_certificates
day = date(2026, 3, 31)
name, number, text = sys.argv[1:4]
face = CertificateFace(name=name, number=number, birth_date=day, decided_on=day, certified_on=day, issued_on=day,
    valid_from=day, expires_on=day, issuer_title="見本国在留管理庁長官", issuer_name="", kind="new", qr_text=text)
render_certificates([face])
"""
TUTORIAL = """
import io, sys
from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
name, number, text, font, *lines = sys.argv[1:]
pdfmetrics.registerFont(TTFont("M", font))
canvas = Canvas(io.BytesIO(), pagesize=landscape(A4))
canvas.setFont("M", 14)
for i, line in enumerate((name, number, *lines)):
    canvas.drawString(120, 480 - 30 * i, line)
drawing = Drawing(100, 100)
drawing.add(QrCodeWidget(text))
renderPDF.draw(drawing, canvas, 600, 60)
canvas.save()
"""


def _cold(_size: int, folder: Path) -> Pair:
    face = certificate_faces(1)[0]
    values = (face.name, face.number, face.qr_text)
    return Pair(
        lambda: in_new_process(folder, "-c", COLD, *values),
        lambda: in_new_process(folder, "-c", TUTORIAL, *values, str(MINCHO), *TEXTS),
    )


JOBS = (
    Job("認定証を一つの PDF に", "手書きの PDF（限界）", 1.7, (250, 1_000), _one_file),
    Job(
        "認定証を一枚ずつの PDF に",
        "手書きの PDF（限界）",
        1.6,
        (10, 40),
        _separate_files,
        full=1_000,
        rounds=3,
    ),
    Job("認定証の PDF を読み戻す", "絵にして汎用の読み手", 0.5, (20, 80), _read_back, rounds=3),
    Job("冷えた一枚の認定証", "手引きどおりの ReportLab", 0.6, (1, 2), _cold, memory=False, rounds=3),
)
