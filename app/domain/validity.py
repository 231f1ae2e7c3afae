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
    """認証の有効期間の連なり。years は一つの期間の年数、notes は更新研修の一つ一つがどう効いたか。"""

    certified_on: date
    periods: tuple[Period, ...]
    revoked_on: date | None
    years: int = 3
    notes: tuple[str, ...] = ()

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
        first = self.periods[0]
        words = STANDING_WORDS[self.standing(day)]
        reckoning = (
            f"{wareki(self.certified_on)}の認証は、その日が属する年度の末日（{wareki(end_of_fiscal_year(self.certified_on))}）"
            f"から{self.years}年の{wareki(first.expires_on)}までです。"
        )
        revoked = "" if self.revoked_on is None else f"{wareki(self.revoked_on)}に取り消されました。"
        span = f"有効期間は{wareki(self.certified_on)}から{wareki(self.expires_on)}までで、"
        return f"{reckoning}{''.join(self.notes)}{revoked}{span}{wareki(day)}現在は{words}です。"


def _refusal(last: Period, completed: date, revoked_on: date | None) -> str:
    """更新しない理由。更新するなら空。"""
    if revoked_on is not None and completed >= revoked_on:
        return "取消し以後のため、更新されません"
    if completed > last.expires_on:
        return "有効期間の満了後のため、更新されません"
    if completed < last.valid_from:
        return "同じ期間の更新が済んでいるため、重ねては更新されません"
    return ""


def _next_period(last: Period, completed: date, guideline: Guideline) -> Period:
    if guideline.renewal_follows_expiry:
        old = last.expires_on
        return Period(old + timedelta(days=1), old.replace(year=old.year + guideline.validity_years))
    end = end_of_fiscal_year(completed)
    return Period(completed, end.replace(year=end.year + guideline.validity_years))


def validity(
    certified_on: date, renewals: Sequence[date], revoked_on: date | None, guideline: Guideline
) -> Validity:
    """認証日・更新研修の修了日・取消日から有効期間を導く。

    更新研修は、それを修了した日を含む期間を一度だけ更新する。満了後・取消し以後の修了は更新しない。
    更新後の期間は元の期間の満了の翌日から（版の読み renewal_follows_expiry が偽なら修了の日から）。
    """
    if revoked_on is not None and revoked_on < certified_on:
        raise InputRefused("取消日が認証日より前です。日付を確かめてください。")
    if any(r < certified_on for r in renewals):
        raise InputRefused("更新研修の修了日が認証日より前です。日付を確かめてください。")
    end = end_of_fiscal_year(certified_on)
    periods = [Period(certified_on, end.replace(year=end.year + guideline.validity_years))]
    notes = []
    for completed in sorted(renewals):
        said = f"{wareki(completed)}修了の更新研修は"
        if refusal := _refusal(periods[-1], completed, revoked_on):
            notes.append(f"{said}{refusal}。")
            continue
        periods.append(_next_period(periods[-1], completed, guideline))
        new = periods[-1]
        notes.append(f"{said}{wareki(new.valid_from)}から{wareki(new.expires_on)}までの更新となります。")
    return Validity(certified_on, tuple(periods), revoked_on, guideline.validity_years, tuple(notes))


def evaluate_validity(value: Mapping[str, object], guideline: Guideline) -> dict[str, object]:
    """規則 validity をコマンドラインの形で行う。"""
    fields = Fields(value, "")
    certified_on = fields.need("certified_on", iso_date)
    renewals = [iso_date(v, f"renewals[{i}]") for i, v in enumerate(fields.maybe("renewals", items) or [])]
    revoked_on = fields.maybe("revoked_on", iso_date)
    as_of = fields.maybe("as_of", iso_date)
    fields.done()
    found = validity(certified_on, renewals, revoked_on, guideline)
    result: dict[str, object] = {
        "valid_from": found.certified_on.isoformat(),
        "expires_on": found.expires_on.isoformat(),
        "clause": "6(4)",
        "periods": [[p.valid_from.isoformat(), p.expires_on.isoformat()] for p in found.periods],
        "notes": list(found.notes),
    }
    if as_of is not None:
        result |= {"standing": found.standing(as_of), "sentence": found.sentence(as_of)}
    return result
