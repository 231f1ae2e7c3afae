"""研修の進捗：人 × 関門の盤と、一人の関門・受験・提出物・出欠。"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from app.domain.calendar import wareki_short
from app.services import progress
from app.services.import_jobs import results_job
from app.services.views.board import FILTERS, counts, matches
from app.services.views.progress import BoardRow, BoardView, CourseView
from ui.rooms.context import RoomContext
from ui.rooms.importing import choose_workbook, import_workbook
from ui.rooms.progress.acts import CourseActs, Told
from ui.rooms.progress.board import MARKS_LEGEND, STAGE_TONES, board_model
from ui.rooms.progress.page import CourseDialog
from ui.rooms.progress.papers import TrainingPapersDialog
from ui.rooms.progress.record import CoursePane
from ui.rooms.progress.roll import AttendanceDialog
from ui.rooms.progress.settings import RulesDialog, ScheduleDialog
from ui.tables.view import RowsView
from ui.theme.tokens import Tone
from ui.widgets.room import Filter, SplitRoomPage
from ui.widgets.saving import SavingDialog


def waiting(context: RoomContext) -> tuple[int, bool]:
    """辞退扱いの確認を待つ人の数。期限を過ぎているので、あれば急ぐ。"""
    if context.cohort_id is None:
        return 0, False
    count = len(progress.board(context.office, context.cohort_id).waiting)
    return count, count > 0


class ProgressRoom(SplitRoomPage):
    """いま誰がどこに居て、何を待っているかを見て、結果を記す。"""

    def __init__(self, context: RoomContext) -> None:
        super().__init__("研修の進捗", widths=(764, 380))
        self._context = context
        self._board: BoardView | None = None
        self._view: CourseView | None = None
        self.model = board_model()
        self.table = RowsView(self.model)
        self.table.setAccessibleName("進捗の盤")
        self.table.setToolTip(f"Enter で一人の頁を開きます。テストの印：{MARKS_LEGEND}、×＝合格点に届かない")
        self.table.row_chosen.connect(self._choose)
        self.table.opened.connect(lambda _row: self.open_page())
        self.list_pane.set_content(self.table)
        self.list_pane.filters.changed.connect(lambda _key: self._show_rows())
        self.acts = CourseActs(self, context, self._told, self._refused)
        self.pane = CoursePane(self.acts, self.record_attendance)
        for card in self.pane.cards:
            self.record.content.addWidget(card)
        self.template_button = self.add_button("成績の様式を書き出す…", self.write_template)
        self.import_button = self.add_button("成績を取り込む…", self.choose_import)
        self.papers_button = self.add_button("名簿・名札…", self.print_papers)
        self.rules_button = self.add_button("決まり…", self.edit_rules)
        self.schedule_button = self.add_button("日程…", self.edit_schedule)
        self._needing_cohort = (
            self.template_button,
            self.import_button,
            self.papers_button,
            self.rules_button,
            self.schedule_button,
        )
        self.withdraw_button = self.actions_bar.add_danger("辞退扱いを確認…", self.acts.confirm_withdrawal)
        self.back_button = self.actions_bar.add_danger("辞退扱いを取り消す…", self.acts.take_back)
        self.page_button = self.actions_bar.add("一人の頁…", self.open_page)
        self._next: Callable[[], None] = self.acts.record_attempt
        self.next_button = self.actions_bar.set_main("受験を記録…", lambda: self._next())
        self.refresh()

    def refresh(self) -> None:
        """いまの記録から書き直す。選びは保つ。"""
        cohort_id, office = self._context.cohort_id, self._context.office
        self._board = None if cohort_id is None else progress.board(office, cohort_id)
        rows = self._board.rows if self._board is not None else ()
        self.set_heading("研修の進捗", f"第5条　受講者{len(rows)}名")
        for one in self._needing_cohort:
            one.setEnabled(cohort_id is not None)
        found = counts(rows)
        self.list_pane.set_filters([Filter(key, words, found[key]) for key, words in FILTERS.items()])
        self._show_rows()

    def _show_rows(self) -> None:
        rows = self._board.rows if self._board is not None else ()
        key = self.list_pane.filters.current
        shown = [r for r in rows if matches(r, key)]
        self.model.set_rows(shown)
        if not shown:
            self.list_pane.show_empty(self._nothing(bool(rows)))
            self._choose(None)
            return
        self.list_pane.show_content()
        if self.table.chosen() is None:
            self.table.selectRow(0)
        else:
            self._choose(self.table.chosen())

    def _nothing(self, filtered: bool) -> str:
        if self._context.cohort_id is None:
            return "まず受付の部屋で研修期を作ってください。"
        if filtered:
            return "この絞り込みに当たる人はいません。"
        return "受講者がまだいません。受講資格の部屋で受講を決定すると、ここに並びます。"

    def open_target(self, target_id: int) -> None:
        """番号の申込を開く。"""
        self.list_pane.filters.choose("all")
        self.table.select_key(target_id)

    def _choose(self, row: BoardRow | None) -> None:
        if row is None:
            self._view = self.acts.view = None
            self.record.show_empty()
            return
        self._view = self.acts.view = progress.get_course(self._context.office, row.application_id)
        self._show(self._view)

    def _show(self, view: CourseView) -> None:
        row = view.row
        due = "" if row.next_due is None or row.withdrawn else f"　次の期限 {wareki_short(row.next_due)}"
        self.record.show_record(
            row.name, f"受付 {row.reception}{due}", row.stage_words, STAGE_TONES[row.stage]
        )
        self.pane.show(view)
        may = self._context.office.may
        self.withdraw_button.setVisible(row.withdrawal_due and may("progress.confirm_withdrawal"))
        self.back_button.setVisible(view.withdrawal_missed and may("progress.take_back_withdrawal"))
        self._set_next(row)

    def _set_next(self, row: BoardRow) -> None:
        """主な操作は、その人が居る所の次の記録にする。"""
        acts = self.acts
        words, action, ready = {
            "course1": ("受験を記録…", acts.record_attempt, True),
            "practice": ("提出を記録…", acts.record_report, row.reports_total > 0),
            "withdrawal_due": ("期限を延ばす…", acts.extend, True),
            "course2": ("出欠を記録…", self.record_attendance, row.sessions_total > 0),
        }.get(row.stage, ("", acts.record_attempt, False))
        self._next = action
        self.next_button.setText(words)
        self.next_button.setAccessibleName(words)
        self.next_button.setToolTip(f"{words}（Ctrl+Enter）")
        self.next_button.setVisible(bool(words))
        self.next_button.setEnabled(ready and acts.may)

    def _told(self, words: str) -> None:
        self.refresh()
        self.banner.show_message(words)

    def _refused(self, words: str) -> None:
        self.banner.show_message(words, Tone.BAD)

    def _open(self, dialog: SavingDialog, words: str, told: Told | None = None) -> None:
        def saved() -> None:
            self._context.changed()
            (told or self._told)(words)

        dialog.saved.connect(saved)
        dialog.open()

    def open_page(self) -> None:
        """選ばれた一人の頁を開く。"""
        if self._view is None:
            return
        one = self._view.row.application_id
        CourseDialog(self, self._context, one, self._attend, self.step, self._told).open()

    def step(self, by: int) -> int | None:
        """盤の並びで前か次の人を選び、その申込を返す。端ならなし。"""
        place = self.table.currentIndex().row() + by
        if not 0 <= place < len(self.model.rows):
            return None
        self.table.selectRow(place)
        return int(self.model.rows[place].application_id)

    def record_attendance(self) -> None:
        """出欠を記す窓を開く。"""
        self._attend(self, self._told)

    def _attend(self, owner: QWidget, told: Told) -> None:
        if self._board is not None and self._board.sessions:
            chosen = None if self._view is None else self._view.row.application_id
            dialog = AttendanceDialog(owner, self._context.office, self._board, chosen)
            self._open(dialog, "出欠を記録しました。", told)

    def print_papers(self) -> None:
        """集合研修の名簿と名札の窓を開く。"""
        if self._board is None or not self._board.sessions:
            self.banner.show_message(
                "集合研修の日がまだ定められていません。［日程…］で定めてください。", Tone.WARN
            )
            return
        TrainingPapersDialog(self, self._context, self._board, self.banner.show_message).open()

    def edit_schedule(self) -> None:
        """日程を定める窓を開く。"""
        if self._board is not None:
            self._open(ScheduleDialog(self, self._context, self._board), "日程を定めました。")

    def edit_rules(self) -> None:
        """決まりを改める窓を開く。"""
        if self._board is not None:
            self._open(RulesDialog(self, self._context, self._board), "研修の決まりを保存しました。")

    def write_template(self) -> None:
        """空の成績の様式を書き出す。"""

        def save(path: Path) -> None:
            self._context.attempt(
                self,
                lambda: progress.write_template(self._context.office, path),
                f"成績の様式を書きました：{path}",
            )

        self._context.save_path(self, "成績の様式を保存", "成績.xlsx", save)

    def choose_import(self) -> None:
        """取り込むファイルを選ぶ。"""
        choose_workbook(self, self._context, "成績", self.import_file)

    def import_file(self, path: Path) -> None:
        """取込の窓を開く（部屋に落とされたファイルもここへ来る）。"""
        if self._context.cohort_id is None:
            self.banner.show_message("先に研修期を作ってください。", Tone.BAD)
            return
        job = results_job(self._context.office, self._context.cohort_id)
        import_workbook(self, self._context, job, path, self.refresh)
