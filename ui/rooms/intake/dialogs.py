"""受付の窓：研修期・人の記録。"""

from PySide6.QtWidgets import QLineEdit, QSpinBox, QWidget

from app.services import intake
from app.services.intake import PERSON_FIELDS, CohortForm
from app.services.office import Office
from app.services.views.intake import PersonView
from ui.widgets.date_field import DateField
from ui.widgets.saving import SavingDialog


class CohortDialog(SavingDialog):
    """研修期を作る。"""

    def __init__(self, parent: QWidget, office: Office) -> None:
        super().__init__(parent, "研修期を作る", "年度は研修開始日から決まります。", "作る")
        self._office = office
        today = office.today()
        self.term, self.capacity = QSpinBox(), QSpinBox()
        self.term.setRange(1, 99)
        self.capacity.setRange(1, 99_999)
        self.capacity.setValue(60)
        self.starts, self.closes = DateField(today, "研修開始日"), DateField(today, "申込の締切")
        self.course2 = DateField(today, "養成課程②の初日")
        self.form.add("term", "期", self.term)
        self.form.add("starts", "研修開始日", self.starts, required=True)
        self.form.add("closes", "申込の締切", self.closes)
        self.form.add("course2", "養成課程②の初日", self.course2)
        self.form.add("capacity", "定員", self.capacity)
        self.starts.setFocus()

    def errors(self) -> dict[str, str]:
        """研修開始日は要る。ほかの日も、書かれていれば読めなければならない。"""
        fields = {"starts": self.starts, "closes": self.closes, "course2": self.course2}
        found = {key: field.error for key, field in fields.items() if field.error}
        if self.starts.value is None and "starts" not in found:
            found["starts"] = "研修開始日を入れてください。"
        return found

    def save(self) -> None:
        """研修期を作る。"""
        assert self.starts.value is not None
        intake.create_cohort(
            self._office,
            CohortForm(
                self.term.value(),
                self.starts.value,
                self.capacity.value(),
                self.closes.value,
                self.course2.value,
            ),
        )


class PersonDialog(SavingDialog):
    """人の記録を直す。氏名は打たれたまま保存する。"""

    def __init__(self, parent: QWidget, office: Office, person: PersonView) -> None:
        super().__init__(parent, "人の記録を直す", "氏名は、申込書のとおりの字で入れてください。", "保存する")
        self._office, self._person = office, person
        self.fields = {key: QLineEdit(str(getattr(person, key))) for key in PERSON_FIELDS}
        for key, name in PERSON_FIELDS.items():
            self.form.add(key, name, self.fields[key])
        self.birth_date = DateField(office.today(), "生年月日")
        self.birth_date.set_value(person.birth_date)
        self.form.add("birth_date", "生年月日", self.birth_date, required=True)
        self.scroll_form(560, 440)
        self.fields["name"].setFocus()

    def errors(self) -> dict[str, str]:
        """生年月日は要る。"""
        if self.birth_date.value is None:
            return {"birth_date": self.birth_date.error or "生年月日を入れてください。"}
        return {}

    def save(self) -> None:
        """変わった欄だけを保存する。"""
        changes = {k: f.text() for k, f in self.fields.items() if f.text() != getattr(self._person, k)}
        born = self.birth_date.value
        if changes or born != self._person.birth_date:
            intake.update_person(self._office, self._person.id, changes, born)
