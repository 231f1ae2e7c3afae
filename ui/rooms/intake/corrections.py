"""受付の窓：補正を依頼し、回答を受ける。"""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from app.domain.calendar import wareki
from app.services import intake
from app.services.intake.corrections import suggested_item
from app.services.office import Office
from app.services.views.intake import DeficiencyView
from ui.rooms.context import RoomContext
from ui.rooms.intake.documents import PathField
from ui.rooms.intake.working import WorkingDialog
from ui.theme.style import current_look, show_if
from ui.widgets.date_field import DateField
from ui.widgets.saving import SavingDialog, unread


class CorrectionDialog(SavingDialog):
    """不備を記し、補正を依頼する。document_kind・requirement は、どの書類・要件からか。"""

    def __init__(
        self,
        parent: QWidget,
        office: Office,
        application_id: int,
        item: str = "",
        *,
        document_kind: str | None = None,
        requirement: str | None = None,
    ) -> None:
        super().__init__(
            parent,
            "補正の依頼",
            "何を、いつまでに直してほしいかを書きます。補正依頼書には、このまま載ります。",
            "依頼する",
        )
        self._office, self._application_id = office, application_id
        self._document_kind, self._requirement = document_kind, requirement
        if not item and document_kind is not None:
            item = suggested_item(document_kind)
        self.item, self.due = QPlainTextEdit(item), DateField(office.today(), "期限")
        self.item.setTabChangesFocus(True)
        self.item.setFixedHeight(current_look().px(84))
        self.note = QLineEdit()
        about = document_kind or requirement
        hint = f"「{about}」について" if about else "例：実務経験証明書に従業日数がない"
        self.form.add("item", "不備", self.item, hint, required=True)
        self.form.add("due", "期限", self.due, required=True)
        self.form.add("note", "控え", self.note, "手紙には載りません。")
        self.item.setFocus()

    def errors(self) -> dict[str, str]:
        """不備と期限は要る。"""
        found = {} if self.item.toPlainText().strip() else {"item": "不備の内容を書いてください。"}
        if self.due.value is None:
            found["due"] = self.due.error or "期限を入れてください。"
        return found

    def save(self) -> None:
        """補正を依頼する。"""
        assert self.due.value is not None
        intake.request_correction(
            self._office,
            self._application_id,
            self.item.toPlainText(),
            self.due.value,
            self.note.text(),
            document_kind=self._document_kind,
            requirement=self._requirement,
        )


class AnswerDialog(WorkingDialog):
    """補正の回答を受ける。足りなければ、残りをその場で改めて依頼する。answered は済んだことの言葉を送る。"""

    answered = Signal(str)

    def __init__(
        self, parent: QWidget | None, context: RoomContext, name: str, waiting: tuple[DeficiencyView, ...]
    ) -> None:
        super().__init__(
            parent, context, "補正の回答", f"{name}さんから届いた回答を記します。", "回答を記録する"
        )
        today = context.office.today()
        self._waiting = waiting
        self.which = QComboBox()
        for d in waiting:
            due = "" if d.due_on is None else f"（期限 {wareki(d.due_on)}）"
            self.which.addItem(f"{d.item}{due}".replace("\n", " "), d.id)
        self.which.setMinimumContentsLength(30)
        self.answered_on = DateField(today, "受けた日")
        self.answered_on.set_value(today)
        self.answer = QPlainTextEdit()
        self.answer.setTabChangesFocus(True)
        self.answer.setFixedHeight(current_look().px(64))
        self.place = PathField(context, "届いた書類")
        self.short = QCheckBox("この回答では足りない（残りを改めて依頼する）")
        self.item, self.due = QLineEdit(), DateField(today, "新しい期限")
        self.form.add("which", "補正", self.which)
        self.form.add("answered_on", "受けた日", self.answered_on, required=True)
        self.form.add("answer", "回答の要旨", self.answer)
        self.form.add(
            "path", "届いた書類", self.place, "付けると、その書類の写しになります（なくても構いません）。"
        )
        self.form.add("short", "足りるか", self.short)
        self.form.add("item", "残りの不備", self.item)
        self.form.add("due", "新しい期限", self.due)
        self.short.toggled.connect(self._show_short)
        self._show_short(False)
        self.answer.setFocus()

    def _show_short(self, short: bool) -> None:
        for key in ("item", "due"):
            row = self.form.row(key)
            show_if(row, short)
            show_if(row.heading, short)

    def errors(self) -> dict[str, str]:
        """受けた日と、足りないときは残りの不備と期限が要る。"""
        found = {}
        if self.answered_on.value is None:
            found["answered_on"] = unread(self.answered_on) or "受けた日を入れてください。"
        if self.short.isChecked():
            if not self.item.text().strip():
                found["item"] = "残りの不備を書いてください。"
            if self.due.value is None:
                found["due"] = unread(self.due) or "新しい期限を入れてください。"
        return found

    def work(self) -> Callable[[], Any]:
        """回答を記す。"""
        office, deficiency_id = self._context.office, self.which.currentData()
        answer, path = self.answer.toPlainText(), self.place.path
        day, due = self.answered_on.value, self.due.value
        if not self.short.isChecked():
            return partial(
                intake.answer_correction, office, deficiency_id, answer, answered_on=day, path=path
            )
        assert due is not None
        item = self.item.text()
        return partial(
            intake.refuse_answer, office, deficiency_id, answer, item, due, answered_on=day, path=path
        )

    def worked(self, value: Any) -> None:
        """済んだことを知らせる。"""
        item = next(d.item for d in self._waiting if d.id == self.which.currentData())
        words = f"回答を受けました：{item}"
        self.answered.emit(words if value is None else f"{words}　残りを改めて依頼しました。")
