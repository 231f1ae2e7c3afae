"""統計の紙の組み方。表ごとに、図を先に、数の表を後に置く。"""

from datetime import date

from app.documents import bar_charts
from app.documents.bar_charts import MISSING, Bars
from app.documents.flow import SIZE, Column, Flow
from app.documents.fonts import GOTHIC
from app.documents.measure import A4, GREY, MM, Align
from app.documents.page import Paper
from app.documents.statistics import StatisticsPaper
from app.domain.calendar import wareki
from app.domain.statistics import Cell, Picture, Statistics, Table

_WIDTHS = {"text": 17.0, "count": 9.5, "rate": 10.0, "day": 18.0}
_LONG = {"項目": 27.0, "理由": 46.0, "テスト": 26.0, "区分": 12.0}
_KINDS = {"columns": bar_charts.columns, "rate": bar_charts.columns, "stacked": bar_charts.stacked,
          "bars": bar_charts.bars}  # fmt: skip
# 図とその題に要る高さ（pt）。横の棒は伸び縮みするので、初めの数本の分だけ
_ROOM = {"columns": 205.0, "rate": 205.0, "stacked": 205.0, "bars": 110.0}


def compose(paper: StatisticsPaper, total: int) -> tuple[bytes, int]:
    """紙を組み、PDF とページの数を返す。total は書き入れるページの総数。"""
    sheet = Paper(f"統計　{paper.title}", "外国人支援コーディネーターの認証の統計")

    def footer(page_paper: Paper, page: int) -> None:
        right, left = A4[0] - 25 * MM, 25 * MM
        page_paper.draw_text(right, 13 * MM, f"{page}／{total}", 8, family=GOTHIC, align="right", color=GREY)
        fit = (right - left) * 0.9
        page_paper.draw_text(left, 13 * MM, paper.audit_head, 6.5, family=GOTHIC, fit=fit, color=GREY)
        page_paper.emit(f"q 0.8 0.8 0.8 RG 0.4 w {left:.2f} {17 * MM:.2f} m {right:.2f} {17 * MM:.2f} l S Q")

    flow = Flow(sheet, footer)
    flow.line("統計", 15, align="center")
    flow.line(paper.title, 11, align="center")
    flow.gap(8)
    flow.pairs([*paper.facts, (MISSING, "まだ数えられないもの（0 ではありません）")], 9.5)
    for number, table in enumerate(paper.found.tables):
        _part(flow, number, table, paper.found)
    flow.end_page()
    return sheet.finish(), flow.page - 1


def _part(flow: Flow, number: int, table: Table, found: Statistics) -> None:
    pictures = [p for p in found.pictures if p.table == number]
    flow.gap(14)
    flow.need(_ROOM[pictures[0].kind] + 40 if pictures else SIZE * 8)
    flow.line(f"{number + 1}　{table.title}", 12, family=GOTHIC)
    flow.paragraph(table.note, 8.5, first="")
    if not table.rows:
        flow.paragraph("まだ何もありません。", 9.5, first="")
        return
    for picture in pictures:
        flow.gap(6)
        flow.need(_ROOM[picture.kind])
        flow.line(picture.title, 9.5, family=GOTHIC)
        _KINDS[picture.kind](flow, values_of(table, picture))
    flow.gap(4)
    shown = [Column(h.title, _LONG.get(h.title, _WIDTHS[h.kind]), _align(h.kind)) for h in table.headings]
    kinds = [h.kind for h in table.headings]
    flow.table(shown, [[_words(v, k) for v, k in zip(r, kinds, strict=True)] for r in table.rows], 8.5)


def _align(kind: str) -> Align:
    return "right" if kind in ("count", "rate") else "left"


def _words(value: Cell, kind: str) -> str:
    """表の欄の言葉。数の欄の空は「—」。"""
    if value is None:
        return MISSING if kind != "text" else ""
    if isinstance(value, date):
        return wareki(value)
    if kind == "rate" and isinstance(value, float):
        return f"{value:.1%}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _number(value: Cell) -> float | None:
    return value if isinstance(value, int | float) else None


def values_of(table: Table, picture: Picture) -> Bars:
    """図に描く値。"""
    rows = table.rows[picture.rows[0] : picture.rows[1]]
    names = [_words(r[picture.label], "text") for r in rows]
    titles = [table.headings[c].title for c in picture.columns]
    grid = [[_number(r[c]) for c in picture.columns] for r in rows]
    if picture.by_row:
        return Bars(tuple(titles), tuple(names), tuple(tuple(r) for r in grid))
    turned = tuple(tuple(r[place] for r in grid) for place in range(len(titles)))
    return Bars(tuple(names), tuple(titles), turned, picture.kind == "rate")
