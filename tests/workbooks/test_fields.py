"""セルは書かれた形によらず同じ値になり、読めないセルは所と理由を残す。"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.domain.errors import InputRefused
from app.workbooks.fields import CellError, Record, find_table, fold, need_table, shown
from app.workbooks.reading import ERROR_CELL, NO_VALUE_CELL, Cell, Sheet, Workbook

DAY = date(2026, 3, 31)


def record(value: Cell) -> Record:
    """「値」の列に value のある一行。"""
    table = find_table(Sheet("表", (("番号", "値"), (1, value))), ("番号", "値"), ("番号",))
    assert table is not None
    return table.records()[0]


@pytest.mark.parametrize(
    "written",
    [
        DAY,
        "2026-03-31",
        "2026/3/31",
        "2026.3.31",
        "2026年3月31日",
        "２０２６年３月３１日",
        "20260331",
        20260331,
        "令和8年3月31日",
        "令和８年３月３１日",
        "令和八年三月三十一日",
        "R8.3.31",
        "r8/3/31",
        "Ｒ８．３．３１",
        "R08.03.31",
        " 令和8年 3月31日 ",
        "㋿8年3月31日",
        "2026-03-31 00:00:00",
        "2026-03-31 09:30:00",
    ],
)
def test_a_day_is_read_in_every_usual_spelling(written: Cell) -> None:
    one = record(written)
    assert (one.day("値"), one.table.errors, one.table.warnings) == (DAY, [], [])


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("昭和元年12月25日", date(1926, 12, 25)),
        ("S60.4.1", date(1985, 4, 1)),
        ("平成31年4月30日", date(2019, 4, 30)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("大正15年12月24日", date(1926, 12, 24)),
        ("明治45年7月29日", date(1912, 7, 29)),
        ("令和6年2月29日", date(2024, 2, 29)),
    ],
)
def test_the_first_and_last_days_of_an_era_are_read(written: str, day: date) -> None:
    one = record(written)
    assert (one.day("値"), one.table.warnings) == (day, [])


@pytest.mark.parametrize(
    "written",
    [
        "令和7年2月29日",
        "2025-02-29",
        "2026-13-01",
        "3月31日",
        "未定",
        "00:00:00",
        0,
        -1,
        45000,
        45000.5,
        float("inf"),
        float("nan"),
        10**30,
        "9" * 5000,
        True,
        date(1, 1, 1),
        date(9999, 12, 31),
        ERROR_CELL,
        NO_VALUE_CELL,
        "1872-12-31",
    ],
)
def test_what_is_no_day_is_refused_and_never_guessed(written: Cell) -> None:
    one = record(written)
    assert (one.day("値"), one.ok) == (None, False)
    assert [(e.row, e.column, e.value) for e in one.table.errors] == [(2, "値", shown(written))]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (80, 80),
        (80.0, 80),
        ("80", 80),
        ("８０", 80),
        ("80点", 80),
        (" 80 ", 80),
        ("0", 0),
        (0, 0),
        ("０", 0),
        ("080", 80),
        ("410日", 410),
        ("４１０ 日", 410),
        (None, None),
        ("", None),
        ("　", None),
    ],
)
def test_a_whole_number_is_read_in_every_usual_spelling(written: Cell, number: int | None) -> None:
    one = record(written)
    assert (one.integer("値", low=0, high=1000), one.table.errors) == (number, [])


@pytest.mark.parametrize(
    "written",
    [
        "八十",
        "80.5",
        80.5,
        -1,
        1001,
        "1,000",
        "1e2",
        "80 70",
        float("inf"),
        float("-inf"),
        float("nan"),
        10**30,
        "9" * 5000,
        "٣",
        "²",
        "8²",
        "8①",
        "½",
        True,
        False,
        date(2026, 3, 31),
        ERROR_CELL,
        NO_VALUE_CELL,
        "=1+1",
    ],
)
def test_what_is_no_whole_number_in_range_is_refused(written: Cell) -> None:
    one = record(written)
    assert one.integer("値", low=0, high=1000) is None
    assert [(e.row, e.column, e.value) for e in one.table.errors] == [(2, "値", shown(written))]


@pytest.mark.parametrize(
    "written", [" 前後 ", "神\ufa19", "葛󠄀城", "0012", "=1+1", "+81", "@x", "-", "か\u3099", "ｶﾞ", "Ａ", "a\nb"]
)
def test_text_is_kept_exactly_as_typed(written: str) -> None:
    assert record(written).text("値") == written


def test_numbers_and_days_in_a_text_column_become_text() -> None:
    assert [record(v).text("値") for v in (312345678, 1.5, True, DAY)] == [
        "312345678", "1.5", "TRUE", "2026-03-31",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ("はい", True),
        ("○", True),
        ("ある", None),
        ("有", True),
        (True, True),
        (1, True),
        ("ＹＥＳ", True),
        ("いいえ", False),
        ("×", False),
        (False, False),
        (0, False),
        ("未回答", None),
        (None, None),
        ("不明", None),
    ],
)
def test_yes_and_no(written: Cell, answer: bool | None) -> None:
    one = record(written)
    assert one.yes_no("値") is answer
    assert one.ok is (written != "ある")


def test_a_choice_is_read_by_its_word_or_its_code_whatever_the_width() -> None:
    words = {"国": "national", "小テストA": "quiz"}
    assert [record(v).choice("値", words) for v in ("国", " 国 ", "NATIONAL", "小テストＡ", None)] == [
        "national", "national", "national", "quiz", None,
    ]  # fmt: skip
    one = record("県")
    assert one.choice("値", words) is None
    assert one.table.errors == [
        CellError("表", 2, "値", "県", "「県」は選べません。国・小テストAのどれかを書いてください。")
    ]


@pytest.mark.parametrize(
    "read",
    [
        lambda r: r.text("値", required=True),
        lambda r: r.day("値", required=True),
        lambda r: r.integer("値", low=0, high=9, required=True),
        lambda r: r.choice("値", {"国": "n"}, required=True),
    ],
)
@pytest.mark.parametrize("empty", [None, "", " ", "　\t"])
def test_an_empty_required_cell_is_refused(read: Callable[[Record], Any], empty: Cell) -> None:
    one = record(empty)
    read(one)
    assert [e.reason for e in one.table.errors] == ["値が空です。必ず書いてください。"]


def test_a_day_outside_its_era_is_read_with_a_warning() -> None:
    one = record("平成31年5月1日")
    assert (one.day("値"), one.ok, len(one.table.warnings)) == (date(2019, 5, 1), True, 1)


def test_the_heading_row_is_found_below_notes_with_columns_in_any_order() -> None:
    sheet = Sheet("表", (("題",), (), ("値（例：1）", None, " 番 号 "), (5, None, 1)))
    table = find_table(sheet, ("番号", "値"), ("番号",))
    assert table is not None
    assert (table.columns, table.first) == ({"値": 0, "番号": 2}, 3)
    assert [(r.number, r.raw("番号"), r.raw("値")) for r in table.records()] == [(4, 1, 5)]


def test_a_repeated_heading_counts_once_at_its_first_place() -> None:
    table = find_table(Sheet("表", (("番号", "値", "値"), (1, 2, 3))), ("番号", "値"), ("番号",))
    assert table is not None
    assert table.records()[0].raw("値") == 2


def test_rows_that_are_empty_or_short_are_no_trouble() -> None:
    sheet = Sheet("表", (("番号", "値"), (), (None, None), ("", ""), (7,), (8, 9, 10)))
    table = find_table(sheet, ("番号", "値"), ("番号",))
    assert table is not None
    assert [(r.number, r.raw("番号"), r.raw("値")) for r in table.records()] == [(5, 7, None), (6, 8, 9)]


def test_headings_beyond_the_twentieth_row_are_not_looked_for() -> None:
    rows = (*((None,) for _ in range(20)), ("番号",), (1,))
    with pytest.raises(InputRefused) as caught:
        need_table(Workbook((Sheet("表", rows),)), "表", ("番号",), ("番号",))
    assert (caught.value.code, str(caught.value)) == (
        "NO_TABLE",
        "見出し（番号）の揃った表がありません。「表」の様式を使っているか、見出しの行を消していないかを確かめてください。",
    )


def test_the_sheet_of_the_right_name_is_taken_before_another_that_fits() -> None:
    sheets = (Sheet("控え", (("番号",), (1,))), Sheet(" 表 ", (("番号",), (2,))))
    assert need_table(Workbook(sheets), "表", ("番号",), ("番号",)).records()[0].raw("番号") == 2
    assert need_table(Workbook(sheets), "別", ("番号",), ("番号",)).records()[0].raw("番号") == 1


def test_headings_are_compared_without_width_case_and_space() -> None:
    assert [fold(t) for t in ("Ｅ－ｍａｉｌ", " 氏\n名 ", "ﾌﾘｶﾞﾅ")] == ["e-mail", "氏名", "フリガナ"]
