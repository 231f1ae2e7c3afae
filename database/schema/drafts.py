"""書きかけの書式の表。業務の記録ではないので、行の要約値も監査記録も持たない（Row を継がない）。"""

from sqlalchemy import CheckConstraint, Column, Integer, String, Table

from database.schema.base import Base, CanonicalJSON, UTCDateTime

# 一行は、一人の、一つの書式の、一度の書きかけ。owner_id は口座の id（なければ 0）
draft = Table(
    "draft",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("token", String, nullable=False, unique=True),
    Column("owner_id", Integer, nullable=False, index=True),
    Column("form", String, nullable=False),
    Column("content", CanonicalJSON, nullable=False),
    Column("kept_at", UTCDateTime, nullable=False),
    CheckConstraint("length(form) > 0", name="form"),
)
