"""修了認定テストの採点と合格の規則。得点は答案と正答からいつでも計算し直せる。"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.errors import InputRefused
from app.domain.findings import Finding, Status, all_of

OUTCOMES = ("points", "absent", "invalid", "exempt", "not_held")
KINDS = ("choice", "multiple", "written")
# 不適切な設問の扱い：全員正解・誤答者だけ除外・全員除外・複数の肢を正解とする
TREATMENTS = ("all_correct", "excluded_for_missed", "excluded_for_all", "several_right")

Answer = Sequence[str] | int | None


@dataclass(frozen=True)
class Question:
    """設問。key は正答の肢。choice は一つを選ぶ、multiple はすべてを選ぶ、written は採点者の点（0〜points）。

    ability は測る能力（app.domain.abilities の鍵、定めなければ空）。採点には使わず、分析に使う。
    """

    number: int
    subject_group: str
    kind: str
    points: int
    key: frozenset[str]
    treatment: str | None = None
    ability: str | None = None


@dataclass(frozen=True)
class Score:
    """一人の得点。points は設問ごと（除外した設問は持たない）、groups・full は科目群ごとの得点と満点。"""

    points: Mapping[int, int]
    groups: Mapping[str, int]
    full: Mapping[str, int]

    @property
    def total(self) -> int:
        """合計点。"""
        return sum(self.groups.values())

    @property
    def full_total(self) -> int:
        """この人の満点（除外した設問を除く）。"""
        return sum(self.full.values())


def _earned(question: Question, answer: Answer) -> int:
    if question.kind == "written":
        marked = answer if isinstance(answer, int) else 0
        if not 0 <= marked <= question.points:
            raise InputRefused(
                f"問{question.number}の採点者の点（{marked}点）が0〜{question.points}点の外です。採点を確かめてください。"
            )
        return marked
    chosen = frozenset() if answer is None or isinstance(answer, int) else frozenset(answer)
    if question.kind == "multiple":
        return question.points if chosen == question.key else 0
    return question.points if len(chosen) == 1 and chosen <= question.key else 0


def points_for(question: Question, answer: Answer) -> int | None:
    """設問一つの得点。除外されるなら None。記述の点が配点の外なら InputRefused。

    excluded_for_missed が除くのは0点の人だけで、記述の部分点は残す。
    """
    if question.treatment == "excluded_for_all":
        return None
    if question.treatment == "all_correct":
        return question.points
    earned = _earned(question, answer)
    if question.treatment == "excluded_for_missed" and earned == 0:
        return None
    return earned


def score(answers: Mapping[int, Answer], questions: Sequence[Question]) -> Score:
    """答案を採点する。答えのない設問は0点。"""
    points: dict[int, int] = {}
    groups = {q.subject_group: 0 for q in questions}
    full = dict(groups)
    for question in questions:
        earned = points_for(question, answers.get(question.number))
        if earned is not None:
            points[question.number] = earned
            groups[question.subject_group] += earned
            full[question.subject_group] += question.points
    return Score(points, groups, full)


@dataclass(frozen=True)
class PassRule:
    """合格の規則（点は満点に対するもの）。correction は委員会による合格点の補正。"""

    total_minimum: int
    group_minimum: Mapping[str, int] = field(default_factory=dict)
    no_zero: bool = True
    correction: int = 0

    @property
    def pass_mark(self) -> int:
        """補正した合格点。"""
        return self.total_minimum + self.correction


def scaled(mark: int, full_of_person: int, full: int) -> int:
    """除外した設問のある人の基準。満点の比で縮め、端数は切り上げる（49 × 0.8 = 39.2 → 40）。"""
    return mark if full == 0 else -(-mark * full_of_person // full)


def scaled_words(mark: int, full_of_person: int, full: int) -> str:
    """基準を縮めた計算の言葉（「60点 × 96÷100 ＝ 57.6 → 58点」）。縮めないときは空。"""
    if full in (0, full_of_person):
        return ""
    exact = mark * full_of_person / full
    rounded = scaled(mark, full_of_person, full)
    shown = f"{exact:.4g}" if exact < 1000 else f"{exact:.1f}"
    return f"{mark}点 × {full_of_person}÷{full} ＝ {shown}" + (
        f" → {rounded}点" if rounded != exact else "点"
    )


def group_need(rule: PassRule, group: str, full_of_person: int, full: int) -> int:
    """科目群の、この人の基準（なければ 0）。"""
    needed = scaled(rule.group_minimum.get(group, 0), full_of_person, full)
    return max(needed, 1) if rule.no_zero and full_of_person else needed


def _finding(group: str, got: int, needed: int, full: int) -> Finding:
    requirement = f"科目群{group}" if group else "合計"
    met = got >= needed
    return Finding(
        status=Status.MET if met else Status.NOT_MET,
        clause="6(2)ア",
        requirement=requirement,
        figures={"points": got, "needed": needed, "full": full},
        sentence=f"{requirement}は{got}点（満点{full}点、基準{needed}点）で、基準に{'達しています' if met else '達していません'}。",
    )


def full_marks(questions: Sequence[Question]) -> dict[str, int]:
    """科目群ごとの満点（誰も除外されていないとき）。"""
    full: dict[str, int] = {}
    for question in questions:
        full[question.subject_group] = full.get(question.subject_group, 0) + question.points
    return full


def _needs(found: Score, rule: PassRule, full: Mapping[str, int]) -> list[tuple[str, int, int, int]]:
    """この人の基準（科目群, 得点, 基準, 満点）。合計は科目群を空にする。"""
    most = found.full_total
    needs = [("", found.total, scaled(rule.pass_mark, most, sum(full.values())), most)]
    for group in sorted(found.full):
        if needed := group_need(rule, group, found.full[group], full[group]):
            needs.append((group, found.groups[group], needed, found.full[group]))
    return needs


def judge(found: Score, rule: PassRule, questions: Sequence[Question]) -> tuple[bool, tuple[Finding, ...]]:
    """合否と、その理由。"""
    findings = tuple(_finding(*need) for need in _needs(found, rule, full_marks(questions)))
    return all_of(f.status for f in findings) is Status.MET, findings


def shortfalls(found: Score, rule: PassRule, full: Mapping[str, int]) -> tuple[Finding, ...]:
    """達していない基準だけ（空なら合格）。full は full_marks の値（大勢を一度に判じるため、外で一度求める）。"""
    return tuple(_finding(*need) for need in _needs(found, rule, full) if need[1] < need[2])
