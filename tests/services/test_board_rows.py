"""盤の速い読み方は、一人ずつの読み方と同じ行を導く。"""

import random
from datetime import date, timedelta

from app.services import progress, scoring
from app.services.office import Office
from app.services.progress import AttemptForm, CourseRules
from app.services.progress.course import board_rows
from database.opening import Store
from database.queries.progress import load_course
from database.schema.base import Base
from database.schema.intake import Cohort
from database.schema.progress import VOIDED, Attempt, Attendance, ReportSubmission
from database.schema.scoring import AnswerSheet
from tests.factories import (
    GROUPS,
    TODAY,
    insert,
    make_applications,
    make_cohort,
    make_office,
    make_report_dues,
    make_sessions,
    person,
)

OUTCOMES = ("points", "points", "points", "absent", "invalid", "exempt", "not_held")
ROLLS = {"attended": True, "absent": False, "invalid": False, "exempt": True, "not_held": None}


def attempts_of(chance: random.Random, one: int) -> list[Base]:
    found: list[Base] = []
    good = chance.random() < 0.7
    for group in (*GROUPS, ""):
        for number in range(1, 1 + chance.choice((1, 1, 1, 2, 3) if good else (0, 1, 2))):
            outcome = "points" if good and number == 1 else chance.choice(OUTCOMES)
            voided = number == 3 and chance.random() < 0.5
            found.append(
                Attempt(
                    application_id=one,
                    test="quiz" if group else "comprehensive",
                    subject_group=group,
                    number=number + VOIDED * voided,
                    outcome=outcome,
                    points=(80 if good else chance.choice((0, 40, 60, 100))) if outcome == "points" else None,
                    taken_on=chance.choice((None, *(date(2025, 9, d) for d in range(1, 5)))),
                    voided_on=TODAY if voided else None,
                    void_reason="誤り" if voided else None,
                )
            )
    return found


def facts_of(chance: random.Random, one: int, dues: list[int], sessions: list[int]) -> list[Base]:
    found = attempts_of(chance, one)
    for due in dues:
        if chance.random() < 0.95:
            day = chance.choice((None, *(date(2025, 10, 25) + timedelta(n) for n in range(0, 90, 9))))
            later = chance.choice((None, date(2026, 3, 1)))
            found.append(
                ReportSubmission(
                    application_id=one,
                    report_due_id=due,
                    submitted_on=date(2025, 10, 1) if chance.random() < 0.8 else day,
                    extended_to=later,
                    extension_reason="災害" if later else "",
                )
            )
    for session in sessions:
        if chance.random() < 0.85:
            kind = chance.choice((*ROLLS, "attended", "attended"))
            late = chance.choice((0, 0, 10, 20)) if kind == "attended" else 0
            old = chance.random() < 0.3 and kind in ("attended", "absent")
            found.append(
                Attendance(
                    application_id=one,
                    training_session_id=session,
                    attended=ROLLS[kind],
                    minutes_late=late,
                    minutes_left_early=late // 2,
                    outcome=None if old else kind,
                )
            )
    return found


def slow(office: Office, cohort: int) -> object:
    with office.read("progress.board") as session:
        return board_rows(load_course(session, cohort), session.get_one(Cohort, cohort), office.today())


def test_both_ways_derive_the_same_rows_whatever_the_facts(store: Store) -> None:
    office = make_office(store)
    cohort = make_cohort(office, max_attempts=3)
    ids = make_applications(office, cohort, [person(f"見本 {n}") for n in range(160)])
    dues, sessions = make_report_dues(office, cohort), make_sessions(office, cohort)
    chance = random.Random(7)
    test = scoring.create_test(office, cohort, "修了認定テスト", date(2026, 2, 10))
    sheets: list[Base] = [
        AnswerSheet(
            certification_test_id=test,
            application_id=one,
            outcome=chance.choice(("points", "absent")),
            answers={},
        )
        for one in ids[::3]
    ]
    insert(office, [*sheets, *(row for one in ids for row in facts_of(chance, one, dues, sessions))])
    progress.confirm_withdrawal(office, progress.board(office, cohort).waiting[0].application_id)
    seen = set()
    for rules in (CourseRules(), CourseRules(70, 60, 3, "last", 15), CourseRules(60, 60, 3, "best", 0)):
        progress.set_course_rules(office, cohort, rules)
        rows = progress.board(office, cohort).rows
        assert rows == slow(office, cohort)
        seen |= {row.stage for row in rows}
    assert seen == {"course1", "practice", "withdrawal_due", "course2", "test", "taken", "withdrawn"}


def test_what_was_just_written_is_on_the_board(store: Store) -> None:
    office = make_office(store)
    cohort = make_cohort(office)
    (one,) = make_applications(office, cohort, [person("甲 一")])
    assert progress.board(office, cohort).rows[0].tests == {}
    progress.record_attempt(office, one, AttemptForm("E", "points", 0))
    assert progress.board(office, cohort).rows == slow(office, cohort)
