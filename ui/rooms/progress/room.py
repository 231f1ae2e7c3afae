"""研修の進捗：全員の盤と、一人の関門・受験・提出物・出欠。"""

from collections.abc import Callable
from pathlib import Path

from app.domain.calendar import wareki_short
from app.services import progress
from app.services.course import TEST_GROUPS
from app.services.import_jobs import results_job
from app.services.views.progress import STAGE_WORDS, BoardRow, BoardView, CourseView
from ui.messages import confirm_dangerous
from ui.rooms.context import RoomContext
from ui.rooms.importing import choose_workbook, import_workbook
from ui.rooms.progress.dialogs import (
    AttemptDialog,
    AttendanceDialog,
    ExtendDialog,
    ReportDialog,
    ScheduleDialog,
)
from ui.rooms.progress.record import CoursePane
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.tokens import Tone
from ui.widgets.room import Filter, SplitRoomPage
from ui.widgets.saving import SavingDialog

STAGE_TONES = {
    "course1": Tone.ACCENT,
    "practice": Tone.ACCENT,
    "withdrawal_due": Tone.BAD,
    "course2": Tone.ACCENT,
    "test": Tone.WARN,
    "taken": Tone.OK,
    "withdrawn": Tone.MUTED,
}


def waiting(context: RoomContext) -> tuple[int, bool]:
    """辞退扱いの確認を待つ人の数。期限を過ぎているので、あれば急ぐ。"""
    if context.cohort_id is None:
        return 0, False
    count = len(progress.board(context.office, context.cohort_id).waiting)
    return count, count > 0


def _cell_words(row: BoardRow, group: str) -> str | None:
    cell = row.tests.get(group)
    if cell is None:
        return None
    # 合格点に達しない点は、色だけに頼らず印を付ける
    return f"{cell.words}×" if cell.points is not None and not cell.passed else cell.words


def _cell_tone(row: BoardRow, group: str) -> Tone:
    cell = row.tests.get(group)
    if cell is None or (cell.points is None and not cell.passed):
        return Tone.MUTED
    return Tone.OK if cell.passed else Tone.BAD


def _cell_order(row: BoardRow, group: str) -> int | None:
    cell = row.tests.get(group)
    return None if cell is None or cell.points is None else cell.points


def _test_column(group: str) -> Column:
    return Column(
        group or "総合",
        lambda r: _cell_words(r, group),
        Kind.CHIP,
        50,
        tone=lambda r: _cell_tone(r, group),
        sort=lambda r: _cell_order(r, group),
        drop=3,
    )


def _of(done: int, total: int) -> str:
    return f"{done}/{total}" if total else "—"


class ProgressRoom(SplitRoomPage):
    """いま誰がどこに居て、何を待っているかを見て、結果を記す。"""

    def __init__(self, context: RoomContext) -> None:
        super().__init__("研修の進捗", widths=(764, 380))
        self._context = context
        self._board: BoardView | None = None
        self._view: CourseView | None = None
        stages = list(STAGE_WORDS)
        self.model = RowsModel(
            (
                Column("受付", lambda r: r.reception, Kind.TEXT, 50, drop=1),
                Column("氏名", lambda r: r.name, Kind.NAME, 204, second=lambda r: r.reading),
                *(_test_column(g) for g in TEST_GROUPS),
                Column("報告", lambda r: _of(r.reports_submitted, r.reports_total), Kind.TEXT, 46, drop=2),
                Column("集合", lambda r: _of(r.sessions_attended, r.sessions_total), Kind.TEXT, 46, drop=2),
                Column(
                    "いまの所",
                    lambda r: r.stage_words,
                    Kind.CHIP,
                    98,
                    tone=lambda r: STAGE_TONES[r.stage],
                    sort=lambda r: stages.index(r.stage),
                ),
            ),
            key=lambda r: r.application_id,
        )
        self.table = RowsView(self.model)
        self.table.setAccessibleName("進捗の盤")
        self.table.row_chosen.connect(self._choose)
        self.list_pane.set_content(self.table)
        self.list_pane.filters.changed.connect(lambda _key: self._show_rows())
        self.pane = CoursePane(
            self.record, self.record_attempt, self.record_report, self.extend, self.record_attendance
        )
        self.template_button = self.add_button("成績の様式を書き出す…", self.write_template)
        self.import_button = self.add_button("成績を取り込む…", self.choose_import)
        self.schedule_button = self.add_button("日程…", self.edit_schedule)
        self.withdraw_button = self.actions_bar.add_danger("辞退扱いを確認…", self.confirm_withdrawal)
        self._next: Callable[[], None] = self.record_attempt
        self.next_button = self.actions_bar.set_main("受験を記録…", lambda: self._next())
        self.refresh()

    def refresh(self) -> None:
        """いまの記録から書き直す。選びは保つ。"""
        cohort_id, office = self._context.cohort_id, self._context.office
        self._board = None if cohort_id is None else progress.board(office, cohort_id)
        rows = self._board.rows if self._board is not None else ()
        self.set_heading("研修の進捗", f"第5条　受講者{len(rows)}名")
        for one in (self.template_button, self.import_button, self.schedule_button):
            one.setEnabled(cohort_id is not None)
        count = {stage: sum(r.stage == stage for r in rows) for stage in STAGE_WORDS}
        self.list_pane.set_filters(
            [
                Filter("all", "すべて", len(rows)),
                *(Filter(s, words, count[s]) for s, words in STAGE_WORDS.items()),
            ]
        )
        self._show_rows()

    def _show_rows(self) -> None:
        rows = self._board.rows if self._board is not None else ()
        key = self.list_pane.filters.current
        shown = [r for r in rows if key in ("all", "", r.stage)]
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
            self._view = None
            self.record.show_empty()
            return
        self._view = progress.get_course(self._context.office, row.application_id)
        self._show(self._view)

    def _show(self, view: CourseView) -> None:
        row = view.row
        due = "" if row.next_due is None or row.withdrawn else f"　次の期限 {wareki_short(row.next_due)}"
        self.record.show_record(
            row.name, f"受付 {row.reception}{due}", row.stage_words, STAGE_TONES[row.stage]
        )
        self.pane.show(view)
        self.withdraw_button.setVisible(row.withdrawal_due)
        self._set_next(row)

    def _set_next(self, row: BoardRow) -> None:
        """主な操作は、その人が居る所の次の記録にする。"""
        words, action, ready = {
            "course1": ("受験を記録…", self.record_attempt, True),
            "practice": ("提出を記録…", self.record_report, row.reports_total > 0),
            "withdrawal_due": ("期限を延ばす…", self.extend, True),
            "course2": ("出欠を記録…", self.record_attendance, row.sessions_total > 0),
        }.get(row.stage, ("", self.record_attempt, False))
        self._next = action
        self.next_button.setText(words)
        self.next_button.setAccessibleName(words)
        self.next_button.setToolTip(f"{words}（Ctrl+Enter）")
        self.next_button.setVisible(bool(words))
        self.next_button.setEnabled(ready)

    def _open(self, dialog: SavingDialog, words: str) -> None:
        def saved() -> None:
            self._context.changed()
            self.refresh()
            self.banner.show_message(words)

        dialog.saved.connect(saved)
        dialog.open()

    def record_attempt(self) -> None:
        """受験を記す窓を開く。"""
        if self._view is not None:
            words = f"{self._view.row.name}さんの受験を記録しました。"
            self._open(AttemptDialog(self, self._context.office, self._view), words)

    def record_report(self) -> None:
        """提出を記す窓を開く。"""
        if self._view is not None and self._view.reports:
            words = f"{self._view.row.name}さんの提出を記録しました。"
            self._open(ReportDialog(self, self._context.office, self._view), words)

    def extend(self) -> None:
        """期限を延ばす窓を開く。"""
        if self._view is not None and self._view.reports:
            words = f"{self._view.row.name}さんの期限を延ばしました。"
            self._open(ExtendDialog(self, self._context.office, self._view), words)

    def record_attendance(self) -> None:
        """出欠を記す窓を開く。"""
        if self._board is not None and self._board.sessions:
            chosen = None if self._view is None else self._view.row.application_id
            dialog = AttendanceDialog(self, self._context.office, self._board, chosen)
            self._open(dialog, "出欠を記録しました。")

    def edit_schedule(self) -> None:
        """日程を定める窓を開く。"""
        if self._board is not None:
            self._open(ScheduleDialog(self, self._context.office, self._board), "日程を定めました。")

    def confirm_withdrawal(self) -> None:
        """辞退扱いの事実と失うものを示し、確かめられたら記す。"""
        if self._view is None:
            return
        row, office = self._view.row, self._context.office
        why = next(g.why for g in self._view.gates if g.title == "実践")
        loss = (
            f"{row.name}さん（受付 {row.reception}）を、今日付けで辞退として取り扱います。\n{why}\n"
            "養成課程②と修了認定テストを受けられなくなり、この研修期の記録は動かせなくなります。"
            "期限を延ばすのであれば、やめて「期限を延ばす…」を使ってください。"
        )

        def confirmed() -> None:
            if self._context.attempt(self, lambda: progress.confirm_withdrawal(office, row.application_id)):
                self.refresh()
                self.banner.show_message(f"{row.name}さんを辞退として取り扱いました。")

        confirm_dangerous(self, "辞退扱いの確認", loss, "辞退として取り扱う", confirmed)

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
