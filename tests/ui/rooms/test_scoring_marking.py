"""採点の画面：記述を二人が読む、答案の写しを付けて見る、採点の仕方を決める。"""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.access import Role
from app.domain.marking import Standing
from app.services import scoring
from app.services.office import Office
from database.opening import Store
from database.schema.scoring import AnswerSheet
from tests.factories import insert, make_actor, make_office
from tests.scans import pdf_bytes, picture_bytes, scan_file
from tests.ui.rooms.course_sample import THREE, dialog_of, make_ready, press
from ui.background import Background
from ui.messages import ReasonDialog
from ui.rooms.context import RoomContext
from ui.rooms.scoring.answers import AnswersPage, GapDialog
from ui.rooms.scoring.bank import BankDialog
from ui.rooms.scoring.entry import EntryDialog
from ui.rooms.scoring.marker import MarkerRoom
from ui.rooms.scoring.marking import MarkingDialog
from ui.rooms.scoring.room import ScoringRoom, waiting
from ui.rooms.scoring.room import page_of as page_of_role
from ui.rooms.scoring.scanning import AttachScansDialog
from ui.rooms.scoring.sheet_view import SheetDialog

ONE, TWO, THIRD = (make_actor(Role.MEMBER, name) for name in ("採点 一郎", "採点 二郎", "採点 三郎"))
ENTER = Qt.Key.Key_Return


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


@pytest.fixture
def sat(office: Office) -> tuple[int, int, list[int]]:
    """三人のうち二人が受験し、差が2点を超えたら三人目が読むテスト（問3が10点の記述）。"""
    cohort, test, ids = make_ready(office)
    scoring.set_questions(office, test, THREE)
    rows = [
        AnswerSheet(certification_test_id=test, application_id=a, answers={"1": ["ア"], "2": ["イ"]})
        for a in ids[:2]
    ]
    insert(office, rows)
    scoring.set_marking(office, test, 2)
    return cohort, test, ids


def desk_of(qtbot: QtBot, office: Office, background: Background, test: int) -> MarkingDialog:
    dialog = MarkingDialog(None, RoomContext(office, background), test, "修了認定テスト")
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitUntil(lambda: bool(dialog.model.rows), timeout=20_000)
    return dialog


def page_of(qtbot: QtBot, office: Office, background: Background, cohort: int) -> AnswersPage:
    room = ScoringRoom(RoomContext(office, background, cohort))
    qtbot.addWidget(room)
    room.resize(1180, 680)
    room.show()
    room.pages.choose("answers")
    page = room.page(AnswersPage)
    qtbot.waitUntil(lambda: page.overview is not None, timeout=20_000)
    return page


def give(qtbot: QtBot, dialog: MarkingDialog, points: str) -> None:
    dialog.points.clear()
    qtbot.keyClicks(dialog.points, points)
    qtbot.keyClick(dialog.points, ENTER)


def standings(dialog: MarkingDialog) -> list[tuple[str, Standing, int | None, int | None]]:
    return [(i.reception, i.standing, i.mine, i.result) for i in dialog.model.rows]


def test_points_and_enter_record_and_go_to_the_next_answer(
    qtbot: QtBot, office: Office, background: Background, sat: tuple[int, int, list[int]]
) -> None:
    dialog = desk_of(qtbot, replace(office, actor=ONE), background, sat[1])
    assert dialog.heading.text() == "受付0001　問3（0〜10点）　一人目として読みます"
    give(qtbot, dialog, "7")
    assert dialog.heading.text() == "受付0002　問3（0〜10点）　一人目として読みます"
    assert dialog.before.text() == "前の答：受付0001　一人目 7点（採点 一郎）、二人目が読むのを待っています。"
    give(qtbot, dialog, "9")
    assert dialog.note.text == "この設問で読む答は、もうありません。お疲れさまでした。"
    assert standings(dialog) == [("0001", Standing.WAITING, 7, None), ("0002", Standing.WAITING, 9, None)]


def test_the_other_marks_are_hidden_until_mine_is_given_and_a_wide_gap_calls_a_third(
    qtbot: QtBot, office: Office, background: Background, sat: tuple[int, int, list[int]]
) -> None:
    _, test, _ = sat
    first = scoring.marking_desk(replace(office, actor=ONE), test).items[0]
    scoring.mark_written(replace(office, actor=ONE), first.sheet_id, 3, 2)
    dialog = desk_of(qtbot, replace(office, actor=TWO), background, test)
    assert (dialog.given.text, dialog.model.rows[0].given) == ("", ())
    give(qtbot, dialog, "8")
    assert dialog.before.text() == (
        "前の答：受付0001　一人目 2点（採点 一郎）、二人目 8点（採点 二郎）、"
        "差が2点を超えたため、三人目が読むのを待っています。"
    )
    dialog.reject()
    third = desk_of(qtbot, replace(office, actor=THIRD), background, test)
    assert third.heading.text() == "受付0001　問3（0〜10点）　三人目として読みます"
    assert third.given.text == ""
    give(qtbot, third, "5")
    assert standings(third)[0] == ("0001", Standing.SETTLED, 5, 5)


def test_points_outside_the_question_are_refused_at_the_field(
    qtbot: QtBot, office: Office, background: Background, sat: tuple[int, int, list[int]]
) -> None:
    dialog = desk_of(qtbot, replace(office, actor=ONE), background, sat[1])
    give(qtbot, dialog, "11")
    assert dialog.form.row("points").error == "0〜10の整数で打ってください。"
    assert dialog.model.rows[0].mine is None


def test_a_mark_the_other_has_read_is_corrected_with_a_reason(
    qtbot: QtBot, office: Office, background: Background, sat: tuple[int, int, list[int]]
) -> None:
    _, test, _ = sat
    for actor in (ONE, TWO):
        desk = scoring.marking_desk(replace(office, actor=actor), test)
        scoring.mark_written(replace(office, actor=actor), desk.items[0].sheet_id, 3, 6)
    dialog = desk_of(qtbot, replace(office, actor=ONE), background, test)
    dialog.table.selectRow(0)
    give(qtbot, dialog, "8")
    reason = dialog_of(dialog, ReasonDialog)
    assert scoring.marking_desk(replace(office, actor=ONE), test).items[0].mine == 6
    reason.editor.setPlainText("見落とし")
    reason.submit()
    assert standings(dialog)[0] == ("0001", Standing.SETTLED, 8, 7)


def test_the_scan_of_the_answer_is_shown_beside_the_points(
    qtbot: QtBot, office: Office, background: Background, sat: tuple[int, int, list[int]], tmp_path: Path
) -> None:
    _, test, _ = sat
    files = scoring.read_scan_files(office, [scan_file(tmp_path, "答案.pdf", pdf_bytes(2))])
    plan = scoring.plan_scans(office, test, files, 2)
    scoring.attach_scans(office, test, files, plan.shares)
    dialog = desk_of(qtbot, replace(office, actor=ONE), background, test)
    qtbot.waitUntil(lambda: dialog.scans.pages == 2, timeout=20_000)
    assert not dialog.scans.paper.image.isNull()
    qtbot.keyClick(dialog.points, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: dialog.scans.page == 1, timeout=20_000)
    give(qtbot, dialog, "7")
    assert dialog.scans.pages == 0
    assert dialog.scans.empty.text.startswith("この答案の写しは、まだありません。")


def test_scans_are_dealt_by_number_shown_and_attached(
    qtbot: QtBot, office: Office, background: Background, sat: tuple[int, int, list[int]], tmp_path: Path
) -> None:
    cohort, test, ids = sat
    page = page_of(qtbot, office, background, cohort)
    press(qtbot, page.scan_button)
    dialog = dialog_of(page.desk.room, AttachScansDialog)
    assert not dialog.main_button.isEnabled()
    dialog.read([scan_file(tmp_path, "束.pdf", pdf_bytes(4))])
    qtbot.waitUntil(lambda: bool(dialog.model.rows), timeout=20_000)
    assert (
        dialog.problem.text
        == "4人分の頁がありますが、割り当てられる人は3人です。始める番号を確かめてください。"
    )
    dialog.each.setValue(2)
    qtbot.waitUntil(dialog.main_button.isEnabled, timeout=20_000)
    assert [(s.reception, s.page_words) for s in dialog.model.rows] == [
        ("0001", "束.pdf 1〜2頁"),
        ("0002", "束.pdf 3〜4頁"),
    ]
    dialog.table.select_key(ids[1])
    dialog.skip()
    qtbot.waitUntil(lambda: dialog.model.rows[1].reception == "0003", timeout=20_000)
    assert dialog.skipped_words.text() == "受付0002"
    qtbot.waitUntil(lambda: dialog.scans.pages == 2, timeout=20_000)
    dialog.submit()
    qtbot.waitUntil(lambda: bool(page.desk.room.banner.text), timeout=20_000)
    assert page.desk.room.banner.text == "答案の写しを2人に付けました。"
    rows = scoring.answer_grid(office, test).rows
    counts = scoring.scan_counts(office, test)
    assert [(r.outcome, counts.get(r.sheet_id or 0, 0)) for r in rows] == [
        ("points", 1),
        ("points", 0),
        ("points", 1),
    ]


def test_a_picture_from_a_telephone_is_refused_in_words(
    qtbot: QtBot, office: Office, background: Background, sat: tuple[int, int, list[int]], tmp_path: Path
) -> None:
    dialog = AttachScansDialog(None, RoomContext(office, background), sat[1], "修了認定テスト")
    qtbot.addWidget(dialog)
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 64
    dialog.read([scan_file(tmp_path, "写真.heic", heic)])
    qtbot.waitUntil(lambda: bool(dialog.form.row("files").error), timeout=20_000)
    assert "写真.heic" in dialog.form.row("files").error
    assert "HEIC" in dialog.form.row("files").error
    assert not dialog.main_button.isEnabled()


def test_the_scan_is_looked_at_beside_the_marks_and_removed_with_a_reason(
    qtbot: QtBot, office: Office, background: Background, sat: tuple[int, int, list[int]], tmp_path: Path
) -> None:
    cohort, test, _ = sat
    files = scoring.read_scan_files(office, [scan_file(tmp_path, "一.png", picture_bytes())])
    scoring.attach_scans(office, test, files, scoring.plan_scans(office, test, files, 1).shares)
    page = page_of(qtbot, office, background, cohort)
    page.table.selectRow(0)
    press(qtbot, page.view_button)
    dialog = dialog_of(page.desk.room, SheetDialog)
    qtbot.waitUntil(lambda: dialog.scans.pages == 1, timeout=20_000)
    assert [(r.number, r.answer, r.key, r.points_words) for r in dialog.model.rows] == [
        (1, "ア", "ア", "40 / 40"),
        (2, "イ", "イウ", "0 / 50"),
        (3, "", "（記述）", "0 / 10"),
    ]
    press(qtbot, dialog.remove_button)
    reason = dialog_of(dialog, ReasonDialog)
    reason.editor.setPlainText("ほかの人の答案だった")
    reason.submit()
    assert scoring.scan_counts(office, test) == {}
    assert dialog.scans.empty.text == "写し1点を除きました。"


def test_the_way_of_marking_is_set_and_what_is_left_is_shown(
    qtbot: QtBot, office: Office, background: Background, sat: tuple[int, int, list[int]]
) -> None:
    cohort, test, _ = sat
    page = page_of(qtbot, office, background, cohort)
    assert page.way.text() == (
        "記述は二人が別々に読み、差が2点を超えれば三人目が読みます。決まった答 0枚、読み残し 2枚。"
    )
    assert page.waiting.text() == "問3 一人目 2枚"
    press(qtbot, page.gap_button)
    dialog = dialog_of(page.desk.room, GapDialog)
    dialog.gap.setValue(4)
    dialog.submit()
    assert scoring.marking_overview(office, test).gap == 4


def test_entry_begins_from_the_page_and_the_page_follows(
    qtbot: QtBot, office: Office, background: Background, sat: tuple[int, int, list[int]]
) -> None:
    page = page_of(qtbot, office, background, sat[0])
    assert [r.state[0] for r in page.model.rows] == ["入力済", "入力済", "未入力"]
    press(qtbot, page.entry_button)
    dialog = dialog_of(page.desk.room, EntryDialog)
    qtbot.waitUntil(lambda: bool(dialog.model.people), timeout=20_000)
    assert dialog.grid.currentIndex().row() == 2
    qtbot.keyClick(dialog.grid, "2", Qt.KeyboardModifier.ControlModifier)
    dialog.reject()
    qtbot.waitUntil(lambda: page.model.rows[2].row.outcome == "absent", timeout=20_000)
    assert [r.state[0] for r in page.model.rows] == ["入力済", "入力済", "入力済"]


def test_a_member_sees_only_what_he_is_to_read(
    qtbot: QtBot, office: Office, background: Background, sat: tuple[int, int, list[int]]
) -> None:
    cohort, test, _ = sat
    context = RoomContext(replace(office, actor=ONE), background, cohort)
    assert waiting(context) == (2, False)
    room = page_of_role(context)
    assert isinstance(room, MarkerRoom)
    qtbot.addWidget(room)
    room.show()
    assert list(room.model.rows) == [(test, "修了認定テスト", 2)]
    press(qtbot, room.mark_button)
    dialog = dialog_of(room, MarkingDialog)
    qtbot.waitUntil(lambda: bool(dialog.model.rows), timeout=20_000)
    give(qtbot, dialog, "7")
    dialog.reject()
    assert list(room.model.rows) == [(test, "修了認定テスト", 1)]
    assert room.banner.text == "採点を記録しました。"
    press(qtbot, room.bank_button)
    assert not dialog_of(room, BankDialog).place_button.isEnabled()
