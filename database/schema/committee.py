"""認定審査委員会の表：委員・会議・出席・議案（一人一件）・回避・欠格事由の確認・表決・議決。"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database.schema.base import Base, CanonicalJSON, ISODate, Row, UTCDateTime


class Member(Row, Base):
    """委員。任期で在任を決める。"""

    __tablename__ = "member"

    name: Mapped[str]
    reading: Mapped[str] = mapped_column(default="")
    role: Mapped[str] = mapped_column(default="member")
    affiliation: Mapped[str] = mapped_column(default="")
    lectures: Mapped[str] = mapped_column(default="")
    term_from: Mapped[date] = mapped_column(ISODate)
    term_to: Mapped[date | None] = mapped_column(ISODate)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    __table_args__ = (CheckConstraint("role IN ('chair','member')", name="role"),)


class Meeting(Row, Base):
    """会議。閉じると frozen に議事のすべてが凍り、後の書類はそれだけを読む。"""

    __tablename__ = "meeting"

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    number: Mapped[int]
    held_on: Mapped[date] = mapped_column(ISODate)
    starts_at: Mapped[str] = mapped_column(default="14:00")
    place: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(default="in_person")
    certification_on: Mapped[date] = mapped_column(ISODate)
    majority: Mapped[str] = mapped_column(default="of_present")
    remarks: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_by: Mapped[str] = mapped_column(default="")
    second_person: Mapped[str] = mapped_column(default="")
    frozen: Mapped[dict[str, Any] | None] = mapped_column(CanonicalJSON)
    frozen_digest: Mapped[str] = mapped_column(default="")

    cases: Mapped[list["Case"]] = relationship(order_by="Case.position")
    presences: Mapped[list["Presence"]] = relationship(cascade="all, delete-orphan")

    __table_args__ = (
        UniqueConstraint("cohort_id", "number"),
        CheckConstraint("kind IN ('in_person','written','online')", name="kind"),
        CheckConstraint("majority IN ('of_present','of_votes_cast')", name="majority"),
        CheckConstraint(
            "closed_at IS NULL OR (length(second_person) > 0 AND length(frozen_digest) > 0)", name="closing"
        ),
    )


class Presence(Row, Base):
    """委員の出席と時刻（HH:MM）。"""

    __tablename__ = "presence"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    arrived_at: Mapped[str]
    left_at: Mapped[str | None]

    __table_args__ = (UniqueConstraint("meeting_id", "member_id", "arrived_at"),)


class Case(Row, Base):
    """審査する一人の案件。"""

    __tablename__ = "committee_case"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    position: Mapped[int]
    remarks: Mapped[str] = mapped_column(default="")

    recusals: Mapped[list["Recusal"]] = relationship(cascade="all, delete-orphan")
    grounds: Mapped[list["GroundConfirmation"]] = relationship(cascade="all, delete-orphan")
    votes: Mapped[list["Vote"]] = relationship(cascade="all, delete-orphan")
    decision: Mapped["CaseDecision | None"] = relationship(cascade="all, delete-orphan")

    __table_args__ = (
        UniqueConstraint("meeting_id", "application_id"),
        UniqueConstraint("meeting_id", "position"),
    )


class Recusal(Row, Base):
    """利害関係の疑いと確認。confirmed が真なら表決に加われない。"""

    __tablename__ = "recusal"

    case_id: Mapped[int] = mapped_column(ForeignKey("committee_case.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    kind: Mapped[str] = mapped_column(default="withdrawn")
    ground: Mapped[str]
    confirmed: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        UniqueConstraint("case_id", "member_id"),
        CheckConstraint("kind IN ('withdrawn','excluded','challenged')", name="kind"),
        CheckConstraint("confirmed IS NULL OR confirmed = 1 OR length(reason) > 0", name="dismissal_reason"),
    )


class GroundConfirmation(Row, Base):
    """欠格事由ア〜エの一つの、計算と委員会自身の判断。"""

    __tablename__ = "ground_confirmation"

    case_id: Mapped[int] = mapped_column(ForeignKey("committee_case.id"), index=True)
    ground: Mapped[str]
    computed: Mapped[str]
    computed_sentence: Mapped[str]
    facts_digest: Mapped[str]
    finding: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    confirmed_by: Mapped[str]
    confirmed_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        UniqueConstraint("case_id", "ground"),
        CheckConstraint("ground IN ('a','i','u','e')", name="ground"),
        CheckConstraint("finding IN ('applies','clear')", name="finding"),
        CheckConstraint(
            "computed = finding OR computed = 'unconfirmed' OR length(reason) > 0", name="overrule_reason"
        ),
    )


class Vote(Row, Base):
    """一人の委員の、一件の表決。"""

    __tablename__ = "vote"

    case_id: Mapped[int] = mapped_column(ForeignKey("committee_case.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    choice: Mapped[str]

    __table_args__ = (
        UniqueConstraint("case_id", "member_id"),
        CheckConstraint("choice IN ('for','against','abstain')", name="choice"),
    )


class CaseDecision(Row, Base):
    """案件の議決。定足数の数字も共に残す。"""

    __tablename__ = "case_decision"

    case_id: Mapped[int] = mapped_column(ForeignKey("committee_case.id"), unique=True)
    decision: Mapped[str]
    result: Mapped[str]
    base: Mapped[int]
    present: Mapped[int]
    votes_for: Mapped[int]
    votes_against: Mapped[int]
    abstentions: Mapped[int]
    casting_vote: Mapped[str | None]
    due_on: Mapped[date | None] = mapped_column(ISODate)
    reason: Mapped[str] = mapped_column(default="")
    in_block: Mapped[bool] = mapped_column(default=False)
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint(
            "decision IN ('certified','not_certified','deferred','conditional')", name="decision"
        ),
        CheckConstraint("decision <> 'conditional' OR due_on IS NOT NULL", name="due_on"),
    )
