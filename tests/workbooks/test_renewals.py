"""更新研修の様式：書いたものはそのまま読める。"""

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from app.domain.errors import InputRefused
from app.workbooks.reading import Cell, Sheet, Workbook, read_workbook
from app.workbooks.renewals import (
    RenewalForm,
    RenewalsSheet,
    parse_renewals,
    write_refused,
    write_renewals,
    write_template,
)

TODAY = date(2026, 2, 20)
DAY = date(2026, 1, 31)
FORMS = (
    RenewalForm(2, "第R7-1-0001号", "=神\ufa19 花子", DAY),
    RenewalForm(3, "0012", " 例 太郎 ", date(2025, 4, 1)),
    RenewalForm(4, "+12", "", TODAY),
)


def parse(*rows: tuple[Cell, ...]) -> RenewalsSheet:
    return parse_renewals(Workbook((Sheet("更新研修", (("認定番号", "氏名", "修了日"), *rows)),)), TODAY)


def test_what_is_written_is_read_back_as_the_same_forms(tmp_path: Path) -> None:
    write_renewals(tmp_path / "a.xlsx", FORMS)
    assert parse_renewals(read_workbook(tmp_path / "a.xlsx"), TODAY) == RenewalsSheet(FORMS, (), (), ())


def test_the_blank_template_has_no_row_and_no_complaint(tmp_path: Path) -> None:
    write_template(tmp_path / "a.xlsx")
    assert parse_renewals(read_workbook(tmp_path / "a.xlsx"), TODAY) == RenewalsSheet((), (), (), ())


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ((None, "例", DAY), "認定番号"),
        (("1", "例", None), "修了日"),
        (("1", "例", "令和8年2月30日"), "修了日"),
        (("1", "例", date(2026, 2, 21)), "修了日"),
        (("２", "例", DAY), "認定番号"),
    ],
)
def test_a_cell_that_cannot_be_taken_is_named_and_its_row_left_out(
    row: tuple[Cell, ...], column: str
) -> None:
    read = parse(("2", "例", DAY), row)
    assert [(e.row, e.column) for e in read.errors] == [(3, column)]
    assert [f.row for f in read.forms] == [2]


def test_refused_rows_carry_their_reasons_and_are_read_again_once_mended(tmp_path: Path) -> None:
    rows = (("認証番号", "名前", "更新研修修了日"), ("1", "例 一", "未定"), ("2", "例 二", "R8.1.31"))
    workbook = Workbook((Sheet("一覧", rows),))
    first = parse_renewals(workbook, TODAY)
    write_refused(tmp_path / "a.xlsx", workbook, first.errors)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert [[c.value for c in row] for row in book["更新研修"]] == [
        ["認定番号", "氏名", "修了日", "不受理の理由"],
        ["1", "例 一", "未定", f"修了日：{first.errors[0].reason}"],
    ]
    book["更新研修"]["C2"].value = DAY
    book.save(tmp_path / "b.xlsx")
    again = parse_renewals(read_workbook(tmp_path / "b.xlsx"), TODAY)
    assert (again.forms, again.errors) == ((RenewalForm(2, "1", "例 一", DAY),), ())


def test_a_workbook_without_the_headings_is_refused() -> None:
    with pytest.raises(InputRefused) as caught:
        parse_renewals(Workbook((Sheet("更新研修", (("認定番号",), ("1",))),)), TODAY)
    assert caught.value.code == "NO_TABLE"
