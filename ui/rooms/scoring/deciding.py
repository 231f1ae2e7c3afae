"""決定の窓：合格基準の採用と、合格者の追加・その取消し。決めた会議と理由を添える。"""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QComboBox, QWidget

from app.domain.calendar import wareki
from app.services.committee import deciding_meetings, list_meetings
from app.services.scoring import PassRuleForm
from app.services.views.scoring import TREATMENT_WORDS, RulePreview, ScoreRow
from ui.messages import ReasonDialog
from ui.rooms.scoring.changes import moved, names_words
from ui.rooms.scoring.desk import ScoringDesk
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import current_look
from ui.widgets.cards import label


def rule_words(form: PassRuleForm) -> str:
    """合格基準の言葉。"""
    mark = f"合格点{form.total_minimum + form.correction}点"
    if form.correction:
        mark += f"（{form.total_minimum}点を{form.correction:+d}点補正）"
    groups = "、".join(f"{g} {m}点" for g, m in form.group_minimum)
    parts = [mark, f"科目群の最低点 {groups}" if groups else ""]
    parts.append("0点の科目群があれば不合格" if form.no_zero else "0点の科目群を問わない")
    treated = "、".join(f"問{c.number} {TREATMENT_WORDS[c.treatment]}" for c in form.changes)
    parts.append(f"設問の扱い {treated}" if treated else "")
    return "、".join(p for p in parts if p)


class MeetingChoice(QComboBox):
    """決めた会議。選ばなくてもよい。"""

    def __init__(self, desk: ScoringDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        cohort_id = desk.context.cohort_id
        may = cohort_id is not None and desk.office.may("committee.list_meetings")
        meetings = list_meetings(desk.office, cohort_id) if may and cohort_id is not None else ()
        self.addItem("会議の記録を添えない" if meetings else "会議の記録はまだありません", None)
        for one in meetings:
            self.addItem(f"第{one.number}回（{wareki(one.held_on)}）", one.id)
        self.setEnabled(bool(meetings))

    def offer(self, meeting_ids: Sequence[int]) -> None:
        """その議題を可決した会議があれば、それを選んでおく（新しいものから）。"""
        places = [place for m in meeting_ids if (place := self.findData(m)) >= 0]
        if places:
            self.setCurrentIndex(places[0])

    @property
    def meeting_id(self) -> int | None:
        """選ばれた会議（なければ None）。"""
        found: int | None = self.currentData()
        return found


class DecisionDialog(ReasonDialog):
    """理由と、決めた会議を尋ねる窓。"""

    def __init__(
        self, desk: ScoringDesk, title: str, text: str, action: str, given: Callable[[str], None]
    ) -> None:
        super().__init__(desk.room, title, text, action, given)
        self.setMinimumWidth(current_look().px(600))
        self.meeting = MeetingChoice(desk)
        self.editor.setFixedHeight(current_look().px(84))
        self._form.add("meeting", "決めた会議", self.meeting, "会議の部屋で作った会議から選べます")

    @property
    def meeting_id(self) -> int | None:
        """決めた会議（なければ None）。"""
        return self.meeting.meeting_id


class AdoptionDialog(DecisionDialog):
    """試した合格基準を採用する。何が変わるかを先に示す。"""

    def __init__(
        self, desk: ScoringDesk, form: PassRuleForm, result: RulePreview, given: Callable[[str], None]
    ) -> None:
        self.summary = adoption_words(form, result)
        words = f"{self.summary}\n一人ずつの結果を記録します。前の採用も残ります。"
        super().__init__(desk, "合格基準の採用", words, "採用する", given)
        if desk.test_id is not None and desk.office.may("committee.deciding_meetings"):
            self.meeting.offer(deciding_meetings(desk.office, desk.test_id))


def adoption_words(form: PassRuleForm, result: RulePreview) -> str:
    """採用の前に示す言葉：基準、合格の数、合否の変わる人の名。"""
    passed = f"合格{result.passed_after}名"
    if result.passed_before is None:
        return f"{rule_words(form)}。{passed}。"
    lines = [f"{rule_words(form)}。{passed}（いまは{result.passed_before}名）。"]
    up, down = moved(result.changes)
    if up:
        lines.append(f"合格になる{len(up)}名：{names_words(up)}")
    if down:
        lines.append(f"不合格になる{len(down)}名：{names_words(down)}")
    still = len(result.changes) - len(up) - len(down)
    if still:
        lines.append(f"点か満点だけが変わる人は{still}名です。")
    return "\n".join(lines)


def _missed(row: ScoreRow) -> str:
    """達していない基準の名（「合計、科目群B」）。"""
    return "、".join(reason.partition("は")[0] for reason in row.reasons)


_PEOPLE = (
    Column("受付", lambda r: r.reception, Kind.TEXT, 56),
    Column("氏名", lambda r: r.name, Kind.TEXT, 190, least=120),
    Column("合計", lambda r: f"{r.total}/{r.full_total}", Kind.NUMBER, 76, sort=lambda r: r.total),
    Column("合格点", lambda r: r.needed, Kind.NUMBER, 62),
    Column("差", lambda r: None if r.needed is None else r.total - r.needed, Kind.NUMBER, 48),
    Column("達していない基準", _missed, Kind.TEXT, 260, least=120),
)


class PeopleDecisionDialog(DecisionDialog):
    """表で選んだ人についての決定。rows から一人以上を選ぶ（Ctrl か Shift で何人でも）。"""

    def __init__(
        self,
        desk: ScoringDesk,
        title: str,
        text: str,
        action: str,
        rows: list[ScoreRow],
        given: Callable[[str], None],
    ) -> None:
        super().__init__(desk, title, text, action, given)
        px = current_look().px
        self.setMinimumWidth(px(760))
        self.model = RowsModel(_PEOPLE, key=lambda r: r.application_id)
        self.table = RowsView(self.model)
        self.table.setAccessibleName("決定の対象の人")
        self.table.setMinimumHeight(px(210))
        self.model.set_rows(rows)
        self.count, self.people_error = label("", "strong"), label("", "error")
        place = self.body.indexOf(self._form)
        for offset, widget in enumerate((self.table, self.count, self.people_error)):
            self.body.insertWidget(place + offset, widget)
        self.people_error.hide()
        self.table.selectionModel().selectionChanged.connect(lambda *_parts: self._show_count())
        self._show_count()
        self.table.setFocus()

    def chosen(self) -> list[ScoreRow]:
        """選ばれている人（表の順）。"""
        places = sorted(i.row() for i in self.table.selectionModel().selectedRows())
        return [self.model.rows[place] for place in places]

    def _show_count(self) -> None:
        people = self.chosen()
        names = "、".join(r.name for r in people[:6]) + ("…" if len(people) > 6 else "")
        self.count.setText(f"選んだ人 {len(people)}名　{names}" if people else "表から人を選んでください。")
        if people:
            self.people_error.hide()

    def submit(self) -> None:
        """人が選ばれていなければ進まない。"""
        if not self.chosen():
            self.people_error.setText("人が選ばれていません。一人以上を選んでください。")
            self.people_error.show()
            self.table.setFocus()
            return
        super().submit()
