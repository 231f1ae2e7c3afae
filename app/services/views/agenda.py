"""会議の議題・通知・照合を画面へ渡すもの。"""

from dataclasses import dataclass

CASES_TITLE = "修了認定（欠格事由の確認を含む）"
HIDDEN_TITLE = "（回避した議題）"
ITEM_RESULT_WORDS = {"approved": "可決", "rejected": "否決", "deferred": "延期"}
ITEM_KIND_WORDS = {
    "questions": "設問の審査",
    "pass_mark": "合格基準",
    "cases": "修了認定",
    "revocation": "取消し",
    "other": "その他",
}


@dataclass(frozen=True)
class WaitingItem:
    """議題にできる、待っているもの。"""

    kind: str
    title: str
    certification_test_id: int | None = None
    revocation_id: int | None = None


@dataclass(frozen=True)
class AgendaRow:
    """議題の一行。counts は可・否・棄権（議決の前は None）。修了認定では cases・decided が案件の数。"""

    id: int
    number: int
    kind: str
    title: str
    result: str
    counts: tuple[int, int, int] | None
    base: int
    present: int
    casting_vote: str | None
    text: str
    cases: int = 0
    decided: int = 0
    certification_test_id: int | None = None
    revocation_id: int | None = None

    @property
    def words(self) -> str:
        """議決の言葉。"""
        if self.kind == "cases":
            return (
                "議決済み" if self.cases and self.cases == self.decided else f"{self.decided}／{self.cases}件"
            )
        return ITEM_RESULT_WORDS.get(self.result, "未議決")

    @property
    def counts_words(self) -> str:
        """人数の言葉（可4 否0 棄権1）。なければ空。"""
        if self.counts is None:
            return ""
        chair = "　議長の決する票による" if self.casting_vote else ""
        return f"可{self.counts[0]} 否{self.counts[1]} 棄権{self.counts[2]}{chair}"
