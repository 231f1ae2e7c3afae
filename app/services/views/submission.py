"""提出の画面へ渡すもの。"""

from dataclasses import dataclass
from datetime import date, datetime

CHANGE_WORDS = {
    "new": "新規",
    "changed": "変更",
    "revoked": "取消し",
    "lapsed": "失効",
    "removed": "削除",
}


@dataclass(frozen=True)
class BatchView:
    """庁へ送った便。counts は変わり方ごとの行数。"""

    id: int
    kind: str
    number: int
    as_of: date
    made_at: datetime
    file_name: str
    file_digest: str
    counts: dict[str, int]

    @property
    def rows(self) -> int:
        """送った行の数。"""
        return sum(self.counts.values())


@dataclass(frozen=True)
class BatchRow:
    """便の一行。key は認定番号。"""

    key: str
    name: str
    change: str

    @property
    def words(self) -> str:
        """変わり方の言葉。"""
        return CHANGE_WORDS[self.change]


@dataclass(frozen=True)
class BatchPreview:
    """次の便の下見。まだ何も書いていない。"""

    as_of: date
    number: int
    rows: tuple[BatchRow, ...]
    unchanged: int

    def count(self, change: str) -> int:
        """その変わり方の行数。"""
        return sum(r.change == change for r in self.rows)


@dataclass(frozen=True)
class ExportResult:
    """書いたブック。"""

    path: str
    rows: int
    digest: str
    encrypted: bool
