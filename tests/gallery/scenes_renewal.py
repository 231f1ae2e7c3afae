"""更新・取消の深い場面：満了の案内、まとめての更新、取込の取消し、調査の手紙、認定証の返納。"""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.services import renewal
from app.services.office import Office
from app.services.views.renewal import CertificationRow
from app.workbooks.renewals import RenewalForm, write_renewals
from database.schema.people import Person
from tests.factories import change
from tests.gallery.scene import Scene, WindowFactory, background, fresh_store, new_folder
from tests.ui.rooms.after_sample import make_after, make_first, make_manager_office, revoke
from ui.rooms.context import RoomContext
from ui.rooms.renewal.cases import CaseLetterDialog, CertificateReturnDialog, SentDialog
from ui.rooms.renewal.dialogs import ClosureDialog
from ui.rooms.renewal.many import ManyRenewalsDialog
from ui.rooms.renewal.notices import MakeNoticesDialog, NoticesDialog
from ui.rooms.renewal.room import RenewalRoom
from ui.rooms.renewal.undoing import UndoRenewalsDialog

EXPIRES = date(2029, 3, 31)
PARENTS: list[QWidget] = []


def _context(office: Office) -> RoomContext:
    return RoomContext(office, background())


def _desk() -> QWidget:
    """窓の親。場面が済むまで生かしておく。"""
    PARENTS.append(QWidget())
    return PARENTS[-1]


def _ready(context: RoomContext) -> None:
    while context.background.is_busy:
        QTest.qWait(20)


def _after() -> tuple[Office, list[int]]:
    office = make_manager_office(fresh_store())
    _, first = make_after(office)
    return office, first


def _row(office: Office, key: int) -> CertificationRow:
    return next(r for r in renewal.list_certifications(office) if r.certification_id == key)


def _sent(office: Office) -> None:
    """一通は発送し、一通は戻り、一人には住所がない。"""
    for key in (1, 2, 3):
        change(office, Person, key, address="見本県見本市中央一丁目", postal_code="100-0001")
    renewal.make_notices(office, EXPIRES, 6, new_folder() / "案内.pdf")
    letters = [r.letter_id for r in renewal.list_notices(office, EXPIRES, 6) if r.letter_id is not None]
    renewal.record_sent(office, letters[:2], office.today())
    renewal.record_returned(office, letters[1], office.today())


def _notices() -> QWidget:
    office, _ = _after()
    _sent(office)
    context = _context(office)
    dialog = NoticesDialog(_desk(), context, renewal.overview(office).pictures, EXPIRES)
    _ready(context)
    return dialog


def _make() -> QWidget:
    office, _ = _after()
    _sent(office)
    return MakeNoticesDialog(_desk(), renewal.list_notices(office, EXPIRES, 3))


def _many() -> QWidget:
    office, first = _after()
    return ManyRenewalsDialog(_desk(), _context(office), [_row(office, key) for key in first])


def _undo() -> QWidget:
    office = make_manager_office(fresh_store())
    make_first(office)
    path = new_folder() / "更新研修_10月.xlsx"
    rows = renewal.list_certifications(office)
    write_renewals(path, [RenewalForm(i, r.number, r.name, date(2028, 9, i)) for i, r in enumerate(rows, 1)])
    renewal.import_renewals(office, path)
    context = _context(office)
    dialog = UndoRenewalsDialog(_desk(), context)
    _ready(context)
    return dialog


def _letter(place: int) -> Callable[[], QWidget]:
    def build() -> QWidget:
        office, first = _after()
        revoke(office, first[3])
        row = _row(office, first[place])
        assert row.investigation is not None
        dialog = CaseLetterDialog(_desk(), _context(office), row, row.investigation, Path("手紙.pdf"))
        dialog.submit() if place == 2 else None
        return dialog

    return build


def _sent_dialog() -> QWidget:
    office, _ = _after()
    return SentDialog(_desk(), office, "2通の案内を発送した日です。", [1, 2], office.today())


def _returned() -> QWidget:
    office, first = _after()
    revoke(office, first[3])
    row = _row(office, first[3])
    assert row.investigation is not None
    return CertificateReturnDialog(_desk(), office, row, row.investigation)


def _died() -> QWidget:
    office, first = _after()
    dialog = ClosureDialog(_desk(), office, _row(office, first[2]))
    dialog.kind.setCurrentIndex(dialog.kind.findData("died"))
    return dialog


def _case_room() -> QWidget:
    """取り消して手紙を送り、返納を待つ人。"""
    office, first = _after()
    revoke(office, first[3])
    case = _row(office, first[3]).investigation
    assert case is not None
    letter = renewal.make_case_letter(
        office, case.id, "revocation", new_folder() / "取消し.pdf", due_on=date(2028, 10, 14)
    )
    renewal.record_sent(office, [letter], office.today())
    room = RenewalRoom(_context(office))
    room.open_target(first[3])
    return room


def scenes(window_factory: WindowFactory) -> Iterator[Scene]:
    """更新・取消の深い場面。"""
    yield Scene("renewal_case", lambda: window_factory("renewal", "更新・取消", _case_room), (1366, 768))
    yield Scene("renewal_notices_150", _notices, None, 1.5)
    for name, build in {
        "notices": _notices,
        "make_notices": _make,
        "many": _many,
        "undo": _undo,
        "letter_statement": _letter(2),
        "letter_revocation": _letter(3),
        "sent": _sent_dialog,
        "returned": _returned,
        "died": _died,
    }.items():
        yield Scene(f"renewal_{name}", build, None)
