"""権限の表とサービス：公開の関数は表に載り、許されない役割は何にも触れずに断られる。

断ったことは監査記録に残さない（残すのは変更と、有罪・健康の記録の閲覧だけ）。
"""

import importlib
import inspect
import pkgutil
import types
import typing
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import app.services
from app.domain.access import SECOND_PERSON, TABLE, Role, role_words, room_name
from app.domain.eligibility_case import FactKey
from app.domain.errors import AccessDenied, RuleViolation
from app.services.office import Office
from app.services.progress import AttemptForm
from app.services.views.scoring import QuestionForm
from tests.factories import GUIDELINE, TODAY, make_actor

Function = Callable[..., Any]
ROOMS = sorted({name.split(".")[0] for name in TABLE})
# 部屋ではなく、部屋が使う道具。権限の名は呼ぶ部屋が渡す
TOOLS = {"importing", "import_jobs", "employments"}
# サインインの前か、そのための関数と、枠の下に出す件数と日時
OPEN = {
    "accounts.confirm_password",
    "accounts.first_administrator",
    "accounts.identify",
    "accounts.sign_in",
    "maintenance.audit_entries",
    "maintenance.last_backup",
    "maintenance.notices",
}
# 値の確かめより先に権限で断られることを見るための、通る値
WORDS = {"decision": "eligible", "ground": "a", "finding": "clear", "kind": "申込書", "name": "office_name"}
ROOM_WORDS = {
    "certificates.reissue": {"kind": "reissue"},
    "renewal.open_revocation": {"ground": "fraud"},
    "renewal.record_closure": {"kind": "returned"},
}
FORMS: dict[str, dict[str, object]] = {
    "progress.record_attempt": {"form": AttemptForm("A", "absent")},
    "scoring.set_questions": {"forms": [QuestionForm(1, "A", 1, ("1",))]},
}
TIMES = {"at": "14:00", "starts_at": "14:00"}


def takes_office(value: object) -> bool:
    if not inspect.isfunction(value) or value.__module__.removeprefix("app.services.") in TOOLS:
        return False
    parameters = list(inspect.signature(value).parameters.values())
    return bool(parameters) and parameters[0].annotation is Office


def rooms() -> dict[str, Function]:
    """「部屋.関数」から、部屋の公開の関数へ。"""
    found = {}
    for room in ROOMS:
        module = importlib.import_module(f"app.services.{room}")
        for name, value in vars(module).items():
            if not name.startswith("_") and takes_office(value):
                found[f"{room}.{name}"] = value
    return found


FUNCTIONS = rooms()
# 行も理由もない関数は、下の試験が名を言う
GUARDED = sorted(name for name in FUNCTIONS if name not in OPEN and name in TABLE)


def modules() -> Iterator[types.ModuleType]:
    for found in pkgutil.walk_packages(app.services.__path__, "app.services."):
        yield importlib.import_module(found.name)


def test_every_public_function_that_takes_the_office_belongs_to_a_room() -> None:
    known = {id(f) for f in FUNCTIONS.values()}
    strays = {
        f"{module.__name__}.{name}"
        for module in modules()
        for name, value in vars(module).items()
        if takes_office(value)
        and not name.startswith("_")
        and value.__module__ == module.__name__
        and id(value) not in known
    }
    assert strays == set()


def test_every_function_of_a_room_has_its_row_or_a_named_reason() -> None:
    assert {name for name in FUNCTIONS if name not in TABLE} == OPEN - set(TABLE)


def test_every_row_of_the_table_has_its_function() -> None:
    assert set(TABLE) - set(FUNCTIONS) == set()
    assert set(SECOND_PERSON) - set(FUNCTIONS) == set()


class Untouchable:
    """触れれば試験が落ちる、データベースの代わりの見張り。"""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"権限を確かめる前に store.{name} に触れた")


def untouched(role: Role | None) -> Office:
    actor = None if role is None else make_actor(role, "だれか")
    return Office(Untouchable(), GUIDELINE, actor, today=lambda: TODAY)  # type: ignore[arg-type]


def _plain(hint: object, place: Path) -> object:
    simple: dict[object, object] = {
        int: 1,
        str: "x",
        bytes: b"x",
        bool: False,
        date: TODAY,
        Path: place / "ない.xlsx",
        Role: Role.CLERK,
        FactKey: FactKey("current", 0, "engaged"),
    }
    return simple[hint]


def value_for(hint: Any, name: str, place: Path, words: Mapping[str, str]) -> object:
    """型の注釈から、形の合う値を作る。空にできるものは空にする。"""
    if hint in (str, Any) and (name in words or hint is Any):
        return words.get(name, "x")
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return None if type(None) in inside else value_for(inside[0], name, place, words)
    if origin in (dict, Mapping):
        return {value_for(inside[0], name, place, words): value_for(inside[1], name, place, words)}
    if origin in (list, tuple, Sequence, Collection):
        one = value_for(inside[0], name, place, words)
        return (one,) if origin is tuple else [one]
    if is_dataclass(hint) and isinstance(hint, type):
        hints = typing.get_type_hints(hint)
        needed = [f.name for f in fields(hint) if f.default is MISSING and f.default_factory is MISSING]
        return hint(**{n: value_for(hints[n], n, place, words) for n in needed})
    return _plain(hint, place)


def call(name: str, office: Office, place: Path) -> object:
    """関数を、形の合う値で呼ぶ。"""
    function = FUNCTIONS[name]
    hints = typing.get_type_hints(function)
    words = WORDS | TIMES | ROOM_WORDS.get(name, {})
    given: dict[str, object] = {}
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        if parameter.default is inspect.Parameter.empty:
            given[parameter.name] = value_for(hints[parameter.name], parameter.name, place, words)
        elif parameter.name == "reason":
            given["reason"] = "理由"
    return function(office, **given | FORMS.get(name, {}))


REFUSALS = [
    (name, role) for name in GUARDED for role in (None, *Role) if role is None or role not in TABLE[name]
]


@pytest.mark.parametrize(("name", "role"), REFUSALS)
def test_a_role_without_the_right_is_refused_before_anything_is_read_or_written(
    name: str, role: Role | None, tmp_path: Path
) -> None:
    with pytest.raises(AccessDenied, match=r"役割では|サインインしていません"):
        call(name, untouched(role), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", sorted(SECOND_PERSON))
def test_what_needs_a_second_person_is_refused_without_one_before_anything_is_touched(
    name: str, tmp_path: Path
) -> None:
    (role, *_) = sorted(TABLE[name] & {Role.MANAGER})
    with pytest.raises(RuleViolation, match="二人目の確認が要ります"):
        call(name, untouched(role), tmp_path)


def test_a_refusal_names_the_room_and_the_roles_in_japanese() -> None:
    assert [name for name in TABLE if not room_name(name)] == []
    assert (room_name("settings.put"), role_words("settings.put")) == ("設定", "責任者・管理者")
    assert (room_name("unknown.act"), role_words("unknown.act")) == ("", "")
