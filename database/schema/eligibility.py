"""受講資格の決定の表。決定した時の判定と事実の要約値を共に凍らせる。"""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from database.schema.base import Base, CanonicalJSON, ISODate, Row


class EligibilityDecision(Row, Base):
    """受講資格の決定。新しい決定は前の決定を消さずに積む（最も新しいものが有効）。"""

    __tablename__ = "eligibility_decision"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    decided_on: Mapped[date] = mapped_column(ISODate)
    decision: Mapped[str]
    finding: Mapped[str]
    facts_digest: Mapped[str]
    findings: Mapped[list[dict[str, Any]]] = mapped_column(CanonicalJSON)
    reason: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[str]
    second_person: Mapped[str] = mapped_column(default="")
    edition: Mapped[str | None]
    facts: Mapped[dict[str, Any] | None] = mapped_column(CanonicalJSON)

    __table_args__ = (
        CheckConstraint("decision IN ('eligible','ineligible')", name="decision"),
        CheckConstraint("finding IN ('eligible','ineligible','unconfirmed')", name="finding"),
        CheckConstraint(
            "decision = finding OR (length(reason) > 0 AND length(second_person) > 0)", name="four_eyes"
        ),
    )


class SelectionDecision(Row, Base):
    """定員を超えたときの選考の決定。新しい決定は前の決定を消さずに積む（最も新しいものが有効）。"""

    __tablename__ = "selection_decision"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    decided_on: Mapped[date] = mapped_column(ISODate)
    decision: Mapped[str]
    rank: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[str]

    __table_args__ = (CheckConstraint("decision IN ('selected','waiting','not_selected')", name="decision"),)
