"""認定証の表：認証・認定証（版ごと）・欠番・庁の番号・印刷・台帳の出来事・用紙・署名鍵。"""

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
    certified_on: Mapped[date] = mapped_column(ISODate, index=True)

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
    # 取り下げた版：紙と値はそのまま残り、確かめたときに取り下げたと分かる
    withdrawn_on: Mapped[date | None] = mapped_column(ISODate)
    withdrawn_reason: Mapped[str | None]
    # 紙の設計（resources の設計の名と要約値）
    layout: Mapped[str | None]

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


class AssignedNumber(Row, Base):
    """庁が付けた番号。取り込んだファイルと共に残し、差し替えは前の行を取り下げて積む。"""

    __tablename__ = "assigned_number"

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    number: Mapped[str] = mapped_column(index=True)
    file_name: Mapped[str]
    file_digest: Mapped[str]
    imported_at: Mapped[datetime] = mapped_column(UTCDateTime)
    imported_by: Mapped[str]
    withdrawn_on: Mapped[date | None] = mapped_column(ISODate)
    withdrawn_reason: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("length(number) > 0", name="number"),
        CheckConstraint("withdrawn_on IS NULL OR length(withdrawn_reason) > 0", name="withdrawn_reason"),
    )


class PrinterCalibration(Row, Base):
    """印刷機ごとの位置合わせ。ずれは 0.1 mm、倍率は一万分の一で持つ。"""

    __tablename__ = "printer_calibration"

    printer: Mapped[str] = mapped_column(unique=True)
    offset_x: Mapped[int] = mapped_column(default=0)
    offset_y: Mapped[int] = mapped_column(default=0)
    scale_x: Mapped[int] = mapped_column(default=10_000)
    scale_y: Mapped[int] = mapped_column(default=10_000)
    tray: Mapped[str] = mapped_column(default="")
    tested_on: Mapped[date] = mapped_column(ISODate)
    set_by: Mapped[str]

    __table_args__ = (
        CheckConstraint("scale_x BETWEEN 9000 AND 11000 AND scale_y BETWEEN 9000 AND 11000", name="scale"),
    )


class PrintRun(Row, Base):
    """認定証をまとめて刷る一度の仕事。止まっても、どの紙まで確かめたかが残る。"""

    __tablename__ = "print_run"

    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id"), index=True)
    printer: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    started_by: Mapped[str]
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    sheets: Mapped[list["PrintSheet"]] = relationship(order_by="PrintSheet.position")


class PrintSheet(Row, Base):
    """刷る紙の一枚。unprinted（未印刷）→ unconfirmed（送ったが未確認）→ printed（印刷済）か spoiled（書損じ）。"""

    __tablename__ = "print_sheet"

    print_run_id: Mapped[int] = mapped_column(ForeignKey("print_run.id"), index=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    position: Mapped[int]
    state: Mapped[str] = mapped_column(default="unprinted")
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    note: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        UniqueConstraint("print_run_id", "position"),
        CheckConstraint("state IN ('unprinted','unconfirmed','printed','spoiled')", name="state"),
    )


class CertificateEvent(Row, Base):
    """台帳の出来事：発送・返送・手渡し・書損じ・旧い認定証の返納。"""

    __tablename__ = "certificate_event"

    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    kind: Mapped[str]
    happened_on: Mapped[date] = mapped_column(ISODate)
    words: Mapped[str] = mapped_column(default="")
    tracking_number: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[str]

    __table_args__ = (
        CheckConstraint(
            "kind IN ('posted','returned_mail','handed','spoiled','old_returned','old_missing')", name="kind"
        ),
    )


class BlankStock(Row, Base):
    """認定証の用紙の出し入れ（枚）。数は、すべての行の和。"""

    __tablename__ = "blank_stock"

    happened_on: Mapped[date] = mapped_column(ISODate)
    change: Mapped[int]
    reason: Mapped[str]
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"), index=True)
    recorded_by: Mapped[str]

    __table_args__ = (
        CheckConstraint("change <> 0", name="change"),
        CheckConstraint("length(reason) > 0", name="reason"),
    )
