"""一人の研修：関門・受験・提出物・集合研修の囲み。"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from PySide6.QtWidgets import QPushButton, QWidget

from app.domain.calendar import wareki_short
from app.services.progress.course import TEST_GROUPS
from app.services.views.progress import AttemptView, CourseView, ReportView, SessionView
from ui.rooms.progress.acts import CourseActs
from ui.rooms.progress.dialogs import test_words
from ui.rooms.progress.gates import GateList
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import Card, NoteBox, button

ROW_HEIGHT = 30


@dataclass(frozen=True)
class TestLine:
    """受験の一行（受けていないテストは attempt が空）。"""

    __test__ = False  # 試験の道具が試験のクラスと取り違えないように

    group: str
    attempt: AttemptView | None

    @property
    def title(self) -> str:
        """テストの名と、二度目からは何回目か。"""
        again = f" {self.attempt.number}回目" if self.attempt and self.attempt.number > 1 else ""
        return f"{test_words(self.group)}{again}"

    @property
    def words(self) -> str:
        """結果の言葉。"""
        return self.attempt.words if self.attempt is not None else "受けていません"

    @property
    def tone(self) -> Tone:
        """札の調子。"""
        passed = self.attempt.passed if self.attempt is not None else None
        return Tone.MUTED if passed is None else Tone.OK if passed else Tone.BAD

    @property
    def can_void(self) -> bool:
        """取り消せる受験か。"""
        return self.attempt is not None and self.attempt.voided_on is None


def test_lines(view: CourseView) -> list[TestLine]:
    """六つのテストの受験を、回の順に並べる。"""
    found: list[TestLine] = []
    for group in TEST_GROUPS:
        mine = [TestLine(group, a) for a in view.attempts if a.subject_group == group]
        kept = any(line.can_void for line in mine)
        found += mine if kept else [*mine, TestLine(group, None)]
    return found


def report_words(report: ReportView) -> str:
    """提出の状態の言葉。"""
    if report.missed:
        return "期限後" if report.submitted_on is not None else "未提出"
    return "提出済み" if report.submitted_on is not None else "提出待ち"


def report_tone(report: ReportView) -> Tone:
    """提出の状態の調子。"""
    if report.missed:
        return Tone.BAD
    return Tone.OK if report.submitted_on is not None else Tone.MUTED


def _due(report: ReportView) -> str:
    extended = "（延長）" if report.extended_to is not None else ""
    return f"{wareki_short(report.effective_due)}{extended}"


def session_tone(session: SessionView) -> Tone:
    """出欠の調子。"""
    return {True: Tone.OK, False: Tone.BAD, None: Tone.MUTED}[session.counted]


def minutes_words(session: SessionView) -> str:
    """遅刻と早退の言葉。"""
    late = f"遅刻{session.minutes_late}分" if session.minutes_late else ""
    early = f"早退{session.minutes_left_early}分" if session.minutes_left_early else ""
    return "　".join(x for x in (late, early) if x)


def _taken(line: TestLine) -> date | None:
    return line.attempt.taken_on if line.attempt is not None else None


def _void_words(line: TestLine) -> str:
    a = line.attempt
    return "" if a is None or a.voided_on is None else f"{wareki_short(a.voided_on)}取消し：{a.void_reason}"


_TESTS = (
    Column("テスト", lambda r: r.title, Kind.TEXT, 112, least=84),
    Column("結果", lambda r: r.words, Kind.CHIP, 118, tone=lambda r: r.tone),
    Column("受験日", _taken, Kind.DATE_SHORT, 68, drop=1),
    Column("取消しの理由", _void_words, Kind.TEXT, 150, drop=2),
)
_REPORTS = (
    Column("提出物", lambda r: r.title, Kind.TEXT, 150, least=76),
    Column("状態", report_words, Kind.CHIP, 80, tone=report_tone),
    Column("期限", _due, Kind.TEXT, 104, least=76),
    Column("提出日", lambda r: r.submitted_on, Kind.DATE_SHORT, 72, drop=1),
    Column("もとの期限", lambda r: r.due_on if r.extended_to else None, Kind.DATE_SHORT, 80, drop=3),
    Column("延長の理由", lambda r: r.extension_reason, Kind.TEXT, 110, drop=2),
)
_SESSIONS = (
    Column("集合研修", lambda r: r.title, Kind.TEXT, 130, least=82),
    Column("出欠", lambda r: r.words, Kind.CHIP, 76, tone=session_tone),
    Column("実施日", lambda r: r.held_on, Kind.DATE_SHORT, 76),
    Column("遅刻・早退", minutes_words, Kind.TEXT, 80, drop=1),
)


def _fitted(model: RowsModel, name: str, stretch: int) -> RowsView:
    view = RowsView(model, stretch=stretch)
    view.setAccessibleName(name)
    view.verticalHeader().setDefaultSectionSize(current_look().px(ROW_HEIGHT))
    return view


class CoursePane:
    """一人の研修の囲み。部屋の右の記録と、一人の頁の両方に置く。"""

    def __init__(self, acts: CourseActs, attend: Callable[[], None]) -> None:
        self._acts = acts
        self.withdrawn = NoteBox("", Tone.WARN)
        self.gates = GateList()
        self.tests = RowsModel(_TESTS, key=lambda r: (r.group, r.attempt.id if r.attempt else 0))
        self.reports = RowsModel(_REPORTS, key=lambda r: r.report_due_id)
        self.sessions = RowsModel(_SESSIONS, key=lambda r: r.training_session_id)
        self.test_view = _fitted(self.tests, "テストの受験", 0)
        self.report_view = _fitted(self.reports, "提出物", 0)
        self.session_view = _fitted(self.sessions, "集合研修の出欠", 0)
        self.attempt_button = button("受験を記録…", "small", acts.record_attempt)
        self.void_button = button("選んだ受験を取り消す…", "small", self.void)
        self.report_button = button("提出を記録…", "small", acts.record_report)
        self.extend_button = button("期限を延ばす…", "small", acts.extend)
        self.attend_button = button("出欠を記録…", "small", attend)
        self.test_view.row_chosen.connect(lambda _line: self._enable_void())
        self.gate_card = Card("関門")
        self.gate_card.body.addWidget(self.gates)
        self.test_card = _card("養成課程①のテスト", self.test_view, (self.void_button, self.attempt_button))
        self.report_card = _card("実践の提出物", self.report_view, (self.extend_button, self.report_button))
        self.session_card = _card("養成課程②の集合研修", self.session_view, (self.attend_button,))

    @property
    def cards(self) -> tuple[QWidget, ...]:
        """上から順の囲み。"""
        return self.withdrawn, self.gate_card, self.test_card, self.report_card, self.session_card

    def void(self) -> None:
        """選んだ受験を取り消す。"""
        line: TestLine | None = self.test_view.chosen()
        self._acts.void_attempt(None if line is None else line.attempt)

    def _enable_void(self) -> None:
        line: TestLine | None = self.test_view.chosen()
        view = self._acts.view
        active = view is not None and view.withdrawn_on is None
        self.void_button.setEnabled(active and self._acts.may and line is not None and line.can_void)

    def show(self, view: CourseView) -> None:
        """一人を示す。"""
        self.gates.set_gates(view.gates)
        self.tests.set_rows(test_lines(view))
        self.reports.set_rows(view.reports)
        self.sessions.set_rows(view.sessions)
        for table in (self.test_view, self.report_view, self.session_view):
            _fit(table)
        day = view.withdrawn_on
        words = f"{wareki_short(day)}に辞退。{view.withdrawal_reason}" if day is not None else ""
        self.withdrawn.set_text(words)
        active, row = day is None and self._acts.may, view.row
        self.attempt_button.setEnabled(active)
        self.report_button.setEnabled(active and bool(view.reports) and row.practice != "shut")
        extendable = active or (view.withdrawal_missed and self._acts.may)
        self.extend_button.setEnabled(extendable and bool(view.reports))
        self.attend_button.setEnabled(active and bool(view.sessions) and row.course2 != "shut")
        self._enable_void()


def _card(title: str, view: QWidget, buttons: tuple[QPushButton, ...]) -> Card:
    card = Card(title)
    for one in buttons:
        card.add_to_header(one)
    card.body.addWidget(view)
    return card


def _fit(view: RowsView) -> None:
    px = current_look().px
    rows = max(1, len(view.rows_model.rows))
    view.setFixedHeight(view.horizontalHeader().sizeHint().height() + rows * px(ROW_HEIGHT) + px(2))
