"""研修の一人を引く：受講が決定した人か、辞退していない人か。"""

from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services.progress.plan import cohort_of
from database.queries.progress import CohortCourse, load_course
from database.schema.intake import Application, Cohort


def application_of(session: Session, application_id: int) -> Application:
    """受講申込。なければ RuleViolation。"""
    application = session.get(Application, application_id)
    if application is None:
        raise RuleViolation("その受講申込がありません。一覧を開き直してください。")
    return application


def course_of(session: Session, application_id: int) -> tuple[CohortCourse, Cohort]:
    """受講が決定した一人の研修と研修期。決定していなければ RuleViolation。"""
    application = application_of(session, application_id)
    course = load_course(session, application.cohort_id, application_id)
    if not course.participants:
        raise RuleViolation(
            f"受付番号{application.reception_number:04d}は受講が決定していません。受講資格の部屋で決定してください。"
        )
    return course, cohort_of(session, application.cohort_id)


def active_course_of(session: Session, application_id: int) -> tuple[CohortCourse, Cohort]:
    """辞退していない一人の研修と研修期。辞退した人の記録は動かさないので RuleViolation。"""
    course, cohort = course_of(session, application_id)
    who = course.participants[0]
    if who.withdrawn_on is not None:
        raise RuleViolation(
            f"受付番号{who.reception_number:04d}は{wareki(who.withdrawn_on)}に辞退となっています。"
            "記録するには、先に辞退を取り消してください。"
        )
    return course, cohort
