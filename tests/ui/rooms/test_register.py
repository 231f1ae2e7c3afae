"""認定者名簿の画面。"""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

import openpyxl
import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.domain.access import Role
from app.services.office import Office
from database.opening import Store
from tests.factories import as_role
from tests.ui.rooms.after_sample import make_after, make_manager_office, revoke
from ui.background import Background
from ui.rooms.context import RoomContext
from ui.rooms.register.room import RegisterRoom, waiting
from ui.rooms.submission.writing import PasswordDialog

W = TypeVar("W", bound=QWidget)


@pytest.fixture
def office(store: Store) -> Office:
    return make_manager_office(store)


@pytest.fixture
def first(office: Office) -> list[int]:
    ids = make_after(office)[1]
    revoke(office, ids[3])
    return ids


def open_room(qtbot: QtBot, office: Office, background: Background) -> RegisterRoom:
    room = RegisterRoom(RoomContext(office, background))
    qtbot.addWidget(room)
    room.resize(1180, 680)
    room.show()
    ready(qtbot, background)
    return room


def ready(qtbot: QtBot, background: Background) -> None:
    qtbot.waitUntil(lambda: not background.is_busy)


@pytest.fixture
def room(qtbot: QtBot, office: Office, first: list[int], background: Background) -> RegisterRoom:
    return open_room(qtbot, office, background)


def dialog_of(parent: QWidget, kind: type[W]) -> W:
    found = [d for d in parent.findChildren(kind) if d.isVisible()]
    assert len(found) == 1
    return found[0]


def numbers(room: RegisterRoom) -> list[str]:
    return [r.number for r in room.model.rows]


def narrow(room: RegisterRoom, **words: str) -> None:
    for key, text in words.items():
        room.filters.fields[key].setText(text)
    room.filters.fields["text"].returnPressed.emit()
    settled(room)


def settled(room: RegisterRoom) -> None:
    """画面の外の読みが終わるまで待つ。"""
    while room._context.background.is_busy:
        QTest.qWait(5)


def test_an_empty_register_says_how_people_come_onto_it(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room = open_room(qtbot, office, background)
    assert "会議を閉じると載ります" in room.list_pane.empty.text


def test_the_register_of_another_day_shows_what_was_so_then(
    room: RegisterRoom, qtbot: QtBot, background: Background
) -> None:
    assert room.list_pane.filters.words() == ("すべて 13", "有効 11", "取消し 1", "返納 1")
    room.filters.day.edit.setText("R9.3.30")
    ready(qtbot, background)
    assert room.list_pane.filters.words() == ("すべて 4", "有効 4")
    assert room._subtitle.text() == "令和9年3月30日現在　全4名"


def test_a_day_that_cannot_be_read_is_said_at_the_field_and_the_list_stays(
    room: RegisterRoom, background: Background
) -> None:
    room.filters.day.edit.setText("R8.2.30")
    assert "日付として読めません" in room.filters.day.error
    assert not background.is_busy
    assert len(room.model.rows) == 13


def test_filters_find_in_any_spelling_and_can_be_cleared_from_the_empty_list(room: RegisterRoom) -> None:
    narrow(room, language="べとなむ")
    assert numbers(room) == ["第R7-1-0001号", "第R7-1-0002号"]
    room.filters.publish.setChecked(True)
    settled(room)
    assert numbers(room) == ["第R7-1-0001号", "第R7-1-0002号"]
    narrow(room, area="沖縄")
    assert room.list_pane.is_empty_shown
    assert "この絞り込みに当たる認定者はいません" in room.list_pane.empty.text
    room.list_pane.empty._act()
    settled(room)
    assert len(room.model.rows) == 13
    assert room.filters.is_empty


def test_the_chosen_person_shows_the_columns_and_the_history(room: RegisterRoom, first: list[int]) -> None:
    room.open_target(first[0])
    assert room.record.heading.text() == "髙﨑󠄀 健太郎"
    assert "保有資格　社会福祉士" in room.words["work"].text()
    assert "有効期間　令和8年3月31日〜令和14年3月31日　更新 1回" in room.words["days"].text()
    assert room.words["history"].text().splitlines()[-1] == "令和10年6月1日　更新研修を修了"


def test_a_chip_narrows_to_one_standing_and_opening_a_record_lifts_it(
    room: RegisterRoom, first: list[int]
) -> None:
    room.list_pane.filters.choose("revoked")
    settled(room)
    assert numbers(room) == ["第R7-1-0004号"]
    room.open_target(first[1])
    settled(room)
    assert room.record.heading.text() == "NGUYỄN THỊ PHƯƠNG THẢO"


def test_the_other_rooms_open_at_the_same_person(
    qtbot: QtBot, office: Office, first: list[int], background: Background
) -> None:
    room = open_room(qtbot, office, background)
    opened: list[tuple[str, int | None]] = []
    room._context.open_room = lambda key, target: opened.append((key, target))
    room.open_target(first[2])
    room.open_certificate()
    room.open_renewal()
    assert opened == [("certificates", first[2]), ("renewal", first[2])]


def test_the_narrowed_register_is_written_as_seen(
    room: RegisterRoom, qtbot: QtBot, background: Background, tmp_path: Path
) -> None:
    target = tmp_path / "名簿.xlsx"
    asked: list[str] = []

    def save_path(_page: QWidget, _title: str, name: str, chosen: Callable[[Path], None]) -> None:
        asked.append(name)
        chosen(target)

    room._context.save_path = save_path
    narrow(room, language="べとなむ")
    room.main_action()
    dialog = dialog_of(room, PasswordDialog)
    assert dialog.words.text() == "基準日 令和10年9月30日　2名（絞り込みのとおり）"
    dialog.submit()
    ready(qtbot, background)
    assert asked == ["認定者名簿_20280930.xlsx"]
    assert room.banner.text == f"認定者名簿を書きました（2行）：{target}"
    sheet = openpyxl.load_workbook(target).worksheets[0]
    cells = [r[0] for r in sheet.iter_rows(values_only=True)]
    assert cells[-2:] == ["第R7-1-0001号", "第R7-1-0002号"]


def test_the_public_list_leaves_out_those_who_did_not_consent(
    room: RegisterRoom, qtbot: QtBot, background: Background, tmp_path: Path
) -> None:
    target = tmp_path / "公表.xlsx"
    room._context.save_path = lambda _page, _title, _name, chosen: chosen(target)
    narrow(room, text="0003")
    room.write_public()
    dialog_of(room, PasswordDialog).submit()
    ready(qtbot, background)
    assert room.banner.text == f"認定者名簿を書きました（0行）：{target}"


def test_a_password_must_be_long_enough_and_typed_twice(room: RegisterRoom) -> None:
    room.write()
    dialog = dialog_of(room, PasswordDialog)
    dialog.wanted.setChecked(True)
    dialog.password.setText("短い")
    dialog.submit()
    assert dialog.form.row("password").error == "パスワードが短すぎます（8文字以上にしてください）。"
    dialog.password.setText("十分に長い合言葉")
    dialog.again.setText("十分に長い合言薬")
    dialog.submit()
    assert dialog.form.row("again").error == "二つのパスワードが違います。もう一度入れてください。"


def test_a_place_that_cannot_be_written_is_said_in_the_banner(
    room: RegisterRoom, qtbot: QtBot, background: Background, tmp_path: Path
) -> None:
    room._context.save_path = lambda _page, _title, _name, chosen: chosen(tmp_path / "ない" / "名簿.xlsx")
    room.write()
    dialog_of(room, PasswordDialog).submit()
    ready(qtbot, background)
    assert "書けませんでした" in room.banner.text
    assert not room.progress.isVisible()


def test_a_role_that_may_not_read_is_told_so(
    qtbot: QtBot, office: Office, first: list[int], background: Background
) -> None:
    room = open_room(qtbot, as_role(office, Role.MEMBER), background)
    assert "役割ではこの操作はできません" in room.list_pane.empty.text
    assert waiting(room._context) == (0, False)


def test_the_count_of_the_room_is_of_the_valid(
    office: Office, first: list[int], background: Background
) -> None:
    assert waiting(RoomContext(office, background)) == (11, False)
    later = as_role(office, Role.MANAGER, date(2032, 4, 1))
    assert waiting(RoomContext(later, background)) == (0, False)
