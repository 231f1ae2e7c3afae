"""閉じた会議の窓：議決の通知・件数照合表・議決の変更。"""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import RuleViolation
from app.services import committee
from app.services.views.committee import DECISION_WORDS, MeetingView
from app.services.views.reconciliation import Reconciliation, ResultLetterRow, ReversalEffects
from ui.messages import Dialog
from ui.rooms.committee.sheet import DECISION_TONES
from ui.rooms.context import RoomContext
from ui.rooms.intake.working import work_beside
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme import tokens as t
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, label
from ui.widgets.chip import Chip
from ui.widgets.paper import PaperView
from ui.widgets.saving import SavingDialog

_STATE_TONES = {"none": Tone.ACCENT, "made": Tone.OK, "corrected": Tone.WARN}
LETTER_COLUMNS = (
    Column("番", lambda r: f"{r.position:03d}", Kind.TEXT, 42, drop=2),
    Column("氏名", lambda r: r.name, Kind.WRAPPED, 150, least=90),
    Column(
        "議決", lambda r: DECISION_WORDS[r.decision], Kind.CHIP, 84, tone=lambda r: DECISION_TONES[r.decision]
    ),
    Column("通知", lambda r: r.words, Kind.CHIP, 116, tone=lambda r: _STATE_TONES[r.state]),
    Column("作成日", lambda r: r.made_on, Kind.DATE_SHORT, 84, drop=1),
)


class ResultLettersDialog(Dialog):
    """議決の通知の状態と下見。write は（案件の id の列, 文書番号）を送る。列が空なら全員。"""

    write = Signal(list, str)

    def __init__(self, parent: QWidget | None, context: RoomContext, meeting: MeetingView) -> None:
        super().__init__(
            parent,
            f"第{meeting.number}回の議決の通知",
            "凍った議決だけから作り、台帳に紙のまま残します。作ってある人の分は、同じ紙を刷り直します。",
        )
        self._context, self._meeting = context, meeting
        self._shown: int | None = None
        px = current_look().px
        self.setMinimumWidth(px(900))
        self.model = RowsModel(LETTER_COLUMNS, key=lambda r: r.case_id)
        self.table = RowsView(self.model, stretch=1)
        self.table.setAccessibleName("通知の状態")
        self.table.row_chosen.connect(self._choose)
        self.paper, self.note = PaperView("議決の通知の下見"), NoteBox("", Tone.BAD)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.note)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self.paper)
        column.addWidget(area, 1)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.setChildrenCollapsible(False)
        both.addWidget(self.table)
        both.addWidget(side)
        both.setSizes([px(500), px(380)])
        both.setMinimumHeight(px(380))
        self.body.addWidget(both, 1)
        self.number = QLineEdit()
        self.number.setPlaceholderText("文書番号（なくてもよい）")
        self.number.setAccessibleName("文書番号")
        self.number.setMinimumWidth(px(200))
        self.number.setMaximumWidth(px(240))
        self.action_row.addWidget(self.number)
        self.one_button = self.add_action("選んだ人の分…", self.write_chosen)
        self.all_button = self.add_action("全員分を書き出す…", self.write_all)
        self.action_row.addStretch(1)
        self.add_action("閉じる", self.accept, "main")
        self.refresh()

    def refresh(self) -> None:
        """いまの記録から書き直す。"""
        rows = committee.list_result_letters(self._context.office, self._meeting.id)
        self._shown = None
        self.model.set_rows(rows)
        may = self._context.office.may("committee.make_result_letters")
        self.one_button.setEnabled(may and bool(rows))
        self.all_button.setEnabled(may and bool(rows))
        if rows and self.table.chosen() is None:
            self.table.selectRow(0)
        else:
            self._choose(self.table.chosen() if rows else None)

    def _choose(self, row: ResultLetterRow | None) -> None:
        if row is None or self._shown == row.case_id:
            return
        self._shown = case_id = row.case_id
        office, meeting_id = self._context.office, self._meeting.id

        def arrived(pdf: bytes) -> None:
            if self._shown == case_id:
                self.note.set_text("")
                self.paper.set_pdf(pdf)

        def refused(refusal: RuleViolation) -> None:
            if self._shown == case_id:
                self.paper.set_pdf(None)
                self.note.set_text(str(refusal), Tone.BAD)

        work_beside(
            self._context,
            self,
            lambda: committee.preview_result_letter(office, meeting_id, case_id),
            arrived,
            refused,
        )

    def write_all(self) -> None:
        """全員分を書き出す。"""
        self.write.emit([], self.number.text().strip())

    def write_chosen(self) -> None:
        """選んだ人の分を書き出す。"""
        places = sorted(i.row() for i in self.table.selectionModel().selectedRows())
        ids = [self.model.rows[place].case_id for place in places]
        if ids:
            self.write.emit(ids, self.number.text().strip())


class ReconciliationDialog(Dialog):
    """件数照合表。合わないところは、案件の番号とともに言う。"""

    def __init__(self, parent: QWidget | None, found: Reconciliation) -> None:
        super().__init__(
            parent,
            f"第{found.meeting_number}回の件数照合表",
            "凍った議決と、通知・認定証・名簿・庁への便の件数を照らし合わせます。議事録の最後のページにも載ります。",
        )
        self.setMinimumWidth(current_look().px(680))
        if found.agrees:
            self.verdict = NoteBox("件数はすべて合っています。", Tone.OK)
        else:
            words = "\n".join(m.sentence for m in found.mismatches)
            self.verdict = NoteBox(f"合わないところが{len(found.mismatches)}件あります。\n{words}", Tone.BAD)
        self.body.addWidget(self.verdict)
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setHorizontalSpacing(current_look().px(t.GAP_4))
        grid.setColumnStretch(2, 1)
        for place, row in enumerate(found.rows):
            grid.addWidget(label(row.title), place, 0)
            grid.addWidget(label(str(row.count), "section"), place, 1, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(label(row.words, wrap=True), place, 2)
            words, tone = ("済み", Tone.OK) if row.settled else ("残りあり", Tone.WARN)
            grid.addWidget(Chip(words, tone), place, 3)
        self.body.addWidget(holder)
        self.action_row.addStretch(1)
        self.add_action("閉じる", self.accept, "main")


class ReversalDialog(SavingDialog):
    """閉じた会議の議決の変更。掛かっているものを先に示し、理由を尋ねる。given は理由を送る。"""

    given = Signal(str)

    def __init__(self, parent: QWidget | None, effects: ReversalEffects) -> None:
        super().__init__(
            parent,
            "議決の変更",
            f"案件{effects.position:03d}　{effects.name}さんの議決「{DECISION_WORDS[effects.decision]}」を変更します。"
            "変更すると、次のようになります。元の記録は、すべて読めるまま残ります。",
            "二人目の確認へ",
        )
        self.setMinimumWidth(current_look().px(680))
        self.lines = effects.lines
        self.body.insertWidget(0, _effect_grid(effects.lines))
        self.reason = QPlainTextEdit()
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(current_look().px(80))
        self.form.add(
            "reason", "理由", self.reason, "欠番の理由・改める通知・監査記録に載ります", required=True
        )
        self.reason.setFocus()

    def errors(self) -> dict[str, str]:
        """理由は要る。"""
        return {} if self.reason.toPlainText().strip() else {"reason": "議決を変更する理由を書いてください。"}

    def save(self) -> None:
        """理由を渡す。"""
        self.given.emit(self.reason.toPlainText().strip())


def _effect_grid(lines: Sequence[tuple[str, str]]) -> QWidget:
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(current_look().px(t.GAP_4))
    grid.setColumnStretch(1, 1)
    for place, (what, words) in enumerate(lines):
        grid.addWidget(label(what, "muted"), place, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(label(words, wrap=True), place, 1, Qt.AlignmentFlag.AlignTop)
    return holder
