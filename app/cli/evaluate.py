"""標準入力の JSON Lines に規則を一行ずつ当てる。一行の誤りは、ほかの行を止めない。"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn, TextIO

from app.domain.errors import InputRefused, RuleViolation
from app.domain.evaluate import evaluate
from app.domain.guideline import Guideline
from app.services.editions import load_edition

DONE, SOME_REFUSED = 0, 1
_KEYS = frozenset({"id", "rule", "input", "expect"})
_LONGEST_LINE = 4_000_000  # 文字。これより長い一行は事実の一件ではない


def _no_constant(word: str) -> NoReturn:
    raise InputRefused(f"{word} は JSON の数ではありません。")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InputRefused("同じ名の項目が二度あります。どちらか一つにしてください。")
    return found


def _parse(line: str) -> object:
    """一行を JSON として読む。読めなければ InputRefused。"""
    if len(line) > _LONGEST_LINE:
        raise InputRefused("一行が長すぎます。一行に一件ずつ書いてください。")
    try:
        return json.loads(line, parse_constant=_no_constant, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        raise InputRefused(f"JSON として読めません（{error.pos + 1}文字目）。") from None
    except (ValueError, RecursionError):
        raise InputRefused("JSON として読めません（数が長すぎるか、入れ子が深すぎます）。") from None


def _identifier(case: Mapping[str, object]) -> str | int:
    value = case.get("id")
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InputRefused("id がありません。行を見分ける文字か整数を与えてください。")
    return value


def _judge(case: Mapping[str, object], guideline: Guideline) -> dict[str, object]:
    if unknown := sorted(set(case) - _KEYS):
        raise InputRefused(f"知らない項目です：{unknown[0][:60]}。")
    rule, value = case.get("rule"), case.get("input")
    if not isinstance(rule, str):
        raise InputRefused("rule がありません。規則の名を与えてください。")
    if not isinstance(value, dict):
        raise InputRefused("input がありません。規則への入力を項目の集まり（{…}）で与えてください。")
    return evaluate(rule, value, guideline)


def _answer(raw: bytes | str, guideline: Guideline) -> dict[str, object]:
    """一行の答え。誤りは {"id", "error"} になる。"""
    name: str | int | None = None
    try:
        case = _parse((raw.decode("utf-8") if isinstance(raw, bytes) else raw).strip())
        if not isinstance(case, dict):
            raise InputRefused("一行は項目の集まり（{…}）で書いてください。")
        name = _identifier(case)
        return {"id": name, "result": _judge(case, guideline)}
    except UnicodeDecodeError:
        return {"id": name, "error": "UTF-8 の文字として読めません。文字コードを確かめてください。"}
    except RuleViolation as refusal:
        return {"id": name, "error": str(refusal)}


def _dump(answer: Mapping[str, object]) -> str:
    line = json.dumps(answer, ensure_ascii=False)
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:  # 対にならない代用符号は、符号のまま返す
        return json.dumps(answer)
    return line


def _lines(stdin: TextIO) -> Iterable[bytes | str]:
    """行を読む。下に生のバイトがあればそこから読み、誤った文字コードの行だけを断れるようにする。"""
    source: Any = getattr(stdin, "buffer", stdin)
    for number, line in enumerate(source):
        mark = b"\xef\xbb\xbf" if isinstance(line, bytes) else "\ufeff"
        yield line.removeprefix(mark) if number == 0 else line


def run(edition_name: str, stdin: TextIO, stdout: TextIO) -> int:
    """版 edition_name の規則を、stdin の一行ごとに当て、stdout に一行ずつ答える。

    空の行は飛ばす。返す値は、どの行にも答えがあれば 0、一行でも誤りがあれば 1。版がなければ InputRefused。
    """
    guideline = load_edition(edition_name)
    status = DONE
    raw: Any = getattr(stdout, "buffer", None)
    for line in _lines(stdin):
        if not line.strip():
            continue
        answer = _answer(line, guideline)
        if "error" in answer:
            status = SOME_REFUSED
        text = _dump(answer) + "\n"
        if raw is None:
            stdout.write(text)
        else:  # 端末の文字コードにかかわらず UTF-8 で書く
            raw.write(text.encode("utf-8"))
    (stdout if raw is None else raw).flush()
    return status
