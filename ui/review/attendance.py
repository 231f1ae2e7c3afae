"""持ち出し先での出席：着席の時刻（書面の会議では、回答したかどうか）。"""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPushButton, QWidget

from app.domain.errors import RuleViolation
from app.services.committee.presence import WRITTEN
from app.services.committee.review import Review
from ui.messages import Dialog
from ui.theme import tokens as t
from ui.theme.style import current_look
from ui.widgets.cards import label
from ui.widgets.chip import Chip
from ui.widgets.form import Form


class AttendanceDialog(Dialog):
    """出席した委員を入れる。changed は、下書きに残るたびに届く。"""

    changed = Signal()

    def __init__(self, parent: QWidget | None, review: Review) -> None:
        self.written = review.meeting_kind == WRITTEN
        words = (
            "回答した委員を入れてください。"
            if self.written
            else "着席の時刻を確かめてから押してください。取り消すと、その委員の票も外れます。"
        )
        super().__init__(parent, "出席", words)
        self._review = review
        px = current_look().px
        meeting = review.meeting()
        self.time = QLineEdit(meeting.starts_at)
        self.time.setMaximumWidth(px(110))
        self._form = Form()
        self._form.add("time", "着席の時刻", self.time, "14:00 の形で")
        self._form.setVisible(not self.written)
        self.body.addWidget(self._form)
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(t.GAP_3))
        grid.setColumnStretch(0, 1)
        self._states: dict[int, Chip] = {}
        self.buttons: dict[int, QPushButton] = {}
        for place, member in enumerate(meeting.members):
            self._states[member.id], self.buttons[member.id] = Chip(""), QPushButton()
            self.buttons[member.id].clicked.connect(partial(self.toggle, member.id))
            role = "（議長）" if member.role == "chair" else ""
            grid.addWidget(label(f"{member.name}{role}"), place, 0)
            grid.addWidget(self._states[member.id], place, 1)
            grid.addWidget(self.buttons[member.id], place, 2)
        self.body.addLayout(grid)
        self.action_row.addStretch(1)
        self.add_action("閉じる", self.accept, "main")
        self._show()

    def state_of(self, member_id: int) -> str:
        """委員の札の言葉。"""
        return self._states[member_id].text

    @property
    def error(self) -> str:
        """時刻の欄に出ている誤り。"""
        return self._form.row("time").error

    def _show(self) -> None:
        sat = self._review.entries.sat
        for member_id, chip in self._states.items():
            here = member_id in sat
            words = "回答" if self.written else f"出席 {sat.get(member_id, '')}"
            chip.set(words if here else "未着席", t.Tone.OK if here else t.Tone.MUTED)
            made = self.buttons[member_id]
            made.setText("取り消す" if here else "回答した" if self.written else "着席")

    def toggle(self, member_id: int) -> None:
        """着席を入れるか、取り消す。"""
        try:
            if member_id in self._review.entries.sat:
                self._review.stand(member_id)
            else:
                self._review.sit(member_id, "" if self.written else self.time.text().strip())
        except RuleViolation as refusal:
            self._form.show_errors({"time": str(refusal)})
            return
        self._form.show_errors({})
        self._show()
        self.changed.emit()
