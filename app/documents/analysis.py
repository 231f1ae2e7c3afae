"""テスト分析報告書：委員会が説明なしに読める、修了認定テストの分析の紙の中身。"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.domain.item_analysis import Analysis, ItemFigures

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class AnalysedQuestion:
    """設問一つ。key は正答の言葉、treatment は通常でない扱いの言葉（空は通常）、texts は肢の名から文へ。

    ability は測る能力の言葉（定めなければ空）。
    """

    number: int
    group: str
    kind: str
    points: int
    key: str
    text: str
    treatment: str
    figures: ItemFigures
    texts: "Mapping[str, str]" = field(default_factory=dict)
    ability: str = ""


@dataclass(frozen=True)
class AnalysisPaper:
    """報告書の中身。facts は項目と値、rule は合格の基準（項目と値）、counts は（区分, 人数）。

    mark は採用された合格点（採用がなければ空）。near は、測定の標準誤差の幅で合格点の前後にいる人の数。
    audit_head は監査記録の頭。
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    analysis: Analysis
    questions: tuple[AnalysedQuestion, ...]
    mark: int | None
    rule: tuple[tuple[str, str], ...]
    counts: tuple[tuple[str, int], ...]
    audit_head: str
    near: int = 0


def render_analysis(paper: AnalysisPaper) -> bytes:
    """報告書の PDF。描けない字があれば RuleViolation。"""
    from app.documents.analysis_sheet import compose  # 画面の立ち上がりを遅らせないよう、刷るときに読む

    # ページの総数を知るため、二度組む
    _, pages = compose(paper, 0)
    content, _ = compose(paper, pages)
    return content
