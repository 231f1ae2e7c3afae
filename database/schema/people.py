"""人の表。氏名は打たれたとおりに持ち、正規化しない。"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database.schema.base import Base, CanonicalJSON, ISODate, Row, UTCDateTime


class Person(Row, Base):
    """申込者・受講者・認証者となる一人。氏名の形は別々に持つ。"""

    __tablename__ = "person"

    name: Mapped[str]
    reading: Mapped[str] = mapped_column(default="")
    roman_name: Mapped[str] = mapped_column(default="")
    certificate_name: Mapped[str] = mapped_column(default="")
    certificate_name_signed_off: Mapped[bool] = mapped_column(default=False)
    certificate_name_signed_by: Mapped[str | None]
    certificate_name_signed_on: Mapped[date | None] = mapped_column(ISODate)
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
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"), index=True)
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))


class PersonMerge(Row, Base):
    """同じ人の二つの記録の名寄せ。移した行と、残した記録の前の値を持ち、元に戻せる。"""

    __tablename__ = "person_merge"

    kept_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    merged_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    merged_at: Mapped[datetime] = mapped_column(UTCDateTime)
    merged_by: Mapped[str]
    reason: Mapped[str]
    moved: Mapped[dict[str, Any]] = mapped_column(CanonicalJSON)
    replaced: Mapped[dict[str, Any]] = mapped_column(CanonicalJSON)
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (CheckConstraint("kept_id <> merged_id", name="two_records"),)


class PersonDistinction(Row, Base):
    """似ているが別の人だと確かめた二つの記録（番号の小さい方が one）。取り消せば消す。"""

    __tablename__ = "person_distinction"

    one_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    noted_on: Mapped[date] = mapped_column(ISODate)
    noted_by: Mapped[str]
    reason: Mapped[str]

    __table_args__ = (
        UniqueConstraint("one_id", "other_id"),
        CheckConstraint("one_id < other_id", name="order"),
    )


class NameChange(Row, Base):
    """氏名などの変更の届け。前と後の値（列の名から）と、確かめた書類を残す。"""

    __tablename__ = "name_change"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    changed_on: Mapped[date] = mapped_column(ISODate)
    before: Mapped[dict[str, Any]] = mapped_column(CanonicalJSON)
    after: Mapped[dict[str, Any]] = mapped_column(CanonicalJSON)
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))
    reason: Mapped[str]
    recorded_by: Mapped[str]

    __table_args__ = (CheckConstraint("length(reason) > 0", name="reason"),)
