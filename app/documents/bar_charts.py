"""紙に描く棒の図：縦の棒・横の棒・積んだ棒・割合の棒。数えられない所は「—」と書き、0 の棒と分ける。"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.documents.charts import ACCENT, LINE, PALE, WHITE, Plot, take_plot
from app.documents.flow import Flow
from app.documents.fonts import GOTHIC, text_width
from app.documents.measure import GREY, INK, Color

MISSING = "—"
# 濃いものから淡いものへ。色がなくても濃さで分かれる
_FILLS = (ACCENT, PALE, "0.36 0.52 0.44", "0.90 0.91 0.93", "0.55 0.50 0.36", "0.68 0.70 0.74")
_DARK = frozenset((0, 2, 4))
_KEY = 8.0  # 凡例の字の大きさ


@dataclass(frozen=True)
class Bars:
    """図一つの値。values は系列ごと・名ごとの数（空は数えられないもの）。rate なら 0〜1 の割合。"""

    labels: tuple[str, ...]
    names: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    rate: bool = False

    def words(self, value: float | None) -> str:
        """棒に添える数。"""
        if value is None:
            return MISSING
        return f"{value:.1%}" if self.rate else f"{value:,.0f}"

    @property
    def most(self) -> float:
        """いちばん大きい数（割合は 1）。"""
        if self.rate:
            return 1.0
        return max([1.0, *(v for row in self.values for v in row if v is not None)])


def _fill(place: int) -> str:
    return f"{_FILLS[place % len(_FILLS)]} rg {LINE} RG 0.4 w"


def _legend(flow: Flow, names: Sequence[str]) -> None:
    """系列の名の並び。一つだけなら書かない。"""
    if len(names) < 2:
        return
    flow.need(_KEY * 2)
    plot, x = Plot(flow, flow.left, flow.y - _KEY * 1.4, flow.width, _KEY), flow.left
    for place, name in enumerate(names):
        plot.box((x, plot.bottom), (9, 7), _fill(place), "B")
        plot.text((x + 12, plot.bottom), name, _KEY, "left", INK)
        x += 12 + text_width(name, _KEY, GOTHIC) + 14
    flow.gap(_KEY * 2)


def columns(flow: Flow, found: Bars) -> None:
    """縦の棒。名ごとに系列を並べ、棒の上に数を書く。"""
    _legend(flow, found.names)
    plot = take_plot(flow, 168, 6, 6)
    step = plot.width / max(1, len(found.labels))
    wide = min(26.0, step * 0.82 / max(1, len(found.names)))
    for at, label in enumerate(found.labels):
        middle = plot.left + step * (at + 0.5)
        for place in range(len(found.names)):
            x = middle + wide * (place - len(found.names) / 2)
            _column(plot, found, found.values[place][at], (x, wide), place)
        _below(plot, middle, label, step)
    _base(plot)


def _column(plot: Plot, found: Bars, value: float | None, where: tuple[float, float], place: int) -> None:
    x, wide = where
    tall = 0.0 if value is None else plot.height * 0.88 * value / found.most
    if tall:
        plot.box((x + 0.6, plot.bottom), (wide - 1.2, tall), _fill(place), "B")
    words = found.words(value)
    size = min(7.5, 7.5 * wide / max(wide, text_width(words, 7.5, GOTHIC)))
    plot.text((x + wide / 2, plot.bottom + tall + 2.5), words, size, color=GREY if value is None else INK)


def _below(plot: Plot, middle: float, label: str, step: float) -> None:
    """名を棒の下に。幅に収める。"""
    plot.flow.paper.draw_text(
        middle, plot.bottom - 11, label, 7.5, family=GOTHIC, align="center", fit=step * 0.94, color=GREY
    )


def _base(plot: Plot) -> None:
    plot.line((plot.left, plot.bottom), (plot.left + plot.width, plot.bottom), f"{LINE} RG 0.8 w")


def stacked(flow: Flow, found: Bars) -> None:
    """積んだ縦の棒。棒の上に合わせた数を書く。"""
    _legend(flow, found.names)
    plot = take_plot(flow, 168, 6, 6)
    step = plot.width / max(1, len(found.labels))
    totals = [sum(row[at] or 0 for row in found.values) for at in range(len(found.labels))]
    most, wide = max(1.0, *totals), min(46.0, step * 0.6)
    for at, label in enumerate(found.labels):
        middle, y = plot.left + step * (at + 0.5), plot.bottom
        for place, row in enumerate(found.values):
            tall = plot.height * 0.88 * (row[at] or 0) / most
            if not tall:
                continue
            plot.box((middle - wide / 2, y), (wide, tall), _fill(place), "B")
            if tall >= 9:
                color: Color = WHITE if place in _DARK else INK
                plot.text((middle, y + tall / 2 - 2.6), found.words(row[at]), 7, color=color)
            y += tall
        plot.text((middle, y + 3), f"計{totals[at]:,.0f}", 7.5, color=INK)
        _below(plot, middle, label, step)
    _base(plot)


def bars(flow: Flow, found: Bars) -> None:
    """横の棒。名は左、数は棒の右。紙の終わりで次のページに続ける。"""
    _legend(flow, found.names)
    left = min(190.0, max((text_width(t, 8, GOTHIC) for t in found.labels), default=0) + 10)
    tall = 9.0
    for at, label in enumerate(found.labels):
        high = tall * len(found.names) + 5
        flow.need(high)
        plot = Plot(flow, flow.left + left, flow.y - high, flow.width - left - 34, high)
        y = plot.bottom + high - 2.5
        flow.paper.draw_text(
            plot.left - 6, plot.bottom + high / 2 - 3, label, 8,
            family=GOTHIC, align="right", fit=left - 8, color=INK,
        )  # fmt: skip
        for place, row in enumerate(found.values):
            y -= tall
            wide = plot.width * (row[at] or 0) / found.most
            if wide:
                plot.box((plot.left, y + 1), (wide, tall - 2), _fill(place), "B")
            plot.text((plot.left + wide + 4, y + 2), found.words(row[at]), 7.5, "left", INK)
        plot.line((plot.left, plot.bottom), (plot.left, plot.bottom + high), f"{LINE} RG 0.8 w")
        flow.gap(high)
    flow.gap(6)
