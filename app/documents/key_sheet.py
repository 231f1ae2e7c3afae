"""検証のために渡すもの：公開鍵の紙（PDF）と、通信なしで確かめる一枚の頁（HTML）。"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

from app.documents.fonts import GOTHIC
from app.documents.measure import A4, FAINT, MM
from app.domain.calendar import wareki
from app.domain.errors import RuleViolation

_PAGE = "verify.html"
_MARK = "/*DATA*/"


@dataclass(frozen=True)
class PublicKey:
    """公開鍵一つ。retired_on があれば、取り下げた鍵。"""

    key: bytes
    created_on: date
    retired_on: date | None = None

    @property
    def fingerprint(self) -> str:
        """指紋（SHA-256 の初めの 16 バイト、四字ごと）。"""
        text = hashlib.sha256(self.key).hexdigest()[:32].upper()
        return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def render_key_sheet(keys: Sequence[PublicKey], office: str, made_on: date) -> bytes:
    """公開鍵の紙。鍵がなければ RuleViolation。"""
    from app.documents.flow import Flow
    from app.documents.page import Paper  # 画面の立ち上がりを遅らせないよう、刷るときに読む

    if not keys:
        raise RuleViolation("公開鍵はまだありません。初めの認定証を交付すると作られます。")
    paper = Paper("認定証の検証のための公開鍵", "認定証の検証のための公開鍵", A4, made_on)
    flow = Flow(paper)
    flow.line("認定証の検証のための公開鍵", 18, align="center", tracking=0.05)
    flow.gap(6 * MM)
    flow.line(office, 11, align="right")
    flow.line(f"{wareki(made_on)}現在", 11, align="right")
    flow.gap(6 * MM)
    flow.paragraph(
        "認定証の二次元コードには、認定番号・氏名の要約値・日付と、その電子署名（Ed25519）が入っています。"
        "署名は、下の公開鍵で、通信をせずに確かめられます。指紋が、この紙と検証の頁とで同じことを見てください。"
    )
    flow.gap(4 * MM)
    for place, key in enumerate(keys, 1):
        state = f"{wareki(key.retired_on)}に取り下げ" if key.retired_on else "使用中"
        flow.line(f"鍵 {place}（{wareki(key.created_on)}から、{state}）", 12, family=GOTHIC)
        text = key.key.hex()
        rows = [" ".join(text[i : i + 8] for i in range(start, start + 32, 8)) for start in (0, 32)]
        flow.pairs((("公開鍵", rows[0]), ("", rows[1]), ("指紋", key.fingerprint)), 11)
        flow.gap(4 * MM)
    flow.paragraph(
        "取消し・書換・再交付で、いまは使えない認定証でも、署名は正しく確かめられます。", first="※　"
    )
    flow.paragraph("いまの効力は、事務局にお尋ねください。", first="　　")
    paper.draw_text(
        A4[0] / 2, 14 * MM, "秘密鍵は、この紙にも検証の頁にも入っていません。", 8, align="center", color=FAINT
    )
    flow.end_page()
    return paper.finish()


def render_verifying_page(keys: Sequence[PublicKey], office: str, made_on: date) -> bytes:
    """公開鍵を入れた、通信をしない検証の頁（UTF-8 の HTML 一つ）。鍵がなければ RuleViolation。"""
    if not keys:
        raise RuleViolation("公開鍵はまだありません。初めの認定証を交付すると作られます。")
    data = {
        "office": office,
        "made": wareki(made_on),
        "keys": [
            {"key": k.key.hex(), "fingerprint": k.fingerprint, "retired": k.retired_on is not None}
            for k in keys
        ],
    }
    # JSON は script の中に置く：どの字も、印（<）として読まれない形にする
    text = json.dumps(data, ensure_ascii=True).replace("<", "\\u003c")
    page = (files("resources") / "certificate" / _PAGE).read_text("utf-8")
    return page.replace(_MARK, text).encode()
