"""持ち出しの窓：ファイルと合言葉だけで開き、鍵盤で入れ、隠し、落ちても続きから、戻りを書く。"""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.services import committee
from app.services.committee.review import open_packet
from app.services.office import Office
from database.opening import Store
from database.schema.committee import Meeting
from tests.conftest import CHEAP
from tests.factories import change
from tests.ui.rooms.committee_sample import make_manager_office, make_sitting
from ui.application import Opening
from ui.background import Background
from ui.frame import FrameSettings
from ui.messages import ReasonDialog
from ui.review.attendance import AttendanceDialog
from ui.review.declaring import DeclareDialog
from ui.review.page import ReviewPage
from ui.review.window import ReviewWindow
from ui.sign_in import FirstRunDialog

WORD = "もちだしの合言葉 あいうえお"
KEEP = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def office(store: Store) -> Office:
    return make_manager_office(store)


@pytest.fixture
def away(tmp_path: Path) -> Path:
    """事務局の記録とは別のフォルダー。"""
    folder = tmp_path / "持ち出し先"
    folder.mkdir()
    return folder


def packet(office: Office, away: Path, place: int | None = 1, kind: str = "in_person") -> Path:
    _, meeting = make_sitting(office)
    change(office, Meeting, meeting, kind=kind)
    member = None if place is None else committee.get_meeting(office, meeting).members[place].id
    committee.export_packet(office, meeting, member, WORD, away / "a.ndpacket", CHEAP)
    return away / "a.ndpacket"


Open = Callable[[Path], tuple[ReviewWindow, ReviewPage]]


@pytest.fixture
def opened(qtbot: QtBot, background: Background, away: Path) -> Open:
    def make(path: Path) -> tuple[ReviewWindow, ReviewPage]:
        def save(_parent: QWidget, _title: str, name: str, chosen: Callable[[Path], None]) -> None:
            chosen(away / name)

        window = ReviewWindow(background, path, save_path=save)
        qtbot.addWidget(window)
        window.show()
        enter(qtbot, window)
        assert window.page is not None
        for dialog in window.page.findChildren(DeclareDialog):
            dialog.submit()
        return window, window.page

    return make


def enter(qtbot: QtBot, window: ReviewWindow, word: str = WORD) -> None:
    window.entry.passphrase.setText(word)
    window.submit()
    qtbot.waitUntil(lambda: window.entry.main_button.isEnabled(), timeout=20_000)


def states(page: ReviewPage) -> list[str]:
    return [page._state(r) for r in page.model.rows]


def press(page: ReviewPage, key: Qt.Key, held: Qt.KeyboardModifier = KEEP) -> None:
    QTest.keyClick(page.table, key, held)


def test_a_case_is_entered_by_keyboard_alone_and_the_next_one_comes(
    office: Office, away: Path, opened: Open, qtbot: QtBot
) -> None:
    window, page = opened(packet(office, away))
    with qtbot.waitActive(window):
        window.activateWindow()
    for key in (Qt.Key.Key_F6, Qt.Key.Key_F7, Qt.Key.Key_F8):
        press(page, key)
    first = page.case
    assert first is not None
    assert [g.finding for g in first.grounds] == ["clear"] * 4
    assert first.votes == {page.review.member_id: "for"}
    press(page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    press(page, Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    assert page.case is not None
    assert (page.case.position, page.case.votes) == (2, {page.review.member_id: "against"})
    assert states(page) == ["記入済み", "記入済み", "未記入", "未記入", "未記入"]
    assert page.counts.text == "5件中 2件 記入済み"


def test_what_is_typed_is_on_disk_when_another_case_is_chosen_and_when_the_window_is_gone(
    office: Office, away: Path, opened: Open
) -> None:
    path = packet(office, away)
    window, page = opened(path)
    page.remark.setPlainText("照会の回答を見たい")
    page.table.selectRow(1)
    first, second = (r.id for r in page.model.rows[:2])
    assert open_packet(path, WORD).entry(first).remark == "照会の回答を見たい"
    assert page.remark.toPlainText() == ""
    page.remark.setPlainText("二件目")
    window.close()
    assert open_packet(path, WORD).entry(second).remark == "二件目"


def test_a_remark_is_kept_by_itself_when_the_hand_pauses(
    office: Office, away: Path, opened: Open, qtbot: QtBot
) -> None:
    path = packet(office, away)
    _, page = opened(path)
    page.remark.setPlainText("打ちかけ")
    case = page.model.rows[0].id
    qtbot.waitUntil(lambda: open_packet(path, WORD).entry(case).remark == "打ちかけ")
    assert states(page)[0] == "途中"


def test_a_window_that_dies_comes_back_where_it_was(office: Office, away: Path, opened: Open) -> None:
    path = packet(office, away)
    _, page = opened(path)
    for ground in "aiue":
        page.judge(ground, "clear")
    page.vote(page.review.member_id or 0, "abstain")
    page.review, page.case = open_packet(path, WORD), None
    _, again = opened(path)
    assert states(again)[0] == "記入済み"
    assert again.sheet.grounds.radio("a", "clear").isChecked()


def test_a_finding_against_the_computed_one_asks_for_the_reason(
    office: Office, away: Path, opened: Open
) -> None:
    _, page = opened(packet(office, away))
    page.sheet.grounds.radio("i", "applies").click()
    (dialog,) = page.findChildren(ReasonDialog)
    dialog.editor.setPlainText("罰金の記録を見た")
    dialog.submit()
    assert page.case is not None
    assert [(g.finding, g.reason) for g in page.case.grounds if g.ground == "i"] == [
        ("applies", "罰金の記録を見た")
    ]


def test_a_case_set_aside_by_the_member_is_closed_on_the_screen(
    office: Office, away: Path, opened: Open
) -> None:
    _, page = opened(packet(office, away))
    page.declare_button.click()
    dialog = next(d for d in page.findChildren(DeclareDialog) if d.isVisible())
    first = page.model.rows[0]
    dialog.boxes[first.id].setChecked(True)
    dialog.submit()
    assert (states(page)[0], page.counts.text, page.case) == ("回避", "5件中 1件 記入済み", None)
    assert page.record.is_empty_shown
    page.table.selectRow(1)
    assert page.case is not None


def test_hiding_the_screen_drops_what_was_open_and_asks_for_the_passphrase_again(
    office: Office, away: Path, opened: Open, qtbot: QtBot
) -> None:
    window, page = opened(packet(office, away))
    page.remark.setPlainText("隠す前に")
    window.lock()
    assert (window.is_open, window.page) == (False, None)
    assert window.windowTitle() == "認定デスク　持ち出しの審査"
    enter(qtbot, window, "ちがう合言葉ちがう合言葉")
    assert (window.is_open, "合言葉が違います" in window.entry.note.text) == (False, True)
    enter(qtbot, window)
    assert window.page is not None
    assert window.page.remark.toPlainText() == "隠す前に"


def test_when_the_place_is_gone_nothing_typed_is_lost_and_the_window_does_not_close(
    office: Office, away: Path, opened: Open
) -> None:
    window, page = opened(packet(office, away))
    gone = away.with_name("抜かれた")
    away.rename(gone)
    page.remark.setPlainText("残せない所見")
    assert window.close() is False
    assert "書けませんでした" in page.banner.text
    assert page.remark.toPlainText() == "残せない所見"
    page.judge("a", "clear")
    assert states(page)[0] == "未記入"
    gone.rename(away)
    assert window.close() is True


def test_hiding_with_an_unkept_remark_hides_but_keeps_it(
    office: Office, away: Path, opened: Open, qtbot: QtBot
) -> None:
    window, page = opened(packet(office, away))
    gone = away.with_name("抜かれた")
    away.rename(gone)
    page.remark.setPlainText("残せない所見")
    window.lock()
    assert (window.is_open, window.page) == (False, page)
    gone.rename(away)
    enter(qtbot, window)
    assert (window.is_open, page.remark.toPlainText()) == (True, "残せない所見")
    assert page.keep_remark()


def test_the_return_is_written_under_its_own_name_and_says_what_is_missing(
    office: Office, away: Path, opened: Open
) -> None:
    _, page = opened(packet(office, away))
    page.send()
    assert "まだ何も入れていません" in page.banner.text
    page.vote(page.review.member_id or 0, "for")
    page.send()
    assert (away / "a_戻り.ndreturn").exists()
    assert "まだ記入していない案件が4件あります。" in page.banner.text


def test_on_the_second_pc_presence_is_entered_before_the_votes(
    office: Office, away: Path, opened: Open
) -> None:
    _, page = opened(packet(office, away, None))
    page.presence_button.click()
    (dialog,) = page.findChildren(AttendanceDialog)
    last = list(dialog.buttons)[-1]
    dialog.time.setText("25:00")
    dialog.toggle(last)
    assert (dialog.error, dialog.state_of(last)) == ("時刻は 14:00 の形で入れてください。", "未着席")
    dialog.time.setText("14:10")
    dialog.toggle(last)
    assert dialog.state_of(last) == "出席 14:10"
    dialog.accept()
    page.vote_everyone()
    assert page.case is not None
    assert set(page.case.votes.values()) == {"for"}
    assert len(page.case.votes) == 5
    assert page.sheet.votes.quorum.text() == "定足数 充足　出席 5／母数 5"


def test_in_person_a_member_is_not_asked_for_his_time_but_online_he_is(
    office: Office, away: Path, opened: Open
) -> None:
    _, page = opened(packet(office, away, 1, "online"))
    assert not page.presence_button.isHidden()


def test_nothing_is_opened_without_a_file_and_a_passphrase(qtbot: QtBot, background: Background) -> None:
    window = ReviewWindow(background)
    qtbot.addWidget(window)
    window.submit()
    assert window.entry.note.text == "持ち出しのファイルを選んでください。"
    window.entry.set_path(Path("ない.ndpacket"))
    window.submit()
    assert window.entry.note.text == "合言葉を入れてください。"
    enter(qtbot, window)
    assert "ない.ndpacket を読めませんでした" in window.entry.note.text


def test_a_pc_without_any_record_opens_a_packet_from_the_first_window(
    qapp: QApplication, qtbot: QtBot, office: Office, away: Path
) -> None:
    path = packet(office, away)
    opening = Opening(qapp, away / "nintei.db", "", FrameSettings(lambda _k: "", lambda _k, _v: None))
    opening.start()
    dialog = opening.dialog
    assert isinstance(dialog, FirstRunDialog)
    dialog.review_button.click()
    window = opening.review
    assert window is not None
    qtbot.addWidget(window)
    assert (window.isVisible(), dialog.isVisible()) == (True, False)
    window.entry.set_path(path)
    enter(qtbot, window)
    assert window.is_open
    assert window.page is not None
    assert [d.isVisible() for d in window.page.findChildren(DeclareDialog)] == [True]
    assert sorted(p.name for p in away.iterdir()) == ["a.ndpacket"]
    window.close()
    opening.close()
