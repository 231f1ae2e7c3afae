"""定足数と議決の真理表と性質。"""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.committee import evaluate_committee, tally
from app.domain.errors import InputRefused
from tests.factories import GUIDELINE

IDS = "abcdefgh"


def result(
    members: int, votes: str, majority: str = "of_present", casting: str | None = None, absent: int = 0
) -> str:
    """Votes の f・a・- は可・否・棄権。"""
    names = IDS[:members]
    present = frozenset(names[: members - absent])
    words = {"f": "for", "a": "against", "-": "abstain"}
    cast = {n: words[v] for n, v in zip(names, votes, strict=False)}
    return tally(frozenset(names), present, frozenset(), cast, majority, casting).result


@pytest.mark.parametrize(
    ("members", "votes", "majority", "casting", "absent", "expected"),
    [
        (5, "fff", "of_present", None, 0, "carried"),
        (5, "ff---", "of_present", None, 0, "not_carried"),
        (4, "ff--", "of_present", None, 0, "not_carried"),  # ちょうど半分は過半数でない
        (4, "ffaa", "of_present", None, 0, "tie"),
        (4, "ffaa", "of_present", "for", 0, "carried"),
        (4, "ffaa", "of_present", "against", 0, "not_carried"),
        (4, "fa--", "of_present", None, 0, "not_carried"),
        (4, "fa--", "of_present", "for", 0, "not_carried"),
        (4, "fa--", "of_votes_cast", None, 0, "tie"),
        (4, "fa--", "of_votes_cast", "for", 0, "carried"),
        (4, "f---", "of_votes_cast", None, 0, "carried"),
        (4, "f---", "of_present", None, 0, "not_carried"),
        (4, "ff", "of_present", None, 2, "no_quorum"),
        (5, "fff", "of_present", None, 2, "carried"),
        (4, "fff-", "of_present", "against", 0, "carried"),
    ],
)
def test_majority_and_casting_vote(
    members: int, votes: str, majority: str, casting: str | None, absent: int, expected: str
) -> None:
    assert result(members, votes, majority, casting, absent) == expected


@given(st.integers(1, 7), st.data())
def test_adding_a_recused_member_never_changes_the_outcome(members: int, data: st.DataObject) -> None:
    names = list(IDS[:members])
    present = frozenset(data.draw(st.lists(st.sampled_from(names), unique=True)))
    votes = {n: data.draw(st.sampled_from(["for", "against", "abstain"])) for n in sorted(present)}
    for majority in ("of_present", "of_votes_cast"):
        alone = tally(frozenset(names), present, frozenset(), votes, majority)
        more = tally(frozenset([*names, "z"]), present | {"z"}, frozenset("z"), votes, majority)
        assert more == alone


@pytest.mark.parametrize(
    "change",
    [
        {"votes": {"c": "for"}},
        {"votes": {"d": "for"}},
        {"votes": {"x": "for"}},
        {"votes": {"a": "yes"}},
        {"present": ["a", "x"]},
        {"recused": ["x"]},
        {"members": ["a", "a"]},
        {"majority": "two_thirds"},
        {"surplus": True},
    ],
)
def test_votes_of_the_recused_absent_and_strangers_are_errors(change: dict[str, object]) -> None:
    value = {
        "members": ["a", "b", "c", "d"],
        "present": ["a", "b", "c"],
        "recused": ["c"],
        "votes": {"a": "for"},
    }
    assert evaluate_committee(value, GUIDELINE)["base"] == 3
    with pytest.raises(InputRefused):
        evaluate_committee(value | change, GUIDELINE)


def chaired(casting: str | None, **change: object) -> dict[str, object]:
    value: dict[str, object] = {
        "members": ["a", "b", "c", "d", "e"],
        "present": ["a", "b", "c", "d"],
        "votes": {"a": "for", "b": "for", "c": "against", "d": "against"},
    }
    return evaluate_committee(value | {"casting_vote": casting} | change, GUIDELINE)


def test_the_sentence_tells_the_counts_and_who_decided() -> None:
    counts = "母数5名のうち出席4名（定足数3名）、可2・否2・棄権0。"
    assert chaired(None)["sentence"] == counts + "可否同数です。議長の決するところによります。"
    assert chaired("for")["sentence"] == counts + "可否同数のため議長の決するところにより、可決です。"
    assert chaired("for")["clause"] == "6(2)"
    carried = chaired("against", votes={"a": "for", "b": "for", "c": "for"})
    assert carried["sentence"] == "母数5名のうち出席4名（定足数3名）、可3・否0・棄権1。可決です。"


def test_without_a_quorum_the_chair_decides_nothing() -> None:
    found = chaired("for", present=["a", "b"], votes={"a": "for", "b": "against"})
    assert (
        found["sentence"] == "母数5名のうち出席2名（定足数3名）、可1・否1・棄権0。定足数を満たしていません。"
    )


def test_under_the_other_reading_the_recused_count_for_the_quorum_but_not_for_the_majority() -> None:
    value: dict[str, object] = {
        "members": ["a", "b", "c", "d"],
        "present": ["a", "b", "c"],
        "recused": ["c"],
        "votes": {"a": "for", "b": "against"},
    }
    ours, other = (
        evaluate_committee(value, replace(GUIDELINE, recused_leave_base=kept)) for kept in (True, False)
    )
    assert (ours["base"], ours["present"], ours["result"]) == (3, 2, "tie")
    assert (other["base"], other["present"], other["result"]) == (4, 3, "tie")
    value["members"] = ["a", "b", "c", "d", "e"]
    assert evaluate_committee(value, GUIDELINE)["result"] == "no_quorum"
    assert evaluate_committee(value, replace(GUIDELINE, recused_leave_base=False))["result"] == "tie"
