"""更新・取消の表：更新研修の修了・取消し・返納と死亡。"""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from database.schema.base import Base, ISODate, Row


class Renewal(Row, Base):
    """認証更新研修の修了。"""

    __tablename__ = "renewal"

    certification_id: Mapped[int] = mapped_column(ForeignKey("certification.id"), index=True)
    completed_on: Mapped[date] = mapped_column(ISODate)
    import_batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"))

    __table_args__ = (UniqueConstraint("certification_id", "completed_on"),)


class Revocation(Row, Base):
    """取消し：調査の開始 → 通知と弁明 → 決定。revoked_on が入って効力を持つ。"""

    __tablename__ = "revocation"

    certification_id: Mapped[int] = mapped_column(ForeignKey("certification.id"), index=True)
    opened_on: Mapped[date] = mapped_column(ISODate)
    ground: Mapped[str]
    notice_on: Mapped[date | None] = mapped_column(ISODate)
    statement: Mapped[str] = mapped_column(default="")
    revoked_on: Mapped[date | None] = mapped_column(ISODate)
    closed_without_on: Mapped[date | None] = mapped_column(ISODate)
    reason: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[str] = mapped_column(default="")
    second_person: Mapped[str] = mapped_column(default="")
    # 弁明の期限と届いた日、取消しの後に認定証の返納を求めた日と戻った日
    statement_due_on: Mapped[date | None] = mapped_column(ISODate)
    statement_on: Mapped[date | None] = mapped_column(ISODate)
    return_asked_on: Mapped[date | None] = mapped_column(ISODate)
    certificate_returned_on: Mapped[date | None] = mapped_column(ISODate)

    __table_args__ = (
        CheckConstraint("ground IN ('fraud','disqualified')", name="ground"),
        CheckConstraint(
            "revoked_on IS NULL OR (length(reason) > 0 AND length(second_person) > 0)", name="four_eyes"
        ),
    )


class Closure(Row, Base):
    """返納（本人の申出）または死亡による認証の終わり。"""

    __tablename__ = "closure"

    certification_id: Mapped[int] = mapped_column(ForeignKey("certification.id"), unique=True)
    kind: Mapped[str]
    closed_on: Mapped[date] = mapped_column(ISODate)
    note: Mapped[str] = mapped_column(default="")

    __table_args__ = (CheckConstraint("kind IN ('returned','died')", name="kind"),)
