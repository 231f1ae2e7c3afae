"""設定：既定・変更・断られる値。"""

from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.access import Role
from app.domain.errors import RuleViolation
from app.services import settings
from app.services.editions import edition_names, load_edition
from app.services.files import write_whole
from app.services.office import Office
from database import audit
from database.opening import open_store
from database.schema.audit import AuditEntry
from database.schema.settings import Setting
from database.store import Store
from tests.conftest import PASSPHRASE
from tests.factories import GUIDELINE, make_office


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store, Role.MANAGER)


def test_what_was_never_set_has_its_default(office: Office) -> None:
    assert {name: settings.get(office, name) for name in settings.DEFAULTS} == settings.DEFAULTS


def test_a_change_is_kept_with_before_and_after(store: Store, store_path: Path) -> None:
    office = make_office(store, Role.MANAGER)
    settings.put(office, "lock_minutes", 15)
    settings.put(office, "lock_minutes", 1)
    with store.sessions() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc())).first()
    assert entry is not None
    assert (entry.subject, entry.detail) == ("setting:lock_minutes", {"before": 15, "after": 1})
    store.close()
    with open_store(store_path, PASSPHRASE) as again:
        assert settings.get(make_office(again), "lock_minutes") == 1
        assert audit.verify(again) == []


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("unknown", 1, "はありません"),
        ("lock_minutes", 0, "1〜15分"),
        ("lock_minutes", 16, "1〜15分"),
        ("lock_minutes", True, "合わない値"),
        ("office_name", 5, "合わない値"),
        ("number_format", "第{年度略}-{期}号", "ちょうど一つ"),
        ("number_format", "{年}{年度略}-{期}-{4桁}", "使えるのは"),
        ("number_format", "第{4桁}号", "別の研修期と同じ番号"),
        ("number_format", "第{年度略}-{4桁}号", "別の研修期と同じ番号"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_nothing_is_kept(
    office: Office, name: str, value: object, words: str
) -> None:
    with pytest.raises(RuleViolation, match=words):
        settings.put(office, name, value)
    with office.store.sessions() as session:
        assert session.scalars(select(Setting)).all() == []


def test_an_unknown_setting_is_not_read(office: Office) -> None:
    with pytest.raises(RuleViolation, match="「unknown」はありません"):
        settings.get(office, "unknown")


def test_the_readings_of_the_edition_are_listed(office: Office) -> None:
    assert settings.list_readings(office) == GUIDELINE.readings != ()


def test_the_edition_is_the_one_of_its_name_and_an_unknown_one_is_refused_with_the_known() -> None:
    assert edition_names() == ("r7-02-27",)
    assert load_edition("r7-02-27") == GUIDELINE
    for name in ("r9-01-01", "../r7-02-27", ""):
        with pytest.raises(RuleViolation, match="ある版は r7-02-27"):
            load_edition(name)


def test_a_file_is_written_whole_or_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "通知.pdf"
    write_whole(path, b"first")
    write_whole(path, b"second")
    assert path.read_bytes() == b"second"
    folder = tmp_path / "開いている"
    folder.mkdir()
    with pytest.raises(RuleViolation, match="書けませんでした"):
        write_whole(folder, b"x")
    with pytest.raises(RuleViolation, match="書けませんでした"):
        write_whole(tmp_path / "ない" / "a.pdf", b"x")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["通知.pdf", "開いている"]
