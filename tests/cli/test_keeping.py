"""作る・検証する・控える・戻す・合言葉を変える、を命令として。"""

import json
from pathlib import Path

import pytest

from app.__main__ import main
from app.cli import main as cli


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Init で作った事務所。秘密はファイルにある。"""
    folder = tmp_path_factory.mktemp("office")
    (folder / "phrase").write_text("とても長い合言葉です・試験\n", encoding="utf-8")
    (folder / "password").write_text("とても長いパスワード\n", encoding="utf-8")
    assert run(folder, "init", "--name", "管理 一郎") == 0
    return folder


def run(folder: Path, *arguments: str, database: str = "nintei.db", phrase: str = "phrase") -> int:
    common = ["--database", str(folder / database), "--passphrase-file", str(folder / phrase)]
    who = ["--user", "kanri", "--password-file", str(folder / "password")]
    return cli.run(cli.parse([*arguments, *common, *who]))


def test_init_does_not_touch_what_is_there(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (made / "nintei.db").read_bytes()
    assert run(made, "init") == 2
    assert (made / "nintei.db").read_bytes() == before
    assert "既にあります" in capsys.readouterr().err


def test_the_database_on_disk_holds_nothing_readable(made: Path) -> None:
    content = (made / "nintei.db").read_bytes()
    assert b"SQLite format" not in content
    assert "管理".encode() not in content


def test_audit_verify_reports_a_whole_chain_as_json(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(made, "audit", "verify", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["breaks"] == []
    assert found["entries"] >= 3


def test_check_finds_nothing_wrong(made: Path) -> None:
    assert run(made, "check") == 0


def test_a_backup_is_restored_beside_and_opens(made: Path) -> None:
    assert run(made, "backup", str(made / "copy.db")) == 0
    assert run(made, "restore", str(made / "copy.db"), "--to", str(made / "back.db")) == 0
    assert run(made, "audit", "verify", database="back.db") == 0
    assert run(made, "restore", str(made / "copy.db"), "--to", str(made / "back.db")) == 2


def test_a_wrong_passphrase_ends_in_one_japanese_line(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (made / "wrong").write_text("ちがうちがう合言葉です", encoding="utf-8")
    assert run(made, "audit", "verify", phrase="wrong") == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "合言葉" in said
    assert "Traceback" not in said


def test_after_rekey_only_the_new_passphrase_opens(made: Path) -> None:
    assert run(made, "backup", str(made / "before.db")) == 0
    assert run(made, "restore", str(made / "before.db"), "--to", str(made / "rekeyed.db")) == 0
    (made / "new").write_text("あたらしい長い合言葉・試験", encoding="utf-8")
    assert run(made, "rekey", "--new-passphrase-file", str(made / "new"), database="rekeyed.db") == 0
    assert run(made, "audit", "verify", database="rekeyed.db") == 2
    assert run(made, "audit", "verify", database="rekeyed.db", phrase="new") == 0


def test_a_refused_first_password_leaves_no_database(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (made / "weak").write_text("kanri-kanri", encoding="utf-8")
    options = ["--database", str(made / "never.db"), "--passphrase-file", str(made / "phrase")]
    who = ["--user", "kanri-kanri", "--password-file", str(made / "weak")]
    assert cli.run(cli.parse(["init", *options, *who])) == 2
    assert "利用者名と同じ" in capsys.readouterr().err
    assert list(made.glob("never*")) == []


def test_the_recovery_key_sets_a_new_passphrase_without_signing_in(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(made, "init", "--json", database="lost.db") == 0
    key = json.loads(capsys.readouterr().out)["recovery_key"]
    (made / "key").write_text(f"{key}\n", encoding="utf-8")
    (made / "next").write_text("思い出せる長い合言葉・試験", encoding="utf-8")
    files = ["--recovery-key-file", str(made / "key"), "--new-passphrase-file", str(made / "next")]
    alone = ["rekey", "--database", str(made / "lost.db"), "--json", *files]
    assert cli.run(cli.parse(alone)) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["rekeyed"] is True
    assert found["recovery_key"] != key
    assert run(made, "audit", "verify", database="lost.db") == 2
    assert run(made, "check", database="lost.db", phrase="next") == 0
    capsys.readouterr()
    assert cli.run(cli.parse(alone)) == 2
    assert "復旧鍵が違います" in capsys.readouterr().err


def test_wrong_use_ends_with_two_and_a_japanese_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["nintei-desk", "nothing"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "引数を読めません" in capsys.readouterr().err
