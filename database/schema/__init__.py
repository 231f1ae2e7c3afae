"""すべての表。ここを読み込むと Base.metadata が揃う。"""

from database.schema import (
    accounts,
    audit,
    certificates,
    committee,
    drafts,
    eligibility,
    intake,
    letters,
    people,
    progress,
    renewal,
    scoring,
    search_keys,
    settings,
    submission,
)
from database.schema.base import Base

__all__ = [
    "Base",
    "accounts",
    "audit",
    "certificates",
    "committee",
    "drafts",
    "eligibility",
    "intake",
    "letters",
    "people",
    "progress",
    "renewal",
    "scoring",
    "search_keys",
    "settings",
    "submission",
]
