"""答案を打つ表：鍵一つで答が入って右へ進み、Enter で次の人へ移る。"""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from app.domain.choice_keys import choice_labels, label_of
from app.services.views.scoring_marking import GridQuestion, outcome_label
from ui.rooms.scoring.entry_model import ANSWERS, FIRST, OUTCOME, OUTCOMES, SECOND, STATE, EntryModel
from ui.tables.model import Index
from ui.theme.style import current_look
from ui.widgets.dialog import ENTER

OUTCOME_KEYS = "　".join(f"{n}＝{outcome_label(o)}" for n, o in enumerate(OUTCOMES, 1))
_MOST, _TEN = 10, 10
_PLAIN = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.KeypadModifier,
)


class EntryGrid(QTableView):
    """打つ表。done は Enter で終えた行、row_left はほかの仕方で離れた行、said は知らせの言葉、moved は移ったこと。"""

    done = Signal(int)
    row_left = Signal(int)
    said = Signal(str)
    moved = Signal()

    def __init__(self, model: EntryModel) -> None:
        super().__init__()
        self.entries, self.writable = model, True
        # 点の升に移ってすぐの数字は、前の点に続けず、打ち直す
        self._fresh = True
        px = current_look().px
        self.setModel(model)
        self.setAccessibleName("答案を打つ表")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        across, down = self.horizontalHeader(), self.verticalHeader()
        across.setSectionsClickable(False)
        across.setMinimumSectionSize(px(24))
        across.setHighlightSections(True)
        down.setMinimumSectionSize(1)
        down.setDefaultSectionSize(px(28))
        down.setFixedWidth(px(210))
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        model.modelReset.connect(self._fit)

    def _fit(self) -> None:
        px = current_look().px
        self.setColumnWidth(OUTCOME, px(64))
        self.setColumnWidth(STATE, px(72))
        for column in range(ANSWERS, self.entries.columnCount()):
            question = self.entries.question(column)
            wide = question is not None and question.kind == "multiple"
            self.setColumnWidth(column, px(64 if wide else 38))

    @property
    def first_column(self) -> int:
        """初めに打つ列。打てる設問がなければ結果。"""
        columns = range(ANSWERS, self.entries.columnCount())
        return next((c for c in columns if self._open(c)), OUTCOME)

    def go(self, row: int, column: int) -> None:
        """升に移る。"""
        self.setCurrentIndex(self.entries.index(row, column))

    def start(self) -> None:
        """まだ済んでいない初めの人に移る。"""
        rows = range(self.entries.rowCount())
        wanted = ("未入力", "未照合")
        row = next((r for r in rows if self.entries.state(r) in wanted), 0)
        if self.entries.rowCount():
            self.go(row, self.first_column)

    def _open(self, column: int) -> bool:
        question = self.entries.question(column)
        return column == OUTCOME or (question is not None and not question.by_two)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """行を離れたことを知らせる。"""
        super().currentChanged(current, previous)
        self._fresh = True
        if previous.isValid() and previous.row() != current.row():
            self.row_left.emit(previous.row())
        self.moved.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """打つ・進む・消す・次の人。"""
        row, column = self.currentIndex().row(), self.currentIndex().column()
        if row < 0 or self._shortcut(event, row, column):
            event.accept()
            return
        key = Qt.Key(event.key())
        acts: dict[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_Left: lambda: self._step(row, column, -1),
            Qt.Key.Key_Right: lambda: self._step(row, column, 1),
            Qt.Key.Key_Home: lambda: self.go(row, OUTCOME),
            Qt.Key.Key_Space: lambda: self._step(row, column, 1),
            Qt.Key.Key_Delete: lambda: self._clear(row, column),
            Qt.Key.Key_Backspace: lambda: self._back(row, column),
        } | dict.fromkeys(ENTER, lambda: self.done.emit(row))
        act = acts.get(key)
        if act is not None:
            act()
        elif event.text().strip() and event.modifiers() in _PLAIN:
            self._type(row, column, event.text())
        else:
            super().keyPressEvent(event)

    def _shortcut(self, event: QKeyEvent, row: int, column: int) -> bool:
        """Ctrl+数字は結果、Alt+1・Alt+2 は違う升でどちらを採るか、Ctrl+Z は打ちかけを戻す。"""
        modifiers, place = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier, event.key() - Qt.Key.Key_1
        if modifiers == Qt.KeyboardModifier.ControlModifier:
            if event.key() == Qt.Key.Key_Z:
                self.entries.take_back(row)
                return True
            if 0 <= place < len(OUTCOMES):
                self._type_outcome(row, place)
                return True
        if modifiers == Qt.KeyboardModifier.AltModifier and place in (0, 1):
            self.take((FIRST, SECOND)[place])
            return True
        return False

    def take(self, which: str) -> None:
        """違う升でどちらを採るかを決め、次の違いに移る。"""
        row, column = self.currentIndex().row(), self.currentIndex().column()
        found = self.entries.difference(row, column) if row >= 0 else None
        draft = self.entries.draft(row) if found is not None else None
        if found is None or draft is None:
            return
        self.entries.take(row, found.number, which)
        if draft.open_cells:
            self.go(row, self.entries.column_of(draft.open_cells[0]))
        else:
            self.said.emit("違いはすべて決まりました。Enter で照合を記録します。")
            self.moved.emit()

    def _step(self, row: int, column: int, step: int) -> None:
        place = column + step
        while 0 <= place < self.entries.columnCount():
            if self._open(place):
                self.go(row, place)
                return
            place += step
        if step > 0:
            self.said.emit("最後の設問です。Enter で次の人へ進みます。")

    def next_person(self, row: int) -> None:
        """次の人の初めの設問へ。終わりの人なら、そのまま。"""
        if row + 1 < self.entries.rowCount():
            self.go(row + 1, self.first_column)
        else:
            self.said.emit("終わりの人です。")

    def _may_type(self) -> bool:
        if not self.writable:
            self.said.emit("確定したテストの答案は変えられません。")
        return self.writable

    def _clear(self, row: int, column: int) -> None:
        question = self.entries.question(column)
        if question is not None and self._open(column) and self._may_type():
            self.entries.type_answer(row, question.number, None)

    def _back(self, row: int, column: int) -> None:
        question = self.entries.question(column)
        if question is not None and self.entries.answer(row, question.number) is None:
            self._step(row, column, -1)
            column = self.currentIndex().column()
        self._clear(row, column)

    def _type_outcome(self, row: int, place: int) -> None:
        if self._may_type():
            self.entries.type_outcome(row, OUTCOMES[place])

    def _type(self, row: int, column: int, text: str) -> None:
        question = self.entries.question(column)
        if column == OUTCOME:
            place = "12345".find(text)
            if place < 0:
                self.said.emit(f"結果は数字で打ちます：{OUTCOME_KEYS}")
            elif self._may_type():
                self._type_outcome(row, place)
                self._step(row, column, 1)
        elif question is not None and self._open(column) and self._may_type():
            self._type_answer(row, column, question, text)

    def _type_answer(self, row: int, column: int, question: GridQuestion, text: str) -> None:
        if self.entries.outcome(row) not in ("", "points"):
            words = outcome_label(self.entries.outcome(row))
            self.said.emit(
                f"結果が「{words}」です。受験した人なら、先に結果を「受験」（Ctrl+1）にしてください。"
            )
        elif question.kind == "written":
            self._type_points(row, column, question, text)
        else:
            self._type_choice(row, column, question, text)

    def _type_choice(self, row: int, column: int, question: GridQuestion, text: str) -> None:
        # 肢が定まっていなければ、まだ誰も選んでいない肢も打てる
        known = question.labels if question.exact else choice_labels(question.labels, _MOST)
        chosen = label_of(text, known)
        if chosen is None:
            self.said.emit(f"問{question.number}に肢「{text}」はありません（{' '.join(question.labels)}）。")
            return
        if question.kind == "choice":
            self.entries.type_answer(row, question.number, (chosen,))
            self._step(row, column, 1)
            return
        before = self.entries.answer(row, question.number)
        labels = set(before) if isinstance(before, tuple) else set()
        labels ^= {chosen}
        self.entries.type_answer(row, question.number, tuple(x for x in known if x in labels))

    def _type_points(self, row: int, column: int, question: GridQuestion, text: str) -> None:
        if text not in "0123456789":
            self.said.emit(f"問{question.number}は0〜{question.points}の点を数字で打ちます。")
            return
        before = self.entries.answer(row, question.number)
        points = (before * _TEN if isinstance(before, int) and not self._fresh else 0) + int(text)
        if points > question.points:
            points = int(text)
        if points > question.points:
            self.said.emit(f"問{question.number}の点は0〜{question.points}です。")
            return
        self.entries.type_answer(row, question.number, points)
        self._fresh = False
        if points * _TEN > question.points:
            self._step(row, column, 1)
