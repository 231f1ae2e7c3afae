"""研修期の決まりと日程：合格点など、提出物の期限、集合研修の日。改める前に、だれの関門が変わるかを言う。"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.domain.progress import ATTEMPT_RULES
from app.services.office import Office
from app.services.progress.course import board_rows, rules_of
from app.services.views.board import GATES
from app.services.views.progress import BoardRow, CourseRules, GateChange
from database.queries.progress import load_course
from database.schema.intake import Application, Cohort
from database.schema.progress import Attempt, ReportDue, TrainingSession

HIGHEST = 1000


def cohort_of(session: Session, cohort_id: int) -> Cohort:
    """研修期。なければ RuleViolation。"""
    cohort = session.get(Cohort, cohort_id)
    if cohort is None:
        raise RuleViolation("その研修期がありません。研修期を選び直してください。")
    return cohort


def set_report_due(
    office: Office,
    cohort_id: int,
    position: int,
    title: str,
    due_on: date,
    final: bool = False,
    task: str | None = None,
) -> int:
    """取組状況報告・課題レポートの期限と課題の文を定める。同じ position があれば改める。task が None なら文は変えない。"""
    if not title.strip() or position < 1:
        raise RuleViolation("提出物の名と順（1以上）を入れてください。")
    with office.act("progress.set_report_due") as act:
        cohort_of(act.session, cohort_id)
        others = act.session.scalars(select(ReportDue).where(ReportDue.cohort_id == cohort_id)).all()
        _check_final(others, position, final)
        row = next((d for d in others if d.position == position), None)
        before = None if row is None else row.due_on.isoformat()
        if row is None:
            row = ReportDue(cohort_id=cohort_id, position=position)
            act.session.add(row)
        row.title, row.due_on, row.final = title, due_on, final
        if task is not None:
            row.task = task.strip() or None
        act.session.flush()
        act.say(f"report_due:{row.id}", f"{title}の期限を{wareki(due_on)}に設定", detail={"before": before})
        return row.id


def set_course_rules(office: Office, cohort_id: int, rules: CourseRules) -> None:
    """研修期の決まり（合格点・受験の回数・どの回で判断するか・許す遅刻と早退）を改める。"""
    _check_rules(rules)
    with office.act("progress.set_course_rules") as act:
        cohort = cohort_of(act.session, cohort_id)
        before = rules_of(cohort)
        if before == rules:
            return
        taken = act.session.scalar(
            select(func.max(Attempt.number))
            .join(Application, Application.id == Attempt.application_id)
            .where(Application.cohort_id == cohort_id, Attempt.voided_on.is_(None))
        )
        if taken is not None and rules.max_attempts < taken:
            raise RuleViolation(
                f"既に{taken}回目の受験が記録されています。受験の回数は{taken}回以上にしてください。"
            )
        cohort.quiz_pass_mark = rules.quiz_pass_mark
        cohort.comprehensive_pass_mark = rules.comprehensive_pass_mark
        cohort.max_attempts = rules.max_attempts
        cohort.attempt_rule, cohort.attendance_tolerance = rules.attempt_rule, rules.attendance_tolerance
        act.say(
            f"cohort:{cohort_id}",
            "研修の決まりを変更",
            detail={"before": asdict(before), "after": asdict(rules)},
        )


def _check_rules(rules: CourseRules) -> None:
    if rules.attempt_rule not in ATTEMPT_RULES:
        raise RuleViolation("どの回で判断するかを、最も良い回・最後の回から選んでください。")
    if not all(0 <= mark <= HIGHEST for mark in (rules.quiz_pass_mark, rules.comprehensive_pass_mark)):
        raise RuleViolation(f"合格点は0〜{HIGHEST}点にしてください。")
    if rules.max_attempts < 1:
        raise RuleViolation("受験の回数は1以上にしてください。")
    if rules.attendance_tolerance is not None and rules.attendance_tolerance < 0:
        raise RuleViolation("許す遅刻・早退は0分以上にしてください。")


def try_changes(
    office: Office,
    cohort_id: int,
    *,
    rules: CourseRules | None = None,
    dues: Mapping[int, date] | None = None,
) -> tuple[GateChange, ...]:
    """決まり（rules）か提出物の期限（dues：id から新しい期限）を改めたとき、関門の状態の変わる人。何も書かない。"""
    today = office.today()
    with office.read("progress.try_changes") as session:
        cohort = cohort_of(session, cohort_id)
        course = load_course(session, cohort_id)
        now = rules_of(cohort)
        moved = replace(
            course, dues=tuple(replace(d, due_on=(dues or {}).get(d.id, d.due_on)) for d in course.dues)
        )
        before = board_rows(course, now, today)
        after = board_rows(moved, rules or now, today)
    return tuple(
        GateChange(a.application_id, a.reception, a.name, changed)
        for b, a in zip(before, after, strict=True)
        if not a.withdrawn and (changed := _changed(b, a))
    )


def _changed(before: BoardRow, after: BoardRow) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (title, old, new)
        for title, old, new in zip(GATES, before.gates, after.gates, strict=True)
        if old != new
    )


def _check_final(others: Sequence[ReportDue], position: int, final: bool) -> None:
    rows = [d for d in others if d.position != position]
    if final and any(d.final or d.position > position for d in rows):
        raise RuleViolation("課題レポートは最後の一つだけです。順を確かめてください。")
    if not final and any(d.final and d.position < position for d in rows):
        raise RuleViolation("課題レポートより後に取組状況報告は置けません。順を確かめてください。")


def set_session(office: Office, cohort_id: int, position: int, title: str, held_on: date) -> int:
    """集合研修の一回を定める。同じ position があれば改める。"""
    if not title.strip() or position < 1:
        raise RuleViolation("集合研修の名と順（1以上）を入れてください。")
    with office.act("progress.set_session") as act:
        cohort_of(act.session, cohort_id)
        row = act.session.scalar(
            select(TrainingSession).where(
                TrainingSession.cohort_id == cohort_id, TrainingSession.position == position
            )
        )
        if row is None:
            row = TrainingSession(cohort_id=cohort_id, position=position)
            act.session.add(row)
        row.title, row.held_on = title, held_on
        act.session.flush()
        act.say(f"training_session:{row.id}", f"{title}を{wareki(held_on)}に設定")
        return row.id
