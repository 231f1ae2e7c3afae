"""委員と口座：結ぶと、サインインした本人に回避が効く。"""

from dataclasses import replace

import pytest

from app.domain.access import Role
from app.domain.errors import AccessDenied, RuleViolation
from app.services import accounts, committee
from app.services.committee.meetings import MemberForm
from app.services.office import Office
from database.store import Store
from tests.factories import as_role
from tests.services.committee_scene import TERM, last_entry
from tests.ui.rooms.committee_sample import PASSWORD, PEOPLE, make_manager_office, make_sitting


@pytest.fixture
def office(store: Store) -> Office:
    return make_manager_office(store)


def make_account(office: Office, login: str, role: Role = Role.MEMBER) -> int:
    admin = as_role(office, Role.ADMINISTRATOR)
    return accounts.add_account(admin, login, f"{login}さん", role, PASSWORD)


def test_a_linked_member_signs_in_as_that_member_and_his_own_cases_are_hidden(office: Office) -> None:
    _, meeting = make_sitting(office)
    third = committee.get_meeting(office, meeting).members[2]
    account = make_account(office, "ryoko")
    assert [(a.login, a.role) for a in committee.list_member_accounts(office)] == [("ryoko", "委員")]
    committee.link_account(office, third.id, account)
    entry = last_entry(office)
    assert (entry.subject, entry.summary) == (f"member:{third.id}", "委員 見本 良子 の口座を ryoko とした")
    member = replace(office, actor=accounts.identify(office, "ryoko", PASSWORD))
    assert member.actor is not None
    assert member.actor.member_id == third.id
    seen = committee.get_meeting(member, meeting).cases
    assert [c.name for c in seen] == [p[0] for p in PEOPLE if p[2] != "見本大学"]
    (hidden,) = {c.id for c in committee.get_meeting(office, meeting).cases} - {c.id for c in seen}
    with pytest.raises(AccessDenied, match="回避しているため"):
        committee.get_case(member, hidden)


def test_a_member_account_that_is_not_linked_sees_no_case(office: Office) -> None:
    _, meeting = make_sitting(office)
    make_account(office, "ryoko")
    member = replace(office, actor=accounts.identify(office, "ryoko", PASSWORD))
    assert committee.get_meeting(member, meeting).cases == ()
    first = committee.get_meeting(office, meeting).cases[0]
    with pytest.raises(AccessDenied, match="まだ委員と結ばれていない"):
        committee.get_case(member, first.id)


def test_only_an_account_of_the_role_and_of_nobody_else_is_linked(office: Office) -> None:
    first, second = (committee.add_member(office, MemberForm(name, TERM)) for name in ("甲 一", "乙 二"))
    clerk, account = make_account(office, "tanto", Role.CLERK), make_account(office, "ryoko")
    with pytest.raises(RuleViolation, match="役割は委員ではありません"):
        committee.link_account(office, first, clerk)
    committee.link_account(office, first, account)
    with pytest.raises(RuleViolation, match="既に委員 甲 一 の口座です"):
        committee.link_account(office, second, account)
    with pytest.raises(RuleViolation, match="既に委員 甲 一 の口座です"):
        committee.add_member(office, MemberForm("丙 三", TERM, account_id=account))
    committee.link_account(office, first, account)  # 同じ人には何度でも
    committee.link_account(office, first, None)
    committee.link_account(office, second, account)
    assert [m.account_id for m in committee.list_members(office)] == [None, account]
