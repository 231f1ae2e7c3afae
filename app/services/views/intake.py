"""受付の画面へ渡すもの。"""

from collections.abc import Iterable
from dataclasses import dataclass, field
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
    """受付の一覧の一行。deficiencies は回答を待つ補正、papers_waiting は未着か不備のある書類の数。"""

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
    papers_waiting: int = 0

    @property
    def reception(self) -> str:
        """4桁の受付番号。"""
        return f"{self.reception_number:04d}"

    @property
    def papers(self) -> str:
        """書類の言葉（あと2点・そろい）。"""
        if self.withdrawn:
            return ""
        return f"あと{self.papers_waiting}点" if self.papers_waiting else "そろい"

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
    commissioner: str | None = None


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
    """不備と補正依頼。requested_on は補正依頼書を作った日、cancelled_on は取り下げた日。"""

    id: int
    item: str
    found_on: date
    requested_on: date | None
    due_on: date | None
    answered_on: date | None
    note: str
    document_kind: str | None = None
    requirement: str | None = None
    reminded_on: date | None = None
    answer: str = ""
    cancelled_on: date | None = None
    cancellation: str = ""

    @property
    def is_open(self) -> bool:
        """回答を待っていれば真。"""
        return self.answered_on is None and self.cancelled_on is None

    def is_overdue(self, today: date) -> bool:
        """回答のないまま期限を過ぎていれば真。"""
        return self.is_open and self.due_on is not None and self.due_on < today

    def state(self, today: date) -> str:
        """状態の言葉。"""
        if self.cancelled_on is not None:
            return "取下げ"
        if self.answered_on is not None:
            return "回答済み"
        if self.requested_on is None:
            return "依頼書がまだ"
        if self.is_overdue(today):
            return "期限超過" if self.reminded_on is None else "期限超過（督促済み）"
        return "回答待ち" if self.reminded_on is None else "督促中"


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
    commissioner: str | None = None


@dataclass(frozen=True)
class CellProblem:
    """取込で断った、または注意したセル。"""

    sheet: str
    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class Difference:
    """取り込めば変わる欄。old はいまの記録、new は取り込む値（どちらも人に見せる字。ないものは空）。"""

    label: str
    old: str
    new: str

    @property
    def words(self) -> str:
        """「電話：03-… → 090-…」の形。"""
        return f"{self.label}：{self.old or '（なし）'} → {self.new or '（なし）'}"


@dataclass(frozen=True)
class ProblemGroup:
    """同じ種の理由で断った、または注意したセルのまとまり。words は値を除いた理由、column は見出し。"""

    column: str
    words: str
    problems: tuple[CellProblem, ...]


@dataclass(frozen=True)
class PreviewRow:
    """取込の下見の一行。state は new / changed / unchanged / warning / error。

    sheet は主な表とは別のシートの行だけに入る（主な表の行では空）。differences は取り込めば変わる欄。
    """

    row: int
    number: str
    name: str
    state: str
    notes: tuple[str, ...] = ()
    sheet: str = ""
    differences: tuple[Difference, ...] = ()


def refused_people(rows: Iterable[PreviewRow]) -> int:
    """誤りのある人の数。一人の誤りが何行にあっても一人と数え、番号も氏名も分からない行は一行を一人と数える。"""
    known = (
        (r.number, r.name) if r.number or r.name else (r.sheet, r.row) for r in rows if r.state == "error"
    )
    return len(set(known))


def refused_words(people: int, rows: int) -> str:
    """断った数の言葉。人と行の数が違えば、両方を言う。"""
    return f"断った行{rows}件" if people in (0, rows) else f"断った人{people}名（{rows}行）"


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

    @property
    def refused_people(self) -> int:
        """誤りのある人の数。"""
        return refused_people(self.rows)


@dataclass(frozen=True)
class ImportResult:
    """取込の結果。refused は断った行の数、refused_people は断った人の数。"""

    batch_id: int | None
    new: int
    changed: int
    unchanged: int
    refused: int
    refused_people: int = field(default=0, compare=False)


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
    """取込を取り消すときの申込一件。reasons は残る理由（空なら消えるか戻る）。

    restores は、取込が書き替えた前からの申込（取り消せば前の値に戻る）。
    """

    reception_number: int
    name: str
    reasons: tuple[str, ...]
    restores: bool = False

    @property
    def reception(self) -> str:
        """4桁の受付番号。"""
        return f"{self.reception_number:04d}"


@dataclass(frozen=True)
class UndoPreview:
    """取込を取り消すと消える申込、前の値に戻る申込、触れられていて残る申込。"""

    removed: tuple[UndoRow, ...]
    kept: tuple[UndoRow, ...]
    restored: tuple[UndoRow, ...] = ()


@dataclass(frozen=True)
class UndoResult:
    """取り消した結果。消した申込と元に戻した申込の数、触れられていて残した申込の氏名。"""

    removed: int
    restored: int
    kept: tuple[str, ...]
