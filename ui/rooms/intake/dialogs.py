"""受付の窓：研修期・人の記録。"""

from collections.abc import Mapping

from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.application_days import closing_problem, course2_problem
from app.domain.contacts import CONTACT_FIELDS, Contacts, contact_findings
from app.domain.errors import RuleViolation
from app.services import intake
from app.services.intake import PERSON_FIELDS, CohortForm
from app.services.intake.form import FormRefused
from app.services.office import Office
from app.services.views.intake import PersonView
from ui.theme.style import current_look
from ui.widgets.date_field import DateField
from ui.widgets.form import Form
from ui.widgets.number import NumberBox
from ui.widgets.saving import SavingDialog


def show_contact_cautions(form: Form, fields: Mapping[str, QLineEdit]) -> None:
    """連絡先の書き方の指摘を、打つそばから欄の下に出す（断るのは保存するとき）。"""
    contacts = Contacts(**{name: fields[name].text() for name in Contacts.__dataclass_fields__})
    found = {CONTACT_FIELDS[c.column]: c.reason for c in contact_findings(contacts)}
    for name in CONTACT_FIELDS.values():
        form.row(name).set_caution(found.get(name, ""))


class CohortDialog(SavingDialog):
    """研修期を作る。"""

    def __init__(self, parent: QWidget, office: Office) -> None:
        super().__init__(parent, "研修期を作る", "年度は研修開始日から決まります。", "作る")
        self._office, self.created = office, 0
        today = office.today()
        self.term, self.capacity = NumberBox(), NumberBox()
        for box in (self.term, self.capacity):
            box.setMaximumWidth(current_look().px(120))
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
        starts = self.starts.value
        if starts is None:
            return {"starts": "研修開始日を入れてください。"} | found
        for key, problem in (
            ("closes", closing_problem(self.closes.value, starts)),
            ("course2", course2_problem(self.course2.value, starts)),
        ):
            if problem:
                found[key] = problem
        return found

    def save(self) -> None:
        """研修期を作り、その番号を created に置く。"""
        assert self.starts.value is not None
        self.created = intake.create_cohort(
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
        for field in self.fields.values():
            field.textChanged.connect(lambda _text: show_contact_cautions(self.form, self.fields))
        show_contact_cautions(self.form, self.fields)
        self.fields["name"].setFocus()

    def errors(self) -> dict[str, str]:
        """生年月日は要る。"""
        if self.birth_date.value is None:
            return {"birth_date": self.birth_date.error or "生年月日を入れてください。"}
        return {}

    def refused(self, refusal: RuleViolation) -> None:
        """受け取れない連絡先は、欄の横に言う。"""
        if isinstance(refusal, FormRefused):
            self.show_errors({CONTACT_FIELDS[column]: reason for column, reason in refusal.problems})
        else:
            super().refused(refusal)

    def save(self) -> None:
        """変わった欄だけを保存する。"""
        changes = {k: f.text() for k, f in self.fields.items() if f.text() != getattr(self._person, k)}
        born = self.birth_date.value
        if changes or born != self._person.birth_date:
            intake.update_person(self._office, self._person.id, changes, born)
