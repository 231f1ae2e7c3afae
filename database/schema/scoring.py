"""採点の表：修了認定テスト・設問・答案・合格基準の決定。得点は答案と正答から導く。"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database.schema.base import Base, CanonicalJSON, ISODate, Row, UTCDateTime
from database.schema.progress import OUTCOMES


class CertificationTest(Row, Base):
    """修了認定テスト一回。"""

    __tablename__ = "certification_test"

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    title: Mapped[str]
    held_on: Mapped[date] = mapped_column(ISODate)
    locked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    questions: Mapped[list["Question"]] = relationship(
        cascade="all, delete-orphan", order_by="Question.number"
    )

    __table_args__ = (UniqueConstraint("cohort_id", "title"),)


class Question(Row, Base):
    """設問。key は正答の選択肢（複数可）、treatment は不適切問題の扱い。"""

    __tablename__ = "question"

    certification_test_id: Mapped[int] = mapped_column(ForeignKey("certification_test.id"), index=True)
    number: Mapped[int]
    subject_group: Mapped[str]
    kind: Mapped[str] = mapped_column(default="choice")
    points: Mapped[int]
    key: Mapped[list[str]] = mapped_column(CanonicalJSON)
    treatment: Mapped[str | None]
    text: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        UniqueConstraint("certification_test_id", "number"),
        CheckConstraint("kind IN ('choice','multiple','written')", name="kind"),
        CheckConstraint("subject_group IN ('A','B','C','D','E')", name="subject_group"),
        CheckConstraint("points > 0", name="points"),
    )


class AnswerSheet(Row, Base):
    """一人の答案。answers は設問番号から選んだ肢の列（記述は採点者の点）への対応。"""

    __tablename__ = "answer_sheet"

    certification_test_id: Mapped[int] = mapped_column(ForeignKey("certification_test.id"), index=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    outcome: Mapped[str] = mapped_column(default="points")
    answers: Mapped[dict[str, Any]] = mapped_column(CanonicalJSON)
    import_batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"))

    __table_args__ = (
        UniqueConstraint("certification_test_id", "application_id"),
        CheckConstraint(f"outcome IN {OUTCOMES}", name="outcome"),
    )


class PassRuleAdoption(Row, Base):
    """合格基準の採用。新しい採用は前のものを消さずに積む。"""

    __tablename__ = "pass_rule_adoption"

    certification_test_id: Mapped[int] = mapped_column(ForeignKey("certification_test.id"), index=True)
    adopted_on: Mapped[date] = mapped_column(ISODate)
    total_minimum: Mapped[int]
    group_minimum: Mapped[dict[str, int]] = mapped_column(CanonicalJSON)
    no_zero: Mapped[bool] = mapped_column(default=True)
    correction: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(default="")
    adopted_by: Mapped[str]
    results: Mapped[list[dict[str, Any]]] = mapped_column(CanonicalJSON)
