"""会議の資料：表紙と議題、案件の一覧、受付番号の順の審査の紙、テストと研修の統計。"""

from dataclasses import dataclass

RECUSED = "回避"


@dataclass(frozen=True)
class CasePage:
    """一件の審査の紙。grounds は（事由、計算の結果、根拠の文）。"""

    position: str
    reception: str
    name: str
    affiliation: str
    results: tuple[tuple[str, str], ...]
    grounds: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class MaterialsPaper:
    """資料の中身。

    facts は会議の項目、agenda は議題。cases は見せる案件、gaps は回避のため載せない案件の番号（番号だけ）。
    statistics は（見出し、項目と値）の列。
    """

    title: str
    recipient: str
    facts: tuple[tuple[str, str], ...]
    agenda: tuple[str, ...]
    cases: tuple[CasePage, ...]
    gaps: tuple[str, ...]
    statistics: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    note: str


def render_materials(paper: MaterialsPaper) -> bytes:
    """資料の PDF。描けない字があれば RuleViolation。"""
    from app.documents.materials_sheet import compose  # 画面の立ち上がりを遅らせないよう、刷るときに読む

    return compose(paper)
