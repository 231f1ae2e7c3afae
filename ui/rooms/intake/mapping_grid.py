"""読み方の窓の左：ファイルの格子。見出しの行と、割り当てた列・セルを色と字で示す。"""

from collections.abc import Mapping

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QBrush, QFont, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from app.services.views.mapping import SheetPicture
from ui.theme.style import current_look

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_WIDTH, _HEIGHT = 96, 26


def letters(column: int) -> str:
    """列の字（0 → A）。"""
    out, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        out = chr(65 + rest) + out
    return out


class PictureModel(QAbstractTableModel):
    """一枚のシートの字。marks は割り当てられたセル（行が -1 なら列の全体）から項目の名へ。"""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._picture = SheetPicture("", (), (), False)
        self._marks: Mapping[tuple[int, int], str] = {}
        self._heading = (0, 0)
        self._title = ""

    def show_picture(
        self,
        picture: SheetPicture,
        marks: Mapping[tuple[int, int], str],
        heading: tuple[int, int],
        title: str,
    ) -> None:
        """格子を入れ替える。heading は見出しの行（1 から）と行の数、title はいま選んでいる項目の名。"""
        self.beginResetModel()
        self._picture, self._heading = picture, heading
        self._marks, self._title = marks, title
        self.endResetModel()

    def set_title(self, title: str) -> None:
        """いま選んでいる項目を替える。"""
        self._title = title
        last = self.index(max(0, self.rowCount() - 1), max(0, self.columnCount() - 1))
        self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """行の数。"""
        return 0 if parent.isValid() else len(self._picture.rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """列の数。"""
        return 0 if parent.isValid() else max(map(len, self._picture.rows), default=0)

    @property
    def first_row(self) -> int:
        """見出しのすぐ下の行（0 から）。"""
        return max(0, self._heading[0] - 1 + self._heading[1])

    def is_heading(self, row: int) -> bool:
        """見出しの行か（0 から）。"""
        first, depth = self._heading
        return first - 1 <= row < first - 1 + depth

    def mark(self, row: int, column: int) -> str:
        """そのセルに割り当てた項目の名。なければ空。"""
        first, depth = self._heading
        by_column = "" if depth and row < first - 1 else self._marks.get((-1, column), "")
        return self._marks.get((row, column)) or by_column

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """字・吹き出し・地の色・太さ。"""
        row, column = index.row(), index.column()
        mark = self.mark(row, column)
        if role == Qt.ItemDataRole.DisplayRole:
            cells = self._picture.rows[row]
            return cells[column].replace("\n", " ") if column < len(cells) else ""
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return f"{mark}に割当済み" if mark else ""
        if role == Qt.ItemDataRole.BackgroundRole and (colour := self._ground(row, mark)):
            return QBrush(current_look().colour(colour))
        if role == Qt.ItemDataRole.FontRole and self.is_heading(row):
            font = QFont()
            font.setBold(True)
            return font
        return None

    def _ground(self, row: int, mark: str) -> str:
        if mark:
            return "ok_weak" if mark == self._title else "accent_weak"
        return "header" if self.is_heading(row) else ""

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """列の字と行の番号。割り当てた列には項目の名を添える。"""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1)
        mark = self._marks.get((-1, section), "")
        return f"{letters(section)}　{mark}" if mark else letters(section)


class PictureView(QTableView):
    """格子。cell_pointed は押された（または Enter の）セルの行と列（0 から）を送る。"""

    cell_pointed = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.picture = PictureModel(self)
        self.setModel(self.picture)
        self.setAccessibleName("ファイルの中身")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        px = current_look().px
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setDefaultSectionSize(px(_HEIGHT))
        self.horizontalHeader().setDefaultSectionSize(px(_WIDTH))
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.clicked.connect(self._point)

    def show_picture(
        self,
        picture: SheetPicture,
        marks: Mapping[tuple[int, int], str],
        heading: tuple[int, int],
        title: str,
    ) -> None:
        """格子を入れ替え、結合を広げる。見ている所は保つ。"""
        across, down = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        self.clearSpans()
        self.picture.show_picture(picture, marks, heading, title)
        for top, left, bottom, right in picture.spans:
            if (bottom, right) != (top, left):
                self.setSpan(top, left, bottom - top + 1, right - left + 1)
        self._widen()
        self.horizontalScrollBar().setValue(across)
        self.verticalScrollBar().setValue(down)

    def _widen(self) -> None:
        """列の見出し（項目の名）が切れない幅にする。"""
        px, words = current_look().px, self.horizontalHeader().fontMetrics()
        for column in range(self.picture.columnCount()):
            text = str(self.picture.headerData(column, Qt.Orientation.Horizontal))
            self.setColumnWidth(column, max(px(_WIDTH), words.horizontalAdvance(text) + px(28)))

    def show_cell(self, row: int, column: int) -> None:
        """そのセルが見えるようにする。row が -1 なら、見出しのすぐ下の行（表題の広い結合は避ける）。"""
        if 0 <= column < self.picture.columnCount():
            wanted = row if row >= 0 else self.picture.first_row
            self.scrollTo(self.picture.index(min(wanted, self.picture.rowCount() - 1), column))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter で、いまのセルを指す。"""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._point(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _point(self, index: QModelIndex) -> None:
        if index.isValid():
            self.cell_pointed.emit(index.row(), index.column())
