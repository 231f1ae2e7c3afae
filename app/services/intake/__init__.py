"""受付：研修期・受講申込・名寄せ・書類・補正・取込。"""

from app.services.cohorts import (
    CohortForm,
    cohort_code,
    cohort_title,
    create_cohort,
    find_cohort,
    list_cohorts,
)
from app.services.intake.applications import (
    PERSON_FIELDS,
    employment_view,
    get_application,
    list_applications,
    reinstate,
    update_person,
    withdraw,
)
from app.services.intake.checklist import (
    list_checklist,
    receive_all,
    receive_document,
    reset_document,
    waive_document,
)
from app.services.intake.comparison import compare_people
from app.services.intake.corrections import (
    answer_correction,
    cancel_correction,
    list_corrections,
    refuse_answer,
    request_correction,
)
from app.services.intake.documents import (
    DOCUMENT_KINDS,
    DocumentRow,
    attach_document,
    list_documents,
    read_document,
    remove_document,
    replace_document,
)
from app.services.intake.duplicates import (
    list_distinctions,
    list_duplicates,
    record_distinction,
    remove_distinction,
)
from app.services.intake.editing import read_form, update_application
from app.services.intake.form import LikelyDuplicate, form_cautions, receive_application
from app.services.intake.imports import import_applicants, preview_import, write_template
from app.services.intake.letters import write_letter, write_letters, write_reminders
from app.services.intake.mapping import (
    list_mappings,
    propose_mapping,
    remove_mapping,
    rename_mapping,
    save_mapping,
)
from app.services.intake.merging import list_merges, merge_people
from app.services.intake.signing import certificate_name, list_signing, sign_off_certificate_name
from app.services.intake.undo import list_imports, preview_undo, undo_import
from app.services.intake.unmerging import unmerge_people

__all__ = [
    "DOCUMENT_KINDS",
    "PERSON_FIELDS",
    "CohortForm",
    "DocumentRow",
    "LikelyDuplicate",
    "answer_correction",
    "attach_document",
    "cancel_correction",
    "certificate_name",
    "cohort_code",
    "cohort_title",
    "compare_people",
    "create_cohort",
    "employment_view",
    "find_cohort",
    "form_cautions",
    "get_application",
    "import_applicants",
    "list_applications",
    "list_checklist",
    "list_cohorts",
    "list_corrections",
    "list_distinctions",
    "list_documents",
    "list_duplicates",
    "list_imports",
    "list_mappings",
    "list_merges",
    "list_signing",
    "merge_people",
    "preview_import",
    "preview_undo",
    "propose_mapping",
    "read_document",
    "read_form",
    "receive_all",
    "receive_application",
    "receive_document",
    "record_distinction",
    "refuse_answer",
    "reinstate",
    "remove_distinction",
    "remove_document",
    "remove_mapping",
    "rename_mapping",
    "replace_document",
    "request_correction",
    "reset_document",
    "save_mapping",
    "sign_off_certificate_name",
    "undo_import",
    "unmerge_people",
    "update_application",
    "update_person",
    "waive_document",
    "withdraw",
    "write_letter",
    "write_letters",
    "write_reminders",
    "write_template",
]
