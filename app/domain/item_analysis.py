"""設問とテストの分析：正答率・識別指数・補正した点双列相関・肢の表・信頼性係数。

人数の少ない指数は人を誤らせるので、10人未満では出さず、20人未満では注意を添える。

式と出所
    正答率（得点率）：得点 ÷ 配点の平均。記述など部分点のある設問でも同じ。
    識別指数：合計の上位25％と下位25％の得点率の差（Kelley 1939, J. Educ. Psychol. 30, 17–24 の上位・下位群。
        割合は慣行の25％）。境に同点者がいれば、残りの席を同点者に等しく分ける（くじで選んだときの平均）。
    点双列相関：設問の得点と、その設問を除いた合計との積率相関（Henrysson 1963, Psychometrika 28, 211–218）。
    除外された人のいる設問は、除外されなかった人だけで求める。満点が人により違うときは、点でなく、その人の
    満点に対する得点率で並べ、相関を取る（app.domain.scoring が基準を縮めるのと同じ満点）。
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from operator import sub

from app.domain.choice_table import FEWEST, ChoiceFigures, choice_table
from app.domain.crowd import Crowd, crowd_of, standings
from app.domain.reliability import Reliability, reliability
from app.domain.score_table import Points, ScoreTable, filled
from app.domain.scoring import Answer, Question, points_for
from app.domain.spread import Box, correlation, deviation, distribution, five_numbers, mean, skewness

FEW = 20
# 慣行の目安（要綱にはない）：易しすぎ・難しすぎ・見分けが弱い・無答の多い設問に印を付ける
EASY, HARD, WEAK, UNANSWERED = 0.9, 0.3, 0.2, 0.1


class Flag(StrEnum):
    """目を向けたい設問の印。重いものから。"""

    NEGATIVE = "相関が負"
    REVERSED = "識別が負"
    LURED = "正答より多い肢"
    HARD = "難しい"
    EASY = "易しい"
    WEAK = "識別が弱い"
    UNANSWERED = "無答が多い"


SEVERE = frozenset({Flag.NEGATIVE, Flag.REVERSED, Flag.LURED})


@dataclass(frozen=True)
class Figure:
    """指数一つ。出せなければ value は None で、reason がその理由の言葉。"""

    value: float | None
    reason: str = ""


@dataclass(frozen=True)
class ItemFigures:
    """設問一つ。n は除外されなかった人、missing は無答の人。untreated は扱いを変える前の答案どおりの値。"""

    number: int
    n: int
    missing: int
    excluded: int
    correct_rate: Figure
    discrimination: Figure
    correlation: Figure
    flags: tuple[Flag, ...] = ()
    choices: tuple[ChoiceFigures, ...] = ()
    untreated: "ItemFigures | None" = None

    @property
    def severe(self) -> bool:
        """正答や問い方の誤りを疑う印があるか。"""
        return not SEVERE.isdisjoint(self.flags)


@dataclass(frozen=True)
class TestFigures:
    """テスト全体。deviation は不偏標準偏差（n−1）、skewness は歪度 G1、box は得点の五数要約。"""

    __test__ = False  # 試験の道具が試験のクラスと取り違えないように

    n: int
    full: int
    mean: float | None
    deviation: float | None
    skewness: Figure
    box: Box | None
    reliability: Reliability
    caution: str


@dataclass(frozen=True)
class Analysis:
    """分析の全体。

    boxes は科目群から、abilities は測る能力から、得点率（％）の五数要約へ（誰も採点されていないものは除く）。
    """

    figures: TestFigures
    items: tuple[ItemFigures, ...] = ()
    boxes: dict[str, Box] = field(default_factory=dict)
    distribution: tuple[tuple[int, int, int], ...] = ()
    abilities: dict[str, Box] = field(default_factory=dict)


def _corrected(points: Sequence[int], full: int, crowd: Crowd) -> Figure:
    """その設問を除いた合計との相関。"""
    if len(points) < FEWEST:
        return Figure(None, "人数不足")
    if max(crowd.fulls) == full:
        return Figure(None, "設問が一つ")
    rest: Sequence[int] = list(map(sub, crowd.totals, points))
    if crowd.standing is not crowd.totals:
        rest = standings(rest, [f - full for f in crowd.fulls])
    found = correlation(points, rest)
    if found is None:
        return Figure(None, "全員同じ点" if len(set(points)) == 1 else "ほかの合計が全員同じ")
    return Figure(found)


def _indices(question: Question, points: Points, crowd: Crowd, missing: int) -> ItemFigures:
    """設問の指数。"""
    there, earned = crowd.without(points)
    n = len(earned)
    away = len(points) - n
    if n < FEWEST:
        none = Figure(None, "全員から除外" if points and n == 0 else "人数不足")
        return ItemFigures(question.number, n, missing, away, none, none, none)
    upper, lower = there.quarters or (None, None)
    assert upper is not None  # 10人いれば四分の一は空でない
    assert lower is not None
    power = (upper.rate(earned) - lower.rate(earned)) / question.points
    return ItemFigures(
        question.number,
        n,
        missing,
        away,
        Figure(sum(earned) / (n * question.points)),
        Figure(power),
        _corrected(earned, question.points, there),
    )


def flags_of(item: ItemFigures) -> tuple[Flag, ...]:
    """目を向けたい印（重い順）。指数を出さない設問には付けない。"""
    rate, power, tie = item.correct_rate.value, item.discrimination.value, item.correlation.value
    if rate is None:
        return ()
    found = {
        Flag.NEGATIVE: tie is not None and tie < 0,
        Flag.REVERSED: power is not None and power < 0,
        Flag.LURED: any(c.lured for c in item.choices),
        Flag.HARD: rate < HARD,
        Flag.EASY: rate >= EASY,
        Flag.WEAK: power is not None and 0 <= power < WEAK,
        Flag.UNANSWERED: item.missing >= UNANSWERED * (item.n + item.excluded),
    }
    return tuple(flag for flag in Flag if found[flag])


def _item(question: Question, place: int, table: ScoreTable, crowd: Crowd) -> ItemFigures:
    answers = table.answers[question.number]
    missing = answers.count(None) + answers.count(())
    choices = choice_table(question, answers, crowd)
    plain = None
    if question.treatment is not None:
        plain = _untreated(question, table.points[place], answers, crowd, missing)
        plain = replace(plain, choices=choices)
        plain = replace(plain, flags=flags_of(plain))
    found = replace(_indices(question, table.points[place], crowd, missing), choices=choices, untreated=plain)
    return replace(found, flags=flags_of(plain or found))


def _untreated(
    question: Question, treated: Points, answers: Sequence[Answer], crowd: Crowd, missing: int
) -> ItemFigures:
    """扱いを変える前の採点での指数。ほかの設問の合計はそのままに、この設問だけ答案どおりに採点する。"""
    plain = replace(question, treatment=None)
    known = {answer: points_for(plain, answer) or 0 for answer in set(answers)}
    points = [known[a] for a in answers]
    totals = [t - (p or 0) + x for t, p, x in zip(crowd.totals, treated, points, strict=True)]
    fulls = [f + (question.points if p is None else 0) for f, p in zip(crowd.fulls, treated, strict=True)]
    return _indices(plain, points, crowd_of(totals, fulls), missing)


def caution_words(n: int) -> str:
    """人数が少ないときの注意（20人からは空）。"""
    if n < FEWEST:
        return f"受験者が{n}名（{FEWEST}名未満）のため、指数は出しません。"
    return f"受験者が{n}名と少ないため、指数は参考にとどめてください。" if n < FEW else ""


def test_figures(table: ScoreTable, totals: Sequence[int]) -> TestFigures:
    """テスト全体。誰か一人でも除外された設問は、全員がそろわないので信頼性係数に入れない。"""
    n = len(totals)
    whole = [filled(c) for c in table.points if None not in c]
    found = reliability(whole if n else [])
    lean = Figure(skewness(totals), "" if len(set(totals)) > 1 and n > 2 else "全員同じ点")
    if n < FEWEST:
        lean = Figure(None, "人数不足")
        found = replace(found, value=None, error=None, measurement=None, reason="人数不足")
    full = sum(q.points for q in table.questions)
    box, words = five_numbers(totals), caution_words(n)
    return TestFigures(n, full, mean(totals), deviation(totals), lean, box, found, words)


test_figures.__test__ = False  # type: ignore[attr-defined]


def analyse(table: ScoreTable) -> Analysis:
    """受験した人の得点の表から、分析のすべて。"""
    totals, fulls = table.totals()
    crowd = crowd_of(totals, fulls)
    items = tuple(_item(q, place, table, crowd) for place, q in enumerate(table.questions))
    figures = test_figures(table, totals)
    spread = distribution(totals, figures.full)
    return Analysis(figures, items, _boxes(table.groups()), spread, _boxes(table.abilities()))


def _boxes(parts: Mapping[str, tuple[Sequence[int], Sequence[int]]]) -> dict[str, Box]:
    """人の順の得点と満点から、得点率（％）の五数要約。満点のない人（すべて除外）は入れない。"""
    found = {}
    for name, (got, full) in parts.items():
        box = five_numbers([100 * p / f for p, f in zip(got, full, strict=True) if f])
        if box is not None:
            found[name] = box
    return found
