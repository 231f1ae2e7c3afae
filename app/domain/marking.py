"""記述の採点：二人が別々に読み、差が開けば三人目が読む。得点は読みからいつでも計算し直せる。

三人目の読みが入ったら三つの中央の値とする。三人目を他の二人と同じ重さの一読みと数え、一人だけ離れた点に
結果を引かれないためである（専門家の読みだけを採る、近い二つの平均を取る、といった慣行もある）。
"""

from collections.abc import Collection, Mapping
from enum import StrEnum

FIRST, SECOND, THIRD = 1, 2, 3
READING_WORDS = {FIRST: "一人目", SECOND: "二人目", THIRD: "三人目"}
_THREE = 3


class Standing(StrEnum):
    """一人の人から見た、答一つの立ち位置。"""

    TO_READ = "to_read"  # この人が読む
    WAITING = "waiting"  # この人は読んだ。ほかの人を待つ
    SETTLED = "settled"  # 点が決まった


def half_up(total: int, count: int) -> int:
    """平均の端数を四捨五入した整数（0.5 は切り上げ）。total は 0 以上。"""
    return (2 * total + count) // (2 * count)


def next_reading(marks: Mapping[int, int], gap: int) -> int | None:
    """次に要る読み（1・2・3）。点が決まっていれば None。marks は読みから点へ、gap は許す差（点）。"""
    if FIRST not in marks:
        return FIRST
    if SECOND not in marks:
        return SECOND
    if THIRD not in marks and abs(marks[FIRST] - marks[SECOND]) > gap:
        return THIRD
    return None


def settled(marks: Mapping[int, int], gap: int) -> int | None:
    """決まった点。二人の平均（四捨五入）、三人目がいれば三つの中央の値。まだ決まらなければ None。"""
    if next_reading(marks, gap) is not None:
        return None
    points = sorted(marks.values())
    return points[1] if len(points) == _THREE else half_up(sum(points), len(points))


def standing(marks: Mapping[int, int], gap: int, readers: Collection[str], me: str) -> Standing:
    """人 me から見た立ち位置。同じ答を二度読むことはない。"""
    if next_reading(marks, gap) is None:
        return Standing.SETTLED
    return Standing.WAITING if me in readers else Standing.TO_READ
