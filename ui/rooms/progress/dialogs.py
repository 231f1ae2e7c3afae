"""進捗の窓：受験・提出・延長・出欠・日程。"""

from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from app.domain.calendar import wareki
from app.services import progress
from app.services.course import TEST_GROUPS
from app.services.office import Office
from app.services.progress import AttemptForm, AttendanceForm
from app.services.views.progress import OUTCOME_WORDS, BoardRow, BoardView, CourseView, PlanView
from ui.tables.grid import EditGrid, GridColumn
from ui.theme.style import current_look, show_if
from ui.widgets.cards import label
from ui.widgets.date_field import DateField
from ui.widgets.number import NumberBox
from ui.widgets.saving import SavingDialog

PRESENT = {"未確認": None, "出席": True, "欠席": False}


def test_words(group: str) -> str:
    """テストの名（小テストA、総合確認テスト）。"""
    return f"小テスト{group}" if group else "総合確認テスト"


def _who(row: BoardRow) -> str:
    return f"受付 {row.reception}　{row.name}さん"


class AttemptDialog(SavingDialog):
    """一回の受験を記す。0点・欠席・無効・免除・未実施は別のもの。"""

    def __init__(self, parent: QWidget, office: Office, view: CourseView) -> None:
        super().__init__(parent, "受験を記録", _who(view.row), "記録する")
        self._office, self._id = office, view.row.application_id
        self.test, self.outcome, self.points = QComboBox(), QComboBox(), QLineEdit()
        taken = {g: sum(a.subject_group == g for a in view.attempts) for g in TEST_GROUPS}
        for group in TEST_GROUPS:
            count = f"（これまで{taken[group]}回）" if taken[group] else ""
            self.test.addItem(f"{test_words(group)}{count}", group)
        for code, words in OUTCOME_WORDS.items():
            self.outcome.addItem(words, code)
        self.taken_on = DateField(office.today(), "受験日")
        self.form.add("test", "テスト", self.test, required=True)
        self.form.add("outcome", "結果", self.outcome, "0点は「得点」の0です。欠席とは別のものです")
        self.form.add("points", "点", self.points)
        self.form.add("taken_on", "受験日", self.taken_on)
        left = [g for g in TEST_GROUPS if g not in view.row.tests or not view.row.tests[g].passed]
        self.test.setCurrentIndex(TEST_GROUPS.index(left[0]) if left else 0)
        self.outcome.currentIndexChanged.connect(self._outcome_changed)
        self.points.textEdited.connect(lambda _text: self.form.row("points").set_error(self._points_error()))
        self.points.setFocus()

    @property
    def _scored(self) -> bool:
        return bool(self.outcome.currentData() == "points")

    def _outcome_changed(self) -> None:
        self.points.setEnabled(self._scored)
        if not self._scored:
            self.points.clear()
        self.form.row("points").set_error("")

    def _points_error(self) -> str:
        text = self.points.text().strip()
        if not self._scored:
            return ""
        if not text:
            return "点を入れてください。受けていなければ「欠席」などにします。"
        if not text.isdecimal() or int(text) > progress.HIGHEST:
            return f"点は0〜{progress.HIGHEST}の整数で入れてください。"
        return ""

    def errors(self) -> dict[str, str]:
        """点と受験日を確かめる。"""
        found = {"points": self._points_error(), "taken_on": self.taken_on.error}
        if not found["taken_on"] and self._scored and self.taken_on.value is None:
            found["taken_on"] = "受験日を入れてください。"
        return {key: words for key, words in found.items() if words}

    def save(self) -> None:
        """記録する。"""
        points = int(self.points.text()) if self._scored else None
        form = AttemptForm(self.test.currentData(), self.outcome.currentData(), points, self.taken_on.value)
        progress.record_attempt(self._office, self._id, form)


class ReportDialog(SavingDialog):
    """提出の日を記す（期限に遅れた提出も、日のとおりに）。"""

    def __init__(self, parent: QWidget, office: Office, view: CourseView) -> None:
        super().__init__(parent, "提出を記録", _who(view.row), "記録する")
        self._office, self._view = office, view
        self.report = QComboBox()
        for r in view.reports:
            self.report.addItem(f"{r.title}（期限 {wareki(r.effective_due)}）", r.report_due_id)
        self.submitted_on = DateField(office.today(), "提出日")
        self.cancel_record = QCheckBox("提出の記録を取り消す")
        self.form.add("report", "提出物", self.report, required=True)
        self.form.add("submitted_on", "提出日", self.submitted_on, required=True)
        self.form.add("cancel", "", self.cancel_record)
        self.report.currentIndexChanged.connect(self._load)
        self.cancel_record.toggled.connect(lambda on: self.submitted_on.setEnabled(not on))
        waiting = [i for i, r in enumerate(view.reports) if r.submitted_on is None]
        self.report.setCurrentIndex(waiting[0] if waiting else 0)
        self._load()
        self.submitted_on.setFocus()

    def _load(self) -> None:
        before = self._view.reports[self.report.currentIndex()].submitted_on
        self.submitted_on.set_value(before)
        self.cancel_record.setChecked(False)
        self.cancel_record.setEnabled(before is not None)

    def errors(self) -> dict[str, str]:
        """提出日は要る（取り消すのでなければ）。"""
        if self.cancel_record.isChecked() or self.submitted_on.value is not None:
            return {}
        return {"submitted_on": self.submitted_on.error or "提出日を入れてください。"}

    def save(self) -> None:
        """記録する。"""
        day = None if self.cancel_record.isChecked() else self.submitted_on.value
        progress.record_report(self._office, self._view.row.application_id, self.report.currentData(), day)


class ExtendDialog(SavingDialog):
    """一人の期限を、理由を付けて延ばす。"""

    def __init__(self, parent: QWidget, office: Office, view: CourseView) -> None:
        super().__init__(parent, "期限を延ばす", _who(view.row), "延ばす")
        self._office, self._id = office, view.row.application_id
        self.report = QComboBox()
        for r in view.reports:
            self.report.addItem(f"{r.title}（期限 {wareki(r.effective_due)}）", r.report_due_id)
        self.extended_to = DateField(office.today(), "新しい期限")
        self.reason = QPlainTextEdit()
        self.reason.setTabChangesFocus(True)
        self.reason.setMinimumHeight(current_look().px(72))
        self.form.add("report", "提出物", self.report, required=True)
        self.form.add("extended_to", "新しい期限", self.extended_to, required=True)
        self.form.add("reason", "理由", self.reason, "記録に残り、後から読めます", required=True)
        waiting = [i for i, r in enumerate(view.reports) if r.submitted_on is None]
        self.report.setCurrentIndex(waiting[0] if waiting else 0)
        self.extended_to.setFocus()

    def errors(self) -> dict[str, str]:
        """新しい期限と理由は要る。"""
        found = {}
        if self.extended_to.value is None:
            found["extended_to"] = self.extended_to.error or "新しい期限を入れてください。"
        if not self.reason.toPlainText().strip():
            found["reason"] = "理由を書いてください。"
        return found

    def save(self) -> None:
        """延ばす。"""
        assert self.extended_to.value is not None
        reason = self.reason.toPlainText().strip()
        progress.extend_report(
            self._office, self._id, self.report.currentData(), self.extended_to.value, reason
        )


def _minutes(text: str) -> str:
    return "" if not text or text.isdecimal() else "0以上の整数（分）で入れてください。"


class AttendanceDialog(SavingDialog):
    """集合研修一回の出欠を、養成課程②にいる人の一覧で記す。"""

    def __init__(self, parent: QWidget, office: Office, board: BoardView, chosen: int | None) -> None:
        super().__init__(
            parent, "出欠を記録", "養成課程②に進んだ人だけを並べます。Excel から列を貼れます。", "記録する"
        )
        self.setMinimumSize(current_look().px(720), current_look().px(520))
        self._office, self._board = office, board
        self._people = [r for r in board.rows if not r.withdrawn and r.course2 != "shut"]
        self.session = QComboBox()
        for s in board.sessions:
            self.session.addItem(f"{s.title}（{wareki(s.day)}）", s.id)
        self.form.add("session", "集合研修", self.session, required=True)
        self.grid = EditGrid(
            (
                GridColumn("受付", 60, fixed=True),
                GridColumn("氏名", 240, fixed=True),
                GridColumn("出欠", 110, choices=tuple(PRESENT)),
                GridColumn("遅刻（分）", 90, _minutes),
                GridColumn("早退（分）", 90, _minutes),
            ),
            "出欠の表",
        )
        self.grid_error = label("", "error", wrap=True)
        self.grid.problems_changed.connect(self._show_problem)
        self.body.addWidget(self.grid, 1)
        self.body.addWidget(self.grid_error)
        self.all_button = self.add_action("未確認の人をすべて出席にする", self.mark_all)
        self.action_row.insertWidget(0, self.all_button)
        self.session.currentIndexChanged.connect(self._load)
        self._load()
        places = [i for i, r in enumerate(self._people) if r.application_id == chosen]
        if self._people:
            self.grid.setCurrentCell(places[0] if places else 0, 2)
        self.grid.setFocus()

    def _load(self) -> None:
        known = progress.attendances(self._office, self.session.currentData())
        words = {value: key for key, value in PRESENT.items()}
        rows = []
        for r in self._people:
            a = known.get(r.application_id, AttendanceForm(None))
            late, early = (str(n) if n else "" for n in (a.minutes_late, a.minutes_left_early))
            rows.append((r.reception, r.name, words[a.attended], late, early))
        self.grid.set_values(rows)

    def _show_problem(self, problem: str) -> None:
        self.grid_error.setText(problem)
        show_if(self.grid_error, bool(problem))

    def mark_all(self) -> None:
        """未確認の人を出席にする。"""
        for place, row in enumerate(self.grid.values()):
            if row[2] == "未確認":
                self.grid.put(place, 2, "出席")

    def submit(self) -> None:
        """表に誤りがあれば、そのセルに移って止まる。"""
        self._show_problem(self.grid.problem)
        if self.grid.problem:
            self.grid.focus_problem()
            return
        super().submit()

    def save(self) -> None:
        """変わった人の出欠を記す。"""
        before = progress.attendances(self._office, self.session.currentData())
        forms = {}
        for person, row in zip(self._people, self.grid.values(), strict=True):
            form = AttendanceForm(PRESENT[row[2]], int(row[3] or 0), int(row[4] or 0))
            if form != before.get(person.application_id, AttendanceForm(None)):
                forms[person.application_id] = form
        if forms:
            progress.record_attendance(self._office, self.session.currentData(), forms)


class ScheduleDialog(SavingDialog):
    """研修期の日程：提出物の期限と集合研修の日を、一つずつ定めるか改める。"""

    def __init__(self, parent: QWidget, office: Office, board: BoardView) -> None:
        super().__init__(parent, "日程を定める", _schedule_words(board), "定める")
        self._office, self._board = office, board
        self.kind, self.position = QComboBox(), NumberBox()
        self.kind.addItems(["取組状況報告", "課題レポート", "集合研修"])
        self.position.setRange(1, 99)
        self.title = QLineEdit()
        self.day = DateField(office.today(), "日")
        self.form.add("kind", "種類", self.kind, required=True)
        self.form.add("position", "順", self.position, "同じ順のものがあれば、改めます", required=True)
        self.form.add("title", "名", self.title, required=True)
        self.form.add("day", "期限・実施日", self.day, required=True)
        self.kind.currentIndexChanged.connect(self._kind_changed)
        self.position.valueChanged.connect(self._load)
        self._kind_changed()

    def _plans(self) -> Sequence[PlanView]:
        return self._board.sessions if self.kind.currentIndex() == 2 else self._board.dues

    def _kind_changed(self) -> None:
        # 次に定めるもの：課題レポートは今あるもの、ほかは最後の次
        finals = [d.position for d in self._board.dues if d.final]
        plain = [p.position for p in self._plans() if not p.final]
        final = self.kind.currentIndex() == 1 and bool(finals)
        self.position.setValue(finals[0] if final else max(plain, default=0) + 1)
        self._load()

    def _load(self) -> None:
        known = next((p for p in self._plans() if p.position == self.position.value()), None)
        final = self.kind.currentIndex() == 1
        if known is not None and known.final == final:
            self.title.setText(known.title)
            self.day.set_value(known.day)
            return
        number = self.position.value()
        words = ("取組状況報告（{}回目）", "課題レポート", "集合研修（{}日目）")[self.kind.currentIndex()]
        self.title.setText(words.format(number))
        self.day.set_value(None)

    def errors(self) -> dict[str, str]:
        """名と日は要る。"""
        found = {} if self.title.text().strip() else {"title": "名を入れてください。"}
        if self.day.value is None:
            found["day"] = self.day.error or "日を入れてください。"
        return found

    def save(self) -> None:
        """定める。"""
        assert self.day.value is not None
        cohort, place, title = self._board.cohort_id, self.position.value(), self.title.text().strip()
        if self.kind.currentIndex() == 2:
            progress.set_session(self._office, cohort, place, title, self.day.value)
        else:
            final = self.kind.currentIndex() == 1
            progress.set_report_due(self._office, cohort, place, title, self.day.value, final)


def _schedule_words(board: BoardView) -> str:
    dues = [f"{d.title}　期限 {wareki(d.day)}" for d in board.dues]
    sessions = [f"{s.title}　{wareki(s.day)}" for s in board.sessions]
    return "\n".join([*dues, *sessions]) or "提出物の期限と集合研修の日は、まだ定められていません。"
