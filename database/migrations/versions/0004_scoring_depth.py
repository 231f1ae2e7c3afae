"""進捗と採点：課題、問題庫と審査、記述の採点、答案の写し、通知の台帳。"""

# ruff: noqa: E501, RUF100

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# 足す列はみな空を許す：今ある行の要約値（監査記録）が変わらない
COLUMNS = {
    "cohort": ("attempt_rule VARCHAR", "attendance_tolerance INTEGER"),
    "report_due": ("task VARCHAR",),
    "attempt": ("voided_on TEXT", "void_reason VARCHAR"),
    "attendance": ("outcome VARCHAR",),
    "certification_test": ("marking_gap INTEGER",),
    "question": (
        "ability VARCHAR",
        "choices TEXT",
        "bank_version_id INTEGER CONSTRAINT fk_question_bank_version_id_bank_version"
        " REFERENCES bank_version (id)",
    ),
    "pass_rule_adoption": (
        "kind VARCHAR",
        "added TEXT",
        "meeting_id INTEGER CONSTRAINT fk_pass_rule_adoption_meeting_id_meeting REFERENCES meeting (id)",
    ),
}


def upgrade() -> None:
    """次の版へ進める。"""
    op.create_table(
        "person_distinction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("one_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("noted_on", sa.Text(), nullable=False),
        sa.Column("noted_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("one_id < other_id", name=op.f("ck_person_distinction_order")),
        sa.ForeignKeyConstraint(["one_id"], ["person.id"], name=op.f("fk_person_distinction_one_id_person")),
        sa.ForeignKeyConstraint(
            ["other_id"], ["person.id"], name=op.f("fk_person_distinction_other_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_distinction")),
        sa.UniqueConstraint("one_id", "other_id", name=op.f("uq_person_distinction_one_id_other_id")),
    )
    op.create_index("ix_person_distinction_one_id", "person_distinction", ["one_id"])
    op.create_index("ix_person_distinction_other_id", "person_distinction", ["other_id"])
    op.create_table(
        "bank_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("subject_group", sa.String(), nullable=False),
        sa.Column("ability", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('choice','multiple','written')", name=op.f("ck_bank_question_kind")),
        sa.CheckConstraint(
            "subject_group IN ('A','B','C','D','E')", name=op.f("ck_bank_question_subject_group")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_question")),
        sa.UniqueConstraint("code", name=op.f("uq_bank_question_code")),
    )
    op.create_table(
        "bank_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank_question_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("choices", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.Column("made_by_key", sa.String(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft','review','approved','retired')", name=op.f("ck_bank_version_state")
        ),
        sa.CheckConstraint("points > 0", name=op.f("ck_bank_version_points")),
        sa.ForeignKeyConstraint(
            ["bank_question_id"],
            ["bank_question.id"],
            name=op.f("fk_bank_version_bank_question_id_bank_question"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_version")),
        sa.UniqueConstraint(
            "bank_question_id", "version", name=op.f("uq_bank_version_bank_question_id_version")
        ),
    )
    with op.batch_alter_table("bank_version", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_bank_version_bank_question_id"), ["bank_question_id"], unique=False
        )

    op.create_table(
        "question_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank_version_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("reviewed_by", sa.String(), nullable=False),
        sa.Column("reviewed_at", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "action IN ('submit','return','approve','retire','remark')",
            name=op.f("ck_question_review_action"),
        ),
        sa.CheckConstraint(
            "action NOT IN ('return','remark') OR length(remark) > 0",
            name=op.f("ck_question_review_remark_given"),
        ),
        sa.ForeignKeyConstraint(
            ["bank_version_id"],
            ["bank_version.id"],
            name=op.f("fk_question_review_bank_version_id_bank_version"),
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_question_review_meeting_id_meeting")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_review")),
    )
    with op.batch_alter_table("question_review", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_question_review_bank_version_id"), ["bank_version_id"], unique=False
        )

    op.create_table(
        "answer_scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("answer_sheet_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("received_on", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_sheet_id"], ["answer_sheet.id"], name=op.f("fk_answer_scan_answer_sheet_id_answer_sheet")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_scan")),
        sa.UniqueConstraint(
            "answer_sheet_id", "position", name=op.f("uq_answer_scan_answer_sheet_id_position")
        ),
    )
    with op.batch_alter_table("answer_scan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_scan_answer_sheet_id"), ["answer_sheet_id"], unique=False)

    op.create_table(
        "written_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("answer_sheet_id", sa.Integer(), nullable=False),
        sa.Column("question_number", sa.Integer(), nullable=False),
        sa.Column("reading", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("marker", sa.String(), nullable=False),
        sa.Column("marker_key", sa.String(), nullable=False),
        sa.Column("marked_at", sa.Text(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint("reading IN (1,2,3) AND points >= 0", name=op.f("ck_written_mark_reading")),
        sa.ForeignKeyConstraint(
            ["answer_sheet_id"],
            ["answer_sheet.id"],
            name=op.f("fk_written_mark_answer_sheet_id_answer_sheet"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_written_mark")),
        sa.UniqueConstraint(
            "answer_sheet_id",
            "question_number",
            "marker_key",
            name=op.f("uq_written_mark_answer_sheet_id_question_number_marker_key"),
        ),
        sa.UniqueConstraint(
            "answer_sheet_id",
            "question_number",
            "reading",
            name=op.f("uq_written_mark_answer_sheet_id_question_number_reading"),
        ),
    )
    with op.batch_alter_table("written_mark", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_written_mark_answer_sheet_id"), ["answer_sheet_id"], unique=False
        )

    op.create_table(
        "letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("certification_id", sa.Integer(), nullable=True),
        sa.Column("made_on", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("pdf_digest", sa.String(), nullable=False),
        sa.Column("sent_on", sa.Text(), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "application_id IS NOT NULL OR certification_id IS NOT NULL", name=op.f("ck_letter_addressee")
        ),
        sa.CheckConstraint("length(kind) > 0", name=op.f("ck_letter_kind")),
        sa.CheckConstraint(
            "replaces_id IS NULL OR length(reason) > 0", name=op.f("ck_letter_correction_reason")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_letter_application_id_application")
        ),
        sa.ForeignKeyConstraint(
            ["certification_id"], ["certification.id"], name=op.f("fk_letter_certification_id_certification")
        ),
        sa.ForeignKeyConstraint(["replaces_id"], ["letter.id"], name=op.f("fk_letter_replaces_id_letter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
    )
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_application_id"), ["application_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_certification_id"), ["certification_id"], unique=False)
    for table, columns in COLUMNS.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")


def downgrade() -> None:
    """前の版へ戻す。"""
    for table, columns in COLUMNS.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column.split()[0]}")
    for table in (
        "letter",
        "written_mark",
        "answer_scan",
        "question_review",
        "bank_version",
        "bank_question",
        "person_distinction",
    ):
        op.drop_table(table)
