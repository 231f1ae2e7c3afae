"""採点の決定（合格基準の採用・合格者の追加）と結果通知書の、画面へ渡すもの。"""

from dataclasses import dataclass
from datetime import date

from app.services.views.scoring import PassRuleForm

DECISION_WORDS = {"rule": "合格基準の採用", "addition": "合格者の追加", "removal": "追加の取消し"}
LETTER_WORDS = {"none": "未作成", "agrees": "作成済み", "differs": "訂正が要る", "": "対象外"}


@dataclass(frozen=True)
class DecisionRow:
    """一つの決定（新しい決定も前のものを消さない）。people は追加・取消しの人の名。meeting は会議の言葉。"""

    id: int
    kind: str
    adopted_on: date
    adopted_by: str
    reason: str
    form: PassRuleForm
    passed: int
    judged: int
    meeting: str
    people: tuple[str, ...]

    @property
    def words(self) -> str:
        """決定の種類の言葉。"""
        return DECISION_WORDS[self.kind]

    @property
    def pass_mark(self) -> int:
        """補正した合格点。"""
        return self.form.total_minimum + self.form.correction


@dataclass(frozen=True)
class DecidedRow:
    """決定に凍った一人の結果。before は、この一つ前の決定での点と合否（なければ空）。"""

    application_id: int
    reception_number: int
    name: str
    outcome: str
    total: int | None
    full: int | None
    needed: int | None
    passed: bool | None
    added: bool
    before_total: int | None = None
    before_passed: bool | None = None
    first: bool = True

    @property
    def changed(self) -> bool:
        """一つ前の決定から、点か合否が変わったか（初めての決定では偽）。"""
        return not self.first and (self.total, self.passed) != (self.before_total, self.before_passed)


@dataclass(frozen=True)
class TreatmentEffect:
    """不適切な設問の扱い一つの効果。problem があれば試せなかった理由。"""

    treatment: str | None
    passed_before: int | None
    passed_after: int = 0
    changed: int = 0
    up: int = 0
    down: int = 0
    problem: str = ""


@dataclass(frozen=True)
class LetterRow:
    """一人の結果通知書。state は none（未作成）・agrees・differs（いまの結果と合わない）・空（通知する結果がない）。"""

    application_id: int
    reception_number: int
    name: str
    reading: str
    result: str
    state: str
    letter_id: int | None = None
    made_on: date | None = None
    made_by: str = ""
    issues: int = 0
    differences: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """通知書の状態の言葉。"""
        return LETTER_WORDS[self.state]


@dataclass(frozen=True)
class LettersMade:
    """書き出した通知書の数。made は新しく作ったもの、corrected はそのうち訂正、reprinted は同じ紙の刷り直し。"""

    made: int
    corrected: int
    reprinted: int
