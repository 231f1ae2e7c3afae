"""定足数・回避・議決（実施要綱 6(2)）。"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.errors import InputRefused
from app.domain.guideline import MAJORITIES, Guideline
from app.domain.inputs import Fields, choice, items

CHOICES = ("for", "against", "abstain")


@dataclass(frozen=True)
class Tally:
    """一件の表決の数字（人・票）。result は carried / not_carried / tie / no_quorum。

    needed は定足数に要る出席、by_chair は可否同数を議長が決したか。
    """

    base: int
    present: int
    quorum: bool
    votes_for: int
    votes_against: int
    abstentions: int
    result: str
    needed: int = 0
    by_chair: bool = False

    @property
    def sentence(self) -> str:
        """会議で読み上げられる文。"""
        words = {
            "carried": "可決です。",
            "not_carried": "否決です。",
            "tie": "可否同数です。議長の決するところによります。",
            "no_quorum": "定足数を満たしていません。",
        }
        counts = f"可{self.votes_for}・否{self.votes_against}・棄権{self.abstentions}"
        quorum = f"母数{self.base}名のうち出席{self.present}名（定足数{self.needed}名）"
        chair = "可否同数のため議長の決するところにより、" if self.by_chair else ""
        return f"{quorum}、{counts}。{chair}{words[self.result]}"


def _check(
    members: frozenset[str], present: frozenset[str], recused: frozenset[str], votes: Mapping[str, str]
) -> None:
    for who, words in ((present, "出席"), (recused, "回避")):
        if strangers := sorted(who - members):
            raise InputRefused(f"在任していない委員が{words}に入っています：{'、'.join(strangers)}。")
    for voter in votes:
        if voter in recused:
            raise InputRefused(f"回避した委員の票があります：{voter}。")
        if voter not in present:
            raise InputRefused(f"出席していない委員の票があります：{voter}。")


def _is_even(votes_for: int, votes_against: int, voters: int, majority: str) -> bool:
    """可否同数か。of_present では棄権があれば同数とみない。"""
    return votes_for == votes_against and (majority == "of_votes_cast" or votes_for + votes_against == voters)


def _result(votes_for: int, votes_against: int, voters: int, majority: str, casting_vote: str | None) -> str:
    if _is_even(votes_for, votes_against, voters, majority):
        return {None: "tie", "for": "carried", "against": "not_carried"}[casting_vote]
    carried = votes_for * 2 > voters if majority == "of_present" else votes_for > votes_against
    return "carried" if carried else "not_carried"


def tally(
    members: frozenset[str],
    present: frozenset[str],
    recused: frozenset[str],
    votes: Mapping[str, str],
    majority: str,
    casting_vote: str | None = None,
    *,
    recused_leave_base: bool = True,
) -> Tally:
    """一件の定足数と表決。

    母数は在任委員から回避した委員を除いた数、定足数はその過半数の出席（recused_leave_base が偽なら、
    回避した委員も母数と出席に数える。票は持たない）。
    投票しない出席委員は棄権とみなす。議長の決する票は可否同数のときだけ効き、ほかでは数えない。
    """
    _check(members, present, recused, votes)
    left_out = recused if recused_leave_base else frozenset()
    base, here = len(members - left_out), len(present - left_out)
    voters = len(present - recused)
    choices = list(votes.values())
    votes_for, votes_against = choices.count("for"), choices.count("against")
    quorum = here * 2 > base
    even = quorum and _is_even(votes_for, votes_against, voters, majority)
    return Tally(
        base=base,
        present=here,
        quorum=quorum,
        votes_for=votes_for,
        votes_against=votes_against,
        abstentions=voters - votes_for - votes_against,
        result=_result(votes_for, votes_against, voters, majority, casting_vote) if quorum else "no_quorum",
        needed=base // 2 + 1,
        by_chair=even and casting_vote is not None,
    )


def _ids(value: object, name: str) -> frozenset[str]:
    found = items(value, name)
    if not all(isinstance(v, str) and v for v in found):
        raise InputRefused(f"{name} は委員の名（文字）の並びで与えてください。")
    if len(set(found)) != len(found):
        raise InputRefused(f"{name} に同じ委員が二度あります。")
    return frozenset(found)


def _votes(value: object, name: str) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise InputRefused(f"{name} は委員から票への対応で与えてください。")
    return {str(k): choice(*CHOICES)(v, f"{name}.{k}") for k, v in value.items()}


def evaluate_committee(value: Mapping[str, object], guideline: Guideline) -> dict[str, object]:
    """規則 committee をコマンドラインの形で行う。majority がなければ版の読みによる。"""
    fields = Fields(value, "")
    members = fields.need("members", _ids)
    present = fields.need("present", _ids)
    recused = fields.maybe("recused", _ids) or frozenset()
    votes = fields.maybe("votes", _votes) or {}
    majority = fields.maybe("majority", choice(*MAJORITIES)) or guideline.majority
    casting_vote = fields.maybe("casting_vote", choice("for", "against"))
    fields.done()
    found = tally(
        members,
        present,
        recused,
        votes,
        majority,
        casting_vote,
        recused_leave_base=guideline.recused_leave_base,
    )
    return {
        "base": found.base,
        "present": found.present,
        "quorum": found.quorum,
        "result": found.result,
        "clause": "6(2)",
        "sentence": found.sentence,
    }
