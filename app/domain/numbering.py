"""認定番号：書式・次の番号・隙間と重なりの検査。"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.errors import InputRefused

_DIGITS = re.compile(r"\{(\d)桁\}")


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
        text = self.pattern.replace("{年度略}", f"R{fiscal_year - 2018}").replace("{期}", str(term))
        return _DIGITS.sub(f"{serial:0{width}d}", text)


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
