"""審査会議の画面：持ち出しを書いて渡し、戻りを下見して取り込む。"""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.services import committee
from app.services.committee.review import Review, open_packet
from app.services.office import Office
from database.opening import Store
from tests.conftest import CHEAP
from tests.services.packet_scene import asked
from tests.ui.rooms.committee_sample import decide, make_manager_office, make_sitting
from ui.background import Background
from ui.messages import SecondPersonDialog
from ui.rooms.committee.merging import MergeDialog
from ui.rooms.committee.packets import ExportPacketDialog, HandOverDialog
from ui.rooms.committee.room import CommitteeRoom
from ui.rooms.context import RoomContext

W = TypeVar("W", bound=QWidget)
WORD = "もちだしの合言葉 あいうえお"


@pytest.fixture
def office(store: Store) -> Office:
    return make_manager_office(store)


@pytest.fixture
def room(qtbot: QtBot, office: Office, background: Background, tmp_path: Path) -> CommitteeRoom:
    def save(_parent: QWidget, _title: str, name: str, chosen: Callable[[Path], None]) -> None:
        chosen(tmp_path / name)

    def choose(_parent: QWidget, _title: str, _filter: str, chosen: Callable[[Path], None]) -> None:
        chosen(tmp_path / "back.ndreturn")

    context = RoomContext(office, background, make_sitting(office)[0], save_path=save, open_path=choose)
    made = CommitteeRoom(context)
    qtbot.addWidget(made)
    made.resize(1180, 680)
    made.show()
    return made


def dialog_of(parent: QWidget, kind: type[W]) -> W:
    found = [d for d in parent.findChildren(kind) if d.isVisible()]
    assert len(found) == 1
    return found[0]


def carried(room: CommitteeRoom, tmp_path: Path) -> Review:
    """二人目の委員の持ち出し。"""
    assert room.meeting is not None
    path = tmp_path / "a.ndpacket"
    member = room.meeting.members[1].id
    committee.export_packet(room.context.office, room.meeting.id, member, WORD, path, CHEAP)
    return open_packet(path, WORD)


def merging(qtbot: QtBot, room: CommitteeRoom, word: str = WORD) -> MergeDialog:
    """戻りを選び、合言葉を入れて下見した窓。"""
    room.head.paper_actions["戻りを取り込む…"].trigger()
    dialog = dialog_of(room, MergeDialog)
    dialog.passphrase.setText(word)
    dialog.check()
    qtbot.waitUntil(lambda: dialog.check_button.isEnabled(), timeout=20_000)
    return dialog


def test_a_packet_is_written_from_the_papers_and_what_to_hand_over_is_shown(
    qtbot: QtBot, room: CommitteeRoom, tmp_path: Path
) -> None:
    room.head.paper_actions["持ち出しを書く…"].trigger()
    dialog = dialog_of(room, ExportPacketDialog)
    assert dialog.who.count() == 6
    dialog.who.setCurrentIndex(2)
    dialog.passphrase.setText("短い")
    dialog.submit()
    assert dialog.form.row("passphrase").error == "12文字以上にしてください。"
    dialog.propose()
    word = dialog.passphrase.text()
    dialog.submit()
    qtbot.waitUntil(lambda: not room.context.background.is_busy, timeout=20_000)
    hand = dialog_of(room, HandOverDialog)
    hand.copy()
    assert QGuiApplication.clipboard().text() == word
    hand.accept()
    assert QGuiApplication.clipboard().text() == ""
    path = tmp_path / "第1回_持ち出し_委員03.ndpacket"
    assert room.banner.text == f"見本 良子の持ち出しを書きました（4件）：{path}"
    assert "渡邉 直樹" not in [r.name for r in open_packet(path, word).rows()]


def test_the_packets_so_far_are_listed_with_what_is_still_out(room: CommitteeRoom, tmp_path: Path) -> None:
    carried(room, tmp_path)
    room.head.paper_actions["持ち出しを書く…"].trigger()
    assert (
        "森 一郎　5件　令和8年2月20日に書き出し　まだ戻っていません"
        in dialog_of(room, ExportPacketDialog).kept.text
    )


def test_a_return_is_previewed_chosen_and_merged(
    qtbot: QtBot, room: CommitteeRoom, office: Office, tmp_path: Path
) -> None:
    review = carried(room, tmp_path)
    member = review.member_id
    assert member is not None
    first, second = (r.id for r in review.rows()[:2])
    review.declare()
    review.vote(first, member, "for")
    review.vote(second, member, "for")
    review.write_return(tmp_path / "back.ndreturn")
    assert room.meeting is not None
    asked(office, room.meeting.id, member)
    committee.record_votes(office, first, {member: "against"})
    dialog = merging(qtbot, room)
    assert [(r.words, dialog._plan(r)) for r in dialog.model.rows] == [
        ("同じ", "—"),
        ("食い違い", "今のまま"),
        ("新しい", "取り込む"),
    ]
    assert dialog.main_button.text() == "1項目を取り込む"
    dialog.table.selectRow(1)
    dialog.toggle_button.click()
    assert [dialog._plan(r) for r in dialog.model.rows] == ["—", "入れ替える", "取り込む"]
    assert (dialog.toggle_button.text(), dialog.main_button.text()) == ("今のままにする", "2項目を取り込む")
    dialog.all_button.click()
    assert dialog.taken == set()
    dialog.all_button.click()
    dialog.merge()
    qtbot.waitUntil(lambda: not room.context.background.is_busy, timeout=20_000)
    assert room.banner.text == "戻りから2項目を取り込みました。"
    assert [committee.get_case(office, c).votes for c in (first, second)] == [{member: "for"}] * 2


def test_a_wrong_passphrase_and_a_second_merge_are_said_in_the_dialog(
    qtbot: QtBot, room: CommitteeRoom, tmp_path: Path
) -> None:
    review = carried(room, tmp_path)
    review.remark(review.rows()[0].id, "所見")
    review.write_return(tmp_path / "back.ndreturn")
    dialog = merging(qtbot, room, "ちがう合言葉ちがう合言葉")
    assert "合言葉が違います" in dialog.refusal.text
    # 理由の分だけ窓が伸びたら、巻くための帯は残らない
    qtbot.waitUntil(lambda: not dialog._area.verticalScrollBar().isVisible())
    assert not dialog.main_button.isEnabled()
    dialog.passphrase.setText(WORD)
    dialog.check()
    qtbot.waitUntil(lambda: dialog.main_button.isEnabled(), timeout=20_000)
    dialog.merge()
    qtbot.waitUntil(lambda: not room.context.background.is_busy, timeout=20_000)
    again = merging(qtbot, room)
    assert "二度は取り込めません" in again.refusal.text
    assert not again.main_button.isEnabled()


def test_before_the_meeting_is_closed_it_is_said_what_is_still_out(
    room: CommitteeRoom, office: Office, tmp_path: Path
) -> None:
    carried(room, tmp_path)
    assert room.meeting is not None
    for row in room.meeting.cases:
        decide(office, row.id)
    room.refresh()
    room.head.close_button.click()
    words = dialog_of(room, SecondPersonDialog).words.text()
    assert words.startswith(
        "まだ戻っていない持ち出しが1件あり、閉じると取り込めなくなります。第1回の会議を閉じ、"
    )
