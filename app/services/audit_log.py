"""監査記録を読む（新しい順に、続きを番号で）。記録は読むだけで、直す道はない。"""

from sqlalchemy import ColumnElement, func, or_, select

from app.services.committee.veil import Veil
from app.services.office import Office
from app.services.views.audit_log import AuditLine
from database.schema.audit import AuditEntry, AuditRow

__all__ = ["AuditLine", "read"]


def _matches(text: str) -> ColumnElement[bool]:
    columns = (AuditEntry.summary, AuditEntry.reason, AuditEntry.actor_name, AuditEntry.subject)
    return or_(*(c.contains(text, autoescape=True) for c in columns))


def read(
    office: Office, before: int | None = None, limit: int = 200, text: str = ""
) -> tuple[AuditLine, ...]:
    """番号が before より前の記録を、新しい順に limit 件まで。text は内容・理由・人・対象に含む文字。"""
    with office.read("audit_log.read") as session:
        query = select(AuditEntry).order_by(AuditEntry.sequence.desc()).limit(limit)
        if before is not None:
            query = query.where(AuditEntry.sequence < before)
        if text.strip():
            query = query.where(_matches(text.strip()))
        veil = Veil(session, office.require("audit_log.read"))
        entries = [
            e
            for e in session.scalars(query)
            if not veil.hides_subject(e.subject) and not veil.covers(e.summary, e.reason, str(e.detail))
        ]
        query_rows = (
            select(AuditRow.sequence, func.count())
            .where(AuditRow.sequence.in_([e.sequence for e in entries]))
            .group_by(AuditRow.sequence)
        )
        counts = {sequence: count for sequence, count in session.execute(query_rows)}
        return tuple(
            AuditLine(
                e.sequence,
                e.at,
                e.actor_name,
                e.machine,
                e.action,
                e.subject,
                e.summary,
                e.reason,
                e.detail,
                e.hash,
                counts.get(e.sequence, 0),
            )
            for e in entries
        )
