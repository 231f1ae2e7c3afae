"""申込様式の形に直した行が、もとのファイルのどこから来たか。"""

from dataclasses import dataclass, field, replace

from app.workbooks.fields import CellError
from app.workbooks.mapping.words import GROUP_WORDS, LAYOUT_OF
from app.workbooks.results import LAYOUT as RESULTS

_HEADINGS = {x.name: x.headings for x in (*LAYOUT_OF.values(), RESULTS)}


@dataclass(frozen=True)
class RowOrigin:
    """申込様式の形にした一行の、もとの所。row は人を言い表す行（Excel の番号）。

    cells は様式の見出しから（もとの行、もとの列の名）。行が空なら row のこと。
    """

    sheet: str
    row: int
    cells: dict[str, tuple[int | None, str]]
    group: int = 0


@dataclass
class Origin:
    """様式の形の行・列と、もとのファイルの行・列の対応。読み方を使わないときは空で、何も変えない。"""

    rows: dict[tuple[str, int], RowOrigin] = field(default_factory=dict)
    _back: dict[tuple[str, int, str], tuple[str, int, str]] = field(default_factory=dict)

    def anchor(self, sheet: str, row: int) -> tuple[str, int]:
        """その行の人を言い表す、もとのシートと行。"""
        found = self.rows.get((sheet, row))
        return (sheet, row) if found is None else (found.sheet, found.row)

    @property
    def main(self) -> str:
        """人の行のあるシート（一枚一人の様式では、初めの人のシート）。"""
        return next((found.sheet for found in self.rows.values()), "")

    def row_words(self, sheet: str, row: int) -> str:
        """その行の人を言い表す言葉（5行目）。"""
        found, number = self.anchor(sheet, row)
        return f"{number}行目" if not self.rows or found == self.main else f"シート「{found}」"

    def cell(self, sheet: str, row: int, heading: str) -> tuple[str, int, str]:
        """もとのシート・行・列の名。もとのファイルにない項目は、様式の見出しのまま。"""
        found = self.rows.get((sheet, row))
        if found is None:
            return sheet, row, heading
        missing = f"{GROUP_WORDS[sheet]}{found.group} {heading}" if found.group else heading
        own, title = found.cells.get(heading, (None, missing))
        return found.sheet, found.row if own is None else own, title

    def outward(self, error: CellError) -> CellError:
        """様式の形での所を、もとの所にする。"""
        sheet, row, column = self.cell(error.sheet, error.row, error.column)
        return replace(error, sheet=sheet, row=row, column=column)

    def inward(self, error: CellError) -> CellError:
        """もとの所を、様式の形での所に戻す。"""
        if not self._back:
            self._fill_back()
        key = error.sheet, error.row, error.column
        sheet, row, column = self._back.get(key) or self._back.get((*key[:2], ""), key)
        return replace(error, sheet=sheet, row=row, column=column or error.column)

    def _fill_back(self) -> None:
        for (sheet, row), found in self.rows.items():
            for heading in _HEADINGS[sheet]:
                self._back.setdefault(self.cell(sheet, row, heading), (sheet, row, heading))
            self._back.setdefault((found.sheet, found.row, ""), (sheet, row, ""))
