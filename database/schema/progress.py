"""研修の進捗の表：受験・取組状況報告・集合研修の出欠。"""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from database.schema.base import Base, ISODate, Row

VOIDED = 1000
OUTCOMES = "('points','absent','invalid','exempt','not_held')"


class Attempt(Row, Base):
    """小テスト（科目群 A〜E）または総合確認テスト（group は空）の一回の受験。すべて残す。

    誤って記した受験は消さずに、voided_on と理由を入れて取り消す。取り消した受験の number は、同じ回を
    記し直せるように、VOIDED ずつ大きくする。
    """

    __tablename__ = "attempt"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    test: Mapped[str]
    subject_group: Mapped[str] = mapped_column(default="")
    number: Mapped[int]
    outcome: Mapped[str]
    points: Mapped[int | None]
    taken_on: Mapped[date | None] = mapped_column(ISODate)
    import_batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"))
    voided_on: Mapped[date | None] = mapped_column(ISODate)
    void_reason: Mapped[str | None]

    __table_args__ = (
        UniqueConstraint("application_id", "test", "subject_group", "number"),
        CheckConstraint("test IN ('quiz','comprehensive')", name="test"),
        CheckConstraint("(test = 'quiz') = (subject_group IN ('A','B','C','D','E'))", name="subject_group"),
        CheckConstraint(
            f"outcome IN {OUTCOMES} AND (outcome = 'points') = (points IS NOT NULL)", name="outcome"
        ),
    )


class ReportDue(Row, Base):
    """研修期ごとの取組状況報告・課題レポートの提出期限。"""

    __tablename__ = "report_due"

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    position: Mapped[int]
    title: Mapped[str]
    due_on: Mapped[date] = mapped_column(ISODate)
    final: Mapped[bool] = mapped_column(default=False)
    task: Mapped[str | None]

    __table_args__ = (UniqueConstraint("cohort_id", "position"),)


class ReportSubmission(Row, Base):
    """一人の提出と、期限の延長（理由を添える）。"""

    __tablename__ = "report_submission"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    report_due_id: Mapped[int] = mapped_column(ForeignKey("report_due.id"))
    submitted_on: Mapped[date | None] = mapped_column(ISODate)
    extended_to: Mapped[date | None] = mapped_column(ISODate)
    extension_reason: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        UniqueConstraint("application_id", "report_due_id"),
        CheckConstraint("extended_to IS NULL OR length(extension_reason) > 0", name="extension_reason"),
    )


class TrainingSession(Row, Base):
    """集合研修（養成課程②）の一回。"""

    __tablename__ = "training_session"

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    position: Mapped[int]
    title: Mapped[str]
    held_on: Mapped[date] = mapped_column(ISODate)

    __table_args__ = (UniqueConstraint("cohort_id", "position"),)


class Attendance(Row, Base):
    """一人の、集合研修一回の出欠。attended が空は未確認。

    outcome は attended・absent・invalid・exempt・not_held（空なら attended が言う出席・欠席）。
    attended は、出席と免除が真、欠席と無効が偽、未実施が空。
    """

    __tablename__ = "attendance"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    training_session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"))
    attended: Mapped[bool | None]
    minutes_late: Mapped[int] = mapped_column(default=0)
    minutes_left_early: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str | None]

    __table_args__ = (UniqueConstraint("application_id", "training_session_id"),)
