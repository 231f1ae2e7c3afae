"""利害関係の候補と、回避の確認。"""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.domain.access import Role
from app.domain.errors import AccessDenied, RuleViolation
from app.services.committee.presence import members_in_office, open_meeting
from app.services.committee.ties import ties_of
from app.services.office import Actor, Office
from app.services.views.committee import RecusalView
from app.services.views.conflicts import RECUSAL_WORDS
from database.schema.certificates import Certification
from database.schema.committee import AgendaItem, Case, ItemRecusal, Meeting, Member, Recusal
from database.schema.intake import Application
from database.schema.renewal import Revocation

_BETWEEN = "、"  # 一つの組の、いくつもの関わりの間


def as_member(member_id: int) -> Actor:
    """委員本人として見る人。本人の口座で見たときと同じ規則で、渡す紙から除くため。"""
    return Actor(None, "", Role.MEMBER, "", member_id)


def _standing(row: type[Recusal] | type[ItemRecusal], member_id: int) -> tuple[ColumnElement[bool], ...]:
    """その委員の、確かめたか未確認の利害関係。"""
    return row.member_id == member_id, or_(row.confirmed.is_(None), row.confirmed.is_(True))


def hidden_people(session: Session, member_id: int) -> set[int]:
    """その委員が、どの会議でも、回避した（または候補に挙がり未確認の）案件と取消しの人。"""
    cases = (
        select(Application.person_id)
        .join(Case, Case.application_id == Application.id)
        .join(Recusal, Recusal.case_id == Case.id)
        .where(*_standing(Recusal, member_id))
    )
    items = (
        select(Certification.person_id)
        .join(Revocation, Revocation.certification_id == Certification.id)
        .join(AgendaItem, AgendaItem.revocation_id == Revocation.id)
        .join(ItemRecusal, ItemRecusal.agenda_item_id == AgendaItem.id)
        .where(*_standing(ItemRecusal, member_id))
    )
    return {*session.scalars(cases), *session.scalars(items)}


def hidden_cases(session: Session, meeting_id: int, actor: Actor) -> set[int]:
    """この人に見せない案件（本人が回避した、または候補に挙がり未確認のもの）。どの役割もこれを越えられない。

    ほかの会議で回避した人の案件も、この会議で「利害関係なし」と確かめていなければ見せない。
    委員の行と結ばれていない委員の口座には、どの回避が本人のものか分からないので、すべてを見せない。
    """
    cases = select(Case.id).where(Case.meeting_id == meeting_id)
    if actor.member_id is None:
        return set() if actor.role is not Role.MEMBER else set(session.scalars(cases))
    people = hidden_people(session, actor.member_id)
    if not people:
        return set()
    dismissed = (
        select(Recusal.case_id)
        .join(Case)
        .where(
            Case.meeting_id == meeting_id,
            Recusal.member_id == actor.member_id,
            Recusal.confirmed.is_(False),
        )
    )
    theirs = cases.join(Application, Application.id == Case.application_id).where(
        Application.person_id.in_(people)
    )
    return set(session.scalars(theirs)) - set(session.scalars(dismissed))


def hidden_words(actor: Actor) -> str:
    """隠した案件を開けない理由の文。"""
    if actor.member_id is None:
        return "この口座はまだ委員と結ばれていないため、案件を開けません。事務局に頼んでください。"
    return "この案件は回避しているため開けません。"


def _kept(session: Session, meeting_id: int) -> dict[tuple[int, int], Recusal]:
    rows = session.scalars(select(Recusal).join(Case).where(Case.meeting_id == meeting_id))
    return {(r.case_id, r.member_id): r for r in rows}


def raise_tie(row: Recusal | ItemRecusal | None, found: Sequence[str]) -> str:
    """候補に書く言葉。既に行があれば、そこにない関わりだけを足したもの。新しい関わりがなければ空。"""
    known = [] if row is None else row.ground.split(_BETWEEN)
    fresh = [words for words in found if words not in known]
    return _BETWEEN.join([*known, *fresh]) if fresh else ""


def suggest_in(session: Session, meeting: Meeting) -> int:
    """記録から関わりのある委員を候補に挙げ、新しく挙げた件数を返す。

    前に「利害関係なし」とした組も、そのときになかった関わりが見つかれば、未確認に戻す。議決済みの案件には触れない。
    """
    session.expire(meeting, ["cases"])
    members = members_in_office(session, meeting.held_on)
    cases = {c.application_id: c for c in meeting.cases if c.decision is None}
    kept = _kept(session, meeting.id)
    added = 0
    for (application_id, member_id), found in sorted(
        ties_of(session, members, list(cases), meeting.id).items()
    ):
        case = cases[application_id]
        row = kept.get((case.id, member_id))
        words = raise_tie(row, found)
        if not words:
            continue
        if row is None:
            session.add(Recusal(case_id=case.id, member_id=member_id, ground=words))
        else:
            row.ground = words
            if row.confirmed is not False:
                continue
            row.confirmed = None
        added += 1
    session.flush()
    return added


def recusal_views(session: Session, case_id: int) -> tuple[RecusalView, ...]:
    """案件の回避と候補。"""
    rows = session.execute(
        select(Recusal, Member.name).join(Member).where(Recusal.case_id == case_id).order_by(Recusal.id)
    )
    return tuple(
        RecusalView(r.id, r.member_id, name, r.kind, r.ground, r.confirmed, r.reason) for r, name in rows
    )


def check_kind(kind: str) -> None:
    """回避・除斥・忌避のどれかであること。"""
    if kind not in RECUSAL_WORDS:
        raise RuleViolation("利害関係の種類は、回避・除斥・忌避のどれかです。")


def check_dismissal(reason: str) -> None:
    """利害関係なしとする理由があること。"""
    if not reason.strip():
        raise RuleViolation("利害関係がないとする理由が空です。理由を書いてください。")


def check_not_own(actor: Actor, second: Actor | None, member_ids: Collection[int]) -> None:
    """自分の利害関係を、自分で外さないこと。"""
    if {actor.member_id, second.member_id if second else None} & set(member_ids):
        raise AccessDenied("自分の利害関係は、自分では外せません。ほかの人に確かめてもらってください。")


def check_in_office(session: Session, meeting: Meeting, member_id: int) -> None:
    """会議の日に在任する委員であること。"""
    if member_id not in {m.id for m in members_in_office(session, meeting.held_on)}:
        raise RuleViolation("会議の日に在任していない委員です。任期を確かめてください。")


def _open_case(session: Session, case_id: int) -> Case:
    case = session.get_one(Case, case_id)
    if session.get_one(Meeting, case.meeting_id).closed_at is not None:
        raise RuleViolation("この会議は閉じられ、記録は凍っています。")
    if case.decision is not None:
        raise RuleViolation("この案件は議決済みです。先に議決を取り消してください。")
    return case


def confirm_in(
    session: Session, case_id: int, member_id: int, kind: str, ground: str, reason: str
) -> Recusal:
    """一件の一人の回避を確かめ、その委員の票を外す（取引の中で）。"""
    check_kind(kind)
    case = _open_case(session, case_id)
    check_in_office(session, session.get_one(Meeting, case.meeting_id), member_id)
    row = next((r for r in case.recusals if r.member_id == member_id), None)
    if row is None:
        if not ground.strip():
            raise RuleViolation("利害関係の理由が空です。理由を書いてください。")
        row = Recusal(member_id=member_id, ground=ground)
        case.recusals.append(row)
    row.confirmed, row.kind, row.reason = True, kind, reason
    case.votes = [v for v in case.votes if v.member_id != member_id]
    return row


def confirm_recusal(
    office: Office,
    case_id: int,
    member_id: int,
    *,
    kind: str = "withdrawn",
    ground: str = "",
    reason: str = "",
) -> None:
    """回避（withdrawn）・除斥（excluded）・忌避（challenged）を確かめる。その委員の票は消える。"""
    with office.act("committee.confirm_recusal") as act:
        row = confirm_in(act.session, case_id, member_id, kind, ground, reason)
        words = f"委員 {member_id} の{RECUSAL_WORDS[kind]}を確認（{row.ground}）"
        act.say(f"case:{case_id}", words, reason=reason)


def dismiss_recusal(
    office: Office, case_id: int, member_id: int, reason: str, *, second: Actor | None
) -> None:
    """利害関係がないと確かめ、候補または回避を外す。理由と二人目が要る。本人は、どの役割でも外せない。"""
    check_dismissal(reason)
    with office.act("committee.dismiss_recusal", second=second) as act:
        check_not_own(act.actor, second, [member_id])
        case = _open_case(act.session, case_id)
        row = next((r for r in case.recusals if r.member_id == member_id), None)
        if row is None:
            raise RuleViolation("その委員は候補に挙がっていません。")
        row.confirmed, row.reason = False, reason
        act.say(f"case:{case_id}", f"委員 {member_id} の利害関係を否定", reason=reason)


def _chosen(session: Session, meeting_id: int, recusal_ids: Collection[int]) -> list[Recusal]:
    open_meeting(session, meeting_id)
    rows = list(
        session.scalars(
            select(Recusal)
            .join(Case)
            .where(Case.meeting_id == meeting_id, Recusal.id.in_(recusal_ids))
            .order_by(Recusal.id)
        )
    )
    if not rows or len(rows) != len(set(recusal_ids)):
        raise RuleViolation("選んだ利害関係がこの会議にありません。一覧を開き直してください。")
    return rows


def _pairs(rows: Sequence[Recusal]) -> dict[str, object]:
    return {"recusals": [[r.case_id, r.member_id] for r in rows]}


def confirm_recusals(office: Office, meeting_id: int, recusal_ids: Collection[int], kind: str) -> int:
    """選んだ候補をまとめて確かめ、その数を返す。一件ずつ確かめるのと同じに、議決済みの案件では断る。"""
    with office.act("committee.confirm_recusals") as act:
        rows = _chosen(act.session, meeting_id, recusal_ids)
        for row in rows:
            confirm_in(act.session, row.case_id, row.member_id, kind, "", row.reason)
        act.say(f"meeting:{meeting_id}", f"{RECUSAL_WORDS[kind]}を{len(rows)}件確認", detail=_pairs(rows))
        return len(rows)


def dismiss_recusals(
    office: Office, meeting_id: int, recusal_ids: Collection[int], reason: str, *, second: Actor | None
) -> int:
    """選んだ候補をまとめて「利害関係なし」とし、その数を返す。理由と二人目が要る。"""
    check_dismissal(reason)
    with office.act("committee.dismiss_recusals", second=second) as act:
        rows = _chosen(act.session, meeting_id, recusal_ids)
        check_not_own(act.actor, second, {r.member_id for r in rows})
        for row in rows:
            _open_case(act.session, row.case_id)
            row.confirmed, row.reason = False, reason
        act.say(f"meeting:{meeting_id}", f"利害関係を{len(rows)}件否定", reason=reason, detail=_pairs(rows))
        return len(rows)
