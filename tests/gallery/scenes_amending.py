"""受け付けた申込を直す窓と、書き方の注意の場面。"""

from collections.abc import Iterator
from datetime import date

from PySide6.QtWidgets import QWidget

from app.services import eligibility, intake
from app.services.intake.form import ApplicantForm, EmploymentForm, QualificationForm
from tests.factories import make_cohort
from tests.gallery.scene import Scene, WindowFactory
from tests.gallery.scenes_course import fresh_office
from ui.rooms.intake.amending import AmendDialog
from ui.rooms.intake.application import ApplicationDialog
from ui.rooms.intake.dialogs import CohortDialog


def _hand() -> QWidget:
    office = fresh_office()
    cohort = make_cohort(office, starts_on=date(2026, 4, 1))
    return ApplicationDialog(None, office, cohort)  # type: ignore[arg-type]


def _careless(dialog: QWidget) -> None:
    assert isinstance(dialog, ApplicationDialog)
    for key, words in (
        ("name", "見本 花子"),
        ("reading", "見本 ハナコ"),
        ("phone", "03-12"),
        ("email", "hanako.example.jp"),
    ):
        dialog.person[key].setText(words)
    dialog.show_cautions()
    dialog._area.ensureWidgetVisible(dialog.person["email"])


def _amend() -> QWidget:
    office = fresh_office()
    cohort = make_cohort(office, starts_on=date(2026, 4, 1))
    form = ApplicantForm(
        0,
        "",
        "髙橋 花子",
        date(1985, 4, 1),
        reading="タカハシ ハナコ",
        phone="090-1111-2222",
        counter_name="見本市外国人相談窓口",
        counter="municipal",
        counter_engaged=True,
        counter_standard=True,
        employments=(
            EmploymentForm("municipal", date(2022, 4, 1), None, "見本市外国人相談窓口", True, True, 410),
            EmploymentForm("private", date(2019, 4, 1), date(2022, 3, 31), "見本国際協会", None, True, 300),
        ),
        qualifications=(QualificationForm("certified_social_worker", date(2018, 5, 10), None, None, True),),
    )
    made = intake.receive_application(office, cohort, form)
    eligibility.decide(office, made, "eligible")
    return AmendDialog(None, office, intake.read_form(office, made))  # type: ignore[arg-type]


def _asked_reason(dialog: QWidget) -> None:
    assert isinstance(dialog, AmendDialog)
    dialog.employments.grid.put(0, 4, "R8.1.31")
    dialog.submit()
    dialog._area.ensureWidgetVisible(dialog.reason)


def _cohort() -> QWidget:
    made = CohortDialog(None, fresh_office())  # type: ignore[arg-type]
    made.starts.set_value(date(2026, 4, 1))
    made.closes.set_value(date(2026, 4, 2))
    made.course2.set_value(date(2026, 3, 31))
    made.submit()
    return made


def scenes(_make: WindowFactory) -> Iterator[Scene]:
    """申込の注意、直す窓、断られた研修期。"""
    yield Scene("amending_cautions", _hand, size=None, after=_careless)
    yield Scene("amending_open", _amend, size=None)
    yield Scene("amending_reason", _amend, size=None, after=_asked_reason)
    yield Scene("amending_cohort", _cohort, size=None)
