"""認定者名簿：基準日の名簿、絞り込み、一人の年表、名簿の紙とブック。"""

from app.services.register.history import history
from app.services.register.listing import FILTER_WORDS, as_of, page, write_register
from app.services.register.rows import BATCH_KIND, load_rows

__all__ = ["BATCH_KIND", "FILTER_WORDS", "as_of", "history", "load_rows", "page", "write_register"]
