"""更新・取消の画面へ渡すもの。"""

from dataclasses import dataclass
from datetime import date

STANDING_WORDS = {
    "not_yet": "認証前",
    "valid": "有効",
    "expired": "失効",
    "revoked": "取消し",
    "returned": "返納",
    "died": "死亡",
}
GROUND_WORDS = {"fraud": "不正の手段による認証", "disqualified": "欠格事由に該当"}
NOTICE_MONTHS = (12, 6, 3, 1)


@dataclass(frozen=True)
class RevocationView:
    """取消しの調査と決定の経過。"""

    id: int
    opened_on: date
    ground: str
    notice_on: date | None
    statement: str
    revoked_on: date | None
    closed_without_on: date | None
    reason: str
    decided_by: str
    second_person: str

    @property
    def words(self) -> str:
        """経過の言葉。"""
        if self.revoked_on is not None:
            return "取消し"
        if self.closed_without_on is not None:
            return "取消しなしで終了"
        return "弁明の通知済み" if self.notice_on is not None else "調査中"


@dataclass(frozen=True)
class CertificationRow:
    """認証の一覧の一行。standing は基準日の状態、periods は有効期間（始まり, 満了）の連なり（導いたもの）。"""

    certification_id: int
    person_id: int
    number: str
    name: str
    reading: str
    cohort: str
    certified_on: date
    expires_on: date
    renewals: tuple[date, ...]
    standing: str
    revoked_on: date | None
    closed_on: date | None
    investigation: RevocationView | None
    periods: tuple[tuple[date, date], ...] = ()

    @property
    def words(self) -> str:
        """状態の言葉。"""
        return STANDING_WORDS[self.standing]


@dataclass(frozen=True)
class WaveView:
    """同じ日に有効期間が満ちる人の波。notice_months は今日までに迎えた案内の時期（月前）のうち最も近いもの。"""

    expires_on: date
    total: int
    notice_months: int | None
    certification_ids: tuple[int, ...]


@dataclass(frozen=True)
class CertificateDue:
    """更新により新しい版の認定証を交付すべき認証。"""

    certification_id: int
    number: str
    name: str
    printed_expires_on: date
    valid_from: date
    expires_on: date


@dataclass(frozen=True)
class RenewalOverview:
    """更新・取消の部屋の一画面：一覧・満了の波・新しい認定証を待つ認証。"""

    rows: tuple[CertificationRow, ...]
    waves: tuple[WaveView, ...]
    due: tuple[CertificateDue, ...]
