"""在職一つずつの内訳：在職の日数、対象期間の内と外、従業日数の幅、数えるかどうかとその理由（注6）。"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.domain.experience import Employment, known_as_experience, stretch_of, window_of
from app.domain.guideline import Guideline


@dataclass(frozen=True)
class EmploymentFigures:
    """在職一つの内訳。日はすべて日数。

    whole は在職の日数（続いていれば研修開始日まで）、inside・outside は対象期間の内と外、
    least・most は対象期間の内の従業日数の最少と最多。counted は経験に数えるか（None は未確認）、
    why は数え方の理由の文。
    """

    whole: int
    inside: int
    outside: int
    least: int
    most: int
    counted: bool | None
    why: str


def _why(one: Employment, counted: bool | None, inside: int, standard: bool) -> str:
    if not inside:
        return "対象期間の外の在職なので、数えません。"
    if one.consultation is False:
        return "相談対応の業務ではないので、数えません。"
    if counted is False:
        return "窓口が注5の要件を満たさないので、数えません。"
    if counted is None:
        waiting = []
        if standard and one.counter_standard is None:
            waiting.append("窓口の要件（注5）")
        if one.consultation is None:
            waiting.append("相談対応の業務か")
        return f"{'と'.join(waiting)}が未確認なので、最多にだけ数えます。"
    return _source(one)


def _source(one: Employment) -> str:
    if one.days is not None:
        return "勤務日の一覧の日を数えます。"
    if one.workdays_in_window is not None:
        return "対象期間内の従業日数を数えます。"
    if one.workdays is not None:
        return "全期間の従業日数から、対象期間の外で働きえた日数を除いて数えます。"
    return "従業日数の証明がないので、0日から在職の日数までの幅で数えます。"


def employment_figures(
    employments: Iterable[Employment], training_starts_on: date, guideline: Guideline
) -> tuple[EmploymentFigures, ...]:
    """在職一つずつの内訳（並びは employments のまま）。"""
    window = window_of(training_starts_on, guideline)
    found = []
    for one in employments:
        start, end = one.started_on, one.ended_on or training_starts_on
        whole = max(0, (end - start).days + 1)
        inside = max(0, (min(end, window[1]) - max(start, window[0])).days + 1)
        stretch = stretch_of(one, window, training_starts_on, guideline)
        counted = known_as_experience(one, guideline) if inside else False
        found.append(
            EmploymentFigures(
                whole,
                inside,
                whole - inside,
                0 if stretch is None or not stretch.known else stretch.least,
                0 if stretch is None else stretch.most,
                counted,
                _why(one, counted, inside, guideline.standard_for_experience),
            )
        )
    return tuple(found)
