"""研修の状態を、事務局が読み上げられる文にする。"""

from collections.abc import Mapping
from datetime import date

from app.domain.calendar import wareki
from app.domain.progress import LAST, Report, missed_sentence
from app.services.progress.course import (
    TEST_GROUPS,
    board_rows,
    load_progress,
    present_at,
    reports_of,
    rules_of,
)
from app.services.views.progress import GATE_WORDS, SESSION_WORDS, TEST_WORDS, CourseRules, GateView, TestCell
from database.queries.progress import CohortCourse
from database.schema.intake import Cohort


def _cells(course: CohortCourse, cohort: Cohort, application_id: int, today: date) -> Mapping[str, TestCell]:
    rows = board_rows(course, cohort, today)
    return next(r.tests for r in rows if r.application_id == application_id)


def missed(course: CohortCourse, application_id: int, today: date) -> tuple[tuple[str, Report], ...]:
    """期限までに提出されなかった提出物の名と期限。"""
    reports = zip(course.dues, reports_of(course, application_id), strict=True)
    return tuple((due.title, report) for due, report in reports if report.missed(today))


def sentences(course: CohortCourse, cohort: Cohort, application_id: int, today: date) -> tuple[str, ...]:
    """一人の状態を、事務局が読み上げられる文にする。"""
    state = load_progress(course, cohort, today)[application_id]
    cells = _cells(course, cohort, application_id, today)
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


def _test_reason(group: str, cell: TestCell | None, which: str) -> str:
    title = f"{TEST_WORDS['quiz']}{group}" if group else TEST_WORDS["comprehensive"]
    if cell is None:
        return f"{title}（まだ受けていません）"
    return f"{title}（{which}{cell.points}点）" if cell.points is not None else f"{title}（{cell.words}）"


def _course1_why(course: CohortCourse, cohort: Cohort, application_id: int, today: date) -> str:
    cells = _cells(course, cohort, application_id, today)
    which = "最後の回 " if cohort.attempt_rule == LAST else "最高"
    left = [
        _test_reason(g, cells.get(g), which) for g in TEST_GROUPS if g not in cells or not cells[g].passed
    ]
    marks = f"合格点 小テスト{cohort.quiz_pass_mark}点・総合確認テスト{cohort.comprehensive_pass_mark}点"
    return (
        f"合格していないもの：{'、'.join(left)}。{marks}。"
        if left
        else f"六つのテストのすべてに合格（{marks}）。"
    )


def _practice_why(course: CohortCourse, application_id: int, state: str, today: date) -> str:
    if state == "shut":
        past = "、".join(title for title, _ in missed(course, application_id, today))
        ask = f"期限を過ぎたもの（{past}）があるので、延ばすかを決めてください。" if past else ""
        return f"養成課程①を終えると開きます。{ask}"
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


def _course2_why(course: CohortCourse, rules: CourseRules, application_id: int, state: str) -> str:
    if state == "shut":
        return "実践を終えると開きます。"
    if not course.sessions:
        return "集合研修の日がまだ定められていません。「日程…」から定めてください。"
    if state == "completed":
        return f"集合研修{len(course.sessions)}回のすべてに出席しています。"
    present = course.attendances.get(application_id, {})
    left = []
    for one in course.sessions:
        fact = present.get(one.id)
        if present_at(fact, rules):
            continue
        if fact is not None and fact.attended:
            missing = fact.minutes_late + fact.minutes_left_early
            words = f"遅刻・早退{missing}分、許す{rules.attendance_tolerance}分を超える"
        elif fact is None or fact.attended is None:
            words = "未実施" if fact is not None and fact.outcome else "出席は未確認"
        else:
            words = SESSION_WORDS[fact.outcome or "absent"]
        left.append(f"{one.title}（{words}）")
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
        GateView("養成課程①", state.course1, _course1_why(course, cohort, application_id, today), "5(2)ア"),
        GateView("実践", practice, _practice_why(course, application_id, practice, today), "5(2)イ"),
        GateView(
            "養成課程②",
            state.course2,
            _course2_why(course, rules_of(cohort), application_id, state.course2),
            "5(2)ウ",
        ),
        GateView("修了認定テスト", state.certification_test, test_why[state.certification_test], "5(2)ウ"),
    )
