"""合格基準：分布の上で試し、変わる人を見てから採用する。"""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.domain.item_analysis import Analysis, TestFigures
from app.services import scoring
from app.services.scoring import PassRuleForm, QuestionChange
from app.services.views.scoring import TREATMENT_WORDS, RulePreview, ScoresView
from ui.background import Progress
from ui.messages import show_error
from ui.rooms.scoring.changes import ChangesWords
from ui.rooms.scoring.desk import ScoringDesk, ScoringPage
from ui.theme import tokens as t
from ui.theme.style import current_look, show_if
from ui.widgets.cards import button, label
from ui.widgets.flow import FlowLayout
from ui.widgets.form import Form
from ui.widgets.histogram import Bar, Histogram
from ui.widgets.number import NumberBox

# 採用がまだないときに置く、試すための初めの値（満点に対する割合）
FIRST_TRY = 0.6
_WAIT = 40


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


def first_form(view: ScoresView) -> PassRuleForm:
    """試しを始める値：採用されている基準（なければ満点の6割）。"""
    return view.adoption.form if view.adoption else PassRuleForm(round(view.test.full_marks * FIRST_TRY))


def _beside(name: QWidget, field: QWidget) -> QWidget:
    """欄の名と欄を、離れて折り返さない一組にする。"""
    made = QWidget()
    line = QHBoxLayout(made)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(current_look().px(t.GAP_2))
    line.addWidget(name)
    line.addWidget(field)
    return made


class RulePage(ScoringPage):
    """合格点・補正・科目群の最低点・設問の扱いの案を試す。

    tried は試しの結果（まだなら None）を送る。refused は、断られたか試せなかったとき。
    """

    key = "rule"
    title = "合格基準"
    tried = Signal(object)
    refused = Signal()

    def __init__(self, desk: ScoringDesk) -> None:
        super().__init__(desk)
        self._against: PassRuleForm | None = None
        self._bars: list[Bar] = []
        self._asked = 0
        self._loading = False
        self.result: RulePreview | None = None
        self._changes: tuple[QuestionChange, ...] = ()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT)
        self._timer.timeout.connect(self.try_now)
        self._build()

    def _build(self) -> None:
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
        self.no_zero = QCheckBox("0点の群があれば不合格")
        self.groups: dict[str, NumberBox] = {}
        self.group_row = FlowLayout()
        self.group_row.setSpacing(px(t.GAP_2))
        holder = QWidget()
        holder.setLayout(self.group_row)
        self.group_row.setContentsMargins(0, 0, 0, 0)
        self.form = Form()
        self.form.add("total", "合格点", self._mark_row())
        self.form.add("groups", "科目群の最低点", holder)
        self.form.add("no_zero", "", self.no_zero)
        self.drafts = label("", wrap=True)
        self.clear_button = button("案をすべて取り下げる", "small", self.desk.clear_drafts)
        self.outcome = label("", "strong", wrap=True)
        self.changes = ChangesWords()
        draft_row = QHBoxLayout()
        draft_row.addWidget(self.drafts, 1)
        draft_row.addWidget(self.clear_button)
        for widget in (self.figures, self.caution, self.histogram):
            column.addWidget(widget)
        column.addLayout(draft_row)
        for part in (self.outcome, self.changes, self.form, self.adopted):
            column.addWidget(part)
        column.addStretch(1)
        for spin in (self.total, self.correction):
            spin.valueChanged.connect(self._changed)
        self.no_zero.toggled.connect(self._changed)

    def _mark_row(self) -> QWidget:
        px = current_look().px
        marks = FlowLayout()
        marks.setContentsMargins(0, 0, 0, 0)
        marks.setSpacing(px(t.GAP_2))
        self.total.setAccessibleName("合格点")
        self.total.setToolTip("分布の線を動かしても変わります")
        self.correction.setAccessibleName("委員会の補正")
        self.correction.setToolTip("委員会の補正（負は引き下げ）")
        marks.addWidget(self.total)
        marks.addWidget(_beside(label("補正", "muted"), self.correction))
        mark_row = QWidget()
        mark_row.setLayout(marks)
        return mark_row

    def show_test(self, view: ScoresView) -> None:
        """得点と分布を示し、試す値を置く。試し始めていれば、いまの値を保つ。"""
        form = self.value() if self.desk.started else None
        self.desk.started = bool(view.test.questions)
        if not view.test.questions:
            return
        self._loading = True
        # 採用の前は、初めの値からの変わり方を示す
        self._against = None if view.adoption else first_form(view)
        self._set_values(view, form or first_form(view))
        self._loading = False
        self.figures.setText(figures_words(view))
        self.caution.setText(view.caution)
        show_if(self.caution, bool(view.caution))
        self._bars = bars_of(view)
        self._show_adopted(view)
        self._show_drafts()
        self._show_mark()
        self.try_now()

    def _set_values(self, view: ScoresView, start: PassRuleForm) -> None:
        full = view.test.full_marks
        self._set_groups(view)
        self.total.setRange(0, full)
        self.correction.setRange(-full, full)
        self.total.setValue(start.total_minimum)
        self.correction.setValue(start.correction)
        self.no_zero.setChecked(start.no_zero)
        minimum = dict(start.group_minimum)
        for group, spin in self.groups.items():
            spin.setValue(minimum.get(group, 0))

    def show_analysis(self, view: ScoresView, analysis: Analysis) -> None:
        """分析が済んだら、信頼性係数と測定の標準誤差を添える。"""
        self.figures.setText(figures_words(view) + analysis_words(analysis.figures))

    def adoptable(self) -> tuple[PassRuleForm, RulePreview] | None:
        """いま試している合格基準とその結果。試しが済んでいないか断られていれば None。"""
        return None if self.result is None else (self.value(), self.result)

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
                self.group_row.addWidget(_beside(name, spin))
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

    def _show_drafts(self) -> None:
        changes = self.desk.drafts
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
            # 前の値で走っている試しを、いまの値の結果にしない
            self._asked += 1
            self.outcome.setText("試しています…")
            self.tried.emit(None)
            self._timer.start()

    def try_now(self) -> None:
        """画面の外で試す。遅れて届いた前の試しは捨てる。"""
        self._timer.stop()
        self._asked += 1
        # 前の試しの結果で、いまの値を採用させない
        self.result = None
        asked, form, against = self._asked, self.value(), self._against
        office, test_id = self.desk.office, self.desk.test_id
        assert test_id is not None

        def work(_progress: Progress) -> tuple[int, RulePreview | RuleViolation]:
            try:
                return asked, scoring.preview_rule(office, test_id, form, against)
            except RuleViolation as refusal:
                return asked, refusal

        self.desk.context.background.run(work, self._arrived, self._failed)

    def _arrived(self, found: tuple[int, RulePreview | RuleViolation]) -> None:
        asked, result = found
        if asked != self._asked:
            return
        if isinstance(result, RuleViolation):
            self._refused(result)
            return
        self.result = result
        self.form.show_errors({})
        before = "採用はまだありません" if self._against else f"いまの採用では{result.passed_before}名"
        self.outcome.setText(f"試し：合格点{result.pass_mark}点で合格{result.passed_after}名（{before}）")
        since = "いまの採用" if self._against is None else f"合格点{self._against.total_minimum}点"
        self.changes.show_changes(result.changes, f"{since}から、点も合否も変わる人はいません。")
        self.tried.emit(result)

    def _refused(self, refusal: RuleViolation) -> None:
        self.result = None
        self.changes.show_changes(())
        self.outcome.setText("")
        # 合格点の外れは合格点の欄に、科目群の最低点の外れはその欄に出す
        field = "groups" if "科目群" in str(refusal) else "total"
        self.form.show_errors({field: str(refusal)})
        self.tried.emit(None)
        self.refused.emit()

    def _failed(self, error: BaseException) -> None:
        self.result = None
        self.tried.emit(None)
        self.refused.emit()
        show_error(self, error)
