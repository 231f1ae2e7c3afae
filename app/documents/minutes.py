"""審査会議の議事録と議事要旨：凍った記録から作る紙の中身。"""

from dataclasses import dataclass


@dataclass(frozen=True)
class AgendaLine:
    """議題の一つ。result は議決の言葉、counts は表決と出席の言葉（なければ空）、note は理由など。"""

    title: str
    result: str = ""
    counts: str = ""
    note: str = ""


@dataclass(frozen=True)
class MinutesPaper:
    """議事録の中身。

    facts は項目と値、members は（氏名、役、出席の時間）、cases は（議案番号、受付番号、氏名、議決、
    表決、出席／基礎、欠格事由、回避・除斥・忌避の委員、理由）。declarations は利害関係の申告（氏名、答え）、
    texts は見出しと文。counts は件数照合表（項目、数、内訳）。audit_head は監査記録の頭、digest は会議の要約値。
    議事要旨では members・cases・declarations を空にし、数だけを decisions に入れる。
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    members: tuple[tuple[str, str, str], ...]
    agenda: tuple[AgendaLine, ...]
    cases: tuple[tuple[str, ...], ...]
    remarks: str
    audit_head: str
    digest: str | None
    declarations: tuple[tuple[str, str], ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    decisions: tuple[tuple[str, str], ...] = ()
    counts: tuple[tuple[str, str, str], ...] = ()
    signed: bool = True


def render_minutes(paper: MinutesPaper) -> bytes:
    """議事録の PDF。描けない字があれば RuleViolation。"""
    from app.documents.minutes_sheet import compose  # 画面の立ち上がりを遅らせないよう、刷るときに読む

    # ページの総数を知るため、二度組む
    _, pages = compose(paper, 0)
    content, _ = compose(paper, pages)
    return content
