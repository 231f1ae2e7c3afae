"""一人の答案を見る窓：左に写し、右に設問ごとの答と点。写しはここで除く。"""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QWidget

from app.domain.errors import RuleViolation
from app.services import scoring
from app.services.views.scoring import ScoreRow, ScoresView
from app.services.views.scoring_marking import GridRow, typed_words
from ui.messages import Dialog, ask_reason
from ui.rooms.context import RoomContext
from ui.rooms.scoring.scan_pane import ScanPane
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox


@dataclass(frozen=True)
class AnswerLine:
    """設問一つの答と点。points が空なら、除外した設問か、まだ点がない。"""

    number: int
    answer: str
    key: str
    points: int | None
    full: int

    @property
    def points_words(self) -> str:
        """点の言葉。"""
        return "—" if self.points is None else f"{self.points} / {self.full}"


COLUMNS = (
    Column("問", lambda r: r.number, Kind.NUMBER, 40),
    Column("答", lambda r: r.answer, Kind.TEXT, 80),
    Column("正答", lambda r: r.key, Kind.TEXT, 80),
    Column("点", lambda r: r.points_words, Kind.NUMBER, 76, sort=lambda r: r.points),
)


def answer_lines(view: ScoresView, row: ScoreRow, answers: Mapping[int, object]) -> list[AnswerLine]:
    """一人の答と点（得点のない人は空）。answers は打たれた答。"""
    if row.total is None:
        return []
    takers = [r.application_id for r in view.rows if r.total is not None]
    place = takers.index(row.application_id)
    points = {
        q.number: column[place] for q, column in zip(view.table.questions, view.table.points, strict=True)
    }
    found = []
    for q in view.test.questions:
        typed = answers.get(q.number)
        said = typed_words(typed) if isinstance(typed, tuple) else ""
        key = "（記述）" if q.kind == "written" else "".join(q.key)
        found.append(AnswerLine(q.number, said, key, points.get(q.number), q.points))
    return found


class SheetDialog(Dialog):
    """一人の答案。removed は写しを除いたとき。"""

    removed = Signal()

    def __init__(
        self, parent: QWidget | None, context: RoomContext, view: ScoresView, person: GridRow, scans: int
    ) -> None:
        super().__init__(
            parent,
            f"答案：受付{person.reception} {person.name}さん",
            "← → で写しの頁、＋－で大きさ、R で回します。",
        )
        self._context, self._person = context, person
        px, room = current_look().px, self.screen().availableSize()
        self.resize(min(px(1100), int(room.width() * 0.95)), min(px(700), int(room.height() * 0.9)))
        self.note = NoteBox("")
        self.scans = ScanPane(context)
        self.model = RowsModel(COLUMNS, key=lambda r: r.number)
        self.table = RowsView(self.model)
        self.table.setAccessibleName("設問ごとの答と点")
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.scans)
        splitter.addWidget(self.table)
        splitter.setSizes([px(760), px(300)])
        splitter.setStretchFactor(0, 1)
        self.scans.setMinimumHeight(px(300))
        self.body.addWidget(self.note)
        self.body.addWidget(splitter, 1)
        self.remove_button = self.add_action("写しを除く…", self.remove)
        self.action_row.addStretch(1)
        self.close_button = self.add_action("閉じる", self.reject, "main")
        row = next((r for r in view.rows if r.application_id == person.application_id), None)
        self.model.set_rows([] if row is None else answer_lines(view, row, person.answers))
        locked = view.test.locked_at is not None
        self.remove_button.setEnabled(
            bool(scans) and not locked and context.office.may("scoring.remove_scans")
        )
        if person.sheet_id is None:
            self.scans.say("まだ答案の記録がありません。")
        else:
            self.scans.show_sheet(person.sheet_id, scans)
        self.scans.paper.setFocus()

    def remove(self) -> None:
        """写しを、理由を添えて除く。"""
        sheet_id = self._person.sheet_id
        assert sheet_id is not None

        def given(reason: str) -> None:
            try:
                count = scoring.remove_scans(self._context.office, sheet_id, reason)
            except RuleViolation as refusal:
                self.note.set_text(str(refusal), Tone.BAD)
                return
            self.remove_button.setEnabled(False)
            self.scans.say(f"写し{count}点を除きました。")
            self.removed.emit()

        ask_reason(
            self,
            "写しを除く",
            f"受付{self._person.reception} {self._person.name}さんの答案の写しをすべて除きます。答えと点は残ります。"
            "除いたことと理由は監査記録に残り、写しは戻せません（もとのファイルから付け直せます）。",
            "除く",
            given,
        )
