"""審査の紙：研修の結果・欠格事由・利害関係・表決・議決。"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.calendar import wareki
from app.services.views.committee import DECISION_WORDS, CaseView, MeetingView
from ui.rooms.committee.grounds import GroundList
from ui.rooms.committee.voting import RecusalList, VoteBox
from ui.theme import tokens as t
from ui.theme.style import current_look
from ui.widgets.cards import NoteBox, button, hairline, label
from ui.widgets.chip import Chip
from ui.widgets.flow import FlowLayout
from ui.widgets.two_sided import TwoSided

COURSES = ("養成課程①", "実践", "養成課程②", "修了認定テスト")
DECISION_TONES = {
    "certified": t.Tone.OK,
    "not_certified": t.Tone.BAD,
    "deferred": t.Tone.WARN,
    "conditional": t.Tone.WARN,
}


def course_tone(words: str) -> t.Tone:
    """研修の言葉の調子。"""
    if words.startswith(("合格", "修了")):
        return t.Tone.OK
    return t.Tone.BAD if words.startswith(("不合格", "辞退")) else t.Tone.WARN


class _Courses(QWidget):
    """研修の四つの結果を横に並べる。頭の言葉は札、残りは注記。"""

    def __init__(self) -> None:
        super().__init__()
        px = current_look().px
        flow = FlowLayout(self)
        flow.setContentsMargins(0, 0, 0, 0)
        flow.setSpacing(px(20))
        self.chips: list[Chip] = []
        self._rest = []
        for title in COURSES:
            block = QWidget()
            column = QVBoxLayout(block)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(px(2))
            column.addWidget(label(title, "caption"))
            line = QHBoxLayout()
            line.setSpacing(px(6))
            chip, rest = Chip(""), label("", "caption")
            line.addWidget(chip)
            line.addWidget(rest)
            line.addStretch(1)
            column.addLayout(line)
            flow.addWidget(block)
            self.chips.append(chip)
            self._rest.append(rest)

    def set_words(self, words: tuple[str, ...]) -> None:
        """四つの言葉を入れる。"""
        for chip, rest, text in zip(self.chips, self._rest, words, strict=True):
            head, _, tail = text.partition("　")
            head, bracket, inner = head.partition("（")
            chip.set(head, course_tone(head))
            rest.setText(tail or inner.removesuffix("）") if bracket or tail else "")


class CaseSheet(QWidget):
    """一件の審査の紙。押されたことは合図で知らせ、記録は部屋が行う。"""

    add_recusal = Signal()
    show_convictions = Signal()
    accept_computed = Signal()

    def __init__(self) -> None:
        super().__init__()
        px = current_look().px
        # 折り返しを狭い幅で見積もった高さを下限にさせない（幅に合う高さだけを使う）
        self.setMinimumHeight(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(t.GAP_3))
        self.courses = _Courses()
        self.grounds = GroundList()
        self.recusals = RecusalList()
        # 表決は、紙が巻かれても見えるように、部屋が紙の下に置く
        self.votes = VoteBox()
        self.decided = NoteBox("", t.Tone.OK)
        self.as_of = label("", "caption")
        self.computed_button = button("計算のとおり確認 F7", "small", self.accept_computed.emit)
        self.convictions_button = button("有罪の記録…", "small", self.show_convictions.emit)
        self.recusal_button = button("委員を加える…", "small", self.add_recusal.emit)
        column.addWidget(self.courses)
        column.addWidget(self.decided)
        column.addWidget(hairline("hairline_weak"))
        # 候補を確かめるまで議決できないので、事由より上に置く
        self.no_recusal = label("なし", "caption")
        column.addLayout(self._head("利害関係", self.no_recusal, self.recusal_button))
        column.addWidget(self.recusals)
        column.addLayout(
            self._head("欠格事由の確認", self.as_of, self.convictions_button, self.computed_button)
        )
        column.addWidget(self.grounds)

    @staticmethod
    def _head(title: str, aside: QWidget, *buttons: QWidget) -> TwoSided:
        line = TwoSided(None, 0)
        line.setSpacing(current_look().px(t.GAP_2))
        line.add_part("plain", label(title, "section"))
        line.add_part("plain", aside)
        for made in buttons:
            line.add_part("main", made)
        return line

    def set_case(self, case: CaseView, meeting: MeetingView) -> None:
        """案件を示す。"""
        locked = bool(case.decision) or case.closed
        self.courses.set_words((case.course1, case.practice, case.course2, case.test))
        self.as_of.setText(f"6(1)　認証予定日 {wareki(meeting.certification_on)} 時点")
        self.grounds.set_grounds(case.grounds, locked=locked)
        self.recusals.set_recusals(case.recusals, locked=locked)
        self.no_recusal.setText("" if case.recusals else "候補も回避もありません")
        self.votes.set_case(case, meeting)
        self.recusal_button.setEnabled(not locked)
        waiting = any(
            g.ground != "a" and g.computed != "unconfirmed" and (not g.finding or g.stale)
            for g in case.grounds
        )
        self.computed_button.setEnabled(waiting and not locked)
        self._show_decision(case)

    def _show_decision(self, case: CaseView) -> None:
        if not case.decision:
            self.decided.set_text("")
            return
        words = f"「{DECISION_WORDS[case.decision]}」と議決しました。"
        if case.due_on is not None:
            words += f"期限 {wareki(case.due_on)}。"
        if case.decision_reason:
            words += f"理由：{case.decision_reason}"
        if case.reversal:
            self.decided.set_text(f"{words}\n{case.reversal}", t.Tone.BAD)
            return
        self.decided.set_text(words, DECISION_TONES[case.decision])
