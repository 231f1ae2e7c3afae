"""一人の判定：所見（試しているときは見比べ）、在職期間の図と内訳、試しの欄、確認の方法、決定。"""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.domain.calendar import wareki
from app.domain.eligibility_case import FactKey
from app.domain.eligibility_differences import Difference
from app.domain.findings import Status
from app.services.views.eligibility import RESULT_WORDS, EligibilityView
from app.services.views.intake import EmploymentView
from ui.rooms.eligibility.comparison import TONES, ComparisonList
from ui.rooms.eligibility.employments import EmploymentTable
from ui.rooms.eligibility.trial import TrialPanel
from ui.theme import tokens as t
from ui.theme.style import current_look, set_role, show_if
from ui.widgets.cards import NoteBox, button, label
from ui.widgets.chip import Chip
from ui.widgets.findings import FindingLine, FindingList
from ui.widgets.timeline import End, Span, Timeline


class TrialBar(QFrame):
    """試しの変更の一覧と、記録するか元に戻すか。"""

    def __init__(self) -> None:
        super().__init__()
        set_role(self, "note_accent")
        px = current_look().px
        column = QVBoxLayout(self)
        column.setContentsMargins(px(t.GAP_4), px(t.GAP_3), px(t.GAP_4), px(t.GAP_3))
        self.words = label("", wrap=True)
        self.problem = label("", "error", wrap=True)
        row = QHBoxLayout()
        row.addWidget(label("試しの変更（まだ記録していません）", "strong"), 1)
        self.revert_button = button("元に戻す", "small")
        self.record_button = button("この変更を記録する…", "small")
        row.addWidget(self.revert_button)
        row.addWidget(self.record_button)
        column.addLayout(row)
        column.addWidget(self.words)
        column.addWidget(self.problem)
        self.hide()

    def set_trial(self, differences: Sequence[Difference], problems: Sequence[str]) -> None:
        """違いと矛盾を示す。違いがなければ隠す。"""
        self.words.setText("\n".join(f"・{d.words}" for d in differences))
        starts = any(d.key.part == "training" for d in differences)
        stops = [*problems]
        if starts:
            stops.append("研修開始日は研修期の全員に関わるため、試すだけで、ここでは記録できません。")
        self.problem.setText("\n".join(stops))
        show_if(self.problem, bool(stops))
        self.record_button.setEnabled(not stops)
        self.record_button.setToolTip(stops[0] if stops else "")
        show_if(self, bool(differences))


def _days(e: EmploymentView) -> str:
    if e.days is not None:
        return f"{len(e.days)}日"
    found = e.workdays if e.workdays_in_window is None else e.workdays_in_window
    return "日数なし" if found is None else f"{found}日"


class TimelineBox(QWidget):
    """在職期間の図と見出し。上の所見が伸び縮みしても動かないように、巻く所の外に置く。"""

    _MOST = 5

    def __init__(self) -> None:
        super().__init__()
        self.title = label("", "caption", wrap=True)
        self.timeline = Timeline()
        self.timeline.set_editable(True)
        self.trial_button: QPushButton = button("試しに変えてみる", "small")
        self.trial_button.setCheckable(True)
        head = QHBoxLayout()
        self.result = Chip("", t.Tone.MUTED)
        head.addWidget(self.title, 1)
        head.addWidget(self.result)
        head.addWidget(self.trial_button)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(self.timeline)
        set_role(self.timeline, "scrolled")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, current_look().px(t.GAP_2), 0, 0)
        column.setSpacing(current_look().px(t.GAP_1))
        column.addLayout(head)
        column.addWidget(self.area)

    def set_result(self, tried: EligibilityView | None) -> None:
        """試しの判定を、いつも見える札で示す。試していなければ隠す。"""
        if tried is None:
            self.result.set("", t.Tone.MUTED)
        else:
            self.result.set(f"試し：{tried.row.words}", TONES[tried.row.result])

    def set_spans(self, spans: Sequence[Span], window: tuple[date, date]) -> None:
        """在職を示す。多ければ図の中だけを巻く。"""
        self.timeline.set_data(spans, window)
        show_if(self.area, bool(spans))
        look = current_look()
        most = look.px(30) * self._MOST + look.px(34)
        self.area.setFixedHeight(min(self.timeline.sizeHint().height(), most) + 2)


class FindingPanel(QWidget):
    """一人の判定のすべてを示し、触られた事実を edited（FactKey, 値）で知らせる。書くことはない。

    図（chart）は、巻く所の外に置くために、この部品の中には入れない。
    """

    edited = Signal(object, object)

    def __init__(self, today: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ids: list[int] = []
        self.findings, self.comparison = FindingList(), ComparisonList()
        self.chart = TimelineBox()
        self.timeline, self.trial_button = self.chart.timeline, self.chart.trial_button
        self.table = EmploymentTable()
        self.trial = TrialPanel(today)
        self.bar = TrialBar()
        self.note, self.decided = NoteBox(""), NoteBox("", t.Tone.OK)
        self.trial_button.toggled.connect(self._open_trial)
        self.trial.hide()
        self.comparison.hide()
        self.timeline.edited.connect(self._moved)
        self.table.edited.connect(self.edited)
        self.trial.edited.connect(self.edited)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current_look().px(t.GAP_3))
        parts: tuple[QWidget, ...] = (
            self.trial,
            self.bar,
            self.comparison,
            self.findings,
            self.note,
            self.decided,
            self.table,
        )
        for part in parts:
            column.addWidget(part)

    def _open_trial(self, opened: bool) -> None:
        show_if(self.trial, opened)
        self.trial_button.setText("試しの欄を閉じる" if opened else "試しに変えてみる")

    def _moved(self, place: int, end: End, day: date | None) -> None:
        self.edited.emit(FactKey("employment", self._ids[place], end.value), day)

    def show_view(
        self, real: EligibilityView, tried: EligibilityView | None, differences: Sequence[Difference]
    ) -> None:
        """記録のとおりの判定と、試しの判定（なければ None）を示す。"""
        shown = tried or real
        self._ids = [e.id for e in real.employments]
        self._show_findings(real, tried)
        self._show_timeline(real, shown)
        self.chart.set_result(tried)
        self.table.set_view(shown)
        self.trial.set_case(shown.case)
        self.bar.set_trial(differences if tried else (), tried.problems if tried else ())
        head = "試しの場合の確認の方法" if tried else "確認の方法"
        self.note.set_text(f"{head}：{shown.settles}" if shown.settles else "")
        self._show_decision(real)

    def _show_findings(self, real: EligibilityView, tried: EligibilityView | None) -> None:
        show_if(self.findings, tried is None)
        show_if(self.comparison, tried is not None)
        if tried is not None:
            self.comparison.set_views(real, tried)
            return
        self.findings.set_lines(
            FindingLine(
                None if f.requirement == "国家資格による免除" and f.status is Status.NOT_MET else f.status,
                f.requirement,
                f.sentence,
                f.clause,
            )
            for f in real.findings
        )

    def _show_timeline(self, real: EligibilityView, shown: EligibilityView) -> None:
        first, last = shown.window
        held = "棒の端を引くか、選んで左右の鍵を押すと、日付を試せます。"
        self.chart.title.setText(
            f"在職期間（対象期間 {wareki(first)}〜{wareki(last)}）\n"
            f"{held if shown.employments else '在職の記録はありません。'}"
        )
        spans = []
        for old, e in zip(real.employments, shown.employments, strict=True):
            moved = (old.started_on, old.ended_on) != (e.started_on, e.ended_on)
            was = (old.started_on, old.ended_on) if moved else None
            spans.append(Span(e.counter_name, e.started_on, e.ended_on, _days(e), was))
        show_if(self.table, bool(spans))
        self.chart.set_spans(spans, shown.window)

    def _show_decision(self, view: EligibilityView) -> None:
        row = view.row
        if not row.decision or view.decided_on is None:
            self.decided.set_text("")
            return
        words = (
            f"{wareki(view.decided_on)} {view.decided_by}が「{RESULT_WORDS[row.decision]}」と決定しました。"
        )
        if view.reason:
            words += f"理由：{view.reason}（二人目 {view.second_person}）"
        if row.changed_since:
            words += "\n" + changed_words(view)
        self.decided.set_text(words, t.Tone.WARN if row.changed_since else t.Tone.OK)


def changed_words(view: EligibilityView) -> str:
    """決定の後に何が変わったかの言葉。"""
    lines = [
        "決定の後に変わっています。決定はそのまま残してあります。確かめて、必要なら決定し直してください。"
    ]
    lines += [f"・{words}" for words in view.fact_changes]
    lines += [f"・判定　{words}" for words in view.finding_changes]
    if len(lines) == 1:
        lines.append("・この決定は、事実の写しを残さない版で行われたため、どこが変わったかまでは示せません。")
    return "\n".join(lines)
