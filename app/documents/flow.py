"""上から下へ流して組む紙：段落・項目の表・罫のある表。入りきらなければ次のページへ続ける。"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.documents.fonts import MINCHO, text_width, wrap
from app.documents.measure import A4, FAINT, GREY, INK, MM, Align, Color
from app.documents.page import Paper

MARGIN = 25 * MM
BOTTOM = 24 * MM
SIZE = 10.5
LEADING = 1.75
_LONGEST_RUN = 15
_RULE = "0.62 0.62 0.63 RG 0.4 w"


@dataclass(frozen=True)
class Column:
    """表の一列。width は長さの割合。"""

    title: str
    width: float
    align: Align = "left"


def _run(rows: Sequence[Sequence[str]], start: int) -> int:
    """start から、初めの欄が同じ行の数（ページに収まらないほど長ければ、分けてよいので一つとする）。"""
    end = start + 1
    while end < len(rows) and rows[end][0] == rows[start][0]:
        end += 1
    return end - start if end - start <= _LONGEST_RUN else 1


class Flow:
    """一冊を上から組む。位置 y は、次の行の上の端（pt、下から）。"""

    def __init__(self, paper: Paper, footer: Callable[[Paper, int], None] | None = None) -> None:
        """footer はページを閉じる前に、ページ番号（1 から）とともに呼ばれる。"""
        self.paper = paper
        self.left = MARGIN
        self.right = A4[0] - MARGIN
        self.top = A4[1] - MARGIN
        self.y = self.top
        self.page = 1
        self._footer = footer

    @property
    def width(self) -> float:
        """本文の幅（pt）。"""
        return self.right - self.left

    def end_page(self) -> None:
        """ページを閉じ、次のページの頭に移る。"""
        if self._footer is not None:
            self._footer(self.paper, self.page)
        self.paper.showPage()
        self.page += 1
        self.y = self.top

    def need(self, height: float) -> bool:
        """height（pt）が残っていなければ次のページに移り、移ったかを返す。"""
        if self.y - height >= BOTTOM or self.y == self.top:
            return False
        self.end_page()
        return True

    def gap(self, height: float) -> None:
        """余白を空ける。"""
        self.y -= height

    def line(
        self,
        text: str,
        size: float = SIZE,
        *,
        align: Align = "left",
        family: str = MINCHO,
        indent: float = 0.0,
        color: Color = INK,
        tracking: float = 0.0,
    ) -> None:
        """一行。幅に収まらなければ縮める。"""
        self.need(size * LEADING)
        x = {"left": self.left + indent, "center": (self.left + self.right) / 2, "right": self.right}[align]
        base = self.y - size * (LEADING + 0.76) / 2
        self.paper.draw_text(
            x, base, text, size, family=family, align=align,
            fit=self.width - indent, color=color, tracking=tracking,
        )  # fmt: skip
        self.y -= size * LEADING

    def paragraph(self, text: str, size: float = SIZE, *, indent: float = 0.0, first: str = "　") -> None:
        """段落。first は頭の字下げ、indent は左の余白（pt）。"""
        for row in wrap(first + text, size, self.width - indent):
            self.line(row, size, indent=indent)

    def pairs(self, rows: Sequence[tuple[str, str]], size: float = SIZE, indent: float = 0.0) -> None:
        """項目と値の並び。値は折り返す。"""
        if not rows:
            return
        wide = max(text_width(label, size) for label, _ in rows)
        wide = min(wide, self.width * 0.35)
        for label, value in rows:
            lines = wrap(value, size, self.width - indent - wide - size * 1.5)
            for place, row in enumerate(lines):
                self.need(size * LEADING)
                base = self.y - size * (LEADING + 0.76) / 2
                if place == 0:
                    self.paper.draw_text(self.left + indent, base, label, size, fit=wide)
                self.paper.draw_text(self.left + indent + wide + size * 1.5, base, row, size)
                self.y -= size * LEADING

    def table(
        self,
        columns: Sequence[Column],
        rows: Sequence[Sequence[str]],
        size: float = 9.0,
        notes: Sequence[Sequence[str]] = (),
        together: bool = False,
    ) -> None:
        """罫のある表。欄の文は縮めて一行に収める。notes は各行の下に欄をまたいで書く文。

        ページが変わると見出しをもう一度書く。together なら、初めの欄が同じ行の組を分けずにページへ置き、
        初めの欄は組の頭（と、ページをまたぐ長い組の続き）にだけ書く。
        """
        total = sum(c.width for c in columns)
        edges = [self.left]
        for column in columns:
            edges.append(edges[-1] + self.width * column.width / total)
        height = size * 1.95
        self.need(height * 3)
        self._head(columns, edges, size, height)
        for place, row in enumerate(rows):
            below = [
                part
                for note in (notes[place] if notes else ())
                for part in wrap(note, size, self.width - size * 2.5)
            ]
            first = not together or place == 0 or rows[place - 1][0] != row[0]
            run = _run(rows, place) if together and first else 1
            if self.need(height * run + min(len(below), 3) * size * 1.5):
                self._head(columns, edges, size, height)
                first = True
            self._cells(row if first else ("", *row[1:]), columns, edges, size, height)
            self._below(below, columns, edges, size, height)
            self._rule()

    def _rule(self) -> None:
        self.paper.emit(f"q {_RULE} {self.left:.2f} {self.y:.2f} m {self.right:.2f} {self.y:.2f} l S Q")

    def _head(self, columns: Sequence[Column], edges: list[float], size: float, height: float) -> None:
        box = f"{self.left:.2f} {self.y - height:.2f} {self.width:.2f} {height:.2f} re f"
        self.paper.emit(f"q 0.945 0.94 0.925 rg {box} Q")
        self._rule()
        self._cells([c.title for c in columns], columns, edges, size, height, GREY)
        self._rule()

    def _cells(
        self,
        row: Sequence[str],
        columns: Sequence[Column],
        edges: list[float],
        size: float,
        height: float,
        color: Color = INK,
    ) -> None:
        pad = size * 0.45
        base = self.y - (height + size * 0.76) / 2
        for text, column, start, end in zip(row, columns, edges, edges[1:], strict=False):
            x = {"left": start + pad, "center": (start + end) / 2, "right": end - pad}[column.align]
            self.paper.draw_text(
                x, base, text, size, align=column.align, fit=end - start - 2 * pad, color=color
            )
        self.y -= height

    def _below(
        self, lines: list[str], columns: Sequence[Column], edges: list[float], size: float, height: float
    ) -> None:
        for row in lines:
            if self.need(size * 1.5):
                self._head(columns, edges, size, height)
            self.paper.draw_text(self.left + size * 2, self.y - size * 1.05, row, size, color=FAINT)
            self.y -= size * 1.5
        if lines:
            self.y -= size * 0.35
