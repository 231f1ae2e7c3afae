"""委員と口座：委員の行を、役割が委員の口座と結ぶ。結ばれた人に、本人の回避が効く。"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.access import ROLE_NAMES, Role
from app.domain.errors import RuleViolation
from app.services.cohorts import cohort_title
from app.services.office import Office
from app.services.views.accounts import AccountView
from app.services.views.conflicts import InterestsView, LectureChoice
from database.schema.accounts import Account
from database.schema.committee import Member, MemberLecture
from database.schema.intake import Cohort
from database.schema.progress import TrainingSession


def list_member_accounts(office: Office) -> tuple[AccountView, ...]:
    """役割が委員の口座（利用を止めたものも）。"""
    with office.read("committee.list_member_accounts") as session:
        rows = session.scalars(
            select(Account).where(Account.role == Role.MEMBER.value).order_by(Account.login)
        )
        words = ROLE_NAMES[Role.MEMBER]
        return tuple(AccountView(a.id, a.login, a.display_name, words, a.active, a.person_key) for a in rows)


def member_account(session: Session, member_id: int, account_id: int) -> Account:
    """委員 member_id（まだ行がなければ 0）と結べる口座。役割が違うか、別の委員のものなら RuleViolation。"""
    account = session.get_one(Account, account_id)
    if account.role != Role.MEMBER.value:
        raise RuleViolation(
            f"利用者「{account.login}」の役割は委員ではありません。役割が委員の口座を選んでください。"
        )
    other = session.scalar(select(Member).where(Member.account_id == account_id, Member.id != member_id))
    if other is not None:
        raise RuleViolation(
            f"利用者「{account.login}」は、既に委員 {other.name} の口座です。先にそちらの口座を外してください。"
        )
    return account


def link_account(office: Office, member_id: int, account_id: int | None) -> None:
    """委員の行に、その人がサインインする口座を結ぶ。None なら外す。

    口座の役割が委員でない、または既に別の委員の口座なら RuleViolation。
    """
    with office.act("committee.link_account") as act:
        member = act.session.get_one(Member, member_id)
        if account_id is None:
            words = f"委員 {member.name} の口座を外した"
        else:
            login = member_account(act.session, member_id, account_id).login
            words = f"委員 {member.name} の口座を {login} とした"
        member.account_id = account_id
        act.say(f"member:{member_id}", words)


def get_interests(office: Office, member_id: int) -> InterestsView:
    """委員の、利害関係の候補を挙げるための事実：所属・前の所属・住所・講師を務めた集合研修（新しい研修期から）。"""
    with office.read("committee.get_interests") as session:
        member = session.get_one(Member, member_id)
        taught = set(
            session.scalars(
                select(MemberLecture.training_session_id).where(MemberLecture.member_id == member_id)
            )
        )
        rows = session.execute(
            select(TrainingSession, Cohort)
            .join(Cohort, Cohort.id == TrainingSession.cohort_id)
            .order_by(Cohort.fiscal_year.desc(), Cohort.term.desc(), TrainingSession.position)
        )
        return InterestsView(
            member_id,
            member.affiliation,
            member.former_affiliations or "",
            member.address or "",
            tuple(
                LectureChoice(t.id, f"{cohort_title(c)}　{t.title}", t.held_on, t.id in taught)
                for t, c in rows
            ),
        )


@dataclass(frozen=True)
class InterestsForm:
    """委員の、利害関係の候補を挙げるための事実。former_affiliations は一行に一つ。"""

    affiliation: str
    former_affiliations: str = ""
    address: str = ""
    session_ids: Collection[int] = ()


def set_interests(office: Office, member_id: int, form: InterestsForm) -> None:
    """委員の所属・前の所属・住所・講師を務めた集合研修を書き替える。候補は、次に挙げ直したときに替わる。"""
    with office.act("committee.set_interests") as act:
        member = act.session.get_one(Member, member_id)
        places = [line.strip() for line in form.former_affiliations.splitlines() if line.strip()]
        member.affiliation = form.affiliation.strip()
        member.former_affiliations = "\n".join(places) or None
        member.address = form.address.strip() or None
        kept = {
            m.training_session_id: m
            for m in act.session.scalars(select(MemberLecture).where(MemberLecture.member_id == member_id))
        }
        for key in sorted(set(form.session_ids) - set(kept)):
            act.session.add(MemberLecture(member_id=member_id, training_session_id=key))
        for key in set(kept) - set(form.session_ids):
            act.session.delete(kept[key])
        act.say(
            f"member:{member_id}",
            f"委員 {member.name} の所属と講師を務めた研修を書き替えた",
            detail={"sessions": sorted(form.session_ids)},
        )
