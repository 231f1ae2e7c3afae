"""書いたブックはほかの表計算でも同じ値に見え、ほかの表計算が書いたものも同じ値で読める。"""

import csv
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from app.workbooks.reading import Cell, read_workbook
from app.workbooks.results import parse_results, write_results
from tests.workbooks.test_results import FORMS, TODAY

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice がない"),
]
CSV = "csv:Text - txt - csv (StarCalc):44,34,76"


def convert(folder: Path, source: Path, form: str) -> Path:
    home = f"-env:UserInstallation=file://{folder}/profile"
    subprocess.run(
        ["soffice", home, "--headless", "--convert-to", form, "--outdir", str(folder / "out"), str(source)],
        capture_output=True,
        check=True,
        timeout=200,
    )
    return folder / "out" / f"{source.stem}.{form.split(':')[0]}"


def test_the_results_look_the_same_in_another_program(tmp_path: Path) -> None:
    write_results(tmp_path / "a.xlsx", FORMS)
    text = convert(tmp_path, tmp_path / "a.xlsx", CSV).read_text("utf-8")
    shown = list(csv.reader(text.splitlines(keepends=True)))
    stored = read_workbook(tmp_path / "a.xlsx").sheets[0].rows

    def seen(cell: Cell) -> str:
        if isinstance(cell, date):
            return f"令和{cell.year - 2018}年{cell.month}月{cell.day}日"
        return "" if cell is None else str(cell)

    assert [[seen(c) for c in row] + [""] * (8 - len(row)) for row in stored] == shown


@pytest.mark.parametrize("form", ["xlsx", "ods", "xls"])
def test_what_another_program_saved_is_read_as_the_same_forms(tmp_path: Path, form: str) -> None:
    write_results(tmp_path / "a.xlsx", FORMS)
    read = parse_results(read_workbook(convert(tmp_path, tmp_path / "a.xlsx", form)), TODAY)
    assert (read.forms, read.errors, read.warnings) == (FORMS, (), ())
