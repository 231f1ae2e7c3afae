"""採点：修了認定テストの設問・答案・得点・分析、合格基準の下見と採用。"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.domain.progress import SUBJECT_GROUPS
from app.domain.scoring import KINDS, Question, full_marks
from app.services.office import Actor, Office, check_second_person
from app.services.scores import (
    LoadTable,
    change_questions,
    load_table,
    match_scores,
    pass_rule,
    recent_table,
    score_rows,
    score_sheets,
)
from app.services.scoring_analysis import (
    frozen_rule,
    load_scores,
    load_test,
    questions_of,
    score_test,
    test_view,
    write_analysis,
)
from app.services.scoring_import import import_answers, preview_answers, write_template
from app.services.views.scoring import (
    CertificationTestView,
    PassRuleForm,
    QuestionChange,
    QuestionForm,
    RuleChange,
    RulePreview,
    ScoreRow,
)
from database.queries.scoring import count_sheets, latest_adoption, latest_adoptions, load_sheets
from database.schema import scoring as schema
from database.schema.intake import Cohort
from database.schema.scoring import CertificationTest, PassRuleAdoption

__all__ = [
    "PassRuleForm",
    "QuestionChange",
    "QuestionForm",
    "adopt_rule",
    "create_test",
    "import_answers",
    "list_tests",
    "load_scores",
    "lock_test",
    "preview_answers",
    "preview_rule",
    "score_test",
    "set_questions",
    "write_analysis",
    "write_template",
]


def list_tests(office: Office, cohort_id: int) -> tuple[CertificationTestView, ...]:
    """研修期の修了認定テスト（実施日の順）。"""
    with office.read("scoring.list_tests") as session:
        tests = session.scalars(
            select(CertificationTest)
            .where(CertificationTest.cohort_id == cohort_id)
            .options(selectinload(CertificationTest.questions))
            .order_by(CertificationTest.held_on, CertificationTest.id)
        ).all()
        sheets = count_sheets(session)
        adoptions = latest_adoptions(session, [t.id for t in tests])
        days = {test_id: a.adopted_on for test_id, a in adoptions.items()}
        return tuple(test_view(t, sheets.get(t.id, 0), days.get(t.id)) for t in tests)


def create_test(office: Office, cohort_id: int, title: str, held_on: date) -> int:
    """修了認定テストを作る。"""
    if not title.strip():
        raise RuleViolation("テストの名が空です。名を入れてください。")
    with office.act("scoring.create_test") as act:
        if act.session.get(Cohort, cohort_id) is None:
            raise RuleViolation("その研修期がありません。研修期を選び直してください。")
        same = select(CertificationTest.id).where(
            CertificationTest.cohort_id == cohort_id, CertificationTest.title == title
        )
        if act.session.scalar(same) is not None:
            raise RuleViolation(f"「{title}」は既にあります。別の名にしてください。")
        test = CertificationTest(cohort_id=cohort_id, title=title, held_on=held_on)
        act.session.add(test)
        act.session.flush()
        act.say(f"certification_test:{test.id}", f"{title}（{wareki(held_on)}）を作成")
        return test.id


def _unlocked(session: Session, test_id: int) -> CertificationTest:
    test = load_test(session, test_id)
    if test.locked_at is not None:
        raise RuleViolation(f"「{test.title}」は確定しているため、設問と答案を変えられません。")
    return test


def _check_question(form: QuestionForm) -> str:
    if form.number < 1 or form.points < 1:
        return "番号と配点は1以上にしてください"
    if form.subject_group not in SUBJECT_GROUPS:
        return f"科目群「{form.subject_group}」はありません（A〜E）"
    if form.kind not in KINDS:
        return "種類を、択一・複数選択・記述から選んでください"
    if form.kind == "written":
        return "記述には正答の肢を置けません" if form.key else ""
    if not form.key or any(not k.strip() for k in form.key):
        return "正答の肢が空です"
    return ""


def set_questions(office: Office, test_id: int, forms: Sequence[QuestionForm]) -> None:
    """設問の全体を置き換える（番号で見分ける）。確定した後は断る。"""
    numbers = Counter(f.number for f in forms)
    twice = [n for n, count in numbers.items() if count > 1]
    if twice or not forms:
        raise RuleViolation("設問がないか、同じ番号が二度あります。番号を確かめてください。")
    for form in forms:
        if problem := _check_question(form):
            raise RuleViolation(f"問{form.number}：{problem}。")
    with office.act("scoring.set_questions") as act:
        test = _unlocked(act.session, test_id)
        kept = {q.number: q for q in test.questions}
        for number, row in kept.items():
            if number not in numbers:
                test.questions.remove(row)
        for form in forms:
            question = kept.get(form.number)
            if question is None:
                question = schema.Question(number=form.number)
                test.questions.append(question)
            question.subject_group, question.kind, question.points = (
                form.subject_group,
                form.kind,
                form.points,
            )
            question.key, question.text = list(form.key), form.text
        total = sum(f.points for f in forms)
        act.say(f"certification_test:{test_id}", f"{test.title}の設問を設定（{len(forms)}問、{total}点）")


def lock_test(office: Office, test_id: int) -> None:
    """設問と答案を確定する。以後は合格基準と不適切な設問の扱いだけを決められる。"""
    with office.act("scoring.lock_test") as act:
        test = _unlocked(act.session, test_id)
        if not test.questions or not load_sheets(act.session, test_id):
            raise RuleViolation("設問か答案がまだありません。取り込んでから確定してください。")
        test.locked_at = office.now()
        act.say(f"certification_test:{test_id}", f"{test.title}の設問と答案を確定")


def _check_rule(form: PassRuleForm, questions: Sequence[Question]) -> None:
    full = sum(q.points for q in questions)
    if not 0 <= form.total_minimum + form.correction <= full:
        raise RuleViolation(
            f"合格点（補正して{form.total_minimum + form.correction}点）が0〜{full}点の外です。確かめてください。"
        )
    groups = full_marks(questions)
    for group, minimum in form.group_minimum:
        if not 0 <= minimum <= groups.get(group, -1):
            raise RuleViolation(
                f"科目群{group}の最低点（{minimum}点）が満点の外か、その科目群の設問がありません。"
            )


def _preview(
    session: Session, test: CertificationTest, form: PassRuleForm, load: LoadTable = load_table
) -> RulePreview:
    before_questions = questions_of(test)
    after_questions = change_questions(before_questions, form.changes)
    _check_rule(form, after_questions)
    sheets, table = load(session, test.id, before_questions)
    rule, old = pass_rule(form), frozen_rule(latest_adoption(session, test.id))
    scored = match_scores(sheets, table)
    before = score_rows(scored, old, before_questions)
    if form.changes:
        scored = match_scores(sheets, table.rescored(after_questions))
    after = score_rows(scored, rule, after_questions)
    changes = tuple(
        RuleChange(a.application_id, a.reception_number, a.name, b.total, a.total, b.passed, a.passed is True)
        for b, a in zip(before, after, strict=True)
        if a.total is not None and b.total is not None and (a.total != b.total or a.passed != b.passed)
    )
    passed_before = None if old is None else sum(b.passed is True for b in before)
    return RulePreview(
        tuple(after), passed_before, sum(a.passed is True for a in after), changes, rule.pass_mark
    )


def preview_rule(office: Office, test_id: int, form: PassRuleForm) -> RulePreview:
    """合格基準と設問の扱いを当ててみる（何も書かない）。変わる人を前後の点と合否で示す。"""
    with office.read("scoring.preview_rule") as session:
        return _preview(session, load_test(session, test_id), form, recent_table)


def _frozen_row(row: ScoreRow, original: Mapping[int, int | None]) -> dict[str, object]:
    return {
        "application_id": row.application_id,
        "outcome": row.outcome,
        "total": row.total,
        "original_total": original[row.application_id],
        "groups": dict(row.groups),
        "passed": row.passed,
    }


def adopt_rule(
    office: Office, test_id: int, form: PassRuleForm, reason: str, *, second: Actor | None = None
) -> int:
    """合格基準と設問の扱いの変更を、理由を付けて採用し、一人ずつの結果を凍らせる。確定したテストに限る。

    結果には、設問の扱いを変える前の点（original_total）も残す。前の採用は消さない。
    すでに採用した結果を変えるには二人目（責任者）が要る。閉じた会議の議決は変わらない。
    """
    if not reason.strip():
        raise RuleViolation("合格基準の理由が空です。委員会の決定などを書いてください。")
    with office.act("scoring.adopt_rule", second=second) as act:
        test = load_test(act.session, test_id)
        if latest_adoption(act.session, test_id) is not None:
            check_second_person(act.actor, second)
        if test.locked_at is None:
            raise RuleViolation(f"「{test.title}」の設問と答案を確定してから合格基準を採用してください。")
        preview = _preview(act.session, test, form)
        plain = change_questions(
            questions_of(test), [QuestionChange(q.number, None) for q in test.questions if q.treatment]
        )
        original = {
            s.sheet.application_id: None if s.score is None else s.score.total
            for s in score_sheets(load_sheets(act.session, test_id), plain)
        }
        changed = _apply_changes(test, form.changes)
        row = PassRuleAdoption(
            certification_test_id=test_id,
            adopted_on=office.today(),
            total_minimum=form.total_minimum,
            group_minimum=dict(form.group_minimum),
            no_zero=form.no_zero,
            correction=form.correction,
            reason=reason,
            adopted_by=act.actor.name,
            results=[_frozen_row(r, original) for r in preview.rows],
        )
        act.session.add(row)
        act.session.flush()
        words = f"{test.title}の合格基準を採用（合格点{preview.pass_mark}点、合格{preview.passed_after}人）"
        act.say(f"certification_test:{test_id}", words, reason=reason, detail={"questions": changed})
        return row.id


def _apply_changes(test: CertificationTest, changes: Sequence[QuestionChange]) -> list[dict[str, object]]:
    kept = {q.number: q for q in test.questions}
    said: list[dict[str, object]] = []
    for change in changes:
        row = kept[change.number]
        before = {"treatment": row.treatment, "key": list(row.key)}
        row.treatment = change.treatment
        if change.key is not None:
            row.key = list(change.key)
        after = {"treatment": row.treatment, "key": list(row.key)}
        said.append({"number": change.number, "before": before, "after": after})
    return said
