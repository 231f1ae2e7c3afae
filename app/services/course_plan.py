"""研修期の日程：提出物の期限と集合研修の日。"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services.office import Office
from database.schema.intake import Cohort
from database.schema.progress import ReportDue, TrainingSession


def cohort_of(session: Session, cohort_id: int) -> Cohort:
    """研修期。なければ RuleViolation。"""
    cohort = session.get(Cohort, cohort_id)
    if cohort is None:
        raise RuleViolation("その研修期がありません。研修期を選び直してください。")
    return cohort


def set_report_due(
    office: Office, cohort_id: int, position: int, title: str, due_on: date, final: bool = False
) -> int:
    """取組状況報告・課題レポートの期限を定める。同じ position があれば改める。"""
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
        act.session.flush()
        act.say(f"report_due:{row.id}", f"{title}の期限を{wareki(due_on)}に設定", detail={"before": before})
        return row.id


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
