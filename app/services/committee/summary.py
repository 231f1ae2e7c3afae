"""審査の紙に載せる、研修と修了認定テストの言葉。"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.services.course import board_rows
from app.services.views.progress import GATE_WORDS
from database.queries.progress import load_course
from database.schema.committee import Meeting
from database.schema.intake import Application, Cohort
from database.schema.scoring import CertificationTest, PassRuleAdoption

_ABSENT = "記録がありません"


def _test_words(session: Session, application: Application) -> str:
    adoption = session.scalar(
        select(PassRuleAdoption)
        .join(CertificationTest)
        .where(CertificationTest.cohort_id == application.cohort_id)
        .order_by(PassRuleAdoption.id.desc())
        .limit(1)
    )
    if adoption is None:
        return "合格基準が未採用です"
    result = next((r for r in adoption.results if r["application_id"] == application.id), None)
    if result is None or result.get("total") is None:
        return _ABSENT
    rank = 1 + sum((r.get("total") or 0) > result["total"] for r in adoption.results)
    words = "合格" if result["passed"] else "不合格"
    line = adoption.total_minimum + adoption.correction
    return f"{words} {result['total']}点　基準 {line}　順位 {rank}／{len(adoption.results)}"


def course_words(session: Session, application: Application, today: date) -> tuple[str, str, str, str]:
    """養成課程①・実践・養成課程②・修了認定テストの言葉。"""
    course = load_course(session, application.cohort_id, application.id)
    if not course.participants:
        return _ABSENT, _ABSENT, _ABSENT, _ABSENT
    row = board_rows(course, session.get_one(Cohort, application.cohort_id), today)[0]
    comprehensive = row.tests.get("")
    course1 = GATE_WORDS[row.course1]
    if comprehensive is not None and comprehensive.points is not None:
        course1 += f" {comprehensive.points}点"
    practice = f"{GATE_WORDS[row.practice]}（提出 {row.reports_submitted}／{row.reports_total}）"
    course2 = f"{GATE_WORDS[row.course2]}（出席 {row.sessions_attended}／{row.sessions_total}）"
    return course1, practice, course2, _test_words(session, application)


def frozen_course(meeting: Meeting, case_id: int) -> tuple[str, str, str, str] | None:
    """閉じた会議で凍った、研修とテストの言葉。閉じる前は None。後の再採点で変わらない。"""
    for case in (meeting.frozen or {}).get("cases", ()):
        if case["case_id"] == case_id and "course" in case:
            course1, practice, course2, test = case["course"]
            return course1, practice, course2, test
    return None
