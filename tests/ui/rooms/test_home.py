"""ホームの画面。"""

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.services import intake, progress, scoring
from app.services.office import Office
from app.services.scoring import PassRuleForm
from database.opening import Store, open_store
from tests.conftest import PASSPHRASE
from tests.factories import make_application, make_cohort, make_office
from tests.ui.rooms.course_sample import make_course, make_test
from ui.background import Background
from ui.rooms.context import RoomContext
from ui.rooms.home.room import HomeRoom


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


def open_room(qtbot: QtBot, context: RoomContext) -> HomeRoom:
    room = HomeRoom(context)
    qtbot.addWidget(room)
    room.resize(1180, 680)
    room.show()
    return room


def steps(room: HomeRoom) -> dict[str, str]:
    return {s.title: s.words for s in room.funnel.steps}


def test_without_a_cohort_home_says_where_to_begin(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room = open_room(qtbot, RoomContext(office, background, None))
    assert room.nothing.text == "研修期がまだありません。受付の部屋で研修期を作ってください。"
    assert room.nothing.isVisible()
    assert room.funnel.steps == ()
    assert not room.scores.isVisible()


def test_a_quiet_cohort_says_that_nothing_waits(qtbot: QtBot, office: Office, background: Background) -> None:
    room = open_room(qtbot, RoomContext(office, background, make_cohort(office)))
    assert room.nothing.text == "対応が必要なものはありません。"
    assert steps(room)["受付"] == "0"


def test_work_stands_by_its_due_date_with_the_overdue_first(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    cohort, ids = make_course(office)
    extra = make_application(office, cohort, "追加 一郎", eligible=False)
    intake.request_correction(office, extra, "資格証の写し", date(2026, 2, 24))
    room = open_room(qtbot, RoomContext(office, background, cohort))
    due, text = room.tasks.columns[0], room.tasks.columns[1]
    assert [(due.text(r), text.text(r), r.who, r.target_id) for r in room.tasks.rows][:3] == [
        ("72日超過", "提出期限を過ぎました。辞退として取り扱うかを確認してください", "渡邉 直樹", ids[2]),
        ("16日超過", "集合研修（2日目）の出欠がまだ記録されていません", "1名", ids[3]),
        ("あと4日", "補正依頼書をまだ作っていません（1件）", "追加 一郎", extra),
    ]
    assert steps(room) == {
        "受付": "8",
        "受講資格あり": "7",
        "養成課程① 修了": "4",
        "実践 修了": "2",
        "養成課程② 修了": "1",
        "修了認定テスト 合格": "—",
        "認証": "—",
    }


def test_enter_and_the_main_action_open_the_place_of_the_work(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    cohort, ids = make_course(office)
    opened: list[tuple[str, int | None]] = []
    context = RoomContext(
        office, background, cohort, open_room=lambda key, target: opened.append((key, target))
    )
    room = open_room(qtbot, context)
    room.view.selectRow(0)
    qtbot.keyClick(room.view, Qt.Key.Key_Return)
    room.main_action()
    assert opened == [("progress", ids[2])] * 2


def test_work_that_is_done_leaves_the_list(qtbot: QtBot, office: Office, background: Background) -> None:
    cohort, ids = make_course(office)
    room = open_room(qtbot, RoomContext(office, background, cohort))
    before = {(t.room, t.target_id) for t in room.tasks.rows}
    progress.confirm_withdrawal(office, ids[2])
    room.refresh()
    after = {(t.room, t.target_id) for t in room.tasks.rows}
    assert before - after == {("progress", ids[2]), ("eligibility", ids[2])}
    assert ("progress", ids[2]) in before
    assert "辞退扱いを確認" in room.recent_words.text().splitlines()[0]


def test_the_last_test_is_drawn_with_its_numbers(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    cohort, test, _ = make_test(office, 12, locked=True)
    scoring.adopt_rule(office, test, PassRuleForm(60), "委員会の決定")
    view = scoring.score_test(office, test)
    passed = sum(r.passed is True for r in view.rows)
    room = open_room(qtbot, RoomContext(office, background, cohort))
    assert room.scores.isVisible()
    assert room.scores._aside.text() == f"受験 11名　合格 {passed}名　平均 {view.mean:.1f}点"
    last = view.distribution[-1]
    assert room.histogram.accessibleDescription().endswith(f"90〜100点 {last[2]}名")
    assert room.histogram.mark == 60.0
    assert steps(room)["修了認定テスト 合格"] == str(passed)


def test_home_is_the_same_after_reopening(qtbot: QtBot, store_path: Path, background: Background) -> None:
    with open_store(store_path, PASSPHRASE) as store:
        cohort, _ = make_course(make_office(store))
        first = open_room(qtbot, RoomContext(make_office(store), background, cohort))
        tasks, funnel = first.tasks.rows, steps(first)
    with open_store(store_path, PASSPHRASE) as store:
        again = open_room(qtbot, RoomContext(make_office(store), background, cohort))
        assert (again.tasks.rows, steps(again)) == (tasks, funnel)
