"""設定と、取っておく絞り込みの表。値は標準形の JSON。"""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from database.schema.base import Base, CanonicalJSON, Row


class Setting(Row, Base):
    """名を持つ設定一つ。"""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(unique=True)
    value: Mapped[Any] = mapped_column(CanonicalJSON)


class SavedFilter(Row, Base):
    """名を付けて取っておく絞り込み。owner は口座の id で、空ならみなで使う。"""

    __tablename__ = "saved_filter"

    room: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    name: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(CanonicalJSON)

    __table_args__ = (
        UniqueConstraint("room", "owner_id", "name"),
        CheckConstraint("length(name) > 0", name="name"),
    )
