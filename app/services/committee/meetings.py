"""委員・会議・議案・出席。"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, selectinload

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services.committee.agenda import ensure_cases_item
from app.services.committee.members import member_account
from app.services.committee.presence import TIME, members_in_office, open_meeting, present_members
from app.services.committee.recusals import hidden_cases, suggest_in
from app.services.committee.veil import MeetingVeil
from app.services.office import Actor, Office
from app.services.settings import value_of
from app.services.views.committee import CaseRow, MeetingView, MemberView, PresenceView
from app.services.working_days import working_days_before
from database.schema.committee import Case, CaseDecision, DecisionReversal, Meeting, Member, Recusal
from database.schema.intake import Application
from database.schema.people import Person
from database.schema.scoring import CertificationTest, PassRuleAdoption


def member_view(m: Member) -> MemberView:
    """委員の行を画面のものへ。"""
    return MemberView(m.id, m.name, m.role, m.affiliation, m.lectures, m.term_from, m.term_to, m.account_id)


def list_members(office: Office) -> tuple[MemberView, ...]:
    """すべての委員。"""
    with office.read("committee.list_members") as session:
        return tuple(member_view(m) for m in session.scalars(select(Member).order_by(Member.role, Member.id)))


@dataclass(frozen=True)
class MemberForm:
    """委員に書くこと。"""

    name: str
    term_from: date
    term_to: date | None = None
    role: str = "member"
    reading: str = ""
    affiliation: str = ""
    lectures: str = ""
    account_id: int | None = None


def _has_chair(session: Session, first: date, last: date | None) -> bool:
    """任期の重なる議長がいるか。"""
    query = select(Member.id).where(
        Member.role == "chair", or_(Member.term_to.is_(None), Member.term_to >= first)
    )
    if last is not None:
        query = query.where(Member.term_from <= last)
    return session.scalar(query.limit(1)) is not None


def add_member(office: Office, form: MemberForm) -> int:
    """委員を加える。同じ時期に議長は一人。"""
    if not form.name.strip():
        raise RuleViolation("委員の氏名が空です。")
    if form.term_to is not None and form.term_to < form.term_from:
        raise RuleViolation("任期の終わりが始まりより前です。")
    with office.act("committee.add_member") as act:
        if form.role == "chair" and _has_chair(act.session, form.term_from, form.term_to):
            raise RuleViolation("その時期には既に議長がいます。議長の任期を先に終えてください。")
        if form.account_id is not None:
            member_account(act.session, 0, form.account_id)
        member = Member(**vars(form))
        act.session.add(member)
        act.session.flush()
        act.say(f"member:{member.id}", f"委員 {form.name} を追加")
        return member.id


@dataclass(frozen=True)
class MeetingForm:
    """会議に書くこと。"""

    held_on: date
    certification_on: date
    starts_at: str = "14:00"
    place: str = ""
    kind: str = "in_person"


def create_meeting(office: Office, cohort_id: int, form: MeetingForm) -> int:
    """会議を作る。認証予定日は会議の日以後。"""
    if form.certification_on < form.held_on:
        raise RuleViolation("認証予定日が会議の日より前です。会議の日以後にしてください。")
    if not TIME.fullmatch(form.starts_at):
        raise RuleViolation("開始時刻は 14:00 の形で入れてください。")
    with office.act("committee.create_meeting") as act:
        last = act.session.scalar(select(func.max(Meeting.number)).where(Meeting.cohort_id == cohort_id)) or 0
        days = int(value_of(act.session, "convocation_days"))
        meeting = Meeting(
            cohort_id=cohort_id,
            notice_by=working_days_before(form.held_on, days),
            number=last + 1,
            held_on=form.held_on,
            starts_at=form.starts_at,
            place=form.place,
            kind=form.kind,
            certification_on=form.certification_on,
            majority=office.guideline.majority,
        )
        act.session.add(meeting)
        act.session.flush()
        act.say(f"meeting:{meeting.id}", f"第{meeting.number}回の会議（{wareki(form.held_on)}）を作成")
        return meeting.id


def list_meetings(office: Office, cohort_id: int) -> tuple[MeetingView, ...]:
    """研修期の会議（新しい順）。"""
    with office.read("committee.list_meetings") as session:
        actor = office.require("committee.list_meetings")
        meetings = session.scalars(
            select(Meeting).where(Meeting.cohort_id == cohort_id).order_by(Meeting.number.desc())
        )
        return tuple(_meeting_view(session, m, actor) for m in meetings)


def get_meeting(office: Office, meeting_id: int) -> MeetingView:
    """会議一つ。委員本人には、回避した案件は見えない。"""
    with office.read("committee.get_meeting") as session:
        return _meeting_view(
            session, session.get_one(Meeting, meeting_id), office.require("committee.get_meeting")
        )


def _recusals(session: Session, meeting_id: int, wanted: ColumnElement[bool]) -> dict[int, int]:
    """案件ごとの、条件に当たる利害関係の数。"""
    rows = session.execute(
        select(Recusal.case_id, func.count())
        .join(Case)
        .where(Case.meeting_id == meeting_id, wanted)
        .group_by(Recusal.case_id)
    )
    return {case_id: count for case_id, count in rows}


def _case_rows(session: Session, meeting: Meeting, actor: Actor) -> tuple[CaseRow, ...]:
    """この人に見せてよい案件（議案番号の順）。"""
    hidden = hidden_cases(session, meeting.id, actor)
    recused = _recusals(session, meeting.id, Recusal.confirmed.is_(True))
    unresolved = _recusals(session, meeting.id, Recusal.confirmed.is_(None))
    rows = session.execute(
        select(Case, Person.name, Person.reading, CaseDecision.decision, DecisionReversal.id)
        .join(Application, Case.application_id == Application.id)
        .join(Person, Application.person_id == Person.id)
        .outerjoin(CaseDecision, CaseDecision.case_id == Case.id)
        .outerjoin(DecisionReversal, DecisionReversal.case_id == Case.id)
        .where(Case.meeting_id == meeting.id)
        .order_by(Case.position)
    )
    return tuple(
        CaseRow(
            case.id,
            case.position,
            case.application_id,
            name,
            reading,
            decision or "",
            recused.get(case.id, 0),
            unresolved.get(case.id, 0),
            reversal is not None,
        )
        for case, name, reading, decision, reversal in rows
        if case.id not in hidden
    )


def _meeting_view(session: Session, meeting: Meeting, actor: Actor) -> MeetingView:
    veil = MeetingVeil(session, meeting.id, actor)
    return MeetingView(
        meeting.id,
        meeting.cohort_id,
        meeting.number,
        meeting.held_on,
        meeting.starts_at,
        meeting.place,
        meeting.kind,
        meeting.certification_on,
        meeting.majority,
        veil.text(meeting.remarks),
        meeting.closed_at is not None,
        tuple(member_view(m) for m in members_in_office(session, meeting.held_on)),
        tuple(present_members(session, meeting)),
        _case_rows(session, meeting, actor),
        tuple(
            PresenceView(p.member_id, p.arrived_at, p.left_at)
            for p in sorted(meeting.presences, key=lambda p: (p.arrived_at, p.member_id))
        ),
        meeting.notice_by,
        meeting.convened_on,
        {key: veil.text(words) for key, words in (meeting.text_blocks or {}).items()},
    )


def _passed_applications(session: Session, cohort_id: int) -> list[int]:
    adoption = session.scalar(
        select(PassRuleAdoption)
        .join(CertificationTest)
        .where(CertificationTest.cohort_id == cohort_id)
        .order_by(PassRuleAdoption.id.desc())
        .limit(1)
    )
    if adoption is None:
        raise RuleViolation(
            "合格基準がまだ採用されていません。採点の部屋で採用してから議案を作ってください。"
        )
    return [r["application_id"] for r in adoption.results if r["passed"]]


def build_agenda(office: Office, meeting_id: int) -> int:
    """合格者のうち、まだ認定の議決を受けていない人を受付番号の順に議案にする。加えた件数を返す。"""
    with office.act("committee.build_agenda") as act:
        session = act.session
        meeting = open_meeting(session, meeting_id)
        passed = _passed_applications(session, meeting.cohort_id)
        # 決まった人と、この会議または開いている会議に載っている人は載せない
        settled = set(
            session.scalars(
                select(Case.application_id)
                .join(Meeting)
                .outerjoin(CaseDecision)
                .outerjoin(DecisionReversal)
                .where(
                    Meeting.cohort_id == meeting.cohort_id,
                    # 閉じた会議の議決が変更された人は、もう一度審査を待つ
                    DecisionReversal.id.is_(None),
                    or_(
                        Meeting.closed_at.is_(None), CaseDecision.decision.in_(("certified", "not_certified"))
                    ),
                )
            )
        )
        position = session.scalar(select(func.max(Case.position)).where(Case.meeting_id == meeting_id)) or 0
        waiting = session.scalars(
            select(Application)
            .where(Application.id.in_(passed), Application.withdrawn_on.is_(None))
            .order_by(Application.reception_number)
            .options(selectinload(Application.person))
        )
        added = 0
        for application in waiting:
            if application.id in settled:
                continue
            position, added = position + 1, added + 1
            session.add(Case(meeting_id=meeting_id, application_id=application.id, position=position))
        session.flush()
        if added:
            ensure_cases_item(session, meeting)
        suggested = suggest_in(session, meeting)
        act.say(f"meeting:{meeting_id}", f"議案に{added}件を加え、利害関係の候補{suggested}件を挙げた")
        return added
