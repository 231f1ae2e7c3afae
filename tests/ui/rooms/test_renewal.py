"""更新・取消の画面。"""

from datetime import date
from pathlib import Path
from typing import TypeVar

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.domain.access import Role
from app.services import renewal
from app.services.office import Office
from app.services.views.renewal import CertificationRow
from app.workbooks.renewals import RenewalForm, write_renewals
from database.opening import Store
from tests.factories import as_role
from tests.ui.rooms.after_sample import PASSWORD, TODAY, make_after, make_first, make_manager_office, revoke
from ui.background import Background
from ui.messages import SecondPersonDialog
from ui.rooms.context import RoomContext
from ui.rooms.importing import ImportDialog
from ui.rooms.renewal.cases import CloseDialog, NoticeDialog, OpenDialog, RevokeDialog
from ui.rooms.renewal.dialogs import ClosureDialog, RenewalDialog
from ui.rooms.renewal.room import RenewalRoom, waiting

W = TypeVar("W", bound=QWidget)


@pytest.fixture
def office(store: Store) -> Office:
    return make_manager_office(store)


def open_room(qtbot: QtBot, office: Office, background: Background) -> RenewalRoom:
    room = RenewalRoom(RoomContext(office, background))
    qtbot.addWidget(room)
    room.resize(1180, 680)
    room.show()
    return room


@pytest.fixture
def first(office: Office) -> list[int]:
    return make_after(office)[1]


@pytest.fixture
def room(qtbot: QtBot, office: Office, first: list[int], background: Background) -> RenewalRoom:
    return open_room(qtbot, office, background)


def dialog_of(parent: QWidget, kind: type[W]) -> W:
    found = [d for d in parent.findChildren(kind) if d.isVisible()]
    assert len(found) == 1
    return found[0]


def row_of(office: Office, certification_id: int) -> CertificationRow:
    return next(r for r in renewal.list_certifications(office) if r.certification_id == certification_id)


def states(room: RenewalRoom) -> list[str]:
    return [room.model.columns[3].text(r) for r in room.model.rows]


def test_without_certifications_the_room_says_where_they_come_from(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    opened: list[str] = []
    context = RoomContext(office, background, open_room=lambda key, _target: opened.append(key))
    room = RenewalRoom(context)
    qtbot.addWidget(room)
    assert room.list_pane.is_empty_shown
    assert "審査会議で認定を議決" in room.list_pane.empty.text
    room.list_pane.empty._act()
    assert opened == ["committee"]


def test_the_list_shows_every_standing_and_the_filters_count_them(room: RenewalRoom) -> None:
    assert states(room)[:4] == ["有効", "有効", "弁明の通知済み", "有効"]
    assert room.list_pane.filters.words() == (
        "すべて 13",
        "1年以内 3",
        "調査中 1",
        "認定証待ち 1",
        "有効でない 1",
    )
    room.list_pane.filters.choose("ended")
    assert states(room) == ["返納"]


def test_a_wave_narrows_the_list_to_those_who_expire_that_day(room: RenewalRoom) -> None:
    QTest.keyClick(room.chart, Qt.Key.Key_Down)
    assert room.chart.day == date(2029, 3, 31)
    assert len(room.model.rows) == 3
    QTest.keyClick(room.chart, Qt.Key.Key_Down)
    assert room.chart.day == date(2030, 3, 31)
    assert len(room.model.rows) == 8
    QTest.keyClick(room.chart, Qt.Key.Key_Escape)
    assert room.chart.day is None
    assert len(room.model.rows) == 13


def test_the_chart_says_in_words_what_it_draws(room: RenewalRoom) -> None:
    assert room.chart.accessibleDescription() == (
        "令和11年3月31日　認証4名：更新1・未更新3　6か月前の案内\n"
        "令和12年3月31日　認証9名：未更新8・取消し・返納など1\n令和14年3月31日　認証1名：未更新1"
    )


def test_recording_a_renewal_says_the_new_expiry(room: RenewalRoom, office: Office, first: list[int]) -> None:
    room.open_target(first[1])
    room.main_action()
    dialog = dialog_of(room, RenewalDialog)
    dialog.day.edit.setText("R10.9.1")
    dialog.submit()
    assert row_of(office, first[1]).expires_on == date(2032, 3, 31)
    assert "新しい満了日は令和14年3月31日です。" in room.banner.text
    assert room.due_note.text.startswith("手元の認定証の満了日は令和11年3月31日です。")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "更新研修の修了日を入れてください。"),
        ("R10.10.1", "更新研修の修了日が今日より後です。"),
        ("R8.3.30", "更新研修の修了日が令和8年3月31日より前です。"),
    ],
)
def test_a_wrong_day_is_said_at_the_field(
    room: RenewalRoom, office: Office, first: list[int], typed: str, words: str
) -> None:
    room.open_target(first[1])
    room.record_renewal()
    dialog = dialog_of(room, RenewalDialog)
    dialog.day.edit.setText(typed)
    dialog.submit()
    assert dialog.form.row("day").error == words
    assert row_of(office, first[1]).renewals == ()


def test_a_renewal_of_the_same_period_is_refused_in_the_dialog(room: RenewalRoom, first: list[int]) -> None:
    room.open_target(first[0])
    room.record_renewal()
    dialog = dialog_of(room, RenewalDialog)
    dialog.submit()
    assert "既に更新されています" in dialog.refusal.text
    assert dialog.isVisible()


def test_a_case_goes_from_opening_to_notice_to_revocation_by_two_people(
    room: RenewalRoom, office: Office, first: list[int]
) -> None:
    room.open_target(first[1])
    room.case_card.open_case()
    opening = dialog_of(room, OpenDialog)
    opening.submit()
    assert opening.form.row("ground").error == "取消しの事由を選んでください。"
    opening.ground.setCurrentIndex(1)
    opening.submit()
    assert room.record.chip.text == "調査中"
    room.case_card.revoke()
    early = dialog_of(room, RevokeDialog)
    early.reason.setPlainText("偽造")
    early.submit()
    assert early.form.row("day").error == "本人への通知がまだです。先に通知を記録してください。"
    early.leave()
    room.case_card.record_notice()
    dialog_of(room, NoticeDialog).submit()
    room.case_card.revoke()
    revoking = dialog_of(room, RevokeDialog)
    assert "NGUYỄN THỊ PHƯƠNG THẢOさん（第R7-1-0002号）の認証が失われます" in revoking.words.text()
    revoking.reason.setPlainText("実務経験証明書の偽造")
    revoking.submit()
    assert row_of(office, first[1]).standing == "valid"
    second = dialog_of(room, SecondPersonDialog)
    second.login.setText("second")
    second.password.setText(PASSWORD)
    second.submit()
    row = row_of(office, first[1])
    assert (row.standing, row.revoked_on) == ("revoked", TODAY)
    assert room.record.chip.text == "取消し"
    assert not room.renew_button.isEnabled()


def test_a_case_may_be_closed_without_revocation(room: RenewalRoom, office: Office, first: list[int]) -> None:
    room.open_target(first[2])
    assert room.case_card.close_button.isVisible()
    assert not room.open_button.isVisible()
    room.case_card.close_case()
    dialog = dialog_of(room, CloseDialog)
    dialog.submit()
    assert dialog.form.row("reason").error == "取り消さない理由を書いてください。"
    dialog.reason.setPlainText("事実が認められない")
    dialog.submit()
    case = row_of(office, first[2]).investigation
    assert case is not None
    assert (case.words, case.reason) == ("取消しなしで終了", "事実が認められない")
    assert room.record.chip.text == "有効"
    assert not room.case_card.close_button.isVisible()


def test_return_and_death_ask_which_and_end_the_validity(
    room: RenewalRoom, office: Office, first: list[int]
) -> None:
    room.open_target(first[3])
    room.record_closure()
    dialog = dialog_of(room, ClosureDialog)
    dialog.submit()
    assert dialog.form.row("kind").error == "返納か死亡かを選んでください。"
    dialog.kind.setCurrentIndex(dialog.kind.findData("died"))
    dialog.submit()
    assert row_of(office, first[3]).standing == "died"
    assert room.record.chip.text == "死亡"


def test_the_blank_form_is_written_and_a_filled_one_imported(
    room: RenewalRoom, office: Office, first: list[int], tmp_path: Path, qtbot: QtBot
) -> None:
    blank = tmp_path / "様式.xlsx"
    room._context.save_path = lambda _page, _title, _name, chosen: chosen(blank)
    room.write_template()
    assert openpyxl.load_workbook(blank).sheetnames[0] == "更新研修"
    filled = tmp_path / "更新.xlsx"
    write_renewals(filled, [RenewalForm(2, "第R7-1-0002号", "NGUYỄN THỊ PHƯƠNG THẢO", date(2028, 9, 1))])
    room.import_file(filled)
    dialog = dialog_of(room, ImportDialog)
    qtbot.waitUntil(dialog.main_button.isEnabled)
    dialog.submit()
    qtbot.waitUntil(lambda: row_of(office, first[1]).renewals == (date(2028, 9, 1),))
    qtbot.waitUntil(lambda: "更新研修を取り込みました：新規1件" in room.banner.text)


def test_a_clerk_is_told_that_only_a_manager_closes_a_case(
    qtbot: QtBot, office: Office, first: list[int], background: Background
) -> None:
    room = open_room(qtbot, as_role(office, Role.CLERK), background)
    room.open_target(first[2])
    room.case_card.close_case()
    dialog = dialog_of(room, CloseDialog)
    dialog.reason.setPlainText("事実が認められない")
    dialog.submit()
    assert "役割ではこの操作はできません" in dialog.refusal.text


def test_a_member_sees_why_the_room_is_closed_to_him(
    qtbot: QtBot, office: Office, first: list[int], background: Background
) -> None:
    room = open_room(qtbot, as_role(office, Role.MEMBER), background)
    assert "役割ではこの操作はできません" in room.list_pane.empty.text
    assert waiting(room._context) == (0, False)


def test_what_waits_are_open_cases_and_those_who_expire_within_three_months(
    office: Office, background: Background
) -> None:
    _, first = make_first(office)
    assert waiting(RoomContext(office, background)) == (0, False)
    renewal.open_revocation(office, first[0], "fraud")
    assert waiting(RoomContext(office, background)) == (1, False)
    revoke(office, first[1])
    near = as_role(office, Role.MANAGER, date(2029, 1, 10))
    assert waiting(RoomContext(near, background)) == (3, False)
    late = as_role(office, Role.MANAGER, date(2029, 3, 1))
    assert waiting(RoomContext(late, background)) == (3, True)
