"""欠格事由の確認：事由・計算の結果・委員会の判断を四行に並べる。"""

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.services.views.committee import GROUND_TEXTS, GroundView
from ui.theme import tokens as t
from ui.theme.style import current_look, set_role, show_if
from ui.widgets.cards import button, hairline, label
from ui.widgets.chip import Chip

COMPUTED_WORDS = {"clear": "該当しない", "applies": "該当する", "unconfirmed": "要確認"}
COMPUTED_TONES = {"clear": t.Tone.OK, "applies": t.Tone.BAD, "unconfirmed": t.Tone.WARN}


_LINES = 3  # 事由・（狭いときの）判断・線
JUDGEMENT = 210
NARROW = 520


class _GroundRow:
    """一つの事由の部品の組。"""

    def __init__(self, list_: "GroundList", ground: str) -> None:
        self.mark, words = GROUND_TEXTS[ground]
        self.text = label(words, wrap=True)
        self.sentence = label("", "caption", wrap=True)
        self.chip = Chip("")
        self.note = label("", "caption", wrap=True)
        self.evidence = button("証拠…", "small", lambda: list_.evidence.emit(ground))
        self.evidence.setAccessibleName(f"{self.mark}の証拠")
        self.group = QButtonGroup(list_)
        self.radios = {
            "applies": QRadioButton("該当する"),
            "clear": QRadioButton("該当しない"),
        }
        for finding, radio in self.radios.items():
            radio.setAccessibleName(f"{self.mark}は{radio.text()}")
            radio.clicked.connect(
                lambda _on=False, f=finding: list_.chosen.emit(ground, f)  # 選び直しも同じ道を通す
            )
            self.group.addButton(radio)

    def left(self) -> QWidget:
        """事由と計算の根拠。"""
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, current_look().px(t.GAP_1))
        column.setSpacing(0)
        column.addWidget(self.text)
        column.addWidget(self.sentence)
        return holder

    def right(self) -> QWidget:
        """計算の札・判断・確認した人。"""
        px = current_look().px
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, px(6), px(t.GAP_2), px(t.GAP_1))
        column.setSpacing(px(2))
        line = QHBoxLayout()
        line.setSpacing(px(t.GAP_3))
        line.addWidget(self.radios["applies"])
        line.addWidget(self.radios["clear"])
        line.addStretch(1)
        column.addLayout(line)
        column.addWidget(self.note)
        return holder

    def show(self, view: GroundView, *, locked: bool) -> None:
        """値を入れる。"""
        self.sentence.setText(view.sentence)
        show_if(self.sentence, bool(view.sentence))
        if view.ground == "a":
            self.chip.set("委員会が判断", t.Tone.MUTED)
        else:
            self.chip.set(COMPUTED_WORDS[view.computed], COMPUTED_TONES[view.computed])
        self.evidence.setText(_evidence_words(view))
        # 未確認のときは、どちらも選ばれていない姿に戻す
        self.group.setExclusive(False)
        for finding, radio in self.radios.items():
            radio.setChecked(view.finding == finding)
            radio.setEnabled(not locked)
        self.group.setExclusive(True)
        self.note.setText(_note(view))
        at = view.confirmed_at
        self.note.setToolTip("" if at is None else f"{at.astimezone():%Y-%m-%d %H:%M} に確認")
        set_role(self.note, "alarm" if view.stale else "caption")
        show_if(self.note, bool(self.note.text()))


def _evidence_words(view: GroundView) -> str:
    standing = [e for e in view.evidence if e.withdrawn_on is None]
    if any(e.waits for e in standing):
        return "答え待ち…"
    return f"証拠 {len(standing)}件…" if standing else "証拠…"


def _note(view: GroundView) -> str:
    if not view.finding:
        return "委員会の確認が必要です"
    if view.stale:
        return "確認の後に事実が変わりました。確認し直してください。"
    return f"{view.confirmed_by}が確認" + (f"：{view.reason}" if view.reason else "")


class GroundList(QWidget):
    """四つの事由。chosen は（事由, applies か clear）を送る。選びは記録から書き直されるまで仮のもの。"""

    chosen = Signal(str, str)
    evidence = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        px = current_look().px
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(px(t.GAP_2))
        grid.setVerticalSpacing(0)
        grid.setColumnMinimumWidth(0, px(30))
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(2, px(96))
        grid.setColumnMinimumWidth(3, px(JUDGEMENT))
        head = QFrame()
        set_role(head, "head_row")
        grid.addWidget(head, 0, 0, 1, 4)
        self._grid, self._narrow = grid, False
        self._heads: list[QWidget] = []
        self._judgements: list[QWidget] = []
        for place, text in enumerate(("", "事由", "計算", "委員会の判断")):
            made = label(text, "caption")
            made.setContentsMargins(0, px(5), 0, px(5))
            grid.addWidget(made, 0, place)
            self._heads.append(made)
        self._rows: dict[str, _GroundRow] = {}
        top = Qt.AlignmentFlag.AlignTop
        for place, ground in enumerate(GROUND_TEXTS):
            row = _GroundRow(self, ground)
            self._rows[ground] = row
            mark = label(row.mark, "strong")
            mark.setContentsMargins(px(t.GAP_2), px(6), 0, 0)
            chip = QWidget()
            chip_column = QVBoxLayout(chip)
            chip_column.setContentsMargins(0, px(6), 0, px(t.GAP_1))
            chip_column.setSpacing(px(2))
            chip_column.addWidget(row.chip, 0, Qt.AlignmentFlag.AlignLeft)
            chip_column.addWidget(row.evidence, 0, Qt.AlignmentFlag.AlignLeft)
            at = 1 + place * _LINES
            self._judgements.append(row.right())
            grid.addWidget(mark, at, 0, top)
            grid.addWidget(row.left(), at, 1)
            grid.addWidget(chip, at, 2, top)
            grid.addWidget(self._judgements[-1], at, 3, top)
            grid.addWidget(hairline("hairline_weak"), at + 2, 0, 1, 4)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """狭いときは、判断を事由の下の行に移す。"""
        super().resizeEvent(event)
        narrow = event.size().width() < current_look().px(NARROW)
        if narrow == self._narrow:
            return
        self._narrow = narrow
        self._heads[3].setVisible(not narrow)
        self._grid.setColumnMinimumWidth(3, 0 if narrow else current_look().px(JUDGEMENT))
        top = Qt.AlignmentFlag.AlignTop
        for place, part in enumerate(self._judgements):
            at = 1 + place * _LINES
            self._grid.removeWidget(part)
            if narrow:
                self._grid.addWidget(part, at + 1, 1, 1, 3, top)
            else:
                self._grid.addWidget(part, at, 3, top)

    def set_grounds(self, views: Iterable[GroundView], *, locked: bool) -> None:
        """四つの値を入れる。locked なら選べない（議決済み・閉じた会議）。"""
        for view in views:
            self._rows[view.ground].show(view, locked=locked)

    def radio(self, ground: str, finding: str) -> QRadioButton:
        """事由の選びのボタン。"""
        return self._rows[ground].radios[finding]

    def show_key(self, ground: str, finding: str, key: str) -> None:
        """選びの言葉の右に、その鍵を書く（読み上げの名は変えない）。"""
        radio = self.radio(ground, finding)
        radio.setText(f"{radio.text()} {key}")
        radio.setToolTip(key)

    def evidence_button(self, ground: str) -> QPushButton:
        """事由の証拠のボタン。"""
        return self._rows[ground].evidence

    def note_of(self, ground: str) -> str:
        """事由の判断の欄の言葉。"""
        return self._rows[ground].note.text()

    def computed_of(self, ground: str) -> str:
        """事由の計算の札の言葉。"""
        return self._rows[ground].chip.text

    def focus_first(self) -> None:
        """はじめの事由に移る。"""
        self._rows["a"].radios["clear"].setFocus()
