"""申込の窓の表：在職期間・国家資格・裁判。言葉と列は申込様式と同じで、様式から写して貼れる。"""

from collections.abc import Mapping, Sequence
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.calendar import parse_date, wareki_short
from app.domain.errors import InputRefused
from app.services.intake.form import (
    COUNTERS,
    EVIDENCE,
    LAW_WORDS,
    PENALTY_WORDS,
    QUALIFICATIONS,
    STANDARDS,
    SUSPENSIONS,
    ConvictionForm,
    EmploymentForm,
    QualificationForm,
)
from ui.tables.grid import EditGrid, GridColumn
from ui.theme import tokens as t
from ui.theme.style import current_look
from ui.widgets.cards import button


def _day_error(text: str) -> str:
    """日付の欄の誤りの文。空は誤りでない。"""
    try:
        parse_date(text or "R8.3.31")
    except InputRefused as refusal:
        return str(refusal)
    return ""


def _count_error(text: str) -> str:
    return "" if not text or text.isdecimal() else "0以上の整数（日）で入れてください。"


def _day(text: str) -> date | None:
    return parse_date(text).date if text else None


def _sure_day(text: str) -> date:
    return parse_date(text).date


def _count(text: str) -> int | None:
    return int(text) if text else None


def _text(value: date | int | None) -> str:
    """表に入れる字。日付は短い和暦。"""
    if value is None:
        return ""
    return wareki_short(value) if isinstance(value, date) else str(value)


def _word(words: Mapping[str, object], code: object) -> str:
    """符号の言葉（なければ空）。"""
    return next((word for word, value in words.items() if value == code), "")


def _choices(words: Sequence[str]) -> tuple[str, ...]:
    # 打ち始める前の行を誤りとしないように、空も選べる。要る欄の空は problem が言う
    return ("", *words)


class GridField(QWidget):
    """打ち込む表と、行を足す・除くボタン。needed は、行があれば空にできない列、add は足すボタンの言葉。"""

    def __init__(self, columns: Sequence[GridColumn], needed: Sequence[str], name: str, add: str) -> None:
        super().__init__()
        px = current_look().px
        self.grid = EditGrid(columns, f"{name}の表")
        self.grid.setMinimumHeight(px(126))
        self._needed = [i for i, c in enumerate(columns) if c.title in needed]
        self.add_button = button(add, "small", self.add)
        self.remove_button = button("選んだ行を除く", "small", self.grid.remove_current)
        buttons = QHBoxLayout()
        buttons.addWidget(self.add_button)
        buttons.addWidget(self.remove_button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(t.GAP_1))
        column.addWidget(self.grid)
        column.addLayout(buttons)
        self.setFocusProxy(self.grid)
        self.setAccessibleName(name)

    def add(self) -> None:
        """空の行を足して、そこに移る。"""
        self.grid.add_row()
        self.grid.setCurrentCell(self.grid.rowCount() - 1, 0)
        self.grid.setFocus()

    def rows(self) -> list[list[str]]:
        """何か書かれた行。"""
        return [row for row in self.grid.values() if any(row)]

    def ids(self) -> list[int | None]:
        """何か書かれた行の、記録の番号（新しい行は None）。"""
        return [self._id(place) for place, row in enumerate(self.grid.values()) if any(row)]

    def _id(self, place: int) -> int | None:
        item = self.grid.item(place, 0)
        found = None if item is None else item.data(Qt.ItemDataRole.UserRole)
        return None if found is None else int(found)

    def fill(self, rows: Sequence[tuple[int | None, Sequence[str]]]) -> None:
        """記録の（番号, 字）の行で満たす。番号は行と共に動き、除けば消える。"""
        self.grid.set_values([texts for _, texts in rows])
        for place, (row_id, _) in enumerate(rows):
            item = self.grid.item(place, 0)
            if item is not None:
                item.setData(Qt.ItemDataRole.UserRole, row_id)

    @property
    def problem(self) -> str:
        """最初の誤りの文（読めない字、次に、要る欄の空）。なければ空。"""
        if self.grid.problem:
            return self.grid.problem
        for place, row in enumerate(self.grid.values()):
            for column in self._needed:
                if any(row) and not row[column]:
                    title = self.grid.columns[column].title
                    return f"{place + 1}行目「{title}」：空です。入れるか、行を除いてください。"
        return ""


class EmploymentsField(GridField):
    """在職期間の表。"""

    def __init__(self) -> None:
        columns = (
            GridColumn("窓口名", 190),
            GridColumn("種別", 140, choices=_choices(tuple(COUNTERS))),
            GridColumn("窓口の要件", 92, choices=_choices(tuple(STANDARDS))),
            GridColumn("開始日", 96, _day_error),
            GridColumn("終了日", 96, _day_error),
            GridColumn("従業日数", 76, _count_error),
            GridColumn("対象期間内", 84, _count_error),
            GridColumn("相談対応", 76, choices=("", "はい", "いいえ")),
            GridColumn("委託元", 140),
        )
        super().__init__(columns, ("種別", "開始日"), "在職期間", "在職を足す")
        self._shown: dict[int | None, EmploymentForm] = {}

    def show_rows(self, employments: Sequence[EmploymentForm]) -> None:
        """記録の在職で満たす。"""
        self._shown = {e.id: e for e in employments}
        self.fill(
            [
                (
                    e.id,
                    (
                        e.counter_name,
                        _word(COUNTERS, e.counter),
                        _word(STANDARDS, e.counter_standard),
                        _text(e.started_on),
                        _text(e.ended_on),
                        _text(e.workdays),
                        _text(e.workdays_in_window),
                        "はい" if e.consultation else "いいえ",
                        e.commissioner or "",
                    ),
                )
                for e in employments
            ]
        )

    def _kept(self, row_id: int | None, name: str, text: str) -> str:
        """表は前後の空白を見せないので、直していない字は記録のままとする。"""
        old = str(getattr(self._shown.get(row_id), name, None) or "")
        return old if old.strip() == text else text

    def forms(self) -> tuple[EmploymentForm, ...]:
        """在職の並び。problem が空のときだけ呼ぶ。"""
        return tuple(
            EmploymentForm(
                COUNTERS[kind],
                _sure_day(start),
                _day(end),
                self._kept(row_id, "counter_name", name),
                STANDARDS[standard or "未確認"],
                consulted != "いいえ",
                _count(days),
                _count(inside),
                self._kept(row_id, "commissioner", commissioner) or None,
                id=row_id,
            )
            for row_id, (name, kind, standard, start, end, days, inside, consulted, commissioner) in zip(
                self.ids(), self.rows(), strict=True
            )
        )


class QualificationsField(GridField):
    """国家資格の表。"""

    def __init__(self) -> None:
        columns = (
            GridColumn("資格", 230, choices=_choices(tuple(QUALIFICATIONS))),
            GridColumn("級", 60, choices=("", "1", "2", "3")),
            GridColumn("登録日", 130, _day_error),
            GridColumn("失効日", 130, _day_error),
            GridColumn("写しの確認", 100, choices=_choices(tuple(EVIDENCE))),
        )
        super().__init__(columns, ("資格", "登録日"), "国家資格", "資格を足す")

    def show_rows(self, qualifications: Sequence[QualificationForm]) -> None:
        """記録の資格で満たす。"""
        self.fill(
            [
                (
                    q.id,
                    (
                        _word(QUALIFICATIONS, q.kind),
                        _text(q.grade),
                        _text(q.registered_on),
                        _text(q.lapsed_on),
                        _word(EVIDENCE, q.evidence),
                    ),
                )
                for q in qualifications
            ]
        )

    def forms(self) -> tuple[QualificationForm, ...]:
        """資格の並び。problem が空のときだけ呼ぶ。"""
        return tuple(
            QualificationForm(
                QUALIFICATIONS[kind],
                _sure_day(registered),
                _count(grade),
                _day(lapsed),
                bool(EVIDENCE[evidence or "未確認"]),
                id=row_id,
            )
            for row_id, (kind, grade, registered, lapsed, evidence) in zip(
                self.ids(), self.rows(), strict=True
            )
        )


class ConvictionsField(GridField):
    """本人の申告による有罪の裁判の表。"""

    def __init__(self) -> None:
        columns = (
            GridColumn("罪の区分", 110, choices=_choices(tuple(LAW_WORDS))),
            GridColumn("刑", 110, choices=_choices(tuple(PENALTY_WORDS))),
            GridColumn("確定日", 110, _day_error),
            GridColumn("執行終了日", 110, _day_error),
            GridColumn("執行免除日", 110, _day_error),
            GridColumn("猶予", 70, choices=_choices(tuple(SUSPENSIONS))),
            GridColumn("猶予満了日", 110, _day_error),
            GridColumn("猶予の取消し", 100, choices=("", "はい", "いいえ")),
        )
        super().__init__(columns, ("罪の区分", "刑"), "裁判", "裁判を足す")

    def show_rows(self, convictions: Sequence[ConvictionForm]) -> None:
        """申告の裁判で満たす。"""
        self.fill(
            [
                (
                    c.id,
                    (
                        _word(LAW_WORDS, c.law),
                        _word(PENALTY_WORDS, c.penalty),
                        _text(c.finalized_on),
                        _text(c.execution_ended_on),
                        _text(c.execution_ceased_on),
                        _word(SUSPENSIONS, c.suspension_kind),
                        _text(c.suspension_ends_on),
                        "はい" if c.suspension_revoked else "",
                    ),
                )
                for c in convictions
            ]
        )

    def forms(self) -> tuple[ConvictionForm, ...]:
        """裁判の並び。problem が空のときだけ呼ぶ。"""
        return tuple(
            ConvictionForm(
                LAW_WORDS[law],
                PENALTY_WORDS[penalty],
                _day(finalized),
                _day(ended),
                _day(ceased),
                SUSPENSIONS.get(suspension),
                _day(suspended_to),
                revoked == "はい",
                id=row_id,
            )
            for row_id, (law, penalty, finalized, ended, ceased, suspension, suspended_to, revoked) in zip(
                self.ids(), self.rows(), strict=True
            )
        )
