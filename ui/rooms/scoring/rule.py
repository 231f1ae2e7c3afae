"""合格基準：分布の上で試し、変わる人を見てから採用する。"""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.domain.item_analysis import TestFigures
from app.services.scoring import PassRuleForm, QuestionChange
from app.services.views.scoring import TREATMENT_WORDS, RuleChange, RulePreview, ScoresView
from ui.background import Progress
from ui.messages import show_error
from ui.rooms.context import RoomContext
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme import tokens as t
from ui.theme.style import current_look, show_if
from ui.theme.tokens import Tone
from ui.widgets.cards import button, label
from ui.widgets.form import Form
from ui.widgets.histogram import Bar, Histogram
from ui.widgets.number import NumberBox

# 採用がまだないときに置く、試すための初めの値（満点に対する割合）
FIRST_TRY = 0.6
_WAIT = 120
PASSED = {True: "合格", False: "不合格", None: "未判定"}
PASS_TONES = {True: Tone.OK, False: Tone.BAD, None: Tone.MUTED}
_CHANGES = (
    Column("受付", lambda r: f"{r.reception_number:04d}", Kind.TEXT, 56),
    Column("氏名", lambda r: r.name, Kind.TEXT, 170),
    Column("前の点", lambda r: r.before_total, Kind.NUMBER, 60),
    Column("後の点", lambda r: r.after_total, Kind.NUMBER, 60),
    Column(
        "前", lambda r: PASSED[r.before_passed], Kind.CHIP, 76, tone=lambda r: PASS_TONES[r.before_passed]
    ),
    Column("後", lambda r: PASSED[r.after_passed], Kind.CHIP, 76, tone=lambda r: PASS_TONES[r.after_passed]),
)


def bars_of(view: ScoresView) -> list[Bar]:
    """分布の棒。最後の階級は満点を含む。"""
    last = len(view.distribution) - 1
    return [
        Bar(low, high if place == last else high + 1, count)
        for place, (low, high, count) in enumerate(view.distribution)
    ]


def figures_words(view: ScoresView) -> str:
    """受験者の数と、点の平均・ばらつきの言葉。"""
    parts = [f"受験{view.n}名"]
    if view.mean is not None:
        parts.append(f"平均 {view.mean:.1f}点")
    if view.deviation is not None:
        parts.append(f"標準偏差 {view.deviation:.1f}")
    return "　".join(parts)


def analysis_words(figures: TestFigures) -> str:
    """信頼性係数と測定の標準誤差の言葉（出せなければ空）。"""
    found = figures.reliability
    if found.value is None:
        return ""
    return f"　信頼性係数{found.name} {found.value:.2f}　測定の標準誤差 {found.measurement:.1f}点"


class RulePage(QWidget):
    """合格点・補正・科目群の最低点・設問の扱いの案を試す。tried は試しの結果（断られたら None）を送る。"""

    tried = Signal(object)

    def __init__(
        self,
        context: RoomContext,
        preview: Callable[[PassRuleForm], RulePreview],
        cleared: Callable[[], None],
    ) -> None:
        super().__init__()
        self._context, self._preview = context, preview
        self._bars: list[Bar] = []
        self._asked = 0
        self._loading = False
        self.result: RulePreview | None = None
        self._changes: tuple[QuestionChange, ...] = ()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT)
        self._timer.timeout.connect(self.try_now)
        self._build(cleared)

    def _build(self, cleared: Callable[[], None]) -> None:
        px = current_look().px
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(t.GAP_2))
        self.figures, self.caution = label("", "caption", wrap=True), label("", "alarm", wrap=True)
        self.histogram = Histogram()
        self.histogram.setMinimumHeight(px(116))
        self.histogram.mark_moved.connect(self._mark_moved)
        self.adopted = label("", "okay", wrap=True)
        self.total, self.correction = NumberBox(), NumberBox()
        self.no_zero = QCheckBox("0点の科目群があれば不合格")
        self.groups: dict[str, NumberBox] = {}
        self.group_row = QHBoxLayout()
        self.group_row.setSpacing(px(t.GAP_2))
        holder = QWidget()
        holder.setLayout(self.group_row)
        self.group_row.setContentsMargins(0, 0, 0, 0)
        self.form = Form()
        self.form.add("total", "合格点", self._mark_row())
        self.form.add("groups", "科目群の最低点", holder)
        self.form.add("no_zero", "", self.no_zero)
        self.drafts = label("", wrap=True)
        self.clear_button = button("案をすべて取り下げる", "small", cleared)
        self.outcome = label("", "strong", wrap=True)
        self.changes = RowsModel(_CHANGES, key=_change_key)
        self.table = RowsView(self.changes, stretch=1)
        self.table.setAccessibleName("点か合否の変わる人")
        self.table.setMinimumHeight(px(110))
        draft_row = QHBoxLayout()
        draft_row.addWidget(self.drafts, 1)
        draft_row.addWidget(self.clear_button)
        for widget in (self.adopted, self.figures, self.caution, self.histogram, self.form):
            column.addWidget(widget)
        column.addLayout(draft_row)
        column.addWidget(self.outcome)
        column.addWidget(self.table, 1)
        # 表を隠しているとき、余った高さを文字に配らない
        column.addStretch(0)
        for spin in (self.total, self.correction):
            spin.valueChanged.connect(self._changed)
        self.no_zero.toggled.connect(self._changed)

    def _mark_row(self) -> QWidget:
        px = current_look().px
        marks = QHBoxLayout()
        marks.setContentsMargins(0, 0, 0, 0)
        marks.setSpacing(px(t.GAP_2))
        self.total.setAccessibleName("合格点")
        self.total.setToolTip("分布の線を動かしても変わります")
        self.correction.setAccessibleName("委員会の補正")
        self.correction.setToolTip("負は引き下げ")
        marks.addWidget(self.total, 1)
        marks.addWidget(label("委員会の補正", "muted"))
        marks.addWidget(self.correction, 1)
        mark_row = QWidget()
        mark_row.setLayout(marks)
        return mark_row

    def load(
        self, view: ScoresView, form: PassRuleForm | None, changes: Mapping[int, QuestionChange]
    ) -> None:
        """得点と分布を示し、試す値を置く。form が空なら、採用されている基準（なければ満点の6割）から始める。"""
        self._loading = True
        full = view.test.full_marks
        adopted = view.adoption.form if view.adoption is not None else None
        start = form or adopted or PassRuleForm(round(full * FIRST_TRY))
        self._set_groups(view)
        self.total.setRange(0, full)
        self.correction.setRange(-full, full)
        self.total.setValue(start.total_minimum)
        self.correction.setValue(start.correction)
        self.no_zero.setChecked(start.no_zero)
        minimum = dict(start.group_minimum)
        for group, spin in self.groups.items():
            spin.setValue(minimum.get(group, 0))
        self._loading = False
        self.figures.setText(figures_words(view))
        self.caution.setText(view.caution)
        show_if(self.caution, bool(view.caution))
        self._bars = bars_of(view)
        self._show_adopted(view)
        self._show_drafts(changes)
        self._show_mark()
        self.try_now()

    def set_analysis(self, view: ScoresView, figures: TestFigures) -> None:
        """分析が済んだら、信頼性係数と測定の標準誤差を添える。"""
        self.figures.setText(figures_words(view) + analysis_words(figures))

    def _set_groups(self, view: ScoresView) -> None:
        full: dict[str, int] = {}
        for q in view.test.questions:
            full[q.subject_group] = full.get(q.subject_group, 0) + q.points
        if list(self.groups) != sorted(full):
            while (item := self.group_row.takeAt(0)) is not None:
                if (old := item.widget()) is not None:
                    old.setParent(None)
                    old.deleteLater()
            self.groups = {}
            for group in sorted(full):
                name, spin = label(group, "muted"), NumberBox()
                spin.setAccessibleName(f"科目群{group}の最低点")
                spin.valueChanged.connect(self._changed)
                name.setBuddy(spin)
                self.group_row.addWidget(name)
                self.group_row.addWidget(spin, 1)
                self.groups[group] = spin
        for group, spin in self.groups.items():
            spin.setRange(0, full[group])
            spin.setToolTip(f"科目群{group}の満点は{full[group]}点です")

    def _show_adopted(self, view: ScoresView) -> None:
        a = view.adoption
        show_if(self.adopted, a is not None)
        if a is None:
            self.adopted.clear()
            return
        passed = sum(r.passed is True for r in view.rows)
        mark = a.form.total_minimum + a.form.correction
        self.adopted.setText(
            f"{wareki(a.adopted_on)}に採用：合格点{mark}点、合格{passed}名（{a.adopted_by}）。理由：{a.reason}"
        )

    def _show_drafts(self, changes: Mapping[int, QuestionChange]) -> None:
        self._changes = tuple(changes[n] for n in sorted(changes))
        words = "、".join(f"問{c.number}：{TREATMENT_WORDS[c.treatment]}" for c in self._changes)
        self.drafts.setText(f"設問の扱いの案　{words}" if words else "")
        show_if(self.drafts, bool(words))
        show_if(self.clear_button, bool(words))

    def _show_mark(self) -> None:
        top = self.total.maximum()
        mark = min(max(self.total.value() + self.correction.value(), 0), top)
        self.histogram.set_data(self._bars, float(mark), movable=True)

    def value(self) -> PassRuleForm:
        """いま試している合格基準。"""
        minimum = tuple((g, s.value()) for g, s in self.groups.items() if s.value())
        return PassRuleForm(
            self.total.value(), minimum, self.no_zero.isChecked(), self.correction.value(), self._changes
        )

    def _mark_moved(self, mark: float) -> None:
        self.total.setValue(round(mark) - self.correction.value())

    def _changed(self, _value: object = None) -> None:
        if not self._loading:
            self._show_mark()
            self.result = None
            self.outcome.setText("試しています…")
            self.tried.emit(None)
            self._timer.start()

    def try_now(self) -> None:
        """画面の外で試す。遅れて届いた前の試しは捨てる。"""
        self._timer.stop()
        self._asked += 1
        # 前の試しの結果で、いまの値を採用させない
        self.result = None
        asked, form = self._asked, self.value()

        def work(_progress: Progress) -> tuple[int, RulePreview | RuleViolation]:
            try:
                return asked, self._preview(form)
            except RuleViolation as refusal:
                return asked, refusal

        self._context.background.run(work, self._arrived, self._failed)

    def _arrived(self, found: tuple[int, RulePreview | RuleViolation]) -> None:
        asked, result = found
        if asked != self._asked:
            return
        if isinstance(result, RuleViolation):
            self._refused(result)
            return
        self.result = result
        self.form.show_errors({})
        first = result.passed_before is None
        # 採用の前は、全員の合否が「未判定」から変わる。知りたいのは点の変わる人だけ
        changed = [c for c in result.changes if not first or c.before_total != c.after_total]
        self.changes.set_rows(changed)
        show_if(self.table, bool(changed))
        before = "採用はまだありません" if first else f"いまの採用では{result.passed_before}名"
        what = "点の変わる人" if first else "点か合否の変わる人"
        self.outcome.setText(
            f"試し：合格点{result.pass_mark}点で合格{result.passed_after}名（{before}）。{what}{len(changed)}名"
        )
        self.tried.emit(result)

    def _refused(self, refusal: RuleViolation) -> None:
        self.result = None
        self.changes.set_rows(())
        self.outcome.setText("")
        # 合格点の外れは合格点の欄に、科目群の最低点の外れはその欄に出す
        field = "groups" if "科目群" in str(refusal) else "total"
        self.form.show_errors({field: str(refusal)})
        self.tried.emit(None)

    def _failed(self, error: BaseException) -> None:
        self.result = None
        self.tried.emit(None)
        show_error(self, error)


def _change_key(row: RuleChange) -> int:
    return row.application_id
