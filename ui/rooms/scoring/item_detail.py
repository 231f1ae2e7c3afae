"""選んだ設問の詳しい分析：指数と、肢の表。"""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.analysis_words import NONE, choice_mark, index, percent, with_reason
from app.domain.item_analysis import ItemFigures
from app.services.views.scoring import TREATMENT_WORDS, QuestionView
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme import tokens as t
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import label

_COLUMNS = (
    Column("肢", lambda r: r[0].label, Kind.TEXT, 64, least=48),
    Column(
        "印",
        lambda r: choice_mark(r[0]),
        Kind.CHIP,
        106,
        tone=lambda r: Tone.OK if r[0].key else Tone.BAD,
    ),
    Column("人数", lambda r: r[0].n, Kind.NUMBER, 48, drop=4),
    Column("割合", lambda r: percent(r[0].share), Kind.NUMBER, 52, sort=lambda r: r[0].share),
    Column("上位", lambda r: percent(r[0].upper), Kind.NUMBER, 52, sort=lambda r: r[0].upper, drop=2),
    Column("下位", lambda r: percent(r[0].lower), Kind.NUMBER, 52, sort=lambda r: r[0].lower, drop=2),
    Column(
        "合計の平均",
        lambda r: NONE if r[0].mean is None else f"{r[0].mean:.1f}",
        Kind.NUMBER,
        84,
        sort=lambda r: r[0].mean,
        drop=3,
    ),
    Column("肢の文", lambda r: r[1], Kind.TEXT, 200, least=80, drop=5),
)


def figures_line(item: ItemFigures, written: bool) -> str:
    """一問の指数の一行。n を必ず添える。"""
    away = f"、除外{item.excluded}名" if item.excluded else ""
    rate, tie = ("得点率", "項目合計相関") if written else ("正答率", "点双列")
    return (
        f"n={item.n}（無答{item.missing}名{away}）　{rate} {with_reason(item.correct_rate, percent(item.correct_rate.value))}　"
        f"識別 {with_reason(item.discrimination, index(item.discrimination.value))}　{tie} {with_reason(item.correlation, index(item.correlation.value))}"
    )


class ItemDetail(QWidget):
    """表で選ばれた設問。"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading, self.figures = label("", "strong", wrap=True), label("", "caption", wrap=True)
        self.flags = label("", "alarm", wrap=True)
        self.model = RowsModel(_COLUMNS, key=lambda r: r[0].label)
        self.table = RowsView(self.model)
        self.table.setAccessibleName("肢の表")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current_look().px(t.GAP_1))
        head = QHBoxLayout()
        head.addWidget(self.heading, 1)
        head.addWidget(self.flags, 1)
        column.addLayout(head)
        column.addWidget(self.figures)
        self.table.setMinimumHeight(current_look().px(102))
        column.addWidget(self.table, 1)

    def show_item(self, question: QuestionView | None, item: ItemFigures | None) -> None:
        """一問を示す。選ばれていなければ、選ぶよう言う。"""
        if question is None or item is None:
            self.heading.setText("表か図から設問を選んでください。")
            self.figures.clear()
            self.flags.clear()
            self.model.set_rows(())
            return
        text = question.text.replace("\n", " ")
        about = "・".join(x for x in (f"科目群{question.subject_group}", question.ability_words) if x)
        self.heading.setText(f"問{question.number}（{about}）　{text[:60]}")
        written = question.kind == "written"
        lines = [figures_line(item, written)]
        if item.untreated is not None:
            lines.append(f"扱い：{TREATMENT_WORDS[question.treatment]}。答案どおりなら")
            lines.append(figures_line(item.untreated, written))
        self.figures.setText("\n".join(lines))
        self.flags.setText("・".join(item.flags))
        self.flags.setVisible(bool(item.flags))
        self.model.set_rows((c, question.choice_text(c.label)) for c in item.choices)
