"""審査会議の場面。"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from app.services import committee
from app.services.office import Office
from tests.factories import make_cohort
from tests.gallery.scene import Scene, WindowFactory, background, fresh_store
from tests.ui.rooms.committee_sample import (
    PEOPLE,
    decide,
    make_closed,
    make_manager_office,
    make_meeting,
    make_members,
    make_passed,
    make_sitting,
)
from ui.main_window import MainWindow
from ui.rooms.committee.dialogs import BlockDialog, ConvictionDialog, DecisionDialog, RecusalDialog
from ui.rooms.committee.meetings import MeetingDialog, PresenceDialog
from ui.rooms.committee.members import AccountLinkDialog, MemberDialog, MembersDialog
from ui.rooms.committee.papers import TextBlocksDialog
from ui.rooms.committee.room import CommitteeRoom
from ui.rooms.context import RoomContext


def fresh_office() -> Office:
    """使い捨ての、暗号化された見本のデータベース。"""
    return make_manager_office(fresh_store())


def _room(office: Office, cohort: int | None) -> CommitteeRoom:
    return CommitteeRoom(RoomContext(office, background(), cohort))


def _empty() -> CommitteeRoom:
    office = fresh_office()
    return _room(office, make_cohort(office))


def _no_agenda() -> CommitteeRoom:
    office = fresh_office()
    cohort = make_cohort(office)
    make_members(office)
    make_passed(office, cohort, ())
    make_meeting(office, cohort)
    return _room(office, cohort)


def _sitting() -> CommitteeRoom:
    """三件を議決し、四件目を審査している会議。"""
    office = fresh_office()
    cohort = make_cohort(office, term=2)
    make_members(office)
    extra = tuple((f"見本 {c}", "ミホン", "見本市") for c in "一二三四五六七八九十")
    make_passed(office, cohort, PEOPLE + extra)
    meeting = make_meeting(office, cohort)
    cases = committee.get_meeting(office, meeting).cases
    decide(office, cases[0].id)
    decide(office, cases[1].id, "deferred", "実務経験証明書の確認を待つため")
    decide(office, cases[3].id)
    room = _room(office, cohort)
    room.open_target(cases[4].id)
    committee.confirm_ground(office, cases[4].id, "a", "clear")
    present = committee.get_meeting(office, meeting).present
    committee.record_votes(office, cases[4].id, {m: "for" for m in present[:3]} | {present[3]: "against"})
    room.refresh()
    return room


def _recused() -> CommitteeRoom:
    office = fresh_office()
    cohort, meeting = make_sitting(office)
    room = _room(office, cohort)
    room.open_target(committee.get_meeting(office, meeting).cases[2].id)
    return room


def _decided() -> CommitteeRoom:
    office = fresh_office()
    cohort, meeting = make_sitting(office)
    case = committee.get_meeting(office, meeting).cases[1].id
    decide(office, case, "conditional", "実務経験証明書の写しを期限までに出すこと")
    room = _room(office, cohort)
    room.open_target(case)
    return room


def _closed() -> CommitteeRoom:
    office = fresh_office()
    return _room(office, make_closed(office)[0])


def _refuse(window: QWidget) -> None:
    assert isinstance(window, MainWindow)
    room = window.room("committee")
    assert isinstance(room, CommitteeRoom)
    room.certify()


def _dialog(
    make: Callable[[Office, CommitteeRoom], QWidget], name: str, size: tuple[int, int] | None = None
) -> Scene:
    def build() -> QWidget:
        office = fresh_office()
        cohort, _ = make_sitting(office)
        room = _room(office, cohort)
        dialog = make(office, room)
        dialog._room = room  # type: ignore[attr-defined]  # 親を先に捨てさせない
        return dialog

    return Scene(name, build, size)


def _conviction(office: Office, room: CommitteeRoom) -> QWidget:
    assert room.case is not None
    made = ConvictionDialog(None, office, room.case, "ウの執行の終わりを確かめる")
    made.ended.edit.setText("R7.2.31")
    made.submit()
    return made


def _decision(office: Office, room: CommitteeRoom) -> QWidget:
    assert room.case is not None
    made = DecisionDialog(None, office, replace(room.case, result="tie"), "conditional")
    made.submit()
    return made


def _block(office: Office, room: CommitteeRoom) -> QWidget:
    assert room.meeting is not None
    for row in room.meeting.cases:
        committee.confirm_ground(office, row.id, "a", "clear")
    cases = [committee.get_case(office, c.id) for c in room.meeting.cases]
    return BlockDialog(None, office, room.meeting, [c for c in cases if c.clear])


def _presence(office: Office, room: CommitteeRoom) -> QWidget:
    assert room.meeting is not None
    return PresenceDialog(None, office, room.meeting)


def _remarks(office: Office, room: CommitteeRoom) -> QWidget:
    assert room.meeting is not None
    return TextBlocksDialog(None, office, room.meeting)


def _recusal(office: Office, room: CommitteeRoom) -> QWidget:
    assert room.meeting is not None
    assert room.case is not None
    return _tried(RecusalDialog(None, office, room.meeting, room.case))


def _account_link(office: Office, _room: CommitteeRoom) -> QWidget:
    return AccountLinkDialog(None, office, committee.list_members(office)[0])


def _projector(_office: Office, room: CommitteeRoom) -> QWidget:
    room.show_projector()
    assert room.projector is not None
    return room.projector


def scenes(window_factory: WindowFactory) -> Iterator[Scene]:
    """部屋のすべての姿と窓。"""

    def window(room: Callable[[], QWidget]) -> Callable[[], QWidget]:
        return lambda: window_factory("committee", "審査会議", room)

    yield Scene("committee_empty", window(_empty))
    yield Scene("committee_no_agenda", window(_no_agenda))
    yield Scene("committee_sitting", window(_sitting))
    yield Scene("committee_sitting_dark", window(_sitting), dark=True)
    yield Scene("committee_sitting_150", window(_sitting), (1920, 1080), 1.5)
    yield Scene("committee_sitting_150_small", window(_sitting), scale=1.5)
    yield Scene("committee_recused", window(_recused))
    yield Scene("committee_refused", window(_recused), after=_refuse)
    yield Scene("committee_decided", window(_decided))
    yield Scene("committee_closed", window(_closed))
    yield _dialog(lambda office, _room: MembersDialog(None, office), "committee_members", (860, 440))
    yield _dialog(_account_link, "committee_account_link")
    yield _dialog(lambda office, _room: _tried(MemberDialog(None, office)), "committee_member")
    yield _dialog(lambda office, _room: _tried(MeetingDialog(None, office, 1)), "committee_meeting")
    yield _dialog(_presence, "committee_presence")
    yield _dialog(_remarks, "committee_remarks")
    yield _dialog(_decision, "committee_decision")
    yield _dialog(_block, "committee_block")
    yield _dialog(_recusal, "committee_recusal")
    yield _dialog(_conviction, "committee_conviction", (720, 700))
    yield _dialog(_projector, "committee_projector")


def _tried(dialog: MemberDialog | MeetingDialog | RecusalDialog) -> QWidget:
    """空のまま押して、欄の誤りを出す。"""
    dialog.submit()
    return dialog
