"""進捗の盤の升と絞り込み：どの状態も言葉で言う。"""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.services.views.board import (
    DONE,
    FILTERS,
    NEAR,
    OPEN,
    OVERDUE,
    SHUT,
    WAITING,
    WITHDRAWN,
    counts,
    gate_cells,
    matches,
)
from app.services.views.progress import BoardRow, TestCell

TODAY = date(2026, 2, 20)
PASSED = TestCell("points", 80, 1, True)
BASE = BoardRow(
    application_id=1,
    reception_number=1,
    name="見本 花子",
    reading="ミホン ハナコ",
    course1="not_yet",
    practice="shut",
    course2="shut",
    certification_test="shut",
    tests={},
    reports_submitted=0,
    reports_total=2,
    next_due=None,
    sessions_attended=0,
    sessions_total=2,
    withdrawn=False,
    today=TODAY,
)
FIVE = replace(BASE, tests=dict.fromkeys("ABCDE", PASSED), quizzes_passed=True)
PRACTICE = replace(FIVE, course1="passed", practice="open", next_due=TODAY + timedelta(20))
MISSED = replace(PRACTICE, practice="withdrawal_due", missed_due=TODAY - timedelta(3))
COURSE2 = replace(PRACTICE, practice="completed", course2="open", next_due=None, sessions_attended=1)
TEST = replace(COURSE2, course2="completed", certification_test="open")
TAKEN = replace(TEST, certification_test="taken")
GONE = replace(MISSED, withdrawn=True)


@pytest.mark.parametrize(
    ("row", "states", "words"),
    [
        (BASE, (OPEN, SHUT, SHUT, SHUT), ("0/6", "未開始", "未開始", "未開始")),
        (FIVE, (WAITING, SHUT, SHUT, SHUT), ("総合待ち", "未開始", "未開始", "未開始")),
        (PRACTICE, (DONE, OPEN, SHUT, SHUT), ("合格", "あと20日", "未開始", "未開始")),
        (
            replace(PRACTICE, next_due=TODAY + timedelta(14)),
            (DONE, NEAR, SHUT, SHUT),
            ("合格", "あと14日", "未開始", "未開始"),
        ),
        (
            replace(PRACTICE, next_due=TODAY),
            (DONE, NEAR, SHUT, SHUT),
            ("合格", "今日まで", "未開始", "未開始"),
        ),
        (
            replace(PRACTICE, next_due=None),
            (DONE, OPEN, SHUT, SHUT),
            ("合格", "期限未定", "未開始", "未開始"),
        ),
        (MISSED, (DONE, OVERDUE, SHUT, SHUT), ("合格", "超過3日", "未開始", "未開始")),
        (COURSE2, (DONE, DONE, OPEN, SHUT), ("合格", "修了", "出席1/2", "未開始")),
        (TEST, (DONE, DONE, DONE, WAITING), ("合格", "修了", "修了", "受験待ち")),
        (TAKEN, (DONE, DONE, DONE, DONE), ("合格", "修了", "修了", "受験済み")),
        (GONE, (DONE, WITHDRAWN, WITHDRAWN, WITHDRAWN), ("合格", "辞退", "辞退", "辞退")),
        (replace(BASE, withdrawn=True), (WITHDRAWN,) * 4, ("辞退",) * 4),
    ],
)
def test_every_state_has_its_own_words(
    row: BoardRow, states: tuple[int, ...], words: tuple[str, ...]
) -> None:
    cells = gate_cells(row)
    assert (tuple(c.state for c in cells), tuple(c.words for c in cells)) == (states, words)


def test_no_word_stands_for_two_states() -> None:
    rows = (BASE, FIVE, PRACTICE, replace(PRACTICE, next_due=TODAY), MISSED, COURSE2, TEST, TAKEN, GONE)
    said = {(c.words, c.state) for row in rows for c in gate_cells(row)}
    assert len({words for words, _ in said}) == len(said)


ROWS = (BASE, FIVE, PRACTICE, replace(PRACTICE, next_due=TODAY), MISSED, COURSE2, TEST, TAKEN, GONE)


def test_filters_count_who_they_leave() -> None:
    found = {key: [n for n, row in enumerate(ROWS) if matches(row, key)] for key in FILTERS}
    assert found == {
        "all": list(range(9)),
        "withdrawal_due": [4],
        "overdue": [4],
        "near": [3],
        "comprehensive": [1],
        "course1": [0, 1],
        "practice": [2, 3],
        "course2": [5],
        "test": [6],
        "taken": [7],
        "withdrawn": [8],
    }
    assert counts(ROWS) == {key: len(places) for key, places in found.items()}


def test_a_person_whose_tests_are_not_done_when_a_date_passes_is_overdue_but_waits_for_no_confirmation() -> (
    None
):
    row = replace(BASE, missed_due=TODAY - timedelta(1))
    cells = gate_cells(row)
    assert [(c.state, c.words) for c in cells[:3]] == [(OPEN, "0/6"), (OVERDUE, "超過1日"), (SHUT, "未開始")]
    assert [key for key in FILTERS if matches(row, key)] == ["all", "overdue", "course1"]
