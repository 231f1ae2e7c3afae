"""認定証の場面。"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from PySide6.QtWidgets import QWidget

from app.services import certificates
from app.services.certificates.events import EventForm
from app.services.certificates.printers import Measures
from app.services.certificates.stock import StockForm
from app.services.office import Office
from app.services.views.certificate_ledger import RunView
from database.schema.certificates import Certificate
from database.schema.people import Person
from tests.factories import change, make_cohort
from tests.gallery.scene import Scene, WindowFactory, background
from tests.gallery.scenes_committee import fresh_office
from tests.ui.rooms.committee_sample import make_closed, second_person
from ui.rooms.certificates.calibrating import CalibrationDialog
from ui.rooms.certificates.changing import CorrectionDialog, ReissueDialog, RewriteDialog
from ui.rooms.certificates.designing import DesignDialog
from ui.rooms.certificates.dialogs import IssueDialog, VerifyDialog, VoidDialog
from ui.rooms.certificates.glyphs import GlyphDialog
from ui.rooms.certificates.printing import PrintRunDialog
from ui.rooms.certificates.records import EventDialog, PostingDialog, StockDialog, UndoEventDialog
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


def _rewrite() -> QWidget:
    office, cohort = _issued_office()
    made = RewriteDialog(None, _context(office, cohort), certificates.list_ledger(office, cohort)[0])
    made.name.setText("神\ufa19 健太郎")
    made.draw()
    made.submit()
    return made


def _correction() -> QWidget:
    office, cohort = _issued_office()
    return CorrectionDialog(None, _context(office, cohort), certificates.list_ledger(office, cohort)[0])


def _glyphs() -> QWidget:
    office = _office()
    cohort, _ = make_closed(office)
    change(office, Person, 1, certificate_name="髙\ue000󠄀 葛\U000e01ef太郎")
    return GlyphDialog(None, _context(office, cohort), 1)


def _event() -> QWidget:
    office, cohort = _issued_office()
    return EventDialog(None, _context(office, cohort), certificates.list_ledger(office, cohort)[0])


def _undo_event() -> QWidget:
    office, cohort = _issued_office()
    row = certificates.list_ledger(office, cohort)[0]
    certificates.record_event(office, row.id, EventForm("posted", row.issued_on, "", "123-45-67890-1"))
    context = _context(office, cohort)
    return UndoEventDialog(None, context, row, certificates.list_events(office, cohort))


def _posting() -> QWidget:
    office, cohort = _issued_office()
    rows = [r for r in certificates.list_ledger(office, cohort) if r.latest]
    made = PostingDialog(None, _context(office, cohort), rows)
    for field in made.numbers[:2]:
        field.setText("123-45-67890-1")
    made.submit()
    return made


def _stocked(office: Office) -> None:
    certificates.record_stock(office, StockForm("received", DAY, 30, "見本印刷から納品"))
    certificates.record_stock(office, StockForm("spoiled", DAY, 2, "折れ"))


def _stock() -> QWidget:
    office, cohort = _issued_office()
    _stocked(office)
    return StockDialog(None, _context(office, cohort))


def _half_printed(office: Office, cohort: int) -> RunView:
    """三枚目まで送ったところで止まった印刷。"""
    rows = [r for r in certificates.list_ledger(office, cohort) if r.latest]
    run = certificates.start_run(office, cohort, [r.id for r in rows], "見本の印刷機")
    for position in (1, 2, 3):
        certificates.mark_sent(office, run.id, position)
    return certificates.get_run(office, run.id)


def _printing() -> QWidget:
    office, cohort = _issued_office()
    made = PrintRunDialog(None, _context(office, cohort), _half_printed(office, cohort))
    made.correct.setValue(2)
    made.table.select_key(1)
    made.toggle_spoiled()
    return made


def _ready_to_print() -> QWidget:
    office, cohort = _issued_office()
    rows = [r for r in certificates.list_ledger(office, cohort) if r.latest]
    run = certificates.start_run(office, cohort, [r.id for r in rows], "見本の印刷機")
    return PrintRunDialog(None, _context(office, cohort), run)


def _stopped() -> QWidget:
    office, cohort = _issued_office()
    certificates.record_stock(office, StockForm("received", DAY, 12))
    _half_printed(office, cohort)
    room = CertificatesRoom(_context(office, cohort))
    room.list_pane.filters.choose("unprinted")
    return room


def _calibration() -> QWidget:
    office, cohort = _issued_office()
    certificates.set_calibration(office, "見本の印刷機", Measures(21.2, 19.4, 160.6, 159.8))
    made = CalibrationDialog(None, _context(office, cohort), ("見本の印刷機", "別の印刷機"))
    made.fields["left"].setText("20.3")
    made.fields["top"].setText("二十")
    made.submit()
    return made


def _design() -> QWidget:
    office, cohort = _issued_office()
    made = DesignDialog(None, _context(office, cohort))
    made.name.setCurrentIndex(2)
    return made


def _design_portrait() -> QWidget:
    office, cohort = _issued_office()
    made = DesignDialog(None, _context(office, cohort))
    made.design.setCurrentIndex(2)
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
    yield Scene("certificates_rewrite", _rewrite, None)
    yield Scene("certificates_correction", _correction, None)
    yield Scene("certificates_glyphs", _glyphs, None)
    yield Scene("certificates_event", _event, None)
    yield Scene("certificates_undo_event", _undo_event, None)
    yield Scene("certificates_posting", _posting, None)
    yield Scene("certificates_stock", _stock, None)
    yield Scene("certificates_print_ready", _ready_to_print, None)
    yield Scene("certificates_printing", _printing, None)
    yield Scene("certificates_stopped", window(_stopped))
    yield Scene("certificates_calibration", _calibration, None)
    yield Scene("certificates_design", _design, None)
    yield Scene("certificates_design_portrait", _design_portrait, None)
    yield Scene("certificates_void", _void, None)
    yield Scene("certificates_verify", _verify, None)
