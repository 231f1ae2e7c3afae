"""成績の表（一人一行の横長の表、一行一結果の表）を読み方に従って読み、成績の様式の行に開く。"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.workbooks import mapping as m
from app.workbooks.fields import shown
from app.workbooks.mapping.origins import RowOrigin
from app.workbooks.reading import Cell, Row, Sheet, Workbook
from app.workbooks.result_layout import DAY, KINDS, REPORTS, SESSIONS, WIDE
from app.workbooks.results import LAYOUT

_DASHES = frozenset("-ー―－—–‐")
_PLAIN = ("受付番号", "氏名", "種別", "結果", "実施日", "回", "遅刻（分）", "早退（分）")


@dataclass(frozen=True)
class _Line:
    """成績の様式の一行：種別、様式の見出しから値、様式の見出しから成績の表の見出し。"""

    values: dict[str, Cell]
    places: dict[str, str]


def _is_blank(value: Cell) -> bool:
    return m.blank(value) or shown(value).strip() in _DASHES


def _reads_as_day(kind: str, value: Cell) -> bool:
    """提出物の列に、提出の日が書かれているか（「提出」「未提出」でなく）。"""
    return kind in REPORTS and any(c.isdecimal() for c in shown(value))


def _lines(values: dict[str, Cell]) -> Iterator[_Line]:
    """一人の行を、書かれている結果ごとに開く。"""
    same = {h: h for h in ("受付番号", "氏名")}
    if not (m.blank(values.get("種別")) and m.blank(values.get("結果"))):
        yield _Line({h: values.get(h) for h in _PLAIN}, {h: h for h in _PLAIN})
    for kind in KINDS:
        value = values.get(kind)
        if _is_blank(value):
            continue
        day = f"{kind}{DAY}" if not m.blank(values.get(f"{kind}{DAY}")) else "実施日"
        result: Cell = value
        if _reads_as_day(kind, value):
            result, day = "提出", kind
        found: dict[str, Cell] = {h: values.get(h) for h in same}
        found |= {"種別": kind, "結果": result, "実施日": values.get(day)}
        places = same | {"種別": kind, "結果": kind, "実施日": day}
        if kind in SESSIONS:
            minutes = ("遅刻（分）", "早退（分）")
            found |= {h: values.get(h) for h in minutes}
            places |= {h: h for h in minutes}
        yield _Line(found, places)


def convert_results(workbook: Workbook, mapping: m.Mapping) -> tuple[Workbook, m.Origin]:
    """成績の様式の形のブックと、もとの所。見出しが見つからなければ InputRefused（NO_TABLE）。

    横長の表の、空か横線の升は「記録なし」とみて行を作らない（0点とも欠席ともしない）。
    """
    wide, origin = m.convert(workbook, mapping)
    sheet = wide.sheet(WIDE.name)
    rows: list[Row] = [tuple(LAYOUT.headings)]
    made = m.Origin()
    dashes = 0
    for number, row in enumerate(() if sheet is None else sheet.rows, 1):
        source = origin.rows.get((WIDE.name, number))
        if source is None:
            continue
        values = dict(zip(WIDE.headings, row, strict=False))
        dashes += sum(not m.blank(values.get(k)) and _is_blank(values.get(k)) for k in KINDS)
        for line in _lines(values):
            rows.append(tuple(line.values.get(h) for h in LAYOUT.headings))
            cells = {h: source.cells[p] for h, p in line.places.items() if p in source.cells}
            made.rows[LAYOUT.name, len(rows)] = RowOrigin(source.sheet, source.row, cells)
    said = (f"横線だけの升{dashes}個は、記録なしとみて読みませんでした。",) if dashes else ()
    epoch = sheet is not None and sheet.epoch_1904
    one = Sheet(LAYOUT.name, tuple(rows), (), epoch, serials=True)
    return Workbook((one,), (*wide.reports, *said)), made
