"""合格の決定の履歴：採用・合格者の追加・その取消し。開いた決定に凍った結果と、一つ前からの変わり方。"""

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout

from app.services import scoring
from app.services.office import Actor
from app.services.views.progress import OUTCOME_WORDS
from app.services.views.scoring import ScoreRow, ScoresView
from app.services.views.scoring_decisions import DecidedRow, DecisionRow
from ui.rooms.scoring.changes import PASS_TONES, PASSED, points_words
from ui.rooms.scoring.deciding import PeopleDecisionDialog, rule_words
from ui.rooms.scoring.desk import ScoringDesk, ScoringPage
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme import tokens as t
from ui.theme.style import current_look, show_if
from ui.theme.tokens import Tone
from ui.widgets.cards import button, label
from ui.widgets.room import Filter, FilterBar

_KIND_TONES = {"rule": Tone.ACCENT, "addition": Tone.OK, "removal": Tone.WARN}
_DECISIONS = (
    Column("決めた日", lambda r: r.adopted_on, Kind.DATE_SHORT, 92),
    Column("決定", lambda r: r.words, Kind.CHIP, 128, tone=lambda r: _KIND_TONES[r.kind]),
    Column("合格点", lambda r: r.pass_mark, Kind.NUMBER, 62),
    Column("合格", lambda r: f"{r.passed}／{r.judged}名", Kind.NUMBER, 84, sort=lambda r: r.passed),
    Column("決めた会議", lambda r: r.meeting, Kind.TEXT, 190, least=90, drop=1),
    Column("記録した人", lambda r: r.adopted_by, Kind.TEXT, 110, least=70, drop=2),
    Column("理由", lambda r: r.reason.replace("\n", " "), Kind.TEXT, 320, least=120),
)


def _points(row: DecidedRow) -> str:
    if row.total is None:
        return OUTCOME_WORDS[row.outcome]
    return str(row.total) if row.full is None else points_words(row.total, row.full)


def passed_words(row: DecidedRow) -> str:
    """決定での合否の言葉。"""
    return "合格（追加）" if row.added and row.passed else PASSED[row.passed]


def _before(row: DecidedRow) -> str:
    if not row.changed:
        return ""
    total = "" if row.before_total is None else f"{row.before_total}点 "
    return f"{total}{PASSED[row.before_passed]}"


_PEOPLE = (
    Column("受付", lambda r: f"{r.reception_number:04d}", Kind.TEXT, 56),
    Column("氏名", lambda r: r.name, Kind.TEXT, 220, least=120),
    Column("点", _points, Kind.NUMBER, 80, sort=lambda r: r.total),
    Column("合格点", lambda r: r.needed, Kind.NUMBER, 66),
    Column("合否", passed_words, Kind.CHIP, 106, tone=lambda r: PASS_TONES[r.passed]),
    Column("一つ前の決定では", _before, Kind.TEXT, 180, least=120),
)
_SHOWN = {"changed": "変わった人", "all": "全員"}


class DecisionsPage(ScoringPage):
    """上に決定の列（新しい順）、下に選んだ決定の一人ずつの結果。"""

    key = "decisions"
    title = "決定"
    wide = True
    lazy = True

    def __init__(self, desk: ScoringDesk) -> None:
        super().__init__(desk)
        self._people: tuple[DecidedRow, ...] = ()
        self.add_button = button("合格者を加える…", "small", self.add_passers)
        self.add_button.setToolTip("基準に達しない人を、別の決定として合格に加えます。初めの結果は残ります")
        self.remove_button = button("追加を取り消す…", "small", self.remove_passers)
        self.empty = label("", "muted", wrap=True)
        self.model = RowsModel(_DECISIONS, key=lambda r: r.id)
        self.table = RowsView(self.model)
        self.table.setAccessibleName("合格の決定")
        self.table.row_chosen.connect(self._choose)
        self.heading, self.rule = label("", "strong", wrap=True), label("", "caption", wrap=True)
        self.shown = FilterBar()
        self.shown.changed.connect(lambda _key: self._show_people())
        self.people_model = RowsModel(_PEOPLE, key=lambda r: r.application_id)
        self.people_table = RowsView(self.people_model)
        self.people_table.setAccessibleName("決定に残る結果")
        self._build()

    def _build(self) -> None:
        px = current_look().px
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(t.GAP_2))
        head = QHBoxLayout()
        head.addWidget(label("合格の決定（新しい順）", "strong"), 1)
        for one in (self.add_button, self.remove_button):
            head.addWidget(one)
        column.addLayout(head)
        self.table.setMinimumHeight(px(100))
        self.people_table.setMinimumHeight(px(104))
        for table in (self.table, self.people_table):  # 高さは頁に合わせ、中で巻く
            table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        for part, stretch in (
            (self.empty, 0),
            (self.table, 2),
            (self.heading, 0),
            (self.rule, 0),
            (self.shown, 0),
            (self.people_table, 3),
        ):
            column.addWidget(part, stretch)
        column.addStretch(0)

    def show_test(self, view: ScoresView) -> None:
        """決定の履歴を読み直す。"""
        rows = scoring.list_adoptions(self.desk.office, view.test.id)
        self.model.set_rows(rows)
        self.empty.setText(
            "" if rows else "まだ決定がありません。「合格基準」で試し、採用すると、ここに残ります。"
        )
        show_if(self.empty, not rows)
        for one in (self.table, self.heading, self.rule, self.shown, self.people_table):
            show_if(one, bool(rows))
        may = self.desk.office.may("scoring.add_passers")
        self.add_button.setEnabled(may and bool(rows and self._failed()))
        self.remove_button.setEnabled(may and bool(self._added()))
        if rows:
            # 読み直したら、いちばん新しい決定を開く
            self.table.selectRow(0)
            self._choose(self.table.chosen())

    def _choose(self, row: DecisionRow | None) -> None:
        if row is None:
            self._people = ()
            self.people_model.set_rows(())
            return
        people = "、".join(row.people)
        self.heading.setText(
            f"{row.words}：合格{row.passed}名" + (f"（{people}）" if people else "") + f"　理由：{row.reason}"
        )
        self.rule.setText(rule_words(row.form))
        self._people = scoring.get_adoption(self.desk.office, row.id)
        changed = sum(r.changed for r in self._people)
        counts = {"changed": changed, "all": len(self._people)}
        self.shown.set_filters([Filter(key, words, counts[key]) for key, words in _SHOWN.items()])
        self.shown.choose("changed" if changed else "all")
        self._show_people()

    def _show_people(self) -> None:
        only = self.shown.current == "changed"
        self.people_model.set_rows([r for r in self._people if r.changed or not only])

    def _rows(self) -> tuple[ScoreRow, ...]:
        return () if self.desk.scores is None else self.desk.scores.rows

    def _failed(self) -> list[ScoreRow]:
        """合格に加えられる人：得点があって不合格の人。合計の高い順。"""
        found = [r for r in self._rows() if r.passed is False and r.total is not None]
        return sorted(found, key=lambda r: (-(r.total or 0), r.reception_number))

    def _added(self) -> list[ScoreRow]:
        return [r for r in self._rows() if r.added]

    def add_passers(self) -> None:
        """合格者を後から加える。"""
        self._decide_people(
            "合格者を加える",
            "採用した基準に達しない人を、合格に加えます。基準の採用とは別の決定として残り、点も初めの結果も変わりません。"
            "合計の高い順に並んでいます。",
            self._failed(),
            adding=True,
        )

    def remove_passers(self) -> None:
        """誤って加えた人の追加を取り消す。"""
        self._decide_people(
            "合格者の追加を取り消す",
            "加えた人を、基準のとおりの結果に戻します。加えた決定の記録は残ります。",
            self._added(),
            adding=False,
        )

    def _decide_people(self, title: str, text: str, rows: list[ScoreRow], *, adding: bool) -> None:
        desk, test_id = self.desk, self.desk.test_id
        if test_id is None or not rows:
            return
        act = scoring.add_passers if adding else scoring.remove_passers
        dialog: PeopleDecisionDialog

        def given(reason: str) -> None:
            people, meeting_id = dialog.chosen(), dialog.meeting_id
            ids = [r.application_id for r in people]
            names = "、".join(r.name for r in people)

            def decided(second: Actor) -> None:
                act(desk.office, test_id, ids, reason, second=second, meeting_id=meeting_id)
                desk.reload()

            what = f"{len(people)}名を合格に加え" if adding else f"{len(people)}名の合格への追加を取り消し"
            desk.context.with_second_person(
                desk.room,
                f"{what}ます：{names}\n理由：{reason}",
                decided,
                f"{what}ました：{names}。",
            )

        dialog = PeopleDecisionDialog(desk, title, text, "二人目の確認へ", rows, given)
        dialog.open()
