"""受付の書類と補正の画面へ渡すもの。"""

from dataclasses import dataclass
from datetime import date

from app.domain.documents import STATE_WORDS, WAITING, DocumentState, base_of, detail_of
from app.services.views.intake import DeficiencyView


@dataclass(frozen=True)
class DocumentRow:
    """書類の写し一つ（中身は read_document で読む）。size はバイト。replaced_by_id は差し替えた新しい写し。"""

    id: int
    kind: str
    file_name: str
    media_type: str
    received_on: date
    size: int
    replaced_by_id: int | None = None


@dataclass(frozen=True)
class ChecklistRow:
    """書類の確認の一行。reason は要る・要らない理由、scans は写し（差し替えた古いものも）、asked は回答を待つ補正。"""

    kind: str
    clause: str
    needed: bool
    reason: str
    state: DocumentState
    received_on: date | None
    waived: str
    note: str
    settled: str
    scans: tuple[DocumentRow, ...]
    asked: tuple[DeficiencyView, ...]

    @property
    def base(self) -> str:
        """書類の種類。"""
        return base_of(self.kind)

    @property
    def detail(self) -> str:
        """窓口や資格の名。"""
        return detail_of(self.kind)

    @property
    def words(self) -> str:
        """状態の言葉。"""
        return STATE_WORDS[self.state]

    @property
    def waiting(self) -> bool:
        """未着か不備ありなら真。"""
        return self.state in WAITING

    @property
    def current_scans(self) -> tuple[DocumentRow, ...]:
        """差し替えられていない写し。"""
        return tuple(s for s in self.scans if s.replaced_by_id is None)


@dataclass(frozen=True)
class CorrectionRow:
    """研修期の補正の一覧の一行。"""

    id: int
    application_id: int
    reception_number: int
    name: str
    withdrawn: bool
    deficiency: DeficiencyView

    @property
    def reception(self) -> str:
        """4桁の受付番号。"""
        return f"{self.reception_number:04d}"


@dataclass(frozen=True)
class LettersResult:
    """作った手紙。people は通数、items は補正の件数。"""

    people: int
    items: int
