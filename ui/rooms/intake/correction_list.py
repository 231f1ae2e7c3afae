"""受付の窓：研修期の補正の一覧と、補正依頼書・督促状。"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.errors import RuleViolation
from app.services import intake
from app.services.views.intake import DeficiencyView
from app.services.views.intake_papers import CorrectionRow, LettersResult
from ui.messages import Dialog, ask_reason
from ui.rooms.context import RoomContext
from ui.rooms.intake.corrections import AnswerDialog
from ui.rooms.intake.working import WorkingDialog
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import current_look, show_if
from ui.theme.tokens import Tone
from ui.widgets.cards import EmptyState, NoteBox
from ui.widgets.date_field import DateField
from ui.widgets.room import Filter, FilterBar
from ui.widgets.saving import unread

DAYS_TO_ANSWER = 14
_PDF_NAMES = {"request": "補正依頼書.pdf", "reminder": "督促状.pdf"}


def correction_tone(d: DeficiencyView, today: date) -> Tone:
    """補正の状態の調子。"""
    if d.cancelled_on is not None:
        return Tone.MUTED
    if d.answered_on is not None:
        return Tone.OK
    return Tone.BAD if d.is_overdue(today) else Tone.WARN


class LettersDialog(WorkingDialog):
    """補正依頼書・督促状を一冊の PDF に書く。kind は request か reminder、only は申込の id（なければ当たる人すべて）。"""

    written = Signal(str)

    def __init__(
        self,
        parent: QWidget | None,
        context: RoomContext,
        path: Path,
        kind: str,
        people: int,
        only: tuple[int, ...] | None = None,
    ) -> None:
        title = "補正依頼書を作る" if kind == "request" else "督促状を作る"
        words = f"{people}名に一通ずつ、一冊の PDF に書きます。" + (
            "一通には、その人の回答を待つ補正がすべて載ります。"
            if kind == "request"
            else "期限を過ぎた補正が載り、期限は下の日に改まります。"
        )
        if people > 1:
            words += "終わりに、事務局のための送付の一覧が付きます。"
        super().__init__(parent, context, title, words, "作る")
        today = context.office.today()
        self._path, self._kind, self._only = path, kind, only
        self.number, self.due = QLineEdit(), DateField(today, "期限")
        hint = "なければ空のまま。二通以上なら「の1」から枝番を付けます。"
        self.form.add("number", "文書番号", self.number, hint)
        reminder = kind == "reminder"
        hint = (
            ""
            if reminder
            else "空なら、依頼のときの期限のままです。入れると、まだ頼んでいないものの期限を改めます。"
        )
        self.form.add("due", "新しい期限", self.due, hint, required=reminder)
        if reminder:
            self.due.set_value(today + timedelta(days=DAYS_TO_ANSWER))
        self.number.setFocus()

    def errors(self) -> dict[str, str]:
        """督促には新しい期限が要る。"""
        if self.due.error:
            return {"due": unread(self.due)}
        if self._kind == "reminder" and self.due.value is None:
            return {"due": "新しい期限を入れてください。"}
        return {}

    def work(self) -> Callable[[], Any]:
        """手紙を書く。"""
        office, cohort_id = self._context.office, self._context.cohort_id
        assert cohort_id is not None
        number, due = self.number.text(), self.due.value
        if self._kind == "request":
            return partial(
                intake.write_letters,
                office,
                cohort_id,
                self._path,
                number=number,
                due_on=due,
                application_ids=self._only,
            )
        assert due is not None
        return partial(
            intake.write_reminders,
            office,
            cohort_id,
            self._path,
            due,
            number=number,
            application_ids=self._only,
        )

    def worked(self, value: Any) -> None:
        """書いたことを知らせる。"""
        assert isinstance(value, LettersResult)
        self.written.emit(f"{value.people}通（補正{value.items}件）を書きました：{self._path}")


def write_letters(
    parent: QWidget,
    context: RoomContext,
    kind: str,
    people: int,
    only: tuple[int, ...] | None,
    written: Callable[[str], None],
) -> None:
    """保存先を選び、手紙を作る窓を開く。"""

    def chosen(path: Path) -> None:
        dialog = LettersDialog(parent, context, path, kind, people, only)
        dialog.written.connect(written)
        dialog.open()

    context.save_path(parent, "手紙を保存", _PDF_NAMES[kind], chosen)


_FILTERS: dict[str, tuple[str, Callable[[CorrectionRow, date], bool]]] = {
    "open": ("回答待ち", lambda r, _t: r.deficiency.is_open and not r.withdrawn),
    "unsent": ("依頼書がまだ", lambda r, _t: _unsent(r)),
    "overdue": ("期限超過", lambda r, t: _overdue(r, t)),
    "closed": ("済み", lambda r, _t: not r.deficiency.is_open),
    "all": ("すべて", lambda _r, _t: True),
}


def _unsent(r: CorrectionRow) -> bool:
    return r.deficiency.is_open and r.deficiency.requested_on is None and not r.withdrawn


def _overdue(r: CorrectionRow, today: date) -> bool:
    d = r.deficiency
    return d.is_overdue(today) and d.requested_on is not None and not r.withdrawn


class CorrectionsDialog(Dialog):
    """研修期の補正の一覧。手紙をまとめて作り、回答を受け、誤りを取り下げる。

    changed は記録が変わったこと、opened は開く申込の id を送る。
    """

    changed = Signal()
    opened = Signal(int)

    def __init__(self, parent: QWidget | None, context: RoomContext, key: str = "open") -> None:
        super().__init__(parent, "補正の一覧", "行を二度押すと、その人の申込を開きます。")
        self._context = context
        px, room = current_look().px, self.screen().availableSize()
        self.resize(min(px(1040), room.width()), min(px(600), room.height()))
        self._rows: tuple[CorrectionRow, ...] = ()
        today = context.office.today()
        self.note, self.filters = NoteBox(""), FilterBar()
        self.model: RowsModel = RowsModel(
            (
                Column("受付", lambda r: r.reception, Kind.TEXT, 56),
                Column("氏名", lambda r: r.name, Kind.NAME, 170, second=lambda r: _about(r.deficiency)),
                Column("不備", lambda r: r.deficiency.item, Kind.TEXT, 300),
                Column("依頼", lambda r: r.deficiency.requested_on, Kind.DATE_SHORT, 82),
                Column("期限", lambda r: r.deficiency.due_on, Kind.DATE_SHORT, 82),
                Column("督促", lambda r: r.deficiency.reminded_on, Kind.DATE_SHORT, 82),
                Column(
                    "状態",
                    lambda r: r.deficiency.state(today),
                    Kind.CHIP,
                    150,
                    tone=lambda r: correction_tone(r.deficiency, today),
                ),
            ),
            key=lambda r: r.id,
        )
        self.table, self.empty = RowsView(self.model, stretch=2), EmptyState()
        self.table.setAccessibleName("補正の一覧")
        self.table.row_chosen.connect(lambda _row: self._show_actions())
        self.table.opened.connect(self._open)
        for made, stretch in ((self.note, 0), (self.filters, 0), (self.table, 1), (self.empty, 1)):
            self.body.addWidget(made, stretch)
        self.filters.changed.connect(lambda _key: self._show())
        self.cancel_button = self.add_action("取り下げる…", self.cancel)
        self.answer_button = self.add_action("回答を受けた…", self.answer)
        self.action_row.addStretch(1)
        self.close_button = self.add_action("閉じる", self.reject)
        self.remind_button = self.add_action("督促状…", self.remind)
        self.letters_button = self.add_action("補正依頼書…", self.letters, "main")
        self.refresh()
        self.filters.choose(key)

    def refresh(self) -> None:
        """一覧を書き直す。"""
        cohort_id, today = self._context.cohort_id, self._context.office.today()
        self._rows = () if cohort_id is None else intake.list_corrections(self._context.office, cohort_id)
        self.filters.set_filters(
            [
                Filter(key, words, sum(wanted(r, today) for r in self._rows))
                for key, (words, wanted) in _FILTERS.items()
            ]
        )
        self._show()

    def _show(self) -> None:
        wanted, today = _FILTERS[self.filters.current][1], self._context.office.today()
        self.model.set_rows([r for r in self._rows if wanted(r, today)])
        some = bool(self.model.rows)
        show_if(self.table, some)
        show_if(self.empty, not some)
        self.empty.set_text("この絞り込みに当たる補正はありません。")
        if some and self.table.chosen() is None:
            self.table.selectRow(0)
        self._show_actions()

    def _show_actions(self) -> None:
        today, row = self._context.office.today(), self._chosen()
        is_open = row is not None and row.deficiency.is_open
        self.answer_button.setEnabled(is_open)
        self.cancel_button.setEnabled(is_open)
        self.letters_button.setEnabled(any(map(_unsent, self._rows)))
        self.remind_button.setEnabled(any(_overdue(r, today) for r in self._rows))

    def _chosen(self) -> CorrectionRow | None:
        chosen: CorrectionRow | None = self.table.chosen() if self.model.rows else None
        return chosen

    def _open(self, row: CorrectionRow) -> None:
        self.accept()
        self.opened.emit(row.application_id)

    def _finished(self, words: str) -> None:
        self.changed.emit()
        self.refresh()
        self.note.set_text(words, Tone.OK)

    def letters(self) -> None:
        """依頼書を作っていない人すべての補正依頼書を作る。"""
        people = len({r.application_id for r in self._rows if _unsent(r)})
        write_letters(self, self._context, "request", people, None, self._finished)

    def remind(self) -> None:
        """期限を過ぎた人すべての督促状を作る。"""
        today = self._context.office.today()
        people = len({r.application_id for r in self._rows if _overdue(r, today)})
        write_letters(self, self._context, "reminder", people, None, self._finished)

    def answer(self) -> None:
        """選ばれた補正の回答を受ける窓を開く。"""
        row = self._chosen()
        if row is not None:
            dialog = AnswerDialog(self, self._context, row.name, (row.deficiency,))
            dialog.answered.connect(self._finished)
            dialog.open()

    def cancel(self) -> None:
        """誤って記した不備を、理由を添えて取り下げる。"""
        row = self._chosen()
        if row is not None:
            ask_cancelling(self, self._context, row.deficiency, self._finished, self._refused)

    def _refused(self, refusal: RuleViolation) -> None:
        self.note.set_text(str(refusal), Tone.BAD)


def ask_cancelling(
    parent: QWidget,
    context: RoomContext,
    deficiency: DeficiencyView,
    done: Callable[[str], None],
    refused: Callable[[RuleViolation], None],
) -> None:
    """不備を取り下げる理由を尋ねる。"""

    def given(reason: str) -> None:
        try:
            intake.cancel_correction(context.office, deficiency.id, reason)
        except RuleViolation as refusal:
            refused(refusal)
            return
        done(f"取り下げました：{deficiency.item}")

    words = (
        f"「{deficiency.item}」を取り下げます。誤って記したときに使います。記録は残り、取下げと表示されます。"
    )
    ask_reason(parent, "不備の取下げ", words, "取り下げる", given)


def _about(d: DeficiencyView) -> str:
    return d.document_kind or d.requirement or ""
