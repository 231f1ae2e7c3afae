"""引数：説明も誤りも日本語で、共通の引数は命令の前でも後でもよい。"""

from pathlib import Path

import pytest

from app.cli import main as cli


@pytest.mark.parametrize("command", ["template", "import", "inspect", "export", "certificates"])
def test_help_is_in_japanese(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.parse([command, "--help"])
    words = capsys.readouterr().out
    assert ended.value.code == 0
    assert words.startswith("使い方：nintei-desk")
    assert [w for w in ("usage", "options", "positional", "show this") if w in words] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["import", "people", "a.xlsx"], "kind に 'people' は選べません"),
        (["inspect"], "足りない引数：FILE"),
        (["inspect", "a", "--speed"], "知らない引数：--speed"),
        (["inspect", "a", "--user"], "--user に続く値がありません"),
        (["demo", "--people", "多い"], "--people の '多い' は整数ではありません"),
    ],
)
def test_wrong_arguments_are_said_in_one_japanese_line(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.parse(arguments)
    err = capsys.readouterr().err
    assert (ended.value.code, err.count("\n")) == (2, 1)
    assert err.startswith(f"引数を読めません（{words}")


def test_common_options_may_stand_before_or_after_the_command() -> None:
    before = cli.parse(["--database", "a.db", "--json", "check"])
    after = cli.parse(["check", "--database", "a.db", "--json"])
    assert (before.database, before.json) == (after.database, after.json) == (Path("a.db"), True)
    assert cli.parse(["check"]).database is None


def test_a_packet_is_opened_by_a_command_that_needs_no_database() -> None:
    options = cli.parse(["review", "a.ndpacket"])
    assert (options.command, options.file, options.database) == ("review", Path("a.ndpacket"), None)
    assert cli.parse(["review"]).file is None
