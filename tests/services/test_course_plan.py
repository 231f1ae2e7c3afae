"""研修期の決まりと日程：改める前に、だれの関門が変わるかを言う。"""

from dataclasses import replace
from datetime import date

import pytest

from app.domain.access import Role
from app.domain.errors import AccessDenied, RuleViolation
from app.services import progress
from app.services.office import Office
from app.services.progress import AttemptForm, AttendanceForm, CourseRules
from database.opening import Store
from tests.factories import (
    GROUPS,
    as_role,
    make_application,
    make_applications,
    make_cohort,
    make_office,
    make_report_dues,
    make_sessions,
    pass_course1,
    person,
)

RULES = CourseRules()


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


@pytest.fixture
def cohort(office: Office) -> int:
    return make_cohort(office)


def rules(office: Office, cohort: int) -> CourseRules | None:
    return progress.board(office, cohort).rules


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (replace(RULES, quiz_pass_mark=-1), "合格点"),
        (replace(RULES, comprehensive_pass_mark=1001), "合格点"),
        (replace(RULES, max_attempts=0), "受験の回数"),
        (replace(RULES, attempt_rule="first"), "どの回"),
        (replace(RULES, attendance_tolerance=-1), "0分以上"),
    ],
)
def test_rules_that_cannot_be_are_refused(
    office: Office, cohort: int, wrong: CourseRules, words: str
) -> None:
    with pytest.raises(RuleViolation, match=words):
        progress.set_course_rules(office, cohort, wrong)
    assert rules(office, cohort) == RULES


def test_rules_are_kept_and_read_back(office: Office, cohort: int) -> None:
    wanted = CourseRules(70, 65, 2, "last", 15)
    progress.set_course_rules(office, cohort, wanted)
    assert rules(office, cohort) == wanted
    progress.set_course_rules(office, cohort, RULES)
    assert rules(office, cohort) == RULES
    with pytest.raises(AccessDenied):
        progress.set_course_rules(as_role(office, Role.MEMBER), cohort, wanted)


def test_attempts_already_taken_are_not_cut_off(office: Office, cohort: int) -> None:
    one = make_application(office, cohort)
    for day in (1, 2):
        progress.record_attempt(office, one, AttemptForm("A", "points", 50, date(2025, 9, day)))
    with pytest.raises(RuleViolation, match="既に2回目"):
        progress.set_course_rules(office, cohort, replace(RULES, max_attempts=1))
    progress.set_course_rules(office, cohort, replace(RULES, max_attempts=2))


def test_trying_rules_names_who_would_change_and_changes_nothing(office: Office, cohort: int) -> None:
    high, low, gone = make_applications(office, cohort, [person("甲 一"), person("乙 二"), person("丙 三")])
    pass_course1(office, [high], 80)
    pass_course1(office, [low, gone], 60)
    make_report_dues(office, cohort)
    progress.confirm_withdrawal(office, gone)
    found = progress.try_changes(office, cohort, rules=replace(RULES, quiz_pass_mark=70))
    assert [(c.application_id, c.words) for c in found] == [
        (low, "0002 乙 二　養成課程① 合格→未了、実践 辞退扱い（要確認）→未開始")
    ]
    assert progress.try_changes(office, cohort, rules=RULES) == ()
    assert rules(office, cohort) == RULES


def test_trying_the_last_attempt_names_who_fell_back(office: Office, cohort: int) -> None:
    one = make_application(office, cohort, "甲 一")
    pass_course1(office, [one])
    progress.record_attempt(office, one, AttemptForm("C", "points", 30, date(2025, 9, 20)))
    found = progress.try_changes(office, cohort, rules=replace(RULES, attempt_rule="last"))
    assert [c.changes for c in found] == [(("養成課程①", "合格", "未了"), ("実践", "実施中", "未開始"))]


def test_trying_a_tolerance_names_who_would_lose_the_session(office: Office, cohort: int) -> None:
    ids = make_applications(office, cohort, [person("甲 一"), person("乙 二")])
    pass_course1(office, ids)
    due = progress.set_report_due(office, cohort, 1, "課題レポート", date(2026, 1, 15), final=True)
    for one in ids:
        progress.record_report(office, one, due, date(2026, 1, 10))
    (session,) = make_sessions(office, cohort, (date(2026, 2, 3),))
    forms = {ids[0]: AttendanceForm.of("attended", 20), ids[1]: AttendanceForm.of("attended", 10)}
    progress.record_attendance(office, session, forms)
    found = progress.try_changes(office, cohort, rules=replace(RULES, attendance_tolerance=15))
    assert [(c.name, c.changes) for c in found] == [
        ("甲 一", (("養成課程②", "修了", "実施中"), ("修了認定テスト", "実施中", "未開始")))
    ]


def test_trying_a_date_names_who_would_no_longer_be_late(office: Office, cohort: int) -> None:
    one = make_application(office, cohort, "甲 一")
    pass_course1(office, [one])
    due = progress.set_report_due(office, cohort, 1, "取組状況報告", date(2026, 1, 31))
    found = progress.try_changes(office, cohort, dues={due: date(2026, 2, 20)})
    assert [c.changes for c in found] == [(("実践", "辞退扱い（要確認）", "実施中"),)]
    assert progress.get_course(office, one).reports[0].due_on == date(2026, 1, 31)


def test_the_task_is_set_with_the_date_and_stays_when_only_the_date_moves(
    office: Office, cohort: int
) -> None:
    one = make_application(office, cohort)
    day = date(2026, 1, 31)
    progress.set_report_due(office, cohort, 1, "取組状況報告", day, task=" 相談の記録を三つ書く \n")
    progress.set_report_due(office, cohort, 1, "取組状況報告", date(2026, 2, 1))
    assert progress.get_course(office, one).reports[0].task == "相談の記録を三つ書く"
    progress.set_report_due(office, cohort, 1, "取組状況報告", day, task="")
    assert progress.get_course(office, one).reports[0].task == ""


def test_a_plan_needs_a_name_and_a_place(office: Office, cohort: int) -> None:
    day = date(2026, 1, 31)
    for title, place in ((" ", 1), ("集合研修", 0)):
        with pytest.raises(RuleViolation, match="名と順"):
            progress.set_report_due(office, cohort, place, title, day)
        with pytest.raises(RuleViolation, match="名と順"):
            progress.set_session(office, cohort, place, title, day)
    assert progress.board(office, cohort).dues == progress.board(office, cohort).sessions == ()


def test_moving_a_session_keeps_its_roll(office: Office, cohort: int) -> None:
    first = progress.set_session(office, cohort, 1, "集合研修", date(2026, 2, 3))
    assert progress.set_session(office, cohort, 1, "集合研修（初日）", date(2026, 2, 4)) == first
    found = progress.board(office, cohort).sessions
    assert [(s.title, s.day) for s in found] == [("集合研修（初日）", date(2026, 2, 4))]


def test_all_groups_have_one_pass_mark(office: Office, cohort: int) -> None:
    one = make_application(office, cohort)
    progress.set_course_rules(office, cohort, replace(RULES, quiz_pass_mark=50, comprehensive_pass_mark=70))
    for group in (*GROUPS, ""):
        progress.record_attempt(office, one, AttemptForm(group, "points", 60, date(2025, 9, 1)))
    cells = progress.board(office, cohort).rows[0].tests
    assert {g: c.passed for g, c in cells.items()} == dict.fromkeys(GROUPS, True) | {"": False}
