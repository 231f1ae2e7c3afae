"""進捗の盤の列：人 × 関門。どの札も、色に頼らず言葉で言う。"""

from app.services.progress.course import TEST_GROUPS
from app.services.views.board import (
    DONE,
    GATES,
    NEAR,
    OPEN,
    OVERDUE,
    SHUT,
    WAITING,
    WITHDRAWN,
    GateCell,
    gate_cells,
)
from app.services.views.progress import OUTCOME_MARKS, OUTCOME_WORDS, STAGE_WORDS, BoardRow
from ui.tables.model import Column, Kind, RowsModel
from ui.theme.tokens import Tone

STAGE_TONES = {
    "course1": Tone.ACCENT,
    "practice": Tone.ACCENT,
    "withdrawal_due": Tone.BAD,
    "course2": Tone.ACCENT,
    "test": Tone.WARN,
    "taken": Tone.OK,
    "withdrawn": Tone.MUTED,
}
CELL_TONES = {
    OVERDUE: Tone.BAD,
    NEAR: Tone.WARN,
    WAITING: Tone.WARN,
    OPEN: Tone.ACCENT,
    DONE: Tone.OK,
    SHUT: Tone.MUTED,
    WITHDRAWN: Tone.MUTED,
}
_SHORT = {"修了認定テスト": "認定テスト"}
MARKS_LEGEND = "、".join(f"{mark}＝{OUTCOME_WORDS[key]}" for key, mark in OUTCOME_MARKS.items())


def test_mark(row: BoardRow, group: str) -> str:
    """テストの升の短い字：点（合格点に届かなければ×）か、欠・無・免・未。受けていなければ「・」。"""
    cell = row.tests.get(group)
    if cell is None:
        return "・"
    if cell.points is None:
        return OUTCOME_MARKS[cell.outcome]
    return str(cell.points) if cell.passed else f"{cell.points}×"


def _test_words(row: BoardRow, group: str) -> str:
    cell = row.tests.get(group)
    if cell is None:
        return "まだ受けていません"
    result = f"{cell.points}点" if cell.points is not None else OUTCOME_WORDS[cell.outcome]
    passed = "合格" if cell.passed else "合格していません"
    return f"{result}　{passed}（{cell.attempts}回）"


def _test_tone(row: BoardRow, group: str) -> Tone:
    cell = row.tests.get(group)
    if cell is None or (cell.points is None and not cell.passed):
        return Tone.MUTED
    return Tone.OK if cell.passed else Tone.BAD


def _test_order(row: BoardRow, group: str) -> int | None:
    cell = row.tests.get(group)
    return None if cell is None or cell.points is None else cell.points


def _test_column(group: str) -> Column:
    return Column(
        group or "総合",
        lambda r: test_mark(r, group),
        Kind.CHIP,
        58,
        tone=lambda r: _test_tone(r, group),
        second=lambda r: _test_words(r, group),
        sort=lambda r: _test_order(r, group),
        drop=9,
    )


def left_words(row: BoardRow) -> str:
    """養成課程①で残っているテスト（小テストは科目群の字、短い字を添える）。合格していれば空。"""
    if row.course1 == "passed":
        return ""
    left = [g for g in TEST_GROUPS if g not in row.tests or not row.tests[g].passed]
    return " ".join(f"{g or '総合'}{test_mark(row, g) if g in row.tests else ''}" for g in left)


def _gate_column(place: int) -> Column:
    def cell(row: BoardRow) -> GateCell:
        return gate_cells(row)[place]

    return Column(
        _SHORT.get(GATES[place], GATES[place]),
        lambda r: cell(r).words,
        Kind.CHIP,
        92,
        tone=lambda r: CELL_TONES[cell(r).state],
        second=lambda r: r.gates[place],
        sort=lambda r: (cell(r).state, cell(r).order),
        least=84,
        drop=2,
    )


def board_model() -> RowsModel:
    """人 × 関門の盤。広ければ、テストの点も並ぶ。"""
    stages = list(STAGE_WORDS)
    return RowsModel(
        (
            Column("受付", lambda r: r.reception, Kind.TEXT, 50, drop=4),
            Column("氏名", lambda r: r.name, Kind.NAME, 204, second=lambda r: r.reading, least=155),
            *(_gate_column(place) for place in range(len(GATES))),
            Column("次の期限", lambda r: None if r.withdrawn else r.next_due, Kind.DATE_SHORT, 74, drop=3),
            Column("残るテスト", left_words, Kind.TEXT, 132, least=90, drop=8),
            *(_test_column(group) for group in TEST_GROUPS),
            Column(
                "いまの所",
                lambda r: r.stage_words,
                Kind.CHIP,
                92,
                tone=lambda r: STAGE_TONES[r.stage],
                sort=lambda r: stages.index(r.stage),
                # いちばん狭い所では、関門の四列の代わりになる
                drop=1,
            ),
        ),
        key=lambda r: r.application_id,
    )
