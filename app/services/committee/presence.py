"""会議の日に在任する委員と、いま出席している委員。"""

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from database.schema.committee import Meeting, Member, Presence


def members_in_office(session: Session, day: date) -> list[Member]:
    """その日に在任する委員。"""
    return list(
        session.scalars(
            select(Member)
            .where(Member.term_from <= day, or_(Member.term_to.is_(None), Member.term_to >= day))
            .order_by(Member.role, Member.id)
        )
    )


def present_members(session: Session, meeting: Meeting) -> list[int]:
    """いま出席している委員。"""
    return list(
        session.scalars(
            select(Presence.member_id)
            .where(Presence.meeting_id == meeting.id, Presence.left_at.is_(None))
            .order_by(Presence.member_id)
        )
    )


def open_meeting(session: Session, meeting_id: int) -> Meeting:
    """まだ閉じていない会議。閉じていれば RuleViolation。"""
    meeting = session.get_one(Meeting, meeting_id)
    if meeting.closed_at is not None:
        raise RuleViolation(
            "この会議は閉じられ、記録は凍っています。変えるには議決の取消し（変更）の手続きをしてください。"
        )
    return meeting


def check_held(meeting: Meeting, today: date) -> None:
    """会議の日が来ていること。前の日の表決・議決・閉会は RuleViolation。"""
    if today < meeting.held_on:
        raise RuleViolation(
            f"会議の日（{wareki(meeting.held_on)}）より前には、表決も議決もできません。"
            "日付の誤りなら、会議を作り直してください。"
        )
