"""合言葉を忘れたとき：復旧鍵で開き、定め直し、記録に残る。"""

from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.errors import RuleViolation
from app.services import maintenance
from app.services.office import Office
from database.opening import create_store, open_store
from database.schema.audit import AuditEntry
from tests.conftest import CHEAP, PASSPHRASE
from tests.factories import TODAY

NEW = "新しい長い合言葉にします"


@dataclass(frozen=True)
class Made:
    """閉じたデータベースと、その復旧鍵。"""

    path: Path
    key: str


@pytest.fixture
def made(tmp_path: Path) -> Made:
    store, key = create_store(tmp_path / "nintei.db", PASSPHRASE, cost=CHEAP)
    store.close()
    return Made(tmp_path / "nintei.db", key)


def last(office: Office) -> AuditEntry:
    with office.store.sessions() as session:
        return session.scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc())).first()  # type: ignore[return-value]


def test_the_recovery_key_opens_and_sets_a_new_passphrase_and_the_log_says_so(made: Made) -> None:
    office, key = maintenance.recover(made.path, made.key.lower().replace("-", " "), NEW, today=lambda: TODAY)
    entry = last(office)
    assert (entry.actor_name, entry.actor_id, entry.action) == ("復旧鍵を持つ人", None, "maintenance.recover")
    assert entry.summary == "復旧鍵で合言葉を定め直した"
    assert (office.actor, office.today()) == (None, TODAY)
    office.close()
    assert key != made.key
    with pytest.raises(RuleViolation, match="合言葉が違います"):
        open_store(made.path, PASSPHRASE)
    with pytest.raises(RuleViolation, match="復旧鍵が違います"):
        maintenance.recover(made.path, made.key, NEW)
    again, _ = maintenance.recover(made.path, key, PASSPHRASE)
    again.close()
    open_store(made.path, PASSPHRASE).close()


@pytest.mark.parametrize(
    ("key", "new", "words"),
    [
        ("AAAA-BBBB-CCCC-DDDD-EEEE-FFFF-GGGG-HHHH", NEW, "復旧鍵が違います"),
        ("でたらめ", NEW, "復旧鍵が違います"),
        (None, "短い", "合言葉が短すぎます"),
    ],
)
def test_a_refused_recovery_changes_nothing(made: Made, key: str | None, new: str, words: str) -> None:
    before = {p.name: p.read_bytes() for p in made.path.parent.iterdir() if p.suffix == ".keys"}
    with pytest.raises(RuleViolation, match=words):
        maintenance.recover(made.path, key or made.key, new)
    assert {p.name: p.read_bytes() for p in made.path.parent.iterdir() if p.suffix == ".keys"} == before
    with open_store(made.path, PASSPHRASE) as store, store.sessions() as session:
        assert "maintenance.recover" not in session.scalars(select(AuditEntry.action)).all()


def test_a_file_that_somebody_has_open_is_not_recovered(made: Made) -> None:
    with open_store(made.path, PASSPHRASE), pytest.raises(RuleViolation, match="PC"):
        maintenance.recover(made.path, made.key, NEW)
    open_store(made.path, PASSPHRASE).close()
