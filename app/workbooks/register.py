"""認定者名簿のブックを読み戻す（庁から返ってきたものを、送ったものと比べるため）。"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.workbooks.fields import CellError, Record, fold, need_table
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
