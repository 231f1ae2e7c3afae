"""認定者名簿の画面へ渡すもの。"""

from dataclasses import dataclass
from datetime import date

from app.services.views.renewal import STANDING_WORDS


@dataclass(frozen=True)
class RegisterFilter:
    """名簿の絞り込み。空は絞らない。文字は書き方（全角・かな・異体字）を問わず含むかを見る。"""

    area: str = ""
    qualification: str = ""
    specialty: str = ""
    language: str = ""
    standing: str = ""
    text: str = ""
    cohort_id: int | None = None
    publish_only: bool = False


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
class RegisterView:
    """基準日の名簿。total は絞り込む前の人数、audit_head は監査記録の先頭の要約値。"""

    day: date
    rows: tuple[RegisterRow, ...]
    total: int
    audit_head: str

    def count(self, standing: str) -> int:
        """その状態の人数。"""
        return sum(r.standing == standing for r in self.rows)


@dataclass(frozen=True)
class HistoryEntry:
    """一人の年表の一行。"""

    day: date
    kind: str
    words: str
