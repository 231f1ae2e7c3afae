"""開く窓から：復旧鍵で合言葉を定め直す、利用者を替える、初めての管理者、委員、書体の不足。"""

import shutil
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.domain.access import Role
from app.services import accounts, audit_log, committee, intake, maintenance
from app.services.committee.meetings import MemberForm
from app.services.intake import CohortForm
from app.services.office import Office
from app.services.views.search import SearchHit
from database.opening import create_store, open_store
from tests.conftest import CHEAP, PASSPHRASE, ExpectedLog
from tests.factories import GUIDELINE, TODAY
from tests.ui.test_application import PASSWORD, Opened
from ui import application
from ui.commands import ROOM_COMMANDS
from ui.main_window import MainWindow
from ui.messages import ConfirmDialog, Dialog
from ui.recovery import RecoveryDialog
from ui.rooms.committee.room import CommitteeRoom
from ui.rooms.intake.application import ApplicationDialog
from ui.rooms.settings.display import DisplaySection
from ui.rooms.settings.people import AccountDialog, PasswordChangeDialog
from ui.rooms.settings.room import SettingsRoom
from ui.sign_in import FirstRunDialog
from ui.theme.fonts import fault_words, font_faults
from ui.theme.style import current_look

NEW = "思い出せる長い合言葉にします"
FONTS = files("resources") / "fonts"


class Prepared:
    """管理者・担当・委員の口座のあるデータベースと、その復旧鍵。"""

    def __init__(self, path: Path) -> None:
        self.path = path
        store, self.key = create_store(path, PASSPHRASE, cost=CHEAP)
        with store:
            office = Office(store, GUIDELINE, today=lambda: TODAY)
            accounts.first_administrator(office, "kanri", "見本 管理", PASSWORD)
            accounts.sign_in(office, "kanri", PASSWORD)
            accounts.add_account(office, "tanto", "見本 担当", Role.CLERK, PASSWORD)
            member = accounts.add_account(office, "iin", "見本 委員", Role.MEMBER, PASSWORD)
            accounts.sign_in(office, "tanto", PASSWORD)
            intake.create_cohort(office, CohortForm(1, TODAY))
            committee.add_member(office, MemberForm("見本 委員", TODAY, account_id=member))


@pytest.fixture
def prepared(tmp_path: Path) -> Prepared:
    return Prepared(tmp_path / "nintei.db")


@pytest.fixture
def opened(qapp: QApplication, prepared: Prepared, qtbot: QtBot) -> Iterator[Opened]:
    made = Opened(qapp, prepared.path, qtbot)
    yield made
    made.finish()


def switch(opened: Opened) -> None:
    """上の帯の「利用者を替える」を押し、次の開く窓が出るまで待つ。"""
    opened.desk().window.switch_button.click()
    opened.qtbot.waitUntil(lambda: opened.opening.desk is None, timeout=20_000)
    assert opened.dialog.isVisible()


def test_the_recovery_key_opens_when_the_passphrase_is_forgotten(opened: Opened, prepared: Prepared) -> None:
    # 合言葉は合っていてパスワードだけ違ったあとでも、行える
    opened.sign_in(PASSPHRASE, password="違うパスワードです")
    opened.dialog.forgot_button.click()
    (dialog,) = opened.dialog.findChildren(RecoveryDialog)
    dialog.submit()
    assert [dialog.form.row(k).error != "" for k in ("key", "new", "again")] == [True, True, False]
    dialog.key.setText("AAAA-BBBB")
    for field in (dialog.new, dialog.again):
        field.setText(NEW)
    dialog.submit()
    opened.qtbot.waitUntil(lambda: "復旧鍵が違います" in dialog.note.text, timeout=20_000)
    dialog.key.setText(prepared.key)
    dialog.submit()
    opened.qtbot.waitUntil(lambda: dialog.key_page.is_key_shown, timeout=20_000)
    dialog.reject()
    assert dialog.isVisible()
    assert dialog.key_page.key_label.text() not in ("", prepared.key)
    dialog.key_page.noted.setChecked(True)
    dialog.key_page.start_button.click()
    assert opened.dialog.note.text.startswith("合言葉を定め直し、記録を開きました。")
    assert not opened.dialog.passphrase.isEnabled()
    opened.sign_in("", login="kanri")
    summaries = [e.summary for e in audit_log.read(opened.desk().office)]
    assert "復旧鍵で合言葉を定め直した" in summaries
    opened.settle()
    opened.opening.close()
    open_store(prepared.path, NEW).close()


def test_another_person_signs_in_at_the_same_desk_without_the_passphrase(opened: Opened) -> None:
    opened.sign_in(PASSPHRASE, login="kanri")
    first = opened.desk()
    office = first.office
    assert first.window.rooms == ("settings",)
    switch(opened)
    assert (office.actor, first.window.isVisible()) == (None, False)
    opened.sign_in("", login="tanto")
    desk = opened.desk()
    assert desk.office is office
    assert "intake" in desk.window.rooms
    assert [a.name for a in (office.actor,) if a] == ["見本 担当"]
    opened.settle()
    office.actor = accounts.identify(office, "kanri", PASSWORD)
    assert [(e.who, e.summary) for e in audit_log.read(office) if e.action == "accounts.sign_out"] == [
        ("見本 管理", "サインアウト")
    ]


def find_all_at(window: MainWindow, words: str) -> Sequence[SearchHit]:
    """検索の欄が画面の外で呼ぶものを、じかに呼ぶ。"""
    return window.search._search(words)


def test_the_old_desk_locks_no_longer_after_the_person_has_changed(opened: Opened) -> None:
    opened.sign_in(PASSPHRASE, login="tanto")
    opened.desk()
    watch = opened.opening._watch
    switch(opened)
    opened.sign_in("", login="kanri")
    assert opened.desk().lock_page is None
    assert opened.opening._watch is not watch


def test_a_member_sees_only_the_committee_and_his_own_settings(opened: Opened) -> None:
    opened.sign_in(PASSPHRASE, login="iin")
    window = opened.desk().window
    assert window.rooms == ("scoring", "committee", "settings")
    assert [hit.title for hit in find_all_at(window, "見本")] == []
    assert [hit.title for hit in find_all_at(window, "審査")][:2] == ["審査会議", "審査会議を作る"]
    room = window.room("committee")
    assert isinstance(room, CommitteeRoom)
    office_only = (room.left.create_button, *room.head.office_buttons)
    assert [b.text() for b in office_only if b.isVisible()] == []


def test_the_first_administrator_is_told_what_to_do_next_and_can_do_it(
    qapp: QApplication, tmp_path: Path, qtbot: QtBot
) -> None:
    opened = Opened(qapp, tmp_path / "office" / "nintei.db", qtbot)
    dialog = opened.opening.dialog
    assert isinstance(dialog, FirstRunDialog)
    for entry in (dialog.first, dialog.second):
        entry.setText(PASSPHRASE)
    for entry in (dialog.password, dialog.password_again):
        entry.setText("十文字のパスワード二")
    dialog.admin_name.setText("見本 管理")
    dialog.login.setText("kanri")
    dialog.password.setText("九文字の言葉ですね")
    assert set(dialog.errors()) == {"password", "password_again"}
    for entry in (dialog.password, dialog.password_again):
        entry.setText("十文字の言葉ですね二")
    assert dialog.errors() == {}
    dialog.submit()
    qtbot.waitUntil(lambda: dialog.key_page.is_key_shown, timeout=20_000)
    dialog.key_page.noted.setChecked(True)
    dialog.key_page.start_button.click()
    room = opened.desk().window.room("settings")
    assert isinstance(room, SettingsRoom)
    assert room.guide.text.startswith("次にすること：「利用者を加える…」で、担当と責任者（二人以上）")
    for login, role in (("tanto", Role.CLERK), ("seki1", Role.MANAGER), ("seki2", Role.MANAGER)):
        room.guide_button.click()
        (adding,) = [d for d in room.findChildren(AccountDialog) if d.isVisible()]
        adding.login.setText(login)
        adding.name.setText(f"見本 {login}")
        adding.role.setCurrentIndex(adding.role.findData(role.value))
        for entry in (adding.password, adding.again):
            entry.setText("十文字の言葉ですね二")
        adding.submit()
    assert (room.guide.text, room.guide_button.isVisible()) == ("", False)
    opened.settle()
    switch(opened)
    opened.sign_in("", login="tanto", password="十文字の言葉ですね二")
    assert "intake" in opened.desk().window.rooms
    opened.settle()
    opened.finish()


@pytest.fixture
def broken_fonts(tmp_path: Path) -> Path:
    """本文の書体が途中で切れ、漢字の書体が一つない、書体のフォルダー。"""
    folder = tmp_path / "fonts"
    folder.mkdir()
    for entry in FONTS.iterdir():
        if entry.name.endswith((".ttf", "SHA256SUMS")) and entry.name != "ipamjm.ttf":
            shutil.copyfile(str(entry), folder / entry.name)
    cut = folder / "BIZUDGothic-Regular.ttf"
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    return folder


def test_missing_and_cut_fonts_are_found_by_name(broken_fonts: Path) -> None:
    assert font_faults(broken_fonts) == ("BIZUDGothic-Regular.ttf", "ipamjm.ttf")
    assert font_faults(broken_fonts / "なし") == ("SHA256SUMS",)
    assert font_faults() == ()
    assert fault_words(()) == ""


def test_the_window_says_which_font_is_broken_before_and_after_signing_in(
    opened: Opened, broken_fonts: Path, monkeypatch: pytest.MonkeyPatch, expect_log: ExpectedLog
) -> None:
    monkeypatch.setattr(application, "font_faults", lambda: font_faults(broken_fonts))
    with expect_log() as lines:
        opened.opening.check_fonts()
        opened.settle()
    assert opened.dialog.notice.text == (
        "同梱の書体がないか、壊れています（BIZUDGothic-Regular.ttf、ipamjm.ttf）。"
        "字が四角になったり抜けたりし、認定証などの書類を作れないことがあります。"
        "記録は無事です。プログラムを入れ直してください。"
    )
    assert len(lines) == 1
    opened.sign_in(PASSPHRASE)
    window = opened.desk().window
    opened.settle()
    with expect_log():
        opened.opening.check_fonts()
        opened.settle()
    (notice,) = [d for d in window.findChildren(Dialog) if d.isVisible()]
    assert (notice.windowTitle(), notice.words.text()) == ("書体が揃っていません", opened.dialog.notice.text)


def test_the_lock_says_who_is_away_and_lets_another_person_in(opened: Opened) -> None:
    opened.sign_in(PASSPHRASE, login="tanto")
    desk = opened.desk()
    desk.lock()
    page = desk.lock_page
    assert page is not None
    assert page.who.text() == "事務局　見本 担当（担当）"
    page.switch_button.click()
    opened.qtbot.waitUntil(lambda: opened.opening.desk is None, timeout=20_000)
    opened.sign_in("", login="kanri")
    assert opened.desk().window.rooms == ("settings",)


def test_switching_from_the_lock_asks_before_an_open_window_is_lost(opened: Opened) -> None:
    opened.sign_in(PASSPHRASE, login="kanri")
    desk = opened.desk()
    room = desk.window.room("settings")
    assert isinstance(room, SettingsRoom)
    room.open_section("people")
    room._add_account()
    (adding,) = [d for d in room.findChildren(AccountDialog) if d.isVisible()]
    adding.login.setText("yamada")
    desk.lock()
    assert desk.lock_page is not None
    desk.lock_page.switch_button.click()
    (asked,) = desk.lock_page.findChildren(ConfirmDialog)
    assert "（利用者を加える）" in asked.words.text()
    asked.reject()
    assert opened.opening.desk is desk
    desk.lock_page.switch_button.click()
    desk.lock_page.findChildren(ConfirmDialog)[-1].confirm_button.click()
    opened.qtbot.waitUntil(lambda: opened.opening.desk is None, timeout=20_000)


def test_after_a_wrong_word_the_field_is_selected_for_typing_again(opened: Opened) -> None:
    opened.sign_in("違う合言葉です、とても長い")
    dialog = opened.dialog
    assert (dialog.focusWidget(), dialog.passphrase.selectedText()) == (
        dialog.passphrase,
        "違う合言葉です、とても長い",
    )
    opened.sign_in(PASSPHRASE, password="違うパスワードです")
    assert (dialog.focusWidget(), dialog.password.selectedText()) == (dialog.password, "違うパスワードです")


def test_every_command_of_the_search_is_a_button_of_its_room(opened: Opened) -> None:
    """言葉が変わった・なくなったボタンを、検索が指し続けないように。"""
    opened.sign_in(PASSPHRASE, login="tanto")
    window = opened.desk().window
    missing = []
    for command in ROOM_COMMANDS:
        page = window.room(command.room)
        words = [b.text() for b in page.findChildren(QAbstractButton)]
        words += [a.text() for menu in page.findChildren(QMenu) for a in menu.actions()]
        if command.section and command.section not in getattr(page, "sections", {}):
            missing.append(command.title)
        if command.press and not any(text.startswith(command.press) for text in words):
            missing.append(command.title)
    assert missing == []


def test_a_command_chosen_in_the_search_goes_to_the_room_and_does_it(opened: Opened) -> None:
    opened.sign_in(PASSPHRASE, login="tanto")
    window = opened.desk().window
    choose(window, "手で入れる")
    assert window.current_room == "intake"
    (dialog,) = [d for d in window.room("intake").findChildren(ApplicationDialog) if d.isVisible()]
    dialog.reject()
    choose(window, "パスワードを変える")
    (changing,) = [d for d in window.findChildren(PasswordChangeDialog) if d.isVisible()]
    changing.reject()
    choose(window, "文字の大きさ")
    room = window.room("settings")
    assert isinstance(room, SettingsRoom)
    assert [s.title for s in (room.section,) if s] == ["表示"]
    choose(window, "監査記録を検証")
    assert room.section is room.sections["upkeep"]
    opened.settle()
    choose(window, "議事録")
    committee_room = window.room("committee")
    assert committee_room.banner.text.startswith("「議事録を作る」は、いまは行えません。")  # type: ignore[attr-defined]
    choose(window, "画面を隠す")
    assert window.is_locked


def test_the_size_of_the_text_is_kept_on_this_pc_and_not_in_the_records(opened: Opened) -> None:
    opened.sign_in(PASSPHRASE, login="tanto")
    desk = opened.desk()
    before = maintenance.audit_entries(desk.office)
    room = desk.window.room("settings")
    assert isinstance(room, SettingsRoom)
    room.open_section("display")
    section = room.section
    assert isinstance(section, DisplaySection)
    section.scale.setValue(120)
    section.dark.setChecked(True)
    room.main_action()
    assert maintenance.audit_entries(desk.office) == before
    assert {k: opened.kept[k] for k in ("scale_percent", "dark")} == {"scale_percent": "120", "dark": "1"}
    switch(opened)
    opened.sign_in("", login="kanri")
    opened.desk()
    assert (current_look().scale, current_look().tokens.name) == (16 / 13, "dark")


def choose(window: MainWindow, words: str) -> None:
    """検索で見つかった最初のものを選ぶ。"""
    found = find_all_at(window, words)
    if found:
        window.search.hit.emit(found[0])
