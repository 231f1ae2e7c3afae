"""採点の部屋。"""

from datetime import date

import pytest

from app.domain.access import Role
from app.domain.errors import RuleViolation
from app.services import scoring
from app.services.office import Office
from app.services.scoring import PassRuleForm, QuestionChange, QuestionForm
from app.services.scoring.scores import TestResult, results_of
from database.opening import Store
from database.schema.scoring import AnswerSheet
from tests.factories import (
    as_role,
    finish_course,
    insert,
    make_actor,
    make_applications,
    make_cohort,
    make_office,
    make_report_dues,
    make_sessions,
    person,
)

HELD_ON = date(2026, 2, 10)
FORMS = [
    QuestionForm(1, "A", 40, ("1",)),
    QuestionForm(2, "B", 30, ("2", "3"), "multiple"),
    QuestionForm(3, "B", 30, (), "written"),
]


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


@pytest.fixture
def cohort(office: Office) -> int:
    return make_cohort(office)


@pytest.fixture
def people(office: Office, cohort: int) -> list[int]:
    ids = make_applications(office, cohort, [person(f"受験 {c}") for c in "一二三四"])
    finish_course(office, ids, make_report_dues(office, cohort), make_sessions(office, cohort))
    return ids


@pytest.fixture
def test_id(office: Office, cohort: int, people: list[int]) -> int:
    made = scoring.create_test(office, cohort, "修了認定テスト", HELD_ON)
    scoring.set_questions(office, made, FORMS)
    answers = [
        {"1": ["1"], "2": ["2", "3"], "3": 20},  # 90
        {"1": ["1"], "2": ["2"], "3": 15},  # 55
        {"1": ["2"], "2": ["2", "3"], "3": 30},  # 60、科目群Aが0点
    ]
    sheets = [
        AnswerSheet(certification_test_id=made, application_id=a, answers=s)
        for a, s in zip(people, answers, strict=False)
    ]
    absent = AnswerSheet(certification_test_id=made, application_id=people[3], outcome="absent", answers={})
    insert(office, [*sheets, absent])
    return made


def test_scores_follow_from_answers_and_key(office: Office, test_id: int) -> None:
    view = scoring.score_test(office, test_id)
    assert [(r.reception, r.total, r.groups, r.passed) for r in view.rows] == [
        ("0001", 90, (("A", 40), ("B", 50)), None),
        ("0002", 55, (("A", 40), ("B", 15)), None),
        ("0003", 60, (("A", 0), ("B", 60)), None),
        ("0004", None, (), None),
    ]
    assert (view.n, view.test.full_marks, view.test.sheets) == (3, 100, 4)
    assert [b for b in view.distribution if b[2]] == [(50, 59, 1), (60, 69, 1), (90, 100, 1)]
    assert view.caution == "受験者が3名（10名未満）のため、指数は出しません。"
    assert [(c.label, c.key, c.n) for c in view.items[0].choices] == [("1", True, 2), ("2", False, 1)]


def test_a_pass_rule_is_tried_before_it_is_adopted(office: Office, test_id: int) -> None:
    tried = scoring.preview_rule(office, test_id, PassRuleForm(60))
    assert [(r.total, r.passed) for r in tried.rows] == [(90, True), (55, False), (60, False), (None, False)]
    assert (tried.passed_before, tried.passed_after, tried.pass_mark) == (None, 1, 60)
    lower = scoring.preview_rule(office, test_id, PassRuleForm(60, no_zero=False, correction=-5))
    assert [r.passed for r in lower.rows] == [True, True, True, False]
    assert tried.rows[2].reasons == ("科目群Aは0点（満点40点、基準1点）で、基準に達していません。",)
    assert scoring.list_tests(office, 1)[0].adopted_on is None


def test_adoption_needs_a_locked_test_and_a_reason_and_freezes_the_results(
    office: Office, cohort: int, people: list[int], test_id: int
) -> None:
    with pytest.raises(RuleViolation, match="確定してから"):
        scoring.adopt_rule(office, test_id, PassRuleForm(60), "委員会の決定")
    scoring.lock_test(office, test_id)
    with pytest.raises(RuleViolation, match="理由が空"):
        scoring.adopt_rule(office, test_id, PassRuleForm(60), " ")
    scoring.adopt_rule(office, test_id, PassRuleForm(60), "第1回委員会の決定")
    with office.store.sessions() as session:
        found = results_of(session, cohort)
    title = "修了認定テスト"
    assert found == {
        people[0]: TestResult(title, "points", 90, True),
        people[1]: TestResult(title, "points", 55, False),
        people[2]: TestResult(title, "points", 60, False),
        people[3]: TestResult(title, "absent", None, False),
    }
    assert [r.passed for r in scoring.score_test(office, test_id).rows] == [True, False, False, False]


def test_a_locked_test_changes_no_more(office: Office, test_id: int) -> None:
    scoring.lock_test(office, test_id)
    for change in (
        lambda: scoring.set_questions(office, test_id, FORMS),
        lambda: scoring.lock_test(office, test_id),
    ):
        with pytest.raises(RuleViolation, match="変えられません"):
            change()


def test_a_faulty_question_is_simulated_then_adopted_with_both_scores_kept(
    office: Office, cohort: int, people: list[int], test_id: int
) -> None:
    scoring.lock_test(office, test_id)
    scoring.adopt_rule(office, test_id, PassRuleForm(60), "第1回委員会の決定")
    form = PassRuleForm(60, changes=(QuestionChange(1, "all_correct"),))
    tried = scoring.preview_rule(office, test_id, form)
    assert [
        (c.application_id, c.before_total, c.after_total, c.before_passed, c.after_passed)
        for c in tried.changes
    ] == [(people[2], 60, 100, False, True)]
    assert scoring.list_tests(office, cohort)[0].questions[0].treatment is None
    with pytest.raises(RuleViolation, match="二人目の確認が要ります"):
        scoring.adopt_rule(office, test_id, form, "問1は不適切と決定")
    second = make_actor(Role.MANAGER, "責任 次郎")
    adopted = scoring.adopt_rule(office, test_id, form, "問1は不適切と決定", second=second)
    with office.store.sessions() as session:
        row = session.get_one(scoring.PassRuleAdoption, adopted)
        assert [(r["original_total"], r["total"], r["passed"]) for r in row.results] == [
            (90, 90, True),
            (55, 55, False),
            (60, 100, True),
            (None, None, False),
        ]
    assert scoring.list_tests(office, cohort)[0].questions[0].treatment == "all_correct"


def test_several_right_answers_are_simulated_by_the_key(
    office: Office, people: list[int], test_id: int
) -> None:
    form = PassRuleForm(60, changes=(QuestionChange(1, "several_right", ("1", "2")),))
    changed = scoring.preview_rule(office, test_id, form).changes
    assert [
        (c.application_id, c.before_total, c.after_total) for c in changed if c.after_total != c.before_total
    ] == [(people[2], 60, 100)]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (QuestionForm(1, "F", 10, ("1",)), "科目群「F」"),
        (QuestionForm(1, "A", 0, ("1",)), "1以上"),
        (QuestionForm(1, "A", 10, ()), "正答の肢が空"),
        (QuestionForm(1, "A", 10, ("1",), "written"), "記述"),
        (QuestionForm(1, "A", 10, ("1",), "essay"), "種類"),
    ],
)
def test_a_wrong_question_is_refused_by_its_number(
    office: Office, cohort: int, form: QuestionForm, words: str
) -> None:
    made = scoring.create_test(office, cohort, "テスト", HELD_ON)
    with pytest.raises(RuleViolation, match=f"問1：.*{words}"):
        scoring.set_questions(office, made, [form])


def test_a_pass_mark_outside_the_full_marks_is_refused(office: Office, test_id: int) -> None:
    with pytest.raises(RuleViolation, match="0〜100点の外"):
        scoring.preview_rule(office, test_id, PassRuleForm(101))
    with pytest.raises(RuleViolation, match="科目群A"):
        scoring.preview_rule(office, test_id, PassRuleForm(60, (("A", 41),)))


def test_an_auditor_reads_scores_but_changes_nothing(office: Office, test_id: int) -> None:
    auditor = as_role(office, Role.AUDITOR)
    assert scoring.score_test(auditor, test_id).n == 3
    with pytest.raises(RuleViolation, match="役割"):
        scoring.lock_test(auditor, test_id)
