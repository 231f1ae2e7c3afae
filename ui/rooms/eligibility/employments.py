"""在職の内訳の表：一つずつの期間・対象期間の内と外・従業日数の幅と、その場で打てる日数。"""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QLineEdit, QWidget

from app.domain.calendar import wareki_short
from app.domain.eligibility import COUNTER_WORDS
from app.domain.eligibility_case import FactKey, Value
from app.domain.experience_parts import EmploymentFigures
from app.services.views.eligibility import EligibilityView
from app.services.views.intake import EmploymentView
from ui.theme import tokens as t
from ui.theme.style import current_look, set_role
from ui.widgets.cards import hairline, label
from ui.widgets.chip import Chip

_HEADS = ("在職", "在職の日数", "従業日数（全期間）", "（対象期間内）", "数える日数")
# 在職一つの行の数と、これより狭ければ列を一つ減らす幅（100 % の px）
_ROWS, _NARROW = 4, 440
_COUNTED = {True: ("数える", t.Tone.OK), None: ("未確認", t.Tone.WARN), False: ("数えない", t.Tone.MUTED)}


class NumberEdit(QLineEdit):
    """打つそばから知らせる日数の欄。空は「なし」。読めないときは縁を赤くし、知らせない。"""

    typed = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText("なし")
        self.setMaximumWidth(current_look().px(72))
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.textEdited.connect(self._edited)

    def _edited(self, text: str) -> None:
        plain = text.strip()
        fine = not plain or (plain.isdecimal() and len(plain) <= 5)
        set_role(self, "" if fine else "wrong")
        self.setToolTip("" if fine else "0以上の整数で入れてください。")
        if fine:
            self.typed.emit(int(plain) if plain else None)

    def show_value(self, value: int | None) -> None:
        """値を示す。打っている最中の欄には触れない。"""
        words = "" if value is None else str(value)
        if not self.hasFocus() and self.text() != words:
            self.setText(words)
            set_role(self, "")


class _Line:
    """在職一つの行。"""

    def __init__(self, table: "EmploymentTable", grid: QGridLayout, row: int, e: EmploymentView) -> None:
        self.id = e.id
        px = current_look().px
        self.name, self.days, self.why = label("", wrap=True), label("", wrap=True), label("", "caption")
        self.why.setWordWrap(True)
        self.range: QLabel = label("", wrap=True)
        self.chip = Chip("")
        self.whole = NumberEdit(f"{e.counter_name}の従業日数（全期間）")
        self.inside = NumberEdit(f"{e.counter_name}の従業日数（対象期間内）")
        self.whole.typed.connect(lambda value: table.tell(e.id, "workdays", value))
        self.inside.typed.connect(lambda value: table.tell(e.id, "workdays_in_window", value))
        counted = QWidget()
        inner = QGridLayout(counted)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(px(2))
        inner.addWidget(self.range, 0, 0)
        inner.setColumnStretch(0, 1)
        self._inner, self._grid, self._row = inner, grid, row
        self.parts: list[QWidget] = [self.name, self.days, self.whole, self.inside, counted, self.why]
        for column, part in enumerate(self.parts[:5]):
            part.setContentsMargins(px(8), px(4), px(8), 0)
            grid.addWidget(part, row, column)
        self.why.setContentsMargins(px(8), 0, px(8), px(6))
        grid.addWidget(self.why, row + 2, 0, 1, 5)
        line = hairline("hairline_weak")
        self.parts.append(line)
        grid.addWidget(line, row + 3, 0, 1, 5)
        self.arrange(narrow=table.narrow)

    def arrange(self, *, narrow: bool) -> None:
        """狭ければ、在職の日数を次の行に、扱いの札を数える日数の下に置く。"""
        place = (self._row + 1, 0, 1, 5) if narrow else (self._row, 1, 1, 1)
        self._grid.addWidget(self.days, *place)
        right, left = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft
        self._inner.addWidget(self.chip, *((1, 0, left) if narrow else (0, 1, right)))

    def show(self, place: int, e: EmploymentView, figures: EmploymentFigures) -> None:
        """いまの値を示す。"""
        end = "在職中" if e.ended_on is None else wareki_short(e.ended_on)
        self.name.setText(f"{place} {e.counter_name}\n{wareki_short(e.started_on)}〜{end}")
        self.name.setToolTip(COUNTER_WORDS[e.counter])
        outside = f"・外{figures.outside}日" if figures.outside else ""
        self.days.setText(f"{figures.whole}日\n内{figures.inside}日{outside}")
        self.whole.show_value(e.workdays)
        self.inside.show_value(e.workdays_in_window)
        listed = e.days is not None
        for field in (self.whole, self.inside):
            field.setToolTip("勤務日の一覧があるので、一覧の日だけを数えます。" if listed else "")
        least, most = figures.least, figures.most
        self.range.setText(f"{least}日" if least == most else f"{least}〜{most}日")
        self.chip.set(*_COUNTED[figures.counted])
        self.why.setText(f"{COUNTER_WORDS[e.counter]}。{figures.why}")


class EmploymentTable(QWidget):
    """在職の内訳。日数を打つと edited（FactKey, 値）を送る。"""

    edited = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(0)
        for column, stretch in enumerate((5, 3, 0, 0, 4)):
            self._grid.setColumnStretch(column, stretch)
        px = current_look().px
        band = QFrame()
        set_role(band, "head_row")
        self._grid.addWidget(band, 0, 0, 1, 5)
        self._heads = [label(text, "caption", wrap=True) for text in _HEADS]
        for column, head in enumerate(self._heads):
            head.setContentsMargins(px(8), px(4), px(8), px(4))
            self._grid.addWidget(head, 0, column)
        self._lines: list[_Line] = []
        self.narrow = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """幅で並べ方を替える。"""
        super().resizeEvent(event)
        narrow = event.size().width() < current_look().px(_NARROW)
        if narrow == self.narrow:
            return
        self.narrow = narrow
        self._heads[1].setVisible(not narrow)
        self._grid.setColumnStretch(1, 0 if narrow else 3)
        for line in self._lines:
            line.arrange(narrow=narrow)

    def tell(self, employment_id: int, field: str, value: Value) -> None:
        """打たれた日数を知らせる。"""
        self.edited.emit(FactKey("employment", employment_id, field), value)

    def field(self, employment_id: int, name: str) -> NumberEdit:
        """在職の日数の欄。name は workdays か workdays_in_window。"""
        line = next(one for one in self._lines if one.id == employment_id)
        return line.whole if name == "workdays" else line.inside

    def set_view(self, view: EligibilityView) -> None:
        """一人の在職を示す。同じ在職なら部品を作り直さない。"""
        if [line.id for line in self._lines] != [e.id for e in view.employments]:
            self._rebuild(view.employments)
        shown = zip(self._lines, view.employments, view.figures, strict=True)
        for place, (line, e, figures) in enumerate(shown, 1):
            line.show(place, e, figures)

    def _rebuild(self, employments: Sequence[EmploymentView]) -> None:
        for line in self._lines:
            for part in line.parts:
                self._grid.removeWidget(part)
                part.setParent(None)
                part.deleteLater()
        self._lines = [_Line(self, self._grid, 1 + _ROWS * i, e) for i, e in enumerate(employments)]

    def words(self) -> list[tuple[str, ...]]:
        """示していること（在職・日数・数える日数・扱い・理由）。"""
        return [
            (x.name.text(), x.days.text(), x.range.text(), x.chip.text, x.why.text()) for x in self._lines
        ]
