"""誰が何をしてよいか。表一つで決め、サービスが守る。"""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """役割。"""

    CLERK = "clerk"
    MANAGER = "manager"
    MEMBER = "member"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


ROLE_NAMES: Mapping[Role, str] = {
    Role.CLERK: "担当",
    Role.MANAGER: "責任者",
    Role.MEMBER: "委員",
    Role.AUDITOR: "閲覧",
    Role.ADMINISTRATOR: "管理者",
}
# 権限の表の名の頭（部屋）を、利用者に見せる名に
ROOM_NAMES: Mapping[str, str] = {
    "accounts": "利用者",
    "audit_log": "監査記録",
    "certificates": "認定証",
    "committee": "審査会議",
    "drafts": "書きかけ",
    "eligibility": "受講資格",
    "home": "ホーム",
    "intake": "受付",
    "maintenance": "保守",
    "progress": "研修の進捗",
    "register": "認定者名簿",
    "renewal": "更新・取消",
    "scoring": "採点",
    "search": "検索",
    "settings": "設定",
    "submission": "帳票・提出",
}

_OFFICE = frozenset({Role.CLERK, Role.MANAGER})
_READERS = _OFFICE | {Role.AUDITOR}
_SITTING = _READERS | {Role.MEMBER}
_MANAGER = frozenset({Role.MANAGER})
_ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
_EVERYONE = frozenset(Role)


def _rows(room: str, names: str, roles: frozenset[Role]) -> dict[str, frozenset[Role]]:
    return {f"{room}.{name}": roles for name in names.split()}


TABLE: Mapping[str, frozenset[Role]] = {
    **_rows("intake", "list_cohorts find_cohort", _EVERYONE),
    **_rows(
        "intake",
        "list_applications get_application list_documents read_document list_checklist list_corrections "
        "list_imports preview_undo preview_import write_template",
        _READERS,
    ),
    **_rows(
        "intake",
        "create_cohort receive_application form_cautions read_form update_application update_person "
        "import_applicants undo_import attach_document "
        "request_correction answer_correction refuse_answer cancel_correction withdraw reinstate write_letter "
        "write_letters write_reminders replace_document remove_document receive_document waive_document "
        "reset_document receive_all",
        _OFFICE,
    ),
    **_rows(
        "intake",
        "list_duplicates list_distinctions compare_people list_merges certificate_name list_signing",
        _READERS,
    ),
    **_rows(
        "intake",
        "merge_people unmerge_people record_distinction remove_distinction sign_off_certificate_name",
        _OFFICE,
    ),
    **_rows("intake", "list_mappings propose_mapping", _READERS),
    **_rows("intake", "save_mapping rename_mapping remove_mapping", _OFFICE),
    **_rows("eligibility", "list_findings get_finding what_if get_selection", _READERS),
    **_rows(
        "eligibility",
        "decide decide_all_clear write_letter write_letters set_workdays record_changes "
        "set_selection_criteria draw_selection_lots decide_selection promote_waiting set_capacity",
        _OFFICE,
    ),
    **_rows(
        "progress",
        "board get_course attendances preview_results write_template try_changes preview_training_paper",
        _READERS,
    ),
    **_rows(
        "progress",
        "record_attempt set_report_due record_report extend_report set_session record_attendance import_results "
        "confirm_withdrawal take_back_withdrawal void_attempt set_course_rules write_training_paper",
        _OFFICE,
    ),
    **_rows("scoring", "list_tests score_test preview_answers preview_rule write_template", _READERS),
    **_rows(
        "scoring", "compare_treatments list_adoptions get_adoption list_letters preview_letter", _READERS
    ),
    **_rows("scoring", "add_passers remove_passers make_letters reprint_letters", _OFFICE),
    **_rows("scoring", "answer_grid marking_overview scan_counts", _READERS),
    **_rows("scoring", "marking_desk marking_tests read_scans", _SITTING),
    **_rows("scoring", "mark_written", _OFFICE | {Role.MEMBER}),
    **_rows("scoring", "list_bank", _SITTING),
    **_rows("scoring", "remark_bank_version", _OFFICE | {Role.MEMBER}),
    **_rows("scoring", "approve_bank_version return_bank_version", _MANAGER | {Role.MEMBER}),
    **_rows(
        "scoring",
        "create_bank_question revise_bank_question submit_bank_version retire_bank_version place_bank_questions",
        _OFFICE,
    ),
    **_rows(
        "scoring",
        "save_answers check_answers set_marking read_scan_files plan_scans attach_scans remove_scans",
        _OFFICE,
    ),
    **_rows(
        "scoring", "create_test set_questions import_answers lock_test adopt_rule write_analysis", _OFFICE
    ),
    **_rows("committee", "list_members list_meetings get_meeting get_case minutes_paper", _SITTING),
    **_rows("committee", "record_votes", _OFFICE | {Role.MEMBER}),
    **_rows(
        "committee",
        "add_member create_meeting build_agenda record_arrival record_departure suggest_recusals confirm_recusal "
        "dismiss_recusal confirm_ground decide_case decide_block write_minutes record_conviction "
        "end_term set_remarks reverse_decision link_account list_member_accounts",
        _OFFICE,
    ),
    **_rows("committee", "list_agenda list_declarations list_evidence", _SITTING),
    **_rows("committee", "list_conflicts get_interests preview_certification_day", _READERS),
    **_rows("committee", "record_declaration open_evidence read_convictions", _OFFICE | {Role.MEMBER}),
    **_rows(
        "committee",
        "record_evidence answer_inquiry withdraw_evidence set_certification_day",
        _OFFICE,
    ),
    **_rows(
        "committee",
        "confirm_recusals dismiss_recusals confirm_item_recusal dismiss_item_recusal set_interests",
        _OFFICE,
    ),
    **_rows(
        "committee",
        "list_waiting_items deciding_meetings revocation_decision reconcile reversal_effects "
        "list_result_letters preview_result_letter summary_paper convocation_letters materials_paper",
        _READERS,
    ),
    **_rows(
        "committee",
        "add_agenda_item add_agenda_items remove_agenda_item move_agenda_item decide_item reopen_item "
        "record_counts record_reply withdraw_reply set_text_blocks write_summary make_result_letters "
        "write_convocation write_materials write_member_materials",
        _OFFICE,
    ),
    **_rows("committee", "list_packets", _READERS),
    **_rows("committee", "propose_passphrase export_packet preview_return merge_return", _OFFICE),
    **_rows("committee", "close_meeting reverse_closed", _MANAGER),
    **_rows(
        "certificates",
        "list_waiting list_ledger list_voided page preview verify_text verify_pdf verify_image verify_file "
        "list_events timeline get_stock open_runs get_run sheet_page get_calibration calibration_sheet "
        "preview_numbers write_number_template write_key_sheet write_verifying_page "
        "check_glyphs list_designs preview_design preview_name get_pictures names_of",
        _READERS,
    ),
    **_rows(
        "certificates",
        "issue reissue rewrite correct void_number retire_key set_design set_picture",
        _MANAGER,
    ),
    **_rows(
        "certificates",
        "reprint save_page record_print record_event undo_event record_postings record_stock start_run "
        "mark_sent settle_run end_run set_calibration write_labels import_numbers approve_name",
        _OFFICE,
    ),
    **_rows(
        "renewal",
        "list_certifications overview waves preview_renewals certificates_due write_template "
        "preview_renewals_of revocation_effects closure_effects list_notices preview_notice list_case_letters "
        "preview_case_letter list_imports preview_undo",
        _READERS,
    ),
    **_rows(
        "renewal",
        "import_renewals record_renewal record_renewals open_revocation record_notice record_closure ask_return "
        "record_return make_notices reprint_letters record_sent record_returned write_notice_list "
        "make_case_letter undo_import",
        _OFFICE,
    ),
    **_rows("renewal", "revoke close_investigation", _MANAGER),
    **_rows("register", "as_of page history life list_filters", _READERS),
    **_rows(
        "register",
        "write_register write_short_list write_affiliations save_filter rename_filter remove_filter",
        _OFFICE,
    ),
    **_rows("submission", "list_batches preview_batch batch_rows list_returned", _READERS),
    **_rows("submission", "make_batch export compare_returned", _OFFICE),
    **_rows("home", "tasks funnel waves recent cohort_words", _READERS),
    **_rows("search", "find", _READERS),
    **_rows("drafts", "keep find drop count", _EVERYONE),
    **_rows("settings", "get list_readings", _EVERYONE),
    **_rows("settings", "put", _MANAGER | _ADMINISTRATOR),
    **_rows("accounts", "change_password sign_out", _EVERYONE),
    **_rows("accounts", "first_administrator add_account set_active list_accounts", _ADMINISTRATOR),
    **_rows("maintenance", "audit_verify check", _READERS | _ADMINISTRATOR),
    **_rows("maintenance", "back_up back_up_now", _OFFICE | _ADMINISTRATOR),
    **_rows("maintenance", "back_up_automatically", _EVERYONE),
    **_rows("maintenance", "rekey", _ADMINISTRATOR),
    **_rows("audit_log", "read", _MANAGER | _ADMINISTRATOR | {Role.AUDITOR}),
}

SECOND_PERSON = frozenset(
    {
        "committee.dismiss_recusal",
        "committee.dismiss_recusals",
        "committee.dismiss_item_recusal",
        "committee.reverse_decision",
        "committee.close_meeting",
        "committee.reopen_item",
        "committee.reverse_closed",
        "certificates.void_number",
        "certificates.retire_key",
        "renewal.revoke",
        "scoring.add_passers",
        "scoring.remove_passers",
    }
)


def allowed(function: str, role: Role, *, recused: bool = False, own_case: bool = False) -> bool:
    """役割 role が function を行えるか。回避した案件と自分の案件は、どの役割でも行えない。表にない名は誰にも許さない。"""
    if recused or own_case:
        return False
    return role in TABLE.get(function, frozenset())


def room_name(function: str) -> str:
    """権限の表の名が属する部屋の名。知らなければ空。"""
    return ROOM_NAMES.get(function.partition(".")[0], "")


def role_words(function: str) -> str:
    """function を行える役割の名（責任者・管理者）。どの役割にも許していなければ空。"""
    roles = TABLE.get(function, frozenset())
    return "・".join(name for role, name in ROLE_NAMES.items() if role in roles)


def needs_second_person(function: str) -> bool:
    """二人目の確認が要るか。"""
    return function in SECOND_PERSON
