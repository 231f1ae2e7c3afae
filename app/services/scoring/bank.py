"""採点：問題庫。問題は版を重ね、草案 → 審査 → 承認を経てテストに入る。承認するのは書いた人ではない。"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.domain.abilities import ABILITIES
from app.domain.errors import RuleViolation
from app.domain.progress import SUBJECT_GROUPS
from app.domain.scoring import KINDS
from app.services.office import Act, Actor, Office
from app.services.scoring.analysis import load_test
from app.services.scoring.bank_views import bank_question_view, load_uses, meeting_words
from app.services.views.scoring_bank import ACTION_WORDS, STATE_WORDS, BankForm, BankQuestionView
from database.schema.committee import Meeting
from database.schema.scoring import BankQuestion, BankVersion, CertificationTest, Question, QuestionReview

# 行えること：（その前の状態, 後の状態）。remark は状態を変えない
_STEPS = {
    "submit": ("draft", "review"),
    "return": ("review", "draft"),
    "approve": ("review", "approved"),
    "retire": ("approved", "retired"),
}


def list_bank(office: Office) -> tuple[BankQuestionView, ...]:
    """問題庫のすべての問題（番号の順）。テストでの使われ方と、その指数も添える。"""
    me = office.require("scoring.list_bank")
    with office.read("scoring.list_bank") as session:
        whole = selectinload(BankQuestion.versions).selectinload(BankVersion.reviews)
        questions = session.scalars(select(BankQuestion).options(whole).order_by(BankQuestion.code)).all()
        uses, meetings = load_uses(session), meeting_words(session)
        return tuple(bank_question_view(q, me, uses, meetings) for q in questions)


def _check_key(form: BankForm) -> str:
    if form.kind == "written":
        return "記述には肢も正答も置けません。" if form.key or form.choices else ""
    names = [name for name, _ in form.choices]
    least = 2
    if len(names) < least or len(set(names)) < len(names) or any(not n.strip() for n in names):
        return "肢を二つ以上、名を重ねずに書いてください。"
    if any(not text.strip() for _, text in form.choices):
        return "文のない肢があります。すべての肢に文を書いてください。"
    if not form.key or not set(form.key) <= set(names):
        return "正答の肢がないか、肢の中にありません。"
    if form.kind == "choice" and len(form.key) > 1:
        return "一つ選ぶ問題の正答は一つです。二つ以上なら「すべて選ぶ」にしてください。"
    return ""


def check_bank_form(form: BankForm) -> str:
    """書式の誤り。なければ空。"""
    if not form.code.strip() or not form.text.strip():
        return "問題の番号か問題文が空です。"
    if form.subject_group not in SUBJECT_GROUPS or form.kind not in KINDS:
        return "科目群と形式を選んでください。"
    if form.ability is not None and form.ability not in ABILITIES:
        return "能力を選び直してください。"
    if form.points < 1:
        return "配点は1以上にしてください。"
    return _check_key(form)


def _check(session: Session, form: BankForm, question_id: int | None) -> None:
    if problem := check_bank_form(form):
        raise RuleViolation(problem)
    same = session.scalar(select(BankQuestion.id).where(BankQuestion.code == form.code.strip()))
    if same is not None and same != question_id:
        raise RuleViolation(f"番号「{form.code}」の問題は既にあります。別の番号にしてください。")


def _write(version: BankVersion, form: BankForm, me: Actor) -> None:
    version.text, version.points = form.text.strip(), form.points
    version.choices, version.key = dict(form.choices), list(form.key)
    keys, names = _authors(version)
    if me.person_key not in keys:
        version.made_by_key = "\n".join([*keys, me.person_key])
        version.made_by = "、".join([*names, me.name])


def _authors(version: BankVersion) -> tuple[list[str], list[str]]:
    keys, names = version.made_by_key or "", version.made_by or ""
    return [k for k in keys.split("\n") if k], [n for n in names.split("、") if n]


def _new_version(
    office: Office, question: BankQuestion, number: int, form: BankForm, me: Actor
) -> BankVersion:
    made = BankVersion(version=number, state="draft", made_by="", made_at=office.now())
    _write(made, form, me)
    question.versions.append(made)
    return made


def create_bank_question(office: Office, form: BankForm) -> int:
    """問題を草案として作り、その id を返す。"""
    with office.act("scoring.create_bank_question") as act:
        _check(act.session, form, None)
        question = BankQuestion(code=form.code.strip(), author=form.author.strip())
        question.subject_group, question.ability, question.kind = form.subject_group, form.ability, form.kind
        _new_version(office, question, 1, form, act.actor)
        act.session.add(question)
        act.session.flush()
        act.say(f"bank_question:{question.id}", f"問題庫の問題「{question.code}」の草案を作成")
        return question.id


def _question(session: Session, question_id: int) -> BankQuestion:
    found = session.get(BankQuestion, question_id)
    if found is None:
        raise RuleViolation("その問題がありません。問題庫を開き直してください。")
    return found


def revise_bank_question(office: Office, question_id: int, form: BankForm) -> int:
    """問題を直し、直した版の番号を返す。

    草案はその場で直し、承認か廃止の後なら新しい版の草案を作る。審査中の版は、差し戻されるまで直せない。
    版を重ねた問題の番号・科目群・形式は変えられない（使われ方をつなげて見るため）。
    """
    with office.act("scoring.revise_bank_question") as act:
        question = _question(act.session, question_id)
        _check(act.session, form, question_id)
        newest = question.versions[-1]
        if newest.state == "review":
            raise RuleViolation(f"第{newest.version}版は審査中です。差し戻されてから直してください。")
        fixed = (question.code, question.subject_group, question.kind)
        if (len(question.versions) > 1 or newest.state != "draft") and fixed != (
            form.code.strip(),
            form.subject_group,
            form.kind,
        ):
            raise RuleViolation(
                "一度承認された問題の番号・科目群・形式は変えられません。別の問題として作ってください。"
            )
        question.code, question.subject_group, question.kind = (
            form.code.strip(),
            form.subject_group,
            form.kind,
        )
        question.ability, question.author = form.ability, form.author.strip()
        if newest.state == "draft":
            _write(newest, form, act.actor)
        else:
            newest = _new_version(office, question, newest.version + 1, form, act.actor)
        act.say(f"bank_question:{question_id}", f"問題「{question.code}」の第{newest.version}版を起草")
        return newest.version


def _version(session: Session, version_id: int) -> tuple[BankVersion, BankQuestion]:
    found = session.get(BankVersion, version_id)
    if found is None:
        raise RuleViolation("その版がありません。問題庫を開き直してください。")
    return found, session.get_one(BankQuestion, found.bank_question_id)


def _check_reviewer(me: Actor, question: BankQuestion, version: BankVersion) -> None:
    """審査するのは、書いた人でも作題者でもないこと。"""
    if me.person_key in _authors(version)[0] or (question.author and me.name == question.author):
        raise RuleViolation(
            f"「{question.code}」第{version.version}版を書いた人は、自分で承認も差戻しもできません。ほかの人に審査を依頼してください。"
        )


def _add_review(office: Office, act: Act, version: BankVersion, action: str, remark: str) -> QuestionReview:
    made = QuestionReview(
        action=action, remark=remark, reviewed_by=act.actor.name, reviewed_at=office.now(), meeting_id=None
    )
    version.reviews.append(made)
    return made


def _step(office: Office, act: Act, version_id: int, action: str, remark: str) -> QuestionReview:
    """審査の一つを記録し、状態を進める。"""
    version, question = _version(act.session, version_id)
    before, after = _STEPS.get(action, (version.state, version.state))
    if version.state != before:
        raise RuleViolation(
            f"「{question.code}」第{version.version}版は{STATE_WORDS[version.state]}です。「{ACTION_WORDS[action]}」は"
            f"{STATE_WORDS[before]}の版だけに行えます。"
        )
    if action in ("return", "remark", "retire") and not remark.strip():
        raise RuleViolation("意見か理由が空です。書いてください。記録に残ります。")
    if action in ("return", "approve"):
        _check_reviewer(act.actor, question, version)
    version.state = after
    made = _add_review(office, act, version, action, remark.strip())
    if action == "approve":
        for other in question.versions:
            if other is not version and other.state == "approved":
                other.state = "retired"
                _add_review(office, act, other, "retire", f"第{version.version}版の承認による")
    words = f"問題「{question.code}」第{version.version}版：{ACTION_WORDS[action]}"
    act.say(f"bank_question:{question.id}", words, reason=remark.strip())
    return made


def submit_bank_version(office: Office, version_id: int, remark: str = "") -> None:
    """草案を審査に出す。"""
    with office.act("scoring.submit_bank_version") as act:
        _step(office, act, version_id, "submit", remark)


def return_bank_version(office: Office, version_id: int, remark: str) -> None:
    """審査中の版を、意見を添えて草案に差し戻す。書いた人はできない。"""
    with office.act("scoring.return_bank_version") as act:
        _step(office, act, version_id, "return", remark)


def approve_bank_version(
    office: Office, version_id: int, remark: str = "", *, meeting_id: int | None = None
) -> None:
    """審査中の版を承認する。書いた人はできない。前に承認された版は廃止になる。meeting_id は決めた会議（あれば）。"""
    with office.act("scoring.approve_bank_version") as act:
        if meeting_id is not None and act.session.get(Meeting, meeting_id) is None:
            raise RuleViolation("その会議がありません。選び直してください。")
        _step(office, act, version_id, "approve", remark).meeting_id = meeting_id


def retire_bank_version(office: Office, version_id: int, remark: str) -> None:
    """承認された版を、理由を添えて廃止する。既にテストに入っている設問は変わらない。"""
    with office.act("scoring.retire_bank_version") as act:
        _step(office, act, version_id, "retire", remark)


def remark_bank_version(office: Office, version_id: int, remark: str) -> None:
    """版について意見を書く。状態は変わらない。"""
    with office.act("scoring.remark_bank_version") as act:
        _step(office, act, version_id, "remark", remark)


def place_bank_questions(office: Office, test_id: int, version_ids: Sequence[int]) -> tuple[int, ...]:
    """承認された版を、テストの終わりに設問として写し、付けた番号を返す。写した後に問題庫が変わっても、設問は変わらない。"""
    with office.act("scoring.place_bank_questions") as act:
        test = load_test(act.session, test_id)
        if test.locked_at is not None:
            raise RuleViolation(f"「{test.title}」は確定しているため、設問を加えられません。")
        if not version_ids or len(set(version_ids)) < len(version_ids):
            raise RuleViolation("入れる問題がないか、同じ問題が二度あります。選び直してください。")
        numbers = [_place(act.session, test, version_id) for version_id in version_ids]
        act.say(
            f"certification_test:{test_id}",
            f"{test.title}に問題庫から{len(numbers)}問を入れた（問{numbers[0]}〜{numbers[-1]}）",
            detail={"versions": list(version_ids), "numbers": numbers},
        )
        return tuple(numbers)


def _place(session: Session, test: CertificationTest, version_id: int) -> int:
    version, question = _version(session, version_id)
    if version.state != "approved":
        raise RuleViolation(
            f"「{question.code}」第{version.version}版は{STATE_WORDS[version.state]}です。承認された版だけを入れられます。"
        )
    known = {v.id for v in question.versions}
    twice = next((q.number for q in test.questions if q.bank_version_id in known), None)
    if twice is not None:
        raise RuleViolation(f"「{question.code}」は、問{twice}として既に入っています。")
    number = max((q.number for q in test.questions), default=0) + 1
    made = Question(
        number=number,
        subject_group=question.subject_group,
        kind=question.kind,
        points=version.points,
        key=list(version.key),
        text=version.text,
        ability=question.ability,
        choices=dict(version.choices) or None,
        bank_version_id=version.id,
    )
    test.questions.append(made)
    return number
