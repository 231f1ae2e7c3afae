"""進捗の盤：全員の行を速く導く。同じ綴りの事実は一度だけ導き、規則は一人の研修と同じものを使う。"""

from datetime import date

from app.domain.progress import Gates, gates_after
from app.services.progress.course import (
    TEST_GROUPS,
    Handed,
    Roll,
    board_row,
    handed,
    passed_tests,
    roll,
    test_cell,
)
from app.services.views.progress import BoardRow, CourseRules, TestCell
from database.queries.progress import (
    BETWEEN,
    INSIDE,
    BoardFacts,
    Participant,
    read_attempt,
    read_attendances,
    read_submissions,
)


class _Reader:
    """綴りから、テストの升・提出・出欠・関門へ。"""

    def __init__(self, facts: BoardFacts, rules: CourseRules, today: date) -> None:
        self._facts, self._rules, self._today = facts, rules, today
        self._cells: dict[str, TestCell] = {}
        self._handed: dict[str, Handed] = {}
        self._rolls: dict[str, Roll] = {}
        self._gates: dict[tuple[bool, str, str, bool], Gates] = {}

    def tests(self, text: str) -> dict[str, TestCell]:
        """一人の受験の綴りから、テストごとの升。"""
        groups: dict[str, str] = {}
        for one in text.split(BETWEEN) if text else ():
            group = one[: one.index(INSIDE)]
            groups[group] = f"{groups[group]}{BETWEEN}{one}" if group in groups else one
        found = {}
        for group in TEST_GROUPS:
            spelled = groups.get(group)
            if spelled is None:
                continue
            cell = self._cells.get(spelled)
            if cell is None:
                tries = [read_attempt(one) for one in spelled.split(BETWEEN)]
                cell = self._cells[spelled] = test_cell(tries, self._rules)
            found[group] = cell
        return found

    def papers(self, text: str) -> Handed:
        """一人の提出の綴りから。"""
        found = self._handed.get(text)
        if found is None:
            facts = read_submissions(text)
            found = self._handed[text] = handed(self._facts.plan.dues, facts, self._today)
        return found

    def roll(self, text: str) -> Roll:
        """一人の出欠の綴りから。"""
        found = self._rolls.get(text)
        if found is None:
            facts = read_attendances(text)
            found = self._rolls[text] = roll(self._facts.plan.sessions, facts, self._rules)
        return found

    def row(self, who: Participant) -> BoardRow:
        """一人の行。"""
        one, facts = who.application_id, self._facts
        cells = self.tests(facts.attempts.get(one, ""))
        handed_in, present = facts.submissions.get(one, ""), facts.attendances.get(one, "")
        papers, sat = self.papers(handed_in), self.roll(present)
        passed = passed_tests(cells)[1]
        key = passed, handed_in, present, facts.plan.test_outcomes.get(one) == "points"
        state = self._gates.get(key)
        if state is None:
            state = gates_after(passed, papers.reports, sat.sessions, key[3], self._today)
            self._gates[key] = state
        return board_row(who, cells, papers, sat, state, self._today)


def rows_of(facts: BoardFacts, rules: CourseRules, today: date) -> tuple[BoardRow, ...]:
    """進捗の盤の行（受付番号の順）。"""
    reader = _Reader(facts, rules, today)
    return tuple(reader.row(who) for who in facts.plan.participants)
