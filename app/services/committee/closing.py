"""会議を閉じて凍らせる。閉じた会議の案件を読む。"""

import hashlib

from sqlalchemy.orm import Session

from app.domain.errors import RuleViolation
from app.services.committee.agenda import CASES, agenda_rows
from app.services.committee.declarations import check_asked
from app.services.committee.facts import grounds
from app.services.committee.freezing import freeze
from app.services.committee.presence import check_held, open_meeting
from app.services.office import Actor, Office
from database.schema.base import canonical_json
from database.schema.committee import Meeting
from database.schema.intake import Application


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
        items = agenda_rows(act.session, meeting_id)
        if not meeting.cases and not items:
            raise RuleViolation("案件が一つもありません。議案を作ってから閉じてください。")
        check_asked(act.session, meeting, ever=True)
        open_items = [i.number for i in items if i.kind != CASES and not i.result]
        if open_items:
            raise RuleViolation(
                f"未議決の議題があります（議案第{open_items[0]}号ほか{len(open_items)}件）。可決・否決・延期のどれかを議決してください。"
            )
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
        meeting.frozen = freeze(act.session, meeting, office.today())
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
