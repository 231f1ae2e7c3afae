"""分析の決まり：何人から出すか、出せない理由、印、肢の表。数の正しさは test_item_analysis_figures で見る。"""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.choice_table import ChoiceFigures
from app.domain.crowd import discrimination, quarters
from app.domain.item_analysis import Analysis, Figure, Flag, analyse
from app.domain.score_table import tabulate
from app.domain.scoring import Answer, Question

RIGHT, WRONG = ("ア",), ("イ",)


def question(
    number: int = 1, kind: str = "choice", points: int = 1, treatment: str | None = None
) -> Question:
    key = frozenset() if kind == "written" else frozenset({"ア"})
    return Question(number, "A", kind, points, key, treatment)


def analysis(columns: Sequence[Sequence[Answer]], *questions: Question) -> Analysis:
    asked = questions or [question(n) for n in range(1, len(columns) + 1)]
    answers = {q.number: list(c) for q, c in zip(asked, columns, strict=True)}
    return analyse(tabulate(answers, asked, len(columns[0]) if columns else 0))


def of(*points: int) -> list[Answer]:
    return [RIGHT if p else WRONG for p in points]


def stairs(n: int, items: int = 4) -> list[list[Answer]]:
    """後の人ほどよく当てる、items 問。"""
    return [of(*(int((i + j) * 3 % n < i) for i in range(n))) for j in range(items)]


def test_below_ten_people_there_is_no_index_and_the_reason_is_said() -> None:
    found = analysis(stairs(9))
    assert found.items[0].correct_rate == Figure(None, "人数不足")
    assert found.items[0].discrimination == Figure(None, "人数不足")
    assert found.items[0].correlation == Figure(None, "人数不足")
    assert (found.figures.reliability.value, found.figures.reliability.reason) == (None, "人数不足")
    assert found.figures.skewness == Figure(None, "人数不足")
    assert found.figures.caution == "受験者が9名（10名未満）のため、指数は出しません。"
    assert found.items[0].flags == ()
    assert {(c.upper, c.lower, c.lured) for c in found.items[0].choices} == {(None, None, False)}


@pytest.mark.parametrize(
    ("n", "caution"), [(10, "受験者が10名と少ないため、指数は参考にとどめてください。"), (20, "")]
)
def test_from_ten_people_indices_are_shown_and_below_twenty_with_a_caution(n: int, caution: str) -> None:
    found = analysis(stairs(n))
    assert found.figures.caution == caution
    assert found.items[0].correct_rate.value is not None
    assert found.figures.reliability.value is not None


def test_nobody_one_person_and_no_question_break_nothing() -> None:
    nobody = analysis([[], []])
    assert (nobody.figures.n, nobody.figures.mean, nobody.figures.deviation, nobody.figures.box) == (
        0,
        None,
        None,
        None,
    )
    assert nobody.items[0].choices == ()
    assert nobody.boxes == {}
    one = analysis([of(1), of(0)])
    assert (one.figures.mean, one.figures.deviation) == (1, None)
    assert one.figures.reliability.value is None
    assert analyse(tabulate({}, [], 3)).figures.mean == 0


def test_what_cannot_be_computed_says_why() -> None:
    alone = analysis([of(*[1, 0] * 6)])
    assert alone.items[0].correlation == Figure(None, "設問が一つ")
    assert alone.figures.reliability.reason == "設問が一つ"
    equal = analysis([of(*[1] * 12), of(*[1] * 12)])
    assert equal.items[0].correlation == Figure(None, "全員同じ点")
    assert equal.figures.reliability.reason == "合計が全員同じ"
    assert equal.figures.skewness == Figure(None, "全員同じ点")
    assert equal.items[0].discrimination.value == 0
    rest = analysis([of(*[1, 0] * 6), of(*[1] * 12)])
    assert rest.items[0].correlation == Figure(None, "ほかの合計が全員同じ")


def test_kr20_is_named_only_where_every_question_is_right_or_wrong_for_the_same_points() -> None:
    assert analysis(stairs(12)).figures.reliability.name == "KR-20"
    heavier = [question(1), question(2, points=2), question(3), question(4)]
    assert analysis(stairs(12), *heavier).figures.reliability.name == "α"


def test_a_question_with_the_wrong_key_is_flagged_as_negative_and_lured() -> None:
    able = [int(i >= 6) for i in range(12)]
    turned = [1 - a for a in able]
    found = analysis([of(*able), of(*able), of(*able), of(*turned)]).items[3]
    assert found.correlation.value == pytest.approx(-1)
    assert found.discrimination.value == -1
    assert found.flags == (Flag.NEGATIVE, Flag.REVERSED)
    assert found.severe
    most = analysis([of(*able), of(*able), of(*[0] * 8 + [1] * 4)]).items[2]
    assert Flag.LURED in most.flags
    assert [(c.label, c.lured) for c in most.choices] == [("ア", False), ("イ", True)]


def test_easy_hard_weak_and_unanswered_questions_are_flagged() -> None:
    able = of(*(int(i >= 6) for i in range(12)))
    easy, hard = of(*[1] * 11 + [0]), of(*[0] * 10 + [1] * 2)
    empty: list[Answer] = [None, (), *able[2:]]
    found = analysis([able, able, easy, hard, empty]).items
    assert Flag.EASY in found[2].flags
    assert Flag.HARD in found[3].flags
    assert Flag.UNANSWERED in found[4].flags
    assert found[4].missing == 2
    assert [(c.label, c.n) for c in found[4].choices] == [("ア", 6), ("イ", 4), ("無答", 2)]


def test_the_choice_table_says_who_chose_what() -> None:
    able = of(*[0] * 6 + [1] * 6)
    mixed: list[Answer] = [*[("ウ",)] * 3, *[RIGHT] * 6, ("ア", "イ"), *[RIGHT] * 2]
    found = analysis([able, able, mixed]).items[2]
    # 上位・下位の25％は3人ずつ。上位は3点の5人（席を五つに分ける）、下位は0点の3人
    assert found.choices == (
        ChoiceFigures("ア", True, 8, 8 / 12, (3 * 1 + 5 * 3) / 8, 1.0, 0.0),
        ChoiceFigures("ウ", False, 3, 3 / 12, 0.0, 0.0, 1.0),
        ChoiceFigures("重複", False, 1, 1 / 12, 2.0, 0.0, 0.0),
    )


def test_a_question_with_several_right_choices_counts_each_choice() -> None:
    asked = Question(1, "A", "multiple", 2, frozenset("アイ"))
    answers: list[Answer] = [("ア", "イ")] * 6 + [("ア", "ウ")] * 4 + [("ウ",)] * 2
    found = analysis([answers, stairs(12)[0]], asked, question(2)).items[0]
    assert [(c.label, c.key, c.n, c.lured) for c in found.choices] == [
        ("ア", True, 10, False),
        ("イ", True, 6, False),
        ("ウ", False, 6, False),
    ]


def test_a_written_question_has_its_mean_over_its_points_and_bands_instead_of_choices() -> None:
    marks: list[Answer] = [0, 3, 5, 10, 10, 8, None, 2, 4, 6, 9, 7]
    found = analysis([marks, stairs(12)[0]], question(1, "written", 10), question(2)).items[0]
    assert found.correct_rate.value == pytest.approx(64 / 120)
    assert found.missing == 1
    assert [(c.label, c.n) for c in found.choices][:2] == [("0点", 1), ("1点", 0)]
    assert [(c.label, c.n) for c in found.choices][-2:] == [("9〜10点", 3), ("無答", 1)]


def test_those_excluded_leave_the_question_and_its_figures_are_kept_as_answered() -> None:
    columns = stairs(16)
    asked = [question(1, treatment="excluded_for_missed"), *(question(n) for n in (2, 3, 4))]
    treated, plain = analysis(columns, *asked), analysis(columns)
    right = sum(a == RIGHT for a in columns[0])
    first = treated.items[0]
    assert (first.n, first.excluded) == (right, 16 - right)
    assert first.untreated is not None
    assert first.untreated.correct_rate == plain.items[0].correct_rate
    assert first.untreated.correlation == plain.items[0].correlation
    assert first.untreated.discrimination == plain.items[0].discrimination
    assert treated.figures.reliability.items == 3
    gone = analysis(columns, question(1, treatment="excluded_for_all"), *asked[1:]).items[0]
    assert (gone.n, gone.correct_rate) == (0, Figure(None, "全員から除外"))


def test_people_with_different_full_marks_are_compared_by_their_rate() -> None:
    # 一人だけ、外した設問を除かれて 3点中3点。4点中3点の人より上に並ぶ
    columns = [of(*[0] + [1] * 11), of(*[1] * 12), of(*[1] * 12), of(*[1] + [0] * 11)]
    asked = [question(1, treatment="excluded_for_missed"), *(question(n) for n in (2, 3, 4))]
    box = analysis(columns, *asked).boxes["A"]
    assert (box.low, box.high) == (75.0, 100.0)
    assert analysis(columns, *asked).items[3].discrimination.value == pytest.approx(1 / 3)


def test_those_tied_at_the_cut_share_the_remaining_seats() -> None:
    # 8人の25％は2人。上は100点の1人と、同点の2人で分ける1席。下は0点の2人
    found = discrimination([1, 1, 0, 0, 0, 0, 0, 1], 1, [100, 90, 90, 50, 50, 40, 0, 0])
    assert found == (1 + 0.5) / 2 - 0.5


def test_three_people_have_no_quarter() -> None:
    assert quarters([1, 2, 3]) is None
    assert discrimination([1, 0, 1], 1, [3, 2, 1]) is None


@given(st.permutations(range(12)))
def test_the_order_of_the_people_changes_nothing(order: list[int]) -> None:
    columns = stairs(12)
    moved = analysis([[c[i] for i in order] for c in columns])
    assert moved == analysis(columns)
