"""採点の画面へ渡すもの。"""

from dataclasses import dataclass
from datetime import date, datetime

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
    """設問。key は正答の肢、treatment は不適切問題の扱い（空は通常）。"""

    id: int
    number: int
    subject_group: str
    kind: str
    points: int
    key: tuple[str, ...]
    treatment: str | None
    text: str


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
    """設問に書くこと。key は正答の肢（記述では空）。"""

    number: int
    subject_group: str
    points: int
    key: tuple[str, ...] = ()
    kind: str = "choice"
    text: str = ""


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
    """一人の得点。outcome が points 以外なら total は空。"""

    application_id: int
    reception_number: int
    name: str
    reading: str
    outcome: str
    total: int | None
    groups: tuple[tuple[str, int], ...]
    passed: bool | None
    reasons: tuple[str, ...] = ()

    @property
    def reception(self) -> str:
        """4桁の受付番号。"""
        return f"{self.reception_number:04d}"

    @property
    def outcome_words(self) -> str:
        """得点でないときの結果の言葉。"""
        return "" if self.outcome == "points" else OUTCOME_WORDS[self.outcome]


@dataclass(frozen=True)
class ItemView:
    """設問の分析。人数が足りず出さない指数は空。"""

    number: int
    correct_rate: float | None
    discrimination: float | None
    point_biserial: float | None
    choices: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class AdoptionView:
    """採用されている合格基準（form の changes は空：設問の扱いは設問が持つ）。"""

    adopted_on: date
    adopted_by: str
    reason: str
    form: PassRuleForm


@dataclass(frozen=True)
class ScoresView:
    """テストの得点・分布・分析。distribution は（階級の下限, 上限, 人数）。adoption は採用されている合格基準。"""

    test: CertificationTestView
    rows: tuple[ScoreRow, ...]
    n: int
    mean: float | None
    deviation: float | None
    alpha: float | None
    standard_error: float | None
    caution: str
    distribution: tuple[tuple[int, int, int], ...]
    items: tuple[ItemView, ...]
    adoption: AdoptionView | None = None


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


@dataclass(frozen=True)
class RulePreview:
    """合格基準を当ててみた結果。before は今の採用（なければ空）。"""

    rows: tuple[ScoreRow, ...]
    passed_before: int | None
    passed_after: int
    changes: tuple[RuleChange, ...]
    pass_mark: int
