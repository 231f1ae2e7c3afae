"""認定証の部屋の深み：まとめての印刷と続き、書換・訂正、出来事、用紙、刷れない字、紙の設計、位置合わせ。"""

from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import pytest
from PIL import Image
from PySide6.QtCore import QRectF
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.qtbot import QtBot

from app.domain.calibration import Placement
from app.services import certificates
from app.services.office import Office
from database.opening import Store
from database.schema.people import Person
from tests.factories import change
from tests.ui.rooms.committee_sample import PASSWORD, make_closed, make_manager_office
from ui.background import Background
from ui.messages import ReasonDialog, SecondPersonDialog
from ui.rooms.certificates.calibrating import CalibrationDialog
from ui.rooms.certificates.changing import CorrectionDialog, RewriteDialog
from ui.rooms.certificates.designing import DesignDialog
from ui.rooms.certificates.glyphs import GlyphDialog
from ui.rooms.certificates.printing import PrintRunDialog
from ui.rooms.certificates.records import EventDialog, PostingDialog, StockDialog, UndoEventDialog
from ui.rooms.certificates.room import CertificatesRoom
from ui.rooms.context import RoomContext
from ui.widgets.paper import page_count
from ui.widgets.sheet_printer import SheetPrinter, prepare, target

W = TypeVar("W", bound=QWidget)
DAY = date(2026, 4, 10)
LATER = date(2026, 6, 1)


@pytest.fixture
def office(store: Store) -> Office:
    return replace(make_manager_office(store), today=lambda: LATER)


@pytest.fixture
def cohort(office: Office) -> int:
    return make_closed(office)[0]


@pytest.fixture
def issued(office: Office, cohort: int) -> list[int]:
    return [r.id for r in certificates.issue(office, cohort, DAY)]


@pytest.fixture
def room(qtbot: QtBot, office: Office, background: Background, cohort: int) -> CertificatesRoom:
    made = CertificatesRoom(RoomContext(office, background, cohort))
    qtbot.addWidget(made)
    made.resize(1180, 680)
    made.show()
    return made


def dialog_of(parent: QWidget, kind: type[W]) -> W:
    found = [d for d in parent.findChildren(kind) if d.isVisible()]
    assert len(found) == 1
    return found[0]


def pdf_printer(path: Path) -> QPrinter:
    printer = QPrinter(QPrinter.PrinterMode.ScreenResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    return printer


def on_ledger(room: CertificatesRoom, filter_key: str = "ledger") -> None:
    room.refresh()
    room.list_pane.filters.choose(filter_key)


def states(dialog: PrintRunDialog) -> list[str]:
    return [s.words for s in dialog.run_view.sheets]


def test_a_batch_is_printed_settled_and_the_spoiled_one_printed_again(
    qtbot: QtBot, issued: list[int], room: CertificatesRoom, background: Background, tmp_path: Path
) -> None:
    on_ledger(room, "unprinted")
    assert room.issue_button.text() == "5枚を印刷…"
    room.main_action()
    dialog = dialog_of(room, PrintRunDialog)
    dialog.print_on(pdf_printer(tmp_path / "一.pdf"))
    qtbot.waitUntil(lambda: dialog.main_button.text() == "結果を記す", timeout=20_000)
    assert page_count((tmp_path / "一.pdf").read_bytes()) == 5
    assert states(dialog) == ["未確認"] * 5
    dialog.correct.setValue(4)
    dialog.table.select_key(2)
    dialog.toggle_spoiled()
    shown = [dialog.model.columns[3].text(r) for r in dialog.model.rows]
    assert shown == ["印刷済", "書損じ", "印刷済", "印刷済", "未印刷"]
    dialog.submit()
    assert states(dialog) == ["印刷済", "書損じ", "印刷済", "印刷済", "未印刷", "未印刷"]
    dialog.reject()
    assert room.alert.accessibleName() == "終わっていない印刷があります（印刷済 3・未印刷 2・書損じ 1）。"
    room.run_button.click()
    again = dialog_of(room, PrintRunDialog)
    assert again.main_button.text() == "2枚を印刷…"
    again.print_on(pdf_printer(tmp_path / "二.pdf"))
    qtbot.waitUntil(lambda: again.main_button.text() == "結果を記す", timeout=20_000)
    assert page_count((tmp_path / "二.pdf").read_bytes()) == 2
    again.submit()
    assert (again.run_view.ended, again.main_button.isVisible()) == (True, False)
    again.reject()
    assert (room.alert.accessibleName(), room.run_button.isVisible()) == ("", False)
    assert room.list_pane.filters.words() == ("交付待ち 0", "未印刷 0", "台帳 5")


def test_a_cancelled_batch_keeps_what_was_sent_apart_from_what_was_not(
    qtbot: QtBot, issued: list[int], room: CertificatesRoom, tmp_path: Path
) -> None:
    on_ledger(room, "unprinted")
    room.sheet.print_all()
    dialog = dialog_of(room, PrintRunDialog)
    dialog.print_on(pdf_printer(tmp_path / "一.pdf"))
    dialog.stop()
    qtbot.waitUntil(lambda: dialog.close_button.isEnabled(), timeout=20_000)
    sent = states(dialog).count("未確認")
    assert states(dialog) == ["未確認"] * sent + ["未印刷"] * (5 - sent)
    assert sent < 5


@pytest.mark.qt_log_ignore("QPainter::begin", "propagateSizeHints")
def test_a_printer_that_cannot_be_reached_leaves_a_sheet_to_be_asked_about(
    qtbot: QtBot, issued: list[int], room: CertificatesRoom, tmp_path: Path
) -> None:
    on_ledger(room, "unprinted")
    room.sheet.print_all()
    dialog = dialog_of(room, PrintRunDialog)
    with qtbot.capture_exceptions() as caught:
        dialog.print_on(pdf_printer(tmp_path / "ない" / "一.pdf"))
        qtbot.waitUntil(lambda: dialog.close_button.isEnabled(), timeout=20_000)
    assert caught == []
    assert states(dialog) == ["未確認", *["未印刷"] * 4]
    assert dialog.note.accessibleName().startswith("印刷機「PDF」に送れませんでした。")


def test_a_change_of_name_is_rewritten_with_its_document(
    qtbot: QtBot, issued: list[int], room: CertificatesRoom, office: Office, tmp_path: Path
) -> None:
    Image.new("L", (60, 40), 200).save(tmp_path / "戸籍抄本.png")
    on_ledger(room)
    room.sheet.rewrite()
    dialog = dialog_of(room, RewriteDialog)
    dialog.name.setText("鈴木 健太郎")
    qtbot.waitUntil(lambda: not dialog.paper.image.isNull())
    dialog.submit()
    errors = {key: dialog.form.row(key).error for key in ("changed_on", "document", "signed_off", "reason")}
    assert errors == {
        "changed_on": "氏名の変わった日を入れてください。",
        "document": "変更を確かめた書類の写しを付けてください。",
        "signed_off": "刷られる姿を見て、確認の印を付けてください。",
        "reason": "理由を書いてください。",
    }
    dialog.changed_on.edit.setText("R8.5.20")
    dialog.attach(tmp_path / "戸籍抄本.png")
    dialog.reason.setText("婚姻による氏の変更")
    dialog.signed_off.setChecked(True)
    dialog.submit()
    assert room.banner.text == "第R7-2-0001号の第2版（書換）を作りました。"
    rows = [(r.version, r.name, r.withdrawn_on) for r in room.ledger_model.rows[:2]]
    assert rows == [(1, "髙﨑󠄀 健太郎", LATER), (2, "鈴木 健太郎", None)]
    titles = [(r.title, r.version) for r in room.history.rows]
    assert titles == [
        ("認証", None), ("交付", 1), ("氏名の変更", None), ("取下げ", 1), ("交付", 2), ("旧い認定証の返納", 1),
    ]  # fmt: skip


def test_signing_off_ends_when_the_name_is_typed_again(
    qtbot: QtBot, issued: list[int], room: CertificatesRoom
) -> None:
    on_ledger(room)
    room.sheet.correct()
    dialog = dialog_of(room, CorrectionDialog)
    qtbot.waitUntil(lambda: not dialog.paper.image.isNull())
    dialog.signed_off.setChecked(True)
    dialog.certificate_name.setText("髙崎𓀀 健太郎")
    assert dialog.signed_off.isChecked() is False
    qtbot.waitUntil(lambda: dialog.paper.image.isNull())
    assert "印刷できない" in dialog.name_note.accessibleName() or "どの書体にもない" in (
        dialog.name_note.accessibleName()
    )
    dialog.setResult(QDialog.DialogCode.Rejected)
    dialog.hide()


def test_events_postings_and_blanks_are_recorded_from_the_screen(
    issued: list[int], room: CertificatesRoom, office: Office, cohort: int
) -> None:
    for one in issued[:2]:
        certificates.record_print(office, one)
    on_ledger(room)
    room.acts.post_all()
    posting = dialog_of(room, PostingDialog)
    for field in posting.numbers:
        field.setText("123")
    posting.submit()
    assert posting.form.row(f"n{issued[1]}").error == "髙﨑󠄀 健太郎さんと同じ追跡番号です。"
    posting.numbers[1].setText("-")
    posting.submit()
    room.sheet.record_event()
    event = dialog_of(room, EventDialog)
    event.kind.setCurrentIndex(event.kind.findData("returned_mail"))
    assert event.tracking.isEnabled() is False
    event.remarks.setText("あて所に尋ねあたらず")
    event.submit()
    found = [(e.title, e.tracking_number, e.words) for e in certificates.list_events(office, cohort)]
    assert found == [("発送", "123", ""), ("返送", "", "あて所に尋ねあたらず")]
    room.sheet.undo_event()
    undo = dialog_of(room, UndoEventDialog)
    undo.submit()
    assert undo.form.row("reason").error == "取り消す理由を書いてください。"
    undo.reason.setText("別の人の郵便だった")
    undo.submit()
    assert room.banner.text == "出来事を取り消しました。"
    assert [bool(e.undone) for e in certificates.list_events(office, cohort)] == [False, True]
    assert [r.title for r in room.history.rows][-2:] == ["発送", "返送（取消し）"]
    room.acts.stock()
    stock = dialog_of(room, StockDialog)
    stock.sheets.setValue(12)
    stock.submit()
    assert room.alert.accessibleName() == "用紙の残りが12枚です（20枚以下で知らせます）。"


def test_a_glyph_that_is_missing_is_replaced_by_an_approved_one(
    qtbot: QtBot, room: CertificatesRoom, office: Office, cohort: int
) -> None:
    change(office, Person, 1, certificate_name="葛\U000e01ef 健太郎")
    room.refresh()
    assert (room.glyph_button.isVisible(), room.glyph_button.isEnabled()) == (True, True)
    room.glyph_button.click()
    dialog = dialog_of(room, GlyphDialog)
    assert (dialog.printed.text(), dialog.before.image.isNull()) == ("〓 健太郎", False)
    dialog.submit()
    assert dialog.form.row("printed").error == "〓を、刷れる字に替えてください。"
    dialog.use(dialog.check.missing[0], dialog.check.missing[0].substitutes[0])
    qtbot.waitUntil(lambda: not dialog.paper.image.isNull())
    dialog.signed_off.setChecked(True)
    dialog.reason.setText("本人に電話で確かめた")
    dialog.submit()
    assert [w.missing for w in certificates.list_waiting(office, cohort)] == [()] * 5
    assert certificates.list_waiting(office, cohort)[0].certificate_name == "葛 健太郎"


def test_a_file_of_a_design_is_drawn_again_whenever_it_is_written(
    qtbot: QtBot, room: CertificatesRoom, tmp_path: Path
) -> None:
    text = (files("resources") / "certificate" / "portrait.toml").read_text("utf-8")
    path = tmp_path / "新しい設計.toml"
    path.write_text(text, encoding="utf-8")
    room.acts.design()
    dialog = dialog_of(room, DesignDialog)
    qtbot.waitUntil(lambda: not dialog.paper.image.isNull())
    assert dialog.paper.image.width() > dialog.paper.image.height()
    dialog.watch(path)
    qtbot.waitUntil(lambda: dialog.paper.image.height() > dialog.paper.image.width())
    assert dialog.main_button.isEnabled() is False
    path.write_text(text.replace("{issued}", "{isued}"), encoding="utf-8")
    qtbot.waitUntil(lambda: "{isued} は使えません" in dialog.note.accessibleName())
    path.write_text(text, encoding="utf-8")
    qtbot.waitUntil(lambda: not dialog.paper.image.isNull())
    dialog.reject()


def test_the_chosen_design_is_used_from_the_next_issue_and_named_in_the_ledger(
    qtbot: QtBot, room: CertificatesRoom, office: Office, cohort: int
) -> None:
    room.acts.design()
    dialog = dialog_of(room, DesignDialog)
    dialog.design.setCurrentIndex(dialog.design.findData("portrait"))
    dialog.submit()
    rows = certificates.issue(office, cohort, DAY)
    assert [r.layout.split(":")[0] for r in rows] == ["portrait"] * 5
    on_ledger(room)
    assert room.paper.image.height() > room.paper.image.width()


def test_a_measured_test_sheet_moves_the_next_print(
    qtbot: QtBot,
    issued: list[int],
    room: CertificatesRoom,
    office: Office,
    background: Background,
    tmp_path: Path,
) -> None:
    dialog = CalibrationDialog(room, room._context, ("",))
    dialog.printer.setEditable(True)
    dialog.printer.setEditText("一号機")
    dialog.open()
    dialog.test_on(pdf_printer(tmp_path / "試し刷り.pdf"))
    assert page_count((tmp_path / "試し刷り.pdf").read_bytes()) == 1
    for key, text in (("left", "23"), ("top", "２０．０"), ("wide", "x"), ("tall", "160")):
        dialog.fields[key].setText(text)
    dialog.submit()
    assert dialog.form.row("wide").error == "長さを mm の数で入れてください（例：20.3）。"
    dialog.fields["wide"].setText("160mm")
    dialog.submit()
    found = certificates.get_calibration(office, "一号機")
    assert (found.offset_x, found.offset_y, found.scale_x, found.scale_y) == (-30, 0, 10_000, 10_000)


def whole(place: QRectF) -> list[int]:
    return [round(v) for v in (place.x(), place.y(), place.width(), place.height())]


def test_the_placement_is_applied_to_the_whole_sheet_in_printer_dots() -> None:
    # A4 横、254 dpi なら 1 mm は 10 点
    plain = target(841.89, 595.28, 254, Placement())
    assert whole(plain) == [0, 0, 2970, 2100]
    moved = target(841.89, 595.28, 254, Placement(-30, 5, 9_900, 10_100))
    assert whole(moved) == [-30, 5, 2940, 2121]


def test_a_printed_sheet_has_the_size_of_the_paper_and_one_side(
    issued: list[int], office: Office, tmp_path: Path
) -> None:
    printer = pdf_printer(tmp_path / "一.pdf")
    printer.setDuplex(QPrinter.DuplexMode.DuplexLongSide)
    prepare(printer, True)
    sender = SheetPrinter(printer)
    sender.put(certificates.page(office, issued[0]))
    sender.end()
    assert printer.duplex() == QPrinter.DuplexMode.DuplexNone
    import pypdfium2

    document = pypdfium2.PdfDocument(tmp_path / "一.pdf")
    assert [round(v) for v in document[0].get_size()] == [842, 595]
    document.close()


def test_the_signing_key_is_retired_only_with_a_reason_and_another_manager(
    issued: list[int], room: CertificatesRoom, office: Office, tmp_path: Path
) -> None:
    on_ledger(room)
    room.acts.actions["署名鍵を取り下げる…"].trigger()
    reason = dialog_of(room, ReasonDialog)
    reason.editor.setPlainText("媒体の紛失")
    reason.submit()
    second = dialog_of(room, SecondPersonDialog)
    second.login.setText("second")
    second.password.setText(PASSWORD)
    second.submit()
    assert room.banner.text == "署名鍵を取り下げました。公開鍵の紙と検証の頁を配り直してください。"
    page = tmp_path / "検証.html"
    room._context.save_path = lambda _parent, _title, _name, chosen: chosen(page)
    room.acts.actions["検証の頁…"].trigger()
    assert '"retired": true' in page.read_text("utf-8")
