"""選考の窓：定員と基準、並びと理由、手で動かすこと、決定と繰上げ。"""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.domain.selection import Move
from app.services import accounts, eligibility
from app.services.office import Actor
from app.services.views.selection import SelectionDraft, SelectionRow, SelectionView
from ui.messages import Dialog, ask_reason, ask_second_person
from ui.rooms.context import RoomContext
from ui.rooms.eligibility.selecting_parts import CapacityDialog, CriteriaBox, LineDelegate, MoveDialog, action
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme import tokens as t
from ui.theme.style import current_look, show_if
from ui.theme.tokens import Tone
from ui.widgets.cards import EmptyState, NoteBox, label

TONES = {"selected": Tone.OK, "waiting": Tone.WARN, "not_selected": Tone.MUTED}
_UNSAVED = "基準を替えたので、先に［基準を定める］を押してください。"


def _decided_tone(row: SelectionRow) -> Tone:
    if row.decided.startswith("選ばれ"):
        return Tone.OK
    return Tone.WARN if row.decided.startswith("待機") else Tone.MUTED


def _moved_words(row: SelectionRow) -> str:
    return "動かした" if row.moved else "ずれた" if row.departs else ""


class SelectionDialog(Dialog):
    """研修期の選考。changed は何かを記録したときに送る。"""

    changed = Signal()

    def __init__(self, parent: QWidget | None, context: RoomContext, cohort_id: int) -> None:
        super().__init__(parent, "選考", " ")
        self._context, self._cohort_id = context, cohort_id
        self._view: SelectionView = eligibility.get_selection(context.office, cohort_id)
        self._moves: tuple[Move, ...] = self._view.plan.moves
        self.note, self.warning = NoteBox("", Tone.OK), NoteBox("")
        self.body.addWidget(self.note)
        self.body.addWidget(self.warning)
        both = QHBoxLayout()
        both.setSpacing(current_look().px(t.GAP_4))
        both.addLayout(self._criteria_side())
        both.addLayout(self._table_side(), 1)
        self.body.addLayout(both, 1)
        self._add_actions()
        self.box.show_plan(self._view.plan.criteria, self._view.plan.waiting)
        self.box.changed.connect(self._preview)
        self.refresh()
        room, px = self.screen().availableSize(), current_look().px
        self.resize(min(px(1120), round(room.width() * 0.95)), min(px(700), round(room.height() * 0.9)))

    def _criteria_side(self) -> QVBoxLayout:
        column = QVBoxLayout()
        self.box = CriteriaBox()
        self.box.setFixedWidth(current_look().px(280))
        column.addWidget(self.box, 1)
        self.lot_words = label("", "muted", wrap=True)
        self.lot_words.setFixedWidth(current_look().px(280))
        column.addWidget(self.lot_words)
        row = QHBoxLayout()
        self.criteria_button = action("基準を定める", self.save_criteria, row)
        self.lot_button = action("抽選を引く", self.draw_lots, row)
        row.addStretch(1)
        column.addLayout(row)
        return column

    def _table_side(self) -> QVBoxLayout:
        self.model = RowsModel(
            (
                Column("順", lambda r: r.place, Kind.NUMBER, 48),
                Column("受付", lambda r: r.reception, Kind.TEXT, 56),
                Column("氏名", lambda r: r.name, Kind.NAME, 220, second=lambda r: r.about),
                Column("結果", lambda r: r.outcome.words, Kind.CHIP, 92, lambda r: TONES[r.outcome.decision]),
                Column("計算の順", lambda r: r.computed_place, Kind.NUMBER, 76),
                Column("手で", _moved_words, Kind.CHIP, 86, lambda r: Tone.ACCENT if r.moved else Tone.MUTED),
                Column("決定", lambda r: r.decided, Kind.CHIP, 92, _decided_tone),
            ),
            key=lambda r: r.application_id,
        )
        self.table, self.empty = RowsView(self.model), EmptyState()
        self.table.setAccessibleName("選考の並び")
        self.table.setSortingEnabled(False)  # 定員の線は、選考の順でだけ意味を持つ
        self.line = LineDelegate(self.table)
        self.table.setItemDelegate(self.line)
        self.table.row_chosen.connect(lambda _row: self._show_row())
        self.table.opened.connect(lambda _row: self.move_person())
        self.why = NoteBox("", Tone.ACCENT)
        column, row = QVBoxLayout(), QHBoxLayout()
        column.addWidget(self.table, 1)
        column.addWidget(self.empty, 1)
        column.addWidget(self.why)
        self.move_button = action("順を動かす…", self.move_person, row)
        self.unmove_button = action("動かしたことを戻す", self.unmove, row)
        row.addStretch(1)
        column.addLayout(row)
        return column

    def _add_actions(self) -> None:
        self.capacity_button = self.add_action("定員を改める…", self.change_capacity)
        self.promote_button = self.add_action("繰り上げる…", self.promote)
        self.action_row.addStretch(1)
        self.close_button = self.add_action("閉じる", self.reject)
        self.decide_button = self.add_action("選考を決定する…", self.decide, "main")

    def refresh(self) -> None:
        """いまの記録と、まだ定めていない基準・動かし方で並べ直す。"""
        draft = SelectionDraft(self.box.criteria, self.box.waiting_places, self._moves)
        try:
            self._view = eligibility.get_selection(self._context.office, self._cohort_id, draft)
        except RuleViolation as refusal:
            self._say(str(refusal), Tone.BAD)
            return
        state, plan = self._view.state, self._view.plan
        self.words.setText(f"{state.title}　{state.words}")
        self.warning.set_text("\n".join(self._view.warnings))
        self.line.capacity = state.capacity if state.over else 0
        self.model.set_rows(self._view.rows)
        some = bool(self._view.rows)
        show_if(self.table, some)
        show_if(self.empty, not some)
        self.empty.set_text("受講資格ありと決定した人がまだいません。先に受講資格を決定してください。")
        if some and self.table.chosen() is None:
            self.table.selectRow(0)
        drawn = plan.drawn_on and f"{wareki(plan.drawn_on)} {plan.drawn_by}が引いた種：{plan.seed}"
        self.lot_words.setText(drawn or "")
        show_if(self.lot_words, bool(drawn) and plan.uses("lot"))
        self._show_row()
        self._show_buttons()

    def _show_buttons(self) -> None:
        view = self._view
        state = view.state
        office = self._context.office
        deciding = office.may("eligibility.decide_selection")
        show_if(self.lot_button, view.plan.uses("lot"))
        self.lot_button.setText("抽選を引き直す…" if view.plan.seed else "抽選を引く")
        self.lot_button.setEnabled(deciding and view.saved)
        self.criteria_button.setEnabled(deciding and not view.saved)
        self.capacity_button.setEnabled(deciding)
        self.unmove_button.setEnabled(bool(self._moves))
        self.move_button.setEnabled(bool(view.rows))
        next_up = state.next_up if state.made and state.free > 0 else None
        show_if(self.promote_button, next_up is not None)
        if next_up is not None:
            self.promote_button.setText(f"待機{next_up.rank}番の{next_up.name}さんを繰り上げる")
        unsaved = not view.saved and state.over > 0
        self.decide_button.setEnabled(deciding and bool(view.rows) and not unsaved and view.changes > 0)
        self.decide_button.setToolTip(
            _UNSAVED if unsaved else "" if view.changes else "前の決定と同じ並びです。"
        )
        all_in = "全員の受講を決定する" if not state.over and not self._moves else "選考を決定する"
        self.decide_button.setText(f"{all_in}{'…' if self._second_needed() or state.made else ''}")

    def _second_needed(self) -> bool:
        return self._view.departs or self._view.displaced > 0

    def _chosen(self) -> SelectionRow | None:
        found: SelectionRow | None = self.table.chosen() if self.model.rows else None
        return found

    def _show_row(self) -> None:
        row = self._chosen()
        words = "" if row is None else f"{row.place}番目　{row.name}：{row.outcome.words}\n{row.words}"
        if row is not None and row.decided:
            words += f"\n決定：{row.decided}（{row.decided_reason}）"
        self.why.set_text(words, Tone.ACCENT)

    def _say(self, words: str, tone: Tone = Tone.OK) -> None:
        self.note.set_text(words, tone)

    def _preview(self) -> None:
        self._say("")
        self.refresh()

    def _do(self, act: Callable[[], object], done: str) -> None:
        """記録して並べ直す。断られたら理由を窓の上に出す。"""
        try:
            act()
        except RuleViolation as refusal:
            self.refresh()
            self._say(str(refusal), Tone.BAD)
            return
        self._recorded(done)

    def _recorded(self, done: str) -> None:
        self._say(done)
        self.refresh()
        self.changed.emit()

    def _with_second(self, text: str, given: Callable[[Actor], object], done: Callable[[], str]) -> None:
        def check(login: str, password: str) -> None:
            given(accounts.identify(self._context.office, login, password))
            self._recorded(done())

        ask_second_person(self, "二人目の確認", text, check)

    def save_criteria(self) -> None:
        """基準と待機の人数を定める。"""
        self._do(
            lambda: eligibility.set_selection_criteria(
                self._context.office, self._cohort_id, self.box.criteria, self.box.waiting_places
            ),
            "選考の基準を定めました。通知にもこの文が載ります。",
        )

    def draw_lots(self) -> None:
        """抽選を引く。引き直すなら理由と二人目を求める。"""
        office, cohort_id = self._context.office, self._cohort_id
        done = "抽選を引きました。種は記録に残り、同じ並びをいつでも求められます。"
        if not self._view.plan.seed:
            self._do(lambda: eligibility.draw_selection_lots(office, cohort_id), done)
            return

        def given(reason: str) -> None:
            self._with_second(
                f"抽選を引き直します。\n理由：{reason}",
                lambda second: eligibility.draw_selection_lots(office, cohort_id, reason, second=second),
                lambda: done,
            )

        words = "抽選は既に引いてあります。引き直す理由を書いてください。前の種も記録に残ります。"
        ask_reason(self, "抽選の引き直し", words, "二人目の確認へ", given)

    def change_capacity(self) -> None:
        """定員を改める。"""
        dialog = CapacityDialog(self, self._context.office, self._cohort_id, self._view.state)
        dialog.saved.connect(lambda: self._recorded("定員を改めました。"))
        dialog.open()

    def move_person(self) -> None:
        """選ばれた人の順を、理由を書いて動かす。"""
        row = self._chosen()
        if row is None:
            return
        dialog = MoveDialog(self, row, len(self._view.rows), self._view.state.capacity)
        dialog.moved.connect(lambda place, reason: self.put(row.application_id, place, reason))
        dialog.open()

    def put(self, application_id: int, place: int | None, reason: str) -> None:
        """一人を動かす（決定するまで書かない）。place が None なら選考外。"""
        kept = tuple(m for m in self._moves if m.application_id != application_id)
        self._moves = (*kept, Move(application_id, place, reason))
        self._preview()

    def unmove(self) -> None:
        """動かしたことをすべて戻す。"""
        self._moves = ()
        self._preview()

    def decide(self) -> None:
        """選考を決定する。決定し直すなら理由、計算と違うなら二人目を求める。"""
        if not self._view.state.made:
            self._decide("")
            return
        words = f"選考は既に決定しています。{self._view.changes}名の結果が変わります。決定し直す理由を書いてください。"
        ask_reason(self, "選考の決定のし直し", words, "次へ", self._decide)

    def _decide(self, reason: str) -> None:
        office, cohort_id, moves = self._context.office, self._cohort_id, self._moves
        seen, done = self._view.digest, ""

        def act(second: Actor | None) -> None:
            nonlocal done
            done = eligibility.decide_selection(
                office, cohort_id, moves, reason, second=second, seen=seen
            ).words

        if not self._second_needed():
            try:
                act(None)
            except RuleViolation as refusal:
                self.refresh()
                self._say(str(refusal), Tone.BAD)
            else:
                self._recorded(done)
            return
        self._with_second(self._departure_words(reason), act, lambda: done)

    def _departure_words(self, reason: str) -> str:
        view = self._view
        lines = [f"理由：{reason}"] if reason else []
        if view.displaced:
            lines.append(f"選ばれていた{view.displaced}名が外れます。")
        moved = [r for r in view.rows if r.moved]
        lines += [f"・{r.name}：{r.computed.words} → {r.outcome.words}（{r.moved}）" for r in moved[:5]]
        if len(moved) > 5:
            lines.append(f"ほか{len(moved) - 5}名")
        others = sum(r.departs and not r.moved for r in view.rows)
        if others:
            lines.append(f"それに伴い{others}名の結果が計算と違います。")
        return "\n".join(["計算の並びと違う選考を決定します。" if view.departs else "", *lines]).strip()

    def promote(self) -> None:
        """空いた席に、待機の一番上の人を繰り上げる。"""
        next_up = self._view.state.next_up
        if next_up is not None:
            self._do(
                lambda: eligibility.promote_waiting(self._context.office, next_up.application_id),
                f"{next_up.name}さんを繰り上げました。受講決定通知書を作れます。",
            )
