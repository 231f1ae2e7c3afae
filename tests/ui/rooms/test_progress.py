"""研修の進捗の画面。"""

from datetime import date

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.services import progress
from app.services.office import Office
from database.opening import Store
from tests.factories import GROUPS, make_application, make_cohort, make_office
from tests.ui.rooms.course_sample import dialog_of, make_course, press
from ui.background import Background
from ui.messages import ConfirmDialog
from ui.rooms.context import RoomContext
from ui.rooms.progress.dialogs import AttemptDialog, ExtendDialog, ReportDialog
from ui.rooms.progress.roll import AttendanceDialog
from ui.rooms.progress.room import ProgressRoom, waiting
from ui.rooms.progress.settings import ScheduleDialog


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


def open_room(qtbot: QtBot, context: RoomContext) -> ProgressRoom:
    room = ProgressRoom(context)
    qtbot.addWidget(room)
    room.resize(1180, 680)
    room.show()
    return room


@pytest.fixture
def course(office: Office) -> tuple[int, list[int]]:
    return make_course(office)


@pytest.fixture
def room(qtbot: QtBot, office: Office, background: Background, course: tuple[int, list[int]]) -> ProgressRoom:
    return open_room(qtbot, RoomContext(office, background, course[0]))


def stages(room: ProgressRoom) -> list[str]:
    return [r.stage for r in room.model.rows]


def gate_words(room: ProgressRoom) -> list[str]:
    return [g.words for g in room.pane.gates.gates]


def test_without_a_cohort_the_room_says_where_to_begin(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    context = RoomContext(office, background, None)
    room = open_room(qtbot, context)
    assert room.list_pane.is_empty_shown
    assert room.list_pane.empty.text == "まず受付の部屋で研修期を作ってください。"
    assert not room.import_button.isEnabled()
    assert waiting(context) == (0, False)


def test_a_cohort_without_people_says_what_to_do_next(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room = open_room(qtbot, RoomContext(office, background, make_cohort(office)))
    assert room.list_pane.empty.text.startswith("受講者がまだいません。受講資格の部屋で")


def test_the_board_shows_where_everybody_stands(room: ProgressRoom) -> None:
    assert stages(room) == [
        "course1",
        "practice",
        "withdrawal_due",
        "course2",
        "test",
        "withdrawn",
        "course1",
    ]
    shown = [[c.text(row) for c in room.model.columns][2:8] for row in room.model.rows]
    assert shown == [
        ["3/6", "超過112日", "未開始", "未開始", "R7.10.31", "B0× D欠 総合"],
        ["合格", "あと18日", "未開始", "未開始", "R8.3.10", ""],
        ["合格", "超過72日", "未開始", "未開始", "R7.12.10", ""],
        ["合格", "修了", "出席1/2", "未開始", "", ""],
        ["合格", "修了", "修了", "受験待ち", "", ""],
        ["合格", "辞退", "辞退", "辞退", "", ""],
        ["0/6", "超過112日", "未開始", "未開始", "R7.10.31", "A B C D E 総合"],
    ]
    first = room.model.rows[0]
    marks = [c.text(first) for c in room.model.columns][8:14]
    assert marks == ["72", "0×", "90", "欠", "免", "・"]
    assert room.list_pane.filters.words() == (
        "すべて 7",
        "辞退の確認待ち 1",
        "期限超過 3",
        "期限が近い 0",
        "総合確認テスト待ち 0",
        "養成課程① 2",
        "実践 1",
        "養成課程② 1",
        "受験待ち 1",
        "受験済み 0",
        "辞退 1",
    )
    assert waiting(room._context) == (1, True)


def test_gates_say_why_they_are_open_or_shut(room: ProgressRoom) -> None:
    assert gate_words(room) == ["未了", "未開始", "未開始", "未開始"]
    whys = [g.why for g in room.pane.gates.gates]
    assert whys[0] == (
        "合格していないもの：小テストB（最高0点）、小テストD（欠席）、総合確認テスト（まだ受けていません）。"
        "合格点 小テスト60点・総合確認テスト60点。"
    )
    room.table.selectRow(1)
    assert gate_words(room) == ["合格", "実施中", "未開始", "未開始"]
    assert room.pane.gates.gates[1].why == "提出を待っているもの：課題レポート（期限 令和8年3月10日）。"
    room.table.selectRow(3)
    assert room.pane.gates.gates[2].why == "出席していないもの：集合研修（2日目）（出席は未確認）。"
    room.table.selectRow(4)
    assert gate_words(room) == ["合格", "修了", "修了", "実施中"]


def test_every_attempt_is_listed_with_its_own_result(room: ProgressRoom) -> None:
    lines = [(r.group, r.words) for r in room.pane.tests.rows]
    assert lines == [
        ("A", "55点 不合格"),
        ("A", "72点 合格"),
        ("B", "0点 不合格"),
        ("C", "90点 合格"),
        ("D", "欠席"),
        ("E", "免除"),
        ("", "受けていません"),
    ]


def test_a_filter_leaves_only_its_people(room: ProgressRoom) -> None:
    room.list_pane.filters.choose("withdrawal_due")
    assert [r.reception for r in room.model.rows] == ["0003"]
    room.list_pane.filters.choose("taken")
    assert room.list_pane.empty.text == "この絞り込みに当たる人はいません。"
    assert room.record.is_empty_shown


def test_the_main_action_records_an_attempt_and_moves_the_person_on(
    qtbot: QtBot, room: ProgressRoom, office: Office, course: tuple[int, list[int]]
) -> None:
    room.open_target(course[1][6])
    for group in GROUPS:
        progress.record_attempt(
            office, course[1][6], progress.AttemptForm(group, "points", 80, date(2025, 9, 1))
        )
    room.refresh()
    room.main_action()
    dialog = dialog_of(room, AttemptDialog)
    assert dialog.test.currentText() == "総合確認テスト"
    dialog.points.setText("61")
    dialog.taken_on.edit.setText("R7.9.2")
    press(qtbot, dialog.main_button)
    assert room.banner.text == "李 秀英さんの受験を記録しました。"
    assert stages(room)[6] == "withdrawal_due"
    last = progress.get_course(office, course[1][6]).attempts[-1]
    assert (last.test, last.points, last.taken_on) == ("comprehensive", 61, date(2025, 9, 2))


@pytest.mark.parametrize(
    ("typed", "words"), [("", "点を入れて"), ("-1", "0〜1000"), ("八十", "0〜1000"), ("1001", "0〜1000")]
)
def test_wrong_points_are_said_at_the_field_and_nothing_is_recorded(
    room: ProgressRoom, office: Office, course: tuple[int, list[int]], typed: str, words: str
) -> None:
    room.acts.record_attempt()
    dialog = dialog_of(room, AttemptDialog)
    dialog.points.setText(typed)
    dialog.submit()
    assert words in dialog.form.row("points").error
    assert dialog.form.row("taken_on").error == "受験日を入れてください。"
    assert len(progress.get_course(office, course[1][0]).attempts) == 6


def test_absent_is_recorded_without_points(
    room: ProgressRoom, office: Office, course: tuple[int, list[int]]
) -> None:
    room.acts.record_attempt()
    dialog = dialog_of(room, AttemptDialog)
    dialog.points.setText("70")
    dialog.outcome.setCurrentIndex(dialog.outcome.findData("invalid"))
    assert (dialog.points.text(), dialog.points.isEnabled()) == ("", False)
    dialog.submit()
    added = [a for a in progress.get_course(office, course[1][0]).attempts if a.outcome == "invalid"]
    assert [(a.subject_group, a.number, a.points) for a in added] == [("B", 2, None)]


def test_a_fourth_attempt_is_refused_in_the_dialog_with_the_reason(
    room: ProgressRoom, office: Office, course: tuple[int, list[int]]
) -> None:
    progress.record_attempt(office, course[1][0], progress.AttemptForm("A", "absent"))
    room.acts.record_attempt()
    dialog = dialog_of(room, AttemptDialog)
    dialog.test.setCurrentIndex(0)
    dialog.points.setText("90")
    dialog.taken_on.edit.setText("R7.9.2")
    dialog.submit()
    assert "上限3回" in dialog.refusal.text
    assert dialog.isVisible()


def test_a_report_is_recorded_and_can_be_taken_back(
    room: ProgressRoom, office: Office, course: tuple[int, list[int]]
) -> None:
    one = course[1][1]
    room.open_target(one)
    room.main_action()
    dialog = dialog_of(room, ReportDialog)
    assert dialog.report.currentText() == "課題レポート（期限 令和8年3月10日）"
    dialog.submit()
    assert dialog.form.row("submitted_on").error == "提出日を入れてください。"
    dialog.submitted_on.edit.setText("R8.2.19")
    dialog.submit()
    assert stages(room)[1] == "course2"
    room.pane.report_button.click()
    again = dialog_of(room, ReportDialog)
    again.report.setCurrentIndex(2)
    again.cancel_record.setChecked(True)
    again.submit()
    assert progress.get_course(office, one).reports[2].submitted_on is None
    assert stages(room)[1] == "practice"


def test_a_day_in_the_future_is_refused_above_the_form(
    room: ProgressRoom, course: tuple[int, list[int]]
) -> None:
    room.open_target(course[1][1])
    room.acts.record_report()
    dialog = dialog_of(room, ReportDialog)
    dialog.submitted_on.edit.setText("R8.2.21")
    dialog.submit()
    assert "今日より後" in dialog.refusal.text


def test_extending_needs_a_day_and_a_reason(room: ProgressRoom, course: tuple[int, list[int]]) -> None:
    room.open_target(course[1][2])
    assert room.next_button.text() == "期限を延ばす…"
    room.main_action()
    dialog = dialog_of(room, ExtendDialog)
    dialog.submit()
    assert dialog.form.row("extended_to").error == "新しい期限を入れてください。"
    assert dialog.form.row("reason").error == "理由を書いてください。"
    dialog.extended_to.edit.setText("R8.3.1")
    dialog.reason.setPlainText("入院のため")
    dialog.submit()
    second = room.pane.reports.rows[1]
    assert (second.extended_to, second.extension_reason) == (date(2026, 3, 1), "入院のため")


def test_withdrawal_is_confirmed_only_by_its_own_button(
    qtbot: QtBot, room: ProgressRoom, office: Office, course: tuple[int, list[int]]
) -> None:
    assert not room.withdraw_button.isVisible()
    one = course[1][2]
    room.open_target(one)
    press(qtbot, room.withdraw_button)
    dialog = dialog_of(room, ConfirmDialog)
    assert "渡邉 直樹さん（受付 0003）" in dialog.words.text()
    assert "取組状況報告（2回目）（期限 令和7年12月10日）" in dialog.words.text()
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert progress.get_course(office, one).withdrawn_on is None
    press(qtbot, dialog.confirm_button)
    assert progress.get_course(office, one).withdrawn_on == date(2026, 2, 20)
    assert stages(room)[2] == "withdrawn"
    assert gate_words(room) == ["合格", "辞退", "未開始", "未開始"]
    assert not room.pane.attempt_button.isEnabled()
    assert not room.next_button.isVisible()


def test_attendance_of_a_session_is_recorded_for_the_people_of_course_two(
    room: ProgressRoom, office: Office, course: tuple[int, list[int]]
) -> None:
    room.open_target(course[1][3])
    room.main_action()
    dialog = dialog_of(room, AttendanceDialog)
    assert [row[1] for row in dialog.grid.values()] == ["𠮷田 みなみ", "SHRESTHA BINOD"]
    dialog.session.setCurrentIndex(1)
    assert [row[2] for row in dialog.grid.values()] == ["未確認", "出席"]
    dialog.grid.put(0, 3, "五分")
    dialog.mark_all()
    dialog.submit()
    assert dialog.grid_error.text() == "1行目「遅刻（分）」：0以上の整数（分）で入れてください。"
    assert progress.get_course(office, course[1][3]).sessions[1].attended is None
    dialog.grid.put(0, 3, "5")
    dialog.submit()
    found = progress.get_course(office, course[1][3]).sessions[1]
    assert (found.attended, found.minutes_late) == (True, 5)
    assert stages(room)[3] == "test"


def test_the_schedule_is_set_one_by_one(qtbot: QtBot, office: Office, background: Background) -> None:
    cohort = make_cohort(office)
    one = make_application(office, cohort)
    room = open_room(qtbot, RoomContext(office, background, cohort))
    press(qtbot, room.schedule_button)
    dialog = dialog_of(room, ScheduleDialog)
    dialog.submit()
    assert dialog.form.row("day").error == "日を入れてください。"
    dialog.day.edit.setText("R7.10.31")
    dialog.submit()
    room.edit_schedule()
    second = dialog_of(room, ScheduleDialog)
    assert second.position.value() == 2
    second.kind.setCurrentIndex(2)
    second.day.edit.setText("R8.2.3")
    second.submit()
    view = progress.get_course(office, one)
    assert [(r.title, r.due_on) for r in view.reports] == [("取組状況報告（1回目）", date(2025, 10, 31))]
    assert [(s.title, s.held_on) for s in view.sessions] == [("集合研修（1日目）", date(2026, 2, 3))]
