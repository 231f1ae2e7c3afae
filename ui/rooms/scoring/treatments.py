"""設問の扱いを試す：通常と四つの扱いを並べ、合格の数と変わる人を見比べて一つを選ぶ。"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLineEdit

from app.domain.errors import RuleViolation
from app.services import scoring
from app.services.scoring import PassRuleForm, QuestionChange
from app.services.views.scoring import TREATMENT_WORDS, QuestionView, RuleChange, RulePreview
from app.services.views.scoring_decisions import TreatmentEffect
from ui.messages import Dialog
from ui.rooms.intake.working import work_beside
from ui.rooms.scoring.changes import ChangesWords, changes_table, movers_first
from ui.rooms.scoring.desk import ScoringDesk
from ui.rooms.scoring.dialogs import labels
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, label
from ui.widgets.form import Form

# 扱いが、点と満点をどう変えるかの説明
MEANINGS = {
    None: "答案どおりに採点する",
    "all_correct": "全員に配点を与える。満点は変わらない",
    "excluded_for_missed": "誤った人からだけ除く。その人の満点と合格点が縮む",
    "excluded_for_all": "設問がなかったことにする。全員の満点と合格点が縮む",
    "several_right": "ほかの肢も正解とする。満点は変わらない",
}
_WAIT = 150


@dataclass(frozen=True)
class EffectLine:
    """扱い一つの行。now はいまの扱いか。"""

    effect: TreatmentEffect
    now: bool

    @property
    def words(self) -> str:
        """扱いの名。"""
        name = TREATMENT_WORDS[self.effect.treatment]
        return f"{name}（いま）" if self.now else name


def _count(name: str) -> Callable[[EffectLine], int | None]:
    def value(row: EffectLine) -> int | None:
        found: int | None = None if row.effect.problem else getattr(row.effect, name)
        return found

    return value


def _passed(row: EffectLine) -> str:
    e = row.effect
    return "" if e.problem else f"{e.passed_before} → {e.passed_after}名"


def _meaning(row: EffectLine) -> str:
    return row.effect.problem or MEANINGS[row.effect.treatment]


COLUMNS = (
    Column("扱い", lambda r: r.words, Kind.TEXT, 178),
    Column("合格（前 → 後）", _passed, Kind.TEXT, 118, sort=_count("passed_after")),
    Column("変わる人", _count("changed"), Kind.NUMBER, 76),
    Column("合格へ", _count("up"), Kind.NUMBER, 64),
    Column("不合格へ", _count("down"), Kind.NUMBER, 76),
    Column("点と満点", _meaning, Kind.TEXT, 330, least=120),
)


def treat_question(
    desk: ScoringDesk, question: QuestionView | None, form: Callable[[], PassRuleForm]
) -> None:
    """選ばれた設問の扱いを試す窓を開き、選ばれた扱いを案として立てる。form はいま試している合格基準。"""
    if question is None:
        desk.page_wanted.emit("items")
        desk.say("扱いを変える設問を、表から選んでください。", Tone.WARN)
        return

    def chosen(change: QuestionChange) -> None:
        desk.put_draft(change, same=change.treatment == question.treatment and change.key is None)
        desk.page_wanted.emit("rule")

    dialog = TreatmentDialog(desk, question, form())
    dialog.drafted.connect(chosen)
    dialog.open()


class TreatmentDialog(Dialog):
    """設問一つの扱いを見比べる。ここでは何も書かず、合格基準の採用のときに決まる。drafted は選んだ案を送る。"""

    drafted = Signal(object)

    def __init__(self, desk: ScoringDesk, question: QuestionView, form: PassRuleForm) -> None:
        words = (
            f"科目群{question.subject_group}　配点{question.points}点　{question.text}".strip()
            + "\nどの扱いでも、決まるのは合格基準を採用したときです。"
        )
        super().__init__(desk.room, f"設問の扱いを試す：問{question.number}", words)
        self._desk, self._question, self._form = desk, question, form
        self._asked = 0
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(_WAIT)
        self._wait.timeout.connect(self.compare)
        self._build()
        self.compare()

    def _build(self) -> None:
        px = current_look().px
        self.setMinimumWidth(px(860))
        self.key = QLineEdit(",".join(self._draft_key()))
        self.fields = Form()
        self.fields.add("key", "正答とする肢", self.key, "複数の肢を正解とするときの肢。例：ア,ウ")
        self.fields.setVisible(self._question.kind != "written")
        self.key.textChanged.connect(lambda _text: self._wait.start())
        self.model = RowsModel(COLUMNS, key=lambda r: r.effect.treatment or "none")
        self.table = RowsView(self.model)
        self.table.setAccessibleName("扱いの見比べ")
        self.table.setFixedHeight(px(204))
        self.table.row_chosen.connect(self._show_chosen)
        self.table.opened.connect(lambda _row: self.submit())
        self.heading, self.refusal = label("", "strong"), NoteBox("", Tone.BAD)
        self.changes = ChangesWords()
        self.people, self.people_table = changes_table()
        self.people_table.setMinimumHeight(px(170))
        parts = (self.refusal, self.table, self.fields, self.heading, self.changes, self.people_table)
        for widget in parts:
            self.body.addWidget(widget)
        self.cancel_button = self.add_action("閉じる", self.reject)
        self.action_row.addStretch(1)
        self.main_button = self.add_action("この扱いを合格基準で試す", self.submit, "main")
        self.main_button.setEnabled(False)

    def _draft(self) -> QuestionChange | None:
        return self._desk.drafts.get(self._question.number)

    def _draft_key(self) -> Sequence[str]:
        draft = self._draft()
        return self._question.key if draft is None or draft.key is None else draft.key

    def chosen(self) -> EffectLine | None:
        """選ばれている扱い。"""
        found: EffectLine | None = self.table.chosen()
        return found

    def compare(self) -> None:
        """五つの扱いを、画面の外で試す。"""
        self._wait.stop()
        self._asked += 1
        asked, office, test_id = self._asked, self._desk.office, self._desk.test_id
        assert test_id is not None
        form, number, key = self._form, self._question.number, labels(self.key.text())

        def arrived(effects: tuple[TreatmentEffect, ...]) -> None:
            if asked == self._asked:
                self._show(effects)

        work_beside(
            self._desk.context,
            self,
            lambda: scoring.compare_treatments(office, test_id, form, number, key),
            arrived,
            self._refused,
        )

    def _show(self, effects: Sequence[TreatmentEffect]) -> None:
        self.refusal.set_text("")
        wanted = [
            e for e in effects if not (self._question.kind == "written" and e.treatment == "several_right")
        ]
        first = not self.model.rows
        self.model.set_rows([EffectLine(e, e.treatment == self._question.treatment) for e in wanted])
        if first:
            draft = self._draft()
            now = self._question.treatment if draft is None else draft.treatment
            self.table.select_key(now or "none")
            self.table.setFocus()
        else:
            self._show_chosen(self.chosen())

    def change(self) -> QuestionChange | None:
        """選ばれている扱いの案。試せない扱いなら None。"""
        row = self.chosen()
        if row is None or row.effect.problem:
            return None
        several = row.effect.treatment == "several_right"
        return QuestionChange(
            self._question.number, row.effect.treatment, labels(self.key.text()) if several else None
        )

    def _show_chosen(self, row: EffectLine | None) -> None:
        change = self.change()
        self.main_button.setEnabled(change is not None)
        self.heading.setText("" if row is None else f"「{TREATMENT_WORDS[row.effect.treatment]}」としたとき")
        self._show_people((), "" if row is None else row.effect.problem)
        if row is None or change is None:
            return
        f, office, test_id = self._form, self._desk.office, self._desk.test_id
        assert test_id is not None
        others = tuple(c for c in f.changes if c.number != change.number)
        trial = PassRuleForm(f.total_minimum, f.group_minimum, f.no_zero, f.correction, (*others, change))
        plain = PassRuleForm(f.total_minimum, f.group_minimum, f.no_zero, f.correction)

        def arrived(result: RulePreview) -> None:
            if self.change() == change:
                self._show_people(result.changes, "点も合否も変わる人はいません。")

        work_beside(
            self._desk.context,
            self,
            lambda: scoring.preview_rule(office, test_id, trial, plain),
            arrived,
            self._refused,
        )

    def _show_people(self, changes: Sequence[RuleChange], none: str) -> None:
        self.changes.show_changes(changes, none)
        self.people.set_rows(movers_first(changes))

    def _refused(self, refusal: RuleViolation) -> None:
        self.refusal.set_text(str(refusal), Tone.BAD)

    def submit(self) -> None:
        """選んだ扱いを案として渡し、閉じる。"""
        change = self.change()
        if change is not None:
            self.accept()
            self.drafted.emit(change)
