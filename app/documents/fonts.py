"""書体の並びと字送り：打たれたとおりの氏名を、あるだけの書体から選んで組む。"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from typing import NoReturn

import uharfbuzz as hb

from app.documents.faces import Face, clusters, load_face
from app.domain.errors import RuleViolation

MINCHO = "mincho"
GOTHIC = "gothic"
BOLD = "bold"

_KANJI = ("ipamjm.ttf", "HanaMinA.ttf")
_OTHERS = ("NotoSerifThai", "NotoSerifMyanmar", "NotoSerifDevanagari", "NotoNaskhArabic")
_OTHERS_SANS = ("NotoSansThai", "NotoSansMyanmar", "NotoSansDevanagari", "NotoSansArabic")
_CHAINS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    # 日本語・欧文・その他の文字
    MINCHO: (
        "BIZUDMincho-Regular.ttf",
        "NotoSerif-Regular.ttf",
        (*(f"{n}-Regular.ttf" for n in _OTHERS), "NanumMyeongjo.ttf"),
    ),
    GOTHIC: (
        "BIZUDGothic-Regular.ttf",
        "NotoSans-Regular.ttf",
        (*(f"{n}-Regular.ttf" for n in _OTHERS_SANS), "NanumGothic.ttf"),
    ),
    BOLD: (
        "BIZUDGothic-Bold.ttf",
        "NotoSans-Bold.ttf",
        (*(f"{n}-Regular.ttf" for n in _OTHERS_SANS), "NanumGothic.ttf"),
    ),
}
# dlig は令和を ㋿ に変えるので使わない。ほかの既定（ccmp・mark など）は文字の形に要る
_FEATURES = {"kern": True, "liga": True, "dlig": False}


@dataclass(frozen=True)
class Glyph:
    """字形一つ。text はこの字形が表す元の文（続きの字形は空）。単位は千分の一 em。"""

    number: int
    text: str
    advance: float
    x: float
    y: float


@dataclass(frozen=True)
class Run:
    """一つの書体で続けて描く部分。actual が真なら、字形の並びと文が一対一でない。"""

    face: Face
    text: str
    glyphs: tuple[Glyph, ...]
    actual: bool


@dataclass(frozen=True)
class Line:
    """組んだ一行。width は em を単位とする長さ。"""

    text: str
    runs: tuple[Run, ...]
    width: float


def _is_latin(cluster: str) -> bool:
    """ローマ字・キリル文字・ギリシャ文字とその数字や記号か（一行の中で同じ書体にそろえる）。"""
    char = cluster[0]
    return char < "\u0530" or "\u1e00" <= char <= "\u1fff" or char in "‐‑‘’"


def _is_kanji(cluster: str) -> bool:
    char = cluster[0]
    return "\u2e80" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or char >= "\U00020000"


def _order(family: str, cluster: str) -> tuple[str, ...]:
    japanese, latin, others = _CHAINS[family]
    if _is_kanji(cluster):
        return (japanese, *_KANJI, *others)
    if _is_latin(cluster):
        # 日本語の書体のローマ字は等幅（キリル文字は全角）で、人の名には向かない
        return (latin, japanese, *others, *_KANJI)
    # 大きい IPAmj は、ほかのどれにもないときだけ読む
    return (japanese, latin, *others, *_KANJI)


@lru_cache(maxsize=8192)
def _face_of(family: str, cluster: str) -> str | None:
    return next((name for name in _order(family, cluster) if load_face(name).covers(cluster)), None)


def missing_glyphs(text: str, family: str = MINCHO) -> tuple[str, ...]:
    """どの書体でも描けない字のまとまり（重なりなし、現れた順）。空なら印刷できる。"""
    return tuple(dict.fromkeys(c for c in clusters(text) if _face_of(family, c) is None))


def _refuse(text: str, part: str) -> NoReturn:
    codes = " ".join(f"U+{ord(c):04X}" for c in part)
    raise RuleViolation(
        f"「{text}」の中の {part}（{codes}）は、どの書体にもないため印刷できません。別の字に直してください。"
    )


def _assign(family: str, text: str) -> list[tuple[str, str]]:
    """(書体, 文) の並び。どの書体にもない字があれば RuleViolation（箱を印刷することはない）。"""
    parts = clusters(text)
    chosen: list[tuple[str, str]] = []
    for part in parts:
        if part == " " and chosen:
            name = chosen[-1][0]
            if not load_face(name).covers(part):
                name = _CHAINS[family][0]
        else:
            name = _face_of(family, part) or _refuse(text, part)
        chosen.append((name, part))
    return [(name, "".join(p for _, p in group)) for name, group in groupby(chosen, key=lambda c: c[0])]


def _shape_run(face: Face, text: str) -> Run:
    buffer = hb.Buffer()
    buffer.add_codepoints([ord(c) for c in text])
    buffer.guess_segment_properties()
    buffer.language = "ja"
    hb.shape(face.font, buffer, _FEATURES)
    infos, positions = buffer.glyph_infos, buffer.glyph_positions
    starts = sorted({info.cluster for info in infos})
    ends = dict(pairwise([*starts, len(text)]))
    seen: set[int] = set()
    glyphs = []
    for info, place in zip(infos, positions, strict=True):
        own = "" if info.cluster in seen else text[info.cluster : ends[info.cluster]]
        seen.add(info.cluster)
        s = face.scale
        glyphs.append(Glyph(info.codepoint, own, place.x_advance * s, place.x_offset * s, place.y_offset * s))
    # 右から書く文字は、読むプログラムが字形の並びから元の順に直すので、文を添えない
    actual = buffer.direction != "rtl" and len(seen) < len(glyphs)
    return Run(face, text, tuple(glyphs), actual)


@lru_cache(maxsize=4096)
def shape(text: str, family: str = MINCHO) -> Line:
    """一行を組む。family は MINCHO・GOTHIC・BOLD。改行は含めない。"""
    runs = tuple(_shape_run(load_face(name), part) for name, part in _assign(family, text))
    return Line(text, runs, sum(g.advance for r in runs for g in r.glyphs) / 1000)


def text_width(text: str, size: float, family: str = MINCHO) -> float:
    """size（pt）で組んだ長さ（pt）。"""
    return shape(text, family).width * size


def ink_below(text: str, family: str = MINCHO) -> float:
    """字の下の端が基線からどれだけ下がるか（em、下がらなければ 0）。"""
    lowest = 0.0
    for run in shape(text, family).runs:
        for glyph in run.glyphs:
            extents = run.face.font.get_glyph_extents(glyph.number)
            if extents is not None:
                bottom = (extents.y_bearing + extents.height) * run.face.scale + glyph.y
                lowest = min(lowest, bottom)
    return -lowest / 1000


_NO_START = "、。，．・：；？！）」』】〕〉》ゝゞ々ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ％℃"
_NO_END = "（「『【〔〈《"


def _breakable(before: str, after: str) -> bool:
    if after[0] in _NO_START or before[0] in _NO_END or after == " ":
        return False
    # ローマ字の語と数の途中では折らない
    return not (_is_latin(before) and _is_latin(after) and before != " ")


def wrap(text: str, size: float, width: float, family: str = MINCHO) -> tuple[str, ...]:
    """幅 width（pt）に折り返す。改行は生かし、句読点は行の頭に置かない。"""
    lines: list[str] = []
    for paragraph in text.replace("\t", "　").splitlines() or [""]:
        lines += _wrap_one(clusters(paragraph), size, width, family)
    return tuple(lines)


def _wrap_one(parts: tuple[str, ...], size: float, width: float, family: str) -> list[str]:
    lines: list[str] = []
    current: list[str] = []
    length = 0.0
    for part in parts:
        wide = text_width(part, size, family)
        if current and length + wide > width + 0.01:
            cut = _cut(current, part)
            lines.append("".join(current[:cut]))
            current = current[cut:]
            length = sum(text_width(c, size, family) for c in current)
        current.append(part)
        length += wide
    return [*lines, "".join(current)]


def _cut(current: list[str], following: str) -> int:
    row = [*current, following]
    return next((i for i in range(len(current), 0, -1) if _breakable(row[i - 1], row[i])), len(current))
