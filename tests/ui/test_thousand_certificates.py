"""むずかしい氏名の千人の認定証を交付し、仮の印刷機へ刷り、記録の氏名と一人ずつ、字と絵で比べる。

CUPS の仮の印刷機で刷るときは、NINTEI_CUPS_PDF に「印刷機の名:書き出す先のフォルダー」を与える。
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import cycle, islice, product
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageStat
from PySide6.QtPrintSupport import QPrinter
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from app.documents import qr
from app.documents.certificate_reading import texts_in_image
from app.documents.fonts import missing_glyphs
from app.domain.access import Role
from app.services import certificates, committee
from app.services.certificates.printers import placement
from app.services.office import Office
from database.opening import Store
from database.schema.certificates import SigningKey
from database.schema.committee import Case
from tests.documents.helpers import NAMES, run
from tests.factories import _decision, insert, make_applications, make_office, person
from tests.services.committee_scene import DECLARED, SECOND, Scene
from ui.widgets.sheet_printer import SheetPrinter, prepare

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3000)]
PEOPLE, A_JOB = 1000, 20
DAY = date(2026, 4, 10)
DPI = 120
# 同じ紙を別の道で描いた絵の違いの上限（平均）
NEAR = 6.0


def hard_names() -> tuple[str, ...]:
    """見本の氏名そのものと、その姓と名を組み替えた氏名。異体字・追加面・記号・ラテン文字・二つの書き方・通称の併記が混じる。"""
    parts = [n.replace("　", " ").split(" ") for n in NAMES]
    first = list(dict.fromkeys(p[0] for p in parts))
    last = list(dict.fromkeys(p[-1] for p in parts if len(p) > 1))
    made = (f"{a} {b}" for a, b in product(first, last))
    called = (f"{a} {b}（{c}）" for (a, b), c in zip(product(last, first), cycle(last[::-1]), strict=False))
    every = dict.fromkeys(n for n in (*NAMES, *made, *called) if not missing_glyphs(n))
    return tuple(islice(every, PEOPLE))


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store, Role.MANAGER, today=DAY)


@pytest.fixture
def issued(office: Office, tmp_path: Path) -> tuple[tuple[str, ...], Path]:
    """千人の交付。氏名（番号の順）と、一冊の PDF。"""
    names = hard_names()
    assert len(set(names)) == PEOPLE
    people = [person(n, birth_date=date(1980, 1 + i % 12, 1 + i % 28)) for i, n in enumerate(names)]
    scene = Scene(office, people[:1])
    scene.seat(0, 1, 2)
    scene.carry(0)
    more = make_applications(office, scene.cohort, people[1:], **DECLARED)
    rows = [Case(meeting_id=scene.meeting, application_id=a, position=n) for n, a in enumerate(more, 2)]
    insert(office, [_decision(c) for c in insert(office, rows)])
    committee.close_meeting(office, scene.meeting, second=SECOND)
    path = tmp_path / "certificates.pdf"
    made = certificates.issue(office, scene.cohort, DAY, path)
    assert [r.name for r in made] == list(names)
    return names, path


class VirtualPrinter:
    """仮の印刷機：CUPS-PDF があればそこへ、なければ QPrinter の PDF へ。どちらも紙を刷る同じ道を通る。"""

    def __init__(self, folder: Path, qtbot: QtBot) -> None:
        name, _, out = os.environ.get("NINTEI_CUPS_PDF", "").partition(":")
        self.name, self.folder, self.qtbot = name, Path(out) if out else folder, qtbot

    def put(self, office: Office, job: str, certificate_ids: Sequence[int]) -> Path:
        """一つの仕事として刷り、出た PDF を返す。"""
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        target = self.folder / f"{job}.pdf"
        target.unlink(missing_ok=True)
        if self.name:
            printer.setPrinterName(self.name)
        else:
            printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
            printer.setOutputFileName(str(target))
        printer.setDocName(job)
        printer.setResolution(300)
        prepare(printer, True)
        sender = SheetPrinter(printer, placement(certificates.get_calibration(office, self.name)))
        for one in certificate_ids:
            sender.put(certificates.page(office, one))
        sender.end()
        if self.name:
            self.qtbot.waitUntil(lambda: not run("lpstat", "-o", self.name).strip(), timeout=300_000)
            self.qtbot.waitUntil(lambda: bool(list(self.folder.glob(f"{job}*.pdf"))), timeout=60_000)
        (found,) = self.folder.glob(f"{job}*.pdf")
        return found


def pictures(path: Path) -> Iterator[Image.Image]:
    """紙を絵にする。"""
    book = pypdfium2.PdfDocument(path)
    try:
        for page in book:
            picture = page.render(scale=DPI / 72, grayscale=True).to_pil().convert("L")
            # 印刷機は、横の紙を縦に置いて刷る。読む向きに戻す
            yield picture if picture.width > picture.height else picture.rotate(-90, expand=True)
    finally:
        book.close()


def texts_on(picture: Image.Image) -> tuple[str, ...]:
    """絵の中の二次元コードの文。"""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "紙.png"
        picture.save(path, compress_level=0)
        return texts_in_image(path)


def lines_of(path: Path) -> Iterator[list[str]]:
    """紙ごとの、写せる字の行。"""
    book = pypdfium2.PdfDocument(path)
    try:
        for page in book:
            yield page.get_textpage().get_text_range().splitlines()
    finally:
        book.close()


def bare(text: str) -> str:
    return text.replace(" ", "")


def apart(one: Image.Image, other: Image.Image) -> float:
    """二枚の絵の違い（0〜255 の平均）。"""
    return ImageStat.Stat(ImageChops.difference(one.resize(other.size), other)).mean[0]


def test_every_name_is_printed_as_it_is_on_record(
    office: Office, issued: tuple[tuple[str, ...], Path], tmp_path: Path, qtbot: QtBot
) -> None:
    names, book = issued
    assert [n for n, lines in zip(names, lines_of(book), strict=True) if n not in lines] == []
    # pdftotext は、二字の氏名の間の空白を落とすことがある（空白のほかは同じ）
    texts = run("pdftotext", str(book), "-").split("\f")[:PEOPLE]
    assert [
        n for n, text in zip(names, texts, strict=True) if bare(n) not in map(bare, text.splitlines())
    ] == []
    if shutil.which("qpdf"):
        assert "No syntax or stream encoding errors found" in run("qpdf", "--check", str(book))
    rows = certificates.list_ledger(office, 1)
    with office.store.sessions() as session:
        key = session.scalars(select(SigningKey.public_key)).one()
    printer, asked = VirtualPrinter(tmp_path, qtbot), pictures(book)
    for start in range(0, PEOPLE, A_JOB):
        ids = [r.id for r in rows[start : start + A_JOB]]
        printed = list(pictures(printer.put(office, f"nintei{start:04d}", ids)))
        expected = list(islice(asked, A_JOB))
        assert len(printed) == len(expected) == len(ids)
        for place, (paper, wanted) in enumerate(zip(printed, expected, strict=True)):
            name = names[start + place]
            # 紙の絵の二次元コードは、その人の氏名と番号のもの
            (text,) = texts_on(paper)
            signed = qr.verify_text(text, key)
            assert signed is not None, name
            assert (signed.number, signed.names(name)) == (rows[start + place].number, True)
            # 紙の絵は、隣の人のものより、その人のものに近い
            other = expected[place - 1 if place else 1]
            assert apart(paper, wanted) < apart(paper, other), name
            assert apart(paper, wanted) < NEAR, (name, apart(paper, wanted))
