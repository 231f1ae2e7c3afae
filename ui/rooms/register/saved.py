"""名簿の絞り込みを名を付けて取っておく窓と、名を替え、消す窓。"""

from dataclasses import replace

from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from app.domain.errors import RuleViolation
from app.services import register
from app.services.office import Office
from app.services.register import FILTER_WORDS
from app.services.views.register import RegisterFilter, SavedRegisterFilter
from app.services.views.renewal import STANDING_WORDS
from ui.messages import Dialog, confirm_dangerous
from ui.rooms.context import RoomContext
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox
from ui.widgets.saving import SavingDialog

_LONGEST = 60


def filter_words(chosen: RegisterFilter) -> str:
    """条件を一行で言う。"""
    parts = [f"{words}「{getattr(chosen, f)}」" for f, words in FILTER_WORDS.items() if getattr(chosen, f)]
    if chosen.cohort_id is not None:
        parts.append("研修期")
    if chosen.standing:
        parts.append(f"状態「{STANDING_WORDS[chosen.standing]}」")
    if chosen.publish_only:
        parts.append("公表に同意した人")
    return "、".join(parts)


class SaveFilterDialog(SavingDialog):
    """いまの絞り込みに名を付けて取っておく。保存した後は kept に id がある。"""

    def __init__(self, parent: QWidget | None, office: Office, chosen: RegisterFilter, standing: str) -> None:
        self._chosen = replace(chosen, standing=standing)
        words = filter_words(self._chosen) or "まだ何も絞り込んでいません。"
        super().__init__(parent, "絞り込みを保存", f"条件　{words}", "保存する")
        self._office, self.kept = office, 0
        self.name = QLineEdit()
        self.name.setMaxLength(_LONGEST)
        self.form.add("name", "絞り込みの名", self.name, "例　都内でベトナム語のできる人", required=True)
        self.shared = QCheckBox("みなで使う")
        self.form.add(
            "shared", "使う人", self.shared, "付けなければ、自分の一覧にだけ出ます。基準日は保存しません。"
        )
        self.name.returnPressed.connect(self.submit)
        self.name.setFocus()

    def refused(self, refusal: RuleViolation) -> None:
        """断られたら、欄の横に言う。"""
        self.form.show_errors({"name": str(refusal)})

    def save(self) -> None:
        """取っておく。"""
        shared = self.shared.isChecked()
        self.kept = register.save_filter(self._office, self.name.text(), self._chosen, shared=shared)


class RenameFilterDialog(SavingDialog):
    """絞り込みの名を替える。"""

    def __init__(self, parent: QWidget | None, office: Office, row: SavedRegisterFilter) -> None:
        super().__init__(parent, "絞り込みの名を替える", "", "替える")
        self._office, self._id = office, row.id
        self.name = QLineEdit(row.name)
        self.name.setMaxLength(_LONGEST)
        self.form.add("name", "絞り込みの名", self.name, required=True)
        self.name.selectAll()
        self.name.setFocus()

    def refused(self, refusal: RuleViolation) -> None:
        """断られたら、欄の横に言う。"""
        self.form.show_errors({"name": str(refusal)})

    def save(self) -> None:
        """名を替える。"""
        register.rename_filter(self._office, self._id, self.name.text())


class SavedFiltersDialog(Dialog):
    """取っておいた絞り込みの一覧。"""

    def __init__(self, parent: QWidget | None, context: RoomContext) -> None:
        super().__init__(parent, "保存した絞り込み", "「共用」のものを替えると、みなの一覧が変わります。")
        self._context = context
        px = current_look().px
        self.setMinimumSize(px(640), px(360))
        self.model: RowsModel = RowsModel(
            (
                Column("名", lambda r: r.name, Kind.TEXT, 200),
                Column("使う人", lambda r: "共用" if r.shared else "自分", Kind.TEXT, 70),
                Column("条件", lambda r: filter_words(r.chosen), Kind.WRAPPED, 320),
            ),
            key=lambda r: r.id,
        )
        self.table = RowsView(self.model, stretch=2)
        self.table.setAccessibleName("保存した絞り込みの一覧")
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
        self.model.set_rows(register.list_filters(self._context.office))
        self.note.set_text("" if self.model.rows else "保存した絞り込みはまだありません。", Tone.MUTED)
        if self.model.rows and self.table.chosen() is None:
            self.table.selectRow(0)
        self._enable()

    def _enable(self) -> None:
        chosen = self.table.chosen() is not None
        self.rename_button.setEnabled(chosen)
        self.remove_button.setEnabled(chosen)

    def rename(self) -> None:
        """選んだ絞り込みの名を替える窓を開く。"""
        row: SavedRegisterFilter | None = self.table.chosen()
        if row is not None:
            dialog = RenameFilterDialog(self, self._context.office, row)
            dialog.saved.connect(self.refresh)
            dialog.open()

    def remove(self) -> None:
        """確かめて、選んだ絞り込みを消す。"""
        row: SavedRegisterFilter | None = self.table.chosen()
        if row is not None:
            words = f"絞り込み「{row.name}」を消します。名簿の記録は変わりません。"
            confirm_dangerous(self, "絞り込みを消す", words, "絞り込みを消す", lambda: self._remove(row))

    def _remove(self, row: SavedRegisterFilter) -> None:
        try:
            register.remove_filter(self._context.office, row.id)
        except RuleViolation as refusal:
            self.note.set_text(str(refusal), Tone.BAD)
            return
        self.refresh()
