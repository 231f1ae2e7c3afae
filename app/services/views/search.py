"""検索の結果として画面へ渡すもの。"""

from dataclasses import dataclass


@dataclass(frozen=True)
class SearchHit:
    """見つかった一つ。target は開く場所（application:12 など）。"""

    kind: str
    title: str
    subtitle: str
    room: str
    target_id: int
