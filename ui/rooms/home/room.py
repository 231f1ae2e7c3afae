"""ホーム：今日の仕事。"""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.domain.calendar import wareki, wareki_short, weekday_ja
from app.services import home, scoring
from app.services.views.home import Task
from ui.rooms.context import RoomContext
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme import tokens as t
from ui.theme.style import current_look
from ui.widgets.cards import Card, EmptyState, button, label
from ui.widgets.funnel import Funnel, FunnelStep
from ui.widgets.histogram import Bar, Histogram
from ui.widgets.room import RoomPage
from ui.widgets.scrolling import FittingArea


class HomeRoom(RoomPage):
    """今日の仕事・人数の流れ・直近の分布・満了の波・最近の操作。"""

    def __init__(self, context: RoomContext) -> None:
        super().__init__("今日の仕事")
        self._context = context
        self.funnel = Funnel()
        self.body.addWidget(self.funnel)
        self.tasks = RowsModel(
            (
                Column("期限", self._due, Kind.CHIP, 92, tone=self._tone),
                Column("内容", lambda r: r.text, Kind.WRAPPED, 320, least=160),
                Column("対象", lambda r: r.who, Kind.WRAPPED, 204, least=110),
                Column("区分", lambda r: r.room_title, Kind.TEXT, 90, drop=1),
                Column("", lambda _r: None, Kind.TEXT, 66),
            ),
            key=lambda r: (r.room, r.target_id, r.text),
        )
        self.view = RowsView(self.tasks, stretch=1)
        self.view.setAccessibleName("対応が必要なもの")
        self.view.opened.connect(self._open)
        self.todo = Card("対応が必要なもの")
        self.nothing = EmptyState("対応が必要なものはありません。")
        self.todo.body.addWidget(self.view)
        self.todo.body.addWidget(self.nothing)
        self.scores = Card("修了認定テスト")
        self.histogram = Histogram()
        self.scores.body.addWidget(self.histogram)
        self.waves_card = Card("有効期間の満了")
        self.waves_words = label("", wrap=True)
        self.waves_card.body.addWidget(self.waves_words)
        self.recent_card = Card("最近の操作")
        self.recent_words = label("", "caption", wrap=True)
        self.recent_card.body.addWidget(self.recent_words)
        self.recent_card.body.addStretch(1)
        self.side = FittingArea()
        self.side.column.setSpacing(current_look().px(t.GAP_3))
        self.side.column.addWidget(self.scores)
        self.side.column.addWidget(self.waves_card)
        self.side.column.addWidget(self.recent_card, 1)
        row = QHBoxLayout()
        row.setSpacing(current_look().px(t.GAP_3))
        row.addWidget(self.todo, 5)
        row.addWidget(self.side, 2)
        self.body.addLayout(row, 1)
        self.tasks.modelReset.connect(self._put_buttons)
        self.tasks.layoutChanged.connect(self._put_buttons)
        self.refresh()

    def _put_buttons(self) -> None:
        """どの行にも「開く」を置く。鍵では、矢印で選んで Enter。"""
        last = len(self.tasks.columns) - 1
        for place, task in enumerate(self.tasks.rows):
            made = button("開く", "small", partial(self._open, task))
            made.setAccessibleName(f"{task.text}（{task.who}）を開く")
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            holder = QWidget()
            line = QHBoxLayout(holder)
            line.setContentsMargins(0, 0, 0, 1)
            line.addWidget(made, 0, Qt.AlignmentFlag.AlignCenter)
            self.view.setIndexWidget(self.tasks.index(place, last), holder)

    def _due(self, task: Task) -> str:
        if task.due is None:
            return "期限なし"
        days = (task.due - self._context.office.today()).days
        if days < 0:
            return f"{-days}日超過"
        return "今日" if days == 0 else f"あと{days}日" if days <= 14 else wareki_short(task.due)

    def _tone(self, task: Task) -> t.Tone:
        if task.due is None:
            return t.Tone.MUTED
        days = (task.due - self._context.office.today()).days
        return t.Tone.BAD if days <= 0 else t.Tone.WARN if days <= 7 else t.Tone.MUTED

    def _open(self, task: Task) -> None:
        self._context.open_room(task.room, task.target_id)

    def main_action(self) -> None:
        """選ばれた仕事を開く。"""
        if (task := self.view.chosen()) is not None:
            self._open(task)

    def refresh(self) -> None:
        """いまの記録から書き直す。"""
        office, cohort_id = self._context.office, self._context.cohort_id
        today = office.today()
        words = f"{wareki(today)}（{weekday_ja(today)}）"
        if cohort_id is None:
            self.set_heading("今日の仕事", words)
            self.funnel.set_steps(())
            self.tasks.set_rows(())
            self.nothing.set_text(
                "研修期がまだありません。受付の部屋で研修期を作ってください。",
                "受付を開く",
                partial(self._context.open_room, "intake", None),
            )
        else:
            self.set_heading("今日の仕事", f"{words}　{home.cohort_words(office, cohort_id)}")
            self.funnel.set_steps([FunnelStep(s.title, s.count) for s in home.funnel(office, cohort_id)])
            self.tasks.set_rows(home.tasks(office, cohort_id))
            self.nothing.set_text("対応が必要なものはありません。")
        found = bool(self.tasks.rows)
        self.view.setVisible(found)
        if found and self.view.chosen() is None:
            self.view.selectRow(0)
        self.nothing.setVisible(not found)
        self.todo.set_title("対応が必要なもの", f"{len(self.tasks.rows)}件")
        self._refresh_side(cohort_id)

    def _refresh_side(self, cohort_id: int | None) -> None:
        office = self._context.office
        tests = scoring.list_tests(office, cohort_id) if cohort_id is not None else ()
        self.scores.setVisible(bool(tests))
        if tests:
            found = scoring.score_test(office, tests[-1].id)
            passed = sum(bool(r.passed) for r in found.rows)
            mean = "—" if found.mean is None else f"{found.mean:.1f}点"
            self.scores.set_title("修了認定テスト", f"受験 {found.n}名　合格 {passed}名　平均 {mean}")
            full, rule = found.test.full_marks, found.adoption
            mark = None if rule is None else float(rule.form.total_minimum + rule.form.correction)
            # 最後の階級は満点を含む
            bars = [Bar(low, high if high == full else high + 1, n) for low, high, n in found.distribution]
            self.histogram.set_data(bars, mark)
        waves = home.waves(office)
        lines = [f"{wareki(w.expires_on)}　認証者 {w.certified}　更新済 {w.renewed}" for w in waves]
        self.waves_words.setText("\n".join(lines) or "有効な認証はまだありません。")
        recent = [f"{r.at}　{r.who}　{r.summary}" for r in home.recent(office)]
        self.recent_words.setText("\n".join(recent) or "まだ操作がありません。")
