"""集合研修：五つの出欠は別のもの、遅刻と早退を許す分は研修期の決まり。"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.domain.errors import RuleViolation
from app.services import progress
from app.services.office import Office
from app.services.progress import AttendanceForm, CourseRules
from app.services.views.progress import SESSION_WORDS
from app.workbooks.results import ResultForm, write_results
from database.opening import Store
from database.schema.progress import Attendance
from tests.factories import (
    finish_course,
    insert,
    make_applications,
    make_cohort,
    make_office,
    make_report_dues,
    make_sessions,
    person,
)

OUTCOMES = ("attended", "absent", "invalid", "exempt", "not_held")


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


@pytest.fixture
def cohort(office: Office) -> int:
    return make_cohort(office)


@pytest.fixture
def people(office: Office, cohort: int) -> list[int]:
    ids = make_applications(office, cohort, [person(f"見本 {n}") for n in "一二三四五六"])
    finish_course(office, ids, make_report_dues(office, cohort), [])
    return ids


@pytest.fixture
def session(office: Office, cohort: int, people: list[int]) -> int:
    return make_sessions(office, cohort, (date(2026, 2, 3),))[0]


def shown(office: Office, one: int) -> tuple[str, str, bool | None]:
    view = progress.get_course(office, one).sessions[0]
    return view.outcome, view.words, view.counted


def test_five_outcomes_and_none_are_six_things(office: Office, people: list[int], session: int) -> None:
    forms = {i: AttendanceForm.of(o) for i, o in zip(people, OUTCOMES, strict=False)}
    progress.record_attendance(office, session, forms)
    assert [shown(office, i) for i in people] == [
        ("attended", "出席", True),
        ("absent", "欠席", False),
        ("invalid", "無効", False),
        ("exempt", "免除", True),
        ("not_held", "未実施", None),
        ("", "未確認", None),
    ]
    assert progress.attendances(office, session) == forms
    states = [r.course2 for r in progress.board(office, 1).rows]
    assert states == ["completed", "open", "open", "completed", "open", "open"]


@pytest.mark.parametrize(
    ("tolerance", "late", "early", "words", "counted"),
    [
        (None, 300, 300, "出席", True),
        (15, 10, 5, "出席", True),
        (15, 10, 6, "時間不足", False),
        (0, 0, 0, "出席", True),
        (0, 0, 1, "時間不足", False),
    ],
)
def test_late_and_early_minutes_together_are_held_against_the_rule(
    office: Office,
    cohort: int,
    people: list[int],
    session: int,
    tolerance: int | None,
    late: int,
    early: int,
    words: str,
    counted: bool,
) -> None:
    progress.set_course_rules(office, cohort, CourseRules(attendance_tolerance=tolerance))
    progress.record_attendance(office, session, {people[0]: AttendanceForm.of("attended", late, early)})
    assert shown(office, people[0]) == ("attended", words, counted)
    row = progress.board(office, cohort).rows[0]
    assert (row.course2, row.sessions_attended) == ("completed" if counted else "open", int(counted))


def test_the_gate_says_what_is_missing_in_words(
    office: Office, cohort: int, people: list[int], session: int
) -> None:
    progress.set_course_rules(office, cohort, CourseRules(attendance_tolerance=15))
    outcomes = [AttendanceForm.of("attended", 10, 6), *(AttendanceForm.of(o) for o in OUTCOMES[1:])]
    progress.record_attendance(office, session, dict(zip(people, outcomes, strict=False)))
    said = [progress.get_course(office, i).gates[2].why for i in people]
    title = "出席していないもの：集合研修（1日目）"
    assert said == [
        f"{title}（遅刻・早退16分、許す15分を超える）。",
        f"{title}（欠席）。",
        f"{title}（無効）。",
        "集合研修1回のすべてに出席しています。",
        f"{title}（未実施）。",
        f"{title}（出席は未確認）。",
    ]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (AttendanceForm.of("ill"), "選んでください"),
        (AttendanceForm.of("attended", -1), "負です"),
        (AttendanceForm.of("absent", 5), "出席した人にだけ"),
        (AttendanceForm.of("exempt", 0, 5), "出席した人にだけ"),
        (AttendanceForm.of("", 5), "出席した人にだけ"),
    ],
)
def test_what_cannot_be_is_refused_for_all(
    office: Office, people: list[int], session: int, form: AttendanceForm, words: str
) -> None:
    forms = {people[0]: AttendanceForm.of("attended"), people[1]: form}
    with pytest.raises(RuleViolation, match=words):
        progress.record_attendance(office, session, forms)
    assert progress.attendances(office, session) == {}


def test_a_session_not_yet_held_takes_no_roll(office: Office, cohort: int, people: list[int]) -> None:
    (later,) = make_sessions(office, cohort, (date(2026, 2, 21),))
    with pytest.raises(RuleViolation, match="まだ出欠を記録できません"):
        progress.record_attendance(office, later, {people[0]: AttendanceForm.of("attended")})


def test_a_record_from_before_the_five_kinds_reads_as_it_was(
    office: Office, people: list[int], session: int
) -> None:
    insert(
        office,
        [
            Attendance(application_id=i, training_session_id=session, attended=a)
            for i, a in zip(people, (True, False, None), strict=False)
        ],
    )
    assert [shown(office, i)[1] for i in people[:3]] == ["出席", "欠席", "未確認"]


def test_the_five_kinds_come_in_by_workbook_and_stay_apart(
    office: Office, cohort: int, people: list[int], session: int, tmp_path: Path
) -> None:
    base = ResultForm(0, 0, "", "session", "", None, date(2026, 2, 3), position=1)
    forms = [
        replace(base, row=n + 1, reception_number=n, outcome=o, minutes_late=7 if o == "attended" else 0)
        for n, o in enumerate(OUTCOMES, 1)
    ]
    path = tmp_path / "成績.xlsx"
    write_results(path, forms)
    seen = progress.preview_results(office, cohort, path)
    assert [r.state for r in seen.rows] == ["new"] * 5
    progress.import_results(office, cohort, path)
    assert [progress.attendances(office, session)[i].kind for i in people[:5]] == list(OUTCOMES)
    assert progress.attendances(office, session)[people[0]].minutes_late == 7
    assert [shown(office, i)[1] for i in people[:5]] == list(SESSION_WORDS.values())
    assert progress.import_results(office, cohort, path).batch_id is None
