"""採点の画面。"""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.services import scoring
from app.services.office import Office
from database.opening import Store
from tests.factories import make_cohort, make_office
from tests.ui.rooms.course_sample import HELD_ON, dialog_of, make_ready, make_test, press
from ui.background import Background
from ui.messages import ConfirmDialog, ReasonDialog
from ui.rooms.context import RoomContext
from ui.rooms.scoring.dialogs import QuestionsDialog, TestDialog
from ui.rooms.scoring.room import ScoringRoom, waiting
from ui.rooms.scoring.treatments import TreatmentDialog


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


def open_room(qtbot: QtBot, context: RoomContext) -> ScoringRoom:
    room = ScoringRoom(context)
    qtbot.addWidget(room)
    room.resize(1180, 680)
    room.show()
    return room


def wait_trial(qtbot: QtBot, room: ScoringRoom) -> None:
    qtbot.waitUntil(lambda: room.rule.result is not None, timeout=20_000)


def wait_effects(qtbot: QtBot, dialog: TreatmentDialog) -> None:
    qtbot.waitUntil(lambda: len(dialog.model.rows) == 5, timeout=20_000)


def room_of(
    qtbot: QtBot, office: Office, background: Background, locked: bool = False
) -> tuple[ScoringRoom, int, list[int]]:
    cohort, test, ids = make_test(office, 12, locked)
    room = open_room(qtbot, RoomContext(office, background, cohort))
    wait_trial(qtbot, room)
    return room, test, ids


def test_without_a_test_the_room_says_to_make_one_and_makes_it(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    cohort = make_cohort(office)
    context = RoomContext(office, background, cohort)
    room = open_room(qtbot, context)
    assert room.list_pane.empty.text.startswith("修了認定テストがまだありません。")
    assert not room.import_button.isEnabled()
    press(qtbot, room.create_button)
    dialog = dialog_of(room, TestDialog)
    dialog.submit()
    assert dialog.form.row("held_on").error == "実施日を入れてください。"
    dialog.held_on.edit.setText("R8.2.10")
    dialog.submit()
    assert [(t.title, t.held_on) for t in scoring.list_tests(office, cohort)] == [("修了認定テスト", HELD_ON)]
    assert room.record.heading.text() == "修了認定テスト"
    assert room.no_questions.isVisible()
    assert waiting(context) == (1, False)


def test_without_a_cohort_nothing_can_be_made(qtbot: QtBot, office: Office, background: Background) -> None:
    context = RoomContext(office, background, None)
    room = open_room(qtbot, context)
    assert room.list_pane.empty.text == "まず受付の部屋で研修期を作ってください。"
    assert not room.create_button.isEnabled()
    assert waiting(context) == (0, False)


def test_the_same_name_twice_is_refused_in_the_dialog(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    cohort, _, _ = make_ready(office)
    room = open_room(qtbot, RoomContext(office, background, cohort))
    room.acts.create_test()
    dialog = dialog_of(room, TestDialog)
    dialog.held_on.edit.setText("R8.2.11")
    dialog.submit()
    assert dialog.refusal.text == "「修了認定テスト」は既にあります。別の名にしてください。"


def test_questions_are_pasted_from_a_sheet_and_saved(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    cohort, _, _ = make_ready(office)
    room = open_room(qtbot, RoomContext(office, background, cohort))
    press(qtbot, room.questions_button)
    dialog = dialog_of(room, QuestionsDialog)
    QGuiApplication.clipboard().setText(
        "1\tA\t一つ選ぶ\t40\tア\t出入国・在留の制度の知識\t\n"
        "2\tB\tすべて選ぶ\t50\tイ、ウ\t\t組合せ\n3\tB\t記述\t十\t\t関係機関と連携する力\t\n"
    )
    dialog.grid.setCurrentCell(0, 0)
    dialog.grid.paste()
    assert dialog.grid_error.text() == "3行目「配点」：1以上の整数で入れてください。"
    dialog.submit()
    assert dialog.isVisible()
    assert (dialog.grid.currentRow(), dialog.grid.currentColumn()) == (2, 3)
    dialog.grid.put(2, 3, "10")
    assert dialog.total.text() == "3問　満点100点"
    dialog.submit()
    saved = scoring.list_tests(office, cohort)[0].questions
    assert [(q.number, q.subject_group, q.kind, q.points, q.key, q.text, q.ability) for q in saved] == [
        (1, "A", "choice", 40, ("ア",), "", "status"),
        (2, "B", "multiple", 50, ("イ", "ウ"), "組合せ", None),
        (3, "B", "written", 10, (), "", "linking"),
    ]
    press(qtbot, room.questions_button)
    again = dialog_of(room, QuestionsDialog)
    assert [row[5] for row in again.grid.values()] == ["出入国・在留の制度の知識", "", "関係機関と連携する力"]
    again.grid.put(1, 5, "速く走る力")
    assert again.grid_error.text().startswith("2行目「能力」：出入国・在留の制度の知識・")
    again.reject()
    assert [r.question.number for r in room.items.model.rows] == [1, 2, 3]


def test_what_only_the_rule_knows_is_refused_above_the_table(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    cohort, _, _ = make_ready(office)
    room = open_room(qtbot, RoomContext(office, background, cohort))
    room.acts.edit_questions()
    dialog = dialog_of(room, QuestionsDialog)
    dialog.grid.set_values([("1", "A", "一つ選ぶ", "10", "", "", "")])
    dialog.submit()
    assert dialog.refusal.text == "問1：正答の肢が空です。"
    dialog.add()
    assert dialog.grid.values()[1][:4] == ["2", "A", "一つ選ぶ", "10"]
    dialog.grid.setCurrentCell(0, 0)
    dialog.grid.remove_current()
    assert [row[0] for row in dialog.grid.values()] == ["2"]


def test_the_list_shows_totals_and_groups_and_the_trial_beside_them(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room, test, _ = room_of(qtbot, office, background)
    view = scoring.score_test(office, test)
    rows = room.model.rows
    assert [(r.reception, r.total) for r in rows] == [(r.reception, r.total) for r in view.rows]
    shown = [c.text(rows[0]) for c in room.model.columns]
    groups = dict(view.rows[0].groups)
    assert shown[2:8] == [str(view.rows[0].total), *(str(groups[g]) for g in "ABCDE")]
    assert shown[8:] == ["未判定", "合格"]
    assert [c.text(rows[-1]) for c in room.model.columns][8:] == ["欠席", ""]
    assert room.rule.figures.text().startswith(f"受験11名　平均 {view.mean:.1f}点")


def test_dragging_the_mark_tries_another_pass_mark(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room, test, _ = room_of(qtbot, office, background)
    before = room.rule.result
    assert before is not None
    assert (before.pass_mark, room.rule.histogram.mark) == (60, 60.0)
    room.rule.histogram.setFocus()
    qtbot.keyClick(room.rule.histogram, Qt.Key.Key_Right)
    assert room.rule.total.value() == 61
    assert room.rule.result is None
    wait_trial(qtbot, room)
    after = room.rule.result
    assert after is not None
    assert after.passed_after == scoring.preview_rule(office, test, room.rule.value()).passed_after
    assert room.rule.outcome.text().startswith(
        f"試し：合格点61点で合格{after.passed_after}名（採用はまだありません）"
    )
    assert scoring.list_tests(office, 1)[0].adopted_on is None


def test_a_group_minimum_changes_who_passes(qtbot: QtBot, office: Office, background: Background) -> None:
    room, _, ids = room_of(qtbot, office, background)
    room.rule.groups["A"].setValue(16)
    room.rule.no_zero.setChecked(False)
    wait_trial(qtbot, room)
    assert room.rule.value().group_minimum == (("A", 16),)
    result = room.rule.result
    assert result is not None
    passed = {r.application_id for r in result.rows if r.passed}
    full = {
        r.application_id for r in room.model.rows if r.total and r.total >= 60 and dict(r.groups)["A"] == 16
    }
    assert passed == full
    assert full < set(ids)


def test_a_mark_outside_the_full_marks_is_said_at_its_field(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room, _, _ = room_of(qtbot, office, background, locked=True)
    room.rule.correction.setValue(-80)
    qtbot.waitUntil(lambda: bool(room.rule.form.row("total").error), timeout=20_000)
    assert "補正して-20点" in room.rule.form.row("total").error
    assert not room.main_button.isEnabled()
    room.rule.correction.setValue(-5)
    wait_trial(qtbot, room)
    assert room.rule.form.row("total").error == ""
    assert room.main_button.isEnabled()


def test_locking_needs_its_own_button_and_then_nothing_can_be_changed(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room, _, _ = room_of(qtbot, office, background)
    assert room.main_button.text() == "設問と答案を確定…"
    room.main_action()
    dialog = dialog_of(room, ConfirmDialog)
    assert "設問20問と答案12枚を確定します" in dialog.words.text()
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert scoring.list_tests(office, 1)[0].locked_at is None
    press(qtbot, dialog.confirm_button)
    assert scoring.list_tests(office, 1)[0].locked_at is not None
    assert (room.questions_button.isEnabled(), room.import_button.isEnabled()) == (False, False)
    assert room.main_button.text() == "合格基準を採用…"


def test_a_tried_rule_is_adopted_with_a_reason_and_frozen(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room, test, _ = room_of(qtbot, office, background, locked=True)
    room.rule.total.setValue(55)
    wait_trial(qtbot, room)
    expected = scoring.preview_rule(office, test, room.rule.value()).passed_after
    room.main_action()
    dialog = dialog_of(room, ReasonDialog)
    dialog.submit()
    assert dialog.error.startswith("理由を書いてください。")
    assert scoring.list_tests(office, 1)[0].adopted_on is None
    dialog.editor.setPlainText("第1回委員会の決定")
    dialog.submit()
    assert room.banner.text == f"合格基準を採用しました（合格{expected}名）。"
    adoption = scoring.score_test(office, test).adoption
    assert adoption is not None
    assert (adoption.form.total_minimum, adoption.reason) == (55, "第1回委員会の決定")
    assert sum(r.passed is True for r in room.model.rows) == expected
    assert room.list_pane.filters.words()[1] == f"合格 {expected}"
    assert "合格点55点" in room.rule.adopted.text()
    assert waiting(room._context) == (0, False)


def test_a_faulty_question_is_drafted_tried_and_adopted(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room, test, _ = room_of(qtbot, office, background, locked=True)
    room.pages.choose("items")
    room.items.table.selectRow(2)
    press(qtbot, room.items.draft_button)
    dialog = dialog_of(room, TreatmentDialog)
    wait_effects(qtbot, dialog)
    dialog.table.select_key("several_right")
    assert not dialog.main_button.isEnabled()
    assert dialog.changes.summary.text() == "正答とする肢を二つ以上入れると出ます"
    dialog.table.select_key("all_correct")
    press(qtbot, dialog.main_button)
    wait_trial(qtbot, room)
    assert room.pages.current == "rule"
    assert room.rule.drafts.text() == "設問の扱いの案　問3：全員正解"
    assert room.items.model.rows[2].remark == "案：全員正解"
    gained = {c.application_id for c in room.people.changes.rows}
    missed = {
        r.application_id
        for r in scoring.preview_rule(office, test, room.rule.value()).changes
        if r.after_total == r.before_total + 4
    }
    assert gained == missed
    assert gained != set()
    assert scoring.list_tests(office, 1)[0].questions[2].treatment is None
    room.acts.adopt()
    reason = dialog_of(room, ReasonDialog)
    reason.editor.setPlainText("問3は不適切と決定")
    reason.submit()
    assert scoring.list_tests(office, 1)[0].questions[2].treatment == "all_correct"
    assert room.items.model.rows[2].remark == "全員正解"
    wait_trial(qtbot, room)
    assert room.rule.drafts.text() == ""


def test_drafts_survive_a_refresh_and_can_be_taken_back(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room, _, _ = room_of(qtbot, office, background, locked=True)
    room.rule.total.setValue(48)
    room.items.table.selectRow(0)
    room.treat_question()
    dialog = dialog_of(room, TreatmentDialog)
    wait_effects(qtbot, dialog)
    dialog.table.select_key("excluded_for_all")
    dialog.submit()
    room.refresh()
    assert room.rule.total.value() == 48
    assert [(c.number, c.treatment) for c in room.rule.value().changes] == [(1, "excluded_for_all")]
    room.rule.clear_button.click()
    assert room.rule.value().changes == ()
    assert room.rule.total.value() == 48
