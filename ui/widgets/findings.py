"""判定の一覧：結果の印、要件、根拠と計算、条項。"""

import html
from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.domain.findings import Finding, Status
from ui.theme import tokens as t
from ui.theme.style import current_look, set_role
from ui.widgets.cards import LINE_GAP, hairline, label, spaced
from ui.widgets.chip import Chip

MARKS: dict[Status | None, tuple[str, t.Tone, str]] = {
    Status.MET: ("✓", t.Tone.OK, "満たす"),
    Status.UNCONFIRMED: ("?", t.Tone.WARN, "要確認"),
    Status.NOT_MET: ("✕", t.Tone.BAD, "満たさない"),
    None: ("–", t.Tone.MUTED, "該当なし"),
}


@dataclass(frozen=True)
class FindingLine:
    """一行。status が None なら「該当なし」。strong は根拠の頭に太字で置く数字（空でもよい）。"""

    status: Status | None
    requirement: str
    evidence: str
    clause: str
    strong: str = ""


def lines_of(findings: Iterable[Finding]) -> tuple[FindingLine, ...]:
    """判定を一行ずつに直す。未確認のものは、解き方を根拠の後に添える。"""
    return tuple(
        FindingLine(f.status, f.requirement, "　".join(p for p in (f.sentence, f.settles) if p), f.clause)
        for f in findings
    )


class FindingList(QWidget):
    """判定の一覧。長い言葉は折り返し、一行も切らない。"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[FindingLine, ...] = ()
        self._rows: list[QWidget] = []
        self._grid = QGridLayout(self)
        px = current_look().px
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(0)
        self._grid.setVerticalSpacing(0)
        for column, (width, stretch) in enumerate(((px(42), 0), (px(92), 3), (px(140), 6), (px(58), 0))):
            self._grid.setColumnMinimumWidth(column, width)
            self._grid.setColumnStretch(column, stretch)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    @property
    def lines(self) -> tuple[FindingLine, ...]:
        """いま示している行。"""
        return self._lines

    def set_lines(self, lines: Iterable[FindingLine]) -> None:
        """行を替える。"""
        self._lines = tuple(lines)
        for old in self._rows:
            self._grid.removeWidget(old)
            old.setParent(None)
            old.deleteLater()
        self._rows.clear()
        self._head()
        for place, line in enumerate(self._lines):
            self._row(2 + place * 2, line)

    def _put(self, widget: QWidget, row: int, column: int, span: int = 1) -> None:
        self._grid.addWidget(widget, row, column, 1, span)
        self._rows.append(widget)

    def _head(self) -> None:
        band = QFrame()
        set_role(band, "head_row")
        self._put(band, 0, 0, 4)
        for column, text in enumerate(("", "要件", "根拠と計算", "条項")):
            self._put(self._cell(label(text, "caption")), 0, column)

    def _cell(self, inner: QLabel) -> QLabel:
        px = current_look().px
        gap = LINE_GAP if inner.wordWrap() else 0
        inner.setContentsMargins(px(8), px(6 + gap / 2), px(8), px(6 - gap / 2))
        inner.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        return inner

    def _row(self, row: int, line: FindingLine) -> None:
        mark, tone, words = MARKS[line.status]
        holder = QWidget()
        inside = QHBoxLayout(holder)
        inside.setContentsMargins(current_look().px(8), 0, 0, 0)
        chip = Chip(mark, tone)
        chip.setAccessibleName(words)
        chip.setToolTip(words)
        inside.addWidget(chip, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._put(holder, row, 0)
        self._put(self._cell(label(line.requirement, wrap=True)), row, 1)
        self._put(self._evidence(line), row, 2)
        self._put(self._cell(label(line.clause, "caption", wrap=True)), row, 3)
        self._put(hairline("hairline_weak"), row + 1, 0, 4)

    def _evidence(self, line: FindingLine) -> QLabel:
        made = QLabel()
        made.setTextFormat(Qt.TextFormat.RichText)
        strong = f"<b>{html.escape(line.strong)}</b>　" if line.strong else ""
        made.setText(spaced(strong + html.escape(line.evidence)))
        made.setWordWrap(True)
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        made.setAccessibleName(f"{line.requirement}：{line.strong}{line.evidence}")
        return self._cell(made)
