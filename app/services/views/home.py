"""ホームへ渡すもの。"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Task:
    """今日の仕事の一つ。due が過ぎていれば overdue。"""

    due: date | None
    text: str
    who: str
    room: str
    room_title: str
    target_id: int | None
    overdue: bool


@dataclass(frozen=True)
class FunnelStep:
    """研修期の人数の一段。count が None はまだ始まっていない。"""

    title: str
    count: int | None


@dataclass(frozen=True)
class ExpiryWave:
    """同じ日に満了する認証の数と、更新した数。"""

    expires_on: date
    certified: int
    renewed: int


@dataclass(frozen=True)
class RecentAct:
    """最近の操作。"""

    at: str
    who: str
    summary: str
