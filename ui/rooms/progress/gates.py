"""関門の一覧：四つの関門の状態と、開いている・閉じている理由。"""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from app.services.views.progress import GateView
from ui.theme import tokens as t
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import label
from ui.widgets.chip import Chip

TONES = {
    "passed": Tone.OK,
    "completed": Tone.OK,
    "taken": Tone.OK,
    "not_yet": Tone.ACCENT,
    "open": Tone.ACCENT,
    "shut": Tone.MUTED,
    "withdrawal_due": Tone.BAD,
    "withdrawn": Tone.MUTED,
}


class GateList(QWidget):
    """関門を上から順に、名・状態の札・理由・条項で並べる。"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._gates: tuple[GateView, ...] = ()
        self._parts: list[QWidget] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(current_look().px(t.GAP_2))
        self._grid.setVerticalSpacing(current_look().px(2))
        self._grid.setColumnStretch(1, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    @property
    def gates(self) -> tuple[GateView, ...]:
        """いま示している関門。"""
        return self._gates

    def set_gates(self, gates: Iterable[GateView]) -> None:
        """関門を替える。"""
        self._gates = tuple(gates)
        for old in self._parts:
            self._grid.removeWidget(old)
            old.setParent(None)
            old.deleteLater()
        self._parts.clear()
        for place, gate in enumerate(self._gates):
            self._row(place * 2, gate)
        self.setAccessibleName("、".join(f"{g.title} {g.words}" for g in self._gates))

    def _row(self, row: int, gate: GateView) -> None:
        name, clause = label(gate.title, "strong"), label(gate.clause, "caption")
        chip = Chip(gate.words, TONES[gate.state])
        why = label(gate.why, "muted" if gate.state == "shut" else "", wrap=True)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        self._grid.addWidget(name, row, 0, left)
        self._grid.addWidget(chip, row, 1, 1, 2, left)
        self._grid.addWidget(why, row + 1, 0, 1, 2)
        self._grid.addWidget(clause, row + 1, 2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self._parts += [name, chip, clause, why]
