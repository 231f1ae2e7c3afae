"""開く窓から：復旧鍵で合言葉を定め直す、利用者を替える、初めての管理者、委員、書体の不足。"""

import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.access import Role
from app.services import accounts, audit_log, committee, intake
from app.services.committee.meetings import MemberForm
from app.services.intake import CohortForm
from app.services.office import Office
from database.opening import create_store, open_store
from tests.conftest import CHEAP, PASSPHRASE, ExpectedLog
from tests.factories import GUIDELINE, TODAY
from tests.ui.test_application import PASSWORD, Opened
from ui import application
from ui.messages import Dialog
from ui.recovery import RecoveryDialog
from ui.rooms.settings.people import AccountDialog
from ui.rooms.settings.room import SettingsRoom
from ui.sign_in import FirstRunDialog
from ui.theme.fonts import fault_words, font_faults

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
    made.opening.close()


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
    assert window.rooms == ("committee", "settings")
    assert not window.search.isVisible()
    room = window.room("committee")
    hidden = ("create_button", "members_button", "presence_button", "close_button")
    assert [getattr(room, name).isVisible() for name in hidden] == [False] * 4


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
    opened.opening.close()


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
