"""提出の表：庁へ送った便と、その一行ずつの要約値、戻ったファイルとの照合。"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database.schema.base import Base, CanonicalJSON, ISODate, Row, UTCDateTime


class SubmissionBatch(Row, Base):
    """便。file_digest は送ったファイルの SHA-256。"""

    __tablename__ = "submission_batch"

    kind: Mapped[str] = mapped_column(default="register")
    number: Mapped[int]
    as_of: Mapped[date] = mapped_column(ISODate)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    file_name: Mapped[str]
    file_digest: Mapped[str]
    # 件数照合表（項目から件数へ）
    control: Mapped[dict[str, Any] | None] = mapped_column(CanonicalJSON)

    rows: Mapped[list["SubmissionRow"]] = relationship(
        cascade="all, delete-orphan", order_by="SubmissionRow.id"
    )

    __table_args__ = (UniqueConstraint("kind", "number"),)


class SubmissionRow(Row, Base):
    """便の一行。次の便は、ここから変わったものだけを送る。"""

    __tablename__ = "submission_row"

    submission_batch_id: Mapped[int] = mapped_column(ForeignKey("submission_batch.id"), index=True)
    key: Mapped[str]
    digest: Mapped[str]
    change: Mapped[str]
    # 送ったセルの値（見出しから文字へ）。戻ったファイルはこれと比べる。覚える前の便では空
    cells: Mapped[dict[str, Any] | None] = mapped_column(CanonicalJSON)

    __table_args__ = (
        UniqueConstraint("submission_batch_id", "key"),
        CheckConstraint("change IN ('new','changed','revoked','lapsed','removed')", name="change"),
    )


class ReturnedFile(Row, Base):
    """庁から戻ったファイルを、送った便と一桁ずつ比べた結果。"""

    __tablename__ = "returned_file"

    submission_batch_id: Mapped[int] = mapped_column(ForeignKey("submission_batch.id"), index=True)
    file_name: Mapped[str]
    file_digest: Mapped[str]
    compared_at: Mapped[datetime] = mapped_column(UTCDateTime)
    compared_by: Mapped[str]
    differences: Mapped[list[Any]] = mapped_column(CanonicalJSON)
