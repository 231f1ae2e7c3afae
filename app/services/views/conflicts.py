"""利害関係・申告・証拠・認証予定日の変更を、画面へ渡すもの。"""

from dataclasses import dataclass
from datetime import date, datetime

RECUSAL_WORDS = {"withdrawn": "回避", "excluded": "除斥", "challenged": "忌避"}
RECUSAL_MEANINGS = {
    "withdrawn": "回避（委員が自ら申し出た）",
    "excluded": "除斥（利害関係により当然に除く）",
    "challenged": "忌避（申立てにより除く）",
}
ANSWER_WORDS = {"": "まだ尋ねていない", "none": "利害関係なし", "has": "利害関係あり"}
EVIDENCE_WORDS = {
    "declaration": "誓約書・申告書",
    "inquiry": "照会",
    "document": "書類",
    "other": "その他",
}
POINTS_WORDS = {"clear": "該当しないことを示す", "applies": "該当することを示す"}
# 照会の宛先の例（窓の選びに出す。書き替えられる）
ADDRESSEES = ("本籍地の市区町村長", "地方検察庁", "出入国在留管理庁", "主治医")


@dataclass(frozen=True)
class ConflictRow:
    """会議の利害関係の一行。confirmed が None は未確認、item が真なら案件でない議題。"""

    id: int
    item: bool
    subject_id: int
    place: str
    name: str
    member_id: int
    member_name: str
    kind: str
    ground: str
    confirmed: bool | None
    reason: str
    decided: bool

    @property
    def words(self) -> str:
        """状態の言葉。"""
        if self.confirmed is None:
            return "候補・未確認"
        return RECUSAL_WORDS[self.kind] if self.confirmed else "利害関係なし"


@dataclass(frozen=True)
class DeclarationView:
    """委員一人の申告。answer が空なら、まだ尋ねていない。"""

    member_id: int
    member_name: str
    role: str
    present: bool
    answer: str = ""
    words: str = ""
    asked_by: str = ""
    asked_at: datetime | None = None


@dataclass(frozen=True)
class LectureChoice:
    """集合研修の一回と、その委員が講師を務めたか。"""

    id: int
    title: str
    held_on: date
    taught: bool


@dataclass(frozen=True)
class InterestsView:
    """委員の、利害関係の候補を挙げるための事実。前の所属は一行に一つ。"""

    member_id: int
    affiliation: str
    former_affiliations: str
    address: str
    sessions: tuple[LectureChoice, ...]


@dataclass(frozen=True)
class EvidenceView:
    """欠格事由の証拠の一つの、中身でないところ。中身は理由を書いて開く。"""

    id: int
    ground: str
    kind: str
    addressee: str
    dated_on: date
    due_on: date | None
    answered_on: date | None
    points_to: str
    recorded_by: str
    has_scan: bool
    withdrawn_on: date | None
    withdrawn_reason: str

    @property
    def waits(self) -> bool:
        """照会の答えを待っているか。"""
        return self.kind == "inquiry" and self.answered_on is None and self.withdrawn_on is None

    @property
    def title(self) -> str:
        """種類と宛先。"""
        return EVIDENCE_WORDS[self.kind] + (f"（{self.addressee}）" if self.addressee else "")


@dataclass(frozen=True)
class EvidenceContent:
    """開いた証拠の中身：言葉と写し（なければ空）。開くたびに監査記録に残る。"""

    view: EvidenceView
    words: str
    file_name: str
    scan: bytes


@dataclass(frozen=True)
class DayChangeRow:
    """認証予定日を動かすと変わる、一件の一つの事由。"""

    case_id: int
    position: int
    name: str
    ground: str
    mark: str
    before: str
    after: str
    sentence: str
    decision: str


@dataclass(frozen=True)
class DayChange:
    """認証予定日を動かしたときの見通し。digest は、示した後に変わっていないことを確かめる値。"""

    meeting_id: int
    before: date
    after: date
    cases: int
    rows: tuple[DayChangeRow, ...]
    digest: str

    @property
    def reopened(self) -> int:
        """もう一度審査する、議決済みの案件の数。"""
        return len({r.case_id for r in self.rows if r.decision})
