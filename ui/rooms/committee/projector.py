"""投影表示：審査に要るものだけを大きく示す窓。所属・生年月日・有罪の内容は出さない。"""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.services.views.committee import DECISION_WORDS, GROUND_TEXTS, CaseView, MeetingView
from ui.rooms.committee.sheet import COURSES, DECISION_TONES, course_tone
from ui.theme import tokens as t
from ui.theme.fonts import fit_font
from ui.theme.style import current_look, set_role
from ui.widgets.cards import label

FINDING_WORDS = {"clear": "該当しない", "applies": "該当する", "": "未確認"}
FINDING_TONES = {"clear": t.Tone.OK, "applies": t.Tone.BAD, "": t.Tone.MUTED}


class BigChip(QLabel):
    """遠くから読める大きな札。"""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)

    def set(self, text: str, tone: t.Tone) -> None:
        """言葉と調子を替える。空なら何も見せない。"""
        look = current_look()
        self.setText(text)
        ground = look.tokens.ground_of(tone) if text else "transparent"
        self.setStyleSheet(
            f"QLabel {{ font-size: {look.px(34)}px; color: {look.tokens.text_of(tone)}; background: {ground};"
            f" border-radius: {t.RADIUS_CARD}px; padding: {look.px(6)}px {look.px(14)}px; }}"
        )


class Projector(QWidget):
    """案件を大きく示す窓。部屋の選びに従って替わる。Esc と F11 で閉じる。"""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("投影表示")
        set_role(self, "plain")
        px = current_look().px
        column = QVBoxLayout(self)
        column.setContentsMargins(px(48), px(36), px(48), px(36))
        column.setSpacing(px(32))
        self.meeting, self.place, self.name = label(""), label(""), label("")
        self._big(self.meeting, 22)
        self._big(self.place, 40)
        column.addWidget(self.meeting)
        head = QHBoxLayout()
        head.setSpacing(px(24))
        head.addWidget(self.place)
        head.addWidget(self.name)
        head.addStretch(1)
        self.decision = BigChip()
        head.addWidget(self.decision)
        column.addLayout(head)
        self.courses = [BigChip() for _ in COURSES]
        self.grounds = {g: BigChip() for g in GROUND_TEXTS}
        column.addLayout(self._line(COURSES, self.courses))
        column.addLayout(
            self._line([f"欠格事由{m}" for m, _ in GROUND_TEXTS.values()], list(self.grounds.values()))
        )
        self.votes = label("")
        self._big(self.votes, 32)
        column.addWidget(self.votes)
        column.addStretch(1)
        self.resize(px(1100), px(620))

    @staticmethod
    def _big(made: QWidget, size: int) -> None:
        # 部品の書体はスタイルシートが決めるので、大きさもスタイルで替える
        made.setStyleSheet(f"QLabel {{ font-size: {current_look().px(size)}px; }}")

    def _line(self, titles: Sequence[str], chips: list[BigChip]) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(current_look().px(36))
        for title, chip in zip(titles, chips, strict=True):
            box = QVBoxLayout()
            box.setSpacing(current_look().px(t.GAP_2))
            name = label(title)
            self._big(name, 22)
            box.addWidget(name)
            box.addWidget(chip)
            box.addStretch(1)
            line.addLayout(box)
        line.addStretch(1)
        return line

    def set_case(self, case: CaseView | None, meeting: MeetingView | None) -> None:
        """案件を替える。None なら何も示さない。"""
        if case is None or meeting is None:
            for made in (self.place, self.name, self.votes):
                made.setText("")
            self.meeting.setText("案件が選ばれていません。")
            self.decision.set("", t.Tone.MUTED)
            return
        self.meeting.setText(
            f"第{meeting.number}回 認定審査委員会　{len(meeting.cases)}件中 {meeting.decided}件 議決済み"
        )
        self.place.setText(f"{case.position:03d}")
        families = ", ".join(f'"{f}"' for f in fit_font(self.font(), case.name).families())
        self.name.setStyleSheet(
            f"QLabel {{ font-family: {families}; font-size: {current_look().px(64)}px; font-weight: bold; }}"
        )
        self.name.setText(case.name)
        self.decision.set(
            DECISION_WORDS.get(case.decision, "審査中"), DECISION_TONES.get(case.decision, t.Tone.ACCENT)
        )
        words = (case.course1, case.practice, case.course2, case.test)
        for chip, text in zip(self.courses, words, strict=True):
            head = text.partition("　")[0].partition("（")[0]
            chip.set(head, course_tone(head))
        for view in case.grounds:
            self.grounds[view.ground].set(FINDING_WORDS[view.finding], FINDING_TONES[view.finding])
        self._show_votes(case)

    def _show_votes(self, case: CaseView) -> None:
        counts = case.decision_votes
        if not case.decision:
            choices = list(case.votes.values())
            given = choices.count("for"), choices.count("against")
            counts = case.counted or (*given, case.present - sum(given))
        quorum = "定足数 充足" if case.quorum else "定足数 不足"
        self.votes.setText(
            f"可 {counts[0]}　否 {counts[1]}　棄権 {counts[2]}　　{quorum}（出席 {case.present}／母数 {case.base}）"
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc と F11 で閉じる。"""
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_F11):
            self.close()
            return
        super().keyPressEvent(event)
