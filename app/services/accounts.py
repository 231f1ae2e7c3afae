"""口座：最初の管理者・サインイン・利用者の追加。"""

import math
from datetime import datetime, timedelta
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.access import ROLE_NAMES, Role
from app.domain.errors import AccessDenied, RuleViolation
from app.services.office import Actor, Office
from app.services.views.accounts import AccountView
from database.schema.accounts import Account, SignInState
from database.schema.committee import Member

FREE_TRIES = 5
LONGEST_WAIT = 300
SHORTEST_PASSWORD = 10
SALT_BYTES = 16


@lru_cache(maxsize=4)
def _hasher(time_cost: int, memory_cost: int) -> PasswordHasher:
    return PasswordHasher(time_cost=time_cost, memory_cost=memory_cost)


def _hash(office: Office, password: str) -> str:
    cost = office.password_cost
    return _hasher(cost.time_cost, cost.memory_cost).hash(password, salt=office.entropy(SALT_BYTES))


def check_new(login: str, name: str, password: str) -> None:
    """新しい口座の利用者名・氏名・パスワードの形を確かめる。足りなければ RuleViolation。"""
    if not login.strip() or not name.strip():
        raise RuleViolation("利用者名と氏名を入れてください。")
    _check_password(password, login)


def _check_password(password: str, login: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise RuleViolation(f"パスワードが短すぎます（{SHORTEST_PASSWORD}文字以上にしてください）。")
    if password == login:
        raise RuleViolation("パスワードが利用者名と同じです。別のものにしてください。")


def _add(
    office: Office, session: Session, login: str, name: str, role: Role, password: str, person_key: str
) -> Account:
    check_new(login, name, password)
    if session.scalar(select(Account.id).where(Account.login == login)) is not None:
        raise RuleViolation(f"利用者名「{login}」は既にあります。別の名にしてください。")
    account = Account(
        login=login,
        display_name=name,
        role=role.value,
        person_key=person_key or name,
        password_hash=_hash(office, password),
        active=True,
        created_at=office.now(),
    )
    session.add(account)
    session.flush()
    return account


def first_administrator(office: Office, login: str, name: str, password: str) -> Actor:
    """口座が一つもないデータベースに、最初の管理者を作る。既にあれば RuleViolation。"""
    office.actor = Actor(None, name, Role.ADMINISTRATOR, name)
    try:
        with office.act("accounts.first_administrator") as act:
            if act.session.scalar(select(func.count(Account.id))):
                raise RuleViolation("管理者は既にいます。管理者としてサインインしてください。")
            account = _add(office, act.session, login, name, Role.ADMINISTRATOR, password, name)
            act.say(f"account:{account.id}", f"最初の管理者 {login} を作成")
            actor = Actor(account.id, name, Role.ADMINISTRATOR, name)
    finally:
        office.actor = None
    return actor


def _locked_for(state: SignInState, now: datetime) -> int:
    if state.locked_until is None:
        return 0
    # 時計を戻しても待ち時間は縮まらない：最後の失敗より前の時刻は信じない
    reference = max(now, state.last_failure_at or now)
    return max(0, math.ceil((state.locked_until - reference).total_seconds()))


def _note_failure(office: Office, account: Account) -> None:
    with office.store.sessions.begin() as session:
        state = session.get(SignInState, account.id) or SignInState(account_id=account.id, failures=0)
        session.add(state)
        state.failures += 1
        over = state.failures - FREE_TRIES
        now = max(office.now(), state.last_failure_at or office.now())
        state.last_failure_at = now
        if over > 0:
            state.locked_until = now + timedelta(seconds=min(LONGEST_WAIT, 2 ** (over - 1)))
        office.record_plain(
            session, account.id, account.display_name, "accounts.sign_in_refused", f"account:{account.id}"
        )


def identify(office: Office, login: str, password: str) -> Actor:
    """利用者名とパスワードで人を確かめる（サインインと二人目の確認に使う）。違えば AccessDenied。"""
    with office.store.sessions() as session:
        account = session.scalar(select(Account).where(Account.login == login))
        state = session.get(SignInState, account.id) if account else None
        member_id = (
            session.scalar(select(Member.id).where(Member.account_id == account.id))
            if account is not None
            else None
        )
    if account is None or not account.active:
        raise AccessDenied("利用者名かパスワードが違います。確かめて入れ直してください。")
    wait = _locked_for(state, office.now()) if state else 0
    if wait:
        raise AccessDenied(f"続けて間違えたため、あと{wait}秒待ってから入れ直してください。")
    cost = office.password_cost
    try:
        _hasher(cost.time_cost, cost.memory_cost).verify(account.password_hash, password)
    except VerifyMismatchError:
        _note_failure(office, account)
        raise AccessDenied("利用者名かパスワードが違います。確かめて入れ直してください。") from None
    return Actor(account.id, account.display_name, Role(account.role), account.person_key, member_id)


def sign_in(office: Office, login: str, password: str) -> Actor:
    """サインインする。監査記録に残る。"""
    actor = identify(office, login, password)
    office.actor = actor
    with office.store.sessions.begin() as session:
        state = session.get(SignInState, actor.account_id)
        if state is not None:
            session.delete(state)
        office.record_plain(
            session, actor.account_id, actor.name, "accounts.sign_in", f"account:{actor.account_id}"
        )
    return actor


def sign_out(office: Office) -> None:
    """いまの人の仕事を終える。監査記録に残り、次の人がサインインするまで何も行えない。"""
    with office.act("accounts.sign_out") as act:
        act.say(f"account:{act.actor.account_id}", "サインアウト")
    office.actor = None


def confirm_password(office: Office, account_id: int, password: str) -> Actor:
    """いまの利用者のパスワードを確かめる（ロックを解くとき）。"""
    with office.store.sessions() as session:
        login = session.get_one(Account, account_id).login
    return identify(office, login, password)


def add_account(
    office: Office, login: str, name: str, role: Role, password: str, *, person_key: str = ""
) -> int:
    """利用者を加える。同じ人の別の口座は person_key を同じにする（二人目の確認で見破る）。"""
    with office.act("accounts.add_account") as act:
        account = _add(office, act.session, login, name, role, password, person_key)
        act.say(f"account:{account.id}", f"利用者 {login}（{ROLE_NAMES[role]}）を追加")
        return account.id


def set_active(office: Office, account_id: int, active: bool) -> None:
    """利用者を止める、または戻す。自分は止められない。"""
    with office.act("accounts.set_active") as act:
        if account_id == act.actor.account_id and not active:
            raise RuleViolation("自分の口座は止められません。別の管理者に依頼してください。")
        account = act.session.get_one(Account, account_id)
        account.active = active
        act.say(f"account:{account_id}", f"利用者 {account.login} を{'有効に' if active else '停止'}")


def change_password(office: Office, old: str, new: str) -> None:
    """自分のパスワードを変える。"""
    actor = office.require("accounts.change_password")
    if actor.account_id is None:
        raise RuleViolation("口座のない人のパスワードは変えられません。サインインし直してください。")
    # 書く取引の外で確かめる：違えば、その失敗を別の取引で数えるため
    confirm_password(office, actor.account_id, old)
    with office.act("accounts.change_password") as act:
        account = act.session.get_one(Account, actor.account_id)
        _check_password(new, account.login)
        account.password_hash = _hash(office, new)
        act.say(f"account:{account.id}", "パスワードを変更")


def list_accounts(office: Office) -> tuple[AccountView, ...]:
    """利用者の一覧。"""
    with office.read("accounts.list_accounts") as session:
        return tuple(
            AccountView(a.id, a.login, a.display_name, ROLE_NAMES[Role(a.role)], a.active, a.person_key)
            for a in session.scalars(select(Account).order_by(Account.id))
        )
