"""左の一覧：受験者の得点と合否、試しの合否。"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget

from app.services.views.scoring import RuleChange, RulePreview, ScoreRow, ScoresView
from ui.rooms.scoring.changes import PASS_TONES, PASSED, changes_table, movers_first
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.tokens import Tone
from ui.widgets.room import Filter, ListPane

CHANGED = "changed"
GROUPS = ("A", "B", "C", "D", "E")
_FILTERS: dict[str, tuple[str, Callable[[ScoreRow], bool]]] = {
    "all": ("すべて", lambda r: True),
    "passed": ("合格", lambda r: r.passed is True),
    "failed": ("不合格", lambda r: r.passed is False and r.total is not None),
    "none": ("得点なし", lambda r: r.total is None),
}


def state_words(row: ScoreRow) -> str:
    """一人の合否の言葉。合格に加えた人は、そう言う。"""
    return "合格（追加）" if row.added else row.outcome_words or PASSED[row.passed]


def state_tone(row: ScoreRow) -> Tone:
    """合否の札の調子。"""
    return Tone.MUTED if row.outcome_words else PASS_TONES[row.passed]


def _group_column(group: str) -> Column:
    return Column(group, lambda r: dict(r.groups).get(group), Kind.NUMBER, 36, drop=2)


class PeopleList(QObject):
    """一覧の囲みに、絞り込みと表を置く。chosen は選ばれた人（なければ None）を送る。

    試しで変わる人が出れば「変わる人」の札に移り、前後を見せる。変わる人がいなくなれば元に戻る。
    """

    chosen = Signal(object)

    def __init__(self, pane: ListPane, choose_import: Callable[[], None]) -> None:
        super().__init__(pane)
        self._pane, self._choose_import = pane, choose_import
        self._rows: tuple[ScoreRow, ...] = ()
        self._tried: dict[int, bool | None] = {}
        self.model = RowsModel(
            (
                Column("受付", lambda r: r.reception, Kind.TEXT, 50, drop=3),
                Column("氏名", lambda r: r.name, Kind.NAME, 200, second=lambda r: r.reading, least=150),
                Column("合計", lambda r: r.total, Kind.NUMBER, 46),
                *(_group_column(g) for g in GROUPS),
                Column("合否", state_words, Kind.CHIP, 68, tone=state_tone),
                Column("試し", self._trial_words, Kind.CHIP, 68, tone=self._trial_tone, drop=1),
            ),
            key=lambda r: r.application_id,
        )
        self.table = RowsView(self.model)
        self.table.setAccessibleName("受験者の得点")
        self.table.row_chosen.connect(self.chosen)
        self.changes, self.changes_table = changes_table()
        self.changes_table.row_chosen.connect(self._change_chosen)
        self._tables = QStackedWidget()
        for one in (self.table, self.changes_table):
            self._tables.addWidget(one)
        pane.set_content(self._tables)
        pane.filters.changed.connect(lambda _key: self._show_rows())

    def show_test(self, view: ScoresView) -> None:
        """テストの得点を出す。"""
        self._rows = view.rows
        self._show_rows()

    def clear(self) -> None:
        """テストがないとき。"""
        self._rows = ()
        self._pane.set_filters([])
        self.model.set_rows(())

    def show_trial(self, result: RulePreview | None) -> None:
        """試しの合否を添え、変わる人を札にする。試している間（None）は、変わる人の表を前のまま残す。"""
        self._tried = {} if result is None else {r.application_id: r.passed for r in result.rows}
        if result is not None:
            self._show_changes(result.changes)
        self.table.viewport().update()

    def clear_trial(self) -> None:
        """試しが断られたとき。"""
        self._tried = {}
        self._show_changes(())

    def _show_changes(self, changes: Sequence[RuleChange]) -> None:
        first, filters = not self.changes.rows, self._pane.filters
        was = filters.current
        self.changes.set_rows(movers_first(changes))
        self._set_filters()
        if changes and first:
            filters.choose(CHANGED)
        elif filters.current != was:
            self._show_rows()

    def _set_filters(self) -> None:
        shown = [Filter(key, words, sum(map(test, self._rows))) for key, (words, test) in _FILTERS.items()]
        if self.changes.rows:
            shown.append(Filter(CHANGED, "変わる人", len(self.changes.rows)))
        self._pane.set_filters(shown)

    def _show_rows(self) -> None:
        self._set_filters()
        current = self._pane.filters.current or "all"
        self._tables.setCurrentWidget(self.changes_table if current == CHANGED else self.table)
        if current == CHANGED:
            self.model.set_rows(self._rows)
            self._pane.show_content()
            return
        _, wanted = _FILTERS[current]
        shown = [r for r in self._rows if wanted(r)]
        self.model.set_rows(shown)
        if not shown:
            self._show_empty()
            return
        self._pane.show_content()
        if self.table.chosen() is None:
            self.table.selectRow(0)
        else:
            self.chosen.emit(self.table.chosen())

    def _change_chosen(self, change: RuleChange | None) -> None:
        found = None if change is None else change.application_id
        self.chosen.emit(next((r for r in self._rows if r.application_id == found), None))

    def _show_empty(self) -> None:
        if self._rows:
            self._pane.show_empty("この絞り込みに当たる人はいません。")
        else:
            words = "答案がまだありません。答案の様式をここに落とすか、取り込んでください。"
            self._pane.show_empty(words, "答案を取り込む…", self._choose_import)
        self.chosen.emit(None)

    def _trial_words(self, row: ScoreRow) -> str:
        if row.application_id not in self._tried or row.total is None:
            return ""
        return PASSED[self._tried[row.application_id]]

    def _trial_tone(self, row: ScoreRow) -> Tone:
        return PASS_TONES[self._tried.get(row.application_id)]
