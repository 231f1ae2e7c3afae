"""認定証の場面。"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from PySide6.QtWidgets import QWidget

from app.services import certificates
from app.services.office import Office
from database.schema.certificates import Certificate
from database.schema.people import Person
from tests.factories import change, make_cohort
from tests.gallery.scene import Scene, WindowFactory, background
from tests.gallery.scenes_committee import fresh_office
from tests.ui.rooms.committee_sample import make_closed, second_person
from ui.rooms.certificates.dialogs import IssueDialog, ReissueDialog, VerifyDialog, VoidDialog
from ui.rooms.certificates.room import CertificatesRoom
from ui.rooms.context import RoomContext

DAY = date(2026, 4, 10)


def _office() -> Office:
    return replace(fresh_office(), today=lambda: DAY)


def _context(office: Office, cohort: int | None) -> RoomContext:
    return RoomContext(office, background(), cohort)


def _issued_office() -> tuple[Office, int]:
    office = _office()
    cohort, _ = make_closed(office)
    certificates.void_number(office, cohort, 3, "用紙の書損", second=second_person())
    rows = certificates.issue(office, cohort, DAY)
    certificates.record_print(office, rows[0].id)
    certificates.reissue(
        office, rows[1].certification_id, "rewrite", date(2026, 4, 20), "婚姻による氏名の変更"
    )
    return office, cohort


def _empty() -> QWidget:
    office = _office()
    return CertificatesRoom(_context(office, make_cohort(office)))


def _waiting() -> QWidget:
    office = _office()
    return CertificatesRoom(_context(office, make_closed(office)[0]))


def _unprintable() -> QWidget:
    office = _office()
    cohort, _ = make_closed(office)
    change(office, Person, 1, certificate_name="髙\ue000 健太郎")
    room = CertificatesRoom(_context(office, cohort))
    room.issue()
    return room


def _ledger() -> QWidget:
    office, cohort = _issued_office()
    room = CertificatesRoom(_context(office, cohort))
    room.list_pane.filters.choose("ledger")
    room.open_target(room.ledger_model.rows[2].id)
    return room


def _issue() -> QWidget:
    made = IssueDialog(None, DAY, 52, lambda _day: None, date(2026, 3, 31))
    made.issued_on.edit.setText("R8.4.31")
    made.submit()
    return made


def _issue_early() -> QWidget:
    made = IssueDialog(None, DAY, 52, lambda _day: None, date(2026, 4, 30))
    made.issued_on.edit.setText("R8.4.29")
    made.submit()
    return made


def _reissue() -> QWidget:
    office, cohort = _issued_office()
    made = ReissueDialog(None, _context(office, cohort), certificates.list_ledger(office, cohort)[0])
    made.submit()
    return made


def _void() -> QWidget:
    office, cohort = _issued_office()
    made = VoidDialog(None, certificates.list_voided(office, cohort), 7, lambda _serial, _reason: None)
    made.submit()
    return made


def _verify() -> QWidget:
    office, cohort = _issued_office()
    made = VerifyDialog(None, _context(office, cohort))
    with office.store.sessions() as session:
        texts = [session.get_one(Certificate, n).qr_text for n in (1, 2)]
    made.text.setPlainText(texts[0])
    altered = texts[0][:-4] + "AAAA"
    made.show_results(tuple(certificates.verify_text(office, text, DAY) for text in (*texts, altered)))
    return made


def scenes(window_factory: WindowFactory) -> Iterator[Scene]:
    """部屋のすべての姿と窓。"""

    def window(room: Callable[[], QWidget]) -> Callable[[], QWidget]:
        return lambda: window_factory("certificates", "認定証", room)

    yield Scene("certificates_empty", window(_empty))
    yield Scene("certificates_waiting", window(_waiting))
    yield Scene("certificates_waiting_dark", window(_waiting), dark=True)
    yield Scene("certificates_unprintable", window(_unprintable))
    yield Scene("certificates_ledger", window(_ledger))
    yield Scene("certificates_ledger_150", window(_ledger), (1920, 1080), 1.5)
    yield Scene("certificates_issue", _issue, None)
    yield Scene("certificates_issue_early", _issue_early, None)
    yield Scene("certificates_reissue", _reissue, None)
    yield Scene("certificates_void", _void, None)
    yield Scene("certificates_verify", _verify, None)
