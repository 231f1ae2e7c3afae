"""進捗の画面へ渡すもの。"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.domain.progress import BEST

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
# 表の升に入る一字の印。意味は凡例と吹き出しに言葉で出す
OUTCOME_MARKS = {"absent": "欠", "invalid": "無", "exempt": "免", "not_held": "未"}
SESSION_WORDS = {
    "attended": "出席",
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


ATTENDED: dict[str, bool | None] = {
    "attended": True,
    "exempt": True,
    "absent": False,
    "invalid": False,
    "not_held": None,
}
MISSED = "期限までに提出がないため辞退として取り扱う"


def was_missed(withdrawal_reason: str) -> bool:
    """事務局が確かめた、期限までに提出のないことによる辞退扱いか（本人の申出による辞退でなく）。"""
    return withdrawal_reason.startswith(MISSED)


def outcome_of(attended: bool | None, outcome: str | None) -> str:
    """出欠の種類（SESSION_WORDS の鍵、未確認は空）。種類のない古い記録は attended から。"""
    return outcome or {True: "attended", False: "absent", None: ""}[attended]


@dataclass(frozen=True)
class CourseRules:
    """研修期の決まり：合格点、受験の回数、どの回で判断するか、遅刻と早退を許す分（None は問わない）。"""

    quiz_pass_mark: int = 60
    comprehensive_pass_mark: int = 60
    max_attempts: int = 3
    attempt_rule: str = BEST
    attendance_tolerance: int | None = None


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
    """進捗の盤の一行。tests は科目群 A〜E と総合（鍵は空の文字）、unrecorded_sessions は出欠の記録のない集合研修（0 から）。"""

    application_id: int
    reception_number: int
    name: str
    reading: str
    course1: str
    practice: str
    course2: str
    certification_test: str
    tests: Mapping[str, TestCell]
    reports_submitted: int
    reports_total: int
    next_due: date | None
    sessions_attended: int
    sessions_total: int
    withdrawn: bool
    missed_due: date | None = None
    today: date = date.min
    quizzes_passed: bool = False
    unrecorded_sessions: tuple[int, ...] = ()

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
    task: str = ""


@dataclass(frozen=True)
class BoardView:
    """研修期の進捗の盤と、関門ごとの人数、日程（提出物の期限と集合研修の日）。"""

    cohort_id: int
    rows: tuple[BoardRow, ...]
    dues: tuple[PlanView, ...] = ()
    sessions: tuple[PlanView, ...] = ()
    rules: CourseRules | None = None

    def count(self, gate: str, state: str) -> int:
        """関門 gate（course1 など）が state である人数（辞退した人を除く）。"""
        return sum(getattr(r, gate) == state for r in self.rows if not r.withdrawn)

    @property
    def waiting(self) -> tuple[BoardRow, ...]:
        """辞退扱いの確認を待つ人。"""
        return tuple(r for r in self.rows if r.withdrawal_due)


@dataclass(frozen=True)
class GateChange:
    """決まりや日程を改めたときに関門の変わる一人。changes は（関門, 前の言葉, 後の言葉）。"""

    application_id: int
    reception: str
    name: str
    changes: tuple[tuple[str, str, str], ...]

    @property
    def words(self) -> str:
        """一人の変わり方を一行で。"""
        said = "、".join(f"{title} {old}→{new}" for title, old, new in self.changes)
        return f"{self.reception} {self.name}　{said}"


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
    voided_on: date | None = None
    void_reason: str = ""

    @property
    def words(self) -> str:
        """結果の言葉（82点 合格、欠席、取消し（90点） など）。"""
        if self.voided_on is not None:
            given = OUTCOME_WORDS[self.outcome] if self.points is None else f"{self.points}点"
            return f"取消し（{given}）"
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
    task: str = ""

    @property
    def effective_due(self) -> date:
        """延長を含めた期限。"""
        return self.extended_to or self.due_on


@dataclass(frozen=True)
class SessionView:
    """集合研修の一回と、その人の出欠。

    attended が空は未確認。outcome は SESSION_WORDS の鍵（空は記録なし）、counted は研修期の決まりで出席とするか。
    """

    training_session_id: int
    position: int
    title: str
    held_on: date
    attended: bool | None
    minutes_late: int
    minutes_left_early: int
    outcome: str = ""
    counted: bool | None = None

    @property
    def words(self) -> str:
        """出欠の言葉。出席していても、遅刻と早退が多く数えられなければそう言う。"""
        if not self.outcome:
            return "未確認"
        short = self.outcome == "attended" and self.counted is False
        return "時間不足" if short else SESSION_WORDS[self.outcome]


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
    rules: CourseRules | None = None

    @property
    def withdrawal_missed(self) -> bool:
        """期限までに提出のないことによる辞退扱いを、確認してあるか。"""
        return self.withdrawn_on is not None and was_missed(self.withdrawal_reason)
