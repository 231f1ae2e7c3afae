"""読み方：ほかの様式のどの列・どのセルが、申込様式のどの項目か。"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from app.domain.errors import InputRefused
from app.workbooks.mapping.words import Slot, plain, slot_of
from app.workbooks.reading import Cell, Sheet

COLUMN = -1
HEADING_ROWS = 40
_FORM_ROWS, _FORM_COLUMNS = 300, 80
TABLE, FORM = "table", "form"


def letters(column: int) -> str:
    """列の字（0 → A）。"""
    out, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        out = chr(65 + rest) + out
    return out


def blank(cell: Cell) -> bool:
    """空か、空白だけの文字か。"""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def words_of(cell: Cell) -> str:
    """見出しとして見る文字。日付と真偽は見出しにならない。"""
    if blank(cell) or isinstance(cell, bool | date):
        return ""
    return " ".join(str(cell).split())


@dataclass(frozen=True)
class Place:
    """一項目の値のある所。

    cells は（行, 列）の並び（0 から。行が COLUMN なら人ごとの行の、その列）。二つ以上ならつないで一つの値にする。
    fixed はどの人も同じ値（cells は空）。label はセルの見出しの鍵とその所で、一枚一人の様式を見分けるのに使う。
    """

    cells: tuple[tuple[int, int], ...] = ()
    fixed: str = ""
    label: str = ""
    label_at: tuple[int, int] | None = None

    def moved(self, down: int, right: int) -> "Place":
        """ずらした所。"""
        cells = tuple((r + down, c + right) for r, c in self.cells)
        at = self.label_at and (self.label_at[0] + down, self.label_at[1] + right)
        return Place(cells, self.fixed, self.label, at)


@dataclass(frozen=True)
class Second:
    """在職などだけの別のシート。link は人と結び付ける項目の、人の表での見出し（申込番号か氏名）とこのシートの列。"""

    layout: str
    sheet: str
    heading_row: int
    depth: int
    headings: tuple[str, ...]
    link: str
    link_column: int
    places: dict[Slot, Place] = field(default_factory=dict)


@dataclass(frozen=True)
class Mapping:
    """一つの様式の読み方。

    shape は table（見出しの下に人が並ぶ）か form（一枚に一人）。heading_row は見出しの最初の行（0 から。form では空）、
    depth は見出しの行の数。headings は列の順の見出しの鍵（form では見分けるための見出しの鍵）。
    """

    shape: str
    sheet: str
    heading_row: int | None
    headings: tuple[str, ...]
    places: dict[Slot, Place]
    depth: int = 1
    seconds: tuple[Second, ...] = ()

    @property
    def groups(self) -> dict[str, int]:
        """様式の一枚ごとの、件数の最も大きいもの。"""
        found: dict[str, int] = {}
        for slot in self.places:
            found[slot.layout] = max(slot.group, found.get(slot.layout, 0))
        return found


class Grid:
    """一枚のシートを、結合を踏まえて見る。"""

    def __init__(self, sheet: Sheet) -> None:
        """見るだけで、シートは変えない。"""
        self.sheet = sheet

    @cached_property
    def _merged(self) -> dict[tuple[int, int], tuple[int, int, int, int]]:
        """結合の中のセルから、その範囲へ（大きすぎる結合は見ない）。"""
        found = {}
        for span in self.sheet.merged:
            top, left, bottom, right = span
            if top < _FORM_ROWS and bottom - top < 100 and right - left < 200:
                found.update({(r, c): span for r in range(top, bottom + 1) for c in range(left, right + 1)})
        return found

    @property
    def height(self) -> int:
        """一枚一人の様式として見る行の数。"""
        return min(len(self.sheet.rows), _FORM_ROWS)

    @property
    def width(self) -> int:
        """一枚一人の様式として見る列の数。"""
        return min(self.sheet.columns, _FORM_COLUMNS)

    def cell(self, row: int, column: int) -> Cell:
        """セルの値。なければ None。"""
        if not (0 <= row < len(self.sheet.rows) and 0 <= column < len(self.sheet.rows[row])):
            return None
        return self.sheet.rows[row][column]

    def span(self, row: int, column: int) -> tuple[int, int, int, int]:
        """セルの広がり（上の行, 左の列, 下の行, 右の列）。"""
        return self._merged.get((row, column), (row, column, row, column))

    def words(self, row: int, column: int) -> str:
        """見出しとして見る文字。結合の中は左上の文字。"""
        top, left, _, _ = self.span(row, column)
        return words_of(self.cell(top, left))

    def headings(self, row: int, depth: int) -> list[str]:
        """row から depth 行の見出しを、列ごとにつないだもの。

        上の段の文字は、下の段に文字のある列へ右に及ぶ（結合の書かれていないファイルのため）。
        """
        if depth == 1:
            return [words_of(c) for c in self.sheet.rows[row]] if row < len(self.sheet.rows) else []
        width = max((len(r) for r in self.sheet.rows[row : row + depth]), default=0)
        found, carried = [], ""
        for column in range(width):
            above, below = self.words(row, column), words_of(self.cell(row + 1, column))
            if above or self.sheet.merged:
                carried = above
            elif not below:
                carried = ""
            found.append((above or carried) + below)
            if not below:
                carried = ""
        return found


def titles_of(headings: Sequence[str]) -> list[str]:
    """列を人に言う名。見出しがないか重なっていれば、列の字を添える。"""
    return [
        f"{letters(i)}列" if not h else f"{h}（{letters(i)}列）" if headings.count(h) > 1 else h
        for i, h in enumerate(headings)
    ]


def _moved_columns(saved: Sequence[str], now: Sequence[str], used: set[int]) -> dict[int, int] | None:
    """前の列の番号から、いまの列の番号へ。使う列の見出しが一つでもなければ None。"""
    places: dict[str, list[int]] = {}
    for index, key in enumerate(now):
        places.setdefault(key, []).append(index)
    moved = {}
    for column in used:
        key = saved[column] if column < len(saved) else ""
        if not key:
            moved[column] = column
            continue
        nth = sum(h == key for h in saved[:column])
        if nth >= len(places.get(key, ())):
            return None
        moved[column] = places[key][nth]
    return moved


@dataclass(frozen=True)
class FoundTable:
    """見出しの見つかった表。columns は前の列の番号から、いまの列の番号へ。"""

    sheet: Sheet
    row: int
    headings: list[str]
    columns: dict[int, int]


def find_heading(
    sheets: Sequence[Sheet], name: str, near: int, depth: int, saved: Sequence[str], used: set[int]
) -> FoundTable | None:
    """saved の見出しの行を探す。名の合うシートを先に、もとの行に近い所を先に見る。"""
    for sheet in sorted(sheets, key=lambda s: s.name != name):
        grid = Grid(sheet)
        for row in sorted(range(min(len(sheet.rows), HEADING_ROWS)), key=lambda r: abs(r - near)):
            headings = grid.headings(row, depth)
            columns = _moved_columns(saved, [plain(h) for h in headings], used)
            if columns is not None and any(c < len(saved) and saved[c] for c in used):
                return FoundTable(sheet, row, headings, columns)
    return None


def columns_used(places: dict[Slot, Place]) -> set[int]:
    """人ごとの行から読む列。"""
    return {c for p in places.values() for r, c in p.cells if r == COLUMN}


def find_labels(sheet: Sheet, mapping: Mapping) -> dict[Slot, Place] | None:
    """一枚一人の様式の、このシートでの所。見出しが一つでもなければ None。

    行や列が足されて見出しが動いていれば、値の所も同じだけ動く。
    """
    grid = Grid(sheet)
    at: dict[str, list[tuple[int, int]]] = {}
    for row in range(grid.height):
        for column in range(grid.width):
            if key := plain(words_of(grid.cell(row, column))):
                at.setdefault(key, []).append((row, column))
    if any(h not in at for h in mapping.headings):
        return None
    found = {}
    for slot, place in mapping.places.items():
        if place.label_at is None or place.label not in at:
            found[slot] = place
            continue
        old = place.label_at
        new = min(at[place.label], key=lambda p: (abs(p[0] - old[0]) + abs(p[1] - old[1]), p))
        found[slot] = place.moved(new[0] - old[0], new[1] - old[1])
    return found


def to_stored(mapping: Mapping) -> dict[str, Any]:
    """保存する形（JSON）。headings・sheet・shape・heading_row のほかのすべて。"""
    return {
        "depth": mapping.depth,
        "items": _store_places(mapping.places),
        "seconds": [
            {
                "layout": s.layout,
                "sheet": s.sheet,
                "heading_row": s.heading_row,
                "depth": s.depth,
                "headings": list(s.headings),
                "link": s.link,
                "link_column": s.link_column,
                "items": _store_places(s.places),
            }
            for s in mapping.seconds
        ],
    }


def _store_places(places: dict[Slot, Place]) -> dict[str, Any]:
    return {
        slot.key: {
            "cells": [list(c) for c in p.cells],
            "fixed": p.fixed,
            "label": p.label,
            "label_at": None if p.label_at is None else list(p.label_at),
        }
        for slot, p in sorted(places.items())
    }


def _load_places(stored: dict[str, Any]) -> dict[Slot, Place]:
    found = {}
    for key, p in stored.items():
        if (slot := slot_of(key)) is not None:
            at = p["label_at"]
            found[slot] = Place(
                tuple((int(r), int(c)) for r, c in p["cells"]),
                str(p["fixed"]),
                str(p["label"]),
                None if at is None else (int(at[0]), int(at[1])),
            )
    return found


def from_stored(
    shape: str, sheet: str, heading_row: int | None, headings: Sequence[str], stored: dict[str, Any]
) -> Mapping:
    """保存した形から戻す。崩れていれば InputRefused。"""
    try:
        seconds = tuple(
            Second(
                s["layout"],
                s["sheet"],
                int(s["heading_row"]),
                int(s["depth"]),
                tuple(s["headings"]),
                s["link"],
                int(s["link_column"]),
                _load_places(s["items"]),
            )
            for s in stored["seconds"]
        )
        places = _load_places(stored["items"])
        return Mapping(shape, sheet, heading_row, tuple(headings), places, int(stored["depth"]), seconds)
    except (KeyError, TypeError, ValueError) as error:
        raise InputRefused(
            "保存した読み方の中身が読めません。この読み方を消して、作り直してください。", "BAD_MAPPING"
        ) from error
