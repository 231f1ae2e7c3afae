"""ほかの様式の読み方の、画面に見せる形。"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class SavedMapping:
    """保存した読み方。form は一枚に一人の様式か、items は割り当てた項目の数。"""

    id: int
    name: str
    form: bool
    items: int
    made_at: datetime


@dataclass(frozen=True)
class MappingItem:
    """読み方の一項目。

    state は assigned（割り当てた）・needed（必須なのに未割当）・open（未割当）。place は所の言葉（C列「お名前」）、
    fixed は全員同じ値、choices は選べる言葉（なければ空）。sheet は、人の表とは別のシートにあるときの、そのシート。
    """

    key: str
    title: str
    section: str
    state: str
    place: str = ""
    sheet: str = ""
    examples: tuple[str, ...] = ()
    fixed: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class SheetPicture:
    """画面に見せる一枚の格子。rows はセルの文字、spans は結合（上, 左, 下, 右。両端を含む）、cut は終わりを略したか。"""

    name: str
    rows: tuple[tuple[str, ...], ...]
    spans: tuple[tuple[int, int, int, int], ...]
    cut: bool
