"""審査会議の画面へ渡すもの。"""

from dataclasses import dataclass, field
from datetime import date, datetime

from app.services.views.conflicts import EvidenceView

DECISION_WORDS = {
    "certified": "認定",
    "not_certified": "不認定",
    "deferred": "保留",
    "conditional": "条件付き",
}
GROUND_TEXTS = {
    "a": ("ア", "精神の機能の障害により業務に必要な認知・判断・意思疎通を適切に行えない"),
    "i": ("イ", "入管法・技能実習法違反で罰金以上、執行終了等から2年未経過"),
    "u": ("ウ", "その他の法令違反で禁錮（拘禁刑）以上、執行終了等から2年未経過"),
    "e": ("エ", "認証の取消しから2年未経過"),
}
# 議事録に載る、名のある欄（順に載る）。summary は議事要旨にも載る
TEXT_BLOCKS = {
    "opening": "開会",
    "report": "報告",
    "discussion": "審議の経過",
    "summary": "議事の要旨",
    "opinion": "附帯意見",
    "other": "その他",
}


@dataclass(frozen=True)
class MemberView:
    """委員。"""

    id: int
    name: str
    role: str
    affiliation: str
    lectures: str
    term_from: date
    term_to: date | None
    account_id: int | None


@dataclass(frozen=True)
class CaseRow:
    """案件の一覧の一行。"""

    id: int
    position: int
    application_id: int
    name: str
    reading: str
    decision: str
    recused: int
    unresolved: int = 0
    reversed: bool = False

    @property
    def words(self) -> str:
        """状態の言葉。"""
        if self.reversed:
            return "議決変更"
        if not self.decision and self.unresolved:
            return "利害未確認"
        return DECISION_WORDS.get(self.decision, "未審査")


@dataclass(frozen=True)
class PresenceView:
    """委員一人の出席の一続き（時刻は HH:MM）。left_at が None なら出席中。"""

    member_id: int
    arrived_at: str
    left_at: str | None


@dataclass(frozen=True)
class ConvictionView:
    """有罪の裁判の一つ。読むたびに監査記録に残る。"""

    id: int
    law: str
    penalty: str
    finalized_on: date | None
    execution_ended_on: date | None
    execution_ceased_on: date | None
    suspension_kind: str | None
    suspension_ends_on: date | None
    suspension_revoked: bool
    source: str


@dataclass(frozen=True)
class MeetingView:
    """会議。"""

    id: int
    cohort_id: int
    number: int
    held_on: date
    starts_at: str
    place: str
    kind: str
    certification_on: date
    majority: str
    remarks: str
    closed: bool
    members: tuple[MemberView, ...]
    present: tuple[int, ...]
    cases: tuple[CaseRow, ...]
    presences: tuple[PresenceView, ...] = ()
    notice_by: date | None = None
    convened_on: date | None = None
    text_blocks: dict[str, str] = field(default_factory=dict)

    @property
    def decided(self) -> int:
        """議決した件数。"""
        return sum(bool(c.decision) for c in self.cases)


@dataclass(frozen=True)
class GroundView:
    """欠格事由の一つ。finding が空なら委員会は未確認。"""

    ground: str
    mark: str
    text: str
    computed: str
    sentence: str
    finding: str
    reason: str
    confirmed_by: str
    stale: bool
    confirmed_at: datetime | None = None
    evidence: tuple[EvidenceView, ...] = ()


@dataclass(frozen=True)
class RecusalView:
    """利害関係の疑い。confirmed が None は未確認。"""

    id: int
    member_id: int
    member_name: str
    kind: str
    ground: str
    confirmed: bool | None
    reason: str


@dataclass(frozen=True)
class CaseView:
    """一件の審査の紙。"""

    id: int
    meeting_id: int
    position: int
    application_id: int
    reception_number: int
    name: str
    reading: str
    affiliation: str
    course1: str
    practice: str
    course2: str
    test: str
    grounds: tuple[GroundView, ...]
    recusals: tuple[RecusalView, ...]
    votes: dict[int, str]
    base: int
    present: int
    quorum: bool
    result: str
    decision: str
    decision_reason: str
    remarks: str
    closed: bool
    person_id: int = 0
    decision_votes: tuple[int, int, int] = (0, 0, 0)
    due_on: date | None = None
    counted: tuple[int, int, int] | None = None
    reversal: str = ""

    @property
    def clear(self) -> bool:
        """一括議決に入れてよい明らかな件か：アが確認され、イ〜エが該当なしと計算され、利害関係がない。"""
        grounds = {g.ground: g for g in self.grounds}
        return (
            grounds["a"].finding == "clear"
            and all(g.computed == "clear" for g in self.grounds if g.ground != "a")
            and all(r.confirmed is False for r in self.recusals)
        )
