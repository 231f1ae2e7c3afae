"""受付の画面：手で入れる申込、辞退の取消し、取込の取消し、パスワードの掛かったブック。"""

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.access import Role
from app.services import intake
from app.services.office import Office
from app.services.views.intake import EmploymentView, QualificationView
from app.workbooks.reading import read_workbook
from database.opening import Store
from tests.factories import (
    as_role,
    make_application,
    make_cohort,
    make_office,
)
from tests.ui.rooms.course_sample import (
    applicants_book,
    application_of,
    dialog_of,
    locked_book,
    make_candidates,
    press,
)
from ui.background import Background
from ui.messages import ConfirmDialog, ReasonDialog
from ui.rooms.context import RoomContext
from ui.rooms.importing import ImportDialog
from ui.rooms.intake.application import ApplicationDialog, SamePersonDialog
from ui.rooms.intake.room import IntakeRoom
from ui.rooms.intake.undoing import UndoImportDialog

WORD = "ブックの合言葉"


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


def open_room(qtbot: QtBot, context: RoomContext) -> IntakeRoom:
    room = IntakeRoom(context)
    qtbot.addWidget(room)
    room.resize(1180, 680)
    room.show()
    return room


@pytest.fixture
def room(qtbot: QtBot, office: Office, background: Background) -> IntakeRoom:
    """まだ申込のない研修期の受付。"""
    return open_room(qtbot, RoomContext(office, background, make_cohort(office)))


def typed(room: IntakeRoom, qtbot: QtBot) -> ApplicationDialog:
    """氏名・フリガナ・生年月日まで入れた窓。"""
    press(qtbot, room.receive_button)
    dialog = dialog_of(room, ApplicationDialog)
    dialog.person["name"].setText("神\ufa19  花子")
    dialog.person["reading"].setText("ジン ハナコ")
    dialog.birth_date.edit.setText("S60.4.1")
    return dialog


def test_an_application_is_typed_by_hand_and_kept_exactly_as_typed(
    qtbot: QtBot, room: IntakeRoom, office: Office
) -> None:
    dialog = typed(room, qtbot)
    dialog.received_on.edit.setText("R8.2.18")
    dialog.counter_name.setText("見本市相談窓口")
    dialog.counter.setCurrentText("地方公共団体")
    dialog.engaged.setCurrentText("はい")
    dialog.standard.setCurrentText("確認済")
    dialog.consent.setChecked(True)
    dialog.declared["mental_declared"].setCurrentText("いいえ")
    dialog.declared["other_law_declared"].setCurrentText("はい")
    for field, row in (
        (dialog.employments, ["窓口A", "民間", "", "R4.4.1", "R6.3.31", "410", "", ""]),
        (dialog.qualifications, ["社会福祉士", "", "H30.5.10", "", "確認済"]),
        (dialog.convictions, ["その他の法令", "罰金", "H20.1.9", "H20.2.1", "", "", "", ""]),
    ):
        press(qtbot, field.add_button)
        for place, words in enumerate(row):
            field.grid.put(0, place, words)
    dialog.submit()
    assert not dialog.isVisible()
    assert room.banner.text == "申込を受け付けました（受付 0001）。"
    assert room.record.heading.text() == "神\ufa19  花子"
    found = intake.get_application(office, 1)
    assert (found.person.name, found.person.birth_date) == ("神\ufa19  花子", date(1985, 4, 1))
    assert (found.received_on, found.person.publish_consent) == (date(2026, 2, 18), True)
    assert (found.counter, found.counter_engaged, found.counter_standard) == ("municipal", True, True)
    assert found.employments == (
        EmploymentView(
            1, "窓口A", "private", None, True, date(2022, 4, 1), date(2024, 3, 31), 410, None, None
        ),
    )
    assert found.qualifications == (
        QualificationView("certified_social_worker", None, date(2018, 5, 10), None, True),
    )
    application = application_of(office, 1)
    declared = (
        application.mental_declared,
        application.immigration_declared,
        application.other_law_declared,
        application.revocation_declared,
    )
    assert declared == (False, None, True, None)


def test_what_is_missing_or_unreadable_is_said_at_its_field(qtbot: QtBot, room: IntakeRoom) -> None:
    press(qtbot, room.receive_button)
    dialog = dialog_of(room, ApplicationDialog)
    dialog.received_on.edit.setText("")
    dialog.employments.add()
    dialog.employments.grid.put(0, 5, "百日")
    dialog.qualifications.add()
    dialog.qualifications.grid.put(0, 0, "社会福祉士")
    dialog.submit()
    errors = {key: dialog.form.row(key).error for key in ("received_on", "name", "birth_date")}
    assert errors == {
        "received_on": "受付日を入れてください。",
        "name": "氏名を入れてください。",
        "birth_date": "生年月日を入れてください。",
    }
    employments = "1行目「従業日数」：0以上の整数（日）で入れてください。"
    assert dialog.form.row("employments").error == employments
    qualifications = "1行目「登録日」：空です。入れるか、行を除いてください。"
    assert dialog.form.row("qualifications").error == qualifications
    dialog.person["name"].setText("花\u202e子")
    assert dialog.form.row("name").error.startswith("氏名に使えない文字があります（")


def test_what_the_rules_refuse_is_said_at_its_field_too_and_nothing_is_kept(
    qtbot: QtBot, room: IntakeRoom, office: Office
) -> None:
    dialog = typed(room, qtbot)
    dialog.birth_date.edit.setText("R8.2.20")
    dialog.employments.add()
    for place, words in enumerate(["窓口A", "民間", "", "R4.4.1", "R4.3.31"]):
        dialog.employments.grid.put(0, place, words)
    dialog.convictions.add()
    for place, words in enumerate(["その他の法令", "罰金", "", "H20.2.1"]):
        dialog.convictions.grid.put(0, place, words)
    dialog.submit()
    assert dialog.form.row("birth_date").error.startswith("生年月日（令和8年2月20日）が今日より前では")
    assert dialog.form.row("employments").error.startswith("1件目の在職：終わり（令和4年3月31日）が始まり")
    assert dialog.form.row("convictions").error.startswith("確定日が空なのに")
    assert intake.list_applications(office, 1) == ()


def test_a_half_written_application_is_kept_and_said_so(qtbot: QtBot, room: IntakeRoom) -> None:
    dialog = typed(room, qtbot)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert room.banner.text == "書きかけの申込が残っています。［申込を手で入れる…］で続けられます。"
    press(qtbot, room.receive_button)
    again = dialog_of(room, ApplicationDialog)
    assert again.person["name"].text() == "神\ufa19  花子"
    again.submit()
    press(qtbot, room.receive_button)
    assert dialog_of(room, ApplicationDialog).person["name"].text() == ""


def test_somebody_alike_is_the_same_person_only_when_chosen(
    qtbot: QtBot, room: IntakeRoom, office: Office
) -> None:
    earlier = make_cohort(office, 2)
    known = make_application(office, earlier, "神 花子", reading="じん はなこ", birth_date=date(1985, 4, 1))
    person_id = intake.get_application(office, known).person.id
    dialog = typed(room, qtbot)
    dialog.submit()
    choice = dialog_of(dialog, SamePersonDialog)
    assert "同じ読みと生年月日（昭和60年4月1日）の人が既にいます：神 花子。" in choice.words.text()
    press(qtbot, choice.cancel_button)
    assert intake.list_applications(office, 1) == ()
    dialog.submit()
    press(qtbot, dialog_of(dialog, SamePersonDialog).same_button)
    assert [r.person_id for r in intake.list_applications(office, 1)] == [person_id]


def test_somebody_alike_may_be_another_person(qtbot: QtBot, room: IntakeRoom, office: Office) -> None:
    made = make_application(
        office, make_cohort(office, 2), "神 花子", reading="ジンハナコ", birth_date=date(1985, 4, 1)
    )
    dialog = typed(room, qtbot)
    dialog.submit()
    press(qtbot, dialog_of(dialog, SamePersonDialog).another_button)
    (row,) = intake.list_applications(office, 1)
    assert row.person_id != intake.get_application(office, made).person.id


def test_a_withdrawal_is_taken_back_with_a_reason(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    cohort, ids = make_candidates(office)
    room = open_room(qtbot, RoomContext(office, background, cohort))
    assert (room.withdraw_button.isVisible(), room.reinstate_button.isVisible()) == (True, False)
    intake.withdraw(office, ids[0], date(2026, 2, 20), "本人の申出")
    room.refresh()
    assert (room.withdraw_button.isVisible(), room.reinstate_button.isVisible()) == (False, True)
    press(qtbot, room.reinstate_button)
    dialog = dialog_of(room, ReasonDialog)
    dialog.submit()
    assert dialog.error.startswith("理由を書いてください。")
    dialog.editor.setPlainText("申出が取り下げられた")
    dialog.submit()
    found = intake.get_application(office, ids[0])
    assert (found.withdrawn_on, found.withdrawal_reason) == (None, "")
    assert room.banner.text == "髙﨑󠄀 健太郎さんの辞退を取り消しました。"
    assert room.withdraw_button.isVisible()


def test_an_import_is_undone_after_showing_who_stays_and_why(
    qtbot: QtBot, room: IntakeRoom, office: Office, tmp_path: Path
) -> None:
    intake.import_applicants(office, 1, applicants_book(tmp_path / "申込.xlsx"))
    first, second, _ = intake.list_applications(office, 1)
    intake.request_correction(office, first.id, "写し", date(2026, 3, 1))
    intake.withdraw(office, second.id, date(2026, 2, 20), "本人の申出")
    room.menu_actions["取込を取り消す…"].trigger()
    dialog = dialog_of(room, UndoImportDialog)
    assert [(r.file_name, r.new, r.left) for r in dialog.imports.rows] == [("申込.xlsx", 3, 3)]
    qtbot.waitUntil(dialog.undo_button.isEnabled, timeout=10_000)
    assert [(r.reception, r.reasons) for r in dialog.applications.rows] == [
        ("0001", ("補正の依頼がある",)),
        ("0002", ("申込が変わった",)),
        ("0003", ()),
    ]
    press(qtbot, dialog.undo_button)
    sure = dialog_of(dialog, ConfirmDialog)
    assert "1件の申込が消えます：NGUYỄN THỊ PHƯƠNG THẢO。" in sure.words.text()
    assert "残る申込2件：髙﨑󠄀 健太郎、見本 花子。" in sure.words.text()
    qtbot.keyClick(sure, Qt.Key.Key_Return)
    assert len(intake.list_applications(office, 1)) == 3
    press(qtbot, sure.confirm_button)
    qtbot.waitUntil(lambda: bool(room.banner.text), timeout=10_000)
    assert room.banner.text == (
        "取込を取り消しました：1件の申込を消しました。残した申込2件：髙﨑󠄀 健太郎、見本 花子。"
    )
    assert [r.reception for r in room.model.rows] == ["0001", "0002"]


def test_an_undone_import_cannot_be_undone_again_and_none_is_said_to_be_none(
    qtbot: QtBot, room: IntakeRoom, office: Office, tmp_path: Path
) -> None:
    room.undo_import()
    empty = dialog_of(room, UndoImportDialog)
    assert empty.note.text == "この研修期には、取込で受けた申込がありません。"
    press(qtbot, empty.close_button)
    done = intake.import_applicants(office, 1, applicants_book(tmp_path / "申込.xlsx"))
    assert done.batch_id is not None
    intake.undo_import(office, done.batch_id)
    room.undo_import()
    dialog = dialog_of(room, UndoImportDialog)
    qtbot.waitUntil(lambda: "取り消せません" in dialog.note.text, timeout=10_000)
    assert not dialog.undo_button.isEnabled()
    assert dialog.imports.columns[6].text(dialog.imports.rows[0]) == "取消し済み"


def test_an_auditor_may_look_at_the_imports_but_not_undo_one(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    cohort = make_cohort(office)
    intake.import_applicants(office, cohort, applicants_book(tmp_path / "申込.xlsx"))
    room = open_room(qtbot, RoomContext(as_role(office, Role.AUDITOR), background, cohort))
    room.undo_import()
    dialog = dialog_of(room, UndoImportDialog)
    qtbot.waitUntil(dialog.undo_button.isEnabled, timeout=10_000)
    press(qtbot, dialog.undo_button)
    press(qtbot, dialog_of(dialog, ConfirmDialog).confirm_button)
    qtbot.waitUntil(lambda: "役割" in dialog.note.text, timeout=10_000)
    assert len(intake.list_applications(office, cohort)) == 3


def test_a_locked_workbook_asks_for_its_password_in_the_dialog(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    target = tmp_path / "断った行.xlsx"
    context = RoomContext(
        office, background, make_cohort(office), save_path=lambda _p, _t, _n, chosen: chosen(target)
    )
    room = open_room(qtbot, context)
    room.import_file(locked_book(tmp_path / "申込.xlsx", WORD))
    dialog = dialog_of(room, ImportDialog)
    qtbot.waitUntil(dialog.password_form.isVisible, timeout=20_000)
    assert dialog.note.text == "パスワードの掛かったブックです。パスワードを入れてください。"
    press(qtbot, dialog.unlock_button)
    assert dialog.password_form.row("password").error == "ブックのパスワードを入れてください。"
    dialog.password.setText("違う")
    press(qtbot, dialog.unlock_button)
    wrong = "パスワードが違います。確かめて入れ直してください。"
    qtbot.waitUntil(lambda: dialog.password_form.row("password").error == wrong, timeout=20_000)
    dialog.password.setText(WORD)
    qtbot.keyClick(dialog.password, Qt.Key.Key_Return)
    qtbot.waitUntil(dialog.main_button.isEnabled, timeout=20_000)
    assert not dialog.password_form.isVisible()
    assert dialog.main_button.text() == "1件を取り込む"
    dialog.submit()
    qtbot.waitUntil(lambda: dialog.cancel_button.text() == "閉じる", timeout=20_000)
    assert [r.name for r in room.model.rows] == ["髙﨑󠄀 健太郎"]
    press(qtbot, dialog.save_button)
    qtbot.waitUntil(lambda: "断った行を書きました" in dialog.note.text, timeout=20_000)
    assert read_workbook(target, WORD).sheets[0].rows[1][1] == "見本 花子"


def test_rows_with_only_a_warning_and_no_change_are_not_offered_for_import(
    qtbot: QtBot, room: IntakeRoom, office: Office, tmp_path: Path
) -> None:
    path = applicants_book(tmp_path / "申込.xlsx")
    intake.import_applicants(office, 1, path)
    intake.update_person(office, 2, {"name": "見本  花子"})
    room.import_file(path)
    dialog = dialog_of(room, ImportDialog)
    qtbot.waitUntil(lambda: bool(dialog.rows.rows), timeout=20_000)
    assert dialog.main_button.text() == "1件を取り込む"


def test_a_workbook_that_is_gone_is_said_in_japanese(qtbot: QtBot, room: IntakeRoom, tmp_path: Path) -> None:
    room.import_file(tmp_path / "ない.xlsx")
    dialog = dialog_of(room, ImportDialog)
    qtbot.waitUntil(lambda: bool(dialog.note.text), timeout=20_000)
    assert dialog.note.text.startswith("ファイル「ない.xlsx」を開けません（その場所がない）。")
