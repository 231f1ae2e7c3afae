"""利害関係と表決の欄。"""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.services.views.committee import CaseView, MeetingView, MemberView, RecusalView
from app.services.views.conflicts import RECUSAL_WORDS
from ui.theme import tokens as t
from ui.theme.style import current_look, set_role, show_if
from ui.widgets.cards import button, hairline, label
from ui.widgets.chip import Chip
from ui.widgets.flow import FlowLayout
from ui.widgets.two_sided import TwoSided

CHOICE_WORDS = {"for": "可", "against": "否", "abstain": "棄権"}


def clear_layout(layout: QLayout) -> None:
    """並べた部品を捨てる。"""
    while (item := layout.takeAt(0)) is not None:
        if (old := item.widget()) is not None:
            old.hide()
            old.setParent(None)
            old.deleteLater()


class RecusalList(QWidget):
    """利害関係の候補と回避。confirmed と dismissed は委員の番号を送る。"""

    confirmed = Signal(int)
    dismissed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(current_look().px(t.GAP_2))
        self._grid.setColumnStretch(1, 1)
        self.buttons: dict[int, tuple[QPushButton, QPushButton]] = {}

    def set_recusals(self, rows: tuple[RecusalView, ...], *, locked: bool) -> None:
        """行を替える。なければ隠れる。"""
        clear_layout(self._grid)
        self.buttons = {}
        for place, row in enumerate(rows):
            self._grid.addWidget(self._chip(row), place, 0)
            words = f"{row.member_name}　{row.ground}" + (
                f"　（{row.reason}）" if row.confirmed is False else ""
            )
            self._grid.addWidget(label(words, wrap=True), place, 1)
            yes = button("確認する…", "small", partial(self.confirmed.emit, row.member_id))
            no = button("利害関係なし…", "small", partial(self.dismissed.emit, row.member_id))
            yes.setAccessibleName(f"{row.member_name}の利害関係を確認")
            no.setAccessibleName(f"{row.member_name}は利害関係なし")
            yes.setEnabled(not locked and row.confirmed is not True)
            no.setEnabled(not locked and row.confirmed is not False)
            self._grid.addWidget(yes, place, 2)
            self._grid.addWidget(no, place, 3)
            self.buttons[row.member_id] = (yes, no)
        show_if(self, bool(rows))

    @staticmethod
    def _chip(row: RecusalView) -> Chip:
        if row.confirmed is None:
            return Chip("候補・未確認", t.Tone.WARN)
        if row.confirmed:
            return Chip(RECUSAL_WORDS[row.kind], t.Tone.BAD)
        return Chip("利害関係なし", t.Tone.OK)


class VoteBox(QWidget):
    """出席委員の表決。voted は（委員, 票）、everyone は「全員可」を送る。"""

    voted = Signal(int, str)
    everyone = Signal()
    counted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.voters = 0
        px = current_look().px
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(t.GAP_2))
        column.addWidget(hairline("hairline_weak"))
        head = TwoSided(None, 0)
        head.setSpacing(px(t.GAP_2))
        head.add_part("plain", label("表決", "section"))
        self.chips = {key: Chip("") for key in CHOICE_WORDS}
        for chip in self.chips.values():
            head.add_part("plain", chip)
        self.quorum = label("", "caption")
        head.add_part("plain", self.quorum)
        self.count_button = button("人数で… Ctrl+F8", "small", self.counted.emit)
        head.add_part("main", self.count_button)
        self.all_button = button("全員「可」 F8", "small", self.everyone.emit)
        head.add_part("main", self.all_button)
        column.addLayout(head)
        self._flow = FlowLayout()
        self._flow.setSpacing(px(t.GAP_2))
        column.addLayout(self._flow)
        self.nobody = label("", "caption", wrap=True)
        column.addWidget(self.nobody)
        self.buttons: dict[tuple[int, str], QPushButton] = {}

    def set_case(self, case: CaseView, meeting: MeetingView) -> None:
        """案件の表決を示す。議決した件は、そのときの数字を示す。"""
        counts = self._counts(case)
        for (key, words), count in zip(CHOICE_WORDS.items(), counts, strict=True):
            tone = (t.Tone.OK, t.Tone.BAD, t.Tone.MUTED)[list(CHOICE_WORDS).index(key)]
            self.chips[key].set(f"{words} {count}", tone if count else t.Tone.MUTED)
        quorum = "定足数 充足" if case.quorum else "定足数 不足"
        by_count = "　人数で採った表決" if case.counted is not None else ""
        self.quorum.setText(f"{quorum}　出席 {case.present}／母数 {case.base}{by_count}")
        set_role(self.quorum, "okay" if case.quorum else "alarm")
        self._show_members(case, meeting)

    @staticmethod
    def _counts(case: CaseView) -> tuple[int, int, int]:
        if case.decision:
            return case.decision_votes
        if case.counted is not None:
            return case.counted
        choices = list(case.votes.values())
        given = (choices.count("for"), choices.count("against"))
        return (*given, case.present - sum(given))

    def _show_members(self, case: CaseView, meeting: MeetingView) -> None:
        clear_layout(self._flow)
        self.buttons = {}
        locked = bool(case.decision) or case.closed
        recused = {r.member_id for r in case.recusals if r.confirmed}
        voters = [m for m in meeting.members if m.id in meeting.present and m.id not in recused]
        for member in voters:
            block = self._voter(member, case.votes.get(member.id, ""), locked=locked)
            self._flow.addWidget(block)
            show_if(block, True)
        self.voters = len(voters)
        self.all_button.setEnabled(bool(voters) and not locked)
        self.count_button.setEnabled(bool(voters) and not locked)
        self.nobody.setText("" if voters else "出席している委員がいません。「出席…」で着席を記してください。")
        show_if(self.nobody, not voters)

    def _voter(self, member: MemberView, choice: str, *, locked: bool) -> QWidget:
        """一人の名と、三つの票。"""
        px = current_look().px
        block = QWidget()
        line = QHBoxLayout(block)
        line.setContentsMargins(0, 0, px(t.GAP_4), 0)
        line.setSpacing(px(t.GAP_1))
        name = label(f"{member.name}{'（議長）' if member.role == 'chair' else ''}")
        name.setMinimumWidth(px(140))
        line.addWidget(name)
        group = QButtonGroup(block)
        for key, words in CHOICE_WORDS.items():
            made = button(words, "filter")
            made.setCheckable(True)
            made.setChecked(choice == key)
            made.setEnabled(not locked)
            made.setAccessibleName(f"{member.name}は{words}")
            made.clicked.connect(lambda _on=False, m=member.id, k=key: self.voted.emit(m, k))
            group.addButton(made)
            line.addWidget(made)
            self.buttons[member.id, key] = made
        return block
