"""試しに変えてみる欄：日付・窓口の種類・要件・資格・研修開始日。打つそばから判定が変わる。"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from app.domain.eligibility import COUNTER_WORDS, TECHNICIAN, TECHNICIAN_GRADES, qualification_ja
from app.domain.eligibility_case import Case, FactKey, Value, fact_values
from ui.widgets.date_field import DateField
from ui.widgets.form import Form

_THREE = {True: "満たす", False: "満たさない", None: "未確認"}
_ENGAGED = {True: "従事している", False: "従事していない", None: "未確認"}
_WORK = {True: "相談対応", False: "相談対応ではない"}
_EVIDENCE = {True: "確認済み", False: "未確認"}
_NEEDED = frozenset({"starts_on", "started_on", "registered_on"})


class _Choice(QComboBox):
    """値と言葉の対から選ぶ欄。"""

    def __init__(self, words: Mapping[Any, str]) -> None:
        super().__init__()
        self._values = list(words)
        self.addItems(list(words.values()))

    def value(self) -> object:
        """選ばれている値。"""
        return self._values[self.currentIndex()]

    def show_value(self, value: object) -> None:
        """値を示す（知らせは出さない）。"""
        place = next((i for i, v in enumerate(self._values) if v is value or v == value), -1)
        if self.currentIndex() != place:
            self.blockSignals(True)
            self.setCurrentIndex(place)
            self.blockSignals(False)


class TrialPanel(QWidget):
    """一人の事実の欄。変えると edited（FactKey, 値）を送る。書くことはない。"""

    edited = Signal(object, object)

    def __init__(self, today: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self._fields: dict[FactKey, DateField | _Choice] = {}
        self._shape: list[tuple[str, int]] = []
        self._form: Form | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def field(self, part: str, part_id: int, name: str) -> DateField | _Choice:
        """事実の欄。"""
        return self._fields[FactKey(part, part_id, name)]

    def set_case(self, case: Case) -> None:
        """事実を示す。同じ在職と資格なら欄を作り直さず、打っている最中の欄には触れない。"""
        shape = [("e", e.id) for e in case.employments] + [("q", q.id) for q in case.qualifications]
        if self._form is None or shape != self._shape:
            self._rebuild(case)
            self._shape = shape
        values = fact_values(case)
        for key, field in self._fields.items():
            if isinstance(field, _Choice):
                field.show_value(values[key])
            elif not field.edit.hasFocus() and not (field.value == values[key] and not field.error):
                self._show_date(field, values[key])

    @staticmethod
    def _show_date(field: DateField, value: Value) -> None:
        field.blockSignals(True)
        field.set_value(value if isinstance(value, date) else None)
        field.blockSignals(False)

    def _rebuild(self, case: Case) -> None:
        if self._form is not None:
            self._column.removeWidget(self._form)
            self._form.setParent(None)
            self._form.deleteLater()
        self._fields.clear()
        self._form = form = Form()
        self._column.addWidget(form)
        form.add_section("研修と現在の従事場所")
        self._date(("training", 0, "starts_on"), "研修開始日", "")
        counters: dict[Any, str] = {**COUNTER_WORDS, None: "未確認"}
        self._choice(("current", 0, "counter"), "現在の窓口の種類", counters)
        self._choice(("current", 0, "engaged"), "相談対応への従事", _ENGAGED)
        self._choice(("current", 0, "counter_standard"), "窓口の要件（注5）", _THREE)
        for place, e in enumerate(case.employments, 1):
            form.add_section(f"在職{place}　{e.name}")
            self._date(("employment", e.id, "started_on"), "開始日", "")
            self._date(("employment", e.id, "ended_on"), "終了日", "空なら在職中")
            self._choice(("employment", e.id, "counter"), "窓口の種類", COUNTER_WORDS)
            self._choice(("employment", e.id, "counter_standard"), "窓口の要件（注5）", _THREE)
            self._choice(("employment", e.id, "consultation"), "業務", _WORK)
        for q in case.qualifications:
            form.add_section(f"国家資格　{qualification_ja(q.fact)}")
            self._date(("qualification", q.id, "registered_on"), "登録日", "")
            self._date(("qualification", q.id, "lapsed_on"), "失効日", "空なら失効していない")
            if q.fact.kind == TECHNICIAN:
                grades: dict[Any, str] = {grade: f"{grade}級" for grade in (*TECHNICIAN_GRADES, 3)}
                grades[None] = "未確認"
                self._choice(("qualification", q.id, "grade"), "級", grades)
            self._choice(("qualification", q.id, "evidence"), "登録証の写し", _EVIDENCE)

    def _date(self, place: tuple[str, int, str], name: str, hint: str) -> None:
        assert self._form is not None
        key, field = FactKey(*place), DateField(self._today, name)
        self._fields[key] = field
        field.changed.connect(self._teller(key, field))
        self._form.add(".".join(map(str, place)), name, field, hint)

    def _teller(self, key: FactKey, field: DateField) -> Callable[[object], None]:
        def tell(value: object) -> None:
            # 読めない途中の字や、空にできない日の空は、まだ知らせない（理由は欄の横に出ている）
            if field.error or (value is None and key.field in _NEEDED):
                return
            self.edited.emit(key, value)

        return tell

    def _choice(self, place: tuple[str, int, str], name: str, words: Mapping[Any, str]) -> None:
        assert self._form is not None
        key, field = FactKey(*place), _Choice(words)
        self._fields[key] = field
        field.currentIndexChanged.connect(lambda _place: self.edited.emit(key, field.value()))
        self._form.add(".".join(map(str, place)), name, field)
