"""案件でない議題（取消し・設問の審査・合格基準など）の利害関係。案件と同じに、母数と表決から除く。"""

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.domain.access import Role
from app.domain.errors import RuleViolation
from app.services.committee.presence import members_in_office, open_meeting
from app.services.committee.recusals import (
    check_dismissal,
    check_in_office,
    check_kind,
    check_not_own,
    raise_tie,
)
from app.services.committee.ties import ties_of
from app.services.office import Actor, Office
from app.services.views.conflicts import RECUSAL_WORDS
from database.schema.certificates import Certification
from database.schema.committee import AgendaItem, ItemRecusal, Meeting
from database.schema.intake import Application
from database.schema.renewal import Revocation


def hidden_items(session: Session, meeting_id: int, actor: Actor) -> set[int]:
    """この人に見せない議題（本人が回避した、または候補に挙がり未確認のもの）。"""
    query = select(AgendaItem.id).where(AgendaItem.meeting_id == meeting_id)
    if actor.member_id is None:
        # 委員と結ばれていない委員の口座には、人にかかわる議題を見せない
        if actor.role is not Role.MEMBER:
            return set()
        return set(session.scalars(query.where(AgendaItem.kind == "revocation")))
    mine = query.join(ItemRecusal).where(
        ItemRecusal.member_id == actor.member_id,
        or_(ItemRecusal.confirmed.is_(None), ItemRecusal.confirmed.is_(True)),
    )
    return set(session.scalars(mine))


def recusals_of(session: Session, item_id: int) -> list[ItemRecusal]:
    """議題の利害関係（挙がった順）。"""
    query = select(ItemRecusal).where(ItemRecusal.agenda_item_id == item_id).order_by(ItemRecusal.id)
    return list(session.scalars(query))


def _applications(session: Session, revocation_id: int) -> list[int]:
    """取消しにかかる人の申込。"""
    return list(
        session.scalars(
            select(Application.id)
            .join(Certification, Certification.person_id == Application.person_id)
            .join(Revocation, Revocation.certification_id == Certification.id)
            .where(Revocation.id == revocation_id)
        )
    )


def suggest_for_items(session: Session, meeting: Meeting, items: Collection[AgendaItem]) -> int:
    """取消しの議題に、その人と関わりのある委員を候補に挙げ、新しく挙げた数を返す。"""
    members, added = members_in_office(session, meeting.held_on), 0
    for item in items:
        if item.revocation_id is None or item.result is not None:
            continue
        found: dict[int, list[str]] = {}
        for (_, member_id), words in ties_of(
            session, members, _applications(session, item.revocation_id), meeting.id
        ).items():
            found.setdefault(member_id, []).extend(words)
        kept = {r.member_id: r for r in recusals_of(session, item.id)}
        for member_id, ties in sorted(found.items()):
            row = kept.get(member_id)
            if not (told := raise_tie(row, list(dict.fromkeys(ties)))):
                continue
            added += 1
            if row is None:
                session.add(ItemRecusal(agenda_item_id=item.id, member_id=member_id, ground=told))
            else:
                row.ground, row.confirmed = told, row.confirmed or None
    session.flush()
    return added


def _open_item(session: Session, item_id: int) -> tuple[AgendaItem, Meeting]:
    item = session.get(AgendaItem, item_id)
    if item is None:
        raise RuleViolation("その議題はありません。一覧を開き直してください。")
    meeting = open_meeting(session, item.meeting_id)
    if item.kind == "cases":
        raise RuleViolation("修了認定の利害関係は、案件ごとに記します。")
    if item.result is not None:
        raise RuleViolation("この議題は議決済みです。先に議決を取り消してください。")
    return item, meeting


def confirm_item_in(
    session: Session, item_id: int, member_id: int, kind: str, ground: str, reason: str
) -> ItemRecusal:
    """一つの議題の一人の回避を確かめる（取引の中で）。"""
    check_kind(kind)
    _, meeting = _open_item(session, item_id)
    check_in_office(session, meeting, member_id)
    row = next((r for r in recusals_of(session, item_id) if r.member_id == member_id), None)
    if row is None:
        if not ground.strip():
            raise RuleViolation("利害関係の理由が空です。理由を書いてください。")
        row = ItemRecusal(agenda_item_id=item_id, member_id=member_id, ground=ground.strip())
        session.add(row)
    row.confirmed, row.kind, row.reason = True, kind, reason
    session.flush()
    return row


def confirm_item_recusal(
    office: Office,
    item_id: int,
    member_id: int,
    *,
    kind: str = "withdrawn",
    ground: str = "",
    reason: str = "",
) -> None:
    """議題の回避・除斥・忌避を確かめる。その委員は、この議題の母数・出席・表決から除かれる。"""
    with office.act("committee.confirm_item_recusal") as act:
        row = confirm_item_in(act.session, item_id, member_id, kind, ground, reason)
        words = f"議題 {item_id} の委員 {member_id} の{RECUSAL_WORDS[kind]}を確認（{row.ground}）"
        act.say(f"item:{item_id}", words, reason=reason)


def dismiss_item_recusal(
    office: Office, item_id: int, member_id: int, reason: str, *, second: Actor | None
) -> None:
    """議題の利害関係がないと確かめる。理由と二人目が要る。本人は、どの役割でも外せない。"""
    check_dismissal(reason)
    with office.act("committee.dismiss_item_recusal", second=second) as act:
        check_not_own(act.actor, second, [member_id])
        _open_item(act.session, item_id)
        row = next((r for r in recusals_of(act.session, item_id) if r.member_id == member_id), None)
        if row is None:
            raise RuleViolation("その委員は候補に挙がっていません。")
        row.confirmed, row.reason = False, reason
        act.say(f"item:{item_id}", f"議題 {item_id} の委員 {member_id} の利害関係を否定", reason=reason)
