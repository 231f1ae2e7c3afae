"""更新・取消の画面へ渡すもの。"""

from dataclasses import dataclass
from datetime import date, datetime

STANDING_WORDS = {
    "not_yet": "認証前",
    "valid": "有効",
    "expired": "失効",
    "revoked": "取消し",
    "returned": "返納",
    "died": "死亡",
    "annulled": "議決変更",
}
GROUND_WORDS = {"fraud": "不正の手段による認証", "disqualified": "欠格事由に該当"}
NOTICE_MONTHS = (12, 6, 3, 1)
CASE_LETTERS = {
    "statement_notice": "弁明の機会の付与通知書",
    "revocation": "認証取消通知書",
    "no_revocation": "調査結果通知書",
}


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
    statement_due_on: date | None = None
    statement_on: date | None = None
    return_asked_on: date | None = None
    certificate_returned_on: date | None = None
    # 取消しの議題にかけた会議とその結果（第3回会議 令和…、可決 など）
    agenda: str = ""

    @property
    def is_open(self) -> bool:
        """まだ終わっていない調査か。"""
        return self.revoked_on is None and self.closed_without_on is None

    @property
    def awaits_return(self) -> bool:
        """返納を求めた認定証が、まだ戻っていないか。"""
        return self.return_asked_on is not None and self.certificate_returned_on is None

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
    # これまでの調査のすべて（古い順）
    cases: tuple[RevocationView, ...] = ()

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
class NoticeTime:
    """案内の時期：満了の months か月前の日 on。

    waiting はその日にまだ更新していなかった（先の日なら、いままだ更新していない）人、made・sent・returned は
    その時期の案内の通数（作った・送った・届かず戻った）。
    """

    months: int
    on: date
    waiting: int
    made: int = 0
    sent: int = 0
    returned: int = 0


@dataclass(frozen=True)
class WavePicture:
    """同じ日に期間の満ちる人の、今日の姿。certified = renewed + lapsing + lapsed + ended。

    renewed は更新して次の期間のある人、lapsing は更新していない有効な人、lapsed は失効した人、
    ended は取消し・返納・死亡・議決の変更で終わった人。
    """

    expires_on: date
    certified: int
    renewed: int
    lapsing: int
    lapsed: int
    ended: int
    times: tuple[NoticeTime, ...]
    notice_months: int | None
    lapsing_ids: tuple[int, ...]


@dataclass(frozen=True)
class RenewalOverview:
    """更新・取消の部屋の一画面：一覧・満了の波・新しい認定証を待つ認証・波の図。"""

    rows: tuple[CertificationRow, ...]
    waves: tuple[WaveView, ...]
    due: tuple[CertificateDue, ...]
    pictures: tuple[WavePicture, ...] = ()


@dataclass(frozen=True)
class NoticeRow:
    """一つの波の、一つの時期の案内を受ける一人。trouble は届かないおそれ（住所なし・返送）の言葉。"""

    certification_id: int
    number: str
    name: str
    reading: str
    postal_code: str
    address: str
    trouble: str
    letter_id: int | None = None
    made_on: date | None = None
    sent_on: date | None = None
    returned_on: date | None = None

    @property
    def words(self) -> str:
        """案内の状態の言葉。"""
        if self.returned_on is not None:
            return "返送"
        if self.sent_on is not None:
            return "発送済み"
        return "未作成" if self.letter_id is None else "作成済み"


@dataclass(frozen=True)
class NoticesMade:
    """案内を一冊に書いた結果。names_without は住所のない人（紙は作り、宛先の欄は空く）。"""

    made: int
    reprinted: int
    names_without: tuple[str, ...]


@dataclass(frozen=True)
class BatchRenewals:
    """何人もの更新を一度に記した結果。refused は（認定番号と氏名, 理由）。"""

    recorded: int
    refused: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Effect:
    """取消し・返納・死亡の及ぶ一つの所と、そこで起こること。"""

    place: str
    words: str


@dataclass(frozen=True)
class RenewalImportRow:
    """更新研修の取込の一件。left は、いま残っている修了の数。"""

    id: int
    file_name: str
    imported_at: datetime
    new: int
    unchanged: int
    refused: int
    left: int
    undone_at: datetime | None


@dataclass(frozen=True)
class RenewalUndoRow:
    """取込の記した更新の一件。reason は残る理由（空なら取り消せば消える）。"""

    certification_id: int
    number: str
    name: str
    completed_on: date
    reason: str


@dataclass(frozen=True)
class CaseLetter:
    """取消しの調査の手紙（弁明の通知・取消しの通知）の台帳の一行。"""

    letter_id: int
    kind: str
    made_on: date
    made_by: str
    sent_on: date | None
    returned_on: date | None

    @property
    def words(self) -> str:
        """手紙の名。"""
        return CASE_LETTERS[self.kind]
