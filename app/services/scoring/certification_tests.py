"""採点：修了認定テストの作成・設問・固定。"""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.domain.abilities import ABILITIES
from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.domain.progress import SUBJECT_GROUPS
from app.domain.scoring import KINDS
from app.services.office import Office
from app.services.scoring.analysis import load_test, test_view
from app.services.scoring.marking import (
    check_all_marked,
    check_marked_questions,
)
from app.services.views.scoring import (
    CertificationTestView,
    QuestionForm,
)
from database.queries.scoring import count_sheets, latest_adoptions, load_sheets
from database.schema import scoring as schema
from database.schema.intake import Cohort
from database.schema.scoring import CertificationTest


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
    if form.ability is not None and form.ability not in ABILITIES:
        return f"能力を、{'・'.join(ABILITIES.values())}から選んでください"
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
        check_marked_questions(act.session, test, forms)
        kept = {q.number: q for q in test.questions}
        for number, row in kept.items():
            if number not in numbers:
                test.questions.remove(row)
        for form in forms:
            question = kept.get(form.number)
            if question is None:
                question = schema.Question(number=form.number)
                test.questions.append(question)
            _write_question(question, form)
        total = sum(f.points for f in forms)
        act.say(f"certification_test:{test_id}", f"{test.title}の設問を設定（{len(forms)}問、{total}点）")


def _write_question(question: schema.Question, form: QuestionForm) -> None:
    """設問を書き直す。問題庫から入れた設問の中身が変われば、問題庫の版とは別の設問にする（能力は中身でない）。"""
    after = (form.subject_group, form.kind, form.points, list(form.key), form.text)
    before = (question.subject_group, question.kind, question.points, question.key, question.text)
    if question.bank_version_id is not None and before != after:
        question.bank_version_id = None
    if form.kind == "written":
        question.choices = None
    question.ability = form.ability
    question.subject_group, question.kind, question.points, question.key, question.text = after


def lock_test(office: Office, test_id: int) -> None:
    """設問と答案を確定する。以後は合格基準と不適切な設問の扱いだけを決められる。"""
    with office.act("scoring.lock_test") as act:
        test = _unlocked(act.session, test_id)
        if not test.questions or not load_sheets(act.session, test_id):
            raise RuleViolation("設問か答案がまだありません。取り込んでから確定してください。")
        check_all_marked(act.session, test)
        test.locked_at = office.now()
        act.say(f"certification_test:{test_id}", f"{test.title}の設問と答案を確定")
