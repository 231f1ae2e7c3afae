"""採点の分析：テストの得点・指数を取引の中で作り、テスト分析報告書を書く。"""

from collections import Counter
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session, selectinload

from app.documents.analysis import AnalysedQuestion, AnalysisPaper, render_analysis
from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.domain.scoring import PassRule, Question
from app.services.files import write_whole
from app.services.importing import digest_file
from app.services.lists import audit_line
from app.services.office import Office
from app.services.scoring.book import analysis_pages
from app.services.scoring.scores import (
    LoadTable,
    adopted_rule,
    domain_question,
    load_table,
    match_scores,
    recent_table,
    score_rows,
)
from app.services.views.scoring import (
    KIND_WORDS,
    TREATMENT_WORDS,
    AdoptionView,
    CertificationTestView,
    PassRuleForm,
    QuestionView,
    ScoresView,
)
from app.workbooks.writing import write_book
from database.queries.scoring import latest_adoption
from database.schema import scoring as schema
from database.schema.scoring import CertificationTest, PassRuleAdoption


def _question_view(q: schema.Question) -> QuestionView:
    choices = tuple((q.choices or {}).items())
    return QuestionView(
        q.id,
        q.number,
        q.subject_group,
        q.kind,
        q.points,
        tuple(q.key),
        q.treatment,
        q.text,
        choices,
        q.ability,
    )


def test_view(test: CertificationTest, sheets: int, adopted_on: date | None) -> CertificationTestView:
    """テストの行を画面の形にする。sheets は答案の数。"""
    questions = tuple(_question_view(q) for q in test.questions)
    return CertificationTestView(
        test.id, test.cohort_id, test.title, test.held_on, test.locked_at, questions, sheets, adopted_on
    )


test_view.__test__ = False  # type: ignore[attr-defined]


def load_test(session: Session, test_id: int) -> CertificationTest:
    """テストと設問。なければ RuleViolation。"""
    test = session.get(CertificationTest, test_id, options=[selectinload(CertificationTest.questions)])
    if test is None:
        raise RuleViolation("そのテストの記録がありません。一覧を開き直してください。")
    return test


def questions_of(test: CertificationTest) -> list[Question]:
    """テストの設問を採点の規則の形にする。"""
    return [domain_question(q) for q in test.questions]


def frozen_rule(adoption: PassRuleAdoption | None) -> PassRule | None:
    """採用された合格基準（採用がなければ空）。"""
    return None if adoption is None else adopted_rule(adoption)


def added_people(adoption: PassRuleAdoption | None) -> frozenset[int]:
    """委員会が合格に加えた人（申込の id）。"""
    rows = () if adoption is None else adoption.results
    return frozenset(r["application_id"] for r in rows if r.get("added"))


def _adoption_view(row: PassRuleAdoption | None) -> AdoptionView | None:
    if row is None:
        return None
    groups = tuple(sorted(row.group_minimum.items()))
    form = PassRuleForm(row.total_minimum, groups, row.no_zero, row.correction)
    return AdoptionView(row.adopted_on, row.adopted_by, row.reason, form)


def score_test(office: Office, test_id: int) -> ScoresView:
    """得点・分布・分析。合否は、採用された合格基準があるときだけ言う。"""
    with office.read("scoring.score_test") as session:
        return load_scores(session, test_id, recent_table)


def load_scores(session: Session, test_id: int, load: LoadTable = load_table) -> ScoresView:
    """得点・分布・分析を取引の中で作る（提出のブックと報告書も使う）。"""
    test = load_test(session, test_id)
    questions = questions_of(test)
    adoption = latest_adoption(session, test_id)
    sheets, table = load(session, test_id, questions)
    scored = match_scores(sheets, table)
    rows = score_rows(scored, frozen_rule(adoption), questions, added_people(adoption))
    return ScoresView(
        test=test_view(test, len(sheets), None if adoption is None else adoption.adopted_on),
        rows=tuple(rows),
        table=table,
        adoption=_adoption_view(adoption),
    )


def _counts(view: ScoresView) -> tuple[tuple[str, int], ...]:
    """結果の区分ごとの人数。合否は採用された合格基準があるときだけ分ける。"""
    scored = [r for r in view.rows if r.total is not None]
    if view.adoption is None:
        counts = [("得点あり（合格の基準は未採用）", len(scored))]
    else:
        passed = sum(r.passed is True for r in scored)
        counts = [("合格", passed), ("不合格（得点あり）", len(scored) - passed)]
    others = Counter(r.outcome_words for r in view.rows if r.total is None)
    return (*counts, *sorted(others.items()))


def _rule(view: ScoresView) -> tuple[tuple[str, str], ...]:
    if view.adoption is None:
        return (("合格の基準", "まだ採用されていません。"),)
    adopted = view.adoption
    form = adopted.form
    mark = f"{form.total_minimum + form.correction}点（満点{view.test.full_marks}点）"
    if form.correction:
        mark += f"。{form.total_minimum}点を委員会が{'＋' if form.correction > 0 else '−'}{abs(form.correction)}点補正"
    groups = "、".join(f"科目群{g} {m}点" for g, m in form.group_minimum) or "なし"
    return (
        ("合格点", mark),
        ("科目群の最低点", groups),
        ("0点の科目群", "あれば不合格" if form.no_zero else "問わない"),
        ("採用", f"{wareki(adopted.adopted_on)}（{adopted.adopted_by}）"),
        ("理由", adopted.reason),
    )


def _analysed(view: ScoresView) -> tuple[AnalysedQuestion, ...]:
    return tuple(
        AnalysedQuestion(
            q.number,
            q.subject_group,
            KIND_WORDS[q.kind],
            q.points,
            "（記述）" if q.kind == "written" else "、".join(q.key),
            q.text,
            TREATMENT_WORDS[q.treatment] if q.treatment is not None else "",
            item,
            dict(q.choices),
            q.ability_words,
        )
        for q, item in zip(view.test.questions, view.items, strict=True)
    )


def _paper(view: ScoresView, made_on: date, audit_head: str) -> AnalysisPaper:
    """報告書の中身。"""
    test, figures = view.test, view.analysis.figures
    facts = (
        ("テスト", test.title),
        ("実施日", wareki(test.held_on)),
        ("設問", f"{len(test.questions)}問（満点{test.full_marks}点）"),
        ("受験者", f"n={figures.n}（答案{test.sheets}枚のうち得点のあるもの）"),
        ("答案の確定", "確定" if test.locked_at is not None else "未確定（値は変わることがあります）"),
        ("作成日", wareki(made_on)),
    )
    form = None if view.adoption is None else view.adoption.form
    mark = None if form is None else form.total_minimum + form.correction
    return AnalysisPaper(
        test.title,
        facts,
        view.analysis,
        _analysed(view),
        mark,
        _rule(view),
        _counts(view),
        audit_head,
        _near(view),
    )


def _near(view: ScoresView) -> int:
    """測定の標準誤差の幅で、自分の合格点の前後にいる人の数。"""
    width = view.analysis.figures.reliability.measurement
    if width is None or view.adoption is None:
        return 0
    pairs = [(r.total, r.needed) for r in view.rows]
    return sum(t is not None and m is not None and abs(t - m) <= width for t, m in pairs)


def write_analysis(office: Office, test_id: int, path: Path) -> Path:
    """テスト分析報告書を書く。path の終わりが .pdf なら紙、.xlsx ならブック。ほかは RuleViolation。

    得点のある人が一人もいなければ RuleViolation。書き出したことは監査記録に残る。
    """
    office.require("scoring.write_analysis")
    kind = path.suffix.lower()
    if kind not in (".pdf", ".xlsx"):
        raise RuleViolation(f"「{path.name}」の名では書けません。名の終わりを .pdf か .xlsx にしてください。")
    with office.act("scoring.write_analysis") as act:
        view = load_scores(act.session, test_id)
        if not view.n or not view.test.questions:
            raise RuleViolation("得点のある人がまだいません。設問と答案を入れてから書き出してください。")
        paper = _paper(view, office.today(), audit_line(act.session))
        if kind == ".pdf":
            write_whole(path, render_analysis(paper))
        else:
            write_book(path, analysis_pages(paper), f"テスト分析報告書　{paper.title}")
        act.say(
            f"certification_test:{test_id}",
            f"{view.test.title}の分析報告書を書き出し（{kind[1:].upper()}、受験{view.n}人）",
            detail={"file_digest": digest_file(path).digest},
        )
    return path
