"""審査会議の、議題・人数の表決・会議の紙・閉じた後の窓の場面。"""

from collections.abc import Callable, Iterator
from datetime import date

from PySide6.QtWidgets import QWidget

from app.services import committee
from app.services.committee.agenda import ItemForm
from app.services.committee.meetings import MeetingForm
from app.services.office import Office
from database.schema.scoring import CertificationTest, Question
from tests.factories import insert
from tests.gallery.scene import Scene, WindowFactory, background, fresh_store
from tests.ui.rooms.committee_sample import (
    CERTIFIED_ON,
    TODAY,
    make_closed,
    make_manager_office,
    make_sitting,
    second_person,
)
from ui.rooms.committee.agenda import AgendaDialog, ItemDialog, WaitingDialog
from ui.rooms.committee.closed import ReconciliationDialog, ResultLettersDialog, ReversalDialog
from ui.rooms.committee.counts import CountedVotesDialog
from ui.rooms.committee.meetings import PresenceDialog
from ui.rooms.committee.papers import ConvocationDialog, MaterialsDialog
from ui.rooms.committee.room import CommitteeRoom
from ui.rooms.context import RoomContext

Make = Callable[[CommitteeRoom], QWidget]


def _room(office: Office, cohort: int) -> CommitteeRoom:
    return CommitteeRoom(RoomContext(office, background(), cohort))


def _sitting() -> CommitteeRoom:
    """議題のある会議。一つは議決し、一つは待っている。"""
    office = make_manager_office(fresh_store())
    cohort, meeting = make_sitting(office)
    (test,) = insert(office, [CertificationTest(cohort_id=cohort, title="追試", held_on=TODAY)])
    question = Question(
        certification_test_id=test, number=1, subject_group="A", kind="choice", points=2, key=["1"]
    )
    insert(office, [question])
    items = committee.list_waiting_items(office, meeting)
    committee.add_agenda_items(office, meeting, tuple(i for i in items if i.kind == "pass_mark"))
    own = committee.add_agenda_item(office, meeting, "次年度の研修の日程と、認定審査委員会の開催の予定")
    committee.move_agenda_item(office, own, -1)
    committee.decide_item(office, own, ItemForm("approved", (3, 1, 0), "案のとおり"))
    room = _room(office, cohort)
    assert room.case is not None
    committee.record_counts(office, room.case.id, (3, 0, 1))
    room.refresh()
    return room


def _closed() -> CommitteeRoom:
    office = make_manager_office(fresh_store())
    cohort, meeting = make_closed(office)
    case = committee.get_meeting(office, meeting).cases[2].id
    committee.reverse_closed(office, case, "実務経験証明書に偽りがあったため", second=second_person())
    room = _room(office, cohort)
    room.open_target(case)
    return room


def _written(room: CommitteeRoom) -> QWidget:
    office = room.context.office
    assert room.context.cohort_id is not None
    form = MeetingForm(date(2026, 3, 25), CERTIFIED_ON, kind="written")
    meeting = committee.create_meeting(office, room.context.cohort_id, form)
    for member in committee.get_meeting(office, meeting).members[:3]:
        committee.record_reply(office, meeting, member.id, date(2026, 3, 18))
    return PresenceDialog(None, office, committee.get_meeting(office, meeting))


def _agenda(room: CommitteeRoom) -> QWidget:
    assert room.meeting is not None
    made = AgendaDialog(room, room.context, room.meeting)
    made.table.selectRow(1)
    return made


def _item(room: CommitteeRoom) -> QWidget:
    assert room.meeting is not None
    row = committee.list_agenda(room.context.office, room.meeting.id)[2]
    made = ItemDialog(None, room.context, row, len(room.meeting.present))
    made.fields.boxes["against"].setValue(2)
    made.submit()
    return made


def _waiting(room: CommitteeRoom) -> QWidget:
    assert room.meeting is not None
    return WaitingDialog(None, room.context, room.meeting.id)


def _counted(room: CommitteeRoom) -> QWidget:
    assert room.case is not None
    return CountedVotesDialog(None, room.context.office, room.case, room.sheet.votes.voters)


def _convocation(room: CommitteeRoom) -> QWidget:
    assert room.meeting is not None
    return ConvocationDialog(None, room.context.office, room.meeting)


def _materials(room: CommitteeRoom) -> QWidget:
    assert room.meeting is not None
    return MaterialsDialog(None, room.meeting)


def _letters(room: CommitteeRoom) -> QWidget:
    assert room.meeting is not None
    return ResultLettersDialog(None, room.context, room.meeting)


def _counts(room: CommitteeRoom) -> QWidget:
    assert room.meeting is not None
    return ReconciliationDialog(None, committee.reconcile(room.context.office, room.meeting.id))


def _reversal(room: CommitteeRoom) -> QWidget:
    assert room.meeting is not None
    case = room.meeting.cases[0].id
    return ReversalDialog(None, committee.reversal_effects(room.context.office, case))


def scenes(window_factory: WindowFactory) -> Iterator[Scene]:
    """議題と紙の窓。"""

    def dialog(make: Make, name: str, room: Callable[[], CommitteeRoom] = _sitting) -> Scene:
        def build() -> QWidget:
            kept = room()
            made = make(kept)
            made._room = kept  # type: ignore[attr-defined]  # 親を先に捨てさせない
            return made

        return Scene(name, build, None)

    def window(room: Callable[[], QWidget]) -> Callable[[], QWidget]:
        return lambda: window_factory("committee", "審査会議", room)

    yield Scene("committee_counted", window(_sitting))
    yield Scene("committee_counted_150", window(_sitting), scale=1.5)
    yield Scene("committee_reversed", window(_closed))
    yield dialog(_agenda, "committee_agenda")
    yield dialog(_waiting, "committee_agenda_waiting")
    yield dialog(_item, "committee_agenda_item")
    yield dialog(_counted, "committee_counted_votes")
    yield dialog(_written, "committee_written_presence")
    yield dialog(_convocation, "committee_convocation")
    yield dialog(_materials, "committee_materials")
    yield dialog(_letters, "committee_result_letters", _closed)
    yield dialog(_counts, "committee_reconciliation", _closed)
    yield dialog(_reversal, "committee_reversal", _closed)
