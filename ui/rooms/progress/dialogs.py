"""進捗の窓：一人の受験・提出・延長。"""

from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from app.domain.calendar import wareki
from app.services import progress
from app.services.office import Office
from app.services.progress import AttemptForm
from app.services.progress.course import TEST_GROUPS
from app.services.views.progress import OUTCOME_WORDS, BoardRow, CourseView
from ui.theme.style import current_look
from ui.widgets.date_field import DateField
from ui.widgets.saving import SavingDialog


def test_words(group: str) -> str:
    """テストの名（小テストA、総合確認テスト）。"""
    return f"小テスト{group}" if group else "総合確認テスト"


def _who(row: BoardRow) -> str:
    return f"受付 {row.reception}　{row.name}さん"


class AttemptDialog(SavingDialog):
    """一回の受験を記す。0点・欠席・無効・免除・未実施は別のもの。"""

    def __init__(self, parent: QWidget, office: Office, view: CourseView) -> None:
        super().__init__(parent, "受験を記録", _who(view.row), "記録する")
        self._office, self._id = office, view.row.application_id
        self.test, self.outcome, self.points = QComboBox(), QComboBox(), QLineEdit()
        taken = {g: sum(a.subject_group == g for a in view.attempts) for g in TEST_GROUPS}
        for group in TEST_GROUPS:
            count = f"（これまで{taken[group]}回）" if taken[group] else ""
            self.test.addItem(f"{test_words(group)}{count}", group)
        for code, words in OUTCOME_WORDS.items():
            self.outcome.addItem(words, code)
        self.taken_on = DateField(office.today(), "受験日")
        self.form.add("test", "テスト", self.test, required=True)
        self.form.add("outcome", "結果", self.outcome, "0点は「得点」の0です。欠席とは別のものです")
        self.form.add("points", "点", self.points)
        self.form.add("taken_on", "受験日", self.taken_on)
        left = [g for g in TEST_GROUPS if g not in view.row.tests or not view.row.tests[g].passed]
        self.test.setCurrentIndex(TEST_GROUPS.index(left[0]) if left else 0)
        self.outcome.currentIndexChanged.connect(self._outcome_changed)
        self.points.textEdited.connect(lambda _text: self.form.row("points").set_error(self._points_error()))
        self.points.setFocus()

    @property
    def _scored(self) -> bool:
        return bool(self.outcome.currentData() == "points")

    def _outcome_changed(self) -> None:
        self.points.setEnabled(self._scored)
        if not self._scored:
            self.points.clear()
        self.form.row("points").set_error("")

    def _points_error(self) -> str:
        text = self.points.text().strip()
        if not self._scored:
            return ""
        if not text:
            return "点を入れてください。受けていなければ「欠席」などにします。"
        if not text.isdecimal() or int(text) > progress.HIGHEST:
            return f"点は0〜{progress.HIGHEST}の整数で入れてください。"
        return ""

    def errors(self) -> dict[str, str]:
        """点と受験日を確かめる。"""
        found = {"points": self._points_error(), "taken_on": self.taken_on.error}
        if not found["taken_on"] and self._scored and self.taken_on.value is None:
            found["taken_on"] = "受験日を入れてください。"
        return {key: words for key, words in found.items() if words}

    def save(self) -> None:
        """記録する。"""
        points = int(self.points.text()) if self._scored else None
        form = AttemptForm(self.test.currentData(), self.outcome.currentData(), points, self.taken_on.value)
        progress.record_attempt(self._office, self._id, form)


class ReportDialog(SavingDialog):
    """提出の日を記す（期限に遅れた提出も、日のとおりに）。"""

    def __init__(self, parent: QWidget, office: Office, view: CourseView) -> None:
        super().__init__(parent, "提出を記録", _who(view.row), "記録する")
        self._office, self._view = office, view
        self.report = QComboBox()
        for r in view.reports:
            self.report.addItem(f"{r.title}（期限 {wareki(r.effective_due)}）", r.report_due_id)
        self.submitted_on = DateField(office.today(), "提出日")
        self.cancel_record = QCheckBox("提出の記録を取り消す")
        self.form.add("report", "提出物", self.report, required=True)
        self.form.add("submitted_on", "提出日", self.submitted_on, required=True)
        self.form.add("cancel", "", self.cancel_record)
        self.report.currentIndexChanged.connect(self._load)
        self.cancel_record.toggled.connect(lambda on: self.submitted_on.setEnabled(not on))
        waiting = [i for i, r in enumerate(view.reports) if r.submitted_on is None]
        self.report.setCurrentIndex(waiting[0] if waiting else 0)
        self._load()
        self.submitted_on.setFocus()

    def _load(self) -> None:
        before = self._view.reports[self.report.currentIndex()].submitted_on
        self.submitted_on.set_value(before)
        self.cancel_record.setChecked(False)
        self.cancel_record.setEnabled(before is not None)

    def errors(self) -> dict[str, str]:
        """提出日は要る（取り消すのでなければ）。"""
        if self.cancel_record.isChecked() or self.submitted_on.value is not None:
            return {}
        return {"submitted_on": self.submitted_on.error or "提出日を入れてください。"}

    def save(self) -> None:
        """記録する。"""
        day = None if self.cancel_record.isChecked() else self.submitted_on.value
        progress.record_report(self._office, self._view.row.application_id, self.report.currentData(), day)


class ExtendDialog(SavingDialog):
    """一人の期限を、理由を付けて延ばす。"""

    def __init__(self, parent: QWidget, office: Office, view: CourseView) -> None:
        super().__init__(parent, "期限を延ばす", _who(view.row), "延ばす")
        self._office, self._id = office, view.row.application_id
        self._take_back = view.withdrawal_missed
        self.report = QComboBox()
        for r in view.reports:
            self.report.addItem(f"{r.title}（期限 {wareki(r.effective_due)}）", r.report_due_id)
        self.extended_to = DateField(office.today(), "新しい期限")
        self.reason = QPlainTextEdit()
        self.reason.setTabChangesFocus(True)
        self.reason.setMinimumHeight(current_look().px(72))
        self.form.add("report", "提出物", self.report, required=True)
        self.form.add("extended_to", "新しい期限", self.extended_to, required=True)
        self.form.add("reason", "理由", self.reason, "記録に残り、後から読めます", required=True)
        waiting = [i for i, r in enumerate(view.reports) if r.submitted_on is None]
        self.report.setCurrentIndex(waiting[0] if waiting else 0)
        if view.withdrawal_missed:
            self.words.setText(f"{self.words.text()}\n確認した辞退扱いも、同じ理由で取り消します。")
        self.extended_to.setFocus()

    def errors(self) -> dict[str, str]:
        """新しい期限と理由は要る。"""
        found = {}
        if self.extended_to.value is None:
            found["extended_to"] = self.extended_to.error or "新しい期限を入れてください。"
        if not self.reason.toPlainText().strip():
            found["reason"] = "理由を書いてください。"
        return found

    def save(self) -> None:
        """延ばす。"""
        assert self.extended_to.value is not None
        reason = self.reason.toPlainText().strip()
        progress.extend_report(
            self._office,
            self._id,
            self.report.currentData(),
            self.extended_to.value,
            reason,
            take_back=self._take_back,
        )
