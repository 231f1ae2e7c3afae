"""設問と分析：設問の表と、正答率 × 識別指数の図。"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.services.scoring import QuestionChange
from app.services.views.scoring import KIND_WORDS, TREATMENT_WORDS, ItemView, QuestionView, ScoresView
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme import tokens as t
from ui.theme.style import current_look, show_if
from ui.theme.tokens import Tone
from ui.widgets.cards import button, label
from ui.widgets.chip import caption_font

# 慣行の目安（要綱にはない）：易しすぎ・難しすぎ・見分けが弱い設問に印を付ける
EASY, HARD, WEAK = 0.9, 0.3, 0.2


@dataclass(frozen=True)
class ItemLine:
    """設問の一行。draft は扱いの案（なければ空）。"""

    question: QuestionView
    item: ItemView | None
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
        if self.draft is None and self.question.treatment is not None:
            return Tone.BAD
        return Tone.WARN

    @property
    def note(self) -> str:
        """目を向けたい設問の言葉。"""
        if self.item is None or self.item.correct_rate is None:
            return ""
        found = []
        if self.item.correct_rate >= EASY:
            found.append("易しい")
        if self.item.correct_rate < HARD:
            found.append("難しい")
        if self.item.discrimination is not None and self.item.discrimination < WEAK:
            found.append("識別が弱い")
        return "・".join(found)

    @property
    def choices(self) -> str:
        """選ばれた肢の内訳。"""
        if self.item is None:
            return ""
        return "　".join(f"{label_} {count}" for label_, count in self.item.choices)


def lines_of(view: ScoresView, drafts: Mapping[int, QuestionChange]) -> list[ItemLine]:
    """設問の行。"""
    items = {i.number: i for i in view.items}
    return [ItemLine(q, items.get(q.number), drafts.get(q.number)) for q in view.test.questions]


def _rate(value: float | None) -> str | None:
    return None if value is None else f"{value * 100:.0f}%"


def _index(value: float | None) -> str | None:
    return None if value is None else f"{value:.2f}"


def _figure(name: str) -> Column:
    titles = {
        "correct_rate": ("正答率", 58),
        "discrimination": ("識別", 50),
        "point_biserial": ("点双列", 58),
    }
    title, width = titles[name]
    shown = _rate if name == "correct_rate" else _index

    def value(row: ItemLine) -> float | None:
        return None if row.item is None else getattr(row.item, name)

    return Column(title, lambda r: shown(value(r)), Kind.NUMBER, width, sort=value)


COLUMNS = (
    Column("問", lambda r: r.question.number, Kind.NUMBER, 38),
    Column("群", lambda r: r.question.subject_group, Kind.TEXT, 36),
    Column("配点", lambda r: r.question.points, Kind.NUMBER, 44),
    Column("正答", lambda r: r.key, Kind.TEXT, 52),
    _figure("correct_rate"),
    _figure("discrimination"),
    _figure("point_biserial"),
    Column("扱い・目安", lambda r: r.remark, Kind.CHIP, 130, tone=lambda r: r.tone),
    Column("形式", lambda r: KIND_WORDS[r.question.kind], Kind.TEXT, 90),
    Column("選ばれた肢", lambda r: r.choices, Kind.TEXT, 220),
)


class ItemMap(QWidget):
    """横に正答率、縦に識別指数を取り、設問の番号を置く。右上ほど易しく、よく見分ける。"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: tuple[tuple[int, float, float, bool], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("正答率と識別指数の図")

    def set_lines(self, lines: Iterable[ItemLine]) -> None:
        """設問を渡す。指数のない設問は置かない。"""
        self._points = tuple(
            (x.question.number, x.item.correct_rate, x.item.discrimination, bool(x.note))
            for x in lines
            if x.item is not None and x.item.correct_rate is not None and x.item.discrimination is not None
        )
        words = "、".join(f"問{n} 正答率{r * 100:.0f}% 識別指数{d:.2f}" for n, r, d, _ in self._points)
        self.setAccessibleDescription(words)
        show_if(self, bool(self._points))
        self.update()

    @property
    def numbers(self) -> tuple[int, ...]:
        """置いている設問の番号。"""
        return tuple(p[0] for p in self._points)

    def sizeHint(self) -> QSize:
        """ふつうの大きさ。"""
        look = current_look()
        return QSize(look.px(360), look.px(190))

    def minimumSizeHint(self) -> QSize:
        """縦には縮めない。"""
        return QSize(current_look().px(240), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """図を描く。"""
        look = current_look()
        px = look.px
        plot = QRectF(px(64), px(8), self.width() - px(76), self.height() - px(38))
        low = min(0.0, *(p[2] for p in self._points)) if self._points else 0.0
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(caption_font(self.font(), look, 11))
        self._axes(painter, plot, low)
        radius = px(8)
        for number, rate, power, noted in self._points:
            x = plot.left() + plot.width() * rate
            y = plot.bottom() - plot.height() * (power - low) / (1 - low)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("warn_weak" if noted else "accent_weak"))
            painter.drawEllipse(QPointF(x, y), radius, radius)
            painter.setPen(look.colour("warn" if noted else "accent"))
            box = QRectF(x - radius * 2, y - radius, radius * 4, radius * 2)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(number))
        painter.end()

    def _axes(self, painter: QPainter, plot: QRectF, low: float) -> None:
        look = current_look()
        px = look.px
        for part in (0.0, 0.25, 0.5, 0.75, 1.0):
            painter.setPen(look.colour("line_weak"))
            x, y = plot.left() + plot.width() * part, plot.bottom() - plot.height() * part
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(look.colour("muted"))
            under = QRectF(x - px(24), plot.bottom() + px(2), px(48), px(14))
            painter.drawText(under, Qt.AlignmentFlag.AlignCenter, f"{part * 100:.0f}%")
            beside = QRectF(px(24), y - px(8), px(34), px(16))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(beside, right, f"{low + (1 - low) * part:.2f}")
        title = QRectF(plot.left(), plot.bottom() + px(15), plot.width(), px(15))
        painter.drawText(title, Qt.AlignmentFlag.AlignCenter, "正答率")
        painter.save()
        painter.translate(px(11), plot.center().y())
        painter.rotate(-90)
        wide = QRectF(-plot.height() / 2, -px(8), plot.height(), px(16))
        painter.drawText(wide, Qt.AlignmentFlag.AlignCenter, "識別指数")
        painter.restore()


class ItemsPage(QWidget):
    """設問の表と図。"""

    def __init__(self, draft: Callable[[], None]) -> None:
        super().__init__()
        self.model = RowsModel(COLUMNS, key=lambda r: r.question.number)
        self.table = RowsView(self.model)
        self.table.setAccessibleName("設問と分析")
        self.map = ItemMap()
        self.caution = label("", "caption", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current_look().px(t.GAP_2))
        column.addWidget(self.map)
        self.draft_button = button("扱いの案…", "small", draft)
        self.draft_button.setToolTip("選んだ設問を不適切として扱う案を立て、前後を試します")
        row = QHBoxLayout()
        row.addWidget(self.caution, 1)
        row.addWidget(self.draft_button)
        column.addLayout(row)
        column.addWidget(self.table, 1)

    def set_data(self, view: ScoresView, drafts: Mapping[int, QuestionChange]) -> None:
        """設問と分析、扱いの案を渡す。"""
        lines = lines_of(view, drafts)
        self.model.set_rows(lines)
        self.map.set_lines(lines)
        words = view.caution or (
            f"n={view.n}。目安：正答率{EASY:.0%}以上は易しい、{HARD:.0%}未満は難しい、識別指数{WEAK}未満は識別が弱い。"
        )
        self.caution.setText(words if view.test.questions else "設問がまだありません。")

    def chosen(self) -> QuestionView | None:
        """選ばれた設問。"""
        row = self.table.chosen()
        return None if row is None else row.question
