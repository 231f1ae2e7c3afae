"""庁から戻ったファイルを送った便と比べる窓と、その結果の窓。"""

import re
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.calendar import wareki
from app.domain.errors import InputRefused, RuleViolation
from app.services import submission
from app.services.views.submission import BatchView, Difference, ReturnedView
from ui.messages import Dialog
from ui.rooms.context import RoomContext
from ui.rooms.intake.working import WorkingDialog
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox

TONES = {
    "value": Tone.WARN,
    "missing": Tone.BAD,
    "added": Tone.BAD,
    "twice": Tone.BAD,
    "column": Tone.BAD,
    "unread": Tone.BAD,
}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
BOOKS = "ブック (*.xlsx *.xls *.ods *.xlsb *.csv)"


def summary(view: ReturnedView) -> str:
    """照合の結果の一行。"""
    made = view.compared_at.astimezone()
    found = f"違い {len(view.differences):,}件" if view.differences else "違いなし"
    return f"{view.file_name}　{found}（{wareki(made.date())} {made:%H:%M} {view.compared_by}）"


def _seen(value: str) -> str:
    """覚えた値を人に見せる形（ISO の日付は和暦）。"""
    if not _DAY.fullmatch(value):
        return value
    try:
        return wareki(date.fromisoformat(value))
    except ValueError:
        return value


def _row(difference: Difference) -> str:
    return f"{difference.row:,}" if difference.row else ""


class CompareDialog(WorkingDialog):
    """選んだファイルを便と比べる。パスワードがあれば、ここで入れる。済めば given に結果を渡す。"""

    keeps_draft = False  # パスワードを控えない

    def __init__(
        self,
        parent: QWidget | None,
        context: RoomContext,
        batch: BatchView,
        path: Path,
        given: Callable[[ReturnedView], None],
    ) -> None:
        text = f"{path.name} を、第{batch.number}便で送った値と一セルずつ比べます。名簿の記録は変わりません。"
        super().__init__(parent, context, "戻ったファイルを比べる", text, "比べる")
        self._batch, self._path, self._given = batch, path, given
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.form.add("password", "パスワード", self.password, "付いていなければ、空のままで進めます。")

    def work(self) -> Callable[[], Any]:
        """比べて、違いを残す。"""
        password = self.password.text() or None
        return partial(
            submission.compare_returned, self._context.office, self._batch.id, self._path, password
        )

    def worked(self, value: Any) -> None:
        """結果を渡す。"""
        self._given(value)

    def refused(self, refusal: RuleViolation) -> None:
        """パスワードの断りは欄の横に、ほかは欄の上に出す。"""
        if isinstance(refusal, InputRefused) and refusal.code == "PASSWORD":
            self.show_errors({"password": str(refusal)})
            self.password.selectAll()
        else:
            super().refused(refusal)


class ReturnedDialog(Dialog):
    """照合の結果：違いの表。直すのは元の部屋で、ここからは何も書き換えない。"""

    def __init__(self, parent: QWidget | None, batch: BatchView, view: ReturnedView) -> None:
        super().__init__(parent, f"第{batch.number}便に戻ったファイル", summary(view))
        self.setMinimumWidth(current_look().px(960))
        self.note = NoteBox("")
        if view.differences:
            words = "直すものがあれば、受付などの元の部屋で直します。直したものは次の便で送られます。"
            self.note.set_text(words, Tone.WARN)
        else:
            self.note.set_text("送ったものと、すべてのセルが同じです。", Tone.OK)
        self.body.addWidget(self.note)
        self.model = RowsModel(
            (
                Column("違い", lambda r: r.words, Kind.CHIP, 130, tone=lambda r: TONES[r.kind]),
                Column("行", _row, Kind.NUMBER, 56),
                Column("認定番号", lambda r: r.key, Kind.TEXT, 130),
                Column("列", lambda r: r.column, Kind.TEXT, 130),
                Column("送った値", lambda r: _seen(r.sent), Kind.TEXT, 200),
                Column("戻った値", lambda r: _seen(r.returned), Kind.TEXT, 200),
            ),
            key=id,
        )
        self.model.set_rows(view.differences)
        self.table = RowsView(self.model, stretch=5)
        self.table.setAccessibleName("戻ったファイルの違い")
        self.table.setMinimumHeight(current_look().px(320))
        self.table.setVisible(bool(view.differences))
        self.body.addWidget(self.table)
        self.action_row.addStretch(1)
        self.close_button = self.add_action("閉じる", self.accept, "main")
