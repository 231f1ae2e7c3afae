"""進捗の部屋。"""

from datetime import date

import pytest

from app.domain.access import Role
from app.domain.errors import RuleViolation
from app.services import progress
from app.services.office import Office
from app.services.progress import AttemptForm, AttendanceForm
from app.services.views.progress import BoardRow
from database.opening import Store
from database.schema.intake import Application
from tests.factories import (
    GROUPS,
    as_role,
    finish_course,
    make_application,
    make_applications,
    make_cohort,
    make_office,
    make_report_dues,
    make_sessions,
    pass_course1,
    person,
)


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


@pytest.fixture
def cohort(office: Office) -> int:
    return make_cohort(office, max_attempts=2)


def row(office: Office, cohort: int, application_id: int) -> BoardRow:
    return next(r for r in progress.board(office, cohort).rows if r.application_id == application_id)


def states(r: BoardRow) -> tuple[str, str, str, str]:
    return r.course1, r.practice, r.course2, r.certification_test


def test_only_people_whose_course_was_decided_stand_on_the_board(office: Office, cohort: int) -> None:
    kept = make_application(office, cohort, "田中 一郎")
    make_application(office, cohort, "鈴木 次郎", eligible=False)
    board = progress.board(office, cohort)
    assert [(r.application_id, r.name, r.reception) for r in board.rows] == [(kept, "田中 一郎", "0001")]


def test_gates_open_one_after_the_other_as_facts_are_recorded(office: Office, cohort: int) -> None:
    one = make_application(office, cohort)
    dues, sessions = make_report_dues(office, cohort), make_sessions(office, cohort)
    early = as_role(office, Role.CLERK, date(2025, 10, 1))
    assert states(row(early, cohort, one)) == ("not_yet", "shut", "shut", "shut")
    for group in (*GROUPS, ""):
        progress.record_attempt(early, one, AttemptForm(group, points=60, taken_on=date(2025, 9, 1)))
    assert states(row(early, cohort, one)) == ("passed", "open", "shut", "shut")
    for due in dues:
        progress.record_report(office, one, due, date(2025, 10, 30))
    assert states(row(office, cohort, one)) == ("passed", "completed", "open", "shut")
    for session in sessions:
        progress.record_attendance(office, session, {one: AttendanceForm(True, minutes_late=5)})
    assert states(row(office, cohort, one)) == ("passed", "completed", "completed", "open")
    view = progress.get_course(office, one)
    assert [(s.attended, s.minutes_late) for s in view.sessions] == [(True, 5), (True, 5)]
    assert [a.points for a in view.attempts] == [60] * 6


def test_best_attempt_counts_and_every_attempt_is_kept_up_to_the_limit(office: Office, cohort: int) -> None:
    one = make_application(office, cohort)
    progress.record_attempt(office, one, AttemptForm("A", "absent"))
    progress.record_attempt(office, one, AttemptForm("A", points=70))
    cell = row(office, cohort, one).tests["A"]
    assert (cell.words, cell.attempts, cell.passed) == ("70", 2, True)
    with pytest.raises(RuleViolation, match="上限2回"):
        progress.record_attempt(office, one, AttemptForm("A", points=80))


def test_zero_points_absent_and_not_held_are_not_the_same(office: Office, cohort: int) -> None:
    one = make_application(office, cohort)
    progress.record_attempt(office, one, AttemptForm("A", points=0))
    progress.record_attempt(office, one, AttemptForm("B", "absent"))
    progress.record_attempt(office, one, AttemptForm("C", "not_held"))
    progress.record_attempt(office, one, AttemptForm("D", "exempt"))
    cells = row(office, cohort, one).tests
    assert {g: (c.words, c.passed) for g, c in cells.items()} == {
        "A": ("0", False),
        "B": ("欠席", False),
        "C": ("未実施", False),
        "D": ("免除", True),
    }
    with pytest.raises(RuleViolation, match="0点と欠席は別"):
        progress.record_attempt(office, one, AttemptForm("E", "absent", points=0))


def test_a_missed_report_is_a_finding_until_the_secretary_confirms_it(office: Office, cohort: int) -> None:
    one = make_application(office, cohort)
    dues = make_report_dues(office, cohort)
    pass_course1(office, [one])
    progress.record_report(office, one, dues[0], date(2025, 10, 31))
    assert row(as_role(office, Role.CLERK, date(2025, 12, 10)), cohort, one).practice == "open"
    late = as_role(office, Role.CLERK, date(2025, 12, 11))
    assert states(row(late, cohort, one)) == ("passed", "withdrawal_due", "shut", "shut")
    assert [r.application_id for r in progress.board(late, cohort).waiting] == [one]
    with office.store.sessions() as session:
        assert session.get_one(Application, one).withdrawn_on is None
    progress.confirm_withdrawal(late, one)
    board = progress.board(late, cohort)
    assert (board.waiting, board.rows[0].withdrawn) == ((), True)
    course = progress.get_course(late, one)
    assert course.withdrawn_on == date(2025, 12, 11)
    assert course.withdrawal_reason == (
        "期限までに提出がないため辞退として取り扱う：取組状況報告（2回目）（期限 令和7年12月10日）"
    )
    with pytest.raises(RuleViolation, match="辞退となっています"):
        progress.record_report(late, one, dues[1], date(2025, 12, 11))


def test_an_extension_with_a_reason_takes_the_finding_back_even_afterwards(
    office: Office, cohort: int
) -> None:
    one = make_application(office, cohort)
    dues = make_report_dues(office, cohort)
    pass_course1(office, [one])
    late = as_role(office, Role.CLERK, date(2025, 11, 5))
    assert row(late, cohort, one).practice == "withdrawal_due"
    with pytest.raises(RuleViolation, match="理由が空"):
        progress.extend_report(late, one, dues[0], date(2025, 11, 20), "")
    progress.extend_report(late, one, dues[0], date(2025, 11, 20), "災害による")
    assert row(late, cohort, one).practice == "open"
    assert row(late, cohort, one).next_due == date(2025, 11, 20)
    with pytest.raises(RuleViolation, match="事実"):
        progress.confirm_withdrawal(late, one)


def test_attendance_is_refused_for_a_person_whose_gate_is_shut(office: Office, cohort: int) -> None:
    one, two = make_applications(office, cohort, [person("甲 一"), person("乙 二")])
    dues, sessions = make_report_dues(office, cohort), make_sessions(office, cohort)
    finish_course(office, [one], dues, sessions[:1])
    with pytest.raises(RuleViolation, match="0002"):
        progress.record_attendance(
            office, sessions[1], {one: AttendanceForm(True), two: AttendanceForm(True)}
        )
    assert row(office, cohort, one).sessions_attended == 1


def test_the_final_report_is_the_last_one(office: Office, cohort: int) -> None:
    progress.set_report_due(office, cohort, 1, "取組状況報告", date(2025, 11, 1))
    progress.set_report_due(office, cohort, 2, "課題レポート", date(2026, 1, 15), final=True)
    with pytest.raises(RuleViolation, match="課題レポートより後"):
        progress.set_report_due(office, cohort, 3, "取組状況報告", date(2026, 2, 1))
    moved = progress.set_report_due(office, cohort, 2, "課題レポート", date(2026, 1, 20), final=True)
    one = make_application(office, cohort)
    reports = progress.get_course(office, one).reports
    assert [(r.title, r.due_on, r.final) for r in reports] == [
        ("取組状況報告", date(2025, 11, 1), False),
        ("課題レポート", date(2026, 1, 20), True),
    ]
    assert reports[1].report_due_id == moved
