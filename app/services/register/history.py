"""一人の年表。"""

from app.domain.errors import RuleViolation
from app.services.office import Office
from app.services.views.register import HistoryEntry
from database.queries.history import load_history
from database.schema.people import Person


def history(office: Office, person_id: int) -> tuple[HistoryEntry, ...]:
    """一人の年表（古い順）。"""
    with office.read("register.history") as session:
        if session.get(Person, person_id) is None:
            raise RuleViolation("その人の記録がありません。一覧を開き直してください。")
        entries = (HistoryEntry(day, kind, words) for day, kind, words in load_history(session, person_id))
        return tuple(sorted(entries, key=lambda e: e.day))
