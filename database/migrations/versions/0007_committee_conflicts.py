"""審査会議：案件でない議題の利害関係、委員の前の所属と住所。"""

# ruff: noqa: E501, RUF100

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# 足す列はみな空を許す：今ある行の要約値（監査記録）が変わらない
COLUMNS = {"member": ("former_affiliations VARCHAR", "address VARCHAR")}


def upgrade() -> None:
    """次の版へ進める。"""
    op.create_table(
        "item_recusal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agenda_item_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "confirmed IS NULL OR confirmed = 1 OR length(reason) > 0",
            name=op.f("ck_item_recusal_dismissal_reason"),
        ),
        sa.CheckConstraint(
            "kind IN ('withdrawn','excluded','challenged')", name=op.f("ck_item_recusal_kind")
        ),
        sa.ForeignKeyConstraint(
            ["agenda_item_id"], ["agenda_item.id"], name=op.f("fk_item_recusal_agenda_item_id_agenda_item")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_item_recusal_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_recusal")),
        sa.UniqueConstraint(
            "agenda_item_id", "member_id", name=op.f("uq_item_recusal_agenda_item_id_member_id")
        ),
    )
    with op.batch_alter_table("item_recusal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_item_recusal_agenda_item_id"), ["agenda_item_id"], unique=False)
    for table, columns in COLUMNS.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")


def downgrade() -> None:
    """前の版へ戻す。"""
    for table, columns in COLUMNS.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column.split()[0]}")
    op.drop_table("item_recusal")
