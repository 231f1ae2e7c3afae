"""採点の画面へ渡すもの。"""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from app.domain.abilities import ABILITIES
from app.domain.item_analysis import Analysis, ItemFigures, analyse, caution_words
from app.domain.score_table import ScoreTable
from app.domain.spread import deviation, distribution, mean
from app.services.views.progress import OUTCOME_WORDS

KIND_WORDS = {"choice": "一つ選ぶ", "multiple": "すべて選ぶ", "written": "記述"}
TREATMENT_WORDS = {
    None: "通常",
    "all_correct": "全員正解",
    "excluded_for_missed": "誤答者だけ除外",
    "excluded_for_all": "全員から除外",
    "several_right": "複数の肢を正解",
}


@dataclass(frozen=True)
class QuestionView:
    """設問。key は正答の肢、treatment は不適切問題の扱い（空は通常）、choices は肢の名と文。"""

    id: int
    number: int
    subject_group: str
    kind: str
    points: int
    key: tuple[str, ...]
    treatment: str | None
    text: str
    choices: tuple[tuple[str, str], ...] = ()
    ability: str | None = None

    @property
    def ability_words(self) -> str:
        """測る能力の言葉（定めなければ空）。"""
        return "" if self.ability is None else ABILITIES[self.ability]

    def choice_text(self, label: str) -> str:
        """肢の文（なければ空）。"""
        return dict(self.choices).get(label, "")


@dataclass(frozen=True)
class CertificationTestView:
    """修了認定テスト。full_marks は満点、sheets は答案の数。"""

    id: int
    cohort_id: int
    title: str
    held_on: date
    locked_at: datetime | None
    questions: tuple[QuestionView, ...]
    sheets: int
    adopted_on: date | None

    @property
    def full_marks(self) -> int:
        """満点。"""
        return sum(q.points for q in self.questions)


@dataclass(frozen=True)
class QuestionForm:
    """設問に書くこと。key は正答の肢（記述では空）、ability は測る能力（定めなければ空）。"""

    number: int
    subject_group: str
    points: int
    key: tuple[str, ...] = ()
    kind: str = "choice"
    text: str = ""
    ability: str | None = None


@dataclass(frozen=True)
class QuestionChange:
    """設問の扱いの変更（不適切な設問）。treatment が空なら通常に戻す。key を与えれば正答の肢も改める。"""

    number: int
    treatment: str | None
    key: tuple[str, ...] | None = None


@dataclass(frozen=True)
class PassRuleForm:
    """合格基準（点）。correction は合格点の補正（負は引き下げ）、changes は設問の扱いの変更。"""

    total_minimum: int
    group_minimum: tuple[tuple[str, int], ...] = ()
    no_zero: bool = True
    correction: int = 0
    changes: tuple[QuestionChange, ...] = ()


@dataclass(frozen=True)
class ScoreRow:
    """一人の得点。outcome が points 以外なら total は空。added は、基準に達しないが委員会が合格に加えた人。"""

    application_id: int
    reception_number: int
    name: str
    reading: str
    outcome: str
    total: int | None
    groups: tuple[tuple[str, int], ...]
    passed: bool | None
    reasons: tuple[str, ...] = ()
    # 科目群ごとの、この人の満点（除外した設問を除く）と、この人の合格点
    full: tuple[tuple[str, int], ...] = ()
    needed: int | None = None
    added: bool = False

    @property
    def full_total(self) -> int:
        """この人の満点。"""
        return sum(points for _, points in self.full)

    @property
    def reception(self) -> str:
        """4桁の受付番号。"""
        return f"{self.reception_number:04d}"

    @property
    def outcome_words(self) -> str:
        """得点でないときの結果の言葉。"""
        return "" if self.outcome == "points" else OUTCOME_WORDS[self.outcome]


@dataclass(frozen=True)
class AdoptionView:
    """採用されている合格基準（form の changes は空：設問の扱いは設問が持つ）。"""

    adopted_on: date
    adopted_by: str
    reason: str
    form: PassRuleForm


@dataclass(frozen=True)
class ScoresView:
    """テストの得点。table は受験した人の得点の表。adoption は採用されている合格基準。

    分析は初めて尋ねられたときに計算する（大勢では時間が掛かるので、画面の外で尋ねる）。
    """

    test: CertificationTestView
    rows: tuple[ScoreRow, ...]
    table: ScoreTable = field(repr=False)
    adoption: AdoptionView | None = None

    @cached_property
    def analysis(self) -> Analysis:
        """設問とテストの分析。"""
        return analyse(self.table)

    @property
    def items(self) -> tuple[ItemFigures, ...]:
        """設問の指数（設問の順）。"""
        return self.analysis.items

    @cached_property
    def totals(self) -> tuple[int, ...]:
        """得点のある人の合計点。"""
        return tuple(r.total for r in self.rows if r.total is not None)

    @property
    def n(self) -> int:
        """得点のある人の数。"""
        return len(self.totals)

    @property
    def mean(self) -> float | None:
        """合計点の平均。"""
        return mean(self.totals)

    @property
    def deviation(self) -> float | None:
        """合計点の不偏標準偏差（n−1）。"""
        return deviation(self.totals)

    @property
    def caution(self) -> str:
        """人数が少ないときの注意の言葉。"""
        return caution_words(self.n)

    @property
    def distribution(self) -> tuple[tuple[int, int, int], ...]:
        """得点の分布（階級の下限, 上限, 人数）。"""
        return distribution(self.totals, self.test.full_marks)


@dataclass(frozen=True)
class RuleChange:
    """合格基準または設問の扱いを変えたときに、得点か合否が変わる一人。before_passed が空は採用前。"""

    application_id: int
    reception_number: int
    name: str
    before_total: int
    after_total: int
    before_passed: bool | None
    after_passed: bool
    before_full: int = 0
    after_full: int = 0
    after_needed: int = 0
    # この人の合格点を縮めた計算の言葉（縮めないときは空）
    scaling: str = ""


@dataclass(frozen=True)
class RulePreview:
    """合格基準を当ててみた結果。before は今の採用（なければ空）。"""

    rows: tuple[ScoreRow, ...]
    passed_before: int | None
    passed_after: int
    changes: tuple[RuleChange, ...]
    pass_mark: int
