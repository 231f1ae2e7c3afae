"""認定者名簿のブックを読み戻す（庁から返ってきたものを、送ったものと比べるため）。"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.workbooks.fields import CellError, Record, fold, need_table, shown
from app.workbooks.layouts import Item, Layout
from app.workbooks.reading import Workbook

_DATES = ("生年月日", "議決日", "認証日", "交付日", "有効期間の始まり", "有効期間の満了")
_COUNTS = ("更新", "最後の便")
_TEXTS = (
    "フリガナ",
    "ローマ字",
    "証書表記",
    "通称",
    "旧姓",
    "国籍",
    "所属機関",
    "所属機関の都道府県",
    "活動地域",
    "保有資格",
    "専門分野",
    "対応言語",
    "研修期",
    "状態",
    "公表の同意",
)
LAYOUT = Layout(
    "認定者名簿",
    (
        Item("認定番号", "code", True),
        Item("氏名", "name", True),
        *(Item(h) for h in _TEXTS),
        *(Item(h, "date") for h in _DATES),
        *(Item(h, "integer") for h in _COUNTS),
    ),
    {"認証番号": "認定番号", "名前": "氏名"},
)


@dataclass(frozen=True)
class RegisterLine:
    """名簿の一行。texts・dates・counts は見出しから値へ（ブックにない列は持たない）。氏名は書かれたまま。"""

    row: int
    number: str
    name: str
    texts: Mapping[str, str] = field(default_factory=dict)
    dates: Mapping[str, date | None] = field(default_factory=dict)
    counts: Mapping[str, int | None] = field(default_factory=dict)


@dataclass(frozen=True)
class RegisterSheet:
    """読み戻した名簿。errors のある行は lines に入らない。"""

    lines: tuple[RegisterLine, ...]
    errors: tuple[CellError, ...]
    warnings: tuple[CellError, ...]
    reports: tuple[str, ...]


def _line(record: Record, seen: dict[str, int]) -> RegisterLine | None:
    there = record.table.columns
    number = record.text("認定番号", required=True).strip()
    name = record.text("氏名", required=True)
    texts = {h: record.text(h) for h in _TEXTS if h in there}
    dates = {h: record.day(h) for h in _DATES if h in there}
    counts = {h: record.integer(h, low=0, high=1_000_000) for h in _COUNTS if h in there}
    if number and (first := seen.setdefault(fold(number), record.number)) != record.number:
        record.refuse("認定番号", f"{first}行目と同じ認定番号です。一人一行にしてください。")
    return RegisterLine(record.number, number, name, texts, dates, counts) if record.ok else None


def parse_register(workbook: Workbook) -> RegisterSheet:
    """認定者名簿のブックを読む。認定番号と氏名の列のある表がなければ InputRefused（NO_TABLE）。"""
    table = need_table(workbook, LAYOUT.name, LAYOUT.headings, LAYOUT.needed, LAYOUT.known)
    seen: dict[str, int] = {}
    found = [_line(record, seen) for record in table.records()]
    return RegisterSheet(
        tuple(line for line in found if line is not None),
        tuple(table.errors),
        tuple(table.warnings),
        workbook.reports,
    )


@dataclass(frozen=True)
class ReturnedRow:
    """戻った一行。cells は見出しから見える文字（日付は ISO）、unread は読めない見出しから書かれた値。"""

    row: int
    number: str
    cells: Mapping[str, str]
    unread: Mapping[str, str]


@dataclass(frozen=True)
class ReturnedSheet:
    """戻った名簿。headings は表にあった見出し。読めないセルのある行も、ほかのセルを比べるために残す。"""

    headings: frozenset[str]
    rows: tuple[ReturnedRow, ...]


def _cell(record: Record, heading: str) -> str:
    if heading in _DATES:
        return shown(record.day(heading))
    if heading in _COUNTS:
        return shown(record.integer(heading, low=0, high=1_000_000))
    return record.text(heading)


def _returned(record: Record) -> ReturnedRow:
    cells: dict[str, str] = {}
    unread: dict[str, str] = {}
    for heading in record.table.columns:
        known = len(record.table.errors)
        value = _cell(record, heading)
        if len(record.table.errors) > known:
            unread[heading] = shown(record.raw(heading))
        else:
            cells[heading] = value
    return ReturnedRow(record.number, cells.get("認定番号", "").strip(), cells, unread)


def read_returned(workbook: Workbook) -> ReturnedSheet:
    """戻った名簿を、一セルずつ比べられる形に読む。認定番号と氏名の列がなければ InputRefused（NO_TABLE）。"""
    table = need_table(workbook, LAYOUT.name, LAYOUT.headings, LAYOUT.needed, LAYOUT.known)
    return ReturnedSheet(frozenset(table.columns), tuple(_returned(r) for r in table.records()))
