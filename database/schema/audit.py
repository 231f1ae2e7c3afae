"""監査記録の表：記録（鎖）と、その記録が触れた行の要約値。"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from database.schema.base import Base, CanonicalJSON, UTCDateTime


class AuditEntry(Base):
    """一つの操作の記録。hash は previous_hash を含むすべての値から、mac は外の鍵で作る。"""

    __tablename__ = "audit_entry"

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor_id: Mapped[int | None]
    actor_name: Mapped[str]
    machine: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    summary: Mapped[str]
    reason: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(CanonicalJSON)
    rows_digest: Mapped[str]
    previous_hash: Mapped[str]
    hash: Mapped[str]
    mac: Mapped[str]

    __table_args__ = (CheckConstraint("sequence > 0", name="sequence"),)


class AuditRow(Base):
    """一つの操作が変えた行の、前と後の要約値（SHA-256、32 バイト。無い側は NULL）。"""

    __tablename__ = "audit_row"

    sequence: Mapped[int] = mapped_column(ForeignKey("audit_entry.sequence"), primary_key=True)
    table_name: Mapped[str] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(primary_key=True)
    before: Mapped[bytes | None]
    after: Mapped[bytes | None]

    __table_args__ = (
        CheckConstraint("before IS NOT NULL OR after IS NOT NULL", name="changed"),
        {"sqlite_with_rowid": False},
    )
