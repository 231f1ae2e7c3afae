"""同じ人の記録の名寄せと、証書表記の確認の画面へ渡すもの。"""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class PersonBrief:
    """一覧での一人。applications は申込の短い言葉（R7-1 受付0001 など）。"""

    id: int
    name: str
    reading: str
    birth_date: date
    applications: tuple[str, ...]


@dataclass(frozen=True)
class DuplicatePair:
    """同じ人かもしれない二つの記録。one は先に記した方。strong は、ほぼ同じ人と見てよいもの。"""

    one: PersonBrief
    other: PersonBrief
    reasons: tuple[str, ...]
    strong: bool


@dataclass(frozen=True)
class DistinctPair:
    """似ているが、別の人と確かめた二つの記録。"""

    id: int
    one: PersonBrief
    other: PersonBrief
    noted_on: date
    noted_by: str
    reason: str


@dataclass(frozen=True)
class SimilarPerson:
    """打った申込や取込の行に似た、前からいる人。exact は読み（なければ氏名）と生年月日が同じ人。"""

    id: int
    name: str
    reasons: tuple[str, ...]
    applications: tuple[str, ...]
    exact: bool

    @property
    def words(self) -> str:
        """「見本 花子（R7-1 受付0001）：わけ」の形。"""
        where = "、".join(self.applications) or "申込なし"
        return f"{self.name}（{where}）：{''.join(self.reasons)}"


@dataclass(frozen=True)
class FieldPair:
    """二つの記録の一つの欄（人に見せる字。ないものは空）。key は記録の欄の名。"""

    key: str
    label: str
    one: str
    other: str

    @property
    def differs(self) -> bool:
        """違えば真。"""
        return self.one != self.other


@dataclass(frozen=True)
class HistoryLine:
    """一人の来し方の一行（申込・認定番号・書類）。"""

    when: date | None
    words: str


@dataclass(frozen=True)
class Comparison:
    """二つの記録を並べたもの。obstacles[i] は、i 番目の記録を残すときにまとめられないわけ（空ならまとめられる）。"""

    one: PersonBrief
    other: PersonBrief
    fields: tuple[FieldPair, ...]
    histories: tuple[tuple[HistoryLine, ...], tuple[HistoryLine, ...]]
    reasons: tuple[str, ...]
    obstacles: tuple[str, str]
    cautions: tuple[str, ...]


@dataclass(frozen=True)
class MergeRow:
    """名寄せの一度。moved は移したもの、replaced は残した記録で替わった欄の言葉。"""

    id: int
    kept_id: int
    kept_name: str
    merged_id: int
    merged_name: str
    merged_at: datetime
    merged_by: str
    reason: str
    moved: str
    replaced: str
    undone_at: datetime | None


@dataclass(frozen=True)
class UnmergeResult:
    """名寄せを戻した結果。back は戻したもの、left は戻せなかったか残したものの文。"""

    back: str
    left: tuple[str, ...]


@dataclass(frozen=True)
class CertificateName:
    """証書に刷る氏名。pdf はそのとおりに組んだ一枚（描けない字があれば None）。

    missing は描けない字、special は打ち違えやすい字（異体字選択子の付く字・基本面の外の字・互換漢字）の説明。
    """

    person_id: int
    name: str
    printed: str
    pdf: bytes | None
    missing: tuple[str, ...]
    special: tuple[str, ...]
    signed_off: bool
    signed_by: str
    signed_on: date | None


@dataclass(frozen=True)
class SigningRow:
    """証書表記の確認の一覧の一行。"""

    person_id: int
    application_id: int
    reception_number: int
    name: str
    printed: str
    signed_off: bool

    @property
    def reception(self) -> str:
        """4桁の受付番号。"""
        return f"{self.reception_number:04d}"

    @property
    def state(self) -> str:
        """状態の言葉。"""
        return "確認済み" if self.signed_off else "まだ"
