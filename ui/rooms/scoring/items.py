"""設問と分析：設問の表と、設問の図・科目群の箱ひげ図・選んだ設問の肢の表。"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout

from app.domain.abilities import ABILITIES
from app.domain.analysis_words import index, percent
from app.domain.item_analysis import EASY, HARD, WEAK, Analysis, ItemFigures, TestFigures
from app.services.scoring import QuestionChange
from app.services.views.scoring import KIND_WORDS, TREATMENT_WORDS, QuestionView, ScoresView
from ui.rooms.scoring.boxes import BoxPlot
from ui.rooms.scoring.desk import ScoringDesk, ScoringPage
from ui.rooms.scoring.item_detail import ItemDetail
from ui.rooms.scoring.item_map import Dot, ItemMap
from ui.rooms.scoring.report import save_report
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme import tokens as t
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import button, label
from ui.widgets.room import Filter, FilterBar

PICTURES = {"map": "設問の図", "groups": "科目群", "abilities": "能力"}
_NO_ABILITY = "設問に能力が定められていません。「設問を編集…」で定めると、能力ごとの得点率が出ます。"


@dataclass(frozen=True)
class ItemLine:
    """設問の一行。item は分析（まだなら空）、draft は扱いの案（なければ空）。"""

    question: QuestionView
    item: ItemFigures | None
    draft: QuestionChange | None

    @property
    def key(self) -> str:
        """正答の肢。"""
        return "（記述）" if self.question.kind == "written" else ",".join(self.question.key)

    @property
    def remark(self) -> str:
        """扱いの案か、通常でない扱いか、目を向けたい設問の言葉。"""
        if self.draft is not None:
            return f"案：{TREATMENT_WORDS[self.draft.treatment]}"
        return self.note if self.question.treatment is None else TREATMENT_WORDS[self.question.treatment]

    @property
    def tone(self) -> Tone:
        """札の調子。"""
        if self.draft is not None:
            return Tone.WARN
        severe = self.item is not None and self.item.severe
        return Tone.BAD if severe or self.question.treatment is not None else Tone.WARN

    @property
    def note(self) -> str:
        """目を向けたい設問の言葉。"""
        return "" if self.item is None else "・".join(self.item.flags)

    @property
    def choices(self) -> str:
        """選ばれた肢の内訳。"""
        if self.item is None or self.question.kind == "written":
            return ""
        return "　".join(f"{c.label} {c.n}" for c in self.item.choices)

    @property
    def dot(self) -> Dot | None:
        """図の点。指数がなければ空。"""
        if self.item is None:
            return None
        # 扱いを変えた設問は、答案どおりの所に置く（全員正解にすると、どれも右下に集まる）
        shown = self.item.untreated or self.item
        rate, power = shown.correct_rate.value, shown.discrimination.value
        if rate is None or power is None:
            return None
        tone = "bad" if self.item.severe else "warn" if self.item.flags else "accent"
        return Dot(self.question.number, rate, power, tone)


def lines_of(
    view: ScoresView, drafts: Mapping[int, QuestionChange], analysis: Analysis | None
) -> list[ItemLine]:
    """設問の行。"""
    items = {} if analysis is None else {i.number: i for i in analysis.items}
    return [ItemLine(q, items.get(q.number), drafts.get(q.number)) for q in view.test.questions]


def _figure(title: str, width: int, name: str, shown: Callable[[float | None], str], drop: int = 0) -> Column:
    def value(row: ItemLine) -> float | None:
        return None if row.item is None else getattr(row.item, name).value

    def text(row: ItemLine) -> str:
        return "" if row.item is None else shown(value(row))

    return Column(title, text, Kind.NUMBER, width, sort=value, drop=drop)


COLUMNS = (
    Column("問", lambda r: r.question.number, Kind.NUMBER, 38),
    Column("群", lambda r: r.question.subject_group, Kind.TEXT, 36, drop=1),
    Column("正答", lambda r: r.key, Kind.TEXT, 52),
    _figure("正答率", 58, "correct_rate", percent),
    _figure("識別", 50, "discrimination", index),
    _figure("点双列", 58, "correlation", index, drop=2),
    Column("n", lambda r: None if r.item is None else r.item.n, Kind.NUMBER, 44, drop=3),
    Column("扱い・目安", lambda r: r.remark, Kind.CHIP, 150, tone=lambda r: r.tone, least=100),
    Column("配点", lambda r: r.question.points, Kind.NUMBER, 44, drop=4),
    Column("形式", lambda r: KIND_WORDS[r.question.kind], Kind.TEXT, 90, drop=5),
    Column("能力", lambda r: r.question.ability_words, Kind.TEXT, 170, least=100, drop=6),
    Column("選ばれた肢", lambda r: r.choices, Kind.TEXT, 220, least=120, drop=7),
)


def test_words(figures: TestFigures) -> str:
    """テスト全体の値の言葉。"""
    parts = [f"n={figures.n}"]
    if figures.mean is not None and figures.box is not None:
        parts.append(f"平均 {figures.mean:.1f}点（最低 {figures.box.low:g}　最高 {figures.box.high:g}）")
        parts.append(f"中央値 {figures.box.median:g}点")
    if figures.deviation is not None:
        parts.append(f"標準偏差 {figures.deviation:.1f}")
    if figures.skewness.value is not None:
        parts.append(f"歪度 {figures.skewness.value:.2f}")
    found = figures.reliability
    if found.value is None:
        return "　".join([*parts, f"信頼性係数 —（{found.reason}）"])
    parts.append(f"{found.name} {found.value:.2f}（標準誤差 {found.error:.3f}）")
    return "　".join([*parts, f"測定の標準誤差 {found.measurement:.1f}点"])


test_words.__test__ = False  # type: ignore[attr-defined]


class ItemsPage(ScoringPage):
    """設問の表と図。図の点と表の行は互いに選び合う。treating は選んだ設問の扱いを試すとき。"""

    key = "items"
    title = "設問と分析"
    wide = True  # 分析は広く見せる
    treating = Signal()

    def __init__(self, desk: ScoringDesk) -> None:
        super().__init__(desk)
        self._may_report = desk.office.may("scoring.write_analysis")
        self.model = RowsModel(COLUMNS, key=lambda r: r.question.number)
        self.table = RowsView(self.model)
        self.table.setAccessibleName("設問と分析")
        self.map, self.detail = ItemMap(), ItemDetail()
        self.boxes, self.abilities = BoxPlot("科目群"), BoxPlot("能力", _NO_ABILITY)
        self.figures, self.caution = label("", "caption", wrap=True), label("", "caption", wrap=True)
        self.pictures, self.stack = FilterBar(), QStackedWidget()
        self.pictures.set_filters([Filter(key, words) for key, words in PICTURES.items()])
        for widget in (self.map, self.boxes, self.abilities):
            self.stack.addWidget(widget)
        self.draft_button = button("設問の扱いを試す…", "small", self.treating.emit)
        self.draft_button.setToolTip("選んだ設問を不適切として扱ったときの、合格の数と変わる人を見比べます")
        self.paper_button = button("報告書 PDF…", "small", lambda: self.write_report(".pdf"))
        self.paper_button.setToolTip("委員会に出すテスト分析報告書を PDF で書き出します")
        self.book_button = button("Excel…", "small", lambda: self.write_report(".xlsx"))
        self.book_button.setToolTip("分析の表を Excel のブックで書き出します")
        self._build()
        self.pictures.changed.connect(lambda _key: self._show_picture())
        self.table.row_chosen.connect(self._row_chosen)
        self.table.opened.connect(lambda _row: self.treating.emit())
        self.map.picked.connect(self.table.select_key)
        self._row_chosen(None)

    def _build(self) -> None:
        px = current_look().px
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(t.GAP_2))
        head = QHBoxLayout()
        head.addWidget(self.figures, 1)
        for one in (self.draft_button, self.paper_button, self.book_button):
            head.addWidget(one)
        column.addLayout(head)
        column.addWidget(self.caution)
        right = QVBoxLayout()
        right.setSpacing(px(t.GAP_1))
        right.addWidget(self.pictures)
        right.addWidget(self.stack)
        right.addWidget(self.detail, 1)
        body = QHBoxLayout()
        body.setSpacing(px(t.GAP_3))
        body.addWidget(self.table, 1)
        body.addLayout(right, 1)
        column.addLayout(body, 1)

    def _show_picture(self) -> None:
        self.stack.setCurrentIndex(list(PICTURES).index(self.pictures.current))

    def _row_chosen(self, row: ItemLine | None) -> None:
        self.map.set_chosen(None if row is None else row.question.number)
        self.detail.show_item(None if row is None else row.question, None if row is None else row.item)

    def write_report(self, suffix: str) -> None:
        """テスト分析報告書を書き出す。suffix は .pdf か .xlsx。"""
        if self.desk.scores is not None:
            save_report(self.desk.context, self.desk.room, self.desk.scores, suffix)

    def show_test(self, view: ScoresView) -> None:
        """設問と扱いの案を出す（分析は、計算が済むまで空）。"""
        self._show(view, None)

    def show_analysis(self, view: ScoresView, analysis: Analysis) -> None:
        """済んだ分析を出す。"""
        self._show(view, analysis)

    def _show(self, view: ScoresView, analysis: Analysis | None) -> None:
        lines = lines_of(view, self.desk.drafts, analysis)
        self.model.set_rows(lines)
        self.map.set_dots([line.dot for line in lines if line.dot is not None])
        for one in (self.paper_button, self.book_button):
            one.setEnabled(self._may_report and bool(view.n and view.test.questions))
        if analysis is None:
            self.figures.setText("分析しています…")
        else:
            self.figures.setText(test_words(analysis.figures))
            self.boxes.set_boxes({f"科目群{g}": box for g, box in analysis.boxes.items()})
            self.abilities.set_boxes({ABILITIES[a]: box for a, box in analysis.abilities.items()})
        words = view.caution or (
            f"目安（慣行）：正答率{EASY:.0%}以上は易しい、{HARD:.0%}未満は難しい、識別指数{WEAK}未満は識別が弱い。"
        )
        self.caution.setText(words if view.test.questions else "設問がまだありません。")
        self._row_chosen(self.table.chosen())

    def chosen(self) -> QuestionView | None:
        """選ばれた設問。"""
        row = self.table.chosen()
        return None if row is None else row.question
