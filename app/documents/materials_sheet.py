"""会議の資料の組み方。"""

from app.documents.flow import SIZE, Column, Flow
from app.documents.fonts import GOTHIC
from app.documents.materials import RECUSED, CasePage, MaterialsPaper
from app.documents.measure import A4, GREY, MM
from app.documents.page import Paper

_LIST = (
    Column("議案", 9, "center"),
    Column("受付", 10, "center"),
    Column("氏名", 36),
    Column("所属", 32),
    Column("修了認定テスト", 34),
)
_GROUNDS = (Column("事由", 8, "center"), Column("計算", 16), Column("委員会の判断", 26), Column("備考", 50))
_BLANK = "□該当しない　□該当する"


def compose(materials: MaterialsPaper) -> bytes:
    """資料を組み、PDF を返す。"""
    sheet = Paper(materials.title, "外国人支援コーディネーター認定審査委員会事務局")

    def footer(paper: Paper, page: int) -> None:
        right, left = A4[0] - 25 * MM, 25 * MM
        paper.draw_text(right, 13 * MM, str(page), 8, family=GOTHIC, align="right", color=GREY)
        paper.draw_text(
            left, 13 * MM, f"{materials.title}　{materials.recipient}", 7, family=GOTHIC, color=GREY
        )

    flow = Flow(sheet, footer)
    _cover(flow, materials)
    flow.end_page()
    pages = {page.position: page for page in materials.cases}
    _listing(flow, materials, pages)
    flow.end_page()
    for page in materials.cases:
        _case(flow, page)
        flow.end_page()
    for title, rows in materials.statistics:
        _section(flow, title, rows)
    if materials.statistics:
        flow.end_page()
    return sheet.finish()


def _section(flow: Flow, title: str, rows: tuple[tuple[str, str], ...]) -> None:
    flow.need(SIZE * 6)
    flow.line(title, 11, family=GOTHIC)
    flow.gap(2)
    flow.pairs(rows, indent=SIZE)
    flow.gap(12)


def _cover(flow: Flow, materials: MaterialsPaper) -> None:
    flow.gap(60)
    flow.line(materials.title, 18, align="center")
    flow.gap(6)
    flow.line(materials.recipient, 12, align="center", color=GREY)
    flow.gap(36)
    flow.pairs(materials.facts, indent=SIZE)
    flow.gap(20)
    flow.line("議題", 11, family=GOTHIC)
    flow.gap(2)
    for item in materials.agenda:
        flow.paragraph(item, indent=SIZE, first="")
    flow.gap(20)
    flow.paragraph(materials.note, 9, first="")


def _listing(flow: Flow, materials: MaterialsPaper, pages: dict[str, CasePage]) -> None:
    flow.line("案件の一覧", 13, family=GOTHIC)
    flow.gap(4)
    rows = []
    for position in sorted({*pages, *materials.gaps}):
        page = pages.get(position)
        if page is None:
            rows.append((position, "", RECUSED, "", ""))
        else:
            test = page.results[-1][1]
            rows.append((position, page.reception, page.name, page.affiliation, test))
    flow.table(_LIST, rows, 8.5)
    flow.gap(5)
    gaps = f"　（{RECUSED}により載せないもの {len(materials.gaps)}件）" if materials.gaps else ""
    flow.line(f"計 {len(rows)}件{gaps}", 9.5, align="right")


def _case(flow: Flow, page: CasePage) -> None:
    flow.line(f"案件 {page.position}　　受付 {page.reception}", 10, family=GOTHIC, color=GREY)
    flow.line(page.name, 17)
    flow.line(page.affiliation, 10, color=GREY)
    flow.gap(12)
    _section(flow, "研修と修了認定テストの結果", page.results)
    flow.line("欠格事由（実施要綱第6条第1項）", 11, family=GOTHIC)
    flow.gap(2)
    rows = [(mark, words, _BLANK, "") for mark, words, _ in page.grounds]
    notes = [[sentence] if sentence else [] for _, _, sentence in page.grounds]
    flow.table(_GROUNDS, rows, 9, notes)
    flow.gap(16)
    flow.line("表決", 11, family=GOTHIC)
    flow.line("□可　　□否　　□棄権", 11, indent=SIZE)
    flow.gap(12)
    flow.line("意見", 11, family=GOTHIC)
    left, right = flow.left, flow.right
    for n in range(1, 7):
        y = flow.y - n * 24
        flow.paper.emit(f"q 0.8 0.8 0.8 RG 0.4 w {left:.2f} {y:.2f} m {right:.2f} {y:.2f} l S Q")
