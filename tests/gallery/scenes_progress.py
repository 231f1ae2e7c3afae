"""進捗の場面：一人の頁、決まりと日程、出欠。"""

from collections.abc import Callable, Iterator
from datetime import date

import openpyxl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.services import progress
from app.services.intake.mapping import propose_mapping
from app.services.office import Office
from app.workbooks.mapping import RESULTS
from tests.factories import make_office
from tests.gallery.scene import Scene, WindowFactory, background, fresh_store, new_folder
from tests.ui.rooms.course_sample import make_course
from ui.main_window import MainWindow
from ui.rooms.context import RoomContext
from ui.rooms.intake.mapping import MappingDialog
from ui.rooms.progress.page import CourseDialog
from ui.rooms.progress.papers import TrainingPapersDialog
from ui.rooms.progress.roll import AttendanceDialog
from ui.rooms.progress.room import ProgressRoom
from ui.rooms.progress.settings import RulesDialog, ScheduleDialog
from ui.widgets.room import RoomPage


def _course() -> tuple[Office, int, list[int]]:
    office = make_office(fresh_store())
    cohort, ids = make_course(office)
    dues = progress.board(office, cohort).dues
    task = "担当した相談から一つを選び、連携した機関と、その後を書く（2,000字まで）。"
    progress.set_report_due(office, cohort, 1, dues[0].title, dues[0].day, task=task)
    wrong = progress.get_course(office, ids[0]).attempts[0]
    progress.void_attempt(office, wrong.id, "別の人の答案")
    forms = {ids[3]: progress.AttendanceForm.of("attended", 25, 10)}
    progress.record_attendance(office, progress.board(office, cohort).sessions[0].id, forms)
    progress.set_course_rules(office, cohort, progress.CourseRules(attendance_tolerance=30))
    return office, cohort, ids


def _framed(window: WindowFactory) -> Callable[[], MainWindow]:
    def make() -> MainWindow:
        office, cohort, _ = _course()
        return window(
            "progress", "研修の進捗", lambda: ProgressRoom(RoomContext(office, background(), cohort))
        )

    return make


def _page(place: int) -> Callable[[], QWidget]:
    def make() -> QWidget:
        office, cohort, ids = _course()
        if place == 5:
            progress.confirm_withdrawal(office, ids[2])
        page = RoomPage("研修の進捗")
        context = RoomContext(office, background(), cohort)
        dialog = CourseDialog(
            page,
            context,
            ids[place],
            lambda _owner, _told: None,
            lambda _by: None,
            lambda _words: None,
        )
        dialog.kept = page  # type: ignore[attr-defined]
        return dialog

    return make


def _dialog(kind: Callable[[RoomContext, int, list[int]], QWidget]) -> Callable[[], QWidget]:
    def make() -> QWidget:
        office, cohort, ids = _course()
        return kind(RoomContext(office, background(), cohort), cohort, ids)

    return make


def _rules(context: RoomContext, cohort: int, _ids: list[int]) -> QWidget:
    return RulesDialog(None, context, progress.board(context.office, cohort))  # type: ignore[arg-type]


def _schedule(context: RoomContext, cohort: int, _ids: list[int]) -> QWidget:
    return ScheduleDialog(None, context, progress.board(context.office, cohort))  # type: ignore[arg-type]


def _roll(context: RoomContext, cohort: int, ids: list[int]) -> QWidget:
    board = progress.board(context.office, cohort)
    return AttendanceDialog(None, context.office, board, ids[3])  # type: ignore[arg-type]


def _papers(context: RoomContext, cohort: int, _ids: list[int]) -> QWidget:
    page = RoomPage("研修の進捗")
    board = progress.board(context.office, cohort)
    dialog = TrainingPapersDialog(page, context, board, lambda _words: None)
    dialog.kept = page  # type: ignore[attr-defined]
    return dialog


def _mapping(context: RoomContext, _cohort: int, _ids: list[int]) -> QWidget:
    book = openpyxl.Workbook()
    for row in (
        ("研修サイト 成績一覧",),
        ("受講者番号", "受講者名", "完了日", "小テストA", "小テストB（評点）", "総合テスト", "備考"),
        ("0001", "髙﨑 健太郎", date(2025, 9, 2), 80, "欠席", "-", ""),
        ("0002", "NGUYỄN THỊ PHƯƠNG THẢO", date(2025, 9, 3), 0, 75, 90, ""),
    ):
        book.worksheets[0].append(row)
    path = new_folder() / "成績一覧.xlsx"
    book.save(path)
    draft = propose_mapping(context.office, path, kind=RESULTS)
    return MappingDialog(None, context, draft, path.name)  # type: ignore[arg-type]


def _wait() -> None:
    QTest.qWait(400)
    for _ in range(100):
        if not background().is_busy:
            break
        QTest.qWait(30)
    QTest.qWait(60)


def _stricter(dialog: QWidget) -> None:
    assert isinstance(dialog, RulesDialog)
    dialog.quiz.setValue(90)
    _wait()


def _earlier(dialog: QWidget) -> None:
    assert isinstance(dialog, ScheduleDialog)
    dialog.table.selectRow(2)
    dialog.day.set_value(date(2025, 10, 1))
    _wait()


def scenes(window: WindowFactory) -> Iterator[Scene]:
    """盤、一人の頁、設定、出欠。"""
    yield Scene("progress_board", _framed(window))
    yield Scene("progress_board_wide", _framed(window), (1920, 1000))
    yield Scene("progress_board_150", _framed(window), scale=1.5)
    for place, name in ((0, "tests"), (2, "withdrawal"), (3, "course2"), (5, "withdrawn")):
        yield Scene(f"progress_page_{name}", _page(place), (1240, 720))
    yield Scene("progress_page_150", _page(2), None, 1.5)
    yield Scene("progress_rules", _dialog(_rules), None)
    yield Scene("progress_rules_changes", _dialog(_rules), None, after=_stricter)
    yield Scene("progress_schedule", _dialog(_schedule), None)
    yield Scene("progress_schedule_changes", _dialog(_schedule), None, after=_earlier)
    yield Scene("progress_roll", _dialog(_roll), None)
    yield Scene("progress_papers", _dialog(_papers), None, after=lambda _dialog: _wait())
    yield Scene("progress_mapping", _dialog(_mapping), (1280, 720))
    yield Scene("progress_roll_150", _dialog(_roll), None, 1.5)
