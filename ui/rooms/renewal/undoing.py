"""更新研修の取込を、まとめて取り消す窓。消える更新と、残る更新の理由を先に見せる。"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.domain.errors import RuleViolation
from app.services import renewal
from app.services.views.renewal import RenewalImportRow, RenewalUndoRow
from ui.messages import Dialog, confirm_dangerous
from ui.rooms.context import RoomContext
from ui.rooms.intake.working import work_beside
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, label


def _now(row: RenewalImportRow) -> str:
    if row.undone_at is None:
        return f"更新{row.left}件"
    return f"取消し済み（残り{row.left}件）" if row.left else "取消し済み"


class UndoRenewalsDialog(Dialog):
    """取込の一覧と、選んだ取込を取り消すと消える更新。undone は取り消したとき、結果の言葉を送る。"""

    undone = Signal(str)

    def __init__(self, parent: QWidget, context: RoomContext) -> None:
        words = "取込で記した更新をまとめて消します。更新の認定証を交付した人と、後の更新のある人は残ります。"
        super().__init__(parent, "更新研修の取込を取り消す", words)
        self._context = context
        self._seen: tuple[RenewalUndoRow, ...] = ()
        px = current_look().px
        self.setMinimumSize(px(760), px(480))
        self._build_tables()
        self.note = NoteBox("")
        self.body.addWidget(self.table, 2)
        self.body.addWidget(self.note)
        self.body.addWidget(label("この取込を取り消すと", "section"))
        self.body.addWidget(self.renewal_table, 3)
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
                Column("同じ", lambda r: r.unchanged, Kind.NUMBER, 56),
                Column("不受理", lambda r: r.refused, Kind.NUMBER, 64),
                Column("いま", _now, Kind.TEXT, 140),
            ),
            key=lambda r: r.id,
        )
        self.table = RowsView(self.imports, stretch=1)
        self.table.setAccessibleName("更新研修の取込の一覧")
        self.renewals: RowsModel = RowsModel(
            (
                Column("認定番号", lambda r: r.number, Kind.TEXT, 112),
                Column("氏名", lambda r: r.name, Kind.NAME, 190),
                Column("修了日", lambda r: r.completed_on, Kind.DATE_SHORT, 84),
                Column("取り消すと", _fate, Kind.CHIP, 92, tone=_tone),
                Column("残る理由", lambda r: r.reason, Kind.TEXT, 200),
            ),
            key=lambda r: r.certification_id,
        )
        self.renewal_table = RowsView(self.renewals, stretch=4)
        self.renewal_table.setAccessibleName("取り消すと消える更新と残る更新")

    def refresh(self) -> None:
        """一覧を書き直し、いちばん新しい取込を選ぶ。"""
        self.imports.set_rows(renewal.list_imports(self._context.office))
        if not self.imports.rows:
            self._show((), "更新研修の取込は、まだありません。")
        elif self.table.chosen() is None:
            self.table.selectRow(0)
        else:
            self._choose(self.table.chosen())

    def _choose(self, row: RenewalImportRow | None) -> None:
        if row is None or row.undone_at is not None:
            self._show((), "" if row is None else "この取込は取り消してあります。")
            return
        office = self._context.office
        self._show((), "取り消すとどうなるかを調べています…")

        def judged(seen: tuple[RenewalUndoRow, ...]) -> None:
            if row == self.table.chosen():
                gone = any(not r.reason for r in seen)
                self._show(seen, "" if gone else "この取込で消える更新はありません。")

        work_beside(
            self._context,
            self,
            lambda: renewal.preview_undo(office, row.id),
            judged,
            lambda refusal: self._show((), str(refusal)),
        )

    def _show(self, seen: tuple[RenewalUndoRow, ...], words: str) -> None:
        self._seen = seen
        self.renewals.set_rows(seen)
        self.note.set_text(words)
        may = self._context.office.may("renewal.undo_import")
        self.undo_button.setEnabled(may and any(not r.reason for r in seen))

    def undo(self) -> None:
        """消える人を言って確かめ、取り消す。"""
        row: RenewalImportRow | None = self.table.chosen()
        gone = [r.name for r in self._seen if not r.reason]
        if row is None or not gone:
            return
        more = f" ほか{len(gone) - 10}名" if len(gone) > 10 else ""
        words = (
            f"「{row.file_name}」の取込で記した{len(gone)}名の更新が消えます：{'、'.join(gone[:10])}{more}。"
        )
        words += "\n同じブックをもう一度取り込めば、やり直せます。"
        confirm_dangerous(self, "取込の取消し", words, "取込を取り消す", lambda: self._undo(row))

    def _undo(self, row: RenewalImportRow) -> None:
        office = self._context.office
        self.undo_button.setEnabled(False)

        def refused(refusal: RuleViolation) -> None:
            self.note.set_text(str(refusal), Tone.BAD)

        work_beside(self._context, self, lambda: renewal.undo_import(office, row.id), self._done, refused)

    def _done(self, result: tuple[int, tuple[str, ...]]) -> None:
        removed, kept = result
        words = f"取込を取り消しました：消した更新{removed}件"
        words += f"、残した更新{len(kept)}件（{'、'.join(kept[:5])}）" if kept else ""
        self.refresh()
        self.undone.emit(words)


def _fate(row: RenewalUndoRow) -> str:
    return "残る" if row.reason else "消える"


def _tone(row: RenewalUndoRow) -> Tone:
    return Tone.MUTED if row.reason else Tone.BAD
