"""問題庫の画面へ渡すもの。"""

from dataclasses import dataclass
from datetime import date, datetime

from app.domain.abilities import ABILITIES
from app.domain.item_analysis import Figure

STATE_WORDS = {"draft": "草案", "review": "審査中", "approved": "承認", "retired": "廃止"}
ACTION_WORDS = {
    "submit": "審査に出す",
    "return": "差し戻す",
    "approve": "承認",
    "retire": "廃止",
    "remark": "意見",
}


@dataclass(frozen=True)
class BankForm:
    """問題に書くこと。key は正答の肢（記述では空）、choices は肢の名と文、author は作題者。"""

    code: str
    subject_group: str
    kind: str
    text: str
    points: int
    choices: tuple[tuple[str, str], ...] = ()
    key: tuple[str, ...] = ()
    ability: str | None = None
    author: str = ""


@dataclass(frozen=True)
class ReviewView:
    """審査の一つ。meeting は決めた会議の言葉（なければ空）。"""

    action: str
    remark: str
    by: str
    at: datetime
    meeting: str = ""


@dataclass(frozen=True)
class BankVersionView:
    """問題の一つの版。mine は、いまの人がこの版を書いたか（書いた人は承認も差戻しもできない）。"""

    id: int
    version: int
    state: str
    text: str
    choices: tuple[tuple[str, str], ...]
    key: tuple[str, ...]
    points: int
    made_by: str
    made_at: datetime
    mine: bool
    reviews: tuple[ReviewView, ...]


@dataclass(frozen=True)
class BankUse:
    """テストでの使われ方。n は答案の数、locked は確定したテストか。"""

    test_id: int
    title: str
    held_on: date
    number: int
    version: int
    locked: bool
    n: int
    correct_rate: Figure
    discrimination: Figure


@dataclass(frozen=True)
class BankQuestionView:
    """問題。versions は新しい順、uses は新しい順。"""

    id: int
    code: str
    subject_group: str
    ability: str | None
    kind: str
    author: str
    versions: tuple[BankVersionView, ...]
    uses: tuple[BankUse, ...]

    @property
    def newest(self) -> BankVersionView:
        """最も新しい版。"""
        return self.versions[0]

    @property
    def approved(self) -> BankVersionView | None:
        """テストに入れられる版（承認されているもの）。なければ空。"""
        return next((v for v in self.versions if v.state == "approved"), None)

    @property
    def ability_words(self) -> str:
        """能力の言葉。"""
        return "" if self.ability is None else ABILITIES[self.ability]

    @property
    def form(self) -> BankForm:
        """最も新しい版を直すときの書式。"""
        v = self.newest
        return BankForm(
            self.code,
            self.subject_group,
            self.kind,
            v.text,
            v.points,
            v.choices,
            v.key,
            self.ability,
            self.author,
        )
