"""会議の日に在任する委員と、いま出席している委員。"""

import re
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from database.schema.committee import Meeting, Member, Presence

WRITTEN = "written"
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


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


def check_voting(meeting: Meeting, today: date) -> None:
    """表決を記せること。書面（持ち回り）の回答は、会議の日（回答の締切日）より前にも届く。"""
    if meeting.kind != WRITTEN:
        check_held(meeting, today)


def check_held(meeting: Meeting, today: date) -> None:
    """会議の日が来ていること。前の日の表決・議決・閉会は RuleViolation。"""
    if today < meeting.held_on and meeting.kind == WRITTEN:
        raise RuleViolation(
            f"回答の締切日（{wareki(meeting.held_on)}）より前には議決できません。締切日を待ってください。"
        )
    if today < meeting.held_on:
        raise RuleViolation(
            f"会議の日（{wareki(meeting.held_on)}）より前には、表決も議決もできません。"
            "日付の誤りなら、会議を作り直してください。"
        )


def present_words(arrived_at: str, left_at: str | None) -> str:
    """出席の一続きの言葉：13:55〜15:10、書面なら「令和8年3月18日に回答」。"""
    if TIME.fullmatch(arrived_at):
        return f"{arrived_at}〜{left_at or ''}"
    return f"{wareki(date.fromisoformat(arrived_at))}に回答"
