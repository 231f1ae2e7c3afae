"""通知の手紙：A4 縦の公用文。一通を新しいページから始め、長ければ次のページへ続ける。"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from app.documents.fonts import GOTHIC, missing_glyphs
from app.documents.measure import A4, GREY, MM, Align
from app.domain.calendar import wareki
from app.domain.errors import RuleViolation

if TYPE_CHECKING:
    from app.documents.flow import Flow
    from app.documents.page import Paper

# 窓あき封筒（長形3号）の窓の内側。三つ折りの紙の左上からの距離
_WINDOW_LEFT, _WINDOW_TOP, _WINDOW_WIDE, _WINDOW_END = 24 * MM, 17 * MM, 76 * MM, 56 * MM


@dataclass(frozen=True)
class LetterItem:
    """「記」の下に番号を付けて並べる事項。heading は書類や要件の名、aside は期限など。"""

    heading: str
    text: str
    aside: str = ""


@dataclass(frozen=True)
class LetterList:
    """手紙の後ろに綴じる、事務局のための一覧。widths は列の幅の割合。"""

    title: str
    note: str
    headings: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class LetterTable:
    """「記」の項目の下に置く表。columns は見出し・幅の割合・寄せ。"""

    columns: tuple[tuple[str, float, Align], ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Letter:
    """一通。addressee に敬称は付けない（様を付けて書く）。

    rows は「記」の下の項目と値、table はその下の表、items は番号を付けた事項。
    address があれば、宛先を窓あき封筒（長形3号、三つ折り）の窓の位置に刷る。
    """

    number: str
    date: date
    addressee: str
    sender: str
    title: str
    paragraphs: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    items: tuple[LetterItem, ...] = ()
    items_title: str = ""
    table: LetterTable | None = None
    postal_code: str = ""
    address: str = ""


def render_letters(letters: Sequence[Letter], listing: LetterList | None = None) -> bytes:
    """手紙を一冊の PDF にする。listing があれば最後に綴じる。宛名に描けない字があれば RuleViolation。"""
    from app.documents.page import Paper  # 画面の立ち上がりを遅らせないよう、刷るときに読む

    if not letters:
        raise RuleViolation("書き出す通知がありません。宛先を選んでください。")
    for letter in letters:
        if missing := missing_glyphs(letter.addressee):
            raise RuleViolation(
                f"宛名「{letter.addressee}」の {'、'.join(missing)} は印刷できません。証書表記を直してください。"
            )
        if missing := missing_glyphs(letter.address):
            raise RuleViolation(
                f"{letter.addressee}さんの住所の {'、'.join(missing)} は印刷できません。住所の字を直してください。"
            )
    title = letters[0].title if len({x.title for x in letters}) == 1 else "通知"
    paper = Paper(title, "外国人支援コーディネーター認定審査委員会事務局", made_on=letters[0].date)
    for letter in letters:
        _write(paper, letter)
    if listing is not None:
        _write_list(paper, listing)
    return paper.finish()


def _write(paper: "Paper", letter: Letter) -> None:
    from app.documents.flow import SIZE, Column, Flow

    def footer(sheet: "Paper", page: int) -> None:
        if page > 1 or continued:
            text = f"{letter.number}　{page}"
            sheet.draw_text(A4[0] / 2, 13 * MM, text, 8, family=GOTHIC, align="center", color=GREY)

    continued = False
    flow = Flow(paper, footer)
    if letter.number:
        flow.line(letter.number, align="right")
    flow.line(wareki(letter.date), align="right")
    if letter.address:
        _write_window(paper, letter)
        flow.y = min(flow.y, A4[1] - _WINDOW_END)
    else:
        flow.gap(14)
        flow.line(f"{letter.addressee}　様", 13)
        flow.gap(16)
    flow.line(letter.sender, 11.5, align="right")
    flow.gap(30)
    flow.line(letter.title, 16, align="center", tracking=0.12)
    flow.gap(20)
    for paragraph in letter.paragraphs:
        flow.paragraph(paragraph)
        flow.gap(3)
    if letter.rows or letter.items:
        flow.gap(16)
        flow.need(SIZE * 6)
        flow.line("記", 11.5, align="center")
        flow.gap(12)
        flow.pairs(letter.rows, indent=SIZE * 2)
        if letter.table is not None:
            flow.gap(8)
            flow.table([Column(*c) for c in letter.table.columns], letter.table.rows, SIZE)
        if letter.items_title:
            flow.gap(6)
            flow.line(letter.items_title, indent=SIZE * 2)
        for number, item in enumerate(letter.items, 1):
            _write_item(flow, number, item)
        flow.gap(10)
        flow.line("以上", align="right")
    continued = flow.page > 1
    flow.end_page()


def _write_window(paper: "Paper", letter: Letter) -> None:
    """窓の中に、郵便番号・住所（三行まで、長ければ縮める）・宛名を置く。"""
    from app.documents.fonts import wrap
    from app.documents.labels import postal_words

    x, top, size = _WINDOW_LEFT, A4[1] - _WINDOW_TOP, 10.0
    if letter.postal_code.strip():
        paper.draw_text(x, top - 4 * MM, postal_words(letter.postal_code), 10, family=GOTHIC)
    rows = wrap(letter.address, size, _WINDOW_WIDE)
    while len(rows) > 3:
        size *= 0.9
        rows = wrap(letter.address, size, _WINDOW_WIDE)
    for place, row in enumerate(rows):
        paper.draw_text(x, top - 9.5 * MM - place * size * 1.4, row, size, fit=_WINDOW_WIDE)
    paper.draw_text(x, top - 29 * MM, f"{letter.addressee}　様", 13, fit=_WINDOW_WIDE)


def _write_item(flow: "Flow", number: int, item: LetterItem) -> None:
    from app.documents.flow import LEADING, SIZE

    flow.gap(8)
    flow.need(SIZE * LEADING * 3)  # 見出しだけを頁の終わりに残さない
    flow.line(f"{number}　{item.heading}", indent=SIZE * 2)
    flow.paragraph(item.text, indent=SIZE * 4, first="")
    if item.aside:
        flow.paragraph(item.aside, indent=SIZE * 4, first="")


def _write_list(paper: "Paper", listing: LetterList) -> None:
    from app.documents.flow import Column, Flow

    flow = Flow(paper)
    flow.line(listing.title, 14, family=GOTHIC)
    flow.line(listing.note, 9, color=GREY)
    flow.gap(8)
    columns = [Column(h, w) for h, w in zip(listing.headings, listing.widths, strict=True)]
    flow.table(columns, listing.rows)
    flow.end_page()
