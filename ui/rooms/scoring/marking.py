"""記述の採点の机：左に答案の写し、右に点。Enter で記録して、次の読む答へ進む。"""

from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QIntValidator, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QLineEdit, QSplitter, QVBoxLayout, QWidget

from app.domain.errors import RuleViolation
from app.domain.marking import READING_WORDS, Standing
from app.services import scoring
from app.services.views.scoring_marking import MarkedQuestion, MarkingDesk, MarkingItem
from ui.messages import Dialog, ask_reason
from ui.rooms.context import RoomContext
from ui.rooms.intake.working import work_beside
from ui.rooms.scoring.scan_pane import ScanPane
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme import tokens as t
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, hairline, label
from ui.widgets.dialog import ENTER
from ui.widgets.form import Form

_STANDINGS = {
    Standing.TO_READ: ("読む", Tone.WARN),
    Standing.WAITING: ("ほかの人を待つ", Tone.MUTED),
    Standing.SETTLED: ("決まり", Tone.OK),
}
_TEXT = (
    "点を打って Enter を押すと、記録して次の答へ進みます。氏名と、ほかの人の点は、自分の点を記録するまで見えません。"
    "Alt+↑↓ で前後の答、PageUp・PageDown で写しの頁、Ctrl+＋－ で写しの大きさ。"
)


def _standing(item: MarkingItem) -> str:
    return _STANDINGS[item.standing][0]


COLUMNS = (
    Column("受付", lambda i: i.reception, Kind.TEXT, 56),
    Column("立ち位置", _standing, Kind.CHIP, 118, tone=lambda i: _STANDINGS[i.standing][1]),
    Column("自分", lambda i: i.mine, Kind.NUMBER, 52),
    Column("決まった点", lambda i: i.result, Kind.NUMBER, 82),
)


def given_words(item: MarkingItem, gap: int) -> str:
    """自分が読んだ後に見せる、ほかの人の読みと、どうなったか。"""
    if item.standing is Standing.TO_READ:
        return ""
    lines = [g.words for g in item.given]
    if item.result is not None:
        lines.append(f"決まった点 {item.result}点")
    elif item.reading is not None:
        apart = f"差が{gap}点を超えたため、" if item.reading == 3 else ""
        lines.append(f"{apart}{READING_WORDS[item.reading]}が読むのを待っています。")
    return "\n".join(lines)


class PointsField(QLineEdit):
    """点の欄。entered は Enter、paged は写しの頁を送る鍵。"""

    entered = Signal()
    paged = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter は記録、PageUp と PageDown は写しの頁。"""
        steps = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
        key = Qt.Key(event.key())
        if key in ENTER and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.entered.emit()
            event.accept()
        elif key in steps:
            self.paged.emit(steps[key])
        else:
            super().keyPressEvent(event)


class MarkingDialog(Dialog):
    """一人の採点の机。saved は、閉じるまでに何かを記録していれば送る。"""

    saved = Signal()

    def __init__(self, parent: QWidget | None, context: RoomContext, test_id: int, title: str) -> None:
        super().__init__(parent, f"記述の採点：{title}", _TEXT)
        self._context, self._test_id = context, test_id
        self.desk: MarkingDesk | None = None
        self._items: list[MarkingItem] = []
        self._wrote = False
        px, room = current_look().px, self.screen().availableSize()
        self.resize(min(px(1240), int(room.width() * 0.95)), min(px(700), int(room.height() * 0.9)))
        self.question = QComboBox()
        self.question.setAccessibleName("設問")
        self.scans = ScanPane(context)
        self.heading, self.progress = label("", "section", wrap=True), label("", "caption", wrap=True)
        self.asked = label("", "muted", wrap=True)
        self.points, self.remark = PointsField(), PointsField()
        self.form = Form()
        self.note, self.given = NoteBox(""), NoteBox("")
        self.before = label("", "caption", wrap=True)
        self.model = RowsModel(COLUMNS, key=lambda i: i.sheet_id)
        self.table = RowsView(self.model)
        self.table.setAccessibleName("答案")
        self._build()
        self._connect()
        self.read()

    def _build(self) -> None:
        px = current_look().px
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(px(t.GAP_3), 0, 0, 0)
        column.setSpacing(px(t.GAP_2))
        self.points.setMaximumWidth(px(120))
        self.form.add("points", "点", self.points, required=True)
        self.remark.setPlaceholderText("ほかの採点者にも、読んだ後に見えます")
        self.form.add("remark", "覚え", self.remark)
        parts = (self.question, self.heading, self.asked, self.form, self.given, self.note, self.before)
        for one in parts:
            column.addWidget(one)
        column.addWidget(hairline())
        column.addWidget(self.progress)
        self.table.setMinimumHeight(px(120))
        column.addWidget(self.table, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.scans)
        splitter.addWidget(right)
        splitter.setSizes([px(780), px(400)])
        splitter.setStretchFactor(0, 1)
        self.scans.setMinimumHeight(px(260))
        self.body.addWidget(splitter, 1)
        self.action_row.addStretch(1)
        self.close_button = self.add_action("閉じる", self.reject)
        self.main_button = self.add_action("記録して次へ", self.record, "main")

    def _connect(self) -> None:
        self.question.activated.connect(lambda _place: self._show_question())
        self.table.row_chosen.connect(self._show_item)
        self.table.opened.connect(lambda _row: self.points.setFocus())
        for field in (self.points, self.remark):
            field.entered.connect(self.record)
            field.paged.connect(self.scans.step)
        paper = self.scans.paper
        acts = {
            "Alt+Down": lambda: self._step(1),
            "Alt+Up": lambda: self._step(-1),
            "Ctrl++": lambda: paper.zoom_by(1.25),
            "Ctrl+;": lambda: paper.zoom_by(1.25),
            "Ctrl+-": lambda: paper.zoom_by(0.8),
        }
        for keys, act in acts.items():
            QShortcut(QKeySequence(keys), self).activated.connect(act)

    def read(self) -> None:
        """机を画面の外で読み直す。"""
        office, test_id = self._context.office, self._test_id
        work_beside(
            self._context, self, lambda: scoring.marking_desk(office, test_id), self._show, self._refused
        )

    def _show(self, desk: MarkingDesk) -> None:
        self.desk, self._items = desk, list(desk.items)
        chosen = self.question.currentData()
        self.question.clear()
        for q in desk.questions:
            self.question.addItem(f"問{q.number}（配点{q.points}点）", q.number)
        self.question.setVisible(len(desk.questions) > 1)
        left = [i.number for i in self._items if i.standing is Standing.TO_READ]
        wanted = chosen if chosen is not None else (left[0] if left else None)
        self.question.setCurrentIndex(max(0, self.question.findData(wanted)))
        may = self._context.office.may("scoring.mark_written") and not desk.locked
        for field in (self.points, self.remark):
            field.setEnabled(may)
        self.main_button.setEnabled(may)
        if desk.locked:
            self.note.set_text("確定したテストのため、見るだけです。", Tone.ACCENT)
        self._show_question()

    @property
    def _question(self) -> MarkedQuestion | None:
        number = self.question.currentData()
        questions = () if self.desk is None else self.desk.questions
        return next((q for q in questions if q.number == number), None)

    def _show_question(self) -> None:
        question = self._question
        if question is None:
            self.note.set_text("このテストに記述の設問がありません。", Tone.ACCENT)
            return
        self.asked.setText(question.text)
        self.points.setValidator(QIntValidator(0, 9999, self.points))
        self._put_rows()
        if not self.table.select_key(self._next_to_read()) and self.model.rows:
            self.table.selectRow(0)
        if not self.model.rows:
            self.note.set_text("受験した人の答案がまだありません。", Tone.ACCENT)
        self._show_item(self.item())

    def _put_rows(self) -> None:
        rows = [i for i in self._items if i.number == self.question.currentData()]
        self.model.set_rows(rows)
        said = [i.standing for i in rows]
        self.progress.setText(
            "　".join(f"{words} {said.count(where):,}枚" for where, (words, _) in _STANDINGS.items())
        )

    def _next_to_read(self) -> int | None:
        """この人の後の、まだ読んでいない答（終わりまでなければ初めから）。"""
        rows = list(self.model.rows)
        item = self.item()
        place = next((i for i, r in enumerate(rows) if item is not None and r.sheet_id == item.sheet_id), -1)
        ordered = [*rows[place + 1 :], *rows[: place + 1]]
        return next((r.sheet_id for r in ordered if r.standing is Standing.TO_READ), None)

    def item(self) -> MarkingItem | None:
        """いまの答。"""
        found: MarkingItem | None = self.table.chosen()
        return found

    def _show_item(self, item: MarkingItem | None) -> None:
        question = self._question
        self.form.show_errors({})
        if item is None or question is None or self.desk is None:
            self.heading.setText("")
            self.scans.say("")
            return
        reading = (
            f"　{READING_WORDS[item.reading]}として読みます"
            if item.standing is Standing.TO_READ and item.reading
            else ""
        )
        self.heading.setText(f"受付{item.reception}　問{item.number}（0〜{question.points}点）{reading}")
        self.points.setText("" if item.mine is None else str(item.mine))
        self.remark.setText(item.note)
        self.given.set_text(given_words(item, self.desk.gap or 0), Tone.ACCENT)
        if not self.desk.locked:
            self.note.set_text("")
        self.scans.show_sheet(item.sheet_id, item.scans)
        QTimer.singleShot(0, self, self._focus_points)

    def _focus_points(self) -> None:
        self.points.setFocus()
        self.points.selectAll()

    def _step(self, step: int) -> None:
        place = self.table.currentIndex().row() + step
        if 0 <= place < len(self.model.rows):
            self.table.selectRow(place)

    def record(self) -> None:
        """点を記録し、次の読む答へ進む。ほかの人も読んだ点を直すなら、先に理由を尋ねる。"""
        item, question, text = self.item(), self._question, self.points.text().strip()
        if item is None or question is None or not self.main_button.isEnabled():
            return
        if not text.isdecimal() or int(text) > question.points:
            self.form.show_errors({"points": f"0〜{question.points}の整数で打ってください。"})
            return
        points, note = int(text), self.remark.text()
        if (points, note.strip()) == (item.mine, item.note):
            self._go_on()
        elif item.mine is not None and item.mine != points and len(item.given) > 1:
            ask_reason(
                self,
                "点を直す理由",
                f"受付{item.reception}の問{item.number}は、ほかの人も読んでいます。{item.mine}点から{points}点に直す理由が記録に残ります。",
                "直す",
                lambda reason: self._write(item, points, note, reason),
            )
        else:
            self._write(item, points, note, "")

    def _write(self, item: MarkingItem, points: int, note: str, reason: str) -> None:
        try:
            made = scoring.mark_written(
                self._context.office, item.sheet_id, item.number, points, note=note, reason=reason
            )
        except RuleViolation as refusal:
            self._refused(refusal)
            return
        assert self.desk is not None
        self._wrote = True
        place = next(
            i for i, x in enumerate(self._items) if (x.sheet_id, x.number) == (made.sheet_id, made.number)
        )
        self._items[place] = replace(made, scans=item.scans)
        told = given_words(made, self.desk.gap or 0).replace("\n", "、")
        self._put_rows()
        self._go_on()
        self.before.setText(f"前の答：受付{made.reception}　{told}")

    def _go_on(self) -> None:
        found = self._next_to_read()
        if found is None:
            others = sum(i.standing is Standing.TO_READ for i in self._items)
            more = f"ほかの設問に{others}枚あります。" if others else "お疲れさまでした。"
            self._show_item(self.item())
            self.note.set_text(f"この設問で読む答は、もうありません。{more}", Tone.OK)
        elif self.item() is not None and found == self.item_id:
            self._show_item(self.item())
        else:
            self.table.select_key(found)

    @property
    def item_id(self) -> int | None:
        """いまの答案の id。"""
        item = self.item()
        return None if item is None else item.sheet_id

    def _refused(self, refusal: RuleViolation) -> None:
        self.note.set_text(str(refusal), Tone.BAD)

    def reject(self) -> None:
        """閉じる。"""
        super().reject()
        if self._wrote:
            self.saved.emit()
