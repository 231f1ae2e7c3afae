"""認定証の画面。"""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.services import certificates
from app.services.office import Office
from database.opening import Store
from database.schema.certificates import Certificate
from database.schema.people import Person
from tests.factories import change
from tests.ui.rooms.committee_sample import (
    CERTIFIED_ON,
    PASSWORD,
    make_closed,
    make_manager_office,
    make_sitting,
    second_person,
)
from ui.background import Background
from ui.messages import SecondPersonDialog
from ui.rooms.certificates.changing import ReissueDialog
from ui.rooms.certificates.dialogs import IssueDialog, VerifyDialog, VoidDialog
from ui.rooms.certificates.room import CertificatesRoom, waiting
from ui.rooms.context import RoomContext
from ui.widgets.paper import page_count

W = TypeVar("W", bound=QWidget)
DAY = date(2026, 4, 10)


@pytest.fixture
def office(store: Store) -> Office:
    return replace(make_manager_office(store), today=lambda: DAY)


@pytest.fixture
def cohort(office: Office) -> int:
    return make_closed(office)[0]


def open_room(qtbot: QtBot, office: Office, background: Background, cohort: int | None) -> CertificatesRoom:
    room = CertificatesRoom(RoomContext(office, background, cohort))
    qtbot.addWidget(room)
    room.resize(1180, 680)
    room.show()
    return room


@pytest.fixture
def room(qtbot: QtBot, office: Office, background: Background, cohort: int) -> CertificatesRoom:
    return open_room(qtbot, office, background, cohort)


@pytest.fixture
def issued(office: Office, cohort: int) -> list[str]:
    return [r.number for r in certificates.issue(office, cohort, DAY)]


def dialog_of(parent: QWidget, kind: type[W]) -> W:
    found = [d for d in parent.findChildren(kind) if d.isVisible()]
    assert len(found) == 1
    return found[0]


def give_second(room: CertificatesRoom) -> None:
    dialog = dialog_of(room, SecondPersonDialog)
    dialog.login.setText("second")
    dialog.password.setText(PASSWORD)
    dialog.submit()


def test_nobody_waits_before_a_meeting_is_closed(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    cohort, _ = make_sitting(office)
    room = open_room(qtbot, office, background, cohort)
    assert (
        room.list_pane.empty.text
        == "交付を待つ人はいません。審査会議の部屋で会議を閉じると、認定と議決した人がここに並びます。"
    )
    assert waiting(room._context) == (0, False)


def test_those_certified_wait_with_their_names_checked_and_their_paper_shown(room: CertificatesRoom) -> None:
    rows = [(r.reception_number, r.name, r.missing) for r in room.waiting_model.rows]
    assert rows == [
        (1, "髙﨑󠄀 健太郎", ()),
        (2, "NGUYỄN THỊ PHƯƠNG THẢO", ()),
        (3, "渡邉 直樹", ()),
        (4, "𠮷田 みなみ", ()),
        (5, "SHRESTHA BINOD", ()),
    ]
    assert waiting(room._context) == (5, False)
    # A4 を横に置いた紙（144 dpi）
    assert (room.paper.image.width(), room.paper.image.height()) == (1684, 1191)


def test_a_name_that_cannot_be_printed_stops_the_issue_and_is_named(
    qtbot: QtBot, office: Office, background: Background, cohort: int
) -> None:
    change(office, Person, 1, certificate_name="髙\ue000 健太郎")
    room = open_room(qtbot, office, background, cohort)
    assert waiting(room._context) == (5, True)
    assert room.record.chip.text == "印刷できない字 1"
    assert room.paper.image.isNull()
    room.main_action()
    assert room.banner.text == "印刷できない文字のある人がいるため、交付できません：0001 髙﨑󠄀 健太郎"
    assert certificates.list_ledger(office, cohort) == ()


def test_all_are_issued_at_once_from_the_screen(
    qtbot: QtBot, room: CertificatesRoom, background: Background
) -> None:
    room.main_action()
    dialog = dialog_of(room, IssueDialog)
    dialog.issued_on.edit.setText("R8.2.31")
    dialog.submit()
    assert dialog.form.row("issued_on").error == "日付を読めません。書き方を確かめてください。"
    dialog.issued_on.edit.setText("8/4/10")
    dialog.submit()
    qtbot.waitUntil(lambda: not background.is_busy)
    assert [(r.number, r.version, r.issued_on) for r in room.ledger_model.rows] == [
        (f"第R7-2-{n:04d}号", 1, DAY) for n in range(1, 6)
    ]
    assert room.isEnabled()
    assert room.waiting_model.rows == () or not certificates.list_waiting(room._context.office, 1)
    assert room.banner.text.startswith("認定証を5枚交付しました（第R7-2-0001号〜第R7-2-0005号）。")


def test_a_day_before_the_certification_is_refused_and_nothing_is_issued(
    qtbot: QtBot, room: CertificatesRoom, background: Background
) -> None:
    room.main_action()
    dialog = dialog_of(room, IssueDialog)
    dialog.issued_on.edit.setText("R8.3.30")
    dialog.submit()
    assert dialog.isVisible()
    assert dialog.form.row("issued_on").error == (
        "交付日（令和8年3月30日）が認証日（令和8年3月31日）より前です。認証日以後にしてください。"
    )
    assert date(2026, 3, 31) == CERTIFIED_ON
    assert not background.is_busy
    assert len(room.waiting_model.rows) == 5


@pytest.mark.parametrize(
    ("today", "expected"),
    [(date(2026, 3, 20), CERTIFIED_ON), (CERTIFIED_ON, CERTIFIED_ON), (DAY, DAY)],
)
def test_the_day_of_issue_begins_at_the_certification_or_today_if_later(
    qtbot: QtBot, office: Office, background: Background, cohort: int, today: date, expected: date
) -> None:
    room = open_room(qtbot, replace(office, today=lambda: today), background, cohort)
    room.main_action()
    dialog = dialog_of(room, IssueDialog)
    assert dialog.issued_on.value == expected
    dialog.submit()
    qtbot.waitUntil(lambda: not background.is_busy)
    assert {r.issued_on for r in certificates.list_ledger(office, cohort)} == {expected}


def test_a_new_version_of_an_advance_issue_begins_at_that_day(
    qtbot: QtBot, office: Office, background: Background, cohort: int
) -> None:
    row = certificates.issue(office, cohort, DAY)[0]
    early = RoomContext(replace(office, today=lambda: date(2026, 4, 1)), background, cohort)
    dialog = ReissueDialog(None, early, row)
    qtbot.addWidget(dialog)
    assert dialog.issued_on.value == DAY
    dialog.reason.setText("紛失の届出による")
    dialog.issued_on.set_value(date(2026, 4, 9))
    dialog.submit()
    assert dialog.form.row("issued_on").error == (
        "前の版の交付日（令和8年4月10日）より前です。その日以後にしてください。"
    )
    assert len(certificates.list_ledger(office, cohort)) == 5


def test_a_saved_page_has_the_very_bytes_that_were_issued(
    issued: list[str], room: CertificatesRoom, office: Office, tmp_path: Path
) -> None:
    room.list_pane.filters.choose("ledger")
    row = room.ledger_table.chosen()
    assert (row.number, room.paper.image.isNull()) == (issued[0], False)
    target = tmp_path / "一枚.pdf"
    room._context.save_path = lambda _parent, _title, _name, chosen: chosen(target)
    room.save_button.click()
    assert target.read_bytes() == certificates.page(office, row.id)


def test_the_booklet_holds_every_latest_page(
    qtbot: QtBot, issued: list[str], room: CertificatesRoom, background: Background, tmp_path: Path
) -> None:
    target = tmp_path / "一冊.pdf"
    room._context.save_path = lambda _parent, _title, _name, chosen: chosen(target)
    room.booklet_button.click()
    qtbot.waitUntil(lambda: not background.is_busy)
    assert page_count(target.read_bytes()) == len(issued)


def test_printing_is_recorded_in_the_ledger(
    issued: list[str], room: CertificatesRoom, tmp_path: Path
) -> None:
    room.list_pane.filters.choose("unprinted")
    assert room.list_pane.filters.words() == ("交付待ち 0", "未印刷 5", "台帳 5")
    printer = QPrinter(QPrinter.PrinterMode.ScreenResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "印刷.pdf"))
    room.sheet.print_on(printer)
    assert page_count((tmp_path / "印刷.pdf").read_bytes()) == 1
    assert room.list_pane.filters.words() == ("交付待ち 0", "未印刷 4", "台帳 5")
    assert room.banner.text == f"{issued[0]} 髙﨑󠄀 健太郎さんの認定証を印刷しました。"


def test_a_reissue_needs_a_reason_and_supersedes_the_old_sheet(
    issued: list[str], room: CertificatesRoom, office: Office
) -> None:
    room.list_pane.filters.choose("ledger")
    room.sheet.reissue()
    dialog = dialog_of(room, ReissueDialog)
    dialog.submit()
    assert dialog.form.row("reason").error == "理由を書いてください。"
    dialog.reason.setText("紛失の届出による")
    dialog.submit()
    assert dialog.refusal.text.startswith("前の版と同じ交付日・同じ氏名では、QR で新旧を見分けられません。")
    dialog.issued_on.edit.setText("R8.4.20")
    dialog.submit()
    rows = [(r.number, r.version, r.words, r.latest, r.reason) for r in room.ledger_model.rows][:2]
    assert rows == [
        (issued[0], 1, "新規（取下げ）", False, ""),
        (issued[0], 2, "再交付", True, "紛失：紛失の届出による"),
    ]
    with office.store.sessions() as session:
        old = session.get_one(Certificate, 1).qr_text
    assert certificates.verify_text(office, old, date(2026, 4, 20)).result == "withdrawn"


def test_a_voided_number_is_skipped_and_leaves_no_unexplained_gap(
    qtbot: QtBot, room: CertificatesRoom, office: Office, cohort: int
) -> None:
    room.acts.void()
    dialog = dialog_of(room, VoidDialog)
    dialog.submit()
    assert dialog.form.row("reason").error == "欠番の理由を書いてください。"
    dialog.serial.setValue(2)
    dialog.reason.setText("用紙の書損")
    dialog.submit()
    give_second(room)
    assert [(v.serial, v.reason, v.second_person) for v in certificates.list_voided(office, cohort)] == [
        (2, "用紙の書損", "確認 四郎")
    ]
    assert [r.number for r in certificates.issue(office, cohort, DAY)] == [
        f"第R7-2-{n:04d}号" for n in (1, 3, 4, 5, 6)
    ]


def test_a_number_is_voided_only_once(office: Office, cohort: int) -> None:
    certificates.void_number(office, cohort, 2, "書損", second=second_person())
    with pytest.raises(Exception, match="既に欠番"):
        certificates.void_number(office, cohort, 2, "書損", second=second_person())


def test_a_qr_text_is_verified_and_an_altered_one_is_told(
    issued: list[str], room: CertificatesRoom, office: Office
) -> None:
    room.verify_button.click()
    dialog = dialog_of(room, VerifyDialog)
    dialog.submit()
    assert dialog.form.row("text").error == "QR を読んだ文字を貼ってください。"
    with office.store.sessions() as session:
        text = session.get_one(Certificate, 1).qr_text
    dialog.text.setPlainText(text)
    dialog.submit()
    assert [(r.number, r.result) for r in dialog.results] == [(issued[0], "genuine")]
    dialog.text.setPlainText(text[:-4] + "AAAA")
    dialog.submit()
    assert [(r.number, r.result) for r in dialog.results] == [("", "altered")]


def test_a_certificate_pdf_is_verified_page_by_page(
    qtbot: QtBot, issued: list[str], room: CertificatesRoom, office: Office, tmp_path: Path
) -> None:
    target = tmp_path / "一枚.pdf"
    target.write_bytes(certificates.page(office, 2))
    room.verify_button.click()
    dialog = dialog_of(room, VerifyDialog)
    dialog.check_file(target)
    qtbot.waitUntil(lambda: bool(dialog.results))
    assert [(r.number, r.result) for r in dialog.results] == [(issued[1], "genuine")]
