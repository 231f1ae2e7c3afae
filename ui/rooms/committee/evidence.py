"""欠格事由の証拠の窓：誓約書・照会と答え・書類。中身は、理由を書いて、事由の横で開く。"""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPlainTextEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app.domain.calendar import wareki_short
from app.domain.errors import RuleViolation
from app.services import committee
from app.services.committee.evidence import EvidenceForm
from app.services.views.committee import CaseView
from app.services.views.conflicts import (
    ADDRESSEES,
    EVIDENCE_WORDS,
    POINTS_WORDS,
    EvidenceContent,
    EvidenceView,
)
from ui.messages import Dialog, ask_reason
from ui.rooms.context import RoomContext
from ui.rooms.intake.documents import PathField
from ui.rooms.intake.working import WorkingDialog, work_beside
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme import tokens as t
from ui.theme.style import current_look
from ui.widgets.cards import NoteBox, button
from ui.widgets.date_field import DateField
from ui.widgets.saving import unread
from ui.widgets.scan_view import ScanView, scan_page, scan_pages


def _points_box() -> QComboBox:
    made = QComboBox()
    made.addItem("（決めない）", "")
    for key, words in POINTS_WORDS.items():
        made.addItem(words, key)
    return made


def _words_box() -> QPlainTextEdit:
    made = QPlainTextEdit()
    made.setTabChangesFocus(True)
    made.setFixedHeight(current_look().px(72))
    return made


class EvidenceFormDialog(WorkingDialog):
    """証拠を一つ記す。"""

    def __init__(self, parent: QWidget, context: RoomContext, case: CaseView, ground: str, mark: str) -> None:
        super().__init__(
            parent,
            context,
            f"欠格事由{mark}の証拠を記す",
            f"{case.name}さんについての証拠。言葉と写しは、理由を書いて開いた人だけが読めます。",
            "記す",
        )
        self._case, self._ground = case, ground
        today = context.office.today()
        self.kind, self.points, self.addressee = QComboBox(), _points_box(), QComboBox()
        for key, words in EVIDENCE_WORDS.items():
            self.kind.addItem(words, key)
        self.addressee.setEditable(True)
        self.addressee.addItems(["", *ADDRESSEES])
        self.dated, self.due = DateField(today, "日付"), DateField(today, "答えの期限")
        self.dated.set_value(today)
        self.words_edit, self.place = _words_box(), PathField(context, "写しのファイル")
        self.form.add("kind", "種類", self.kind)
        self.form.add("addressee", "照会の宛先", self.addressee, "照会のとき。例：本籍地の市区町村長")
        self.form.add("dated", "日付", self.dated, "書かれた日、または照会した日", required=True)
        self.form.add("due", "答えの期限", self.due, "照会のとき。なければ空のまま")
        self.form.add("points", "示すこと", self.points, "答えを待つ照会では決めません")
        self.form.add("words", "中身の言葉", self.words_edit, "一覧には出ません")
        self.form.add("path", "写し", self.place, "PDF・JPEG・PNG・TIFF。なくてもよい")
        self.kind.setFocus()

    def errors(self) -> dict[str, str]:
        """日付は要る。照会には宛先が要る。"""
        found = {}
        if self.dated.value is None:
            found["dated"] = unread(self.dated) or "日付を入れてください。"
        if self.due.error:
            found["due"] = unread(self.due)
        if self.kind.currentData() == "inquiry" and not self.addressee.currentText().strip():
            found["addressee"] = "どこに照会したかを入れてください。"
        return found

    def work(self) -> Callable[[], Any]:
        """記す。"""
        assert self.dated.value is not None
        form = EvidenceForm(
            self._ground,
            str(self.kind.currentData()),
            self.dated.value,
            self.addressee.currentText() if self.kind.currentData() == "inquiry" else "",
            self.due.value,
            None,
            str(self.points.currentData()),
            self.words_edit.toPlainText(),
        )
        return partial(committee.record_evidence, self._context.office, self._case.id, form, self.place.path)


class AnswerDialog(WorkingDialog):
    """照会の答えを記す。"""

    def __init__(self, parent: QWidget, context: RoomContext, row: EvidenceView) -> None:
        super().__init__(
            parent,
            context,
            "照会の答えを記す",
            f"{row.title}　照会した日 {wareki_short(row.dated_on)}",
            "記す",
        )
        self._row = row
        today = context.office.today()
        self.answered, self.points = DateField(today, "答えを受けた日"), _points_box()
        self.answered.set_value(today)
        self.words_edit, self.place = _words_box(), PathField(context, "写しのファイル")
        self.form.add("answered", "答えを受けた日", self.answered, required=True)
        self.form.add("points", "示すこと", self.points)
        self.form.add("words", "答えの言葉", self.words_edit, "一覧には出ません")
        self.form.add("path", "答えの写し", self.place, "PDF・JPEG・PNG・TIFF。なくてもよい")
        self.answered.setFocus()

    def errors(self) -> dict[str, str]:
        """日付は要る。"""
        if self.answered.value is None:
            return {"answered": unread(self.answered) or "答えを受けた日を入れてください。"}
        return {}

    def work(self) -> Callable[[], Any]:
        """記す。"""
        assert self.answered.value is not None
        return partial(
            committee.answer_inquiry,
            self._context.office,
            self._row.id,
            self.answered.value,
            str(self.points.currentData()),
            self.words_edit.toPlainText(),
            self.place.path,
        )


def _state(row: EvidenceView) -> str:
    if row.withdrawn_on is not None:
        return "取下げ"
    if row.waits:
        return "答え待ち"
    return {"clear": "該当しない", "applies": "該当する"}.get(row.points_to, "—")


def _tone(row: EvidenceView) -> t.Tone:
    if row.waits:
        return t.Tone.WARN
    if row.withdrawn_on is not None:
        return t.Tone.MUTED
    return {"clear": t.Tone.OK, "applies": t.Tone.BAD}.get(row.points_to, t.Tone.MUTED)


def _days(row: EvidenceView) -> str:
    parts = [wareki_short(row.dated_on)]
    if row.answered_on is not None:
        parts.append(f"答え {wareki_short(row.answered_on)}")
    elif row.due_on is not None:
        parts.append(f"期限 {wareki_short(row.due_on)}")
    return "　".join(parts)


COLUMNS = (
    Column("証拠", lambda r: r.title + ("　写し" if r.has_scan else ""), Kind.WRAPPED, 170, least=110),
    Column("日付", _days, Kind.WRAPPED, 130, least=90),
    Column("示すこと", _state, Kind.CHIP, 92, tone=_tone),
)


class EvidenceDialog(Dialog):
    """一つの事由の証拠。左に一覧、右に、理由を書いて開いた中身。"""

    saved = Signal()

    def __init__(self, parent: QWidget, context: RoomContext, case: CaseView, ground: str) -> None:
        view = next(g for g in case.grounds if g.ground == ground)
        super().__init__(
            parent,
            f"欠格事由{view.mark}の証拠",
            f"案件{case.position:03d}　{case.name}さん。{view.text}。中身を開くと、理由とともに監査記録に残ります。",
        )
        self._context, self._case, self._ground, self._mark = context, case, ground, view.mark
        self._content, self._page, self._pages = b"", 0, 0
        px = current_look().px
        self.setMinimumWidth(px(900))
        self.note = NoteBox("")
        self.model = RowsModel(COLUMNS, key=lambda r: r.id)
        self.table = RowsView(self.model, stretch=0)
        self.table.setAccessibleName("証拠の一覧")
        self.table.row_chosen.connect(lambda _row: self._show_buttons())
        self.table.opened.connect(lambda _row: self.ask_open())
        self.paper = ScanView()
        self.paper.stepped.connect(self._step)
        self.words_note = NoteBox("", t.Tone.ACCENT)
        self._build()
        self.refresh()

    def _build(self) -> None:
        px = current_look().px
        self.body.addWidget(self.note)
        left, right = QWidget(), QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table, 1)
        line = QHBoxLayout()
        self.answer_button = button("答えを記す…", "small", self.answer)
        self.withdraw_button = button("取り下げる…", "small", self.withdraw)
        for made in (self.answer_button, self.withdraw_button):
            line.addWidget(made)
        line.addStretch(1)
        column.addLayout(line)
        beside = QVBoxLayout(right)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addWidget(self.words_note)
        beside.addWidget(self.paper, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(left)
        splitter.addWidget(right)
        splitter.setSizes([px(400), px(480)])
        splitter.setStretchFactor(1, 1)
        splitter.setMinimumHeight(px(360))
        self.body.addWidget(splitter, 1)
        self.add_button = self.add_action("証拠を記す…", self.add)
        self.action_row.addStretch(1)
        self.add_action("閉じる", self.accept)
        self.open_button = self.add_action("中身を開く…", self.ask_open, "main")

    def refresh(self) -> None:
        """いまの記録から書き直す。"""
        rows = committee.list_evidence(self._context.office, self._case.id)
        self.model.set_rows([r for r in rows if r.ground == self._ground])
        self.note.set_text("" if self.model.rows else "証拠はまだありません。")
        if self.model.rows and self.table.chosen() is None:
            self.table.selectRow(0)
        self._show_buttons()

    def _show_buttons(self) -> None:
        office = self._context.office
        row: EvidenceView | None = self.table.chosen() if self.model.rows else None
        may = office.may("committee.record_evidence")
        self.add_button.setEnabled(may)
        self.open_button.setEnabled(row is not None and office.may("committee.open_evidence"))
        self.answer_button.setEnabled(may and row is not None and row.waits)
        self.withdraw_button.setEnabled(may and row is not None and row.withdrawn_on is None)

    def _saved(self) -> None:
        self.refresh()
        self.saved.emit()

    def add(self) -> None:
        """証拠を記す窓を開く。"""
        dialog = EvidenceFormDialog(self, self._context, self._case, self._ground, self._mark)
        dialog.saved.connect(self._saved)
        dialog.open()

    def answer(self) -> None:
        """答えを記す窓を開く。"""
        if (row := self.table.chosen()) is not None:
            dialog = AnswerDialog(self, self._context, row)
            dialog.saved.connect(self._saved)
            dialog.open()

    def withdraw(self) -> None:
        """選んだ証拠を取り下げる。"""
        row: EvidenceView | None = self.table.chosen()
        if row is None:
            return

        def given(reason: str) -> None:
            try:
                committee.withdraw_evidence(self._context.office, row.id, reason)
            except RuleViolation as refusal:
                self.note.set_text(str(refusal), t.Tone.BAD)
                return
            self._saved()

        words = f"{row.title}を取り下げます。行と写しは残ります。理由を書いてください。"
        ask_reason(self, "証拠の取下げ", words, "取り下げる", given)

    def ask_open(self) -> None:
        """理由を尋ねて、選んだ証拠の中身を開く。"""
        row: EvidenceView | None = self.table.chosen()
        if row is None or not self.open_button.isEnabled():
            return
        words = f"{row.title}の中身を開きます。何を確かめるためかを書いてください。監査記録に残ります。"
        ask_reason(self, "中身を開く理由", words, "開く", lambda reason: self._open(row.id, reason))

    def _open(self, evidence_id: int, reason: str) -> None:
        office = self._context.office

        def read() -> tuple[EvidenceContent, int, QImage]:
            found = committee.open_evidence(office, evidence_id, reason)
            if not found.scan:
                return found, 0, QImage()
            return found, scan_pages(found.scan), scan_page(found.scan, 0)

        self.paper.clear()
        work_beside(self._context, self, read, self._opened, self._refused)

    def _refused(self, refusal: RuleViolation) -> None:
        self.note.set_text(str(refusal), t.Tone.BAD)

    def _opened(self, found: tuple[EvidenceContent, int, QImage]) -> None:
        content, self._pages, image = found
        self._content, self._page = content.scan, 0
        words = content.words or "（言葉はありません）"
        self.words_note.set_text(words if content.scan else f"{words}\n（写しはありません）", t.Tone.ACCENT)
        self.paper.set_image(image, 0, self._pages)
        if content.scan:
            self.paper.setFocus()
        self._context.changed()

    def _step(self, step: int) -> None:
        page = self._page + step
        if not 0 <= page < self._pages:
            return
        content = self._content

        def turned(image: QImage) -> None:
            self._page = page
            self.paper.set_image(image, page, self._pages)

        work_beside(self._context, self, lambda: scan_page(content, page), turned, self._refused)
