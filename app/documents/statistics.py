"""統計の紙：関門の人数・理由・合格率・年度ごとの認証・更新を、図と表で見せる。"""

from dataclasses import dataclass

from app.domain.statistics import Statistics


@dataclass(frozen=True)
class StatisticsPaper:
    """紙の中身。title は範囲（すべての研修期、または研修期の名）、facts は項目と値、audit_head は監査記録の頭。"""

    title: str
    facts: tuple[tuple[str, str], ...]
    found: Statistics
    audit_head: str


def render_statistics(paper: StatisticsPaper) -> bytes:
    """統計の PDF。描けない字があれば RuleViolation。"""
    from app.documents.statistics_sheet import compose  # 画面の立ち上がりを遅らせないよう、刷るときに読む

    # ページの総数を知るため、二度組む
    _, pages = compose(paper, 0)
    content, _ = compose(paper, pages)
    return content
