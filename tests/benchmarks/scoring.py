"""採点の物差し：一万人 × 百問の採点と分析、合格点と設問の扱いの試し。numpy と、一人ずつの素直なやり方と比べる。"""

import random
from pathlib import Path
from typing import Any

import numpy as np

from app.domain.item_analysis import analyse
from app.domain.score_table import tabulate
from app.domain.scoring import Answer, PassRule, Question, full_marks, judge, score, shortfalls
from tests.benchmarks.harness import Job, Pair

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


JOBS = (
    Job("採点と分析（百問）", "一人ずつの採点と numpy", 1.0, (1_000, 3_000), _analysed, full=10_000),
    Job("合格点と正答の試し（百問）", "一人ずつ採点し直す", 0.25, (300, 1_000), _tried, full=10_000),
)
