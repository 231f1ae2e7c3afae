"""審査の紙に載せる、研修と修了認定テストの言葉。"""

from bisect import bisect_right
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.services.progress.course import board_rows
from app.services.views.progress import GATE_WORDS, BoardRow
from database.queries.progress import load_course
from database.schema.committee import DecisionReversal, Meeting
from database.schema.intake import Application, Cohort
from database.schema.scoring import CertificationTest, PassRuleAdoption

_ABSENT = "記録がありません"


class TestResults:
    """研修期の、いまの採用による修了認定テストの結果。一度読めば、何人分の言葉も作れる。"""

    __test__ = False  # 試験の道具に、試験と間違えさせない

    def __init__(self, session: Session, cohort_id: int) -> None:
        adoption = session.scalar(
            select(PassRuleAdoption)
            .join(CertificationTest)
            .where(CertificationTest.cohort_id == cohort_id)
            .order_by(PassRuleAdoption.id.desc())
            .limit(1)
        )
        self.adopted = adoption is not None
        self.rows = [] if adoption is None else adoption.results
        self.line = 0 if adoption is None else adoption.total_minimum + adoption.correction
        self._of = {r["application_id"]: r for r in self.rows}
        self._totals = sorted(r.get("total") or 0 for r in self.rows)

    def test_words(self, application_id: int) -> str:
        """一人の合否・点・基準・順位。"""
        if not self.adopted:
            return "合格基準が未採用です"
        result = self._of.get(application_id)
        if result is None or result.get("total") is None:
            return _ABSENT
        rank = 1 + len(self._totals) - bisect_right(self._totals, result["total"])
        words = "合格" if result["passed"] else "不合格"
        return f"{words} {result['total']}点　基準 {self.line}　順位 {rank}／{len(self.rows)}"

    def words(self, row: BoardRow | None, application_id: int) -> tuple[str, str, str, str]:
        """研修の盤の一行と合わせた、四つの言葉。盤にいない人には記録がない。"""
        if row is None:
            return _ABSENT, _ABSENT, _ABSENT, _ABSENT
        comprehensive = row.tests.get("")
        course1 = GATE_WORDS[row.course1]
        if comprehensive is not None and comprehensive.points is not None:
            course1 += f" {comprehensive.points}点"
        practice = f"{GATE_WORDS[row.practice]}（提出 {row.reports_submitted}／{row.reports_total}）"
        course2 = f"{GATE_WORDS[row.course2]}（出席 {row.sessions_attended}／{row.sessions_total}）"
        return course1, practice, course2, self.test_words(application_id)


def course_rows(session: Session, cohort: Cohort, today: date) -> list[BoardRow]:
    """研修期の盤の行。"""
    return list(board_rows(load_course(session, cohort.id), cohort, today))


def course_words(session: Session, application: Application, today: date) -> tuple[str, str, str, str]:
    """養成課程①・実践・養成課程②・修了認定テストの言葉。"""
    course = load_course(session, application.cohort_id, application.id)
    row = None
    if course.participants:
        row = board_rows(course, session.get_one(Cohort, application.cohort_id), today)[0]
    return TestResults(session, application.cohort_id).words(row, application.id)


def frozen_course(meeting: Meeting, case_id: int) -> tuple[str, str, str, str] | None:
    """閉じた会議で凍った、研修とテストの言葉。閉じる前は None。後の再採点で変わらない。"""
    for case in (meeting.frozen or {}).get("cases", ()):
        if case["case_id"] == case_id and "course" in case:
            course1, practice, course2, test = case["course"]
            return course1, practice, course2, test
    return None


def reversal_words(session: Session, case_id: int) -> str:
    """閉じた後に議決が変更されていれば、その日・理由・確かめた二人。なければ空。"""
    row = session.scalar(select(DecisionReversal).where(DecisionReversal.case_id == case_id))
    if row is None:
        return ""
    return (
        f"{wareki(row.reversed_on)}にこの議決は変更されました"
        f"（{row.reversed_by}・{row.second_person}）。理由：{row.reason}"
    )
