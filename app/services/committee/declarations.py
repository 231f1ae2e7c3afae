"""会議の初めに、委員の一人ずつに利害関係を尋ねた答え。尋ねていない委員がいれば、議決も閉会もできない。"""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.access import Role
from app.domain.errors import AccessDenied, RuleViolation
from app.services.committee.item_recusals import confirm_item_in
from app.services.committee.presence import members_in_office, open_meeting, present_members
from app.services.committee.recusals import check_in_office, confirm_in
from app.services.office import Act, Office
from app.services.views.conflicts import ANSWER_WORDS, DeclarationView
from database.schema.committee import AgendaItem, ConflictDeclaration, Meeting, Member


def _answers(session: Session, meeting_id: int) -> dict[int, ConflictDeclaration]:
    rows = session.scalars(select(ConflictDeclaration).where(ConflictDeclaration.meeting_id == meeting_id))
    return {d.member_id: d for d in rows}


def list_declarations(office: Office, meeting_id: int) -> tuple[DeclarationView, ...]:
    """会議の日に在任する委員の、利害関係の申告。委員の役割では、自分の申告だけ。"""
    with office.read("committee.list_declarations") as session:
        actor = office.require("committee.list_declarations")
        meeting = session.get_one(Meeting, meeting_id)
        answers, here = _answers(session, meeting_id), set(present_members(session, meeting))
        return tuple(
            _view(m, m.id in here, answers.get(m.id))
            for m in members_in_office(session, meeting.held_on)
            if actor.role is not Role.MEMBER or m.id == actor.member_id
        )


def _view(member: Member, present: bool, row: ConflictDeclaration | None) -> DeclarationView:
    if row is None:
        return DeclarationView(member.id, member.name, member.role, present)
    who = (member.id, member.name, member.role, present)
    return DeclarationView(*who, row.answer, row.words, row.asked_by, row.asked_at)


def _declare(
    act: Act,
    meeting: Meeting,
    member_id: int,
    case_ids: Collection[int],
    item_ids: Collection[int],
    kind: str,
) -> list[str]:
    """申告された案件と議題の回避を確かめ、それぞれの名（案件003・議題「…」）を返す。"""
    session, places = act.session, []
    cases = {c.id: c for c in meeting.cases}
    for case_id in case_ids:
        if case_id not in cases:
            raise RuleViolation("この会議にない案件が選ばれています。一覧を開き直してください。")
        confirm_in(session, case_id, member_id, kind, "本人の申告", "会議の初めの申告")
        places.append(f"案件{cases[case_id].position:03d}")
    for item_id in item_ids:
        item = session.get_one(AgendaItem, item_id)
        if item.meeting_id != meeting.id:
            raise RuleViolation("この会議にない議題が選ばれています。一覧を開き直してください。")
        confirm_item_in(session, item_id, member_id, kind, "本人の申告", "会議の初めの申告")
        # 取消しの議題の名には認定番号があるので、申告の言葉には書かない
        places.append("議題「認証の取消し」" if item.revocation_id else f"議題「{item.title}」")
    return places


def record_declaration(
    office: Office,
    meeting_id: int,
    member_id: int,
    case_ids: Collection[int] = (),
    words: str = "",
    *,
    item_ids: Collection[int] = (),
    kind: str = "withdrawn",
) -> None:
    """委員に利害関係を尋ねた答えを、日時とともに記す。尋ね直せば、新しい答えに替わる（前の答えは監査記録に残る）。

    案件と議題を挙げれば、その回避（kind）を確かめる。何も挙げず言葉もなければ「利害関係なし」。
    委員の役割では、自分の申告だけを記せる。
    """
    with office.act("committee.record_declaration") as act:
        if act.actor.role is Role.MEMBER and act.actor.member_id != member_id:
            raise AccessDenied("委員は自分の申告だけを記せます。ほかの委員の申告は、事務局が記します。")
        meeting = open_meeting(act.session, meeting_id)
        check_in_office(act.session, meeting, member_id)
        places = _declare(act, meeting, member_id, case_ids, item_ids, kind)
        told = "：".join(part for part in ("、".join(places), words.strip()) if part)
        row = _answers(act.session, meeting_id).get(member_id)
        before = {} if row is None else {"before": [row.answer, row.words]}
        if row is None:
            row = ConflictDeclaration(meeting_id=meeting_id, member_id=member_id)
            act.session.add(row)
        row.answer, row.words = ("has" if told else "none"), told
        row.asked_by, row.asked_at = act.actor.name, office.now()
        act.say(
            f"meeting:{meeting_id}",
            f"委員 {member_id} の利害関係の申告：{ANSWER_WORDS[row.answer]}",
            reason=words.strip(),
            detail={"cases": sorted(case_ids), "items": sorted(item_ids), **before},
        )


def check_asked(session: Session, meeting: Meeting, *, ever: bool = False) -> None:
    """出席している（ever なら、一度でも出席した）委員の全員に、利害関係を尋ねてあること。"""
    here = {p.member_id for p in meeting.presences} if ever else set(present_members(session, meeting))
    asked = set(
        session.scalars(
            select(ConflictDeclaration.member_id).where(ConflictDeclaration.meeting_id == meeting.id)
        )
    )
    if not here - asked:
        return
    names = session.scalars(select(Member.name).where(Member.id.in_(here - asked)).order_by(Member.id))
    raise RuleViolation(
        f"利害関係をまだ尋ねていない委員がいます（{'、'.join(names)}）。"
        "「申告…」で、一人ずつ尋ねた答えを記してください。"
    )
