"""更新：満了の波。満了日ごとの人数と、更新・未更新・失効の今日の姿。"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.calendar import month_length
from app.domain.guideline import Guideline
from app.domain.validity import validity
from app.services.standings import Standing
from app.services.views.renewal import NOTICE_MONTHS, NoticeTime, WavePicture, WaveView
from database.schema.letters import Letter

NOTICE = "renewal_notice"
Sent = Mapping[str, tuple[int, int, int]]


def months_before(day: date, months: int) -> date:
    """months か月前の応当日。応当日がなければその月の末日。"""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, month_length(year, month + 1)))


def notice_kind(expires_on: date, months: int) -> str:
    """手紙の台帳の種類。満了日と時期ごとに分ける。"""
    return f"{NOTICE}:{expires_on.isoformat()}:{months}"


def reached_notice(expires_on: date, today: date) -> int | None:
    """今日までに迎えた案内の時期（月前）のうち最も近いもの。"""
    reached = [m for m in NOTICE_MONTHS if months_before(expires_on, m) <= today]
    return min(reached, default=None)


def waves_of(standings: Iterable[Standing], today: date) -> tuple[WaveView, ...]:
    """有効な人を満了日ごとにまとめる（近い順）。"""
    found: dict[date, list[int]] = defaultdict(list)
    for s in standings:
        if s.state == "valid":
            found[s.expires_on].append(s.facts.id)
    return tuple(
        WaveView(d, len(ids), reached_notice(d, today), tuple(ids)) for d, ids in sorted(found.items())
    )


@dataclass(frozen=True)
class _Member:
    """一つの期間の満了を迎える一人。settled_on は更新した、または終わった日（まだなら空）。"""

    certification_id: int
    fate: str
    settled_on: date | None


def _completions(s: Standing, guideline: Guideline, today: date) -> list[date]:
    """次の期間を作った修了日（期間の順）。"""
    found: list[date] = []
    past = [r for r in s.facts.renewals if r <= today]
    for place in range(len(past)):
        made = validity(s.facts.certified_on, past[: place + 1], s.revoked_on, guideline)
        if len(made.periods) > len(found) + 1:
            found.append(past[place])
    return found


def _fate(s: Standing) -> tuple[str, date | None]:
    """最後の期間の人の、今日の姿。"""
    if s.state == "valid":
        return "lapsing", None
    if s.state == "expired":
        return "lapsed", None
    days = (s.closed_on, s.revoked_on, s.facts.annulled_on)
    return "ended", min(d for d in days if d is not None)


def _members(s: Standing, guideline: Guideline, today: date) -> Iterator[tuple[date, _Member]]:
    if s.state == "not_yet":
        return
    periods = s.validity.periods
    for period, completed in zip(periods[:-1], _completions(s, guideline, today), strict=True):
        yield period.expires_on, _Member(s.facts.id, "renewed", completed)
    yield periods[-1].expires_on, _Member(s.facts.id, *_fate(s))


def _times(expires_on: date, members: list[_Member], today: date, sent: Sent) -> Iterator[NoticeTime]:
    for months in NOTICE_MONTHS:
        on = months_before(expires_on, months)
        seen = min(on, today)
        waiting = sum(m.settled_on is None or m.settled_on > seen for m in members)
        yield NoticeTime(months, on, waiting, *sent.get(notice_kind(expires_on, months), (0, 0, 0)))


def pictures_of(
    standings: Iterable[Standing], today: date, guideline: Guideline, sent: Sent
) -> tuple[WavePicture, ...]:
    """満了日ごとの今日の姿（過ぎた波も、満了日の順）。"""
    found: dict[date, list[_Member]] = defaultdict(list)
    for s in standings:
        for day, member in _members(s, guideline, today):
            found[day].append(member)
    return tuple(_picture(day, members, today, sent) for day, members in sorted(found.items()))


def _picture(day: date, members: list[_Member], today: date, sent: Sent) -> WavePicture:
    fates = Counter(m.fate for m in members)
    ids = tuple(m.certification_id for m in members if m.fate == "lapsing")
    return WavePicture(
        day,
        len(members),
        fates["renewed"],
        fates["lapsing"],
        fates["lapsed"],
        fates["ended"],
        tuple(_times(day, members, today, sent)),
        reached_notice(day, today) if day >= today else None,
        ids,
    )


def load_sent(session: Session) -> dict[str, tuple[int, int, int]]:
    """案内の種類から、作った・送った・戻った通数。紙のバイト列は読まない。"""
    query = (
        select(Letter.kind, func.count(), func.count(Letter.sent_on), func.count(Letter.returned_on))
        .where(Letter.kind.startswith(f"{NOTICE}:"))
        .group_by(Letter.kind)
    )
    return {kind: (made, sent, returned) for kind, made, sent, returned in session.execute(query)}
