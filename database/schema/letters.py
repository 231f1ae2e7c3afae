"""通知の台帳：出した通知の紙を、そのままのバイトで残す。訂正は新しい通知として積む。"""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from database.schema.base import Base, ISODate, Row


class Letter(Row, Base):
    """一人への一通。replaces_id は、この通知が訂正する前の通知。"""

    __tablename__ = "letter"

    kind: Mapped[str]
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"), index=True)
    certification_id: Mapped[int | None] = mapped_column(ForeignKey("certification.id"), index=True)
    made_on: Mapped[date] = mapped_column(ISODate)
    made_by: Mapped[str]
    digest: Mapped[str]
    pdf: Mapped[bytes] = mapped_column(LargeBinary)
    pdf_digest: Mapped[str]
    sent_on: Mapped[date | None] = mapped_column(ISODate)
    # 宛先に届かず戻った日
    returned_on: Mapped[date | None] = mapped_column(ISODate)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))
    reason: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        CheckConstraint("length(kind) > 0", name="kind"),
        CheckConstraint("application_id IS NOT NULL OR certification_id IS NOT NULL", name="addressee"),
        CheckConstraint("replaces_id IS NULL OR length(reason) > 0", name="correction_reason"),
    )
