"""得点を答案と正答から導く。採点・審査会議・提出が同じ計算を使う。"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import RuleViolation
from app.domain.score_table import ScoreTable, tabulate
from app.domain.scoring import TREATMENTS, Answer, PassRule, Question, Score, full_marks, scaled, shortfalls
from app.services.views.scoring import PassRuleForm, QuestionChange, ScoreRow
from database import audit
from database.queries.scoring import SheetFact, latest_adoptions, load_sheets, sheets_mark
from database.schema import scoring as schema

FAILED_OUTCOMES = frozenset({"absent", "invalid"})


def domain_question(row: schema.Question) -> Question:
    """設問の行を採点の規則の形にする。"""
    key = frozenset(row.key)
    return Question(row.number, row.subject_group, row.kind, row.points, key, row.treatment, row.ability)


def _answer(value: object) -> Answer:
    """保存した答を採点の規則の形にする。"""
    if isinstance(value, list):
        return tuple(value)
    return value if isinstance(value, int) else None


def tabulate_sheets(sheets: Sequence[SheetFact], questions: Sequence[Question]) -> ScoreTable:
    """得点になる答案を、設問ごとの列で採点する。"""
    taken = [s.answers for s in sheets if s.outcome == "points"]
    columns = {}
    for question in questions:
        number = str(question.number)
        columns[question.number] = [_answer(answers.get(number)) for answers in taken]
    return tabulate(columns, questions, len(taken))


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


@dataclass(frozen=True)
class _Kept:
    """読んだ答案と得点の表。mark が同じなら、答案も設問も変わっていない。"""

    mark: tuple[object, ...]
    sheets: list[SheetFact]
    table: ScoreTable


# 合格点を動かすたびに答案を読み直さない。書く操作は必ず監査記録を進めるので、その番号で古さを知る
_kept: WeakKeyDictionary[object, _Kept] = WeakKeyDictionary()


Loaded = tuple[list[SheetFact], ScoreTable]
LoadTable = Callable[[Session, int, Sequence[Question]], Loaded]


def load_table(session: Session, test_id: int, questions: Sequence[Question]) -> Loaded:
    """テストの答案を読み、採点する。"""
    sheets = load_sheets(session, test_id)
    return sheets, tabulate_sheets(sheets, questions)


def recent_table(session: Session, test_id: int, questions: Sequence[Question]) -> Loaded:
    """テストの答案と得点の表。前に読んでから何も書かれていなければ、前のものを返す。

    読むだけの取引で使う（書く取引の途中では、監査記録がまだ進んでいない）。
    """
    engine = session.get_bind()
    mark = (test_id, audit.head(session), *sheets_mark(session, test_id), tuple(questions))
    kept = _kept.get(engine)
    if kept is None or kept.mark != mark:
        kept = _kept[engine] = _Kept(mark, *load_table(session, test_id, questions))
    return kept.sheets, kept.table


def match_scores(sheets: Iterable[SheetFact], table: ScoreTable) -> list[Scored]:
    """答案に、表の得点（科目群ごと）を添える。表は同じ答案から tabulate_sheets で作ったもの。"""
    scores = iter(table.scores(by_question=False))
    return [Scored(s, next(scores) if s.outcome == "points" else None) for s in sheets]


def score_sheets(sheets: Sequence[SheetFact], questions: Sequence[Question]) -> list[Scored]:
    """すべての答案を採点する。"""
    return match_scores(sheets, tabulate_sheets(sheets, questions))


def score_rows(
    scored: Iterable[Scored],
    rule: PassRule | None,
    questions: Sequence[Question],
    added: Collection[int] = (),
) -> list[ScoreRow]:
    """得点の行。rule が空なら合否を言わない。reasons は達していない基準。added は合格に加えた人（申込の id）。"""
    full = full_marks(questions)
    rows = [_score_row(one, rule, full) for one in scored]
    if not added:
        return rows
    return [
        replace(r, passed=True, added=True) if r.application_id in added and r.passed is False else r
        for r in rows
    ]


def _score_row(one: Scored, rule: PassRule | None, full: Mapping[str, int]) -> ScoreRow:
    sheet, found = one.sheet, one.score
    who = (sheet.application_id, sheet.reception_number, sheet.name, sheet.reading, sheet.outcome)
    if found is None:
        failed = False if rule is not None and sheet.outcome in FAILED_OUTCOMES else None
        return ScoreRow(*who, None, (), failed)
    groups, own = tuple(sorted(found.groups.items())), tuple(sorted(found.full.items()))
    if rule is None:
        return ScoreRow(*who, found.total, groups, None, full=own)
    short = shortfalls(found, rule, full)
    needed = scaled(rule.pass_mark, found.full_total, sum(full.values()))
    reasons = tuple(f.sentence for f in short)
    return ScoreRow(*who, found.total, groups, not short, reasons, own, needed)


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
