"""審査会議の議事録：凍った記録から作る紙の中身。"""

from dataclasses import dataclass


@dataclass(frozen=True)
class MinutesPaper:
    """議事録の中身。

    facts は項目と値、members は（氏名、役、出席の時間）、cases は（議案番号、受付番号、氏名、議決、
    表決、出席／基礎、欠格事由、回避した委員、理由）。audit_head は監査記録の頭、digest は会議の要約値。
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    members: tuple[tuple[str, str, str], ...]
    agenda: tuple[str, ...]
    cases: tuple[tuple[str, ...], ...]
    remarks: str
    audit_head: str
    digest: str | None


def render_minutes(paper: MinutesPaper) -> bytes:
    """議事録の PDF。描けない字があれば RuleViolation。"""
    from app.documents.minutes_sheet import compose  # 画面の立ち上がりを遅らせないよう、刷るときに読む

    # ページの総数を知るため、二度組む
    _, pages = compose(paper, 0)
    content, _ = compose(paper, pages)
    return content
