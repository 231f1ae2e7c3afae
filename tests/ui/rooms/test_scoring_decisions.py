"""採点の画面：変わる人、扱いの見比べ、決定の履歴、合格者の追加とその取消し、結果通知書。"""

from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from pytestqt.qtbot import QtBot

from app.domain.access import Role
from app.services import accounts, scoring
from app.services.office import Office
from app.services.scoring import PassRuleForm, QuestionChange
from database.opening import Store
from tests.factories import as_role, make_actor, make_office
from tests.ui.rooms.course_sample import QUESTIONS, dialog_of, make_test, press
from ui.background import Background
from ui.messages import ReasonDialog, SecondPersonDialog
from ui.rooms.context import RoomContext
from ui.rooms.scoring.deciding import PeopleDecisionDialog
from ui.rooms.scoring.letters import MakeLettersDialog
from ui.rooms.scoring.room import ScoringRoom
from ui.rooms.scoring.treatments import TreatmentDialog

PASSWORD = "nagai-aikotoba-1"
MANAGER = make_actor(Role.MANAGER, "責任 次郎")


@pytest.fixture
def office(store: Store) -> Office:
    """責任者の口座が一つあるオフィス。"""
    office = make_office(store)
    admin = make_office(store, Role.ADMINISTRATOR)
    accounts.add_account(admin, "sekinin", "責任 次郎", Role.MANAGER, PASSWORD)
    return office


def room_of(
    qtbot: QtBot, office: Office, background: Background, save_to: Path | None = None, mark: int | None = 65
) -> tuple[ScoringRoom, int]:
    """問7の正答を取り違えた、確定したテスト。mark があれば、その合格点で採用してある。"""
    cohort, test, _ = make_test(office)
    turned = [replace(q, key=("ア",)) if q.number == 7 else q for q in QUESTIONS]
    scoring.set_questions(office, test, turned)
    scoring.lock_test(office, test)
    if mark is not None:
        scoring.adopt_rule(office, test, PassRuleForm(mark), "第1回委員会の決定")
    context = RoomContext(office, background, cohort)
    if save_to is not None:
        context.save_path = lambda _page, _title, _name, chosen: chosen(save_to)
    return open_room(qtbot, context), test


def open_room(qtbot: QtBot, context: RoomContext) -> ScoringRoom:
    room = ScoringRoom(context)
    qtbot.addWidget(room)
    room.resize(1180, 680)
    room.show()
    wait_trial(qtbot, room)
    return room


def wait_trial(qtbot: QtBot, room: ScoringRoom) -> None:
    qtbot.waitUntil(lambda: room.rule.result is not None, timeout=20_000)
    settle(qtbot, room)


def settle(qtbot: QtBot, room: ScoringRoom) -> None:
    qtbot.waitUntil(lambda: not room.desk.context.background.is_busy, timeout=20_000)


def second(room: ScoringRoom) -> SecondPersonDialog:
    dialog = dialog_of(room, SecondPersonDialog)
    dialog.login.setText("sekinin")
    dialog.password.setText(PASSWORD)
    dialog.submit()
    return dialog


def test_moving_the_line_shows_who_changes_up_and_down_and_back_again(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room, _ = room_of(qtbot, office, background)
    assert room.list_pane.filters.words() == ("すべて 40", "合格 17", "不合格 22", "得点なし 1")
    room.rule.histogram.mark_moved.emit(68.0)
    wait_trial(qtbot, room)
    assert room.list_pane.filters.current == "changed"
    assert not room.table.isVisible()
    assert {(c.before_total, c.after_passed) for c in room.people.changes.rows} == {(66, False), (67, False)}
    assert room.rule.changes.summary.text() == "点か合否の変わる人3名（合格になる0名、不合格になる3名）"
    room.rule.histogram.mark_moved.emit(63.0)
    wait_trial(qtbot, room)
    assert {(c.before_total, c.after_passed) for c in room.people.changes.rows} == {(63, True), (64, True)}
    room.people.changes_table.selectRow(0)
    assert room.person.heading.text().startswith(f"{room.people.changes.rows[0].reception_number:04d}　")
    room.rule.total.setValue(65)
    wait_trial(qtbot, room)
    assert room.list_pane.filters.current == "all"
    assert room.table.isVisible()
    assert room.rule.changes.summary.text() == "いまの採用から、点も合否も変わる人はいません。"


def test_before_any_adoption_the_line_is_compared_with_where_it_started(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room, _ = room_of(qtbot, office, background, mark=None)
    assert room.rule.changes.summary.text() == "合格点60点から、点も合否も変わる人はいません。"
    room.rule.total.setValue(61)
    wait_trial(qtbot, room)
    assert [(c.before_total, c.before_passed) for c in room.people.changes.rows] == [(60, True)]


def test_a_late_result_of_an_older_mark_is_not_taken_for_the_new_one(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room, _ = room_of(qtbot, office, background)
    room.rule._timer.setInterval(60_000)  # 次の試しは、ここで始めるまで始まらない
    room.rule.total.setValue(50)
    room.rule.try_now()
    room.rule.total.setValue(90)
    settle(qtbot, room)
    assert room.rule.result is None
    assert room.rule.adoptable() is None
    room.rule.try_now()
    wait_trial(qtbot, room)
    found = room.rule.adoptable()
    assert found is not None
    assert (found[0].total_minimum, found[1].pass_mark) == (90, 90)


def test_a_written_question_has_no_choice_to_make_right(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room, _ = room_of(qtbot, office, background)
    room.pages.choose("items")
    room.items.table.select_key(20)
    press(qtbot, room.items.draft_button)
    dialog = dialog_of(room, TreatmentDialog)
    settle(qtbot, room)
    found = [r.effect.treatment for r in dialog.model.rows]
    assert found == [None, "all_correct", "excluded_for_missed", "excluded_for_all"]
    assert not dialog.fields.isVisible()


def test_an_outcome_that_is_now_the_treatment_takes_the_draft_back(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room, _ = room_of(qtbot, office, background)
    room.desk.put_draft(QuestionChange(7, "all_correct"), same=False)
    wait_trial(qtbot, room)
    room.items.table.select_key(7)
    room.treat_question()
    dialog = dialog_of(room, TreatmentDialog)
    qtbot.waitUntil(lambda: dialog.chosen() is not None, timeout=20_000)
    chosen = dialog.chosen()
    assert chosen is not None
    assert chosen.effect.treatment == "all_correct"
    dialog.table.select_key("none")
    press(qtbot, dialog.main_button)
    wait_trial(qtbot, room)
    assert room.desk.drafts == {}
    assert room.list_pane.filters.current == "all"


def test_without_a_decision_the_page_says_what_to_do(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room, _ = room_of(qtbot, office, background, mark=None)
    room.pages.choose("decisions")
    assert room.decisions.empty.text().startswith("まだ決定がありません。")
    assert not room.decisions.add_button.isEnabled()
    room.pages.choose("letters")
    assert room.letters.empty.text() == "合格基準を採用すると、ここで結果通知書を作れます。"
    assert not room.letters.all_button.isEnabled()


def test_a_person_is_added_and_taken_back_and_every_decision_stays(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room, _ = room_of(qtbot, office, background)
    room.pages.choose("decisions")
    press(qtbot, room.decisions.add_button)
    dialog = dialog_of(room, PeopleDecisionDialog)
    assert [r.total for r in dialog.model.rows][:3] == [64, 63, 61]
    dialog.table.selectRow(0)
    who = dialog.chosen()[0]
    dialog.submit()
    assert dialog.error.startswith("理由を書いてください。")
    dialog.editor.setPlainText("僅差を考慮")
    dialog.submit()
    second(room)
    wait_trial(qtbot, room)
    row = next(r for r in room.model.rows if r.application_id == who.application_id)
    assert (row.passed, row.added, row.total) == (True, True, 64)
    press(qtbot, room.decisions.remove_button)
    dialog = dialog_of(room, PeopleDecisionDialog)
    assert [r.application_id for r in dialog.model.rows] == [who.application_id]
    dialog.table.selectRow(0)
    dialog.editor.setPlainText("人を取り違えた")
    dialog.submit()
    second(room)
    wait_trial(qtbot, room)
    assert [(r.kind, r.passed, r.reason) for r in room.decisions.model.rows] == [
        ("removal", 17, "人を取り違えた"),
        ("addition", 18, "僅差を考慮"),
        ("rule", 17, "第1回委員会の決定"),
    ]
    assert not room.decisions.remove_button.isEnabled()


def test_an_unknown_second_person_changes_nothing(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room, test = room_of(qtbot, office, background)
    room.acts.adopt()
    reason = dialog_of(room, ReasonDialog)
    reason.editor.setPlainText("採用し直す")
    reason.submit()
    dialog = dialog_of(room, SecondPersonDialog)
    dialog.login.setText("sekinin")
    dialog.password.setText("chigau-aikotoba")
    dialog.submit()
    assert dialog.errors[1] != ""
    assert len(scoring.list_adoptions(office, test)) == 1


def test_letters_are_made_for_the_chosen_and_reprinted_as_they_were(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    path = tmp_path / "通知.pdf"
    room, test = room_of(qtbot, office, background, path)
    room.pages.choose("letters")
    page = room.letters
    assert page.filters.words() == ("全員 40", "未作成 40", "訂正が要る 0", "作成済み 0")
    page.table.select_key(page.model.rows[-1].application_id)
    assert not page.reprint_button.isEnabled()
    qtbot.waitUntil(lambda: not page.paper.image.isNull(), timeout=20_000)
    press(qtbot, page.chosen_button)
    dialog = dialog_of(room, MakeLettersDialog)
    dialog.number.setText("見認第9号")
    press(qtbot, dialog.main_button)
    settle(qtbot, room)
    assert room.banner.text == f"結果通知書を作りました：新しく1通：{path}"
    first = path.read_bytes()
    with pypdfium2.PdfDocument(first) as document:
        words = document[0].get_textpage().get_text_range().replace(" ", "")
    assert "見認第9号\r\n" in words
    assert "判定不合格（欠席）" in words
    assert "合計－－－" in words
    path.unlink()
    press(qtbot, page.reprint_button)
    settle(qtbot, room)
    assert path.read_bytes() == first
    assert room.banner.text == f"結果通知書1通を刷り直しました：{path}"
    assert len([r for r in scoring.list_letters(office, test) if r.letter_id]) == 1


def test_the_reminder_opens_the_letters_that_no_longer_agree(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    room, test = room_of(qtbot, office, background)
    room.open_target(test)
    assert room.pages.current == "rule"
    scoring.make_letters(office, test, tmp_path / "通知.pdf")
    form = PassRuleForm(65, changes=(QuestionChange(7, "excluded_for_missed"),))
    scoring.adopt_rule(office, test, form, "問7を除く", second=MANAGER)
    room.refresh()
    room.open_target(test)
    assert room.pages.current == "letters"
    assert room.letters.model.rows[0].state == "differs"
    assert "合格点　65点 → 63点" in room.letters.differences.text
    settle(qtbot, room)


def test_the_full_marks_of_a_person_leave_out_what_was_excluded_for_him(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room, test = room_of(qtbot, office, background)
    changes = (QuestionChange(7, "excluded_for_missed"),)
    scoring.adopt_rule(office, test, PassRuleForm(65, changes=changes), "問7の正答の誤り", second=MANAGER)
    room.refresh()
    rows = scoring.score_test(office, test).rows
    missed = next(r for r in rows if r.total is not None and r.full_total == 96)
    whole = next(r for r in rows if r.total is not None and r.full_total == 100)
    for row, full, mark in ((missed, 12, 63), (whole, 16, 65)):
        room.open_target(row.application_id)
        assert room.person.total.text() == f"合計 {row.total}点／{row.full_total}点　合格点 {mark}点"
        assert {r[0]: r[2] for r in room.person.model.rows}["B"] == full


def test_an_auditor_reads_decisions_and_letters_but_can_make_none(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room, _ = room_of(qtbot, office, background)
    seen = open_room(
        qtbot, RoomContext(as_role(office, Role.AUDITOR), background, room.desk.context.cohort_id)
    )
    seen.pages.choose("decisions")
    assert len(seen.decisions.model.rows) == 1
    assert (seen.decisions.add_button.isEnabled(), seen.decisions.remove_button.isEnabled()) == (False, False)
    seen.pages.choose("letters")
    settle(qtbot, seen)
    buttons = (seen.letters.all_button, seen.letters.chosen_button, seen.letters.reprint_button)
    assert [b.isEnabled() for b in buttons] == [False, False, False]
