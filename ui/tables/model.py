"""一覧のモデル。凍った行の組を、列の定めに従って見せる。"""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.domain.calendar import wareki, wareki_short
from ui.theme.tokens import Tone

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
ROW_ROLE = int(Qt.ItemDataRole.UserRole)


class Kind(StrEnum):
    """列の見せ方。"""

    TEXT = "text"
    NAME = "name"
    NUMBER = "number"
    DATE = "date"
    DATE_SHORT = "date_short"
    CHIP = "chip"
    WRAPPED = "wrapped"


def _no_second(_row: Any) -> str:
    return ""


def _muted(_row: Any) -> Tone:
    return Tone.MUTED


@dataclass(frozen=True)
class Column:
    """一列。getter は行から値を取る。second は二行目（ふりがな）、tone は札の調子、sort は並べる値。

    狭い所では least まで縮み（0 なら縮まない）、それでも入らなければ drop の大きい列から、同じ値の列は一緒に隠れる（0 なら隠れない）。
    """

    title: str
    getter: Callable[[Any], Any]
    kind: Kind = Kind.TEXT
    width: int = 100
    tone: Callable[[Any], Tone] = _muted
    second: Callable[[Any], str] = _no_second
    sort: Callable[[Any], Any] | None = None
    least: int = 0
    drop: int = 0

    def text(self, row: Any) -> str:
        """画面に出す字。"""
        value = self.getter(row)
        if value is None:
            return ""
        if isinstance(value, datetime):
            return f"{wareki_short(value.date())} {value:%H:%M}"
        if isinstance(value, date):
            return wareki_short(value) if self.kind is Kind.DATE_SHORT else wareki(value)
        if self.kind is Kind.NUMBER and isinstance(value, int):
            return f"{value:,}"
        return str(value)

    def plain(self, row: Any) -> str:
        """表計算に貼る字。日付は ISO、数は桁区切りなし。"""
        value = self.getter(row)
        if value is None:
            return ""
        if isinstance(value, datetime):
            return value.strftime("%Y-%m-%d %H:%M")
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, int | float):
            return str(value)
        return safe_cell(str(value))

    def sort_key(self, row: Any) -> tuple[bool, Any]:
        """並べるための値。空は常に後ろになるよう組にする。"""
        value = (self.sort or self.getter)(row)
        if isinstance(value, str):
            value = unicodedata.normalize("NFKC", value).casefold()
        return value is None, value


def safe_cell(text: str) -> str:
    """表計算に貼っても式にならず、行や列を割らない字。"""
    flat = text.replace("\t", " ").replace("\r\n", " ").replace("\n", " ").replace("\r", " ")
    return f"'{flat}" if flat.lstrip().startswith(("=", "+", "@")) else flat


@dataclass(frozen=True)
class PageRequest:
    """続きの求め。after は最後の行の鍵（None なら最初から）、sort は列の題（空なら既定の順）。"""

    after: object | None
    limit: int
    sort: str = ""
    descending: bool = False


Loader = Callable[[PageRequest], Sequence[Any]]


class RowsModel(QAbstractTableModel):
    """凍った行の組の一覧。loader を渡せば鍵で続きを読み、並べ替えも読み手に頼む。"""

    def __init__(
        self,
        columns: Iterable[Column],
        key: Callable[[Any], object],
        loader: Loader | None = None,
        page: int = 200,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.key = key
        self._loader, self._page = loader, page
        self._rows: list[Any] = []
        self._order: tuple[int, bool] | None = None
        self._more = loader is not None

    @property
    def rows(self) -> tuple[Any, ...]:
        """いま持っている行（見えている順）。"""
        return tuple(self._rows)

    def set_rows(self, rows: Iterable[Any]) -> None:
        """行を入れ替える。並べ方は保つ。"""
        self.beginResetModel()
        self._rows = list(rows)
        self._arrange()
        self.endResetModel()

    def reload(self) -> None:
        """loader で最初から読み直す。"""
        self.beginResetModel()
        self._rows, self._more = [], self._loader is not None
        self.endResetModel()
        if self._more:
            self.fetchMore(_ROOT)

    @property
    def first_page(self) -> PageRequest:
        """いまの並べ方での、初めの一頁の求め（画面の外で読み、set_page で渡すため）。"""
        return self._request(None)

    def set_page(self, rows: Sequence[Any]) -> None:
        """画面の外で読んだ初めの一頁に替える。続きは loader で読む。"""
        self.beginResetModel()
        self._rows = list(rows)
        self._more = self._loader is not None and len(rows) >= self._page
        self.endResetModel()

    def _request(self, after: object | None) -> PageRequest:
        title = self.columns[self._order[0]].title if self._order else ""
        return PageRequest(after, self._page, title, bool(self._order and self._order[1]))

    def row_of_key(self, key: object) -> int:
        """鍵の行の番号。なければ -1。"""
        return next((place for place, row in enumerate(self._rows) if self.key(row) == key), -1)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """行の数。"""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """列の数。"""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """升の値。ROW_ROLE では行そのもの。"""
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return "\n".join(part for part in (column.text(row), column.second(row)) if part)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.kind is Kind.NUMBER else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return row if role == ROW_ROLE else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """列の題。"""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            number = self.columns[section].kind is Kind.NUMBER
            side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """列で並べる。選ばれた行は選ばれたまま動く。-1 なら既定の順。"""
        self._order = (
            (column, order == Qt.SortOrder.DescendingOrder) if 0 <= column < len(self.columns) else None
        )
        if self._loader is not None:
            self.reload()
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        moved = [self._rows[index.row()] for index in before]
        self._arrange()
        places = {id(row): place for place, row in enumerate(self._rows)}
        after = [
            self.index(places[id(row)], index.column()) for row, index in zip(moved, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _arrange(self) -> None:
        if self._order is None or self._loader is not None:
            return
        column, descending = self.columns[self._order[0]], self._order[1]
        filled = [row for row in self._rows if not column.sort_key(row)[0]]
        empty = [row for row in self._rows if column.sort_key(row)[0]]
        filled.sort(key=lambda row: column.sort_key(row)[1], reverse=descending)
        self._rows = filled + empty

    def canFetchMore(self, parent: Index) -> bool:
        """続きがあるかもしれなければ真。"""
        return self._more and not parent.isValid()

    def fetchMore(self, parent: Index) -> None:
        """続きを一頁読む。"""
        if self._loader is None or not self.canFetchMore(parent):
            return
        after = self.key(self._rows[-1]) if self._rows else None
        found = list(self._loader(self._request(after)))
        self._more = len(found) == self._page
        if found:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(found) - 1)
            self._rows.extend(found)
            self.endInsertRows()

    def tsv(self, rows: Iterable[int]) -> str:
        """行を、題つきのタブ区切りにする（表計算に貼るため）。ふりがなは隣の列に置く。"""
        lines = ["\t".join(self._tsv_titles())]
        for place in rows:
            row = self._rows[place]
            cells: list[str] = []
            for column in self.columns:
                cells.append(column.plain(row))
                if column.kind is Kind.NAME:
                    cells.append(safe_cell(column.second(row)))
            lines.append("\t".join(cells))
        return "\n".join(lines) + "\n"

    def _tsv_titles(self) -> list[str]:
        titles: list[str] = []
        for column in self.columns:
            titles.append(safe_cell(column.title))
            if column.kind is Kind.NAME:
                titles.append(f"{column.title}（ふりがな）")
        return titles
