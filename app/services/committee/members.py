"""委員と口座：委員の行を、役割が委員の口座と結ぶ。結ばれた人に、本人の回避が効く。"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.access import ROLE_NAMES, Role
from app.domain.errors import RuleViolation
from app.services.office import Office
from app.services.views.accounts import AccountView
from database.schema.accounts import Account
from database.schema.committee import Member


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
