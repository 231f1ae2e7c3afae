"""認定者名簿の画面へ渡すもの。"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.services.views.renewal import STANDING_WORDS

PAGE = 100  # 一頁の行の数
# 並べられる列（空は認証日の順）
ORDERS = ("", "number", "reading", "area", "language", "standing")


@dataclass(frozen=True)
class RegisterFilter:
    """名簿の絞り込み。空は絞らない。文字は書き方（全角・かな・異体字）を問わず含むかを見る。only は一つの認証。"""

    area: str = ""
    qualification: str = ""
    specialty: str = ""
    language: str = ""
    standing: str = ""
    text: str = ""
    cohort_id: int | None = None
    publish_only: bool = False
    only: int | None = None


@dataclass(frozen=True)
class SavedRegisterFilter:
    """名を付けて取っておいた絞り込み。shared ならみなで使う。"""

    id: int
    name: str
    chosen: RegisterFilter
    shared: bool


@dataclass(frozen=True)
class RegisterRow:
    """名簿の一行。standing・expires_on は基準日の事実から導く。"""

    certification_id: int
    person_id: int
    cohort_id: int
    number: str
    name: str
    reading: str
    roman_name: str
    certificate_name: str
    alias: str
    former_name: str
    birth_date: date
    nationality: str
    affiliation: str
    affiliation_prefecture: str
    activity_area: str
    qualifications: tuple[str, ...]
    specialties: str
    languages: str
    cohort: str
    decided_on: date
    certified_on: date
    issued_on: date | None
    valid_from: date
    expires_on: date
    renewals: tuple[date, ...]
    standing: str
    publish_consent: bool
    last_batch: int | None

    @property
    def words(self) -> str:
        """状態の言葉。"""
        return STANDING_WORDS[self.standing]


@dataclass(frozen=True)
class RegisterPlace:
    """名簿の続きの求め。order は ORDERS の一つ、after は前の頁の最後の認証の id（None なら最初から）。"""

    order: str = ""
    descending: bool = False
    after: int | None = None
    limit: int = PAGE


@dataclass(frozen=True)
class RegisterView:
    """基準日の名簿。rows は初めの一頁、total は絞り込む前の人数、audit_head は監査記録の先頭の要約値。

    counts は、状態の絞りのほかに当たる人の、状態ごとの人数（いない状態はない）。
    """

    day: date
    rows: tuple[RegisterRow, ...]
    total: int
    counts: Mapping[str, int]
    audit_head: str

    @property
    def found(self) -> int:
        """状態の絞りのほかに当たる人の数。"""
        return sum(self.counts.values())

    def count(self, standing: str) -> int:
        """その状態の人数。"""
        return self.counts.get(standing, 0)


@dataclass(frozen=True)
class HistoryEntry:
    """一人の年表の一行。kind は部屋の名で、people は氏名と記録、ended は認証の終わり。"""

    day: date
    kind: str
    words: str


@dataclass(frozen=True)
class LifeSpan:
    """有効期間の一つ（両端を含む）。cut なら、満了の前に終わった。"""

    number: str
    start: date
    end: date
    words: str
    cut: bool = False


@dataclass(frozen=True)
class LifeView:
    """一人の年表の図と文。entries は古い順、spans は認証日の順。"""

    today: date
    entries: tuple[HistoryEntry, ...]
    spans: tuple[LifeSpan, ...]
