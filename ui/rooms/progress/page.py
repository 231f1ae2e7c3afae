"""一人の研修を一枚で：関門、すべての受験、提出物と課題、集合研修、操作。"""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.services import progress
from app.services.views.progress import CourseRules, CourseView, ReportView
from ui.messages import Dialog
from ui.rooms.context import RoomContext
from ui.rooms.progress.acts import CourseActs, Told
from ui.rooms.progress.board import STAGE_TONES
from ui.rooms.progress.record import CoursePane
from ui.theme import tokens as t
from ui.theme.style import current_look, show_if
from ui.widgets.banner import Banner
from ui.widgets.cards import Card, label
from ui.widgets.chip import Chip
from ui.widgets.dialog import screen_limit
from ui.widgets.room import RoomPage


def rules_words(rules: CourseRules | None) -> str:
    """その人に使われる決まりの一行。"""
    if rules is None:
        return ""
    which = "最後の回" if rules.attempt_rule == "last" else "最も良い回"
    tolerance = rules.attendance_tolerance
    late = "問わない" if tolerance is None else f"合わせて{tolerance}分まで"
    return (
        f"合格点 小テスト{rules.quiz_pass_mark}点・総合確認テスト{rules.comprehensive_pass_mark}点、"
        f"受験は{rules.max_attempts}回まで、{which}で判断。遅刻・早退は{late}。"
    )


def _task_words(report: ReportView) -> str:
    return f"{report.title}：{report.task}"


class CourseDialog(Dialog):
    """一人の研修の頁。Alt+←・Alt+→ で、盤の並びの前の人・次の人へ移れる。"""

    def __init__(
        self,
        page: RoomPage,
        context: RoomContext,
        application_id: int,
        attend: Callable[[QWidget, Told], None],
        move: Callable[[int], int | None],
        changed: Told,
    ) -> None:
        super().__init__(page, "研修の記録")
        self._context, self._id, self._move, self._changed = context, application_id, move, changed
        self.banner = Banner()
        self.acts = CourseActs(self, context, self._told, self._refused)
        self.pane = CoursePane(self.acts, lambda: attend(self, self._told))
        px = current_look().px
        limit = screen_limit(self)
        self.resize(min(px(1180), limit.width()), min(px(700), limit.height()))
        self._build_head()
        self._build_columns()
        self.withdraw_button = self.add_action("辞退扱いを確認…", self.acts.confirm_withdrawal, "danger")
        self.back_button = self.add_action("辞退扱いを取り消す…", self.acts.take_back, "danger")
        self.action_row.addStretch(1)
        self.previous_button = self.add_action("前の人", lambda: self.step(-1))
        self.next_button = self.add_action("次の人", lambda: self.step(1))
        self.close_button = self.add_action("閉じる", self.reject)
        for keys, by in (("Alt+Left", -1), ("Alt+Right", 1)):
            QShortcut(QKeySequence(keys), self).activated.connect(partial(self.step, by))
        self.previous_button.setToolTip("Alt+← でも移れます。")
        self.next_button.setToolTip("Alt+→ でも移れます。")
        self.refresh()
        self.next_button.setFocus()

    def _build_head(self) -> None:
        head = QHBoxLayout()
        self.heading, self.aside, self.chip = label("", "section"), label("", "caption"), Chip("")
        head.addWidget(self.heading)
        head.addWidget(self.aside)
        head.addStretch(1)
        head.addWidget(self.chip)
        self.rules = label("", "caption", wrap=True)
        self.body.addWidget(self.banner)
        self.body.addLayout(head)
        self.body.addWidget(self.rules)

    def _build_columns(self) -> None:
        px = current_look().px
        self.sentences = label("", wrap=True)
        self.tasks = label("", wrap=True)
        for words in (self.sentences, self.tasks):
            words.setAlignment(Qt.AlignmentFlag.AlignTop)
        said, self.task_card = Card("いまの所"), Card("課題")
        said.body.addWidget(self.sentences)
        self.task_card.body.addWidget(self.tasks)
        withdrawn, gates, tests, reports, sessions = self.pane.cards
        row = QHBoxLayout()
        row.setSpacing(px(t.GAP_3))
        for cards, stretch in (
            ((withdrawn, said, gates, self.task_card), 5),
            ((tests, reports, sessions), 7),
        ):
            side = QWidget()
            column = QVBoxLayout(side)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(px(t.GAP_3))
            column.setAlignment(Qt.AlignmentFlag.AlignTop)
            for card in cards:
                column.addWidget(card)
            row.addWidget(side, stretch)
        self.body.addLayout(row)

    @property
    def application_id(self) -> int:
        """いま示している申込。"""
        return self._id

    def refresh(self) -> None:
        """いまの記録から書き直す。"""
        self._show(progress.get_course(self._context.office, self._id))

    def _show(self, view: CourseView) -> None:
        row = view.row
        self.acts.view = view
        self.heading.setText(row.name)
        self.aside.setText(f"受付 {row.reception}　{row.reading}")
        self.chip.set(row.stage_words, STAGE_TONES[row.stage])
        self.rules.setText(rules_words(view.rules))
        self.sentences.setText("\n".join(view.sentences))
        tasks = [_task_words(r) for r in view.reports if r.task]
        self.tasks.setText("\n".join(tasks))
        show_if(self.task_card, bool(tasks))
        self.pane.show(view)
        office = self._context.office
        may_confirm = row.withdrawal_due and office.may("progress.confirm_withdrawal")
        may_take_back = view.withdrawal_missed and office.may("progress.take_back_withdrawal")
        show_if(self.withdraw_button, may_confirm)
        show_if(self.back_button, may_take_back)

    def _told(self, words: str) -> None:
        self._changed(words)
        self.refresh()
        self.banner.show_message(words)

    def _refused(self, words: str) -> None:
        self.banner.show_message(words, t.Tone.BAD)

    def step(self, by: int) -> None:
        """盤の並びで、前か次の人へ移る。"""
        found = self._move(by)
        if found is not None:
            self._id = found
            self.banner.clear()
            self.refresh()
