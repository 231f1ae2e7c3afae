"""研修の状態を事実から導く。進捗・採点・審査会議・提出が同じ計算を使う。言葉にするのは course_words。"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.domain.progress import (
    BEST,
    LAST,
    SUBJECT_GROUPS,
    CourseFacts,
    Gates,
    PassMarks,
    Report,
    Try,
    attended,
    counted_points,
    gates,
    standing,
)
from app.services.views.progress import AttemptView, BoardRow, CourseRules, TestCell
from database.queries.progress import (
    AttemptFact,
    AttendanceFact,
    CohortCourse,
    DueFact,
    Participant,
    SessionFact,
    SubmissionFact,
)
from database.schema.intake import Cohort
from database.schema.progress import VOIDED

# 総合確認テストは科目群を持たないので、鍵は空の文字
TEST_GROUPS = (*SUBJECT_GROUPS, "")


def rules_of(cohort: Cohort) -> CourseRules:
    """研修期の、いまの決まり。"""
    return CourseRules(
        cohort.quiz_pass_mark,
        cohort.comprehensive_pass_mark,
        cohort.max_attempts,
        cohort.attempt_rule or BEST,
        cohort.attendance_tolerance,
    )


def _rules(cohort: Cohort | CourseRules) -> CourseRules:
    return cohort if isinstance(cohort, CourseRules) else rules_of(cohort)


def pass_marks(cohort: Cohort | CourseRules) -> PassMarks:
    """研修期の合格点。"""
    return PassMarks(cohort.quiz_pass_mark, cohort.comprehensive_pass_mark)


def _mark(rules: CourseRules, group: str) -> int:
    return rules.quiz_pass_mark if group else rules.comprehensive_pass_mark


def _by_group(attempts: Iterable[AttemptFact]) -> dict[str, list[AttemptFact]]:
    found: dict[str, list[AttemptFact]] = {}
    for one in attempts:
        found.setdefault(one.subject_group, []).append(one)
    return found


def _points(attempts: Sequence[AttemptFact], mark: int) -> list[float]:
    if len(attempts) == 1 and attempts[0].points is not None:  # ほとんどの人は一回
        return [attempts[0].points]
    return counted_points([Try(a.outcome, a.points, a.taken_on, a.number) for a in attempts], mark)


def present_at(fact: AttendanceFact | None, rules: CourseRules) -> bool | None:
    """集合研修の一回に出席したとするか（研修期の決まりで）。記録がなければ None。"""
    if fact is None:
        return None
    tolerance = None if fact.outcome == "exempt" else rules.attendance_tolerance
    return attended(fact.attended, fact.minutes_late, fact.minutes_left_early, tolerance)


def reports_of(course: CohortCourse, application_id: int) -> list[Report]:
    """一人の提出物（期限の順）。"""
    return handed_reports(course.dues, course.submissions.get(application_id, {}))


def handed_reports(dues: Sequence[DueFact], handed: Mapping[int, SubmissionFact]) -> list[Report]:
    """提出物（期限の順）と、その提出・延長。"""
    found = []
    for due in dues:
        s = handed.get(due.id)
        found.append(Report(due.due_on, s.extended_to, s.submitted_on) if s else Report(due.due_on))
    return found


def _facts(course: CohortCourse, application_id: int, rules: CourseRules) -> CourseFacts:
    attempts = _by_group(course.attempts.get(application_id, ()))
    present = course.attendances.get(application_id, {})
    points = {g: _points(mine, _mark(rules, g)) for g, mine in attempts.items()}
    return CourseFacts(
        quizzes=points,
        comprehensive=points.get("", ()),
        reports=reports_of(course, application_id),
        sessions=[present_at(present.get(s.id), rules) for s in course.sessions],
        certification_taken=course.test_outcomes.get(application_id) == "points",
        attempt_rule=rules.attempt_rule,
    )


def course_facts(attempts: Iterable[AttemptFact], rules: CourseRules) -> CourseFacts:
    """養成課程①のテストだけの事実。"""
    points = {g: _points(mine, _mark(rules, g)) for g, mine in _by_group(attempts).items()}
    return CourseFacts(points, points.get("", ()), (), (), attempt_rule=rules.attempt_rule)


def load_progress(course: CohortCourse, cohort: Cohort | CourseRules, today: date) -> dict[int, Gates]:
    """受講が決定した人の、今日の関門の状態（申込の id から）。"""
    rules, marks = _rules(cohort), pass_marks(cohort)
    return {
        p.application_id: gates(_facts(course, p.application_id, rules), marks, today)
        for p in course.participants
    }


def _cell(mine: Sequence[AttemptFact], points: Sequence[float], mark: int, rule: str) -> TestCell:
    judged = standing(points, rule)
    exempt = next((a for a in mine if a.outcome == "exempt"), None)
    scored = [a for a in mine if a.points == judged and judged is not None]
    shown = scored[-1] if scored else mine[-1]
    if exempt is not None and (shown.points is None or shown.points < mark or rule == LAST):
        shown = exempt
    return TestCell(shown.outcome, shown.points, len(mine), judged is not None and judged >= mark)


def attempt_views(
    course: CohortCourse, cohort: Cohort | CourseRules, application_id: int
) -> tuple[AttemptView, ...]:
    """一人のすべての受験（取り消したものも、理由とともに）と、それぞれが合格点に達したか。"""
    rules = _rules(cohort)

    def passed(a: AttemptFact) -> bool | None:
        if a.voided_on is not None:
            return None
        mark = _mark(rules, a.subject_group)
        points = _points([a], mark)
        return points[0] >= mark if points else None

    kept = [*course.attempts.get(application_id, ()), *course.voided.get(application_id, ())]
    kept.sort(key=lambda a: (TEST_GROUPS.index(a.subject_group), a.number % VOIDED, a.number))
    return tuple(
        AttemptView(
            a.id,
            a.test,
            a.subject_group,
            a.number % VOIDED,
            a.outcome,
            a.points,
            a.taken_on,
            passed(a),
            a.voided_on,
            a.void_reason or "",
        )
        for a in kept
    )


def test_cell(mine: Sequence[AttemptFact], rules: CourseRules) -> TestCell:
    """一つのテストの受験（一回以上、順は問わない）から、表に出す結果。"""
    mark = _mark(rules, mine[0].subject_group)
    kept = sorted(mine, key=lambda a: a.number)
    return _cell(kept, _points(kept, mark), mark, rules.attempt_rule)


@dataclass(frozen=True)
class Handed:
    """一人の提出物と、そこから言えること。"""

    reports: tuple[Report, ...]
    submitted: int
    next_due: date | None
    missed_due: date | None


def handed(dues: Sequence[DueFact], facts: Mapping[int, SubmissionFact], today: date) -> Handed:
    """一人の提出物をまとめる。"""
    reports = handed_reports(dues, facts)
    return Handed(
        tuple(reports),
        sum(r.submitted_on is not None for r in reports),
        min((r.limit for r in reports if r.submitted_on is None), default=None),
        min((r.limit for r in reports if r.missed(today)), default=None),
    )


@dataclass(frozen=True)
class Roll:
    """一人の集合研修の出席（回の順、研修期の決まりで）と、出欠の記録のない回（0 から）。"""

    sessions: tuple[bool | None, ...]
    unrecorded: tuple[int, ...]


def roll(sessions: Sequence[SessionFact], present: Mapping[int, AttendanceFact], rules: CourseRules) -> Roll:
    """一人の出欠をまとめる。"""
    facts = [present.get(s.id) for s in sessions]
    return Roll(
        tuple(present_at(a, rules) for a in facts),
        tuple(n for n, a in enumerate(facts) if a is None or (a.attended is None and not a.outcome)),
    )


def passed_tests(cells: Mapping[str, TestCell]) -> tuple[bool, bool]:
    """五つの小テストのすべてに合格したか、総合確認テストまで合格したか。"""
    passed = [group for group, cell in cells.items() if cell.passed]
    quizzes = len(passed) - ("" in passed) == len(SUBJECT_GROUPS)
    return quizzes, quizzes and "" in passed


def board_row(
    who: Participant,
    cells: Mapping[str, TestCell],
    papers: Handed,
    present: Roll,
    state: Gates,
    today: date,
) -> BoardRow:
    """進捗の盤の一行。"""
    return BoardRow(
        application_id=who.application_id,
        reception_number=who.reception_number,
        name=who.name,
        reading=who.reading,
        course1=state.course1,
        practice=state.practice,
        course2=state.course2,
        certification_test=state.certification_test,
        tests=cells,
        reports_submitted=papers.submitted,
        reports_total=len(papers.reports),
        next_due=papers.next_due,
        sessions_attended=present.sessions.count(True),
        sessions_total=len(present.sessions),
        withdrawn=who.withdrawn_on is not None,
        missed_due=papers.missed_due,
        today=today,
        quizzes_passed=passed_tests(cells)[0],
        unrecorded_sessions=present.unrecorded,
    )


def board_rows(course: CohortCourse, cohort: Cohort | CourseRules, today: date) -> tuple[BoardRow, ...]:
    """進捗の盤の行（受付番号の順）。"""
    rules = _rules(cohort)
    state = load_progress(course, cohort, today)
    found = []
    for who in course.participants:
        one = who.application_id
        attempts = _by_group(course.attempts.get(one, ()))
        cells = {g: test_cell(attempts[g], rules) for g in TEST_GROUPS if g in attempts}
        papers = handed(course.dues, course.submissions.get(one, {}), today)
        present = roll(course.sessions, course.attendances.get(one, {}), rules)
        found.append(board_row(who, cells, papers, present, state[one], today))
    return tuple(found)
