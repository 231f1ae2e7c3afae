"""書きかけ：窓を閉じても、ロックしても、落ちても、同じ書式を開けば戻せる。"""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from app.services import drafts
from app.services.office import Office
from database.opening import Store
from tests.factories import TODAY, make_office
from ui.background import Background
from ui.widgets.date_field import DateField
from ui.widgets.drafts import Shelf
from ui.widgets.saving import SavingDialog
from ui.widgets.secrets import secret_field


class Room(QWidget):
    """棚のある窓。"""

    def __init__(self, shelf: Shelf) -> None:
        super().__init__()
        self.drafts = shelf


class Sample(SavingDialog):
    """いろいろな欄のある書式。"""

    def __init__(self, parent: QWidget, whom: str) -> None:
        super().__init__(parent, "見本を記す", whom, "保存する")
        self.name, self.note, self.secret = QLineEdit(), QPlainTextEdit(), secret_field("合言葉")
        self.kind, self.agreed, self.day = QComboBox(), QCheckBox("同意"), DateField(TODAY, "日")
        self.kind.addItems(["甲", "乙"])
        for key, field in (
            ("氏名", self.name),
            ("備考", self.note),
            ("合言葉", self.secret),
            ("種類", self.kind),
            ("同意", self.agreed),
            ("日", self.day),
        ):
            self.form.add(key, key, field)

    def save(self) -> None:
        """何もしない。"""

    def fill(self) -> None:
        self.name.setText("𠮷田 ﾐﾅ\u3000子")
        self.note.setPlainText("一行目\n二行目")
        self.secret.setText("秘密です")
        self.kind.setCurrentText("乙")
        self.agreed.setChecked(True)
        self.day.edit.setText("R8.4.1")

    def values(self) -> tuple[object, ...]:
        return (
            self.name.text(),
            self.note.toPlainText(),
            self.secret.text(),
            self.kind.currentText(),
            self.agreed.isChecked(),
            self.day.edit.text(),
        )


EMPTY = ("", "", "", "甲", False, "")
FILLED = ("𠮷田 ﾐﾅ\u3000子", "一行目\n二行目", "", "乙", True, "R8.4.1")


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


@pytest.fixture
def room(office: Office, background: Background, qtbot: QtBot) -> Iterator[Room]:
    made = Room(Shelf(office, background))
    qtbot.addWidget(made)
    yield made
    qtbot.waitUntil(lambda: not background.is_busy)


def opened(qtbot: QtBot, room: Room, whom: str = "神 花子さん") -> Sample:
    dialog = Sample(room, whom)
    dialog.open()
    qtbot.waitUntil(dialog.isVisible)
    return dialog


def left_behind(qtbot: QtBot, room: Room, office: Office) -> None:
    """書きかけて、窓もろとも消える。"""
    dialog = opened(qtbot, room)
    dialog.fill()
    qtbot.waitUntil(lambda: drafts.count(office) == 1)
    dialog.setParent(None)
    dialog.deleteLater()


def test_what_was_typed_is_offered_and_comes_back_without_the_secret(
    qtbot: QtBot, room: Room, office: Office
) -> None:
    left_behind(qtbot, room, office)
    again = opened(qtbot, room)
    assert again.values() == EMPTY
    keeper = again.draft_keeper
    assert keeper is not None
    assert keeper.offer is not None
    assert "書きかけが残っています" in keeper.offer.words.text()
    keeper.offer.restore_button.click()
    assert again.values() == FILLED
    assert again.draft_keeper is not None
    assert again.draft_keeper.offer is None


def test_another_person_is_offered_nothing(qtbot: QtBot, room: Room, office: Office) -> None:
    left_behind(qtbot, room, office)
    other = opened(qtbot, room, "見本 太郎さん")
    assert other.draft_keeper is not None
    assert other.draft_keeper.offer is None


def test_saving_drops_the_draft_also_one_that_was_restored(qtbot: QtBot, room: Room, office: Office) -> None:
    left_behind(qtbot, room, office)
    again = opened(qtbot, room)
    assert again.draft_keeper is not None
    assert again.draft_keeper.offer is not None
    again.draft_keeper.offer.restore_button.click()
    again.submit()
    qtbot.waitUntil(lambda: drafts.count(office) == 0)


def test_throwing_away_drops_the_draft(qtbot: QtBot, room: Room, office: Office) -> None:
    left_behind(qtbot, room, office)
    again = opened(qtbot, room)
    assert again.draft_keeper is not None
    assert again.draft_keeper.offer is not None
    again.draft_keeper.offer.discard_button.click()
    qtbot.waitUntil(lambda: drafts.count(office) == 0)
    assert again.values() == EMPTY


def test_a_form_typed_back_to_its_beginning_leaves_no_draft(qtbot: QtBot, room: Room, office: Office) -> None:
    dialog = opened(qtbot, room)
    dialog.name.setText("神")
    qtbot.waitUntil(lambda: drafts.count(office) == 1)
    dialog.name.setText("")
    qtbot.waitUntil(lambda: drafts.count(office) == 0)


def test_a_new_draft_does_not_overwrite_the_one_still_offered(
    qtbot: QtBot, room: Room, office: Office
) -> None:
    left_behind(qtbot, room, office)
    again = opened(qtbot, room)
    again.name.setText("別の人")
    qtbot.waitUntil(lambda: drafts.count(office) == 2)


def test_the_values_do_not_lie_outside_the_encrypted_file(
    qtbot: QtBot, room: Room, office: Office, background: Background
) -> None:
    left_behind(qtbot, room, office)
    qtbot.waitUntil(lambda: not background.is_busy)
    folder = office.store.path.parent
    assert [p.name for p in folder.iterdir() if "𠮷田".encode() in p.read_bytes()] == []


def test_a_draft_written_after_the_desk_changed_hands_belongs_to_the_one_who_typed(
    qtbot: QtBot, room: Room, office: Office, background: Background
) -> None:
    typist = office.actor
    assert typist is not None
    dialog = opened(qtbot, room)
    office.actor = replace(typist, account_id=(typist.account_id or 0) + 1)
    dialog.fill()
    qtbot.waitUntil(lambda: drafts.count(replace(office, actor=typist)) == 1)
    assert drafts.count(office) == 0
