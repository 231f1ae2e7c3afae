"""ほかの様式の読み方を決める窓：左にファイル、右に申込様式の項目。項目を選び、左の列かセルを押す。"""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import RuleViolation
from app.services import intake
from app.services.mapping_draft import MappingDraft
from app.services.views.mapping import MappingItem
from ui.messages import Dialog
from ui.rooms.context import RoomContext
from ui.rooms.intake.mapping_grid import PictureView
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import current_look, show_if
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, button, label
from ui.widgets.form import Form
from ui.widgets.number import NumberBox

STATES = {
    "assigned": ("割当済み", Tone.OK),
    "needed": ("必須・未割当", Tone.BAD),
    "open": ("未割当", Tone.MUTED),
}
_ITEMS = (
    Column("様式の項目", lambda i: i.title, Kind.TEXT, 168),
    Column("状態", lambda i: STATES[i.state][0], Kind.CHIP, 104, tone=lambda i: STATES[i.state][1]),
    Column("ファイルの列・セル", lambda i: _place(i), Kind.TEXT, 156),
    Column("はじめの値", lambda i: "、".join(i.examples), Kind.TEXT, 150),
)
_WORDS = (
    "右の項目を選び、左の列（一枚一人の様式ではセル）を押すと割り当てます。"
    "保存すると、次に同じ見出しのファイルが来たときに、自動でこの読み方を使います。"
)
_GROUPS = (("在職歴", "在職を足す"), ("国家資格", "資格を足す"), ("申告", "裁判を足す"))


def _place(item: MappingItem) -> str:
    return f"{item.sheet}　{item.place}" if item.sheet else item.place


class MappingDialog(Dialog):
    """読み方を直し、名を付けて残す。chosen は決まった読み方を送る（保存していてもいなくても）。"""

    chosen = Signal(object)

    def __init__(self, parent: QWidget, context: RoomContext, draft: MappingDraft, file_name: str) -> None:
        super().__init__(parent, f"読み方を決める：{file_name}", _WORDS)
        self._context, self.draft = context, draft
        self._pictures = draft.pictures()
        px = current_look().px
        room = self.screen().availableSize()
        self.resize(min(px(1280), room.width()), min(px(720), room.height()))
        self.note = NoteBox("", Tone.BAD)
        self._build_head()
        self._build_grid()
        self._build_items()
        self._build_name()
        self.cancel_button = self.add_action("やめる", self.reject)
        self.action_row.addStretch(1)
        self.once_button = self.add_action("保存せずに読む", self.use_once)
        self.main_button = self.add_action("保存して読む", self.submit, "main")
        self._fit_kind()
        self._refresh()
        self._choose_first_open()

    def _fit_kind(self) -> None:
        """申込のほかの取込では、一枚一人の様式と、件を足す操作は出さない。"""
        for section, made in self.group_buttons.items():
            show_if(made, section in self.draft.grouped)
        self.shape.setEnabled(bool(self.draft.grouped))

    def _build_head(self) -> None:
        self.shape = QComboBox()
        self.shape.addItems(["人が行に並ぶ表", "一枚に一人の様式"])
        self.shape.setAccessibleName("ファイルの形")
        self.sheets = QComboBox()
        self.sheets.addItems([p.name for p in self._pictures])
        self.sheets.setAccessibleName("見るシート")
        self.heading_row = NumberBox()
        self.heading_row.setRange(1, 40)
        self.heading_row.setSuffix(" 行目")
        self.heading_row.setAccessibleName("見出しの行")
        self.heading_depth = QComboBox()
        self.heading_depth.addItems(["見出しは一行", "見出しは二行"])
        self.heading_depth.setAccessibleName("見出しの行の数")
        self.guess_button = button("見当をつけ直す", "small", self.guess_again)
        row = QHBoxLayout()
        for made in (
            label("形", "muted"),
            self.shape,
            label("シート", "muted"),
            self.sheets,
            label("見出し", "muted"),
            self.heading_row,
            self.heading_depth,
            self.guess_button,
        ):
            row.addWidget(made)
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addWidget(self.note)
        self.shape.activated.connect(lambda _place: self._change_shape())
        self.sheets.activated.connect(lambda _place: self._show_grid())
        self.heading_row.valueChanged.connect(lambda _row: self._change_heading())
        self.heading_depth.activated.connect(lambda _place: self._change_heading())

    def _build_grid(self) -> None:
        self.grid = PictureView()
        self.grid.cell_pointed.connect(self._point)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.grid)
        self.body.addWidget(self.split, 1)

    def _build_items(self) -> None:
        self.items: RowsModel = RowsModel(_ITEMS, key=lambda i: i.key)
        self.table = RowsView(self.items, stretch=3)
        self.table.setSortingEnabled(False)
        self.table.setAccessibleName("申込様式の項目")
        self.table.row_chosen.connect(self._choose)
        self.more = QCheckBox("続けて足す（姓と名、年と月と日が別の列のとき）")
        self.clear_button = button("割当を外す", "small", self.clear)
        self.fixed = QComboBox()
        self.fixed.setAccessibleName("全員に同じ値")
        self.fixed.activated.connect(lambda _place: self._fix())
        self.group_buttons = {
            section: button(words, "small", partial(self.add_group, section)) for section, words in _GROUPS
        }
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table, 1)
        column.addWidget(self.more)
        row = QHBoxLayout()
        row.addWidget(self.clear_button)
        row.addWidget(self.fixed)
        row.addStretch(1)
        for made in self.group_buttons.values():
            row.addWidget(made)
        column.addLayout(row)
        self.split.addWidget(side)
        px = current_look().px
        self.split.setSizes([px(640), px(600)])

    def _build_name(self) -> None:
        self.name = QLineEdit(self.draft.name)
        self.name.setMaxLength(60)
        self.form = Form()
        self.form.add("name", "読み方の名", self.name, "例：○○県の名簿。同じ名の読み方があれば置き換えます。")
        show_if(self.form, self._context.office.may("intake.save_mapping"))
        self.body.addWidget(self.form)

    # 見せる --------------------------------------------------------------

    def _refresh(self) -> None:
        self.items.set_rows(self.draft.items())
        row, depth = self.draft.heading
        self._set_quietly(self.shape, int(self.draft.is_form))
        self._set_quietly(self.heading_depth, max(0, depth - 1))
        self.heading_row.blockSignals(True)
        self.heading_row.setValue(max(1, row))
        self.heading_row.blockSignals(False)
        self.heading_row.setEnabled(depth > 0)
        self.heading_depth.setEnabled(depth > 0)
        problem = self.draft.problem
        self.note.set_text(problem, Tone.WARN)
        may_save = self._context.office.may("intake.save_mapping")
        self.main_button.setEnabled(not problem and may_save)
        self.once_button.setEnabled(not problem)
        self._show_grid()

    @staticmethod
    def _set_quietly(box: QComboBox, place: int) -> None:
        box.blockSignals(True)
        box.setCurrentIndex(place)
        box.blockSignals(False)

    def _show_grid(self) -> None:
        picture = self._pictures[self.sheets.currentIndex()]
        item: MappingItem | None = self.table.chosen()
        title = "" if item is None else item.title
        heading = self.draft.heading_of(picture.name)
        self.grid.show_picture(picture, self.draft.marks(picture.name), heading, title)

    def _choose_first_open(self) -> None:
        self._set_quietly(self.sheets, self._place_of(self.draft.sheet))
        self._show_grid()
        first = next((i for i in self.items.rows if i.state == "needed"), self.items.rows[0])
        self.table.select_key(first.key)
        self.table.setFocus()

    def _place_of(self, sheet: str) -> int:
        return next((i for i, p in enumerate(self._pictures) if p.name == sheet), 0)

    def _choose(self, item: MappingItem | None) -> None:
        self.fixed.clear()
        choices = () if item is None else item.choices
        show_if(self.fixed, bool(choices))
        self.clear_button.setEnabled(item is not None and item.state == "assigned")
        if item is None:
            return
        self.fixed.addItems(["全員に同じ値…", *choices])
        if item.fixed in choices:
            self.fixed.setCurrentIndex(choices.index(item.fixed) + 1)
        sheet = item.sheet or self.draft.sheet
        if item.state == "assigned" and not item.fixed and sheet != self.sheets.currentText():
            self._set_quietly(self.sheets, self._place_of(sheet))
            self._show_grid()
        self.grid.picture.set_title(item.title)
        places = [
            c for c, title in self.draft.marks(self.sheets.currentText()).items() if title == item.title
        ]
        if places:
            self.grid.show_cell(places[0][0], places[0][1])

    def showEvent(self, event: QShowEvent) -> None:
        """大きさが決まってから、選んだ項目の所を見せる（左の端に近い所は、左の端から）。"""
        super().showEvent(event)
        self.grid.horizontalScrollBar().setValue(0)
        self._choose(self.table.chosen())

    # 直す ----------------------------------------------------------------

    def _try(self, change: Callable[[], Any]) -> None:
        """読み方を直す。直せなければ理由を出す。"""
        item: MappingItem | None = self.table.chosen()
        try:
            change()
        except RuleViolation as refusal:
            self.note.set_text(str(refusal), Tone.BAD)
            return
        self._refresh()
        if item is not None:
            self.table.select_key(item.key)
            self._choose(self.table.chosen())

    def _point(self, row: int, column: int) -> None:
        item: MappingItem | None = self.table.chosen()
        if item is not None:
            sheet, more = self.sheets.currentText(), self.more.isChecked()
            self._try(lambda: self.draft.point(item.key, sheet, row, column, more=more))

    def clear(self) -> None:
        """選んだ項目の割り当てを外す。"""
        item: MappingItem | None = self.table.chosen()
        if item is not None:
            self._try(lambda: self.draft.clear(item.key))

    def _fix(self) -> None:
        item: MappingItem | None = self.table.chosen()
        if item is not None:
            value = self.fixed.currentText() if self.fixed.currentIndex() else ""
            self._try(lambda: self.draft.fix(item.key, value))

    def add_group(self, section: str) -> None:
        """在職などの件を一つ足す。"""
        self._try(lambda: self.draft.add_group(section))

    def _change_shape(self) -> None:
        sheet = self.sheets.currentText()
        if self.shape.currentIndex():
            self._try(lambda: self.draft.set_form(sheet))
        else:
            self._try(lambda: self.draft.set_heading(sheet, self.heading_row.value(), 1))

    def _change_heading(self) -> None:
        row, depth = self.heading_row.value(), self.heading_depth.currentIndex() + 1
        self._try(lambda: self.draft.set_heading(self.sheets.currentText(), row, depth))

    def guess_again(self) -> None:
        """ファイルから見当をつけ直す。"""
        self._try(self.draft.guess_again)

    # 決める --------------------------------------------------------------

    def submit(self) -> None:
        """名を付けて保存し、この読み方で読む。"""
        try:
            intake.save_mapping(self._context.office, self.name.text(), self.draft.mapping)
        except RuleViolation as refusal:
            self.form.show_errors({"name": str(refusal)})
            return
        self.use_once()

    def use_once(self) -> None:
        """保存せずに、この読み方で読む。"""
        mapping = self.draft.mapping
        self.accept()
        self.chosen.emit(mapping)
