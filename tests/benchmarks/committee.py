"""審査会議の物差し：会議の資料。もう一方は、同じ文を同じ数のページに、素の ReportLab で書くだけ（事実は読まない）。"""

import io
from datetime import date
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from app.documents.materials import MaterialsPaper
from app.services import committee
from app.services.office import Office
from database.schema.committee import Case, Meeting
from tests.benchmarks.harness import Job, Pair
from tests.benchmarks.papers import MINCHO
from tests.benchmarks.progress import course_office
from tests.factories import insert

HELD_ON, CERTIFIED_ON = date(2026, 3, 20), date(2026, 3, 31)


def _sitting(size: int, folder: Path) -> tuple[Office, int]:
    """size 人を審査する会議。"""
    office = course_office(size, folder)
    form = Meeting(cohort_id=1, number=1, held_on=HELD_ON, certification_on=CERTIFIED_ON)
    (meeting,) = insert(office, [form])
    insert(office, [Case(meeting_id=meeting, application_id=n, position=n) for n in range(1, size + 1)])
    return office, meeting


def _plain(paper: MaterialsPaper) -> bytes:
    """同じ文を、上から一行ずつ書く。"""
    pdfmetrics.registerFont(TTFont("plain", str(MINCHO)))
    out = io.BytesIO()
    canvas = Canvas(out)
    for page in paper.cases:
        lines = [page.position, page.reception, page.name, page.affiliation]
        lines += [text for row in (*page.results, *page.grounds) for text in row]
        canvas.setFont("plain", 10)
        for place, text in enumerate(lines):
            canvas.drawString(70, 780 - place * 16, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _pack(size: int, folder: Path) -> Pair:
    office, meeting = _sitting(size, folder)
    paper = committee.materials_paper(office, meeting)
    target = folder / "pack.pdf"
    return Pair(lambda: committee.write_materials(office, meeting, target), lambda: _plain(paper))


JOBS = (Job("会議の資料", "同じ文を素の ReportLab で書く", 4.0, (50, 200), _pack),)
