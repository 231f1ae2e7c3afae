"""受付の表：研修期・受講申込・在職期間・国家資格・申告・不備・取込。"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database.schema.base import Base, CanonicalJSON, ISODate, Row, UTCDateTime
from database.schema.people import Person

COUNTERS = "('national','municipal','commissioned_by_nation','commissioned_by_municipality','private')"


class Cohort(Row, Base):
    """研修期（年度・第n期）。合格点と受験回数はここが決める。"""

    __tablename__ = "cohort"

    fiscal_year: Mapped[int]
    term: Mapped[int]
    training_starts_on: Mapped[date] = mapped_column(ISODate)
    application_closes_on: Mapped[date | None] = mapped_column(ISODate)
    course2_starts_on: Mapped[date | None] = mapped_column(ISODate)
    capacity: Mapped[int] = mapped_column(default=60)
    quiz_pass_mark: Mapped[int] = mapped_column(default=60)
    comprehensive_pass_mark: Mapped[int] = mapped_column(default=60)
    max_attempts: Mapped[int] = mapped_column(default=3)
    edition: Mapped[str] = mapped_column(default="r7-02-27")
    selection_criteria: Mapped[str | None]
    attempt_rule: Mapped[str | None]
    attendance_tolerance: Mapped[int | None]

    __table_args__ = (
        UniqueConstraint("fiscal_year", "term"),
        CheckConstraint("term > 0 AND capacity > 0 AND max_attempts > 0", name="positive"),
    )


class ImportBatch(Row, Base):
    """一度の取込。同じファイルの二度目を知り、まとめて取り消すために残す。

    replaced は、書き替えた前からの記録の、前の値（人・申込と、その子の行）。取り消せば消す。
    """

    __tablename__ = "import_batch"

    kind: Mapped[str]
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id"))
    file_name: Mapped[str]
    file_digest: Mapped[str]
    imported_at: Mapped[datetime] = mapped_column(UTCDateTime)
    counts: Mapped[dict[str, Any]] = mapped_column(CanonicalJSON)
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    replaced: Mapped[list[Any] | None] = mapped_column(CanonicalJSON)


class Application(Row, Base):
    """一人の、一つの研修期への受講申込。"""

    __tablename__ = "application"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    reception_number: Mapped[int]
    received_on: Mapped[date] = mapped_column(ISODate)
    counter_name: Mapped[str] = mapped_column(default="")
    counter: Mapped[str | None]
    commissioner: Mapped[str | None]
    counter_engaged: Mapped[bool | None]
    counter_standard: Mapped[bool | None]
    mental_declared: Mapped[bool | None]
    immigration_declared: Mapped[bool | None]
    other_law_declared: Mapped[bool | None]
    revocation_declared: Mapped[bool | None]
    withdrawn_on: Mapped[date | None] = mapped_column(ISODate)
    withdrawal_reason: Mapped[str] = mapped_column(default="")
    import_batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"))
    note: Mapped[str] = mapped_column(default="")

    person: Mapped[Person] = relationship()
    cohort: Mapped[Cohort] = relationship()
    employments: Mapped[list["Employment"]] = relationship(
        cascade="all, delete-orphan", order_by="Employment.id"
    )
    qualifications: Mapped[list["Qualification"]] = relationship(
        cascade="all, delete-orphan", order_by="Qualification.id"
    )
    deficiencies: Mapped[list["Deficiency"]] = relationship(
        cascade="all, delete-orphan", order_by="Deficiency.id"
    )

    __table_args__ = (
        UniqueConstraint("cohort_id", "reception_number"),
        UniqueConstraint("cohort_id", "person_id"),
        CheckConstraint(f"counter IS NULL OR counter IN {COUNTERS}", name="counter"),
    )


class Employment(Row, Base):
    """相談窓口での一つの在職期間。日数は証明書に書かれたまま持つ。"""

    __tablename__ = "employment"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    counter_name: Mapped[str] = mapped_column(default="")
    counter: Mapped[str]
    commissioner: Mapped[str | None]
    counter_standard: Mapped[bool | None]
    consultation: Mapped[bool] = mapped_column(default=True)
    started_on: Mapped[date] = mapped_column(ISODate)
    ended_on: Mapped[date | None] = mapped_column(ISODate)
    workdays: Mapped[int | None]
    workdays_in_window: Mapped[int | None]
    days: Mapped[list[str] | None] = mapped_column(CanonicalJSON)

    __table_args__ = (
        CheckConstraint(f"counter IN {COUNTERS}", name="counter"),
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="order"),
        CheckConstraint("workdays IS NULL OR workdays >= 0", name="workdays"),
    )


class Qualification(Row, Base):
    """国家資格（実施要綱 4(3)）。"""

    __tablename__ = "qualification"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    kind: Mapped[str]
    grade: Mapped[int | None]
    registered_on: Mapped[date] = mapped_column(ISODate)
    lapsed_on: Mapped[date | None] = mapped_column(ISODate)
    evidence: Mapped[bool] = mapped_column(default=False)


class Deficiency(Row, Base):
    """書類の不備と補正依頼、期限、回答。

    requested_on は補正依頼書を作った日（まだなら空）、reminded_on は最後に督促した日、
    cancelled_on・cancellation は誤って記した不備を取り下げた日と理由。
    """

    __tablename__ = "deficiency"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    item: Mapped[str]
    found_on: Mapped[date] = mapped_column(ISODate)
    requested_on: Mapped[date | None] = mapped_column(ISODate)
    due_on: Mapped[date | None] = mapped_column(ISODate)
    answered_on: Mapped[date | None] = mapped_column(ISODate)
    note: Mapped[str] = mapped_column(default="")
    document_kind: Mapped[str | None]
    requirement: Mapped[str | None]
    reminded_on: Mapped[date | None] = mapped_column(ISODate)
    answer: Mapped[str | None]
    cancelled_on: Mapped[date | None] = mapped_column(ISODate)
    cancellation: Mapped[str | None]


class DocumentCheck(Row, Base):
    """申込の書類の一つの確認。received_on は原本を受け取った日、waived は「要らない」とした理由。"""

    __tablename__ = "document_check"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    kind: Mapped[str]
    received_on: Mapped[date | None] = mapped_column(ISODate)
    waived: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="")

    __table_args__ = (UniqueConstraint("application_id", "kind"),)


class ImportMapping(Row, Base):
    """ほかの様式の読み方。名を付けて残し、同じ見出しのファイルで思い出す。

    shape は table（見出しの行の下に人が並ぶ）か form（一枚に一人、値は決まったセル）。
    headings は見分けるための見出し（畳んだ文字）、places は「様式の見出し → ファイルの列かセル」。
    """

    __tablename__ = "import_mapping"

    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    shape: Mapped[str]
    sheet: Mapped[str] = mapped_column(default="")
    heading_row: Mapped[int | None]
    headings: Mapped[list[str]] = mapped_column(CanonicalJSON)
    places: Mapped[dict[str, Any]] = mapped_column(CanonicalJSON)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (CheckConstraint("shape IN ('table','form')", name="shape"),)
