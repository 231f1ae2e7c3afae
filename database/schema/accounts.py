"""利用者の表：口座とサインインの状態。"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from database.schema.base import Base, Row, UTCDateTime


class Account(Row, Base):
    """口座。person_key が同じなら、利用者名が違っても同じ人である（二人目の確認に使う）。"""

    __tablename__ = "account"

    login: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    role: Mapped[str]
    person_key: Mapped[str] = mapped_column(index=True)
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint("role IN ('clerk','manager','member','auditor','administrator')", name="role"),
        CheckConstraint("length(login) > 0 AND length(display_name) > 0", name="named"),
        CheckConstraint("length(person_key) > 0", name="person_key"),
        CheckConstraint("length(password_hash) > 0", name="password_hash"),
    )


class SignInState(Base):
    """続けて間違えた回数と待ち時間。データベースにあるので、再起動では消えない。"""

    __tablename__ = "sign_in_state"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, autoincrement=False)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_failure_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (CheckConstraint("failures >= 0", name="failures"),)
