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
    control: dict[str, int] | None = None  # 件数照合表（項目から件数へ）。記録のない便では空

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


DIFFERENCE_WORDS = {
    "value": "値が違う",
    "missing": "行がない",
    "added": "送っていない行",
    "twice": "重なった行",
    "column": "列がない",
    "unread": "読めない",
}


@dataclass(frozen=True)
class Difference:
    """戻ったファイルの、送ったものとの違い一つ。

    row は戻ったファイルの行の番号（行がなければ 0）、key は認定番号、sent・returned は見える文字。
    """

    kind: str
    row: int
    key: str
    column: str = ""
    sent: str = ""
    returned: str = ""

    @property
    def words(self) -> str:
        """違い方の言葉。"""
        return DIFFERENCE_WORDS[self.kind]


@dataclass(frozen=True)
class ReturnedView:
    """便に対して戻ったファイルと、その違い。"""

    id: int
    batch_id: int
    file_name: str
    file_digest: str
    compared_at: datetime
    compared_by: str
    differences: tuple[Difference, ...]
