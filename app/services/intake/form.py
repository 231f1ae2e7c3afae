"""受付：申込書を見て打った、一人の受講申込。"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.application_days import reception_caution, reception_problem
from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.domain.names import name_cautions
from app.services.intake.duplicates import Similar
from app.services.intake.imports import fill
from app.services.intake.planning import FormProblem, form_findings, form_problems
from app.services.office import Office
from app.services.people import grams_of, next_reception_number, open_elsewhere
from app.services.views.people import SimilarPerson
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
    "at_column",
    "form_cautions",
    "receive_application",
]


class FormRefused(RuleViolation):
    """申込書として受け取れない。problems は（申込様式の列かシートの名, 理由）。"""

    def __init__(self, problems: tuple[tuple[str, str], ...]) -> None:
        """受け取れないところを持つ。"""
        super().__init__("\n".join(f"{column}：{reason}" for column, reason in problems))
        self.problems = problems


class LikelyDuplicate(RuleViolation):
    """同じ人かもしれない人が既にいる。people は（人の番号, 氏名）、elsewhere は結果の出ていないほかの申込の文。どうするかは人が決める。"""

    def __init__(
        self, alike: tuple[SimilarPerson, ...], birth_date: date, elsewhere: tuple[str, ...] = ()
    ) -> None:
        """似た人を持つ。"""
        names = "、".join(one.name for one in alike if one.exact)
        words = [f"同じ読みと生年月日（{wareki(birth_date)}）の人が既にいます：{names}。"] if names else []
        words.append(
            "似た人：" if words else f"似た人が既にいます（申込書の生年月日 {wareki(birth_date)}）："
        )
        words += [f"・{one.words}" for one in alike]
        words.append("同じ人の申込か、別の人かを選んでください。")
        words += [f"同じ人なら：{each}" for each in elsewhere]
        super().__init__("\n".join(words))
        self.people = tuple((one.id, one.name) for one in alike)
        self.elsewhere = elsewhere


def at_column(problem: FormProblem) -> tuple[str, str]:
    """指摘の（申込様式の列かシートの名, 文）。"""
    return (problem.column if problem.at == 0 else str(problem.part)), problem.sentence


def form_cautions(
    office: Office, cohort_id: int, form: ApplicantForm, received_on: date
) -> tuple[tuple[str, str], ...]:
    """受け取れるが確かめるところ（申込様式の列かシートの名, 文）。取込の下見の「注意」と同じ規則。"""
    with office.read("intake.form_cautions") as session:
        cohort = session.get_one(Cohort, cohort_id)
        starts_on, closes_on = cohort.training_starts_on, cohort.application_closes_on
    found = [("氏名", words) for words in name_cautions(form.name)]
    if words := reception_caution(received_on, starts_on, closes_on):
        found.append(("受付日", words))
    found += [at_column(p) for p in form_findings(form, starts_on, office) if p.warning]
    return tuple(found)


def _person(
    session: Session, cohort_id: int, form: ApplicantForm, person_id: int | None, another: bool
) -> Person:
    """申込の人。似た人がいるのにどちらとも言われなければ LikelyDuplicate。"""
    if person_id is None:
        alike = () if another else Similar(session, [form]).people(form)
        if alike:
            elsewhere = open_elsewhere(session, cohort_id, [one.id for one in alike])
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

    form の row と number は使わない。似た人がいれば LikelyDuplicate：同じ人なら person_id、
    別の人なら another_person を与える。received_on がなければ今日。受け取れない値は FormRefused。
    """
    day = received_on or office.today()
    with office.act("intake.receive_application") as act:
        session = act.session
        starts_on = session.get_one(Cohort, cohort_id).training_starts_on
        late = reception_problem(day, starts_on, office.today())
        problems = [("受付日", late)] if late else []
        problems += [(column, reason) for column, _, reason in form_problems(form, starts_on, office)]
        if problems:
            raise FormRefused(tuple(problems))
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
