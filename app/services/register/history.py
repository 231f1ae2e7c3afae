"""一人の年表：どの部屋の事実も日付の順に並べ、有効期間を帯にする。名寄せした記録も一緒に見る。"""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.domain.errors import RuleViolation
from app.services.office import Office
from app.services.standings import Standing, load_standings
from app.services.views.register import HistoryEntry, LifeSpan, LifeView
from database.queries.history import ENDED, load_history, records_of
from database.schema.certificates import Certification
from database.schema.people import Person

_DAY = timedelta(days=1)


def _ended_on(s: Standing) -> date | None:
    """有効期間の途中で終わった日（取消し・返納・死亡・議決の変更）。"""
    known = (s.revoked_on, s.closed_on, s.facts.annulled_on)
    return min((d for d in known if d is not None), default=None)


def _spans(s: Standing) -> Iterator[LifeSpan]:
    ended = _ended_on(s)
    for place, period in enumerate(s.validity.periods):
        if ended is not None and period.valid_from >= ended:
            return
        cut = ended is not None and ended <= period.expires_on
        last = ended - _DAY if ended is not None and cut else period.expires_on
        words = f"更新{place}" if place else "認証"
        yield LifeSpan(s.facts.number, period.valid_from, max(last, period.valid_from), words, cut)


def _life(session: Session, office: Office, person_id: int) -> LifeView:
    if session.get(Person, person_id) is None:
        raise RuleViolation("その人の記録がありません。一覧を開き直してください。")
    ids = records_of(session, person_id)
    standings = load_standings(session, office.today(), office.guideline, Certification.person_id.in_(ids))
    entries = [HistoryEntry(day, kind, words) for day, kind, words in load_history(session, ids)]
    entries += [
        HistoryEntry(s.expires_on + _DAY, ENDED, f"更新されずに失効（{s.facts.number}）")
        for s in standings
        if s.state == "expired"
    ]
    spans = tuple(span for s in standings for span in _spans(s))
    return LifeView(office.today(), tuple(sorted(entries, key=lambda e: e.day)), spans)


def life(office: Office, person_id: int) -> LifeView:
    """一人の年表（古い順）と、今日までに分かっている有効期間。名寄せした記録のものを含む。"""
    with office.read("register.life") as session:
        return _life(session, office, person_id)


def history(office: Office, person_id: int) -> tuple[HistoryEntry, ...]:
    """一人の年表（古い順）。"""
    with office.read("register.history") as session:
        return _life(session, office, person_id).entries
