"""受付の画面：書類の確認、写しを付け・見て・差し替える、補正の手紙と回答。"""

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.domain.access import Role
from app.services import audit_log, intake
from app.services.office import Office
from database.opening import Store
from tests.factories import as_role, make_office
from tests.scans import pdf_bytes, picture_bytes, scan_file
from tests.ui.rooms.course_sample import dialog_of, make_candidates, press
from ui.background import Background
from ui.messages import ReasonDialog
from ui.rooms.context import RoomContext
from ui.rooms.intake.checklist import detail_words
from ui.rooms.intake.correction_list import CorrectionsDialog, LettersDialog
from ui.rooms.intake.corrections import AnswerDialog, CorrectionDialog
from ui.rooms.intake.documents import AttachDialog, DocumentsDialog
from ui.rooms.intake.papers import ReceiveAllDialog
from ui.rooms.intake.room import IntakeRoom

PROOF = "実務経験証明書：見本市相談窓口"
LATE = date(2026, 3, 9)


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


def open_room(qtbot: QtBot, context: RoomContext) -> IntakeRoom:
    room = IntakeRoom(context)
    qtbot.addWidget(room)
    room.resize(1180, 680)
    room.show()
    return room


def states(room: IntakeRoom) -> dict[str, str]:
    return {r.kind: r.words for r in room.papers.checklist.model.rows}


def settle(qtbot: QtBot, background: Background) -> None:
    qtbot.waitUntil(lambda: not background.is_busy, timeout=10_000)


def test_a_document_is_attached_to_its_row_seen_and_saved_byte_for_byte(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    path, target = scan_file(tmp_path, "証明書.png", picture_bytes()), tmp_path / "写し.png"
    cohort, _ = make_candidates(office)
    context = RoomContext(
        office,
        background,
        cohort,
        save_path=lambda _p, _t, _n, chosen: chosen(target),
        open_path=lambda _p, _t, _n, chosen: chosen(path),
    )
    room = open_room(qtbot, context)
    checklist = room.papers.checklist
    assert states(room)[PROOF] == "未着"
    assert not checklist.view_button.isEnabled() or checklist.table.chosen().scans
    checklist.table.select_key(PROOF)
    press(qtbot, checklist.attach_button)
    attach = dialog_of(room, AttachDialog)
    assert attach.kind.currentText() == PROOF
    attach.submit()
    assert attach.form.row("path").error == "書類のファイルを選んでください。"
    attach.path.setText(str(tmp_path / "ない.pdf"))
    attach.submit()
    settle(qtbot, background)
    assert attach.form.row("path").error.startswith("ファイル「ない.pdf」を開けません（その場所がない）。")
    press(qtbot, attach.choose_button)
    attach.submit()
    settle(qtbot, background)
    assert (states(room)[PROOF], checklist.note.text) == ("受領", "写しを付けました。")
    checklist.table.select_key(PROOF)
    press(qtbot, checklist.view_button)
    dialog = dialog_of(room, DocumentsDialog)
    settle(qtbot, background)
    assert (dialog.paper.image.width(), dialog.paper.image.height()) == (600, 800)
    press(qtbot, dialog.save_button)
    settle(qtbot, background)
    assert dialog.note.text == f"書類を書きました：{target}"
    assert target.read_bytes() == path.read_bytes()
    entries = audit_log.read(as_role(office, Role.AUDITOR))
    assert [e.summary for e in entries if e.action == "intake.read_document"] == [
        f"書類の写しを閲覧：{PROOF}"
    ] * 2


def test_files_dropped_on_a_row_are_attached_there_and_a_wrong_one_says_why(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    cohort, ids = make_candidates(office)
    room = open_room(qtbot, RoomContext(office, background, cohort))
    table = room.papers.checklist.table
    row = next(i for i, r in enumerate(table.rows_model.rows) if r.kind == PROOF)
    heic = scan_file(tmp_path, "IMG_0123.HEIC", b"\0\0\0\x18ftypheic" + bytes(64))
    place = table.visualRect(table.rows_model.index(row, 0)).center()

    def drop(*paths: Path) -> bool:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(p)) for p in paths])
        action, button, keys = (
            Qt.DropAction.CopyAction,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        enter = QDragEnterEvent(QPoint(place), action, data, button, keys)
        table.dragEnterEvent(enter)
        if enter.isAccepted():
            table.dropEvent(QDropEvent(QPointF(place), action, data, button, keys))
            settle(qtbot, background)
        return enter.isAccepted()

    # 表のファイルは書類ではない：部屋の取込に任せる
    assert not drop(scan_file(tmp_path, "申込.xlsx"))
    assert drop(scan_file(tmp_path, "一.pdf"), scan_file(tmp_path, "二.pdf", pdf_bytes(2)))
    found = [d.file_name for d in intake.list_documents(office, ids[0])]
    assert (found, states(room)[PROOF]) == (["一.pdf", "二.pdf"], "受領")
    assert drop(heic)
    assert "IMG_0123.HEIC" in room.papers.checklist.note.text
    assert "互換性優先" in room.papers.checklist.note.text
    assert len(intake.list_documents(office, ids[0])) == 2


def test_pages_are_turned_a_scan_is_replaced_with_its_history_and_removed_with_a_reason(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    cohort, ids = make_candidates(office)
    intake.attach_document(office, ids[0], PROOF, scan_file(tmp_path, "一.pdf", pdf_bytes(3)))
    new = scan_file(tmp_path, "直し.png", picture_bytes())
    context = RoomContext(office, background, cohort, open_path=lambda _p, _t, _n, chosen: chosen(new))
    room = open_room(qtbot, context)
    press(qtbot, room.papers.documents_button)
    dialog = dialog_of(room, DocumentsDialog)
    press(qtbot, dialog.view_button)
    settle(qtbot, background)
    for _ in range(2):
        dialog.paper.stepped.emit(1)
        settle(qtbot, background)
    assert dialog._page == 2
    press(qtbot, dialog.replace_button)
    settle(qtbot, background)
    assert dialog.note.text == f"「{PROOF}」を差し替えました。前の写しも残っています。"
    assert [(r.file_name, r.replaced_by_id is None) for r in dialog.model.rows] == [
        ("一.pdf", False),
        ("直し.png", True),
    ]
    dialog.table.selectRow(1)
    press(qtbot, dialog.remove_button)
    asked = dialog_of(dialog, ReasonDialog)
    asked.editor.setPlainText("別の人の証明書だった")
    asked.submit()
    assert [(r.file_name, r.replaced_by_id) for r in dialog.model.rows] == [("一.pdf", None)]


def test_an_original_on_paper_is_received_waived_and_the_mark_taken_back(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    cohort, _ = make_candidates(office)
    room = open_room(qtbot, RoomContext(office, background, cohort))
    checklist = room.papers.checklist
    before = room.model.rows[0].papers_waiting
    checklist.table.select_key(PROOF)
    press(qtbot, checklist.receive_button)
    assert states(room)[PROOF] == "受領"
    assert room.model.rows[0].papers_waiting == before - 1
    for button, reason, state in (
        (checklist.reset_button, "取り違え", "未着"),
        (checklist.waive_button, "前の研修期のもので足りる", "不要"),
    ):
        checklist.table.select_key(PROOF)
        press(qtbot, button)
        asked = dialog_of(room, ReasonDialog)
        asked.editor.setPlainText(reason)
        asked.submit()
        assert states(room)[PROOF] == state


def test_all_papers_of_the_chosen_people_are_received_at_once(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    cohort, _ = make_candidates(office)
    room = open_room(qtbot, RoomContext(office, background, cohort))
    room.table.selectAll()
    room.menu_actions["書類をまとめて受領…"].trigger()
    dialog = dialog_of(room, ReceiveAllDialog)
    dialog.submit()
    assert [r.papers_waiting for r in room.model.rows] == [0, 0, 0, 0]
    assert room.banner.text.startswith("4名の書類")


def send_letters(qtbot: QtBot, window: CorrectionsDialog, button: QPushButton, due: str = "") -> None:
    press(qtbot, button)
    letters = dialog_of(window, LettersDialog)
    if due:
        letters.due.edit.setText(due)
    letters.submit()


def test_a_deficiency_goes_from_its_row_through_letter_and_reminder_to_its_answer(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    cohort, _ = make_candidates(office)
    target = tmp_path / "手紙.pdf"
    save = lambda _p, _t, _n, chosen: chosen(target)  # noqa: E731
    room = open_room(qtbot, RoomContext(office, background, cohort, save_path=save))
    checklist = room.papers.checklist
    checklist.table.select_key(PROOF)
    press(qtbot, checklist.request_button)
    asking = dialog_of(room, CorrectionDialog)
    assert "実務経験証明書" in asking.item.toPlainText()
    asking.due.edit.setText("R8.3.6")
    asking.submit()
    row = next(r for r in checklist.model.rows if r.kind == PROOF)
    assert detail_words(row).startswith("補正を依頼中（期限 令和8年3月6日）")
    assert room.model.rows[0].state == "補正待ち"
    room.menu_actions["補正の一覧…"].trigger()
    window = dialog_of(room, CorrectionsDialog)
    send_letters(qtbot, window, window.letters_button)
    settle(qtbot, background)
    assert target.read_bytes().startswith(b"%PDF")
    assert [r.deficiency.state(office.today()) for r in window.model.rows] == ["回答待ち"]
    assert not window.letters_button.isEnabled()
    window.reject()

    late = as_role(office, Role.CLERK, LATE)
    room = open_room(qtbot, RoomContext(late, background, cohort, save_path=save))
    assert room.papers.words.text().endswith("期限超過")
    press(qtbot, room.answer_button)
    dialog_of(room, AnswerDialog).reject()
    room.papers.show_list()
    window = dialog_of(room, CorrectionsDialog)
    send_letters(qtbot, window, window.remind_button, "R8.3.23")
    settle(qtbot, background)
    (row,) = window.model.rows
    assert (row.deficiency.reminded_on, row.deficiency.due_on) == (LATE, date(2026, 3, 23))
    window.reject()
    press(qtbot, room.answer_button)
    answer = dialog_of(room, AnswerDialog)
    answer.answer.setPlainText("日数の入った証明書が届いた")
    answer.place.edit.setText(str(scan_file(tmp_path)))
    answer.submit()
    settle(qtbot, background)
    assert (states(room)[PROOF], room.model.rows[0].deficiencies) == ("受領", 0)
    assert "日数の入った証明書が届いた" in room.papers.words.text()
    assert not room.answer_button.isEnabled()
