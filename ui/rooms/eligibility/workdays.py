"""従業日数の入力：在職期間ごとに、日数か、勤務日の一覧（Excel から貼る・暦で選ぶ）で。"""

from datetime import date, timedelta

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.calendar import wareki
from app.domain.eligibility_case import FactKey
from app.domain.errors import RuleViolation
from app.domain.workday_lists import (
    PastedDays,
    duplicate_words,
    few,
    outside_words,
    pattern_days,
    read_days,
    written,
)
from app.services import eligibility
from app.services.office import Office
from app.services.views.eligibility import EligibilityView
from app.services.views.intake import EmploymentView
from ui.messages import Dialog
from ui.theme.style import current_look, set_role
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, button, label
from ui.widgets.date_field import DateField
from ui.widgets.day_picker import DayPicker
from ui.widgets.form import Form
from ui.widgets.timeline import Span, overlaps

_WEEKDAYS = "月火水木金土日"
_ONE = timedelta(days=1)
_SHOWN = 4


def _number(text: str, name: str) -> int | None:
    if not text.strip():
        return None
    if not text.strip().isdecimal():
        raise RuleViolation(f"{name}は0以上の整数で入れてください。")
    return int(text)


class PatternRow(QWidget):
    """曜日で塗る：期間と曜日を選び、まとめて印を付けるか外す。filled（日の並び, 付けるか）。"""

    filled = Signal(object, bool)

    def __init__(self, today: date) -> None:
        super().__init__()
        self.first, self.last = DateField(today, "塗る初めの日"), DateField(today, "塗る終わりの日")
        self.weekdays = [QCheckBox(name) for name in _WEEKDAYS]
        for place, box in enumerate(self.weekdays):
            box.setChecked(place < 5)
            box.setAccessibleName(f"{_WEEKDAYS[place]}曜日")
        self.fill_button = button("印を付ける", "small", lambda: self._fill(True))
        self.clear_button = button("印を外す", "small", lambda: self._fill(False))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        dates, days = QHBoxLayout(), QHBoxLayout()
        dates.addWidget(self.first, 1)
        dates.addWidget(label("から"))
        dates.addWidget(self.last, 1)
        dates.addWidget(label("まで"))
        for box in self.weekdays:
            days.addWidget(box)
        days.addStretch(1)
        days.addWidget(self.fill_button)
        days.addWidget(self.clear_button)
        column.addLayout(dates)
        column.addLayout(days)

    def set_range(self, first: date, last: date) -> None:
        """塗る期間の初めの値。"""
        self.first.set_value(first)
        self.last.set_value(last)

    def _fill(self, chosen: bool) -> None:
        first, last = self.first.value, self.last.value
        if first is None or last is None:
            return
        weekdays = [place for place, box in enumerate(self.weekdays) if box.isChecked()]
        self.filled.emit(pattern_days(first, last, weekdays), chosen)


class WorkdaysDialog(Dialog):
    """在職期間を選び、日数か日の一覧を入れる。打つそばから、判定がどうなるかを示す。"""

    saved = Signal()

    def __init__(self, parent: QWidget | None, office: Office, view: EligibilityView) -> None:
        first, last = view.window
        words = f"対象期間は{wareki(first)}から{wareki(last)}までです。日の一覧があれば、それだけを数えます。"
        super().__init__(parent, "勤務日の入力", words)
        self._office, self._view, self._employments = office, view, view.employments
        self._read = PastedDays(())
        self.choice = QComboBox()
        for e in view.employments:
            end = "現在" if e.ended_on is None else wareki(e.ended_on)
            self.choice.addItem(f"{e.counter_name}（{wareki(e.started_on)}〜{end}）")
        self.choice.currentIndexChanged.connect(self._load)
        self.whole, self.in_window, self.days = QLineEdit(), QLineEdit(), QPlainTextEdit()
        self.days.setTabChangesFocus(True)
        self.days.setAccessibleName("勤務日の一覧")
        self.picker, self.pattern = DayPicker(), PatternRow(office.today())
        self.picker.setAccessibleName("勤務日の暦")
        self.tabs = QTabWidget()
        self.tabs.addTab(self._paste_page(), "貼り付ける")
        self.tabs.addTab(self._calendar_page(), "暦で選ぶ")
        self.form = Form()
        self.form.add("choice", "在職期間", self.choice)
        self.form.add("whole", "従業日数（全期間）", self.whole, "証明書の日数")
        self.form.add("in_window", "従業日数（対象期間内）", self.in_window, "分かるときだけ")
        self.form.add_wide("days", "勤務日内訳表", self.tabs)
        self.reading, self.outcome = label("", "caption", wrap=True), NoteBox("")
        self.body.addWidget(self.form)
        self.body.addWidget(self.reading)
        self.body.addWidget(self.outcome)
        self.add_action("やめる", self.reject)
        self.action_row.addStretch(1)
        self.main_button = self.add_action("保存する", self.submit, "main")
        self.setMinimumWidth(current_look().px(620))
        for field in (self.whole, self.in_window):
            field.textEdited.connect(lambda _text: self._judge())
        self.days.textChanged.connect(self._typed)
        self.picker.changed.connect(lambda: self._write(self.picker.days))
        self.pattern.filled.connect(self._fill)
        self._load(0)

    def _paste_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, current_look().px(8), 0, 0)
        hint = "Excel の日付の列や表、月ごとの○印の表をそのまま貼れます（R6.8.10・2024/8/10・45514 など）。"
        column.addWidget(label(hint, "caption", wrap=True))
        column.addWidget(self.days)
        self.days.setMinimumHeight(current_look().px(150))
        return page

    def _calendar_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, current_look().px(8), 0, 0)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        set_role(self.picker, "scrolled")
        self.area.setWidget(self.picker)
        self.area.setMinimumHeight(current_look().px(200))
        self.picker.moved.connect(self._follow)
        hint = "押すかなぞると印が付きます。地の黄色い日は、ほかの在職と重なる日です。"
        column.addWidget(label(hint, "caption", wrap=True))
        column.addWidget(self.pattern)
        column.addWidget(self.area, 1)
        return page

    def _follow(self, where: QRect) -> None:
        self.area.ensureVisible(where.center().x(), where.center().y())

    def _current(self) -> EmploymentView:
        return self._employments[self.choice.currentIndex()]

    def _bounds(self) -> tuple[date, date]:
        e = self._current()
        return e.started_on, e.ended_on or self._view.training_starts_on

    def _load(self, _place: int) -> None:
        e, (first, last) = self._current(), self._bounds()
        shown = max(first, self._view.window[0])
        spans = [Span("", one.started_on, one.ended_on) for one in self._employments]
        marked = {
            day
            for start, end in overlaps(spans, self._view.window)
            for day in pattern_days(max(start, first), min(end, last), range(7))
        }
        # 長い在職では、対象期間の月だけを並べる
        self.picker.set_range(min(shown, last), last, marked)
        self.pattern.set_range(min(shown, last), last)
        self.whole.setText("" if e.workdays is None else str(e.workdays))
        self.in_window.setText("" if e.workdays_in_window is None else str(e.workdays_in_window))
        self.days.setPlainText(written(e.days or ()))
        self._typed()

    def _write(self, days: tuple[date, ...]) -> None:
        """暦で選んだ日を、一覧の字にする。"""
        self.days.setPlainText(written(days))

    def _fill(self, days: tuple[date, ...], chosen: bool) -> None:
        first, last = self._bounds()
        inside = {day for day in days if first <= day <= last}
        kept = set(self._read.days)
        self._write(tuple(sorted(kept | inside if chosen else kept - set(days))))

    def _typed(self) -> None:
        """一覧を読み、読めないところ・重なり・在職の外の日を名指しする。"""
        try:
            self._read = read_days(self.days.toPlainText())
        except RuleViolation as refusal:
            self._read = PastedDays((), (), (str(refusal),))
        first, last = self._bounds()
        self.picker.set_days(self._read.days)
        # 読めない所があるうちに暦で替えると、その行が消えてしまう
        self.picker.setEnabled(not self._read.problems)
        self.pattern.setEnabled(not self._read.problems)
        read = self._read
        lines = [f"{len(read.days)}日を読みました：{few(read.days)}"] if read.days else []
        lines += [w for w in (duplicate_words(read.duplicates), outside_words(read.days, first, last)) if w]
        lines += list(read.cautions[:_SHOWN])
        self.reading.setText("\n".join(lines))
        self.form.row("days").set_error(self._problem_words())
        self._judge()

    def _problem_words(self) -> str:
        problems = self._read.problems
        more = f"\nほか{len(problems) - _SHOWN}か所" if len(problems) > _SHOWN else ""
        return "\n".join(problems[:_SHOWN]) + more

    def _values(self) -> dict[str, object]:
        return {
            "workdays": _number(self.whole.text(), "従業日数（全期間）"),
            "workdays_in_window": _number(self.in_window.text(), "従業日数（対象期間内）"),
            "days": self._read.days or None,
        }

    def _judge(self) -> None:
        """保存したらどう判定されるかを示す（まだ何も書かない）。"""
        try:
            changes = {FactKey("employment", self._current().id, n): v for n, v in self._values().items()}
            tried = eligibility.what_if(self._office, self._view.row.application_id, changes)  # type: ignore[arg-type]
        except RuleViolation as refusal:
            self.outcome.set_text(str(refusal), Tone.BAD)
            return
        if tried.problems:
            self.outcome.set_text("\n".join(tried.problems), Tone.BAD)
            return
        tone = {"eligible": Tone.OK, "unconfirmed": Tone.WARN, "ineligible": Tone.BAD}[tried.row.result]
        self.outcome.set_text(f"保存すると「{tried.row.words}」：{tried.findings[3].sentence}", tone)

    def _refusals(self) -> dict[str, str]:
        if self._read.problems:
            return {"days": self._problem_words()}
        if outside := outside_words(self._read.days, *self._bounds()):
            return {"days": f"{outside}。日を直すか、在職期間を確かめてください。"}
        return {}

    def submit(self) -> None:
        """確かめて保存する。断られたら、その欄の横に理由を出す。"""
        if not self.form.show_errors(self._refusals()):
            return
        try:
            values = self._values()
            days = list(self._read.days) or None
            eligibility.set_workdays(self._office, self._current().id, **values | {"days": days})  # type: ignore[arg-type]
        except RuleViolation as refusal:
            self.form.show_errors({"whole": str(refusal)})
            return
        self.accept()
        self.saved.emit()
