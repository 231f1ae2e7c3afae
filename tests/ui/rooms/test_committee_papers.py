"""審査会議の画面：議題・人数の表決・書面の会議・招集と資料・閉じた後の紙と議決の変更。"""

from pathlib import Path
from typing import TypeVar

import pypdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.services import committee, renewal
from app.services.committee.agenda import ItemForm
from app.services.committee.meetings import MeetingForm
from app.services.office import Office
from database.opening import Store
from database.schema.scoring import CertificationTest
from tests.factories import insert, make_applications, make_certifications, person
from tests.services.committee_scene import arrive
from tests.ui.rooms.committee_sample import (
    CERTIFIED_ON,
    PASSWORD,
    TODAY,
    decide,
    make_closed,
    make_manager_office,
    make_sitting,
)
from ui.background import Background
from ui.messages import ReasonDialog, SecondPersonDialog
from ui.rooms.committee.agenda import AgendaDialog, ItemDialog, WaitingDialog
from ui.rooms.committee.closed import ReconciliationDialog, ResultLettersDialog, ReversalDialog
from ui.rooms.committee.counts import CountedVotesDialog
from ui.rooms.committee.meetings import PresenceDialog
from ui.rooms.committee.papers import ConvocationDialog, MaterialsDialog, TextBlocksDialog
from ui.rooms.committee.room import CommitteeRoom
from ui.rooms.context import RoomContext
from ui.rooms.renewal.cases import RevokeDialog
from ui.rooms.scoring.deciding import MeetingChoice
from ui.rooms.scoring.room import ScoringRoom

W = TypeVar("W", bound=QWidget)


@pytest.fixture
def office(store: Store) -> Office:
    return make_manager_office(store)


def open_room(qtbot: QtBot, office: Office, background: Background, cohort: int) -> CommitteeRoom:
    room = CommitteeRoom(RoomContext(office, background, cohort))
    qtbot.addWidget(room)
    room.resize(1180, 680)
    room.show()
    return room


@pytest.fixture
def room(qtbot: QtBot, office: Office, background: Background) -> CommitteeRoom:
    return open_room(qtbot, office, background, make_sitting(office)[0])


@pytest.fixture
def closed(qtbot: QtBot, office: Office, background: Background) -> CommitteeRoom:
    return open_room(qtbot, office, background, make_closed(office)[0])


def dialog_of(parent: QWidget, kind: type[W]) -> W:
    found = [d for d in parent.findChildren(kind) if d.isVisible()]
    assert len(found) == 1
    return found[0]


def give_second(room: CommitteeRoom) -> None:
    dialog = dialog_of(room, SecondPersonDialog)
    dialog.login.setText("second")
    dialog.password.setText(PASSWORD)
    dialog.submit()


def save_to(room: CommitteeRoom, path: Path) -> None:
    room.context.save_path = lambda _parent, _title, _name, chosen: chosen(path)


def titles(dialog: AgendaDialog) -> list[tuple[str, str]]:
    return [(r.title, r.words) for r in dialog.model.rows]


def test_items_are_added_ordered_decided_and_reopened_in_the_agenda_dialog(room: CommitteeRoom) -> None:
    room.head.meeting_actions["議題…"].trigger()
    dialog = dialog_of(room, AgendaDialog)
    assert titles(dialog) == [("修了認定（欠格事由の確認を含む）", "0／5件")]
    assert not dialog.decide_button.isEnabled()  # 修了認定は案件ごとに議決する
    dialog.add_button.click()
    adding = dialog_of(dialog, WaitingDialog)
    adding.submit()
    assert adding.form.row("text").error == "議題を選ぶか、書いてください。"
    adding.text.setText("次年度の日程")
    adding.submit()
    dialog.table.selectRow(1)
    dialog.up_button.click()
    assert titles(dialog)[0] == ("次年度の日程", "未議決")
    dialog.table.selectRow(0)
    dialog.decide_button.click()
    deciding = dialog_of(dialog, ItemDialog)
    assert deciding.fields.counts == (4, 0, 0)
    deciding.fields.boxes["against"].setValue(1)
    deciding.submit()
    assert "計5名が、表決に加われる出席委員4名と合いません" in deciding.form.row("for").error
    deciding.fields.boxes["for"].setValue(3)
    deciding.submit()
    assert titles(dialog)[0] == ("次年度の日程", "可決")
    dialog.reopen_button.click()
    reason = dialog_of(dialog, ReasonDialog)
    reason.editor.setPlainText("数え違い")
    reason.submit()
    give_second(room)
    assert titles(dialog)[0] == ("次年度の日程", "未議決")


def test_an_undecided_item_keeps_the_meeting_open_and_says_which(room: CommitteeRoom, office: Office) -> None:
    assert room.meeting is not None
    for case in room.meeting.cases:
        decide(office, case.id)
    committee.add_agenda_item(office, room.meeting.id, "次年度の日程")
    room.refresh()
    room.head.close_button.click()
    assert room.banner.text.startswith("未議決の議題があります（議案第2号）。")


def test_the_keyboard_takes_counted_votes_for_a_case(room: CommitteeRoom) -> None:
    QTest.keyClick(room, Qt.Key.Key_F8, Qt.KeyboardModifier.ControlModifier)
    dialog = dialog_of(room, CountedVotesDialog)
    dialog.fields.boxes["for"].setValue(3)
    dialog.submit()
    assert "計3名" in dialog.form.row("for").error
    dialog.fields.boxes["abstain"].setValue(1)
    dialog.submit()
    assert room.case is not None
    assert room.case.counted == (3, 0, 1)
    assert [c.text for c in room.sheet.votes.chips.values()] == ["可 3", "否 0", "棄権 1"]
    assert room.sheet.votes.quorum.text() == "定足数 充足　出席 4／母数 5　人数で採った表決"


def test_replies_to_a_written_meeting_are_recorded_by_their_day(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    cohort, _ = make_sitting(office)
    committee.create_meeting(office, cohort, MeetingForm(TODAY, CERTIFIED_ON, kind="written"))
    room = open_room(qtbot, office, background, cohort)
    room.head.presence_button.click()
    dialog = dialog_of(room, PresenceDialog)
    assert room.meeting is not None
    first = room.meeting.members[0].id
    assert dialog.state_of(first) == "未回答"
    dialog.day.edit.setText("R8.3.21")
    dialog.toggle(first)
    assert "回答を受けた日が" in dialog.error
    dialog.day.edit.setText("R8.3.18")
    dialog.everyone()
    assert dialog.state_of(first) == "令和8年3月18日に回答"
    dialog.toggle(first)
    assert dialog.state_of(first) == "未回答"
    assert room.head.quorum.text == "定足数 充足　出席 4／委員 5"


def test_the_convocation_says_its_deadline_and_is_written(
    qtbot: QtBot, room: CommitteeRoom, background: Background, tmp_path: Path
) -> None:
    save_to(room, tmp_path / "招集")
    room.head.paper_actions["招集通知…"].trigger()
    dialog = dialog_of(room, ConvocationDialog)
    assert dialog.deadline.text == (
        "出す期限は 令和8年3月11日（水）です。期限を過ぎています。監査記録に残ります。"
    )
    dialog.submit()
    qtbot.waitUntil(lambda: not background.is_busy)
    assert len(pypdf.PdfReader(tmp_path / "招集.pdf").pages) == 5
    assert room.meeting is not None
    assert room.meeting.convened_on == TODAY


def test_the_materials_are_written_for_one_member_or_each(
    qtbot: QtBot, room: CommitteeRoom, background: Background, tmp_path: Path
) -> None:
    save_to(room, tmp_path / "資料.pdf")
    room.head.paper_actions["会議の資料…"].trigger()
    dialog = dialog_of(room, MaterialsDialog)
    dialog.submit()
    qtbot.waitUntil(lambda: not background.is_busy)
    assert sorted(p.name for p in tmp_path.glob("*.pdf")) == [f"資料_委員0{n}.pdf" for n in range(1, 6)]
    room.head.paper_actions["会議の資料…"].trigger()
    again = dialog_of(room, MaterialsDialog)
    again.who.setCurrentIndex(again.who.count() - 1)
    again.submit()
    qtbot.waitUntil(lambda: not background.is_busy)
    assert len(pypdf.PdfReader(tmp_path / "資料.pdf").pages) == 8


def test_the_texts_of_the_minutes_are_written_in_named_fields(room: CommitteeRoom) -> None:
    room.head.paper_actions["議事録の文…"].trigger()
    dialog = dialog_of(room, TextBlocksDialog)
    dialog.fields["summary"].setPlainText("日程を定めた。")
    dialog.remarks.setPlainText("発言があった。")
    dialog.submit()
    assert room.meeting is not None
    assert (room.meeting.text_blocks, room.meeting.remarks) == (
        {"summary": "日程を定めた。"},
        "発言があった。",
    )


def enabled(room: CommitteeRoom) -> list[str]:
    return [words for words, action in room.head.paper_actions.items() if action.isEnabled()]


def test_before_closing_only_the_papers_of_preparation_are_offered(room: CommitteeRoom) -> None:
    assert enabled(room) == [
        "招集通知…",
        "会議の資料…",
        "議事録の文…",
        "持ち出しを書く…",
        "戻りを取り込む…",
    ]


def test_after_closing_only_the_papers_of_the_decisions_are_offered(closed: CommitteeRoom) -> None:
    assert enabled(closed) == ["議事録…", "議事要旨…", "議決の通知…", "件数照合表…"]


def test_the_letters_show_their_state_and_a_preview_and_are_written(
    qtbot: QtBot, closed: CommitteeRoom, background: Background, tmp_path: Path
) -> None:
    save_to(closed, tmp_path / "通知.pdf")
    closed.head.paper_actions["議決の通知…"].trigger()
    dialog = dialog_of(closed, ResultLettersDialog)
    qtbot.waitUntil(lambda: not background.is_busy)
    assert [r.words for r in dialog.model.rows] == ["未作成"] * 5
    dialog.number.setText("見認第5号")
    dialog.all_button.click()
    qtbot.waitUntil(lambda: not background.is_busy)
    assert closed.banner.text == f"議決の通知を書きました：新しく5通：{tmp_path / '通知.pdf'}"
    closed.head.paper_actions["議決の通知…"].trigger()
    again = dialog_of(closed, ResultLettersDialog)
    qtbot.waitUntil(lambda: not background.is_busy)
    assert [r.words for r in again.model.rows] == ["作成済み"] * 5


def test_the_reconciliation_shows_the_counts(closed: CommitteeRoom) -> None:
    closed.head.paper_actions["件数照合表…"].trigger()
    dialog = dialog_of(closed, ReconciliationDialog)
    assert dialog.verdict.text == "件数はすべて合っています。"


def test_a_closed_decision_is_changed_after_its_effects_are_shown(
    qtbot: QtBot, closed: CommitteeRoom, office: Office, background: Background
) -> None:
    assert closed.change_button.isVisible()
    closed.change_button.click()
    dialog = dialog_of(closed, ReversalDialog)
    assert [what for what, _ in dialog.lines] == ["議決", "認定証", "通知", "この後"]
    dialog.submit()
    assert dialog.form.row("reason").error == "議決を変更する理由を書いてください。"
    dialog.reason.setPlainText("証明書に偽り")
    dialog.submit()
    give_second(closed)
    assert closed.model.rows[0].words == "議決変更"
    assert not closed.change_button.isVisible()
    assert "令和8年3月20日にこの議決は変更されました（責任 次郎・確認 四郎）。理由：証明書に偽り" in (
        closed.sheet.decided.text
    )
    assert closed.banner.text.startswith("案件001 髙﨑󠄀 健太郎さんの議決を変更しました。")


def test_the_meeting_that_decided_the_pass_mark_is_offered_at_its_adoption(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    cohort, meeting = make_sitting(office)
    (test,) = insert(office, [CertificationTest(cohort_id=cohort, title="追試", held_on=TODAY)])
    items = committee.list_waiting_items(office, meeting)
    committee.add_agenda_items(office, meeting, tuple(i for i in items if i.certification_test_id == test))
    item = next(r for r in committee.list_agenda(office, meeting) if r.kind == "pass_mark")
    scoring = ScoringRoom(RoomContext(office, background, cohort))
    qtbot.addWidget(scoring)
    choice = MeetingChoice(scoring.desk)
    choice.offer(committee.deciding_meetings(office, test))
    assert choice.meeting_id is None
    committee.decide_item(office, item.id, ItemForm("approved", (4, 0, 0)))
    choice.offer(committee.deciding_meetings(office, test))
    assert choice.meeting_id == meeting


def test_the_decision_of_the_meeting_is_offered_as_the_reason_of_a_revocation(
    qtbot: QtBot, office: Office
) -> None:
    cohort, _ = make_closed(office)
    (one,) = make_certifications(
        office, cohort, make_applications(office, cohort, [person("見本 花")]), TODAY, meeting_number=2
    )
    opened = renewal.open_revocation(office, one, "fraud")
    meeting = committee.create_meeting(office, cohort, MeetingForm(TODAY, CERTIFIED_ON))
    committee.add_agenda_items(office, meeting, committee.list_waiting_items(office, meeting)[-1:])
    for member in committee.get_meeting(office, meeting).members:
        arrive(office, meeting, member.id, "14:00")
    (item,) = committee.list_agenda(office, meeting)
    assert item.revocation_id == opened
    committee.decide_item(office, item.id, ItemForm("approved", (5, 0, 0), "証明書の偽造"))
    row = next(r for r in renewal.list_certifications(office) if r.certification_id == one)
    assert row.investigation is not None
    dialog = RevokeDialog(None, office, row, row.investigation, lambda _day, _reason: None)
    qtbot.addWidget(dialog)
    assert dialog.reason.toPlainText() == "第3回認定審査委員会の議決による。証明書の偽造"
