"""口座とサインイン。"""

from datetime import datetime, timedelta

import pytest

from app.domain.access import Role
from app.domain.errors import AccessDenied, RuleViolation
from app.services import accounts
from app.services.office import Actor, Office, PasswordCost, check_second_person
from database.store import Store
from tests.factories import GUIDELINE, NOW

CHEAP = PasswordCost(time_cost=1, memory_cost=64)
PASSWORD = "とても長いパスワード-1"


class Clock:
    """動かせる時計。"""

    def __init__(self) -> None:
        self.at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(store: Store, clock: Clock) -> Office:
    office = Office(store, GUIDELINE, now=clock, password_cost=CHEAP)
    accounts.first_administrator(office, "kanri", "管理 一郎", PASSWORD)
    accounts.sign_in(office, "kanri", PASSWORD)
    return office


def test_there_is_only_one_first_administrator(office: Office) -> None:
    with pytest.raises(RuleViolation, match="管理者は既にいます"):
        accounts.first_administrator(office, "other", "別人", PASSWORD)
    office.actor = accounts.identify(office, "kanri", PASSWORD)
    assert [a.login for a in accounts.list_accounts(office)] == ["kanri"]


def test_nobody_signed_in_does_nothing(office: Office) -> None:
    office.actor = None
    with pytest.raises(AccessDenied):
        accounts.list_accounts(office)


def test_five_wrong_passwords_are_free_and_then_the_wait_doubles_even_if_the_clock_goes_back(
    office: Office, clock: Clock
) -> None:
    for _ in range(6):
        with pytest.raises(AccessDenied, match="違います"):
            accounts.identify(office, "kanri", "違うパスワード")
    with pytest.raises(AccessDenied, match="あと1秒"):
        accounts.identify(office, "kanri", PASSWORD)
    clock.at -= timedelta(days=1)
    with pytest.raises(AccessDenied, match="あと1秒"):
        accounts.identify(office, "kanri", PASSWORD)
    clock.at += timedelta(days=1, seconds=2)
    with pytest.raises(AccessDenied, match="違います"):
        accounts.identify(office, "kanri", "違うパスワード")
    with pytest.raises(AccessDenied, match="あと2秒"):
        accounts.identify(office, "kanri", PASSWORD)
    clock.at += timedelta(seconds=3)
    assert accounts.sign_in(office, "kanri", PASSWORD).role is Role.ADMINISTRATOR


def test_a_stopped_account_cannot_sign_in(office: Office) -> None:
    account_id = accounts.add_account(office, "tanto", "担当 花子", Role.CLERK, PASSWORD)
    assert accounts.identify(office, "tanto", PASSWORD).role is Role.CLERK
    accounts.set_active(office, account_id, False)
    with pytest.raises(AccessDenied):
        accounts.identify(office, "tanto", PASSWORD)


def test_a_clerk_adds_no_account(office: Office) -> None:
    accounts.add_account(office, "tanto", "担当 花子", Role.CLERK, PASSWORD)
    accounts.sign_in(office, "tanto", PASSWORD)
    with pytest.raises(AccessDenied):
        accounts.add_account(office, "mou", "もう一人", Role.MANAGER, PASSWORD)


@pytest.mark.parametrize(
    ("login", "password"), [("new", "短い"), ("long-login-name", "long-login-name"), ("", PASSWORD)]
)
def test_weak_passwords_and_empty_logins_are_refused(office: Office, login: str, password: str) -> None:
    with pytest.raises(RuleViolation):
        accounts.add_account(office, login, "新人", Role.CLERK, password)


def test_a_changed_password_replaces_the_old_one(office: Office) -> None:
    accounts.change_password(office, PASSWORD, "別のとても長いパスワード")
    with pytest.raises(AccessDenied):
        accounts.identify(office, "kanri", PASSWORD)
    assert accounts.identify(office, "kanri", "別のとても長いパスワード").name == "管理 一郎"


def test_the_second_person_is_another_person_and_a_manager() -> None:
    first = Actor(1, "佐伯", Role.MANAGER, "佐伯")
    check_second_person(first, Actor(2, "小林", Role.MANAGER, "小林"))
    for second in (
        None,
        Actor(3, "佐伯（別口座）", Role.MANAGER, "佐伯"),
        Actor(4, "山下", Role.CLERK, "山下"),
    ):
        with pytest.raises(RuleViolation):
            check_second_person(first, second)
