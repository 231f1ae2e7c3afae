"""進捗の盤の升と絞り込み：関門ごとの状態を、色に頼らず言葉で言う。"""

from collections.abc import Callable
from dataclasses import dataclass

from app.services.views.progress import STAGE_WORDS, BoardRow

NEAR_DAYS = 14
GATES = ("養成課程①", "実践", "養成課程②", "修了認定テスト")
# 状態の並び：手を打つことのあるものを先に並べる
OVERDUE, NEAR, WAITING, OPEN, DONE, SHUT, WITHDRAWN = range(7)


@dataclass(frozen=True)
class GateCell:
    """盤の升一つ。state は並びの値（OVERDUE など）、words は札の言葉、order は並べるための値。"""

    state: int
    words: str
    order: int = 0


_SHUT = GateCell(SHUT, "未開始")
_GONE = GateCell(WITHDRAWN, "辞退")


def days_words(days: int) -> str:
    """期限までの日数の言葉。"""
    if days < 0:
        return f"超過{-days}日"
    return f"あと{days}日" if days else "今日まで"


def _course1(row: BoardRow) -> GateCell:
    if row.course1 == "passed":
        return GateCell(DONE, "合格")
    passed = sum(c.passed for c in row.tests.values())
    if row.quizzes_passed:
        return GateCell(WAITING, "総合待ち", 6 - passed)
    return GateCell(OPEN, f"{passed}/6", 6 - passed)


def _practice(row: BoardRow) -> GateCell:
    if row.practice == "shut" and row.missed_due is None:
        return _SHUT
    if row.practice == "completed":
        return GateCell(DONE, "修了")
    if row.missed_due is not None:
        days = (row.missed_due - row.today).days
        # 辞退の確認を待つ人を、まだ実践に進んでいない人より先に並べる
        return GateCell(OVERDUE, days_words(days), days + (10_000 if row.practice == "shut" else 0))
    if row.next_due is None:
        return GateCell(OPEN, "期限未定", 9999)
    days = (row.next_due - row.today).days
    return GateCell(NEAR if days <= NEAR_DAYS else OPEN, days_words(days), days)


def _course2(row: BoardRow) -> GateCell:
    if row.course2 == "shut":
        return _SHUT
    if row.course2 == "completed":
        return GateCell(DONE, "修了")
    return GateCell(OPEN, f"出席{row.sessions_attended}/{row.sessions_total}", -row.sessions_attended)


def _test(row: BoardRow) -> GateCell:
    words = {"shut": _SHUT, "open": GateCell(WAITING, "受験待ち"), "taken": GateCell(DONE, "受験済み")}
    return words[row.certification_test]


def gate_cells(row: BoardRow) -> tuple[GateCell, GateCell, GateCell, GateCell]:
    """四つの関門の升。辞退した人は、終えていない関門をすべて辞退とする。"""
    cells = _course1(row), _practice(row), _course2(row), _test(row)
    if not row.withdrawn:
        return cells
    first, second, third, fourth = (c if c.state == DONE else _GONE for c in cells)
    return first, second, third, fourth


def is_near(row: BoardRow) -> bool:
    """次の提出の期限が NEAR_DAYS 日以内に来る（当日を含む）か。"""
    return not row.withdrawn and _practice(row).state == NEAR


def waits_roll(row: BoardRow, session: int) -> bool:
    """養成課程②にいて、session 番目（0 から）の集合研修の出欠がまだ記されていないか。"""
    return not row.withdrawn and row.course2 != "shut" and session in row.unrecorded_sessions


def is_overdue(row: BoardRow) -> bool:
    """期限を過ぎた提出物があるか。養成課程①を終えないまま過ぎた人も含む。"""
    return not row.withdrawn and row.missed_due is not None


def waits_comprehensive(row: BoardRow) -> bool:
    """五つの小テストに合格し、総合確認テストだけが残っているか。"""
    return not row.withdrawn and row.quizzes_passed and row.course1 != "passed"


_SPECIAL: dict[str, tuple[str, Callable[[BoardRow], bool]]] = {
    "withdrawal_due": ("辞退の確認待ち", lambda r: r.withdrawal_due),
    "overdue": ("期限超過", is_overdue),
    "near": ("期限が近い", is_near),
    "comprehensive": ("総合確認テスト待ち", waits_comprehensive),
}
FILTERS: dict[str, str] = {
    "all": "すべて",
    **{key: words for key, (words, _) in _SPECIAL.items()},
    **{key: words for key, words in STAGE_WORDS.items() if key not in _SPECIAL},
}


def matches(row: BoardRow, key: str) -> bool:
    """絞り込み key に当たるか。key は FILTERS の鍵（空はすべて）。"""
    if key in ("", "all"):
        return True
    return _SPECIAL[key][1](row) if key in _SPECIAL else row.stage == key


def counts(rows: tuple[BoardRow, ...]) -> dict[str, int]:
    """絞り込みごとの人数。"""
    found = dict.fromkeys(FILTERS, 0)
    found["all"] = len(rows)
    for row in rows:
        stage = row.stage
        if stage not in _SPECIAL:
            found[stage] += 1
        for key, (_, fits) in _SPECIAL.items():
            found[key] += fits(row)
    return found
