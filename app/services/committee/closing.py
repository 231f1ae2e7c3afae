"""会議を閉じて凍らせ、議事録を書く。"""

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.minutes import MinutesPaper, render_minutes
from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services.committee.facts import grounds
from app.services.committee.presence import check_held, members_in_office, open_meeting
from app.services.committee.summary import course_words
from app.services.files import write_whole
from app.services.intake import cohort_title
from app.services.office import Actor, Office
from app.services.views.committee import DECISION_WORDS, GROUND_TEXTS
from database import audit
from database.schema.base import canonical_json
from database.schema.committee import Case, Meeting, Member
from database.schema.intake import Application, Cohort


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
        "recused": [session.get_one(Member, r.member_id).name for r in case.recusals if r.confirmed],
        "grounds": {g.ground: g.finding for g in case.grounds},
        "course": list(course_words(session, application, today)),
    }


def _frozen(session: Session, meeting: Meeting, today: date) -> dict[str, Any]:
    presences = sorted(meeting.presences, key=lambda p: (p.arrived_at, p.member_id))
    return {
        "number": meeting.number,
        "held_on": meeting.held_on.isoformat(),
        "certification_on": meeting.certification_on.isoformat(),
        "place": meeting.place,
        "members": [
            {"id": m.id, "name": m.name, "role": m.role} for m in members_in_office(session, meeting.held_on)
        ],
        "presences": [{"member_id": p.member_id, "from": p.arrived_at, "to": p.left_at} for p in presences],
        "cases": [_frozen_case(session, c, today) for c in meeting.cases],
        "remarks": meeting.remarks,
    }


def _check_facts(session: Session, meeting: Meeting, office: Office) -> None:
    """認定の議決の根拠（欠格事由の確認）が、議決の後に変わっていないこと。"""
    for case in meeting.cases:
        if case.decision is None or case.decision.decision != "certified":
            continue
        application = session.get_one(Application, case.application_id)
        _, digest = grounds(session, application, meeting.certification_on, office.guideline)
        if any(g.facts_digest != digest for g in case.grounds):
            raise RuleViolation(
                f"案件{case.position:03d}の議決の後に、欠格事由の事実が変わりました。"
                "議決を取り消し、確認し直してから閉じてください。"
            )


def close_meeting(office: Office, meeting_id: int, *, second: Actor | None) -> str:
    """会議を閉じ、票・出席・判断・文を要約値とともに凍らせる。二人目が要る。要約値を返す。"""
    with office.act("committee.close_meeting", second=second) as act:
        meeting = open_meeting(act.session, meeting_id)
        check_held(meeting, office.today())
        if not meeting.cases:
            raise RuleViolation("案件が一つもありません。議案を作ってから閉じてください。")
        waiting = [c.position for c in meeting.cases if c.decision is None]
        if waiting:
            raise RuleViolation(
                f"未審査の案件が{len(waiting)}件あります（{waiting[0]:03d}ほか）。認定・不認定・保留のどれかを議決してください。"
            )
        unresolved = [c.position for c in meeting.cases if any(r.confirmed is None for r in c.recusals)]
        if unresolved:
            raise RuleViolation(
                f"利害関係の候補が未確認の案件があります（{unresolved[0]:03d}ほか）。確認してください。"
            )
        _check_facts(act.session, meeting, office)
        assert second is not None
        meeting.frozen = _frozen(act.session, meeting, office.today())
        meeting.frozen_digest = hashlib.sha256(canonical_json(meeting.frozen).encode()).hexdigest()
        meeting.closed_at, meeting.closed_by, meeting.second_person = (
            office.now(),
            act.actor.name,
            second.name,
        )
        act.say(
            f"meeting:{meeting_id}",
            f"第{meeting.number}回の会議を閉じた",
            detail={"digest": meeting.frozen_digest},
        )
        return meeting.frozen_digest


def _presence_words(frozen: dict[str, Any], member_id: int) -> str:
    spans = [f"{p['from']}〜{p['to'] or ''}" for p in frozen["presences"] if p["member_id"] == member_id]
    return "、".join(spans) if spans else "欠席"


def minutes_paper(office: Office, meeting_id: int) -> MinutesPaper:
    """凍った記録から議事録の中身を作る。"""
    with office.read("committee.minutes_paper") as session:
        meeting = session.get_one(Meeting, meeting_id)
        if meeting.frozen is None:
            raise RuleViolation("会議が閉じられていません。閉じてから議事録を作ってください。")
        frozen = meeting.frozen
        sequence, head = audit.head(session)
        cohort = session.get_one(Cohort, meeting.cohort_id)
        cases = []
        for c in frozen["cases"]:
            votes = f"可{c['votes'][0]} 否{c['votes'][1]} 棄権{c['votes'][2]}"
            marks = "・".join(GROUND_TEXTS[g][0] for g, f in sorted(c["grounds"].items()) if f == "applies")
            cases.append(
                (
                    f"{c['position']:03d}",
                    f"{c['reception_number']:04d}",
                    c["name"],
                    DECISION_WORDS[c["decision"]],
                    votes,
                    f"{c['present']}／{c['base']}",
                    marks or "該当なし",
                    "、".join(c["recused"]),
                    c["reason"],
                )
            )
        return MinutesPaper(
            title=f"{cohort_title(cohort)} 第{meeting.number}回 認定審査委員会 議事録",
            facts=(
                ("日時", f"{wareki(meeting.held_on)} {meeting.starts_at}から"),
                ("場所", meeting.place or "（記載なし）"),
                ("認証予定日", wareki(meeting.certification_on)),
                ("確定", f"{meeting.closed_by}・{meeting.second_person}（二人で確認）"),
            ),
            members=tuple(
                (m["name"], "議長" if m["role"] == "chair" else "委員", _presence_words(frozen, m["id"]))
                for m in frozen["members"]
            ),
            agenda=("議案第1号 修了認定（欠格事由の確認を含む）",),
            cases=tuple(cases),
            remarks=meeting.remarks,
            audit_head=f"監査記録 第{sequence}号 {head}",
            digest=meeting.frozen_digest,
        )


def write_minutes(office: Office, meeting_id: int, path: Path) -> Path:
    """議事録の PDF を書く。"""
    office.require("committee.write_minutes")
    content = render_minutes(minutes_paper(office, meeting_id))
    with office.act("committee.write_minutes") as act:
        act.say(f"meeting:{meeting_id}", "議事録を書き出し")
    write_whole(path, content)
    return path


def closed_cases(session: Session, cohort_id: int) -> list[tuple[Meeting, dict[str, Any]]]:
    """閉じた会議の、凍った案件（後の書類はここだけを読む）。"""
    meetings = session.scalars(
        select(Meeting)
        .where(Meeting.cohort_id == cohort_id, Meeting.closed_at.is_not(None))
        .order_by(Meeting.number)
    )
    return [(m, c) for m in meetings for c in (m.frozen or {}).get("cases", [])]
