"""答案を打つ鍵：一つの鍵が一つの肢。ア〜、1〜、a〜 のどれで打っても、その設問の肢になる。"""

import unicodedata
from collections.abc import Iterable, Sequence

_FAMILIES = (
    "アイウエオカキクケコ",
    "123456789",
    "ABCDEFGHIJ",
    "abcdefghij",
    "①②③④⑤⑥⑦⑧⑨",
    "イロハニホヘトチリ",
)
_TYPED = ("アイウエオカキクケコ", "123456789", "abcdefghij")
FEWEST = 4


def choice_labels(known: Iterable[str], count: int = 0) -> tuple[str, ...]:
    """known（正答と答案に出た肢）から、選べる肢の並びを決める。

    同じ仲間（ア〜、1〜、A〜 など）なら、その仲間の初めの count 個（少なくとも known の最後まで、count が 0 なら四つ）。
    仲間が分からなければ known をそのまま使う。
    """
    found = list(dict.fromkeys(known))
    for family in _FAMILIES:
        if all(len(label) == 1 and label in family for label in found):
            last = max((family.index(label) + 1 for label in found), default=0)
            return tuple(family[: max(last, count or FEWEST)])
    return tuple(found)


def label_of(key: str, labels: Sequence[str]) -> str | None:
    """鍵の一字が選ぶ肢。その設問の肢でなければ None。"""
    plain = unicodedata.normalize("NFKC", key)
    for label in labels:
        if plain == unicodedata.normalize("NFKC", label):
            return label
    place = next((f.index(plain.lower()) for f in _TYPED if len(plain) == 1 and plain.lower() in f), None)
    return labels[place] if place is not None and place < len(labels) else None


def known_label(label: str, labels: Sequence[str]) -> bool:
    """保存してよい肢か：並びにあるか、並びと同じ仲間の字であること。"""
    if label in labels:
        return True
    return any(label in f and all(x in f for x in labels) for f in _FAMILIES if len(label) == 1)
