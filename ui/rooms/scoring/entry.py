"""答案を打つ窓：一人ずつ保存し、二度目は別の人が白紙から打って照らす。"""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.domain.errors import RuleViolation
from app.services import scoring
from app.services.views.scoring_marking import AnswerGrid, GridRow
from ui.messages import Dialog, LeaveDialog, ask_reason
from ui.rooms.context import RoomContext
from ui.rooms.intake.working import work_beside
from ui.rooms.scoring.entry_grid import OUTCOME_KEYS, EntryGrid
from ui.rooms.scoring.entry_model import FIRST, OUTCOME, SECOND, EntryModel, question_words
from ui.theme.style import current_look, show_if
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, button, label
from ui.widgets.room import Filter, FilterBar

_WORDS = (
    "肢の字か番号を一つ打つと次の設問へ、Enter で保存して次の人へ進みます。空白の鍵は答えなし、"
    f"Ctrl+数字は結果（{OUTCOME_KEYS}）、Ctrl+Z はその人の打ちかけを戻します。"
)


class EntryDialog(Dialog):
    """答案を打つ窓。saved は、窓を閉じるまでに何かを保存していれば送る。"""

    saved = Signal()

    def __init__(self, parent: QWidget, context: RoomContext, test_id: int, title: str) -> None:
        super().__init__(parent, f"答案を打つ：{title}", _WORDS)
        self._context, self._test_id = context, test_id
        self._grid: AnswerGrid | None = None
        self._wrote = False
        px, room = current_look().px, self.screen().availableSize()
        self.resize(min(px(1240), int(room.width() * 0.95)), min(px(680), int(room.height() * 0.9)))
        self.modes = FilterBar()
        self.model = EntryModel(self)
        self.grid = EntryGrid(self.model)
        self.note = NoteBox("")
        self.count, self.place = label("", "caption"), label("", "caption", wrap=True)
        self.hint = label("", "error", wrap=True)
        self._build()
        self.modes.changed.connect(lambda _key: self._choose_mode())
        self.grid.done.connect(self._done)
        self.grid.row_left.connect(self._row_left)
        self.grid.said.connect(self.hint.setText)
        self.grid.moved.connect(self._moved)
        self.read()

    def _build(self) -> None:
        px = current_look().px
        head = QHBoxLayout()
        head.addWidget(self.modes, 1)
        head.addWidget(self.count)
        self.body.addLayout(head)
        self.grid.setMinimumHeight(px(220))
        self.body.addWidget(self.grid, 1)
        self.settling = QWidget()
        row = QHBoxLayout(self.settling)
        row.setContentsMargins(0, 0, 0, 0)
        self.difference = label("", "alarm", wrap=True)
        self.first_button = button("一度目を採る（Alt+1）", "small", lambda: self._take(FIRST))
        self.second_button = button("二度目を採る（Alt+2）", "small", lambda: self._take(SECOND))
        row.addWidget(self.difference, 1)
        for one in (self.first_button, self.second_button):
            row.addWidget(one)
        self.body.addWidget(self.settling)
        self.body.addWidget(self.place)
        self.body.addWidget(self.hint)
        self.body.addWidget(self.note)
        self.settling.hide()
        self.revert_button = self.add_action("この人の打ちかけを戻す", self.revert)
        self.action_row.addStretch(1)
        self.close_button = self.add_action("閉じる", self.reject)
        self.main_button = self.add_action("保存して次の人へ", self.next_person, "main")

    def read(self) -> None:
        """表を画面の外で読み直す。読む間は打てない（打った字が、入れ替わる表と共に消えないように）。"""
        self.grid.setEnabled(False)
        office, test_id = self._context.office, self._test_id
        work_beside(
            self._context, self, lambda: scoring.answer_grid(office, test_id), self._show, self._refused
        )

    def _show(self, grid: AnswerGrid) -> None:
        self._grid = grid
        self.grid.setEnabled(True)
        left = sum(r.sheet_id is not None and not r.checked_by and r.may_check for r in grid.rows)
        self.modes.set_filters(
            [Filter("first", "初めの入力", len(grid.rows)), Filter("second", "二度目の入力（照合）", left)]
        )
        self.grid.writable = not grid.locked and self._context.office.may("scoring.save_answers")
        self._show_rows(second=self.modes.current == "second")

    def _show_rows(self, *, second: bool) -> None:
        assert self._grid is not None
        self.model.set_grid(self._grid, second=second)
        self.grid.start()
        self.grid.setFocus()
        if self._grid.locked:
            self.note.set_text("確定したテストのため、見るだけです。", Tone.ACCENT)
        elif not self.model.people:
            words = "二度目に打てる答案がありません。初めに打った本人は、二度目を打てません。"
            self.note.set_text(
                words if second else "修了認定テストを受けられる人がまだいません。", Tone.ACCENT
            )
        else:
            self.note.set_text("")
        self._show_place()

    def _choose_mode(self) -> None:
        """二つの入力を切り替える。打ちかけが残れば移らない。"""
        second = self.modes.current == "second"
        if self._grid is None or second == self.model.second:
            return
        self._save_current()
        if self.model.drafts:
            self.modes.choose("second" if self.model.second else "first")
            self.note.set_text("保存していない打ちかけがあります。先に保存するか、戻してください。", Tone.BAD)
            return
        self.read()

    def _moved(self) -> None:
        self.hint.setText("")
        self._show_place()

    def _show_place(self) -> None:
        """いまの升の説明と、違いを示す。"""
        done, drafts, people = self.model.counts()
        words = "照合済" if self.model.second else "入力済"
        self.count.setText(f"{words} {done:,} / {people:,}人" + (f"　打ちかけ {drafts}人" if drafts else ""))
        index = self.grid.currentIndex()
        found = self.model.difference(index.row(), index.column()) if index.isValid() else None
        show_if(self.settling, found is not None)
        if found is not None:
            first, second = (f"「{x}」" if x else "空" for x in (found.first, found.second))
            self.difference.setText(
                f"{found.title}が違います　一度目 {first}　二度目 {second}　答案を見て、どちらかを採ってください。"
            )
        self.revert_button.setEnabled(index.isValid() and self.model.draft(index.row()) is not None)
        self.main_button.setEnabled(index.isValid())
        if not index.isValid():
            self.place.setText("")
            return
        question = self.model.question(index.column())
        cell = f"結果：{OUTCOME_KEYS}" if index.column() == OUTCOME else ""
        self.place.setText(
            f"{_person_words(self.model.people[index.row()])}　"
            + (cell if question is None else question_words(question))
        )

    def _take(self, which: str) -> None:
        self.grid.take(which)
        self.grid.setFocus()

    def next_person(self) -> None:
        """いまの人を保存して次の人へ（Enter と同じ）。"""
        self._done(self.grid.currentIndex().row())
        self.grid.setFocus()

    def _done(self, row: int) -> None:
        if self._save(row):
            self.grid.next_person(row)
        self._show_place()

    def _row_left(self, row: int) -> None:
        # 上下に移っただけでも、打ったものは保存する
        QTimer.singleShot(0, self, lambda: self._save_left(row))

    def _save_left(self, row: int) -> None:
        self._save(row)
        self._show_place()

    def _save_current(self) -> None:
        if self.grid.currentIndex().isValid():
            self._save(self.grid.currentIndex().row())

    def _save(self, row: int) -> bool:
        """行の打ちかけを保存する。打ちかけがないか、保存できれば真。"""
        draft, person = self.model.draft(row), self.model.people[row]
        if draft is None:
            return True
        if not self.model.second and (draft.outcome, draft.answers) == (person.outcome, dict(person.answers)):
            self.model.take_back(row)
            return True
        if not self.model.second and person.needs_reason:
            self._ask_reason(row)
            return False
        try:
            return self._check(row) if self.model.second else self._write(row, "")
        except RuleViolation as refusal:
            self.model.refuse(row, str(refusal))
            self.note.set_text(f"受付{person.reception}　{refusal}", Tone.BAD)
            return False

    def _write(self, row: int, reason: str) -> bool:
        person, draft = self.model.people[row], self.model.draft(row)
        assert draft is not None
        made = scoring.save_answers(self._context.office, self._test_id, person, draft.typed, reason=reason)
        self._saved(row, made)
        return True

    def _saved(self, row: int, made: GridRow) -> None:
        self._wrote = True
        self.model.put(row, made)
        self.note.set_text("")

    def _ask_reason(self, row: int) -> None:
        person = self.model.people[row]

        def given(reason: str) -> None:
            try:
                self._write(row, reason)
            except RuleViolation as refusal:
                self.model.refuse(row, str(refusal))
                self.note.set_text(str(refusal), Tone.BAD)
            self._show_place()

        self.model.refuse(row, "直した理由がまだありません。")
        ask_reason(
            self,
            "答案を直す理由",
            f"受付{person.reception} {person.name}さんの答案は、照合が済んだか、合格基準の採用の後です。直した理由が記録に残ります。",
            "直す",
            given,
        )

    def _check(self, row: int) -> bool:
        """二度目の入力を初めの入力と照らす。違いが残れば偽。"""
        person, draft = self.model.people[row], self.model.draft(row)
        assert draft is not None
        if draft.open_cells:
            self.grid.go(row, self.model.column_of(draft.open_cells[0]))
            return False
        result = scoring.check_answers(
            self._context.office, self._test_id, person, draft.typed, dict(draft.taken)
        )
        if not result.differences:
            self._saved(row, result.row)
            return True
        column = self.model.show_differences(row, result.differences)
        self.note.set_text(
            f"受付{person.reception}：{_first_words(person)}と{len(result.differences)}か所が違います。",
            Tone.BAD,
        )
        self.grid.go(row, column)
        return False

    def revert(self) -> None:
        """いまの人の打ちかけを捨てる。"""
        self.model.take_back(self.grid.currentIndex().row())
        self.note.set_text("")
        self._show_place()
        self.grid.setFocus()

    def reject(self) -> None:
        """打ちかけを保存して閉じる。保存できないものがあれば、捨ててよいかを尋ねる。"""
        self._save_current()
        if self.model.drafts:
            names = "、".join(
                f"受付{r.reception}" for r in self.model.people if r.application_id in self.model.drafts
            )
            loss = f"{names}の打ちかけは、保存できていません。捨てて閉じますか。"
            LeaveDialog(self, "打ちかけを捨てますか", loss, "捨てて閉じる", self._leave).open()
            return
        self._leave()

    def _leave(self) -> None:
        super().reject()
        if self._wrote:
            self.saved.emit()

    def _refused(self, refusal: RuleViolation) -> None:
        self.note.set_text(str(refusal), Tone.BAD)


def _first_words(person: GridRow) -> str:
    """照らす相手の言葉。打った人がいなければ、ブックから取り込んだ答案。"""
    return f"初めの入力（{person.entered_by}さん）" if person.entered_by else "取り込んだ答案"


def _person_words(person: GridRow) -> str:
    words = f"受付{person.reception} {person.name}"
    if person.entered_by:
        words += f"　入力 {person.entered_by}"
    if person.checked_by:
        words += f"　照合 {person.checked_by}"
    return words
