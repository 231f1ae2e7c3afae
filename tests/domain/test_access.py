"""権限の表。"""

import pytest

from app.domain.access import TABLE, Role, allowed, needs_second_person


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("function", sorted(TABLE))
def test_no_role_overrides_a_recusal_or_an_own_case(function: str, role: Role) -> None:
    assert not allowed(function, role, recused=True)
    assert not allowed(function, role, own_case=True)


@pytest.mark.parametrize("role", list(Role))
def test_an_undeclared_function_is_for_nobody(role: Role) -> None:
    assert not allowed("intake.undeclared", role)


def test_the_administrator_decides_no_case() -> None:
    assert not any(allowed(f, Role.ADMINISTRATOR) for f in TABLE if f.startswith("committee."))


def test_the_auditor_changes_nothing() -> None:
    changing = {
        f for f in TABLE if f.split(".")[1].split("_")[0] in {"record", "decide", "import", "create", "issue"}
    }
    assert not any(allowed(f, Role.AUDITOR) for f in changing)


def test_closing_a_meeting_needs_a_second_person() -> None:
    assert needs_second_person("committee.close_meeting")
    assert not needs_second_person("committee.get_case")


@pytest.mark.parametrize(
    "function", ["renewal.revoke", "certificates.void_number", "committee.dismiss_recusal"]
)
def test_what_binds_or_cannot_be_undone_needs_a_second_person(function: str) -> None:
    assert needs_second_person(function)
    assert allowed(function, Role.MANAGER)
