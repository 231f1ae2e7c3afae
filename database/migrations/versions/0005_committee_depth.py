"""審査会議：議題、委員の担当、利害関係の申告、欠格事由の証拠、議決の変更、会議の持ち出し。"""

# ruff: noqa: E501, RUF100

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# 足す列はみな空を許す：今ある行の要約値（監査記録）が変わらない
COLUMNS = {
    "meeting": ("convened_on TEXT", "notice_by TEXT", "text_blocks TEXT"),
    "committee_case": ("counted_votes TEXT",),
}


def upgrade() -> None:
    """次の版へ進める。"""
    op.create_table(
        "conflict_declaration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "answer = 'none' OR length(words) > 0", name=op.f("ck_conflict_declaration_words")
        ),
        sa.CheckConstraint("answer IN ('none','has')", name=op.f("ck_conflict_declaration_answer")),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_conflict_declaration_meeting_id_meeting")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_conflict_declaration_member_id_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict_declaration")),
        sa.UniqueConstraint(
            "meeting_id", "member_id", name=op.f("uq_conflict_declaration_meeting_id_member_id")
        ),
    )
    with op.batch_alter_table("conflict_declaration", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conflict_declaration_meeting_id"), ["meeting_id"], unique=False)

    op.create_table(
        "meeting_packet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("packet_key", sa.String(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("return_public_key", sa.LargeBinary(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "direction = 'in' OR return_public_key IS NOT NULL",
            name=op.f("ck_meeting_packet_return_public_key"),
        ),
        sa.CheckConstraint("direction IN ('out','in')", name=op.f("ck_meeting_packet_direction")),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_packet_meeting_id_meeting")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_meeting_packet_member_id_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_packet")),
        sa.UniqueConstraint("direction", "packet_key", name=op.f("uq_meeting_packet_direction_packet_key")),
    )
    with op.batch_alter_table("meeting_packet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_packet_meeting_id"), ["meeting_id"], unique=False)

    op.create_table(
        "member_lecture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("training_session_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_member_lecture_member_id_member")
        ),
        sa.ForeignKeyConstraint(
            ["training_session_id"],
            ["training_session.id"],
            name=op.f("fk_member_lecture_training_session_id_training_session"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_lecture")),
        sa.UniqueConstraint(
            "member_id", "training_session_id", name=op.f("uq_member_lecture_member_id_training_session_id")
        ),
    )
    with op.batch_alter_table("member_lecture", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_member_lecture_member_id"), ["member_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_member_lecture_training_session_id"), ["training_session_id"], unique=False
        )

    op.create_table(
        "decision_reversal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("reversed_on", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("reversed_by", sa.String(), nullable=False),
        sa.Column("second_person", sa.String(), nullable=False),
        sa.Column("effects", sa.Text(), nullable=False),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_decision_reversal_reason")),
        sa.CheckConstraint("length(second_person) > 0", name=op.f("ck_decision_reversal_second_person")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["committee_case.id"], name=op.f("fk_decision_reversal_case_id_committee_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_reversal")),
        sa.UniqueConstraint("case_id", name=op.f("uq_decision_reversal_case_id")),
    )
    op.create_table(
        "ground_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("addressee", sa.String(), nullable=False),
        sa.Column("dated_on", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Text(), nullable=True),
        sa.Column("answered_on", sa.Text(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("points_to", sa.String(), nullable=True),
        sa.Column("attachment_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("withdrawn_on", sa.Text(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(), nullable=True),
        sa.CheckConstraint("ground IN ('a','i','u','e')", name=op.f("ck_ground_evidence_ground")),
        sa.CheckConstraint(
            "kind <> 'inquiry' OR length(addressee) > 0", name=op.f("ck_ground_evidence_addressee")
        ),
        sa.CheckConstraint(
            "kind IN ('declaration','inquiry','document','other')", name=op.f("ck_ground_evidence_kind")
        ),
        sa.CheckConstraint(
            "points_to IS NULL OR points_to IN ('applies','clear')", name=op.f("ck_ground_evidence_points_to")
        ),
        sa.CheckConstraint(
            "answered_on IS NULL OR answered_on >= dated_on", name=op.f("ck_ground_evidence_answered_on")
        ),
        sa.CheckConstraint(
            "withdrawn_on IS NULL OR length(withdrawn_reason) > 0",
            name=op.f("ck_ground_evidence_withdrawn_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_ground_evidence_application_id_application")
        ),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_ground_evidence_attachment_id_attachment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ground_evidence")),
    )
    with op.batch_alter_table("ground_evidence", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_ground_evidence_application_id"), ["application_id"], unique=False
        )

    op.create_table(
        "agenda_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("certification_test_id", sa.Integer(), nullable=True),
        sa.Column("revocation_id", sa.Integer(), nullable=True),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("base", sa.Integer(), nullable=True),
        sa.Column("present", sa.Integer(), nullable=True),
        sa.Column("votes_for", sa.Integer(), nullable=True),
        sa.Column("votes_against", sa.Integer(), nullable=True),
        sa.Column("abstentions", sa.Integer(), nullable=True),
        sa.Column("casting_vote", sa.String(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("decided_at", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('questions','pass_mark','cases','revocation','other')", name=op.f("ck_agenda_item_kind")
        ),
        sa.CheckConstraint(
            "result IS NULL OR result IN ('approved','rejected','deferred')",
            name=op.f("ck_agenda_item_result"),
        ),
        sa.CheckConstraint(
            "result IS NULL OR decided_at IS NOT NULL", name=op.f("ck_agenda_item_decided_at")
        ),
        sa.ForeignKeyConstraint(
            ["certification_test_id"],
            ["certification_test.id"],
            name=op.f("fk_agenda_item_certification_test_id_certification_test"),
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_agenda_item_meeting_id_meeting")
        ),
        sa.ForeignKeyConstraint(
            ["revocation_id"], ["revocation.id"], name=op.f("fk_agenda_item_revocation_id_revocation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
        sa.UniqueConstraint("meeting_id", "position", name=op.f("uq_agenda_item_meeting_id_position")),
    )
    with op.batch_alter_table("agenda_item", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_agenda_item_certification_test_id"), ["certification_test_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_agenda_item_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_agenda_item_revocation_id"), ["revocation_id"], unique=False)
    for table, columns in COLUMNS.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")


def downgrade() -> None:
    """前の版へ戻す。"""
    for table, columns in COLUMNS.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column.split()[0]}")
    for table in (
        "agenda_item",
        "ground_evidence",
        "decision_reversal",
        "member_lecture",
        "meeting_packet",
        "conflict_declaration",
    ):
        op.drop_table(table)
