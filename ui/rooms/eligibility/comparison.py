"""所見の見比べ：記録のとおりの判定と、試しに変えたときの判定を並べ、違いに印を付ける。"""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QWidget

from app.domain.findings import Finding, Status
from app.services.views.eligibility import RESULT_WORDS, EligibilityView
from ui.theme import tokens as t
from ui.theme.style import current_look, set_role, show_if
from ui.widgets.cards import label
from ui.widgets.chip import Chip
from ui.widgets.findings import MARKS

TONES = {"eligible": t.Tone.OK, "unconfirmed": t.Tone.WARN, "ineligible": t.Tone.BAD}


class _Side(QWidget):
    """印と根拠の一組。"""

    def __init__(self) -> None:
        super().__init__()
        px = current_look().px
        row = QHBoxLayout(self)
        row.setContentsMargins(px(8), px(4), px(8), px(4))
        row.setSpacing(px(t.GAP_2))
        self.chip = Chip("–", t.Tone.MUTED)
        self.words = label("", wrap=True)
        row.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.words, 1, Qt.AlignmentFlag.AlignTop)

    def show_finding(self, finding: Finding) -> None:
        """所見を示す。"""
        exempt = finding.requirement == "国家資格による免除" and finding.status is Status.NOT_MET
        mark, tone, spoken = MARKS[None if exempt else finding.status]
        self.chip.set(mark, tone)
        self.chip.setAccessibleName(spoken)
        if self.words.text() != finding.sentence:
            self.words.setText(finding.sentence)

    def show_result(self, result: str) -> None:
        """答えを示す。"""
        self.chip.set(RESULT_WORDS[result], TONES[result])
        self.words.setText("")


class _Line:
    """見比べの一行。違えば地の色と「変わる」の札で示し、同じなら一つだけを幅いっぱいに置く。"""

    def __init__(self, grid: QGridLayout, row: int) -> None:
        self.band = QFrame()
        self._grid, self._row, self._differs = grid, row, True
        grid.addWidget(self.band, row, 0, 1, 3)
        self.head = QWidget()
        px = current_look().px
        inside = QHBoxLayout(self.head)
        inside.setContentsMargins(px(8), px(4), px(4), px(4))
        self.name: QLabel = label("", wrap=True)
        self.changed = Chip("変わる", t.Tone.ACCENT)
        inside.addWidget(self.name, 1)
        inside.addWidget(self.changed)
        self.real, self.tried = _Side(), _Side()
        for column, part in enumerate((self.head, self.real, self.tried)):
            grid.addWidget(part, row, column)

    def show(self, name: str, differs: bool) -> None:
        """要件の名と、違うかどうかを示す。"""
        if self.name.text() != name:
            self.name.setText(name)
        self.changed.set("変わる" if differs else "", t.Tone.ACCENT)
        set_role(self.band, "changed_row" if differs else "")
        if differs is not self._differs:
            self._differs = differs
            self._grid.removeWidget(self.real)
            self._grid.addWidget(self.real, self._row, 1, 1, 1 if differs else 2)
            show_if(self.tried, differs)


class ComparisonList(QWidget):
    """判定と所見を、記録のとおりと試しとで並べた表。"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(0)
        px = current_look().px
        for column, (width, stretch) in enumerate(((px(150), 3), (px(150), 5), (px(150), 5))):
            self._grid.setColumnMinimumWidth(column, width)
            self._grid.setColumnStretch(column, stretch)
        band = QFrame()
        set_role(band, "head_row")
        self._grid.addWidget(band, 0, 0, 1, 3)
        for column, text in enumerate(("要件", "記録のとおり", "試し")):
            head = label(text, "caption")
            head.setContentsMargins(px(8), px(6), px(8), px(6))
            self._grid.addWidget(head, 0, column)
        self._lines: list[_Line] = []

    def _ready(self, count: int) -> None:
        while len(self._lines) < count:
            self._lines.append(_Line(self._grid, len(self._lines) + 1))

    def set_views(self, real: EligibilityView, tried: EligibilityView) -> None:
        """二つの判定を示す。部品は作り直さず、言葉だけを替える（引いている間も追いつくように）。"""
        self._ready(1 + len(real.findings))
        first = self._lines[0]
        first.show("判定", real.row.result != tried.row.result)
        first.real.show_result(real.row.result)
        first.tried.show_result(tried.row.result)
        pairs = zip(self._lines[1:], real.findings, tried.findings, strict=True)
        for line, old, new in pairs:
            line.show(new.requirement, (old.status, old.sentence) != (new.status, new.sentence))
            line.real.show_finding(old)
            line.tried.show_finding(new)

    def rows(self) -> Sequence[tuple[str, str, str, bool]]:
        """いま示していること（要件, 記録, 試し（同じなら空）, 違うか）。"""
        return [
            (
                line.name.text(),
                f"{line.real.chip.text}{line.real.words.text()}",
                f"{line.tried.chip.text}{line.tried.words.text()}" if line.changed.text else "",
                bool(line.changed.text),
            )
            for line in self._lines
        ]
