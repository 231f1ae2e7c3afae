"""開く窓から主な窓まで：合言葉・版・損傷の文、自動のバックアップ、閉じて開き直すこと。"""

from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.access import Role
from app.services import accounts, intake, maintenance
from app.services.intake import CohortForm
from app.services.office import Office
from database.backup import backup_folder, list_backups
from database.opening import open_store
from tests.conftest import PASSPHRASE
from tests.factories import GUIDELINE, TODAY
from ui.application import Desk, Opening
from ui.frame import FrameSettings
from ui.messages import ReasonDialog, ask_reason
from ui.sign_in import SignInDialog

PASSWORD = "とても長いパスワード-1"


@pytest.fixture
def path(store_path: Path) -> Path:
    """管理者と担当の口座と、研修期が一つあるデータベース。"""
    with open_store(store_path, PASSPHRASE) as store:
        office = Office(store, GUIDELINE, today=lambda: TODAY)
        accounts.first_administrator(office, "kanri", "見本 管理", PASSWORD)
        accounts.sign_in(office, "kanri", PASSWORD)
        accounts.add_account(office, "tanto", "見本 担当", Role.CLERK, PASSWORD)
        accounts.sign_in(office, "tanto", PASSWORD)
        intake.create_cohort(office, CohortForm(1, TODAY))
    return store_path


class Opened:
    """一度の起動。"""

    def __init__(self, app: QApplication, path: Path, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.kept: dict[str, str] = {}
        self.opening = Opening(
            app, path, "", FrameSettings(lambda k: self.kept.get(k, ""), self.kept.__setitem__)
        )
        self.opening.start()

    @property
    def dialog(self) -> SignInDialog:
        dialog = self.opening.dialog
        assert isinstance(dialog, SignInDialog)
        return dialog

    def sign_in(self, passphrase: str, login: str = "tanto", password: str = PASSWORD) -> None:
        self.dialog.passphrase.setText(passphrase)
        self.dialog.login.setText(login)
        self.dialog.password.setText(password)
        self.dialog.submit()
        self.qtbot.waitUntil(lambda: self.dialog.main_button.isEnabled(), timeout=20_000)

    def desk(self) -> Desk:
        self.qtbot.waitUntil(lambda: self.opening.desk is not None, timeout=20_000)
        desk = self.opening.desk
        assert desk is not None
        return desk

    def finish(self) -> None:
        """終わり、窓も捨てる（残すと、後の試験が見た目を掛け直すたびに、その全部を描き直す）。"""
        self.settle()
        self.opening.close()
        for left in (self.opening.dialog, self.opening.desk.window if self.opening.desk else None):
            if left is not None and shiboken6.isValid(left):
                left.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.opening.background.is_busy, timeout=20_000)


@pytest.fixture
def opened(qapp: QApplication, path: Path, qtbot: QtBot) -> Iterator[Opened]:
    made = Opened(qapp, path, qtbot)
    yield made
    made.finish()


def test_a_wrong_passphrase_is_said_in_words_and_the_right_one_then_opens(opened: Opened) -> None:
    opened.sign_in("違う合言葉です、とても長い")
    assert "合言葉が違います" in opened.dialog.note.text
    assert opened.opening.desk is None
    opened.sign_in(PASSPHRASE)
    assert opened.desk().window.isVisible()


def test_a_wrong_password_is_said_and_nobody_is_signed_in(opened: Opened) -> None:
    opened.sign_in(PASSPHRASE, password="違うパスワードです")
    assert "違います" in opened.dialog.note.text
    assert opened.opening.desk is None


def test_opening_and_closing_each_leave_a_checked_backup(opened: Opened, path: Path) -> None:
    opened.sign_in(PASSPHRASE)
    opened.desk()
    opened.settle()
    (first,) = list_backups(backup_folder(path))
    assert first.checked
    opened.opening.close()
    # 監査記録の進んだところまで入った、新しいものがある（同じ日のものは間引かれる）
    newest = max(list_backups(backup_folder(path)), key=lambda b: b.sequence or 0)
    assert newest.checked
    assert (newest.sequence or 0) > (first.sequence or 0)


def test_the_window_opens_again_in_the_room_where_it_was_closed(
    opened: Opened, qapp: QApplication, path: Path, qtbot: QtBot
) -> None:
    opened.sign_in(PASSPHRASE)
    opened.desk().window.open_room("intake")
    opened.settle()
    opened.opening.close()
    again = Opened(qapp, path, qtbot)
    again.kept.update(opened.kept)
    again.sign_in(PASSPHRASE)
    assert again.desk().window.current_room == "intake"
    again.settle()
    again.finish()


def test_what_was_half_typed_when_the_program_was_closed_is_offered_the_next_time(
    opened: Opened, qapp: QApplication, path: Path, qtbot: QtBot
) -> None:
    def ask(of: Opened) -> ReasonDialog:
        return ask_reason(
            of.desk().window, "番号を欠番にする", "第R7-1-0001号", "欠番にする", lambda _r: None
        )

    opened.sign_in(PASSPHRASE)
    ask(opened).editor.setPlainText("印刷の途中で紙が破れたため")
    opened.settle()
    opened.opening.close()
    again = Opened(qapp, path, qtbot)
    again.sign_in(PASSPHRASE)
    dialog = ask(again)
    assert dialog.draft_keeper is not None
    assert dialog.draft_keeper.offer is not None
    dialog.draft_keeper.offer.restore_button.click()
    assert dialog.editor.toPlainText() == "印刷の途中で紙が破れたため"
    dialog.leave()
    again.settle()
    again.finish()


def test_each_role_sees_only_the_rooms_it_may_open(opened: Opened) -> None:
    opened.sign_in(PASSPHRASE, login="kanri")
    rooms = opened.desk().window.rooms
    assert "settings" in rooms
    assert "intake" not in rooms


def test_a_database_of_a_newer_program_is_refused_with_words(
    qapp: QApplication, path: Path, qtbot: QtBot
) -> None:
    with open_store(path, PASSPHRASE) as store, store.driver() as driver:
        driver.execute("UPDATE alembic_version SET version_num = '9999_later'")
        driver.commit()
    made = Opened(qapp, path, qtbot)
    made.sign_in(PASSPHRASE)
    assert "新しい" in made.dialog.note.text
    made.finish()


def test_a_damaged_database_is_refused_with_words_that_offer_a_backup(
    qapp: QApplication, path: Path, qtbot: QtBot
) -> None:
    content = bytearray(path.read_bytes())
    content[5000:5400] = bytes(400)
    path.write_bytes(content)
    made = Opened(qapp, path, qtbot)
    made.sign_in(PASSPHRASE)
    assert "バックアップ" in made.dialog.note.text
    made.finish()
    # 壊れたファイルは捨てず、脇に残す
    assert bytes(content) in [p.read_bytes() for p in path.parent.iterdir() if p.is_file()]


def test_locking_hides_the_room_and_only_the_password_brings_it_back(opened: Opened) -> None:
    opened.sign_in(PASSPHRASE)
    desk = opened.desk()
    desk.lock()
    assert desk.window.is_locked
    opened.settle()
    page = desk.lock_page
    assert page is not None
    page.password.setText("違うパスワードです")
    page.submit()
    opened.settle()
    assert desk.window.is_locked
    page.password.setText(PASSWORD)
    page.submit()
    opened.settle()
    assert not desk.window.is_locked
    assert maintenance.notices(desk.office) == ()
