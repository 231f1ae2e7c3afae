"""有効期間・更新・失効・取消し（実施要綱 6(3)(4)）。"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.calendar import end_of_fiscal_year, wareki
from app.domain.errors import InputRefused
from app.domain.guideline import Guideline
from app.domain.inputs import Fields, iso_date, items

STANDING_WORDS = {"not_yet": "認証前", "valid": "有効", "expired": "失効", "revoked": "取消し"}


@dataclass(frozen=True)
class Period:
    """有効期間一つ（両端を含む）。"""

    valid_from: date
    expires_on: date


@dataclass(frozen=True)
class Validity:
    """認証の有効期間の連なり。"""

    certified_on: date
    periods: tuple[Period, ...]
    revoked_on: date | None

    @property
    def expires_on(self) -> date:
        """与えられた事実が作る最後の期間の満了日。"""
        return self.periods[-1].expires_on

    def standing(self, day: date) -> str:
        """その日の立場：not_yet / valid / expired / revoked。"""
        if day < self.certified_on:
            return "not_yet"
        if self.revoked_on is not None and self.revoked_on <= day:
            return "revoked"
        return "valid" if day <= self.expires_on else "expired"

    def sentence(self, day: date) -> str:
        """会議で読み上げられる文。"""
        words = STANDING_WORDS[self.standing(day)]
        return f"有効期間は{wareki(self.certified_on)}から{wareki(self.expires_on)}までで、{wareki(day)}現在は{words}です。"


def validity(
    certified_on: date, renewals: Sequence[date], revoked_on: date | None, guideline: Guideline
) -> Validity:
    """認証日・更新研修の修了日・取消日から有効期間を導く。

    更新研修は、それを修了した日を含む期間を一度だけ更新する。満了後・取消し以後の修了は更新しない。
    """
    if revoked_on is not None and revoked_on < certified_on:
        raise InputRefused("取消日が認証日より前です。日付を確かめてください。")
    if any(r < certified_on for r in renewals):
        raise InputRefused("更新研修の修了日が認証日より前です。日付を確かめてください。")
    end = end_of_fiscal_year(certified_on)
    periods = [Period(certified_on, end.replace(year=end.year + guideline.validity_years))]
    for completed in sorted(renewals):
        last = periods[-1]
        stopped = revoked_on is not None and completed >= revoked_on
        if stopped or not last.valid_from <= completed <= last.expires_on:
            continue
        old = last.expires_on
        start = old + timedelta(days=1)
        periods.append(Period(start, old.replace(year=old.year + guideline.validity_years)))
    return Validity(certified_on, tuple(periods), revoked_on)


def evaluate_validity(value: Mapping[str, object], guideline: Guideline) -> dict[str, object]:
    """規則 validity をコマンドラインの形で行う。"""
    fields = Fields(value, "")
    certified_on = fields.need("certified_on", iso_date)
    renewals = [iso_date(v, "renewals") for v in fields.maybe("renewals", items) or []]
    revoked_on = fields.maybe("revoked_on", iso_date)
    as_of = fields.maybe("as_of", iso_date)
    fields.done()
    found = validity(certified_on, renewals, revoked_on, guideline)
    result: dict[str, object] = {
        "valid_from": found.certified_on.isoformat(),
        "expires_on": found.expires_on.isoformat(),
    }
    if as_of is not None:
        result |= {"standing": found.standing(as_of), "sentence": found.sentence(as_of)}
    return result
