"""ブックの物差し：読む（関所と子プロセスを含む）、書く（見た目を付ける）。"""

from datetime import date, timedelta
from pathlib import Path

import openpyxl
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from app.workbooks.reading import read_workbook
from app.workbooks.writing import Column, write_table
from tests.benchmarks.harness import Job, Pair

KINDS = ("text", "name", "date", "integer", "long")
COLUMNS = [Column(f"列{i}", KINDS[i % 5]) for i in range(25)]


def _row(i: int) -> list[str | int | date]:
    made: list[str | int | date] = []
    for k in range(5):
        made += [f"A{i:06d}-{k}", f"見本 花子{i % 500}", date(2020, 4, 1) + timedelta(days=i % 2000), i + k]
        made.append(f"見本市国際交流協会 相談窓口{i % 97}")
    return made


def _reading(size: int, folder: Path) -> Pair:
    path = folder / "in.xlsx"
    write_table(path, "見本", COLUMNS, [_row(i) for i in range(size)])

    def slow() -> int:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        return sum(len(row) for row in book.worksheets[0].iter_rows(values_only=True))

    return Pair(lambda: read_workbook(path, seconds=120), slow)


def _writing(size: int, folder: Path) -> Pair:
    rows = [_row(i) for i in range(size)]

    def usual() -> None:
        """openpyxl で、見出しとすべてのセルに見た目を付けて書く。"""
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        thin = Side(style="thin")
        border = Border(thin, thin, thin, thin)
        wrap = Alignment(wrap_text=True, vertical="top")
        sheet.append([c.title for c in COLUMNS])
        for cell in sheet[1]:
            cell.font, cell.fill, cell.border = Font(bold=True), PatternFill("solid", "DDDDDD"), border
        for row in rows:
            sheet.append(row)
        for cells in sheet.iter_rows(min_row=2):
            for cell in cells:
                cell.border, cell.alignment = border, wrap
                if isinstance(cell.value, date):
                    cell.number_format = 'ggge"年"m"月"d"日"'
        sheet.freeze_panes = "A2"
        book.save(folder / "usual.xlsx")

    return Pair(lambda: write_table(folder / "out.xlsx", "見本", COLUMNS, rows), usual)


JOBS = (
    Job(
        "ブックを読む（25列）", "openpyxl read_only", 0.12, (10_000, 30_000), _reading, full=100_000, rounds=3
    ),
    Job("ブックを書く（25列・見た目つき）", "openpyxl", 0.5, (1_000, 4_000), _writing, full=10_000, rounds=3),
)
