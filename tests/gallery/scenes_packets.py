"""会議の持ち出しの場面：書く窓・伝える窓・戻りの下見・持ち出し先の窓。"""

from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtWidgets import QWidget

from app.services import committee
from app.services.committee.review import Review, open_packet
from app.services.office import Office
from app.services.views.packets import PacketExport
from database.schema.committee import GroundEvidence
from tests.conftest import CHEAP
from tests.factories import insert
from tests.gallery.scene import Scene, WindowFactory, background, fresh_store, new_folder
from tests.ui.rooms.committee_sample import TODAY, make_manager_office, make_sitting
from ui.background import Background
from ui.review.attendance import AttendanceDialog
from ui.review.declaring import DeclareDialog
from ui.review.window import ReviewWindow
from ui.rooms.committee.merging import MergeDialog
from ui.rooms.committee.packets import ExportPacketDialog, HandOverDialog
from ui.rooms.context import RoomContext
from ui.sign_in import FirstRunDialog, SignInDialog

WORD = "ABCD-EFGH-JKMN-PQRS-TUVW"


def _sitting() -> tuple[Office, int, int]:
    office = make_manager_office(fresh_store())
    cohort, meeting = make_sitting(office)
    case = committee.get_case(office, committee.get_meeting(office, meeting).cases[0].id)
    rows = [
        GroundEvidence(
            application_id=case.application_id,
            ground=ground,
            kind=kind,
            addressee=addressee,
            dated_on=TODAY.replace(day=day),
            answered_on=TODAY.replace(day=day + 7) if kind == "inquiry" else None,
            points_to="clear",
            recorded_by="事務 花子",
        )
        for ground, kind, addressee, day in (
            ("a", "declaration", "", 2),
            ("a", "inquiry", "見本市保健所", 3),
            ("u", "document", "", 5),
        )
    ]
    insert(office, rows)
    return office, cohort, meeting


def _packet(office: Office, meeting: int, place: int | None) -> tuple[Review, Path]:
    folder = new_folder()
    path = folder / f"第1回_持ち出し_{'事務局' if place is None else f'委員{place + 1:02d}'}.ndpacket"
    members = committee.get_meeting(office, meeting).members
    committee.export_packet(office, meeting, None if place is None else members[place].id, WORD, path, CHEAP)
    return open_packet(path, WORD), folder


def _entered(place: int | None) -> tuple[Review, Path, Office, int, int]:
    office, cohort, meeting = _sitting()
    review, folder = _packet(office, meeting, place)
    first, second, *_ = [r.id for r in review.rows()]
    if place is not None:
        review.declare("実践の指導をした", [review.rows()[3].id])
    for ground in "aiue":
        review.judge(first, ground, "clear")
    for member in review.voters(first):
        review.vote(first, member, "for")
    review.judge(second, "i", "applies", "出入国在留管理庁の回答を見た")
    review.remark(second, "照会の回答の写しを、次の会議で配ってほしい。")
    return review, folder, office, cohort, meeting


def _review(place: int | None) -> QWidget:
    review = _entered(place)[0]
    window = ReviewWindow(Background())
    window._opened(review)
    return window


def _second_case(window: QWidget) -> None:
    assert isinstance(window, ReviewWindow)
    assert window.page is not None
    window.page.table.selectRow(1)


def _locked() -> QWidget:
    window = _review(1)
    assert isinstance(window, ReviewWindow)
    window.lock()
    return window


def _declare() -> QWidget:
    return DeclareDialog(None, _entered(1)[0])


def _attendance() -> QWidget:
    made = AttendanceDialog(None, _entered(None)[0])
    made.time.setText("14時")
    made.toggle(next(m for m in made.buttons if m not in made._review.entries.sat))
    return made


def _export() -> QWidget:
    office, _, meeting = _sitting()
    _packet(office, meeting, 1)
    return ExportPacketDialog(None, office, committee.get_meeting(office, meeting))


def _hand_over() -> QWidget:
    fingerprint = "12AB 34CD 56EF 7890 12AB 34CD 56EF 7890"
    made = PacketExport("1A2B3C4D", "森 一郎", 4, 1, fingerprint)
    return HandOverDialog(None, made, WORD, "第1回_持ち出し_委員02.ndpacket")


def _merge() -> QWidget:
    review, folder, office, cohort, meeting = _entered(1)
    back = folder / "第1回_持ち出し_委員02_戻り.ndreturn"
    review.write_return(back)
    cases = [r.id for r in review.rows()]
    member = review.member_id
    assert member is not None
    committee.record_votes(office, cases[0], {member: "against"})
    committee.confirm_ground(office, cases[0], "a", "clear")
    committee.confirm_recusal(office, cases[1], member, ground="実践の指導をした")
    made = MergeDialog(
        None, RoomContext(office, background(), cohort), committee.get_meeting(office, meeting), back
    )
    made.passphrase.setText(WORD)
    return made


def _check(dialog: QWidget) -> None:
    assert isinstance(dialog, MergeDialog)
    dialog.check()


def _refused() -> QWidget:
    made = _merge()
    assert isinstance(made, MergeDialog)
    made.passphrase.setText("ちがう合言葉です")
    return made


def scenes(window_factory: WindowFactory) -> Iterator[Scene]:
    """持ち出しの窓。"""

    def dialog(
        make: Callable[[], QWidget], name: str, after: Callable[[QWidget], None] | None = None
    ) -> Scene:
        return Scene(name, make, None, after=after)

    yield Scene("packet_review", lambda: _review(1))
    yield Scene("packet_review_second", lambda: _review(1), after=_second_case)
    yield Scene("packet_review_150", lambda: _review(1), scale=1.5)
    yield Scene("packet_review_dark", lambda: _review(1), dark=True, after=_second_case)
    yield Scene("packet_review_office", lambda: _review(None))
    yield Scene("packet_open", lambda: ReviewWindow(Background()))
    yield Scene("packet_locked", _locked)
    yield dialog(_attendance, "packet_attendance")
    yield dialog(_declare, "packet_declare")
    yield dialog(_export, "packet_export")
    yield dialog(_hand_over, "packet_hand_over")
    yield dialog(_merge, "packet_merge", _check)
    yield dialog(_refused, "packet_merge_refused", _check)
    yield dialog(
        lambda: SignInDialog(
            "nintei.db", lambda _r: None, background(), recover=lambda _r: "", review=lambda: None
        ),
        "packet_sign_in",
    )
    yield dialog(
        lambda: FirstRunDialog("nintei.db", lambda _r: "", background(), review=lambda: None),
        "packet_first_run",
    )
