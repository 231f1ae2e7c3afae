"""在職の日付と日数の矛盾を、画面と取込に同じ言葉で言う。"""

from dataclasses import dataclass
from datetime import date

from app.domain.calendar import wareki
from app.domain.experience import window_of
from app.domain.guideline import Guideline


@dataclass(frozen=True)
class WorkdayClaim:
    """在職一つの期間と、証明書にある日数（日）。ended_on が None なら続いている。"""

    started_on: date
    ended_on: date | None
    workdays: int | None = None
    workdays_in_window: int | None = None
    days: tuple[date, ...] | None = None


def _counts_problem(claim: WorkdayClaim, whole: int, inside: int) -> str:
    total, within = claim.workdays, claim.workdays_in_window
    if any(n is not None and n < 0 for n in (total, within)):
        return "従業日数が負です。証明書を確かめてください。"
    if total is not None and total > whole:
        return f"従業日数{total}日は、在職の日数{whole}日（研修開始日まで）を超えています。証明書を確かめてください。"
    if within is not None and within > inside:
        return f"対象期間内の従業日数{within}日は、対象期間内の在職の日数{inside}日を超えています。証明書を確かめてください。"
    if total is not None and within is not None and not 0 <= total - within <= whole - inside:
        return (
            f"従業日数（全期間{total}日・対象期間内{within}日）が食い違っています。証明書を確かめてください。"
        )
    return ""


def employment_problem(claim: WorkdayClaim, training_starts_on: date, guideline: Guideline) -> str:
    """在職の日付と日数の矛盾の文（なければ空）。判定（4(2)・注6）は矛盾のない事実だけから行う。

    続いている在職は研修開始日までを数える。
    """
    start, end = claim.started_on, claim.ended_on or training_starts_on
    if claim.ended_on is not None and claim.ended_on < start:
        return f"終わり（{wareki(claim.ended_on)}）が始まり（{wareki(start)}）より前です。日付を確かめてください。"
    window = window_of(training_starts_on, guideline)
    whole = max(0, (end - start).days + 1)
    inside = max(0, (min(end, window[1]) - max(start, window[0])).days + 1)
    if claim.days and not all(start <= day <= end for day in claim.days):
        return f"在職期間（{wareki(start)}から{wareki(end)}）の外の日があります。日の一覧を確かめてください。"
    return _counts_problem(claim, whole, inside)
