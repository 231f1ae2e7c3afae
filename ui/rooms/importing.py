"""取込の窓：下見（行の状態とセルごとの理由）→ 一つの取引 → 結果（断った行を様式で返す）。

使い方：`import_workbook(page, context, import_jobs.results_job(office, cohort_id), path, done)`。
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QWidget

from app.domain.errors import InputRefused, RuleViolation
from app.services.import_jobs import ImportJob
from app.services.views.intake import CellProblem, ImportPreview, ImportResult, PreviewRow
from ui.messages import Dialog, show_error
from ui.rooms.context import RoomContext
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import current_look, show_if
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, ProgressCard, button, label
from ui.widgets.form import Form
from ui.widgets.room import Filter, FilterBar, RoomPage

FILES = "表のファイル (*.xlsx *.xls *.ods *.xlsb *.csv *.tsv)"
STATES = {
    "new": ("新規", Tone.OK),
    "changed": ("変更", Tone.ACCENT),
    "unchanged": ("同じ", Tone.MUTED),
    "warning": ("注意", Tone.WARN),
    "error": ("誤り", Tone.BAD),
}
_ROWS = (
    Column("行", lambda r: r.row, Kind.NUMBER, 56),
    Column("番号", lambda r: r.number, Kind.TEXT, 130),
    Column("氏名", lambda r: r.name, Kind.TEXT, 220),
    Column("状態", lambda r: STATES[r.state][0], Kind.CHIP, 72, tone=lambda r: STATES[r.state][1]),
    Column("注意と理由", lambda r: _row_notes(r), Kind.TEXT, 320),
)
_PROBLEMS = (
    Column("シート", lambda p: p.sheet, Kind.TEXT, 84),
    Column("行", lambda p: p.row, Kind.NUMBER, 56),
    Column("列", lambda p: p.column, Kind.TEXT, 110),
    Column("値", lambda p: p.value, Kind.TEXT, 120),
    Column("理由", lambda p: p.reason, Kind.TEXT, 400),
)


def result_words(job: ImportJob, result: ImportResult) -> str:
    """取込の結果の言葉。"""
    words = (
        f"{job.words}を取り込みました：新規{result.new}件・変更{result.changed}件・同じ{result.unchanged}件"
    )
    return words + (f"・断った行{result.refused}件" if result.refused else "")


class ImportDialog(Dialog):
    """下見を見て、取り込むかを決める。誤りのある行は取り込まれず、理由を添えて様式に書き戻せる。

    imported は取り込めたとき、結果の言葉を送る。断った行がなければ窓は閉じ、あれば結果を見せて残る。
    """

    imported = Signal(str)

    def __init__(self, parent: QWidget, context: RoomContext, job: ImportJob, path: Path) -> None:
        super().__init__(parent, f"{job.words}の取込：{path.name}")
        self._context, self._job, self._path = context, job, path
        self._seen: ImportPreview | None = None
        self._applying = False
        self._password: str | None = None
        px = current_look().px
        self.setMinimumSize(px(900), px(560))
        self._build()
        self.save_button = self.add_action("断った行を保存…", self.save_refused)
        self.save_button.hide()
        self.action_row.addStretch(1)
        self.cancel_button = self.add_action("やめる", self.reject)
        self.main_button = self.add_action("取り込む", self.submit, "main")
        self.main_button.setEnabled(False)
        self._read()

    def _read(self) -> None:
        """いまのパスワードでファイルを読み、下見する。"""
        self.progress.show_progress(0, 0, "ファイルを読んでいます…")
        password = self._password
        self._context.background.run(
            lambda _progress: self._job.preview(self._path, password), self._show, self._failed
        )

    def _build_password(self) -> None:
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setAccessibleName("ブックのパスワード")
        self.password.returnPressed.connect(self.unlock)
        self.unlock_button = button("ブックを開く", "", self.unlock)
        beside = QWidget()
        row = QHBoxLayout(beside)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.password, 1)
        row.addWidget(self.unlock_button)
        beside.setFocusProxy(self.password)
        self.password_form = Form()
        self.password_form.add("password", "ブックのパスワード", beside, "どこにも保存しません。")
        self.password_form.hide()

    def unlock(self) -> None:
        """入れられたパスワードで読み直す。"""
        if not self.password.text():
            self.password_form.show_errors({"password": "ブックのパスワードを入れてください。"})
            return
        self.password_form.show_errors({})
        self._password = self.password.text()
        self.unlock_button.setEnabled(False)
        self.note.set_text("")
        self._read()

    def _locked(self, refusal: InputRefused) -> None:
        """パスワードを尋ねる。入れたものが違っていれば、欄の横に言う。"""
        asked = self._password is not None
        self.password_form.show()
        self.unlock_button.setEnabled(True)
        self.note.set_text("" if asked else str(refusal))
        self.password_form.show_errors({"password": str(refusal)} if asked else {})
        self.password.selectAll()
        self.password.setFocus()

    def _build(self) -> None:
        self._build_password()
        self.progress = ProgressCard()
        self.progress.cancel_button.hide()
        self.note = NoteBox("")
        self.filters = FilterBar()
        self.filters.changed.connect(lambda _key: self._show_rows())
        self.rows = RowsModel(_ROWS, key=_row_key)
        self.table = RowsView(self.rows, stretch=4)
        self.table.setAccessibleName("取込の下見")
        self.problems = RowsModel(_PROBLEMS, key=_problem_key)
        self.problem_table = RowsView(self.problems, stretch=4)
        self.problem_table.setAccessibleName("断ったセルと理由")
        self.problem_title = label("断ったセルと理由（この行は取り込みません）", "section")
        self.whole = QCheckBox("誤りが一行でもあれば、何も取り込まない")
        self.body.addWidget(self.progress)
        self.body.addWidget(self.note)
        self.body.addWidget(self.password_form)
        self.body.addWidget(self.filters)
        self.body.addWidget(self.table, 3)
        self.body.addWidget(self.problem_title)
        self.body.addWidget(self.problem_table, 2)
        self.body.addWidget(self.whole)
        hidden: tuple[QWidget, ...] = (self.problem_title, self.problem_table, self.whole)
        for below in hidden:
            below.hide()

    def _show(self, preview: ImportPreview) -> None:
        self._seen = preview
        self.progress.hide()
        self.password_form.hide()
        count = {state: preview.count(state) for state in STATES}
        self.filters.set_filters(
            [
                Filter("all", "すべて", len(preview.rows)),
                *(Filter(s, words, count[s]) for s, (words, _) in STATES.items() if count[s]),
            ]
        )
        self._show_rows()
        self.problems.set_rows(preview.errors)
        for widget in (self.problem_title, self.problem_table, self.whole, self.save_button):
            show_if(widget, bool(preview.errors))
        self.note.set_text("\n".join(_notes(preview)))
        usable = preview.new + preview.changed
        self.main_button.setText(f"{usable:,}件を取り込む" if usable else "取り込む")
        self.main_button.setEnabled(usable > 0)
        (self.main_button if usable else self.cancel_button).setFocus()

    def _show_rows(self) -> None:
        if self._seen is not None:
            key = self.filters.current
            shown = [r for r in self._seen.rows if key in ("all", r.state)]
            self.rows.set_rows(sorted(shown, key=lambda r: r.row))

    def _failed(self, error: BaseException) -> None:
        self._applying = False
        self.progress.hide()
        self.cancel_button.setEnabled(True)
        self.main_button.setEnabled(self._seen is not None)
        if isinstance(error, InputRefused) and error.code == "PASSWORD":
            self._locked(error)
        elif isinstance(error, RuleViolation):
            self.unlock_button.setEnabled(True)
            self.note.set_text(str(error), Tone.BAD)
        else:
            show_error(self, error)

    def submit(self) -> None:
        """下見のとおりに取り込む。終わるまで窓は閉じない。"""
        if self._seen is None or self._applying or not self.main_button.isEnabled():
            return
        seen, whole, password = self._seen, self.whole.isChecked(), self._password
        self._applying = True
        self.main_button.setEnabled(False)
        self.cancel_button.setEnabled(False)
        self.progress.show_progress(0, 0, "取り込んでいます…")
        self._context.background.run(
            lambda _progress: self._job.run(self._path, seen, whole, password), self._done, self._failed
        )

    def reject(self) -> None:
        """やめる。取り込んでいる間は、結果を見届けるまで閉じない。"""
        if not self._applying:
            super().reject()

    def _done(self, result: ImportResult) -> None:
        self._applying = False
        self.progress.hide()
        words = result_words(self._job, result)
        self.imported.emit(words)
        if not result.refused:
            self.accept()
            return
        words += "。断った行を保存し、理由を見て直してから、もう一度取り込めます。"
        self.note.set_text(words, Tone.OK)
        self.whole.hide()
        self.main_button.hide()
        self.cancel_button.setEnabled(True)
        self.cancel_button.setText("閉じる")
        self.cancel_button.setAccessibleName("閉じる")
        if "error" in self._filter_keys():
            self.filters.choose("error")
        self.save_button.setFocus()

    def _filter_keys(self) -> set[str]:
        return {r.state for r in self._seen.rows} if self._seen is not None else set()

    def save_refused(self) -> None:
        """断った行を、理由を添えた同じ様式のブックに書く。"""
        self._context.save_path(self, "断った行を保存", self._job.refused_name, self._save_refused)

    def _save_refused(self, target: Path) -> None:
        if self._seen is None:
            return
        seen = self._seen
        self.save_button.setEnabled(False)
        self._context.background.run(
            lambda _progress: self._write_refused(seen, target),
            self._saved,
            self._not_saved,
        )

    def _write_refused(self, seen: ImportPreview, target: Path) -> Path:
        self._job.write_refused(self._path, seen, target, self._password)
        return target

    def _saved(self, target: Path) -> None:
        self.save_button.setEnabled(True)
        self.note.set_text(f"断った行を書きました：{target}", Tone.OK)

    def _not_saved(self, error: BaseException) -> None:
        self.save_button.setEnabled(True)
        if isinstance(error, RuleViolation):
            self.note.set_text(str(error), Tone.BAD)
        else:
            show_error(self, error)


def _row_notes(row: PreviewRow) -> str:
    """行の注意と理由。主な表とは別のシートの行は、シートの名を前に置く。"""
    words = "　".join(row.notes)
    return f"{row.sheet}：{words}" if row.sheet else words


def _notes(preview: ImportPreview) -> list[str]:
    notes = list(preview.reports)
    if preview.seen_before:
        notes.insert(0, "このファイルは前に取り込まれています。同じ行は変わりません。")
    if not preview.rows:
        notes.insert(0, "行がありません。様式の見出しの下に書かれているかを確かめてください。")
    elif not preview.new + preview.changed:
        notes.insert(0, "取り込む行はありません（変わるところのある、誤りのない行がありません）。")
    return notes


def _row_key(row: PreviewRow) -> tuple[int, str, str, str]:
    return row.row, row.number, row.name, row.sheet


def _problem_key(problem: CellProblem) -> tuple[str, int, str, str]:
    return problem.sheet, problem.row, problem.column, problem.reason


def import_workbook(
    page: RoomPage, context: RoomContext, job: ImportJob, path: Path, refresh: Callable[[], Any]
) -> ImportDialog:
    """取込の窓を開く。取り込めたら、枠の件数を数え直し、refresh を呼び、結果を部屋の帯に出す。"""

    def imported(words: str) -> None:
        context.changed()
        refresh()
        page.banner.show_message(words)

    dialog = ImportDialog(page, context, job, path)
    dialog.imported.connect(imported)
    dialog.open()
    return dialog


def choose_workbook(
    page: RoomPage, context: RoomContext, job_words: str, chosen: Callable[[Path], None]
) -> None:
    """取り込むファイルを選んでもらう。"""
    context.open_path(page, f"{job_words}のファイルを選ぶ", FILES, chosen)
