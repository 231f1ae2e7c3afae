"""帳票・提出の画面。"""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

import msoffcrypto
import openpyxl
import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.domain.access import Role
from app.services import submission
from app.services.office import Office
from database.opening import Store
from tests.factories import as_role
from tests.ui.rooms.after_sample import make_first, make_manager_office, make_second, revoke
from ui.background import Background
from ui.rooms.context import RoomContext
from ui.rooms.submission.exporting import ExportDialog
from ui.rooms.submission.room import SubmissionRoom, waiting
from ui.rooms.submission.writing import PasswordDialog

W = TypeVar("W", bound=QWidget)


@pytest.fixture
def office(store: Store) -> Office:
    return make_manager_office(store)


@pytest.fixture
def first(office: Office) -> tuple[int, list[int]]:
    return make_first(office)


def open_room(
    qtbot: QtBot, office: Office, background: Background, cohort: int | None = None
) -> SubmissionRoom:
    room = SubmissionRoom(RoomContext(office, background, cohort))
    qtbot.addWidget(room)
    room.resize(1180, 680)
    room.show()
    ready(qtbot, background)
    return room


@pytest.fixture
def room(
    qtbot: QtBot, office: Office, first: tuple[int, list[int]], background: Background
) -> SubmissionRoom:
    return open_room(qtbot, office, background, first[0])


def dialog_of(parent: QWidget, kind: type[W]) -> W:
    found = [d for d in parent.findChildren(kind) if d.isVisible()]
    assert len(found) == 1
    return found[0]


def ready(qtbot: QtBot, background: Background) -> None:
    qtbot.waitUntil(lambda: not background.is_busy)


def save_to(room: SubmissionRoom, target: Path) -> None:
    room._context.save_path = lambda _page, _title, _name, chosen: chosen(target)


def make(room: SubmissionRoom, qtbot: QtBot, background: Background, target: Path) -> None:
    save_to(room, target)
    room.main_action()
    dialog_of(room, PasswordDialog).submit()
    ready(qtbot, background)


def lines(room: SubmissionRoom) -> list[tuple[str, str, int | None, str]]:
    state = room.model.columns[3]
    return [(r.title, r.as_of, r.rows, state.text(r)) for r in room.model.rows]


def changes(room: SubmissionRoom) -> list[tuple[str, str, str]]:
    return [(r.key, r.name, r.words) for r in room.changes.rows]


def test_with_nobody_certified_the_room_says_what_comes_first(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room = open_room(qtbot, office, background)
    assert "審査会議を閉じて認証すると" in room.note.text
    assert not room.main_button.isEnabled()
    assert lines(room) == [("第1便", "令和10年9月30日", 0, "変わりなし")]


def test_the_first_batch_holds_everybody_as_new(room: SubmissionRoom) -> None:
    assert lines(room) == [("第1便", "令和10年9月30日", 4, "送るものあり")]
    assert changes(room)[1] == ("第R7-1-0002号", "NGUYỄN THỊ PHƯƠNG THẢO", "新規")
    assert room.main_button.text() == "第1便を作る…"


def test_making_a_batch_writes_it_and_remembers_what_was_sent(
    room: SubmissionRoom, office: Office, qtbot: QtBot, background: Background, tmp_path: Path
) -> None:
    target = tmp_path / "便1.xlsx"
    make(room, qtbot, background, target)
    assert room.banner.text == f"第1便を書きました（4行）：{target}"
    assert openpyxl.load_workbook(target).sheetnames == ["認定者名簿", "件数照合表"]
    assert lines(room) == [
        ("第2便", "令和10年9月30日", 0, "変わりなし"),
        ("第1便", "令和10年9月30日", 4, "送った便"),
    ]
    assert "変わったものがありません" in room.note.text
    assert not room.main_button.isEnabled()


def test_the_next_batch_shows_only_what_changed_and_can_be_narrowed(
    room: SubmissionRoom,
    office: Office,
    first: tuple[int, list[int]],
    qtbot: QtBot,
    background: Background,
    tmp_path: Path,
) -> None:
    make(room, qtbot, background, tmp_path / "便1.xlsx")
    make_second(office, 2)
    revoke(office, first[1][3])
    room.refresh()
    ready(qtbot, background)
    assert room.kinds.words() == ("すべて 3", "新規 2", "取消し 1")
    assert room.note.text == "前の便から変わっていない 3名は送りません。"
    room.kinds.choose("revoked")
    assert changes(room) == [("第R7-1-0004号", "𠮷田 みなみ", "取消し")]


def test_a_sent_batch_shows_its_rows_and_cannot_be_made_again(
    room: SubmissionRoom, office: Office, qtbot: QtBot, background: Background, tmp_path: Path
) -> None:
    make(room, qtbot, background, tmp_path / "便1.xlsx")
    batch = submission.list_batches(office)[0]
    room.open_target(batch.id)
    assert len(changes(room)) == 4
    assert batch.file_digest in room.facts.text()
    assert not room.main_button.isVisible()
    room.main_action()
    assert room.findChildren(PasswordDialog) == [] or not any(
        d.isVisible() for d in room.findChildren(PasswordDialog)
    )


def test_a_day_before_the_last_batch_is_refused_at_the_field(
    room: SubmissionRoom, qtbot: QtBot, background: Background, tmp_path: Path
) -> None:
    make(room, qtbot, background, tmp_path / "便1.xlsx")
    room.as_of.edit.setText("R10.8.1")
    ready(qtbot, background)
    assert "前の便の基準日（令和10年9月30日）より前です" in room.form.row("as_of").error
    assert lines(room)[0] == ("第2便", "令和10年8月1日", None, "基準日を確認")
    assert not room.main_button.isEnabled()


def test_the_preview_follows_the_day(room: SubmissionRoom, qtbot: QtBot, background: Background) -> None:
    room.as_of.edit.setText("R8.3.30")
    ready(qtbot, background)
    assert changes(room) == []
    room.as_of.edit.setText("R8.3.31")
    ready(qtbot, background)
    assert len(changes(room)) == 4


def test_a_batch_with_a_password_is_really_encrypted(
    room: SubmissionRoom, qtbot: QtBot, background: Background, tmp_path: Path
) -> None:
    target = tmp_path / "便1.xlsx"
    save_to(room, target)
    room.make()
    dialog = dialog_of(room, PasswordDialog)
    dialog.wanted.setChecked(True)
    dialog.password.setText("十分に長い合言葉")
    dialog.again.setText("十分に長い合言葉")
    dialog.submit()
    ready(qtbot, background)
    assert room.banner.text == f"第1便を書きました（4行・パスワードあり）：{target}"
    with target.open("rb") as stream:
        assert msoffcrypto.OfficeFile(stream).is_encrypted()


def test_lists_of_a_cohort_ask_for_the_cohort_at_the_field(room: SubmissionRoom) -> None:
    room.export()
    dialog = dialog_of(room, ExportDialog)
    dialog.kind.setCurrentIndex(dialog.kind.findData("progress"))
    dialog.cohort.setCurrentIndex(0)
    dialog.as_of.edit.setText("R8.2.30")
    dialog.submit()
    assert dialog.form.row("cohort").error == "この一覧は研修期ごとに作ります。研修期を選んでください。"
    assert "日付として読めません" in dialog.form.row("as_of").error


def test_a_list_is_written_for_the_cohort_chosen_above(
    room: SubmissionRoom, qtbot: QtBot, background: Background, tmp_path: Path
) -> None:
    target = tmp_path / "資格.xlsx"
    save_to(room, target)
    room.export()
    dialog = dialog_of(room, ExportDialog)
    dialog.kind.setCurrentIndex(dialog.kind.findData("eligibility"))
    dialog.submit()
    ready(qtbot, background)
    assert room.banner.text == f"受講資格審査結果一覧を書きました（4行）：{target}"
    assert submission.list_batches(room._context.office) == ()


@pytest.mark.parametrize(("ending", "head"), [("xlsx", b"PK"), ("pdf", b"%PDF")])
def test_the_statistics_are_made_as_a_workbook_or_as_a_paper(
    room: SubmissionRoom, qtbot: QtBot, background: Background, tmp_path: Path, ending: str, head: bytes
) -> None:
    names: list[str] = []
    target = tmp_path / f"統計.{ending}"

    def chosen(_parent: QWidget, _title: str, name: str, given: Callable[[Path], None]) -> None:
        names.append(name)
        given(target)

    room._context.save_path = chosen
    room.export()
    dialog = dialog_of(room, ExportDialog)
    assert dialog.form.row("ending").isHidden()
    dialog.kind.setCurrentIndex(dialog.kind.findData("statistics"))
    assert not dialog.form.row("ending").isHidden()
    dialog.wanted.setChecked(ending == "pdf")
    dialog.ending.setCurrentIndex(dialog.ending.findData(ending))
    assert (dialog.wanted.isEnabled(), dialog.wanted.isChecked()) == (ending == "xlsx", False)
    dialog.submit()
    ready(qtbot, background)
    assert names == [f"統計_{room._context.office.today():%Y%m%d}.{ending}"]
    assert target.read_bytes().startswith(head)
    assert room.banner.text.endswith(f"：{target}")


def test_a_list_without_its_facts_is_refused_with_the_reason(
    room: SubmissionRoom, qtbot: QtBot, background: Background, tmp_path: Path
) -> None:
    target = tmp_path / "得点.xlsx"
    save_to(room, target)
    room.export()
    dialog = dialog_of(room, ExportDialog)
    dialog.kind.setCurrentIndex(dialog.kind.findData("scores"))
    dialog.submit()
    ready(qtbot, background)
    assert room.banner.text == "この研修期には修了認定テストがまだありません。"
    assert not target.exists()


def test_a_role_that_may_not_read_is_told_so(
    qtbot: QtBot, office: Office, first: tuple[int, list[int]], background: Background
) -> None:
    room = open_room(qtbot, as_role(office, Role.MEMBER), background)
    assert "役割ではこの操作はできません" in room.list_pane.empty.text
    assert waiting(room._context) == (0, False)


def test_what_waits_is_what_the_next_batch_would_send(
    office: Office, first: tuple[int, list[int]], background: Background, tmp_path: Path
) -> None:
    context = RoomContext(office, background)
    assert waiting(context) == (4, False)
    submission.make_batch(office, tmp_path / "便1.xlsx", date(2028, 9, 30))
    assert waiting(context) == (0, False)
    revoke(office, first[1][0])
    assert waiting(context) == (1, True)
    early = as_role(office, Role.MANAGER, date(2028, 9, 29))
    assert waiting(RoomContext(early, background)) == (0, False)
