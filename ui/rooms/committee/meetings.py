"""会議の窓：会議を作る・委員の出席・議事録の自由記述。"""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from app.domain.errors import RuleViolation
from app.services import committee
from app.services.committee.meetings import MeetingForm
from app.services.committee.presence import present_words
from app.services.office import Office
from app.services.views.committee import MeetingView
from ui.messages import Dialog
from ui.theme import tokens as t
from ui.theme.style import current_look
from ui.widgets.cards import button, label
from ui.widgets.chip import Chip
from ui.widgets.date_field import DateField
from ui.widgets.form import Form
from ui.widgets.saving import SavingDialog, unread

KIND_WORDS = {"in_person": "対面", "online": "オンライン", "written": "書面（持ち回り）"}

_ABOUT = {
    False: "時刻を確かめてから、着席・退席を押してください。退席した委員の、まだ議決していない件の票は外れます。",
    True: "回答を受けた日を確かめてから押してください。回答した委員を出席と数えます。",
}
_BUTTONS = {False: {False: "着席", True: "退席"}, True: {False: "回答を受領", True: "受領を取り消す"}}


class MeetingDialog(SavingDialog):
    """会議を作る。"""

    def __init__(self, parent: QWidget | None, office: Office, cohort_id: int) -> None:
        words = "欠格事由は認証予定日の時点で計算します。認証日は、議決の後でこの日になります。"
        super().__init__(parent, "会議を作る", words, "作る")
        self._office, self._cohort_id = office, cohort_id
        today = office.today()
        self.held_on, self.certification_on = DateField(today, "会議の日"), DateField(today, "認証予定日")
        self.starts_at, self.place = QLineEdit("14:00"), QLineEdit()
        self.kind = QComboBox()
        self.kind.addItems(list(KIND_WORDS.values()))
        self.form.add("held_on", "会議の日", self.held_on, required=True)
        self.form.add("starts_at", "開始時刻", self.starts_at, "14:00 の形で")
        self.form.add("certification_on", "認証予定日", self.certification_on, required=True)
        self.form.add("kind", "開き方", self.kind)
        self.form.add("place", "場所", self.place)
        self.held_on.setFocus()

    def errors(self) -> dict[str, str]:
        """二つの日付は要り、認証予定日は会議の日以後。"""
        found = {}
        for key, field, name in (
            ("held_on", self.held_on, "会議の日"),
            ("certification_on", self.certification_on, "認証予定日"),
        ):
            if field.value is None:
                found[key] = unread(field) or f"{name}を入れてください。"
        if (
            self.held_on.value
            and self.certification_on.value
            and self.certification_on.value < self.held_on.value
        ):
            found["certification_on"] = "認証予定日が会議の日より前です。会議の日以後にしてください。"
        return found

    def save(self) -> None:
        """会議を作る。"""
        assert self.held_on.value is not None
        assert self.certification_on.value is not None
        committee.create_meeting(
            self._office,
            self._cohort_id,
            MeetingForm(
                self.held_on.value,
                self.certification_on.value,
                self.starts_at.text().strip(),
                self.place.text(),
                list(KIND_WORDS)[self.kind.currentIndex()],
            ),
        )


class PresenceDialog(Dialog):
    """委員の着席と退席を、時刻とともに記す。"""

    saved = Signal()

    def __init__(self, parent: QWidget | None, office: Office, meeting: MeetingView) -> None:
        self.written = meeting.kind == "written"
        super().__init__(parent, f"第{meeting.number}回の出席", _ABOUT[self.written])
        self._office, self._meeting = office, meeting
        self.time, self.day = QLineEdit(meeting.starts_at), DateField(office.today(), "回答を受けた日")
        self.time.setMaximumWidth(current_look().px(110))
        self._form = Form()
        if self.written:
            self.day.set_value(min(office.today(), meeting.held_on))
            self._form.add("time", "回答を受けた日", self.day)
        else:
            self._form.add("time", "時刻", self.time, "14:00 の形で")
        self.body.addWidget(self._form)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(current_look().px(t.GAP_3))
        self._grid.setColumnStretch(0, 1)
        holder = QWidget()
        holder.setLayout(self._grid)
        self.body.addWidget(holder)
        self.quorum = label("", "muted", wrap=True)
        self.body.addWidget(self.quorum)
        self._states: dict[int, Chip] = {}
        self.buttons: dict[int, QPushButton] = {}
        for place, member in enumerate(meeting.members):
            role = "（議長）" if member.role == "chair" else ""
            self._grid.addWidget(label(f"{member.name}{role}"), place, 0)
            self._states[member.id] = Chip("")
            self._grid.addWidget(self._states[member.id], place, 1)
            made = button("", "small", partial(self.toggle, member.id))
            self.buttons[member.id] = made
            self._grid.addWidget(made, place, 2)
        if not meeting.members:
            self._grid.addWidget(
                label("会議の日に在任する委員がいません。委員を登録してください。", "muted", wrap=True), 0, 0
            )
        self.all_button = self.add_action("全員から受領" if self.written else "全員着席", self.everyone)
        self.all_button.setEnabled(bool(meeting.members))
        self.action_row.addStretch(1)
        self.add_action("閉じる", self.accept, "main")
        self._show()

    @property
    def error(self) -> str:
        """時刻の欄に出ている誤り。"""
        return self._form.row("time").error

    def state_of(self, member_id: int) -> str:
        """委員の札の言葉。"""
        return self._states[member_id].text

    def _show(self) -> None:
        present = set(self._meeting.present)
        for member in self._meeting.members:
            spans = [p for p in self._meeting.presences if p.member_id == member.id]
            words = "　".join(present_words(p.arrived_at, p.left_at) for p in spans)
            here = member.id in present
            tone = t.Tone.OK if here else t.Tone.WARN if spans else t.Tone.MUTED
            state = f"出席 {words}" if here else f"退席 {words}" if spans else "未着席"
            if self.written:
                state = words or "未回答"
            self._states[member.id].set(state, tone)
            made = self.buttons[member.id]
            made.setText(_BUTTONS[self.written][here])
            made.setAccessibleName(f"{member.name}の{made.text()}")
            made.setEnabled(not self._meeting.closed)
        base = len(self._meeting.members)
        self.quorum.setText(
            f"出席 {len(present)}名／委員 {base}名　定足数 {base // 2 + 1}名（回避は案件ごとに除く）"
        )

    def _record(self, member_id: int) -> None:
        """一人の着席・退席、または回答の受領とその取消しを記す。"""
        at, meeting_id, here = self.time.text().strip(), self._meeting.id, member_id in self._meeting.present
        if self.written and here:
            committee.withdraw_reply(self._office, meeting_id, member_id)
        elif self.written:
            if self.day.value is None:
                raise RuleViolation(unread(self.day) or "回答を受けた日を入れてください。")
            committee.record_reply(self._office, meeting_id, member_id, self.day.value)
        elif here:
            committee.record_departure(self._office, meeting_id, member_id, at)
        else:
            committee.record_arrival(self._office, meeting_id, member_id, at)

    def _attempt(self, member_ids: list[int]) -> None:
        meeting_id = self._meeting.id
        refused = ""
        for member_id in member_ids:
            try:
                self._record(member_id)
            except RuleViolation as refusal:
                refused = str(refusal)
                break
        self._form.show_errors({"time": refused})
        self._meeting = committee.get_meeting(self._office, meeting_id)
        self._show()
        self.saved.emit()

    def toggle(self, member_id: int) -> None:
        """着席していれば退席、していなければ着席を記す。"""
        self._attempt([member_id])

    def everyone(self) -> None:
        """まだ着席していない委員の全員の着席を記す。"""
        self._attempt([m.id for m in self._meeting.members if m.id not in self._meeting.present])
