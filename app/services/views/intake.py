"""受付の画面へ渡すもの。"""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class CohortView:
    """研修期。"""

    id: int
    fiscal_year: int
    term: int
    title: str
    training_starts_on: date
    application_closes_on: date | None
    course2_starts_on: date | None
    capacity: int
    applications: int


@dataclass(frozen=True)
class ApplicationRow:
    """受付の一覧の一行。"""

    id: int
    person_id: int
    reception_number: int
    name: str
    reading: str
    counter_name: str
    received_on: date
    deficiencies: int
    overdue: bool
    withdrawn: bool

    @property
    def reception(self) -> str:
        """4桁の受付番号。"""
        return f"{self.reception_number:04d}"

    @property
    def state(self) -> str:
        """一覧に出す状態の言葉。"""
        if self.withdrawn:
            return "辞退"
        if self.overdue:
            return "補正の期限超過"
        return "補正待ち" if self.deficiencies else "受付済み"


@dataclass(frozen=True)
class EmploymentView:
    """在職期間。"""

    id: int
    counter_name: str
    counter: str
    counter_standard: bool | None
    consultation: bool
    started_on: date
    ended_on: date | None
    workdays: int | None
    workdays_in_window: int | None
    days: tuple[date, ...] | None


@dataclass(frozen=True)
class QualificationView:
    """国家資格。"""

    kind: str
    grade: int | None
    registered_on: date
    lapsed_on: date | None
    evidence: bool


@dataclass(frozen=True)
class DeficiencyView:
    """不備と補正依頼。"""

    id: int
    item: str
    found_on: date
    requested_on: date | None
    due_on: date | None
    answered_on: date | None
    note: str


@dataclass(frozen=True)
class PersonView:
    """人の記録。氏名は打たれたまま。"""

    id: int
    name: str
    reading: str
    roman_name: str
    certificate_name: str
    certificate_name_signed_off: bool
    alias: str
    former_name: str
    birth_date: date
    nationality: str
    phone: str
    email: str
    postal_code: str
    address: str
    affiliation: str
    affiliation_prefecture: str
    activity_area: str
    specialties: str
    languages: str
    publish_consent: bool


@dataclass(frozen=True)
class ApplicationView:
    """一件の受講申込のすべて。"""

    id: int
    cohort_id: int
    reception_number: int
    received_on: date
    person: PersonView
    counter_name: str
    counter: str | None
    counter_engaged: bool | None
    counter_standard: bool | None
    withdrawn_on: date | None
    withdrawal_reason: str
    employments: tuple[EmploymentView, ...]
    qualifications: tuple[QualificationView, ...]
    deficiencies: tuple[DeficiencyView, ...]
    note: str


@dataclass(frozen=True)
class CellProblem:
    """取込で断った、または注意したセル。"""

    sheet: str
    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class PreviewRow:
    """取込の下見の一行。state は new / changed / unchanged / warning / error。

    sheet は主な表とは別のシートの行だけに入る（主な表の行では空）。
    """

    row: int
    number: str
    name: str
    state: str
    notes: tuple[str, ...] = ()
    sheet: str = ""


@dataclass(frozen=True)
class ImportPreview:
    """取込の下見。まだ何も書いていない。

    new・changed・unchanged は取り込めばそうなる行の数で、注意のある行も含む（rows の状態では、注意のある行は warning）。
    """

    file_name: str
    file_digest: str
    rows: tuple[PreviewRow, ...]
    errors: tuple[CellProblem, ...]
    warnings: tuple[CellProblem, ...]
    seen_before: bool
    new: int
    changed: int
    unchanged: int
    reports: tuple[str, ...] = ()

    def count(self, state: str) -> int:
        """その状態の行数。"""
        return sum(row.state == state for row in self.rows)


@dataclass(frozen=True)
class ImportResult:
    """取込の結果。"""

    batch_id: int | None
    new: int
    changed: int
    unchanged: int
    refused: int


@dataclass(frozen=True)
class ImportRow:
    """申込の取込一度。new〜refused は取り込んだときの行数、left はいまも残る、この取込が作った申込の数。"""

    id: int
    file_name: str
    imported_at: datetime
    new: int
    changed: int
    unchanged: int
    refused: int
    left: int
    undone_at: datetime | None


@dataclass(frozen=True)
class UndoRow:
    """取込を取り消すときの申込一件。reasons は残る理由（空なら消える）。"""

    reception_number: int
    name: str
    reasons: tuple[str, ...]

    @property
    def reception(self) -> str:
        """4桁の受付番号。"""
        return f"{self.reception_number:04d}"


@dataclass(frozen=True)
class UndoPreview:
    """取込を取り消すと消える申込と、残る申込。"""

    removed: tuple[UndoRow, ...]
    kept: tuple[UndoRow, ...]
