"""公開したどの版のファイルも、手順どおりに開き、移行の後も中身と監査の鎖がそのままである。"""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import RuleViolation
from app.services import maintenance, search
from database import audit, migrations
from database.backup import backup_folder, list_backups
from database.digests import watched_tables
from database.opening import open_store
from tests.conftest import PASSPHRASE, copy_closed
from tests.database.frozen import FOLDER
from tests.database.helpers import behind_its_back
from tests.factories import make_office

Rows = dict[str, list[dict[str, Any]]]


def _rows(driver: Any) -> Rows:
    found: Rows = {}
    for table in watched_tables(driver):
        with closing(driver.execute(f'SELECT * FROM "{table}" ORDER BY rowid')) as cursor:
            names = [column[0] for column in cursor.description]
            found[table] = [dict(zip(names, row, strict=True)) for row in cursor]
    return found


def _entries(driver: Any) -> list[Any]:
    return driver.execute("SELECT * FROM audit_entry ORDER BY sequence").fetchall()  # type: ignore[no-any-return]


def test_every_released_schema_has_its_frozen_file() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.db")) == migrations.revisions()


@pytest.mark.parametrize("revision", migrations.revisions())
def test_frozen_file_opens_is_migrated_and_keeps_every_row_and_the_chain(
    revision: str, tmp_path: Path
) -> None:
    path = copy_closed(FOLDER / f"{revision}.db", tmp_path / "nintei.db")
    with behind_its_back(path) as driver:
        before, entries = _rows(driver), _entries(driver)
        assert driver.execute("SELECT version_num FROM alembic_version").fetchall() == [(revision,)]
    assert [table for table, rows in before.items() if not rows] == []
    with open_store(path, PASSPHRASE) as store:
        assert (audit.verify(store), store.notices) == ([], ())
        with store.driver() as driver:
            after = _rows(driver)
            assert _entries(driver)[:1] == entries
            assert driver.execute("SELECT version_num FROM alembic_version").fetchall() == [
                (migrations.revisions()[-1],)
            ]
    kept = {
        table: [
            {name: row[name] for name in old if name in row}
            for old, row in zip(rows, after[table], strict=True)
        ]
        for table, rows in before.items()
    }
    assert kept == before
    saved = [(b.path.name.rsplit("-", 2)[0], b.checked) for b in list_backups(backup_folder(path))]
    newest = revision == migrations.revisions()[-1]
    assert saved == ([] if newest else [(f"nintei-before-{revision}", True)])


@pytest.mark.parametrize("revision", migrations.revisions())
def test_people_of_a_frozen_file_are_found_by_search(revision: str, tmp_path: Path) -> None:
    path = copy_closed(FOLDER / f"{revision}.db", tmp_path / "nintei.db")
    with closing(maintenance.open_office(path, PASSPHRASE)) as office:
        found = search.find(make_office(office.store), "吉田")
        assert maintenance.check(make_office(office.store)) == ()
    assert [hit.title for hit in found if hit.kind == "人"] == ["𠮷田 辻󠄀子"]


def test_a_file_whose_version_was_turned_back_is_refused_with_words_and_stays(tmp_path: Path) -> None:
    path = copy_closed(FOLDER / "0006.db", tmp_path / "nintei.db")
    with behind_its_back(path) as driver:
        driver.execute("UPDATE alembic_version SET version_num = '0005'")
        before = _rows(driver), _entries(driver)
    with pytest.raises(RuleViolation, match="へ移せなかったため、元のままにしました"):
        open_store(path, PASSPHRASE)
    with behind_its_back(path) as driver:
        assert (_rows(driver), _entries(driver)) == before
