"""答案の入力・記述の採点・答案の写しの画面へ渡すもの。"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.domain.marking import READING_WORDS, Standing
from app.services.views.progress import OUTCOME_WORDS

# 打った答：肢の並び（空は答えなし）か、記述の点
Typed = tuple[str, ...] | int
TAKEN_WORDS = "受験"


def outcome_label(outcome: str) -> str:
    """結果の欄の言葉。まだ何も打っていなければ空。"""
    if not outcome:
        return ""
    return TAKEN_WORDS if outcome == "points" else OUTCOME_WORDS[outcome]


def typed_words(value: Typed | None) -> str:
    """打った答の見せ方。答えがなければ空。"""
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else "".join(value)


@dataclass(frozen=True)
class GridQuestion:
    """打つ表の一列。labels は選べる肢（定まっていれば exact が真）。by_two なら二人で採点するため、ここでは打てない。"""

    number: int
    subject_group: str
    kind: str
    points: int
    labels: tuple[str, ...]
    exact: bool = False
    by_two: bool = False


@dataclass(frozen=True)
class GridRow:
    """打つ表の一行。outcome が空なら、まだ答案の記録がない。

    entered_by は最後に打った人の名、checked_by は二度目に打って一致か解決を記録した人の名（まだ・その後に変わったなら空）。
    may_check は、いまの人が二度目を打てるか（初めに打った本人ではないか）。needs_reason は直すのに理由が要るか。
    """

    application_id: int
    reception_number: int
    name: str
    sheet_id: int | None
    outcome: str
    answers: Mapping[int, Typed] = field(default_factory=dict)
    entered_by: str = ""
    checked_by: str = ""
    may_check: bool = False
    needs_reason: bool = False

    @property
    def reception(self) -> str:
        """4桁の受付番号。"""
        return f"{self.reception_number:04d}"


@dataclass(frozen=True)
class AnswerGrid:
    """答案を打つ表。locked なら見るだけ。"""

    test_id: int
    title: str
    locked: bool
    questions: tuple[GridQuestion, ...]
    rows: tuple[GridRow, ...]


@dataclass(frozen=True)
class AnswersTyped:
    """一人の打った答案。answers は答えのある設問だけを持つ。"""

    outcome: str
    answers: Mapping[int, Typed] = field(default_factory=dict)


@dataclass(frozen=True)
class Difference:
    """二度の入力の違い。number が 0 なら結果（受験・欠席など）。"""

    number: int
    first: str
    second: str

    @property
    def title(self) -> str:
        """升の名。"""
        return f"問{self.number}" if self.number else "結果"


@dataclass(frozen=True)
class CheckResult:
    """二度目の入力の照合。differences が空なら照合を記録した（row はその後の行）。"""

    row: GridRow
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class GivenMark:
    """見せてよい読み一つ。"""

    reading: int
    points: int
    marker: str
    note: str

    @property
    def words(self) -> str:
        """一人目 12点（名）。"""
        note = f"：{self.note}" if self.note else ""
        return f"{READING_WORDS[self.reading]} {self.points}点（{self.marker}）{note}"


@dataclass(frozen=True)
class MarkingItem:
    """採点する答一つ。mine は自分の点。given は見せてよい読み（自分が読むまでは空）。result は決まった点。"""

    sheet_id: int
    reception_number: int
    number: int
    standing: Standing
    reading: int | None
    mine: int | None
    note: str
    given: tuple[GivenMark, ...]
    result: int | None
    scans: int

    @property
    def reception(self) -> str:
        """4桁の受付番号。"""
        return f"{self.reception_number:04d}"


@dataclass(frozen=True)
class MarkedQuestion:
    """記述の設問。points は配点。"""

    number: int
    points: int
    text: str


@dataclass(frozen=True)
class MarkingDesk:
    """一人の採点の机。gap は許す差（空なら二人で採点しないテスト）。氏名は載せない。"""

    test_id: int
    title: str
    held_on: date
    gap: int | None
    locked: bool
    questions: tuple[MarkedQuestion, ...]
    items: tuple[MarkingItem, ...]


@dataclass(frozen=True)
class ToRead:
    """まだ読んでいない答のまとまり。done_by は、既に読んだため次を読めない人の名。"""

    number: int
    reading: int
    count: int
    done_by: tuple[str, ...]
    receptions: tuple[int, ...]

    @property
    def words(self) -> str:
        """問20 二人目 12枚（採点 一郎さん以外）。"""
        others = f"（{'・'.join(self.done_by)}さん以外）" if self.done_by else ""
        return f"問{self.number} {READING_WORDS[self.reading]} {self.count:,}枚{others}"


@dataclass(frozen=True)
class MarkingOverview:
    """答案と採点の進み。gap が空なら、記述は答案に書かれた点で採点する。"""

    gap: int | None
    locked: bool
    written: tuple[MarkedQuestion, ...]
    sheets: int
    checked: int
    with_scans: int
    settled: int
    waiting: tuple[ToRead, ...]
    typed_points: int

    @property
    def left(self) -> int:
        """点の決まっていない答の数。"""
        return sum(w.count for w in self.waiting)


@dataclass(frozen=True)
class ScanShare:
    """写しの割当ての一つ：誰の答案に、どのファイルの何頁目から何頁目まで（1 から数える、両端を含む）。"""

    application_id: int
    reception_number: int
    name: str
    pages: tuple[tuple[str, int], ...]
    new_sheet: bool
    kept: int

    @property
    def reception(self) -> str:
        """4桁の受付番号。"""
        return f"{self.reception_number:04d}"

    @property
    def page_words(self) -> str:
        """割り当てた頁の言葉。"""
        if not self.pages:
            return "なし"
        (first, start), (last, end) = self.pages[0], self.pages[-1]
        if first == last:
            return f"{first} {start}頁" if start == end else f"{first} {start}〜{end}頁"
        return f"{first} {start}頁〜{last} {end}頁"


@dataclass(frozen=True)
class ScanPlan:
    """写しの割当ての下見。warnings は確かめてほしいこと、problem は保存できない理由（なければ空）。"""

    shares: tuple[ScanShare, ...]
    pages: int
    warnings: tuple[str, ...] = ()
    problem: str = ""
