"""認定証：紙の設計のとおりに、一人一ページ。同じ値からはいつも同じバイト列ができる。"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING

from app.documents import artwork, qr
from app.documents.certificate_layout import (
    Box,
    CertificateLayout,
    NamePlace,
    TextBlock,
    standard_layout,
)
from app.documents.fonts import ink_below, missing_glyphs, text_width
from app.domain.calendar import wareki
from app.domain.errors import RuleViolation

if TYPE_CHECKING:
    from app.documents.tagging import TaggedPaper

_GOLD = "0.72 0.60 0.33"
_PALE = "0.93 0.90 0.81"
_SEAL = "0.78 0.33 0.28"
_ART, _TILE, _CORNER, _TITLE = "art", "tile", "corner", "title"
_TILE_LENGTH = 92.0
_KINDS = {"reissue": "（再交付）", "rewrite": "（書換）", "correction": "（訂正）"}
_QR_WORDS = "検証用コード"


@dataclass(frozen=True)
class CertificateFace:
    """一枚に印刷する値。kind は new・renewal・reissue・rewrite・correction、qr_text は署名した文。"""

    number: str
    name: str
    birth_date: date | None
    decided_on: date
    certified_on: date
    issued_on: date
    valid_from: date
    expires_on: date
    issuer_title: str
    issuer_name: str
    kind: str
    qr_text: str


@dataclass(frozen=True)
class CertificatePaper:
    """紙の設計と、公印・署名の絵（PNG か JPEG のバイト列、なければ空）。"""

    layout: CertificateLayout = field(default_factory=standard_layout)
    seal: bytes = b""
    signature: bytes = b""

    @property
    def mark(self) -> str:
        """台帳に残す名と要約値（設計か絵が替われば変わる）。"""
        digest = hashlib.sha256(self.layout.digest.encode())
        for picture in (self.seal, self.signature):
            digest.update(hashlib.sha256(picture).digest())
        return f"{self.layout.key}:{digest.hexdigest()[:16]}"


def render_certificates(faces: Sequence[CertificateFace], paper: CertificatePaper | None = None) -> bytes:
    """一人一ページの、印（タグ）としおりの付いた PDF。描けない字があれば RuleViolation（箱は印刷しない）。"""
    from app.documents.tagging import TaggedPaper  # 画面の立ち上がりを遅らせないよう、刷るときに読む

    paper = paper or CertificatePaper()
    layout = paper.layout
    _check(faces)
    title = f"認定証　{faces[0].number}" if len(faces) == 1 else f"認定証　{len(faces)}枚"
    sheet = TaggedPaper(title, "外国人支援コーディネーター認定証", layout.size, faces[0].issued_on)
    _draw_art(sheet, layout)
    _draw_title(sheet, layout)
    shared: dict[tuple[object, ...], str] = {}
    for face in faces:
        key = _shared_key(face)
        if key not in shared:
            shared[key] = f"shared{len(shared) + 1}"
            _draw_shared(sheet, shared[key], face, paper)
        sheet.bookmark(f"{face.number}　{face.name}")
        _draw_page(sheet, face, layout, shared[key])
        sheet.showPage()
    return sheet.finish()


def _draw_page(sheet: "TaggedPaper", face: CertificateFace, layout: CertificateLayout, shared: str) -> None:
    sheet.artifact()
    sheet.doForm(_ART)
    sheet.end()
    sheet.tag("H1")
    sheet.doForm(_TITLE)
    sheet.end()
    sheet.tag("P")
    values = {"number": face.number, "birth": wareki(face.birth_date) + "生" if face.birth_date else ""}
    _draw_texts(sheet, layout.own_texts, values)
    _draw_name(sheet, face.name, layout.name)
    sheet.end()
    sheet.tag("P")
    sheet.doForm(shared)
    sheet.end()
    sheet.tag("Figure", _QR_WORDS)
    box = layout.qr
    sheet.emit(qr.operators(face.qr_text, (box.x, box.y, box.width)))
    sheet.end()


def shared_values(face: CertificateFace | qr.Signed, layout: CertificateLayout) -> dict[str, str]:
    """一人ごとではない {…} の値。署名から読んだ値なら、日付だけ。"""
    found = {
        "certified": wareki(face.certified_on),
        "valid_from": wareki(face.valid_from),
        "expires": wareki(face.expires_on),
        "issued": wareki(face.issued_on),
    }
    if isinstance(face, CertificateFace):
        issuer = f"{face.issuer_title}　　{face.issuer_name}" if face.issuer_name else face.issuer_title
        found |= {"issuer": issuer, "kind": _KINDS.get(face.kind, "")}
        body = layout.bodies.get(face.kind, layout.bodies["new"])
        found |= {f"body{n}": line for n, line in enumerate(body, 1)}
    return found


def _shared_key(face: CertificateFace) -> tuple[object, ...]:
    """同じ日に出す認定証どうしで同じ値（その文は一度だけ書いて使い回す）。"""
    dates = (face.certified_on, face.valid_from, face.expires_on, face.issued_on)
    return (face.kind, *dates, face.issuer_title, face.issuer_name)


def _check(faces: Sequence[CertificateFace]) -> None:
    if not faces:
        raise RuleViolation("印刷する認定証がありません。交付する人を選んでください。")
    for face in faces:
        for text in (face.name, face.number, face.issuer_title, face.issuer_name):
            if missing := missing_glyphs(text):
                raise RuleViolation(
                    f"「{text}」の {'、'.join(missing)} は印刷できません。証書表記か設定の文字を直してください。"
                )


@lru_cache(maxsize=4)
def _curves(size: tuple[float, float]) -> Mapping[str, str]:
    """飾りの曲線（計算は一度だけ）。帯と隅の花は一つを描き、並べて使う。"""
    center = (size[0] / 2, size[1] / 2 - 6)
    return {
        "ground": artwork.loops(center, 108, 52, 43) + "\n" + artwork.loops(center, 108, 26, 47),
        _TILE: artwork.band((0, 0), (_TILE_LENGTH, 0), 12.5, _TILE_LENGTH / 8, 6),
        _CORNER: artwork.rosette((0, 0), 6.5, 20.5, 13, 5) + "\n" + artwork.rosette((0, 0), 14, 20.5, 26, 2),
    }


def _draw_art(sheet: "TaggedPaper", layout: CertificateLayout) -> None:
    """すべてのページに共通の飾りを、一度だけ書く。"""
    if layout.art:
        for name in (_TILE, _CORNER):
            sheet.beginForm(name, -30, -30, _TILE_LENGTH + 30, 30)
            sheet.emit(f"1 j 0.3 w {_GOLD} RG\n{_curves(layout.size)[name]}")
            sheet.endForm()
    sheet.beginForm(_ART, 0, 0, *layout.size)
    if layout.art:
        sheet.emit(f"q 1 j 0.3 w {_PALE} RG\n{_curves(layout.size)['ground']}\nQ")
        _draw_frame(sheet, *layout.size)
    place = layout.name
    left, right = place.middle - place.width / 2, place.middle + place.width / 2
    sheet.emit(f"q {_GOLD} RG 0.8 w {left:.2f} {place.line:.2f} m {right:.2f} {place.line:.2f} l S Q")
    sheet.endForm()


def _draw_title(sheet: "TaggedPaper", layout: CertificateLayout) -> None:
    sheet.beginForm(_TITLE, 0, 0, *layout.size)
    _draw_texts(sheet, layout.titles, {})
    sheet.endForm()


def _put(sheet: "TaggedPaper", form: str, matrix: tuple[float, ...]) -> None:
    sheet.emit("q " + " ".join(f"{v:.4f}".rstrip("0").rstrip(".") for v in matrix) + " cm")
    sheet.doForm(form)
    sheet.emit("Q")


def _draw_frame(sheet: "TaggedPaper", width: float, height: float) -> None:
    left, bottom, gap = 33.0, 33.0, 21.0
    right, top = width - left, height - bottom
    wide, tall = right - left - 2 * gap, top - bottom - 2 * gap
    across, down = round(wide / _TILE_LENGTH), round(tall / _TILE_LENGTH)
    for y in (bottom, top):
        for i in range(across):
            x = left + gap + wide / across * i
            _put(sheet, _TILE, (wide / across / _TILE_LENGTH, 0, 0, 1, x, y))
    for x in (left, right):
        for i in range(down):
            y = bottom + gap + tall / down * i
            _put(sheet, _TILE, (0, tall / down / _TILE_LENGTH, -1, 0, x, y))
    for x, y in ((left, bottom), (left, top), (right, bottom), (right, top)):
        _put(sheet, _CORNER, (1, 0, 0, 1, x, y))
    sheet.emit(f"q {_GOLD} RG")
    for inner, thick in ((48.5, 0.9), (51.5, 0.3)):
        sheet.emit(f"{thick} w {inner} {inner} {width - 2 * inner:.2f} {height - 2 * inner:.2f} re S")
    sheet.emit("Q")


def _draw_shared(sheet: "TaggedPaper", name: str, face: CertificateFace, paper: CertificatePaper) -> None:
    layout = paper.layout
    sheet.beginForm(name, 0, 0, *layout.size)
    if paper.signature:
        _draw_picture(sheet, paper.signature, layout.signature)
    if paper.seal:
        _draw_picture(sheet, paper.seal, layout.seal)
    elif layout.art:
        _draw_seal_frame(sheet, layout.seal)
    _draw_texts(sheet, layout.shared_texts, shared_values(face, layout))
    sheet.endForm()


def _draw_texts(sheet: "TaggedPaper", blocks: Sequence[TextBlock], values: Mapping[str, str]) -> None:
    for block in blocks:
        if text := block.filled(values):
            sheet.draw_text(
                block.x, block.y, text, block.size, family=block.family, align=block.align,
                fit=block.fit, color=block.color, tracking=block.tracking,
            )  # fmt: skip


def _draw_seal_frame(sheet: "TaggedPaper", box: Box) -> None:
    """公印の絵がないときの、押す場所。"""
    sheet.emit(f"q {_SEAL} RG 0.9 w {box.x:.2f} {box.y:.2f} {box.width:.2f} {box.height:.2f} re S Q")
    middle, base = box.x + box.width / 2, box.y + box.height / 2 - 3
    sheet.draw_text(middle, base, "公印", 8.5, align="center", color=(0.78, 0.33, 0.28))


def _draw_picture(sheet: "TaggedPaper", content: bytes, box: Box) -> None:
    """絵を、置き場の中に縦横の比を保って描く。"""
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    with Image.open(BytesIO(content)) as opened:
        rgba = opened.convert("RGBA")
    # 透ける絵は、長く残す PDF（PDF/A）に入れられない。白い地に重ねる
    flat = Image.new("RGB", rgba.size, "white")
    flat.paste(rgba, mask=rgba.getchannel("A"))
    sheet.drawImage(
        ImageReader(flat), box.x, box.y, box.width, box.height, preserveAspectRatio=True, anchor="c"
    )


def _draw_name(sheet: "TaggedPaper", name: str, place: NamePlace) -> None:
    """氏名を、幅に収まる大きさで、下の線の上に描く。"""
    size = min(place.size, place.width / max(text_width(name, 1), 1))
    # 下に伸びる文字（ミャンマー文字など）は、線に掛からないところまで上げる
    base = max(place.line + 11, place.line + 4 + ink_below(name) * size)
    sheet.draw_text(place.middle, base, name, size, align="center", fit=place.width)


def render_name(name: str) -> bytes:
    """氏名のところだけを、認定証に刷るのと同じ書体・大きさ・線で描いた一枚。描けない字があれば RuleViolation。"""
    from app.documents.tagging import TaggedPaper

    standard = standard_layout().name
    wide, line = standard.width + 40, 18.0
    sheet = TaggedPaper("証書表記の確認", "証書に刷る氏名", (wide, standard.size * 1.6 + line))
    sheet.artifact()
    sheet.emit(f"q {_GOLD} RG 0.8 w 20 {line} m {standard.width + 20:.2f} {line} l S Q")
    sheet.end()
    sheet.tag("P")
    _draw_name(sheet, name, NamePlace(wide / 2, line, standard.width, standard.size))
    sheet.end()
    sheet.showPage()
    return sheet.finish()
