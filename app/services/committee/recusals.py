"""利害関係の候補と、回避の確認。"""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.domain.access import Role
from app.domain.errors import AccessDenied, RuleViolation
from app.domain.names import search_key
from app.services.committee.presence import members_in_office
from app.services.office import Actor, Office
from app.services.views.committee import RecusalView
from database.schema.committee import Case, Meeting, Member, Recusal
from database.schema.intake import Application
from database.schema.people import Person


def hidden_cases(session: Session, meeting_id: int, actor: Actor) -> set[int]:
    """この人に見せない案件（本人が回避した、または候補に挙がり未確認のもの）。どの役割もこれを越えられない。

    委員の行と結ばれていない委員の口座には、どの回避が本人のものか分からないので、すべてを見せない。
    """
    if actor.member_id is None:
        if actor.role is not Role.MEMBER:
            return set()
        return set(session.scalars(select(Case.id).where(Case.meeting_id == meeting_id)))
    return set(
        session.scalars(
            select(Recusal.case_id)
            .join(Case)
            .where(
                Case.meeting_id == meeting_id,
                Recusal.member_id == actor.member_id,
                or_(Recusal.confirmed.is_(None), Recusal.confirmed.is_(True)),
            )
        )
    )


def hidden_words(actor: Actor) -> str:
    """隠した案件を開けない理由の文。"""
    if actor.member_id is None:
        return "この口座はまだ委員と結ばれていないため、案件を開けません。事務局に頼んでください。"
    return "この案件は回避しているため開けません。"


def suggest_in(session: Session, meeting: Meeting) -> int:
    """同じ所属機関の委員を候補に挙げ、新しく挙げた件数を返す。"""
    members = session.scalars(
        select(Member).where(
            Member.term_from <= meeting.held_on,
            or_(Member.term_to.is_(None), Member.term_to >= meeting.held_on),
        )
    ).all()
    by_affiliation: dict[str, list[Member]] = {}
    for member in members:
        if member.affiliation.strip():
            by_affiliation.setdefault(search_key(member.affiliation), []).append(member)
    known = set(
        session.execute(
            select(Recusal.case_id, Recusal.member_id).join(Case).where(Case.meeting_id == meeting.id)
        ).all()
    )
    rows = session.execute(
        select(Case.id, Person.affiliation, Application.counter_name)
        .join(Application, Case.application_id == Application.id)
        .join(Person, Application.person_id == Person.id)
        .where(Case.meeting_id == meeting.id)
    )
    added = 0
    for case_id, affiliation, counter_name in rows:
        tied = {
            m.id: m
            for place in (affiliation, counter_name)
            for m in by_affiliation.get(search_key(place), [])
        }
        for member in tied.values():
            if (case_id, member.id) in known:
                continue
            session.add(
                Recusal(case_id=case_id, member_id=member.id, ground=f"同一所属（{member.affiliation}）")
            )
            added += 1
    session.flush()
    return added


def suggest_recusals(office: Office, meeting_id: int) -> int:
    """候補をもう一度挙げる（所属が変わったときなど）。"""
    with office.act("committee.suggest_recusals") as act:
        added = suggest_in(act.session, act.session.get_one(Meeting, meeting_id))
        act.say(f"meeting:{meeting_id}", f"利害関係の候補を{added}件挙げた")
        return added


def recusal_views(session: Session, case_id: int) -> tuple[RecusalView, ...]:
    """案件の回避と候補。"""
    rows = session.execute(
        select(Recusal, Member.name).join(Member).where(Recusal.case_id == case_id).order_by(Recusal.id)
    )
    return tuple(
        RecusalView(r.id, r.member_id, name, r.kind, r.ground, r.confirmed, r.reason) for r, name in rows
    )


def _open_case(session: Session, case_id: int) -> Case:
    case = session.get_one(Case, case_id)
    if session.get_one(Meeting, case.meeting_id).closed_at is not None:
        raise RuleViolation("この会議は閉じられ、記録は凍っています。")
    if case.decision is not None:
        raise RuleViolation("この案件は議決済みです。先に議決を取り消してください。")
    return case


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
        session = act.session
        case = _open_case(session, case_id)
        meeting = session.get_one(Meeting, case.meeting_id)
        if member_id not in {m.id for m in members_in_office(session, meeting.held_on)}:
            raise RuleViolation("会議の日に在任していない委員です。任期を確かめてください。")
        row = next((r for r in case.recusals if r.member_id == member_id), None)
        if row is None:
            if not ground.strip():
                raise RuleViolation("利害関係の理由が空です。理由を書いてください。")
            row = Recusal(member_id=member_id, ground=ground)
            case.recusals.append(row)
        row.confirmed, row.kind, row.reason = True, kind, reason
        case.votes = [v for v in case.votes if v.member_id != member_id]
        act.say(f"case:{case_id}", f"委員 {member_id} の回避を確認（{row.ground}）", reason=reason)


def dismiss_recusal(
    office: Office, case_id: int, member_id: int, reason: str, *, second: Actor | None
) -> None:
    """利害関係がないと確かめ、候補または回避を外す。理由と二人目が要る。本人は、どの役割でも外せない。"""
    if not reason.strip():
        raise RuleViolation("利害関係がないとする理由が空です。理由を書いてください。")
    with office.act("committee.dismiss_recusal", second=second) as act:
        if member_id in (act.actor.member_id, second.member_id if second else None):
            raise AccessDenied("自分の利害関係は、自分では外せません。ほかの人に確かめてもらってください。")
        case = _open_case(act.session, case_id)
        row = next((r for r in case.recusals if r.member_id == member_id), None)
        if row is None:
            raise RuleViolation("その委員は候補に挙がっていません。")
        row.confirmed, row.reason = False, reason
        act.say(f"case:{case_id}", f"委員 {member_id} の利害関係を否定", reason=reason)
