"""人の表。氏名は打たれたとおりに持ち、正規化しない。"""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database.schema.base import Base, ISODate, Row


class Person(Row, Base):
    """申込者・受講者・認証者となる一人。氏名の形は別々に持つ。"""

    __tablename__ = "person"

    name: Mapped[str]
    reading: Mapped[str] = mapped_column(default="")
    roman_name: Mapped[str] = mapped_column(default="")
    certificate_name: Mapped[str] = mapped_column(default="")
    certificate_name_signed_off: Mapped[bool] = mapped_column(default=False)
    alias: Mapped[str] = mapped_column(default="")
    former_name: Mapped[str] = mapped_column(default="")
    birth_date: Mapped[date] = mapped_column(ISODate)
    nationality: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    postal_code: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    affiliation: Mapped[str] = mapped_column(default="")
    affiliation_prefecture: Mapped[str] = mapped_column(default="")
    activity_area: Mapped[str] = mapped_column(default="")
    specialties: Mapped[str] = mapped_column(default="")
    languages: Mapped[str] = mapped_column(default="")
    publish_consent: Mapped[bool] = mapped_column(default=False)
    died_on: Mapped[date | None] = mapped_column(ISODate)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)

    convictions: Mapped[list["Conviction"]] = relationship(
        back_populates="person", cascade="all, delete-orphan"
    )

    __table_args__ = (
        CheckConstraint("length(name) > 0", name="name_given"),
        Index("ix_person_reading_birth_date", "reading", "birth_date"),
    )


class Conviction(Row, Base):
    """有罪の裁判の一つ（欠格事由イ・ウの根拠）。"""

    __tablename__ = "conviction"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    law: Mapped[str]
    penalty: Mapped[str]
    finalized_on: Mapped[date | None] = mapped_column(ISODate)
    execution_ended_on: Mapped[date | None] = mapped_column(ISODate)
    execution_ceased_on: Mapped[date | None] = mapped_column(ISODate)
    suspension_kind: Mapped[str | None]
    suspension_ends_on: Mapped[date | None] = mapped_column(ISODate)
    suspension_revoked: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(default="")

    person: Mapped[Person] = relationship(back_populates="convictions")

    __table_args__ = (
        CheckConstraint("law IN ('immigration','technical_intern','other')", name="law"),
        CheckConstraint(
            "suspension_kind IS NULL OR suspension_kind IN ('full','partial')", name="suspension_kind"
        ),
    )


class Attachment(Row, Base):
    """データベースの中に（暗号化して）置く書類の写し。"""

    __tablename__ = "attachment"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str]
    file_name: Mapped[str]
    media_type: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    received_on: Mapped[date] = mapped_column(ISODate)
