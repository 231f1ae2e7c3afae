"""得点を答案と正答から導く。採点・審査会議・提出が同じ計算を使う。"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import RuleViolation
from app.domain.findings import Status
from app.domain.scoring import TREATMENTS, Answer, PassRule, Question, Score, judge, score
from app.services.views.scoring import PassRuleForm, QuestionChange, ScoreRow
from database.queries.scoring import SheetFact, latest_adoptions
from database.schema import scoring as schema

FAILED_OUTCOMES = frozenset({"absent", "invalid"})


def domain_question(row: schema.Question) -> Question:
    """設問の行を採点の規則の形にする。"""
    return Question(row.number, row.subject_group, row.kind, row.points, frozenset(row.key), row.treatment)


def domain_answers(answers: Mapping[str, object]) -> dict[int, Answer]:
    """保存した答案を採点の規則の形にする。"""
    found: dict[int, Answer] = {}
    for number, value in answers.items():
        if isinstance(value, int):
            found[int(number)] = value
        elif isinstance(value, list):
            found[int(number)] = tuple(str(v) for v in value)
    return found


def pass_rule(form: PassRuleForm) -> PassRule:
    """合格基準を規則の形にする。"""
    return PassRule(form.total_minimum, dict(form.group_minimum), form.no_zero, form.correction)


def adopted_rule(row: schema.PassRuleAdoption) -> PassRule:
    """採用された合格基準。"""
    return PassRule(row.total_minimum, row.group_minimum, row.no_zero, row.correction)


def change_questions(questions: Sequence[Question], changes: Iterable[QuestionChange]) -> list[Question]:
    """設問の扱いを変えた写しを返す。ない設問・知らない扱いは RuleViolation。"""
    found = {q.number: q for q in questions}
    for change in changes:
        if change.number not in found:
            raise RuleViolation(f"問{change.number}はこのテストにありません。番号を確かめてください。")
        if change.treatment is not None and change.treatment not in TREATMENTS:
            raise RuleViolation(
                f"問{change.number}の扱い「{change.treatment}」はありません。選び直してください。"
            )
        question = replace(found[change.number], treatment=change.treatment)
        found[change.number] = (
            question if change.key is None else replace(question, key=frozenset(change.key))
        )
    return list(found.values())


@dataclass(frozen=True)
class Scored:
    """一人の答案と得点。得点でない結果（欠席など）なら score は空。"""

    sheet: SheetFact
    score: Score | None


def score_sheets(sheets: Iterable[SheetFact], questions: Sequence[Question]) -> list[Scored]:
    """すべての答案を採点する。"""
    return [
        Scored(s, score(domain_answers(s.answers), questions) if s.outcome == "points" else None)
        for s in sheets
    ]


def score_row(one: Scored, rule: PassRule | None, questions: Sequence[Question]) -> ScoreRow:
    """得点の一行。rule が空なら合否を言わない。reasons は達していない基準。"""
    sheet, found = one.sheet, one.score
    who = (sheet.application_id, sheet.reception_number, sheet.name, sheet.reading, sheet.outcome)
    if found is None:
        failed = False if rule is not None and sheet.outcome in FAILED_OUTCOMES else None
        return ScoreRow(*who, None, (), failed)
    groups = tuple(sorted(found.groups.items()))
    if rule is None:
        return ScoreRow(*who, found.total, groups, None)
    passed, findings = judge(found, rule, questions)
    reasons = tuple(f.sentence for f in findings if f.status is not Status.MET)
    return ScoreRow(*who, found.total, groups, passed, reasons)


@dataclass(frozen=True)
class TestResult:
    """採用された合格基準による、凍った結果。total は点（得点でない結果なら空）。"""

    __test__ = False  # 試験の道具が試験のクラスと取り違えないように

    title: str
    outcome: str
    total: int | None
    passed: bool | None


def results_of(session: Session, cohort_id: int) -> dict[int, TestResult]:
    """研修期の修了認定テストの結果（申込の id から）。合格基準の採用がまだのテストは含まない。

    二つのテストを受けた人は、合格したもの、なければ後のものを取る。
    """
    query = (
        select(schema.CertificationTest)
        .where(schema.CertificationTest.cohort_id == cohort_id)
        .order_by(schema.CertificationTest.held_on, schema.CertificationTest.id)
    )
    tests = {t.id: t for t in session.scalars(query)}
    adoptions = latest_adoptions(session, list(tests))
    found: dict[int, TestResult] = {}
    for test_id, test in tests.items():
        adoption = adoptions.get(test_id)
        for row in adoption.results if adoption is not None else ():
            known = found.get(row["application_id"])
            if known is None or not known.passed:
                result = TestResult(test.title, row["outcome"], row["total"], row["passed"])
                found[row["application_id"]] = result
    return found
