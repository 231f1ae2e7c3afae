"""名を付けて取っておく名簿の絞り込み。自分のものと、みなで使うものがある。"""

from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import RuleViolation
from app.services.office import Actor, Office
from app.services.views.register import RegisterFilter, SavedRegisterFilter
from database.schema.settings import SavedFilter

_ROOM = "register"
_LONGEST = 60
_FIELDS = frozenset(f.name for f in fields(RegisterFilter))


def _check_name(name: str) -> str:
    found = name.strip()
    if not found:
        raise RuleViolation("絞り込みの名が空です。後で見分けられる名を入れてください。")
    if len(found) > _LONGEST:
        raise RuleViolation(f"絞り込みの名が長すぎます（{_LONGEST}字まで）。短くしてください。")
    return found


def _rows(session: Session, actor: Actor) -> list[SavedFilter]:
    """いまの人が使える絞り込み（名の順、自分のものが先）。"""
    mine = (SavedFilter.owner_id.is_(None)) | (SavedFilter.owner_id == actor.account_id)
    query = select(SavedFilter).where(SavedFilter.room == _ROOM, mine)
    return list(session.scalars(query.order_by(SavedFilter.owner_id.is_(None), SavedFilter.name)))


def _get(session: Session, actor: Actor, filter_id: int) -> SavedFilter:
    for row in _rows(session, actor):
        if row.id == filter_id:
            return row
    raise RuleViolation("その絞り込みはもうありません。一覧を開き直してください。")


def _check_free(session: Session, actor: Actor, name: str, own: int | None) -> None:
    if any(r.name == name and r.id != own for r in _rows(session, actor)):
        raise RuleViolation(f"「{name}」という絞り込みは既にあります。別の名にしてください。")


def _content(chosen: RegisterFilter) -> dict[str, Any]:
    """空でない条件だけ。後の版で条件が増えても、前に取っておいたものが読める。"""
    empty = RegisterFilter()
    return {k: v for k, v in asdict(chosen).items() if v != getattr(empty, k)}


def list_filters(office: Office) -> tuple[SavedRegisterFilter, ...]:
    """いまの人が使える、取っておいた絞り込み（自分のものが先、名の順）。"""
    actor = office.require("register.list_filters")
    with office.read("register.list_filters") as session:
        return tuple(
            SavedRegisterFilter(
                r.id,
                r.name,
                RegisterFilter(**{k: v for k, v in r.content.items() if k in _FIELDS}),
                r.owner_id is None,
            )
            for r in _rows(session, actor)
        )


def save_filter(office: Office, name: str, chosen: RegisterFilter, *, shared: bool = False) -> int:
    """いまの絞り込みに名を付けて取っておき、id を返す。shared ならみなで使う。同じ名があれば断る。"""
    with office.act("register.save_filter") as act:
        found, content = _check_name(name), _content(chosen)
        if not content:
            raise RuleViolation("何も絞り込んでいません。条件を入れてから保存してください。")
        _check_free(act.session, act.actor, found, None)
        owner = None if shared else act.actor.account_id
        row = SavedFilter(room=_ROOM, owner_id=owner, name=found, content=content)
        act.session.add(row)
        act.session.flush()
        act.say(f"saved_filter:{row.id}", f"名簿の絞り込み「{found}」を保存", detail={"after": content})
        return row.id


def rename_filter(office: Office, filter_id: int, name: str) -> None:
    """取っておいた絞り込みの名を替える。ほかと同じ名にはできない。"""
    with office.act("register.rename_filter") as act:
        found = _check_name(name)
        row = _get(act.session, act.actor, filter_id)
        _check_free(act.session, act.actor, found, filter_id)
        act.say(f"saved_filter:{filter_id}", f"名簿の絞り込み「{row.name}」の名を「{found}」に変更")
        row.name = found


def remove_filter(office: Office, filter_id: int) -> None:
    """取っておいた絞り込みを消す。名簿の記録は変わらない。"""
    with office.act("register.remove_filter") as act:
        row = _get(act.session, act.actor, filter_id)
        act.session.delete(row)
        act.say(
            f"saved_filter:{filter_id}", f"名簿の絞り込み「{row.name}」を削除", detail={"before": row.content}
        )
