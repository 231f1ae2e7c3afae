"""同じ人かもしれないこと：二つの記録を比べ、似ているわけを言葉で言う。決めるのは人である。"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from app.domain.names import search_key

_SHORTEST_READING = 4  # これより短い読みの一字違いは、ただ別の名であることが多い
_SHORTEST_PHONE = 6  # これより短い番号（内線など）では見分けない
_NAMES = {
    "name": "氏名",
    "alias": "通称",
    "former_name": "旧姓",
    "roman_name": "ローマ字",
    "certificate_name": "証書表記",
}


def phone_digits(text: str) -> str:
    """電話の数字だけ（国番号の +81 は 0 に直す）。書き方の違い（全角・横棒・括弧・空白）を畳む。"""
    plain = unicodedata.normalize("NFKC", text).strip()
    digits = "".join(c for c in plain if c.isdecimal() and c.isascii())
    return f"0{digits[2:].lstrip('0')}" if plain.startswith("+81") else digits


@dataclass(frozen=True)
class Identity:
    """人を見分ける値。氏名は打たれたまま。"""

    name: str
    birth_date: date
    reading: str = ""
    roman_name: str = ""
    certificate_name: str = ""
    alias: str = ""
    former_name: str = ""
    phone: str = ""
    email: str = ""

    @cached_property
    def read_as(self) -> str:
        """読みの鍵。フリガナのない人（ローマ字だけの人）は氏名の鍵。"""
        return search_key(self.reading or self.name)

    @cached_property
    def names(self) -> dict[str, str]:
        """名の鍵から、その名の種類（氏名・旧姓 など）へ。旧姓が姓だけなら、いまの名と合わせたものも。"""
        found: dict[str, str] = {}
        for field, label in _NAMES.items():
            if key := search_key(getattr(self, field)):
                found.setdefault(key, label)
        parts = re.split(r"\s+", self.name.strip())
        if self.former_name and len(parts) == 2 and not re.search(r"\s", self.former_name.strip()):
            found.setdefault(search_key(self.former_name + parts[1]), "旧姓")
        return found

    @cached_property
    def contacts(self) -> dict[str, str]:
        """連絡先（電話の数字・メール）から、その種類へ。"""
        found = {}
        digits = phone_digits(self.phone)
        if len(digits) >= _SHORTEST_PHONE:
            found[digits] = "電話"
        if email := unicodedata.normalize("NFKC", self.email).strip().casefold():
            found[email] = "メール"
        return found

    @cached_property
    def day(self) -> tuple[int, int, int]:
        """生年月日。月と日を入れ替えても同じになる形（小さい方を先に）。"""
        born = self.birth_date
        return (born.year, min(born.month, born.day), max(born.month, born.day))

    def same_day_keys(self) -> Iterator[tuple[str, str]]:
        """day の同じ人どうしで、似ていれば必ず一つは等しくなる鍵。"""
        for key in {*self.names, self.read_as}:
            yield "名", key
        for contact in self.contacts:
            yield "連絡先", contact
        yield from (("読み", part) for part in _one_less(self.read_as))

    def contact_keys(self) -> Iterator[tuple[str, str]]:
        """生年月日の違う人どうしで、似ていれば必ず一つは等しくなる鍵。"""
        for contact in self.contacts:
            for key in {*self.names, self.read_as}:
                yield contact, key


def _one_less(text: str) -> set[str]:
    """そのものと、一字を除いたもの（一字違いの二つは、どれかが等しい）。短いものは空。"""
    if len(text) < _SHORTEST_READING:
        return set()
    return {text} | {text[:i] + text[i + 1 :] for i in range(len(text))}


def one_character_apart(one: str, other: str) -> bool:
    """一字だけ違う（替わる・多い・足りない）なら真。"""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    return longer[start + 1 :] == shorter[start + (len(one) == len(other)) :]


@dataclass(frozen=True)
class Likeness:
    """似ているわけ（文の並び）。strong は、同じ人と見てほぼよいもの。"""

    reasons: tuple[str, ...]
    strong: bool


def _same_day(one: Identity, other: Identity) -> tuple[list[str], list[str]]:
    """生年月日の同じ二人の、強いわけと弱いわけ。"""
    strong, weak = [], []
    if one.read_as == other.read_as and (one.reading or other.reading):
        label = "フリガナ" if one.reading and other.reading else "氏名とフリガナ"
        strong.append(f"{label}と生年月日が同じです。")
    for key in one.names.keys() & other.names.keys():
        mine, theirs = one.names[key], other.names[key]
        if mine == theirs:
            strong.append(f"{mine}と生年月日が同じです。")
        else:
            first, second = sorted((mine, theirs), key=list(_NAMES.values()).index)
            strong.append(f"一方の{second}がもう一方の{first}と同じで、生年月日も同じです。")
    for contact in one.contacts.keys() & other.contacts.keys():
        strong.append(f"{one.contacts[contact]}と生年月日が同じです。")
    long_enough = min(len(one.read_as), len(other.read_as)) >= _SHORTEST_READING
    if long_enough and one_character_apart(one.read_as, other.read_as):
        weak.append("フリガナが一字だけ違い、生年月日が同じです。")
    return strong, weak


def _other_day(one: Identity, other: Identity) -> list[str]:
    """生年月日の違う二人の、弱いわけ。"""
    same = one.read_as == other.read_as or bool(one.names.keys() & other.names.keys())
    if not same:
        return []
    if one.day == other.day:
        return ["氏名かフリガナが同じで、生年月日の月と日が入れ替わっています。"]
    contacts = one.contacts.keys() & other.contacts.keys()
    return [
        f"氏名かフリガナと{words}が同じで、生年月日が違います。"
        for words in sorted({one.contacts[c] for c in contacts})
    ]


def likeness(one: Identity, other: Identity) -> Likeness | None:
    """二人の似ているわけ。似ていなければ None。順を替えても同じ。"""
    strong, weak = (
        _same_day(one, other) if one.birth_date == other.birth_date else ([], _other_day(one, other))
    )
    reasons = tuple(dict.fromkeys([*sorted(strong), *weak]))
    return Likeness(reasons, bool(strong)) if reasons else None
