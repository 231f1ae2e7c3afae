"""開くときの手順：開けないものは言葉で断り、壊れたものは脇に置き、移行の前には写しを取る。"""

import os
import random
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.errors import RuleViolation
from database import audit, migrations
from database.backup import back_up, backup_folder, list_backups
from database.keys import WRONG_PASSPHRASE, key_path
from database.lock import lock_path
from database.opening import DamagedDatabase, create_store, open_store
from tests.conftest import CHEAP, PASSPHRASE
from tests.database.helpers import add_people, behind_its_back, names, take_back

NOW = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)


def refusal(path: Path, passphrase: str = PASSPHRASE) -> str:
    with pytest.raises(RuleViolation) as caught:
        open_store(path, passphrase)
    return str(caught.value)


def test_created_store_opens_again_with_what_was_saved(tmp_path: Path) -> None:
    path = tmp_path / "新しい フォルダー" / "認定.db"
    store, recovery = create_store(path, PASSPHRASE, cost=CHEAP)
    with store:
        add_people(store, "髙﨑 花子", "葛󠄀城 一郎", "Nguyễn Thị Hương")
    with open_store(path, PASSPHRASE) as store:
        assert names(store) == ["髙﨑 花子", "葛󠄀城 一郎", "Nguyễn Thị Hương"]
        assert audit.verify(store) == []
    assert sorted(p.name for p in path.parent.iterdir()) == [
        "認定.db", "認定.db.head", "認定.db.keys", "認定.db.lock",
    ]  # fmt: skip
    assert len(recovery.split("-")) == 8


def test_creation_never_overwrites(store_path: Path) -> None:
    before = store_path.read_bytes()
    with pytest.raises(RuleViolation):
        create_store(store_path, PASSPHRASE, cost=CHEAP)
    assert store_path.read_bytes() == before


def test_refused_creation_leaves_no_database(tmp_path: Path) -> None:
    with pytest.raises(RuleViolation):
        create_store(tmp_path / "nintei.db", "短い", cost=CHEAP)
    assert [p.name for p in tmp_path.iterdir()] == ["nintei.db.lock"]


def test_missing_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "nintei.db"
    assert refusal(path) == f"データベース「{path}」がありません。場所を確かめるか、新しく作ってください。"
    assert list(tmp_path.iterdir()) == []


def test_wrong_passphrase_is_said_and_the_file_stays(store_path: Path) -> None:
    before = store_path.read_bytes()
    assert refusal(store_path, "違う合言葉を入れてみる") == WRONG_PASSPHRASE
    assert store_path.read_bytes() == before
    open_store(store_path, PASSPHRASE).close()


def test_newer_schema_is_refused_and_the_file_stays(store_path: Path) -> None:
    with behind_its_back(store_path) as driver:
        driver.execute("UPDATE alembic_version SET version_num = '9999'")
    before = store_path.read_bytes()
    assert refusal(store_path) == (
        "「nintei.db」はより新しい版の認定デスクで使われています（版 9999）。何も変えずに閉じました。"
        "このプログラムを新しくしてから開いてください。"
    )
    assert store_path.read_bytes() == before


def test_other_database_is_refused(store_path: Path) -> None:
    with behind_its_back(store_path) as driver:
        driver.execute("DROP TABLE alembic_version")
    assert refusal(store_path) == (
        "「nintei.db」は認定デスクのデータベースではありません。別のファイルを選んでください。"
    )


def test_second_opening_says_who_where_and_since(store_path: Path) -> None:
    with open_store(store_path, PASSPHRASE):
        said = refusal(store_path)
    assert "さんが PC「" in said
    assert said.endswith("から開いています。そちらを閉じてから開いてください。")
    open_store(store_path, PASSPHRASE).close()


def test_stale_lock_does_not_shut_out(store_path: Path) -> None:
    lock_path(store_path).write_text('{"user": "前の人", "machine": "PC-9", "pid": 1, "since": "x"}', "utf-8")
    open_store(store_path, PASSPHRASE).close()


@pytest.fixture
def filled(store_path: Path) -> Path:
    with open_store(store_path, PASSPHRASE) as store:
        add_people(store, "見本 一郎", "見本 二郎")
        back_up(store, backup_folder(store_path) / "nintei-20260401-120000.db", now=lambda: NOW)
    return store_path


def damage_of(path: Path) -> DamagedDatabase | None:
    try:
        open_store(path, PASSPHRASE, now=lambda: NOW).close()
    except DamagedDatabase as error:
        return error
    return None


def test_every_flipped_bit_and_every_cut_is_noticed_kept_aside_and_answered_with_a_backup(
    filled: Path,
) -> None:
    whole = filled.read_bytes()
    sides = {p: p.read_bytes() for p in filled.parent.iterdir() if p.is_file()}
    chance = random.Random(7)
    flips = [chance.randrange(len(whole)) for _ in range(25)] + [0, 15, 16, 100, 4095, len(whole) - 1]
    cuts = [0, 1, 100, 4096, len(whole) // 2, len(whole) - 4096, len(whole) - 1]
    unnoticed: list[tuple[str, int]] = []
    for kind, position in [("flip", p) for p in flips] + [("cut", p) for p in cuts]:
        for path, content in sides.items():
            path.write_bytes(content)
        damaged = bytearray(whole if kind == "flip" else whole[:position])
        if kind == "flip":
            damaged[position] ^= 1 << chance.randrange(8)
        filled.write_bytes(damaged)
        error = damage_of(filled)
        if error is None:
            unnoticed.append((kind, position))
            continue
        assert error.backup == backup_folder(filled) / "nintei-20260401-120000.db"
        assert error.aside.read_bytes() == damaged
        assert (filled.exists(), key_path(filled).exists()) == (False, False)
        for leftover in filled.parent.glob("*.damaged-*"):
            leftover.unlink()
    assert unnoticed == []


def test_damage_is_said_in_words(filled: Path) -> None:
    content = bytearray(filled.read_bytes())
    content[5000] ^= 1
    filled.write_bytes(content)
    with pytest.raises(DamagedDatabase) as caught:
        open_store(filled, PASSPHRASE, now=lambda: NOW)
    assert str(caught.value) == (
        f"「nintei.db」は壊れているため開きません（暗号の認証が合わないところが1か所）。"
        f"「{caught.value.aside.name}」として脇に残しました。"
        "検査済みのバックアップ「nintei-20260401-120000.db」（令和8年4月1日）から復元してください。"
    )
    assert refusal(filled) == (
        f"データベース「{filled}」がありません。"
        "検査済みのバックアップ「nintei-20260401-120000.db」（令和8年4月1日）から復元してください。"
    )


def test_older_schema_is_backed_up_migrated_and_verified(filled: Path) -> None:
    """一つ前の版に戻したファイルを開くと、写しを取ってから移る。"""
    take_back(filled, "0001")
    with open_store(filled, PASSPHRASE, now=lambda: NOW) as store:
        assert (names(store), audit.verify(store)) == (["見本 一郎", "見本 二郎"], [])
        with store.driver() as driver:
            assert driver.execute("SELECT count(*) FROM person_search").fetchone() == (0,)
            last = driver.execute("SELECT action, summary FROM audit_entry ORDER BY sequence DESC").fetchone()
    newest = migrations.revisions()[-1]
    assert last == ("database.migrate", f"データベースの形を 0001 から {newest} へ移行")
    before = [b for b in list_backups(backup_folder(filled)) if b.path.name.startswith("nintei-before-0001-")]
    assert [(b.checked, b.sequence) for b in before] == [(True, 3)]


def test_tampered_older_file_is_not_migrated(filled: Path) -> None:
    take_back(filled, "0001")
    with behind_its_back(filled) as driver:
        driver.execute("UPDATE person SET phone = '1' WHERE id = 1")
    before = filled.read_bytes()
    assert refusal(filled).startswith("監査記録が合わないため、新しい版へ移さず元のままにしました")
    assert filled.read_bytes() == before


WRITER = """
import sys
from pathlib import Path
from database.opening import open_store
from tests.conftest import PASSPHRASE
from tests.database.helpers import add_people
store = open_store(Path(sys.argv[1]), PASSPHRASE)
for i in range(100000):
    add_people(store, f"見本 {i}")
    print("ACK", i, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL のある所で試す")
def test_what_was_acknowledged_is_there_after_kill_9(store_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(store_path)], stdout=subprocess.PIPE, env=environment
    ) as child:
        assert child.stdout is not None
        acknowledged = [child.stdout.readline().decode().split()[1] for _ in range(20)]
        child.send_signal(signal.SIGKILL)
        acknowledged += [
            line.decode().split()[1] for line in child.stdout.readlines() if line.endswith(b"\n")
        ]
    with open_store(store_path, PASSPHRASE) as store:
        kept = names(store)
        assert audit.verify(store) == []
        assert store.notices == ()
    assert kept[: len(acknowledged)] == [f"見本 {i}" for i in acknowledged]
    assert len(kept) - len(acknowledged) <= 1
