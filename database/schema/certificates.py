"""認定証の表：認証・認定証（版ごと）・欠番・署名鍵。"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database.schema.base import Base, CanonicalJSON, ISODate, Row, UTCDateTime


class Certification(Row, Base):
    """認証。認定番号は一つの認証に一つ。"""

    __tablename__ = "certification"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("committee_case.id"), unique=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(unique=True)
    decided_on: Mapped[date] = mapped_column(ISODate)
    certified_on: Mapped[date] = mapped_column(ISODate)

    certificates: Mapped[list["Certificate"]] = relationship(order_by="Certificate.version")

    __table_args__ = (
        UniqueConstraint("cohort_id", "serial"),
        CheckConstraint("certified_on >= decided_on", name="order"),
    )


class Certificate(Row, Base):
    """交付した認定証の一つの版。印刷した値と PDF の要約値を凍らせる。"""

    __tablename__ = "certificate"

    certification_id: Mapped[int] = mapped_column(ForeignKey("certification.id"), index=True)
    version: Mapped[int]
    kind: Mapped[str]
    issued_on: Mapped[date] = mapped_column(ISODate)
    valid_from: Mapped[date] = mapped_column(ISODate)
    expires_on: Mapped[date] = mapped_column(ISODate)
    face: Mapped[dict[str, Any]] = mapped_column(CanonicalJSON)
    qr_text: Mapped[str]
    pdf: Mapped[bytes] = mapped_column(LargeBinary)
    pdf_digest: Mapped[str]
    issued_by: Mapped[str]
    printed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        UniqueConstraint("certification_id", "version"),
        CheckConstraint("kind IN ('new','renewal','reissue','rewrite','correction')", name="kind"),
        CheckConstraint("expires_on >= valid_from", name="validity"),
    )


class VoidedNumber(Row, Base):
    """欠番とその理由。番号に説明のない隙間を残さない。"""

    __tablename__ = "voided_number"

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    serial: Mapped[int]
    reason: Mapped[str]
    second_person: Mapped[str]

    __table_args__ = (
        UniqueConstraint("cohort_id", "serial"),
        CheckConstraint("length(reason) > 0", name="reason"),
    )


class SigningKey(Row, Base):
    """認定証の QR に署名する Ed25519 の鍵（秘密鍵は暗号化されたこのファイルの外に出ない）。"""

    __tablename__ = "signing_key"

    private_key: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
