"""認定審査委員会：委員と会議・案件・締めと議事録。"""

from app.services.committee.cases import (
    confirm_ground,
    decide_block,
    decide_case,
    get_case,
    record_conviction,
    record_votes,
)
from app.services.committee.closing import close_meeting, minutes_paper, write_minutes
from app.services.committee.meetings import (
    add_member,
    build_agenda,
    create_meeting,
    get_meeting,
    list_meetings,
    list_members,
    record_arrival,
    record_departure,
)
from app.services.committee.members import link_account, list_member_accounts
from app.services.committee.mending import end_term, read_convictions, reverse_decision, set_remarks
from app.services.committee.recusals import confirm_recusal, dismiss_recusal, suggest_recusals

__all__ = [
    "add_member",
    "build_agenda",
    "close_meeting",
    "confirm_ground",
    "confirm_recusal",
    "create_meeting",
    "decide_block",
    "decide_case",
    "dismiss_recusal",
    "end_term",
    "get_case",
    "get_meeting",
    "link_account",
    "list_meetings",
    "list_member_accounts",
    "list_members",
    "minutes_paper",
    "read_convictions",
    "record_arrival",
    "record_conviction",
    "record_departure",
    "record_votes",
    "reverse_decision",
    "set_remarks",
    "suggest_recusals",
    "write_minutes",
]
