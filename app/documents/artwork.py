"""認定証の飾り：細かい曲線の帯・四隅の花・地紋を、PDF の曲線の命令にする（色は呼ぶ側が決める）。"""

from collections.abc import Callable
from math import cos, pi, sin

Point = tuple[float, float]
Curve = Callable[[float], Point]


def _n(value: float) -> str:
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def smooth(curve: Curve, start: float, end: float, pieces: int) -> str:
    """媒介変数の曲線を、三次の曲線 pieces 本で描く命令。"""
    step = (end - start) / pieces
    tiny = step * 1e-3

    def slope(t: float) -> Point:
        (ax, ay), (bx, by) = curve(t - tiny), curve(t + tiny)
        return (bx - ax) / (2 * tiny), (by - ay) / (2 * tiny)

    x, y = curve(start)
    dx, dy = slope(start)
    out = [f"{_n(x)} {_n(y)} m"]
    for i in range(1, pieces + 1):
        t = start + step * i
        ex, ey = curve(t)
        gx, gy = slope(t)
        third = step / 3
        points = (x + dx * third, y + dy * third, ex - gx * third, ey - gy * third, ex, ey)
        out.append(" ".join(map(_n, points)) + " c")
        x, y, dx, dy = ex, ey, gx, gy
    return "\n".join(out) + " S"


def _wave(origin: Point, along: Point, across: Point, wave: float, phase: float) -> Curve:
    """直線に沿う波。along は一単位の向き、across は振れの向きと大きさ。"""

    def at(t: float) -> Point:
        swing = sin(2 * pi * t / wave + phase)
        return origin[0] + along[0] * t + across[0] * swing, origin[1] + along[1] * t + across[1] * swing

    return at


def band(start: Point, end: Point, height: float, wave: float, strands: int) -> str:
    """start から end への、互いに編み合う波の帯（縦か横）。wave は一つの波の長さに近い値。"""
    length = abs(end[0] - start[0]) + abs(end[1] - start[1])
    count = max(1, round(length / wave))
    along = ((end[0] - start[0]) / length, (end[1] - start[1]) / length)
    across = (-along[1] * height / 2, along[0] * height / 2)
    return "\n".join(
        smooth(_wave(start, along, across, length / count, 2 * pi * k / strands), 0, length, count * 4)
        for k in range(strands)
    )


def _petal(center: Point, inner: float, outer: float, petals: int, phase: float) -> Curve:
    middle, swing = (inner + outer) / 2, (outer - inner) / 2

    def at(t: float) -> Point:
        radius = middle + swing * cos(petals * t + phase)
        return center[0] + radius * cos(t), center[1] + radius * sin(t)

    return at


def rosette(center: Point, inner: float, outer: float, petals: int, strands: int) -> str:
    """円の花。inner と outer の間を petals 回往き来する線を、strands 本ずらして重ねる。"""
    return "\n".join(
        smooth(_petal(center, inner, outer, petals, 2 * pi * k / strands), 0, 2 * pi, petals * 4)
        for k in range(strands)
    )


def loops(center: Point, ring: float, loop: float, count: int) -> str:
    """輪の上を回りながら描く大きな輪の花（地紋）。ring は中心の円、loop は輪の半径。"""

    def at(t: float) -> Point:
        spin = t * count
        x = ring * cos(t) + loop * cos(t) * cos(spin) - loop * 0.32 * sin(t) * sin(spin)
        y = ring * sin(t) + loop * sin(t) * cos(spin) + loop * 0.32 * cos(t) * sin(spin)
        return center[0] + x, center[1] + y

    return smooth(at, 0, 2 * pi, count * 6)
