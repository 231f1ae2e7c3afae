"""受付：申込書を見て打った、一人の受講申込。"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services.intake_import import fill, form_problems, person_key
from app.services.office import Office
from app.services.people import grams_of, next_reception_number, open_elsewhere
from app.workbooks.applicant_forms import (
    ApplicantForm,
    ConvictionForm,
    EmploymentForm,
    QualificationForm,
)
from app.workbooks.applicant_layout import (
    COUNTERS,
    EVIDENCE,
    LAW_WORDS,
    PENALTY_WORDS,
    QUALIFICATIONS,
    STANDARDS,
    SUSPENSIONS,
)
from database.queries.search import index_person
from database.schema.intake import Application, Cohort
from database.schema.people import Person

# 画面も申込様式と同じ言葉で選ぶ（様式から写して貼れるように）
__all__ = [
    "COUNTERS",
    "EVIDENCE",
    "LAW_WORDS",
    "PENALTY_WORDS",
    "QUALIFICATIONS",
    "STANDARDS",
    "SUSPENSIONS",
    "ApplicantForm",
    "ConvictionForm",
    "EmploymentForm",
    "FormRefused",
    "LikelyDuplicate",
    "QualificationForm",
    "receive_application",
]


class FormRefused(RuleViolation):
    """申込書として受け取れない。problems は（申込様式の列かシートの名, 理由）。"""

    def __init__(self, problems: tuple[tuple[str, str], ...]) -> None:
        """受け取れないところを持つ。"""
        super().__init__("\n".join(f"{column}：{reason}" for column, reason in problems))
        self.problems = problems


class LikelyDuplicate(RuleViolation):
    """同じ読みと生年月日の人が既にいる。people は（人の番号, 氏名）、elsewhere は結果の出ていないほかの申込の文。どうするかは人が決める。"""

    def __init__(
        self, people: tuple[tuple[int, str], ...], birth_date: date, elsewhere: tuple[str, ...] = ()
    ) -> None:
        """似た人を持つ。"""
        names = "、".join(name for _, name in people)
        super().__init__(
            f"同じ読みと生年月日（{wareki(birth_date)}）の人が既にいます：{names}。"
            "同じ人の申込か、別の人かを選んでください。"
            + "".join(f"\n同じ人なら：{words}" for words in elsewhere)
        )
        self.people = people
        self.elsewhere = elsewhere


def _alike(session: Session, form: ApplicantForm) -> tuple[tuple[int, str], ...]:
    key = person_key(form.name, form.reading, form.birth_date)
    rows = session.scalars(
        select(Person)
        .where(Person.birth_date == form.birth_date, Person.merged_into_id.is_(None))
        .order_by(Person.id)
    )
    return tuple((p.id, p.name) for p in rows if person_key(p.name, p.reading, p.birth_date) == key)


def _person(
    session: Session, cohort_id: int, form: ApplicantForm, person_id: int | None, another: bool
) -> Person:
    """申込の人。似た人がいるのにどちらとも言われなければ LikelyDuplicate。"""
    if person_id is None:
        alike = _alike(session, form)
        if alike and not another:
            elsewhere = open_elsewhere(session, cohort_id, [number for number, _ in alike])
            raise LikelyDuplicate(alike, form.birth_date, tuple(elsewhere.values()))
        return Person()
    applied = session.scalar(
        select(Application.reception_number).where(
            Application.cohort_id == cohort_id, Application.person_id == person_id
        )
    )
    if applied is not None:
        raise RuleViolation(f"この人はこの研修期に申し込み済みです（受付 {applied:04d}）。")
    person = session.get(Person, person_id)
    if person is None or person.merged_into_id is not None:
        raise RuleViolation("その人の記録はありません。もう一度探してください。")
    return person


def receive_application(
    office: Office,
    cohort_id: int,
    form: ApplicantForm,
    *,
    received_on: date | None = None,
    person_id: int | None = None,
    another_person: bool = False,
) -> int:
    """一人の受講申込を受け付け、申込の id を返す。受付番号は続きの番号、氏名は打たれたまま。

    form の row と number は使わない。同じ読みと生年月日の人がいれば LikelyDuplicate：同じ人なら person_id、
    別の人なら another_person を与える。received_on がなければ今日。受け取れない値は FormRefused。
    """
    day = received_on or office.today()
    with office.act("intake.receive_application") as act:
        session = act.session
        if day > office.today():
            raise RuleViolation(f"受付日（{wareki(day)}）が今日より後です。日付を確かめてください。")
        starts_on = session.get_one(Cohort, cohort_id).training_starts_on
        if problems := form_problems(form, starts_on, office):
            raise FormRefused(tuple((column, reason) for column, _, reason in problems))
        person = _person(session, cohort_id, form, person_id, another_person)
        number = next_reception_number(session, cohort_id)
        application = Application(
            person=person, cohort_id=cohort_id, reception_number=number, received_on=day
        )
        session.add(application)
        fill(application, form)
        session.flush()
        index_person(session, person.id, grams_of(person))
        act.say(f"application:{application.id}", f"受講申込を受付（受付 {number:04d}）")
        return application.id
