"""認証の状態を事実から導く。更新・名簿・提出が同じ計算を使う。"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.domain.guideline import Guideline
from app.domain.validity import Validity, validity
from database.queries.certifications import CertificationFacts, Condition, load_facts


@dataclass(frozen=True)
class Standing:
    """一つの認証の、基準日の状態。"""

    facts: CertificationFacts
    validity: Validity
    state: str
    revoked_on: date | None
    closed_on: date | None

    @property
    def expires_on(self) -> date:
        """基準日までの事実が作る最後の満了日。"""
        return self.validity.expires_on


def _first_revocation(facts: CertificationFacts, day: date) -> date | None:
    days = [r.revoked_on for r in facts.revocations if r.revoked_on is not None and r.revoked_on <= day]
    return min(days, default=None)


def standing_of(facts: CertificationFacts, day: date, guideline: Guideline) -> Standing:
    """基準日 day までの事実だけから状態を導く（実施要綱 6(3)(4)）。

    議決の変更による無効は何よりも先に立ち、次が取消し。返納・死亡は有効と失効に代わる。
    """
    revoked_on = _first_revocation(facts, day)
    renewals = [r for r in facts.renewals if r <= day]
    found = validity(facts.certified_on, renewals, revoked_on, guideline)
    state, closed_on = found.standing(day), None
    if facts.closure is not None and facts.closure[1] <= day:
        closed_on = facts.closure[1]
        if state in {"valid", "expired"}:
            state = facts.closure[0]
    if facts.annulled_on is not None and facts.annulled_on <= day:
        state = "annulled"
    return Standing(facts, found, state, revoked_on, closed_on)


def load_standings(
    session: Session, day: date, guideline: Guideline, where: Condition = None
) -> list[Standing]:
    """すべての（または where に合う）認証の状態を、認証日の順に。"""
    facts: Iterable[CertificationFacts] = load_facts(session, where)
    return [standing_of(f, day, guideline) for f in facts]
