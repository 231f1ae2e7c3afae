"""会議の持ち出しと戻りを、画面へ渡すもの。"""

from dataclasses import dataclass
from datetime import datetime

NEW, SAME, CONFLICT, REFUSED = "new", "same", "conflict", "refused"
STATE_WORDS = {NEW: "新しい", SAME: "同じ", CONFLICT: "食い違い", REFUSED: "取り込めない"}
CHOICE_WORDS = {"for": "可", "against": "否", "abstain": "棄権"}
FINDING_WORDS = {"applies": "該当する", "clear": "該当しない"}
EVIDENCE_WORDS = {"declaration": "本人の申告", "inquiry": "照会", "document": "書類", "other": "その他"}
ANSWER_WORDS = {"none": "利害関係なし", "has": "利害関係あり"}
SECOND_PC = "事務局の二台目の PC"


@dataclass(frozen=True)
class PacketExport:
    """書き出した持ち出し。fingerprint は事務局の鍵の指紋（合言葉と一緒に、別の道で伝える）。"""

    number: str
    recipient: str
    cases: int
    left_out: int
    fingerprint: str


@dataclass(frozen=True)
class PacketRow:
    """会議の持ち出しの一つ。returned_at が None なら、まだ戻っていない。"""

    number: str
    recipient: str
    cases: int
    made_at: datetime
    made_by: str
    returned_at: datetime | None


@dataclass(frozen=True)
class ReturnRow:
    """戻りの一項目。now はいまの記録、incoming は戻りの値。position が 0 なら会議全体のこと。"""

    key: str
    position: int
    name: str
    what: str
    now: str
    incoming: str
    state: str
    note: str = ""

    @property
    def words(self) -> str:
        """状態の言葉。"""
        return STATE_WORDS[self.state]


@dataclass(frozen=True)
class ReturnPreview:
    """戻りの下見。digest は、取り込むときに下見と同じものであることを確かめる値。"""

    number: str
    recipient: str
    rows: tuple[ReturnRow, ...]
    notes: tuple[str, ...]
    digest: str

    def count(self, state: str) -> int:
        """その状態の項目の数。"""
        return sum(r.state == state for r in self.rows)


@dataclass(frozen=True)
class MergeResult:
    """取り込んだ数。"""

    taken: int
    kept: int
    refused: int
    same: int
