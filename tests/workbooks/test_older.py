"""古い xls・ods・xlsb でも、エラーのセルを空とみなさない。"""

import io
import struct
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest

from app.domain.errors import InputRefused
from app.workbooks.guard import Oddities
from app.workbooks.older import _scan_sheet, _sheet_name, scan_ods, scan_xls
from app.workbooks.reading import ERROR_CELL, NO_VALUE_CELL, read_workbook
from tests.workbooks.test_libreoffice import convert

_URN = "urn:oasis:names:tc:opendocument:xmlns:"
HEAD = (
    f'<office:document-content xmlns:office="{_URN}office:1.0" xmlns:table="{_URN}table:1.0" '
    f'xmlns:text="{_URN}text:1.0" xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
    "<office:body><office:spreadsheet>"
)
TAIL = "</office:spreadsheet></office:body></office:document-content>"
TEXT = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
ERROR = (
    '<table:table-cell table:formula="of:=1/0" office:value-type="string" calcext:value-type="error">'
    "<text:p>#DIV/0!</text:p></table:table-cell>"
)
EXCEL_ERROR = '<table:table-cell table:formula="of:=NA()"><text:p>#N/A</text:p></table:table-cell>'
NUMBER = (
    '<table:table-cell table:formula="of:=2" office:value-type="float" office:value="2">'
    "<text:p>2</text:p></table:table-cell>"
)
BARE = '<table:table-cell table:formula="of:=&quot;&quot;"/>'


def ods(*rows: str) -> bytes:
    table = "".join(rows)
    return f'{HEAD}<table:table table:name="表">{table}</table:table>{TAIL}'.encode()


def row(*cells: str, more: str = "") -> str:
    return f"<table:table-row{more}>{''.join(cells)}</table:table-row>"


def book(folder: Path, content: bytes) -> Path:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", content)
        package.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    path = folder / "a.ods"
    path.write_bytes(out.getvalue())
    return path


def test_an_error_cell_of_an_ods_is_marked_and_reported(tmp_path: Path) -> None:
    read = read_workbook(book(tmp_path, ods(row(TEXT, ERROR, TEXT), row(NUMBER, BARE, EXCEL_ERROR, TEXT))))
    assert read.sheets[0].rows == (("x", ERROR_CELL, "x", None), (2, None, ERROR_CELL, "x"))
    assert read.reports == ("シート「表」にエラーのセルがあります（B1、C2）。値は読めません。",)


def test_repeated_cells_and_rows_of_an_ods_are_counted() -> None:
    twice = ERROR.replace("<table:table-cell ", '<table:table-cell table:number-columns-repeated="2" ')
    wide = '<table:table-cell table:number-columns-repeated="16000"/>'
    hidden = row(TEXT, more=' table:visibility="collapse"')
    rows = [row(wide, more=' table:number-rows-repeated="100000"'), row(TEXT, twice), hidden]
    assert scan_ods(ods(*rows)) == {
        "表": Oddities(errors=[(100_000, 1), (100_000, 2)], hidden_rows=[100_001])
    }


def test_formulas_of_an_ods_that_was_never_calculated_have_no_value(tmp_path: Path) -> None:
    assert scan_ods(ods(row(TEXT, BARE)))["表"].no_value == [(0, 1)]
    assert scan_ods(ods(row(TEXT, BARE), row(NUMBER)))["表"].no_value == []
    assert read_workbook(book(tmp_path, ods(row(TEXT, BARE, TEXT)))).sheets[0].rows == (
        ("x", NO_VALUE_CELL, "x"),
    )


def record(kind: int, *values: int, form: str) -> bytes:
    body = struct.pack(form, *values)
    return struct.pack("<HH", kind, len(body)) + body


def test_error_records_and_hidden_rows_of_an_xls_are_found() -> None:
    stream = b"".join(
        [
            record(0x809, 0, 0, form="<HH"),
            record(0x7D, 2, 2, 0, 0, 1, form="<HHHHH"),  # C列が隠れている
            record(0x208, 4, 0, 1, 0, 0, 0, 0x20, form="<HHHHHHH"),  # 5行が隠れている
            record(0x208, 5, 0, 1, 0, 0, 0, 0, form="<HHHHHHH"),
            record(0x205, 0, 1, 0, 7, 1, form="<HHHBB"),  # エラー
            record(0x205, 0, 2, 0, 1, 0, form="<HHHBB"),  # 真
            record(0x06, 1, 0, 0, 2, 0, 7, 0, 0, 0, 0xFFFF, form="<HHHBBBBBBH"),  # 結果がエラーの式
            record(0x06, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0xFFFF, form="<HHHBBBBBBH"),  # 結果が文字の式
            record(0x0A, form="<"),
            record(0x205, 9, 9, 0, 7, 1, form="<HHHBB"),  # 終わりの後は別のシート
        ]
    )
    assert _scan_sheet(stream, 0) == Oddities(errors=[(0, 1), (1, 0)], hidden_rows=[4], hidden_columns=[2])


def test_sheet_names_of_every_age_of_xls_are_read() -> None:
    start = bytes(6)
    assert _sheet_name(start + b"\x02\x01" + "成績".encode("utf-16-le"), ancient=False) == "成績"
    assert _sheet_name(start + b"\x02\x00ab", ancient=False) == "ab"
    assert _sheet_name(start + b"\x04" + "成績".encode("cp932"), ancient=True) == "成績"


@pytest.mark.parametrize("data", [b"", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", bytes(2000)])
def test_an_xls_that_cannot_be_read_is_refused(data: bytes) -> None:
    with pytest.raises(InputRefused) as caught:
        scan_xls(data)
    assert caught.value.code == "DAMAGED"


def test_an_ods_whose_xml_is_broken_or_has_a_dtd_is_refused(tmp_path: Path) -> None:
    codes = []
    for content in (ods(row(TEXT))[:-9], b"<!DOCTYPE x []>" + ods(row(TEXT))):
        with pytest.raises(InputRefused) as caught:
            read_workbook(book(tmp_path, content))
        codes.append(caught.value.code)
    assert codes == ["DAMAGED", "UNSAFE_XML"]


@pytest.mark.slow
@pytest.mark.parametrize("form", ["xls", "ods", "xlsx"])
def test_the_same_oddities_are_seen_in_every_form_that_another_program_saved(
    tmp_path: Path, form: str
) -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "表"
    for values in (["a", "b"], ["=1/0", "=1+1"], ["=NA()", '=""'], ["x", "y"]):
        sheet.append(values)
    sheet.row_dimensions[4].hidden = True
    made.save(tmp_path / "a.xlsx")
    try:
        read = read_workbook(convert(tmp_path, tmp_path / "a.xlsx", form))
    except subprocess.CalledProcessError:
        pytest.fail("LibreOffice が書けなかった")
    assert read.sheets[0].rows == (("a", "b"), (ERROR_CELL, 2), (ERROR_CELL, None), ("x", "y"))
    assert read.reports == (
        "シート「表」にエラーのセルがあります（A2、A3）。値は読めません。",
        "シート「表」に隠れた行があります（4行）。隠れた行も読みました。",
    )
