"""QR の記号：英数字の文を白黒の升目にし、描かれた升目から文を読み戻す。

版と升目の決まりは segno の作る記号から取り、一枚ごとの計算は文の部分だけにする（一枚に千分の一秒以下）。
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from operator import itemgetter
from typing import Any, cast

import segno
from segno import consts

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {char: value for value, char in enumerate(_ALPHABET)}
VERSIONS = range(5, 11)
_MASK = 0  # (行 + 列) が偶数の升を反転する
_PADS = (0xEC, 0x11)
_PRIMITIVE = 0x11D


@dataclass(frozen=True)
class Layout:
    """一つの版の決まり。size は一辺の升の数、places は文の升（行, 列）の順。

    blocks は塊ごとの (文の語数, 訂正の語数)。pick は文のビットの列から升目の順に並べ替え、flips は反転する升。
    """

    version: int
    size: int
    places: tuple[tuple[int, int], ...]
    blocks: tuple[tuple[int, int], ...]
    pick: Callable[[str], tuple[str, ...]]
    flips: int

    @property
    def words(self) -> int:
        """文に使える語（8ビット）の数。"""
        return sum(data for data, _ in self.blocks)

    @property
    def count_bits(self) -> int:
        """字数を書くビットの数。"""
        return 9 if self.version <= 9 else 11


def _zigzag(size: int) -> Iterator[tuple[int, int]]:
    """右下から、二列ずつ上り下りする順。"""
    upwards = True
    for right in (c if c > 6 else c - 1 for c in range(size - 1, 0, -2)):
        for step in range(size):
            row = size - 1 - step if upwards else step
            yield row, right
            yield row, right - 1
        upwards = not upwards


@lru_cache(maxsize=32)
def layout(version: int) -> Layout:
    """版の決まり（誤り訂正 M、升目の反転 0）。"""
    model = segno.make("0", version=version, error="m", mask=_MASK, boost_error=False, micro=False)
    kinds: list[list[Any]] = [list(row) for row in cast(Any, model).matrix_iter(border=0, verbose=True)]
    free = (consts.TYPE_DATA_DARK, consts.TYPE_DATA_LIGHT)
    size = len(kinds)
    # segno はこの升を形式の升と言うが、規格では文の升である（数も合わない）
    kinds[8][size - 9] = consts.TYPE_DATA_LIGHT
    places = tuple((r, c) for r, c in _zigzag(size) if kinds[r][c] in free)
    blocks = tuple(
        (info.num_data, info.num_total - info.num_data)
        for info in cast(Any, consts).ECC[version][consts.ERROR_LEVEL_M]
        for _ in range(info.num_blocks)
    )
    # 図形の升は、文のビットの後に付け足す「01」のどちらかを指す
    place_of = {place: number for number, place in enumerate(places)}
    order, flips = [], 0
    for r, c in _grid(size):
        dark = c < size and (r, c) not in place_of and kinds[r][c] >> 8 > 0
        order.append(place_of.get((r, c), len(places) + dark))
        flips = flips << 1 | ((r, c) in place_of and (r + c) % 2 == 0)
    return Layout(version, size, places, blocks, itemgetter(*order), flips)


def _grid(size: int) -> Iterator[tuple[int, int]]:
    """行ごとにバイトの境まで埋めた升目の順。"""
    return ((r, c) for r in range(size) for c in range((size + 7) // 8 * 8))


def _words(text: str, plan: Layout) -> bytes:
    """英数字の文を語の列にする。"""
    bits = (0b0010 << plan.count_bits) | len(text)
    length = 4 + plan.count_bits
    for i in range(0, len(text), 2):
        pair = text[i : i + 2]
        if len(pair) == 2:
            bits, length = bits << 11 | (_VALUES[pair[0]] * 45 + _VALUES[pair[1]]), length + 11
        else:
            bits, length = bits << 6 | _VALUES[pair], length + 6
    room = plan.words * 8
    end = min(4, room - length)
    bits, length = bits << end, length + end
    spare = -length % 8
    data = (bits << spare).to_bytes((length + spare) // 8, "big")
    return data + bytes(_PADS[i % 2] for i in range(plan.words - len(data)))


@lru_cache(maxsize=8)
def _remainders(count: int) -> tuple[int, ...]:
    """頭の一語ごとの、生成多項式による余り（count 語の整数）。"""
    exp = [1]
    for _ in range(254):
        exp.append(exp[-1] << 1 ^ (_PRIMITIVE if exp[-1] & 0x80 else 0))
    log = {value: i for i, value in enumerate(exp)}

    def times(a: int, b: int) -> int:
        return exp[(log[a] + log[b]) % 255] if a and b else 0

    generator = [1]
    for i in range(count):
        shifted = [*generator, 0]
        generator = [a ^ times(b, exp[i]) for a, b in zip(shifted, [0, *generator], strict=True)]
    return tuple(int.from_bytes(bytes(times(lead, g) for g in generator[1:]), "big") for lead in range(256))


def _corrections(data: bytes, count: int) -> bytes:
    table = _remainders(count)
    top, mask, rest = 8 * (count - 1), (1 << 8 * count) - 1, 0
    for word in data:
        rest = (rest << 8 & mask) ^ table[(rest >> top) ^ word]
    return rest.to_bytes(count, "big")


def _split(words: bytes, plan: Layout) -> list[bytes]:
    """語の列を塊に分ける。"""
    blocks, start = [], 0
    for data, _ in plan.blocks:
        blocks.append(words[start : start + data])
        start += data
    return blocks


def _interleaved(blocks: list[bytes]) -> bytes:
    return bytes(w for row in zip_longest(*blocks) for w in row if w is not None)


@dataclass(frozen=True)
class Symbol:
    """記号。size は一辺の升の数、data は一升一ビット（1 が黒）で、行ごとにバイトの境にそろえる。"""

    size: int
    data: bytes

    def rows(self) -> tuple[bytes, ...]:
        """行ごとに、一升一バイト（1 が黒）。"""
        width = (self.size + 7) // 8
        return tuple(
            bytes(self.data[r * width + c // 8] >> (7 - c % 8) & 1 for c in range(self.size))
            for r in range(self.size)
        )


def encode(text: str) -> Symbol:
    """英数字（45種）の文を記号にする。長すぎれば ValueError。"""
    plan = next((p for p in map(layout, VERSIONS) if _needed(text, p) <= p.words * 8), None)
    if plan is None:
        raise ValueError("文が長すぎて記号に入らない")
    blocks = _split(_words(text, plan), plan)
    fixes = [_corrections(b, n) for b, (_, n) in zip(blocks, plan.blocks, strict=True)]
    stream = _interleaved(blocks) + _interleaved(fixes)
    bits = f"{int.from_bytes(stream, 'big'):0{len(stream) * 8}b}".ljust(len(plan.places), "0") + "01"
    modules = int("".join(plan.pick(bits)), 2) ^ plan.flips
    return Symbol(plan.size, modules.to_bytes(plan.size * ((plan.size + 7) // 8), "big"))


def _needed(text: str, plan: Layout) -> int:
    return 4 + plan.count_bits + len(text) // 2 * 11 + len(text) % 2 * 6


def decode(rows: tuple[bytes, ...]) -> str | None:
    """encode の作る記号から文を読む。誤りは直さない（読めなければ None）。"""
    version = (len(rows) - 17) // 4
    if version not in VERSIONS or len(rows) != version * 4 + 17:
        return None
    plan = layout(version)
    bits = "".join(str(rows[r][c] ^ ((r + c) % 2 == 0)) for r, c in plan.places)
    stream = [int(bits[i : i + 8], 2) for i in range(0, plan.words * 8, 8)]
    blocks: list[list[int]] = [[] for _ in plan.blocks]
    longest = max(data for data, _ in plan.blocks)
    words = iter(stream)
    for place in range(longest):
        for block, (data, _) in zip(blocks, plan.blocks, strict=True):
            if place < data:
                block.append(next(words))
    return _text("".join(f"{w:08b}" for block in blocks for w in block), plan)


def _text(bits: str, plan: Layout) -> str | None:
    start = 4 + plan.count_bits
    count = int(bits[4:start], 2)
    if bits[:4] != "0010" or start + count // 2 * 11 + count % 2 * 6 > len(bits):
        return None
    out = []
    for _ in range(count // 2):
        value = int(bits[start : start + 11], 2)
        if value >= 45 * 45:
            return None
        out.append(_ALPHABET[value // 45] + _ALPHABET[value % 45])
        start += 11
    if count % 2:
        value = int(bits[start : start + 6], 2)
        if value >= 45:
            return None
        out.append(_ALPHABET[value])
    return "".join(out)
