"""閉じた会議の凍った記録を読む。"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.schema.committee import DecisionReversal, Meeting


def closed_cases(session: Session, cohort_id: int) -> list[tuple[Meeting, dict[str, Any]]]:
    """閉じた会議の、凍った案件（後の書類はここだけを読む）。後で変更された議決は除く。"""
    meetings = session.scalars(
        select(Meeting)
        .where(Meeting.cohort_id == cohort_id, Meeting.closed_at.is_not(None))
        .order_by(Meeting.number)
    )
    changed = set(session.scalars(select(DecisionReversal.case_id)))
    return [
        (m, c) for m in meetings for c in (m.frozen or {}).get("cases", []) if c["case_id"] not in changed
    ]
