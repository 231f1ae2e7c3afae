"""従業日数の入力：在職期間ごとに、対象期間の日数か、日の一覧（Excel から貼る）で。"""

import re
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget

from app.domain.calendar import parse_date, wareki
from app.domain.errors import RuleViolation
from app.services import eligibility
from app.services.office import Office
from app.services.views.eligibility import EligibilityView
from app.services.views.intake import EmploymentView
from ui.messages import Dialog
from ui.widgets.form import Form


def parse_days(text: str) -> list[date]:
    """貼られた日の一覧。行・タブ・読点で分ける。読めない日があれば、その日を言って断る。"""
    words = [w.strip() for w in re.split(r"[\n\t,、]+", text) if w.strip()]
    return [parse_date(w).date for w in words]


def _number(text: str, name: str) -> int | None:
    if not text.strip():
        return None
    if not text.strip().isdecimal():
        raise RuleViolation(f"{name}は0以上の整数で入れてください。")
    return int(text)


class WorkdaysDialog(Dialog):
    """在職期間を選び、日数か日の一覧を入れる。"""

    saved = Signal()

    def __init__(self, parent: QWidget, office: Office, view: EligibilityView) -> None:
        first, last = view.window
        words = f"対象期間は{wareki(first)}から{wareki(last)}までです。日の一覧があれば、それだけを数えます。"
        super().__init__(parent, "勤務日の入力", words)
        self._office, self._employments = office, view.employments
        self.choice = QComboBox()
        for e in view.employments:
            end = "現在" if e.ended_on is None else wareki(e.ended_on)
            self.choice.addItem(f"{e.counter_name}（{wareki(e.started_on)}〜{end}）")
        self.choice.currentIndexChanged.connect(self._load)
        self.whole, self.in_window, self.days = QLineEdit(), QLineEdit(), QPlainTextEdit()
        self.days.setTabChangesFocus(True)
        self.form = Form()
        self.form.add("choice", "在職期間", self.choice)
        self.form.add("whole", "従業日数（全期間）", self.whole, "証明書の日数")
        self.form.add("in_window", "従業日数（対象期間内）", self.in_window, "分かるときだけ")
        self.form.add(
            "days", "勤務日内訳表", self.days, "Excel の日付の列を貼れます（R6.8.10 など、一行に一日）"
        )
        self.body.addWidget(self.form)
        self.add_action("やめる", self.reject)
        self.action_row.addStretch(1)
        self.main_button = self.add_action("保存する", self.submit, "main")
        self._load(0)

    def _current(self) -> EmploymentView:
        return self._employments[self.choice.currentIndex()]

    def _load(self, _place: int) -> None:
        e = self._current()
        self.whole.setText("" if e.workdays is None else str(e.workdays))
        self.in_window.setText("" if e.workdays_in_window is None else str(e.workdays_in_window))
        self.days.setPlainText("\n".join(d.isoformat() for d in e.days or ()))

    def submit(self) -> None:
        """確かめて保存する。断られたら、その欄の横に理由を出す。"""
        try:
            days = parse_days(self.days.toPlainText()) or None
        except RuleViolation as refusal:
            self.form.show_errors({"days": str(refusal)})
            return
        try:
            eligibility.set_workdays(
                self._office,
                self._current().id,
                workdays=_number(self.whole.text(), "従業日数（全期間）"),
                workdays_in_window=_number(self.in_window.text(), "従業日数（対象期間内）"),
                days=days,
            )
        except RuleViolation as refusal:
            self.form.show_errors({"whole": str(refusal)})
            return
        self.accept()
        self.saved.emit()
