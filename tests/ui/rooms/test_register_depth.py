"""認定者名簿の深み：頁の続き、取っておいた絞り込み、年表の図、紙。"""

from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.services import register
from app.services.office import Office
from app.services.views.register import PAGE
from database.opening import Store
from tests.factories import make_applications, make_certifications, make_cohort, person
from tests.ui.rooms.after_sample import FIRST, make_manager_office, revoke
from tests.ui.rooms.test_register import dialog_of, narrow, numbers, open_room, settled
from ui.background import Background
from ui.rooms.register.room import RegisterRoom
from ui.rooms.register.saved import RenameFilterDialog, SavedFiltersDialog, SaveFilterDialog

COUNT = PAGE + 20


@pytest.fixture
def office(store: Store) -> Office:
    return make_manager_office(store)


@pytest.fixture
def many(office: Office) -> list[int]:
    cohort = make_cohort(office)
    areas = ("東京都", "大阪府")
    people = [
        person(f"見本 {n}", f"ミホン {COUNT - n:04d}", activity_area=areas[n % 2]) for n in range(COUNT)
    ]
    return make_certifications(office, cohort, make_applications(office, cohort, people), FIRST)


@pytest.fixture
def room(qtbot: QtBot, office: Office, many: list[int], background: Background) -> RegisterRoom:
    return open_room(qtbot, office, background)


def menu(room: RegisterRoom) -> list[str]:
    return [a.text() for a in room.filters.saved_menu.actions() if a.text()]


def pick(room: RegisterRoom, words: str) -> None:
    next(a for a in room.filters.saved_menu.actions() if a.text() == words).trigger()
    settled(room)


def test_the_list_is_read_a_page_at_a_time_and_goes_on_when_scrolled(room: RegisterRoom) -> None:
    assert len(room.model.rows) == PAGE
    assert room.list_pane.filters.words()[0] == f"すべて {COUNT}"
    room.table.scrollToBottom()
    room.model.fetchMore(room.table.rootIndex())
    assert numbers(room) == [f"第R7-1-{n:04d}号" for n in range(1, COUNT + 1)]


def test_the_whole_list_is_put_in_order_and_not_only_the_page(room: RegisterRoom) -> None:
    room.table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    assert [r.name for r in room.model.rows[:2]] == [f"見本 {COUNT - 1}", f"見本 {COUNT - 2}"]
    room.refresh()
    settled(room)
    assert room.model.rows[0].name == f"見本 {COUNT - 1}"


def test_a_person_beyond_the_first_page_is_opened_by_number(room: RegisterRoom, many: list[int]) -> None:
    room.open_target(many[-1])
    settled(room)
    assert room.record.heading.text() == f"見本 {COUNT - 1}"
    assert numbers(room) == [f"第R7-1-{COUNT:04d}号"]
    room.open_target(many[0])
    settled(room)
    assert room.record.heading.text() == "見本 0"


def test_a_filter_is_saved_chosen_renamed_and_removed(
    room: RegisterRoom, office: Office, many: list[int], qtbot: QtBot
) -> None:
    revoke(office, many[1])
    room.refresh()
    settled(room)
    narrow(room, area="大阪")
    room.list_pane.filters.choose("revoked")
    settled(room)
    room.filters.save()
    dialog = dialog_of(room, SaveFilterDialog)
    assert dialog.words.text() == "条件　活動地域「大阪」、状態「取消し」"
    dialog.submit()
    assert dialog.form.row("name").error != ""
    dialog.name.setText("大阪の取消し")
    dialog.submit()
    room.filters.clear()
    settled(room)
    room.list_pane.filters.choose("all")
    settled(room)
    assert len(room.model.rows) == PAGE
    pick(room, "大阪の取消し（共用）")
    assert numbers(room) == ["第R7-1-0002号"]
    assert room.list_pane.filters.current == "revoked"
    room.filters.arrange()
    arranging = dialog_of(room, SavedFiltersDialog)
    arranging.rename()
    renaming = dialog_of(arranging, RenameFilterDialog)
    renaming.name.setText("大阪")
    renaming.submit()
    assert [r.name for r in arranging.model.rows] == ["大阪"]
    register.remove_filter(office, arranging.model.rows[0].id)
    arranging.refresh()
    arranging.reject()
    assert menu(room) == ["いまの条件を保存…", "名を替える・消す…"]


def test_the_picture_of_a_life_is_stepped_through_by_arrows(
    room: RegisterRoom, office: Office, many: list[int]
) -> None:
    revoke(office, many[0])
    room.refresh()
    settled(room)
    line = room.life
    assert line.lanes == ("第R7-1-0001号", "申込・研修", "認定証", "更新・取消")
    QTest.keyClick(line, Qt.Key.Key_Home)
    assert line.chosen is not None
    assert line.chosen.words == "受講申込を受付（受付番号 0001）"
    QTest.keyClick(line, Qt.Key.Key_End)
    assert line.chosen.words == "認証を取消し"
    QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=line.point_of(0).toPoint())
    assert line.chosen.day == date(2025, 6, 10)


def test_the_short_list_and_the_affiliations_are_written_as_pdf(room: RegisterRoom, tmp_path: Path) -> None:
    target = tmp_path / "紙.pdf"
    names: list[str] = []

    def save_path(_page: QWidget, _title: str, name: str, chosen: object) -> None:
        names.append(name)
        chosen(target)  # type: ignore[operator]

    room._context.save_path = save_path
    narrow(room, area="大阪", text="0002")
    room.paper_actions["選ぶための一覧（PDF）…"].trigger()
    settled(room)
    assert room.banner.text == f"コーディネーターの一覧を書きました（1行）：{target}"
    assert "見本 1" in PdfReader(target).pages[0].extract_text()
    room.paper_actions["所属機関リスト（PDF）…"].trigger()
    settled(room)
    assert "公表に同意した、有効な人がいません" in room.banner.text
    assert names == ["コーディネーター一覧_20280930.pdf", "所属機関リスト_20280930.pdf"]
