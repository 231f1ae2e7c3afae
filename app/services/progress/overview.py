"""進捗：盤の全体と、一人の課程の一枚。"""

from datetime import date

from app.services.office import Office
from app.services.progress.board import rows_of
from app.services.progress.course import attempt_views, board_rows, present_at, reports_of, rules_of
from app.services.progress.people import course_of
from app.services.progress.plan import (
    cohort_of,
)
from app.services.progress.words import gate_views, sentences
from app.services.views.progress import (
    BoardView,
    CourseRules,
    CourseView,
    PlanView,
    ReportView,
    SessionView,
    outcome_of,
)
from database.queries.progress import AttendanceFact, CohortCourse, load_board


def board(office: Office, cohort_id: int) -> BoardView:
    """受講が決定した人の進捗の盤（受付番号の順）。状態は事実から今日の時点で導く。"""
    with office.read("progress.board") as session:
        cohort = cohort_of(session, cohort_id)
        facts, rules = load_board(session, cohort_id), rules_of(cohort)
        plan = facts.plan
        return BoardView(
            cohort_id,
            rows_of(facts, rules, office.today()),
            tuple(PlanView(d.id, d.position, d.title, d.due_on, d.final, d.task or "") for d in plan.dues),
            tuple(PlanView(s.id, s.position, s.title, s.held_on) for s in plan.sessions),
            rules,
        )


def _report_views(course: CohortCourse, application_id: int, today: date) -> tuple[ReportView, ...]:
    handed = course.submissions.get(application_id, {})
    found = []
    for due, report in zip(course.dues, reports_of(course, application_id), strict=True):
        s = handed.get(due.id)
        found.append(
            ReportView(
                due.id,
                due.position,
                due.title,
                due.due_on,
                due.final,
                report.extended_to,
                s.extension_reason if s else "",
                report.submitted_on,
                report.missed(today),
                due.task or "",
            )
        )
    return tuple(found)


def _session_views(course: CohortCourse, rules: CourseRules, application_id: int) -> tuple[SessionView, ...]:
    present = course.attendances.get(application_id, {})
    found = []
    for one in course.sessions:
        a = present.get(one.id) or AttendanceFact(one.id, None, 0, 0)
        found.append(
            SessionView(
                one.id,
                one.position,
                one.title,
                one.held_on,
                a.attended,
                a.minutes_late,
                a.minutes_left_early,
                outcome_of(a.attended, a.outcome),
                present_at(a, rules),
            )
        )
    return tuple(found)


def get_course(office: Office, application_id: int) -> CourseView:
    """一人の研修のすべて（受験・報告・出欠と、今日の状態の文）。"""
    today = office.today()
    with office.read("progress.get_course") as session:
        course, cohort = course_of(session, application_id)
        who = course.participants[0]
        return CourseView(
            row=board_rows(course, cohort, today)[0],
            attempts=attempt_views(course, cohort, application_id),
            reports=_report_views(course, application_id, today),
            sessions=_session_views(course, rules_of(cohort), application_id),
            withdrawn_on=who.withdrawn_on,
            withdrawal_reason=who.withdrawal_reason,
            sentences=sentences(course, cohort, application_id, today),
            gates=gate_views(course, cohort, application_id, today),
            rules=rules_of(cohort),
        )
