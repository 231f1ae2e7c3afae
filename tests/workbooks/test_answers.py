"""答案の様式：書いたものはそのまま読め、白紙と欠席は別のもの、正答は設問と合う。"""

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from app.domain.errors import InputRefused
from app.workbooks.answers import (
    AnswerForm,
    AnswersSheet,
    KeyForm,
    labels,
    parse_answers,
    write_answers,
    write_refused,
    write_template,
)
from app.workbooks.reading import Cell, Sheet, Workbook, read_workbook

KEYS = (
    KeyForm(2, 1, "A", 2, ("ア",), "choice"),
    KeyForm(3, 2, "B", 3, ("ア", "ウ"), "multiple"),
    KeyForm(4, 3, "E", 10, (), "written"),
    KeyForm(5, 4, "C", 1, ("イ",), "multiple"),
)
FORMS = (
    AnswerForm(2, 1, "=神\ufa19 花子", "points", {1: ("ア",), 2: ("ア", "ウ"), 3: ("8",), 4: ("1",)}),
    AnswerForm(3, 12, " 例 太郎", "points", {4: ("イ",)}),
    AnswerForm(4, 13, "白紙", "points"),
    AnswerForm(5, 14, "休", "absent"),
    AnswerForm(6, 15, "無", "invalid"),
    AnswerForm(7, 16, "免", "exempt"),
    AnswerForm(8, 17, "未", "not_held"),
)
HEAD = ("受付番号", "氏名", "結果", "問1", "問2")


def parse(
    *rows: tuple[Cell, ...], head: tuple[Cell, ...] = HEAD, keys: tuple[tuple[Cell, ...], ...] = ()
) -> AnswersSheet:
    sheets = [Sheet("答案", (head, *rows))]
    if keys:
        sheets.append(Sheet("正答", (("問", "科目群", "配点", "正答", "形式"), *keys)))
    return parse_answers(Workbook(tuple(sheets)))


def test_what_is_written_is_read_back_as_the_same_forms_and_keys(tmp_path: Path) -> None:
    write_answers(tmp_path / "a.xlsx", FORMS, KEYS)
    read = parse_answers(read_workbook(tmp_path / "a.xlsx"))
    assert read == AnswersSheet(FORMS, (1, 2, 3, 4), KEYS, (), (), ())


def test_the_blank_template_has_its_questions_and_no_complaint(tmp_path: Path) -> None:
    write_template(tmp_path / "a.xlsx", 3)
    read = parse_answers(read_workbook(tmp_path / "a.xlsx"))
    assert read == AnswersSheet((), (1, 2, 3), (), (), (), ())


@pytest.mark.parametrize(
    ("written", "chosen"),
    [
        ("ア", ("ア",)),
        ("ｱ", ("ア",)),
        (" ア，ウ ", ("ア", "ウ")),
        ("ウ ア", ("ウ", "ア")),
        ("a/B", ("A", "B")),
        ("１、２", ("1", "2")),
        ("ア,ア", ("ア",)),
        ("①", ("1",)),
        ("8²", ("8²",)),
        ("", ()),
        ("、", ()),
    ],
)
def test_choices_are_read_in_every_usual_spelling(written: str, chosen: tuple[str, ...]) -> None:
    assert labels(written) == chosen


def test_question_columns_are_found_in_any_order_and_spelling() -> None:
    head = ("Q2", "名前", "設問1", "番号", "問題１０")
    read = parse(("イ", "例", "ア", "0007", 3), head=head)
    assert read.questions == (1, 2, 10)
    assert read.forms == (AnswerForm(2, 7, "例", "points", {1: ("ア",), 2: ("イ",), 10: ("3",)}),)


def test_nothing_written_is_not_taken_for_a_blank_paper() -> None:
    read = parse((1, "例", None, None, None), (2, "例", "受験", None, None))
    assert [(e.row, e.column) for e in read.errors] == [(2, "結果")]
    assert read.forms == (AnswerForm(3, 2, "例", "points"),)


def test_absence_with_answers_is_refused() -> None:
    read = parse((1, "例", "欠席", "ア", None))
    assert [(e.row, e.column, e.value) for e in read.errors] == [(2, "結果", "欠席")]
    assert read.errors[0].reason == "「欠席」ですが答えがあります。どちらかを直してください。"


def test_one_person_has_one_row() -> None:
    read = parse((1, "例", None, "ア", None), ("0001", "例", None, "イ", None))
    assert [(e.row, e.column) for e in read.errors] == [(3, "受付番号")]
    assert [f.row for f in read.forms] == [2]


def test_an_error_cell_in_an_answer_refuses_the_row() -> None:
    read = parse((1, "例", None, "#エラー", "ア"))
    assert [(e.row, e.column) for e in read.errors] == [(2, "問1")]
    assert read.forms == ()


@pytest.mark.parametrize(
    ("key", "column"),
    [
        ((None, "A", 1, "ア", None), "問"),
        ((0, "A", 1, "ア", None), "問"),
        ((1, "F", 1, "ア", None), "科目群"),
        ((1, "A", 0, "ア", None), "配点"),
        ((1, "A", 1.5, "ア", None), "配点"),
        ((1, "A", 1, "ア", "記述"), "正答"),
        ((1, "A", 1, None, "一つ選ぶ"), "正答"),
        ((1, "A", 1, "ア", "選択"), "形式"),
    ],
)
def test_a_bad_key_is_named(key: tuple[Cell, ...], column: str) -> None:
    read = parse((1, "例", None, "ア", "イ"), keys=(key, (2, "B", 1, "イ", None)))
    assert [(e.sheet, e.row, e.column) for e in read.errors] == [("正答", 2, column)]
    assert [k.number for k in read.keys] == [2]
    assert read.reports == ("「正答」に問1がありません。",)


def test_a_question_has_one_key() -> None:
    read = parse((1, "例", None, "ア", None), keys=((1, "A", 1, "ア", None), (1, "A", 1, "イ", None)))
    assert [(e.sheet, e.row, e.column) for e in read.errors] == [("正答", 3, "問")]


def test_the_form_of_a_question_follows_from_the_number_of_right_answers() -> None:
    keys = ((1, "A", 1, "ア", None), (2, "A", 1, "ア,イ", None), (3, "A", 1, None, None))
    read = parse((1, "例", None, "ア", None), keys=keys)
    assert [(k.number, k.kind) for k in read.keys] == [(1, "choice"), (2, "multiple"), (3, "written")]


def test_refused_rows_carry_their_reasons_and_are_read_again_once_mended(tmp_path: Path) -> None:
    write_answers(tmp_path / "a.xlsx", FORMS, KEYS)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    book["答案"]["A3"].value = "十二"
    book.save(tmp_path / "b.xlsx")
    workbook = read_workbook(tmp_path / "b.xlsx")
    first = parse_answers(workbook)
    assert first.forms == (FORMS[0], *FORMS[2:])
    write_refused(tmp_path / "c.xlsx", workbook, first.errors)
    book = openpyxl.load_workbook(tmp_path / "c.xlsx")
    assert [c.value for c in book["答案"]["B"]] == ["氏名", " 例 太郎"]
    book["答案"]["A2"].value = 12
    book.save(tmp_path / "d.xlsx")
    again = parse_answers(read_workbook(tmp_path / "d.xlsx"))
    assert (again.forms, again.errors) == ((replace(FORMS[1], row=2),), ())


def test_a_workbook_without_questions_is_refused() -> None:
    with pytest.raises(InputRefused) as caught:
        parse((1, "例"), head=("受付番号", "氏名"))
    assert caught.value.code == "NO_TABLE"
