"""研修の状態を事実から導く。進捗・採点・審査会議・提出が同じ計算を使う。"""

from collections.abc import Mapping
from datetime import date

from app.domain.progress import SUBJECT_GROUPS, CourseFacts, Gates, PassMarks, Report, gates, missed_sentence
from app.services.views.progress import GATE_WORDS, TEST_WORDS, BoardRow, TestCell
from database.queries.progress import AttemptFact, CohortCourse, Participant
from database.schema.intake import Cohort

# 総合確認テストは科目群を持たないので、鍵は空の文字
TEST_GROUPS = (*SUBJECT_GROUPS, "")


def pass_marks(cohort: Cohort) -> PassMarks:
    """研修期の合格点。"""
    return PassMarks(cohort.quiz_pass_mark, cohort.comprehensive_pass_mark)


def _points(attempts: list[AttemptFact], group: str, mark: int) -> list[float]:
    # 免除は合格点を得たものとみなす。欠席・無効・未実施は得点ではない
    found: list[float] = []
    for a in attempts:
        if a.subject_group == group and a.points is not None:
            found.append(a.points)
        elif a.subject_group == group and a.outcome == "exempt":
            found.append(mark)
    return found


def reports_of(course: CohortCourse, application_id: int) -> list[Report]:
    """一人の提出物（期限の順）。"""
    handed = course.submissions.get(application_id, {})
    found = []
    for due in course.dues:
        s = handed.get(due.id)
        found.append(Report(due.due_on, s.extended_to, s.submitted_on) if s else Report(due.due_on))
    return found


def _facts(course: CohortCourse, application_id: int, marks: PassMarks) -> CourseFacts:
    attempts = course.attempts.get(application_id, [])
    present = course.attendances.get(application_id, {})
    return CourseFacts(
        quizzes={g: _points(attempts, g, int(marks.quiz)) for g in SUBJECT_GROUPS},
        comprehensive=_points(attempts, "", int(marks.comprehensive)),
        reports=reports_of(course, application_id),
        sessions=[present[s.id].attended if s.id in present else None for s in course.sessions],
        certification_taken=course.test_outcomes.get(application_id) == "points",
    )


def load_progress(course: CohortCourse, cohort: Cohort, today: date) -> dict[int, Gates]:
    """受講が決定した人の、今日の関門の状態（申込の id から）。"""
    marks = pass_marks(cohort)
    return {
        p.application_id: gates(_facts(course, p.application_id, marks), marks, today)
        for p in course.participants
    }


def _cell(attempts: list[AttemptFact], group: str, mark: int) -> TestCell | None:
    mine = [a for a in attempts if a.subject_group == group]
    if not mine:
        return None
    best = max(_points(mine, group, mark), default=None)
    scored = [a for a in mine if a.points is not None]
    shown = max(scored, key=lambda a: a.points or 0) if scored else mine[-1]
    exempt = next((a for a in mine if a.outcome == "exempt"), None)
    if exempt is not None and (shown.points is None or shown.points < mark):
        shown = exempt
    return TestCell(shown.outcome, shown.points, len(mine), best is not None and best >= mark)


def _cells(course: CohortCourse, application_id: int, cohort: Cohort) -> dict[str, TestCell]:
    attempts = course.attempts.get(application_id, [])
    marks = {g: cohort.quiz_pass_mark if g else cohort.comprehensive_pass_mark for g in TEST_GROUPS}
    found = {g: _cell(attempts, g, mark) for g, mark in marks.items()}
    return {g: cell for g, cell in found.items() if cell is not None}


def _board_row(course: CohortCourse, cohort: Cohort, who: Participant, state: Gates) -> BoardRow:
    reports = reports_of(course, who.application_id)
    present = course.attendances.get(who.application_id, {})
    return BoardRow(
        application_id=who.application_id,
        reception_number=who.reception_number,
        name=who.name,
        reading=who.reading,
        course1=state.course1,
        practice=state.practice,
        course2=state.course2,
        certification_test=state.certification_test,
        tests=_cells(course, who.application_id, cohort),
        reports_submitted=sum(r.submitted_on is not None for r in reports),
        reports_total=len(reports),
        next_due=min((r.limit for r in reports if r.submitted_on is None), default=None),
        sessions_attended=sum(a.attended is True for a in present.values()),
        sessions_total=len(course.sessions),
        withdrawn=who.withdrawn_on is not None,
    )


def board_rows(course: CohortCourse, cohort: Cohort, today: date) -> tuple[BoardRow, ...]:
    """進捗の盤の行（受付番号の順）。"""
    states = load_progress(course, cohort, today)
    return tuple(_board_row(course, cohort, p, states[p.application_id]) for p in course.participants)


def missed(course: CohortCourse, application_id: int, today: date) -> tuple[tuple[str, Report], ...]:
    """期限までに提出されなかった提出物の名と期限。"""
    reports = zip(course.dues, reports_of(course, application_id), strict=True)
    return tuple((due.title, report) for due, report in reports if report.missed(today))


def sentences(course: CohortCourse, cohort: Cohort, application_id: int, today: date) -> tuple[str, ...]:
    """一人の状態を、事務局が読み上げられる文にする。"""
    state = load_progress(course, cohort, today)[application_id]
    cells: Mapping[str, TestCell] = _cells(course, application_id, cohort)
    open_tests = [
        (f"{TEST_WORDS['quiz']}{g}" if g else TEST_WORDS["comprehensive"])
        for g in TEST_GROUPS
        if g not in cells or not cells[g].passed
    ]
    found = [f"養成課程①は{GATE_WORDS[state.course1]}です。"]
    if open_tests:
        found.append(f"合格していないテスト：{'、'.join(open_tests)}（第5条）。")
    if state.practice != "shut":
        found += [missed_sentence(title, report) for title, report in missed(course, application_id, today)]
        found.append(f"実践は{GATE_WORDS[state.practice]}です。")
    if state.course2 != "shut":
        found.append(f"養成課程②は{GATE_WORDS[state.course2]}です。")
    if state.certification_test == "open":
        found.append("修了認定テストを受けられます。")
    return tuple(found)
