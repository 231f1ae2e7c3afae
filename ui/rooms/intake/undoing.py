"""受付の窓：申込の取込を、まとめて取り消す。消える申込と、残る申込の理由を先に見せる。"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.domain.errors import RuleViolation
from app.services import intake
from app.services.views.intake import ImportRow, UndoPreview, UndoResult, UndoRow
from ui.messages import Dialog, confirm_dangerous, show_error
from ui.rooms.context import RoomContext
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, label

# 確認の窓に氏名を並べる人数
_NAMED = 10


def _state(row: ImportRow) -> str:
    if row.undone_at is None:
        return f"申込{row.left}件"
    return f"取消し済み（残り{row.left}件）" if row.left else "取消し済み"


def _fate(row: UndoRow) -> str:
    """取り消すとどうなるか。"""
    return "残る" if row.reasons else "前の値に戻る" if row.restores else "消える"


def _names(rows: tuple[UndoRow, ...]) -> str:
    more = len(rows) - _NAMED
    names = "、".join(r.name for r in rows[:_NAMED])
    return f"{names} ほか{more}名" if more > 0 else names


def _undoable(seen: UndoPreview) -> bool:
    return bool(seen.removed or seen.restored)


def _undo_words(file_name: str, seen: UndoPreview) -> str:
    words = []
    if seen.removed:
        words.append(
            f"「{file_name}」の取込で受けた{len(seen.removed)}件の申込が消えます：{_names(seen.removed)}。"
        )
    if seen.restored:
        words.append(
            f"「{file_name}」の取込が書き替えた{len(seen.restored)}件の申込が前の値に戻ります：{_names(seen.restored)}。"
        )
    return "\n".join(words)


class UndoImportDialog(Dialog):
    """取込の一覧と、選んだ取込を取り消すとどうなるか。undone は取り消したとき、結果の言葉を送る。"""

    undone = Signal(str)

    def __init__(self, parent: QWidget, context: RoomContext, cohort_id: int) -> None:
        super().__init__(
            parent,
            "取込を取り消す",
            "取込で新しく作った申込をまとめて消し、取込が書き替えた前からの申込を前の値に戻します。"
            "取込の後に触れた申込は、そのまま残ります。",
        )
        self._context, self._cohort_id = context, cohort_id
        self._seen: UndoPreview | None = None
        px = current_look().px
        self.setMinimumSize(px(780), px(500))
        self._build_tables()
        self.note = NoteBox("")
        self.body.addWidget(self.table, 2)
        self.body.addWidget(self.note)
        self.body.addWidget(label("この取込を取り消すと", "section"))
        self.body.addWidget(self.application_table, 3)
        self.undo_button = self.add_action("この取込を取り消す…", self.undo, "danger")
        self.action_row.addStretch(1)
        self.close_button = self.add_action("閉じる", self.reject)
        self.table.row_chosen.connect(self._choose)
        self.refresh()
        self.close_button.setFocus()

    def _build_tables(self) -> None:
        self.imports: RowsModel = RowsModel(
            (
                Column("取り込んだ日時", lambda r: r.imported_at.astimezone(), Kind.TEXT, 130),
                Column("ファイル", lambda r: r.file_name, Kind.TEXT, 220),
                Column("新規", lambda r: r.new, Kind.NUMBER, 56),
                Column("変更", lambda r: r.changed, Kind.NUMBER, 56),
                Column("同じ", lambda r: r.unchanged, Kind.NUMBER, 56),
                Column("不受理", lambda r: r.refused, Kind.NUMBER, 64),
                Column("いま", _state, Kind.TEXT, 150),
            ),
            key=lambda r: r.id,
        )
        self.table = RowsView(self.imports, stretch=1)
        self.table.setAccessibleName("取込の一覧")
        self.applications: RowsModel = RowsModel(
            (
                Column("受付", lambda r: r.reception, Kind.TEXT, 56),
                Column("氏名", lambda r: r.name, Kind.NAME, 220),
                Column(
                    "取り消すと",
                    _fate,
                    Kind.CHIP,
                    116,
                    tone=lambda r: Tone.MUTED if r.reasons else Tone.WARN if r.restores else Tone.BAD,
                ),
                Column("残る理由", lambda r: "、".join(r.reasons), Kind.TEXT, 300),
            ),
            key=lambda r: r.reception_number,
        )
        self.application_table = RowsView(self.applications, stretch=3)
        self.application_table.setAccessibleName("取り消すと消える申込と残る申込")

    def refresh(self) -> None:
        """一覧を書き直し、いちばん新しい取込を選ぶ。"""
        self.imports.set_rows(intake.list_imports(self._context.office, self._cohort_id))
        if self.imports.rows:
            if self.table.chosen() is None:
                self.table.selectRow(0)
            else:
                self._choose(self.table.chosen())
            return
        self._show(None, "この研修期には、取込で受けた申込がありません。")

    def _choose(self, row: ImportRow | None) -> None:
        self._show(None, "" if row is None else "取り消すとどうなるかを調べています…")
        if row is not None:
            office = self._context.office
            self._context.background.run(
                lambda _progress: intake.preview_undo(office, row.id),
                lambda seen: self._judged(row, seen),
                lambda error: self._failed(row, error),
            )

    def _judged(self, row: ImportRow, seen: UndoPreview) -> None:
        # 調べている間に、ほかの取込が選ばれていることがある
        if row == self.table.chosen():
            self._show(seen, "" if _undoable(seen) else "この取込で消える、または元に戻る申込はありません。")

    def _failed(self, row: ImportRow, error: BaseException) -> None:
        self.close_button.setEnabled(True)
        if not isinstance(error, RuleViolation):
            show_error(self, error)
        elif row == self.table.chosen():
            self._show(None, str(error))

    def _show(self, seen: UndoPreview | None, words: str) -> None:
        self._seen = seen
        rows = () if seen is None else (*seen.removed, *seen.restored, *seen.kept)
        self.applications.set_rows(sorted(rows, key=lambda r: r.reception_number))
        self.note.set_text(words)
        self.undo_button.setEnabled(seen is not None and _undoable(seen))

    def undo(self) -> None:
        """消える人を言って確かめ、取り消す。"""
        row: ImportRow | None = self.table.chosen()
        if row is None or self._seen is None or not _undoable(self._seen):
            return
        words = _undo_words(row.file_name, self._seen)
        if self._seen.kept:
            words += f"\n残る申込{len(self._seen.kept)}件：{_names(self._seen.kept)}。"
        words += "\n同じブックをもう一度取り込めば、やり直せます（新しい申込の受付番号は変わります）。"
        confirm_dangerous(self, "取込の取消し", words, "取込を取り消す", lambda: self._undo(row))

    def _undo(self, row: ImportRow) -> None:
        office = self._context.office
        self.undo_button.setEnabled(False)
        self.close_button.setEnabled(False)
        self.note.set_text("取り消しています…")
        self._context.background.run(
            lambda _progress: intake.undo_import(office, row.id),
            self._done,
            lambda error: self._failed(row, error),
        )

    def reject(self) -> None:
        """閉じる。取り消している間は、結果を見届けるまで閉じない。"""
        if self.close_button.isEnabled():
            super().reject()

    def _done(self, result: UndoResult) -> None:
        words = f"取込を取り消しました：{result.removed}件の申込を消しました。"
        if result.restored:
            words += f"{result.restored}件の申込を前の値に戻しました。"
        if result.kept:
            words += f"残した申込{len(result.kept)}件：{'、'.join(result.kept)}。"
        self.accept()
        self.undone.emit(words)
