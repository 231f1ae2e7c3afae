"""提出：庁へ送る便（前の便から変わったものだけ）と、庁の様式の一覧。"""

from app.services.submission.batches import (
    KINDS,
    OF_COHORT,
    batch_rows,
    export,
    list_batches,
    make_batch,
    preview_batch,
)
from app.services.submission.returned import compare_returned, list_returned

__all__ = [
    "KINDS",
    "OF_COHORT",
    "batch_rows",
    "compare_returned",
    "export",
    "list_batches",
    "list_returned",
    "make_batch",
    "preview_batch",
]
