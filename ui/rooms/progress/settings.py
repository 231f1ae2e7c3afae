"""研修期の設定：決まり（合格点など）と日程。保存する前に、だれの関門が変わるかを示す。"""

from collections.abc import Mapping, Sequence
from datetime import date

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.domain.errors import RuleViolation
from app.domain.progress import ATTEMPT_RULES
from app.services import progress
from app.services.progress import CourseRules
from app.services.views.progress import BoardView, GateChange, PlanView
from ui.rooms.context import RoomContext
from ui.rooms.intake.working import work_beside
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import current_look, show_if
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, label
from ui.widgets.date_field import DateField
from ui.widgets.number import NumberBox
from ui.widgets.saving import SavingDialog, unread

_PAUSE = 250  # 打ち終わりを待つ間（ミリ秒）
_KINDS = ("取組状況報告", "課題レポート", "集合研修")
_CHANGES = (
    Column("受付", lambda c: c.reception, Kind.TEXT, 54),
    Column("氏名", lambda c: c.name, Kind.TEXT, 170),
    Column("変わり方", lambda c: "、".join(f"{t} {a}→{b}" for t, a, b in c.changes), Kind.WRAPPED, 320),
)


class ChangesBox(QWidget):
    """改めるとだれの関門が変わるか。画面の外で試し、打ち終わってから示す。"""

    def __init__(self, context: RoomContext, cohort_id: int) -> None:
        super().__init__()
        self._context, self._cohort = context, cohort_id
        self._turn = 0
        self._asked: tuple[CourseRules | None, dict[int, date]] = (None, {})
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.note = NoteBox("")
        self.model: RowsModel = RowsModel(_CHANGES, key=lambda c: c.application_id)
        self.table = RowsView(self.model, stretch=2)
        self.table.setAccessibleName("関門の変わる人")
        self.table.setMinimumHeight(current_look().px(120))
        self.more = label("関門の変わる人", "caption")
        for part in (self.more, self.table, self.note):
            column.addWidget(part)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE)
        self._timer.timeout.connect(self._look)
        self.clear()

    def clear(self) -> None:
        """何も試していない。"""
        self._timer.stop()
        self._turn += 1
        self._show((), "")

    def ask(self, rules: CourseRules | None = None, dues: Mapping[int, date] | None = None) -> None:
        """この決まりか期限にしたときを試す。"""
        self._turn += 1
        self._asked = rules, dict(dues or {})
        self._timer.start()

    def _look(self) -> None:
        turn, (rules, dues) = self._turn, self._asked
        office, cohort = self._context.office, self._cohort

        def found(changes: tuple[GateChange, ...]) -> None:
            if turn == self._turn:
                self._show(changes, "" if changes else "関門の変わる人はいません。")

        def refused(refusal: RuleViolation) -> None:
            if turn == self._turn:
                self._show((), str(refusal))

        work_beside(
            self._context,
            self,
            lambda: progress.try_changes(office, cohort, rules=rules, dues=dues),
            found,
            refused,
        )

    def _show(self, changes: Sequence[GateChange], words: str) -> None:
        self.model.set_rows(changes)
        self.more.setText(f"保存すると関門の変わる人　{len(changes)}名")
        show_if(self.more, bool(changes))
        show_if(self.table, bool(changes))
        self.note.set_text(words, Tone.MUTED)


class RulesDialog(SavingDialog):
    """研修期の決まり：合格点、受験の回数、どの回で判断するか、許す遅刻と早退。"""

    def __init__(self, parent: QWidget, context: RoomContext, board: BoardView) -> None:
        super().__init__(
            parent, "研修の決まり", "この研修期の全員に使います。改めたことは監査記録に残ります。", "保存する"
        )
        self._context, self._board = context, board
        self.before = board.rules or CourseRules()
        self.quiz, self.final, self.attempts = NumberBox(), NumberBox(), NumberBox()
        for box, unit, low in ((self.quiz, "点", 0), (self.final, "点", 0), (self.attempts, "回", 1)):
            box.setRange(low, 99 if box is self.attempts else progress.HIGHEST)
            box.setSuffix(f" {unit}")
        self.rule = QComboBox()
        for code, words in ATTEMPT_RULES.items():
            self.rule.addItem(words, code)
        self.limited = QCheckBox("遅刻と早退を合わせた分に限りを置く")
        self.tolerance = NumberBox()
        self.tolerance.setRange(0, 600)
        self.tolerance.setSuffix(" 分まで")
        self.form.add("quiz", "小テストの合格点", self.quiz, required=True)
        self.form.add("final", "総合確認テストの合格点", self.final, required=True)
        self.form.add("attempts", "受験の回数", self.attempts, "一つのテストを受けられる回数", required=True)
        self.form.add("rule", "判断する回", self.rule, "どの回の点で合格を決めるか", required=True)
        self.form.add("limited", "集合研修の出席", self.limited)
        self.form.add(
            "tolerance", "許す遅刻・早退", self.tolerance, "超えれば、出席しても「時間不足」とします"
        )
        self.changes = ChangesBox(context, board.cohort_id)
        self.body.addWidget(self.changes)
        self._fill(self.before)
        for box in (self.quiz, self.final, self.attempts, self.tolerance):
            box.valueChanged.connect(lambda _value: self._changed())
        self.rule.currentIndexChanged.connect(lambda _place: self._changed())
        self.limited.toggled.connect(lambda _on: self._changed())
        self.quiz.setFocus()

    def _fill(self, rules: CourseRules) -> None:
        self.quiz.setValue(rules.quiz_pass_mark)
        self.final.setValue(rules.comprehensive_pass_mark)
        self.attempts.setValue(rules.max_attempts)
        self.rule.setCurrentIndex(self.rule.findData(rules.attempt_rule))
        self.limited.setChecked(rules.attendance_tolerance is not None)
        self.tolerance.setValue(rules.attendance_tolerance or 0)
        self.tolerance.setEnabled(self.limited.isChecked())

    @property
    def rules(self) -> CourseRules:
        """欄の決まり。"""
        return CourseRules(
            self.quiz.value(),
            self.final.value(),
            self.attempts.value(),
            self.rule.currentData(),
            self.tolerance.value() if self.limited.isChecked() else None,
        )

    def _changed(self) -> None:
        self.tolerance.setEnabled(self.limited.isChecked())
        if self.rules == self.before:
            self.changes.clear()
        else:
            self.changes.ask(rules=self.rules)

    def save(self) -> None:
        """改める。"""
        progress.set_course_rules(self._context.office, self._board.cohort_id, self.rules)


_PLANS = (
    Column("種類", lambda p: p[0], Kind.TEXT, 110),
    Column("順", lambda p: p[1].position, Kind.NUMBER, 40),
    Column("名", lambda p: p[1].title, Kind.TEXT, 180),
    Column("期限・実施日", lambda p: p[1].day, Kind.DATE, 130),
    Column("課題", lambda p: p[1].task.replace("\n", " "), Kind.TEXT, 160),
)


def _plans(board: BoardView) -> list[tuple[str, PlanView]]:
    dues = [(_KINDS[1] if d.final else _KINDS[0], d) for d in board.dues]
    return [*dues, *((_KINDS[2], s) for s in board.sessions)]


class ScheduleDialog(SavingDialog):
    """研修期の日程：提出物の期限と課題、集合研修の日を、一つずつ定めるか改める。"""

    def __init__(self, parent: QWidget, context: RoomContext, board: BoardView) -> None:
        empty = "提出物の期限と集合研修の日は、まだ定められていません。"
        words = "一覧から選ぶと、下の欄で改められます。" if _plans(board) else empty
        super().__init__(parent, "日程を定める", words, "定める")
        self._context, self._board = context, board
        self.plans: RowsModel = RowsModel(_PLANS, key=lambda p: (p[0] == _KINDS[2], p[1].id))
        self.table = RowsView(self.plans, stretch=4)
        self.table.setAccessibleName("いまの日程")
        self.table.setMinimumHeight(current_look().px(150))
        self.table.setMinimumWidth(current_look().px(640))
        self.plans.set_rows(_plans(board))
        show_if(self.table, bool(self.plans.rows))
        self.body.insertWidget(0, self.table)
        self.kind, self.position = QComboBox(), NumberBox()
        self.kind.addItems(list(_KINDS))
        self.position.setRange(1, 99)
        self.title = QLineEdit()
        self.day = DateField(context.office.today(), "日")
        self.task = QPlainTextEdit()
        self.task.setTabChangesFocus(True)
        self.task.setFixedHeight(current_look().px(64))
        self.form.add("kind", "種類", self.kind, required=True)
        self.form.add("position", "順", self.position, "同じ順のものがあれば、改めます", required=True)
        self.form.add("title", "名", self.title, required=True)
        self.form.add("day", "期限・実施日", self.day, required=True)
        self.form.add("task", "課題", self.task, "受講者に出した課題の文。一人の研修の頁に出ます")
        self.changes = ChangesBox(context, board.cohort_id)
        self.body.addWidget(self.changes)
        self.table.row_chosen.connect(self._choose)
        self.kind.currentIndexChanged.connect(self._kind_changed)
        self.position.valueChanged.connect(self._load)
        self.day.edit.textChanged.connect(lambda _text: self._try_day())
        self._kind_changed()
        self.kind.setFocus()

    @property
    def _is_session(self) -> bool:
        return self.kind.currentIndex() == 2

    def _list(self) -> Sequence[PlanView]:
        return self._board.sessions if self._is_session else self._board.dues

    @property
    def _known(self) -> PlanView | None:
        final = self.kind.currentIndex() == 1
        found = next((p for p in self._list() if p.position == self.position.value()), None)
        return found if found is not None and found.final == final else None

    def _choose(self, chosen: tuple[str, PlanView] | None) -> None:
        if chosen is not None:
            self.kind.setCurrentIndex(_KINDS.index(chosen[0]))
            self.position.setValue(chosen[1].position)
            self._load()

    def _kind_changed(self) -> None:
        # 次に定めるもの：課題レポートは今あるもの、ほかは最後の次
        finals = [d.position for d in self._board.dues if d.final]
        plain = [p.position for p in self._list() if not p.final]
        final = self.kind.currentIndex() == 1 and bool(finals)
        self.position.setValue(finals[0] if final else max(plain, default=0) + 1)
        self.task.setEnabled(not self._is_session)
        self._load()

    def _load(self) -> None:
        known = self._known
        if known is not None:
            self.title.setText(known.title)
            self.day.set_value(known.day)
            self.task.setPlainText(known.task)
            return
        words = ("取組状況報告（{}回目）", "課題レポート", "集合研修（{}日目）")[self.kind.currentIndex()]
        self.title.setText(words.format(self.position.value()))
        self.day.set_value(None)
        self.task.clear()

    def _try_day(self) -> None:
        known, day = self._known, self.day.value
        if known is None or day is None or self._is_session or day == known.day:
            self.changes.clear()
        else:
            self.changes.ask(dues={known.id: day})

    def errors(self) -> dict[str, str]:
        """名と日は要る。"""
        found = {} if self.title.text().strip() else {"title": "名を入れてください。"}
        if self.day.value is None:
            found["day"] = unread(self.day) or "日を入れてください。"
        return found

    def save(self) -> None:
        """定める。"""
        assert self.day.value is not None
        office, cohort = self._context.office, self._board.cohort_id
        place, title, day = self.position.value(), self.title.text().strip(), self.day.value
        if self._is_session:
            progress.set_session(office, cohort, place, title, day)
        else:
            final, task = self.kind.currentIndex() == 1, self.task.toPlainText()
            progress.set_report_due(office, cohort, place, title, day, final, task)
