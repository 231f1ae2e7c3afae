"""ほかの様式のブックを、読み方に従って申込様式の形に直し、誤りの所をもとのファイルに戻す。"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.domain.calendar import FIRST_DAY, wareki_short
from app.domain.errors import InputRefused
from app.workbooks.applicant_layout import APPLICANTS, COUNTERS, EMPLOYMENTS, LINK
from app.workbooks.fields import fold, shown
from app.workbooks.layouts import Layout
from app.workbooks.mapping.layout import (
    COLUMN,
    FORM,
    FoundTable,
    Grid,
    Mapping,
    Place,
    Second,
    blank,
    columns_used,
    find_heading,
    find_labels,
    letters,
    titles_of,
    words_of,
)
from app.workbooks.mapping.origins import Origin, RowOrigin
from app.workbooks.mapping.words import FAMILIES, LAYOUT_OF, MAINS, PERIOD, Slot, family_of
from app.workbooks.reading import Cell, Row, Sheet, Workbook

_NOTHING = {fold(w) for w in ("なし", "無し", "無", "-", "－", "―", "—", "該当なし", "特になし")}
_ONGOING = {
    fold(w)
    for w in (
        "現在",
        "在職中",
        "継続中",
        "継続",
        "現在に至る",
        "勤務中",
        "従事中",
        "在籍中",
        "現職",
        "至現在",
    )
}
_PERIOD = re.compile(r"\s*(?:[〜～~]|から|より|→|\s[-‐―–—－]\s|[―–—])\s*")
_FOOT = re.compile(r"[※*＊]|注[）)：:\s]|(?:以上|以下余白|合計|小計|計|総計)(?=[\s0-9０-９：:]|$)")
_MUNICIPAL = "市 区 町 村 県 都 道 府 市町村 市区町村 都道府県 自治体 地方自治体 市役所 区役所 県庁 地方公共団体（直営） 自治体直営"
_COMMISSIONED = (
    "市の委託 区の委託 町の委託 村の委託 県の委託 市町村の委託 市区町村の委託 都道府県の委託 自治体の委託 市町村委託 "
    "市区町村委託 都道府県委託 自治体委託 地方公共団体委託 自治体からの委託"
)
_COUNTER_WORDS = (
    {fold(w): "地方公共団体" for w in _MUNICIPAL.split()}
    | {fold(w): "地方公共団体の委託" for w in _COMMISSIONED.split()}
    | {fold(w): "国の委託" for w in ("国委託", "国からの委託")}
    | {fold(w): "国" for w in ("国の機関", "国（直営）")}
    | {fold(w): w for w in COUNTERS}
)
_NAME = "氏名"


def _name_of(sheets: Iterable[Sheet]) -> str:
    return "」「".join(s.name for s in sheets)


def _joined(cells: Sequence[Cell], kind: str) -> Cell:
    """二つ以上のセルを一つの値にする。姓と名は空白で、電話は「-」で、年月日は続けて。"""
    filled = [c for c in cells if not blank(c)]
    if len(filled) < 2:
        return filled[0] if filled else None
    parts = [shown(c) for c in filled]
    if kind == "name":
        return " ".join(parts)
    if kind in ("date", "code", "short"):
        digits = all(p.strip().isdecimal() for p in parts)
        return ("/" if kind == "date" else "-").join(parts) if digits else "".join(parts)
    return "".join(parts)


def _value(slot: Slot, place: Place, row: Sequence[Cell], grid: Grid) -> Cell:
    if place.fixed:
        return place.fixed
    cells = [
        (row[c] if 0 <= c < len(row) else None) if r == COLUMN else grid.cell(r, c) for r, c in place.cells
    ]
    return _joined(cells, slot.item.kind)


def _tidied(layout: str, heading: str, value: Cell) -> Cell:
    """在職の「現在」、種別の「市」のような、意味の一つしかない言い方だけを様式の言葉にする。"""
    if not isinstance(value, str):
        return value
    key = fold(value)
    if heading in ("種別", "窓口の種別"):
        return _COUNTER_WORDS.get(key, value)
    if layout not in MAINS and heading in ("終了日", "失効日") and key in _ONGOING | _NOTHING:
        return None
    return value


def _split_period(values: dict[str, Cell], titles: dict[str, tuple[int | None, str]]) -> None:
    """「2020年4月1日〜2023年3月31日」を開始日と終了日に分ける。分けられなければ開始日で断られる。"""
    period = values.pop(PERIOD, None)
    titled = titles.pop(PERIOD, None)
    if titled is not None:
        titles.setdefault("開始日", titled)
        titles.setdefault("終了日", titled)
    if blank(period) or values.get("開始日") is not None:
        return
    start, *rest = _PERIOD.split(shown(period).strip())
    if len(rest) > 1:
        values["開始日"] = period
        return
    values["開始日"] = start
    values["終了日"] = _tidied(EMPLOYMENTS.name, "終了日", rest[0]) if rest and rest[0] else None


@dataclass(frozen=True)
class _Source:
    """一人（または一件）を読む所：格子・行・項目の所・人に言う列の名。"""

    grid: Grid
    row: Sequence[Cell]
    number: int
    places: dict[Slot, Place]
    titles: dict[Slot, tuple[int | None, str]]


class _Converter:
    """申込様式の形の行を貯める。"""

    def __init__(self, main: Layout, *, aligned: bool) -> None:
        self.origin = Origin()
        self._aligned, self._main = aligned, main
        self.reports: list[str] = []
        self._rows: dict[str, list[Row]] = {
            x.name: [tuple(x.headings)] for x in FAMILIES[family_of([main.name])]
        }
        self._epoch_1904 = False

    def _add(self, layout: str, values: dict[str, Cell], source: RowOrigin) -> None:
        headings = LAYOUT_OF[layout].headings
        if self._aligned and layout == self._main.name:
            # 人の行の番号をもとのファイルと揃える（「5行目と同じ申込番号」がそのまま通じるように）
            self._rows[layout] += [()] * (source.row - 1 - len(self._rows[layout]))
        self._rows[layout].append(tuple(values.get(h) for h in headings))
        self.origin.rows[layout, len(self._rows[layout])] = source

    def one(self, source: _Source, layout: str, group: int, number: Cell) -> bool:
        """一人、または一件の行を足す。書かれた値がなければ足さない。"""
        values, titles, written = {}, {}, False
        for slot, place in source.places.items():
            if slot.layout == layout and slot.group == group:
                value = _tidied(layout, slot.heading, _value(slot, place, source.row, source.grid))
                values[slot.heading] = value
                titles[slot.heading] = source.titles[slot]
                nothing = layout not in MAINS and isinstance(value, str) and fold(value) in _NOTHING
                written = written or not (place.fixed or blank(value) or nothing)
        if not written:
            return False
        _split_period(values, titles)
        if number is not None:
            values[LINK] = number
        self._epoch_1904 = self._epoch_1904 or source.grid.sheet.epoch_1904
        self._add(layout, values, RowOrigin(source.grid.sheet.name, source.number, titles, group))
        return True

    def last(self, layout: str) -> int:
        """最後に足した行の番号。"""
        return len(self._rows[layout])

    def person(self, source: _Source, number: str | None) -> tuple[Cell, Cell] | None:
        """一人と、同じ所に書かれた在職などを足す。返すのは申込番号と氏名。人がいなければ None。"""
        headings, linked = self._main.headings, LINK in self._main.headings
        if not self.one(source, self._main.name, 0, number if linked else None):
            return None
        row = self._rows[self._main.name][-1]
        link = row[headings.index(LINK)] if linked else None
        for layout, group in sorted({(s.layout, s.group) for s in source.places if s.group}):
            self.one(source, layout, group, link)
        return link, row[headings.index(_NAME)]

    def workbook(self, read: Workbook) -> Workbook:
        """申込様式の形のブック。"""
        sheets = tuple(
            Sheet(name, tuple(rows), (), self._epoch_1904, serials=True)
            for name, rows in self._rows.items()
            if len(rows) > 1 or name == self._main.name
        )
        return Workbook(sheets, (*self.reports, *read.reports))


def _titled(places: dict[Slot, Place], titles: Sequence[str]) -> dict[Slot, tuple[int | None, str]]:
    found: dict[Slot, tuple[int | None, str]] = {}
    for slot, place in places.items():
        if not place.cells:
            found[slot] = None, slot.title
            continue
        row, column = place.cells[0]
        known = titles[column] if row == COLUMN and column < len(titles) else ""
        found[slot] = None if row == COLUMN else row + 1, known or f"{slot.title}（{letters(column)}列）"
    return found


def _moved(places: dict[Slot, Place], columns: dict[int, int]) -> dict[Slot, Place]:
    return {
        slot: replace(p, cells=tuple((r, columns[c] if r == COLUMN else c) for r, c in p.cells))
        for slot, p in places.items()
    }


def _is_foot(row: Sequence[Cell], columns: set[int]) -> bool:
    """表の終わりの「以上」「合計」「※…」の行か。"""
    filled = [row[c] for c in sorted(columns) if c < len(row) and not blank(row[c])]
    return len(filled) <= 3 and any(isinstance(c, str) and _FOOT.match(c.strip()) for c in filled)


def _rows_of(found: FoundTable, depth: int, places: dict[Slot, Place]) -> Iterator[tuple[int, Row]]:
    columns = {c for p in places.values() for r, c in p.cells if r == COLUMN}
    for index in range(found.row + depth, len(found.sheet.rows)):
        row = found.sheet.rows[index]
        if any(c < len(row) and not blank(row[c]) for c in columns):
            yield index, row


def _missing() -> InputRefused:
    return InputRefused(
        "この読み方の見出しが、このファイルにありません。ファイルか読み方が違っていないかを確かめてください。",
        "NO_TABLE",
    )


def _find_main(workbook: Workbook, mapping: Mapping) -> FoundTable | None:
    used = columns_used(mapping.places)
    row = mapping.heading_row or 0
    return find_heading(workbook.sheets, mapping.sheet, row, mapping.depth, mapping.headings, used)


def _find_second(workbook: Workbook, second: Second) -> FoundTable | None:
    used = columns_used(second.places) | {second.link_column}
    return find_heading(
        workbook.sheets, second.sheet, second.heading_row, second.depth, second.headings, used
    )


def _table_report(found: FoundTable, depth: int, places: dict[Slot, Place], also: set[int]) -> list[str]:
    used = columns_used(places) | also
    left = [t for i, t in enumerate(titles_of(found.headings)) if found.headings[i] and i not in used]
    rows = f"{found.row + 1}行目" if depth == 1 else f"{found.row + 1}・{found.row + 2}行目"
    said = [f"シート「{found.sheet.name}」の{rows}を見出しとして読みました。"]
    if left:
        said.append(f"列「{'」「'.join(left)}」は読みませんでした。")
    return said


def _convert_table(workbook: Workbook, mapping: Mapping, to: _Converter) -> None:
    found = _find_main(workbook, mapping)
    if found is None:
        raise _missing()
    places = _moved(mapping.places, found.columns)
    titles = _titled(places, titles_of(found.headings))
    to.reports += _table_report(found, mapping.depth, places, set())
    grid, columns, feet = Grid(found.sheet), columns_used(places), []
    numbered = Slot(APPLICANTS.name, LINK) in places
    people: list[tuple[Cell, Cell]] = []
    for index, row in _rows_of(found, mapping.depth, places):
        if _is_foot(row, columns):
            feet.append(f"{index + 1}行")
            continue
        made = to.person(
            _Source(grid, row, index + 1, places, titles), None if numbered else str(len(people) + 1)
        )
        if made is not None:
            people.append(made)
    if feet:
        to.reports.append(f"{'・'.join(feet[:10])}目は、合計や注の行とみて読みませんでした。")
    for second in mapping.seconds:
        _convert_second(workbook, second, people, to)


def _convert_second(
    workbook: Workbook, second: Second, people: Sequence[tuple[Cell, Cell]], to: _Converter
) -> None:
    found = _find_second(workbook, second)
    if found is None:
        to.reports.append(f"シート「{second.sheet}」の見出しが見つからないため、読みませんでした。")
        return
    places = _moved(second.places, found.columns)
    at = found.columns[second.link_column]
    titles, grid = titles_of(found.headings), Grid(found.sheet)
    to.reports += _table_report(found, second.depth, places, {at})
    numbers = _numbers_by_name(people) if second.link == _NAME else None
    for index, row in _rows_of(found, second.depth, places):
        link = row[at] if at < len(row) else None
        if numbers is not None and not blank(link):
            link = numbers.get(shown(link).strip(), link)
        named = _titled(places, titles)
        source = _Source(grid, row, index + 1, places, named)
        if to.one(source, second.layout, 1, link):
            to.origin.rows[second.layout, to.last(second.layout)].cells[LINK] = (None, titles[at])


def _numbers_by_name(people: Sequence[tuple[Cell, Cell]]) -> dict[str, Cell]:
    """氏名から申込番号へ。同じ氏名が二人いれば、どちらとも決めない。"""
    names = Counter(shown(name).strip() for _, name in people)
    return {
        shown(name).strip(): link
        if names[shown(name).strip()] == 1
        else f"{shown(name).strip()}（同じ氏名の人が{names[shown(name).strip()]}人）"
        for link, name in people
    }


def _convert_forms(workbook: Workbook, mapping: Mapping, to: _Converter) -> None:
    read: list[Sheet] = []
    for sheet in workbook.sheets:
        places = find_labels(sheet, mapping)
        if places is None:
            continue
        grid = Grid(sheet)
        titles = _titled(places, ())
        for slot, place in places.items():
            if place.label_at is not None:
                words = words_of(grid.cell(*place.label_at)) or slot.title
                titles[slot] = titles[slot][0], f"{words}（{letters(place.cells[0][1])}列）"
        name = places.get(Slot(APPLICANTS.name, _NAME))
        anchor = name.cells[0][0] + 1 if name is not None and name.cells else 1
        numbered = Slot(APPLICANTS.name, LINK) in places
        person = to.person(
            _Source(grid, (), anchor, places, titles), None if numbered else str(len(read) + 1)
        )
        if person is not None:
            read.append(sheet)
    if not read:
        raise _missing()
    to.reports.append(f"シート「{_name_of(read)}」を、一枚に一人の様式として読みました。")
    left = [s for s in workbook.sheets if s not in read and s.filled]
    if left:
        to.reports.append(f"シート「{_name_of(left)}」は見出しが揃わないため読みませんでした。")


def convert(workbook: Workbook, mapping: Mapping) -> tuple[Workbook, Origin]:
    """申込様式の形のブックと、もとの所との対応。見出しが見つからなければ InputRefused（NO_TABLE）。"""
    kind = family_of(s.layout for s in mapping.places)
    to = _Converter(FAMILIES[kind][0], aligned=mapping.shape != FORM)
    if mapping.shape == FORM:
        _convert_forms(workbook, mapping, to)
    else:
        _convert_table(workbook, mapping, to)
    return to.workbook(workbook), to.origin


def recognises(mapping: Mapping, workbook: Workbook) -> bool:
    """この読み方の見出しがすべてあるブックか。"""
    if mapping.shape == FORM:
        return bool(mapping.headings) and any(find_labels(s, mapping) is not None for s in workbook.sheets)
    return _find_main(workbook, mapping) is not None


def shown_in_office(value: Cell) -> str:
    """セルを画面に出す文字。日付は短い和暦（R8.3.31）。"""
    return wareki_short(value) if isinstance(value, date) and value >= FIRST_DAY else shown(value)


def examples(sheet: Sheet, start: int, slot: Slot, place: Place, most: int = 3) -> list[str]:
    """その所にある値の例（様式の言葉に直したもの）。start は人の最初の行（0 から）。"""
    grid, found = Grid(sheet), []
    by_row = any(r == COLUMN for r, _ in place.cells)
    for row in sheet.rows[start : start + 200] if by_row else [()]:
        if by_row and _is_foot(row, set(range(len(row)))):
            continue
        value = _tidied(slot.layout, slot.heading, _value(slot, place, row, grid))
        if not blank(value):
            found.append(shown_in_office(value))
        if len(found) >= most:
            break
    return found
