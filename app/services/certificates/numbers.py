"""認定番号：取り込んだ庁の番号を、人に結び付けて確かめる。"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import RuleViolation
from app.services.views.certificates import WaitingRow
from database.schema.certificates import AssignedNumber
from database.schema.intake import Application


def assigned_numbers(session: Session, cohort_id: int) -> dict[int, str]:
    """研修期の、受付番号から庁の番号（取り下げた行を除く）。取り込んでいなければ空。"""
    query = (
        select(Application.reception_number, AssignedNumber.number)
        .join(Application, Application.id == AssignedNumber.application_id)
        .where(AssignedNumber.cohort_id == cohort_id, AssignedNumber.withdrawn_on.is_(None))
        .order_by(AssignedNumber.id)
    )
    found: dict[int, str] = dict(session.execute(query).all())
    return found


def check_assigned(assigned: dict[int, str], waiting: Sequence[WaitingRow]) -> None:
    """庁の番号を使う研修期で、番号のまだない人がいれば RuleViolation（だれの番号がないかを言う）。"""
    lacking = [w for w in waiting if w.kind == "new" and w.reception_number not in assigned]
    if assigned and lacking:
        names = "、".join(f"{w.reception_number:04d} {w.name}" for w in lacking)
        raise RuleViolation(
            f"庁の番号がまだない人がいるため、一枚も交付していません：{names}。番号のブックを取り込んでください。"
        )
