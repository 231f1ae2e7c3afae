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


@pytest.mark.parametrize(
    ("members", "recused", "present", "needed", "quorum"),
    [
        (7, 0, 3, 4, False),
        (7, 0, 4, 4, True),
        (6, 0, 3, 4, False),  # ちょうど半分は過半数でない
        (6, 0, 4, 4, True),
        (7, 1, 3, 4, False),
        (7, 1, 4, 4, True),
        (7, 2, 3, 3, True),
        (5, 2, 1, 2, False),
        (5, 2, 2, 2, True),
        (5, 4, 1, 1, True),
        (5, 4, 0, 1, False),
        (5, 5, 0, 1, False),  # 皆が回避した案件は、誰も議決できない
        (1, 0, 1, 1, True),
    ],
)
def test_the_quorum_is_more_than_half_of_the_members_who_are_not_recused(
    members: int, recused: int, present: int, needed: int, quorum: bool
) -> None:
    """回避した委員は皆その場にいる（数えない）。present は、回避していない出席の数。"""
    names = IDS[:members]
    away = frozenset(names[members - recused :])
    here = frozenset(names[:present]) | away
    found = tally(frozenset(names), here, away, {}, "of_present")
    assert (found.base, found.present, found.needed, found.quorum) == (
        members - recused,
        present,
        needed,
        quorum,
    )
    assert (found.result == "no_quorum") is not quorum


# 出席4名。（可, 否）から、読み（出席の過半数, 投票の過半数）ごとの、議長の票が（ない, 可, 否）のときの結果
C, N, T = "carried", "not_carried", "tie"
MAJORITIES_OF_FOUR = {
    (4, 0): ((C, C, C), (C, C, C)),
    (3, 1): ((C, C, C), (C, C, C)),
    (3, 0): ((C, C, C), (C, C, C)),
    (2, 2): ((T, C, N), (T, C, N)),
    (2, 1): ((N, N, N), (C, C, C)),
    (2, 0): ((N, N, N), (C, C, C)),
    (1, 3): ((N, N, N), (N, N, N)),
    (1, 2): ((N, N, N), (N, N, N)),
    (1, 1): ((N, N, N), (T, C, N)),
    (1, 0): ((N, N, N), (C, C, C)),
    (0, 4): ((N, N, N), (N, N, N)),
    (0, 1): ((N, N, N), (N, N, N)),
    (0, 0): ((N, N, N), (T, C, N)),
}


@pytest.mark.parametrize(("votes", "expected"), MAJORITIES_OF_FOUR.items())
def test_the_whole_table_of_majorities_of_four(
    votes: tuple[int, int], expected: tuple[tuple[str, str, str], tuple[str, str, str]]
) -> None:
    cast = "f" * votes[0] + "a" * votes[1]
    found = tuple(
        tuple(result(4, cast, majority, casting) for casting in (None, "for", "against"))
        for majority in ("of_present", "of_votes_cast")
    )
    assert found == expected


@st.composite
def sittings(
    draw: st.DrawFn,
) -> tuple[frozenset[str], frozenset[str], frozenset[str], dict[str, str], str]:
    """委員・出席・回避・票・読み。票は、出席して回避していない委員の一部。"""
    members = frozenset(IDS[: draw(st.integers(1, 8))])
    present = draw(st.frozensets(st.sampled_from(sorted(members))))
    recused = draw(st.frozensets(st.sampled_from(sorted(members))))
    free = sorted(present - recused)
    voters = draw(st.frozensets(st.sampled_from(free))) if free else frozenset()
    votes = {n: draw(st.sampled_from(["for", "against", "abstain"])) for n in sorted(voters)}
    return members, present, recused, votes, draw(st.sampled_from(["of_present", "of_votes_cast"]))


@given(sittings(), st.booleans())
def test_one_more_recused_member_present_or_away_changes_no_figure(
    sitting: tuple[frozenset[str], frozenset[str], frozenset[str], dict[str, str], str], here: bool
) -> None:
    members, present, recused, votes, majority = sitting
    for casting in (None, "for", "against"):
        alone = tally(members, present, recused, votes, majority, casting)
        more = tally(
            members | {"z"}, present | {"z"} if here else present, recused | {"z"}, votes, majority, casting
        )
        assert more == alone


@given(sittings())
def test_a_tie_is_the_chairs_and_nothing_else_is(
    sitting: tuple[frozenset[str], frozenset[str], frozenset[str], dict[str, str], str],
) -> None:
    members, present, recused, votes, majority = sitting
    plain, yes, no = (
        tally(members, present, recused, votes, majority, casting) for casting in (None, "for", "against")
    )
    if plain.result == "tie":
        assert (yes.result, no.result, yes.by_chair, no.by_chair) == ("carried", "not_carried", True, True)
    else:
        assert (yes.result, no.result) == (plain.result, plain.result)
        assert (yes.by_chair, no.by_chair) == (False, False)


@given(sittings())
def test_a_changed_vote_from_against_to_for_never_turns_a_carried_case_down(
    sitting: tuple[frozenset[str], frozenset[str], frozenset[str], dict[str, str], str],
) -> None:
    members, present, recused, votes, majority = sitting
    before = tally(members, present, recused, votes, majority)
    for voter in votes:
        after = tally(members, present, recused, {**votes, voter: "for"}, majority)
        assert (before.result, after.result) != ("carried", "not_carried")
        assert (after.base, after.present, after.quorum) == (before.base, before.present, before.quorum)
