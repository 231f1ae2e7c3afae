"""認定番号：書式・次の番号・隙間と重なりの検査。"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.errors import InputRefused

_DIGITS = re.compile(r"\{([1-9])桁\}")
_PARTS = re.compile(r"(\{年度略\}|\{期\}|\{[1-9]桁\})")
_REIWA = 2018  # 令和 n 年度は 2018 + n 年度


@dataclass(frozen=True)
class ParsedNumber:
    """読み取った番号。書式にない年度（西暦）・期は空。"""

    fiscal_year: int | None
    term: int | None
    serial: int


@dataclass(frozen=True)
class NumberFormat:
    """番号の書式。{年度略}（R7）・{期}・{4桁} を置き換える。"""

    pattern: str = "第{年度略}-{期}-{4桁}号"

    def __post_init__(self) -> None:
        """桁がちょうど一つなければ断る。"""
        if len(_DIGITS.findall(self.pattern)) != 1:
            raise InputRefused("認定番号の書式には {4桁} のような桁をちょうど一つ入れてください。")
        rest = _DIGITS.sub("", self.pattern.replace("{年度略}", "").replace("{期}", ""))
        if "{" in rest or "}" in rest:
            raise InputRefused("認定番号の書式に使えるのは {年度略}・{期}・{4桁} です。")

    def format(self, fiscal_year: int, term: int, serial: int) -> str:
        """番号の文字。桁に収まらなければ InputRefused。"""
        width = int(_DIGITS.findall(self.pattern)[0])
        if serial < 1 or len(str(serial)) > width:
            raise InputRefused(f"{serial}番は{width}桁に収まりません。設定で書式の桁を増やしてください。")
        if fiscal_year <= _REIWA:
            raise InputRefused(f"{fiscal_year}年度は令和より前です。研修期の年度を確かめてください。")
        text = self.pattern.replace("{年度略}", f"R{fiscal_year - _REIWA}").replace("{期}", str(term))
        return _DIGITS.sub(f"{serial:0{width}d}", text)

    def parse(self, text: str) -> ParsedNumber | None:
        """この書式で作られた番号を読む。

        作られ得ない文字（桁の不足、0番、全角など）と、二通りに読める文字（区切りのない書式）は None。
        """
        order = [part for part in _PARTS.split(self.pattern) if part]
        names = ["serial" if _DIGITS.fullmatch(p) else p for p in order if _PARTS.fullmatch(p)]
        # 最も長く取る読みと最も短く取る読みが同じなら、読みは一つしかない
        longest, shortest = (
            re.fullmatch("".join(_regex(part, more) for part in order), text) for more in ("*", "*?")
        )
        if longest is None or shortest is None or longest.groups() != shortest.groups():
            return None
        pairs = set(zip(names, map(int, longest.groups()), strict=True))
        found = dict(pairs)
        if len(found) < len(pairs) or found["serial"] == 0:
            return None  # 同じ項目が二度ある書式で食い違うか、0番
        year = found.get("{年度略}")
        return ParsedNumber(None if year is None else year + _REIWA, found.get("{期}"), found["serial"])


def _regex(part: str, more: str) -> str:
    if digits := _DIGITS.fullmatch(part):
        return f"([0-9]{{{digits[1]}}})"
    known = {"{年度略}": f"R([1-9][0-9]{more})", "{期}": f"([1-9][0-9]{more})"}
    return known.get(part, re.escape(part))


def next_serial(serials: Iterable[int], voided: Iterable[int] = ()) -> int:
    """次の番号。欠番とした番号も二度と使わない。"""
    return max((*serials, *voided), default=0) + 1


def gaps(serials: Iterable[int], voided: Iterable[int] = ()) -> tuple[int, ...]:
    """1から最大までのうち、使われても欠番とされてもいない番号。"""
    used, explained = set(serials), set(voided)
    return tuple(
        n for n in range(1, max(used | explained, default=0) + 1) if n not in used and n not in explained
    )


def repeats(serials: Iterable[int]) -> tuple[int, ...]:
    """二度使われた番号。"""
    seen: set[int] = set()
    found = []
    for serial in serials:
        if serial in seen:
            found.append(serial)
        seen.add(serial)
    return tuple(sorted(set(found)))
