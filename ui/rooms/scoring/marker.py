"""採点の部屋のうち、委員のもの：自分の読む記述の答と、審査する問題だけを見せる。得点と氏名は見せない。"""

from PySide6.QtWidgets import QHBoxLayout

from app.domain.errors import RuleViolation
from app.domain.marking import Standing
from app.services import scoring
from ui.messages import Dialog
from ui.rooms.context import RoomContext
from ui.rooms.scoring.bank import BankDialog
from ui.rooms.scoring.marking import MarkingDialog
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.tokens import Tone
from ui.widgets.cards import Card, EmptyState, button
from ui.widgets.room import RoomPage

_COLUMNS = (
    Column("テスト", lambda r: r[1], Kind.TEXT, 320, least=160),
    Column("自分の読む答", lambda r: r[2], Kind.NUMBER, 120),
)


def to_read(context: RoomContext) -> list[tuple[int, str, int]]:
    """二人で採点するテストごとの、（id, 名, いまの人の読む答の数）。"""
    if context.cohort_id is None:
        return []
    found = []
    for test_id, title in scoring.marking_tests(context.office, context.cohort_id):
        desk = scoring.marking_desk(context.office, test_id)
        left = 0 if desk.locked else sum(i.standing is Standing.TO_READ for i in desk.items)
        found.append((test_id, title, left))
    return found


class MarkerRoom(RoomPage):
    """委員の採点の部屋。"""

    def __init__(self, context: RoomContext) -> None:
        super().__init__("採点", "記述の採点と、問題の審査")
        self._context = context
        self.bank_button = self.add_button("問題庫…", self.open_bank)
        card = Card("記述の採点")
        self.model = RowsModel(_COLUMNS, key=lambda r: r[0])
        self.table = RowsView(self.model)
        self.table.setAccessibleName("採点するテスト")
        self.table.opened.connect(lambda _row: self.mark())
        self.empty = EmptyState("二人で採点するテストは、まだありません。")
        self.mark_button = button("記述を採点…", "main", self.mark)
        card.body.addWidget(self.table, 1)
        card.body.addWidget(self.empty)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.mark_button)
        card.body.addLayout(row)
        self.body.addWidget(card, 1)
        self.refresh()

    def refresh(self) -> None:
        """いまの記録から書き直す。"""
        try:
            rows = to_read(self._context)
        except RuleViolation as refusal:
            self.banner.show_message(str(refusal), Tone.BAD)
            rows = []
        self.model.set_rows(rows)
        self.table.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        self.mark_button.setEnabled(bool(rows))
        if rows and self.table.chosen() is None:
            self.table.selectRow(0)

    def main_action(self) -> None:
        """主な操作：記述を採点する。"""
        self.mark()

    def mark(self) -> None:
        """選んだテストの採点の机を開く。"""
        row = self.table.chosen()
        if row is not None:
            dialog = MarkingDialog(self, self._context, row[0], row[1])
            dialog.saved.connect(lambda: self._saved("採点を記録しました。"))
            dialog.open()

    def open_bank(self) -> None:
        """問題庫の窓を開く。"""
        dialog: Dialog = BankDialog(self, self._context)
        dialog.finished.connect(lambda _result: self.refresh())
        dialog.open()

    def _saved(self, words: str) -> None:
        self._context.changed()
        self.refresh()
        self.banner.show_message(words, Tone.OK)
