"""答案を打つ表の中身：保存した答と、まだ保存していない打ちかけ、二度の入力の違い。"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from app.services.scoring.entry import FIRST, SECOND
from app.services.views.scoring import KIND_WORDS
from app.services.views.scoring_marking import (
    AnswerGrid,
    AnswersTyped,
    Difference,
    GridQuestion,
    GridRow,
    Typed,
    outcome_label,
    typed_words,
)
from ui.tables.model import Index
from ui.theme.style import current_look

OUTCOME, STATE, ANSWERS = 0, 1, 2
OUTCOMES = ("points", "absent", "invalid", "exempt", "not_held")
_ROOT = QModelIndex()
_CENTRE = Qt.AlignmentFlag.AlignCenter
_ACROSS = Qt.Orientation.Horizontal


@dataclass
class Draft:
    """一人の打ちかけ。differences は初めの入力との違い、taken はどちらを採るか、problem は保存を断られた理由。"""

    outcome: str = ""
    answers: dict[int, Typed] = field(default_factory=dict)
    differences: dict[int, Difference] = field(default_factory=dict)
    taken: dict[int, str] = field(default_factory=dict)
    problem: str = ""

    @property
    def typed(self) -> AnswersTyped:
        """保存に渡す形。"""
        return AnswersTyped(self.outcome, dict(self.answers))

    @property
    def open_cells(self) -> list[int]:
        """まだどちらも採っていない違い。"""
        return [n for n in self.differences if n not in self.taken]


class EntryModel(QAbstractTableModel):
    """打つ表。second なら、二度目の入力として白紙から打つ（初めの入力は見せない）。"""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.questions: tuple[GridQuestion, ...] = ()
        self.people: list[GridRow] = []
        self.drafts: dict[int, Draft] = {}
        self.second = False

    def set_grid(self, grid: AnswerGrid, *, second: bool) -> None:
        """表を入れ替える。打ちかけは捨てる。"""
        self.beginResetModel()
        self.questions, self.second, self.drafts = grid.questions, second, {}
        self.people = [r for r in grid.rows if not second or (r.may_check and _to_check(r))]
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        """人の数。"""
        return 0 if parent.isValid() else len(self.people)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """結果・状態・設問。"""
        return 0 if parent.isValid() else ANSWERS + len(self.questions)

    def question(self, column: int) -> GridQuestion | None:
        """列の設問。結果と状態の列なら None。"""
        return self.questions[column - ANSWERS] if column >= ANSWERS else None

    def column_of(self, number: int) -> int:
        """設問の列（0 は結果）。"""
        if number == 0:
            return OUTCOME
        return ANSWERS + next(i for i, q in enumerate(self.questions) if q.number == number)

    def draft(self, row: int) -> Draft | None:
        """行の打ちかけ。"""
        return self.drafts.get(self.people[row].application_id)

    def outcome(self, row: int) -> str:
        """行の結果。"""
        draft, person = self.draft(row), self.people[row]
        if draft is not None:
            return draft.outcome
        return "" if self._hidden(person) else person.outcome

    def answer(self, row: int, number: int) -> Typed | None:
        """升の答。"""
        draft, person = self.draft(row), self.people[row]
        if draft is not None:
            return draft.answers.get(number)
        return None if self._hidden(person) else person.answers.get(number)

    def _hidden(self, person: GridRow) -> bool:
        # 二度目に打つ人には、照合が済むまで初めの入力を見せない
        return self.second and not person.checked_by

    def type_outcome(self, row: int, outcome: str) -> None:
        """結果を打つ。受験でなければ、答えを消す。"""
        draft = self._writable(row)
        draft.outcome = outcome
        if outcome != "points":
            draft.answers.clear()
        self._row_changed(row)

    def type_answer(self, row: int, number: int, value: Typed | None) -> None:
        """升に打つ。答えを打てば、空だった結果は受験になる。"""
        draft = self._writable(row)
        if value is None or value == ():
            draft.answers.pop(number, None)
        else:
            draft.answers[number] = value
            draft.outcome = draft.outcome or "points"
        self._row_changed(row)

    def _writable(self, row: int) -> Draft:
        person = self.people[row]
        draft = self.drafts.get(person.application_id)
        if draft is None:
            draft = Draft() if self._hidden(person) else Draft(person.outcome, dict(person.answers))
            self.drafts[person.application_id] = draft
        # 打ち直したら、照らし直す
        draft.differences, draft.taken, draft.problem = {}, {}, ""
        return draft

    def take(self, row: int, number: int, which: str) -> None:
        """違う升で、どちらを採るかを決める。"""
        draft = self.draft(row)
        if draft is not None and number in draft.differences:
            draft.taken[number] = which
            self._row_changed(row)

    def take_back(self, row: int) -> None:
        """行の打ちかけを捨てる。"""
        if self.drafts.pop(self.people[row].application_id, None) is not None:
            self._row_changed(row)

    def put(self, row: int, person: GridRow) -> None:
        """保存した後の行を入れ、打ちかけを片付ける。"""
        self.people[row] = person
        self.drafts.pop(person.application_id, None)
        self._row_changed(row)

    def show_differences(self, row: int, found: Sequence[Difference]) -> int:
        """違いを升に出し、初めの違いの列を返す。"""
        draft = self.drafts[self.people[row].application_id]
        draft.differences, draft.taken = {d.number: d for d in found}, {}
        self._row_changed(row)
        return self.column_of(found[0].number)

    def refuse(self, row: int, reason: str) -> None:
        """保存を断られた理由を行に出す。"""
        draft = self.draft(row)
        if draft is not None:
            draft.problem = reason
            self._row_changed(row)

    def _row_changed(self, row: int) -> None:
        self.dataChanged.emit(self.index(row, 0), self.index(row, self.columnCount() - 1))

    def state(self, row: int) -> str:
        """行の状態の言葉。"""
        person, draft = self.people[row], self.draft(row)
        if draft is not None:
            if draft.problem:
                return "未保存"
            return "違いあり" if draft.open_cells else "打ちかけ"
        if person.checked_by:
            return "照合済"
        if self.second:
            return "未照合"
        return "入力済" if person.sheet_id is not None else "未入力"

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """升の字と色。"""
        row, column = index.row(), index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _CENTRE
        if role == Qt.ItemDataRole.BackgroundRole:
            return self._ground(row, column)
        if role == Qt.ItemDataRole.ForegroundRole and column == STATE:
            return current_look().colour("bad" if self.state(row) in ("未保存", "違いあり") else "muted")
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._hint(row, column)
        return None

    def _text(self, row: int, column: int) -> str:
        if column == STATE:
            return self.state(row)
        draft, number = self.draft(row), self._number(column)
        if draft is not None and draft.taken.get(number) == FIRST:
            return draft.differences[number].first
        if column == OUTCOME:
            return outcome_label(self.outcome(row))
        return typed_words(self.answer(row, number))

    def _number(self, column: int) -> int:
        question = self.question(column)
        return 0 if question is None else question.number

    def difference(self, row: int, column: int) -> Difference | None:
        """升の違い。なければ None。"""
        draft = self.draft(row)
        if draft is None or column == STATE:
            return None
        return draft.differences.get(self._number(column))

    def _ground(self, row: int, column: int) -> Any:
        look, question = current_look(), self.question(column)
        if self.difference(row, column) is not None:
            draft = self.draft(row)
            assert draft is not None
            return look.colour("ok_weak" if self._number(column) in draft.taken else "bad_weak")
        if question is not None and question.by_two:
            return look.colour("header")
        return None

    def _hint(self, row: int, column: int) -> str | None:
        draft, found = self.draft(row), self.difference(row, column)
        if found is not None:
            return f"{found.title}　一度目：{found.first or '（空）'}　二度目：{found.second or '（空）'}"
        return draft.problem if draft is not None and column == STATE and draft.problem else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """上は科目群と設問、左は受付番号と氏名。"""
        if orientation != _ACROSS:
            person = self.people[section]
            return f"{person.reception} {person.name}" if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            question = self.question(section)
            return (
                ("結果", "状態")[section]
                if question is None
                else f"{question.subject_group}\n{question.number}"
            )
        if role == Qt.ItemDataRole.ToolTipRole and section >= ANSWERS:
            return question_words(self.questions[section - ANSWERS])
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """打つのは鍵だけ（升に欄を開かない）。"""
        found = Qt.ItemFlag.ItemIsEnabled
        return found if index.column() == STATE else found | Qt.ItemFlag.ItemIsSelectable

    def counts(self) -> tuple[int, int, int]:
        """（済み, 打ちかけ, 人数）。済みは、初めの入力なら記録のある人、二度目なら照合済みの人。"""
        done = sum(bool(r.checked_by) if self.second else r.sheet_id is not None for r in self.people)
        return done, len(self.drafts), len(self.people)


def _to_check(row: GridRow) -> bool:
    return row.sheet_id is not None and not row.checked_by


def question_words(question: GridQuestion) -> str:
    """設問の升の説明。"""
    head = f"問{question.number}（科目群{question.subject_group}・{question.points}点・{KIND_WORDS[question.kind]}）"
    if question.by_two:
        return f"{head}　二人で採点するため、ここでは打てません"
    if question.kind == "written":
        return f"{head}　0〜{question.points}の点"
    way = "押すたびに付け外し、→ で次へ" if question.kind == "multiple" else "押すと次へ進む"
    return f"{head}　{' '.join(question.labels)}（1 2 3… か a b c… でも）　{way}"


__all__ = [
    "ANSWERS",
    "FIRST",
    "OUTCOME",
    "OUTCOMES",
    "SECOND",
    "STATE",
    "Draft",
    "EntryModel",
    "question_words",
]
