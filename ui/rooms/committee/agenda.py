"""議題の窓：待っているものから作る、順を替える、一つずつ議決する。"""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from app.domain.errors import RuleViolation
from app.services import committee
from app.services.committee.agenda import ItemForm
from app.services.office import Actor
from app.services.views.agenda import ITEM_KIND_WORDS, ITEM_RESULT_WORDS, AgendaRow, WaitingItem
from app.services.views.committee import MeetingView
from ui.messages import Dialog, ask_reason
from ui.rooms.committee.counts import CountFields
from ui.rooms.context import RoomContext
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme import tokens as t
from ui.theme.style import current_look
from ui.widgets.cards import NoteBox, button
from ui.widgets.room import RoomPage
from ui.widgets.saving import SavingDialog

RESULT_TONES = {"approved": t.Tone.OK, "rejected": t.Tone.BAD, "deferred": t.Tone.WARN}


def _tone(row: AgendaRow) -> t.Tone:
    if row.kind == "cases":
        return t.Tone.OK if row.cases and row.cases == row.decided else t.Tone.MUTED
    return RESULT_TONES.get(row.result, t.Tone.MUTED)


COLUMNS = (
    Column("号", lambda r: str(r.number), Kind.TEXT, 40),
    Column("種類", lambda r: ITEM_KIND_WORDS[r.kind], Kind.TEXT, 92, drop=1),
    Column("議題", lambda r: r.title, Kind.WRAPPED, 320, least=160),
    Column("議決", lambda r: r.words, Kind.CHIP, 92, tone=_tone),
    Column("表決", lambda r: r.counts_words, Kind.TEXT, 150, drop=2),
)


class WaitingDialog(SavingDialog):
    """待っているものから選び、手で書いたものとともに議題に加える。"""

    def __init__(self, parent: QWidget | None, context: RoomContext, meeting_id: int) -> None:
        super().__init__(
            parent,
            "議題を加える",
            "待っているものから選ぶか、議題を書いてください。案件は「議案を作る」で入ります。",
            "加える",
        )
        self._office, self._meeting_id = context.office, meeting_id
        self.boxes: list[tuple[QCheckBox, WaitingItem]] = []
        for item in committee.list_waiting_items(self._office, meeting_id):
            box = QCheckBox(item.title.replace("&", "&&"))
            box.setChecked(True)
            self.body.addWidget(box)
            self.boxes.append((box, item))
        if not self.boxes:
            self.body.addWidget(NoteBox("いま待っているもの（設問の審査・合格基準・取消し）はありません。"))
        self.text = QLineEdit()
        self.form.add("text", "ほかの議題", self.text, "例：次年度の日程")
        self.body.removeWidget(self.form)
        self.body.addWidget(self.form)

    def errors(self) -> dict[str, str]:
        """一つは要る。"""
        chosen = any(box.isChecked() for box, _ in self.boxes)
        return {} if chosen or self.text.text().strip() else {"text": "議題を選ぶか、書いてください。"}

    def save(self) -> None:
        """加える。"""
        chosen = tuple(item for box, item in self.boxes if box.isChecked())
        if chosen:
            committee.add_agenda_items(self._office, self._meeting_id, chosen)
        if text := self.text.text().strip():
            committee.add_agenda_item(self._office, self._meeting_id, text)


class ItemDialog(SavingDialog):
    """一つの議題を、人数の表決で議決する。"""

    def __init__(self, parent: QWidget | None, context: RoomContext, row: AgendaRow, present: int) -> None:
        super().__init__(
            parent,
            f"議案第{row.number}号の議決",
            f"{row.title}。表決に加われる出席委員は{present}名です。",
            "議決する",
        )
        self._office, self._row = context.office, row
        self.chosen = QComboBox()
        for key, words in ITEM_RESULT_WORDS.items():
            self.chosen.addItem(words, key)
        self.form.add("result", "議決", self.chosen)
        self.fields = CountFields(self.form, present)
        self.casting = QComboBox()
        self.casting.addItems(["使わない", "可", "否"])
        self.form.add("casting", "議長の決する票", self.casting, "可否同数のときだけ")
        self.words_edit = QPlainTextEdit()
        self.words_edit.setTabChangesFocus(True)
        self.words_edit.setFixedHeight(current_look().px(72))
        self.form.add("words", "議決の文", self.words_edit, "議事録に載ります。延期では理由が要ります")
        self.chosen.setFocus()

    def errors(self) -> dict[str, str]:
        """人数が合い、延期なら理由があること。"""
        found = self.fields.errors()
        if self.chosen.currentData() == "deferred" and not self.words_edit.toPlainText().strip():
            found["words"] = "延期の理由を書いてください。"
        return found

    def save(self) -> None:
        """議決する。"""
        casting = {1: "for", 2: "against"}.get(self.casting.currentIndex())
        words = self.words_edit.toPlainText().strip()
        form = ItemForm(str(self.chosen.currentData()), self.fields.counts, words, casting)
        committee.decide_item(self._office, self._row.id, form)


class AgendaDialog(Dialog):
    """会議の議題の一覧。"""

    saved = Signal()

    def __init__(self, room: RoomPage, context: RoomContext, meeting: MeetingView) -> None:
        super().__init__(
            room,
            f"第{meeting.number}回の議題",
            "上から順に議案の番号が付きます。修了認定は案件ごとに議決します。",
        )
        self._page, self._context, self._meeting = room, context, meeting
        self.setMinimumWidth(current_look().px(760))
        self.refusal = NoteBox("", t.Tone.BAD)
        self.body.addWidget(self.refusal)
        self.model = RowsModel(COLUMNS, key=lambda r: r.id)
        self.table = RowsView(self.model, stretch=2)
        self.table.setAccessibleName("議題の一覧")
        self.table.setMinimumHeight(current_look().px(220))
        self.table.row_chosen.connect(lambda _row: self._show_buttons())
        self.table.opened.connect(lambda _row: self.decide())
        self.body.addWidget(self.table, 1)
        line = QHBoxLayout()
        self.up_button = button("前へ", "small", lambda: self.move_item(-1))
        self.down_button = button("後へ", "small", lambda: self.move_item(1))
        self.remove_button = button("外す", "small", self.remove)
        self.reopen_button = button("議決を取り消す…", "small", self.reopen)
        for made in (self.up_button, self.down_button, self.remove_button, self.reopen_button):
            line.addWidget(made)
        line.addStretch(1)
        self.body.addLayout(line)
        self.add_button = self.add_action("議題を加える…", self.add)
        self.decide_button = self.add_action("議決…", self.decide)
        self.action_row.addStretch(1)
        self.add_action("閉じる", self.accept, "main")
        self.refresh()

    def refresh(self) -> None:
        """いまの記録から書き直す。"""
        office = self._context.office
        self._meeting = committee.get_meeting(office, self._meeting.id)
        self.model.set_rows(committee.list_agenda(office, self._meeting.id))
        if self.model.rows and self.table.chosen() is None:
            self.table.selectRow(0)
        self._show_buttons()

    def _show_buttons(self) -> None:
        row = self.table.chosen() if self.model.rows else None
        open_ = not self._meeting.closed and self._context.office.may("committee.decide_item")
        plain = row is not None and row.kind != "cases"
        self.add_button.setEnabled(open_)
        self.up_button.setEnabled(open_ and row is not None and row.number > 1)
        self.down_button.setEnabled(open_ and row is not None and row.number < len(self.model.rows))
        self.decide_button.setEnabled(open_ and plain and bool(row and not row.result))
        self.remove_button.setEnabled(open_ and bool(row and not row.result))
        self.reopen_button.setEnabled(open_ and bool(row and row.result))

    def _perform(self, action: Callable[[], object]) -> None:
        self.refusal.set_text("")
        try:
            action()
        except RuleViolation as refusal:
            self.refusal.set_text(str(refusal), t.Tone.BAD)
            return
        self._saved()

    def _saved(self) -> None:
        self.refresh()
        self.saved.emit()

    def move_item(self, step: int) -> None:
        """選んだ議題の順を一つ替える。"""
        if (row := self.table.chosen()) is not None:
            self._perform(lambda: committee.move_agenda_item(self._context.office, row.id, step))

    def remove(self) -> None:
        """選んだ議題を外す。"""
        if (row := self.table.chosen()) is not None:
            self._perform(lambda: committee.remove_agenda_item(self._context.office, row.id))

    def add(self) -> None:
        """議題を加える窓を開く。"""
        dialog = WaitingDialog(self, self._context, self._meeting.id)
        dialog.saved.connect(self._saved)
        dialog.open()

    def decide(self) -> None:
        """選んだ議題を議決する窓を開く。"""
        row = self.table.chosen()
        if row is not None and self.decide_button.isEnabled():
            dialog = ItemDialog(self, self._context, row, self._voters(row.id))
            dialog.saved.connect(self._saved)
            dialog.open()

    def _voters(self, item_id: int) -> int:
        """この議題の表決に加われる出席委員の数（回避・除斥・忌避の委員を除く）。"""
        rows = committee.list_conflicts(self._context.office, self._meeting.id)
        away = {r.member_id for r in rows if r.item and r.subject_id == item_id and r.confirmed}
        return len(set(self._meeting.present) - away)

    def reopen(self) -> None:
        """選んだ議題の議決を取り消す。理由と二人目を求める。"""
        row = self.table.chosen()
        if row is None:
            return
        words = f"議案第{row.number}号「{row.title}」の議決「{row.words}」を取り消します。"

        def second_given(reason: str, second: Actor) -> None:
            committee.reopen_item(self._context.office, row.id, reason, second=second)
            self._saved()

        def reason_given(reason: str) -> None:
            self._context.with_second_person(
                self._page, f"{words}\n理由：{reason}", lambda second: second_given(reason, second)
            )

        ask_reason(self, "議決の取消し", words, "二人目の確認へ", reason_given)
