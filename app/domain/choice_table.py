"""肢の表：誰がどの肢を選んだか。正答より引きつけた肢に印を付ける。"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.crowd import Crowd
from app.domain.scoring import Answer, Question
from app.domain.spread import distribution

FEWEST = 10
BLANK, DOUBLED = "無答", "重複"


@dataclass(frozen=True)
class ChoiceFigures:
    """肢一つ（記述では得点の帯）。share・upper・lower は0〜1、mean は選んだ人の合計点の平均。

    lured は、正答でないのに正答より多く選ばれた肢（10人未満では付けない）。upper・lower も10人未満では出さない。
    """

    label: str
    key: bool
    n: int
    share: float | None
    mean: float | None
    upper: float | None
    lower: float | None
    lured: bool = False


def choice_table(question: Question, answers: Sequence[Answer], crowd: Crowd) -> tuple[ChoiceFigures, ...]:
    """肢の表：選んだ人の数と割合、合計点の平均、上位・下位の割合。記述では得点の帯ごと。"""
    people = len(answers)
    if not people:
        return ()
    counts = Counter(answers)
    sums = dict.fromkeys(counts, 0)
    for answer, total in zip(answers, crowd.totals, strict=True):
        sums[answer] += total
    both = crowd.quarters if people >= FEWEST else None
    upper, lower = (None, None) if both is None else (q.shares(answers) for q in both)
    labels = {answer: _labels(question, answer) for answer in counts}
    found = []
    for label in _order(question, {name for names in labels.values() for name in names}):
        mine = [answer for answer, names in labels.items() if label in names]
        n = sum(counts[a] for a in mine)
        found.append(
            ChoiceFigures(
                label,
                label in question.key,
                n,
                n / people,
                sum(sums[a] for a in mine) / n if n else None,
                None if upper is None else sum(upper.get(a, 0.0) for a in mine),
                None if lower is None else sum(lower.get(a, 0.0) for a in mine),
            )
        )
    return _lured(found) if people >= FEWEST else tuple(found)


def _labels(question: Question, answer: Answer) -> tuple[str, ...]:
    """答の、表での行の名。"""
    if question.kind == "written":
        return (_band(question.points, answer),) if isinstance(answer, int) else (BLANK,)
    if answer is None or isinstance(answer, int) or not answer:
        return (BLANK,)
    if question.kind == "choice" and len(set(answer)) > 1:
        return (DOUBLED,)
    return tuple(dict.fromkeys(str(a) for a in answer))


def _bands(points: int) -> tuple[tuple[int, int, int], ...]:
    return distribution((), points)


def _band(points: int, mark: int) -> str:
    low, high, _ = next(b for b in _bands(points) if b[0] <= mark <= b[1])
    return f"{low}〜{high}点" if high > low else f"{low}点"


def _order(question: Question, labels: set[str]) -> list[str]:
    """肢の順。無答と重複は終わりに置く。記述は低い帯から、すべての帯を置く。"""
    last = [name for name in (DOUBLED, BLANK) if name in labels]
    if question.kind == "written":
        return [*(_band(question.points, low) for low, _, _ in _bands(question.points)), *last]
    return [*sorted((labels | question.key) - set(last)), *last]


def _lured(choices: Sequence[ChoiceFigures]) -> tuple[ChoiceFigures, ...]:
    """正答より引きつけた肢に印を付ける。"""
    keys = [c.n for c in choices if c.key]
    if not keys:
        return tuple(choices)

    def lures(one: ChoiceFigures) -> bool:
        if one.key or one.label in (BLANK, DOUBLED):
            return False
        return one.n > min(keys)

    return tuple(replace(c, lured=True) if lures(c) else c for c in choices)
