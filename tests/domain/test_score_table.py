"""得点の表：列で採点した点は、一人ずつ採点した点と同じ。"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import InputRefused
from app.domain.findings import Status
from app.domain.score_table import ScoreTable, tabulate
from app.domain.scoring import (
    TREATMENTS,
    Answer,
    PassRule,
    Question,
    Score,
    full_marks,
    judge,
    score,
    shortfalls,
)

TREATED = st.sampled_from((None, *TREATMENTS))


@st.composite
def papers(draw: st.DrawFn) -> tuple[list[Question], dict[int, list[Answer]], int]:
    people = draw(st.integers(0, 6))
    questions, answers = [], {}
    for number in range(1, draw(st.integers(0, 5)) + 1):
        kind = draw(st.sampled_from(("choice", "multiple", "written")))
        points = draw(st.integers(1, 4))
        key = frozenset(draw(st.sampled_from(("ア", "アイ"))))
        group = draw(st.sampled_from("AB"))
        questions.append(Question(number, group, kind, points, key, draw(TREATED)))
        chosen = st.sampled_from([None, (), ("ア",), ("イ",), ("イ", "ア"), ("ウ",)])
        one: st.SearchStrategy[Answer] = st.integers(0, points) if kind == "written" else chosen
        answers[number] = draw(st.lists(one, min_size=people, max_size=people))
    return questions, answers, people


def one_by_one(questions: list[Question], answers: dict[int, list[Answer]], people: int) -> list[Score]:
    return [score({n: c[i] for n, c in answers.items()}, questions) for i in range(people)]


@given(papers())
def test_scores_by_column_are_the_scores_person_by_person(
    paper: tuple[list[Question], dict[int, list[Answer]], int],
) -> None:
    questions, answers, people = paper
    table = tabulate(answers, questions, people)
    wanted = one_by_one(questions, answers, people)
    assert table.scores() == wanted
    assert table.scores(by_question=False) == [Score({}, w.groups, w.full) for w in wanted]
    totals, fulls = table.totals()
    assert totals == [s.total for s in wanted]
    assert fulls == [s.full_total for s in wanted]
    for group, (got, full) in table.groups().items():
        assert got == [s.groups[group] for s in wanted]
        assert full == [s.full[group] for s in wanted]


@given(papers(), st.data())
def test_rescoring_with_other_treatments_is_scoring_anew(
    paper: tuple[list[Question], dict[int, list[Answer]], int], data: st.DataObject
) -> None:
    questions, answers, people = paper
    changed = [
        Question(q.number, q.subject_group, q.kind, q.points, q.key, data.draw(TREATED)) for q in questions
    ]
    table: ScoreTable = tabulate(answers, questions, people).rescored(changed)
    assert table.scores() == one_by_one(changed, answers, people)
    assert table.questions == tuple(changed)


@given(papers(), st.integers(0, 20), st.integers(0, 4), st.booleans())
def test_the_shortfalls_are_the_findings_that_are_not_met(
    paper: tuple[list[Question], dict[int, list[Answer]], int], least: int, group: int, no_zero: bool
) -> None:
    questions, answers, people = paper
    rule = PassRule(least, {"A": group}, no_zero)
    for found in one_by_one(questions, answers, people):
        passed, findings = judge(found, rule, questions)
        short = shortfalls(found, rule, full_marks(questions))
        assert short == tuple(f for f in findings if f.status is not Status.MET)
        assert passed == (not short)


def test_a_mark_outside_its_points_is_refused() -> None:
    with pytest.raises(InputRefused, match="問1の採点者の点（5点）が0〜4点の外です"):
        tabulate({1: [5]}, [Question(1, "A", "written", 4, frozenset())], 1)
