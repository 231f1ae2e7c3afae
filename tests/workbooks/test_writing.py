"""書いたブックは、式を持たず、同じ中身なら同じバイトで、半端に残らない。"""

import subprocess
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest

from app.domain.errors import InputRefused, RuleViolation
from app.workbooks.packing import Choice, Page, Value, pack
from app.workbooks.reading import read_workbook
from app.workbooks.writing import Column, sheet_name, write_book, write_table

COLUMNS = [Column("番号", "integer"), Column("氏名", "name"), Column("日", "date"), Column("点", "decimal")]
ROWS: list[list[Value]] = [
    [1, '=HYPERLINK("http://x")', date(2026, 4, 1), 85.5],
    [2, "@SUM(1)\n_x0041_ <&>'\"", date(1890, 1, 1), "欠席"],
    [3, "+1-1\t𠮷葛󠄀", None, 0],
]


def test_no_cell_is_ever_a_formula_even_after_editing(tmp_path: Path) -> None:
    write_table(tmp_path / "a.xlsx", "=1+1", COLUMNS, ROWS, ["=注"])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["=1+1"]
    texts = [c for row in sheet.iter_rows() for c in row if isinstance(c.value, str)]
    assert {(c.data_type, c.quotePrefix) for c in texts} == {("s", True)}
    assert len(texts) == 11


def test_what_was_written_is_read_back_unchanged(tmp_path: Path) -> None:
    write_table(tmp_path / "a.xlsx", "名簿", COLUMNS, ROWS)
    assert read_workbook(tmp_path / "a.xlsx").sheets[0].rows[2:] == (
        tuple(ROWS[0]),
        (2, "@SUM(1)\n_x0041_ <&>'\"", "明治23年1月1日", "欠席"),
        tuple(ROWS[2]),
    )


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_table(tmp_path / name, "名簿", COLUMNS, ROWS, created=date(2026, 4, 1))
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_no_author_no_path_and_no_program_in_the_properties(tmp_path: Path) -> None:
    write_table(tmp_path / "a.xlsx", "名簿", COLUMNS, ROWS)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as package:
        core = package.read("docProps/core.xml").decode()
        assert "docProps/app.xml" not in package.namelist()
    assert core.partition('instance">')[2] == "<dc:title>名簿</dc:title></cp:coreProperties>"


def test_headings_are_bold_frozen_and_repeated_on_a4(tmp_path: Path) -> None:
    write_table(tmp_path / "a.xlsx", "名簿", COLUMNS, ROWS, ["注"])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["名簿"]
    assert sheet.freeze_panes == "A4"
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.page_setup.paperSize == 9
    assert [c.font.b for c in sheet[3]] == [True] * 4
    footer = sheet.oddFooter
    assert footer is not None
    assert footer.center.text == "&P / &N"
    assert sheet["C4"].number_format == '[$-411]ggge"年"m"月"d"日"'


@pytest.mark.parametrize("bad", ["\x00", "\x1b", "\x07", "\ud800", "\uffff", "\x85"])
def test_a_character_that_excel_cannot_hold_is_refused_and_the_old_file_stays(
    tmp_path: Path, bad: str
) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")
    with pytest.raises(InputRefused) as caught:
        write_table(path, "名簿", [Column("氏名")], [["見本"], [f"花{bad}子"]])
    assert str(caught.value) == (
        f"シート「名簿」の A4 に Excel に書けない文字（U+{ord(bad):04X}）があります。"
        "その記録を開いて、文字を入れ直してください。"
    )
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.xlsx"]


def test_a_place_that_cannot_be_written_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").mkdir()
    with pytest.raises(RuleViolation):
        write_table(tmp_path / "a.xlsx", "名簿", COLUMNS, ROWS)
    assert [p.name for p in tmp_path.iterdir()] == ["a.xlsx"]


def test_a_row_of_another_length_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="zip"):
        write_table(tmp_path / "a.xlsx", "名簿", COLUMNS, [[1, "x"]])


def test_long_text_beyond_a_cell_is_refused() -> None:
    with pytest.raises(InputRefused) as caught:
        pack([Page("表", [[("𠮷" * 16_384, "text")]], [10.0])], "長い")
    assert caught.value.code == "TOO_LONG"


def test_numbers_that_excel_cannot_hold_are_written_as_text(tmp_path: Path) -> None:
    numbers = [10**15 - 1, 10**15, -(10**30), 1e300, float("inf"), float("nan"), 0.1]
    write_table(tmp_path / "a.xlsx", "数", [Column("数", "decimal")], [[n] for n in numbers])
    assert [r[0] for r in read_workbook(tmp_path / "a.xlsx").sheets[0].rows[2:]] == [
        999999999999999, "1000000000000000", "-1" + "0" * 30, "1e+300", "inf", "nan", 0.1,
    ]  # fmt: skip


def test_the_reason_why_a_file_cannot_be_written_is_said_in_japanese(tmp_path: Path) -> None:
    with pytest.raises(RuleViolation) as caught:
        write_table(tmp_path / "ない" / "a.xlsx", "名簿", COLUMNS, ROWS)
    assert str(caught.value) == (
        f"{tmp_path / 'ない' / 'a.xlsx'} に書けませんでした（その場所がない）。"
        "開いている Excel などを閉じ、空き容量と場所を確かめてください。"
    )


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("a/b:c", "a_b_c"),
        ("'引用'", "引用"),
        ("", "シート"),
        ("長" * 40, "長" * 31),
        ("[x]*?\\", "_x____"),
    ],
)
def test_sheet_names_are_legal(words: str, name: str) -> None:
    assert sheet_name(words) == name


def test_sheets_of_the_same_name_are_numbered(tmp_path: Path) -> None:
    pages = [Page(n, [[("x", "text")]], [10.0]) for n in ("表", "表", "あ" * 40, "あ" * 40)]
    write_book(tmp_path / "a.xlsx", pages, "表")
    names = [s.name for s in read_workbook(tmp_path / "a.xlsx").sheets]
    assert names == ["表", "表(2)", "あ" * 31, "あ" * 28 + "(2)"]


def test_a_time_of_day_is_never_cut_off_in_silence() -> None:
    with pytest.raises(TypeError):
        pack([Page("表", [[(datetime(2026, 4, 1, 9, tzinfo=UTC), "date")]], [10.0])], "表")


@pytest.mark.parametrize("words", [("x" * 256,), ("a,b",), ('a"b',)])
def test_choices_that_excel_would_refuse_are_a_fault(words: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="選択肢"):
        pack([Page("表", [], [], choices=[Choice(0, (2, 9), words)])], "表")


@pytest.mark.parametrize("rows", [[], [["見本"]] * 400])
def test_an_encrypted_book_small_or_large_opens_with_its_password_only(
    tmp_path: Path, rows: list[list[str]]
) -> None:
    write_table(tmp_path / "a.xlsx", "名簿", [Column("氏名")], rows, password="ブックの合言葉")
    content = (tmp_path / "a.xlsx").read_bytes()
    assert (content[:4], "見本".encode() in content) == (b"\xd0\xcf\x11\xe0", False)
    assert len(read_workbook(tmp_path / "a.xlsx", "ブックの合言葉").sheets[0].rows) == 2 + len(rows)


@pytest.mark.slow
def test_libreoffice_shows_the_same_values(tmp_path: Path) -> None:
    write_table(tmp_path / "a.xlsx", "名簿", COLUMNS, ROWS[:1])
    home = f"-env:UserInstallation=file://{tmp_path}/profile"
    made = subprocess.run(
        ["soffice", home, "--headless", "--convert-to", 'csv:Text - txt - csv (StarCalc):44,34,76', "--outdir", tmp_path, tmp_path / "a.xlsx"],
        capture_output=True,
        check=True,
        timeout=120,
    )  # fmt: skip
    assert made.returncode == 0
    assert (tmp_path / "a.csv").read_text("utf-8").splitlines()[
        2
    ] == '1,"=HYPERLINK(""http://x"")",令和8年4月1日,85.5'
