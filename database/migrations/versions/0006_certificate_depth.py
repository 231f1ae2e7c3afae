"""認定証と提出：庁の番号、印刷の仕事と紙、台帳の出来事、用紙、氏名の変更、絞り込み、戻ったファイル、書きかけ。"""

# ruff: noqa: E501, RUF100

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# 足す列はみな空を許す：今ある行の要約値（監査記録）が変わらない
COLUMNS = {
    "certificate": (
        "withdrawn_on TEXT",
        "withdrawn_reason VARCHAR",
        "layout VARCHAR",
    ),
    "submission_batch": ("control TEXT",),
    "submission_row": ("cells TEXT",),
    "letter": ("returned_on TEXT",),
    "revocation": (
        "statement_due_on TEXT",
        "statement_on TEXT",
        "return_asked_on TEXT",
        "certificate_returned_on TEXT",
    ),
}


def upgrade() -> None:
    """次の版へ進める。"""
    op.create_table(
        "printer_calibration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("printer", sa.String(), nullable=False),
        sa.Column("offset_x", sa.Integer(), nullable=False),
        sa.Column("offset_y", sa.Integer(), nullable=False),
        sa.Column("scale_x", sa.Integer(), nullable=False),
        sa.Column("scale_y", sa.Integer(), nullable=False),
        sa.Column("tray", sa.String(), nullable=False),
        sa.Column("tested_on", sa.Text(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.CheckConstraint(
            "scale_x BETWEEN 9000 AND 11000 AND scale_y BETWEEN 9000 AND 11000",
            name=op.f("ck_printer_calibration_scale"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printer_calibration")),
        sa.UniqueConstraint("printer", name=op.f("uq_printer_calibration_printer")),
    )
    op.create_table(
        "print_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=True),
        sa.Column("printer", sa.String(), nullable=False),
        sa.Column("started_at", sa.Text(), nullable=False),
        sa.Column("started_by", sa.String(), nullable=False),
        sa.Column("ended_at", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_print_run_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_run")),
    )
    with op.batch_alter_table("print_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_print_run_cohort_id"), ["cohort_id"], unique=False)

    op.create_table(
        "returned_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_batch_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file_digest", sa.String(), nullable=False),
        sa.Column("compared_at", sa.Text(), nullable=False),
        sa.Column("compared_by", sa.String(), nullable=False),
        sa.Column("differences", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_batch_id"],
            ["submission_batch.id"],
            name=op.f("fk_returned_file_submission_batch_id_submission_batch"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returned_file")),
    )
    with op.batch_alter_table("returned_file", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_returned_file_submission_batch_id"), ["submission_batch_id"], unique=False
        )

    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_saved_filter_name")),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_saved_filter_owner_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint("room", "owner_id", "name", name=op.f("uq_saved_filter_room_owner_id_name")),
    )
    with op.batch_alter_table("saved_filter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_filter_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "assigned_number",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file_digest", sa.String(), nullable=False),
        sa.Column("imported_at", sa.Text(), nullable=False),
        sa.Column("imported_by", sa.String(), nullable=False),
        sa.Column("withdrawn_on", sa.Text(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(), nullable=True),
        sa.CheckConstraint("length(number) > 0", name=op.f("ck_assigned_number_number")),
        sa.CheckConstraint(
            "withdrawn_on IS NULL OR length(withdrawn_reason) > 0",
            name=op.f("ck_assigned_number_withdrawn_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_assigned_number_application_id_application")
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.id"], name=op.f("fk_assigned_number_cohort_id_cohort")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assigned_number")),
    )
    with op.batch_alter_table("assigned_number", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_assigned_number_application_id"), ["application_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_assigned_number_cohort_id"), ["cohort_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assigned_number_number"), ["number"], unique=False)

    op.create_table(
        "name_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("changed_on", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_name_change_reason")),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_name_change_attachment_id_attachment")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_name_change_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_change")),
    )
    with op.batch_alter_table("name_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_name_change_person_id"), ["person_id"], unique=False)

    op.create_table(
        "blank_stock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("happened_on", sa.Text(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.CheckConstraint("change <> 0", name=op.f("ck_blank_stock_change")),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_blank_stock_reason")),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_blank_stock_certificate_id_certificate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blank_stock")),
    )
    with op.batch_alter_table("blank_stock", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_blank_stock_certificate_id"), ["certificate_id"], unique=False)

    op.create_table(
        "certificate_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("happened_on", sa.Text(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("tracking_number", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('posted','returned_mail','handed','spoiled','old_returned','old_missing')",
            name=op.f("ck_certificate_event_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_certificate_event_certificate_id_certificate"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_event")),
    )
    with op.batch_alter_table("certificate_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_certificate_event_certificate_id"), ["certificate_id"], unique=False
        )

    op.create_table(
        "print_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("print_run_id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("settled_at", sa.Text(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint(
            "state IN ('unprinted','unconfirmed','printed','spoiled')", name=op.f("ck_print_sheet_state")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_print_sheet_certificate_id_certificate")
        ),
        sa.ForeignKeyConstraint(
            ["print_run_id"], ["print_run.id"], name=op.f("fk_print_sheet_print_run_id_print_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_sheet")),
        sa.UniqueConstraint("print_run_id", "position", name=op.f("uq_print_sheet_print_run_id_position")),
    )
    with op.batch_alter_table("print_sheet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_print_sheet_certificate_id"), ["certificate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_print_sheet_print_run_id"), ["print_run_id"], unique=False)
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.Text(), nullable=False),
        sa.CheckConstraint("length(form) > 0", name=op.f("ck_draft_form")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("token", name=op.f("uq_draft_token")),
    )
    op.create_index("ix_draft_owner_id", "draft", ["owner_id"])
    for table, columns in COLUMNS.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")


def downgrade() -> None:
    """前の版へ戻す。"""
    for table, columns in COLUMNS.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column.split()[0]}")
    for table in (
        "draft",
        "print_sheet",
        "certificate_event",
        "blank_stock",
        "name_change",
        "assigned_number",
        "saved_filter",
        "returned_file",
        "print_run",
        "printer_calibration",
    ):
        op.drop_table(table)
