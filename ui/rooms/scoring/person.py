"""一人の結果：科目群ごとの得点と、達していない基準。"""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from app.services.views.scoring import ScoreRow, ScoresView
from ui.rooms.scoring.desk import ScoringDesk, ScoringPage
from ui.rooms.scoring.people import state_tone, state_words
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme import tokens as t
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, label
from ui.widgets.chip import Chip

_GROUPS = (
    Column("科目群", lambda r: r[0], Kind.TEXT, 110, least=50),
    Column("得点", lambda r: r[1], Kind.NUMBER, 90, least=50),
    Column("満点", lambda r: r[2], Kind.NUMBER, 90, least=50),
    Column("受験者の平均", lambda r: r[3], Kind.NUMBER, 120, least=100),
)


class PersonPage(ScoringPage):
    """左で選んだ人の、科目群ごとの得点と合否の理由。"""

    key = "person"
    title = "一人の結果"

    def __init__(self, desk: ScoringDesk) -> None:
        super().__init__(desk)
        self.heading, self.chip = label("", "section"), Chip("")
        self.total = label("", "strong", wrap=True)
        self.model = RowsModel(_GROUPS, key=lambda r: r[0])
        self.table = RowsView(self.model)
        self.table.setAccessibleName("科目群ごとの得点")
        self.reasons = NoteBox("", Tone.BAD)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current_look().px(t.GAP_2))
        head = QHBoxLayout()
        head.addWidget(self.heading, 1)
        head.addWidget(self.chip)
        column.addLayout(head)
        column.addWidget(self.total)
        column.addWidget(self.reasons)
        column.addWidget(self.table, 1)

    def show_person(self, row: ScoreRow | None) -> None:
        """一人を示す。選ばれていなければ空にする。"""
        view = self.desk.scores
        if row is None or view is None:
            self.heading.setText("左の一覧から選んでください。")
            self.total.clear()
            self.chip.set("", Tone.MUTED)
            self.reasons.set_text("")
            self.model.set_rows(())
            return
        total = "" if row.total is None else f"合計 {row.total}点／{row.full_total}点"
        if row.total is not None and row.needed is not None:
            total += f"　合格点 {row.needed}点"
        self.heading.setText(f"{row.reception}　{row.name}")
        self.total.setText(total)
        self.chip.set(state_words(row), state_tone(row))
        self.reasons.set_text("\n".join(row.reasons), Tone.BAD)
        # 除外された設問のある人の満点は、人により違う
        full = dict(row.full)
        self.model.set_rows((g, p, full.get(g, 0), _mean(view, g)) for g, p in row.groups)


def _mean(view: ScoresView, group: str) -> str:
    points = [dict(r.groups)[group] for r in view.rows if r.total is not None and group in dict(r.groups)]
    return f"{sum(points) / len(points):.1f}" if points else ""
