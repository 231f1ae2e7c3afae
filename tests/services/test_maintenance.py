"""保守：作る・開く・検証・バックアップ・復元・合言葉の変更。"""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from app.domain.access import Role
from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services import intake, maintenance, search
from app.services.office import Office
from database.backup import list_backups
from database.opening import open_store
from database.store import Store
from tests.conftest import PASSPHRASE
from tests.factories import TODAY, make_application, make_cohort, make_office

NEW = "新しい長い合言葉にします"


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store, Role.ADMINISTRATOR)


def test_a_whole_file_is_said_to_be_whole_with_its_count(office: Office) -> None:
    make_application(office, make_cohort(office))
    report = maintenance.audit_verify(office)
    assert (report.entries, report.breaks) == (maintenance.audit_entries(office), ())
    assert report.entries >= 4
    assert maintenance.check(office) == ()
    assert maintenance.notices(office) == ()


def test_a_row_changed_behind_the_program_is_named(office: Office) -> None:
    make_application(office, make_cohort(office))
    with office.store.driver() as driver:
        driver.execute("UPDATE person SET name = '別 人'")
        driver.commit()
    (found,) = maintenance.audit_verify(office).breaks
    assert "person" in found or "人" in found
    assert maintenance.check(office) == (found,)


def test_a_search_index_changed_behind_the_program_is_named_and_saving_mends_it(office: Office) -> None:
    make_application(office, make_cohort(office))
    with office.store.driver() as driver:
        driver.execute("DELETE FROM person_search WHERE rowid = 1")
        driver.commit()
    words = "人の検索の索引（表 person_search）の行 1：人の記録と合いません。"
    words += "その人の申込を開いて保存し直すと直ります。"
    assert maintenance.audit_verify(office).breaks == (words,)
    with office.store.sessions.begin() as session:
        search.fill_index(session)
    assert maintenance.audit_verify(office).breaks == ()


def test_a_row_that_points_nowhere_is_found(office: Office) -> None:
    make_application(office, make_cohort(office))
    with office.store.driver() as driver:
        driver.execute("PRAGMA foreign_keys = OFF")
        driver.execute("UPDATE application SET person_id = 999")
        driver.commit()
        driver.execute("PRAGMA foreign_keys = ON")
    assert any("表 application の行 1 が指す行がありません" in p for p in maintenance.check(office))


def test_a_backup_is_checked_and_restored_beside_the_old_file(office: Office, tmp_path: Path) -> None:
    cohort = make_cohort(office)
    make_application(office, cohort, "甲 一")
    made = maintenance.back_up(office, tmp_path / "控え.db")
    make_application(office, cohort, "乙 二")
    restored = maintenance.restore(made, PASSPHRASE, tmp_path / "戻した.db")
    with open_store(restored, PASSPHRASE) as store:
        again = make_office(store)
        assert [r.name for r in intake.list_applications(again, cohort)] == ["甲 一"]
        assert maintenance.audit_verify(again).breaks == ()
    assert [r.name for r in intake.list_applications(make_office(office.store), cohort)] == ["甲 一", "乙 二"]


def test_neither_a_backup_nor_a_restore_overwrites_a_file(office: Office, tmp_path: Path) -> None:
    made = maintenance.back_up(office, tmp_path / "控え.db")
    before = made.read_bytes()
    with pytest.raises(RuleViolation):
        maintenance.back_up(office, made)
    with pytest.raises(RuleViolation):
        maintenance.restore(made, PASSPHRASE, made)
    assert made.read_bytes() == before


def test_the_last_backup_is_said_with_its_time_and_none_with_none(store: Store) -> None:
    office = make_office(store, Role.ADMINISTRATOR)
    assert maintenance.last_backup(office) is None
    made = maintenance.back_up_now(office)
    (found,) = list_backups(made.parent)
    at = found.made_at.astimezone()
    assert (found.path, found.checked) == (made, True)
    assert maintenance.last_backup(office) == f"{wareki(at.date())} {at:%H:%M}"
    assert maintenance.last_backup(replace(office, today=at.date)) == f"今日 {at:%H:%M}"


@pytest.mark.parametrize("role", list(Role))
def test_the_automatic_backup_is_made_whoever_sits_there(store: Store, role: Role) -> None:
    assert maintenance.back_up_automatically(make_office(store, role)).exists()


def test_a_new_passphrase_replaces_the_old_one(office: Office) -> None:
    path = office.store.path
    maintenance.rekey(office, PASSPHRASE, NEW)
    office.close()
    with pytest.raises(RuleViolation):
        open_store(path, PASSPHRASE)
    with open_store(path, NEW) as store:
        assert maintenance.audit_verify(make_office(store)).breaks == ()


@pytest.mark.parametrize(("old", "new"), [("違う合言葉です違う合言葉", NEW), (PASSPHRASE, "短い")])
def test_a_refused_rekey_leaves_no_entry_and_the_old_passphrase(office: Office, old: str, new: str) -> None:
    before = maintenance.audit_entries(office)
    with pytest.raises(RuleViolation):
        maintenance.rekey(office, old, new)
    assert maintenance.audit_entries(office) == before
    path = office.store.path
    office.close()
    open_store(path, PASSPHRASE).close()


def test_a_new_file_is_opened_with_its_passphrase_and_the_given_day(tmp_path: Path) -> None:
    office, recovery_key = maintenance.create(tmp_path / "新.db", PASSPHRASE, today=lambda: TODAY)
    assert (office.today(), len(recovery_key) > 20) == (TODAY, True)
    office.close()
    again = maintenance.open_office(tmp_path / "新.db", PASSPHRASE, today=lambda: TODAY)
    with again.store.sessions() as session:
        assert session.scalar(text("SELECT count(*) FROM person")) == 0
    again.close()
    with pytest.raises(RuleViolation):
        maintenance.open_office(tmp_path / "新.db", "違う合言葉です違う合言葉")
