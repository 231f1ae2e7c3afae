"""外から来たブックは、格子か一つの断りになる。"""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.domain.errors import InputRefused
from app.workbooks.packing import Page, pack
from app.workbooks.reading import ERROR_CELL, NO_VALUE_CELL, Sheet, read_workbook
from app.workbooks.writing import Column, write_table
from tests.workbooks.hostile import CASES, GOOD, far_cell, in_sheet, place, rebuilt, with_part


def refusal(path: Path, password: str | None = None, **options: Any) -> str:
    with pytest.raises(InputRefused) as caught:
        read_workbook(path, password, **options)
    return caught.value.code


def saved(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_file_ends_as_one_refusal_and_writes_nothing(tmp_path: Path, name: str) -> None:
    path, code = place(tmp_path, name)
    assert refusal(path) == code
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_a_refusal_says_what_why_and_what_now(tmp_path: Path) -> None:
    with pytest.raises(InputRefused) as caught:
        read_workbook(saved(tmp_path / "a.xlsx", GOOD[:300]))
    assert str(caught.value) == (
        "ファイルが壊れています（部品の一覧が読めない、途中で切れている）。"
        "作った人にもう一度送ってもらうか、Excel で開いて保存し直してください。"
    )


def test_a_missing_file_is_refused_in_words(tmp_path: Path) -> None:
    assert refusal(tmp_path / "ない.xlsx") == "UNREADABLE"


def test_reading_stops_at_the_limit_of_time(tmp_path: Path) -> None:
    assert refusal(saved(tmp_path / "a.xlsx", GOOD), seconds=0.01) == "TIMEOUT"


def test_values_keep_their_kind(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "表"
    sheet.append(["0", 0, 1.5, True, date(2024, 2, 29), datetime(2026, 4, 1, 9, 30), " 前後 ", "𠮷葛󠄀"])  # noqa: DTZ001
    book.save(tmp_path / "a.xlsx")
    read = read_workbook(tmp_path / "a.xlsx")
    row = ("0", 0, 1.5, True, date(2024, 2, 29), "2026-04-01 09:30:00", " 前後 ", "𠮷葛󠄀")
    assert read.sheets == (Sheet("表", (row,)),)
    assert [type(cell) for cell in read.sheets[0].rows[0]] == [str, int, float, bool, date, str, str, str]
    assert read.reports == ()


def test_dates_of_the_1904_system_are_the_same_days(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = datetime(1904, 1, 1)  # noqa: DTZ001
    sheet = book.active
    assert sheet is not None
    sheet.append([date(2026, 3, 31), date(1985, 4, 1)])
    book.save(tmp_path / "a.xlsx")
    assert read_workbook(tmp_path / "a.xlsx").sheets[0].rows == ((date(2026, 3, 31), date(1985, 4, 1)),)


def test_a_strict_workbook_is_read_as_any_other(tmp_path: Path) -> None:
    def strict(_: str, data: bytes) -> bytes:
        data = data.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        )
        return data.replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/",
            b"http://purl.oclc.org/ooxml/officeDocument/",
        )

    path = saved(tmp_path / "a.xlsx", rebuilt(strict))
    assert read_workbook(path).sheets == read_workbook(saved(tmp_path / "b.xlsx", GOOD)).sheets


def test_formulas_without_value_and_error_cells_are_reported_and_marked(tmp_path: Path) -> None:
    cells = (
        b'<row r="3"><c r="A3"><f>1+1</f></c><c r="B3" t="e"><v>#N/A</v></c><c r="C3"><f>1+1</f><v>2</v></c>'
        b'<c r="D3" t="str"><f>""</f><v></v></c></row></sheetData>'
    )
    read = read_workbook(saved(tmp_path / "a.xlsx", in_sheet(b"</sheetData>", cells)))
    assert read.sheets[0].rows[2] == (NO_VALUE_CELL, ERROR_CELL, 2, None)
    assert read.reports == (
        "シート「表」に計算結果のない式があります（A3）。値は読めません。",
        "シート「表」にエラーのセルがあります（B3）。値は読めません。",
    )


def test_hidden_rows_columns_sheets_and_merged_cells_are_reported(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "表"
    for row in range(1, 4):
        sheet.append([row, row])
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["B"].hidden = True
    sheet.merge_cells("A1:B1")
    book.create_sheet("裏").append([1])
    book["裏"].sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    assert read_workbook(tmp_path / "a.xlsx").reports == (
        "シート「裏」は隠れています。隠れたシートも読みました。",
        "シート「表」に隠れた行があります（2行）。隠れた行も読みました。",
        "シート「表」に隠れた列があります（B列）。隠れた列も読みました。",
        "シート「表」に結合されたセルがあります（A1:B1）。値は左上のセルだけにあります。",
    )


def test_a_formula_cut_by_the_reading_chunk_is_still_found(tmp_path: Path) -> None:
    rows = [[(f"値{n}-{k}", "text") for k in range(12)] for n in range(12_000)]
    content = pack([Page("表", rows, [10.0] * 12)], "長い")
    mark = b'<c r="B9000" s="1" t="s">'
    broken = in_sheet(mark, b'<c r="M9000"><f>1+1</f></c>' + mark, content)
    read = read_workbook(saved(tmp_path / "a.xlsx", broken))
    assert read.reports == ("シート「表」に計算結果のない式があります（M9000）。値は読めません。",)
    assert len(read.sheets[0].rows) == 12_000


@pytest.mark.parametrize(
    ("codec", "name"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("cp932", "CP932（Shift_JIS）"), ("utf-16", "UTF-16")],
)
def test_text_files_are_read_in_the_three_encodings(tmp_path: Path, codec: str, name: str) -> None:
    text = "受付番号,氏名\r\n0001,\"見本, 花子\"\r\n2,=cmd|' /C calc'!A0\r\n"
    read = read_workbook(saved(tmp_path / "a.csv", text.encode(codec)))
    assert read.sheets[0].rows == (
        ("受付番号", "氏名"),
        ("0001", "見本, 花子"),
        ("2", "=cmd|' /C calc'!A0"),
    )
    assert read.reports == (
        f"文字のファイルを {name} として読みました。文字が化けていないか確かめてください。",
    )


def test_an_encrypted_workbook_asks_for_the_password(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_table(path, "名簿", [Column("氏名", "name")], [["見本 花子"]], password="合言葉です")
    assert refusal(path) == "PASSWORD"
    assert refusal(path, "違う") == "PASSWORD"
    assert read_workbook(path, "合言葉です").sheets == (
        Sheet("名簿", (("名簿",), ("氏名",), ("見本 花子",))),
    )


def test_a_workbook_named_csv_is_read_by_its_bytes(tmp_path: Path) -> None:
    assert read_workbook(saved(tmp_path / "a.csv", GOOD)).sheets[0].rows == (("見出し", None), ("値", 1))


def test_two_cells_at_the_far_corners_end_as_a_grid_within_the_limits(tmp_path: Path) -> None:
    read = read_workbook(saved(tmp_path / "a.xlsx", far_cell()))
    assert (len(read.sheets[0].rows), read.sheets[0].columns, read.sheets[0].filled) == (1_048_576, 16_384, 4)
    assert read.reports == ("速い読み手で読めなかったため、二番目の読み手で読みました。",)


def test_macros_and_links_to_other_books_are_reported_and_never_run_or_followed(tmp_path: Path) -> None:
    macros = read_workbook(saved(tmp_path / "a.xlsm", with_part("xl/vbaProject.bin", b"\0macro")))
    linked = read_workbook(saved(tmp_path / "b.xlsx", with_part("xl/externalLinks/externalLink1.xml")))
    assert macros.reports == ("マクロが入っています。マクロは動かさず、セルの値だけを読みました。",)
    assert linked.reports == ("別のブックを参照する式があります。保存されている値だけを読みました。",)
    assert macros.sheets == linked.sheets == read_workbook(saved(tmp_path / "c.xlsx", GOOD)).sheets


def test_a_sheet_that_lies_outside_the_file_is_not_fetched(tmp_path: Path) -> None:
    def outside(name: str, data: bytes) -> bytes:
        target = b'Target="worksheets/sheet1.xml"'
        there = b'Target="http://127.0.0.1:9/sheet1.xml" TargetMode="External"'
        return data.replace(target, there) if name.endswith("workbook.xml.rels") else data

    assert refusal(saved(tmp_path / "a.xlsx", rebuilt(outside))) == "DAMAGED"


@pytest.mark.parametrize(
    "name", ["a.csv", "a.txt", "a", "a.xls", "a.pdf", "氏名 太郎.XLSX", "-a.xlsx", "a\nb.xlsx"]
)
def test_the_name_of_the_file_does_not_matter_its_bytes_do(tmp_path: Path, name: str) -> None:
    assert read_workbook(saved(tmp_path / name, GOOD)).sheets[0].rows == (("見出し", None), ("値", 1))


def test_text_named_as_a_workbook_is_read_as_text_and_said_so(tmp_path: Path) -> None:
    read = read_workbook(saved(tmp_path / "a.xlsx", "番号\t氏名\n001\t見本\n".encode("cp932")))
    assert read.sheets == (Sheet("CSV", (("番号", "氏名"), ("001", "見本"))),)
    assert read.reports == (
        "文字のファイルを CP932（Shift_JIS） として読みました。文字が化けていないか確かめてください。",
    )


def test_a_text_file_whose_first_word_looks_like_a_program_is_still_text(tmp_path: Path) -> None:
    assert read_workbook(saved(tmp_path / "a.csv", b"MZ,No\n1,2\n")).sheets[0].rows == (
        ("MZ", "No"),
        ("1", "2"),
    )


def test_the_path_of_a_folder_is_refused_in_japanese(tmp_path: Path) -> None:
    for path, words in ((tmp_path, "フォルダーである"), (tmp_path / "ない.xlsx", "その場所がない")):
        with pytest.raises(InputRefused) as caught:
            read_workbook(path)
        assert str(caught.value) == (
            f"ファイルを開けません（{words}）。場所と、ほかで開いていないかを確かめてください。"
        )


def dated(serials: str, *, system_1904: bool = False) -> bytes:
    """日付の見た目の付いた通し番号のセルを持つブック。"""
    content = pack([Page("表", [[("日", "heading")], [(date(2026, 4, 1), "date")]], [10.0])], "日付")
    cells = "".join(
        f'<row r="{r}"><c r="A{r}" s="2"><v>{v}</v></c></row>' for r, v in enumerate(serials.split(), 3)
    )
    content = in_sheet(b"</sheetData>", cells.encode() + b"</sheetData>", content)
    if not system_1904:
        return content
    return rebuilt(lambda _, d: d.replace(b"<bookViews>", b'<workbookPr date1904="1"/><bookViews>'), content)


@pytest.mark.parametrize(
    ("system_1904", "days"),
    [
        (
            False,
            (date(1900, 1, 1), date(1900, 2, 28), date(1900, 3, 1), date(2023, 3, 15), date(9999, 12, 31)),
        ),
        (True, (date(1904, 1, 2), date(1904, 2, 29), date(1904, 3, 2), date(2027, 3, 16), 2958465)),
    ],
)
def test_day_numbers_are_the_days_that_excel_shows(
    tmp_path: Path, system_1904: bool, days: tuple[object, ...]
) -> None:
    path = saved(tmp_path / "a.xlsx", dated("1 59 61 45000 2958465", system_1904=system_1904))
    assert tuple(r[0] for r in read_workbook(path).sheets[0].rows[2:]) == days


def test_hours_are_kept_as_text_and_numbers_that_are_no_day_stay_numbers(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", dated("45000.5 0 2958466 1e999"))
    assert [r[0] for r in read_workbook(path).sheets[0].rows[2:]] == [
        "2023-03-15 12:00:00", "00:00:00", 2958466, ERROR_CELL,
    ]  # fmt: skip


def test_text_that_looks_like_a_number_or_a_formula_stays_text(tmp_path: Path) -> None:
    texts = [
        "0",
        "０１２",
        "1e5",
        "=1+1",
        "+1",
        "-1",
        "@x",
        "TRUE",
        "2026-04-01",
        "令和8年4月1日",
        "'x",
        "_x0041_",
    ]
    path = saved(tmp_path / "a.xlsx", pack([Page("表", [[(t, "text") for t in texts]], [10.0] * 12)], "表"))
    assert read_workbook(path).sheets[0].rows == (tuple(texts),)
