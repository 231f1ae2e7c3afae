"""期間の数え方（民法138〜143条）・年度・和暦。"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.errors import InputRefused

FIRST_DAY = date(1873, 1, 1)
ERAS: tuple[tuple[str, str, date], ...] = (
    ("令和", "R", date(2019, 5, 1)),
    ("平成", "H", date(1989, 1, 8)),
    ("昭和", "S", date(1926, 12, 25)),
    ("大正", "T", date(1912, 7, 30)),
    ("明治", "M", date(1868, 1, 25)),
)
_MONTH_LENGTHS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_WEEKDAYS = "月火水木金土日"
_DAY = timedelta(days=1)


def month_length(year: int, month: int) -> int:
    """その月の日数。"""
    if month == 2 and year % 4 == 0 and (year % 100 or year % 400 == 0):
        return 29
    return _MONTH_LENGTHS[month]


def _month_after(start: date, months: int) -> tuple[int, int]:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return year, month + 1


def last_day_inclusive(start: date, months: int) -> date:
    """start を算入して数えた months か月の末日（応当日の前日、応当日がなければその月の末日、143条2項）。

    months が 0 のときは start の前日。
    """
    year, month = _month_after(start, months)
    if start.day > month_length(year, month):
        return date(year, month, month_length(year, month))
    return date(year, month, start.day) - _DAY


def last_day_of_period(event: date, years: int) -> date:
    """event の日から years 年の期間の末日（初日不算入、140条・143条2項）。"""
    return last_day_inclusive(event + _DAY, years * 12)


def years_before(day: date, years: int) -> date:
    """years 年前の応当日。応当日がなければその月の末日。"""
    year = day.year - years
    return date(year, day.month, min(day.day, month_length(year, day.month)))


def months_and_days(start: date, end: date) -> tuple[int, int]:
    """両端を含む期間を、暦の月数と残りの日数で数える（143条）。end が start より前なら (0, 0)。"""
    if end < start:
        return 0, 0
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    done = last_day_inclusive(start, months)
    while done > end:
        months -= 1
        done = last_day_inclusive(start, months)
    return months, end.toordinal() - done.toordinal()


def fiscal_year(day: date) -> int:
    """年度（4月1日から翌年3月31日まで）。"""
    return day.year if day.month >= 4 else day.year - 1


def end_of_fiscal_year(day: date) -> date:
    """その日が属する年度の3月31日。"""
    return date(fiscal_year(day) + 1, 3, 31)


def _era_of(day: date) -> tuple[str, str, date]:
    for era in ERAS:
        if day >= era[2]:
            return era
    raise InputRefused("明治より前の日付は扱えません。日付を確かめてください。")


def wareki(day: date) -> str:
    """和暦（令和8年3月31日）。"""
    name, _, start = _era_of(day)
    year = day.year - start.year + 1
    return f"{name}{'元' if year == 1 else year}年{day.month}月{day.day}日"


def wareki_short(day: date) -> str:
    """短い和暦（R8.3.31）。"""
    _, letter, start = _era_of(day)
    return f"{letter}{day.year - start.year + 1}.{day.month}.{day.day}"


def weekday_ja(day: date) -> str:
    """曜日の一字。"""
    return _WEEKDAYS[day.weekday()]


@dataclass(frozen=True)
class ParsedDate:
    """読み取った日付。warning は元号がその日に合わないとき真、note はその説明。"""

    date: date
    warning: bool = False
    note: str = ""


_SEP = r"\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?"
_ERA = re.compile(
    r"(令和|平成|昭和|大正|明治|令|平|昭|大|明|[RHSTM])\s*[-./]?\s*(元|[0-9]{1,3})" + _SEP, re.IGNORECASE
)
_ERA_COMPACT = re.compile(r"([RHSTM])([0-9]{2})([0-9]{2})([0-9]{2})", re.IGNORECASE)
_WESTERN = re.compile(r"(?:西暦\s*)?([0-9]{4})" + _SEP)
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_SHORT = re.compile(r"([0-9]{1,2})\s*[-/.]\s*([0-9]{1,2})\s*[-/.]\s*([0-9]{1,2})")
_TAIL = re.compile(r"\s*\(([月火水木金土日])(?:曜日?)?\)$")
_BORN = re.compile(r"\s*(?:生まれ|生れ|生)?\s*(?:\(?満?\s*[0-9]{1,3}\s*[歳才]\)?)?$")
_KANJI = re.compile(r"[〇一二三四五六七八九十]+")
_KANJI_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")}
_DASHES = str.maketrans("‐‑‒–—―−ー・", "---------")
_LONGEST = 40
LAST_DAY = date(2999, 12, 31)


def _from_kanji(match: re.Match[str]) -> str:
    """漢数字（三十一・二〇二六）を算用数字にする。読めない並びはそのまま返す。"""
    word = match.group()
    if "十" not in word:
        return "".join(str(_KANJI_DIGITS[c]) for c in word)
    tens, _, ones = word.partition("十")
    if len(tens) > 1 or len(ones) > 1 or "〇" in (tens, ones):
        return word
    return str(_KANJI_DIGITS.get(tens, 1) * 10 + _KANJI_DIGITS.get(ones, 0))


def _refused(text: str, why: str) -> InputRefused:
    shown = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    return InputRefused(
        f"「{shown}」は日付として読めません（{why}）。確かめて入れ直してください。", "BAD_DATE"
    )


def _make(text: str, year: int, month: int, day: int) -> date:
    if not 1 <= month <= 12:
        raise _refused(text, f"{month}月はありません")
    if not FIRST_DAY.year <= year <= LAST_DAY.year:
        raise _refused(text, "扱えるのは明治6年1月1日から西暦2999年までです")
    longest = month_length(year, month)
    if not 1 <= day <= longest:
        raise _refused(text, f"{year}年{month}月は{longest}日までで、{day}日はありません")
    return date(year, month, day)


def _from_era(text: str, mark: str, year_text: str, month: str, day: str) -> ParsedDate:
    name, _, start = next(e for e in ERAS if e[0].startswith(mark) or e[1] == mark.upper())
    year = 1 if year_text == "元" else int(year_text)
    if year == 0:
        raise _refused(text, f"{name}0年はありません")
    found = _make(text, start.year + year - 1, int(month), int(day))
    if _era_of(found)[0] == name:
        return ParsedDate(found)
    return ParsedDate(found, True, f"「{text}」は{name}の期間の外です。{wareki(found)}として扱いました。")


def _parse_plain(text: str, plain: str) -> ParsedDate:
    for pattern in (_ERA, _ERA_COMPACT):
        if match := pattern.fullmatch(plain):
            return _from_era(text, *match.groups())
    for pattern in (_WESTERN, _COMPACT):
        if match := pattern.fullmatch(plain):
            year, month, day = (int(g) for g in match.groups())
            return ParsedDate(_make(text, year, month, day))
    if match := _SHORT.fullmatch(plain):
        return _from_era(text, "R", *match.groups())
    raise _refused(text, "令和8年3月31日、R8.3.31、2026-03-31 のような形で書きます")


def parse_date(text: str) -> ParsedDate:
    """人の書く日付を読む（西暦・和暦・全角・漢数字・8桁）。読めなければ InputRefused。

    元号の期間の外の日付（平成32年4月1日）は意味どおりに取り、warning を立てる。
    元号のない「8/3/31」は令和とみなす。
    後ろに付いた曜日が合わないときも warning を立てる。
    """
    if len(text) > _LONGEST:
        raise _refused(text, "長すぎます")
    # 「昭和60年4月1日生（満40歳）」の後ろは、日付ではない
    plain = _BORN.sub("", unicodedata.normalize("NFKC", text).strip().translate(_DASHES))
    tail = _TAIL.search(plain)
    if tail:
        plain = plain[: tail.start()]
    found = _parse_plain(text, _KANJI.sub(_from_kanji, plain))
    if tail and tail.group(1) != weekday_ja(found.date):
        note = f"{wareki(found.date)}は{weekday_ja(found.date)}曜日です。日付か曜日を確かめてください。"
        return ParsedDate(found.date, True, found.note + note)
    return found
