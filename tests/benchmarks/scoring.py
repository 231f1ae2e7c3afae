"""採点の物差し：一万人 × 百問の採点と分析、合格点と設問の扱いの試し。numpy と、一人ずつの素直なやり方と比べる。

データベースからのものは、答案を読むところから、画面に渡す形にするまで。
"""

import random
from datetime import date
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np

from app.domain.item_analysis import analyse
from app.domain.score_table import tabulate
from app.domain.scoring import Answer, PassRule, Question, full_marks, judge, score, shortfalls
from app.services import scoring
from app.services.office import Office
from app.services.scoring import PassRuleForm, QuestionChange
from database.queries.scoring import load_sheets
from database.schema import scoring as schema
from tests.benchmarks.harness import Job, Pair
from tests.benchmarks.storage import filled_office, store_audited

ITEMS = 100


def _sample(people: int) -> tuple[list[Question], dict[int, list[Answer]]]:
    """力の違う people 人の、百問（うち十問は記述）の答案。"""
    chance = random.Random(1)
    able = [chance.gauss(0, 1) for _ in range(people)]
    questions, answers = [], {}
    for number in range(1, ITEMS + 1):
        written, hard = number % 10 == 0, chance.gauss(0, 1)
        kind, points = ("written", 10) if written else ("choice", 1)
        key = frozenset() if written else frozenset({"ア"})
        questions.append(Question(number, "ABCDE"[(number - 1) // 20], kind, points, key))
        column: list[Answer] = []
        for a in able:
            far = a + chance.gauss(0, 1.5) - hard
            column.append(max(0, min(10, int(5 + 2 * far))) if written else ("ア" if far > 0 else "イ",))
        answers[number] = column
    return questions, answers


def _by_rows(people: list[dict[int, Answer]], questions: list[Question]) -> object:
    """一人ずつ採点し、設問ごとに numpy で分析する。"""
    scores = [score(one, questions) for one in people]
    grid: Any = np.array([[s.points[q.number] for q in questions] for s in scores], float)
    totals = grid.sum(axis=1)
    order = np.argsort(totals)
    size = len(order) // 4
    full = np.array([q.points for q in questions])
    power = (grid[order[-size:]].mean(axis=0) - grid[order[:size]].mean(axis=0)) / full
    ties = [np.corrcoef(c, totals - c)[0, 1] for c in grid.T]
    V = np.cov(grid, rowvar=False)
    chosen = [[one[q.number] for one in people] for q in questions]
    tables = [{a: (column.count(a)) for a in set(column)} for column in chosen]
    return power, ties, 1 - np.trace(V) / V.sum(), (V @ V).sum(), tables


def _analysed(size: int, _folder: Path) -> Pair:
    questions, answers = _sample(size)
    people = [{n: c[i] for n, c in answers.items()} for i in range(size)]

    def ours() -> object:
        table = tabulate(answers, questions, size)
        return table.scores(), analyse(table)

    return Pair(ours, lambda: _by_rows(people, questions))


def _tried(size: int, _folder: Path) -> Pair:
    """設問一つの正答と合格点を変えて、全員の合否を出し直す。"""
    questions, answers = _sample(size)
    people = [{n: c[i] for n, c in answers.items()} for i in range(size)]
    changed = [Question(1, "A", "choice", 1, frozenset("アイ")), *questions[1:]]
    rule = PassRule(110, {"A": 5}, correction=-3)
    table = tabulate(answers, questions, size)

    def ours() -> object:
        full = full_marks(changed)
        return [shortfalls(s, rule, full) for s in table.rescored(changed).scores()]

    return Pair(ours, lambda: [judge(score(one, changed), rule, changed) for one in people])


def _filled(size: int, folder: Path) -> tuple[Office, list[Question]]:
    """size 人の答案のあるテスト（番号 1）のオフィス。"""
    questions, answers = _sample(size)
    office = filled_office(size, folder, per_cohort=size)
    tests = [{"id": 1, "cohort_id": 1, "title": "修了認定テスト", "held_on": date(2026, 1, 31)}]
    rows = [
        {
            "id": q.number,
            "certification_test_id": 1,
            "number": q.number,
            "subject_group": q.subject_group,
            "kind": q.kind,
            "points": q.points,
            "key": sorted(q.key),
        }
        for q in questions
    ]
    sheets = [
        {
            "id": i + 1,
            "certification_test_id": 1,
            "application_id": i + 1,
            "answers": {str(n): c[i] for n, c in answers.items()},
        }
        for i in range(size)
    ]
    store_audited(
        office.store,
        [(schema.CertificationTest, tests), (schema.Question, rows), (schema.AnswerSheet, sheets)],
    )
    return office, questions


def _people(office: Office) -> list[dict[int, Answer]]:
    """データベースの答案を、一人ずつの形で読む。"""
    with office.store.sessions() as session:
        sheets = load_sheets(session, 1)
        return [
            {int(n): tuple(a) if isinstance(a, list) else a for n, a in s.answers.items()} for s in sheets
        ]


def _analysed_stored(size: int, folder: Path) -> Pair:
    office, questions = _filled(size, folder)

    def ours() -> object:
        view = scoring.score_test(office, 1)
        assert (view.n, len(view.analysis.items)) == (size, ITEMS)
        return view

    return Pair(ours, lambda: _by_rows(_people(office), questions))


def _tried_stored(size: int, folder: Path) -> Pair:
    """合格点を動かし、設問一つの正答も変えて、変わる人を出す。呼ぶたびに違う合格点にする。"""
    office, questions = _filled(size, folder)
    change = (QuestionChange(1, "several_right", ("ア", "イ")),)
    changed = [Question(1, "A", "choice", 1, frozenset("アイ"), "several_right"), *questions[1:]]
    marks = cycle(range(100, 130))

    def ours() -> object:
        form = PassRuleForm(next(marks), (("A", 5),), correction=-3, changes=change)
        found = scoring.preview_rule(office, 1, form, PassRuleForm(110))
        assert len(found.rows) == size
        return found

    def one_by_one() -> object:
        rule, people = PassRule(110, {"A": 5}, correction=-3), _people(office)
        before = [judge(score(one, questions), rule, questions) for one in people]
        return before, [judge(score(one, changed), rule, changed) for one in people]

    return Pair(ours, one_by_one)


JOBS = (
    Job("採点と分析（百問）", "一人ずつの採点と numpy", 1.0, (1_000, 3_000), _analysed, full=10_000),
    Job("合格点と正答の試し（百問）", "一人ずつ採点し直す", 0.25, (300, 1_000), _tried, full=10_000),
    Job(
        "データベースからの採点と分析（百問）",
        "一人ずつの採点と numpy",
        1.0,
        (1_000, 3_000),
        _analysed_stored,
        full=10_000,
    ),
    Job(
        "合格基準の試し（データベース・百問）",
        "一人ずつ採点し直す",
        0.25,
        (300, 1_000),
        _tried_stored,
        full=10_000,
    ),
)
