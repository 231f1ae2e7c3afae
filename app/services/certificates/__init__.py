"""認定証：番号・日付・凍った PDF・台帳・検証。"""

from app.services.certificates.checking import verify_pdf, verify_text
from app.services.certificates.issuing import frozen_face, issue, preview, reissue, thawed_face
from app.services.certificates.ledger import (
    list_ledger,
    list_voided,
    page,
    record_print,
    reprint,
    save_page,
    void_number,
)
from app.services.certificates.waiting import list_waiting

__all__ = [
    "frozen_face",
    "issue",
    "list_ledger",
    "list_voided",
    "list_waiting",
    "page",
    "preview",
    "record_print",
    "reissue",
    "reprint",
    "save_page",
    "thawed_face",
    "verify_pdf",
    "verify_text",
    "void_number",
]
