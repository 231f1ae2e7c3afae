"""鍵：合言葉でも復旧鍵でも同じ鍵が開き、違えば開かず、合言葉を変えても鍵は変わらない。"""

import json
from pathlib import Path

import pytest

from app.domain.errors import RuleViolation
from database import keys
from tests.conftest import CHEAP, PASSPHRASE


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "nintei.db"


def refusal(action: object, *arguments: object) -> str:
    with pytest.raises(RuleViolation) as caught:
        action(*arguments)  # type: ignore[operator]
    return str(caught.value)


def test_passphrase_and_recovery_key_open_the_same_keys(database: Path) -> None:
    made, recovery = keys.create_keys(database, PASSPHRASE, CHEAP)
    opened = (keys.open_keys(database, PASSPHRASE), keys.open_with_recovery(database, recovery))
    assert opened == (made, made)
    assert (len(made.data_key), len(made.mac_key)) == (32, 32)
    assert made.data_key != made.mac_key


def test_recovery_key_is_read_in_full_width_small_letters_and_without_hyphens(database: Path) -> None:
    made, recovery = keys.create_keys(database, PASSPHRASE, CHEAP)
    full_width = "".join(chr(ord(c) + 0xFEE0) for c in recovery.replace("-", "").lower())
    assert keys.open_with_recovery(database, full_width) == made


def test_passphrase_typed_in_another_width_is_the_same(database: Path) -> None:
    made, _ = keys.create_keys(database, "ＡＢＣ合言葉の長いもの1234", CHEAP)
    assert keys.open_keys(database, "ABC合言葉の長いもの１２３４") == made


def test_wrong_passphrase_and_wrong_recovery_key_are_refused_in_words(database: Path) -> None:
    keys.create_keys(database, PASSPHRASE, CHEAP)
    assert refusal(keys.open_keys, database, PASSPHRASE + "x") == keys.WRONG_PASSPHRASE
    assert refusal(keys.open_with_recovery, database, "AAAA-" * 7 + "AAAA") == keys.WRONG_RECOVERY
    assert refusal(keys.open_with_recovery, database, "みじかい") == keys.WRONG_RECOVERY


def test_changed_passphrase_opens_the_same_keys_and_the_old_one_no_more(database: Path) -> None:
    made, recovery = keys.create_keys(database, PASSPHRASE, CHEAP)
    keys.change_passphrase(database, PASSPHRASE, "新しい合言葉はこれになります")
    assert keys.open_keys(database, "新しい合言葉はこれになります") == made
    assert refusal(keys.open_keys, database, PASSPHRASE) == keys.WRONG_PASSPHRASE
    assert keys.open_with_recovery(database, recovery) == made


def test_refused_change_leaves_the_file_as_it_was(database: Path) -> None:
    keys.create_keys(database, PASSPHRASE, CHEAP)
    before = keys.key_path(database).read_bytes()
    refusal(keys.change_passphrase, database, "違う合言葉を入れてみる", "新しい合言葉はこれになります")
    refusal(keys.change_passphrase, database, PASSPHRASE, "短い")
    assert keys.key_path(database).read_bytes() == before
    assert sorted(p.name for p in database.parent.iterdir()) == ["nintei.db.keys"]


def test_forgotten_passphrase_is_reset_by_the_recovery_key_once(database: Path) -> None:
    made, first = keys.create_keys(database, PASSPHRASE, CHEAP)
    second = keys.reset_with_recovery(database, first, "新しい合言葉はこれになります")
    assert keys.open_keys(database, "新しい合言葉はこれになります") == made
    assert keys.open_with_recovery(database, second) == made
    assert refusal(keys.open_with_recovery, database, first) == keys.WRONG_RECOVERY


def test_key_file_is_not_overwritten(database: Path) -> None:
    keys.create_keys(database, PASSPHRASE, CHEAP)
    before = keys.key_path(database).read_bytes()
    refusal(keys.create_keys, database, PASSPHRASE, CHEAP)
    assert keys.key_path(database).read_bytes() == before


def test_neither_keys_nor_passphrase_are_in_the_file(database: Path) -> None:
    made, recovery = keys.create_keys(database, PASSPHRASE, CHEAP)
    content = keys.key_path(database).read_text("utf-8")
    secrets = (PASSPHRASE, recovery, made.data_key.hex(), made.mac_key.hex(), keys._text(made.data_key))
    assert [s for s in secrets if s in content] == []
    assert repr(made) == "Keys(…)"


def test_default_cost_is_strong(database: Path) -> None:
    keys.create_keys(database, PASSPHRASE)
    cost = json.loads(keys.key_path(database).read_bytes())["passphrase"]["argon2id"]
    assert cost == {"time_cost": 4, "memory_cost": 131072, "parallelism": 2}


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"format":"x"}', b'{"format":"nintei-keys","version":1}']
)
def test_damaged_key_file_is_said_as_damaged(database: Path, content: bytes) -> None:
    keys.key_path(database).write_bytes(content)
    assert refusal(keys.open_keys, database, PASSPHRASE) == str(keys._damaged(keys.key_path(database)))


def test_key_file_that_asks_for_too_much_memory_is_refused(database: Path) -> None:
    keys.create_keys(database, PASSPHRASE, CHEAP)
    content = json.loads(keys.key_path(database).read_bytes())
    content["passphrase"]["argon2id"]["memory_cost"] = 1 << 30
    keys.key_path(database).write_text(json.dumps(content), "utf-8")
    assert refusal(keys.open_keys, database, PASSPHRASE) == str(keys._damaged(keys.key_path(database)))
