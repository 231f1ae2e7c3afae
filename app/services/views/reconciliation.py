"""件数照合表・通知・議決の変更を画面へ渡すもの。"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class ReconciliationRow:
    """照合の一行。count は照らす元の数、words は内訳、settled は残りがないか。"""

    title: str
    count: int
    words: str
    settled: bool = True


@dataclass(frozen=True)
class Mismatch:
    """合わないところ一つ。"""

    position: int
    case_id: int
    words: str

    @property
    def sentence(self) -> str:
        """案件の番号とともに言う。"""
        return f"案件{self.position:03d}：{self.words}。"


@dataclass(frozen=True)
class Reconciliation:
    """閉じた会議の件数照合表。"""

    meeting_number: int
    rows: tuple[ReconciliationRow, ...]
    mismatches: tuple[Mismatch, ...]

    @property
    def agrees(self) -> bool:
        """すべて合っているか。"""
        return not self.mismatches


RESULT_LETTER_WORDS = {"none": "未作成", "made": "作成済み", "corrected": "変更を通知済み"}


@dataclass(frozen=True)
class ResultLetterRow:
    """一人の、議決の通知の状態。"""

    case_id: int
    application_id: int
    position: int
    reception_number: int
    name: str
    decision: str
    state: str
    letter_id: int | None = None
    made_on: date | None = None
    issues: int = 0

    @property
    def words(self) -> str:
        """状態の言葉。"""
        return RESULT_LETTER_WORDS[self.state]


@dataclass(frozen=True)
class ReversalEffects:
    """閉じた会議の一つの議決に掛かっているもの。lines は（何が、どうなるか）。"""

    case_id: int
    position: int
    name: str
    decision: str
    number: str
    certificates: tuple[int, ...]
    letters: int
    batches: tuple[int, ...]
    lines: tuple[tuple[str, str], ...]
