"""議事録の組み方。どのページにも要約値と通しのページ番号が付く。"""

from app.documents.flow import SIZE, Column, Flow
from app.documents.fonts import GOTHIC
from app.documents.measure import A4, GREY, MM
from app.documents.minutes import MinutesPaper
from app.documents.page import Paper

_MEMBERS = (Column("氏名", 34), Column("役", 12), Column("出席", 54))
_CASES = (
    Column("議案", 9, "center"),
    Column("受付", 10, "center"),
    Column("氏名", 36),
    Column("議決", 14),
    Column("表決", 31),
    Column("出席／基礎", 16, "center"),
    Column("欠格事由", 22),
)
_COUNTS = (Column("照らすもの", 34), Column("件数", 10, "right"), Column("内訳", 56))


def compose(minutes: MinutesPaper, total: int) -> tuple[bytes, int]:
    """議事録を組み、PDF とページの数を返す。total は書き入れるページの総数。"""
    sheet = Paper(minutes.title, "外国人支援コーディネーター認定審査委員会")

    def footer(paper: Paper, page: int) -> None:
        right, left = A4[0] - 25 * MM, 25 * MM
        paper.draw_text(right, 13 * MM, f"{page}／{total}", 8, family=GOTHIC, align="right", color=GREY)
        text = f"会議の要約値　{minutes.digest or ''}"
        paper.draw_text(left, 13 * MM, text, 6.5, family=GOTHIC, fit=(right - left) * 0.9, color=GREY)
        paper.emit(f"q 0.8 0.8 0.8 RG 0.4 w {left:.2f} {17 * MM:.2f} m {right:.2f} {17 * MM:.2f} l S Q")

    flow = Flow(sheet, footer)
    flow.line(minutes.title, 15, align="center")
    flow.gap(14)
    flow.pairs(minutes.facts)
    if minutes.members:
        _heading(flow, "出席者")
        flow.table(_MEMBERS, minutes.members)
    if minutes.declarations:
        _heading(flow, "利害関係の申告")
        flow.pairs(minutes.declarations, indent=SIZE)
    _agenda(flow, minutes)
    _decisions(flow, minutes)
    for title, text in minutes.texts:
        _heading(flow, title)
        _paragraphs(flow, text)
    if minutes.remarks.strip():
        _heading(flow, "発言の要旨その他")
        _paragraphs(flow, minutes.remarks)
    _closing(flow, minutes)
    if minutes.counts:
        _count_page(flow, minutes)
    flow.end_page()
    return sheet.finish(), flow.page - 1


def _paragraphs(flow: Flow, text: str) -> None:
    for part in text.strip().splitlines():
        flow.paragraph(part, first="")


def _agenda(flow: Flow, minutes: MinutesPaper) -> None:
    _heading(flow, "議題")
    for item in minutes.agenda:
        flow.line(item.title, indent=SIZE)
        words = "　".join(p for p in (item.result, item.counts) if p)
        if words:
            flow.line(words, 9.5, indent=SIZE * 3)
        if item.note:
            flow.paragraph(item.note, 9.5, indent=SIZE * 3, first="")


def _decisions(flow: Flow, minutes: MinutesPaper) -> None:
    if not minutes.cases and not minutes.decisions:
        return
    _heading(flow, "議決")
    if not minutes.cases:
        flow.pairs(minutes.decisions, indent=SIZE)
        return
    notes = [_notes(case) for case in minutes.cases]
    flow.table(_CASES, [case[:7] for case in minutes.cases], 8.5, notes)
    flow.gap(5)
    flow.line(_counts(minutes), 9.5, align="right")


def _count_page(flow: Flow, minutes: MinutesPaper) -> None:
    """件数照合表を、新しいページに。"""
    flow.end_page()
    flow.line("件数照合表", 13, family=GOTHIC)
    flow.gap(4)
    flow.table(_COUNTS, minutes.counts)
    flow.gap(6)
    flow.paragraph(
        "この表は、凍った議決と、書き出した時の通知・認定証・名簿・便の記録を照らしたものである。", 9
    )


def _heading(flow: Flow, text: str) -> None:
    flow.gap(13)
    flow.need(SIZE * 6)
    flow.line(text, 11, family=GOTHIC)
    flow.gap(2)


def _notes(case: tuple[str, ...]) -> list[str]:
    recused, reason = case[7], case[8]
    return ([f"利害関係　{recused}"] if recused else []) + ([f"理由　{reason}"] if reason else [])


def _counts(minutes: MinutesPaper) -> str:
    decisions = [case[3] for case in minutes.cases]
    words = "　".join(f"{word} {decisions.count(word)}件" for word in dict.fromkeys(decisions))
    return f"計 {len(decisions)}件　（{words}）" if decisions else "計 0件"


def _closing(flow: Flow, minutes: MinutesPaper) -> None:
    """署名の場所（議事録だけ）と、監査記録の頭。"""
    if minutes.signed:
        _signatures(flow)
    flow.gap(6)
    flow.line(minutes.audit_head, 7, family=GOTHIC, color=GREY)


def _signatures(flow: Flow) -> None:
    """議長と確認者の署名の場所。"""
    flow.gap(18)
    flow.need(120)
    flow.paragraph("この議事録は、会議で記録し、二人で確かめて閉じた内容のとおりである。")
    flow.gap(16)
    half = flow.left + flow.width * 0.46
    for label in ("議長", "議事録署名人"):
        base = flow.y - 16
        flow.paper.draw_text(half, base, label, SIZE)
        flow.paper.emit(
            f"q 0.5 0.5 0.5 RG 0.5 w {half + 72:.2f} {base - 3:.2f} m {flow.right:.2f} {base - 3:.2f} l S Q"
        )
        flow.paper.draw_text(flow.right - 4, base, "印", 8.5, align="right", color=GREY)
        flow.gap(30)
