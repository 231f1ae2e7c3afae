"""紙に線で描く図：得点の分布・箱ひげ図・設問の図。色がなくても読めるよう、形と言葉で見分ける。"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor

from app.documents.flow import Flow
from app.documents.fonts import GOTHIC, text_width
from app.documents.measure import GREY, INK, Align, Color
from app.domain.spread import Box

ACCENT = "0.12 0.31 0.55"
PALE = "0.79 0.85 0.93"
LINE = "0.82 0.84 0.86"
_RED = "0.70 0.15 0.12"
WHITE = (1.0, 1.0, 1.0)
_TICK = 0.25
_NUMBERED = 40
_NEAR = (13.0, 6.0)  # 番号が重なる近さ（pt、横と縦）
# 円を四つの三次曲線で描くときの、制御点の長さ
_ROUND = 0.5523


@dataclass(frozen=True)
class Plot:
    """図の枠（pt、左下が原点）。"""

    flow: Flow
    left: float
    bottom: float
    width: float
    height: float

    def line(self, start: tuple[float, float], end: tuple[float, float], style: str) -> None:
        """線。style は色と太さの命令。"""
        (x, y), (u, v) = start, end
        self.flow.paper.emit(f"q {style} {x:.2f} {y:.2f} m {u:.2f} {v:.2f} l S Q")

    def box(self, corner: tuple[float, float], size: tuple[float, float], style: str, paint: str) -> None:
        """四角。paint は塗り方の命令（f・S・B）。"""
        (x, y), (w, h) = corner, size
        self.flow.paper.emit(f"q {style} {x:.2f} {y:.2f} {w:.2f} {h:.2f} re {paint} Q")

    def disc(self, at: tuple[float, float], radius: float, style: str, paint: str) -> None:
        """丸。"""
        (x, y), r, k = at, radius, radius * _ROUND
        self.flow.paper.emit(
            f"q {style} {x + r:.2f} {y:.2f} m "
            f"{x + r:.2f} {y + k:.2f} {x + k:.2f} {y + r:.2f} {x:.2f} {y + r:.2f} c "
            f"{x - k:.2f} {y + r:.2f} {x - r:.2f} {y + k:.2f} {x - r:.2f} {y:.2f} c "
            f"{x - r:.2f} {y - k:.2f} {x - k:.2f} {y - r:.2f} {x:.2f} {y - r:.2f} c "
            f"{x + k:.2f} {y - r:.2f} {x + r:.2f} {y - k:.2f} {x + r:.2f} {y:.2f} c h {paint} Q"
        )

    def text(
        self,
        at: tuple[float, float],
        words: str,
        size: float = 7.5,
        align: Align = "center",
        color: Color = GREY,
    ) -> None:
        """図の中の言葉。"""
        self.flow.paper.draw_text(at[0], at[1], words, size, family=GOTHIC, align=align, color=color)


def take_plot(flow: Flow, height: float, left: float, right: float) -> Plot:
    """流れの中に図の場所を取る。left・right は枠の外の余白（pt）。"""
    flow.need(height)
    plot = Plot(flow, flow.left + left, flow.y - height + 32, flow.width - left - right, height - 46)
    flow.gap(height)
    return plot


def histogram(flow: Flow, bins: Sequence[tuple[int, int, int]], mark: int | None) -> None:
    """得点の分布。棒の上に人数、採用された合格点に破線。"""
    plot = take_plot(flow, 170, 10, 10)
    tallest = max(1, *(count for _, _, count in bins))
    step = plot.width / len(bins)
    for place, (low, high, count) in enumerate(bins):
        x, tall = plot.left + step * place, plot.height * 0.88 * count / tallest
        above = mark is None or low >= mark
        plot.box((x + 1.5, plot.bottom), (step - 3, tall), f"{ACCENT if above else PALE} rg", "f")
        words = f"{low}" if high == low else f"{low}〜{high}"
        plot.text((x + step / 2, plot.bottom - 11), words)
        if count:
            plot.text((x + step / 2, plot.bottom + tall + 3), str(count), color=INK)
    base = (plot.left, plot.bottom), (plot.left + plot.width, plot.bottom)
    plot.line(*base, f"{LINE} RG 0.8 w")
    plot.text((plot.left + plot.width / 2, plot.bottom - 24), "得点（点）。棒の上は人数")
    if mark is not None:
        _mark(plot, bins, mark, step)


def _mark(plot: Plot, bins: Sequence[tuple[int, int, int]], mark: int, step: float) -> None:
    """合格点の線。階級の中では、点の割合だけ進んだ所に引く。"""
    place = next((i for i, (_, high, _) in enumerate(bins) if mark <= high), len(bins) - 1)
    low, high, _ = bins[place]
    x = plot.left + step * (place + (mark - low) / (high - low + 1))
    top = plot.bottom + plot.height + 12
    plot.line((x, plot.bottom), (x, top), f"{_RED} RG 1 w [3 2] 0 d")
    right = x < plot.left + plot.width * 0.75
    plot.text((x + (3 if right else -3), top - 4), f"合格点 {mark}点", 8, "left" if right else "right", INK)


def boxes(flow: Flow, found: Mapping[str, Box]) -> None:
    """名（科目群・能力）ごとの得点率の箱ひげ図。"""
    wide = max(text_width(name, 8.5, GOTHIC) for name in found)
    plot = take_plot(flow, 62 + 24 * len(found), wide + 16, 60)
    _percents(plot, "得点率")
    step = plot.height / max(1, len(found))

    def x(value: float) -> float:
        return plot.left + plot.width * value / 100

    for place, (name, box) in enumerate(found.items()):
        y = plot.bottom + plot.height - step * (place + 0.5)
        pen = f"{ACCENT} RG 0.9 w"
        plot.line((x(box.low), y), (x(box.high), y), pen)
        for end in (box.low, box.high):
            plot.line((x(end), y - 3), (x(end), y + 3), pen)
        across = max(x(box.third) - x(box.first), 0.6)
        plot.box((x(box.first), y - 6), (across, 12), f"{PALE} rg {pen}", "B")
        plot.line((x(box.median), y - 6), (x(box.median), y + 6), f"{ACCENT} RG 2.4 w")
        plot.disc((x(box.mean), y), 1.8, "0.1 0.1 0.11 rg 1 1 1 RG 0.5 w", "B")
        plot.text((plot.left - 8, y - 3), name, 8.5, "right", INK)
        plot.text((plot.left + plot.width + 8, y - 3), f"n={box.n}", 8, "left")


def _percents(plot: Plot, title: str) -> None:
    """横に％の目盛を引く。"""
    for part in range(0, 101, 25):
        x = plot.left + plot.width * part / 100
        plot.line((x, plot.bottom), (x, plot.bottom + plot.height), f"{LINE} RG 0.5 w")
        plot.text((x, plot.bottom - 11), f"{part}%")
    plot.text((plot.left + plot.width / 2, plot.bottom - 24), title)


@dataclass(frozen=True)
class Spot:
    """設問の図の一点。weight は 2（誤りを疑う：黒丸）・1（目を向けたい：二重丸）・0（ふつう：白丸）。"""

    number: int
    rate: float
    power: float
    weight: int


def item_map(flow: Flow, spots: Sequence[Spot], guides: tuple[float, float, float]) -> None:
    """設問の図。guides は難しい・易しい（正答率）と弱い（識別指数）の目安。"""
    plot = take_plot(flow, 250, 40, 10)
    low = min([0.0, *(floor(s.power / _TICK) * _TICK for s in spots)])

    def place(rate: float, power: float) -> tuple[float, float]:
        return plot.left + plot.width * rate, plot.bottom + plot.height * (power - low) / (1 - low)

    _percents(plot, "正答率（右ほど易しい）　縦は識別指数（上ほどよく見分ける）")
    for step in range(round((1 - low) / _TICK) + 1):
        value = low + step * _TICK
        pen = f"{LINE} RG {1.2 if value == 0 else 0.5} w"
        plot.line(place(0, value), place(1, value), pen)
        plot.text((plot.left - 6, place(0, value)[1] - 2.5), f"{value:.2f}", align="right")
    hard, easy, weak = guides
    dashed = "0.75 0.6 0.25 RG 0.7 w [3 2] 0 d"
    for rate in (hard, easy):
        plot.line(place(rate, low), place(rate, 1), dashed)
    plot.line(place(0, weak), place(1, weak), dashed)
    large = len(spots) <= _NUMBERED
    for spot in sorted(spots, key=lambda s: s.weight):
        _spot(plot, place(spot.rate, spot.power), spot, large)
    if not large:
        _numbers(plot, [(place(s.rate, s.power), s) for s in spots if s.weight])


def _numbers(plot: Plot, marked: Sequence[tuple[tuple[float, float], Spot]]) -> None:
    """目を向けたい設問の番号。点が重なるところは、番号を一つにまとめて書く。"""
    near: list[tuple[tuple[float, float], list[int]]] = []
    for at, spot in marked:
        wide, tall = _NEAR
        same = next((p for p in near if abs(p[0][0] - at[0]) < wide and abs(p[0][1] - at[1]) < tall), None)
        if same is None:
            near.append((at, [spot.number]))
        else:
            same[1].append(spot.number)
    for (x, y), numbers in near:
        words = "・".join(map(str, numbers))
        inside = x + 4 + text_width(words, 6, GOTHIC) < plot.left + plot.width + 8
        plot.text((x + (4 if inside else -4), y - 2), words, 6, "left" if inside else "right", INK)


def _spot(plot: Plot, at: tuple[float, float], spot: Spot, large: bool) -> None:
    radius, pen = (6.5 if large else 2.4), f"{ACCENT} RG 0.8 w"
    fill = f"{_RED} rg {_RED} RG 0.8 w" if spot.weight == 2 else f"1 1 1 rg {pen}"
    plot.disc(at, radius, fill, "B")
    if spot.weight == 1:
        plot.disc(at, radius - 1.4, pen, "S")
    if large:
        plot.text((at[0], at[1] - 2.4), str(spot.number), 6.5, color=WHITE if spot.weight == 2 else INK)
