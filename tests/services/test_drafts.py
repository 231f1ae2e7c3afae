"""書きかけ：置いた人だけが戻せ、監査記録に残らず、古いものは消える。"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.errors import AccessDenied
from app.services import drafts, maintenance
from app.services.office import Office
from database.opening import Store
from tests.factories import make_office

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def at(office: Office, account: int, hours: int = 0) -> Office:
    assert office.actor is not None
    moved = NOW + timedelta(hours=hours)
    return replace(office, actor=replace(office.actor, account_id=account), now=lambda: moved)


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


def test_only_the_one_who_wrote_a_draft_finds_it(office: Office) -> None:
    drafts.keep(at(office, 1), "受付", "t1", {"values": ["𠮷田"]})
    assert drafts.find(at(office, 2), "受付") is None
    found = drafts.find(at(office, 1), "受付")
    assert found == drafts.Draft("t1", {"values": ["𠮷田"]}, NOW)


def test_a_token_keeps_only_its_newest_content_and_the_newest_token_is_offered(office: Office) -> None:
    drafts.keep(at(office, 1), "受付", "t1", {"values": ["一"]})
    drafts.keep(at(office, 1, 1), "受付", "t1", {"values": ["二"]})
    drafts.keep(at(office, 1, 2), "受付", "t2", {"values": ["三"]})
    assert drafts.count(at(office, 1)) == 2
    newest = drafts.find(at(office, 1), "受付")
    assert newest is not None
    drafts.drop(at(office, 1), newest.token)
    before = drafts.find(at(office, 1), "受付")
    assert (newest.content, before and before.content) == ({"values": ["三"]}, {"values": ["二"]})


def test_nobody_drops_the_draft_of_another(office: Office) -> None:
    drafts.keep(at(office, 1), "受付", "t1", {})
    drafts.drop(at(office, 2), "t1")
    assert drafts.count(at(office, 1)) == 1


def test_a_draft_leaves_no_audit_entry(office: Office) -> None:
    before = maintenance.audit_entries(office)
    drafts.keep(at(office, 1), "受付", "t1", {})
    drafts.drop(at(office, 1), "t1")
    assert maintenance.audit_entries(office) == before


def test_drafts_go_after_sixty_days(office: Office) -> None:
    drafts.keep(at(office, 1), "受付", "t1", {})
    drafts.keep(at(office, 2, 24 * 60), "受付", "t2", {})
    assert drafts.count(at(office, 1)) == 1
    drafts.keep(at(office, 2, 24 * 60 + 1), "受付", "t3", {})
    assert drafts.count(at(office, 1)) == 0


def test_without_signing_in_nothing_is_kept(office: Office) -> None:
    with pytest.raises(AccessDenied):
        drafts.keep(replace(office, actor=None), "受付", "t1", {})
