"""採点：答案を打つ。一行ずつ一つの取引で保存し、別の人の二度目の入力と照らす。"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.choice_keys import choice_labels, known_label
from app.domain.errors import RuleViolation
from app.domain.scoring import OUTCOMES
from app.services.office import Actor, Office
from app.services.progress.course import load_progress
from app.services.scoring.analysis import load_test
from app.services.views.progress import GATE_WORDS
from app.services.views.scoring_marking import (
    AnswerGrid,
    AnswersTyped,
    CheckResult,
    Difference,
    GridQuestion,
    GridRow,
    Typed,
    outcome_label,
    typed_words,
)
from database.queries.progress import Participant, load_course
from database.queries.scoring import SUBJECT, EntryFact, latest_adoption, load_entries
from database.schema import scoring as schema
from database.schema.base import canonical_json
from database.schema.intake import Application, Cohort
from database.schema.people import Person
from database.schema.scoring import AnswerSheet, CertificationTest

FIRST, SECOND = "first", "second"


def answers_digest(outcome: str, answers: Mapping[str, Any]) -> str:
    """答案の要約値（照合の後に変わったかを見るため）。"""
    return hashlib.sha256(canonical_json([outcome, dict(answers)]).encode()).hexdigest()


def _labels(test: CertificationTest, sheets: Iterable[Mapping[str, Any]]) -> dict[int, tuple[str, ...]]:
    """設問ごとの選べる肢。問題庫の肢があればそれ、なければテストに出た肢から決める。"""
    seen: dict[str, None] = {}
    for question in test.questions:
        seen.update(dict.fromkeys(question.key))
    for answers in sheets:
        for chosen in answers.values():
            seen.update(dict.fromkeys(chosen if isinstance(chosen, list) else ()))
    common = choice_labels(seen)
    return {q.number: tuple(q.choices) if q.choices else common for q in test.questions}


def _questions(test: CertificationTest, sheets: Iterable[Mapping[str, Any]]) -> tuple[GridQuestion, ...]:
    labels = _labels(test, sheets)
    by_two = test.marking_gap is not None
    return tuple(
        GridQuestion(
            q.number,
            q.subject_group,
            q.kind,
            q.points,
            () if q.kind == "written" else labels[q.number],
            bool(q.choices),
            by_two and q.kind == "written",
        )
        for q in test.questions
    )


def typed_answers(answers: Mapping[str, Any], skipped: frozenset[int] = frozenset()) -> dict[int, Typed]:
    """保存した答案を、打った形にする（設問の順）。skipped の設問は除く。"""
    found: dict[int, Typed] = {}
    for number, value in sorted(answers.items(), key=lambda pair: int(pair[0])):
        if int(number) not in skipped:
            found[int(number)] = value if isinstance(value, int) else tuple(value)
    return found


class _Rows:
    """答案の行から、打つ表の行を作る。"""

    def __init__(
        self, session: Session, test: CertificationTest, me: Actor, sheet: int | None = None
    ) -> None:
        self.saved, self.checked = load_entries(session, test.id, sheet)
        self.adopted = latest_adoption(session, test.id) is not None
        self.me = me
        by_two = test.marking_gap is not None
        self.skipped = frozenset(q.number for q in test.questions if by_two and q.kind == "written")

    def row(self, who: tuple[int, int, str], sheet: AnswerSheet | None) -> GridRow:
        """一行。"""
        if sheet is None:
            return GridRow(*who, None, "")
        saved = self.saved.get(sheet.id, EntryFact("", "", ""))
        checked = self.checked.get(sheet.id)
        fresh = checked is not None and checked.answers == answers_digest(sheet.outcome, sheet.answers)
        return GridRow(
            *who,
            sheet.id,
            sheet.outcome,
            typed_answers(sheet.answers, self.skipped),
            saved.name,
            checked.name if fresh and checked is not None else "",
            saved.by != self.me.person_key,
            fresh or self.adopted,
        )


def _who(p: Participant) -> tuple[int, int, str]:
    return p.application_id, p.reception_number, p.name


def answer_grid(office: Office, test_id: int) -> AnswerGrid:
    """答案を打つ表：修了認定テストの関門が開いている人と、既に答案のある人（受付番号の順）。"""
    me = office.require("scoring.answer_grid")
    with office.read("scoring.answer_grid") as session:
        test = load_test(session, test_id)
        cohort = session.get_one(Cohort, test.cohort_id)
        course = load_course(session, cohort.id)
        gates = load_progress(course, cohort, office.today())
        kept = session.scalars(select(AnswerSheet).where(AnswerSheet.certification_test_id == test_id))
        sheets = {s.application_id: s for s in kept}
        rows = _Rows(session, test, me)
        made = [
            rows.row(_who(p), sheets.get(p.application_id))
            for p in course.participants
            if p.application_id in sheets
            or (p.withdrawn_on is None and gates[p.application_id].certification_test != "shut")
        ]
        questions = _questions(test, (s.answers for s in sheets.values()))
        return AnswerGrid(test.id, test.title, test.locked_at is not None, questions, tuple(made))


def _open_test(office: Office, session: Session, test_id: int) -> CertificationTest:
    test = load_test(session, test_id)
    if test.locked_at is not None:
        raise RuleViolation(f"「{test.title}」は確定しているため、設問と答案を変えられません。")
    if test.held_on > office.today():
        raise RuleViolation(f"「{test.title}」は{wareki(test.held_on)}で、まだ行われていません。")
    return test


def _check_cell(question: schema.Question, labels: Sequence[str], value: Typed) -> None:
    if question.kind == "written":
        if not isinstance(value, int) or not 0 <= value <= question.points:
            raise RuleViolation(f"問{question.number}の点は0〜{question.points}の整数で打ってください。")
        return
    exact = tuple(question.choices or ())
    chosen = () if isinstance(value, int) else value
    for label in chosen:
        if not (label in exact if exact else known_label(label, labels)):
            raise RuleViolation(f"問{question.number}に肢「{label}」はありません。打ち直してください。")
    if not chosen:
        raise RuleViolation(f"問{question.number}の答えが空です。答えがなければ空のままにしてください。")


def _stored(test: CertificationTest, typed: AnswersTyped, before: Mapping[str, Any]) -> dict[str, Any]:
    """打った答案を保存する形にする。二人で採点する記述に書かれていた点は、そのまま残す。"""
    if typed.outcome not in OUTCOMES:
        raise RuleViolation("結果（受験・欠席など）が空です。白紙の答案は「受験」にしてください。")
    if typed.outcome != "points" and typed.answers:
        words = outcome_label(typed.outcome)
        raise RuleViolation(f"結果が「{words}」なのに答えがあります。どちらかを直してください。")
    questions = {q.number: q for q in test.questions}
    labels = _labels(test, ())
    found: dict[str, Any] = {}
    for number, value in sorted(typed.answers.items()):
        question = questions.get(number)
        if question is None:
            raise RuleViolation(f"問{number}はこのテストにありません。表を開き直してください。")
        if question.kind == "written" and test.marking_gap is not None:
            raise RuleViolation(f"問{number}は二人で採点する記述です。点は「記述を採点…」で入れてください。")
        _check_cell(question, labels[number], value)
        found[str(number)] = value if isinstance(value, int) else list(value)
    if test.marking_gap is not None:
        kept = {str(n) for n, q in questions.items() if q.kind == "written"} & set(before)
        found |= {n: before[n] for n in kept}
    return found


def _person(session: Session, application_id: int) -> tuple[int, int, str]:
    query = select(Application.id, Application.reception_number, Person.name).join(Person)
    row = session.execute(query.where(Application.id == application_id)).one()
    return row[0], row[1], row[2]


def _check_gate(office: Office, session: Session, test: CertificationTest, application_id: int) -> None:
    """新しい答案は、関門の開いている人のものだけを受け取る。"""
    cohort = session.get_one(Cohort, test.cohort_id)
    course = load_course(session, cohort.id, application_id)
    gates = load_progress(course, cohort, office.today()).get(application_id)
    who = next(iter(course.participants), None)
    if gates is None or who is None:
        raise RuleViolation("この研修期に、受講が決定したその人がいません。表を開き直してください。")
    if who.withdrawn_on is not None:
        raise RuleViolation(f"{wareki(who.withdrawn_on)}に辞退した人です。")
    if gates.certification_test == "shut":
        raise RuleViolation(
            f"修了認定テストの関門が開いていません（養成課程①{GATE_WORDS[gates.course1]}、"
            f"実践{GATE_WORDS[gates.practice]}、養成課程②{GATE_WORDS[gates.course2]}）。"
        )


def _sheet(session: Session, test_id: int, application_id: int) -> AnswerSheet | None:
    mine = (AnswerSheet.certification_test_id == test_id, AnswerSheet.application_id == application_id)
    return session.scalar(select(AnswerSheet).where(*mine))


def _check_seen(row: GridRow, now: GridRow) -> None:
    if (row.outcome, dict(row.answers)) != (now.outcome, dict(now.answers)):
        raise RuleViolation(
            f"受付{now.reception}の答案は、開いた後にほかで変わっています。表を開き直してから打ってください。"
        )


def save_answers(
    office: Office, test_id: int, seen: GridRow, typed: AnswersTyped, *, reason: str = ""
) -> GridRow:
    """一人の答案を保存し、その後の行を返す。seen は打つ前に見ていた行（ほかで変わっていれば断る）。

    照合の済んだ答案か、合格基準を採用した後の答案を直すには、理由が要る。確定したテストの答案は直せない。
    """
    with office.act("scoring.save_answers") as act:
        test = _open_test(office, act.session, test_id)
        sheet, now = _now(act.session, act.actor, test, seen)
        before = {} if sheet is None else dict(sheet.answers)
        answers = _stored(test, typed, before)
        if now.needs_reason and not reason.strip():
            raise RuleViolation("照合の済んだ答案を直すには、理由が要ります。理由を書いてください。")
        if sheet is None:
            _check_gate(office, act.session, test, seen.application_id)
            sheet = AnswerSheet(
                certification_test_id=test_id, application_id=seen.application_id, outcome="", answers={}
            )
            act.session.add(sheet)
        changed = {n: [before.get(n), answers.get(n)] for n in {*before, *answers}}
        changed = {n: pair for n, pair in sorted(changed.items()) if pair[0] != pair[1]}
        outcomes = [now.outcome, typed.outcome]
        sheet.outcome, sheet.answers = typed.outcome, answers
        act.session.flush()
        words = f"受付{now.reception}の答案を{'入力' if now.sheet_id is None else '訂正'}（{test.title}）"
        detail = {"by": act.actor.person_key, "outcome": outcomes, "answers": changed}
        act.say(f"{SUBJECT}{sheet.id}", words, reason=reason, detail=detail)
        rows = _Rows(act.session, test, act.actor, sheet.id)
        made = rows.row((now.application_id, now.reception_number, now.name), sheet)
        # いまの操作の監査記録は、この取引の終わりに置かれる
        return replace(
            made, entered_by=act.actor.name, checked_by="", may_check=False, needs_reason=rows.adopted
        )


def _now(
    session: Session, me: Actor, test: CertificationTest, seen: GridRow
) -> tuple[AnswerSheet | None, GridRow]:
    """いまの行。見ていた行と違えば断る。"""
    sheet = _sheet(session, test.id, seen.application_id)
    rows = _Rows(session, test, me, -1 if sheet is None else sheet.id)
    now = rows.row(_person(session, seen.application_id), sheet)
    _check_seen(seen, now)
    return sheet, now


def differences(first: AnswersTyped, second: AnswersTyped) -> tuple[Difference, ...]:
    """二度の入力の違い（結果、設問の順）。"""
    found = []
    if first.outcome != second.outcome:
        found.append(Difference(0, outcome_label(first.outcome), outcome_label(second.outcome)))
    for number in sorted({*first.answers, *second.answers}):
        one, other = first.answers.get(number), second.answers.get(number)
        if one != other and not _same_set(one, other):
            found.append(Difference(number, typed_words(one), typed_words(other)))
    return tuple(found)


def _same_set(one: Typed | None, other: Typed | None) -> bool:
    return isinstance(one, tuple) and isinstance(other, tuple) and set(one) == set(other)


def check_answers(
    office: Office,
    test_id: int,
    seen: GridRow,
    typed: AnswersTyped,
    taken: Mapping[int, str] | None = None,
) -> CheckResult:
    """二度目の入力を、初めの入力と照らす。打てるのは初めに打った人ではない人だけ。

    違いがあり、どちらを採るか（taken：設問の番号から first か second へ）が揃っていなければ、違いを返して何も書かない。
    揃っていれば採った答を保存し、違いと、誰がどちらを採ったかを監査記録に残す。
    """
    chosen = dict(taken or {})
    with office.read("scoring.check_answers") as session:
        test = _open_test(office, session, test_id)
        _, now = _now(session, office.require("scoring.check_answers"), test, seen)
        _check_second(test, now, typed)
        found = differences(AnswersTyped(now.outcome, now.answers), typed)
        if any(d.number not in chosen for d in found):
            return CheckResult(now, found)
    with office.act("scoring.check_answers") as act:
        test = _open_test(office, act.session, test_id)
        sheet, now = _now(act.session, act.actor, test, seen)
        assert sheet is not None
        _take(sheet, typed, test, [d.number for d in found if chosen[d.number] == SECOND])
        act.session.flush()
        said = [
            {"number": d.number, "first": d.first, "second": d.second, "taken": chosen[d.number]}
            for d in found
        ]
        digest = answers_digest(sheet.outcome, sheet.answers)
        act.say(
            f"{SUBJECT}{sheet.id}",
            f"受付{now.reception}の答案を二度目の入力と照合（違い{len(found)}か所、{test.title}）",
            detail={"by": act.actor.person_key, "digest": digest, "differences": said},
        )
        made = _Rows(act.session, test, act.actor, sheet.id).row(
            (now.application_id, now.reception_number, now.name), sheet
        )
        return CheckResult(replace(made, checked_by=act.actor.name, needs_reason=True))


def _check_second(test: CertificationTest, now: GridRow, typed: AnswersTyped) -> None:
    """二度目の入力として受け取れるか。"""
    if now.sheet_id is None:
        raise RuleViolation("初めの入力がまだありません。先に一度打ってください。")
    if not now.may_check:
        raise RuleViolation(
            f"受付{now.reception}の初めの入力は{now.entered_by}さんです。二度目は別の人が打ってください。"
        )
    if now.checked_by:
        raise RuleViolation(f"受付{now.reception}は{now.checked_by}さんが照合を済ませています。")
    _stored(test, typed, {})


def _take(sheet: AnswerSheet, typed: AnswersTyped, test: CertificationTest, numbers: Sequence[int]) -> None:
    """二度目を採る升だけを、二度目の入力にする。"""
    outcome = typed.outcome if 0 in numbers else sheet.outcome
    answers = typed_answers(sheet.answers)
    for number in numbers:
        answers.pop(number, None)
        if number in typed.answers:
            answers[number] = typed.answers[number]
    by_two = {q.number for q in test.questions if q.kind == "written" and test.marking_gap is not None}
    made = AnswersTyped(outcome, {n: v for n, v in answers.items() if n not in by_two})
    sheet.outcome, sheet.answers = outcome, _stored(test, made, sheet.answers)
