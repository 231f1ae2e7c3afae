"""取込の窓：下見（行の状態とセルごとの理由）→ 一つの取引 → 結果。"""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.domain.errors import RuleViolation
from app.services import intake
from app.services.views.intake import CellProblem, ImportPreview, ImportResult, PreviewRow
from ui.messages import Dialog, show_error
from ui.rooms.context import RoomContext
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, label

STATES = {
    "new": ("新規", Tone.OK),
    "changed": ("変更", Tone.ACCENT),
    "unchanged": ("同じ", Tone.MUTED),
    "warning": ("注意", Tone.WARN),
    "error": ("誤り", Tone.BAD),
}


class ImportDialog(Dialog):
    """下見を見て、取り込むかを決める。誤りのある行は取り込まれない。"""

    imported = Signal(str)

    def __init__(self, parent: QWidget, context: RoomContext, cohort_id: int, path: Path) -> None:
        super().__init__(parent, f"取込の下見：{path.name}", "読んでいます…")
        self._context, self._cohort_id, self._path = context, cohort_id, path
        px = current_look().px
        self.setMinimumSize(px(860), px(520))
        self.rows = RowsModel(
            (
                Column("行", lambda r: r.row, Kind.NUMBER, 52),
                Column("氏名", lambda r: r.name, Kind.TEXT, 220),
                Column(
                    "状態", lambda r: STATES[r.state][0], Kind.CHIP, 72, tone=lambda r: STATES[r.state][1]
                ),
                Column("注意と理由", lambda r: "　".join(r.notes), Kind.TEXT, 420),
            ),
            key=_row_key,
        )
        self.table = RowsView(self.rows, stretch=3)
        self.table.setAccessibleName("取込の下見")
        self.problems = RowsModel(
            (
                Column("シート", lambda p: p.sheet, Kind.TEXT, 80),
                Column("行", lambda p: p.row, Kind.NUMBER, 52),
                Column("列", lambda p: p.column, Kind.TEXT, 120),
                Column("値", lambda p: p.value, Kind.TEXT, 140),
                Column("理由", lambda p: p.reason, Kind.TEXT, 400),
            ),
            key=_problem_key,
        )
        self.problem_table = RowsView(self.problems, stretch=4)
        self.problem_table.setAccessibleName("断ったセルと理由")
        self.problem_title = label("断ったセルと理由（この行は取り込みません）", "section")
        self.note = NoteBox("")
        for widget in (self.note, self.table, self.problem_title, self.problem_table):
            self.body.addWidget(widget)
        self.problem_title.hide()
        self.problem_table.hide()
        self.add_action("やめる", self.reject)
        self.action_row.addStretch(1)
        self.main_button = self.add_action("取り込む", self.submit, "main")
        self.main_button.setEnabled(False)
        context.background.run(
            lambda _progress: intake.preview_import(context.office, cohort_id, path), self._show, self._failed
        )

    def _show(self, preview: ImportPreview) -> None:
        count = {state: preview.count(state) for state in STATES}
        self.words.setText(
            "　".join(f"{STATES[s][0]} {n}件" for s, n in count.items() if n) or "行がありません。"
        )
        self.rows.set_rows(preview.rows)
        self.problems.set_rows(preview.errors)
        self.problem_title.setVisible(bool(preview.errors))
        self.problem_table.setVisible(bool(preview.errors))
        notes = list(preview.reports)
        if preview.seen_before:
            notes.insert(0, "このファイルは前に取り込まれています。同じ行は変わりません。")
        self.note.set_text("\n".join(notes))
        self.main_button.setEnabled(count["new"] + count["changed"] + count["warning"] > 0)

    def _failed(self, error: BaseException) -> None:
        self.words.setText("")
        if isinstance(error, RuleViolation):
            self.note.set_text(str(error), Tone.BAD)
        else:
            show_error(self, error)

    def submit(self) -> None:
        """取り込む。"""
        self.main_button.setEnabled(False)
        self._context.background.run(
            lambda _progress: intake.import_applicants(self._context.office, self._cohort_id, self._path),
            self._done,
            self._failed,
        )

    def _done(self, result: ImportResult) -> None:
        self.accept()
        words = f"取り込みました：新規{result.new}件・変更{result.changed}件・同じ{result.unchanged}件"
        self.imported.emit(words + (f"・断った行{result.refused}件" if result.refused else ""))


def _row_key(row: PreviewRow) -> tuple[int, str]:
    return row.row, row.name


def _problem_key(problem: CellProblem) -> tuple[str, int, str, str]:
    return problem.sheet, problem.row, problem.column, problem.reason
