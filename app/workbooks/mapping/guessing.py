"""読み方を見当づける：見出しの行を探し、見出しを申込様式の項目と照らす。"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from app.domain.errors import InputRefused
from app.workbooks.applicant_layout import APPLICANTS, EMPLOYMENTS, LAYOUTS, LINK
from app.workbooks.mapping.forms import guess_form
from app.workbooks.mapping.layout import COLUMN, TABLE, Grid, Mapping, Place, Second, blank
from app.workbooks.mapping.words import (
    EXACT,
    FAMILIES,
    GROUPS,
    MAINS,
    PEOPLE,
    PERIOD,
    RENEWALS,
    RESULTS,
    Match,
    Slot,
    family_of,
    matches,
    plain,
)
from app.workbooks.reading import Sheet, Workbook

_HEADING_ROWS = 30
_NEEDED = 3
_MORE = 20  # 二つ以上の列に分かれた項目の、列ごとの点
_PERSON = 500  # 氏名だけでなく生年月日もある表を、人の表とみる
NAME, BORN = Slot(APPLICANTS.name, "氏名"), Slot(APPLICANTS.name, "生年月日")
_READING, _NUMBER = Slot(APPLICANTS.name, "フリガナ"), Slot(APPLICANTS.name, LINK)
_PERSON_HEADINGS = {PEOPLE: ("氏名",), RESULTS: ("受付番号", "氏名"), RENEWALS: ("認定番号", "氏名")}
_FAMILY = {
    NAME: (
        ("姓", "名"),
        ("氏", "名"),
        ("名字", "名前"),
        ("苗字", "名前"),
        ("姓漢字", "名漢字"),
        ("氏名姓", "氏名名"),
    ),
    _READING: (
        ("セイ", "メイ"),
        ("せい", "めい"),
        ("姓カナ", "名カナ"),
        ("姓フリガナ", "名フリガナ"),
        ("姓よみ", "名よみ"),
        ("氏カナ", "名カナ"),
        ("フリガナ姓", "フリガナ名"),
        ("フリガナセイ", "フリガナメイ"),
    ),
}


def layouts_of(kind: str) -> frozenset[str]:
    """その取込の種類の、様式の名。"""
    return frozenset(x.name for x in FAMILIES[kind])


@dataclass(frozen=True)
class _Found:
    """見出しの行の一つの読み方。"""

    score: int
    row: int
    depth: int
    headings: list[str]
    places: dict[Slot, Place]


def _pairs(keys: Sequence[str], kind: str) -> dict[Slot, tuple[int, ...]]:
    """姓と名、年と月と日のように、二つ以上の列に分かれた項目。"""
    found: dict[Slot, tuple[int, ...]] = {}
    for slot, pairs in _FAMILY.items():
        for column, two in enumerate(pairwise(keys)):
            if slot not in found and two in {(plain(a), plain(b)) for a, b in pairs}:
                found[slot] = (column, column + 1)
    for column, three in enumerate(zip(keys, keys[1:], keys[2:], strict=False)):
        base = three[0].removesuffix("年")
        if not base or three != (base + "年", base + "月", base + "日"):
            continue
        best = next((m for m in matches(base, kind) if m.score >= EXACT - 10), None)
        if best is not None:
            group = 0 if best.layout in MAINS else best.number or 1
            found.setdefault(Slot(best.layout, best.heading, group), (column, column + 1, column + 2))
    return found


def _is_career(match: Match) -> bool:
    """番号のない、在職だけの見出しか（隣の「勤務先」は在職のものとみる）。"""
    return match.layout == EMPLOYMENTS.name and not match.number


class _Assigning:
    """列ごとの当て先を、点の高いものから、一項目に一列で決める。"""

    def __init__(self, headings: Sequence[str], layouts: frozenset[str]) -> None:
        self.headings, self._layouts = headings, layouts
        self.places: dict[Slot, Place] = {}
        self.score = 0
        self._taken: set[int] = set()
        # 件の番号のない在職などの見出し。列の順に何件目かを数える
        self._loose: dict[int, Match] = {}

    def run(self) -> None:
        kind = family_of(self._layouts)
        for slot, columns in _pairs([plain(h) for h in self.headings], kind).items():
            if slot.layout in self._layouts:
                self._put(slot, columns, EXACT + _MORE * (len(columns) - 1))
        found = [[m for m in matches(h, kind) if m.layout in self._layouts] for h in self.headings]
        careers = {i for i, ms in enumerate(found) if ms and _is_career(ms[0])}
        wanted = [
            (-m.score + (m.layout == APPLICANTS.name and bool({column - 1, column + 1} & careers)), column, m)
            for column, ms in enumerate(found)
            for m in ms
        ]
        for _, column, match in sorted(wanted, key=lambda w: (w[0], w[1])):
            if column not in self._taken:
                self._take(column, match)
        self._count_groups()
        self._prefer_days()

    def _put(self, slot: Slot, columns: tuple[int, ...], score: int) -> None:
        self.places[slot] = Place(tuple((COLUMN, c) for c in columns))
        self._taken.update(columns)
        self.score += score

    def _take(self, column: int, match: Match) -> None:
        if match.layout in MAINS or match.number:
            slot = Slot(match.layout, match.heading, match.number)
            if slot not in self.places:
                self._put(slot, (column,), match.score)
            return
        self._loose[column] = match
        self._taken.add(column)
        self.score += match.score

    def _count_groups(self) -> None:
        counts: dict[str, int] = {}
        numbered: dict[str, int] = {}
        for slot in self.places:
            numbered[slot.layout] = max(slot.group, numbered.get(slot.layout, 0))
        for column, match in sorted(self._loose.items()):
            group = counts.setdefault(match.layout, 1)
            if Slot(match.layout, match.heading, group) in self.places:
                group = counts[match.layout] = group + 1
            # 番号の付いた件があれば、番号のない列で新しい件は作らない
            if group <= (numbered.get(match.layout) or GROUPS):
                self.places[Slot(match.layout, match.heading, group)] = Place(((COLUMN, column),))

    def _prefer_days(self) -> None:
        """開始日の列があれば、期間の列は要らない。"""
        for slot in [s for s in self.places if s.heading == PERIOD]:
            if Slot(slot.layout, "開始日", slot.group) in self.places:
                del self.places[slot]


def assign(headings: Sequence[str], layouts: frozenset[str]) -> tuple[dict[Slot, Place], int]:
    """見出しの列から、項目の所と点の合計。"""
    assigning = _Assigning(headings, layouts)
    assigning.run()
    return assigning.places, assigning.score


def best_heading(sheet: Sheet, layouts: frozenset[str], least: int = 2) -> _Found | None:
    """最初の 30 行から、最もよく当たる見出しの行（一行か二行）。当たる項目が least より少なければ None。"""
    grid, best = Grid(sheet), None
    for row in range(min(len(sheet.rows), _HEADING_ROWS)):
        for depth in (1, 2):
            headings = grid.headings(row, depth)
            places, score = assign(headings, layouts)
            # 段を重ねた読み方は、はっきり多く当たるときだけ取る
            if len(places) >= least and (best is None or score - (depth - 1) > best.score):
                best = _Found(score - (depth - 1), row, depth, headings, places)
    return best


def second_at(sheet: Sheet, layout: str, main: Sequence[Slot]) -> Second | None:
    """在職などだけの別のシートの見当。main は人の表にある項目。人と結び付ける列がなければ None。"""
    found = best_heading(sheet, frozenset({layout, APPLICANTS.name}), least=3)
    if found is None:
        return None
    # 別のシートは一行が一件なので、番号のない件だけを一件目とする
    places = {s: p for s, p in found.places.items() if s.layout == layout and s.group == 1}
    people, _ = assign(found.headings, frozenset({APPLICANTS.name}))
    link = next((s for s in (_NUMBER, NAME) if s in people and s in main), None)
    if link is None or len(places) < 2:
        return None
    alone, _ = assign(
        [h if i != people[link].cells[0][1] else "" for i, h in enumerate(found.headings)],
        frozenset({layout}),
    )
    return Second(
        layout,
        sheet.name,
        found.row,
        found.depth,
        tuple(map(plain, found.headings)),
        link.heading,
        people[link].cells[0][1],
        {s: p for s, p in alone.items() if s.group == 1},
    )


def _seconds(workbook: Workbook, main: Sheet, places: dict[Slot, Place]) -> tuple[Second, ...]:
    mapped = {s.layout for s in places}
    found: list[Second] = []
    for layout in (x.name for x in LAYOUTS[1:] if x.name not in mapped):
        ordered = sorted(
            (s for s in workbook.sheets if s is not main), key=lambda s: s.name.strip() != layout
        )
        made = next((m for s in ordered if (m := second_at(s, layout, list(places))) is not None), None)
        if made is not None and made.sheet not in {m.sheet for m in found}:
            found.append(made)
    return tuple(found)


def _has_people(sheet: Sheet, found: _Found) -> bool:
    columns = [c for p in found.places.values() for _, c in p.cells]
    rows = sheet.rows[found.row + found.depth : found.row + found.depth + 50]
    return any(sum(c < len(r) and not blank(r[c]) for c in columns) >= 2 for r in rows)


def guess_table(workbook: Workbook, kind: str = PEOPLE) -> Mapping | None:
    """人が行に並ぶ表としての見当。人を言う列（氏名、成績では受付番号でもよい）がなければ None。"""
    everything = layouts_of(kind)
    people = {Slot(FAMILIES[kind][0].name, h) for h in _PERSON_HEADINGS[kind]}
    best: tuple[int, Sheet, _Found] | None = None
    for sheet in workbook.sheets:
        found = best_heading(sheet, everything, _NEEDED)
        if found is None or not people & found.places.keys() or not _has_people(sheet, found):
            continue
        score = found.score + (_PERSON if BORN in found.places else 0)
        if best is None or score > best[0]:
            best = score, sheet, found
    if best is None:
        return None
    _, sheet, found = best
    keys = tuple(map(plain, found.headings))
    mapping = Mapping(TABLE, sheet.name, found.row, keys, found.places, found.depth)
    return mapping if kind != PEOPLE else replace(mapping, seconds=_seconds(workbook, sheet, found.places))


def _items(mapping: Mapping) -> int:
    """割り当てた項目の数（件の違いは数えない）。"""
    slots = [*mapping.places, *(s for x in mapping.seconds for s in x.places)]
    return len({(s.layout, s.heading) for s in slots})


def guess(workbook: Workbook, kind: str = PEOPLE) -> Mapping:
    """読み方の見当。人の表とも一枚一人の様式とも見えなければ、何も割り当てない表として返す。

    セルのあるシートがなければ InputRefused（NO_ROWS）。
    """
    table = guess_table(workbook, kind)
    form = guess_form(workbook) if kind == PEOPLE else None
    if table is not None and (form is None or _items(table) * 2 > _items(form)):
        return table
    if form is not None:
        return form
    sheet = max(workbook.sheets, key=lambda s: s.filled, default=None)
    if sheet is None or not sheet.filled:
        raise InputRefused("書き込まれたセルがありません。正しいファイルかを確かめてください。", "NO_ROWS")
    return table_at(sheet, 0, 1, kind)


def table_at(sheet: Sheet, row: int, depth: int, kind: str = PEOPLE) -> Mapping:
    """見出しの行を人が決めたときの、その行での見当。"""
    headings = Grid(sheet).headings(row, depth)
    places, _ = assign(headings, layouts_of(kind))
    return Mapping(TABLE, sheet.name, row, tuple(map(plain, headings)), places, depth)
