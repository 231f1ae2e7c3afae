"""受付：研修期を作り、並べ、名と略号で言う。"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from app.domain.application_days import closing_problem, course2_problem
from app.domain.calendar import fiscal_year, wareki
from app.domain.errors import RuleViolation
from app.services.office import Office
from app.services.views.intake import CohortView
from database.schema.intake import Application, Cohort


def cohort_title(cohort: Cohort) -> str:
    """研修期の名（令和7年度 第2期）。"""
    return f"{wareki(date(cohort.fiscal_year, 5, 1)).split('年')[0]}年度 第{cohort.term}期"


def cohort_code(cohort: Cohort) -> str:
    """研修期の略号（R7-2）。"""
    return f"R{cohort.fiscal_year - 2018}-{cohort.term}"


def _cohort_view(cohort: Cohort, applications: int) -> CohortView:
    return CohortView(
        cohort.id,
        cohort.fiscal_year,
        cohort.term,
        cohort_title(cohort),
        cohort.training_starts_on,
        cohort.application_closes_on,
        cohort.course2_starts_on,
        cohort.capacity,
        applications,
    )


def list_cohorts(office: Office) -> tuple[CohortView, ...]:
    """研修期の一覧（新しい順）。"""
    with office.read("intake.list_cohorts") as session:
        rows = session.execute(select(Application.cohort_id, func.count()).group_by(Application.cohort_id))
        counts = {cohort_id: number for cohort_id, number in rows}
        cohorts = session.scalars(select(Cohort).order_by(Cohort.fiscal_year.desc(), Cohort.term.desc()))
        return tuple(_cohort_view(c, counts.get(c.id, 0)) for c in cohorts)


def find_cohort(office: Office, code: str) -> int:
    """略号（R7-2）から研修期を見つける。なければ RuleViolation。"""
    with office.read("intake.find_cohort") as session:
        known = {cohort_code(c): c.id for c in session.scalars(select(Cohort))}
    if code not in known:
        raise RuleViolation(
            f"研修期「{code}」はありません（あるもの：{'、'.join(sorted(known)) or 'なし'}）。"
        )
    return known[code]


@dataclass(frozen=True)
class CohortForm:
    """研修期に書くこと。"""

    term: int
    training_starts_on: date
    capacity: int = 60
    application_closes_on: date | None = None
    course2_starts_on: date | None = None
    quiz_pass_mark: int = 60
    comprehensive_pass_mark: int = 60
    max_attempts: int = 3


def create_cohort(office: Office, form: CohortForm) -> int:
    """研修期を作る。年度は研修開始日から決まる。"""
    year = fiscal_year(form.training_starts_on)
    with office.act("intake.create_cohort") as act:
        if act.session.scalar(select(Cohort.id).where(Cohort.fiscal_year == year, Cohort.term == form.term)):
            raise RuleViolation(f"R{year - 2018}-{form.term} は既にあります。期の番号を変えてください。")
        if form.term < 1 or form.capacity < 1 or form.max_attempts < 1:
            raise RuleViolation("期・定員・受験回数は1以上にしてください。")
        starts_on = form.training_starts_on
        if problem := closing_problem(form.application_closes_on, starts_on) or course2_problem(
            form.course2_starts_on, starts_on
        ):
            raise RuleViolation(problem)
        cohort = Cohort(
            fiscal_year=year,
            term=form.term,
            training_starts_on=form.training_starts_on,
            application_closes_on=form.application_closes_on,
            course2_starts_on=form.course2_starts_on,
            capacity=form.capacity,
            quiz_pass_mark=form.quiz_pass_mark,
            comprehensive_pass_mark=form.comprehensive_pass_mark,
            max_attempts=form.max_attempts,
            edition=office.guideline.name,
        )
        act.session.add(cohort)
        act.session.flush()
        act.say(f"cohort:{cohort.id}", f"研修期 {cohort_title(cohort)} を作成")
        return cohort.id
