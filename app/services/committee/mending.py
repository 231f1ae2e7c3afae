"""会議を閉じる前の直し：任期の終わり・議事録の自由記述・議決の取消し。有罪の記録の閲覧。"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.errors import AccessDenied, RuleViolation
from app.services.committee.evidence import check_purpose
from app.services.committee.presence import open_meeting
from app.services.committee.recusals import hidden_cases
from app.services.office import Actor, Office
from app.services.views.committee import DECISION_WORDS, ConvictionView
from database.schema.committee import Case, Meeting, Member, Presence
from database.schema.intake import Application
from database.schema.people import Conviction


def end_term(office: Office, member_id: int, term_to: date) -> None:
    """委員の任期の終わりの日を記す。始まりより前なら RuleViolation。"""
    with office.act("committee.end_term") as act:
        member = act.session.get_one(Member, member_id)
        if term_to < member.term_from:
            raise RuleViolation(
                f"任期の始まり（{wareki(member.term_from)}）より前です。日付を確かめてください。"
            )
        if _sits_after(act.session, member_id, term_to):
            raise RuleViolation(
                "この日より後の、まだ閉じていない会議に出席しています。退席の記録か会議の日を確かめてください。"
            )
        member.term_to = term_to
        act.say(f"member:{member_id}", f"委員 {member.name} の任期を{wareki(term_to)}までとした")


def _sits_after(session: Session, member_id: int, day: date) -> bool:
    """day より後に開かれる、閉じていない会議に、出席の記録があるか。"""
    query = (
        select(Presence.id)
        .join(Meeting)
        .where(Presence.member_id == member_id, Meeting.held_on > day, Meeting.closed_at.is_(None))
    )
    return session.scalar(query.limit(1)) is not None


def set_remarks(office: Office, meeting_id: int, text: str) -> None:
    """議事録に載せる自由記述を書き替える。閉じた会議では RuleViolation。"""
    with office.act("committee.set_remarks") as act:
        open_meeting(act.session, meeting_id).remarks = text
        act.say(f"meeting:{meeting_id}", "議事録の自由記述を書いた")


def reverse_decision(office: Office, case_id: int, reason: str, *, second: Actor | None) -> None:
    """閉じる前の会議の議決を取り消し、もう一度審査できるようにする。理由と二人目が要る。

    元の議決は監査記録に残る。表決と欠格事由の確認は消さない。閉じた会議では RuleViolation。
    """
    if not reason.strip():
        raise RuleViolation("議決を取り消す理由が空です。理由を書いてください。")
    with office.act("committee.reverse_decision", second=second) as act:
        case = act.session.get_one(Case, case_id)
        if case_id in hidden_cases(act.session, case.meeting_id, act.actor):
            raise AccessDenied("この案件は回避しているため開けません。")
        open_meeting(act.session, case.meeting_id)
        if case.decision is None:
            raise RuleViolation("この案件はまだ議決していません。")
        kept = case.decision
        case.decision = None
        act.say(
            f"case:{case_id}",
            f"案件{case.position:03d}の議決（{DECISION_WORDS[kept.decision]}）を取り消した",
            reason=reason,
            detail={
                "decision": kept.decision,
                "result": kept.result,
                "votes": [kept.votes_for, kept.votes_against, kept.abstentions],
            },
        )


def read_convictions(office: Office, case_id: int, reason: str) -> tuple[ConvictionView, ...]:
    """案件の人の有罪の裁判。理由が要り、読んだことが監査記録に残る。回避した委員は AccessDenied。"""
    purpose = check_purpose(reason)
    with office.act("committee.read_convictions") as act:
        case = act.session.get_one(Case, case_id)
        if case_id in hidden_cases(act.session, case.meeting_id, act.actor):
            raise AccessDenied("この案件は回避しているため開けません。")
        person_id = act.session.get_one(Application, case.application_id).person_id
        rows = act.session.scalars(
            select(Conviction).where(Conviction.person_id == person_id).order_by(Conviction.id)
        ).all()
        act.say(f"person:{person_id}", "欠格事由の記録を閲覧", reason=purpose)
        return tuple(
            ConvictionView(
                c.id,
                c.law,
                c.penalty,
                c.finalized_on,
                c.execution_ended_on,
                c.execution_ceased_on,
                c.suspension_kind,
                c.suspension_ends_on,
                c.suspension_revoked,
                c.source,
            )
            for c in rows
        )
