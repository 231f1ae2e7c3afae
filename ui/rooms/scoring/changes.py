"""変わる人：合格基準や設問の扱いを変えたときに、点・満点・合否のどれかが変わる人の表。"""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.services.views.scoring import RuleChange
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme import tokens as t
from ui.theme.style import current_look, show_if
from ui.theme.tokens import Tone
from ui.widgets.cards import label

PASSED = {True: "合格", False: "不合格", None: "未判定"}
PASS_TONES = {True: Tone.OK, False: Tone.BAD, None: Tone.MUTED}
_SHOWN = 2


def move_words(row: RuleChange) -> str:
    """合否の動きの言葉。"""
    if row.before_passed in (None, row.after_passed):
        return "点のみ"
    return "合格へ" if row.after_passed else "不合格へ"


def move_tone(row: RuleChange) -> Tone:
    """動きの札の調子。"""
    return {"合格へ": Tone.OK, "不合格へ": Tone.BAD}.get(move_words(row), Tone.MUTED)


def points_words(total: int, full: int) -> str:
    """「51/80」の形の点と満点。"""
    return f"{total}/{full}"


_ORDER = {"不合格へ": 0, "合格へ": 1, "点のみ": 2}
COLUMNS = (
    Column("受付", lambda r: f"{r.reception_number:04d}", Kind.TEXT, 52, drop=2),
    Column("氏名", lambda r: r.name, Kind.TEXT, 150, least=96),
    Column(
        "前",
        lambda r: points_words(r.before_total, r.before_full),
        Kind.NUMBER,
        66,
        sort=lambda r: r.before_total,
    ),
    Column(
        "後",
        lambda r: points_words(r.after_total, r.after_full),
        Kind.NUMBER,
        66,
        sort=lambda r: r.after_total,
    ),
    Column("合格点", lambda r: r.after_needed, Kind.NUMBER, 58, drop=1),
    Column("合否", move_words, Kind.CHIP, 84, tone=move_tone, sort=lambda r: _ORDER[move_words(r)]),
)


def moved(changes: Sequence[RuleChange]) -> tuple[list[RuleChange], list[RuleChange]]:
    """合格になる人と、不合格になる人。"""
    return (
        [c for c in changes if move_words(c) == "合格へ"],
        [c for c in changes if move_words(c) == "不合格へ"],
    )


def movers_first(changes: Sequence[RuleChange]) -> list[RuleChange]:
    """合否の動く人を先に置く（同じなら受付番号の順のまま）。"""
    return sorted(changes, key=lambda c: _ORDER[move_words(c)])


def names_words(people: Sequence[RuleChange], most: int = 6) -> str:
    """氏名の並び（多ければ「ほか」）。"""
    names = "、".join(c.name for c in people[:most])
    return f"{names}（ほか{len(people) - most}名）" if len(people) > most else names


def scaling_words(changes: Sequence[RuleChange]) -> str:
    """満点の減った人の合格点の計算。同じ計算は一度だけ書く。縮めた人がいなければ空。"""
    found = list(dict.fromkeys(c.scaling for c in changes if c.scaling))
    if not found:
        return ""
    rest = f"（ほか{len(found) - _SHOWN}通り）" if len(found) > _SHOWN else ""
    return "除外で満点の減った人の合格点（端数は切り上げ）：" + "、".join(found[:_SHOWN]) + rest


def changes_table(parent: QWidget | None = None) -> tuple[RowsModel, RowsView]:
    """変わる人の表。"""
    model = RowsModel(COLUMNS, key=lambda r: r.application_id)
    table = RowsView(model, stretch=1, parent=parent)
    table.setAccessibleName("点か合否の変わる人")
    return model, table


class ChangesWords(QWidget):
    """変わる人の数と、満点の減った人の合格点の計算。"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.summary, self.scaling = label("", wrap=True), label("", "caption", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current_look().px(t.GAP_1))
        column.addWidget(self.summary)
        column.addWidget(self.scaling)
        self.show_changes(())

    def show_changes(self, changes: Sequence[RuleChange], none: str = "") -> None:
        """数と計算を出す。none は一人もいないときの言葉。"""
        up, down = moved(changes)
        words = f"点か合否の変わる人{len(changes)}名（合格になる{len(up)}名、不合格になる{len(down)}名）"
        self.summary.setText(words if changes else none)
        show_if(self.summary, bool(changes or none))
        self.scaling.setText(scaling_words(changes))
        show_if(self.scaling, bool(self.scaling.text()))
