"""一覧の表。矢印で動き、Enter で開き、選んだ行を写して表計算に貼れる。"""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from ui.tables.model import ROW_ROLE, Column, Kind, RowsModel
from ui.theme import tokens as t
from ui.theme.fonts import fit_font, squeezed
from ui.theme.style import Look, current_look
from ui.widgets.chip import caption_font, chip_size, paint_chip

ROW_ONE_LINE, ROW_TWO_LINES = 34, 48
_V_CENTRE = Qt.AlignmentFlag.AlignVCenter
_WRAPPED = int(_V_CENTRE | Qt.AlignmentFlag.AlignLeft) | int(Qt.TextFlag.TextWordWrap)
_TALLEST = 10_000


class RowDelegate(QStyledItemDelegate):
    """升を描く。氏名は二行、状態は札、ほかは一行（入りきらなければ「…」と吹き出し）。"""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """升一つを描く。"""
        model = index.model()
        if not isinstance(model, RowsModel):
            super().paint(painter, option, index)
            return
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        look = current_look()
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, look.colour("accent_weak"))
        painter.setPen(look.colour("line_weak"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        inner = rect.adjusted(look.px(8), 0, -look.px(8), 0)
        painter.setFont(option.font)
        self._content(painter, inner, model.columns[index.column()], index.data(ROW_ROLE), look)
        painter.restore()

    def _content(self, painter: QPainter, rect: QRect, column: Column, row: Any, look: Look) -> None:
        text = column.text(row)
        if column.kind is Kind.CHIP:
            self._chip(painter, rect, text, column.tone(row), look)
            return
        if column.kind is Kind.WRAPPED:
            painter.setPen(look.colour("ink"))
            painter.setFont(fit_font(painter.font(), text))
            painter.drawText(rect, _WRAPPED, text)
            return
        second, base = column.second(row), painter.font()
        if column.kind is Kind.NAME:
            # 氏名は切らない。長ければ字の幅を詰める
            painter.setFont(squeezed(fit_font(base, text), text, rect.width()))
        if second:
            half = rect.height() // 2
            upper = QRect(rect.left(), rect.top() + look.px(3), rect.width(), half - look.px(1))
            lower = QRect(rect.left(), rect.top() + half, rect.width(), half - look.px(3))
            self._text(painter, upper, text, look, "ink")
            painter.setFont(caption_font(base, look))
            self._text(painter, lower, second, look, "muted")
            return
        side = Qt.AlignmentFlag.AlignRight if column.kind is Kind.NUMBER else Qt.AlignmentFlag.AlignLeft
        self._text(painter, rect, text, look, "ink", side)

    def _text(
        self,
        painter: QPainter,
        rect: QRect,
        text: str,
        look: Look,
        colour: str,
        side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        painter.setPen(look.colour(colour))
        painter.setFont(fit_font(painter.font(), text))
        one_line = text.replace("\n", " ")
        shown = painter.fontMetrics().elidedText(one_line, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, side | _V_CENTRE | Qt.TextFlag.TextSingleLine, shown)

    def _chip(self, painter: QPainter, rect: QRect, text: str, tone: t.Tone, look: Look) -> None:
        if not text:
            return
        painter.setFont(caption_font(painter.font(), look))
        size = chip_size(text, painter.font(), look)
        width = min(size.width(), rect.width())
        box = QRectF(rect.left(), rect.center().y() - size.height() / 2 + 1, width, size.height())
        paint_chip(painter, box, text, tone, look)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """列の幅合わせに使う大きさ。"""
        hint = super().sizeHint(option, index)
        return QSize(hint.width() + current_look().px(16), hint.height())


def fitted_widths(columns: Sequence[Column], room: int, px: Callable[[float], int]) -> list[int]:
    """room（px）に入る列の幅。隠す列は 0。drop の大きい列から（同じ値の列は一緒に）隠し、残りは least まで縮める。"""
    wanted = [px(c.width) for c in columns]
    least = [px(c.least or c.width) for c in columns]
    shown = set(range(len(columns)))
    for order in sorted({c.drop for c in columns if c.drop}, reverse=True):
        if sum(least[i] for i in shown) <= room:
            break
        shown -= {i for i in shown if columns[i].drop == order}
    # 広い列の組を隠した後に、先に隠した狭い列の組が入るなら戻す
    for order in sorted({columns[i].drop for i in range(len(columns)) if i not in shown}):
        group = {i for i in range(len(columns)) if columns[i].drop == order}
        if sum(least[i] for i in shown | group) <= room:
            shown |= group
    spare = max(0, room - sum(least[i] for i in shown))
    slack = sum(wanted[i] - least[i] for i in shown)
    share = min(1.0, spare / slack) if slack else 0.0
    return [least[i] + int((wanted[i] - least[i]) * share) if i in shown else 0 for i in range(len(columns))]


class RowsView(QTableView):
    """RowsModel を見せる表。

    row_chosen は選ばれた行（なければ None）、opened は Enter か二度押しで開かれた行を送る。
    picked は、人の手（鍵かマウス）で別の行が選ばれるとき、row_chosen の前に届く。
    """

    row_chosen = Signal(object)
    picked = Signal()
    opened = Signal(object)

    def __init__(self, model: RowsModel, *, stretch: int = -1, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = model
        self._wanted: object | None = None
        self._by_hand = False
        self._stretch = stretch
        self._given: list[int] = []
        self._delegate = RowDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setModel(model)
        self._set_up_look()
        self._set_up_columns()
        model.modelAboutToBeReset.connect(self._remember)
        model.modelReset.connect(self._restore)
        model.modelReset.connect(self._fit_rows)
        model.layoutChanged.connect(self._fit_rows)
        self.activated.connect(self._open)
        self.doubleClicked.connect(self._open)

    @property
    def rows_model(self) -> RowsModel:
        """見せているモデル。"""
        return self._rows

    def _set_up_look(self) -> None:
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        rows = self.verticalHeader()
        rows.hide()
        two = any(column.kind is Kind.NAME for column in self._rows.columns)
        rows.setMinimumSectionSize(1)
        rows.setDefaultSectionSize(current_look().px(ROW_TWO_LINES if two else ROW_ONE_LINE))

    def _set_up_columns(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        for place, column in enumerate(self._rows.columns):
            self.setColumnWidth(place, current_look().px(column.width))
        if 0 <= self._stretch < len(self._rows.columns):
            header.setSectionResizeMode(self._stretch, QHeaderView.ResizeMode.Stretch)
        else:
            header.setStretchLastSection(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        self.setSortingEnabled(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """幅に列を合わせる（横に巻かなくてよいように）。"""
        super().resizeEvent(event)
        self._fit_columns()
        self._fit_rows()

    def _fit_columns(self) -> None:
        px = current_look().px
        widths = fitted_widths(self._rows.columns, self.viewport().width(), px)
        for place, width in enumerate(widths):
            # 人の引いた幅は、置く所の幅で決まる値が変わるまで保つ
            if self._given[place : place + 1] != [width]:
                self.setColumnHidden(place, not width)
                if width:
                    self.setColumnWidth(place, width)
        self._given = widths

    def _fit_rows(self) -> None:
        """折り返す列があれば、行の高さを字に合わせる。"""
        wrapped = [i for i, column in enumerate(self._rows.columns) if column.kind is Kind.WRAPPED]
        if not wrapped:
            return
        px, least = current_look().px, self.verticalHeader().defaultSectionSize()
        for place, row in enumerate(self._rows.rows):
            heights = [least]
            for at in wrapped:
                text = self._rows.columns[at].text(row)
                metrics = QFontMetrics(fit_font(self.font(), text))
                room = QRect(0, 0, max(1, self.columnWidth(at) - 2 * px(8)), _TALLEST)
                heights.append(metrics.boundingRect(room, _WRAPPED, text).height() + px(14))
            self.setRowHeight(place, max(heights))

    def chosen(self) -> Any:
        """いまの行。なければ None。"""
        return self.currentIndex().data(ROW_ROLE) if self.currentIndex().isValid() else None

    def select_key(self, key: object) -> bool:
        """鍵の行を選ぶ。なければ偽。"""
        place = self._rows.row_of_key(key)
        if place < 0:
            return False
        self.selectRow(place)
        self.scrollTo(self._rows.index(place, 0))
        return True

    def copy(self) -> None:
        """選んだ行をタブ区切りで写す。"""
        places = sorted({index.row() for index in self.selectionModel().selectedRows()})
        if places:
            QGuiApplication.clipboard().setText(self._rows.tsv(places))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """写す・開くの鍵。"""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self._open(self.currentIndex())
        else:
            self._by_hand = True
            super().keyPressEvent(event)
            self._by_hand = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """押した行を選ぶ。"""
        self._by_hand = True
        super().mousePressEvent(event)
        self._by_hand = False

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        """選ばれた行を知らせる。"""
        super().currentChanged(current, previous)
        if current.row() != previous.row() or current.isValid() != previous.isValid():
            if self._by_hand:
                self.picked.emit()
            self.row_chosen.emit(current.data(ROW_ROLE) if current.isValid() else None)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """行の全体を塗り直す。"""
        super().selectionChanged(selected, deselected)
        self.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        """書体が変われば行の高さも変える。"""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationFontChange and hasattr(self, "_rows"):
            self._set_up_look()

    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.opened.emit(index.data(ROW_ROLE))

    def _remember(self) -> None:
        row = self.chosen()
        self._wanted = None if row is None else self._rows.key(row)

    def _restore(self) -> None:
        if self._wanted is not None and not self.select_key(self._wanted):
            self.row_chosen.emit(None)
