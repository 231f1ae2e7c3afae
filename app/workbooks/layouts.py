"""様式の一枚：見出し・選択肢・書き方から、空の様式と記入済みの様式を書く。"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.workbooks.comments import Notes
from app.workbooks.fields import CellError, Record, Table, find_table
from app.workbooks.packing import Page, Value
from app.workbooks.reading import Workbook
from app.workbooks.validating import Choice, Limit, Rule
from app.workbooks.writing import Column, write_book

__all__ = ["REASON", "Item", "Layout", "explanation_page", "layout_page", "refused_pages", "write_book"]

REASON = "不受理の理由"
_PREPARED = 2000  # 入力規則を用意する行の数
_MOST_REPEATED = 4


@dataclass(frozen=True)
class Item:
    """様式の一列。label は見える見出し（空なら heading）、words は選択肢、hint は書き方。"""

    heading: str
    kind: str = "text"
    required: bool = False
    words: tuple[str, ...] = ()
    hint: str = ""
    label: str = ""
    strict: bool = True

    @property
    def title(self) -> str:
        """見える見出し。"""
        return self.label or self.heading

    @property
    def column(self) -> Column:
        """表の列。"""
        return Column(self.title, self.kind)


@dataclass(frozen=True)
class Layout:
    """様式の一枚。synonyms は他の書式の見出しから、この様式の見出しへ。"""

    name: str
    items: tuple[Item, ...]
    synonyms: Mapping[str, str]

    @property
    def headings(self) -> tuple[str, ...]:
        """見出し（様式の順）。"""
        return tuple(i.heading for i in self.items)

    @property
    def needed(self) -> tuple[str, ...]:
        """表と認めるのに要る見出し。"""
        return tuple(i.heading for i in self.items if i.required)

    def find(self, workbook: Workbook) -> Table | None:
        """同じ名のシートから表を見つける。"""
        sheet = workbook.sheet(self.name)
        if sheet is None:
            return None
        return find_table(sheet, self.headings, self.needed, self.known)

    @property
    def known(self) -> dict[str, str]:
        """見出しの別の書き方。"""
        return dict(self.synonyms) | {i.title: i.heading for i in self.items}


def layout_page(
    layout: Layout,
    rows: Iterable[Sequence[Value]],
    reasons: Sequence[str] | None = None,
    wrong: Notes | None = None,
) -> Page:
    """様式の一枚。見出しは 1 行目、必ず書く列の見出しは色を変える。reasons があれば最後に理由の列を付ける。

    wrong は断ったセル（1 から数えた行, 0 から数えた列）とその理由：セルを塗り、注を付ける。
    """
    columns = [i.column for i in layout.items]
    styles = [c.style for c in columns]
    heading: list[tuple[Value, str] | None] = [
        (i.title, "required" if i.required else "heading") for i in layout.items
    ]
    widths = [c.wide for c in columns]
    body: list[list[tuple[Value, str] | None]] = [heading]
    for row in rows:
        body.append([(v, "text" if isinstance(v, str) else s) for v, s in zip(row, styles, strict=True)])
    for at, column in wrong or {}:
        cell = body[at - 1][column]
        body[at - 1][column] = (None if cell is None else cell[0], "wrong")
    if reasons is not None:
        heading.append((REASON, "heading"))
        widths.append(50.0)
        styles.append("reason")
        for line, reason in zip(body[1:], reasons, strict=True):
            line.append((reason, "reason"))
    rules = [rule for n, i in enumerate(layout.items) if (rule := _rule(n, i)) is not None]
    return Page(
        layout.name, body, widths, 1, rules, column_styles=styles, notes=wrong or {}, repeat=_repeated(layout)
    )


def _rule(column: int, item: Item) -> Rule | None:
    """列の入力規則：選択肢、日付、整数。決まりのない列は空。"""
    rows = (2, _PREPARED)
    if item.words:
        return Choice(column, rows, item.words, item.hint[:250], item.strict)
    if item.kind == "date":
        return Limit(column, rows, "date", item.hint[:250])
    return Limit(column, rows, "whole", item.hint[:250]) if item.kind == "integer" else None


def _repeated(layout: Layout) -> int:
    """横に二枚以上で刷るとき、各ページに繰り返す左の列の数（氏名まで。なければ初めの列）。"""
    names = [n for n, i in enumerate(layout.items) if i.heading == "氏名"]
    return names[0] + 1 if names and names[0] < _MOST_REPEATED else 1


def explanation_page(title: str, lines: Sequence[str], layouts: Sequence[Layout]) -> Page:
    """説明の一枚：はじめに、各列の書き方。"""
    body: list[list[tuple[Value, str] | None]] = [[(title, "title")]]
    body.extend([(line, "note")] for line in lines)
    body.append([])
    body.append([("シート", "heading"), ("列", "heading"), ("必須", "heading"), ("書き方", "heading")])
    for layout in layouts:
        for item in layout.items:
            hint = item.hint or ("・".join(item.words) if item.words else "")
            must = "必須" if item.required else ""
            body.append([(layout.name, "text"), (item.title, "text"), (must, "flag"), (hint, "text")])
    return Page("説明", body, [14.0, 26.0, 8.0, 80.0], 0, portrait=True)


def _reason_of(record: Record, found: Mapping[tuple[str, int], list[CellError]]) -> str:
    problems = found.get((record.table.sheet.name, record.number), [])
    return "\n".join(f"{p.column}：{p.reason}" for p in problems)


def _wrong_cells(
    layout: Layout, kept: Sequence[Record], found: Mapping[tuple[str, int], list[CellError]]
) -> dict[tuple[int, int], str]:
    """断ったセルの、書き出すシートでの所と理由。"""
    wrong: dict[tuple[int, int], str] = {}
    for row, record in enumerate(kept, 2):
        for error in found.get((record.table.sheet.name, record.number), []):
            if error.column in layout.headings:
                place = row, layout.headings.index(error.column)
                wrong[place] = f"{wrong[place]}\n{error.reason}" if place in wrong else error.reason
    return wrong


def refused_pages(
    tables: Sequence[tuple[Layout, Table]], errors: Sequence[CellError], link: str | None = None
) -> list[Page]:
    """断った行だけを、理由を添えて同じ様式に並べる。

    link があれば、その列の値が同じ行（一人の他の行）も一緒に写し、直してそのまま読めるようにする。
    """
    found: dict[tuple[str, int], list[CellError]] = {}
    for error in errors:
        found.setdefault((error.sheet, error.row), []).append(error)
    rows = [(layout, record) for layout, table in tables for record in table.records()]
    bad = {
        str(record.raw(link)).strip()
        for _, record in rows
        if link is not None and (record.table.sheet.name, record.number) in found
    }
    pages = []
    for layout, _ in tables:
        kept = [
            record
            for owner, record in rows
            if owner is layout
            and (
                (record.table.sheet.name, record.number) in found
                or (link is not None and str(record.raw(link)).strip() in bad)
            )
        ]
        cells = [[record.raw(h) for h in layout.headings] for record in kept]
        reasons = [_reason_of(r, found) for r in kept]
        pages.append(layout_page(layout, cells, reasons, _wrong_cells(layout, kept, found)))
    return pages


def write_refused_table(
    path: Path, layout: Layout, table: Table, errors: Sequence[CellError], password: str | None = None
) -> None:
    """一枚の様式の断った行を、理由を添えて書く。password があれば暗号化する。"""
    write_book(path, refused_pages([(layout, table)], errors), f"{layout.name}（不受理の行）", password)
