"""合格の決定の履歴、合格者の追加、扱いの比較。"""

import pytest

from app.domain.access import Role
from app.domain.errors import RuleViolation
from app.domain.scoring import scaled_words
from app.services import committee, scoring
from app.services.office import Actor, Office
from app.services.scoring import PassRuleForm, QuestionChange, QuestionForm
from app.services.scoring.scores import results_of
from database.opening import Store
from database.schema.scoring import AnswerSheet, PassRuleAdoption
from tests.factories import (
    change,
    insert,
    make_actor,
    make_applications,
    make_cohort,
    make_meeting,
    make_office,
    person,
)
from tests.services.test_scoring import FORMS, HELD_ON

SECOND = make_actor(Role.MANAGER, "責任 次郎")


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


@pytest.fixture
def people(office: Office) -> list[int]:
    return make_applications(office, make_cohort(office), [person(f"受験 {c}") for c in "一二三四"])


def make_test(
    office: Office, ids: list[int], answers: list[dict[str, object]], forms: list[QuestionForm]
) -> int:
    made = scoring.create_test(office, 1, "修了認定テスト", HELD_ON)
    scoring.set_questions(office, made, forms)
    sheets = [
        AnswerSheet(certification_test_id=made, application_id=a, answers=s)
        for a, s in zip(ids, answers, strict=False)
    ]
    rest = [
        AnswerSheet(certification_test_id=made, application_id=a, outcome="absent", answers={})
        for a in ids[len(answers) :]
    ]
    insert(office, [*sheets, *rest])
    scoring.lock_test(office, made)
    return made


@pytest.fixture
def test_id(office: Office, people: list[int]) -> int:
    """90点、55点、60点（科目群Aが0点）、欠席。"""
    answers: list[dict[str, object]] = [
        {"1": ["1"], "2": ["2", "3"], "3": 20},
        {"1": ["1"], "2": ["2"], "3": 15},
        {"1": ["2"], "2": ["2", "3"], "3": 30},
    ]
    return make_test(office, people, answers, FORMS)


FOUR = [
    QuestionForm(1, "A", 20, ("ア",)),
    QuestionForm(2, "B", 29, ("ア",)),
    QuestionForm(3, "B", 51, ("ア",)),
]


@pytest.mark.parametrize(
    ("treatment", "key", "expected"),
    [
        ("all_correct", None, [(2, 51, 100, 71, 100, 49, "", True)]),
        (
            "excluded_for_missed",
            None,
            [(2, 51, 100, 51, 80, 40, "49点 × 80÷100 ＝ 39.2 → 40点", True)],
        ),
        (
            "excluded_for_all",
            None,
            [
                (1, 49, 100, 29, 80, 40, "49点 × 80÷100 ＝ 39.2 → 40点", False),
                (2, 51, 100, 51, 80, 40, "49点 × 80÷100 ＝ 39.2 → 40点", True),
                (3, 100, 100, 80, 80, 40, "49点 × 80÷100 ＝ 39.2 → 40点", True),
            ],
        ),
        ("several_right", ("ア", "イ"), [(2, 51, 100, 71, 100, 49, "", True)]),
    ],
)
def test_each_family_shows_whom_it_changes_with_their_full_marks_and_rounding(
    office: Office,
    people: list[int],
    treatment: str,
    key: tuple[str, ...] | None,
    expected: list[tuple[object, ...]],
) -> None:
    answers: list[dict[str, object]] = [
        {"1": ["ア"], "2": ["ア"], "3": ["イ"]},
        {"1": ["イ"], "2": ["イ"], "3": ["ア"]},
        {"1": ["ア"], "2": ["ア"], "3": ["ア"]},
    ]
    made = make_test(office, people, answers, FOUR)
    rule = PassRuleForm(49, no_zero=False)
    scoring.adopt_rule(office, made, rule, "第1回委員会の決定")
    tried = PassRuleForm(49, no_zero=False, changes=(QuestionChange(1, treatment, key),))
    found = scoring.preview_rule(office, made, tried).changes
    assert [
        (
            c.reception_number,
            c.before_total,
            c.before_full,
            c.after_total,
            c.after_full,
            c.after_needed,
            c.scaling,
            c.after_passed,
        )
        for c in found
    ] == expected
    effects = scoring.compare_treatments(office, made, rule, 1, ("ア", "イ"))
    (effect,) = (e for e in effects if e.treatment == treatment)
    down = sum(not c.after_passed for c in found)
    assert (effect.passed_before, effect.passed_after, effect.changed) == (3, 3 - down, len(expected))
    assert (effect.up, effect.down) == (0, down)
    assert effects[0].treatment is None


def test_the_scaled_standard_is_written_out() -> None:
    assert scaled_words(49, 80, 100) == "49点 × 80÷100 ＝ 39.2 → 40点"
    assert scaled_words(60, 80, 100) == "60点 × 80÷100 ＝ 48点"
    assert scaled_words(60, 100, 100) == ""


def test_several_right_is_not_tried_without_two_choices(office: Office, test_id: int) -> None:
    effects = scoring.compare_treatments(office, test_id, PassRuleForm(60), 1, ("1",))
    assert [bool(e.problem) for e in effects] == [False, False, False, False, True]


def test_before_any_adoption_the_trial_is_compared_with_the_first_try(
    office: Office, people: list[int], test_id: int
) -> None:
    first = PassRuleForm(60)
    lower = scoring.preview_rule(office, test_id, PassRuleForm(55), first)
    assert [(c.application_id, c.before_passed, c.after_passed) for c in lower.changes] == [
        (people[1], False, True)
    ]
    assert lower.passed_before is None


SIXTY = PassRuleForm(60)


def adopt(office: Office, test_id: int, form: PassRuleForm = SIXTY, second: Actor | None = None) -> int:
    return scoring.adopt_rule(office, test_id, form, "第1回委員会の決定", second=second)


def test_people_are_added_by_a_decision_of_its_own_and_the_first_result_stays(
    office: Office, people: list[int], test_id: int
) -> None:
    first = adopt(office, test_id)
    meeting = make_meeting(office, 1)
    with pytest.raises(RuleViolation, match="二人目の確認が要ります"):
        scoring.add_passers(office, test_id, [people[1]], "僅差を考慮", second=None)
    later = scoring.add_passers(office, test_id, [people[1]], "僅差を考慮", second=SECOND, meeting_id=meeting)
    assert [(r.passed, r.added, r.total) for r in scoring.score_test(office, test_id).rows] == [
        (True, False, 90),
        (True, True, 55),
        (False, False, 60),
        (False, False, None),
    ]
    assert [
        (d.id, d.words, d.passed, d.judged, d.people, d.reason)
        for d in scoring.list_adoptions(office, test_id)
    ] == [
        (later, "合格者の追加", 2, 4, ("受験 二",), "僅差を考慮"),
        (first, "合格基準の採用", 1, 4, (), "第1回委員会の決定"),
    ]
    assert scoring.list_adoptions(office, test_id)[0].meeting == "第1回（令和8年3月20日）"
    assert [r.passed for r in scoring.get_adoption(office, first)] == [True, False, False, False]
    assert [
        (r.name, r.before_passed, r.passed) for r in scoring.get_adoption(office, later) if r.changed
    ] == [("受験 二", False, True)]
    with office.store.sessions() as session:
        assert [r.passed for r in results_of(session, 1).values()] == [True, True, False, False]
        row = session.get_one(PassRuleAdoption, later)
        assert (row.kind, row.added, row.meeting_id) == ("addition", [people[1]], meeting)


def test_the_added_come_onto_the_agenda(office: Office, people: list[int], test_id: int) -> None:
    adopt(office, test_id)
    scoring.add_passers(office, test_id, [people[1]], "僅差を考慮", second=SECOND)
    meeting = make_meeting(office, 1)
    committee.build_agenda(office, meeting)
    assert [c.application_id for c in committee.get_meeting(office, meeting).cases] == people[:2]


def test_the_added_stay_passed_when_another_rule_is_adopted(
    office: Office, people: list[int], test_id: int
) -> None:
    adopt(office, test_id)
    scoring.add_passers(office, test_id, [people[1]], "僅差を考慮", second=SECOND)
    tried = scoring.preview_rule(office, test_id, PassRuleForm(95))
    assert [(c.application_id, c.after_passed) for c in tried.changes] == [(people[0], False)]
    adopt(office, test_id, PassRuleForm(95), SECOND)
    assert [r.passed for r in scoring.score_test(office, test_id).rows] == [False, True, False, False]


def test_a_wrong_addition_is_taken_back_and_both_stay_on_record(
    office: Office, people: list[int], test_id: int
) -> None:
    adopt(office, test_id)
    scoring.add_passers(office, test_id, people[1:3], "僅差を考慮", second=SECOND)
    with pytest.raises(RuleViolation, match="受験 一さんは合格に加えた人ではありません"):
        scoring.remove_passers(office, test_id, [people[0]], "誤り", second=SECOND)
    scoring.remove_passers(office, test_id, [people[2]], "人違い", second=SECOND)
    assert [r.passed for r in scoring.score_test(office, test_id).rows] == [True, True, False, False]
    assert [(d.kind, d.passed) for d in scoring.list_adoptions(office, test_id)] == [
        ("removal", 2),
        ("addition", 3),
        ("rule", 1),
    ]


@pytest.mark.parametrize(
    ("place", "words"), [(0, "受験 一さんは既に合格しています"), (3, "受験 四さんは得点がないため")]
)
def test_who_passed_or_has_no_points_cannot_be_added(
    office: Office, people: list[int], test_id: int, place: int, words: str
) -> None:
    adopt(office, test_id)
    with pytest.raises(RuleViolation, match=words):
        scoring.add_passers(office, test_id, [people[place]], "理由", second=SECOND)
    assert len(scoring.list_adoptions(office, test_id)) == 1


def test_an_addition_needs_people_a_reason_and_an_adoption(
    office: Office, people: list[int], test_id: int
) -> None:
    for ids, reason, words in (
        ([], "理由", "選ばれていません"),
        (people[1:2], " ", "理由が空"),
        (people[1:2], "理由", "採用されていません"),
    ):
        with pytest.raises(RuleViolation, match=words):
            scoring.add_passers(office, test_id, ids, reason, second=SECOND)


def test_a_meeting_of_another_cohort_is_refused(office: Office, test_id: int) -> None:
    other = make_meeting(office, make_cohort(office, term=2))
    with pytest.raises(RuleViolation, match="研修期"):
        scoring.adopt_rule(office, test_id, PassRuleForm(60), "理由", meeting_id=other)
    assert scoring.list_adoptions(office, test_id) == ()


def test_an_addition_to_results_frozen_before_standards_were_kept_can_be_taken_back(
    office: Office, people: list[int], test_id: int
) -> None:
    adopted = adopt(office, test_id)
    kept = ("application_id", "outcome", "total", "original_total", "groups", "passed")
    with office.store.sessions() as session:
        old = [{k: r[k] for k in kept} for r in session.get_one(PassRuleAdoption, adopted).results]
    change(office, PassRuleAdoption, adopted, results=old, kind=None)
    scoring.add_passers(office, test_id, [people[1]], "僅差を考慮", second=SECOND)
    scoring.remove_passers(office, test_id, [people[1]], "人違い", second=SECOND)
    assert [r.passed for r in scoring.score_test(office, test_id).rows] == [True, False, False, False]
    assert scoring.get_adoption(office, adopted)[0].full is None
