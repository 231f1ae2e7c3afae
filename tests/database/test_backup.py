"""バックアップ：動いたまま取り、確かめ、戻すと同じで、壊れたものは断る。"""

import random
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from app.domain.errors import RuleViolation
from database import audit
from database.backup import back_up, back_up_by_date, list_backups, proof_path, restore, rotate
from database.keys import WRONG_PASSPHRASE, change_passphrase, key_path
from database.opening import open_store
from database.store import Store
from tests.conftest import PASSPHRASE
from tests.database.helpers import add_people, behind_its_back, names, person, record

NOW = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)


def dump(store: Store) -> list[str]:
    """すべての表のすべての行。"""
    with store.driver() as driver:
        tables = [
            n for (n,) in driver.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        ]
        return [f"{t} {row}" for t in tables for row in driver.execute(f'SELECT * FROM "{t}" ORDER BY 1')]


def test_restored_backup_is_equal_and_whole(store: Store, tmp_path: Path) -> None:
    add_people(store, "髙﨑 花子", "見本 二郎")
    made = back_up(store, tmp_path / "写し" / "b.db", now=lambda: NOW)
    content = dump(store)
    add_people(store, "後から来た人")
    assert (made.checked, made.made_at, made.sequence) == (True, NOW, 3)
    target = restore(made.path, PASSPHRASE, tmp_path / "戻した" / "nintei.db")
    with open_store(target, PASSPHRASE) as restored:
        assert dump(restored) == content
        assert (audit.verify(restored), restored.notices) == ([], ())
        assert add_people(restored, "続きの人") == [3]
        assert audit.verify(restored) == []


def test_backup_is_one_encrypted_file_with_keys_and_proof(store: Store, tmp_path: Path) -> None:
    add_people(store, "CANARY-4471")
    back_up(store, tmp_path / "b" / "x.db")
    files = {p.name: p.read_bytes() for p in (tmp_path / "b").iterdir()}
    assert sorted(files) == ["x.db", "x.db.checked", "x.db.keys"]
    assert [n for n, b in files.items() if b"CANARY" in b or b"SQLite format" in b] == []


def test_open_transaction_is_not_in_the_backup_and_is_not_disturbed(store: Store, tmp_path: Path) -> None:
    add_people(store, "済んだ人")
    with store.sessions.begin() as session:
        session.add(person("まだの人"))
        session.flush()
        made = back_up(store, tmp_path / "b" / "x.db")
        record(session, store)
    assert (made.checked, names(store)) == (True, ["済んだ人", "まだの人"])
    with open_store(restore(made.path, PASSPHRASE, tmp_path / "r.db"), PASSPHRASE) as restored:
        assert names(restored) == ["済んだ人"]


def test_nothing_is_overwritten(store: Store, tmp_path: Path) -> None:
    made = back_up(store, tmp_path / "b" / "x.db")
    before = made.path.read_bytes()
    with pytest.raises(RuleViolation):
        back_up(store, made.path)
    with pytest.raises(RuleViolation):
        restore(made.path, PASSPHRASE, store.path)
    assert made.path.read_bytes() == before
    assert audit.verify(store) == []


def test_refused_restore_leaves_nothing(store: Store, tmp_path: Path) -> None:
    made = back_up(store, tmp_path / "b" / "x.db")
    with pytest.raises(RuleViolation) as caught:
        restore(made.path, "違う合言葉を入れてみる", tmp_path / "r" / "nintei.db")
    assert str(caught.value) == WRONG_PASSPHRASE
    assert not (tmp_path / "r").exists()


def test_backup_opens_with_the_passphrase_of_its_day(store: Store, tmp_path: Path) -> None:
    made = back_up(store, tmp_path / "b" / "x.db")
    change_passphrase(store.path, PASSPHRASE, "新しい合言葉はこれになります")
    assert restore(made.path, PASSPHRASE, tmp_path / "r.db").is_file()


def test_damaged_backup_is_refused_and_leaves_nothing(store: Store, tmp_path: Path) -> None:
    add_people(store, "見本 一郎")
    made = back_up(store, tmp_path / "b" / "x.db")
    whole = made.path.read_bytes()
    chance = random.Random(3)
    accepted = []
    for position in [0, 16, len(whole) - 1, *(chance.randrange(len(whole)) for _ in range(15))]:
        content = bytearray(whole)
        content[position] ^= 1 << chance.randrange(8)
        made.path.write_bytes(content)
        try:
            restore(made.path, PASSPHRASE, tmp_path / "r.db")
            accepted.append(position)
        except RuleViolation:
            continue
    for length in (0, 100, 4096, len(whole) - 4096, len(whole) - 1):
        made.path.write_bytes(whole[:length])
        with pytest.raises(RuleViolation):
            restore(made.path, PASSPHRASE, tmp_path / "r.db")
    assert accepted == []
    assert sorted(p.name for p in tmp_path.glob("r.db*")) == []


def test_backup_of_a_tampered_database_is_not_called_checked(store_path: Path, tmp_path: Path) -> None:
    with open_store(store_path, PASSPHRASE) as store:
        add_people(store, "見本 一郎")
    with behind_its_back(store_path) as driver:
        driver.execute("UPDATE person SET phone = '1'")
    with open_store(store_path, PASSPHRASE) as store:
        made = back_up(store, tmp_path / "b" / "x.db")
    assert (made.checked, [b.kind for b in made.breaks]) == (False, ["row_edited"])
    assert [b.checked for b in list_backups(tmp_path / "b")] == [False]
    with pytest.raises(RuleViolation):
        restore(made.path, PASSPHRASE, tmp_path / "r.db")


def test_backup_tampered_with_after_its_check_is_refused(store: Store, tmp_path: Path) -> None:
    add_people(store, "見本 一郎")
    made = back_up(store, tmp_path / "b" / "x.db")
    with behind_its_back(made.path) as driver:
        for table in ("audit_row", "audit_entry"):
            driver.execute(f"DELETE FROM {table} WHERE sequence = 2")
        driver.execute("DELETE FROM person")
    with pytest.raises(RuleViolation) as caught:
        restore(made.path, PASSPHRASE, tmp_path / "r.db")
    assert str(caught.value) == (
        "バックアップ「x.db」は使えません（検査したときのものと違います）。別のバックアップを選んでください。"
    )


def test_unwritable_place_is_said_and_leaves_nothing(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    target = tmp_path / "file" / "x.db"
    with pytest.raises(RuleViolation) as caught:
        back_up(store, target)
    assert str(caught.value).startswith(f"「{target}」に書けません。")


def test_list_says_checked_or_not_newest_first(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "b"
    for day in (1, 2, 3):
        back_up(store, folder / f"{day}.db", now=partial(NOW.__add__, timedelta(days=day)))
    proof_path(folder / "2.db").unlink()
    (folder / "1.db").write_bytes((folder / "1.db").read_bytes()[:-1])
    listed = {b.path.name: b.checked for b in list_backups(folder)}
    assert listed == {"3.db": True, "2.db": False, "1.db": False}
    assert list_backups(tmp_path / "nowhere") == []


def test_rotation_keeps_12_days_10_weeks_9_months_and_what_it_does_not_know(
    store: Store, tmp_path: Path
) -> None:
    folder = tmp_path / "b"
    made = back_up(store, folder / "seed.db", now=lambda: NOW)
    parts = {p: p.read_bytes() for p in (made.path, proof_path(made.path), key_path(made.path))}
    days = [NOW - timedelta(days=n) for n in range(400)]
    for day in days:
        for twice in ("030000", "150000"):
            name = f"nintei-{day:%Y%m%d}-{twice}.db"
            for part, content in parts.items():
                (folder / part.name.replace(made.path.name, name)).write_bytes(content)
    for file in parts:
        file.unlink()
    (folder / "nintei-20200101-000000.db").write_bytes(b"unchecked")
    (folder / "手で取った.db").write_bytes(b"by hand")
    removed = rotate(folder)
    kept = sorted(p.name for p in folder.glob("*.db"))
    daily = {d.date() for d in days[:12]}
    weekly = {d.date() for d in days if d.isoweekday() == 7}
    expected_weeks = {days[0].date(), *sorted(weekly, reverse=True)[:9]}
    month_ends = {d.date() for d in days if (d + timedelta(days=1)).day == 1}
    expected_months = {days[0].date(), *sorted(month_ends, reverse=True)[:8]}
    expected = [f"nintei-{d:%Y%m%d}-150000.db" for d in daily | expected_weeks | expected_months]
    assert kept == sorted([*expected, "nintei-20200101-000000.db", "手で取った.db"])
    assert len(removed) + len(expected) == 800
    assert len(list(folder.glob("*.keys"))) == len(list(folder.glob("*.checked"))) == len(expected)


def test_backup_by_date_is_named_by_the_hour_and_placed_beside_the_database(store: Store) -> None:
    made = back_up_by_date(store, now=lambda: NOW)
    assert made.path == store.path.parent / "backups" / f"nintei-{NOW.astimezone():%Y%m%d-%H%M%S}.db"
    assert list_backups(made.path.parent) == [made]
