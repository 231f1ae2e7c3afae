"""様式の一枚：見出し・必須・選択肢・説明、そして断った行。"""

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from app.workbooks import answers, applicant_layout, register, renewals, results
from app.workbooks.fields import CellError, find_table, fold
from app.workbooks.layouts import Item, Layout, explanation_page, layout_page, refused_pages
from app.workbooks.packing import Value, pack
from app.workbooks.reading import Sheet, Workbook, read_workbook
from app.workbooks.writing import write_book

LAYOUT = Layout(
    "表",
    (
        Item("番号", "code", True, hint="番号の書き方。"),
        Item("氏名", "name"),
        Item("区分", "short", words=("甲", "乙"), label="区分（注1）"),
        Item("日", "date"),
    ),
    {"お名前": "氏名"},
)
EVERY = [
    *applicant_layout.LAYOUTS,
    results.LAYOUT,
    answers._layout(range(1, 4)),
    answers.KEYS,
    renewals.LAYOUT,
    register.LAYOUT,
]


@pytest.mark.parametrize("layout", EVERY, ids=lambda x: x.name)
def test_the_headings_that_are_written_are_the_headings_that_are_read(layout: Layout) -> None:
    row = tuple(i.title for i in layout.items)
    table = find_table(Sheet(layout.name, (row,)), layout.headings, layout.needed, layout.known)
    assert table is not None
    assert table.columns == {h: n for n, h in enumerate(layout.headings)}
    assert table.unknown == ()


@pytest.mark.parametrize("layout", EVERY, ids=lambda x: x.name)
def test_no_two_headings_are_alike_and_every_synonym_leads_to_one(layout: Layout) -> None:
    assert len({fold(h) for h in layout.headings}) == len(layout.headings)
    assert set(layout.synonyms.values()) - set(layout.headings) == set()
    assert {fold(s) for s in layout.synonyms} & {fold(h) for h in layout.headings} == set()


def test_a_page_marks_what_is_required_and_offers_the_choices(tmp_path: Path) -> None:
    rows: list[list[Value]] = [["0012", "=見本", "甲", date(2026, 4, 1)]]
    write_book(tmp_path / "a.xlsx", [layout_page(LAYOUT, rows)], "表")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["表"]
    assert [c.value for c in sheet[1]] == ["番号", "氏名", "区分（注1）", "日"]
    assert len({sheet["A1"].fill.fgColor.rgb, sheet["B1"].fill.fgColor.rgb}) == 2
    assert sheet["B1"].fill.fgColor.rgb == sheet["C1"].fill.fgColor.rgb
    choices, day = sheet.data_validations.dataValidation
    assert (str(choices.sqref), choices.formula1) == ("C2:C2000", '"甲,乙"')
    assert (str(day.sqref), day.type, day.errorStyle) == ("D2:D2000", "date", "warning")
    assert "R8.3.31 のように入れてください" in day.error
    assert [(c.data_type, c.quotePrefix) for c in sheet[2][:3]] == [("s", True)] * 3
    assert read_workbook(tmp_path / "a.xlsx").sheets[0].rows[1] == tuple(rows[0])


def test_the_explanation_names_every_column(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(pack([explanation_page("書き方", ["はじめに"], [LAYOUT])], "説明"))
    rows = read_workbook(tmp_path / "a.xlsx").sheets[0].rows
    assert [r[:4] for r in rows[4:]] == [
        ("表", "番号", "必須", "番号の書き方。"),
        ("表", "氏名", None, None),
        ("表", "区分（注1）", None, "甲・乙"),
        ("表", "日", None, None),
    ]


def test_only_the_refused_rows_and_their_companions_are_sent_back(tmp_path: Path) -> None:
    child = Layout("子", (Item("番号", "code", True), Item("値", "integer")), {})
    main = Sheet("表", (("番号", "氏名"), ("1", "甲"), ("2", "乙"), ("3", "丙")))
    other = Sheet("子", (("番号", "値"), ("1", 5), ("2", "x"), ("2", 6)))
    book = Workbook((main, other))
    tables = [(layout, table) for layout in (LAYOUT, child) if (table := layout.find(book))]
    errors = [CellError("子", 3, "値", "x", "数でない。"), CellError("子", 3, "番号", "2", "合わない。")]
    write_book(tmp_path / "a.xlsx", refused_pages(tables, errors, "番号"), "断った行")
    read = read_workbook(tmp_path / "a.xlsx")
    assert [r[:2] for r in read.sheets[0].rows] == [("番号", "氏名"), ("2", "乙")]
    assert read.sheets[1].rows == (
        ("番号", "値", "不受理の理由"),
        ("2", "x", "値：数でない。\n番号：合わない。"),
        ("2", 6, None),
    )


def test_a_sheet_of_another_name_is_not_taken() -> None:
    assert LAYOUT.find(Workbook((Sheet("別", (("番号",), ("1",))),))) is None
    assert LAYOUT.find(Workbook((Sheet("表", (("名",), ("1",))),))) is None
