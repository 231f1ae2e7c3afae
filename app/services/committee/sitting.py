"""委員の出席：着席と退席（時刻）、書面（持ち回り）の回答の受領（日付）。"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services.committee.presence import TIME, WRITTEN, members_in_office, open_meeting, present_members
from app.services.office import Office
from database.schema.committee import Case, CaseDecision, Meeting, Presence, Vote


def _check_clock(meeting: Meeting, at: str) -> None:
    if meeting.kind == WRITTEN:
        raise RuleViolation("書面（持ち回り）の会議では、時刻の代わりに、回答を受けた日を記してください。")
    if not TIME.fullmatch(at):
        raise RuleViolation("時刻は 14:00 の形で入れてください。")


def _presence(session: Session, meeting_id: int, member_id: int) -> Presence | None:
    return session.scalar(
        select(Presence).where(
            Presence.meeting_id == meeting_id, Presence.member_id == member_id, Presence.left_at.is_(None)
        )
    )


def _check_absent(session: Session, meeting: Meeting, member_id: int) -> None:
    if member_id not in {m.id for m in members_in_office(session, meeting.held_on)}:
        raise RuleViolation("会議の日に在任していない委員です。任期を確かめてください。")
    if member_id in present_members(session, meeting):
        raise RuleViolation("その委員は既に出席しています。")


def check_arrival(session: Session, meeting: Meeting, member_id: int, at: str) -> None:
    """着席を記せること。記せなければ RuleViolation。"""
    _check_clock(meeting, at)
    _check_absent(session, meeting, member_id)
    before = [p for p in meeting.presences if p.member_id == member_id]
    if any(at <= p.arrived_at or at < (p.left_at or "") for p in before):
        raise RuleViolation("着席の時刻が、前の着席か退席より前です。時刻を確かめてください。")


def seat(session: Session, meeting: Meeting, member_id: int, at: str) -> None:
    """確かめた出席（時刻、書面なら回答を受けた日）を置く。人数で採った表決は採り直しになる。"""
    session.add(Presence(meeting_id=meeting.id, member_id=member_id, arrived_at=at))
    _drop_counts(session, meeting.id)


def record_arrival(office: Office, meeting_id: int, member_id: int, at: str) -> None:
    """委員の着席を時刻とともに記す。"""
    with office.act("committee.record_arrival") as act:
        meeting = open_meeting(act.session, meeting_id)
        check_arrival(act.session, meeting, member_id, at)
        seat(act.session, meeting, member_id, at)
        act.say(f"meeting:{meeting_id}", f"委員 {member_id} の着席 {at}")


def _drop_open_votes(session: Session, meeting_id: int, member_id: int) -> None:
    """まだ議決していない案件から、退席した委員の票を外す（議決した件の票は残る）。"""
    rows = session.scalars(
        select(Vote)
        .join(Case, Vote.case_id == Case.id)
        .outerjoin(CaseDecision, CaseDecision.case_id == Case.id)
        .where(Case.meeting_id == meeting_id, Vote.member_id == member_id, CaseDecision.id.is_(None))
    )
    for row in rows.all():
        session.delete(row)
    _drop_counts(session, meeting_id)


def _drop_counts(session: Session, meeting_id: int) -> None:
    """まだ議決していない案件から、人数で採った表決を外す（出席が変わり、数が合わなくなるため）。"""
    rows = session.scalars(
        select(Case)
        .outerjoin(CaseDecision, CaseDecision.case_id == Case.id)
        .where(Case.meeting_id == meeting_id, CaseDecision.id.is_(None), Case.counted_votes.is_not(None))
    )
    for case in rows.all():
        case.counted_votes = None


def record_departure(office: Office, meeting_id: int, member_id: int, at: str) -> None:
    """委員の退席を時刻とともに記す。"""
    with office.act("committee.record_departure") as act:
        _check_clock(open_meeting(act.session, meeting_id), at)
        presence = _presence(act.session, meeting_id, member_id)
        if presence is None:
            raise RuleViolation("その委員は出席していません。")
        if at < presence.arrived_at:
            raise RuleViolation("退席の時刻が着席より前です。")
        presence.left_at = at
        _drop_open_votes(act.session, meeting_id, member_id)
        act.say(f"meeting:{meeting_id}", f"委員 {member_id} の退席 {at}")


def check_reply(session: Session, meeting: Meeting, member_id: int, received_on: date, today: date) -> None:
    """書面の回答の受領を記せること。記せなければ RuleViolation。"""
    if meeting.kind != WRITTEN:
        raise RuleViolation(
            "回答の受領は、書面（持ち回り）の会議で記します。出席は着席の時刻で記してください。"
        )
    if not (meeting.convened_on or date.min) <= received_on <= min(today, meeting.held_on):
        raise RuleViolation(
            "回答を受けた日が、招集の通知より前か、今日または回答の締切日"
            f"（{wareki(meeting.held_on)}）より後です。日付を確かめてください。"
        )
    _check_absent(session, meeting, member_id)


def record_reply(office: Office, meeting_id: int, member_id: int, received_on: date) -> None:
    """書面（持ち回り）の会議で、委員の回答を受けた日を記す。回答した委員を出席と数える。"""
    with office.act("committee.record_reply") as act:
        meeting = open_meeting(act.session, meeting_id)
        check_reply(act.session, meeting, member_id, received_on, office.today())
        seat(act.session, meeting, member_id, received_on.isoformat())
        act.say(f"meeting:{meeting_id}", f"委員 {member_id} の回答を受領（{wareki(received_on)}）")


def withdraw_reply(office: Office, meeting_id: int, member_id: int) -> None:
    """書面の回答の受領を取り消す。まだ議決していない件の票は外れる。"""
    with office.act("committee.withdraw_reply") as act:
        meeting = open_meeting(act.session, meeting_id)
        presence = _presence(act.session, meeting_id, member_id)
        if meeting.kind != WRITTEN or presence is None:
            raise RuleViolation("その委員の回答は、まだ受けていません。")
        meeting.presences.remove(presence)
        _drop_open_votes(act.session, meeting_id, member_id)
        act.say(f"meeting:{meeting_id}", f"委員 {member_id} の回答の受領を取り消した")
