"""サービスの土台：開いたデータベース、時計、要綱の版、操作する人。一つの操作は一つの取引・一つの監査記録。"""

import platform
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.access import Role, allowed, needs_second_person, role_words, room_name
from app.domain.errors import AccessDenied, RuleViolation
from app.domain.guideline import Guideline
from database import audit
from database.store import Store


@dataclass(frozen=True)
class Actor:
    """操作する人。person_key が同じなら、口座が別でも同じ人とみなす。"""

    account_id: int | None
    name: str
    role: Role
    person_key: str
    member_id: int | None = None


@dataclass
class Act:
    """一つの操作の取引。say で監査記録の言葉を与える。"""

    session: Session
    actor: Actor
    second: Actor | None = None
    subject: str = ""
    summary: str = ""
    reason: str = ""
    detail: dict[str, Any] = field(default_factory=dict)

    def say(
        self, subject: str, summary: str, *, reason: str = "", detail: Mapping[str, Any] | None = None
    ) -> None:
        """監査記録に残す対象・言葉・理由を定める。個人の機微（有罪・健康）は言葉に書かない。"""
        self.subject, self.summary, self.reason = subject, summary, reason
        self.detail = dict(detail or {})


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _today() -> date:
    return datetime.now().astimezone().date()


@dataclass(frozen=True)
class PasswordCost:
    """Argon2id の重さ。memory_cost は KiB。"""

    time_cost: int = 3
    memory_cost: int = 65536


def _denied_words(actor: Actor, function: str) -> str:
    """誰の役割では何ができず、誰に頼めばよいか。表の名（英字）は見せない。"""
    room, roles = room_name(function), role_words(function)
    what = f"{actor.name}さんの役割ではこの操作はできません" + (f"（{room}）。" if room else "。")
    return what + (f"行えるのは{roles}です。その役割の人に依頼してください。" if roles else "")


def _unheard(function: str) -> None:
    """確定を誰にも知らせない。"""


@dataclass
class Office:
    """サービスが受け取る唯一のもの。時計（today・now）と無作為の源（entropy：バイト数 → バイト列）も渡す。"""

    store: Store
    guideline: Guideline
    actor: Actor | None = None
    today: Callable[[], date] = _today
    now: Callable[[], datetime] = _utc_now
    entropy: Callable[[int], bytes] = secrets.token_bytes
    password_cost: PasswordCost = PasswordCost()
    # 取引が確定した後にだけ呼ばれる（操作の名を渡す）
    committed: Callable[[str], None] = _unheard

    def close(self) -> None:
        """データベースを閉じる。"""
        self.store.close()

    def require(self, function: str, *, recused: bool = False, own_case: bool = False) -> Actor:
        """権限の表で function を確かめ、操作する人を返す。許されなければ AccessDenied。"""
        if self.actor is None:
            raise AccessDenied("サインインしていません。サインインしてからやり直してください。")
        if not allowed(function, self.actor.role, recused=recused, own_case=own_case):
            raise AccessDenied(_denied_words(self.actor, function))
        return self.actor

    def may(self, function: str) -> bool:
        """いまの人の役割で function を行えるか（画面に出すかどうかを決めるため）。"""
        return self.actor is not None and allowed(function, self.actor.role)

    @contextmanager
    def read(self, function: str) -> Iterator[Session]:
        """読むだけの取引。"""
        self.require(function)
        with self.store.sessions() as session:
            yield session

    @contextmanager
    def act(self, function: str, *, second: Actor | None = None) -> Iterator[Act]:
        """書く取引。抜けるときに監査記録を同じ取引の中に置いて確定する。

        function は権限の表の名。二人目が要る操作では second を確かめる。誤りがあれば何も残らない。
        """
        actor = self.require(function)
        if needs_second_person(function):
            check_second_person(actor, second)
        with self.store.sessions.begin() as session:
            act = Act(session=session, actor=actor, second=second)
            yield act
            detail = dict(act.detail)
            if second is not None:
                detail["second_person"] = second.name
            self._record(act, function, detail)
        self.committed(function)

    def _record(self, act: Act, function: str, detail: dict[str, Any]) -> None:
        audit.record(
            act.session,
            mac_key=self.store.keys.mac_key,
            at=self.now(),
            actor_id=act.actor.account_id,
            actor_name=act.actor.name,
            machine=platform.node(),
            action=function,
            subject=act.subject,
            summary=act.summary,
            reason=act.reason,
            detail=detail,
        )

    def record_plain(
        self, session: Session, actor_id: int | None, name: str, action: str, subject: str
    ) -> None:
        """サインインの前後のように、操作する人がまだ定まらない記録を残す。"""
        audit.record(
            session,
            mac_key=self.store.keys.mac_key,
            at=self.now(),
            actor_id=actor_id,
            actor_name=name,
            machine=platform.node(),
            action=action,
            subject=subject,
        )


def check_second_person(actor: Actor, second: Actor | None) -> None:
    """二人目が居て、同じ人でなく、責任者であることを確かめる。"""
    if second is None:
        raise RuleViolation("この操作には二人目の確認が要ります。責任者にサインインしてもらってください。")
    if second.person_key == actor.person_key:
        raise RuleViolation(
            "二人目が同じ人です（口座が別でも認められません）。別の責任者に確認してもらってください。"
        )
    if second.role is not Role.MANAGER:
        raise RuleViolation(
            f"{second.name}さんは責任者ではないため、二人目になれません。責任者に確認してもらってください。"
        )
