"""受付の画面：書類の写しを付け、見て、保存する。"""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.domain.access import Role
from app.services import audit_log, intake
from app.services.office import Office
from database.opening import Store
from tests.factories import (
    as_role,
    make_office,
)
from tests.ui.rooms.course_sample import (
    dialog_of,
    make_candidates,
    press,
    scan,
)
from ui.background import Background
from ui.rooms.context import RoomContext
from ui.rooms.intake.documents import AttachDialog, DocumentsDialog
from ui.rooms.intake.room import IntakeRoom


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


def open_room(qtbot: QtBot, context: RoomContext) -> IntakeRoom:
    room = IntakeRoom(context)
    qtbot.addWidget(room)
    room.resize(1180, 680)
    room.show()
    return room


def test_a_document_is_attached_seen_and_saved_byte_for_byte(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    path, target = scan(tmp_path / "申込書.png"), tmp_path / "写し.png"
    cohort, _ = make_candidates(office)
    context = RoomContext(
        office,
        background,
        cohort,
        save_path=lambda _p, _t, _n, chosen: chosen(target),
        open_path=lambda _p, _t, _n, chosen: chosen(path),
    )
    room = open_room(qtbot, context)
    missing = "まだない書類：申込書・実務経験証明書・資格証の写し・窓口の要件の確認書・申告書"
    assert (room.words["documents"].text(), room.documents_button.isEnabled()) == (missing, False)
    room.attach_document()
    attach = dialog_of(room, AttachDialog)
    attach.submit()
    assert attach.form.row("path").error == "書類のファイルを選んでください。"
    attach.path.setText(str(tmp_path / "ない.pdf"))
    attach.submit()
    assert attach.form.row("path").error == (
        "ファイル「ない.pdf」を開けません（その場所がない）。場所を確かめてください。"
    )
    press(qtbot, attach.choose_button)
    attach.submit()
    assert room.words["documents"].text().splitlines() == [
        "申込書　令和8年2月20日　申込書.png",
        "まだない書類：実務経験証明書・資格証の写し・窓口の要件の確認書・申告書",
    ]
    room.show_documents()
    dialog = dialog_of(room, DocumentsDialog)
    press(qtbot, dialog.view_button)
    assert (dialog.paper.image.width(), dialog.paper.image.height()) == (600, 800)
    assert not dialog.pages.isVisible()
    press(qtbot, dialog.save_button)
    assert dialog.note.text == f"書類を書きました：{target}"
    assert target.read_bytes() == path.read_bytes()
    entries = audit_log.read(as_role(office, Role.AUDITOR))
    assert [e.summary for e in entries if e.action == "intake.read_document"] == [
        "書類の写しを閲覧：申込書"
    ] * 2


def test_a_document_that_cannot_be_shown_can_still_be_saved(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    (tmp_path / "壊れた.pdf").write_bytes(b"%PDF-1.7 broken")
    target = tmp_path / "ない" / "a.pdf"
    cohort, ids = make_candidates(office)
    intake.attach_document(office, ids[0], "その他", tmp_path / "壊れた.pdf")
    context = RoomContext(office, background, cohort, save_path=lambda _p, _t, _n, chosen: chosen(target))
    room = open_room(qtbot, context)
    room.show_documents()
    dialog = dialog_of(room, DocumentsDialog)
    press(qtbot, dialog.view_button)
    assert dialog.note.text.startswith("この書類は、ここでは表示できません。")
    press(qtbot, dialog.save_button)
    assert "に書けませんでした（その場所がない）" in dialog.note.text
    target.parent.mkdir()
    press(qtbot, dialog.save_button)
    assert target.read_bytes() == b"%PDF-1.7 broken"
