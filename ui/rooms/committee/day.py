"""認証予定日を動かす窓：変わる案件を先に示してから、理由を尋ねる。"""

from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services import committee
from app.services.office import Office
from app.services.views.committee import DECISION_WORDS, MeetingView
from app.services.views.conflicts import DayChange, DayChangeRow
from ui.rooms.committee.grounds import COMPUTED_WORDS
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox
from ui.widgets.date_field import DateField
from ui.widgets.saving import SavingDialog, unread


def change_line(row: DayChangeRow) -> str:
    """変わる一つの事由の一行。"""
    words = (
        f"{row.position:03d} {row.name}　{row.mark}："
        f"{COMPUTED_WORDS[row.before]} → {COMPUTED_WORDS[row.after]}"
    )
    again = f"　議決「{DECISION_WORDS[row.decision]}」を外し、もう一度審査します。" if row.decision else ""
    return f"{words}{again}\n　{row.sentence}"


def change_words(found: DayChange) -> tuple[str, Tone]:
    """見通しの文と調子。"""
    if not found.rows:
        return (
            f"{found.cases}件のどれも、欠格事由の判定は変わりません。確認と議決はそのまま残ります。",
            Tone.OK,
        )
    lines = "\n".join(change_line(row) for row in found.rows)
    changed = len({r.case_id for r in found.rows})
    head = f"{found.cases}件のうち{changed}件の判定が変わります（議決を外すもの {found.reopened}件）。"
    return f"{head}\n{lines}", Tone.BAD if found.reopened else Tone.WARN


class CertificationDayDialog(SavingDialog):
    """新しい日を入れると、すぐに見通しを示す。given に見通しと理由を渡す。"""

    def __init__(
        self,
        parent: QWidget | None,
        office: Office,
        meeting: MeetingView,
        given: Callable[[DayChange, str], None],
    ) -> None:
        super().__init__(
            parent,
            "認証予定日を動かす",
            f"いまの認証予定日は{wareki(meeting.certification_on)}です。欠格事由を新しい日で計算し直し、"
            "判定の変わる案件だけをもう一度審査します。",
            "動かす",
        )
        self.setMinimumWidth(current_look().px(680))
        self._office, self._meeting, self._given = office, meeting, given
        self.found: DayChange | None = None
        self.day, self.reason = DateField(office.today(), "新しい認証予定日"), QPlainTextEdit()
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(current_look().px(72))
        self.form.add("day", "新しい認証予定日", self.day, required=True)
        self.form.add("reason", "理由", self.reason, "監査記録に残ります", required=True)
        self.preview = NoteBox("")
        self.body.addWidget(self.preview)
        self.day.changed.connect(self._show)
        self.day.setFocus()

    def _show(self, day: date | None) -> None:
        self.found = None
        self.preview.set_text("")
        if day is None:
            return
        try:
            self.found = committee.preview_certification_day(self._office, self._meeting.id, day)
        except RuleViolation as refusal:
            self.preview.set_text(str(refusal), Tone.BAD)
            return
        self.preview.set_text(*change_words(self.found))
        self.main_button.setText("二人目の確認へ" if self.found.reopened else "動かす")

    def errors(self) -> dict[str, str]:
        """日と理由は要る。"""
        found = {}
        if self.day.value is None:
            found["day"] = unread(self.day) or "新しい認証予定日を入れてください。"
        elif self.found is None:
            found["day"] = self.preview.text
        if not self.reason.toPlainText().strip():
            found["reason"] = "動かす理由を書いてください。"
        return found

    def save(self) -> None:
        """見通しと理由を渡す。"""
        assert self.found is not None
        self._given(self.found, self.reason.toPlainText().strip())
