"""研修の状態を事実から導く。進捗・採点・審査会議・提出が同じ計算を使う。"""

from collections.abc import Mapping
from datetime import date

from app.domain.calendar import wareki
from app.domain.progress import SUBJECT_GROUPS, CourseFacts, Gates, PassMarks, Report, gates, missed_sentence
from app.services.views.progress import GATE_WORDS, TEST_WORDS, AttemptView, BoardRow, GateView, TestCell
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


def attempt_views(course: CohortCourse, cohort: Cohort, application_id: int) -> tuple[AttemptView, ...]:
    """一人のすべての受験と、それぞれが合格点に達したか。"""

    def passed(a: AttemptFact) -> bool | None:
        mark = cohort.quiz_pass_mark if a.subject_group else cohort.comprehensive_pass_mark
        points = _points([a], a.subject_group, mark)
        return points[0] >= mark if points else None

    return tuple(
        AttemptView(a.id, a.test, a.subject_group, a.number, a.outcome, a.points, a.taken_on, passed(a))
        for a in course.attempts.get(application_id, ())
    )


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


def _test_reason(group: str, cell: TestCell | None) -> str:
    title = f"{TEST_WORDS['quiz']}{group}" if group else TEST_WORDS["comprehensive"]
    if cell is None:
        return f"{title}（まだ受けていません）"
    return f"{title}（最高{cell.points}点）" if cell.points is not None else f"{title}（{cell.words}）"


def _course1_why(course: CohortCourse, cohort: Cohort, application_id: int) -> str:
    cells = _cells(course, application_id, cohort)
    left = [_test_reason(g, cells.get(g)) for g in TEST_GROUPS if g not in cells or not cells[g].passed]
    marks = f"合格点 小テスト{cohort.quiz_pass_mark}点・総合確認テスト{cohort.comprehensive_pass_mark}点"
    return (
        f"合格していないもの：{'、'.join(left)}。{marks}。"
        if left
        else f"六つのテストのすべてに合格（{marks}）。"
    )


def _practice_why(course: CohortCourse, application_id: int, state: str, today: date) -> str:
    if state == "shut":
        return "養成課程①を終えると開きます。"
    if not course.dues:
        return "提出物の期限がまだ定められていません。「日程…」から定めてください。"
    if state in ("withdrawal_due", "withdrawn"):
        late = missed(course, application_id, today)
        named = "、".join(f"{title}（期限 {wareki(report.limit)}）" for title, report in late)
        ask = "" if state == "withdrawn" else "辞退として取り扱うかを確かめてください。"
        return f"期限までに提出されていないもの：{named}。{ask}"
    if state == "completed":
        return f"提出物{len(course.dues)}件のすべてが期限までに提出されています。"
    pairs = zip(course.dues, reports_of(course, application_id), strict=True)
    waiting = [f"{d.title}（期限 {wareki(r.limit)}）" for d, r in pairs if r.submitted_on is None]
    return f"提出を待っているもの：{'、'.join(waiting)}。"


def _course2_why(course: CohortCourse, application_id: int, state: str) -> str:
    if state == "shut":
        return "実践を終えると開きます。"
    if not course.sessions:
        return "集合研修の日がまだ定められていません。「日程…」から定めてください。"
    if state == "completed":
        return f"集合研修{len(course.sessions)}回のすべてに出席しています。"
    present = course.attendances.get(application_id, {})
    words = {False: "欠席", None: "出席は未確認"}
    attended = {s.id: present[s.id].attended if s.id in present else None for s in course.sessions}
    left = [f"{s.title}（{words[a]}）" for s in course.sessions if not (a := attended[s.id])]
    return f"出席していないもの：{'、'.join(left)}。"


def gate_views(
    course: CohortCourse, cohort: Cohort, application_id: int, today: date
) -> tuple[GateView, ...]:
    """一人の四つの関門と、それぞれが開いている・閉じている理由。"""
    state = load_progress(course, cohort, today)[application_id]
    gone = any(p.application_id == application_id and p.withdrawn_on for p in course.participants)
    practice = "withdrawn" if gone and state.practice == "withdrawal_due" else state.practice
    test_why = {
        "shut": "養成課程②を終えると受けられます。",
        "open": "修了認定テストを受けられます。",
        "taken": "答案が採点の部屋にあります。",
    }
    return (
        GateView("養成課程①", state.course1, _course1_why(course, cohort, application_id), "5(2)ア"),
        GateView("実践", practice, _practice_why(course, application_id, practice, today), "5(2)イ"),
        GateView("養成課程②", state.course2, _course2_why(course, application_id, state.course2), "5(2)ウ"),
        GateView("修了認定テスト", state.certification_test, test_why[state.certification_test], "5(2)ウ"),
    )
