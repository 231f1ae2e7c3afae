"""認定証：A4 横、一人一ページ。同じ値からはいつも同じバイト列ができる。"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from app.documents import artwork, qr
from app.documents.fonts import GOTHIC, ink_below, missing_glyphs, text_width
from app.documents.measure import A4_WIDE, GREY, MM
from app.domain.calendar import wareki
from app.domain.errors import RuleViolation

if TYPE_CHECKING:
    from app.documents.page import Paper

_GOLD = "0.72 0.60 0.33"
_PALE = "0.93 0.90 0.81"
_SEAL = "0.78 0.33 0.28"
_WIDTH, _HEIGHT = A4_WIDE
_MIDDLE = _WIDTH / 2
_RIGHT = _WIDTH - 88
_ART = "art"
_TILE = "tile"
_TILE_LENGTH = 92.0
_CORNER = "corner"
# 文は要綱の別記様式の言い方。種別が更新のものだけ、更新研修の文になる
_BODY = {
    "new": (
        "上記の者は、外国人支援コーディネーター養成研修の修了認定テストに合格し、",
        "認定審査委員会の審査を経たので、外国人支援コーディネーターとして認証する。",
    ),
    "renewal": (
        "上記の者は、外国人支援コーディネーター更新研修を修了したので、",
        "外国人支援コーディネーターとしての認証を更新する。",
    ),
}
_KINDS = {"reissue": "（再交付）", "rewrite": "（書換）", "correction": "（訂正）"}
NAME_WIDTH = 118 * MM  # 氏名の下の線の長さ。長い氏名はこの中に縮める
NAME_SIZE = 31.0
NAME_LINE = 369  # 氏名の下の線の高さ（pt）


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


def render_certificates(faces: Sequence[CertificateFace]) -> bytes:
    """一人一ページの PDF。描けない字があれば RuleViolation（箱は印刷しない）。"""
    from app.documents.page import Paper  # 画面の立ち上がりを遅らせないよう、刷るときに読む

    _check(faces)
    title = f"認定証　{faces[0].number}" if len(faces) == 1 else f"認定証　{len(faces)}枚"
    paper = Paper(title, "外国人支援コーディネーター認定証", A4_WIDE, faces[0].issued_on)
    _draw_art(paper)
    shared: dict[tuple[object, ...], str] = {}
    for face in faces:
        key = _shared_values(face)
        if key not in shared:
            shared[key] = f"shared{len(shared) + 1}"
            _draw_shared(paper, shared[key], face)
        paper.doForm(_ART)
        paper.doForm(shared[key])
        _draw_face(paper, face)
        paper.showPage()
    return paper.finish()


def _shared_values(face: CertificateFace) -> tuple[object, ...]:
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


@lru_cache(maxsize=1)
def _curves() -> dict[str, str]:
    """飾りの曲線（計算は一度だけ）。帯と隅の花は一つを描き、並べて使う。"""
    center = (_MIDDLE, _HEIGHT / 2 - 6)
    return {
        "ground": artwork.loops(center, 108, 52, 43) + "\n" + artwork.loops(center, 108, 26, 47),
        _TILE: artwork.band((0, 0), (_TILE_LENGTH, 0), 12.5, _TILE_LENGTH / 8, 6),
        _CORNER: artwork.rosette((0, 0), 6.5, 20.5, 13, 5) + "\n" + artwork.rosette((0, 0), 14, 20.5, 26, 2),
    }


def _draw_art(paper: "Paper") -> None:
    """すべてのページに共通の絵と文を、一度だけ書く。"""
    for name in (_TILE, _CORNER):
        paper.beginForm(name, -30, -30, _TILE_LENGTH + 30, 30)
        paper.emit(f"1 j 0.3 w {_GOLD} RG\n{_curves()[name]}")
        paper.endForm()
    paper.beginForm(_ART)
    paper.emit(f"q 1 j 0.3 w {_PALE} RG\n{_curves()['ground']}\nQ")
    _draw_frame(paper)
    paper.draw_text(_MIDDLE, _HEIGHT - 138, "認定証", 46, align="center", tracking=0.62)
    left, right = _MIDDLE - NAME_WIDTH / 2, _MIDDLE + NAME_WIDTH / 2
    paper.emit(f"q {_GOLD} RG 0.8 w {left:.2f} {NAME_LINE} m {right:.2f} {NAME_LINE} l S Q")
    x, y, side = qr.PLACE
    note = x + side + 9
    paper.draw_text(note, y + 17, "検証用コード", 7, family=GOTHIC, color=GREY)
    paper.draw_text(note, y + 8, "真正性はオフラインで", 6.2, family=GOTHIC, color=GREY)
    paper.draw_text(note, y, "検証できます", 6.2, family=GOTHIC, color=GREY)
    paper.endForm()


def _put(paper: "Paper", form: str, matrix: tuple[float, ...]) -> None:
    paper.emit("q " + " ".join(f"{v:.4f}".rstrip("0").rstrip(".") for v in matrix) + " cm")
    paper.doForm(form)
    paper.emit("Q")


def _draw_frame(paper: "Paper") -> None:
    left, bottom, gap = 33.0, 33.0, 21.0
    right, top = _WIDTH - left, _HEIGHT - bottom
    wide, tall = right - left - 2 * gap, top - bottom - 2 * gap
    for y in (bottom, top):
        for i in range(8):
            _put(paper, _TILE, (wide / 8 / _TILE_LENGTH, 0, 0, 1, left + gap + wide / 8 * i, y))
    for x in (left, right):
        for i in range(5):
            _put(paper, _TILE, (0, tall / 5 / _TILE_LENGTH, -1, 0, x, bottom + gap + tall / 5 * i))
    for x, y in ((left, bottom), (left, top), (right, bottom), (right, top)):
        _put(paper, _CORNER, (1, 0, 0, 1, x, y))
    paper.emit(f"q {_GOLD} RG")
    for inner, thick in ((48.5, 0.9), (51.5, 0.3)):
        paper.emit(f"{thick} w {inner} {inner} {_WIDTH - 2 * inner:.2f} {_HEIGHT - 2 * inner:.2f} re S")
    paper.emit("Q")


def _draw_shared(paper: "Paper", name: str, face: CertificateFace) -> None:
    paper.beginForm(name)
    mark = _KINDS.get(face.kind, "")
    if mark:
        paper.draw_text(_RIGHT, _HEIGHT - 100, mark, 9.5, align="right", color=GREY)
    for line, text in enumerate(_BODY.get(face.kind, _BODY["new"])):
        paper.draw_text(_MIDDLE, 296 - line * 26, text, 14.5, align="center")
    paper.draw_text(_MIDDLE, 230, f"認証年月日　{wareki(face.certified_on)}", 13, align="center")
    period = f"有効期間　{wareki(face.valid_from)}から{wareki(face.expires_on)}まで"
    paper.draw_text(_MIDDLE, 207, period, 13, align="center")
    paper.draw_text(_MIDDLE, 158, wareki(face.issued_on), 13, align="center")
    _draw_issuer(paper, face)
    paper.endForm()


def _draw_face(paper: "Paper", face: CertificateFace) -> None:
    paper.draw_text(_RIGHT, _HEIGHT - 84, f"認定番号　{face.number}", 11, align="right", fit=300)
    _draw_name(paper, face.name, _MIDDLE, NAME_LINE)
    if face.birth_date is not None:
        paper.draw_text(_MIDDLE, 348, f"{wareki(face.birth_date)}生", 12, align="center", color=GREY)
    paper.emit(qr.operators(face.qr_text))


def _draw_name(paper: "Paper", name: str, middle: float, line: float) -> None:
    """氏名を、幅に収まる大きさで、高さ line の線の上に描く。"""
    size = min(NAME_SIZE, NAME_WIDTH / max(text_width(name, 1), 1))
    # 下に伸びる文字（ミャンマー文字など）は、線に掛からないところまで上げる
    base = max(line + 11, line + 4 + ink_below(name) * size)
    paper.draw_text(middle, base, name, size, align="center", fit=NAME_WIDTH)


def render_name(name: str) -> bytes:
    """氏名のところだけを、認定証に刷るのと同じ書体・大きさ・線で描いた一枚。描けない字があれば RuleViolation。"""
    from app.documents.page import Paper

    wide, line = NAME_WIDTH + 40, 18.0
    paper = Paper("証書表記の確認", "証書に刷る氏名", (wide, NAME_SIZE * 1.6 + line))
    paper.emit(f"q {_GOLD} RG 0.8 w 20 {line} m {NAME_WIDTH + 20:.2f} {line} l S Q")
    _draw_name(paper, name, wide / 2, line)
    paper.showPage()
    return paper.finish()


def _draw_issuer(paper: "Paper", face: CertificateFace) -> None:
    seal = 17 * MM
    x = _RIGHT - seal
    text = f"{face.issuer_title}　　{face.issuer_name}" if face.issuer_name else face.issuer_title
    paper.draw_text(x - 4, 109, text, 19, align="right", fit=x - 4 - 235, tracking=0.06)
    paper.emit(f"q {_SEAL} RG 0.9 w {x:.2f} {115 - seal / 2:.2f} {seal:.2f} {seal:.2f} re S Q")
    paper.draw_text(x + seal / 2, 112, "公印", 8.5, align="center", color=(0.78, 0.33, 0.28))
