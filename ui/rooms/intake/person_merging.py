"""受付の窓：同じ人かもしれない二つの記録を並べ、残す記録と採る値を選んで、一つにまとめる。"""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.domain.calendar import wareki
from app.services import intake
from app.services.views.people import Comparison, FieldPair, HistoryLine, PersonBrief
from ui.rooms.context import RoomContext
from ui.rooms.intake.working import WorkingDialog
from ui.theme import tokens as t
from ui.theme.style import current_look, set_role, show_if
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, label

_NOTHING = "（なし）"


class _Choice(QWidget):
    """選べる値一つ。丸だけでなく、字を押しても選べる。"""

    def __init__(self, words: str, name: str, role: str = "") -> None:
        super().__init__()
        px = current_look().px
        row = QHBoxLayout(self)
        row.setContentsMargins(px(8), px(4), px(8), px(4))
        row.setSpacing(px(t.GAP_2))
        self.radio = QRadioButton()
        self.radio.setAccessibleName(name)
        self.words = label(words, role, wrap=True)
        row.addWidget(self.radio, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.words, 1, Qt.AlignmentFlag.AlignTop)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """字を押しても選ぶ。"""
        self.radio.setChecked(True)
        super().mouseReleaseEvent(event)


class _Pair:
    """左右どちらか一つを選ぶ組。"""

    def __init__(self, parent: QWidget, words: tuple[str, str], name: str, role: str = "") -> None:
        self.sides = tuple(_Choice(text or _NOTHING, f"{name} {text or _NOTHING}", role) for text in words)
        self.group = QButtonGroup(parent)
        for number, side in enumerate(self.sides):
            self.group.addButton(side.radio, number)

    @property
    def chosen(self) -> int:
        """選ばれている側（0 が左）。"""
        return self.group.checkedId()

    def choose(self, side: int) -> None:
        """選ぶ。"""
        self.sides[side].radio.setChecked(True)


def _heading(one: PersonBrief) -> str:
    born = f"{one.reading}　{wareki(one.birth_date)}生" if one.reading else f"{wareki(one.birth_date)}生"
    return f"{one.name}\n{born}\n記録の番号 {one.id}"


def _history(lines: tuple[HistoryLine, ...]) -> str:
    words = [f"{'' if h.when is None else wareki(h.when)}　{h.words}" for h in lines]
    return "\n".join(words) or "申込も書類もありません。"


class MergeDialog(WorkingDialog):
    """二つの記録の見比べと名寄せ。saved は、まとめたとき送る。"""

    def __init__(self, parent: QWidget | None, context: RoomContext, seen: Comparison) -> None:
        super().__init__(
            parent,
            context,
            "二つの記録を見比べる",
            "同じ人なら、残す記録と、違う欄ごとに採る値を選んでまとめます。申込・書類・認証は残す記録に移ります。"
            "採らなかった値も前の記録に残り、後から元に戻せます。",
            "一つにまとめる",
        )
        self.seen = seen
        px = current_look().px
        self.setMinimumSize(px(860), px(620))
        self.kept = _Pair(self, (_heading(seen.one), _heading(seen.other)), "この記録を残す", "strong")
        self.fields: dict[str, _Pair] = {}
        self.note = NoteBox("")
        self.body.insertWidget(0, self._build_table(), 1)
        self.body.insertWidget(1, self.note)
        self.reason = QPlainTextEdit()
        self.reason.setAccessibleName("同じ人と確かめたわけ")
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(px(56))
        self.form.add("reason", "同じ人と確かめたわけ", self.reason, required=True)
        self.kept.group.idToggled.connect(lambda side, on: self._keep(side) if on else None)
        self.kept.choose(0)

    def _build_table(self) -> QScrollArea:
        inside = QWidget()
        set_role(inside, "scrolled")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        grid = QGridLayout()
        grid.setSpacing(0)
        px = current_look().px
        grid.setColumnMinimumWidth(0, px(150))
        for side in (1, 2):
            grid.setColumnStretch(side, 1)
        self._add(grid, "残す記録", self.kept, "head_row")
        for pair in self.seen.fields:
            if pair.differs:
                self._add_field(grid, pair)
        self._add_plain(grid, "申込と書類", *(_history(h) for h in self.seen.histories))
        column.addLayout(grid)
        same = "、".join(f"{p.label} {p.one}" for p in self.seen.fields if not p.differs and p.one)
        self.same = label(f"同じ欄：{same}" if same else "", "muted", wrap=True)
        self.same.setContentsMargins(px(8), px(8), px(8), px(8))
        column.addWidget(self.same)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inside)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return area

    def _band(self, grid: QGridLayout, name: str, role: str) -> int:
        row = grid.rowCount()
        band = QFrame()
        set_role(band, role)
        grid.addWidget(band, row, 0, 1, 3)
        head = label(name, "muted", wrap=True)
        px = current_look().px
        head.setContentsMargins(px(8), px(6), px(8), px(6))
        grid.addWidget(head, row, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _add(self, grid: QGridLayout, name: str, pair: _Pair, role: str = "") -> None:
        row = self._band(grid, name, role)
        for number, side in enumerate(pair.sides, 1):
            grid.addWidget(side, row, number)

    def _add_field(self, grid: QGridLayout, field: FieldPair) -> None:
        pair = self.fields[field.key] = _Pair(self, (field.one, field.other), field.label)
        self._add(grid, field.label, pair, "changed_row")

    def _add_plain(self, grid: QGridLayout, name: str, *words: str) -> None:
        row = self._band(grid, name, "")
        px = current_look().px
        for number, text in enumerate(words, 1):
            made = label(text, wrap=True)
            made.setContentsMargins(px(8), px(6), px(8), px(6))
            grid.addWidget(made, row, number, Qt.AlignmentFlag.AlignTop)

    def _keep(self, side: int) -> None:
        """残す記録の値を採る。そこに書かれていない値は、失わないように、もう一方から採る。"""
        for field in self.seen.fields:
            if field.differs:
                given = (field.one, field.other)[side]
                self.fields[field.key].choose(side if given else 1 - side)
        self._show_obstacle()

    def _show_obstacle(self) -> None:
        obstacle = self.seen.obstacles[self.kept.chosen]
        words = obstacle or "\n".join(self.seen.cautions)
        self.note.set_text(words, Tone.BAD if obstacle else Tone.WARN)
        show_if(self.note, bool(words))
        self.main_button.setEnabled(not obstacle)

    def errors(self) -> dict[str, str]:
        """わけは要る。"""
        if self.reason.toPlainText().strip():
            return {}
        return {"reason": "同じ人と確かめたわけを書いてください。記録に残ります。"}

    def work(self) -> Callable[[], Any]:
        """まとめる。"""
        side = self.kept.chosen
        pair = (self.seen.one.id, self.seen.other.id)
        kept, merged = pair[side], pair[1 - side]
        chosen = [key for key, field in self.fields.items() if field.chosen != side]
        office, reason = self._context.office, self.reason.toPlainText().strip()
        return lambda: intake.merge_people(office, kept, merged, reason, chosen)
