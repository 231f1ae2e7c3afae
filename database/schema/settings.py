"""設定の表。値は標準形の JSON。"""

from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from database.schema.base import Base, CanonicalJSON, Row


class Setting(Row, Base):
    """名を持つ設定一つ。"""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(unique=True)
    value: Mapped[Any] = mapped_column(CanonicalJSON)
