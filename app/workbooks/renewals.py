"""更新研修の取込：認定番号・氏名・修了日。"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.domain.calendar import wareki
from app.workbooks.fields import CellError, Record, Table, fold, need_table
from app.workbooks.layouts import Item, Layout, explanation_page, layout_page, write_refused_table
from app.workbooks.reading import Workbook
from app.workbooks.writing import write_book

SHEET = "更新研修"
LAYOUT = Layout(
    SHEET,
    (
        Item("認定番号", "name", True, hint="認定証のとおりの番号。"),
        Item("氏名", "name", hint="確かめのための氏名。"),
        Item("修了日", "date", True, hint="令和8年3月31日、R8.3.31、2026-03-31 のどれでも読めます。"),
    ),
    {"認証番号": "認定番号", "番号": "認定番号", "名前": "氏名", "更新研修修了日": "修了日"},
)
# ほかの様式の見出し（研修のサイトの書き出しなど）
RENEWAL_WORDS: dict[str, str] = {
    "認定番号": "認証番号 認定証番号 番号 認定No 認証No 登録番号 認定者番号",
    "氏名": "名前 お名前 受講者名 受講者氏名 受講者 修了者氏名 修了者名 修了者 フルネーム 氏名漢字",
    "修了日": "更新研修修了日 更新研修の修了日 修了年月日 研修修了日 完了日 完了日時 終了日 受講修了日 修了",
}
_NOTES = ("更新研修を修了した人を、一行に一人書きます。列の順は変えても読めます。",)


@dataclass(frozen=True)
class RenewalForm:
    """一人の更新研修の修了。number は認定番号（打たれたまま）。"""

    row: int
    number: str
    name: str
    completed_on: date


@dataclass(frozen=True)
class RenewalsSheet:
    """読んだ更新研修。errors のある行は forms に入らない。"""

    forms: tuple[RenewalForm, ...]
    errors: tuple[CellError, ...]
    warnings: tuple[CellError, ...]
    reports: tuple[str, ...]


def _form(record: Record, today: date, seen: dict[str, int]) -> RenewalForm | None:
    number = record.text("認定番号", required=True).strip()
    day = record.day("修了日", required=True)
    name = record.text("氏名")
    if day is not None and day > today:
        record.refuse("修了日", f"修了日（{wareki(day)}）が今日より後です。日付を確かめてください。")
    if number and (first := seen.setdefault(fold(number), record.number)) != record.number:
        record.refuse("認定番号", f"{first}行目と同じ認定番号です。一人一行にしてください。")
    if day is None or not record.ok:
        return None
    return RenewalForm(record.number, number, name, day)


def _table(workbook: Workbook) -> Table:
    return need_table(workbook, LAYOUT.name, LAYOUT.headings, LAYOUT.needed, LAYOUT.known)


def parse_renewals(workbook: Workbook, today: date) -> RenewalsSheet:
    """更新研修のブックを読む。見出しの揃った表がなければ InputRefused（NO_TABLE）。"""
    table = _table(workbook)
    seen: dict[str, int] = {}
    found = (_form(record, today, seen) for record in table.records())
    forms = tuple(f for f in found if f is not None)
    return RenewalsSheet(forms, tuple(table.errors), tuple(table.warnings), workbook.reports)


def write_renewals(path: Path, forms: Iterable[RenewalForm]) -> None:
    """更新研修の修了を、読み戻せる様式で書く。"""
    rows = [(f.number, f.name, f.completed_on) for f in forms]
    pages = [layout_page(LAYOUT, rows), explanation_page("更新研修の様式の書き方", _NOTES, [LAYOUT])]
    write_book(path, pages, "更新研修")


def write_template(path: Path) -> None:
    """記入用の空の様式。"""
    write_renewals(path, ())


def write_refused(
    path: Path, workbook: Workbook, errors: Sequence[CellError], password: str | None = None
) -> None:
    """断った行を、理由を添えた同じ様式で書く。直せばそのまま読める。"""
    write_refused_table(path, LAYOUT, _table(workbook), errors, password)
