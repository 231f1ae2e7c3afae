"""会議を閉じるときに凍らせるもの。"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.services.committee.agenda import agenda_rows
from app.services.committee.evidence import evidence_of
from app.services.committee.item_recusals import recusals_of
from app.services.committee.presence import members_in_office
from app.services.committee.summary import course_words
from app.services.views.agenda import AgendaRow
from database.schema.committee import Case, ConflictDeclaration, ItemRecusal, Meeting, Member, Recusal
from database.schema.intake import Application


def _frozen_recusals(session: Session, rows: Iterable[Recusal | ItemRecusal]) -> list[dict[str, Any]]:
    """確かめた利害関係：委員・種類（回避・除斥・忌避）・挙がった関わり・確かめた理由。"""
    return [
        {
            "member_id": r.member_id,
            "member": session.get_one(Member, r.member_id).name,
            "kind": r.kind,
            "ground": r.ground,
            "reason": r.reason,
        }
        for r in rows
        if r.confirmed
    ]


def _frozen_item(session: Session, row: AgendaRow) -> dict[str, Any]:
    return {
        "item_id": row.id,
        "recusals": _frozen_recusals(session, recusals_of(session, row.id)),
        "number": row.number,
        "kind": row.kind,
        "title": row.title,
        "result": row.result,
        "votes": None if row.counts is None else list(row.counts),
        "base": row.base,
        "present": row.present,
        "casting_vote": row.casting_vote,
        "words": row.text,
    }


def _frozen_declarations(session: Session, meeting_id: int) -> list[dict[str, Any]]:
    rows = session.execute(
        select(ConflictDeclaration, Member.name)
        .join(Member, Member.id == ConflictDeclaration.member_id)
        .where(ConflictDeclaration.meeting_id == meeting_id)
        .order_by(Member.role, Member.id)
    )
    return [
        {
            "member": name,
            "answer": d.answer,
            "words": d.words,
            "asked_by": d.asked_by,
            "asked_at": d.asked_at.isoformat(),
        }
        for d, name in rows
    ]


def _frozen_case(session: Session, case: Case, today: date) -> dict[str, Any]:
    application = session.get_one(Application, case.application_id)
    decision = case.decision
    assert decision is not None
    return {
        "position": case.position,
        "case_id": case.id,
        "application_id": application.id,
        "person_id": application.person_id,
        "reception_number": application.reception_number,
        "name": application.person.name,
        "decision": decision.decision,
        "result": decision.result,
        "base": decision.base,
        "present": decision.present,
        "votes": [decision.votes_for, decision.votes_against, decision.abstentions],
        "casting_vote": decision.casting_vote,
        "due_on": decision.due_on.isoformat() if decision.due_on else None,
        "reason": decision.reason,
        "in_block": decision.in_block,
        "recusals": _frozen_recusals(session, case.recusals),
        "recused": [session.get_one(Member, r.member_id).name for r in case.recusals if r.confirmed],
        "grounds": {g.ground: g.finding for g in case.grounds},
        "course": list(course_words(session, application, today)),
        "affiliation": application.person.affiliation,
        "ballots": [[session.get_one(Member, v.member_id).name, v.choice] for v in case.votes],
        "counted": case.counted_votes is not None,
        "findings": [
            [g.ground, g.computed, g.finding, g.reason, g.confirmed_by]
            for g in sorted(case.grounds, key=lambda g: g.id)
        ],
        "evidence": [
            [e.ground, e.kind, e.addressee, e.dated_on.isoformat(), e.points_to]
            for e in evidence_of(session, application.id)
            if e.withdrawn_on is None
        ],
        "remarks": case.remarks,
    }


def freeze(session: Session, meeting: Meeting, today: date) -> dict[str, Any]:
    """会議の議事のすべて：委員・出席・申告・議題・案件・文。閉じた後の書類はこれだけから作る。"""
    presences = sorted(meeting.presences, key=lambda p: (p.arrived_at, p.member_id))
    return {
        "number": meeting.number,
        "held_on": meeting.held_on.isoformat(),
        "certification_on": meeting.certification_on.isoformat(),
        "place": meeting.place,
        "kind": meeting.kind,
        "starts_at": meeting.starts_at,
        "members": [
            {"id": m.id, "name": m.name, "role": m.role} for m in members_in_office(session, meeting.held_on)
        ],
        "presences": [{"member_id": p.member_id, "from": p.arrived_at, "to": p.left_at} for p in presences],
        "cases": [_frozen_case(session, c, today) for c in meeting.cases],
        "agenda": [_frozen_item(session, row) for row in agenda_rows(session, meeting.id)],
        "declarations": _frozen_declarations(session, meeting.id),
        "texts": dict(meeting.text_blocks or {}),
        "remarks": meeting.remarks,
    }
