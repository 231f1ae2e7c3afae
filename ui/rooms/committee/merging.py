"""持ち出しの戻りを取り込む窓：合言葉で開き、何が新しく、何が食い違うかを見て、一度に取り込む。"""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.errors import RuleViolation
from app.services import committee
from app.services.views.committee import MeetingView
from app.services.views.packets import (
    CONFLICT,
    NEW,
    REFUSED,
    SAME,
    STATE_WORDS,
    MergeResult,
    ReturnPreview,
    ReturnRow,
)
from ui.messages import Dialog
from ui.rooms.context import RoomContext
from ui.rooms.intake.working import work_beside
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme import tokens as t
from ui.theme.style import current_look, set_role
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, button, label
from ui.widgets.chip import Chip
from ui.widgets.form import Form
from ui.widgets.secrets import secret_field

TONES = {NEW: Tone.OK, SAME: Tone.MUTED, CONFLICT: Tone.WARN, REFUSED: Tone.BAD}
_ABOUT = (
    "戻りのファイルと、持ち出しのときの合言葉で開きます。新しいものはすべて取り込まれます。"
    "食い違いは、選んだものだけが戻りの値に入れ替わります。一つの持ち出しの戻りは、一度だけ取り込めます。"
)


class MergeDialog(Dialog):
    """戻りの下見と取込。merged は取り込んだ数を送る。"""

    merged = Signal(object)

    def __init__(
        self, parent: QWidget | None, context: RoomContext, meeting: MeetingView, path: Path
    ) -> None:
        super().__init__(parent, f"第{meeting.number}回の持ち出しの戻りを取り込む", _ABOUT)
        px = current_look().px
        self.setMinimumWidth(px(980))
        self._context, self._meeting, self._path = context, meeting, path
        self.preview: ReturnPreview | None = None
        self.taken: set[str] = set()
        self.passphrase = secret_field("持ち出しの合言葉")
        self.passphrase.returnPressed.connect(self.check)
        self.check_button = button("開いて下見", "", self.check)
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.passphrase, 1)
        row.addWidget(self.check_button)
        self.form = Form()
        self.form.add("passphrase", "持ち出しの合言葉", line, path.name)
        self.refusal, self.notes = NoteBox("", Tone.BAD), NoteBox("", Tone.WARN)
        self._build_table()
        for part in (self.form, self.refusal, self.notes, self._result):
            self.body.addWidget(part)
        self.cancel_button = self.add_action("やめる", self.reject)
        self.action_row.addStretch(1)
        self.main_button = self.add_action("取り込む", self.merge, "main")
        self.main_button.setEnabled(False)
        self.passphrase.setFocus()

    def _build_table(self) -> None:
        px = current_look().px
        self.model = RowsModel(
            (
                Column("案件", lambda r: f"{r.position:03d}" if r.position else "会議", width=48),
                Column("氏名", lambda r: r.name, Kind.WRAPPED, 130, least=90),
                Column("項目", lambda r: r.what, Kind.WRAPPED, 130, least=90),
                Column("いまの記録", lambda r: r.now or "—", Kind.WRAPPED, 120, least=80),
                Column("戻り", lambda r: r.incoming, Kind.WRAPPED, 120, least=80),
                Column("状態", lambda r: r.words, Kind.CHIP, 100, tone=lambda r: TONES[r.state]),
                Column("取込", self._plan, Kind.TEXT, 84),
                Column("理由", lambda r: r.note, Kind.WRAPPED, 220, least=120),
            ),
            key=lambda r: r.key,
        )
        self.table = RowsView(self.model, stretch=7)
        self.table.setAccessibleName("戻りの項目")
        self.table.setMinimumHeight(px(330))
        self.table.opened.connect(self.toggle)
        self.table.row_chosen.connect(lambda _row: self._show_buttons())
        self._result = QWidget()
        column = QHBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(t.GAP_2))
        self.summary = label("下見すると、ここに戻りの項目が並びます", "muted")
        column.addWidget(self.summary)
        self.chips = {state: Chip("") for state in STATE_WORDS}
        for chip in self.chips.values():
            column.addWidget(chip)
        column.addStretch(1)
        self.toggle_button = button("入れ替える", "small", lambda: self.toggle(self.table.chosen()))
        self.all_button = button("食い違いをすべて入れ替える", "small", self.take_all)
        column.addWidget(self.toggle_button)
        column.addWidget(self.all_button)
        self._head = QWidget()
        self._head.setLayout(column)
        outer = QVBoxLayout(self._result)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._head)
        outer.addWidget(self.table, 1)
        self._show_buttons()

    def _plan(self, row: ReturnRow) -> str:
        if row.state == CONFLICT:
            return "入れ替える" if row.key in self.taken else "今のまま"
        return {NEW: "取り込む", SAME: "—", REFUSED: "—"}[row.state]

    # ── 下見 ──

    def check(self) -> None:
        """合言葉で開き、下見を出す。"""
        word = self.passphrase.text()
        if not self.form.show_errors({} if word else {"passphrase": "合言葉を入れてください。"}):
            return
        self._set_working(True)
        office, meeting_id, path = self._context.office, self._meeting.id, self._path
        work_beside(
            self._context,
            self,
            lambda: committee.preview_return(office, meeting_id, path, word),
            self._previewed,
            self._refused,
        )

    def _set_working(self, working: bool) -> None:
        self.refusal.set_text("")
        self.check_button.setEnabled(not working)
        self.main_button.setEnabled(not working and self._useful)

    @property
    def _useful(self) -> bool:
        found = self.preview
        return found is not None and any(found.count(s) for s in (NEW, SAME, CONFLICT))

    def _refused(self, refusal: RuleViolation) -> None:
        self._set_working(False)
        self.refusal.set_text(str(refusal), Tone.BAD)
        self.passphrase.setFocus()
        self.passphrase.selectAll()

    def _previewed(self, found: ReturnPreview) -> None:
        self.preview = found
        self.taken &= {r.key for r in found.rows if r.state == CONFLICT}
        self._set_working(False)
        set_role(self.summary, "strong")
        self.summary.setText(f"{found.recipient}　持ち出し {found.number}")
        for state, words in STATE_WORDS.items():
            count = found.count(state)
            self.chips[state].set(f"{words} {count}", TONES[state] if count else Tone.MUTED)
        self.notes.set_text("\n".join(found.notes), Tone.WARN)
        self.model.set_rows(found.rows)
        self.table.selectRow(0)
        self._show_buttons()
        self.main_button.setFocus()

    def _show_buttons(self) -> None:
        row = self.table.chosen()
        choosable = row is not None and row.state == CONFLICT
        self.toggle_button.setEnabled(choosable)
        taken = choosable and row.key in self.taken
        self.toggle_button.setText("今のままにする" if taken else "入れ替える")
        count = 0 if self.preview is None else self.preview.count(CONFLICT)
        self.all_button.setEnabled(bool(count))
        self.all_button.setText(
            "すべて今のままにする" if count and len(self.taken) == count else "食い違いをすべて入れ替える"
        )
        if self.preview is None:
            return
        taking = self.preview.count(NEW) + len(self.taken)
        self.main_button.setText(f"{taking}項目を取り込む" if taking else "受け取ったことを記す")

    def toggle(self, row: ReturnRow | None) -> None:
        """食い違いを、入れ替えるか今のままにするか、切り替える。"""
        if row is None or row.state != CONFLICT or self.preview is None:
            return
        self.taken ^= {row.key}
        self._redraw(row.key)

    def take_all(self) -> None:
        """食い違いをすべて入れ替える。もうすべてなら、すべて今のままにする。"""
        if self.preview is None:
            return
        keys = {r.key for r in self.preview.rows if r.state == CONFLICT}
        self.taken = set() if self.taken == keys else keys
        chosen = self.table.chosen()
        self._redraw(chosen.key if chosen is not None else "")

    def _redraw(self, key: str) -> None:
        assert self.preview is not None
        self.model.set_rows(self.preview.rows)
        self.table.select_key(key)
        self._show_buttons()

    # ── 取込 ──

    def merge(self) -> None:
        """下見したとおりに取り込む。"""
        if self.preview is None:
            return
        self._set_working(True)
        office, meeting_id, path = self._context.office, self._meeting.id, self._path
        word, seen, take = self.passphrase.text(), self.preview.digest, tuple(self.taken)
        work_beside(
            self._context,
            self,
            lambda: committee.merge_return(office, meeting_id, path, word, seen=seen, take=take),
            self._merged,
            self._refused,
        )

    def _merged(self, result: MergeResult) -> None:
        self.accept()
        self.merged.emit(result)
