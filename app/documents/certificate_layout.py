"""認定証の紙の設計：resources/certificate の TOML を読み、置き場（pt、左下から）にする。"""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any, cast

from app.documents.fonts import GOTHIC, MINCHO, missing_glyphs
from app.documents.measure import A4, A4_WIDE, GREY, INK, MM, Align, Color
from app.domain.errors import RuleViolation

STANDARD = "landscape"
_FIELD = re.compile(r"\{(\w+)\}")
_BODY = re.compile(r"body([1-9])")
_OWN = frozenset({"number", "birth"})  # 一人ごとに違う値
_SHARED = frozenset({"certified", "valid_from", "expires", "issued", "issuer", "kind"})
_NEEDED = ("number", "certified", "valid_from", "expires", "issued", "issuer", "body1")
_TEXT_KEYS = frozenset(["text", "x", "y", "size", "align", "fit", "tracking", "color", "family", "role"])
_LEAST_QR = 20.0  # これより小さい記号は、ふつうの読み取り機で読めない（mm）


@dataclass(frozen=True)
class TextBlock:
    """一行の置き場。text の {…} は値に替わる。長さは pt。is_title は文書の題にあたる行。"""

    text: str
    x: float
    y: float
    size: float
    align: Align = "left"
    fit: float | None = None
    tracking: float = 0.0
    color: Color = INK
    family: str = MINCHO
    is_title: bool = False

    @property
    def fields(self) -> frozenset[str]:
        """文の中の {…} の名。"""
        return frozenset(_FIELD.findall(self.text))

    def filled(self, values: Mapping[str, str]) -> str:
        """値を入れた文。一つでも値が空なら、行ごと空。"""
        if any(not values.get(name) for name in self.fields):
            return ""
        return _FIELD.sub(lambda found: values[found[1]], self.text)


@dataclass(frozen=True)
class Box:
    """絵の置き場（左・下・幅・高さ、pt）。"""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class NamePlace:
    """氏名の置き場。middle は中央、line は下の線の高さ、width は線の長さ（pt）。"""

    middle: float
    line: float
    width: float
    size: float


@dataclass(frozen=True)
class CertificateLayout:
    """紙の設計一つ。key はファイルの名、digest は中身の SHA-256。"""

    key: str
    title: str
    size: tuple[float, float]
    art: bool
    name: NamePlace
    qr: Box
    seal: Box
    signature: Box
    bodies: Mapping[str, tuple[str, ...]]
    texts: tuple[TextBlock, ...]
    digest: str

    @property
    def mark(self) -> str:
        """台帳に残す名と要約値。"""
        return f"{self.key}:{self.digest[:16]}"

    @cached_property
    def own_texts(self) -> tuple[TextBlock, ...]:
        """一人ごとに違う行。"""
        return tuple(t for t in self.texts if t.fields & _OWN)

    @cached_property
    def shared_texts(self) -> tuple[TextBlock, ...]:
        """同じ日に出す認定証どうしで同じ行。"""
        return tuple(t for t in self.texts if not t.fields & _OWN and not t.is_title)

    @cached_property
    def titles(self) -> tuple[TextBlock, ...]:
        """文書の題にあたる行。"""
        return tuple(t for t in self.texts if t.is_title)


class _Reader:
    """TOML の値を確かめながら読む。誤りは、どの欄かを言う RuleViolation。"""

    def __init__(self, key: str, orientation: str) -> None:
        self.key = key
        self.width, self.height = A4_WIDE if orientation == "landscape" else A4

    def refuse(self, words: str) -> RuleViolation:
        return RuleViolation(f"紙の設計「{self.key}」：{words}")

    def number(self, table: Mapping[str, Any], name: str, where: str, default: float | None = None) -> float:
        value = table.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.refuse(f"{where} の {name} に数がありません。")
        return float(value)

    def box(self, table: Mapping[str, Any], where: str) -> Box:
        square = table.get("side")
        width = self.number(table, "width", where, square) * MM
        height = self.number(table, "height", where, square) * MM
        x = self.number(table, "x", where) * MM
        y = self.height - self.number(table, "y", where) * MM - height
        if x < 0 or y < 0 or x + width > self.width or y + height > self.height:
            raise self.refuse(f"{where} が紙からはみ出しています。")
        return Box(x, y, width, height)

    def text(self, table: Mapping[str, Any], place: int, rows: int) -> TextBlock:
        where = f"{place}番目の [[text]]"
        words = table.get("text")
        if not isinstance(words, str) or not words:
            raise self.refuse(f"{where} に text がありません。")
        if strange := sorted(set(table) - _TEXT_KEYS):
            raise self.refuse(f"{where} の {strange[0]} は使えません。")
        self._check_fields(words, where, rows)
        x, y = self.number(table, "x", where) * MM, self.height - self.number(table, "y", where) * MM
        if not (0 <= x <= self.width and 0 <= y <= self.height):
            raise self.refuse(f"{where}（{words}）が紙からはみ出しています。")
        family = {"gothic": GOTHIC}.get(str(table.get("family", "")), MINCHO)
        if missing := missing_glyphs(_FIELD.sub("", words), family):
            raise self.refuse(f"{where} の {'、'.join(missing)} は印刷できません。")
        align = str(table.get("align", "left"))
        if align not in ("left", "center", "right"):
            raise self.refuse(f"{where} の align は left・center・right のどれかです。")
        fit = self.number(table, "fit", where) * MM if "fit" in table else None
        return TextBlock(
            words, x, y, self.number(table, "size", where), cast(Align, align), fit,
            self.number(table, "tracking", where, 0.0), GREY if table.get("color") == "grey" else INK,
            family, table.get("role") == "title",
        )  # fmt: skip

    def _check_fields(self, words: str, where: str, rows: int) -> None:
        for name in _FIELD.findall(words):
            body = _BODY.fullmatch(name)
            if name not in _OWN | _SHARED and (body is None or int(body[1]) > rows):
                raise self.refuse(f"{where} の {{{name}}} は使えません。")


def parse_layout(key: str, content: str) -> CertificateLayout:
    """設計の TOML を読む。読めないもの、要る値の欠けるもの、紙からはみ出すものは RuleViolation。"""
    try:
        table = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        row = f"{place[1]}行目" if place else "終わりのほう"
        raise RuleViolation(f"紙の設計「{key}」：{row}の書き方が TOML になっていません。") from error
    orientation = table.get("orientation")
    reader = _Reader(key, str(orientation))
    if orientation not in ("landscape", "portrait"):
        raise reader.refuse("orientation は landscape か portrait です。")
    parts = {name: table.get(name) for name in ("name", "qr", "seal", "signature", "body")}
    for part, value in parts.items():
        if not isinstance(value, dict):
            raise reader.refuse(f"[{part}] がありません。")
    bodies = _bodies(reader, cast(dict[str, Any], parts["body"]))
    rows = max(map(len, bodies.values()))
    texts = tuple(reader.text(t, n, rows) for n, t in enumerate(table.get("text", ()), 1))
    used = {name for t in texts for name in t.fields}
    if lacking := [name for name in _NEEDED if name not in used]:
        raise reader.refuse(f"{{{lacking[0]}}} を刷る [[text]] がありません。")
    qr = reader.box(cast(dict[str, Any], parts["qr"]), "[qr]")
    if qr.width < _LEAST_QR * MM or qr.width != qr.height:
        raise reader.refuse(f"[qr] の side は{_LEAST_QR:g} mm 以上にしてください。")
    return CertificateLayout(
        key=key,
        title=str(table.get("title") or key),
        size=(reader.width, reader.height),
        art=bool(table.get("art", True)),
        name=_name(reader, cast(dict[str, Any], parts["name"])),
        qr=qr,
        seal=reader.box(cast(dict[str, Any], parts["seal"]), "[seal]"),
        signature=reader.box(cast(dict[str, Any], parts["signature"]), "[signature]"),
        bodies=bodies,
        texts=texts,
        digest=hashlib.sha256(content.encode()).hexdigest(),
    )


def _bodies(reader: _Reader, table: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    found = {kind: tuple(map(str, table.get(kind) or ())) for kind in ("new", "renewal")}
    for kind, lines in found.items():
        if not lines:
            raise reader.refuse(f"[body] の {kind} に本文がありません。")
        for line in lines:
            if missing := missing_glyphs(line):
                raise reader.refuse(f"[body] の {'、'.join(missing)} は印刷できません。")
    return found


def _name(reader: _Reader, table: Mapping[str, Any]) -> NamePlace:
    where = "[name]"
    middle, width = reader.number(table, "x", where) * MM, reader.number(table, "width", where) * MM
    if middle - width / 2 < 0 or middle + width / 2 > reader.width:
        raise reader.refuse("[name] が紙からはみ出しています。")
    line = reader.height - reader.number(table, "y", where) * MM
    return NamePlace(middle, line, width, reader.number(table, "size", where))


@lru_cache(maxsize=1)
def bundled_layouts() -> Mapping[str, CertificateLayout]:
    """同梱の設計（名から）。"""
    folder = files("resources") / "certificate"
    names = sorted(f.name for f in folder.iterdir() if f.name.endswith(".toml"))
    return {
        name.removesuffix(".toml"): parse_layout(
            name.removesuffix(".toml"), (folder / name).read_text("utf-8")
        )
        for name in names
    }


def standard_layout() -> CertificateLayout:
    """ふだんの設計（A4 横）。"""
    return bundled_layouts()[STANDARD]
