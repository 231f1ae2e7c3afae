"""受付の窓：申込ごとの書類の確認。行にファイルを落とすと、その書類の写しとして付く。"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.calendar import wareki
from app.domain.documents import DocumentState
from app.domain.errors import RuleViolation
from app.services import intake
from app.services.views.intake import ApplicationView
from app.services.views.intake_papers import ChecklistRow
from ui.messages import ask_reason
from ui.rooms.context import RoomContext
from ui.rooms.intake.corrections import CorrectionDialog
from ui.rooms.intake.documents import AttachDialog, DocumentsDialog
from ui.rooms.intake.working import work_beside
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import ROW_TWO_LINES, RowsView
from ui.theme import tokens as t
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, button
from ui.widgets.flow import FlowLayout

_TONES = {
    DocumentState.RECEIVED: Tone.OK,
    DocumentState.WAIVED: Tone.MUTED,
    DocumentState.MISSING: Tone.WARN,
    DocumentState.DEFICIENT: Tone.BAD,
}
_WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".ods", ".xlsb", ".csv", ".tsv"})


def detail_words(row: ChecklistRow) -> str:
    """状態の横に出す言葉（受領日・理由・補正）。"""
    words = []
    if row.received_on is not None:
        words.append(wareki(row.received_on))
    elif row.state is DocumentState.RECEIVED:
        words.append(row.settled)
    elif row.state is DocumentState.WAIVED:
        words.append(row.waived or row.reason)
    else:
        words.append(row.reason)
    if row.asked:
        due = row.asked[0].due_on
        words.insert(0, f"補正を依頼中{'' if due is None else f'（期限 {wareki(due)}）'}")
    return "　".join(w for w in words if w)


def name_words(row: ChecklistRow) -> str:
    """書類の名（種類の後に窓口や資格の名）。"""
    return f"{row.base}（{row.detail}）" if row.detail else row.base


def _scans(row: ChecklistRow) -> str:
    now = len(row.current_scans)
    return f"写し {now}" if now else ""


class ChecklistView(RowsView):
    """書類の行の表。dropped は（行, ファイルの場所の組）を送る。表のファイルは受けず、部屋の取込に任せる。"""

    dropped = Signal(object, object)

    def __init__(self, model: RowsModel) -> None:
        super().__init__(model, stretch=0)
        self.setAcceptDrops(True)
        self.setDropIndicatorShown(False)

    def _files(self, event: QDropEvent) -> list[Path]:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        return [p for p in paths if p.suffix.lower() not in _WORKBOOKS]

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """書類らしいファイルなら受ける。"""
        if self._files(event):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """落とす先の行を選んで見せる。"""
        index = self.indexAt(event.position().toPoint())
        if not index.isValid() or not self._files(event):
            event.ignore()
            return
        self.selectRow(index.row())
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """落とされた行とファイルを知らせる。"""
        files, row = self._files(event), self.row_at(event.position().toPoint())
        if row is None or not files:
            event.ignore()
            return
        event.acceptProposedAction()
        self.dropped.emit(row, tuple(files))

    def row_at(self, place: QPoint) -> Any:
        """その場所の行。なければ None。"""
        index = self.indexAt(place)
        return self.rows_model.rows[index.row()] if index.isValid() else None


class Checklist(QWidget):
    """一件の申込の書類の確認。changed は記録が変わったことを送る。"""

    changed = Signal()

    def __init__(self, context: RoomContext) -> None:
        super().__init__()
        self._context = context
        self._application: ApplicationView | None = None
        self.note = NoteBox("")
        self.model: RowsModel = RowsModel(
            (
                Column("書類", name_words, Kind.NAME, 250, second=detail_words, least=150),
                Column("状態", lambda r: r.words, Kind.CHIP, 84, tone=lambda r: _TONES[r.state]),
                Column("写し", _scans, Kind.TEXT, 62, drop=1),
            ),
            key=lambda r: r.kind,
        )
        self.table = ChecklistView(self.model)
        self.table.setAccessibleName("書類の確認")
        self.table.setToolTip("写しのファイルを行に落とすと、その書類に付きます。")
        self.table.row_chosen.connect(lambda _row: self._show_actions())
        self.table.opened.connect(self._open)
        self.table.dropped.connect(self.attach_files)
        self.bar = QWidget()
        flow = FlowLayout(self.bar)
        flow.setContentsMargins(0, 0, 0, 0)
        flow.setSpacing(current_look().px(t.GAP_2))
        self.receive_button = button("受領", "small", self.receive)
        self.waive_button = button("不要…", "small", self.waive)
        self.reset_button = button("印を取り消す…", "small", self.reset)
        self.attach_button = button("写しを付ける…", "small", self.attach)
        self.view_button = button("写しを見る…", "small", self.view)
        self.request_button = button("この書類の補正…", "small", self.request)
        self._buttons = (
            self.receive_button,
            self.waive_button,
            self.reset_button,
            self.attach_button,
            self.view_button,
            self.request_button,
        )
        for made in self._buttons:
            flow.addWidget(made)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.note)
        column.addWidget(self.table)
        column.addWidget(self.bar)

    def show_application(self, application: ApplicationView) -> None:
        """その申込の書類を出す。"""
        if self._application is None or self._application.id != application.id:
            self.note.set_text("")
        self._application = application
        self.model.set_rows(intake.list_checklist(self._context.office, application.id))
        rows = len(self.model.rows)
        head = self.table.horizontalHeader().sizeHint().height()
        self.table.setFixedHeight(head + rows * current_look().px(ROW_TWO_LINES) + 4)
        if self.table.chosen() is None and rows:
            self.table.selectRow(0)
        self._show_actions()

    @property
    def summary(self) -> str:
        """見出しの横の言葉（要る書類のうち、そろった数）。"""
        needed = [r for r in self.model.rows if r.needed or r.waiting]
        left = sum(r.waiting for r in needed)
        return f"{len(needed)}点のうち{len(needed) - left}点" if left else f"{len(needed)}点そろい"

    def _chosen(self) -> ChecklistRow | None:
        chosen: ChecklistRow | None = self.table.chosen()
        return chosen

    def _show_actions(self) -> None:
        row = self._chosen()
        for made in self._buttons:
            made.setEnabled(row is not None)
        if row is None:
            return
        self.receive_button.setEnabled(row.received_on is None)
        self.waive_button.setEnabled(row.waiting and not row.asked)
        self.reset_button.setEnabled(row.received_on is not None or bool(row.waived))
        self.view_button.setEnabled(bool(row.scans))

    def _act(self, act: Callable[[], object], words: str) -> None:
        try:
            act()
        except RuleViolation as refusal:
            self.note.set_text(str(refusal), Tone.BAD)
            return
        self._finished(words)

    def _finished(self, words: str) -> None:
        self.changed.emit()
        self.note.set_text(words, Tone.OK)

    def receive(self) -> None:
        """選ばれた書類の原本を今日受け取った。"""
        row, a = self._chosen(), self._application
        if row is not None and a is not None:
            act = partial(intake.receive_document, self._context.office, a.id, row.kind)
            self._act(act, f"受領しました：{name_words(row)}")

    def _with_reason(self, act: Callable[..., object], title: str, words: str, action: str) -> None:
        row, a = self._chosen(), self._application
        if row is None or a is None:
            return
        name, office = name_words(row), self._context.office
        ask_reason(
            self,
            title,
            words.format(name=name),
            action,
            lambda reason: self._act(partial(act, office, a.id, row.kind, reason), f"{action}：{name}"),
        )

    def waive(self) -> None:
        """選ばれた書類を、理由を添えて要らないとする。"""
        words = "「{name}」を要らないとします。後から取り消せます。"
        self._with_reason(intake.waive_document, "書類を不要とする", words, "不要とする")

    def reset(self) -> None:
        """受領・不要の印を、理由を添えて取り消す。"""
        words = "「{name}」の印を取り消します。付けた写しは残ります。"
        self._with_reason(intake.reset_document, "印の取消し", words, "印を取り消す")

    def _kinds(self) -> tuple[str, ...]:
        return tuple(r.kind for r in self.model.rows)

    def attach(self) -> None:
        """選ばれた書類に写しを付ける窓を開く。"""
        row, a = self._chosen(), self._application
        if row is not None and a is not None:
            dialog = AttachDialog(self, self._context, a, self._kinds(), row.kind)
            dialog.saved.connect(lambda: self._finished("写しを付けました。"))
            dialog.open()

    def attach_files(self, row: ChecklistRow, files: tuple[Path, ...]) -> None:
        """落とされたファイルを、その行の写しとして順に付ける。断られたら、そこで止めて理由を言う。"""
        application = self._application
        if application is None:
            return
        office = self._context.office

        def work() -> int:
            for path in files:
                intake.attach_document(office, application.id, row.kind, path)
            return len(files)

        def refused(refusal: RuleViolation) -> None:
            self.changed.emit()
            self.note.set_text(str(refusal), Tone.BAD)

        words = f"{application.person.name}さんの「{name_words(row)}」に写しを{len(files)}件付けました。"
        work_beside(self._context, self, work, lambda _n: self._finished(words), refused)

    def _open(self, row: ChecklistRow) -> None:
        if row.scans:
            self.view()
        else:
            self.attach()

    def view(self) -> None:
        """選ばれた書類の写しを見る窓を開く。"""
        row, a = self._chosen(), self._application
        if row is not None and a is not None and row.scans:
            newest = (row.current_scans or row.scans)[-1]
            dialog = DocumentsDialog(self, self._context, a, newest.id, self._kinds())
            dialog.changed.connect(self.changed)
            dialog.open()

    def request(self) -> None:
        """選ばれた書類の補正を依頼する窓を開く。"""
        row, a = self._chosen(), self._application
        if row is not None and a is not None:
            dialog = CorrectionDialog(self, self._context.office, a.id, document_kind=row.kind)
            dialog.saved.connect(
                lambda: self._finished("補正を記しました。補正依頼書は［補正の一覧…］で作れます。")
            )
            dialog.open()
