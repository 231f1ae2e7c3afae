"""受講資格の事実（在職・現在の窓口・国家資格）を、外からの入力として厳しく読む。"""

from collections.abc import Callable
from datetime import date

from app.domain.calendar import wareki
from app.domain.eligibility import (
    QUALIFICATION_WORDS,
    TECHNICIAN,
    TECHNICIAN_GRADES,
    CurrentPlace,
    Qualification,
)
from app.domain.errors import InputRefused
from app.domain.experience import EXPERIENCE_COUNTERS, Employment, window_of
from app.domain.guideline import Guideline
from app.domain.inputs import Fields, boolean, choice, integer, iso_date, items

_EARLIEST_START = date(1880, 1, 1)  # 直近5年の初日も和暦で言える日


def _dates(value: object, name: str) -> tuple[date, ...]:
    found = tuple(iso_date(v, f"{name}[{i}]") for i, v in enumerate(items(value, name)))
    if len(set(found)) != len(found):
        raise InputRefused(f"{name} に同じ日が二度あります。重なりを除いてください。")
    return found


def training_start(fields: Fields) -> date:
    """研修開始日を読む。"""
    start = fields.need("training_starts_on", iso_date)
    if start < _EARLIEST_START:
        raise InputRefused("training_starts_on が古すぎます。研修開始日を確かめてください。")
    return start


def _read_employment(value: object, name: str) -> Employment:
    fields = Fields(value, name)
    found = Employment(
        counter=fields.need("counter", choice(*EXPERIENCE_COUNTERS)),
        counter_standard=fields.maybe("counter_standard", boolean),
        started_on=fields.need("started_on", iso_date),
        ended_on=fields.maybe("ended_on", iso_date),
        workdays=fields.maybe("workdays", integer),
        workdays_in_window=fields.maybe("workdays_in_window", integer),
        days=fields.maybe("days", _dates),
        consultation=fields.maybe("consultation", boolean) if fields.has("consultation") else True,
    )
    fields.done()
    return found


def _check_counts(one: Employment, name: str, whole: int, inside: int) -> None:
    total, within = one.workdays, one.workdays_in_window
    if total is not None and total > whole:
        raise InputRefused(f"{name}.workdays の {total} 日は、在職の日数（{whole}日）より多くなっています。")
    if within is None:
        return
    if within > inside:
        raise InputRefused(
            f"{name}.workdays_in_window の {within} 日は、直近5年の在職の日数（{inside}日）を超えています。"
        )
    if total is not None and not 0 <= total - within <= whole - inside:
        raise InputRefused(
            f"{name} の workdays と workdays_in_window が食い違っています。証明書を確かめてください。"
        )


def _check_days(one: Employment, name: str, end: date, window: tuple[date, date]) -> None:
    days = one.days or ()
    for day in days:
        if not one.started_on <= day <= end:
            raise InputRefused(f"{name}.days の {wareki(day)} は、在職期間の外の日です。")
    inside = sum(1 for day in days if window[0] <= day <= window[1])
    if one.workdays is not None and len(days) > one.workdays:
        raise InputRefused(
            f"{name}.days の日数（{len(days)}日）が workdays（{one.workdays}日）より多くなっています。"
        )
    if one.workdays_in_window is not None and inside > one.workdays_in_window:
        raise InputRefused(
            f"{name}.days の直近5年の日数（{inside}日）が workdays_in_window より多くなっています。"
        )


def check_employment(one: Employment, name: str, training_starts_on: date, guideline: Guideline) -> None:
    """在職の日付と日数に矛盾がないことを確かめる。

    あれば InputRefused（終わりが始まりより前、在職の日数より多い従業日数、在職の外の従業日など）。
    """
    if one.ended_on is not None and one.ended_on < one.started_on:
        raise InputRefused(
            f"{name} の終わり（{wareki(one.ended_on)}）が始まり（{wareki(one.started_on)}）より前です。"
            "日付を確かめてください。"
        )
    end = one.ended_on or training_starts_on
    window = window_of(training_starts_on, guideline)
    whole = max(0, (end - one.started_on).days + 1)
    inside = max(0, (min(end, window[1]) - max(one.started_on, window[0])).days + 1)
    _check_counts(one, name, whole, inside)
    _check_days(one, name, end, window)


def employment_reader(
    training_starts_on: date, guideline: Guideline
) -> Callable[[object, str], tuple[Employment, ...]]:
    """在職の並びを読み、矛盾を断るもの。"""

    def read(value: object, name: str) -> tuple[Employment, ...]:
        found = tuple(_read_employment(v, f"{name}[{i}]") for i, v in enumerate(items(value, name)))
        for i, one in enumerate(found):
            check_employment(one, f"{name}[{i}]", training_starts_on, guideline)
        return found

    return read


def read_current(value: object, name: str) -> CurrentPlace:
    """現在の従事場所を読む。"""
    fields = Fields(value, name)
    found = CurrentPlace(
        counter=fields.maybe("counter", choice(*EXPERIENCE_COUNTERS)),
        engaged=fields.maybe("engaged", boolean),
        counter_standard=fields.maybe("counter_standard", boolean),
    )
    fields.done()
    return found


def _grade(fields: Fields, kind: str) -> int | None:
    if kind != TECHNICIAN:
        if fields.maybe("grade", integer) is not None:
            raise InputRefused(f"{fields.path('grade')}：{QUALIFICATION_WORDS[kind]}に級はありません。")
        return None
    grade = fields.need("grade", integer)
    if grade not in TECHNICIAN_GRADES:
        raise InputRefused(f"{fields.path('grade')}：{grade}級はありません（1級・2級）。")
    return grade


def _read_qualification(value: object, name: str) -> Qualification:
    fields = Fields(value, name)
    kind = fields.need("kind", choice(*QUALIFICATION_WORDS))
    found = Qualification(
        kind=kind,
        grade=_grade(fields, kind),
        registered_on=fields.need("registered_on", iso_date),
        evidence=fields.maybe("evidence", boolean),
        lapsed_on=fields.maybe("lapsed_on", iso_date),
    )
    fields.done()
    if (
        found.lapsed_on is not None
        and found.registered_on is not None
        and found.lapsed_on < found.registered_on
    ):
        raise InputRefused(
            f"{name} の失効（lapsed_on）が登録（registered_on）より前です。日付を確かめてください。"
        )
    return found


def read_qualifications(value: object, name: str) -> tuple[Qualification, ...]:
    """国家資格の並びを読む。"""
    return tuple(_read_qualification(v, f"{name}[{i}]") for i, v in enumerate(items(value, name)))
