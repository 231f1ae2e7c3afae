"""進捗の画面へ渡すもの。"""

from dataclasses import dataclass
from datetime import date

GATE_WORDS = {
    "passed": "合格",
    "not_yet": "未了",
    "shut": "未開始",
    "open": "実施中",
    "completed": "修了",
    "withdrawal_due": "辞退扱い（要確認）",
    "taken": "受験済み",
    "withdrawn": "辞退",
}
OUTCOME_WORDS = {
    "points": "得点",
    "absent": "欠席",
    "invalid": "無効",
    "exempt": "免除",
    "not_held": "未実施",
}
TEST_WORDS = {"quiz": "小テスト", "comprehensive": "総合確認テスト"}
# 人がいま居る所。左から順に進み、辞退扱いと辞退は別に立つ
STAGE_WORDS = {
    "course1": "養成課程①",
    "practice": "実践",
    "withdrawal_due": "辞退の確認",
    "course2": "養成課程②",
    "test": "受験待ち",
    "taken": "受験済み",
    "withdrawn": "辞退",
}


@dataclass(frozen=True)
class TestCell:
    """一つのテストのいちばん良い結果。attempts は受験回数（延べ）。"""

    __test__ = False  # 試験の道具が試験のクラスと取り違えないように

    outcome: str
    points: int | None
    attempts: int
    passed: bool

    @property
    def words(self) -> str:
        """表に出す言葉。得点があれば点、なければ結果の種類。"""
        return str(self.points) if self.points is not None else OUTCOME_WORDS[self.outcome]


@dataclass(frozen=True)
class BoardRow:
    """進捗の盤の一行。tests は科目群 A〜E と総合（鍵は空の文字）。"""

    application_id: int
    reception_number: int
    name: str
    reading: str
    course1: str
    practice: str
    course2: str
    certification_test: str
    tests: dict[str, TestCell]
    reports_submitted: int
    reports_total: int
    next_due: date | None
    sessions_attended: int
    sessions_total: int
    withdrawn: bool

    @property
    def reception(self) -> str:
        """4桁の受付番号。"""
        return f"{self.reception_number:04d}"

    @property
    def withdrawal_due(self) -> bool:
        """事務局の確認を待つ辞退扱いがあるか。"""
        return self.practice == "withdrawal_due" and not self.withdrawn

    @property
    def stage(self) -> str:
        """いま居る所（STAGE_WORDS の鍵）。"""
        if self.withdrawn:
            return "withdrawn"
        if self.course1 != "passed":
            return "course1"
        if self.practice != "completed":
            return "withdrawal_due" if self.withdrawal_due else "practice"
        if self.course2 != "completed":
            return "course2"
        return "taken" if self.certification_test == "taken" else "test"

    @property
    def stage_words(self) -> str:
        """いま居る所の言葉。"""
        return STAGE_WORDS[self.stage]

    @property
    def gates(self) -> tuple[str, str, str, str]:
        """四つの関門の言葉（養成課程①・実践・養成課程②・修了認定テスト）。"""
        states = (self.course1, self.practice, self.course2, self.certification_test)
        first, second, third, fourth = (GATE_WORDS[s] for s in states)
        return first, second, third, fourth


@dataclass(frozen=True)
class PlanView:
    """研修期の日程の一つ：提出物の期限か、集合研修の日。final は課題レポート。"""

    id: int
    position: int
    title: str
    day: date
    final: bool = False


@dataclass(frozen=True)
class BoardView:
    """研修期の進捗の盤と、関門ごとの人数、日程（提出物の期限と集合研修の日）。"""

    cohort_id: int
    rows: tuple[BoardRow, ...]
    dues: tuple[PlanView, ...] = ()
    sessions: tuple[PlanView, ...] = ()

    def count(self, gate: str, state: str) -> int:
        """関門 gate（course1 など）が state である人数（辞退した人を除く）。"""
        return sum(getattr(r, gate) == state for r in self.rows if not r.withdrawn)

    @property
    def waiting(self) -> tuple[BoardRow, ...]:
        """辞退扱いの確認を待つ人。"""
        return tuple(r for r in self.rows if r.withdrawal_due)


@dataclass(frozen=True)
class AttemptView:
    """一回の受験。passed は合格点に達したか（免除は達したとみなし、欠席などは空）。"""

    id: int
    test: str
    subject_group: str
    number: int
    outcome: str
    points: int | None
    taken_on: date | None
    passed: bool | None

    @property
    def words(self) -> str:
        """結果の言葉（82点 合格、欠席 など）。"""
        if self.points is None:
            return OUTCOME_WORDS[self.outcome]
        return f"{self.points}点 {'合格' if self.passed else '不合格'}"


@dataclass(frozen=True)
class ReportView:
    """一つの取組状況報告または課題レポートの期限と提出。"""

    report_due_id: int
    position: int
    title: str
    due_on: date
    final: bool
    extended_to: date | None
    extension_reason: str
    submitted_on: date | None
    missed: bool

    @property
    def effective_due(self) -> date:
        """延長を含めた期限。"""
        return self.extended_to or self.due_on


@dataclass(frozen=True)
class SessionView:
    """集合研修の一回と、その人の出欠（attended が空は未確認）。"""

    training_session_id: int
    position: int
    title: str
    held_on: date
    attended: bool | None
    minutes_late: int
    minutes_left_early: int


@dataclass(frozen=True)
class GateView:
    """一人の関門の一つ。state は GATE_WORDS の鍵、why は開閉の理由の文、clause は根拠の条項。"""

    title: str
    state: str
    why: str
    clause: str

    @property
    def words(self) -> str:
        """状態の言葉。"""
        return GATE_WORDS[self.state]


@dataclass(frozen=True)
class CourseView:
    """一人の研修のすべて。"""

    row: BoardRow
    attempts: tuple[AttemptView, ...]
    reports: tuple[ReportView, ...]
    sessions: tuple[SessionView, ...]
    withdrawn_on: date | None
    withdrawal_reason: str
    sentences: tuple[str, ...]
    gates: tuple[GateView, ...] = ()
