"""一つの認証の、認定証の年表。"""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from app.domain.calendar import wareki
from app.services.views.certificate_ledger import TimelineRow
from ui.theme import tokens as t
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import Card, label
from ui.widgets.chip import Chip

_TONES = {
    "認証": Tone.ACCENT,
    "交付": Tone.OK,
    "印刷": Tone.OK,
    "発送": Tone.ACCENT,
    "手渡し": Tone.ACCENT,
    "返送": Tone.BAD,
    "書損じ": Tone.WARN,
    "取下げ": Tone.WARN,
}


class HistoryCard(Card):
    """認定証の年表の囲み。日・出来事・版・詳しいことを、日付の順に並べる。"""

    def __init__(self) -> None:
        super().__init__("認定証の年表")
        self.rows: tuple[TimelineRow, ...] = ()
        self._holder: QWidget | None = None

    def show_rows(self, rows: Sequence[TimelineRow]) -> None:
        """年表を替える。"""
        self.rows = tuple(rows)
        if self._holder is not None:
            self.body.removeWidget(self._holder)
            self._holder.hide()
            self._holder.setParent(None)
            self._holder.deleteLater()
        px = current_look().px
        self._holder = QWidget()
        grid = QGridLayout(self._holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(px(t.GAP_3))
        grid.setVerticalSpacing(px(t.GAP_1))
        grid.setColumnStretch(2, 1)
        for place, row in enumerate(rows):
            version = f"第{row.version}版　" if row.version is not None else ""
            grid.addWidget(label(wareki(row.day), "muted"), place, 0, Qt.AlignmentFlag.AlignTop)
            chip = Chip(row.title, _TONES.get(row.title, Tone.MUTED))
            grid.addWidget(chip, place, 1, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(label(f"{version}{row.detail}", wrap=True), place, 2)
        self.body.addWidget(self._holder)
