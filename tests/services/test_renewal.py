"""更新・取消の部屋。"""

from datetime import date

import pytest

from app.domain.access import Role
from app.domain.errors import RuleViolation
from app.services import renewal
from app.services.office import Office
from app.services.views.renewal import CertificationRow
from database.opening import Store
from database.schema.renewal import Revocation
from tests.factories import (
    as_role,
    certificate,
    insert,
    make_actor,
    make_applications,
    make_certifications,
    make_cohort,
    make_office,
    person,
)

CERTIFIED = date(2026, 3, 31)


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store, today=date(2028, 9, 30))


@pytest.fixture
def certified(office: Office) -> list[int]:
    cohort = make_cohort(office)
    people = [person("髙橋 一"), person("神田 二", birth_date=date(1975, 1, 2)), person("三好 三")]
    return make_certifications(office, cohort, make_applications(office, cohort, people), CERTIFIED)


def rows(office: Office, day: date | None = None) -> dict[int, CertificationRow]:
    return {r.certification_id: r for r in renewal.list_certifications(office, day)}


def test_standing_follows_from_facts_as_of_any_day(office: Office, certified: list[int]) -> None:
    first = certified[0]
    days = {
        date(2026, 3, 30): "not_yet",
        CERTIFIED: "valid",
        date(2029, 3, 31): "valid",
        date(2029, 4, 1): "expired",
    }
    assert {day: rows(office, day)[first].standing for day in days} == days
    assert rows(office)[first].number == "第R7-1-0001号"
    assert rows(office)[first].name == "髙橋 一"
    assert rows(office)[first].cohort == "令和7年度 第1期"


def test_a_renewal_adds_three_years_after_the_old_expiry(office: Office, certified: list[int]) -> None:
    expires = renewal.record_renewal(office, certified[0], date(2028, 6, 1))
    assert expires == date(2032, 3, 31)
    assert rows(office)[certified[0]].expires_on == date(2032, 3, 31)
    assert rows(office, date(2028, 5, 31))[certified[0]].expires_on == date(2029, 3, 31)
    assert rows(office, date(2029, 4, 1))[certified[0]].standing == "valid"
    assert rows(office, date(2029, 4, 1))[certified[1]].standing == "expired"


@pytest.mark.parametrize(
    ("today", "completed_on", "words"),
    [
        (date(2028, 9, 30), date(2028, 10, 1), "今日より後"),
        (date(2028, 9, 30), date(2026, 3, 30), "より前です"),
        (date(2029, 5, 1), date(2029, 4, 1), "満了日（令和11年3月31日）より後"),
    ],
)
def test_a_renewal_that_renews_nothing_is_refused_with_the_reason(
    office: Office, certified: list[int], today: date, completed_on: date, words: str
) -> None:
    with pytest.raises(RuleViolation, match=words):
        renewal.record_renewal(as_role(office, Role.CLERK, today), certified[0], completed_on)
    assert rows(office)[certified[0]].renewals == ()


def test_a_second_renewal_within_the_same_period_is_refused(office: Office, certified: list[int]) -> None:
    renewal.record_renewal(office, certified[0], date(2028, 6, 1))
    with pytest.raises(RuleViolation, match="既に更新されています"):
        renewal.record_renewal(office, certified[0], date(2028, 7, 1))


def test_a_recorded_renewal_makes_a_new_certificate_due_until_it_is_issued(
    office: Office, certified: list[int]
) -> None:
    assert renewal.certificates_due(office) == ()
    renewal.record_renewal(office, certified[1], date(2028, 6, 1))
    due = renewal.certificates_due(office)
    assert [(d.certification_id, d.printed_expires_on, d.valid_from, d.expires_on) for d in due] == [
        (certified[1], date(2029, 3, 31), date(2029, 4, 1), date(2032, 3, 31))
    ]
    new = certificate(certified[1], date(2028, 7, 1), 2, "renewal", expires_on=date(2032, 3, 31))
    insert(office, [new])
    assert renewal.certificates_due(office) == ()


def test_waves_group_the_valid_by_expiry_with_the_notice_reached(
    office: Office, certified: list[int]
) -> None:
    renewal.record_renewal(office, certified[0], date(2028, 6, 1))
    found = [(w.expires_on, w.total, w.notice_months, w.certification_ids) for w in renewal.waves(office)]
    assert found == [
        (date(2029, 3, 31), 2, 6, (certified[1], certified[2])),
        (date(2032, 3, 31), 1, None, (certified[0],)),
    ]


def test_the_notice_of_one_month_begins_on_the_last_day_of_february() -> None:
    assert renewal.months_before(date(2029, 3, 31), 1) == date(2029, 2, 28)
    assert renewal.months_before(date(2029, 3, 31), 12) == date(2028, 3, 31)


def revoked(office: Office, certification_id: int) -> int:
    manager = as_role(office, Role.MANAGER)
    opened = renewal.open_revocation(manager, certification_id, "fraud", date(2028, 8, 1))
    renewal.record_notice(manager, opened, date(2028, 8, 10), "弁明書")
    renewal.revoke(
        manager, opened, date(2028, 9, 1), "実務経験証明書の偽造", make_actor(Role.MANAGER, "別の責任者")
    )
    return opened


def test_a_revocation_ends_the_validity_from_its_day_and_keeps_the_history(
    office: Office, certified: list[int]
) -> None:
    revoked(office, certified[0])
    assert rows(office, date(2028, 8, 31))[certified[0]].standing == "valid"
    row = rows(office, date(2028, 9, 1))[certified[0]]
    assert (row.standing, row.revoked_on) == ("revoked", date(2028, 9, 1))
    assert row.investigation is not None
    assert (row.investigation.words, row.investigation.statement) == ("取消し", "弁明書")
    assert row.investigation.second_person == "別の責任者"
    with pytest.raises(RuleViolation, match="取り消されています"):
        renewal.record_renewal(office, certified[0], date(2028, 9, 1))


def test_a_revocation_needs_notice_reason_and_another_manager(office: Office, certified: list[int]) -> None:
    manager = as_role(office, Role.MANAGER)
    opened = renewal.open_revocation(manager, certified[0], "fraud", date(2028, 8, 1))
    second = make_actor(Role.MANAGER, "別の責任者")
    day = date(2028, 9, 1)
    with pytest.raises(RuleViolation, match="通知がまだ"):
        renewal.revoke(manager, opened, day, "偽造", second)
    renewal.record_notice(manager, opened, date(2028, 8, 10))
    with pytest.raises(RuleViolation, match="理由が空"):
        renewal.revoke(manager, opened, day, " ", second)
    with pytest.raises(RuleViolation, match="二人目"):
        renewal.revoke(manager, opened, day, "偽造", None)
    with pytest.raises(RuleViolation, match="同じ人"):
        renewal.revoke(manager, opened, day, "偽造", manager.actor)
    with pytest.raises(RuleViolation, match="通知の日より前"):
        renewal.revoke(manager, opened, date(2028, 8, 9), "偽造", second)
    assert rows(office)[certified[0]].standing == "valid"


def test_an_investigation_may_end_without_revocation_and_another_be_opened(
    office: Office, certified: list[int]
) -> None:
    manager = as_role(office, Role.MANAGER)
    opened = renewal.open_revocation(manager, certified[0], "fraud", date(2028, 8, 1))
    with pytest.raises(RuleViolation, match="既に開かれています"):
        renewal.open_revocation(manager, certified[0], "fraud")
    renewal.close_investigation(manager, opened, date(2028, 9, 1), "事実が認められない")
    row = rows(office)[certified[0]]
    assert row.investigation is not None
    assert (row.standing, row.investigation.words) == ("valid", "取消しなしで終了")
    with pytest.raises(RuleViolation, match="既に終わって"):
        renewal.record_notice(manager, opened, date(2028, 9, 2))
    again = renewal.open_revocation(manager, certified[0], "disqualified")
    with office.store.sessions() as session:
        assert session.get_one(Revocation, again).opened_on == date(2028, 9, 30)


def test_return_and_death_end_the_validity_but_not_a_revocation(office: Office, certified: list[int]) -> None:
    manager = as_role(office, Role.MANAGER)
    renewal.record_closure(manager, certified[1], "returned", date(2028, 9, 1), "本人の申出")
    renewal.record_closure(manager, certified[2], "died", date(2028, 9, 2))
    revoked(office, certified[0])
    renewal.record_closure(manager, certified[0], "returned", date(2028, 9, 20))
    standings = [r.standing for r in renewal.list_certifications(office)]
    assert standings == ["revoked", "returned", "died"]
    assert rows(office, date(2028, 9, 1))[certified[2]].standing == "valid"
    with pytest.raises(RuleViolation, match="既に返納"):
        renewal.record_closure(manager, certified[1], "died", date(2028, 9, 3))
