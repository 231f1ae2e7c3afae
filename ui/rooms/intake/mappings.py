"""保存した読み方の一覧：名を替え、消す。"""

from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.errors import RuleViolation
from app.services import intake
from app.services.office import Office
from app.services.views.mapping import SavedMapping
from ui.messages import Dialog, confirm_dangerous
from ui.rooms.context import RoomContext
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox
from ui.widgets.saving import SavingDialog


class RenameMappingDialog(SavingDialog):
    """読み方の名を替える。"""

    def __init__(self, parent: QWidget, office: Office, row: SavedMapping) -> None:
        super().__init__(parent, "読み方の名を替える", "", "替える")
        self._office, self._id = office, row.id
        self.name = QLineEdit(row.name)
        self.name.setMaxLength(60)
        self.form.add("name", "読み方の名", self.name, required=True)
        self.name.selectAll()
        self.name.setFocus()

    def refused(self, refusal: RuleViolation) -> None:
        """断られたら、欄の横に言う。"""
        self.form.show_errors({"name": str(refusal)})

    def save(self) -> None:
        """名を替える。"""
        intake.rename_mapping(self._office, self._id, self.name.text())


class MappingsDialog(Dialog):
    """保存した読み方の一覧。"""

    def __init__(self, parent: QWidget, context: RoomContext) -> None:
        super().__init__(
            parent,
            "取込の読み方",
            "ほかの様式のファイルを取り込むときに使う、保存した読み方です。"
            "読み方は、取込の窓の［読み方を決める…］で作り、直します。",
        )
        self._context = context
        px = current_look().px
        self.setMinimumSize(px(680), px(400))
        self.model: RowsModel = RowsModel(
            (
                Column("名", lambda r: r.name, Kind.TEXT, 260),
                Column("形", lambda r: "一枚に一人" if r.form else "人が並ぶ表", Kind.TEXT, 110),
                Column("割り当てた項目", lambda r: r.items, Kind.NUMBER, 120),
                Column("保存した日時", lambda r: r.made_at.astimezone(), Kind.TEXT, 130),
            ),
            key=lambda r: r.id,
        )
        self.table = RowsView(self.model, stretch=0)
        self.table.setAccessibleName("保存した読み方の一覧")
        self.note = NoteBox("")
        self.body.addWidget(self.note)
        self.body.addWidget(self.table, 1)
        self.remove_button = self.add_action("消す…", self.remove, "danger")
        self.action_row.addStretch(1)
        self.rename_button = self.add_action("名を替える…", self.rename)
        self.close_button = self.add_action("閉じる", self.reject)
        self.table.row_chosen.connect(lambda _row: self._enable())
        self.refresh()
        self.close_button.setFocus()

    def refresh(self) -> None:
        """一覧を書き直す。"""
        self.model.set_rows(intake.list_mappings(self._context.office))
        self.note.set_text("" if self.model.rows else "保存した読み方はまだありません。", Tone.MUTED)
        if self.model.rows and self.table.chosen() is None:
            self.table.selectRow(0)
        self._enable()

    def _enable(self) -> None:
        chosen = self.table.chosen() is not None
        self.rename_button.setEnabled(chosen and self._context.office.may("intake.rename_mapping"))
        self.remove_button.setEnabled(chosen and self._context.office.may("intake.remove_mapping"))

    def rename(self) -> None:
        """選んだ読み方の名を替える窓を開く。"""
        row: SavedMapping | None = self.table.chosen()
        if row is not None:
            dialog = RenameMappingDialog(self, self._context.office, row)
            dialog.saved.connect(self.refresh)
            dialog.open()

    def remove(self) -> None:
        """確かめて、選んだ読み方を消す。"""
        row: SavedMapping | None = self.table.chosen()
        if row is not None:
            words = f"読み方「{row.name}」を消します。取り込んだ申込は変わりませんが、同じ見出しのファイルは読み方を決め直します。"
            confirm_dangerous(self, "読み方を消す", words, "読み方を消す", lambda: self._remove(row))

    def _remove(self, row: SavedMapping) -> None:
        try:
            intake.remove_mapping(self._context.office, row.id)
        except RuleViolation as refusal:
            self.note.set_text(str(refusal), Tone.BAD)
            return
        self.refresh()
