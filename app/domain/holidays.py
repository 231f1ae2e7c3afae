"""国民の祝日と役所の休み：招集の通知など、開庁日を数えて戻すため（西暦 2000–2050 年）。

典拠：国民の祝日に関する法律（昭和23年法律第178号）と、その令和2年・3年の特例（平成三十二年東京オリンピック・
パラリンピック特別措置法）、天皇の即位の日等を休日とする法律（平成30年法律第99号）、行政機関の休日に関する法律。
春分・秋分は、国立天文台が前年に官報で定める日に、この期間で一致する略算式による。
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

FIRST_YEAR, LAST_YEAR = 2000, 2050
_DAY = timedelta(days=1)
_MONDAY, _SATURDAY, _SUNDAY = 0, 5, 6
# 毎年同じ日：月・日・名・初めの年・終わりの年（空は続く）
_FIXED: tuple[tuple[int, int, str, int, int], ...] = (
    (1, 1, "元日", 2000, 9999),
    (2, 11, "建国記念の日", 2000, 9999),
    (2, 23, "天皇誕生日", 2020, 9999),
    (4, 29, "みどりの日", 2000, 2006),
    (4, 29, "昭和の日", 2007, 9999),
    (5, 3, "憲法記念日", 2000, 9999),
    (5, 4, "みどりの日", 2007, 9999),
    (5, 5, "こどもの日", 2000, 9999),
    (7, 20, "海の日", 2000, 2002),
    (8, 11, "山の日", 2016, 9999),
    (9, 15, "敬老の日", 2000, 2002),
    (11, 3, "文化の日", 2000, 9999),
    (11, 23, "勤労感謝の日", 2000, 9999),
    (12, 23, "天皇誕生日", 2000, 2018),
)
# 第 n 月曜日：月・n・名・初めの年・終わりの年
_MONDAYS: tuple[tuple[int, int, str, int, int], ...] = (
    (1, 2, "成人の日", 2000, 9999),
    (7, 3, "海の日", 2003, 9999),
    (9, 3, "敬老の日", 2003, 9999),
    (10, 2, "体育の日", 2000, 2019),
    (10, 2, "スポーツの日", 2020, 9999),
)
# その年だけの日（特例の年は、動いた祝日の元の日を除く）
_ONCE: Mapping[int, Mapping[tuple[int, int], str]] = {
    2019: {(5, 1): "天皇の即位の日", (10, 22): "即位礼正殿の儀の行われる日"},
    2020: {(7, 23): "海の日", (7, 24): "スポーツの日", (8, 10): "山の日"},
    2021: {(7, 22): "海の日", (7, 23): "スポーツの日", (8, 8): "山の日"},
}
_MOVED_YEARS = frozenset({2020, 2021})
_MOVED = frozenset({"海の日", "スポーツの日", "山の日"})


def _equinox(year: int, base: float) -> int:
    """春分・秋分の日（1980–2099 年の略算式）。"""
    return int(base + 0.242194 * (year - 1980) - (year - 1980) // 4)


def _nth_monday(year: int, month: int, n: int) -> date:
    first = date(year, month, 1)
    return first + _DAY * ((_MONDAY - first.weekday()) % 7 + 7 * (n - 1))


def _named(year: int) -> dict[date, str]:
    """法律に名のある祝日。"""
    moved = _MOVED if year in _MOVED_YEARS else frozenset()
    found = {
        date(year, month, day): name
        for month, day, name, since, until in _FIXED
        if since <= year <= until and name not in moved
    }
    for month, n, name, since, until in _MONDAYS:
        if since <= year <= until and name not in moved:
            found[_nth_monday(year, month, n)] = name
    found[date(year, 3, _equinox(year, 20.8431))] = "春分の日"
    found[date(year, 9, _equinox(year, 23.2488))] = "秋分の日"
    for (month, day), name in _ONCE.get(year, {}).items():
        found[date(year, month, day)] = name
    return found


def _substitute(year: int, named: Mapping[date, str]) -> dict[date, str]:
    """日曜に当たった祝日の振替休日（2006 年までは翌日の月曜、2007 年からはその後の初めての平日）。"""
    found = {}
    for day in named:
        if day.weekday() != _SUNDAY:
            continue
        after = day + _DAY
        while year >= 2007 and after in named:
            after += _DAY
        if after not in named:
            found[after] = "振替休日"
    return found


@cache
def holidays(year: int) -> Mapping[date, str]:
    """その年の祝日・振替休日・国民の休日（日から名へ）。2000–2050 年の外は ValueError。"""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"{year}年の祝日は定めていません（{FIRST_YEAR}–{LAST_YEAR}年）。")
    named = _named(year)
    found = {**named, **_substitute(year, named)}
    for day in named:
        between = day + _DAY
        # 祝日に挟まれた日（日曜と、すでに休みの日を除く）
        if between + _DAY in named and between not in found and between.weekday() != _SUNDAY:
            found[between] = "国民の休日"
    return dict(sorted(found.items()))


def is_working_day(day: date) -> bool:
    """役所の開いている日か：土曜・日曜・祝日等と、12月29日から1月3日までは休み。"""
    if day.weekday() in (_SATURDAY, _SUNDAY) or (day.month, day.day) in _YEAR_END:
        return False
    return not FIRST_YEAR <= day.year <= LAST_YEAR or day not in holidays(day.year)


_YEAR_END = frozenset({(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)})


def working_days_before(day: date, count: int) -> date:
    """day の前の日から数えて count 番目の開庁日（day は数えない）。count は 1 以上。"""
    found = day
    for _ in range(count):
        found -= _DAY
        while not is_working_day(found):
            found -= _DAY
    return found
