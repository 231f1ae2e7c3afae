"""名簿のブック：送ったものが、返ってきたときに同じ値で読める。"""

from datetime import date
from pathlib import Path

import pytest

from app.domain.errors import InputRefused
from app.services.exports import REGISTER_HEADERS, ListSheet
from app.services.lists import write_list
from app.workbooks.reading import Cell, Sheet, Workbook, read_workbook
from app.workbooks.register import RegisterLine, RegisterSheet, parse_register

DATES = ("生年月日", "議決日", "認証日", "交付日", "有効期間の始まり", "有効期間の満了")
COUNTS = ("更新", "最後の便")
ROW: dict[str, str | int | date | None] = {
    **{h: f"{h}の値" for h in REGISTER_HEADERS},
    "認定番号": "第R7-1-0001号",
    "氏名": "神\ufa19  葛󠄀城",
    "フリガナ": "=HYPERLINK(1)",
    "ローマ字": "-1",
    "旧姓": "",
    "生年月日": date(1985, 4, 1),
    "議決日": date(2026, 3, 20),
    "認証日": date(2026, 3, 31),
    "交付日": None,
    "有効期間の始まり": date(2026, 3, 31),
    "有効期間の満了": date(2029, 3, 31),
    "更新": 0,
    "最後の便": None,
}


def parse(*rows: tuple[Cell, ...]) -> RegisterSheet:
    return parse_register(Workbook((Sheet("認定者名簿", (("認定番号", "氏名", "生年月日", "更新"), *rows)),)))


@pytest.mark.parametrize("password", ["", "ブックの合言葉"])
def test_the_register_that_was_sent_is_read_back_with_the_same_values(tmp_path: Path, password: str) -> None:
    sheet = ListSheet("認定者名簿", REGISTER_HEADERS, (tuple(ROW[h] for h in REGISTER_HEADERS),))
    write_list(tmp_path / "a.xlsx", [sheet], ["基準日 令和8年4月1日", "監査記録の先頭"], password)
    read = parse_register(read_workbook(tmp_path / "a.xlsx", password or None))
    assert (read.errors, read.warnings, read.reports) == ((), (), ())
    (line,) = read.lines
    assert (line.row, line.number, line.name) == (5, ROW["認定番号"], ROW["氏名"])
    assert {**line.texts, **line.dates, **line.counts} == {
        h: v for h, v in ROW.items() if h not in ("認定番号", "氏名")
    }


def test_the_columns_of_the_list_are_all_known_to_the_reader() -> None:
    read = parse_register(
        Workbook((Sheet("認定者名簿", (REGISTER_HEADERS, tuple(str(v or "") for v in ROW.values()))),))
    )
    line = read.lines[0]
    assert {"認定番号", "氏名", *line.texts, *line.dates, *line.counts} == set(REGISTER_HEADERS)


def test_a_column_that_is_not_there_is_not_taken_for_an_empty_one() -> None:
    assert parse(("1", "例", "S60.4.1", "2")).lines == (
        RegisterLine(2, "1", "例", {}, {"生年月日": date(1985, 4, 1)}, {"更新": 2}),
    )


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ((None, "例", None, 0), "認定番号"),
        (("1", None, None, 0), "氏名"),
        (("1", "例", "不明", 0), "生年月日"),
        (("1", "例", None, "なし"), "更新"),
        (("２", "例", None, 0), "認定番号"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_left_out(row: tuple[Cell, ...], column: str) -> None:
    read = parse(("2", "例", None, 0), row)
    assert [(e.row, e.column) for e in read.errors] == [(3, column)]
    assert [line.row for line in read.lines] == [2]


def test_a_workbook_without_the_headings_is_refused() -> None:
    with pytest.raises(InputRefused) as caught:
        parse_register(Workbook((Sheet("認定者名簿", (("氏名",), ("例",))),)))
    assert caught.value.code == "NO_TABLE"
