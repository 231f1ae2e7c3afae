"""欄の名・欄・すぐ横の誤りを一組にした書式。"""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from ui.theme import tokens as t
from ui.theme.style import current_look, set_role, show_if
from ui.widgets.cards import label
from ui.widgets.typed import on_change


class FormRow(QWidget):
    """欄とその下の補足・誤り。誤りは打っている間に出し入れする。"""

    def __init__(self, name: str, editor: QWidget, hint: str = "", *, required: bool = False) -> None:
        super().__init__()
        self.name, self.editor, self._hint = name, editor, hint
        self._caution = ""
        self._stale = False
        if isinstance(editor, QPlainTextEdit):
            editor.setTabChangesFocus(True)
        self.heading = label(f"{name}　必須" if required else name, "muted")
        self.heading.setBuddy(editor)
        self.heading.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        if not editor.accessibleName():
            editor.setAccessibleName(name)
        self._message = label(hint, "caption", wrap=True)
        show_if(self._message, bool(hint))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(current_look().px(2))
        layout.addWidget(editor)
        layout.addWidget(self._message)

    @property
    def error(self) -> str:
        """いま出している誤り。なければ空。"""
        return self._message.text() if self._message.property("role") == "error" else ""

    def set_error(self, text: str) -> None:
        """誤りを出す。空なら補足に戻す。"""
        self._stale = False
        # 誤りのないときは、注意、なければ補足
        said = text or self._caution or self._hint
        set_role(self._message, "error" if text else "caution" if self._caution else "caption")
        self._message.setText(said)
        show_if(self._message, bool(said))
        set_role(self.editor, "wrong" if text else "")
        self.editor.setAccessibleDescription(said)

    @property
    def caution(self) -> str:
        """受け取れるが確かめることの文。なければ空。"""
        return self._caution

    def set_caution(self, text: str) -> None:
        """注意を出す（空なら消す）。誤りが出ている間は、誤りが消えてから見える。"""
        if text == self._caution:
            return
        self._caution = text
        if not self.error:
            self.set_error("")

    def expire_on_change(self) -> None:
        """いまの誤りを、欄が変わったら消す（打ちながら確かめた誤りに替わっていれば、消さない）。"""
        self._stale = bool(self.error)
        on_change(self.editor, self._changed)

    def _changed(self) -> None:
        if self._stale:
            self.set_error("")


@dataclass(frozen=True)
class _Line:
    key: str
    row: FormRow


class Form(QWidget):
    """欄を縦に並べた書式。誤りは欄の名（key）で受け取る。"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        px = current_look().px
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(px(t.GAP_3))
        self._grid.setVerticalSpacing(px(t.GAP_3))
        self._grid.setColumnStretch(1, 1)
        self._lines: list[_Line] = []
        self._next = 0

    def add_section(self, title: str) -> None:
        """欄のまとまりの見出しを、ここに置く。"""
        heading = label(title, "section")
        heading.setContentsMargins(0, current_look().px(t.GAP_2) if self._next else 0, 0, 0)
        self._grid.addWidget(heading, self._next, 0, 1, 2)
        self._next += 1

    def add_wide(self, key: str, name: str, editor: QWidget, hint: str = "") -> FormRow:
        """書式の幅いっぱいの欄（表など）を足す。欄の名は上に置く。"""
        row = FormRow(name, editor, hint)
        row.heading.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom)
        self._grid.addWidget(row.heading, self._next, 0, 1, 2)
        self._grid.addWidget(row, self._next + 1, 0, 1, 2)
        self._next += 2
        self._lines.append(_Line(key, row))
        return row

    def add(self, key: str, name: str, editor: QWidget, hint: str = "", *, required: bool = False) -> FormRow:
        """欄を一つ足す。"""
        row = FormRow(name, editor, hint, required=required)
        place = self._next
        self._next += 1
        heading: QLabel = row.heading
        # 欄の字と見出しの字の高さを揃える（字だけ・印の欄には、欄の余白がない）
        look = current_look()
        around = (look.field_height - heading.fontMetrics().height()) // 2
        lower = 0 if isinstance(editor, QLabel) else look.px(2) if isinstance(editor, QCheckBox) else around
        heading.setContentsMargins(0, lower, 0, 0)
        self._grid.addWidget(heading, place, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(row, place, 1)
        self._lines.append(_Line(key, row))
        return row

    def row(self, key: str) -> FormRow:
        """key の欄。なければ KeyError。"""
        for line in self._lines:
            if line.key == key:
                return line.row
        raise KeyError(key)

    @property
    def first_wrong(self) -> FormRow | None:
        """誤りの出ている最初の欄。なければ None。"""
        return next((line.row for line in self._lines if line.row.error), None)

    def show_errors(self, errors: Mapping[str, str]) -> bool:
        """誤りを欄ごとに出し、最初の誤りの欄に移る。誤りがなければ真。出した誤りは、その欄を直し始めると消える。"""
        wrong = []
        for line in self._lines:
            text = errors.get(line.key, "")
            line.row.set_error(text)
            if text:
                line.row.expire_on_change()
                wrong.append(line.row)
        if wrong:
            wrong[0].editor.setFocus()
        return not wrong
