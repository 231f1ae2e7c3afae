"""一人の研修：関門・受験・提出物・集合研修の囲み。"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from PySide6.QtWidgets import QPushButton, QWidget

from app.domain.calendar import wareki_short
from app.services.course import TEST_GROUPS
from app.services.views.progress import AttemptView, CourseView, ReportView, SessionView
from ui.rooms.progress.dialogs import test_words
from ui.rooms.progress.gates import GateList
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import Card, NoteBox, button
from ui.widgets.room import RecordPane

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


def test_lines(view: CourseView) -> list[TestLine]:
    """六つのテストの受験を、回の順に並べる。"""
    found: list[TestLine] = []
    for group in TEST_GROUPS:
        mine = [TestLine(group, a) for a in view.attempts if a.subject_group == group]
        found += mine or [TestLine(group, None)]
    return found


def _report_words(report: ReportView) -> str:
    if report.missed:
        return "期限後" if report.submitted_on is not None else "未提出"
    return "提出済み" if report.submitted_on is not None else "提出待ち"


def _report_tone(report: ReportView) -> Tone:
    if report.missed:
        return Tone.BAD
    return Tone.OK if report.submitted_on is not None else Tone.MUTED


def _due(report: ReportView) -> str:
    extended = "（延長）" if report.extended_to is not None else ""
    return f"{wareki_short(report.effective_due)}{extended}"


PRESENT = {True: ("出席", Tone.OK), False: ("欠席", Tone.BAD), None: ("未確認", Tone.MUTED)}


def _minutes(session: SessionView) -> str:
    late = f"遅刻{session.minutes_late}分" if session.minutes_late else ""
    early = f"早退{session.minutes_left_early}分" if session.minutes_left_early else ""
    return "　".join(x for x in (late, early) if x)


def _taken(line: TestLine) -> date | None:
    return line.attempt.taken_on if line.attempt is not None else None


_TESTS = (
    Column("テスト", lambda r: r.title, Kind.TEXT, 118),
    Column("結果", lambda r: r.words, Kind.CHIP, 104, tone=lambda r: r.tone),
    Column("受験日", _taken, Kind.DATE_SHORT, 74),
)
_REPORTS = (
    Column("提出物", lambda r: r.title, Kind.TEXT, 150),
    Column("状態", _report_words, Kind.CHIP, 80, tone=_report_tone),
    Column("期限", _due, Kind.TEXT, 104),
    Column("提出日", lambda r: r.submitted_on, Kind.DATE_SHORT, 72),
)
_SESSIONS = (
    Column("集合研修", lambda r: r.title, Kind.TEXT, 130),
    Column("出欠", lambda r: PRESENT[r.attended][0], Kind.CHIP, 76, tone=lambda r: PRESENT[r.attended][1]),
    Column("実施日", lambda r: r.held_on, Kind.DATE_SHORT, 76),
    Column("遅刻・早退", _minutes, Kind.TEXT, 80),
)


def _fitted(model: RowsModel, name: str, stretch: int) -> RowsView:
    view = RowsView(model, stretch=stretch)
    view.setAccessibleName(name)
    view.verticalHeader().setDefaultSectionSize(current_look().px(ROW_HEIGHT))
    return view


class CoursePane:
    """右の記録に囲みを置き、一人の研修を示す。"""

    def __init__(
        self,
        record: RecordPane,
        attempt: Callable[[], None],
        report: Callable[[], None],
        extend: Callable[[], None],
        attend: Callable[[], None],
    ) -> None:
        self.withdrawn = NoteBox("", Tone.WARN)
        self.gates = GateList()
        self.tests = RowsModel(_TESTS, key=lambda r: (r.group, r.attempt.id if r.attempt else 0))
        self.reports = RowsModel(_REPORTS, key=lambda r: r.report_due_id)
        self.sessions = RowsModel(_SESSIONS, key=lambda r: r.training_session_id)
        self.test_view = _fitted(self.tests, "テストの受験", 1)
        self.report_view = _fitted(self.reports, "提出物", 0)
        self.session_view = _fitted(self.sessions, "集合研修の出欠", 0)
        gate_card = Card("関門")
        gate_card.body.addWidget(self.gates)
        record.content.addWidget(self.withdrawn)
        record.content.addWidget(gate_card)
        self.attempt_button = button("受験を記録…", "small", attempt)
        self.report_button = button("提出を記録…", "small", report)
        self.extend_button = button("期限を延ばす…", "small", extend)
        self.attend_button = button("出欠を記録…", "small", attend)
        for title, view, buttons in (
            ("養成課程①のテスト", self.test_view, (self.attempt_button,)),
            ("実践の提出物", self.report_view, (self.extend_button, self.report_button)),
            ("養成課程②の集合研修", self.session_view, (self.attend_button,)),
        ):
            record.content.addWidget(_card(title, view, buttons))

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
        active, row = day is None, view.row
        self.attempt_button.setEnabled(active)
        self.report_button.setEnabled(active and bool(view.reports) and row.practice != "shut")
        self.extend_button.setEnabled(active and bool(view.reports))
        self.attend_button.setEnabled(active and bool(view.sessions) and row.course2 != "shut")


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
