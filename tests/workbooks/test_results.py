"""成績の様式：書いたものはそのまま読め、0点・欠席・未実施・空は混ざらない。"""

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from app.domain.errors import InputRefused
from app.workbooks.fields import CellError
from app.workbooks.reading import Cell, Sheet, Workbook, read_workbook
from app.workbooks.results import (
    ResultForm,
    ResultsSheet,
    kind_words,
    parse_results,
    write_refused,
    write_results,
    write_template,
)

TODAY = date(2026, 2, 20)
DAY = date(2026, 2, 3)
HEAD = ("受付番号", "氏名", "種別", "結果", "実施日", "回", "遅刻（分）", "早退（分）")
FORMS = (
    ResultForm(2, 12, "=神\ufa19 花子", "quiz", "points", 0, DAY, "A"),
    ResultForm(3, 12, "=神\ufa19 花子", "quiz", "points", 100, DAY, "E", attempt=2),
    ResultForm(4, 13, " 例 太郎 ", "quiz", "absent", None, None, "B"),
    ResultForm(5, 13, "", "comprehensive", "invalid", None, DAY),
    ResultForm(6, 14, "a\nb", "comprehensive", "exempt"),
    ResultForm(7, 15, "@x", "comprehensive", "not_held"),
    ResultForm(8, 12, "+1", "report", "submitted", None, DAY, position=2),
    ResultForm(9, 12, "-1", "final_report", "submitted", None, DAY),
    ResultForm(10, 13, "例", "report", "not_held", position=1),
    ResultForm(11, 12, "例", "session", "attended", None, DAY, position=1, minutes_late=15, minutes_left_early=3),
    ResultForm(12, 13, "例", "session", "absent", None, DAY, position=12),
)  # fmt: skip


def parse(*rows: tuple[Cell, ...], head: tuple[Cell, ...] = HEAD) -> ResultsSheet:
    return parse_results(Workbook((Sheet("成績", (head, *rows)),)), TODAY)


def test_what_is_written_is_read_back_as_the_same_forms(tmp_path: Path) -> None:
    write_results(tmp_path / "a.xlsx", FORMS)
    read = parse_results(read_workbook(tmp_path / "a.xlsx"), TODAY)
    assert read == ResultsSheet(FORMS, (), (), ())


def test_the_blank_template_has_no_row_and_no_complaint(tmp_path: Path) -> None:
    write_template(tmp_path / "a.xlsx")
    assert parse_results(read_workbook(tmp_path / "a.xlsx"), TODAY) == ResultsSheet((), (), (), ())
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["成績", "説明"]
    choices, *others = book["成績"].data_validations.dataValidation
    assert [(str(v.sqref), v.type) for v in others] == [
        ("E2:E2000", "date"),
        *((f"{letter}2:{letter}2000", "whole") for letter in "FGH"),
    ]
    assert (str(choices.sqref), choices.formula1.split(",")[0]) == ("C2:C2000", '"小テストA')


@pytest.mark.parametrize(
    ("written", "points"),
    [(0, 0), ("0", 0), ("０", 0), ("0点", 0), ("００８０", 80), ("８０点", 80), (80.0, 80)],
)
def test_zero_points_are_points_in_every_spelling(written: Cell, points: int) -> None:
    form = parse((1, "例", "小テストA", written, DAY)).forms[0]
    assert (form.outcome, form.points) == ("points", points)


@pytest.mark.parametrize("written", [None, "", " ", "-", "ー", "―", "／"])
def test_an_empty_or_dashed_result_is_neither_zero_nor_absence(written: Cell) -> None:
    read = parse((1, "例", "小テストA", written, DAY))
    assert read.forms == ()
    reason = "結果が書かれていません。点数か、欠席・無効・免除・未実施を書いてください。"
    assert [(e.row, e.column, e.reason) for e in read.errors] == [(2, "結果", reason)]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("小テストＡ", ("quiz", "A", None)),
        ("小テスト e", ("quiz", "E", None)),
        ("総合確認テスト", ("comprehensive", "", None)),
        ("取組状況報告第2回", ("report", "", 2)),
        ("取組状況報告２", ("report", "", 2)),
        ("課題レポート", ("final_report", "", None)),
        ("集合研修 10", ("session", "", 10)),
    ],
)
def test_kinds_are_read_in_every_usual_spelling(words: str, kind: tuple[str, str, int | None]) -> None:
    outcome = {"report": "提出", "final_report": "提出", "session": "出席"}.get(kind[0], "70")
    form = parse((1, "例", words, outcome, DAY)).forms[0]
    assert (form.kind, form.subject_group, form.position) == kind


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ((None, "例", "小テストA", 80, DAY), "受付番号"),
        (("〇一", "例", "小テストA", 80, DAY), "受付番号"),
        ((0, "例", "小テストA", 80, DAY), "受付番号"),
        ((1, "例", None, 80, DAY), "種別"),
        ((1, "例", "小テストF", 80, DAY), "種別"),
        ((1, "例", "小テスト", 80, DAY), "種別"),
        ((1, "例", "集合研修", "出席", DAY), "種別"),
        ((1, "例", "小テストA", "合格", DAY), "結果"),
        ((1, "例", "小テストA", -1, DAY), "結果"),
        ((1, "例", "小テストA", 80.5, DAY), "結果"),
        ((1, "例", "小テストA", 1001, DAY), "結果"),
        ((1, "例", "小テストA", "8²", DAY), "結果"),
        ((1, "例", "取組状況報告1", 80, DAY), "結果"),
        ((1, "例", "集合研修1", "提出", DAY), "結果"),
        ((1, "例", "小テストA", "#エラー", DAY), "結果"),
        ((1, "例", "小テストA", 80, None), "実施日"),
        ((1, "例", "取組状況報告1", "提出", None), "実施日"),
        ((1, "例", "小テストA", 80, date(2026, 2, 21)), "実施日"),
        ((1, "例", "小テストA", 80, "令和8年2月30日"), "実施日"),
        ((1, "例", "小テストA", 80, DAY, 0), "回"),
        ((1, "例", "集合研修1", "出席", DAY, None, "少し"), "遅刻（分）"),
        ((1, "例", "集合研修1", "出席", DAY, None, None, 601), "早退（分）"),
    ],
)
def test_a_cell_that_cannot_be_taken_is_named_and_its_row_left_out(
    row: tuple[Cell, ...], column: str
) -> None:
    read = parse(row, (2, "例", "小テストB", 70, DAY))
    assert [(e.sheet, e.row, e.column) for e in read.errors] == [("成績", 2, column)]
    assert [f.row for f in read.forms] == [3]


def test_the_same_result_twice_is_refused_unless_it_is_another_attempt() -> None:
    one: tuple[Cell, ...] = (1, "例", "小テストA", 80, DAY)
    assert [(e.row, e.column) for e in parse(one, one).errors] == [(3, "種別")]
    assert parse((*one, 1), (*one, 2)).errors == ()
    assert parse(one, (1, "例", "小テストA", 90, date(2026, 2, 4))).errors == ()
    report: tuple[Cell, ...] = (1, "例", "取組状況報告1", "提出", DAY)
    again = parse(report, (1, "例", "取組状況報告1", "提出", date(2026, 2, 4)))
    assert [(e.row, e.column) for e in again.errors] == [(3, "種別")]


def test_a_foreign_layout_is_read_by_its_synonyms() -> None:
    head = ("得点", "科目", "日付", "番号", "名前")
    form = parse(("75", "小テストC", "R8.2.3", "0007", "例 太郎"), head=head).forms[0]
    assert form == ResultForm(2, 7, "例 太郎", "quiz", "points", 75, DAY, "C")


def test_refused_rows_carry_their_reasons_and_are_read_again_once_mended(tmp_path: Path) -> None:
    workbook = Workbook(
        (Sheet("成績", (HEAD, ("0001", "例", "小テストA", "=80", DAY), (2, "例", "小テストB", 70, DAY))),)
    )
    first = parse_results(workbook, TODAY)
    write_refused(tmp_path / "a.xlsx", workbook, first.errors)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    sheet = book["成績"]
    assert [c.value for c in sheet[2]][:4] == ["0001", "例", "小テストA", "=80"]
    assert sheet.max_row == 2
    assert (sheet["D2"].data_type, sheet["I2"].value) == ("s", f"結果：{first.errors[0].reason}")
    sheet["D2"].value = 80
    book.save(tmp_path / "b.xlsx")
    again = parse_results(read_workbook(tmp_path / "b.xlsx"), TODAY)
    assert again.forms == (ResultForm(2, 1, "例", "quiz", "points", 80, DAY, "A"),)
    assert again.errors == ()


def test_the_words_of_every_kind_are_those_that_are_read() -> None:
    assert [kind_words(f) for f in FORMS[:1] + FORMS[3:4] + FORMS[6:8] + FORMS[9:10]] == [
        "小テストA", "総合確認テスト", "取組状況報告2", "課題レポート", "集合研修1",
    ]  # fmt: skip


def test_a_workbook_without_the_headings_is_refused() -> None:
    with pytest.raises(InputRefused) as caught:
        parse((1, 2), head=("受付番号", "氏名"))
    assert caught.value.code == "NO_TABLE"


def test_a_problem_names_the_sheet_of_the_file() -> None:
    rows = (HEAD, (1, "例", "小テストZ", 80, DAY))
    read = parse_results(Workbook((Sheet("Sheet1", rows),)), TODAY)
    assert [type(e) for e in read.errors] == [CellError]
    assert read.errors[0].sheet == "Sheet1"
