"""答案と採点の頁：一人ずつの入力・照合・写しの進みと、記述の採点の読み残し。"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.domain.errors import RuleViolation
from app.services import scoring
from app.services.views.scoring import ScoresView
from app.services.views.scoring_marking import AnswerGrid, GridRow, MarkingOverview, outcome_label
from ui.rooms.intake.working import work_beside
from ui.rooms.scoring.desk import ScoringDesk, ScoringPage
from ui.rooms.scoring.entry import EntryDialog
from ui.rooms.scoring.marking import MarkingDialog
from ui.rooms.scoring.scanning import AttachScansDialog
from ui.rooms.scoring.sheet_view import SheetDialog
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme import tokens as t
from ui.theme.style import current_look, show_if
from ui.theme.tokens import Tone
from ui.widgets.cards import button, label
from ui.widgets.number import NumberBox
from ui.widgets.room import Filter, FilterBar
from ui.widgets.saving import SavingDialog


@dataclass(frozen=True)
class SheetLine:
    """一人の答案の進み。scans は写しの数。"""

    row: GridRow
    scans: int

    @property
    def state(self) -> tuple[str, Tone]:
        """入力の状態の言葉と調子。"""
        if self.row.sheet_id is None:
            return "未入力", Tone.WARN
        return ("照合済", Tone.OK) if self.row.checked_by else ("入力済", Tone.ACCENT)


COLUMNS = (
    Column("受付", lambda r: r.row.reception, Kind.TEXT, 56),
    Column("氏名", lambda r: r.row.name, Kind.TEXT, 220, least=130),
    Column("結果", lambda r: outcome_label(r.row.outcome), Kind.TEXT, 70),
    Column("答え", lambda r: len(r.row.answers) or None, Kind.NUMBER, 52),
    Column("入力", lambda r: r.state[0], Kind.CHIP, 84, tone=lambda r: r.state[1]),
    Column("打った人", lambda r: r.row.entered_by, Kind.TEXT, 120, least=70, drop=2),
    Column("照合した人", lambda r: r.row.checked_by, Kind.TEXT, 120, least=70, drop=2),
    Column("写し", lambda r: r.scans or None, Kind.NUMBER, 52),
)
_FILTERS: dict[str, tuple[str, Callable[[SheetLine], bool]]] = {
    "all": ("すべて", lambda r: True),
    "none": ("未入力", lambda r: r.row.sheet_id is None),
    "unchecked": ("未照合", lambda r: r.row.sheet_id is not None and not r.row.checked_by),
    "no_scan": ("写しなし", lambda r: r.row.outcome == "points" and not r.scans),
}


def gap_words(overview: MarkingOverview) -> str:
    """記述の採点の仕方の言葉。"""
    if not overview.written:
        return "記述の設問はありません。"
    if overview.gap is None:
        return "記述は、答案に書かれた点で採点します。"
    left = f"読み残し {overview.left:,}枚" if overview.left else "すべて読み終わりました"
    return f"記述は二人が別々に読み、差が{overview.gap}点を超えれば三人目が読みます。決まった答 {overview.settled:,}枚、{left}。"


class GapDialog(SavingDialog):
    """記述の採点の仕方（二人の点の許す差）を決める。"""

    def __init__(self, desk: ScoringDesk, overview: MarkingOverview) -> None:
        super().__init__(
            desk.room,
            "記述の採点の仕方",
            "二人が別々に読み、点の差が「許す差」までなら二人の平均（四捨五入）、超えれば三人目も読んで三つの中央の点とします。"
            "初めの点が記録された後は、二人の採点をやめられません。",
            "決める",
        )
        self._desk = desk
        self.ways = QComboBox()
        self.ways.addItem("答案に書かれた点で採点する", "one")
        self.ways.addItem("二人が別々に読む", "two")
        self.gap = NumberBox()
        self.gap.setRange(0, max((q.points for q in overview.written), default=0))
        self.gap.setSuffix(" 点")
        self.gap.setValue(overview.gap or 0)
        self.ways.setCurrentIndex(0 if overview.gap is None else 1)
        self.form.add("way", "採点の仕方", self.ways)
        self.form.add("gap", "許す差", self.gap)
        self.ways.currentIndexChanged.connect(lambda _place: self._show_gap())
        self._show_gap()

    def _show_gap(self) -> None:
        self.gap.setEnabled(self.ways.currentData() == "two")

    def save(self) -> None:
        """決める。"""
        assert self._desk.test_id is not None
        gap = self.gap.value() if self.ways.currentData() == "two" else None
        scoring.set_marking(self._desk.office, self._desk.test_id, gap)


class AnswersPage(ScoringPage):
    """答案の入力・照合・写し・記述の採点を、ここから始める。"""

    key = "answers"
    title = "答案と採点"
    wide = True
    lazy = True

    def __init__(self, desk: ScoringDesk) -> None:
        super().__init__(desk)
        self.overview: MarkingOverview | None = None
        self._view: ScoresView | None = None
        self._lines: tuple[SheetLine, ...] = ()
        self._turn = 0
        self.entry_button = button("答案を打つ…", "small", self.enter)
        self.marking_button = button("記述を採点…", "small", self.mark)
        self.gap_button = button("採点の仕方…", "small", self.set_gap)
        self.scan_button = button("写しを付ける…", "small", self.attach)
        self.view_button = button("答案を見る…", "small", self.view_sheet)
        self.way, self.waiting = label("", wrap=True), label("", "caption", wrap=True)
        self.shown = FilterBar()
        self.model = RowsModel(COLUMNS, key=lambda r: r.row.application_id)
        self.table = RowsView(self.model, stretch=1)
        self.table.setAccessibleName("答案の進み")
        self._build()
        self.shown.changed.connect(lambda _key: self._show_rows())
        self.table.opened.connect(lambda _row: self.view_sheet())
        self.table.row_chosen.connect(lambda row: self.view_button.setEnabled(row is not None))

    def _build(self) -> None:
        px = current_look().px
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(t.GAP_2))
        head = QHBoxLayout()
        head.addWidget(self.shown, 1)
        for one in (self.entry_button, self.scan_button, self.view_button):
            head.addWidget(one)
        column.addLayout(head)
        ways = QHBoxLayout()
        words = QVBoxLayout()
        words.addWidget(self.way)
        words.addWidget(self.waiting)
        ways.addLayout(words, 1)
        for one in (self.gap_button, self.marking_button):
            ways.addWidget(one)
        column.addLayout(ways)
        self.table.setMinimumHeight(px(160))
        # 高さは頁に合わせ、中で巻く
        self.table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        column.addWidget(self.table, 1)

    def show_test(self, view: ScoresView) -> None:
        """進みを、画面の外で読み直す。"""
        self._view = view
        self._turn += 1
        turn, office, test_id = self._turn, self.desk.office, view.test.id

        def read() -> tuple[AnswerGrid, MarkingOverview, dict[int, int]]:
            found = scoring.marking_overview(office, test_id)
            return scoring.answer_grid(office, test_id), found, scoring.scan_counts(office, test_id)

        def arrived(found: tuple[AnswerGrid, MarkingOverview, dict[int, int]]) -> None:
            if turn == self._turn:
                self._show(*found)

        def refused(refusal: RuleViolation) -> None:
            self.desk.say(str(refusal), Tone.BAD)

        work_beside(self.desk.context, self, read, arrived, refused)

    def _show(self, grid: AnswerGrid, overview: MarkingOverview, scans: dict[int, int]) -> None:
        self.overview = overview
        self._lines = tuple(SheetLine(r, scans.get(r.sheet_id or 0, 0)) for r in grid.rows)
        self.way.setText(gap_words(overview))
        self.waiting.setText("　".join(w.words for w in overview.waiting[:4]))
        show_if(self.waiting, bool(overview.waiting))
        may, open_ = self.desk.office.may, not overview.locked
        self.entry_button.setEnabled(bool(grid.rows))
        self.scan_button.setEnabled(open_ and may("scoring.attach_scans"))
        self.gap_button.setEnabled(open_ and bool(overview.written) and may("scoring.set_marking"))
        self.marking_button.setEnabled(overview.gap is not None)
        self._show_rows()

    def _show_rows(self) -> None:
        chosen = self.shown.current or "all"
        self.shown.set_filters(
            [Filter(key, words, sum(map(test, self._lines))) for key, (words, test) in _FILTERS.items()]
        )
        self.model.set_rows([r for r in self._lines if _FILTERS[chosen][1](r)])
        if self.table.chosen() is None and self.model.rows:
            self.table.selectRow(0)
        self.view_button.setEnabled(self.table.chosen() is not None)

    def _open(
        self, kind: type[EntryDialog] | type[MarkingDialog] | type[AttachScansDialog]
    ) -> QWidget | None:
        test = self.desk.test
        if test is None:
            return None
        dialog = kind(self.desk.room, self.desk.context, test.id, test.title)
        dialog.saved.connect(lambda: self._done(dialog))
        dialog.open()
        return dialog

    def _done(self, dialog: QWidget) -> None:
        if isinstance(dialog, AttachScansDialog):
            self.desk.saved(f"答案の写しを{dialog.attached}人に付けました。")
        else:
            self.desk.saved(
                "答案を保存しました。" if isinstance(dialog, EntryDialog) else "採点を記録しました。"
            )

    def enter(self) -> None:
        """答案を打つ窓を開く。"""
        self._open(EntryDialog)

    def mark(self) -> None:
        """記述の採点の机を開く。"""
        self._open(MarkingDialog)

    def attach(self) -> None:
        """写しを付ける窓を開く。"""
        self._open(AttachScansDialog)

    def set_gap(self) -> None:
        """採点の仕方を決める窓を開く。"""
        if self.overview is not None:
            dialog = GapDialog(self.desk, self.overview)
            dialog.saved.connect(lambda: self.desk.saved("記述の採点の仕方を決めました。"))
            dialog.open()

    def view_sheet(self) -> None:
        """選んだ人の答案を、写しと並べて見る。"""
        line: SheetLine | None = self.table.chosen()
        if line is not None and self._view is not None:
            dialog = SheetDialog(self.desk.room, self.desk.context, self._view, line.row, line.scans)
            dialog.removed.connect(lambda: self.desk.saved("答案の写しを除きました。"))
            dialog.open()
