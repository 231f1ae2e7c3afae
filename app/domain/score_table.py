"""得点の表：設問ごとの列で採点する。一人ずつの採点（app.domain.scoring.score）と同じ点になる。

同じ答は一度だけ採点し、列の中では引き写す。大勢を採点するときと、設問の扱いを試すときに使う。
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import attrgetter
from typing import cast

from app.domain.abilities import ABILITIES
from app.domain.scoring import Answer, Question, Score, points_for

Answers = Mapping[int, Sequence[Answer]]
Points = Sequence[int | None]
_GROUP: Callable[[Question], str | None] = attrgetter("subject_group")
_ABILITY: Callable[[Question], str | None] = attrgetter("ability")


@dataclass(frozen=True)
class ScoreTable:
    """得点の表。answers は設問の番号から、人の順の答へ。points は設問の順の、人の順の得点（除外は None）。

    答は組・整数・None のどれか（並びは組にして渡す）。
    """

    questions: tuple[Question, ...]
    people: int
    answers: Answers
    points: tuple[Points, ...]

    def rescored(self, questions: Sequence[Question]) -> "ScoreTable":
        """設問の扱いや正答を変えた表。変わらない設問の列は使い回す。"""
        known = dict(zip(self.questions, self.points, strict=True))
        columns = tuple(known[q] if q in known else _column(q, self.answers[q.number]) for q in questions)
        return ScoreTable(tuple(questions), self.people, self.answers, columns)

    def scores(self, *, by_question: bool = True) -> list[Score]:
        """人の順の得点。by_question が偽なら設問ごとの得点を持たせない（合否を判じるだけのとき、大勢では速い）。"""
        if not self.questions:
            return [Score({}, {}, {}) for _ in range(self.people)]
        names = list(dict.fromkeys(q.subject_group for q in self.questions))
        groups, full = (zip(*(sums[g] for g in names), strict=True) for sums in self._sums(names))
        earned = self._earned() if by_question else repeat({}, self.people)
        return [
            Score(points, dict(zip(names, got, strict=True)), dict(zip(names, most, strict=True)))
            for points, got, most in zip(earned, groups, full, strict=True)
        ]

    def _earned(self) -> Iterator[dict[int, int]]:
        """人の順の、設問ごとの得点（除外した設問は持たない）。"""
        numbers = [q.number for q in self.questions]
        for row in zip(*self.points, strict=True):
            pairs = zip(numbers, row, strict=True)
            found = {n: p for n, p in pairs if p is not None} if None in row else dict(pairs)
            yield cast(dict[int, int], found)

    def _sums(
        self, names: Sequence[str], of: Callable[[Question], str | None] = _GROUP
    ) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
        """科目群（of を与えれば、その分け方）ごとの、人の順の得点と満点。"""
        got: dict[str, list[int]] = {}
        full: dict[str, list[int]] = {}
        for name in names:
            mine = [(q, p) for q, p in zip(self.questions, self.points, strict=True) if of(q) == name]
            got[name] = [sum(cells) for cells in zip(*(filled(p) for _, p in mine), strict=True)]
            whole = sum(q.points for q, _ in mine)
            gaps = [(q.points, p) for q, p in mine if None in p]
            full[name] = [whole] * self.people
            for points, column in gaps:
                full[name] = [f - points if p is None else f for f, p in zip(full[name], column, strict=True)]
        return got, full

    def totals(self) -> tuple[list[int], list[int]]:
        """人の順の、合計点と、その人の満点。"""
        names = list(dict.fromkeys(q.subject_group for q in self.questions))
        if not names:
            return [0] * self.people, [0] * self.people
        got, full = self._sums(names)
        return [sum(c) for c in zip(*got.values(), strict=True)], [
            sum(c) for c in zip(*full.values(), strict=True)
        ]

    def groups(self) -> dict[str, tuple[list[int], list[int]]]:
        """科目群から、人の順の得点と満点。"""
        names = sorted({q.subject_group for q in self.questions})
        got, full = self._sums(names)
        return {name: (got[name], full[name]) for name in names}

    def abilities(self) -> dict[str, tuple[list[int], list[int]]]:
        """測る能力（app.domain.abilities の順。設問のない能力は除く）から、人の順の得点と満点。"""
        held = {q.ability for q in self.questions}
        names = [name for name in ABILITIES if name in held]
        got, full = self._sums(names, _ABILITY)
        return {name: (got[name], full[name]) for name in names}


def filled(column: Points) -> Sequence[int]:
    """除外を0点と置いた列。"""
    if None not in column:
        return cast(Sequence[int], column)
    return [p or 0 for p in column]


def _column(question: Question, answers: Sequence[Answer]) -> Points:
    found = {answer: points_for(question, answer) for answer in set(answers)}
    return [found[answer] for answer in answers]


def tabulate(answers: Answers, questions: Sequence[Question], people: int) -> ScoreTable:
    """列で採点する。answers はどの設問についても people 人ぶん。記述の点が配点の外なら InputRefused。"""
    columns = tuple(_column(q, answers[q.number]) for q in questions)
    return ScoreTable(tuple(questions), people, answers, columns)
