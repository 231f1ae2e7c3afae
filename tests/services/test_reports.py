"""提出：期限、理由を付けた延長、期限の翌日、辞退扱いの確認と取消し。"""

from datetime import date, timedelta

import pytest

from app.domain.access import Role
from app.domain.errors import AccessDenied, RuleViolation
from app.services import home, intake, progress
from app.services.office import Office
from app.services.progress import AttendanceForm
from app.services.views.progress import BoardRow
from database.opening import Store
from database.schema.intake import Application
from tests.factories import (
    as_role,
    make_application,
    make_applications,
    make_cohort,
    make_office,
    make_report_dues,
    pass_course1,
    person,
)

FIRST = date(2025, 10, 31)


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


@pytest.fixture
def cohort(office: Office) -> int:
    return make_cohort(office)


@pytest.fixture
def dues(office: Office, cohort: int) -> list[int]:
    return make_report_dues(office, cohort)


@pytest.fixture
def one(office: Office, cohort: int, dues: list[int]) -> int:
    found = make_application(office, cohort)
    pass_course1(office, [found])
    return found


def on(office: Office, day: date, role: Role = Role.CLERK) -> Office:
    return as_role(office, role, day)


def row(office: Office, cohort: int) -> BoardRow:
    return progress.board(office, cohort).rows[0]


def is_withdrawn(office: Office, application_id: int) -> bool:
    with office.store.sessions() as session:
        return session.get_one(Application, application_id).withdrawn_on is not None


def test_the_day_passes_at_midnight_and_nobody_is_withdrawn_by_it(
    office: Office, cohort: int, one: int
) -> None:
    states = []
    for day in (FIRST - timedelta(1), FIRST, FIRST + timedelta(1), FIRST + timedelta(400)):
        then = on(office, day)
        states.append((row(then, cohort).practice, len(progress.board(then, cohort).waiting)))
        home.tasks(then, cohort)
        progress.get_course(then, one)
    assert states == [("open", 0), ("open", 0), ("withdrawal_due", 1), ("withdrawal_due", 1)]
    assert not is_withdrawn(office, one)


def test_the_finding_says_which_document_and_when(office: Office, one: int) -> None:
    view = progress.get_course(on(office, FIRST + timedelta(1)), one)
    assert view.sentences[1] == (
        "取組状況報告（1回目）が期限（令和7年10月31日）までに提出されていません。"
        "辞退として取り扱うことになります（5(2)イ(エ)）。"
    )
    assert [r.missed for r in view.reports] == [True, False, False]


def test_a_report_of_the_last_day_is_in_time_and_of_the_next_is_not(
    office: Office, cohort: int, one: int, dues: list[int]
) -> None:
    then = on(office, FIRST + timedelta(1))
    progress.record_report(then, one, dues[0], FIRST)
    assert row(then, cohort).practice == "open"
    progress.record_report(then, one, dues[0], FIRST + timedelta(1))
    assert (row(then, cohort).practice, row(then, cohort).reports_submitted) == ("withdrawal_due", 1)
    progress.record_report(then, one, dues[0], None)
    assert progress.get_course(then, one).reports[0].submitted_on is None
    with pytest.raises(RuleViolation, match="今日より後"):
        progress.record_report(then, one, dues[0], FIRST + timedelta(2))


def test_nothing_is_taken_before_the_gate_of_practice_opens(office: Office, cohort: int) -> None:
    dues = make_report_dues(office, cohort)
    shut = make_application(office, cohort)
    with pytest.raises(RuleViolation, match="養成課程①を終えていない"):
        progress.record_report(office, shut, dues[0], FIRST)


@pytest.mark.parametrize("before", [True, False])
def test_a_date_is_extended_with_a_reason_before_or_after_it_has_passed(
    office: Office, cohort: int, one: int, dues: list[int], before: bool
) -> None:
    then = on(office, FIRST - timedelta(3) if before else FIRST + timedelta(3))
    progress.extend_report(then, one, dues[0], FIRST + timedelta(10), "入院のため")
    for after, state in ((10, "open"), (11, "withdrawal_due")):
        assert row(on(office, FIRST + timedelta(after)), cohort).practice == state
    report = progress.get_course(then, one).reports[0]
    assert (report.due_on, report.extended_to, report.extension_reason) == (
        FIRST,
        FIRST + timedelta(10),
        "入院のため",
    )


def test_an_extension_must_be_later_and_say_why(office: Office, one: int, dues: list[int]) -> None:
    with pytest.raises(RuleViolation, match="より後の日"):
        progress.extend_report(office, one, dues[0], FIRST, "災害")
    with pytest.raises(RuleViolation, match="理由が空"):
        progress.extend_report(office, one, dues[0], FIRST + timedelta(1), " ")
    assert progress.get_course(office, one).reports[0].extended_to is None


def test_a_confirmed_withdrawal_is_taken_back_with_a_reason_and_waits_again(
    office: Office, cohort: int, one: int
) -> None:
    then = on(office, FIRST + timedelta(1))
    progress.confirm_withdrawal(then, one, "電話でも確かめた")
    assert progress.get_course(then, one).withdrawal_reason.endswith("令和7年10月31日）。電話でも確かめた")
    with pytest.raises(RuleViolation, match="理由が空"):
        progress.take_back_withdrawal(then, one, "")
    progress.take_back_withdrawal(then, one, "郵便の遅れ")
    assert (is_withdrawn(office, one), row(then, cohort).withdrawal_due) == (False, True)
    with pytest.raises(RuleViolation, match="辞退となっていません"):
        progress.take_back_withdrawal(then, one, "郵便の遅れ")


def test_extending_after_the_confirmation_takes_it_back_only_when_asked_to(
    office: Office, cohort: int, one: int, dues: list[int]
) -> None:
    then = on(office, FIRST + timedelta(1))
    progress.confirm_withdrawal(then, one)
    later = FIRST + timedelta(9)
    with pytest.raises(RuleViolation, match="辞退となっています"):
        progress.extend_report(then, one, dues[0], later, "災害")
    progress.extend_report(then, one, dues[0], later, "災害", take_back=True)
    found = row(then, cohort)
    assert (found.withdrawn, found.practice, found.next_due) == (False, "open", later)


def test_a_withdrawal_by_the_persons_own_word_is_not_taken_back_here(office: Office, one: int) -> None:
    intake.withdraw(office, one, FIRST, "一身上の都合")
    assert not progress.get_course(office, one).withdrawal_missed
    with pytest.raises(RuleViolation, match="本人の申出"):
        progress.take_back_withdrawal(office, one, "間違い")
    assert is_withdrawn(office, one)


def test_only_the_office_confirms_and_takes_back(office: Office, one: int) -> None:
    then = on(office, FIRST + timedelta(1), Role.AUDITOR)
    with pytest.raises(AccessDenied):
        progress.confirm_withdrawal(then, one)
    progress.confirm_withdrawal(on(office, FIRST + timedelta(1)), one)
    with pytest.raises(AccessDenied):
        progress.take_back_withdrawal(then, one, "間違い")


def reminders(office: Office, cohort: int, day: date) -> list[tuple[date | None, str, str, bool]]:
    found = home.tasks(on(office, day), cohort)
    return [(t.due, t.text, t.who, t.overdue) for t in found if t.room == "progress"]


def test_home_reminds_before_the_day_and_asks_for_the_confirmation_after_it(
    office: Office, cohort: int, one: int, dues: list[int]
) -> None:
    (two,) = make_applications(office, cohort, [person("乙 二")])
    pass_course1(office, [two])
    near = "提出の期限が近づいています"
    assert reminders(office, cohort, FIRST - timedelta(15)) == []
    assert reminders(office, cohort, FIRST) == [(FIRST, near, "2名", False)]
    progress.record_report(on(office, FIRST), two, dues[0], FIRST)
    assert reminders(office, cohort, FIRST) == [(FIRST, near, "見本 太郎", False)]
    ask = "提出期限を過ぎました。辞退として取り扱うかを確認してください"
    after = FIRST + timedelta(1)
    assert reminders(office, cohort, after) == [(FIRST, ask, "見本 太郎", True)]
    progress.record_report(on(office, after), one, dues[0], after)
    assert reminders(office, cohort, after) == [(FIRST, ask, "見本 太郎", True)]
    progress.confirm_withdrawal(on(office, after), one)
    assert reminders(office, cohort, after) == []


def test_home_asks_for_a_roll_that_was_not_written(
    office: Office, cohort: int, one: int, dues: list[int]
) -> None:
    for due in dues:
        progress.record_report(office, one, due, date(2025, 10, 20))
    held = date(2026, 2, 3)
    session = progress.set_session(office, cohort, 1, "集合研修", held)
    assert reminders(office, cohort, held) == []
    words = "集合研修の出欠がまだ記録されていません"
    assert reminders(office, cohort, held + timedelta(1)) == [(held, words, "1名", True)]
    progress.record_attendance(office, session, {one: AttendanceForm.of("not_held")})
    assert reminders(office, cohort, held + timedelta(1)) == []
