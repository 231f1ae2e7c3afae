import io
import json
from pathlib import Path
from typing import Any

import pytest

from app.cli.evaluate import run
from app.domain.errors import InputRefused

EXAMPLES = Path(__file__).parents[1] / "domain/data/examples.jsonl"
GOOD = b'{"id": "good", "rule": "date", "input": {"text": "R8.3.31"}}\n'


def evaluated(content: bytes) -> tuple[int, list[dict[str, Any]]]:
    stdin = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8")
    stdout = io.TextIOWrapper(io.BytesIO(), encoding="cp932")
    status = run("r7-02-27", stdin, stdout)
    return status, [json.loads(line) for line in stdout.buffer.getvalue().decode("utf-8").splitlines()]


def test_every_example_has_a_result_in_its_order():
    content = EXAMPLES.read_bytes()
    status, answers = evaluated(content)
    assert status == 0
    assert [a["id"] for a in answers] == [json.loads(line)["id"] for line in content.splitlines()]
    assert [sorted(a) for a in answers] == [["id", "result"]] * len(answers)


@pytest.mark.parametrize(
    ("line", "identifier", "reason"),
    [
        (b"not json", None, "JSON として読めません（1文字目）。"),
        (b'{"id": 1', None, "JSON として読めません（9文字目）。"),
        (b"[1, 2]", None, "一行は項目の集まり（{…}）で書いてください。"),
        (b"null", None, "一行は項目の集まり（{…}）で書いてください。"),
        (b"NaN", None, "NaN は JSON の数ではありません。"),
        (b"\xff\xfe{}", None, "UTF-8 の文字として読めません。文字コードを確かめてください。"),
        (b"[" * 200_000, None, "JSON として読めません（数が長すぎるか、入れ子が深すぎます）。"),
        (b"9" * 6000, None, "JSON として読めません（数が長すぎるか、入れ子が深すぎます）。"),
        (b"{}", None, "id がありません。行を見分ける文字か整数を与えてください。"),
        (b'{"id": true}', None, "id がありません。行を見分ける文字か整数を与えてください。"),
        (b'{"id": ["x"]}', None, "id がありません。行を見分ける文字か整数を与えてください。"),
        (b'{"id": "x", "id": "y"}', None, "同じ名の項目が二度あります。どちらか一つにしてください。"),
        (b'{"id": "x"}', "x", "rule がありません。規則の名を与えてください。"),
        (
            b'{"id": 7, "rule": "date"}',
            7,
            "input がありません。規則への入力を項目の集まり（{…}）で与えてください。",
        ),
        (b'{"id": "x", "rule": "date", "input": {"text": "?"}, "why": 1}', "x", "知らない項目です：why。"),
        (b'{"id": "x", "rule": "date", "input": {"text": 1e999}}', "x", "text は文字で与えてください。"),
    ],
)  # fmt: skip
def test_bad_line_is_answered_and_never_stops_the_rest(line, identifier, reason):
    status, answers = evaluated(GOOD + line + b"\n" + GOOD)
    assert status == 1
    assert answers[1] == {"id": identifier, "error": reason}
    assert [answers[0], answers[2]] == [{"id": "good", "result": answers[0]["result"]}] * 2


def test_unknown_rule_and_wrong_input_are_errors_with_their_id():
    status, answers = evaluated(
        b'{"id": "a", "rule": "weather", "input": {}}\n'
        b'{"id": "b", "rule": "date", "input": {"text": "R8.2.30", "more": 1}}\n'
    )
    assert status == 1
    assert [(a["id"], sorted(a)) for a in answers] == [("a", ["error", "id"]), ("b", ["error", "id"])]


def test_half_a_surrogate_in_an_id_comes_back_as_it_was():
    _, answers = evaluated(b'{"id": "\\ud800", "rule": "date", "input": {"text": "R8.3.31"}}\n')
    assert answers[0]["id"] == "\ud800"


def test_byte_order_mark_blank_lines_and_a_missing_last_newline_are_no_errors():
    status, answers = evaluated(b"\xef\xbb\xbf" + GOOD + b"\r\n  \n" + GOOD.strip())
    assert (status, [a["id"] for a in answers]) == (0, ["good", "good"])


def test_nothing_in_is_nothing_out():
    assert evaluated(b"") == (0, [])


def test_plain_text_streams_are_served_too():
    out = io.StringIO()
    assert run("r7-02-27", io.StringIO(GOOD.decode()), out) == 0
    assert json.loads(out.getvalue())["result"]["wareki"] == "令和8年3月31日"


def test_edition_that_is_not_there_is_refused_before_any_line():
    with pytest.raises(InputRefused, match="要綱の版「r9」はありません"):
        run("r9", io.StringIO(GOOD.decode()), io.StringIO())


def test_endless_line_is_refused_unread():
    status, answers = evaluated(b'"' + b"x" * 4_000_001 + b'"\n' + GOOD)
    assert status == 1
    assert answers[0] == {"id": None, "error": "一行が長すぎます。一行に一件ずつ書いてください。"}
    assert answers[1]["id"] == "good"
