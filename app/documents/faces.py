"""同梱の書体：ファイルの確かめ、字の有無、字のまとまり（基底・選択子・付く記号）。"""

import hashlib
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path

import uharfbuzz as hb

from app.domain.errors import RuleViolation

_MEND = "プログラムを入れ直してください（保存した記録はそのままです）。"
_JOINERS = "\u200c\u200d"
_STACKERS = "\u1039\u094d\u200d"


def is_selector(char: str) -> bool:
    """異体字選択子か。"""
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def _sticks(char: str, before: str) -> bool:
    """前の字に付いて一つのまとまりになるか。"""
    if is_selector(char) or char in _JOINERS or unicodedata.category(char) in ("Mn", "Mc", "Me"):
        return True
    # 子音を重ねる印（ビラーマ）の次の字は、前の字と一つの形になる
    return before in _STACKERS and unicodedata.category(char) == "Lo"


def clusters(text: str) -> tuple[str, ...]:
    """字のまとまりに分ける。つなげば元の文に等しい。"""
    found: list[str] = []
    for char in text:
        if found and _sticks(char, found[-1][-1]):
            found[-1] += char
        else:
            found.append(char)
    return tuple(found)


@dataclass(frozen=True)
class Face:
    """一つの書体。大きさの単位は em の千分の一（PDF の字幅と同じ）。"""

    file_name: str
    font: hb.Font

    @cached_property
    def name(self) -> str:
        """PDF に書く書体名（PostScript 名）。"""
        name = self.font.face.get_name(hb.OTNameIdPredefined.POSTSCRIPT_NAME)
        return str(name or Path(self.file_name).stem)

    @cached_property
    def scale(self) -> float:
        """書体の単位から千分の一 em への倍率。"""
        return 1000 / float(self.font.face.upem)

    def covers(self, cluster: str) -> bool:
        """まとまりのすべての字（選択子はその形）を描けるか。"""
        font, place = self.font, 0
        while place < len(cluster):
            char = cluster[place]
            following = cluster[place + 1] if place + 1 < len(cluster) else ""
            if following and is_selector(following):
                if font.get_variation_glyph(ord(char), ord(following)) is None:
                    return False
                place += 2
                continue
            if char not in _JOINERS and not font.get_nominal_glyph(ord(char)):
                return self._composed(cluster)
            place += 1
        return True

    def _composed(self, cluster: str) -> bool:
        # 組み立て済みの字だけを持つ書体がある（HarfBuzz は描くときに組み立てる）。保存する字は変えない
        whole = unicodedata.normalize("NFC", cluster)
        return len(whole) == 1 and bool(self.font.get_nominal_glyph(ord(whole)))

    def width(self, glyph: int) -> float:
        """送り幅（千分の一 em）。"""
        return float(self.font.get_glyph_h_advance(glyph)) * self.scale


def _folder() -> Traversable:
    return files("resources") / "fonts"


@lru_cache(maxsize=1)
def _sums() -> dict[str, str]:
    try:
        lines = (_folder() / "SHA256SUMS").read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise RuleViolation(f"書体の一覧（SHA256SUMS）が読めません。{_MEND}") from error
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


@lru_cache(maxsize=32)
def load_face(file_name: str) -> Face:
    """書体を一度だけ読む。ファイルがないか要約値が合わなければ RuleViolation。"""
    with as_file(_folder() / file_name) as path:
        return checked_face(path, _sums().get(file_name, ""))


def checked_face(path: Path, digest: str) -> Face:
    """要約値（SHA-256 の十六進）が digest に等しい書体を読む。なければ、または違えば RuleViolation。"""
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise RuleViolation(f"書体ファイル {path.name} がないため、書類を作れません。{_MEND}") from error
    if found != digest:
        raise RuleViolation(f"書体ファイル {path.name} が壊れているため、書類を作れません。{_MEND}")
    # Windows では、日本語を含む場所のファイルを HarfBuzz が自分では開けない
    blob = hb.Blob.from_file_path(str(path)) if str(path).isascii() else hb.Blob(path.read_bytes())
    return Face(path.name, hb.Font(hb.Face(blob)))
