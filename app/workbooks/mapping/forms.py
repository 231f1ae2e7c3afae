"""一枚に一人の、目で読むための様式：見出しの右か下にある値を見つける。"""

from collections import Counter

from app.workbooks.applicant_layout import APPLICANTS
from app.workbooks.mapping.layout import FORM, Grid, Mapping, Place, blank, words_of
from app.workbooks.mapping.words import CLEAR, GROUPS, LEAST, PERIOD, Match, Slot, is_label, matches, plain
from app.workbooks.reading import Sheet, Workbook

_REACH = 12
_NEEDED = 4
_NAME = Slot(APPLICANTS.name, "氏名")
At = tuple[int, int]


class _Reading:
    """一枚のシートの見出しと値。"""

    def __init__(self, sheet: Sheet) -> None:
        self.grid = Grid(sheet)
        self.labels: dict[At, tuple[Match, ...]] = {}
        for row in range(self.grid.height):
            for column in range(self.grid.width):
                words = words_of(self.grid.cell(row, column))
                if found := tuple(m for m in matches(words) if m.score >= LEAST) if words else ():
                    self.labels[row, column] = found
        self.places: dict[Slot, Place] = {}
        self._used: set[At] = set()

    def is_label(self, at: At) -> bool:
        return at in self.labels and self.labels[at][0].score >= CLEAR - 5

    def place(self, slot: Slot, label: At, value: At) -> None:
        if slot not in self.places and value not in self._used:
            key = plain(words_of(self.grid.cell(*label)))
            self.places[slot] = Place((value,), "", key, label)
            self._used.add(value)


def _after(grid: Grid, at: At) -> At:
    """見出しのすぐ右のセル（見出しが結合されていれば、その右）。"""
    return at[0], grid.span(*at)[3] + 1


def _right(reading: _Reading, at: At) -> At | None:
    """右にある最初の値。次の見出しまでに値がなければ None。"""
    row, column = _after(reading.grid, at)
    for place in range(column, min(column + _REACH, reading.grid.width)):
        if reading.is_label((row, place)):
            return None
        if not blank(reading.grid.cell(row, place)):
            return row, place
    return None


def _below(reading: _Reading, at: At) -> At | None:
    row = reading.grid.span(*at)[2] + 1
    for place in range(row, min(row + 2, reading.grid.height)):
        if reading.is_label((place, at[1])):
            return None
        if not blank(reading.grid.cell(place, at[1])):
            return place, at[1]
    return None


def _is_group(match: Match) -> bool:
    return match.layout != APPLICANTS.name


def _group_columns(reading: _Reading, row: int) -> dict[int, Match]:
    """在職などの小さな表の見出しの行なら、列から項目へ。"""
    found: dict[str, dict[int, Match]] = {}
    for column in range(reading.grid.width):
        for match in reading.labels.get((row, column), ()):
            known = found.setdefault(match.layout, {})
            clear = _is_group(match) and match.score >= CLEAR - 5 and not match.number
            if clear and column not in known and match.heading not in {m.heading for m in known.values()}:
                known[column] = match
    best = max(found.values(), key=len, default={})
    dated = any(m.heading in ("開始日", PERIOD, "登録日", "確定日") for m in best.values())
    below = {c: _below(reading, (row, c)) for c in best}
    return (
        best
        if len(best) >= 2 and dated and any(below.values()) and not _has_values(reading, row, best)
        else {}
    )


def _has_values(reading: _Reading, row: int, columns: dict[int, Match]) -> bool:
    """見出しの間に値のある行は、小さな表の見出しではなく、値を右に書く行。"""
    cells = [(row, c) for c in range(min(columns), reading.grid.width)]
    return any(at not in reading.labels and not blank(reading.grid.cell(*at)) for at in cells)


def _read_groups(reading: _Reading) -> set[At]:
    """小さな表の行を、一件ずつ割り当てる。見出しとして使ったセルを返す。"""
    used: set[At] = set()
    for row in range(reading.grid.height):
        columns = _group_columns(reading, row)
        layout = next((m.layout for m in columns.values()), "")
        if not columns or any(s.layout == layout for s in reading.places):
            continue
        first = max(reading.grid.span(row, c)[2] for c in columns) + 1
        for group, below in enumerate(range(first, min(first + GROUPS, reading.grid.height)), 1):
            if any(reading.is_label((below, c)) for c in range(reading.grid.width)):
                break
            for column, match in columns.items():
                reading.place(Slot(layout, match.heading, group), (row, column), (below, column))
        used |= {(row, c) for c in columns}
    return used


def _offsets(reading: _Reading) -> dict[int, int]:
    """見出しの列ごとの、値までの列の隔たりで最も多いもの（値の空いた欄の所を知るため）。"""
    counts: dict[int, Counter[int]] = {}
    for at in reading.labels:
        if reading.is_label(at) and (value := _right(reading, at)) is not None:
            counts.setdefault(at[1], Counter())[value[1] - at[1]] += 1
    return {column: count.most_common(1)[0][0] for column, count in counts.items()}


def _value_of(reading: _Reading, at: At, offsets: dict[int, int]) -> At:
    found = _right(reading, at) or _below(reading, at)
    if found is not None:
        return found
    row, column = _after(reading.grid, at)
    return row, max(column, at[1] + offsets.get(at[1], 1))


def _read_single(reading: _Reading, used: set[At]) -> None:
    offsets = _offsets(reading)
    wanted = [(-m.score, at, m) for at, found in reading.labels.items() if at not in used for m in found]
    taken: set[At] = set()
    tabled = {s.layout for s in reading.places}
    for _, at, match in sorted(wanted, key=lambda w: (w[0], w[1])):
        group = (match.number or 1) if _is_group(match) else 0
        slot = Slot(match.layout, match.heading, group)
        filled = match.layout in tabled
        if at in taken or slot in reading.places or (filled and not match.number):
            continue
        value = _value_of(reading, at, offsets)
        if match.score < CLEAR - 5 and blank(reading.grid.cell(*value)):
            continue
        reading.place(slot, at, value)
        taken.add(at)


def read_form(sheet: Sheet) -> dict[Slot, Place]:
    """一枚のシートの、見出しに添う値の所。"""
    reading = _Reading(sheet)
    used = _read_groups(reading)
    _read_single(reading, used)
    return reading.places


def marks_of(places: dict[Slot, Place]) -> tuple[str, ...]:
    """様式を見分けるための見出しの鍵。"""
    return tuple(sorted({p.label for p in places.values() if p.label and is_label(p.label)}))


def form_at(sheet: Sheet) -> Mapping:
    """一枚一人の様式と人が決めたときの、そのシートでの見当。"""
    places = read_form(sheet)
    return Mapping(FORM, sheet.name, None, marks_of(places), places)


def guess_form(workbook: Workbook) -> Mapping | None:
    """一枚一人の様式としての見当。氏名と、合わせて四つの見出しがなければ None。"""
    best: Mapping | None = None
    for sheet in workbook.sheets:
        places = read_form(sheet)
        if _NAME in places and len(places) >= _NEEDED and (best is None or len(places) > len(best.places)):
            best = Mapping(FORM, sheet.name, None, marks_of(places), places)
    return best


def label_near(sheet: Sheet, row: int, column: int) -> tuple[str, At] | None:
    """指されたセルの見出し：左、なければ上の、はっきり見出しと分かる最も近い文字。"""
    grid = Grid(sheet)
    left = [(row, c) for c in range(column - 1, max(-1, column - 1 - _REACH), -1)]
    above = [(r, column) for r in range(row - 1, max(-1, row - 1 - _REACH), -1)]
    for at in (*left, *above):
        words = words_of(grid.cell(*at))
        if is_label(words):
            return plain(words), at
    return None
