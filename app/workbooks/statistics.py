"""統計のブック：表ごとのシートと、図のシート。数えられないものは灰色の空きにする（0 と書かない）。"""

from collections.abc import Sequence
from datetime import date
from math import ceil

from app.domain.calendar import wareki
from app.domain.statistics import Picture, Statistics, Table
from app.workbooks.charts import Chart, Series
from app.workbooks.packing import Page, Value
from app.workbooks.validating import letters
from app.workbooks.writing import Column, table_page

MISSING_NOTE = "灰色の空きは、まだ数えられないものです（0 ではありません）。"
_STYLES = {"text": "text", "count": "integer", "rate": "percent", "day": "text"}
_PICTURES = "図"
# 図のシート（A4 の縦、一行 18pt）：紙の幅と、一枚に置ける行
_WIDE, _MM_A_ROW, _ROWS = 172.0, 18 * 25.4 / 72, 44
_TALL, _A_BAR = 72.0, 5.5


def statistics_pages(found: Statistics, notes: Sequence[str]) -> list[Page]:
    """統計のシート：統計・図（一枚の紙ごと）・理由・合格率・年度別・更新。"""
    pages = [_table(t, notes) for t in found.tables]
    return [pages[0], *_pictures(found, pages, notes), *pages[1:]]


def _table(table: Table, notes: Sequence[str]) -> Page:
    columns = [Column(h.title, _STYLES[h.kind], _width(h.title, h.kind)) for h in table.headings]
    rows = [[_shown(v) for v in row] for row in table.rows]
    page = table_page(table.title, columns, rows, [*notes, *_table_notes(table)])
    missing = [
        [
            (None, "missing") if value is None and h.kind != "text" else cell
            for cell, value, h in zip(cells, row, table.headings, strict=True)
        ]
        for cells, row in zip(page.rows[page.heading_row :], table.rows, strict=True)
    ]
    return Page(
        page.name, [*page.rows[: page.heading_row], *missing], page.widths, page.heading_row,
        heights=page.heights, portrait=sum(page.widths) <= 110,
    )  # fmt: skip


def _table_notes(table: Table) -> list[str]:
    return [table.note, MISSING_NOTE]


def _width(title: str, kind: str) -> float:
    if kind == "text":
        return {"項目": 30, "テスト": 30, "理由": 48}.get(title, 18)
    return 18 if kind == "day" else 11


def _shown(value: Value) -> Value:
    """図の名にもなる日付は、見える言葉で書く。"""
    return wareki(value) if isinstance(value, date) else value


def _pictures(found: Statistics, pages: Sequence[Page], notes: Sequence[str]) -> list[Page]:
    """図のシート。一枚の紙に収まるだけの図を、一枚のシートに置く。"""
    top = len(notes) + 3
    sheets: list[list[Chart]] = []
    row = _ROWS + 1
    for picture in found.pictures:
        tall = _tall(picture)
        if row + ceil(tall / _MM_A_ROW) > _ROWS:
            sheets.append([])
            row = top
        first = pages[picture.table].heading_row + 1
        sheets[-1].append(_chart(found.tables[picture.table], first, picture, row, tall))
        row += ceil(tall / _MM_A_ROW) + 1
    return [_picture_page(f"{_PICTURES}{n}", charts, notes) for n, charts in enumerate(sheets, 1)]


def _picture_page(name: str, charts: Sequence[Chart], notes: Sequence[str]) -> Page:
    rows: list[list[tuple[Value, str] | None]] = [[("統計の図", "title")]]
    rows += [[(note, "note")] for note in notes]
    # 図の下の端まで紙に入るよう、行を置く
    end = max(c.at[0] + ceil(c.size[1] / _MM_A_ROW) for c in charts)
    rows += [[] for _ in range(len(rows), end)]
    heights = dict.fromkeys(range(1, end + 1), 18.0)
    return Page(name, rows, [11.0] * 9, heights=heights, portrait=True, charts=charts, whole=True)


def _tall(picture: Picture) -> float:
    """横の棒は、棒の数だけ高くする（一枚の紙まで）。"""
    if picture.kind != "bars":
        return _TALL
    bars = (picture.rows[1] - picture.rows[0]) * len(picture.columns)
    return min(max(_TALL, 28 + _A_BAR * bars), (_ROWS - 8) * _MM_A_ROW)


def _chart(table: Table, top: int, picture: Picture, row: int, tall: float) -> Chart:
    """表の図。top は表の初めの行（1 から数えたシートの行）、row は図を置く行、tall は高さ（mm）。"""
    first, last = picture.rows
    down = (top + first, top + last - 1)

    def cells(left: int, right: int, rows: tuple[int, int]) -> str:
        return f"'{table.title}'!${letters(left)}${rows[0]}:${letters(right)}${rows[1]}"

    if picture.by_row:
        left, right = picture.columns[0], picture.columns[-1]
        labels = cells(left, right, (top - 1, top - 1))
        series = [
            Series(str(table.rows[n][picture.label]), cells(left, right, (top + n, top + n)))
            for n in range(first, last)
        ]
    else:
        labels = cells(picture.label, picture.label, down)
        series = [Series(table.headings[c].title, cells(c, c, down)) for c in picture.columns]
    return Chart(picture.title, picture.kind, labels, tuple(series), (row, 0), (_WIDE, tall))
