"""何人もの更新を、一度に記す窓。更新にならない人と理由を先に見せる。"""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from app.domain.errors import RuleViolation
from app.services import renewal
from app.services.views.renewal import BatchRenewals, CertificationRow
from ui.rooms.context import RoomContext
from ui.rooms.intake.working import WorkingDialog
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.date_field import DateField

Seen = tuple[str, str, str]


def _words(row: Seen) -> str:
    return "更新しません" if row[2] else "更新します"


def _tone(row: Seen) -> Tone:
    return Tone.WARN if row[2] else Tone.OK


class ManyRenewalsDialog(WorkingDialog):
    """選んだ人の更新を一つの取引で記す。made に結果が残る。"""

    def __init__(self, parent: QWidget, context: RoomContext, rows: Sequence[CertificationRow]) -> None:
        words = (
            f"選んだ{len(rows)}名の、同じ日の更新研修の修了を記します。更新にならない人は、そのまま残ります。"
        )
        super().__init__(parent, context, "更新をまとめて記録する", words, "更新を記録")
        self._ids = [r.certification_id for r in rows]
        self.made: BatchRenewals | None = None
        px = current_look().px
        self.setMinimumSize(px(720), px(460))
        self.day = DateField(context.office.today(), "更新研修の修了日")
        self.day.set_value(context.office.today())
        self.form.add("day", "更新研修の修了日", self.day, required=True)
        self.model: RowsModel = RowsModel(
            (
                Column("認定番号", lambda r: r[0], Kind.TEXT, 112),
                Column("氏名", lambda r: r[1], Kind.NAME, 180),
                Column("下見", _words, Kind.CHIP, 104, tone=_tone),
                Column("理由", lambda r: r[2], Kind.TEXT, 260),
            ),
            key=lambda r: r[0],
        )
        self.table = RowsView(self.model, stretch=3)
        self.table.setAccessibleName("まとめて更新する人の下見")
        self.body.addWidget(self.table, 1)
        self.day.changed.connect(self._show)
        self._show()
        self.day.setFocus()

    def _seen(self, day: date) -> tuple[Seen, ...]:
        try:
            return renewal.preview_renewals_of(self._context.office, self._ids, day)
        except RuleViolation:
            return ()

    def _show(self) -> None:
        day = self.day.value
        rows = () if day is None else self._seen(day)
        self.model.set_rows(rows)
        fit = sum(not r[2] for r in rows)
        self.main_button.setText(f"{fit}名の更新を記録" if rows else "更新を記録")
        self.main_button.setEnabled(fit > 0)

    def errors(self) -> dict[str, str]:
        """修了日は要る。"""
        return {} if self.day.value else {"day": self.day.error or "更新研修の修了日を入れてください。"}

    def work(self) -> Callable[[], Any]:
        """まとめて記す。"""
        assert self.day.value is not None
        return partial(renewal.record_renewals, self._context.office, self._ids, self.day.value)

    def worked(self, value: Any) -> None:
        """結果を覚える。"""
        assert isinstance(value, BatchRenewals)
        self.made = value
