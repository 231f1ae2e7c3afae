"""勤務日内訳表を読む：Excel から貼られた日付の列・表、月ごとの○印の表。"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from app.domain.calendar import (
    LAST_DAY,
    ParsedDate,
    month_length,
    parse_date,
    wareki,
    wareki_short,
    weekday_ja,
)
from app.domain.errors import InputRefused

# Excel の通し番号（1900年方式）。3万〜8万は 1982年〜2119年で、年を省いた数とは紛れない
_SERIAL = re.compile(r"([3-7][0-9]{4})(?:\.0+)?")
_SERIAL_ZERO = date(1899, 12, 30)
_TIME = re.compile(r"\s+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?$")
_MONTH = re.compile(
    r"(?:(令和|平成|昭和|R|H|S)\s*\.?\s*(元|[0-9]{1,2})|([0-9]{4}))\s*[-/.年]\s*([0-9]{1,2})\s*月?(?:分|度)?",
    re.IGNORECASE,
)
_DAY = re.compile(r"([0-9]{1,2})\s*日?")
_WORKED = frozenset("○◯〇●◎✓✔レ1") | {"出", "出勤", "勤", "勤務", "有", "o", "O", "v", "V", "x1"}
_RESTED = frozenset("-ー×✕/") | {
    "",
    "0",
    "休",
    "休日",
    "休暇",
    "公休",
    "欠",
    "欠勤",
    "無",
    "x",
    "X",
    "計",
    "合計",
}
_MOST_CELLS = 20_000
_SHOWN = 5


@dataclass(frozen=True)
class PastedDays:
    """読んだ勤務日。

    days は重なりを除いた日（早い順）、duplicates は二度以上あった日、problems は読めないところの文、
    cautions は読めたが確かめたいところ（曜日や元号が合わない）の文。
    """

    days: tuple[date, ...]
    duplicates: tuple[date, ...] = ()
    problems: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()


def few(days: Sequence[date]) -> str:
    """日の一覧を、初めのいくつかと残りの数で言う。"""
    shown = "、".join(wareki_short(day) for day in days[:_SHOWN])
    return shown + (f" ほか{len(days) - _SHOWN}日" if len(days) > _SHOWN else "")


def _cells(text: str) -> list[list[str]]:
    """行と欄に分ける。表（タブ区切り）でなければ読点・コンマでも分ける。"""
    lines = [line for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip()]
    if any("\t" in line for line in lines):
        return [[cell.strip() for cell in line.split("\t")] for line in lines]
    return [[cell.strip() for cell in re.split("[,、，]", line)] for line in lines]


def _plain(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip()


def _day_of(cell: str) -> ParsedDate:
    """欄一つの日付。和暦・西暦・Excel の通し番号、後ろの時刻は除く。読めなければ InputRefused。"""
    plain = _TIME.sub("", _plain(cell))
    if serial := _SERIAL.fullmatch(plain):
        return ParsedDate(_SERIAL_ZERO + timedelta(days=int(serial.group(1))))
    return parse_date(plain)


def _month_of(cell: str) -> tuple[int, int] | None:
    """年月の欄（R6.8・令和6年8月・2024/8）。年月でなければ None。"""
    match = _MONTH.fullmatch(_plain(cell))
    if match is None:
        return None
    era, era_year, western, month = match.groups()
    if not 1 <= int(month) <= 12:
        return None
    year = 1 if era_year == "元" else int(era_year or western)
    if era:
        first = parse_date(f"{era}{era_year}.{month}.1").date
        year = first.year
    return (year, int(month)) if year <= LAST_DAY.year else None


def _number(cell: str) -> int | None:
    match = _DAY.fullmatch(_plain(cell))
    return int(match.group(1)) if match and 1 <= int(match.group(1)) <= 31 else None


class _Reading:
    """読んでいる途中の日と、読めないところ。"""

    def __init__(self) -> None:
        self.found: Counter[date] = Counter()
        self.problems: list[str] = []
        self.cautions: list[str] = []

    def mark(self, month: tuple[int, int], day: int, cell: str, where: str) -> None:
        """月の表の一つの印。"""
        word = _plain(cell)
        if word in _RESTED:
            return
        name = f"{where}の「{cell[:20]}」"
        if word not in _WORKED:
            self.problems.append(
                f"{name}は、働いた印（○・1 など）か休みの印（空・休 など）として読めません。"
            )
        elif day > month_length(*month):
            self.problems.append(f"{name}：{month[0]}年{month[1]}月に{day}日はありません。")
        else:
            self.found[date(month[0], month[1], day)] += 1

    def answer(self) -> PastedDays:
        """重なりを除いて答える。"""
        twice = tuple(sorted(day for day, count in self.found.items() if count > 1))
        return PastedDays(tuple(sorted(self.found)), twice, tuple(self.problems), tuple(self.cautions))


def _day_columns(row: Sequence[str]) -> dict[int, int]:
    """見出しの行の（欄の位置 → 日）。日の数が二つ以上、増える順に並んでいなければ空。"""
    found = {i: n for i, cell in enumerate(row) if (n := _number(cell)) is not None}
    values = list(found.values())
    rising = all(a < b for a, b in pairwise(values))
    return found if len(values) >= 2 and rising else {}


def _month_columns(row: Sequence[str]) -> dict[int, tuple[int, int]]:
    """見出しの行の（欄の位置 → 年月）。"""
    return {i: month for i, cell in enumerate(row) if (month := _month_of(cell)) is not None}


def _by_month_rows(rows: Sequence[Sequence[str]]) -> _Reading | None:
    """見出しが日（1〜31）、行の頭が年月の表。"""
    head = next((i for i, row in enumerate(rows) if _day_columns(row)), None)
    if head is None or not any(_month_columns(row) for row in rows[head + 1 :]):
        return None
    columns, reading = _day_columns(rows[head]), _Reading()
    for number, row in enumerate(rows[head + 1 :], head + 2):
        months = list(_month_columns(row).items())
        if not months:
            continue
        place, month = months[0]
        for column, day in columns.items():
            if column != place and column < len(row):
                reading.mark(month, day, row[column], f"{number}行目{day}日")
    return reading


def _by_month_columns(rows: Sequence[Sequence[str]]) -> _Reading | None:
    """見出しが年月、行の頭が日（1〜31）の表。"""
    head = next((i for i, row in enumerate(rows) if _month_columns(row)), None)
    if head is None or not any(_number(row[0]) for row in rows[head + 1 :] if row):
        return None
    columns, reading = _month_columns(rows[head]), _Reading()
    # 一月だけの縦の表は、年月が題の行にあり、印は日と曜日の後の欄にある
    single = len(columns) == 1 and min(columns) == 0
    for number, row in enumerate(rows[head + 1 :], head + 2):
        day = _number(row[0]) if row else None
        if day is None:
            continue
        marks = [(len(row) - 1, next(iter(columns.values())))] if single else list(columns.items())
        for column, month in marks:
            if 0 < column < len(row):
                reading.mark(month, day, row[column], f"{number}行目{month[1]}月{day}日")
    return reading


def _by_dates(rows: Sequence[Sequence[str]]) -> _Reading:
    """日付の列か、日付の並んだ表。一行目の日付でない欄は見出しとして飛ばす。"""
    reading = _Reading()
    for number, row in enumerate(rows, 1):
        for cell in row:
            if not cell:
                continue
            try:
                parsed = _day_of(cell)
            except InputRefused as refusal:
                if number > 1 or any(c.isdigit() for c in _plain(cell)):
                    reading.problems.append(f"{number}行目：{refusal}")
                continue
            reading.found[parsed.date] += 1
            if parsed.warning:
                reading.cautions.append(f"{number}行目：{parsed.note}")
    return reading


def read_days(text: str) -> PastedDays:
    """貼られた勤務日内訳表を読む。

    日付の列・表（和暦・西暦・Excel の通し番号・時刻付き）、行が月で列が日の○印の表、列が月で行が日の○印の表。
    読めない欄は problems に文で入り、ほかの日は読む。欄が多すぎれば InputRefused。
    """
    rows = _cells(text)
    if sum(len(row) for row in rows) > _MOST_CELLS:
        raise InputRefused("貼られた表が大きすぎます。勤務日の所だけを選んで貼ってください。", "TOO_LARGE")
    reading = _by_month_rows(rows) or _by_month_columns(rows) or _by_dates(rows)
    return reading.answer()


def outside_words(days: Iterable[date], first: date, last: date) -> str:
    """在職期間の外の日を名指しする文（なければ空）。"""
    out = sorted(day for day in days if not first <= day <= last)
    if not out:
        return ""
    return f"在職期間（{wareki(first)}から{wareki(last)}）の外の日が{len(out)}日あります：{few(out)}"


def duplicate_words(days: Sequence[date]) -> str:
    """二度ある日を名指しする文（なければ空）。"""
    return f"同じ日が二度あります（一日として数えます）：{few(days)}" if days else ""


def listed_problem(
    days: Sequence[date] | None, workdays: int | None, in_window: int | None, window: tuple[date, date]
) -> str:
    """一覧の日が証明書の日数より多いという矛盾の文（なければ空）。"""
    inside = sum(window[0] <= day <= window[1] for day in days or ())
    if days and workdays is not None and len(days) > workdays:
        return f"勤務日の一覧は{len(days)}日で、証明書の従業日数{workdays}日より多くなっています。どちらかを直してください。"
    if in_window is not None and inside > in_window:
        return (
            f"勤務日の一覧の対象期間内の日は{inside}日で、証明書の対象期間内の従業日数{in_window}日より"
            "多くなっています。どちらかを直してください。"
        )
    return ""


def pattern_days(
    first: date, last: date, weekdays: Iterable[int], without: Iterable[date] = ()
) -> tuple[date, ...]:
    """first から last までの、曜日（月曜が 0）の合う日。without の日は除く。"""
    wanted, out = set(weekdays), set(without)
    span = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return tuple(day for day in span if day.weekday() in wanted and day not in out)


def written(days: Iterable[date]) -> str:
    """日の一覧を、一行に一日ずつ（令和6年8月10日（土））。"""
    return "\n".join(f"{wareki(day)}（{weekday_ja(day)}）" for day in sorted(days))
