"""持ち出し先での審査の頁：案件の一覧と、審査の紙・所見・票。入れるたびに下書きに残る。"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from app.domain.errors import RuleViolation
from app.services.committee.packet_format import RETURN_SUFFIX
from app.services.committee.review import Review
from app.services.views.committee import CaseRow, CaseView
from app.services.views.packets import CHOICE_WORDS
from ui.messages import ask_reason, show_error
from ui.review.attendance import AttendanceDialog
from ui.review.declaring import DeclareDialog
from ui.rooms.committee.sheet import CaseSheet
from ui.rooms.context import ChoosePath, choose_save_path
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme import tokens as t
from ui.theme.style import current_look, set_role, show_if
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, label
from ui.widgets.chip import Chip
from ui.widgets.room import Filter, SplitRoomPage

_COMPUTED = ("i", "u", "e")
_PAUSE = 400  # 打つ手が止まってから書くまで（ミリ秒）
_DONE = frozenset({"記入済み", "回避"})
_SET_ASIDE = "利害関係があると申し出た案件です。開けません。誤りなら「申告…」で直してください。"
_VOTE_KEYS = "可 F8　否 Shift+F8　棄権 Ctrl+F8"
_SENT = (
    "戻りを書きました：{}\n事務局へ渡してください。合言葉は持ち出しと同じです。"
    "事務局は、この持ち出しの戻りを一度だけ受け取ります。"
)


class ReviewPage(SplitRoomPage):
    """開いた持ち出し一つの審査。lock_wanted は、画面を隠すよう求められたとき。"""

    lock_wanted = Signal()

    def __init__(self, review: Review, save_path: ChoosePath = choose_save_path) -> None:
        super().__init__(review.title, widths=(350, 800))
        self.review = review
        self.case: CaseView | None = None
        self._save_path = save_path
        self._remark_of: int | None = None
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setInterval(_PAUSE)
        self._clock.timeout.connect(self.keep_remark)
        self._build_head()
        self._build_list()
        self._build_record()
        self._build_keys()
        self.refresh()

    # ── 組み立て ──

    @property
    def alone(self) -> bool:
        """委員一人の持ち出しか（事務局の二台目の PC でなければ真）。"""
        return self.review.member_id is not None

    def _build_head(self) -> None:
        review = self.review
        self.set_heading(review.title, f"{review.recipient}　持ち出し {review.number}")
        self.counts = self.add_chip(Chip(""))
        self.declare_button = self.add_button("申告…", self.ask_declaration)
        self.declare_button.setToolTip("利害関係のある案件を申し出る")
        show_if(self.declare_button, self.alone)
        self.presence_button = self.add_button("出席…", self.show_presence)
        show_if(self.presence_button, not self.alone or review.meeting_kind == "online")
        self.key_button = self.add_button("鍵の指紋…", self.show_key)
        self.send_button = self.add_button("送り返す…", self.send)
        self.lock_button = self.add_button("隠す Ctrl+L", self.lock_wanted.emit)

    def _build_list(self) -> None:
        self.model = RowsModel(
            (
                Column("番", lambda r: f"{r.position:03d}", Kind.TEXT, 42, drop=1),
                Column("氏名", lambda r: r.name, Kind.WRAPPED, 150, least=90),
                Column("記入", self._state, Kind.CHIP, 92, tone=self._tone),
            ),
            key=lambda r: r.id,
        )
        self.table = RowsView(self.model, stretch=1)
        self.table.setAccessibleName("案件の一覧")
        self.table.row_chosen.connect(self._choose)
        self.table.opened.connect(lambda _row: self.sheet.grounds.focus_first())
        self.list_pane.set_content(self.table)
        self.list_pane.filters.changed.connect(lambda _key: self._show_rows())

    def _build_record(self) -> None:
        px = current_look().px
        self.sheet = CaseSheet()
        sheet = self.sheet
        for part in (
            sheet.recusals,
            sheet.recusal_button,
            sheet.convictions_button,
            sheet.votes.count_button,
        ):
            part.setVisible(False)
        # 証拠の中身は持ち出されないので、審査の紙にそれを開くボタンがあっても出さない
        for opener in sheet.grounds.findChildren(QPushButton):
            opener.setVisible(False)
        sheet.grounds.chosen.connect(self.judge)
        sheet.accept_computed.connect(self.accept_computed)
        sheet.votes.voted.connect(self.vote)
        sheet.votes.everyone.connect(self.vote_everyone)
        sheet.grounds.show_key("a", "clear", "F6")
        self.evidence = NoteBox("")
        self.remark = QPlainTextEdit()
        self.remark.setAccessibleName("所見")
        self.remark.setTabChangesFocus(True)
        self.remark.setPlaceholderText("所見（事務局へ送り返されます）")
        self.remark.setFixedHeight(px(72))
        self.remark.textChanged.connect(self._clock.start)
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(0, px(t.GAP_2), 0, 0)
        column.setSpacing(px(t.GAP_2))
        for below_part in (self.evidence, label("所見", "section"), self.remark):
            column.addWidget(below_part)
        column.addStretch(1)
        self.record.content.addWidget(sheet)
        self.record.content.addWidget(below)
        self.record.content.addStretch(1)
        self.record.pin(sheet.votes)
        self.main_button = self.actions_bar.set_main("次の案件へ", self.next_case, keyed=True)

    def _build_keys(self) -> None:
        votes = {"F8": "for", "Shift+F8": "against", "Ctrl+F8": "abstain"}
        for keys, action in (
            ("F6", lambda: self.judge("a", "clear")),
            ("F7", self.accept_computed),
            ("Ctrl+Return", self.main_action),
            ("Ctrl+Enter", self.main_action),
            *((key, self._own_vote(choice)) for key, choice in votes.items()),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(action)

    def _own_vote(self, choice: str) -> Callable[[], None]:
        def act() -> None:
            if self.review.member_id is not None:
                self.vote(self.review.member_id, choice)
            elif choice == "for":
                self.vote_everyone()

        return act

    # ── 見せる ──

    def _state(self, row: CaseRow) -> str:
        if row.id in self.review.set_aside:
            return "回避"
        if self.review.is_done(row.id) and self.review.entry(row.id).votes:
            return "記入済み"
        return "未記入" if self.review.entry(row.id).is_empty else "途中"

    def _tone(self, row: CaseRow) -> Tone:
        return {"記入済み": Tone.OK, "途中": Tone.WARN, "回避": Tone.BAD}.get(self._state(row), Tone.MUTED)

    def refresh(self) -> None:
        """いまの下書きから書き直す。選んだ案件は保つ。"""
        rows = self.review.rows()
        done = sum(self._state(r) in _DONE for r in rows)
        self.counts.set(f"{len(rows)}件中 {done}件 記入済み", Tone.OK if done == len(rows) else Tone.ACCENT)
        self._show_rows()

    def _show_rows(self) -> None:
        rows = self.review.rows()
        filters = {
            "all": ("すべて", rows),
            "open": ("まだ", [r for r in rows if self._state(r) not in _DONE]),
        }
        self.list_pane.set_filters([Filter(k, title, len(found)) for k, (title, found) in filters.items()])
        shown = filters[self.list_pane.filters.current or "all"][1]
        self.model.set_rows(shown)
        if not shown:
            self.list_pane.show_empty("この絞り込みに当たる案件はありません。")
            self._choose(None)
            return
        self.list_pane.show_content()
        if self.table.chosen() is None:
            self.table.selectRow(0)
        else:
            self._choose(self.table.chosen())

    def _choose(self, row: CaseRow | None) -> None:
        self.keep_remark()
        aside = row is not None and row.id in self.review.set_aside
        self.case = None if row is None or aside else self.review.case(row.id)
        if self.case is None or row is None:
            self._remark_of = None
            self.record.show_empty(_SET_ASIDE if aside else "左の一覧から案件を選んでください。")
            return
        case = self.case
        about = f"{case.reading}　受付 {case.reception_number:04d}　{case.affiliation}"
        self.record.show_record(case.name, about, self._state(row), self._tone(row))
        self.sheet.set_case(case, self.review.meeting())
        self.sheet.recusals.setVisible(False)
        self._show_voting(case)
        lines = self.review.evidence(case.id)
        self.evidence.set_text("証拠の目録\n" + "\n".join(lines) if lines else "", Tone.ACCENT)
        if self._remark_of != case.id:
            self._remark_of = case.id
            self.remark.blockSignals(True)
            self.remark.setPlainText(case.remarks)
            self.remark.blockSignals(False)

    def _show_voting(self, case: CaseView) -> None:
        """表決に加わる人。委員一人のときは、ほかの委員の数に代えて、票の鍵を示す。"""
        votes, away = self.sheet.votes, "、".join(r.member_name for r in case.recusals)
        if not self.alone:
            words = f"表決に加わらない委員：{away}" if away else "回避した委員はいません"
            self.sheet.no_recusal.setText(words)
            return
        self.sheet.no_recusal.setText("あなたが回避した案件は、この資料に入っていません")
        for part in (votes.all_button, *votes.chips.values()):
            part.setVisible(False)
        votes.quorum.setText(_VOTE_KEYS)
        set_role(votes.quorum, "caption")

    # ── 入れる ──

    def perform(self, action: Callable[[], object]) -> bool:
        """一つ入れ、残せたら画面を書き直す。残せなければ理由を帯に出す。"""
        try:
            action()
        except RuleViolation as refusal:
            self.refresh()
            self.banner.show_message(str(refusal), Tone.BAD)
            return False
        except Exception as error:  # noqa: BLE001  画面の入口：どの誤りも窓で知らせる
            show_error(self, error)
            return False
        self.banner.clear()
        self.refresh()
        return True

    def judge(self, ground: str, finding: str) -> None:
        """欠格事由一つの判断を入れる。計算と違えば理由を求める。"""
        if self.case is None:
            return
        case_id, review = self.case.id, self.review
        view = next(g for g in self.case.grounds if g.ground == ground)
        if view.computed in ("unconfirmed", finding):
            self.perform(lambda: review.judge(case_id, ground, finding))
            return
        self._choose(self.table.chosen())

        def given(reason: str) -> None:
            self.perform(lambda: review.judge(case_id, ground, finding, reason))

        computed = "該当する" if view.computed == "applies" else "該当しない"
        ask_reason(
            self,
            "計算と違う判断",
            f"{view.mark}は計算では「{computed}」です。違う判断とする理由を書いてください。",
            "この判断を残す",
            given,
        )

    def accept_computed(self) -> None:
        """イ・ウ・エのうち計算で決まるものを、計算のとおりとする。"""
        if self.case is None:
            return
        case = self.case
        views = [
            g for g in case.grounds if g.ground in _COMPUTED and g.computed != "unconfirmed" and not g.finding
        ]

        def act() -> None:
            for view in views:
                self.review.judge(case.id, view.ground, view.computed)

        if views:
            self.perform(act)

    def vote(self, member_id: int, choice: str) -> None:
        """票を入れる。"""
        if self.case is not None:
            case_id = self.case.id
            self.perform(lambda: self.review.vote(case_id, member_id, choice))

    def vote_everyone(self) -> None:
        """表決に加われる出席委員の全員を「可」とする。"""
        if self.case is None:
            return
        case_id = self.case.id

        def act() -> None:
            for member_id in self.review.voters(case_id):
                self.review.vote(case_id, member_id, next(iter(CHOICE_WORDS)))

        self.perform(act)

    def keep_remark(self) -> bool:
        """打った所見を残す。残せなければ理由を帯に出し、打ったものは欄に残す。"""
        self._clock.stop()
        case_id, text = self._remark_of, self.remark.toPlainText()
        if case_id is None or text.strip() == self.review.entry(case_id).remark:
            return True
        try:
            self.review.remark(case_id, text)
        except RuleViolation as refusal:
            self.banner.show_message(str(refusal), Tone.BAD)
            return False
        row = self.model.row_of_key(case_id)
        if row >= 0:
            self.model.dataChanged.emit(self.model.index(row, 0), self.model.index(row, 2))
        return True

    def next_case(self) -> None:
        """次の、まだ記入していない案件へ進む。"""
        if not self.keep_remark():
            return
        self.refresh()
        position = self.case.position if self.case is not None else 0
        left = [r for r in self.model.rows if self._state(r) not in _DONE]
        after = [r for r in left if r.position > position] or [r for r in left if r.position != position]
        if after:
            self.table.select_key(after[0].id)
        elif not left:
            self.banner.show_message("すべての案件を記入しました。「送り返す…」で戻りを書いてください。")

    def ask_declaration(self) -> None:
        """利害関係を尋ねる。"""
        if not self.keep_remark():
            return
        self._remark_of = None
        dialog = DeclareDialog(self, self.review)
        dialog.saved.connect(self.refresh)
        dialog.rejected.connect(self.refresh)
        dialog.open()

    def show_presence(self) -> None:
        """出席の窓を開く。"""
        dialog = AttendanceDialog(self, self.review)
        dialog.changed.connect(self.refresh)
        dialog.open()

    def show_key(self) -> None:
        """事務局の鍵の指紋を示す。"""
        words = f"{self.review.office_name}の鍵の指紋：{self.review.fingerprint}"
        self.banner.show_message(
            f"{words}　合言葉と一緒に伝えられたものと同じなら、この事務局が書き出したものです。", Tone.ACCENT
        )

    # ── 送り返す ──

    def send(self) -> None:
        """戻りの保存先を選び、書く。"""
        if not self.keep_remark():
            return
        rows = self.review.rows()
        left = sum(self._state(r) not in _DONE for r in rows)

        def save(path: Path) -> None:
            target = path if path.suffix == RETURN_SUFFIX else path.with_name(path.name + RETURN_SUFFIX)
            if self.perform(lambda: self.review.write_return(target)):
                words = f"まだ記入していない案件が{left}件あります。" if left else ""
                self.banner.show_message(_SENT.format(target.name) + words, Tone.WARN if left else Tone.OK)

        name = self.review.path.stem + "_戻り" + RETURN_SUFFIX
        self._save_path(self, "戻りを保存", name, save)
