"""更新・取消の画面の深いところ：満了の案内、まとめての更新、ほかの様式、取込の取消し、調査の手紙、及ぶところ。"""

from datetime import date
from pathlib import Path
from typing import TypeVar

import openpyxl
import pypdfium2
import pytest
from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.domain.access import Role
from app.services import renewal
from app.services.office import Office
from app.services.views.renewal import CertificationRow
from app.workbooks.renewals import RenewalForm, write_renewals
from database.opening import Store
from tests.factories import as_role
from tests.ui.rooms.after_sample import PASSWORD, TODAY, make_after, make_manager_office
from ui.background import Background
from ui.messages import ConfirmDialog, SecondPersonDialog
from ui.rooms.context import RoomContext
from ui.rooms.importing import ImportDialog
from ui.rooms.intake.mapping import MappingDialog
from ui.rooms.renewal.cases import (
    CaseLetterDialog,
    CertificateReturnDialog,
    MailReturnedDialog,
    NoticeDialog,
    RevokeDialog,
    SentDialog,
)
from ui.rooms.renewal.dialogs import ClosureDialog
from ui.rooms.renewal.many import ManyRenewalsDialog
from ui.rooms.renewal.notices import MakeNoticesDialog, NoticesDialog
from ui.rooms.renewal.room import RenewalRoom
from ui.rooms.renewal.undoing import UndoRenewalsDialog
from ui.rooms.renewal.words import period_spans

W = TypeVar("W", bound=QWidget)
EXPIRES = date(2029, 3, 31)


@pytest.fixture
def office(store: Store) -> Office:
    return make_manager_office(store)


@pytest.fixture
def first(office: Office) -> list[int]:
    return make_after(office)[1]


@pytest.fixture
def room(
    qtbot: QtBot, office: Office, first: list[int], background: Background, tmp_path: Path
) -> RenewalRoom:
    context = RoomContext(office, background)
    context.save_path = lambda _page, _title, name, chosen: chosen(tmp_path / name)
    made = RenewalRoom(context)
    qtbot.addWidget(made)
    made.resize(1180, 680)
    made.show()
    return made


def dialog_of(parent: QWidget, kind: type[W]) -> W:
    found = [d for d in parent.findChildren(kind) if d.isVisible()]
    assert len(found) == 1
    return found[0]


def row_of(office: Office, key: int) -> CertificationRow:
    return next(r for r in renewal.list_certifications(office) if r.certification_id == key)


def idle(qtbot: QtBot, room: RenewalRoom) -> None:
    qtbot.waitUntil(lambda: not room._context.background.is_busy)


def pages(path: Path) -> int:
    document = pypdfium2.PdfDocument(path)
    try:
        return len(document)
    finally:
        document.close()


def test_notices_are_made_sent_and_returned_from_their_window(
    room: RenewalRoom, office: Office, qtbot: QtBot, tmp_path: Path
) -> None:
    room.chart.choose(EXPIRES)
    room.show_notices()
    dialog = dialog_of(room, NoticesDialog)
    assert (dialog.day, dialog.months) == (EXPIRES, 6)
    assert dialog.times.words() == ("12か月前 4", "6か月前 3", "3か月前 3", "1か月前 3")
    assert dialog.note.text.startswith("届かないおそれ：NGUYỄN THỊ PHƯƠNG THẢO（住所がありません）")
    dialog.main_button.click()
    asking = dialog_of(dialog, MakeNoticesDialog)
    assert "新しく作る3通、台帳のまま刷り直す0通" in asking.words.text()
    assert "3名います" in asking.caution.text
    asking.number.setText("見認第7号")
    asking.submit()
    idle(qtbot, room)
    book = tmp_path / "更新の案内_2029-03-31_6か月前.pdf"
    assert pages(book) == 3
    assert [r.words for r in dialog.model.rows] == ["作成済み"] * 3
    dialog.table.selectAll()
    assert not dialog.returned_button.isEnabled()
    dialog.sent_button.click()
    dialog_of(dialog, SentDialog).submit()
    dialog.table.selectRow(1)
    dialog.returned_button.click()
    dialog_of(dialog, MailReturnedDialog).submit()
    assert [r.words for r in dialog.model.rows] == ["発送済み", "返送", "発送済み"]
    assert dialog.model.rows[1].trouble == "住所がありません。手紙が令和10年9月30日に返送されています"
    dialog.list_button.click()
    idle(qtbot, room)
    sheet = openpyxl.load_workbook(book.with_suffix(".xlsx")).worksheets[0]
    assert any(c.value == "返送" for row in sheet.iter_rows() for c in row)


def test_the_times_of_notice_have_their_own_letters(room: RenewalRoom, qtbot: QtBot) -> None:
    room.show_notices()
    dialog = dialog_of(room, NoticesDialog)
    dialog.make(dialog.model.rows)
    dialog_of(dialog, MakeNoticesDialog).submit()
    idle(qtbot, room)
    dialog.times.choose("3")
    dialog.refresh()
    assert [r.words for r in dialog.model.rows] == ["未作成"] * 3
    assert "3か月前は令和10年12月31日" in dialog.summary.text()


def test_several_chosen_people_are_renewed_together_after_a_preview(
    room: RenewalRoom, office: Office, first: list[int], qtbot: QtBot
) -> None:
    flag = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for key in (first[0], first[1], first[3]):
        place = room.model.row_of_key(key)
        room.table.selectionModel().select(room.model.index(place, 0), flag)
    chosen = [r.certification_id for r in room.chosen()]
    assert chosen == [first[0], first[1], first[3]]
    room.main_action()
    dialog = dialog_of(room, ManyRenewalsDialog)
    dialog.day.edit.setText("R10.9.1")
    assert dialog.main_button.text() == "2名の更新を記録"
    assert [bool(r[2]) for r in dialog.model.rows] == [True, False, False]
    dialog.submit()
    idle(qtbot, room)
    assert [row_of(office, key).expires_on.year for key in first] == [2032, 2032, 2029, 2032]
    assert room.banner.text.startswith("2名の更新を記録しました。更新にならなかった人が1名います。")
    assert "認定証待ち 3" in room.list_pane.filters.words()


def test_a_foreign_list_of_renewals_is_mapped_on_screen(
    room: RenewalRoom, office: Office, first: list[int], qtbot: QtBot, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["修了者氏名", "登録番号", "研修修了日"])
    sheet.append(["NGUYỄN THỊ PHƯƠNG THẢO", "第R7-1-0002号", "2028/9/1"])
    path = tmp_path / "修了者.xlsx"
    book.save(path)
    room.import_file(path)
    dialog = dialog_of(room, ImportDialog)
    idle(qtbot, room)
    assert dialog.mapping_button.isVisible()
    dialog.mapping_button.click()
    idle(qtbot, room)
    mapping = dialog_of(dialog, MappingDialog)
    assert not mapping.shape.isEnabled()
    mapping.once_button.click()
    idle(qtbot, room)
    dialog.submit()
    idle(qtbot, room)
    assert row_of(office, first[1]).renewals == (date(2028, 9, 1),)


def test_an_import_is_undone_from_its_window(
    room: RenewalRoom, office: Office, first: list[int], qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "更新.xlsx"
    write_renewals(path, [RenewalForm(2, "第R7-1-0002号", "", date(2028, 9, 1))])
    renewal.import_renewals(office, path)
    room.menu_actions["取込を取り消す…"].trigger()
    dialog = dialog_of(room, UndoRenewalsDialog)
    idle(qtbot, room)
    assert [r.name for r in dialog.renewals.rows] == ["NGUYỄN THỊ PHƯƠNG THẢO"]
    dialog.undo_button.click()
    dialog_of(dialog, ConfirmDialog).confirm_button.click()
    idle(qtbot, room)
    assert row_of(office, first[1]).renewals == ()
    assert room.banner.text == "取込を取り消しました：消した更新1件"
    assert not dialog.undo_button.isEnabled()


def test_the_letter_of_notice_starts_the_time_for_the_statement(
    room: RenewalRoom, office: Office, first: list[int], qtbot: QtBot, tmp_path: Path
) -> None:
    renewal.open_revocation(office, first[1], "fraud", date(2028, 9, 20))
    room.refresh()
    room.open_target(first[1])
    card = room.case_card
    card.letter_button.click()
    dialog = dialog_of(room, CaseLetterDialog)
    dialog.submit()
    assert dialog.form.row("facts").error == "原因となる事実を書いてください。"
    dialog.facts.setPlainText("証明書の作成者が在職していない")
    dialog.submit()
    idle(qtbot, room)
    assert pages(tmp_path / "弁明の機会の付与通知書_第R7-1-0002号.pdf") == 1
    assert "未発送" in card.words.text()
    card.sent_button.click()
    dialog_of(room, SentDialog).submit()
    assert "令和10年9月30日　本人へ通知（弁明の期限 令和10年10月14日）" in card.words.text()
    assert not card.sent_button.isVisible()
    room.revoke_button.click()
    early = dialog_of(room, RevokeDialog)
    early.reason.setPlainText("偽造")
    early.submit()
    second = dialog_of(room, SecondPersonDialog)
    second.login.setText("second")
    second.password.setText(PASSWORD)
    second.submit()
    assert row_of(office, first[1]).standing == "valid"
    assert any("弁明の期限（令和10年10月14日）が過ぎていません" in words for words in second.errors)
    second.reject()


def test_revoking_lists_the_effects_first_and_then_asks_for_the_certificate(
    room: RenewalRoom, office: Office, first: list[int], qtbot: QtBot, tmp_path: Path
) -> None:
    room.open_target(first[2])
    room.revoke_button.click()
    dialog = dialog_of(room, RevokeDialog)
    places = [e.place for e in dialog.effects.effects]
    assert places == ["認証", "認定証", "認定者名簿", "庁への便", "欠格事由エ"]
    assert dialog.effects.effects[-1].words.startswith("令和12年9月30日まで")
    dialog.day.edit.setText("R10.9.15")
    assert dialog.effects.effects[-1].words.startswith("令和12年9月15日まで")
    dialog.reason.setPlainText("実務経験証明書の偽造")
    dialog.submit()
    second = dialog_of(room, SecondPersonDialog)
    second.login.setText("second")
    second.password.setText(PASSWORD)
    second.submit()
    card = room.case_card
    card.letter_button.click()
    letter = dialog_of(room, CaseLetterDialog)
    assert letter.windowTitle() == "認証取消通知書を作る"
    letter.submit()
    idle(qtbot, room)
    card.sent_button.click()
    dialog_of(room, SentDialog).submit()
    assert "令和10年9月30日　認定証の返納を求めた" in card.words.text()
    card.return_button.click()
    dialog_of(room, CertificateReturnDialog).submit()
    case = row_of(office, first[2]).investigation
    assert case is not None
    assert (case.return_asked_on, case.certificate_returned_on) == (TODAY, TODAY)
    assert not card.return_button.isVisible()


def test_a_late_statement_is_recorded_with_its_day(
    room: RenewalRoom, office: Office, first: list[int]
) -> None:
    room.open_target(first[2])
    room.case_card.notice_button.click()
    dialog = dialog_of(room, NoticeDialog)
    dialog.due.edit.setText("R10.9.1")
    dialog.submit()
    assert "弁明の期限が通知の日以前" in dialog.refusal.text
    dialog.due.edit.setText("R10.10.20")
    dialog.statement.setPlainText("追って証明書を出します。")
    dialog.submit()
    case = row_of(office, first[2]).investigation
    assert case is not None
    assert (case.statement_due_on, case.statement_on) == (date(2028, 10, 20), TODAY)


def test_return_and_death_show_different_effects(room: RenewalRoom, first: list[int]) -> None:
    room.open_target(first[3])
    room.record_closure()
    dialog = dialog_of(room, ClosureDialog)
    assert not dialog.effects.isVisible()
    dialog.kind.setCurrentIndex(dialog.kind.findData("returned"))
    assert "改めて認証を受けられます" in dialog.effects.effects[-1].words
    dialog.kind.setCurrentIndex(dialog.kind.findData("died"))
    assert [e.place for e in dialog.effects.effects][-1] == "人の記録"
    assert dialog.effects.isVisible()


def test_the_band_of_an_ended_validity_stops_on_the_day_it_ended(
    room: RenewalRoom, office: Office, first: list[int]
) -> None:
    renewal.record_closure(office, first[0], "died", date(2028, 9, 10))
    room.refresh()
    room.open_target(first[0])
    assert [(s.words, s.end) for s in period_spans(row_of(office, first[0]))] == [
        ("令和10年9月10日に死亡", date(2028, 9, 10))
    ]
    assert "令和10年9月10日に死亡" in room.timeline.description()


def test_an_auditor_sees_the_notices_but_makes_none(
    qtbot: QtBot, office: Office, first: list[int], background: Background
) -> None:
    reading = RenewalRoom(RoomContext(as_role(office, Role.AUDITOR), background))
    qtbot.addWidget(reading)
    reading.show()
    reading.show_notices()
    dialog = dialog_of(reading, NoticesDialog)
    idle(qtbot, reading)
    assert len(dialog.model.rows) == 3
    assert not dialog.main_button.isEnabled()
    assert not dialog.sent_button.isEnabled()
