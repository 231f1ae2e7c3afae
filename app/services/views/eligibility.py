"""受講資格の画面へ渡すもの。"""

from dataclasses import dataclass
from datetime import date

from app.domain.findings import Finding
from app.services.views.intake import EmploymentView

RESULT_WORDS = {"eligible": "資格あり", "ineligible": "資格なし", "unconfirmed": "要確認"}


@dataclass(frozen=True)
class EligibilityRow:
    """判定の一覧の一行。decision が空なら未決定。"""

    application_id: int
    reception_number: int
    name: str
    reading: str
    counter_name: str
    result: str
    decision: str
    changed_since: bool

    @property
    def reception(self) -> str:
        """4桁の受付番号。"""
        return f"{self.reception_number:04d}"

    @property
    def words(self) -> str:
        """判定の言葉。"""
        return RESULT_WORDS[self.result]


@dataclass(frozen=True)
class EligibilityView:
    """一人の判定のすべて。"""

    row: EligibilityRow
    birth_date: date
    nationality: str
    training_starts_on: date
    window: tuple[date, date]
    findings: tuple[Finding, ...]
    employments: tuple[EmploymentView, ...]
    settles: str
    decided_on: date | None
    decided_by: str
    reason: str
    second_person: str
