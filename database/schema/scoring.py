"""採点の表：修了認定テスト・設問・答案・合格基準の決定。得点は答案と正答から導く。"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
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
    marking_gap: Mapped[int | None]

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
    ability: Mapped[str | None]
    choices: Mapped[dict[str, str] | None] = mapped_column(CanonicalJSON)
    bank_version_id: Mapped[int | None] = mapped_column(ForeignKey("bank_version.id"))

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
    kind: Mapped[str | None]
    added: Mapped[list[int] | None] = mapped_column(CanonicalJSON)
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"))


class BankQuestion(Row, Base):
    """問題庫の一問。中身は版ごとに BankVersion にある。"""

    __tablename__ = "bank_question"

    code: Mapped[str] = mapped_column(unique=True)
    subject_group: Mapped[str]
    ability: Mapped[str | None]
    kind: Mapped[str]
    author: Mapped[str] = mapped_column(default="")

    versions: Mapped[list["BankVersion"]] = relationship(order_by="BankVersion.version")

    __table_args__ = (
        CheckConstraint("kind IN ('choice','multiple','written')", name="kind"),
        CheckConstraint("subject_group IN ('A','B','C','D','E')", name="subject_group"),
    )


class BankVersion(Row, Base):
    """問題の一つの版。承認された版は変えず、直すときは新しい版を作る。

    made_by は書いた人の名（何人かで書けば「、」で並ぶ）、made_by_key はその人たちの鍵（改行で並ぶ）。
    """

    __tablename__ = "bank_version"

    bank_question_id: Mapped[int] = mapped_column(ForeignKey("bank_question.id"), index=True)
    version: Mapped[int]
    text: Mapped[str]
    choices: Mapped[dict[str, str]] = mapped_column(CanonicalJSON)
    key: Mapped[list[str]] = mapped_column(CanonicalJSON)
    points: Mapped[int]
    state: Mapped[str] = mapped_column(default="draft")
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    made_by_key: Mapped[str | None]

    reviews: Mapped[list["QuestionReview"]] = relationship(order_by="QuestionReview.id")

    __table_args__ = (
        UniqueConstraint("bank_question_id", "version"),
        CheckConstraint("state IN ('draft','review','approved','retired')", name="state"),
        CheckConstraint("points > 0", name="points"),
    )


class QuestionReview(Row, Base):
    """問題の版についての審査の一つ：提出・差戻し・承認・廃止・意見。"""

    __tablename__ = "question_review"

    bank_version_id: Mapped[int] = mapped_column(ForeignKey("bank_version.id"), index=True)
    action: Mapped[str]
    remark: Mapped[str] = mapped_column(default="")
    reviewed_by: Mapped[str]
    reviewed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"))

    __table_args__ = (
        CheckConstraint("action IN ('submit','return','approve','retire','remark')", name="action"),
        CheckConstraint("action NOT IN ('return','remark') OR length(remark) > 0", name="remark_given"),
    )


class WrittenMark(Row, Base):
    """記述の答の、一人の採点者による点。reading は 1・2（二人の採点）と 3（差が開いたとき）。"""

    __tablename__ = "written_mark"

    answer_sheet_id: Mapped[int] = mapped_column(ForeignKey("answer_sheet.id"), index=True)
    question_number: Mapped[int]
    reading: Mapped[int]
    points: Mapped[int]
    marker: Mapped[str]
    marker_key: Mapped[str]
    marked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    note: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        UniqueConstraint("answer_sheet_id", "question_number", "reading"),
        UniqueConstraint("answer_sheet_id", "question_number", "marker_key"),
        CheckConstraint("reading IN (1,2,3) AND points >= 0", name="reading"),
    )


class AnswerScan(Row, Base):
    """答案の写し一枚（データベースの中に暗号化して置く）。"""

    __tablename__ = "answer_scan"

    answer_sheet_id: Mapped[int] = mapped_column(ForeignKey("answer_sheet.id"), index=True)
    position: Mapped[int]
    file_name: Mapped[str]
    media_type: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    received_on: Mapped[date] = mapped_column(ISODate)

    __table_args__ = (UniqueConstraint("answer_sheet_id", "position"),)
