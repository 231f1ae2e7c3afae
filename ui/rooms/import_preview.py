"""取込の窓の右：一つのファイルの下見。文字の読み方、行の状態、変わる欄、断ったセルと理由のまとまり。"""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from app.services.import_jobs import TextLook
from app.services.importing import problem_groups
from app.services.views.intake import CellProblem, ImportPreview, PreviewRow, ProblemGroup
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme import tokens as t
from ui.theme.style import current_look, set_role, show_if
from ui.theme.tokens import Tone
from ui.widgets.cards import button, label
from ui.widgets.form import Form
from ui.widgets.room import Filter, FilterBar

STATES = {
    "new": ("新規", Tone.OK),
    "changed": ("変更", Tone.ACCENT),
    "unchanged": ("同じ", Tone.MUTED),
    "warning": ("注意", Tone.WARN),
    "error": ("誤り", Tone.BAD),
}
WALL = 12  # これより多いセルは、理由の種ごとにまとめる
EXAMPLES = 3  # 閉じたまとまりの下に見せる例の数


@dataclass(frozen=True)
class GroupRow:
    """断ったセルのまとまりの見出しの行。"""

    group: ProblemGroup
    is_open: bool

    @property
    def title(self) -> str:
        """見出しの言葉（▸ 1,000か所）。"""
        return f"{'▾' if self.is_open else '▸'} {len(self.group.problems):,}か所"


def row_notes(row: PreviewRow) -> str:
    """行の変わる欄・注意・理由。"""
    return "　".join((*(d.words for d in row.differences), *row.notes))


def row_place(row: PreviewRow) -> str:
    """行の所。主な表とは別のシートの行は、シートの名を前に置く（二つのシートの同じ行番号を取り違えない）。"""
    return f"{row.sheet} {row.row:,}" if row.sheet else f"{row.row:,}"


def _in_order(row: PreviewRow) -> tuple[str, int]:
    return row.sheet, row.row


def _row_key(row: PreviewRow) -> tuple[int, str, str, str]:
    return row.row, row.number, row.name, row.sheet


def _problem_key(row: CellProblem | GroupRow) -> tuple[object, ...]:
    if isinstance(row, GroupRow):
        return row.group.column, row.group.words
    return row.sheet, row.row, row.column, row.value, row.reason


def _of(name: str) -> Any:
    """セルの行ならその値、まとまりの行なら空。"""
    return lambda r: "" if isinstance(r, GroupRow) else getattr(r, name)


_ROWS = (
    Column("行", row_place, Kind.TEXT, 84, sort=_in_order),
    Column("番号", lambda r: r.number, Kind.TEXT, 84),
    Column("氏名", lambda r: r.name, Kind.TEXT, 190),
    Column("状態", lambda r: STATES[r.state][0], Kind.CHIP, 72, tone=lambda r: STATES[r.state][1]),
    Column("変わるところ・注意・理由", row_notes, Kind.TEXT, 320),
)
_PROBLEMS = (
    Column("シート", lambda r: r.title if isinstance(r, GroupRow) else r.sheet, Kind.TEXT, 96),
    Column("行", lambda r: None if isinstance(r, GroupRow) else r.row, Kind.NUMBER, 56),
    Column("列", lambda r: r.group.column if isinstance(r, GroupRow) else r.column, Kind.TEXT, 120),
    Column("値", _of("value"), Kind.TEXT, 120),
    Column("理由", lambda r: r.group.words if isinstance(r, GroupRow) else r.reason, Kind.TEXT, 400),
)


class EncodingBar(QFrame):
    """文字のファイルの読み方と初めの行。chosen は選ばれた読み方の名を送る。"""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        set_role(self, "card")
        px = current_look().px
        self.combo = QComboBox()
        self.combo.setAccessibleName("文字の読み方")
        self.combo.textActivated.connect(self.chosen)
        self.lines = label("", "caption", wrap=True)
        self.lines.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        head = QHBoxLayout()
        head.addWidget(label("文字の読み方"))
        head.addWidget(self.combo)
        head.addWidget(label("初めの行が化けていれば、ほかの読み方を選んでください。", "caption"), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(t.GAP_3), px(t.GAP_2), px(t.GAP_3), px(t.GAP_2))
        column.addLayout(head)
        column.addWidget(self.lines)
        self.hide()

    def show_look(self, look: TextLook | None, chosen: str | None = None) -> None:
        """読み方（chosen は選ばれたもの）と初めの行を見せる。ブックなら隠れる。"""
        show_if(self, look is not None)
        if look is None:
            return
        self.combo.clear()
        self.combo.addItems(list(dict.fromkeys((*look.fitting, chosen or look.encoding))))
        self.combo.setCurrentText(chosen or look.encoding)
        px = current_look().px
        width = px(560)
        metrics = self.lines.fontMetrics()
        shown = [metrics.elidedText(line, Qt.TextElideMode.ElideRight, width) for line in look.lines[:4]]
        self.lines.setText("\n".join(shown))


class PasswordForm(Form):
    """ブックのパスワードの欄。given は［ブックを開く］か Enter を送る。"""

    given = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setAccessibleName("ブックのパスワード")
        self.password.returnPressed.connect(self.given)
        self.button = button("ブックを開く", "", self.given.emit)
        beside = QWidget()
        row = QHBoxLayout(beside)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.password, 1)
        row.addWidget(self.button)
        beside.setFocusProxy(self.password)
        self.add("password", "ブックのパスワード", beside, "どこにも保存しません。")
        self.hide()


class PreviewPane(QWidget):
    """一つのファイルの下見。"""

    def __init__(self) -> None:
        super().__init__()
        self._seen: ImportPreview | None = None
        self._groups: tuple[ProblemGroup, ...] = ()
        self._open: set[tuple[str, str]] = set()
        self.encoding = EncodingBar()
        self.filters = FilterBar()
        self.filters.changed.connect(lambda _key: self.show_rows())
        self.rows = RowsModel(_ROWS, key=_row_key)
        self.table = RowsView(self.rows, stretch=4)
        self.table.setAccessibleName("取込の下見")
        self.table.row_chosen.connect(self._show_detail)
        self.detail = label("", wrap=True)
        self.detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.detail_area = QScrollArea()
        self.problems = RowsModel(_PROBLEMS, key=_problem_key)
        self.problem_table = RowsView(self.problems, stretch=4)
        self.problem_table.setAccessibleName("断ったセルと理由")
        self.problem_table.clicked.connect(lambda index: self.toggle(index.row()))
        self.problem_table.opened.connect(self._opened)
        self.problem_title = label("", "section")
        self._build()

    def _build(self) -> None:
        px = current_look().px
        self.detail_area.setWidget(self.detail)
        self.detail_area.setWidgetResizable(True)
        self.detail_area.setMinimumHeight(px(76))
        self.detail_area.setMaximumHeight(px(104))
        self.detail_area.setAccessibleName("選んだ行の変わるところ")
        self.detail_area.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(t.GAP_2))
        column.addWidget(self.encoding)
        column.addWidget(self.filters)
        column.addWidget(self.table, 3)
        column.addWidget(self.detail_area)
        column.addWidget(self.problem_title)
        column.addWidget(self.problem_table, 2)
        self.problem_title.hide()
        self.problem_table.hide()

    def show_preview(
        self, seen: ImportPreview | None, look: TextLook | None, encoding: str | None = None
    ) -> None:
        """下見を見せる。まだなければ空。encoding は選ばれている文字の読み方。"""
        self._seen = seen
        self._open.clear()
        self.encoding.show_look(look, encoding)
        rows = () if seen is None else seen.rows
        count = dict.fromkeys(STATES, 0)
        for row in rows:
            count[row.state] += 1
        self.filters.set_filters(
            [
                Filter("all", "すべて", len(rows)),
                *(Filter(s, words, count[s]) for s, (words, _) in STATES.items() if count[s]),
            ]
        )
        self._show_detail(None)
        self.show_rows()
        self._groups = () if seen is None else problem_groups(seen.errors)
        self._show_problems()
        errors = 0 if seen is None else len(seen.errors)
        self.problem_title.setText(f"断ったセルと理由　{errors:,}か所（この行は取り込みません）")
        for widget in (self.problem_title, self.problem_table):
            show_if(widget, bool(errors))

    def show_rows(self) -> None:
        """絞り込みに当たる行を見せる。"""
        if self._seen is None:
            self.rows.set_rows(())
            return
        key = self.filters.current
        shown = [r for r in self._seen.rows if key in ("all", r.state)]
        self.rows.set_rows(sorted(shown, key=_in_order))

    def _show_detail(self, row: PreviewRow | None) -> None:
        lines = [] if row is None else [*(d.words for d in row.differences), *row.notes]
        # 一行に収まるものは、表で読める
        show_if(self.detail_area, bool(lines))
        head = "" if row is None else f"{row_place(row)}行目　{row.number}　{row.name}\n"
        self.detail.setText(head + "\n".join(lines) if lines else "")

    def _show_problems(self) -> None:
        problems = () if self._seen is None else self._seen.errors
        if len(problems) <= WALL:
            self.problems.set_rows(problems)
            return
        rows: list[CellProblem | GroupRow] = []
        for group in self._groups:
            is_open = (group.column, group.words) in self._open
            rows.append(GroupRow(group, is_open))
            rows += group.problems if is_open else group.problems[:EXAMPLES]
        self.problems.set_rows(rows)

    def toggle(self, place: int) -> None:
        """まとまりを開く・閉じる。まとまりの行でなければ何もしない。"""
        row = self.problems.rows[place]
        if isinstance(row, GroupRow):
            self._open ^= {(row.group.column, row.group.words)}
            self._show_problems()

    def _opened(self, row: object) -> None:
        # 二度押しは、押したこと（clicked）で済んでいる
        if isinstance(row, GroupRow) and QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton:
            self.toggle(self.problems.row_of_key(_problem_key(row)))


def preview_notes(seen: ImportPreview) -> list[str]:
    """下見についての言葉：同じファイルか、取り込む行があるか、ファイルの読めない所。"""
    notes = list(seen.reports)
    same = seen.unchanged and not seen.new + seen.changed and not seen.errors
    if same:
        notes.insert(
            0,
            f"取り込む行はありません。{seen.unchanged:,}行すべてがいまの記録と同じで、取り込んでも何も変わりません。",
        )
    elif not seen.rows:
        notes.insert(0, "行がありません。様式の見出しの下に書かれているかを確かめてください。")
    elif not seen.new + seen.changed:
        notes.insert(0, "取り込む行はありません（変わるところのある、誤りのない行がありません）。")
    refused = seen.count("error")
    if refused and seen.refused_people != refused:
        notes.insert(0, f"誤りのある人は{seen.refused_people:,}名です（{refused:,}行）。")
    if seen.seen_before:
        notes.insert(0, "このファイルは前に取り込まれています。同じ行は変わりません。")
    return notes
