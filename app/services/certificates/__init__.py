"""認定証：番号・日付・凍った PDF・台帳・検証。"""

from app.services.certificates.assigning import import_numbers, preview_numbers, write_number_template
from app.services.certificates.changing import correct, reissue, rewrite
from app.services.certificates.checking import verify_file, verify_image, verify_pdf, verify_text
from app.services.certificates.designs import (
    get_pictures,
    list_designs,
    names_of,
    preview_design,
    preview_name,
    set_design,
    set_picture,
)
from app.services.certificates.events import list_events, record_event, record_postings, timeline
from app.services.certificates.freezing import frozen_face, thawed_face
from app.services.certificates.glyphs import approve_name, check_glyphs
from app.services.certificates.issuing import issue, preview
from app.services.certificates.keys import retire_key, write_key_sheet, write_verifying_page
from app.services.certificates.ledger import (
    list_ledger,
    list_voided,
    page,
    record_print,
    reprint,
    save_page,
    void_number,
)
from app.services.certificates.printers import (
    calibration_sheet,
    get_calibration,
    set_calibration,
    write_labels,
)
from app.services.certificates.printing import (
    end_run,
    get_run,
    mark_sent,
    open_runs,
    settle_run,
    sheet_page,
    start_run,
)
from app.services.certificates.stock import get_stock, record_stock
from app.services.certificates.undoing import undo_event
from app.services.certificates.waiting import list_waiting

__all__ = [
    "approve_name",
    "calibration_sheet",
    "check_glyphs",
    "correct",
    "end_run",
    "frozen_face",
    "get_calibration",
    "get_pictures",
    "get_run",
    "get_stock",
    "import_numbers",
    "issue",
    "list_designs",
    "list_events",
    "list_ledger",
    "list_voided",
    "list_waiting",
    "mark_sent",
    "names_of",
    "open_runs",
    "page",
    "preview",
    "preview_design",
    "preview_name",
    "preview_numbers",
    "record_event",
    "record_postings",
    "record_print",
    "record_stock",
    "reissue",
    "reprint",
    "retire_key",
    "rewrite",
    "save_page",
    "set_calibration",
    "set_design",
    "set_picture",
    "settle_run",
    "sheet_page",
    "start_run",
    "thawed_face",
    "timeline",
    "undo_event",
    "verify_file",
    "verify_image",
    "verify_pdf",
    "verify_text",
    "void_number",
    "write_key_sheet",
    "write_labels",
    "write_number_template",
    "write_verifying_page",
]
