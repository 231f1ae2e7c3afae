"""印刷機の位置合わせ：試し刷りの印を物差しで測った値から、ずれと倍率を求める。"""

from dataclasses import dataclass

from app.domain.errors import RuleViolation

# 試し刷りの印（mm、紙の左上から）：左上の十字と、そこから右・下の十字まで
MARK_LEFT, MARK_TOP = 20.0, 20.0
MARK_WIDE, MARK_TALL = 160.0, 160.0
_FARTHEST = 15.0  # これより大きなずれは測り違いとみなす（mm）
_SCALES = (9_000, 11_000)


@dataclass(frozen=True)
class Placement:
    """刷る位置の直し。offset は 0.1 mm（右・下が正）、scale は一万分の一。紙の上の x は x × scale + offset になる。"""

    offset_x: int = 0
    offset_y: int = 0
    scale_x: int = 10_000
    scale_y: int = 10_000


def _axis(start: float, length: float, mark: float, wanted: float, words: str) -> tuple[int, int]:
    if length <= 0 or abs(start - mark) > _FARTHEST:
        raise RuleViolation(f"{words}の値を確かめてください（印は端から{mark:g} mm のところにあります）。")
    stretch = length / wanted
    scale = round(10_000 / stretch)
    if not _SCALES[0] <= scale <= _SCALES[1]:
        raise RuleViolation(f"{words}の印の間の長さを確かめてください（正しければ{wanted:g} mm です）。")
    # 直さずに刷ると、紙の上の x は x × stretch + shift になる。その逆を先に掛けておく
    shift = start - mark * stretch
    return round(-shift / stretch * 10), scale


def placement_of(left: float, top: float, wide: float, tall: float) -> Placement:
    """直さずに刷った試し刷りで測った値（mm）から、位置の直しを求める。

    left・top は紙の端から左上の十字まで、wide・tall は十字の間の長さ。測り違いとみえる値は RuleViolation。
    """
    offset_x, scale_x = _axis(left, wide, MARK_LEFT, MARK_WIDE, "横")
    offset_y, scale_y = _axis(top, tall, MARK_TOP, MARK_TALL, "縦")
    return Placement(offset_x, offset_y, scale_x, scale_y)
