"""問題庫の一問：問題文・肢・版・審査の記録・テストでの使われ方。"""

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.analysis_words import index, percent
from app.services.views.scoring import KIND_WORDS
from app.services.views.scoring_bank import (
    ACTION_WORDS,
    STATE_WORDS,
    BankQuestionView,
    BankUse,
    BankVersionView,
)
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme import tokens as t
from ui.theme.style import current_look, show_if
from ui.theme.tokens import Tone
from ui.widgets.cards import label
from ui.widgets.chip import Chip
from ui.widgets.flow import FlowLayout
from ui.widgets.room import Filter, FilterBar
from ui.widgets.scrolling import FittingArea

STATE_TONES = {"draft": Tone.WARN, "review": Tone.ACCENT, "approved": Tone.OK, "retired": Tone.MUTED}
_NO_FIGURE = "—"


def rate_words(use: BankUse) -> str:
    """正答率の言葉。出せなければ横線。"""
    return _NO_FIGURE if use.correct_rate.value is None else percent(use.correct_rate.value)


def power_words(use: BankUse) -> str:
    """識別指数の言葉。出せなければ横線。"""
    return _NO_FIGURE if use.discrimination.value is None else index(use.discrimination.value)


_VERSIONS = (
    Column("版", lambda v: f"第{v.version}版", Kind.TEXT, 60),
    Column("状態", lambda v: STATE_WORDS[v.state], Kind.CHIP, 72, tone=lambda v: STATE_TONES[v.state]),
    Column("書いた人", lambda v: v.made_by, Kind.TEXT, 150, least=80),
    Column("作った日", lambda v: v.made_at.date(), Kind.DATE_SHORT, 90, drop=1),
)
_REVIEWS = (
    Column("日", lambda r: r.at.date(), Kind.DATE_SHORT, 84),
    Column("審査", lambda r: ACTION_WORDS[r.action], Kind.TEXT, 92),
    Column("人", lambda r: r.by, Kind.TEXT, 96, least=70),
    Column(
        "意見",
        lambda r: "　".join(x for x in (r.remark.replace("\n", " "), r.meeting) if x),
        Kind.TEXT,
        220,
        least=100,
    ),
)
_USES = (
    Column("テスト", lambda u: u.title if u.locked else f"{u.title}（未確定）", Kind.TEXT, 170, least=100),
    Column("実施日", lambda u: u.held_on, Kind.DATE_SHORT, 84),
    Column("問", lambda u: u.number, Kind.NUMBER, 36),
    Column("版", lambda u: u.version, Kind.NUMBER, 36, drop=1),
    Column("正答率", rate_words, Kind.NUMBER, 60, sort=lambda u: u.correct_rate.value),
    Column("識別", power_words, Kind.NUMBER, 52, sort=lambda u: u.discrimination.value),
    Column("n", lambda u: u.n, Kind.NUMBER, 44),
)
_TABS = {"reviews": "審査の記録", "versions": "版", "uses": "使われ方"}


class BankDetail(QWidget):
    """選ばれた問題。版を選べば、その版の問題文と審査の記録を見せる。"""

    def __init__(self) -> None:
        super().__init__()
        px = current_look().px
        self._question: BankQuestionView | None = None
        self._version: BankVersionView | None = None
        self.heading, self.chip = label("", "section", wrap=True), Chip("")
        self.facts = label("", "caption", wrap=True)
        self.text, self.choices = label("", wrap=True), label("", wrap=True)
        self.tabs = FilterBar()
        self.versions = RowsModel(_VERSIONS, key=lambda v: v.id)
        self.reviews = RowsModel(_REVIEWS, key=lambda r: (r.at, r.action))
        self.uses = RowsModel(_USES, key=lambda u: (u.test_id, u.number))
        self.tables = {
            "reviews": RowsView(self.reviews),
            "versions": RowsView(self.versions),
            "uses": RowsView(self.uses, stretch=0),
        }
        self.none = label("", "muted", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(t.GAP_3), 0, 0, 0)
        column.setSpacing(px(t.GAP_2))
        head = QHBoxLayout()
        head.addWidget(self.heading, 1)
        head.addWidget(self.chip)
        column.addLayout(head)
        self.acts = FlowLayout()
        column.addWidget(self.facts)
        # 長い問題文は、ここだけで巻く
        self.reading = FittingArea()
        self.reading.setMinimumHeight(px(96))
        for one in (self.text, self.choices):
            self.reading.column.addWidget(one)
        self.reading.column.addStretch(1)
        column.addWidget(self.reading, 1)
        column.addLayout(self.acts)
        column.addWidget(self.tabs)
        for key, table in self.tables.items():
            table.setAccessibleName(_TABS[key])
            table.setMinimumHeight(px(130))
            column.addWidget(table, 1)
        column.addWidget(self.none)
        column.addStretch(0)
        self.tabs.changed.connect(lambda _key: self._show_tab())
        self.tables["versions"].row_chosen.connect(self._show_version)
        self.show_question(None)

    def add_acts(self, buttons: Sequence[QWidget]) -> None:
        """問題に行うことのボタンを、問題文の下に並べる（狭ければ次の行に送る）。"""
        for one in buttons:
            self.acts.addWidget(one)

    def show_question(self, question: BankQuestionView | None) -> None:
        """一問を出す。"""
        self._question = question
        self.versions.set_rows(() if question is None else question.versions)
        self.uses.set_rows(() if question is None else question.uses)
        counts = {"versions": len(self.versions.rows), "uses": len(self.uses.rows)}
        self.tabs.set_filters([Filter(key, words, counts.get(key)) for key, words in _TABS.items()])
        self._show_version(None if question is None else question.newest)

    @property
    def version(self) -> BankVersionView | None:
        """見せている版。"""
        return self._version

    def _show_version(self, version: BankVersionView | None) -> None:
        question = self._question
        if version is None and question is not None:
            version = question.newest
        self._version = version
        if question is None or version is None:
            self.heading.setText("左の一覧から問題を選んでください。")
            self.chip.set("", Tone.MUTED)
            for one in (self.facts, self.text, self.choices):
                one.setText("")
            self.reviews.set_rows(())
            self._show_tab()
            return
        self.heading.setText(f"{question.code}　第{version.version}版")
        self.chip.set(STATE_WORDS[version.state], STATE_TONES[version.state])
        facts = [f"科目群{question.subject_group}", KIND_WORDS[question.kind], f"配点{version.points}点"]
        facts += [
            x for x in (question.ability_words, f"作題 {question.author}" if question.author else "") if x
        ]
        self.facts.setText("　".join([*facts, f"起草 {version.made_by}"]))
        self.text.setText(version.text)
        marks = ("○" if name in version.key else "　" for name, _ in version.choices)
        lines = [f"{mark}{name}　{words}" for mark, (name, words) in zip(marks, version.choices, strict=True)]
        self.choices.setText("\n".join(lines))
        show_if(self.choices, bool(lines))
        self.reviews.set_rows(version.reviews)
        self._show_tab()

    def _show_tab(self) -> None:
        current = self.tabs.current or "reviews"
        empty = {
            "reviews": "まだ審査に出していません。",
            "versions": "",
            "uses": "まだテストに入っていません。承認された版を［テストに入れる］で入れられます。",
        }
        for key, table in self.tables.items():
            show_if(table, key == current and bool(table.rows_model.rows))
        none = self._question is not None and not self.tables[current].rows_model.rows
        self.none.setText(empty[current] if none else "")
        show_if(self.none, none)
