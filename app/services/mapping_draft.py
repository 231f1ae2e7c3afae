"""決めている途中の読み方：項目を選び、ファイルの列やセルを指して割り当てる。"""

from collections.abc import Mapping as Table
from dataclasses import replace

from app.domain.errors import RuleViolation
from app.services.views.mapping import MappingItem, SheetPicture
from app.workbooks import mapping as m
from app.workbooks.applicant_layout import APPLICANTS, LINK
from app.workbooks.reading import Sheet, Workbook
from app.workbooks.result_layout import KINDS

_ROWS, _COLUMNS = 200, 80
AUTOMATIC = "上から順の番号"


def results_problem(mapping: m.Mapping) -> str:
    """成績の表の読み方の足りないところの文。なければ空。"""
    found = {s.heading for s in mapping.places}
    if found & set(KINDS) or {"種別", "結果"} <= found:
        return ""
    return "読む結果がありません。テストの列（小テストAなど）か、「種別」と「結果」の列を割り当ててください。"


class MappingDraft:
    """一つのファイルの、決めている途中の読み方。name は見分けた保存済みの読み方（なければ空）。"""

    def __init__(self, workbook: Workbook, mapping: m.Mapping, name: str = "", kind: str = m.PEOPLE) -> None:
        self._workbook, self._mapping, self.name, self.kind = workbook, mapping, name, kind
        main, *grouped = m.FAMILIES[kind]
        self._main, self.grouped = main, tuple(x.name for x in grouped)
        self._must = {m.Slot(main.name, h) for h in main.needed if h != LINK}
        self._groups = self._counted(mapping)

    def _counted(self, mapping: m.Mapping) -> dict[str, int]:
        return {layout: max(1, mapping.groups.get(layout, 0)) for layout in self.grouped}

    @property
    def mapping(self) -> m.Mapping:
        """いまの読み方。"""
        if self._mapping.shape == m.FORM:
            return replace(self._mapping, headings=m.marks_of(self._mapping.places))
        return self._mapping

    @property
    def is_form(self) -> bool:
        """一枚に一人の様式か。"""
        return self._mapping.shape == m.FORM

    @property
    def sheet(self) -> str:
        """人の表（または一枚一人の様式）のシート。"""
        return self._sheet(self._mapping.sheet).name

    @property
    def heading(self) -> tuple[int, int]:
        """見出しの最初の行（1 から）と行の数。一枚一人の様式では (0, 0)。"""
        return (0, 0) if self.is_form else ((self._mapping.heading_row or 0) + 1, self._mapping.depth)

    def heading_of(self, sheet: str) -> tuple[int, int]:
        """そのシートの見出しの最初の行と行の数。見出しを使わないシートでは (0, 0)。"""
        if sheet == self.sheet:
            return self.heading
        found = next((x for x in self._mapping.seconds if x.sheet == sheet), None)
        return (0, 0) if found is None else (found.heading_row + 1, found.depth)

    def pictures(self) -> tuple[SheetPicture, ...]:
        """すべてのシートの格子（初めの行だけ）。"""
        return tuple(_picture(s) for s in self._workbook.sheets)

    def _sheet(self, name: str) -> Sheet:
        found = next((s for s in self._workbook.sheets if s.name == name), None)
        return found or max(self._workbook.sheets, key=lambda s: s.filled)

    # 割り当て ------------------------------------------------------------

    def set_heading(self, sheet: str, row: int, depth: int) -> None:
        """見出しの行（1 から）と行の数を決め、その行で見当をつけ直す。"""
        found = self._sheet(sheet)
        if not 1 <= row <= len(found.rows):
            raise RuleViolation(
                f"シート「{found.name}」に{row}行目はありません。見出しの行を選び直してください。"
            )
        self._take(m.table_at(found, row - 1, depth, self.kind))

    def set_form(self, sheet: str) -> None:
        """一枚に一人の様式として、見当をつけ直す。"""
        self._take(m.form_at(self._sheet(sheet)))

    def guess_again(self) -> None:
        """ファイル全体から見当をつけ直す。"""
        self._take(m.guess(self._workbook, self.kind))

    def _take(self, mapping: m.Mapping) -> None:
        self._mapping = mapping
        self._groups = self._counted(mapping)

    def add_group(self, section: str) -> None:
        """在職などの件を一つ足す。"""
        if self._groups[section] >= m.GROUPS:
            raise RuleViolation(f"{section}は{m.GROUPS}件までです。残りは申込様式か画面で入れてください。")
        self._groups[section] += 1

    def point(self, key: str, sheet: str, row: int, column: int, *, more: bool = False) -> None:
        """項目に、指したセル（0 から）を割り当てる。表なら、そのセルの列になる。

        more なら、いまの所に続けて足す（姓と名、年と月と日）。別のシートを指せるのは、表の在職・資格・申告だけ。
        """
        slot = _slot(key)
        if sheet != self.sheet:
            self._point_second(slot, sheet, column)
            return
        cell = (row, column) if self.is_form else (m.COLUMN, column)
        label = m.label_near(self._sheet(sheet), row, column) if self.is_form else None
        place = m.Place((cell,), "", *(label or ("", None)))
        now = self._mapping.places.get(slot)
        if more and now is not None and now.cells and cell not in now.cells:
            place = replace(now, cells=(*now.cells, cell))
        self._put(slot, place)

    def fix(self, key: str, value: str) -> None:
        """どの人にも同じ値とする。空なら割り当てを外す。"""
        if value:
            self._put(_slot(key), m.Place(fixed=value))
        else:
            self.clear(key)

    def clear(self, key: str) -> None:
        """割り当てを外す。"""
        slot = _slot(key)
        places = {s: p for s, p in self._mapping.places.items() if s != slot}
        seconds = tuple(
            replace(x, places={s: p for s, p in x.places.items() if s != slot}) for x in self._mapping.seconds
        )
        self._mapping = replace(self._mapping, places=places, seconds=tuple(x for x in seconds if x.places))

    def _put(self, slot: m.Slot, place: m.Place) -> None:
        second = next((x for x in self._mapping.seconds if x.layout == slot.layout), None)
        if second is not None and place.fixed:
            self._set_second(replace(second, places={**second.places, slot: place}))
            return
        # 同じ所は一つの項目にしか使わない
        kept = {
            s: p
            for s, p in self._mapping.places.items()
            if s != slot and not (place.cells and set(p.cells) & set(place.cells))
        }
        seconds = tuple(x for x in self._mapping.seconds if x.layout != slot.layout)
        self._mapping = replace(self._mapping, places={**kept, slot: place}, seconds=seconds)

    def _set_second(self, second: m.Second) -> None:
        others = tuple(x for x in self._mapping.seconds if x.layout != second.layout)
        places = {s: p for s, p in self._mapping.places.items() if s.layout != second.layout}
        self._mapping = replace(self._mapping, places=places, seconds=(*others, second))
        self._groups[second.layout] = 1

    def _point_second(self, slot: m.Slot, sheet: str, column: int) -> None:
        if self.is_form or not slot.group:
            raise RuleViolation(
                f"「{slot.title}」は、シート「{self.sheet}」のセルを指してください"
                "（別のシートに置けるのは、表の在職・資格・申告だけです）。"
            )
        known = next(
            (x for x in self._mapping.seconds if x.layout == slot.layout and x.sheet == sheet), None
        ) or m.second_at(self._sheet(sheet), slot.layout, list(self._mapping.places))
        if known is None:
            raise RuleViolation(
                f"シート「{sheet}」に、人と結び付ける列（申込番号か氏名）が見つかりません。その列を足してください。"
            )
        one = replace(slot, group=1)
        place = m.Place(((m.COLUMN, column),))
        kept = {s: p for s, p in known.places.items() if s != one and p.cells != place.cells}
        self._set_second(replace(known, places={**kept, one: place}))

    # 見せ方 --------------------------------------------------------------

    def items(self) -> tuple[MappingItem, ...]:
        """申込様式の項目と、いまの割り当て。"""
        found = [self._item(s) for s in m.slots_of(self._main.name, 0)]
        for layout in self.grouped:
            for group in range(1, self._groups[layout] + 1):
                found += [self._item(s) for s in m.slots_of(layout, group)]
        return tuple(found)

    def marks(self, sheet: str) -> dict[tuple[int, int], str]:
        """そのシートの割り当てられたセル（表では行が -1 の列）から、項目の名へ。"""
        seconds = [x for x in self._mapping.seconds if x.sheet == sheet]
        links = {(m.COLUMN, x.link_column): f"{x.link}（人との結び付け）" for x in seconds}
        here = [x.places for x in seconds]
        if sheet == self.sheet:
            here.append(self._mapping.places)
        return links | {cell: slot.title for places in here for slot, p in places.items() for cell in p.cells}

    @property
    def problem(self) -> str:
        """この読み方では読めないところの文。なければ空。"""
        needed = [i.title for i in self.items() if i.state == "needed"]
        if needed:
            return f"必須の{'・'.join(needed)}が未割当です。"
        return results_problem(self._mapping) if self.kind == m.RESULTS else ""

    def _item(self, slot: m.Slot) -> MappingItem:
        places, second = self._places_for(slot)
        place = places.get(slot)
        item = slot.item
        section = slot.layout if not slot.group else f"{slot.layout}（{slot.group}件目）"
        if place is None:
            state = "needed" if self._is_needed(slot, places) else "open"
            words = AUTOMATIC if slot == m.Slot(APPLICANTS.name, LINK) else ""
            return MappingItem(slot.key, slot.title, section, state, words, choices=item.words)
        if place.fixed:
            fixed = f"全員「{place.fixed}」"
            return MappingItem(
                slot.key, slot.title, section, "assigned", fixed, "", (), place.fixed, item.words
            )
        sheet = self._sheet(second.sheet if second else self.sheet)
        start = self._first_row(second)
        shown_values = tuple(m.examples(sheet, start, slot, place))
        words = self._place_words(place, sheet, second)
        where = "" if second is None else sheet.name
        return MappingItem(
            slot.key, slot.title, section, "assigned", words, where, shown_values, "", item.words
        )

    def _places_for(self, slot: m.Slot) -> tuple[Table[m.Slot, m.Place], m.Second | None]:
        second = next((x for x in self._mapping.seconds if x.layout == slot.layout), None)
        return (self._mapping.places, None) if second is None else (second.places, second)

    def _first_row(self, second: m.Second | None) -> int:
        if second is not None:
            return second.heading_row + second.depth
        return (self._mapping.heading_row or 0) + self._mapping.depth

    def _place_words(self, place: m.Place, sheet: Sheet, second: m.Second | None) -> str:
        if self.is_form:
            return "＋".join(f"{m.letters(c)}{r + 1}" for r, c in place.cells)
        row, depth = (
            (second.heading_row, second.depth)
            if second
            else (self._mapping.heading_row or 0, self._mapping.depth)
        )
        headings = m.Grid(sheet).headings(row, depth)
        columns = [c for _, c in place.cells]
        return "＋".join(
            f"{m.letters(c)}列" + (f"「{headings[c]}」" if c < len(headings) and headings[c] else "")
            for c in columns
        )

    def _is_needed(self, slot: m.Slot, places: Table[m.Slot, m.Place]) -> bool:
        if not slot.group:
            return slot in self._must
        used = any(s.layout == slot.layout and s.group == slot.group and p.cells for s, p in places.items())
        period = slot.heading == "開始日" and replace(slot, heading=m.PERIOD) in places
        return used and slot.item.required and not period


def _slot(key: str) -> m.Slot:
    found = m.slot_of(key)
    if found is None:
        raise RuleViolation("申込様式にない項目です。項目を選び直してください。")
    return found


def _picture(sheet: Sheet) -> SheetPicture:
    rows = tuple(tuple(map(m.shown_in_office, row[:_COLUMNS])) for row in sheet.rows[:_ROWS])
    height, width = len(rows), min(sheet.columns, _COLUMNS)
    spans = tuple(s for s in sheet.merged if s[2] < height and s[3] < width)
    return SheetPicture(sheet.name, rows, spans, len(sheet.rows) > _ROWS or sheet.columns > _COLUMNS)
