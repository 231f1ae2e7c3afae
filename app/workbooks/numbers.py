"""庁の付けた認定番号の取込：受付番号・氏名・生年月日・認定番号。"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.workbooks.fields import CellError, Record, Table, fold, need_table
from app.workbooks.layouts import Item, Layout, explanation_page, layout_page, write_refused_table
from app.workbooks.reading import Workbook
from app.workbooks.writing import write_book

SHEET = "認定番号"
LAYOUT = Layout(
    SHEET,
    (
        Item("受付番号", "integer", True, hint="この事務局の受付番号。"),
        Item("氏名", "name", True, hint="確かめのための氏名。"),
        Item("生年月日", "date", hint="同じ氏名の人を分けるため。"),
        Item("認定番号", "name", True, hint="庁の付けた番号。書かれたとおりに刷ります。"),
    ),
    {"番号": "認定番号", "認証番号": "認定番号", "登録番号": "認定番号", "名前": "氏名", "受付": "受付番号"},
)
_NOTES = (
    "庁の付けた認定番号を、一行に一人書きます。受付番号と氏名が合わない行は受け取りません。",
    "番号は打たれたとおりに刷ります（全角・半角も変えません）。",
)
_LONGEST = 40


@dataclass(frozen=True)
class NumberForm:
    """一人の番号。number は打たれたまま（両端の空白だけを除く）、空なら様式のままの行。"""

    row: int
    reception: int
    name: str
    birth_date: date | None
    number: str


@dataclass(frozen=True)
class NumbersSheet:
    """読んだ番号。errors のある行は forms に入らない。"""

    forms: tuple[NumberForm, ...]
    errors: tuple[CellError, ...]
    warnings: tuple[CellError, ...]
    reports: tuple[str, ...]


def _form(record: Record, numbers: dict[str, int], receptions: dict[int, int]) -> NumberForm | None:
    reception = record.integer("受付番号", low=1, high=99_999, required=True)
    name, birth_date = record.text("氏名", required=True), record.day("生年月日")
    number = record.text("認定番号", required=True).strip()
    if len(number) > _LONGEST:
        record.refuse("認定番号", f"認定番号が長すぎます（{_LONGEST}字まで）。")
    if number and (first := numbers.setdefault(fold(number), record.number)) != record.number:
        record.refuse("認定番号", f"{first}行目と同じ認定番号です。二人に同じ番号は付けられません。")
    if reception and (first := receptions.setdefault(reception, record.number)) != record.number:
        record.refuse("受付番号", f"{first}行目と同じ受付番号です。一人一行にしてください。")
    if reception is None or not record.ok:
        return None
    return NumberForm(record.number, reception, name, birth_date, number)


def _table(workbook: Workbook) -> Table:
    return need_table(workbook, LAYOUT.name, LAYOUT.headings, LAYOUT.needed, LAYOUT.known)


def parse_numbers(workbook: Workbook) -> NumbersSheet:
    """番号のブックを読む。見出しの揃った表がなければ InputRefused（NO_TABLE）。"""
    table = _table(workbook)
    numbers: dict[str, int] = {}
    receptions: dict[int, int] = {}
    found = (_form(record, numbers, receptions) for record in table.records())
    forms = tuple(f for f in found if f is not None)
    return NumbersSheet(forms, tuple(table.errors), tuple(table.warnings), workbook.reports)


def write_numbers(path: Path, forms: Iterable[NumberForm]) -> None:
    """番号を待つ人の、読み戻せる様式を書く（番号の欄は forms のまま、空なら空）。"""
    rows = [(f.reception, f.name, f.birth_date, f.number or None) for f in forms]
    pages = [layout_page(LAYOUT, rows), explanation_page("認定番号の様式の書き方", _NOTES, [LAYOUT])]
    write_book(path, pages, "認定番号")


def write_refused(
    path: Path, workbook: Workbook, errors: Sequence[CellError], password: str | None = None
) -> None:
    """断った行を、理由を添えた同じ様式で書く。直せばそのまま読める。"""
    write_refused_table(path, LAYOUT, _table(workbook), errors, password)
