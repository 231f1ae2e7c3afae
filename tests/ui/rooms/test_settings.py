"""設定の画面。"""

from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.domain.access import Role
from app.domain.errors import AccessDenied
from app.services import accounts, audit_log, certificates, maintenance, settings
from app.services.office import Actor, Office
from database.opening import Store, open_store
from tests.conftest import PASSPHRASE
from tests.factories import as_role
from tests.ui.rooms.after_sample import PASSWORD, make_manager_office
from ui.background import Background
from ui.frame import Display, FrameSettings
from ui.messages import ConfirmDialog
from ui.rooms.context import RoomContext
from ui.rooms.settings.display import DisplaySection
from ui.rooms.settings.log import LogSection
from ui.rooms.settings.office import OfficeSection
from ui.rooms.settings.people import AccountDialog, PasswordChangeDialog, PeopleSection
from ui.rooms.settings.readings import ReadingsSection
from ui.rooms.settings.room import SECTIONS, SettingsRoom, waiting
from ui.rooms.settings.section import Section
from ui.rooms.settings.upkeep import PassphraseDialog, UpkeepSection, audit_words, check_words

W = TypeVar("W", bound=QWidget)
S = TypeVar("S", bound=Section)


@pytest.fixture
def manager(store: Store) -> Office:
    return make_manager_office(store)


@pytest.fixture
def office(manager: Office) -> Office:
    return as_role(manager, Role.ADMINISTRATOR)


def open_room(qtbot: QtBot, office: Office, background: Background) -> SettingsRoom:
    room = SettingsRoom(RoomContext(office, background))
    qtbot.addWidget(room)
    room.resize(1180, 680)
    room.show()
    return room


@pytest.fixture
def room(qtbot: QtBot, office: Office, background: Background) -> SettingsRoom:
    return open_room(qtbot, office, background)


def open_section(room: SettingsRoom, kind: type[S]) -> S:
    room.open_section(kind.key)
    section = room.section
    assert isinstance(section, kind)
    return section


def dialog_of(parent: QWidget, kind: type[W]) -> W:
    found = [d for d in parent.findChildren(kind) if d.isVisible()]
    assert len(found) == 1
    return found[0]


def ready(qtbot: QtBot, background: Background) -> None:
    qtbot.waitUntil(lambda: not background.is_busy, timeout=15_000)


def test_arrows_move_through_the_sections(room: SettingsRoom) -> None:
    seen = []
    for _ in SECTIONS:
        assert room.section is not None
        seen.append(room.section.title)
        QTest.keyClick(room.table, Qt.Key.Key_Down)
    assert seen == ["事務局と書類", "実施要綱の版と読み", "利用者", "保守", "監査記録", "表示"]
    assert waiting(room._context) == (0, False)


def test_changed_settings_are_saved_and_the_others_are_not_touched(
    room: SettingsRoom, office: Office
) -> None:
    section = open_section(room, OfficeSection)
    assert not section.save_button.isEnabled()
    before = maintenance.audit_entries(office)
    section.texts["issuer_name"].setText("見本 長官")
    section.numbers["lock_minutes"].setValue(9)
    room.main_action()
    assert settings.get(office, "issuer_name") == "見本 長官"
    assert settings.get(office, "lock_minutes") == 9
    section.numbers["blank_low"].setValue(35)
    room.main_action()
    stock = certificates.get_stock(as_role(office, Role.MANAGER))
    assert (settings.get(office, "blank_low"), stock.low) == (35, 35)
    assert maintenance.audit_entries(office) == before + 3
    assert room.banner.text == "保存しました：用紙が少ないと知らせる枚数"
    assert not section.save_button.isEnabled()


def test_saved_settings_are_put_back_and_both_acts_stay_in_the_log(
    room: SettingsRoom, office: Office
) -> None:
    section = open_section(room, OfficeSection)
    before = maintenance.audit_entries(office)
    section.texts["issuer_name"].setText("見本 長官")
    section.save()
    room.banner.undo_button.click()
    assert (settings.get(office, "issuer_name"), section.texts["issuer_name"].text()) == ("", "")
    assert maintenance.audit_entries(office) == before + 2
    assert (room.banner.text, section.save_button.isEnabled()) == ("元に戻しました。", False)


def test_a_wrong_number_format_is_said_while_typing_and_the_example_follows(
    room: SettingsRoom, office: Office
) -> None:
    section = open_section(room, OfficeSection)
    assert section.example.text() == "第R7-1-0001号"
    section.texts["number_format"].setText("認{年度略}-{期}-{5桁}")
    assert section.example.text() == "認R7-1-00001"
    section.texts["number_format"].setText("認{年度}-{5桁}")
    assert section.form.row("number_format").error == (
        "認定番号の書式に使えるのは {年度略}・{期}・{4桁} です。"
    )
    assert not section.save_button.isEnabled()
    section.save()
    assert settings.get(office, "number_format") == "第{年度略}-{期}-{4桁}号"


def test_an_empty_name_of_the_office_is_refused_and_can_be_put_back(room: SettingsRoom) -> None:
    section = open_section(room, OfficeSection)
    section.texts["office_name"].setText(" ")
    assert section.form.row("office_name").error.startswith("事務局の名が空です。")
    section.revert()
    assert section.texts["office_name"].text() == "認定審査委員会事務局"
    assert section.form.row("office_name").error == ""


def test_what_was_typed_stays_when_the_room_is_read_again(room: SettingsRoom) -> None:
    section = open_section(room, OfficeSection)
    section.texts["issuer_name"].setText("書きかけ")
    open_section(room, ReadingsSection)
    open_section(room, OfficeSection)
    room.refresh()
    assert section.texts["issuer_name"].text() == "書きかけ"


def test_a_clerk_may_not_change_the_settings(qtbot: QtBot, manager: Office, background: Background) -> None:
    room = open_room(qtbot, as_role(manager, Role.CLERK), background)
    section = open_section(room, OfficeSection)
    assert section.refused.text == (
        "ここの設定を変えられるのは、責任者・管理者です。変えるときは、その役割の人に頼んでください。"
    )
    assert [f.isReadOnly() for f in section.texts.values()] == [True] * 4
    assert not section.numbers["lock_minutes"].isEnabled()
    assert [b.isVisible() for b in (section.save_button, section.revert_button)] == [False, False]
    room.main_action()
    section.texts["issuer_name"].setText("見本 長官")
    section.save()
    assert room.banner.text == (
        "clerkの人さんの役割ではこの操作はできません（設定）。"
        "行えるのは責任者・管理者です。その役割の人に依頼してください。"
    )
    assert settings.get(manager, "issuer_name") == ""


def test_a_clerk_may_set_how_his_own_screen_looks(
    qtbot: QtBot, manager: Office, background: Background
) -> None:
    kept: dict[str, str] = {"scale_percent": "こわれた"}
    context = RoomContext(as_role(manager, Role.CLERK), background)
    context.stored = FrameSettings(lambda key: kept.get(key, ""), kept.__setitem__)
    room = SettingsRoom(context)
    qtbot.addWidget(room)
    section = open_section(room, DisplaySection)
    assert (section.display, section.save_button.isEnabled()) == (Display(100, dark=False), False)
    section.scale.setValue(130)
    section.dark.setChecked(True)
    section.save()
    assert (context.stored.display(), section.save_button.isEnabled()) == (Display(130, dark=True), False)


def test_the_readings_are_listed_with_their_reasons(room: SettingsRoom) -> None:
    section = open_section(room, ReadingsSection)
    words = [(section.model.columns[1].text(r), r.clause) for r in section.model.rows]
    assert words == [
        ("研修開始日を数え入れる", "注6"),
        ("30日を1か月とみなす", "注6"),
        ("実務経験の窓口にも求める", "注5"),
        ("元の満了の翌日から", "6(4)"),
        ("母数からも出席者からも除く", "6(2)"),
        ("出席した委員の過半数", "6(2)"),
    ]
    section.table.selectRow(3)
    assert section.reason.text().startswith("更新研修を有効期間内に修了したときは")
    assert "有効期間 3年" in section.numbers.text()


def test_an_account_is_added_with_its_role(room: SettingsRoom, office: Office) -> None:
    section = open_section(room, PeopleSection)
    section.add()
    dialog = dialog_of(room, AccountDialog)
    dialog.submit()
    assert [dialog.form.row(k).error for k in ("login", "name")] == [
        "利用者名を入れてください。",
        "氏名を入れてください。",
    ]
    dialog.login.setText("second")
    dialog.name.setText("見本 五郎")
    dialog.role.setCurrentIndex(dialog.role.findData("auditor"))
    dialog.password.setText("十分に長い合言葉")
    dialog.again.setText("十分に長い合言葉です")
    dialog.submit()
    assert "短すぎます" in dialog.form.row("password").error
    dialog.password.setText("十分に長い合言葉です")
    dialog.submit()
    assert "利用者名「second」は既にあります" in dialog.refusal.text
    dialog.login.setText("goro")
    dialog.submit()
    found = [(a.login, a.name, a.role, a.active) for a in accounts.list_accounts(office)]
    assert found == [("second", "確認 四郎", "責任者", True), ("goro", "見本 五郎", "閲覧", True)]
    assert [r.login for r in section.model.rows] == ["second", "goro"]


def test_a_second_account_of_the_same_person_is_kept_as_the_same_person(
    room: SettingsRoom, office: Office
) -> None:
    section = open_section(room, PeopleSection)
    section.add()
    dialog = dialog_of(room, AccountDialog)
    dialog.login.setText("admin2")
    dialog.name.setText("確認 四郎（管理）")
    dialog.same.setCurrentIndex(1)
    for field in (dialog.password, dialog.again):
        field.setText("十分に長い合言葉です")
    dialog.submit()
    keys = [a.person_key for a in accounts.list_accounts(office)]
    assert keys[0] == keys[1]


def test_stopping_an_account_names_who_is_shut_out_and_can_be_undone(
    room: SettingsRoom, office: Office
) -> None:
    section = open_section(room, PeopleSection)
    section.table.selectRow(0)
    section.stop()
    dialog = dialog_of(room, ConfirmDialog)
    assert "確認 四郎さん（second）はサインインできなくなります" in dialog.words.text()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert accounts.list_accounts(office)[0].active
    dialog.confirm_button.click()
    assert not accounts.list_accounts(office)[0].active
    with pytest.raises(AccessDenied):
        accounts.identify(office, "second", PASSWORD)
    assert section.restore_button.isVisible()
    assert not section.stop_button.isVisible()
    section.restore()
    assert accounts.list_accounts(office)[0].active


def test_everybody_may_change_the_own_password_but_only_there(
    qtbot: QtBot, manager: Office, background: Background
) -> None:
    manager.actor = accounts.identify(manager, "second", PASSWORD)
    room = open_room(qtbot, manager, background)
    section = open_section(room, PeopleSection)
    assert section.refused.text.startswith("利用者の一覧は管理者だけが見られます。")
    assert not section.add_button.isVisible()
    section.change_password()
    dialog = dialog_of(room, PasswordChangeDialog)
    dialog.old.setText("間違った合言葉です")
    for field in (dialog.password, dialog.again):
        field.setText("新しい合言葉にします")
    dialog.submit()
    assert "パスワードが違います" in dialog.refusal.text
    dialog.old.setText(PASSWORD)
    dialog.submit()
    assert accounts.identify(manager, "second", "新しい合言葉にします").name == "確認 四郎"


def test_a_backup_is_made_and_its_time_is_shown(
    room: SettingsRoom, qtbot: QtBot, background: Background, tmp_path: Path
) -> None:
    section = open_section(room, UpkeepSection)
    assert section.backup_words.text() == "バックアップはまだありません。今すぐ作ってください。"
    room.main_action()
    assert not section.backup_button.isEnabled()
    ready(qtbot, background)
    assert room.banner.text.startswith("検査済みのバックアップを作りました：")
    assert section.backup_words.text().startswith("最後の検査済みバックアップ　")
    assert section.backup_button.isEnabled()
    target = tmp_path / "外" / "nintei.db"
    target.parent.mkdir()
    room._context.save_path = lambda _page, _title, _name, chosen: chosen(target)
    section.back_up_elsewhere()
    ready(qtbot, background)
    assert target.exists()


def test_the_audit_log_is_proved_whole_in_words(
    room: SettingsRoom, office: Office, qtbot: QtBot, background: Background
) -> None:
    section = open_section(room, UpkeepSection)
    section.verify()
    ready(qtbot, background)
    count = maintenance.audit_entries(office)
    assert section.audit_note.text.startswith(f"監査記録 {count}件の鎖はすべてつながり")
    section.check()
    ready(qtbot, background)
    assert "すべて正常です" in section.check_note.text


def test_a_break_is_named_with_what_to_do() -> None:
    report = maintenance.AuditReport(5, ("監査記録 第3号：書き換えられています。", "ほか"))
    words, tone = audit_words(report)
    assert tone.value == "bad"
    assert "合わないところが2か所あります" in words
    assert "監査記録 第3号：書き換えられています。" in words
    assert "直前のバックアップと比べて" in words
    many, _ = check_words(tuple(f"誤り{i}" for i in range(12)))
    assert many.splitlines()[0] == "12件の誤りが見つかりました。"
    assert many.splitlines()[-1] == "ほかに2件あります。"


def test_the_passphrase_is_changed_only_with_the_old_one(
    room: SettingsRoom, office: Office, qtbot: QtBot, background: Background
) -> None:
    section = open_section(room, UpkeepSection)
    section.rekey()
    dialog = dialog_of(room, PassphraseDialog)
    dialog.new.setText("短い")
    dialog.submit()
    assert dialog.form.row("old").error == "いまの合言葉を入れてください。"
    assert "短すぎます" in dialog.form.row("new").error
    dialog.old.setText(PASSPHRASE)
    dialog.new.setText("新しくした長い合言葉です")
    dialog.again.setText("新しくした長い合言葉です")
    dialog.submit()
    ready(qtbot, background)
    assert room.banner.text.startswith("合言葉を変えました。")
    path = office.store.path
    office.close()
    open_store(path, "新しくした長い合言葉です").close()


def test_a_refused_upkeep_says_why(qtbot: QtBot, manager: Office, background: Background) -> None:
    room = open_room(qtbot, as_role(manager, Role.MEMBER), background)
    section = open_section(room, UpkeepSection)
    section.back_up()
    ready(qtbot, background)
    assert "役割ではこの操作はできません" in room.banner.text
    assert section.backup_button.isEnabled()


def test_the_audit_log_is_read_newest_first_and_searched(room: SettingsRoom, office: Office) -> None:
    settings.put(office, "issuer_name", "見本 長官")
    section = open_section(room, LogSection)
    rows = section.model.rows
    assert rows[0].summary == "設定「認証する者の氏名」を変更"
    assert [r.sequence for r in rows] == sorted((r.sequence for r in rows), reverse=True)
    assert "前　（なし）　後　見本 長官" in section.words.text()
    assert rows[0].digest in section.words.text()
    section.query.setText("利用者 second")
    section.query.returnPressed.emit()
    assert [r.summary for r in section.model.rows] == ["利用者 second（責任者）を追加"]
    section.query.setText("ない言葉")
    section.query.returnPressed.emit()
    assert section.nothing.isVisible()
    assert section.nothing.text() == "「ない言葉」を含む監査記録はありません。"


def test_the_log_goes_on_page_by_page(office: Office) -> None:
    for minutes in (6, 7, 8, 9):
        settings.put(office, "lock_minutes", minutes)
    first = audit_log.read(office, limit=2)
    second = audit_log.read(office, before=first[-1].sequence, limit=2)
    assert [e.detail["after"] for e in (*first, *second)] == [9, 8, 7, 6]
    assert [e.rows for e in first] == [1, 1]


def test_the_log_is_closed_to_the_clerk(qtbot: QtBot, manager: Office, background: Background) -> None:
    room = open_room(qtbot, as_role(manager, Role.CLERK), background)
    section = open_section(room, LogSection)
    assert section.refused.text == "監査記録は、責任者・閲覧・管理者の役割の人だけが読めます。"
    assert not section.table.isVisible()
    with pytest.raises(AccessDenied):
        audit_log.read(as_role(manager, Role.CLERK))


def test_a_sign_in_is_named_in_words(room: SettingsRoom, office: Office) -> None:
    accounts.sign_in(office, "second", PASSWORD)
    office.actor = Actor(None, "管理 三郎", Role.ADMINISTRATOR, "管理")
    section = open_section(room, LogSection)
    assert section.words.text().splitlines()[:2] == ["内容　サインイン", "部屋　利用者"]
