"""更新・取消：有効期間の状態、更新研修の修了、取消し、返納と死亡。"""

from app.services.renewal.imports import import_renewals, preview_renewals, write_template
from app.services.renewal.letters import (
    list_case_letters,
    make_case_letter,
    preview_case_letter,
    record_returned,
    record_sent,
    reprint_letters,
)
from app.services.renewal.notices import list_notices, make_notices, preview_notice, write_notice_list
from app.services.renewal.renewing import (
    CLOSURE_KINDS,
    certificates_due,
    list_certifications,
    overview,
    preview_renewals_of,
    record_closure,
    record_renewal,
    record_renewals,
    waves,
)
from app.services.renewal.revocation import (
    ask_return,
    close_investigation,
    closure_effects,
    open_revocation,
    record_notice,
    record_return,
    revocation_effects,
    revoke,
)
from app.services.renewal.undo import list_imports, preview_undo, undo_import
from app.services.renewal.waves import months_before

__all__ = [
    "CLOSURE_KINDS",
    "ask_return",
    "certificates_due",
    "close_investigation",
    "closure_effects",
    "import_renewals",
    "list_case_letters",
    "list_certifications",
    "list_imports",
    "list_notices",
    "make_case_letter",
    "make_notices",
    "months_before",
    "open_revocation",
    "overview",
    "preview_case_letter",
    "preview_notice",
    "preview_renewals",
    "preview_renewals_of",
    "preview_undo",
    "record_closure",
    "record_notice",
    "record_renewal",
    "record_renewals",
    "record_return",
    "record_returned",
    "record_sent",
    "reprint_letters",
    "revocation_effects",
    "revoke",
    "undo_import",
    "waves",
    "write_notice_list",
    "write_template",
]
