"""有罪の裁判の記録を、規則が読める形に限って受け取る。"""

from datetime import date
from typing import Protocol

from app.domain.disqualification import ALIASES, LAWS, PENALTIES
from app.domain.errors import RuleViolation


class ConvictionFacts(Protocol):
    """裁判一つの事実。"""

    @property
    def law(self) -> str: ...  # noqa: D102
    @property
    def penalty(self) -> str: ...  # noqa: D102
    @property
    def finalized_on(self) -> date | None: ...  # noqa: D102
    @property
    def execution_ended_on(self) -> date | None: ...  # noqa: D102
    @property
    def execution_ceased_on(self) -> date | None: ...  # noqa: D102
    @property
    def suspension_kind(self) -> str | None: ...  # noqa: D102
    @property
    def suspension_ends_on(self) -> date | None: ...  # noqa: D102
    @property
    def suspension_revoked(self) -> bool: ...  # noqa: D102


def check_conviction(facts: ConvictionFacts) -> None:
    """罪の区分・刑・猶予の言葉と日付の順を確かめる。規則が読めない記録は RuleViolation。"""
    if facts.law not in LAWS or facts.penalty not in (*PENALTIES, *ALIASES):
        raise RuleViolation("罪の区分と刑を、選択肢から選んでください。")
    if facts.suspension_kind not in (None, "full", "partial"):
        raise RuleViolation("執行猶予は「全部」か「一部」です。")
    if facts.suspension_kind is None and (facts.suspension_ends_on or facts.suspension_revoked):
        raise RuleViolation("猶予の満了日か取消しがあるときは、全部・一部のどちらかを選んでください。")
    later = [
        day
        for day in (facts.execution_ended_on, facts.execution_ceased_on, facts.suspension_ends_on)
        if day is not None
    ]
    if facts.finalized_on is None and later:
        raise RuleViolation("確定日が空なのに、執行または猶予の日があります。確定日を入れてください。")
    if facts.finalized_on is not None and any(day < facts.finalized_on for day in later):
        raise RuleViolation("執行または猶予の日が、確定日より前です。日付を確かめてください。")
