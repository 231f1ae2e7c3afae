"""会議の利害関係の一覧と、候補の挙げ直し。"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.services.committee.item_recusals import hidden_items, suggest_for_items
from app.services.committee.recusals import hidden_cases, suggest_in
from app.services.office import Office
from app.services.views.conflicts import ConflictRow
from database.schema.committee import AgendaItem, Case, CaseDecision, ItemRecusal, Meeting, Member, Recusal
from database.schema.intake import Application
from database.schema.people import Person


def suggest_recusals(office: Office, meeting_id: int) -> int:
    """候補をもう一度挙げる（所属・講師・採点した人が変わったときなど）。新しく挙げた数を返す。"""
    with office.act("committee.suggest_recusals") as act:
        session = act.session
        meeting = session.get_one(Meeting, meeting_id)
        items = session.scalars(select(AgendaItem).where(AgendaItem.meeting_id == meeting_id)).all()
        added = suggest_in(session, meeting) + suggest_for_items(session, meeting, items)
        act.say(f"meeting:{meeting_id}", f"利害関係の候補を{added}件挙げた")
        return added


def _of_cases(session: Session, meeting_id: int, hidden: set[int]) -> list[ConflictRow]:
    rows = session.execute(
        select(Recusal, Case.position, Person.name, Member.name, CaseDecision.id)
        .join(Case, Case.id == Recusal.case_id)
        .join(Application, Application.id == Case.application_id)
        .join(Person, Person.id == Application.person_id)
        .join(Member, Member.id == Recusal.member_id)
        .outerjoin(CaseDecision, CaseDecision.case_id == Case.id)
        .where(Case.meeting_id == meeting_id)
        .order_by(Case.position, Recusal.id)
    )
    return [
        ConflictRow(
            r.id,
            False,
            r.case_id,
            f"{position:03d}",
            name,
            r.member_id,
            member,
            r.kind,
            r.ground,
            r.confirmed,
            r.reason,
            decided is not None,
        )
        for r, position, name, member, decided in rows
        if r.case_id not in hidden
    ]


def _of_items(session: Session, meeting_id: int, hidden: set[int]) -> list[ConflictRow]:
    items = session.scalars(
        select(AgendaItem).where(AgendaItem.meeting_id == meeting_id).order_by(AgendaItem.position)
    )
    numbers = {item.id: n for n, item in enumerate(items, 1)}
    rows = session.execute(
        select(ItemRecusal, AgendaItem.title, AgendaItem.result, Member.name)
        .join(AgendaItem, AgendaItem.id == ItemRecusal.agenda_item_id)
        .join(Member, Member.id == ItemRecusal.member_id)
        .where(AgendaItem.meeting_id == meeting_id)
        .order_by(AgendaItem.position, ItemRecusal.id)
    )
    return [
        ConflictRow(
            r.id,
            True,
            r.agenda_item_id,
            f"第{numbers[r.agenda_item_id]}号",
            title,
            r.member_id,
            member,
            r.kind,
            r.ground,
            r.confirmed,
            r.reason,
            result is not None,
        )
        for r, title, result, member in rows
        if r.agenda_item_id not in hidden
    ]


def list_conflicts(office: Office, meeting_id: int) -> tuple[ConflictRow, ...]:
    """会議のすべての利害関係：案件の順、次に議題の順。本人が回避したものは、本人には見えない。"""
    with office.read("committee.list_conflicts") as session:
        actor = office.require("committee.list_conflicts")
        cases = _of_cases(session, meeting_id, hidden_cases(session, meeting_id, actor))
        return tuple(cases + _of_items(session, meeting_id, hidden_items(session, meeting_id, actor)))
