"""選考の画面へ渡すもの。"""

from dataclasses import dataclass
from datetime import date

from app.domain.selection import OUTCOME_WORDS, Criterion, Move, Outcome, Plan

_DECIDED = {**OUTCOME_WORDS, "selected": "選ばれた"}


def outcome_words(decision: str, rank: int | None) -> str:
    """決定した選考の結果の言葉（選ばれた・待機n・選考外）。"""
    return _DECIDED[decision] + (str(rank) if decision == "waiting" else "")


@dataclass(frozen=True)
class SelectionDraft:
    """保存する前に見る選考：基準、待機の人数（None なら残りすべて）、手で動かすこと。"""

    criteria: tuple[Criterion, ...]
    waiting: int | None = None
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True)
class SelectionRow:
    """選考の一人。place は一列の順（選考外に出した人も後に続く）、reasons は基準ごとの文。

    outcome は今の案の結果、computed は計算のままの結果、decided は決定した結果の言葉（まだなら空）。
    """

    application_id: int
    reception_number: int
    name: str
    reading: str
    affiliation: str
    prefecture: str
    place: int
    computed_place: int
    outcome: Outcome
    computed: Outcome
    departs: bool
    reasons: tuple[str, ...]
    decisive: str
    moved: str
    decided: str
    decided_reason: str

    @property
    def reception(self) -> str:
        """4桁の受付番号。"""
        return f"{self.reception_number:04d}"

    @property
    def about(self) -> str:
        """所属機関と都道府県。"""
        return "　".join(x for x in (self.affiliation, self.prefecture) if x)

    @property
    def words(self) -> str:
        """なぜその順かの文。"""
        found = ["／".join(self.reasons)]
        if self.decisive:
            found.append(f"一つ上の人の後になった基準：{self.decisive}")
        if self.moved:
            found.append(
                f"手で動かした（計算では{self.computed_place}番目・{self.computed.words}）：{self.moved}"
            )
        elif self.departs:
            found.append(f"ほかの人を動かしたため、計算の「{self.computed.words}」から変わった")
        return "\n".join(found)


@dataclass(frozen=True)
class NextUp:
    """繰上げの次の人。"""

    application_id: int
    name: str
    rank: int


@dataclass(frozen=True)
class SelectionState:
    """研修期の選考の数。

    eligible は受講資格ありと決定した（辞退を除く）人、selected はそのうち選ばれている人。
    next_up は待機の一番上の人、unranked は選考の後に資格ありとなった人の申込の id。
    """

    title: str
    training_starts_on: date
    capacity: int
    eligible: int
    made: bool
    selected: int
    next_up: NextUp | None
    unranked: tuple[int, ...]

    @property
    def over(self) -> int:
        """資格ありの人が定員を超える数（超えなければ 0）。"""
        return max(0, self.eligible - self.capacity)

    @property
    def needed(self) -> bool:
        """選考が要るのに、まだ決定していないか。"""
        return self.over > 0 and not self.made

    @property
    def free(self) -> int:
        """空いている席（選ばれた人が定員より多ければ負）。"""
        return self.capacity - self.selected

    @property
    def words(self) -> str:
        """数の文。"""
        found = f"定員{self.capacity}名　資格あり{self.eligible}名"
        if self.made:
            return f"{found}　選ばれた人{self.selected}名"
        return f"{found}（{self.over}名超過）" if self.over else f"{found}（定員の内）"


@dataclass(frozen=True)
class SelectionView:
    """選考の画面のすべて。plan は保存した定め、digest は決定で見せ合う案の要約値。"""

    state: SelectionState
    plan: Plan
    saved: bool
    rows: tuple[SelectionRow, ...]
    warnings: tuple[str, ...]
    departs: bool
    changes: int
    displaced: int
    digest: str


@dataclass(frozen=True)
class SelectionResult:
    """選考を決定した結果の人数。changed は前の決定から変わった人。"""

    selected: int
    waiting: int
    not_selected: int
    changed: int

    @property
    def words(self) -> str:
        """知らせの文。"""
        if not self.waiting and not self.not_selected:
            return f"資格ありの人は定員の内です。{self.selected}名全員の受講を決定しました。"
        return f"選考を決定しました：選ばれた人{self.selected}名、待機{self.waiting}名、選考外{self.not_selected}名"
