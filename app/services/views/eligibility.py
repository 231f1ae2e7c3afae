"""受講資格の画面へ渡すもの。"""

from dataclasses import dataclass
from datetime import date

from app.domain.eligibility_case import Case
from app.domain.eligibility_requests import Request
from app.domain.experience_parts import EmploymentFigures
from app.domain.findings import Finding
from app.services.views.intake import EmploymentView

RESULT_WORDS = {"eligible": "資格あり", "ineligible": "資格なし", "unconfirmed": "要確認"}
CHANGED_WORDS = "決定後に変わった"


@dataclass(frozen=True)
class EligibilityRow:
    """判定の一覧の一行。decision が空なら未決定。changed_since は決定の後に事実か所見が変わったか。

    selection は選考の結果（選ばれる・待機n・選考外。選考がないか、まだなら空）。
    """

    application_id: int
    reception_number: int
    name: str
    reading: str
    counter_name: str
    result: str
    decision: str
    changed_since: bool
    selection: str = ""

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
    """一人の判定のすべて。

    figures は employments と同じ並びの内訳、requests は補正依頼に書ける求め、
    fact_changes・finding_changes は決定の後に変わった事実と所見（変わっていなければ空）、
    problems は事実の矛盾（試しに変えたときだけ起こりうる）、facts_digest は決定で見せ合う事実の要約値。
    """

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
    case: Case
    figures: tuple[EmploymentFigures, ...] = ()
    requests: tuple[Request, ...] = ()
    fact_changes: tuple[str, ...] = ()
    finding_changes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    facts_digest: str = ""
    edition: str = ""
    withdrawn: bool = False
