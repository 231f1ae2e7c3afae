"""認定審査委員会の表：委員・会議・出席・議題・議案（一人一件）・回避・欠格事由の確認・表決・議決・持ち出し。"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
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
    # 利害関係の候補を挙げるための、前の所属（一行に一つ）と住所
    former_affiliations: Mapped[str | None]
    address: Mapped[str | None]

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
    # 招集：出した日と、会議の日から数えて戻した期限
    convened_on: Mapped[date | None] = mapped_column(ISODate)
    notice_by: Mapped[date | None] = mapped_column(ISODate)
    # 議事録に載せる文（欄の名から文へ）
    text_blocks: Mapped[dict[str, Any] | None] = mapped_column(CanonicalJSON)

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
    # 人数だけで採った表決（for・against・abstain から人数へ）。名を挙げて採れば空
    counted_votes: Mapped[dict[str, Any] | None] = mapped_column(CanonicalJSON)

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


class MemberLecture(Row, Base):
    """委員が講師を務めた集合研修。その回に出た人との関わりの候補となる。"""

    __tablename__ = "member_lecture"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    training_session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"), index=True)

    __table_args__ = (UniqueConstraint("member_id", "training_session_id"),)


class AgendaItem(Row, Base):
    """議題。cases は案件の審査のすべて、ほかは一つの議題で一度に議決する。"""

    __tablename__ = "agenda_item"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    position: Mapped[int]
    kind: Mapped[str]
    title: Mapped[str]
    certification_test_id: Mapped[int | None] = mapped_column(ForeignKey("certification_test.id"), index=True)
    revocation_id: Mapped[int | None] = mapped_column(ForeignKey("revocation.id"), index=True)
    result: Mapped[str | None]
    base: Mapped[int | None]
    present: Mapped[int | None]
    votes_for: Mapped[int | None]
    votes_against: Mapped[int | None]
    abstentions: Mapped[int | None]
    casting_vote: Mapped[str | None]
    words: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        UniqueConstraint("meeting_id", "position"),
        CheckConstraint("kind IN ('questions','pass_mark','cases','revocation','other')", name="kind"),
        CheckConstraint("result IS NULL OR result IN ('approved','rejected','deferred')", name="result"),
        CheckConstraint("result IS NULL OR decided_at IS NOT NULL", name="decided_at"),
    )


class ItemRecusal(Row, Base):
    """案件でない議題（取消しなど）の利害関係。confirmed が真なら、その議題の表決に加われない。"""

    __tablename__ = "item_recusal"

    agenda_item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    kind: Mapped[str] = mapped_column(default="withdrawn")
    ground: Mapped[str]
    confirmed: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        UniqueConstraint("agenda_item_id", "member_id"),
        CheckConstraint("kind IN ('withdrawn','excluded','challenged')", name="kind"),
        CheckConstraint("confirmed IS NULL OR confirmed = 1 OR length(reason) > 0", name="dismissal_reason"),
    )


class ConflictDeclaration(Row, Base):
    """会議の初めに、委員の一人に利害関係を尋ねた答え。"""

    __tablename__ = "conflict_declaration"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    answer: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    asked_by: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        UniqueConstraint("meeting_id", "member_id"),
        CheckConstraint("answer IN ('none','has')", name="answer"),
        CheckConstraint("answer = 'none' OR length(words) > 0", name="words"),
    )


class GroundEvidence(Row, Base):
    """欠格事由の一つについての証拠：本人の申告・照会とその答え・書類・その他。中身は理由を書いて開く。"""

    __tablename__ = "ground_evidence"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    ground: Mapped[str]
    kind: Mapped[str]
    addressee: Mapped[str] = mapped_column(default="")
    dated_on: Mapped[date] = mapped_column(ISODate)
    due_on: Mapped[date | None] = mapped_column(ISODate)
    answered_on: Mapped[date | None] = mapped_column(ISODate)
    words: Mapped[str] = mapped_column(default="")
    points_to: Mapped[str | None]
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))
    recorded_by: Mapped[str]
    withdrawn_on: Mapped[date | None] = mapped_column(ISODate)
    withdrawn_reason: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("ground IN ('a','i','u','e')", name="ground"),
        CheckConstraint("kind IN ('declaration','inquiry','document','other')", name="kind"),
        CheckConstraint("points_to IS NULL OR points_to IN ('applies','clear')", name="points_to"),
        CheckConstraint("kind <> 'inquiry' OR length(addressee) > 0", name="addressee"),
        CheckConstraint("answered_on IS NULL OR answered_on >= dated_on", name="answered_on"),
        CheckConstraint("withdrawn_on IS NULL OR length(withdrawn_reason) > 0", name="withdrawn_reason"),
    )


class DecisionReversal(Row, Base):
    """閉じた会議の議決の変更。元の議決は凍ったまま残り、effects は変えたときに掛かっていたもの。"""

    __tablename__ = "decision_reversal"

    case_id: Mapped[int] = mapped_column(ForeignKey("committee_case.id"), unique=True)
    reversed_on: Mapped[date] = mapped_column(ISODate)
    reason: Mapped[str]
    reversed_by: Mapped[str]
    second_person: Mapped[str]
    effects: Mapped[dict[str, Any]] = mapped_column(CanonicalJSON)

    __table_args__ = (
        CheckConstraint("length(reason) > 0", name="reason"),
        CheckConstraint("length(second_person) > 0", name="second_person"),
    )


class MeetingPacket(Row, Base):
    """会議の持ち出し（out）と戻り（in）。一つの戻りは一度だけ受け取る。"""

    __tablename__ = "meeting_packet"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    direction: Mapped[str]
    packet_key: Mapped[str]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    made_by: Mapped[str]
    digest: Mapped[str]
    return_public_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    summary: Mapped[dict[str, Any]] = mapped_column(CanonicalJSON)

    __table_args__ = (
        UniqueConstraint("direction", "packet_key"),
        CheckConstraint("direction IN ('out','in')", name="direction"),
        CheckConstraint("direction = 'in' OR return_public_key IS NOT NULL", name="return_public_key"),
    )
