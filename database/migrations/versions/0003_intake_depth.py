"""受付と受講資格：ほかの様式の読み方、書類の確認、名寄せ、選考。"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# 足す列はみな空を許す：今ある行の要約値（監査記録）が変わらない
COLUMNS = {
    "cohort": ("selection_criteria VARCHAR",),
    "application": ("commissioner VARCHAR",),
    "employment": ("commissioner VARCHAR",),
    "import_batch": ("replaced TEXT",),
    "person": ("certificate_name_signed_by VARCHAR", "certificate_name_signed_on TEXT"),
    "attachment": (
        "application_id INTEGER CONSTRAINT fk_attachment_application_id_application"
        " REFERENCES application (id)",
        "replaced_by_id INTEGER CONSTRAINT fk_attachment_replaced_by_id_attachment REFERENCES attachment (id)",
    ),
    "deficiency": (
        "document_kind VARCHAR",
        "requirement VARCHAR",
        "reminded_on TEXT",
        "answer VARCHAR",
        "cancelled_on TEXT",
        "cancellation VARCHAR",
    ),
    "eligibility_decision": ("edition VARCHAR", "facts TEXT"),
}


def upgrade() -> None:
    """次の版へ進める。"""
    for table, columns in COLUMNS.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    op.create_index("ix_attachment_application_id", "attachment", ["application_id"])
    op.create_table(
        "document_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("received_on", sa.Text(), nullable=True),
        sa.Column("waived", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name="fk_document_check_application_id_application"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_document_check"),
        sa.UniqueConstraint("application_id", "kind", name="uq_document_check_application_id_kind"),
    )
    op.create_index("ix_document_check_application_id", "document_check", ["application_id"])
    op.create_table(
        "import_mapping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("shape", sa.String(), nullable=False),
        sa.Column("sheet", sa.String(), nullable=False),
        sa.Column("heading_row", sa.Integer(), nullable=True),
        sa.Column("headings", sa.Text(), nullable=False),
        sa.Column("places", sa.Text(), nullable=False),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.CheckConstraint("shape IN ('table','form')", name="ck_import_mapping_shape"),
        sa.PrimaryKeyConstraint("id", name="pk_import_mapping"),
        sa.UniqueConstraint("name", name="uq_import_mapping_name"),
    )
    op.create_table(
        "person_merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("merged_id", sa.Integer(), nullable=False),
        sa.Column("merged_at", sa.Text(), nullable=False),
        sa.Column("merged_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("moved", sa.Text(), nullable=False),
        sa.Column("replaced", sa.Text(), nullable=False),
        sa.Column("undone_at", sa.Text(), nullable=True),
        sa.CheckConstraint("kept_id <> merged_id", name="ck_person_merge_two_records"),
        sa.ForeignKeyConstraint(["kept_id"], ["person.id"], name="fk_person_merge_kept_id_person"),
        sa.ForeignKeyConstraint(["merged_id"], ["person.id"], name="fk_person_merge_merged_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_person_merge"),
    )
    op.create_index("ix_person_merge_kept_id", "person_merge", ["kept_id"])
    op.create_index("ix_person_merge_merged_id", "person_merge", ["merged_id"])
    op.create_table(
        "selection_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("decided_on", sa.Text(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.CheckConstraint(
            "decision IN ('selected','waiting','not_selected')", name="ck_selection_decision_decision"
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name="fk_selection_decision_application_id_application"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_selection_decision"),
    )
    op.create_index("ix_selection_decision_application_id", "selection_decision", ["application_id"])


def downgrade() -> None:
    """前の版へ戻す。"""
    for table in ("selection_decision", "person_merge", "import_mapping", "document_check"):
        op.drop_table(table)
    op.drop_index("ix_attachment_application_id", "attachment")
    for table, columns in COLUMNS.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column.split()[0]}")
