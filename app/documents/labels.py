"""宛名ラベル：A4 12 面（2 列 × 6 段、一面 86.4 × 42.3 mm）。氏名は打たれたとおりに刷る。"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.documents.fonts import GOTHIC, missing_glyphs, wrap
from app.documents.measure import A4, FAINT, MM
from app.domain.errors import RuleViolation

ACROSS, DOWN = 2, 6
_WIDE, _TALL = 86.4 * MM, 42.3 * MM
_LEFT, _TOP = 18.6 * MM, 21.6 * MM
_PAD = 7 * MM
_ADDRESS, _NAME = 9.5, 14.0


@dataclass(frozen=True)
class Label:
    """一面に刷る宛名。mark は右下に小さく刷る認定番号（封入の突き合わせに使う）。"""

    postal_code: str
    address: str
    name: str
    mark: str = ""


def postal_words(code: str) -> str:
    """郵便番号の刷る形（〒123-4567）。七桁でなければ打たれたまま。"""
    digits = "".join(c for c in code if c.isdigit())
    plain = "".join(str(int(c)) for c in digits)
    return f"〒{plain[:3]}-{plain[3:]}" if len(plain) == 7 else f"〒{code.strip()}"


def render_labels(labels: Sequence[Label], skip: int, made_on: date) -> bytes:
    """宛名ラベル。skip は、一枚目の使い終えた面の数（0〜11）。描けない字があれば、だれのどの字かを言う RuleViolation。"""
    from app.documents.page import Paper  # 画面の立ち上がりを遅らせないよう、刷るときに読む

    if not labels:
        raise RuleViolation("宛名を刷る人がいません。")
    if not 0 <= skip < ACROSS * DOWN:
        raise RuleViolation(f"使い終えた面は 0〜{ACROSS * DOWN - 1} です。")
    for label in labels:
        for text in (label.name, label.address):
            if missing := missing_glyphs(text):
                raise RuleViolation(f"{label.name}さんの宛名の {'、'.join(missing)} は印刷できません。")
    paper = Paper("宛名ラベル", "認定証の発送の宛名", A4, made_on)
    for place, label in enumerate(labels, skip):
        cell = place % (ACROSS * DOWN)
        if cell == 0 and place > skip:
            paper.showPage()
        x = _LEFT + cell % ACROSS * _WIDE
        top = A4[1] - _TOP - cell // ACROSS * _TALL
        paper.draw_text(x + _PAD, top - 9 * MM, postal_words(label.postal_code), 11, family=GOTHIC)
        rows = wrap(label.address, _ADDRESS, _WIDE - 2 * _PAD)
        size = _ADDRESS if len(rows) <= 3 else _ADDRESS * 3 / len(rows)
        rows = rows if len(rows) <= 3 else wrap(label.address, size, _WIDE - 2 * _PAD)
        for n, row in enumerate(rows):
            paper.draw_text(x + _PAD, top - 15 * MM - n * size * 1.35, row, size)
        paper.draw_text(x + _PAD, top - 33 * MM, f"{label.name}　様", _NAME, fit=_WIDE - 2 * _PAD)
        if label.mark:
            paper.draw_text(
                x + _WIDE - _PAD, top - 39 * MM, label.mark, 6.5, family=GOTHIC, align="right", color=FAINT
            )
    paper.showPage()
    return paper.finish()
