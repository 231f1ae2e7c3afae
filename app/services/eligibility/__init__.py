"""受講資格：判定・決定・試しの変更・選考・通知。"""

from app.services.eligibility.deciding import (
    decide,
    decide_all_clear,
    get_finding,
    list_findings,
    set_workdays,
)
from app.services.eligibility.letters import write_letter, write_letters
from app.services.eligibility.selection import (
    decide_selection,
    draw_selection_lots,
    get_selection,
    promote_waiting,
    set_capacity,
    set_selection_criteria,
)
from app.services.eligibility.trial import record_changes, what_if

__all__ = [
    "decide",
    "decide_all_clear",
    "decide_selection",
    "draw_selection_lots",
    "get_finding",
    "get_selection",
    "list_findings",
    "promote_waiting",
    "record_changes",
    "set_capacity",
    "set_selection_criteria",
    "set_workdays",
    "what_if",
    "write_letter",
    "write_letters",
]
