"""問題庫の窓：問題を書き、審査に出し、承認し、テストに入れる。"""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QSplitter, QVBoxLayout, QWidget

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services import committee, scoring
from app.services.views.scoring import CertificationTestView
from app.services.views.scoring_bank import STATE_WORDS, BankQuestionView, BankVersionView
from ui.messages import Dialog, ask_reason
from ui.rooms.context import RoomContext
from ui.rooms.intake.working import work_beside
from ui.rooms.scoring.bank_detail import STATE_TONES, BankDetail, power_words, rate_words
from ui.rooms.scoring.bank_form import BankFormDialog
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, button
from ui.widgets.room import Filter, FilterBar
from ui.widgets.saving import SavingDialog

_TEXT = (
    "草案 → 審査 → 承認を経た問題を、テストに入れます。承認と差戻しは、書いた人ではない責任者か委員が行います。"
    "テストに入れた設問は、後で問題庫が変わっても変わりません。"
)


def _last(question: BankQuestionView, words: Callable[..., str]) -> str:
    return words(question.uses[0]) if question.uses else ""


COLUMNS = (
    Column("番号", lambda q: q.code, Kind.TEXT, 84, least=60),
    Column("群", lambda q: q.subject_group, Kind.TEXT, 36),
    Column("問題文", lambda q: q.newest.text.replace("\n", " "), Kind.TEXT, 260, least=120),
    Column("版", lambda q: q.newest.version, Kind.NUMBER, 36, drop=2),
    Column(
        "状態",
        lambda q: STATE_WORDS[q.newest.state],
        Kind.CHIP,
        74,
        tone=lambda q: STATE_TONES[q.newest.state],
    ),
    Column("使用", lambda q: len(q.uses) or None, Kind.NUMBER, 44, drop=1),
    Column("正答率", lambda q: _last(q, rate_words), Kind.NUMBER, 60, drop=1),
    Column("識別", lambda q: _last(q, power_words), Kind.NUMBER, 52, drop=1),
)


class ApproveDialog(SavingDialog):
    """承認する。決めた会議があれば選ぶ。"""

    def __init__(
        self, parent: QWidget, context: RoomContext, question: BankQuestionView, version: BankVersionView
    ) -> None:
        super().__init__(
            parent,
            f"承認：{question.code} 第{version.version}版",
            "承認した版はテストに入れられ、もう変えられません。前に承認された版は廃止になります。",
            "承認する",
        )
        self._context, self._version = context, version
        self.meeting, self.remark = QComboBox(), QLineEdit()
        self.meeting.addItem("（会議によらない）", None)
        if context.cohort_id is not None:
            for m in committee.list_meetings(context.office, context.cohort_id):
                self.meeting.addItem(f"第{m.number}回（{wareki(m.held_on)}）", m.id)
        self.form.add("meeting", "決めた会議", self.meeting)
        self.form.add("remark", "意見", self.remark)
        self.remark.setFocus()

    def save(self) -> None:
        """承認する。"""
        scoring.approve_bank_version(
            self._context.office,
            self._version.id,
            self.remark.text(),
            meeting_id=self.meeting.currentData(),
        )


class BankDialog(Dialog):
    """問題庫。test は問題を入れるテスト（なければ入れられない）。placed はテストに入れたとき。"""

    placed = Signal(str)

    def __init__(
        self, parent: QWidget | None, context: RoomContext, test: CertificationTestView | None = None
    ) -> None:
        super().__init__(parent, "問題庫", _TEXT)
        self._context, self._test = context, test
        self._questions: tuple[BankQuestionView, ...] = ()
        px, room = current_look().px, self.screen().availableSize()
        self.resize(min(px(1240), int(room.width() * 0.95)), min(px(700), int(room.height() * 0.9)))
        self.note = NoteBox("")
        self.states, self.search = FilterBar(), QLineEdit()
        self.search.setPlaceholderText("番号・問題文で探す")
        self.search.setAccessibleName("問題を探す")
        self.search.setClearButtonEnabled(True)
        self.model = RowsModel(COLUMNS, key=lambda q: q.id)
        self.table = RowsView(self.model, stretch=2)
        self.table.setAccessibleName("問題庫の問題")
        self.detail = BankDetail()
        self._build()
        self.states.changed.connect(lambda _key: self._show_rows())
        self.search.textChanged.connect(lambda _text: self._show_rows())
        self.table.row_chosen.connect(self._chosen)
        self.table.opened.connect(lambda _row: self.revise())
        self._chosen(None)
        self.read()

    def _build(self) -> None:
        px = current_look().px
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.states)
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(left)
        splitter.addWidget(self.detail)
        splitter.setSizes([px(660), px(520)])
        splitter.setStretchFactor(0, 1)
        left.setMinimumSize(px(360), px(260))
        self.body.addWidget(self.note)
        self.body.addWidget(splitter, 1)
        acts: tuple[tuple[str, str, Callable[[], None]], ...] = (
            ("revise", "直す…", self.revise),
            ("submit", "審査に出す", self.submit),
            ("remark", "意見…", self.remark),
            ("return", "差し戻す…", self.give_back),
            ("approve", "承認…", self.approve),
            ("retire", "廃止…", self.retire),
        )
        self.buttons = {key: button(words, "small", act) for key, words, act in acts}
        self.detail.add_acts(list(self.buttons.values()))
        self.buttons["create"] = self.add_action("問題を作る…", self.write_new)
        self.action_row.addStretch(1)
        self.close_button = self.add_action("閉じる", self.reject)
        self.place_button = self.add_action("テストに入れる", self.place, "main")

    def read(self, chosen: int | None = None) -> None:
        """問題庫を、画面の外で読み直す。chosen は選ぶ問題の id。"""
        office = self._context.office

        def arrived(questions: tuple[BankQuestionView, ...]) -> None:
            self._questions = questions
            self._show_rows(chosen)

        work_beside(self._context, self, lambda: scoring.list_bank(office), arrived, self._refused)

    def _show_rows(self, chosen: int | None = None) -> None:
        current = self.states.current or "all"
        text = self.search.text().strip()
        counts = {s: sum(q.newest.state == s for q in self._questions) for s in STATE_WORDS}
        self.states.set_filters(
            [
                Filter("all", "すべて", len(self._questions)),
                *(Filter(s, words, counts[s]) for s, words in STATE_WORDS.items()),
            ]
        )
        self.model.set_rows(
            [
                q
                for q in self._questions
                if current in ("all", q.newest.state) and (text in q.code or text in q.newest.text)
            ]
        )
        if chosen is not None:
            self.table.select_key(chosen)
        elif self.table.chosen() is None and self.model.rows:
            self.table.selectRow(0)
        self._chosen(self.table.chosen())

    def _chosen(self, question: BankQuestionView | None) -> None:
        self.detail.show_question(question)
        state = "" if question is None else question.newest.state
        mine = question is not None and question.newest.mine
        may = self._context.office.may
        wanted = {
            "create": may("scoring.create_bank_question"),
            "revise": state not in ("", "review") and may("scoring.revise_bank_question"),
            "submit": state == "draft" and may("scoring.submit_bank_version"),
            "remark": bool(state) and may("scoring.remark_bank_version"),
            "return": state == "review" and not mine and may("scoring.return_bank_version"),
            "approve": state == "review" and not mine and may("scoring.approve_bank_version"),
            "retire": state == "approved" and may("scoring.retire_bank_version"),
        }
        for key, enabled in wanted.items():
            self.buttons[key].setEnabled(enabled)
        tip = "この版を書いた人は、承認も差戻しもできません。" if state == "review" and mine else ""
        for key in ("return", "approve"):
            self.buttons[key].setToolTip(tip)
        open_ = self._test is not None and self._test.locked_at is None
        ready = question is not None and question.approved is not None
        self.place_button.setEnabled(open_ and ready and may("scoring.place_bank_questions"))

    def question(self) -> BankQuestionView | None:
        """選ばれた問題。"""
        found: BankQuestionView | None = self.table.chosen()
        return found

    def write_new(self) -> None:
        """問題を作る。"""
        self._edit(None)

    def revise(self) -> None:
        """選んだ問題を直す。"""
        if self.question() is not None and self.buttons["revise"].isEnabled():
            self._edit(self.question())

    def _edit(self, question: BankQuestionView | None) -> None:
        dialog = BankFormDialog(self, self._context.office, question)
        dialog.saved.connect(
            lambda: self._saved("草案を保存しました。審査に出すと、ほかの人が承認できます。", dialog.saved_id)
        )
        dialog.open()

    def submit(self) -> None:
        """草案を審査に出す。"""
        self._act(
            lambda version: scoring.submit_bank_version(self._context.office, version.id),
            "審査に出しました。",
        )

    def approve(self) -> None:
        """審査中の版を承認する。"""
        question = self.question()
        if question is not None:
            dialog = ApproveDialog(self, self._context, question, question.newest)
            dialog.saved.connect(lambda: self._saved("承認しました。テストに入れられます。", question.id))
            dialog.open()

    def give_back(self) -> None:
        """意見を添えて差し戻す。"""
        self._with_words(
            "差し戻す",
            "直してほしいことを書いてください。",
            "差し戻す",
            scoring.return_bank_version,
            "差し戻しました。",
        )

    def remark(self) -> None:
        """意見を書く。"""
        self._with_words(
            "意見を書く",
            "意見は、審査の記録に残ります。",
            "残す",
            scoring.remark_bank_version,
            "意見を残しました。",
        )

    def retire(self) -> None:
        """承認された版を廃止する。"""
        self._with_words(
            "廃止する",
            "この版はテストに入れられなくなります。既に入っている設問は変わりません。",
            "廃止する",
            scoring.retire_bank_version,
            "廃止しました。",
        )

    def _with_words(self, title: str, text: str, action: str, act: Callable[..., None], done: str) -> None:
        question = self.question()
        if question is not None:
            ask_reason(
                self,
                f"{title}：{question.code} 第{question.newest.version}版",
                text,
                action,
                lambda words: self._act(lambda v: act(self._context.office, v.id, words), done),
            )

    def _act(self, act: Callable[[BankVersionView], None], done: str) -> None:
        question = self.question()
        if question is None:
            return
        try:
            act(question.newest)
        except RuleViolation as refusal:
            self._refused(refusal)
            return
        self._saved(done, question.id)

    def place(self) -> None:
        """承認された版を、開いているテストの終わりに入れる。"""
        question = self.question()
        if question is None or question.approved is None or self._test is None:
            return
        try:
            numbers = scoring.place_bank_questions(
                self._context.office, self._test.id, [question.approved.id]
            )
        except RuleViolation as refusal:
            self._refused(refusal)
            return
        words = f"「{question.code}」を「{self._test.title}」の問{numbers[0]}として入れました。"
        self._saved(words, question.id)
        self.placed.emit(words)

    def _saved(self, words: str, chosen: int | None) -> None:
        self.note.set_text(words, Tone.OK)
        self.read(chosen)

    def _refused(self, refusal: RuleViolation) -> None:
        self.note.set_text(str(refusal), Tone.BAD)
