"""審査会議の、利害関係・申告・証拠・認証予定日・委員の関わりの場面。"""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtWidgets import QWidget

from app.services import committee
from app.services.committee.cases import ConvictionForm
from app.services.committee.evidence import EvidenceForm
from app.services.committee.members import InterestsForm
from tests.gallery.scene import Scene, WindowFactory, background, fresh_store
from tests.scans import picture_bytes
from tests.ui.rooms.committee_sample import TODAY, decide, make_manager_office, make_sitting
from ui.rooms.committee.conflicts import (
    ConflictsDialog,
    DeclarationsDialog,
    DeclareDialog,
    confirm_one,
)
from ui.rooms.committee.day import CertificationDayDialog
from ui.rooms.committee.evidence import AnswerDialog, EvidenceDialog, EvidenceFormDialog
from ui.rooms.committee.interests import InterestsDialog
from ui.rooms.committee.room import CommitteeRoom
from ui.rooms.context import RoomContext
from ui.widgets.scan_view import scan_page

Make = Callable[[CommitteeRoom], QWidget]
_ASKED = date(2026, 3, 2)


def _room() -> CommitteeRoom:
    """候補がいくつかあり、一人は申告し、一人はまだ尋ねていない会議。一件目に証拠がある。"""
    office = make_manager_office(fresh_store())
    cohort, meeting = make_sitting(office)
    view = committee.get_meeting(office, meeting)
    members, cases = view.members, view.cases
    sessions = [s.id for s in committee.get_interests(office, members[1].id).sessions]
    committee.set_interests(
        office, members[1].id, InterestsForm("見本研究所", "見本センター", "", sessions[:1])
    )
    committee.suggest_recusals(office, meeting)
    committee.record_declaration(office, meeting, members[0].id, [cases[3].id], "元の上司", kind="excluded")
    committee.record_arrival(office, meeting, members[4].id, "14:05")
    with TemporaryDirectory() as folder:
        scan = Path(folder) / "回答.png"
        scan.write_bytes(picture_bytes())
        answered = EvidenceForm(
            "u", "inquiry", _ASKED, "見本市長（本籍地）", None, TODAY, "clear", "犯罪人名簿に記載なし（見本）"
        )
        committee.record_evidence(office, cases[0].id, answered, scan)
    waiting = EvidenceForm("u", "inquiry", _ASKED, "見本地方検察庁", date(2026, 3, 31))
    committee.record_evidence(office, cases[0].id, waiting)
    committee.record_evidence(
        office, cases[0].id, EvidenceForm("i", "declaration", _ASKED, points_to="clear", words="誓約書")
    )
    made = CommitteeRoom(RoomContext(office, background(), cohort))
    made.open_target(cases[0].id)
    return made


def _conflicts(room: CommitteeRoom) -> QWidget:
    assert room.meeting is not None
    return ConflictsDialog(room, room.context, room.meeting)


def _kind(room: CommitteeRoom) -> QWidget:
    assert room.meeting is not None
    case = committee.get_case(room.context.office, room.meeting.cases[2].id)
    return confirm_one(room, room.context.office, case, case.recusals[0].member_id)


def _declarations(room: CommitteeRoom) -> QWidget:
    assert room.meeting is not None
    return DeclarationsDialog(None, room.context.office, room.meeting)


def _declare(room: CommitteeRoom) -> QWidget:
    assert room.meeting is not None
    office = room.context.office
    committee.add_agenda_item(office, room.meeting.id, "設問の作成の委託")
    row = committee.list_declarations(office, room.meeting.id)[1]
    made = DeclareDialog(None, office, room.meeting, row)
    made.numbers.setText("1、2")
    return made


def _evidence(room: CommitteeRoom) -> QWidget:
    assert room.case is not None
    made = EvidenceDialog(room, room.context, room.case, "u")
    found = committee.open_evidence(room.context.office, made.model.rows[0].id, "見本のため")
    made._opened((found, 1, scan_page(found.scan, 0)))
    return made


def _evidence_form(room: CommitteeRoom) -> QWidget:
    assert room.case is not None
    made = EvidenceFormDialog(room, room.context, room.case, "u", "ウ")
    made.kind.setCurrentIndex(1)
    made.submit()
    return made


def _answer(room: CommitteeRoom) -> QWidget:
    assert room.case is not None
    rows = committee.list_evidence(room.context.office, room.case.id)
    return AnswerDialog(room, room.context, next(r for r in rows if r.waits))


def _day(room: CommitteeRoom) -> QWidget:
    assert room.meeting is not None
    office, row = room.context.office, room.meeting.cases[4]
    case = committee.get_case(office, row.id)
    form = ConvictionForm("other", "imprisonment", date(2020, 1, 1), date(2024, 3, 30))
    committee.record_conviction(office, case.person_id, form)
    committee.record_declaration(office, room.meeting.id, room.meeting.members[4].id)
    decide(office, row.id)
    made = CertificationDayDialog(None, office, room.meeting, lambda _found, _reason: None)
    made.day.set_value(date(2026, 3, 30))
    return made


def _interests(room: CommitteeRoom) -> QWidget:
    office = room.context.office
    return InterestsDialog(None, office, committee.list_members(office)[2])


def scenes(window_factory: WindowFactory) -> Iterator[Scene]:
    """利害関係と証拠の窓。"""

    def dialog(make: Make, name: str) -> Scene:
        def build() -> QWidget:
            kept = _room()
            made = make(kept)
            made._room = kept  # type: ignore[attr-defined]  # 親を先に捨てさせない
            return made

        return Scene(name, build, None)

    def room() -> QWidget:
        return window_factory("committee", "審査会議", _room)

    yield Scene("committee_evidenced", room)
    yield Scene("committee_evidenced_150", room, scale=1.5)
    for name, make in (
        ("committee_conflicts", _conflicts),
        ("committee_conflict_kind", _kind),
        ("committee_declarations", _declarations),
        ("committee_declare", _declare),
        ("committee_evidence", _evidence),
        ("committee_evidence_form", _evidence_form),
        ("committee_evidence_answer", _answer),
        ("committee_day", _day),
        ("committee_interests", _interests),
    ):
        yield dialog(make, name)
