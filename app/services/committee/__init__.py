"""認定審査委員会：委員と会議・案件・締めと議事録。"""

from app.services.committee.agenda import (
    add_agenda_item,
    add_agenda_items,
    decide_item,
    deciding_meetings,
    list_agenda,
    list_waiting_items,
    move_agenda_item,
    remove_agenda_item,
    reopen_item,
    revocation_decision,
)
from app.services.committee.cases import (
    confirm_ground,
    decide_block,
    decide_case,
    get_case,
    record_conviction,
    record_counts,
    record_votes,
)
from app.services.committee.certification_day import preview_certification_day, set_certification_day
from app.services.committee.closing import close_meeting
from app.services.committee.conflicts import list_conflicts, suggest_recusals
from app.services.committee.convocation import convocation_letters, write_convocation
from app.services.committee.declarations import list_declarations, record_declaration
from app.services.committee.evidence import (
    answer_inquiry,
    list_evidence,
    open_evidence,
    record_evidence,
    withdraw_evidence,
)
from app.services.committee.item_recusals import confirm_item_recusal, dismiss_item_recusal
from app.services.committee.letters import list_result_letters, make_result_letters, preview_result_letter
from app.services.committee.materials import materials_paper, write_materials, write_member_materials
from app.services.committee.meetings import (
    add_member,
    build_agenda,
    create_meeting,
    get_meeting,
    list_meetings,
    list_members,
)
from app.services.committee.members import get_interests, link_account, list_member_accounts, set_interests
from app.services.committee.mending import end_term, read_convictions, reverse_decision, set_remarks
from app.services.committee.minutes import (
    minutes_paper,
    set_text_blocks,
    summary_paper,
    write_minutes,
    write_summary,
)
from app.services.committee.packet_merge import merge_return, preview_return
from app.services.committee.packets import export_packet, list_packets, propose_passphrase
from app.services.committee.reconciliation import reconcile
from app.services.committee.recusals import (
    confirm_recusal,
    confirm_recusals,
    dismiss_recusal,
    dismiss_recusals,
)
from app.services.committee.reversal import reversal_effects, reverse_closed
from app.services.committee.sitting import record_arrival, record_departure, record_reply, withdraw_reply

__all__ = [
    "add_agenda_item",
    "add_agenda_items",
    "add_member",
    "answer_inquiry",
    "build_agenda",
    "close_meeting",
    "confirm_ground",
    "confirm_item_recusal",
    "confirm_recusal",
    "confirm_recusals",
    "convocation_letters",
    "create_meeting",
    "decide_block",
    "decide_case",
    "decide_item",
    "deciding_meetings",
    "dismiss_item_recusal",
    "dismiss_recusal",
    "dismiss_recusals",
    "end_term",
    "export_packet",
    "get_case",
    "get_interests",
    "get_meeting",
    "link_account",
    "list_agenda",
    "list_conflicts",
    "list_declarations",
    "list_evidence",
    "list_meetings",
    "list_member_accounts",
    "list_members",
    "list_packets",
    "list_result_letters",
    "list_waiting_items",
    "make_result_letters",
    "materials_paper",
    "merge_return",
    "minutes_paper",
    "move_agenda_item",
    "open_evidence",
    "preview_certification_day",
    "preview_result_letter",
    "preview_return",
    "propose_passphrase",
    "read_convictions",
    "reconcile",
    "record_arrival",
    "record_conviction",
    "record_counts",
    "record_declaration",
    "record_departure",
    "record_evidence",
    "record_reply",
    "record_votes",
    "remove_agenda_item",
    "reopen_item",
    "reversal_effects",
    "reverse_closed",
    "reverse_decision",
    "revocation_decision",
    "set_certification_day",
    "set_interests",
    "set_remarks",
    "set_text_blocks",
    "suggest_recusals",
    "summary_paper",
    "withdraw_evidence",
    "withdraw_reply",
    "write_convocation",
    "write_materials",
    "write_member_materials",
    "write_minutes",
    "write_summary",
]
