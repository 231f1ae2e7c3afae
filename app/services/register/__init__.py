"""認定者名簿：基準日の名簿、絞り込み、一人の年表、名簿の紙とブック。"""

from app.services.register.history import history, life
from app.services.register.listing import FILTER_WORDS, as_of, page, write_register
from app.services.register.papers import write_affiliations, write_short_list
from app.services.register.rows import BATCH_KIND, load_rows
from app.services.register.saved import list_filters, remove_filter, rename_filter, save_filter

__all__ = [
    "BATCH_KIND",
    "FILTER_WORDS",
    "as_of",
    "history",
    "life",
    "list_filters",
    "load_rows",
    "page",
    "remove_filter",
    "rename_filter",
    "save_filter",
    "write_affiliations",
    "write_register",
    "write_short_list",
]
