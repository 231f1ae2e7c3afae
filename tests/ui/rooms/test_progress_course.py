"""進捗の画面：一人の頁、取消しと取戻し、決まりの試し、出欠の鍵盤、紙。"""

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.access import Role
from app.services import progress
from app.services.office import Office
from app.services.progress import AttendanceForm, CourseRules
from database.opening import Store
from tests.factories import as_role, make_office
from tests.ui.rooms.course_sample import dialog_of, make_course, press
from tests.ui.rooms.test_progress import open_room
from ui.background import Background
from ui.messages import ConfirmDialog, ReasonDialog
from ui.rooms.context import RoomContext
from ui.rooms.progress.dialogs import ExtendDialog
from ui.rooms.progress.page import CourseDialog
from ui.rooms.progress.papers import TrainingPapersDialog
from ui.rooms.progress.roll import AttendanceDialog
from ui.rooms.progress.room import ProgressRoom
from ui.rooms.progress.settings import RulesDialog, ScheduleDialog


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


@pytest.fixture
def course(office: Office) -> tuple[int, list[int]]:
    return make_course(office)


@pytest.fixture
def room(qtbot: QtBot, office: Office, background: Background, course: tuple[int, list[int]]) -> ProgressRoom:
    return open_room(qtbot, RoomContext(office, background, course[0]))


def page_of(qtbot: QtBot, room: ProgressRoom, one: int) -> CourseDialog:
    room.open_target(one)
    qtbot.keyClick(room.table, Qt.Key.Key_Return)
    return dialog_of(room, CourseDialog)


def give(qtbot: QtBot, owner: CourseDialog | ProgressRoom, reason: str) -> None:
    asked = dialog_of(owner, ReasonDialog)
    asked.editor.setPlainText(reason)
    press(qtbot, asked.main_button)


def test_the_keys_move_jump_and_open(qtbot: QtBot, room: ProgressRoom) -> None:
    qtbot.keyClick(room.table, Qt.Key.Key_Down)
    assert room.table.chosen().reception == "0002"
    qtbot.keyClicks(room.table, "0005")
    assert room.table.chosen().reception == "0005"
    qtbot.keyClick(room.table, Qt.Key.Key_Return)
    assert dialog_of(room, CourseDialog).heading.text() == "SHRESTHA BINOD"


def test_columns_sort_by_what_is_urgent(room: ProgressRoom) -> None:
    places = [c.title for c in room.model.columns]
    room.model.sort(places.index("実践"), Qt.SortOrder.AscendingOrder)
    assert [r.reception for r in room.model.rows][:4] == ["0003", "0001", "0007", "0002"]
    room.model.sort(places.index("総合"), Qt.SortOrder.DescendingOrder)
    assert [r.reception for r in room.model.rows][-2:] == ["0001", "0007"]


def test_the_page_shows_the_whole_course_and_walks_the_board(
    qtbot: QtBot, room: ProgressRoom, course: tuple[int, list[int]]
) -> None:
    page = page_of(qtbot, room, course[1][0])
    assert page.rules.text() == (
        "合格点 小テスト60点・総合確認テスト60点、受験は3回まで、最も良い回で判断。遅刻・早退は問わない。"
    )
    assert len(page.pane.tests.rows) == 7
    assert [r.title for r in page.pane.reports.rows][-1] == "課題レポート"
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow, timeout=2000)
    qtbot.keyClick(page, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert (page.application_id, room.table.chosen().application_id) == (course[1][1], course[1][1])
    page.step(-1)
    page.step(-1)
    assert page.application_id == course[1][0]


def test_a_wrong_attempt_is_voided_with_its_reason_where_it_stands(
    qtbot: QtBot, room: ProgressRoom, office: Office, course: tuple[int, list[int]]
) -> None:
    page = page_of(qtbot, room, course[1][0])
    assert not page.pane.void_button.isEnabled()
    page.pane.test_view.selectRow(1)
    press(qtbot, page.pane.void_button)
    give(qtbot, page, "別の人の答案")
    found = progress.get_course(office, course[1][0]).attempts[1]
    assert (found.words, found.void_reason) == ("取消し（72点）", "別の人の答案")
    assert page.banner.text == "髙﨑󠄀 健太郎さんの小テストA 2回目（72点 合格）を取り消しました。"
    page.pane.test_view.selectRow(1)
    assert not page.pane.void_button.isEnabled()
    assert room.model.rows[0].tests["A"].words == "55"


def test_a_confirmed_withdrawal_is_taken_back_on_the_page(
    qtbot: QtBot, room: ProgressRoom, office: Office, course: tuple[int, list[int]]
) -> None:
    one = course[1][2]
    page = page_of(qtbot, room, one)
    press(qtbot, page.withdraw_button)
    press(qtbot, dialog_of(page, ConfirmDialog).confirm_button)
    assert progress.get_course(office, one).withdrawn_on == date(2026, 2, 20)
    assert not page.withdraw_button.isVisible()
    press(qtbot, page.back_button)
    give(qtbot, page, "郵便の遅れ")
    assert progress.get_course(office, one).withdrawn_on is None
    assert room.model.rows[2].stage == "withdrawal_due"


def test_extending_takes_a_confirmed_withdrawal_back_with_it(
    qtbot: QtBot, room: ProgressRoom, office: Office, course: tuple[int, list[int]]
) -> None:
    one = course[1][2]
    progress.confirm_withdrawal(office, one)
    room.refresh()
    room.open_target(one)
    assert (room.back_button.isVisible(), room.pane.attempt_button.isEnabled()) == (True, False)
    for place in (1, 2):
        press(qtbot, room.pane.extend_button)
        dialog = dialog_of(room, ExtendDialog)
        dialog.report.setCurrentIndex(place)
        dialog.extended_to.edit.setText("R8.3.1")
        dialog.reason.setPlainText("災害のため")
        dialog.submit()
    assert room.model.rows[2].stage == "practice"
    assert room.banner.text == "渡邉 直樹さんの期限を延ばしました。"


def test_rules_show_who_would_change_before_they_are_saved(
    qtbot: QtBot, room: ProgressRoom, office: Office, course: tuple[int, list[int]]
) -> None:
    press(qtbot, room.rules_button)
    dialog = dialog_of(room, RulesDialog)
    dialog.quiz.setValue(90)
    qtbot.waitUntil(lambda: len(dialog.changes.model.rows) == 4, timeout=5000)
    assert [c.reception for c in dialog.changes.model.rows] == ["0002", "0003", "0004", "0005"]
    assert progress.board(office, course[0]).rules == CourseRules()
    dialog.quiz.setValue(60)
    assert list(dialog.changes.model.rows) == []
    dialog.limited.setChecked(True)
    dialog.tolerance.setValue(5)
    dialog.rule.setCurrentIndex(1)
    qtbot.waitUntil(lambda: len(dialog.changes.model.rows) == 1, timeout=5000)
    assert dialog.changes.model.rows[0].words == (
        "0005 SHRESTHA BINOD　養成課程② 修了→実施中、修了認定テスト 実施中→未開始"
    )
    press(qtbot, dialog.main_button)
    assert progress.board(office, course[0]).rules == CourseRules(60, 60, 3, "last", 5)
    assert room.model.rows[4].stage == "course2"


def test_a_moved_date_shows_who_would_change_and_keeps_the_task(
    qtbot: QtBot, room: ProgressRoom, office: Office, course: tuple[int, list[int]]
) -> None:
    press(qtbot, room.schedule_button)
    dialog = dialog_of(room, ScheduleDialog)
    dialog.table.selectRow(1)
    assert (dialog.title.text(), dialog.day.value) == ("取組状況報告（2回目）", date(2025, 12, 10))
    dialog.day.edit.setText("R7.10.1")
    qtbot.waitUntil(lambda: len(dialog.changes.model.rows) == 3, timeout=5000)
    dialog.day.edit.setText("R7.12.10")
    dialog.task.setPlainText("相談の記録を三つ書く")
    press(qtbot, dialog.main_button)
    found = progress.board(office, course[0]).dues[1]
    assert (found.day, found.task) == (date(2025, 12, 10), "相談の記録を三つ書く")


def test_a_roll_is_written_by_number_keys_and_untouched_people_stay(
    qtbot: QtBot, room: ProgressRoom, office: Office, course: tuple[int, list[int]]
) -> None:
    room.open_target(course[1][3])
    room.record_attendance()
    dialog = dialog_of(room, AttendanceDialog)
    assert dialog.session.currentIndex() == 1
    for place, words in enumerate(("未確認", "出席", "欠席", "無効", "免除", "未実施")):
        dialog.grid.setCurrentCell(0, 2)
        qtbot.keyClick(dialog.grid, Qt.Key(Qt.Key.Key_0 + place))
        assert (dialog.grid.values()[0][2], dialog.grid.currentRow()) == (words, 1)
    dialog.grid.put(0, 2, "免除")
    assert dialog.count.text() == "出席 1名　免除 1名"
    press(qtbot, dialog.main_button)
    session = progress.board(office, course[0]).sessions[1].id
    assert progress.attendances(office, session) == {
        course[1][3]: AttendanceForm.of("exempt"),
        course[1][4]: AttendanceForm.of("attended", 10),
    }


def test_the_papers_are_seen_before_they_are_written(
    qtbot: QtBot, office: Office, background: Background, course: tuple[int, list[int]], tmp_path: Path
) -> None:
    target = tmp_path / "名札.pdf"
    context = RoomContext(office, background, course[0], save_path=lambda _p, _t, _n, chosen: chosen(target))
    room = open_room(qtbot, context)
    press(qtbot, room.papers_button)
    dialog = dialog_of(room, TrainingPapersDialog)
    dialog.kind.setCurrentIndex(2)
    qtbot.waitUntil(lambda: dialog.count.text() == "1／2頁", timeout=5000)
    press(qtbot, dialog.forward)
    assert (dialog.count.text(), dialog.forward.isEnabled()) == ("2／2頁", False)
    press(qtbot, dialog.main_button)
    qtbot.waitUntil(lambda: room.banner.text != "", timeout=5000)
    assert room.banner.text == f"卓上名札を書き出しました：{target}"
    session = progress.board(office, course[0]).sessions[0].id
    assert target.read_bytes() == progress.preview_training_paper(office, session, "plates")


def test_a_reader_sees_everything_and_changes_nothing(
    qtbot: QtBot, office: Office, background: Background, course: tuple[int, list[int]]
) -> None:
    room = open_room(qtbot, RoomContext(as_role(office, Role.AUDITOR), background, course[0]))
    room.open_target(course[1][2])
    pane = room.pane
    buttons = (pane.attempt_button, pane.report_button, pane.extend_button, pane.void_button)
    assert [b.isEnabled() for b in (*buttons, room.next_button)] == [False] * 5
    assert not room.withdraw_button.isVisible()
