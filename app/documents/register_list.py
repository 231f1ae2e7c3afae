"""名簿から刷る紙：条件に合うコーディネーターの一覧（A4 横）と、公表する所属機関リスト（A4 縦）。"""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from app.documents.fonts import GOTHIC, MINCHO, missing_glyphs, wrap
from app.documents.measure import A4, A4_WIDE, FAINT, GREY, MM
from app.domain.calendar import wareki
from app.domain.errors import RuleViolation

if TYPE_CHECKING:
    from app.documents.flow import Flow
    from app.documents.page import Paper

_LEFT, _TOP, _BOTTOM = 12 * MM, 12 * MM, 14 * MM
_HEAD = 6.5 * MM
_SIZE, _SMALL, _LINE = 8.5, 6.5, 11.0
_RULE = "0.62 0.62 0.63 RG 0.4 w"
# 見出しと幅（mm）
_COLUMNS = (
    ("認定番号", 28),
    ("氏名", 42),
    ("所属機関", 46),
    ("活動地域", 33),
    ("保有資格", 38),
    ("専門分野", 29),
    ("対応言語", 29),
    ("満了・状態", 28),
)


@dataclass(frozen=True)
class Listed:
    """一覧の一人。"""

    number: str
    name: str
    reading: str
    affiliation: str
    area: str
    qualifications: str
    specialties: str
    languages: str
    expires_on: str
    standing: str


@dataclass(frozen=True)
class ShortListPaper:
    """条件に合う人の一覧に要ること。"""

    day: date
    made_on: date
    office: str
    note: str
    audit: str
    people: tuple[Listed, ...]


@dataclass(frozen=True)
class AffiliationsPaper:
    """所属機関リストに要ること。counts は都道府県・所属機関・人数（刷る順）。"""

    day: date
    office: str
    counts: tuple[tuple[str, str, int], ...]


def _shown(text: str) -> str:
    """氏名のほかの字は、描けなければ下線で示す（箱や空きを刷らない）。"""
    return "".join("＿" if missing_glyphs(c, GOTHIC) and missing_glyphs(c, MINCHO) else c for c in text)


def _check(people: tuple[Listed, ...]) -> None:
    for one in people:
        if missing := missing_glyphs(one.name):
            raise RuleViolation(
                f"{one.number}「{one.name}」の {'、'.join(missing)} は印刷できません。氏名の字を確かめてください。"
            )


@dataclass(frozen=True)
class _Block:
    """一人の欄の行。"""

    one: Listed
    cells: tuple[tuple[str, ...], ...]

    @property
    def height(self) -> float:
        most = max(2, *(len(c) for c in self.cells))
        return most * _LINE + 2.4 * MM


def _block(one: Listed) -> _Block:
    texts = (one.affiliation, one.area, one.qualifications, one.specialties, one.languages)
    widths = [width for _, width in _COLUMNS[2:7]]
    cells = tuple(
        tuple(wrap(_shown(text), _SIZE, width * MM - 3 * MM)) if text else ("",)
        for text, width in zip(texts, widths, strict=True)
    )
    return _Block(one, cells)


def _pages(blocks: list[_Block], room: float) -> list[list[_Block]]:
    pages: list[list[_Block]] = [[]]
    left = room
    for block in blocks:
        if block.height > left and pages[-1]:
            pages.append([])
            left = room
        pages[-1].append(block)
        left -= block.height
    return pages


def render_short_list(listing: ShortListPaper) -> bytes:
    """条件に合う人の一覧（A4 横）。頁ごとに見出しと通しの番号を刷る。氏名に描けない字があれば RuleViolation。"""
    from app.documents.page import Paper  # 画面の立ち上がりを遅らせないよう、刷るときに読む

    _check(listing.people)
    title = "外国人支援コーディネーター一覧"
    paper = Paper(title, listing.office, A4_WIDE, listing.made_on)
    first = A4_WIDE[1] - _TOP - 21 * MM
    pages = _pages([_block(one) for one in listing.people], first - _HEAD - _BOTTOM - 4 * MM)
    for number, blocks in enumerate(pages, 1):
        _short_head(paper, listing, title)
        _short_rows(paper, blocks, first)
        words = f"{number}／{len(pages)}"
        paper.draw_text(A4_WIDE[0] / 2, 8 * MM, words, 8, family=GOTHIC, align="center", color=GREY)
        paper.draw_text(_LEFT, 8 * MM, listing.audit, 6, family=GOTHIC, color=GREY, fit=110 * MM)
        paper.showPage()
    return paper.finish()


def _short_head(paper: "Paper", listing: ShortListPaper, title: str) -> None:
    top, right = A4_WIDE[1] - _TOP, A4_WIDE[0] - _LEFT
    paper.draw_text(_LEFT, top - 6 * MM, title, 15, fit=150 * MM)
    words = f"{wareki(listing.day)}現在　{len(listing.people):,}名"
    paper.draw_text(right, top - 6 * MM, words, 11, align="right")
    paper.draw_text(_LEFT, top - 14 * MM, _shown(listing.note), 9, color=FAINT, fit=190 * MM)
    paper.draw_text(right, top - 14 * MM, listing.office, 9, align="right", color=FAINT, fit=80 * MM)


def _short_rows(paper: "Paper", blocks: list[_Block], top: float) -> None:
    edges = [_LEFT]
    for _, width in _COLUMNS:
        edges.append(edges[-1] + width * MM)
    box = f"{_LEFT:.2f} {top - _HEAD:.2f} {edges[-1] - _LEFT:.2f} {_HEAD:.2f} re f"
    paper.emit(f"q 0.945 0.94 0.925 rg {box} Q")
    for (heading, _), start in zip(_COLUMNS, edges, strict=False):
        paper.draw_text(start + 1.5 * MM, top - _HEAD + 2.1 * MM, heading, 8.5, color=FAINT)
    rows, y = [top, top - _HEAD], top - _HEAD
    for block in blocks:
        _short_row(paper, block, edges, y)
        y -= block.height
        rows.append(y)
    lines = [f"{edges[0]:.2f} {at:.2f} m {edges[-1]:.2f} {at:.2f} l" for at in rows]
    paper.emit(f"q {_RULE} {' '.join(lines)} S Q")


def _short_row(paper: "Paper", block: _Block, edges: list[float], top: float) -> None:
    pad, base = 1.5 * MM, top - 1.2 * MM - _LINE * 0.78
    one, width = block.one, _COLUMNS[1][1] * MM - 3 * MM
    paper.draw_text(edges[0] + pad, base, one.number, _SIZE, fit=_COLUMNS[0][1] * MM - 3 * MM)
    paper.draw_text(edges[1] + pad, base, one.name, 10, fit=width)
    paper.draw_text(edges[1] + pad, base - _LINE, _shown(one.reading), _SMALL, color=FAINT, fit=width)
    for lines, start in zip(block.cells, edges[2:], strict=False):
        for place, line in enumerate(lines):
            paper.draw_text(start + pad, base - place * _LINE, line, _SIZE)
    last = _COLUMNS[7][1] * MM - 3 * MM
    paper.draw_text(edges[7] + pad, base, one.expires_on, 8, fit=last)
    paper.draw_text(edges[7] + pad, base - _LINE, one.standing, 8, fit=last, color=FAINT)


def render_affiliations(listing: AffiliationsPaper) -> bytes:
    """公表する所属機関リスト（A4 縦）。都道府県ごとにまとめ、頁に通しの番号を付ける。個人の名は刷らない。"""
    _, total = _compose(listing, 0)
    return _compose(listing, total)[0]


def _compose(listing: AffiliationsPaper, total: int) -> tuple[bytes, int]:
    from app.documents.flow import Column, Flow
    from app.documents.page import Paper

    title = "所属機関リスト"

    def footer(sheet: "Paper", page: int) -> None:
        words = f"{page}／{total}"
        sheet.draw_text(A4[0] / 2, 13 * MM, words, 8, family=GOTHIC, align="center", color=GREY)

    flow = Flow(Paper(title, listing.office, A4, listing.day), footer)
    flow.line(f"外国人支援コーディネーター　{title}", 16, align="center", tracking=0.05)
    flow.gap(8)
    people = sum(n for _, _, n in listing.counts)
    flow.line(f"{wareki(listing.day)}現在　{len(listing.counts):,}機関　{people:,}名", 10, align="right")
    flow.line(listing.office, 10, align="right")
    flow.line("有効な認証があり、公表に同意した方の所属機関です。", 9, color=FAINT)
    flow.gap(6)
    columns = (Column("所属機関", 130), Column("人数", 30, "right"))
    for prefecture, rows in groupby(listing.counts, key=lambda c: c[0]):
        found = [(_shown(name), f"{n:,}名") for _, name, n in rows]
        _heading(flow, f"{_shown(prefecture)}　{len(found)}機関")
        flow.table(columns, found, 9.5)
    flow.end_page()
    return flow.paper.finish(), flow.page - 1


def _heading(flow: "Flow", text: str) -> None:
    flow.gap(8)
    flow.need(70)
    flow.line(text, 11, family=GOTHIC)
    flow.gap(2)
