"""ほかの様式の読み方：見当をつけ、保存した読み方と見分け、申込様式の形に直す。"""

from app.workbooks.mapping.converting import convert, examples, recognises, shown_in_office
from app.workbooks.mapping.forms import form_at, label_near, marks_of
from app.workbooks.mapping.guessing import guess, second_at, table_at
from app.workbooks.mapping.layout import (
    COLUMN,
    FORM,
    TABLE,
    Grid,
    Mapping,
    Place,
    Second,
    blank,
    from_stored,
    letters,
    titles_of,
    to_stored,
)
from app.workbooks.mapping.origins import Origin
from app.workbooks.mapping.words import GROUPS, PERIOD, Slot, plain, slot_of, slots_of

__all__ = [
    "COLUMN",
    "FORM",
    "GROUPS",
    "PERIOD",
    "TABLE",
    "Grid",
    "Mapping",
    "Origin",
    "Place",
    "Second",
    "Slot",
    "blank",
    "convert",
    "examples",
    "form_at",
    "from_stored",
    "guess",
    "label_near",
    "letters",
    "marks_of",
    "plain",
    "recognises",
    "second_at",
    "shown_in_office",
    "slot_of",
    "slots_of",
    "table_at",
    "titles_of",
    "to_stored",
]
