"""人数だけで採った表決と、案件・議題の数え方。"""

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.committee import CHOICES
from app.domain.errors import RuleViolation
from database.schema.committee import Case

Counts = tuple[int, int, int]


def counts_of(value: Mapping[str, Any] | None) -> Counts | None:
    """記録された人数（可・否・棄権）。名を挙げて採ったのなら None。"""
    if value is None:
        return None
    return int(value["for"]), int(value["against"]), int(value["abstain"])


def spread(counts: Counts, voters: Sequence[int]) -> dict[int, str]:
    """人数を、名のない票に置き換える。数だけを見る規則に、名を挙げた票と同じ形で渡すため。"""
    choices = [choice for choice, n in zip(CHOICES, counts, strict=True) for _ in range(n)]
    return dict(zip(voters, choices, strict=True))


def check_counts(counts: Counts, voters: int) -> None:
    """人数の和が、表決に加われる出席委員の数と合うこと。合わなければ RuleViolation。"""
    if min(counts) < 0:
        raise RuleViolation("人数は0以上で入れてください。")
    if sum(counts) != voters:
        raise RuleViolation(
            f"可{counts[0]}・否{counts[1]}・棄権{counts[2]}の計{sum(counts)}名が、"
            f"表決に加われる出席委員{voters}名と合いません。数え直してください。"
        )


def votes_of(case: Case, voters: Sequence[int]) -> dict[int, str]:
    """案件の票。人数で採ったものは名のない票とし、出席が変わって合わなくなっていれば票はないとする。"""
    counts = counts_of(case.counted_votes)
    if counts is None:
        return {v.member_id: v.choice for v in case.votes}
    return spread(counts, voters) if sum(counts) == len(voters) else {}
