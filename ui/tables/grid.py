"""打ち込む表。セルごとに確かめ、誤りはそのセルの色と吹き出し、表の下の一行で示す。Excel から貼れる。"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QBrush, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from ui.theme.style import current_look


def _fine(_text: str) -> str:
    return ""


@dataclass(frozen=True)
class GridColumn:
    """一列。check は字を受けて誤りの文（なければ空）を返す。choices があれば選び、fixed なら打てない。"""

    title: str
    width: int = 80
    check: Callable[[str], str] = _fine
    choices: tuple[str, ...] = ()
    fixed: bool = False


class _ChoiceDelegate(QStyledItemDelegate):
    """choices のある列を、選ぶ欄で直す。"""

    def __init__(self, choices: tuple[str, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self._choices = choices

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        """選ぶ欄を作る。"""
        made = QComboBox(parent)
        made.addItems(list(self._choices))
        made.activated.connect(lambda _place: self._commit(made))
        return made

    def _commit(self, editor: QComboBox) -> None:
        self.commitData.emit(editor)
        self.closeEditor.emit(editor)

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        """いまの字を選んで開く。"""
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(max(0, editor.findText(str(index.data() or ""))))


class EditGrid(QTableWidget):
    """打ち込む表。problems_changed は誤りの文（「3行目「配点」：…」、なければ空）を送る。"""

    problems_changed = Signal(str)

    def __init__(self, columns: Sequence[GridColumn], name: str, parent: QWidget | None = None) -> None:
        super().__init__(0, len(columns), parent)
        self.columns = tuple(columns)
        self.setAccessibleName(name)
        self.setHorizontalHeaderLabels([c.title for c in columns])
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        # 打っていないときの Tab は表を出る（表に閉じ込めない）。打っている間の Tab は次の升へ
        self.setTabKeyNavigation(False)
        self.verticalHeader().setDefaultSectionSize(current_look().px(30))
        self.verticalHeader().setMinimumSectionSize(1)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        for place, column in enumerate(columns):
            self.setColumnWidth(place, current_look().px(column.width))
            if column.choices:
                self.setItemDelegateForColumn(place, _ChoiceDelegate(column.choices, self))
        self.horizontalHeader().setSectionResizeMode(len(columns) - 1, QHeaderView.ResizeMode.Stretch)
        self.itemChanged.connect(self._changed)

    def set_values(self, rows: Sequence[Sequence[str]]) -> None:
        """行を入れ替える。"""
        self.setRowCount(0)
        for row in rows:
            self.add_row(row)

    def add_row(self, values: Sequence[str] = ()) -> None:
        """行を一つ足す。足りない値は空。"""
        place = self.rowCount()
        self.blockSignals(True)
        self.insertRow(place)
        for i, column in enumerate(self.columns):
            item = QTableWidgetItem(values[i] if i < len(values) else "")
            if column.fixed:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
            self.setItem(place, i, item)
            self._mark(item)
        self.blockSignals(False)
        self.problems_changed.emit(self.problem)

    def remove_current(self) -> None:
        """選んだ行を除く。"""
        for place in sorted({i.row() for i in self.selectedIndexes()}, reverse=True):
            self.removeRow(place)
        self.problems_changed.emit(self.problem)

    def values(self) -> list[list[str]]:
        """すべての行の字（前後の空白を除く）。"""
        return [[self._text(r, c) for c in range(self.columnCount())] for r in range(self.rowCount())]

    def put(self, row: int, column: int, text: str) -> None:
        """セルの字を替える。"""
        item = self.item(row, column)
        if item is not None:
            item.setText(text)

    def _text(self, row: int, column: int) -> str:
        item = self.item(row, column)
        return "" if item is None else item.text().strip()

    @property
    def problem(self) -> str:
        """最初の誤りの文。なければ空。"""
        for row, values in enumerate(self.values()):
            for column, text in zip(self.columns, values, strict=True):
                if words := self._error(column, text):
                    return f"{row + 1}行目「{column.title}」：{words}"
        return ""

    def focus_problem(self) -> None:
        """最初の誤りのセルに移る。"""
        for row, values in enumerate(self.values()):
            for place, text in enumerate(values):
                if self._error(self.columns[place], text):
                    self.setCurrentCell(row, place)
                    self.setFocus()
                    return

    @staticmethod
    def _error(column: GridColumn, text: str) -> str:
        if column.choices and text not in column.choices:
            return f"{'・'.join(c for c in column.choices if c)}のどれかを選んでください。"
        return column.check(text)

    def _mark(self, item: QTableWidgetItem) -> None:
        words = self._error(self.columns[item.column()], item.text().strip())
        item.setToolTip(words)
        item.setBackground(QBrush(current_look().colour("bad_weak")) if words else QBrush())

    def _changed(self, item: QTableWidgetItem) -> None:
        self.blockSignals(True)
        self._mark(item)
        self.blockSignals(False)
        self.problems_changed.emit(self.problem)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """写す・貼る・消す・打ち始める。"""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        elif event.key() == Qt.Key.Key_Delete:
            self._clear()
        else:
            super().keyPressEvent(event)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """打ち終わる。最後の升で Tab なら、初めの升に戻らずに表を出る。"""
        steps = {
            QAbstractItemDelegate.EndEditHint.EditNextItem: 1,
            QAbstractItemDelegate.EndEditHint.EditPreviousItem: -1,
        }
        step = steps.get(hint, 0)
        place = self.currentRow() * self.columnCount() + self.currentColumn() + step
        if not step or 0 <= place < self.rowCount() * self.columnCount():
            super().closeEditor(editor, hint)
            return
        super().closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)
        self.focusNextPrevChild(step > 0)

    def _copy(self) -> None:
        rows = sorted({i.row() for i in self.selectedIndexes()})
        columns = sorted({i.column() for i in self.selectedIndexes()})
        lines = ["\t".join(self._text(r, c) for c in columns) for r in rows]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def _clear(self) -> None:
        for index in self.selectedIndexes():
            if not self.columns[index.column()].fixed:
                self.put(index.row(), index.column(), "")

    def paste(self) -> None:
        """いまのセルから、表計算の範囲を貼る。足りない行は足す（打てない列のある表では足さない）。"""
        text = QGuiApplication.clipboard().text().replace("\r\n", "\n").rstrip("\n")
        if not text:
            return
        top, left = max(0, self.currentRow()), max(0, self.currentColumn())
        grows = not any(c.fixed for c in self.columns)
        for down, line in enumerate(text.split("\n")):
            if top + down >= self.rowCount():
                if not grows:
                    break
                self.add_row()
            for right, cell in enumerate(line.split("\t")):
                place = left + right
                if place < self.columnCount() and not self.columns[place].fixed:
                    self.put(top + down, place, cell.strip())
