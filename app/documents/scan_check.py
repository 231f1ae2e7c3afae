"""子プロセス：書類の写しが壊れていないかを、時間と記憶の限りの中で確かめる。

標準入力から写しの中身を受け、標準出力へ「符号・改行・文」（受け取れるなら何も書かない）。
"""

import os
import struct
import sys
import zlib
from collections.abc import Callable

from app.domain.errors import InputRefused

MEMORY = 1 << 30
SECONDS = 20
MOST_PAGES = 500
MOST_PIXELS = 60_000_000  # 画面の画像の限り（256 MB）に、4 バイトの点で収まる
_TAIL = 2048
_PROOF_SCALE = 0.2
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_STRIPS, _TILES = (273, 279), (324, 325)
_SIZES = {3: "H", 4: "I"}


def damaged(what: str) -> InputRefused:
    """壊れている写しを断る文。"""
    return InputRefused(
        f"ファイルが壊れています（{what}）。もう一度スキャンするか、送り直してもらってください。", "DAMAGED"
    )


def _pixels(width: int, height: int) -> None:
    if not width or not height:
        raise damaged("大きさのない画像")
    if width * height > MOST_PIXELS:
        raise InputRefused(
            f"画像が大きすぎます（{width:,}×{height:,} 点）。300 dpi ほどでスキャンし直してください。",
            "TOO_LARGE",
        )


def check_pdf(content: bytes) -> None:
    """終わりまであり、どの頁も開けて、初めの頁を描けること。パスワードの掛かった PDF は断る。"""
    import pypdfium2  # 画像だけのときは要らない

    if b"%%EOF" not in content[-_TAIL:]:
        raise damaged("PDF が途中で切れている")
    try:
        document = pypdfium2.PdfDocument(content)
        pages = len(document)
        if not pages:
            raise damaged("頁が一つもない")
        if pages > MOST_PAGES:
            raise InputRefused(
                f"頁が多すぎます（{pages:,}頁、{MOST_PAGES}頁まで）。書類ごとに分けてください。", "TOO_LARGE"
            )
        for number in range(pages):
            document[number].get_size()
        document[0].render(scale=_PROOF_SCALE)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise InputRefused(
                "パスワードの掛かった PDF は受け取れません。パスワードを外した PDF にしてください。",
                "PASSWORD",
            ) from error
        raise damaged("PDF として開けない") from error


def check_jpeg(content: bytes) -> None:
    """印をたどって画像の終わり（EOI）まであること。"""
    place, sized = 2, False
    while True:
        while content[place : place + 2] == b"\xff\xff":
            place += 1
        head = content[place : place + 2]
        if len(head) < 2 or head[0] != 0xFF:
            raise damaged("JPEG が途中で切れている")
        mark = head[1]
        place += 2
        if mark == 0xD9:
            break
        if mark in _ALONE:
            continue
        if place + 2 > len(content):
            raise damaged("JPEG が途中で切れている")
        length = int.from_bytes(content[place : place + 2], "big")
        if mark in _FRAMES and length >= 8:
            height, width = struct.unpack_from(">HH", content.ljust(place + 7, b"\0"), place + 3)
            _pixels(width, height)
            sized = True
        place += length
        if mark == 0xDA:
            place = _next_mark(content, place)
    if not sized:
        raise damaged("JPEG に画像がない")


def _next_mark(content: bytes, place: int) -> int:
    """画像の中身を読み飛ばし、次の印の場所を返す。"""
    while (found := content.find(b"\xff", place)) >= 0:
        following = content[found + 1 : found + 2]
        if following and following[0] != 0 and not 0xD0 <= following[0] <= 0xD7:
            return found
        place = found + 2
    raise damaged("JPEG が途中で切れている")


def check_png(content: bytes) -> None:
    """どの部品も検査の値が合い、終わり（IEND）まであり、画像が解けること。"""
    place, unpacking, kinds = 8, zlib.decompressobj(), set()
    while True:
        if place + 12 > len(content):
            raise damaged("PNG が途中で切れている")
        length, kind = struct.unpack_from(">I4s", content, place)
        body = content[place + 8 : place + 8 + length]
        (proof,) = struct.unpack(">I", content[place + 8 + length : place + 12 + length].ljust(4, b"\0"))
        if len(body) < length or zlib.crc32(kind + body) != proof:
            raise damaged("PNG の中身が合わない")
        if kind == b"IHDR" and length >= 8:
            _pixels(*struct.unpack_from(">II", body))
        if kind == b"IDAT":
            _unpack(unpacking, body)
        kinds.add(kind)
        place += 12 + length
        if kind == b"IEND":
            break
    if not {b"IHDR", b"IDAT"} <= kinds or not unpacking.eof:
        raise damaged("PNG に画像がない")


def _unpack(unpacking: "zlib._Decompress", body: bytes) -> None:
    """解けることだけを見る（解いたものは持たない）。"""
    try:
        unpacking.decompress(body, 1 << 20)
        while unpacking.unconsumed_tail:
            unpacking.decompress(unpacking.unconsumed_tail, 1 << 20)
    except zlib.error as error:
        raise damaged("PNG の中身が合わない") from error


def check_tiff(content: bytes) -> None:
    """どの頁の表も、そこから指された画像の中身も、ファイルの中にあること。"""
    order = "<" if content[:2] == b"II" else ">"
    (place,) = struct.unpack_from(order + "I", content.ljust(8, b"\0"), 4)
    seen: set[int] = set()
    while place:
        if place in seen or len(seen) > MOST_PAGES:
            raise damaged("TIFF の頁がつながっていない")
        seen.add(place)
        place = _tiff_page(content, order, place)
    if not seen:
        raise damaged("TIFF に画像がない")


def _tiff_page(content: bytes, order: str, place: int) -> int:
    try:
        (count,) = struct.unpack_from(order + "H", content, place)
        tags = dict(_tiff_tag(content, order, place + 2 + 12 * n) for n in range(count))
        (following,) = struct.unpack_from(order + "I", content, place + 2 + 12 * count)
    except struct.error as error:
        raise damaged("TIFF が途中で切れている") from error
    _pixels(tags.get(256, [0])[0], tags.get(257, [0])[0])
    for starts, sizes in (_STRIPS, _TILES):
        for start, size in zip(tags.get(starts, []), tags.get(sizes, []), strict=False):
            if start + size > len(content):
                raise damaged("TIFF が途中で切れている")
    return int(following)


def _tiff_tag(content: bytes, order: str, place: int) -> tuple[int, list[int]]:
    """表の一行（番号と値）。数でない値は空。"""
    number, form, count = struct.unpack_from(order + "HHI", content, place)
    letter = _SIZES.get(form)
    if letter is None or count > len(content):
        return number, []
    size = struct.calcsize(letter) * count
    where = place + 8
    if size > 4:
        (where,) = struct.unpack_from(order + "I", content, place + 8)
    return number, list(struct.unpack_from(f"{order}{count}{letter}", content, where))


CHECKS: dict[bytes, Callable[[bytes], None]] = {
    b"%PDF-": check_pdf,
    b"\xff\xd8\xff": check_jpeg,
    b"\x89PNG\r\n\x1a\n": check_png,
    b"II*\x00": check_tiff,
    b"MM\x00*": check_tiff,
}


def check(content: bytes) -> None:
    """壊れている写しなら InputRefused。"""
    for start, test in CHECKS.items():
        if content.startswith(start):
            test(content)
            return
    raise damaged("種類が分からない")


def _limit() -> None:
    """記憶と計算の時間に限りを付ける（Linux など。Windows では親が時間だけを見る）。"""
    if sys.platform == "win32":
        return
    import resource  # Windows にはない

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS + 5, SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def main() -> int:
    """標準入力の写しを確かめ、断るなら符号と文を標準出力へ書く。"""
    with os.fdopen(0, "rb", closefd=False) as source:
        content = source.read()
    _limit()
    answer = ""
    try:
        check(content)
    except InputRefused as refusal:
        answer = f"{refusal.code}\n{refusal}"
    except MemoryError:
        answer = f"DAMAGED\n{damaged('開くのに記憶が足りない')}"
    with os.fdopen(1, "wb", closefd=False) as out:
        out.write(answer.encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
