"""取込の窓：ファイルの一覧 → 下見（行の状態とセルごとの理由）→ 一つずつの取引 → 合計（断った行を様式で返す）。"""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QSplitter, QVBoxLayout, QWidget

from app.domain.errors import InputRefused, RuleViolation
from app.services.import_jobs import ImportJob
from app.services.mapping_draft import MappingDraft
from app.services.views.intake import ImportPreview, ImportResult
from ui.messages import Dialog, show_error
from ui.rooms.context import RoomContext
from ui.rooms.import_files import FileEntry, FilesPane, Seen, State, result_words, sum_words
from ui.rooms.import_preview import PasswordForm, PreviewPane, preview_notes
from ui.rooms.intake.mapping import MappingDialog
from ui.theme.style import current_look, show_if
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, ProgressCard

_CHANGED_SINCE = "先に取り込んだファイルのため、下見が変わりました。もう一度見て、取り込んでください。"


class ImportDialog(Dialog):
    """下見を見て、取り込むかを決める。誤りのある行は取り込まれず、理由を添えて様式に書き戻せる。

    ファイルがいくつあっても、一つずつ下見し、一つずつの取引で取り込む。一つの断りはほかを止めない。
    imported は取り込み終えたとき、結果（いくつもなら合計）の言葉を送る。すべて取り込めて断った行がなければ窓は閉じる。
    """

    imported = Signal(str)

    def __init__(
        self, parent: QWidget | None, context: RoomContext, job: ImportJob, paths: Path | Sequence[Path]
    ) -> None:
        chosen = [paths] if isinstance(paths, Path) else list(dict.fromkeys(paths))
        name = chosen[0].name if len(chosen) == 1 else f"{len(chosen)}個のファイル"
        super().__init__(parent, f"{job.words}の取込：{name}")
        self._context = context
        self.entries = [FileEntry(path, job) for path in chosen]
        self._entry = self.entries[0]
        self._working: FileEntry | None = None
        self._queue: list[FileEntry] = []
        self._applying = False
        px = current_look().px
        self.setMinimumSize(px(900), px(560))
        self.resize(px(1180 if len(chosen) > 1 else 1000), px(640))
        self._build()
        self._build_actions()
        self._show_entry()
        self._next()

    def _build(self) -> None:
        self.password_form = PasswordForm()
        self.password, self.unlock_button = self.password_form.password, self.password_form.button
        self.password_form.given.connect(self.unlock)
        self.progress = ProgressCard()
        self.progress.cancel_button.hide()
        self.note = NoteBox("")
        self.pane = PreviewPane()
        self.filters, self.rows, self.table = self.pane.filters, self.pane.rows, self.pane.table
        self.problems, self.problem_table = self.pane.problems, self.pane.problem_table
        self.pane.encoding.chosen.connect(self.use_encoding)
        self.whole = QCheckBox("誤りが一行でもあれば、そのファイルからは何も取り込まない")
        self.side = FilesPane(self.entries)
        self.files, self.file_table = self.side.model, self.side.table
        self.remove_button = self.side.remove_button
        self.file_table.row_chosen.connect(self._choose)
        self.remove_button.clicked.connect(self.remove_entry)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (self.note, self.password_form):
            column.addWidget(widget)
        column.addWidget(self.pane, 1)
        column.addWidget(self.whole)
        self._body = QSplitter(Qt.Orientation.Horizontal)
        self._body.setChildrenCollapsible(False)
        self._body.addWidget(self.side)
        self._body.addWidget(right)
        self._body.setStretchFactor(1, 1)
        self.body.addWidget(self.progress)
        self.body.addWidget(self._body, 1)

    def _build_actions(self) -> None:
        self.save_button = self.add_action("断った行を保存…", self.save_refused)
        self.save_button.hide()
        self.mapping_button = self.add_action("読み方を決める…", self.decide_mapping)
        show_if(self.mapping_button, self._entry.job.propose is not None)
        self.action_row.addStretch(1)
        self.cancel_button = self.add_action("やめる", self.reject)
        self.one_button = self.add_action("このファイルだけ取り込む", self.submit_one)
        self.main_button = self.add_action("取り込む", self.submit, "main")
        show_if(self.one_button, len(self.entries) > 1)

    def _choose(self, entry: FileEntry | None) -> None:
        if entry is not None and entry is not self._entry:
            self._entry = entry
            self.password.clear()
            self._show_entry()

    def _show_entry(self) -> None:
        """選んだファイルの下見と言葉。"""
        entry = self._entry
        self.pane.show_preview(entry.seen, entry.look, entry.encoding)
        bad = bool(entry.seen and entry.seen.errors)
        show_if(self.whole, bad and not self._done_all)
        show_if(self.save_button, bad)
        self._show_note()
        self._show_state()

    def _show_note(self) -> None:
        entry = self._entry
        is_locked = entry.state is State.LOCKED
        wrong = is_locked and entry.password is not None
        show_if(self.password_form, is_locked)
        self.unlock_button.setEnabled(is_locked)
        self.password_form.show_errors({"password": entry.words} if wrong else {})
        if is_locked:
            self.note.set_text("" if wrong else entry.words)
            self.password.selectAll()
            self.password.setFocus()
            return
        notes = [entry.words] if entry.words else []
        if entry.seen is not None and entry.result is None:
            notes += preview_notes(entry.seen)
        bad = entry.state in (State.REFUSED, State.FAILED)
        self.note.set_text("\n".join(notes), Tone.BAD if bad else Tone.OK if entry.result else Tone.WARN)
        if entry.code == "NO_TABLE":
            self.mapping_button.setFocus()

    @property
    def _ready(self) -> list[FileEntry]:
        return [e for e in self.entries if e.is_ready]

    @property
    def _done_all(self) -> bool:
        return not self._applying and not self._ready and any(e.result is not None for e in self.entries)

    def _show_state(self) -> None:
        """一覧の札と、ボタン。"""
        # 書き直しで選びが動いても、見せているファイルは替えない
        self.file_table.blockSignals(True)
        self.files.set_rows(self.entries)
        self.file_table.select_key(id(self._entry))
        self.file_table.blockSignals(False)
        count = sum(e.usable for e in self._ready)
        reading = self._working is not None and not self._applying
        many = len(self._ready) > 1
        words = f"{len(self._ready)}個のファイルの{count:,}件を取り込む" if many else f"{count:,}件を取り込む"
        self.main_button.setText(words if count else "取り込む")
        self.main_button.setEnabled(bool(count) and not reading and not self._applying)
        self.one_button.setEnabled(self._entry.is_ready and not reading and not self._applying)
        show_if(self.one_button, len(self.entries) > 1 and not self._done_all)
        self.remove_button.setEnabled(len(self.entries) > 1 and self._working is None)
        self.mapping_button.setEnabled(self._working is None and self._entry.result is None)
        self.cancel_button.setEnabled(not self._applying)
        show_if(self.main_button, not self._done_all)
        closing = "閉じる" if any(e.result is not None for e in self.entries) else "やめる"
        self.cancel_button.setText(closing)
        self.cancel_button.setAccessibleName(closing)

    def _start(self, entry: FileEntry, state: State, words: str) -> None:
        self._working, entry.state = entry, state
        place = f"（{self.entries.index(entry) + 1}／{len(self.entries)}）" if len(self.entries) > 1 else ""
        self.progress.show_progress(0, 0, f"{words}{place}…")
        self._show_state()

    def _next(self) -> None:
        """まだ見ていない最初のファイルを下見する。"""
        entry = next((e for e in self.entries if e.state is State.WAITING), None)
        if entry is None:
            self._working = None
            self.progress.hide()
            self._show_state()
            (self.main_button if self.main_button.isEnabled() else self.cancel_button).setFocus()
            if self._entry.state in (State.LOCKED, State.REFUSED):
                self._show_note()
            return
        self._start(entry, State.READING, "ファイルを読んでいます")
        self._context.background.run(lambda _progress: entry.read(), self._seen, self._not_seen)

    def _seen(self, found: Seen) -> None:
        entry = self._working
        assert entry is not None
        entry.look, entry.seen = found
        entry.words = entry.code = ""
        entry.stale = False
        entry.state = State.READY if entry.usable else State.NOTHING
        self._working = None
        if entry is self._entry:
            self._show_entry()
        self._next()

    def _not_seen(self, error: BaseException) -> None:
        entry = self._working
        assert entry is not None
        self._working, entry.seen = None, None
        self._refuse(entry, error, State.REFUSED)
        if entry is self._entry:
            self._show_entry()
        self._next()

    def _refuse(self, entry: FileEntry, error: BaseException, state: State) -> None:
        """断りの文をファイルに添える。思いがけない誤りは窓で知らせる。"""
        entry.state, entry.words = state, "操作を終えられませんでした。"
        if not isinstance(error, RuleViolation):
            show_error(self, error)
            return
        entry.words = str(error)
        entry.code = error.code if isinstance(error, InputRefused) else ""
        if entry.code == "PASSWORD":
            entry.state = State.LOCKED
        elif entry.code == "NO_TABLE" and entry.job.propose is not None:
            entry.words += "\nほかの様式のファイルなら、［読み方を決める…］で列やセルを割り当てて読めます。"

    def _read_again(self, entry: FileEntry) -> None:
        entry.state, entry.words, entry.code = State.WAITING, "", ""
        self._show_note()
        if self._working is None:
            self._next()

    def unlock(self) -> None:
        """入れられたパスワードで読み直す。"""
        if not self.password.text():
            self.password_form.show_errors({"password": "ブックのパスワードを入れてください。"})
            return
        self._entry.password = self.password.text()
        self._read_again(self._entry)

    def use_encoding(self, name: str) -> None:
        """選ばれた読み方で読み直す。"""
        look = self._entry.look
        if look is not None and name != (self._entry.encoding or look.encoding) and not self._applying:
            self._entry.encoding = name
            self._read_again(self._entry)

    def remove_entry(self) -> None:
        """選んだファイルを一覧から外す。ファイルは消えない。"""
        if len(self.entries) > 1 and self._working is None:
            place = self.entries.index(self._entry)
            self.entries.remove(self._entry)
            self._entry = self.entries[min(place, len(self.entries) - 1)]
            self._show_entry()

    def decide_mapping(self) -> None:
        """ほかの様式の読み方を決める窓を開く。"""
        entry = self._entry
        propose = entry.job.propose
        if propose is None or self._working is not None:
            return
        self._start(entry, entry.state, "読み方の見当をつけています")
        self._context.background.run(
            lambda _progress: propose(entry.path, entry.opening), self._propose_mapping, self._not_seen
        )

    def _propose_mapping(self, draft: MappingDraft) -> None:
        self._working = None
        self.progress.hide()
        self._show_state()
        dialog = MappingDialog(self, self._context, draft, self._entry.path.name)
        dialog.chosen.connect(self._use_mapping)
        dialog.open()

    def _use_mapping(self, mapping: object) -> None:
        """決まった読み方で読み直す。見出しの揃わなかったほかのファイルも、残した読み方で読めるか見る。"""
        remap = self._entry.job.remap
        if remap is None:
            return
        self._entry.job = remap(mapping)  # type: ignore[arg-type]  # 合図は型を持たない
        for other in self.entries:
            if other.code == "NO_TABLE":
                other.state = State.WAITING
        self._read_again(self._entry)

    def submit(self) -> None:
        """下見した、取り込める行のあるすべてのファイルを、一つずつ取り込む。終わるまで窓は閉じない。"""
        self._submit(self._ready)

    def submit_one(self) -> None:
        """選んだファイルだけを取り込む。"""
        self._submit([e for e in self._ready if e is self._entry])

    def _submit(self, entries: list[FileEntry]) -> None:
        if not entries or self._applying or self._working is not None:
            return
        self._applying, self._queue = True, entries
        self._import_next()

    def _import_next(self) -> None:
        if not self._queue:
            self._finish()
            return
        entry = self._queue.pop(0)
        seen, whole = entry.seen, self.whole.isChecked()
        assert seen is not None
        self._start(entry, State.IMPORTING, "取り込んでいます")
        self._context.background.run(
            lambda _progress: entry.take_in(seen, whole), self._imported, self._not_imported
        )

    def _imported(self, found: ImportResult | ImportPreview) -> None:
        entry = self._working
        assert entry is not None
        self._working = None
        if isinstance(found, ImportPreview):
            entry.seen, entry.stale, entry.words = found, False, _CHANGED_SINCE
            entry.state = State.READY if entry.usable else State.NOTHING
        else:
            entry.state, entry.result, entry.words = State.DONE, found, result_words(entry.job, found)
            for other in self.entries:
                other.stale = other.stale or other.result is None
        self._import_next()

    def _not_imported(self, error: BaseException) -> None:
        entry = self._working
        assert entry is not None
        self._working = None
        self._refuse(entry, error, State.FAILED)
        self._import_next()

    def _finish(self) -> None:
        """合計を言う。すべて取り込めて断った行がなければ閉じる。"""
        self._applying = False
        self.progress.hide()
        words = sum_words(self.entries)
        if any(e.result is not None for e in self.entries):
            self.imported.emit(words)
        rest = [e for e in self.entries if e.state not in (State.DONE, State.NOTHING)]
        if not rest and not any(e.refused for e in self.entries):
            self.accept()
            return
        self._entry = next(
            (e for e in self.entries if e.words == _CHANGED_SINCE or e.state is State.FAILED),
            next((e for e in self.entries if e.refused), self._entry),
        )
        self._show_entry()
        if self._entry.refused and self._entry.result is not None:
            self.filters.choose("error")
            after = "断った行を保存し、理由を見て直してから、もう一度取り込めます。"
            self.note.set_text(f"{words}\n{after}", Tone.OK)
            self.save_button.setFocus()
        elif len(self.entries) > 1:
            self.note.set_text("\n".join((words, self._entry.words)), Tone.WARN)

    def reject(self) -> None:
        """やめる。取り込んでいる間は、結果を見届けるまで閉じない。"""
        if not self._applying:
            super().reject()

    def save_refused(self) -> None:
        """選んだファイルの断った行を、理由を添えた同じ様式のブックに書く。"""
        entry = self._entry
        name = f"{entry.path.stem}（不受理の行）.xlsx"
        self._context.save_path(self, "断った行を保存", name, self._save_refused)

    def _save_refused(self, target: Path) -> None:
        entry, seen = self._entry, self._entry.seen
        if seen is None:
            return
        self.save_button.setEnabled(False)
        self._context.background.run(
            lambda _progress: entry.write_refused(seen, target), self._saved, self._not_saved
        )

    def _saved(self, target: Path) -> None:
        self.save_button.setEnabled(True)
        self.note.set_text(f"断った行を書きました：{target}", Tone.OK)

    def _not_saved(self, error: BaseException) -> None:
        self.save_button.setEnabled(True)
        if isinstance(error, RuleViolation):
            self.note.set_text(str(error), Tone.BAD)
        else:
            show_error(self, error)
