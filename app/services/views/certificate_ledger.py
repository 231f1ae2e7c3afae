"""認定証の台帳の深いところを画面へ渡すもの：出来事・年表・用紙・印刷の仕事・位置合わせ・庁の番号。"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

EVENT_WORDS: Mapping[str, str] = {
    "posted": "発送",
    "returned_mail": "返送",
    "handed": "手渡し",
    "spoiled": "書損じ",
    "old_returned": "旧い認定証の返納",
    "old_missing": "旧い認定証なし",
}
SHEET_WORDS: Mapping[str, str] = {
    "unprinted": "未印刷",
    "unconfirmed": "未確認",
    "printed": "印刷済",
    "spoiled": "書損じ",
}
STOCK_WORDS: Mapping[str, str] = {
    "received": "受け入れ",
    "spoiled": "書損じ",
    "counted": "数え直し",
}


@dataclass(frozen=True)
class EventRow:
    """台帳の出来事一つ。undone は取り消したことの言葉（生きていれば空）。"""

    id: int
    certificate_id: int
    version: int
    kind: str
    happened_on: date
    words: str
    tracking_number: str
    recorded_by: str
    undone: str = ""

    @property
    def title(self) -> str:
        """出来事の言葉。"""
        return EVENT_WORDS[self.kind]


@dataclass(frozen=True)
class TimelineRow:
    """一つの認証の、認定証の年表の一行。"""

    day: date
    title: str
    detail: str
    version: int | None = None


@dataclass(frozen=True)
class StockLine:
    """用紙の出し入れ一つ。balance はその後の枚数。"""

    id: int
    happened_on: date
    change: int
    reason: str
    recorded_by: str
    balance: int


@dataclass(frozen=True)
class StockView:
    """用紙の残り。kept は数を付けているか、low は少ないとみなす枚数、lines は新しい順。"""

    total: int
    low: int
    lines: tuple[StockLine, ...]

    @property
    def kept(self) -> bool:
        """用紙の数を付け始めているか。"""
        return bool(self.lines)

    @property
    def warning(self) -> str:
        """少ないとき、または数が合わないときの文。なければ空。"""
        if not self.kept or self.total > self.low:
            return ""
        if self.total < 0:
            return f"用紙の数が合いません（帳簿では {self.total}枚）。数え直して記してください。"
        return f"用紙の残りが{self.total}枚です（{self.low}枚以下で知らせます）。"


@dataclass(frozen=True)
class SheetRow:
    """刷る紙の一枚。"""

    position: int
    certificate_id: int
    number: str
    name: str
    version: int
    state: str
    note: str = ""

    @property
    def words(self) -> str:
        """状態の言葉。"""
        return SHEET_WORDS[self.state]


@dataclass(frozen=True)
class RunView:
    """まとめて刷る一度の仕事。sheets は刷る順。"""

    id: int
    printer: str
    started_at: datetime
    started_by: str
    ended: bool
    sheets: tuple[SheetRow, ...]

    def of(self, *states: str) -> tuple[SheetRow, ...]:
        """その状態の紙（刷る順）。"""
        return tuple(s for s in self.sheets if s.state in states)

    @property
    def counts(self) -> str:
        """状態ごとの枚数の言葉（印刷済 3・未確認 2・未印刷 5）。"""
        order = ("printed", "unconfirmed", "unprinted", "spoiled")
        found = ((SHEET_WORDS[s], len(self.of(s))) for s in order)
        return "・".join(f"{words} {count}" for words, count in found if count)


@dataclass(frozen=True)
class Calibration:
    """印刷機の位置合わせ。ずれは 0.1 mm（右・下が正）、倍率は一万分の一。tested_on がなければ合わせていない。"""

    printer: str
    offset_x: int = 0
    offset_y: int = 0
    scale_x: int = 10_000
    scale_y: int = 10_000
    tray: str = ""
    tested_on: date | None = None
    set_by: str = ""


@dataclass(frozen=True)
class MissingGlyph:
    """刷れない字のまとまり。place は何文字目か、substitutes は代わりに刷れる字。"""

    place: int
    text: str
    codes: str
    about: str
    substitutes: tuple[str, ...]


@dataclass(frozen=True)
class GlyphCheck:
    """証書に刷る氏名の点検。picture は刷れない字を〓にして組んだ姿（PDF）。"""

    person_id: int
    name: str
    printed: str
    missing: tuple[MissingGlyph, ...]
    picture: bytes
