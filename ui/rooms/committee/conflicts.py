"""利害関係の窓：会議の一覧、確かめ（回避・除斥・忌避）、会議の初めの申告。"""

import re
import unicodedata
from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QWidget

from app.domain.errors import RuleViolation
from app.services import committee
from app.services.office import Actor, Office
from app.services.views.committee import CaseView, MeetingView
from app.services.views.conflicts import (
    ANSWER_WORDS,
    RECUSAL_MEANINGS,
    ConflictRow,
    DeclarationView,
)
from ui.messages import Dialog, ask_reason
from ui.rooms.context import RoomContext
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme import tokens as t
from ui.theme.style import current_look
from ui.widgets.cards import NoteBox, button, label
from ui.widgets.room import RoomPage
from ui.widgets.saving import SavingDialog

_BETWEEN = re.compile(r"[\s,、，・]+")


def kind_box(chosen: str = "withdrawn") -> QComboBox:
    """回避・除斥・忌避の選び。"""
    made = QComboBox()
    for key, words in RECUSAL_MEANINGS.items():
        made.addItem(words, key)
    made.setCurrentIndex(list(RECUSAL_MEANINGS).index(chosen))
    return made


class KindDialog(SavingDialog):
    """候補を確かめる。回避・除斥・忌避のどれかを選ぶ。given に種類と理由を渡す。"""

    def __init__(
        self,
        parent: QWidget | None,
        text: str,
        given: Callable[[str, str], None],
        chosen: str = "withdrawn",
    ) -> None:
        super().__init__(parent, "利害関係の確認", text, "確認する")
        self._given = given
        self.kind, self.reason = kind_box(chosen), QLineEdit()
        self.form.add("kind", "種類", self.kind)
        self.form.add("reason", "確かめたこと", self.reason, "なくてもよい。凍った記録に残ります")
        self.kind.setFocus()

    def save(self) -> None:
        """選んだ種類を渡す。断られたら、欄の上に理由を出す。"""
        self._given(str(self.kind.currentData()), self.reason.text().strip())


def confirm_one(parent: QWidget, office: Office, case: CaseView, member_id: int) -> KindDialog:
    """一件の候補を確かめる窓。"""
    row = next(r for r in case.recusals if r.member_id == member_id)
    words = (
        f"{row.member_name}委員は、案件{case.position:03d} {case.name}さんの母数・出席・表決から除かれます。"
        f"\n候補の理由：{row.ground}"
    )

    def given(kind: str, reason: str) -> None:
        committee.confirm_recusal(office, case.id, member_id, kind=kind, reason=reason)

    return KindDialog(parent, words, given, row.kind)


def _tone(row: ConflictRow) -> t.Tone:
    if row.confirmed is None:
        return t.Tone.WARN
    return t.Tone.BAD if row.confirmed else t.Tone.OK


COLUMNS = (
    Column("番", lambda r: r.place, Kind.TEXT, 48),
    Column("氏名・議題", lambda r: r.name, Kind.WRAPPED, 150, least=90),
    Column("委員", lambda r: r.member_name, Kind.TEXT, 100),
    Column("候補の理由", lambda r: r.ground, Kind.WRAPPED, 300, least=140),
    Column("状態", lambda r: r.words, Kind.CHIP, 104, tone=_tone),
    Column("確かめた理由", lambda r: r.reason, Kind.WRAPPED, 150, drop=1, least=90),
)


class ConflictsDialog(Dialog):
    """会議のすべての利害関係。いくつも選んで、まとめて確かめるか、利害関係なしとする。"""

    saved = Signal()

    def __init__(self, room: RoomPage, context: RoomContext, meeting: MeetingView) -> None:
        super().__init__(
            room,
            f"第{meeting.number}回の利害関係",
            "候補は記録から挙げています（所属・在職・委託元・講師・採点・住所・ほかの会議）。"
            "一つずつ、またはまとめて選び（Ctrl・Shift）、確かめてください。",
        )
        self._page, self._context, self._meeting = room, context, meeting
        self.setMinimumWidth(current_look().px(900))
        self.note = NoteBox("")
        self.body.addWidget(self.note)
        self.model = RowsModel(COLUMNS, key=lambda r: (r.item, r.id))
        self.table = RowsView(self.model, stretch=3)
        self.table.setAccessibleName("利害関係の一覧")
        self.table.setMinimumHeight(current_look().px(300))
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._show_buttons())
        self.body.addWidget(self.table, 1)
        self.suggest_button = self.add_action("候補を挙げ直す", self.suggest)
        self.action_row.addStretch(1)
        self.dismiss_button = self.add_action("利害関係なし…", self.dismiss)
        self.confirm_button = self.add_action("確認する…", self.confirm)
        self.add_action("閉じる", self.accept, "main")
        self.refresh()

    def refresh(self) -> None:
        """いまの記録から書き直す。"""
        rows = committee.list_conflicts(self._context.office, self._meeting.id)
        self.model.set_rows(rows)
        waiting = sum(r.confirmed is None for r in rows)
        if waiting:
            self.note.set_text(
                f"未確認の候補が{waiting}件あります。確かめるまで、その案件と議題は議決できません。"
            )
        else:
            words = "候補も回避もありません。" if not rows else "すべて確かめてあります。"
            self.note.set_text(words, t.Tone.OK)
        if rows and self.table.chosen() is None:
            self.table.selectRow(0)
        self._show_buttons()

    def chosen(self) -> list[ConflictRow]:
        """選ばれた行。"""
        places = sorted(i.row() for i in self.table.selectionModel().selectedRows())
        return [self.model.rows[place] for place in places if place < len(self.model.rows)]

    def _show_buttons(self) -> None:
        rows = self.chosen()
        open_ = not self._meeting.closed and self._context.office.may("committee.confirm_recusals")
        free = open_ and bool(rows) and not any(r.decided for r in rows)
        self.suggest_button.setEnabled(open_)
        self.confirm_button.setEnabled(free and any(r.confirmed is not True for r in rows))
        self.dismiss_button.setEnabled(free and any(r.confirmed is not False for r in rows))

    def _saved(self) -> None:
        self.refresh()
        self.saved.emit()

    def suggest(self) -> None:
        """候補を挙げ直す。"""
        try:
            added = committee.suggest_recusals(self._context.office, self._meeting.id)
        except RuleViolation as refusal:
            self.note.set_text(str(refusal), t.Tone.BAD)
            return
        self._saved()
        if not added:
            self.note.set_text("新しい候補はありません。", t.Tone.OK)

    def confirm(self) -> None:
        """選んだ行を確かめる。"""
        rows, office, meeting_id = self.chosen(), self._context.office, self._meeting.id

        def given(kind: str, reason: str) -> None:
            if ids := [r.id for r in rows if not r.item]:
                committee.confirm_recusals(office, meeting_id, ids, kind)
            for row in (r for r in rows if r.item):
                committee.confirm_item_recusal(
                    office, row.subject_id, row.member_id, kind=kind, reason=reason
                )

        words = f"選んだ{len(rows)}件の委員を、その案件か議題の母数・出席・表決から除きます。"
        dialog = KindDialog(self, words, given)
        dialog.saved.connect(self._saved)
        dialog.open()

    def dismiss(self) -> None:
        """選んだ行を、利害関係なしとする。理由と二人目を求める。"""
        rows, office, meeting_id = self.chosen(), self._context.office, self._meeting.id

        def second_given(reason: str, second: Actor) -> None:
            if ids := [r.id for r in rows if not r.item]:
                committee.dismiss_recusals(office, meeting_id, ids, reason, second=second)
            for row in (r for r in rows if r.item):
                committee.dismiss_item_recusal(office, row.subject_id, row.member_id, reason, second=second)
            self._saved()

        def reason_given(reason: str) -> None:
            self._context.with_second_person(
                self._page,
                f"{len(rows)}件の候補を、利害関係なしとします。その委員は表決に加わります。\n理由：{reason}",
                lambda second: second_given(reason, second),
            )

        words = f"選んだ{len(rows)}件に利害関係がないとする理由を書いてください。"
        ask_reason(self, "利害関係なしの確認", words, "二人目の確認へ", reason_given)


class DeclareDialog(SavingDialog):
    """一人の委員の申告：利害関係のある案件の番号と議題、種類、言葉。何も挙げなければ「なし」。"""

    def __init__(
        self, parent: QWidget | None, office: Office, meeting: MeetingView, row: DeclarationView
    ) -> None:
        super().__init__(
            parent,
            f"{row.member_name}委員の申告",
            "利害関係のある案件の番号を入れてください。その案件の母数・出席・表決から除かれます。",
            "申告を記す",
        )
        self._office, self._meeting, self._row = office, meeting, row
        self._cases = {c.position: c for c in meeting.cases}
        self.numbers, self.words_edit, self.kind = QLineEdit(), QLineEdit(), kind_box()
        self.form.add("numbers", "案件の番号", self.numbers, "例：3、12（議案の一覧の番）")
        self.names = label("", "caption", wrap=True)
        self.form.add("names", "", self.names)
        self.items: list[tuple[QCheckBox, int]] = []
        for item in committee.list_agenda(office, meeting.id):
            if item.kind != "cases" and not item.result:
                box = QCheckBox(f"議案第{item.number}号　{item.title}".replace("&", "&&"))
                self.form.add(f"item{item.id}", "議題" if not self.items else "", box)
                self.items.append((box, item.id))
        self.form.add("kind", "種類", self.kind)
        self.form.add("words", "申告の言葉", self.words_edit, "例：元の上司")
        self.numbers.textChanged.connect(lambda _text: self._show_names())
        self.numbers.setFocus()

    def _places(self) -> list[int] | None:
        """入れた番号。読めなければ None。"""
        text = unicodedata.normalize("NFKC", self.numbers.text())
        parts = [part for part in _BETWEEN.split(text) if part]
        if not all(part.isdecimal() for part in parts):
            return None
        return list(dict.fromkeys(map(int, parts)))

    def _show_names(self) -> None:
        found = [self._cases[n] for n in self._places() or () if n in self._cases]
        self.names.setText("、".join(f"{c.position:03d} {c.name}" for c in found))

    def errors(self) -> dict[str, str]:
        """番号は、この会議の案件のもの。"""
        places = self._places()
        if places is None:
            return {"numbers": "番号を読めません。3、12 のように入れてください。"}
        unknown = [str(n) for n in places if n not in self._cases]
        return {"numbers": f"この会議にない番号です（{'、'.join(unknown)}）。"} if unknown else {}

    def save(self) -> None:
        """申告を記す。"""
        committee.record_declaration(
            self._office,
            self._meeting.id,
            self._row.member_id,
            [self._cases[n].id for n in self._places() or ()],
            self.words_edit.text(),
            item_ids=[key for box, key in self.items if box.isChecked()],
            kind=str(self.kind.currentData()),
        )


_ANSWER_TONES = {"": t.Tone.WARN, "none": t.Tone.OK, "has": t.Tone.BAD}
_DECLARED = (
    Column("委員", lambda r: r.member_name + ("（議長）" if r.role == "chair" else ""), Kind.TEXT, 130),
    Column("出席", lambda r: "出席" if r.present else "", Kind.TEXT, 52),
    Column("申告", lambda r: ANSWER_WORDS[r.answer], Kind.CHIP, 140, tone=lambda r: _ANSWER_TONES[r.answer]),
    Column("案件・言葉", lambda r: r.words, Kind.WRAPPED, 240, least=120),
    Column(
        "尋ねた時",
        lambda r: "" if r.asked_at is None else f"{r.asked_at.astimezone():%H:%M}　{r.asked_by}",
        Kind.TEXT,
        140,
        drop=1,
    ),
)


class DeclarationsDialog(Dialog):
    """会議の初めに、委員の一人ずつに利害関係を尋ね、答えを日時とともに記す。"""

    saved = Signal()

    def __init__(self, parent: QWidget | None, office: Office, meeting: MeetingView) -> None:
        super().__init__(
            parent,
            f"第{meeting.number}回の利害関係の申告",
            "出席した委員の全員に尋ねるまで、議決も閉会もできません。",
        )
        self._office, self._meeting = office, meeting
        self.setMinimumWidth(current_look().px(820))
        self.note = NoteBox("")
        self.body.addWidget(self.note)
        self.model = RowsModel(_DECLARED, key=lambda r: r.member_id)
        self.table = RowsView(self.model, stretch=3)
        self.table.setAccessibleName("利害関係の申告")
        self.table.setMinimumHeight(current_look().px(240))
        self.table.opened.connect(lambda _row: self.declare())
        self.body.addWidget(self.table, 1)
        line = QHBoxLayout()
        self.none_button = button("選んだ委員は「なし」", "small", self.none_chosen)
        self.has_button = button("利害関係あり…", "small", self.declare)
        for made in (self.none_button, self.has_button):
            line.addWidget(made)
        line.addStretch(1)
        self.body.addLayout(line)
        self.all_button = self.add_action("まだの出席委員は全員「なし」", self.none_all)
        self.action_row.addStretch(1)
        self.add_action("閉じる", self.accept, "main")
        self.refresh()

    def refresh(self) -> None:
        """いまの記録から書き直す。"""
        rows = committee.list_declarations(self._office, self._meeting.id)
        self.model.set_rows(rows)
        self.unasked = [r for r in rows if r.present and not r.answer]
        if self.unasked:
            names = "、".join(r.member_name for r in self.unasked)
            self.note.set_text(f"まだ尋ねていない出席委員：{names}")
        else:
            self.note.set_text("出席している委員の全員に尋ねてあります。", t.Tone.OK)
        if rows and self.table.chosen() is None:
            self.table.selectRow(0)
        open_ = not self._meeting.closed and self._office.may("committee.record_declaration")
        for made in (self.none_button, self.has_button):
            made.setEnabled(open_ and bool(rows))
        self.all_button.setEnabled(open_ and bool(self.unasked))

    def _saved(self) -> None:
        self.refresh()
        self.saved.emit()

    def _none(self, rows: Sequence[DeclarationView]) -> None:
        try:
            for row in rows:
                committee.record_declaration(self._office, self._meeting.id, row.member_id)
        except RuleViolation as refusal:
            self.refresh()
            self.note.set_text(str(refusal), t.Tone.BAD)
            return
        self._saved()

    def none_all(self) -> None:
        """まだ尋ねていない出席委員の全員が「なし」と答えたことを記す。"""
        self._none(self.unasked)

    def none_chosen(self) -> None:
        """選んだ委員が「なし」と答えたことを記す。"""
        places = sorted(i.row() for i in self.table.selectionModel().selectedRows())
        self._none([self.model.rows[place] for place in places])

    def declare(self) -> None:
        """選んだ委員の申告の窓を開く。"""
        row: DeclarationView | None = self.table.chosen()
        if row is None or not self.has_button.isEnabled():
            return
        dialog = DeclareDialog(self, self._office, self._meeting, row)
        dialog.saved.connect(self._saved)
        dialog.open()
