"""課程を進むにつれて何人が残っているか。"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.theme import tokens as t
from ui.theme.style import current_look, set_role
from ui.widgets.cards import label


@dataclass(frozen=True)
class FunnelStep:
    """一段。value が None ならまだ始まっていない（「—」と出す）。"""

    title: str
    value: int | None

    @property
    def words(self) -> str:
        """人数の字。"""
        return "—" if self.value is None else f"{self.value:,}"


class Funnel(QFrame):
    """受付から認証までの人数の流れ。"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "card")
        px = current_look().px
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(px(t.GAP_4), px(t.GAP_3), px(t.GAP_4), px(t.GAP_3))
        self._layout.setSpacing(0)
        self._steps: tuple[FunnelStep, ...] = ()

    @property
    def steps(self) -> tuple[FunnelStep, ...]:
        """いま示している段。"""
        return self._steps

    def set_steps(self, steps: Sequence[FunnelStep]) -> None:
        """段を左から順に渡す。"""
        self._steps = tuple(steps)
        while (item := self._layout.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.setParent(None)
                old.deleteLater()
        for place, step in enumerate(self._steps):
            if place:
                self._layout.addWidget(label("›", "muted"))
            self._layout.addWidget(self._step(step), 1)
        self.setAccessibleName("、".join(f"{s.title} {s.words}" for s in self._steps))

    def _step(self, step: FunnelStep) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current_look().px(t.GAP_1))
        for text, role in ((step.title, "caption"), (step.words, "figure")):
            part = label(text, role)
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(part)
        return box
