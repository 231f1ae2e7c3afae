"""答案の取込：修了認定テストの関門が開いている人の答案だけを受け取る。"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.domain.calendar import wareki
from app.domain.errors import InputRefused, RuleViolation
from app.domain.names import search_key
from app.services import importing
from app.services.importing import ImportKind, Plan
from app.services.office import Act, Office
from app.services.progress.course import load_progress
from app.services.views.intake import CellProblem, ImportPreview, ImportResult
from app.services.views.progress import GATE_WORDS
from app.workbooks import answers as answer_book
from app.workbooks.answers import KEYS, SHEET, AnswerForm, AnswersSheet, KeyForm, parse_answers
from app.workbooks.reading import Unlock, read_workbook
from database import audit
from database.queries.progress import Participant, load_course
from database.schema import scoring as schema
from database.schema.intake import Cohort
from database.schema.scoring import AnswerSheet, CertificationTest

Answers = dict[str, Any]


@dataclass(frozen=True)
class AnswerChange:
    """書く変更：一人の答案（row_id が空なら新しい行）、または正答のシートからの設問一つ。"""

    row_id: int | None
    values: dict[str, Any]
    question: bool = False


@dataclass(frozen=True)
class _Item:
    """採点に要る設問の形。"""

    number: int
    kind: str
    points: int


class _Planner:
    """テストの今の事実に、答案の行を当てる。"""

    def __init__(
        self, session: Session, office: Office, test: CertificationTest, items: Iterable[_Item]
    ) -> None:
        cohort = session.get_one(Cohort, test.cohort_id)
        course = load_course(session, cohort.id)
        self.test = test
        self.items = {i.number: i for i in items}
        self.people = {p.reception_number: p for p in course.participants}
        self.gates = load_progress(course, cohort, office.today())
        rows = session.scalars(select(AnswerSheet).where(AnswerSheet.certification_test_id == test.id))
        self.sheets = {row.application_id: (row.id, row.outcome, row.answers) for row in rows}

    def problem(self, form: AnswerForm, who: Participant | None) -> tuple[str, str]:
        """この行を受け取れない理由と、その列。"""
        if who is None:
            return "この研修期に、受講が決定したその受付番号の人がいません。", "受付番号"
        if form.name.strip() and search_key(form.name) != search_key(who.name):
            return f"受付番号の人（{who.name}）と氏名が違います。番号を確かめてください。", "氏名"
        if who.withdrawn_on is not None:
            return f"{wareki(who.withdrawn_on)}に辞退した人です。", "受付番号"
        gates = self.gates[who.application_id]
        if gates.certification_test == "shut":
            return (
                f"修了認定テストの関門が開いていません（養成課程①{GATE_WORDS[gates.course1]}、"
                f"実践{GATE_WORDS[gates.practice]}、養成課程②{GATE_WORDS[gates.course2]}）。",
                "受付番号",
            )
        return "", ""

    def add(self, plan: Plan[AnswerChange], form: AnswerForm, warned: Sequence[CellProblem]) -> None:
        """一行を見分けて下見に加える。"""
        who = self.people.get(form.reception_number)
        reason, column = self.problem(form, who)
        errors = [_problem(form.row, column, reason)] if reason else []
        answers, wrong = _answers(form, self.items, self.test.marking_gap is not None)
        errors += wrong
        before = None if who is None else self.sheets.get(who.application_id)
        if before is not None and self.test.marking_gap is not None:
            # 二人の採点を始める前に答案に書かれていた点は、使わないが消さない
            answers |= {n: v for n, v in before[2].items() if isinstance(v, int)}
        action, changes = "unchanged", []
        if who is not None and (before is None or before[1:] != (form.outcome, answers)):
            action = "new" if before is None else "changed"
            values = {
                "certification_test_id": self.test.id,
                "application_id": who.application_id,
                "outcome": form.outcome,
                "answers": answers,
            }
            changes = [AnswerChange(None if before is None else before[0], values)]
        plan.add(
            form.row,
            f"{form.reception_number:04d}",
            form.name,
            action,
            errors=errors,
            warnings=warned,
            changes=changes,
        )


def _problem(row: int, column: str, reason: str) -> CellProblem:
    return CellProblem(SHEET, row, column, "", reason)


def _answers(form: AnswerForm, items: Mapping[int, _Item], by_two: bool) -> tuple[Answers, list[CellProblem]]:
    """答案を保存する形にする。記述は採点者の点（0〜配点の整数）で、二人で採点するテスト（by_two）では受け取らない。"""
    found: Answers = {}
    wrong = []
    for number, chosen in sorted(form.answers.items()):
        item = items[number]
        if item.kind != "written":
            found[str(number)] = list(chosen)
            continue
        text = chosen[0] if len(chosen) == 1 else ""
        if by_two:
            reason = "二人で採点する記述です。空にし、点は採点の画面で入れてください。"
            wrong.append(_problem(form.row, f"問{number}", reason))
        elif text.isascii() and text.isdigit() and int(text) <= item.points:
            found[str(number)] = int(text)
        else:
            wrong.append(
                _problem(form.row, f"問{number}", f"記述の点は0〜{item.points}の整数で書いてください。")
            )
    return found, wrong


def _items(test: CertificationTest, sheet: AnswersSheet) -> tuple[list[_Item], list[AnswerChange]]:
    """テストの設問。まだなければ正答のシートから作る。登録された設問と正答のシートが違えば断る。"""
    if test.questions:
        known = {q.number: q for q in test.questions}
        different = [k.number for k in sheet.keys if not _same(known.get(k.number), k)]
        if different:
            raise InputRefused(
                f"「正答」のシートが、登録された設問と違います（問{'、'.join(map(str, different[:10]))}）。"
                "どちらが正しいかを確かめ、設問を直すか「正答」のシートを除いてください。",
                "KEY_DIFFERS",
            )
        return [_Item(q.number, q.kind, q.points) for q in test.questions], []
    if not sheet.keys:
        raise RuleViolation(
            "設問がまだありません。設問と正答を登録するか、「正答」のシートに書いてください。"
        )
    changes = [
        AnswerChange(
            None,
            {
                "certification_test_id": test.id,
                "number": k.number,
                "subject_group": k.subject_group,
                "kind": k.kind,
                "points": k.points,
                "key": list(k.key),
                "treatment": None,
                "text": "",
                "ability": k.ability,
            },
            question=True,
        )
        for k in sheet.keys
    ]
    return [_Item(k.number, k.kind, k.points) for k in sheet.keys], changes


def _same(question: schema.Question | None, key: KeyForm) -> bool:
    """登録された設問と「正答」の行が同じか。能力は、書かれているときだけ比べる。"""
    if question is None or key.ability not in (None, question.ability):
        return False
    known = question.subject_group, question.points, frozenset(question.key), question.kind
    return known == (key.subject_group, key.points, frozenset(key.key), key.kind)


def _check_questions(items: Iterable[_Item], sheet: AnswersSheet) -> None:
    numbers, asked = {i.number for i in items}, set(sheet.questions)
    for words, found in (
        ("設問にない列があります", asked - numbers),
        ("列のない設問があります", numbers - asked),
    ):
        if found:
            named = "、".join(f"問{n}" for n in sorted(found)[:10])
            raise InputRefused(f"{words}（{named}）。答案の列と設問を合わせてください。", "QUESTIONS_DIFFER")


def plan_answers(session: Session, office: Office, test_id: int, sheet: AnswersSheet) -> Plan[AnswerChange]:
    """答案の行を今の事実と比べる。"""
    test = session.get(CertificationTest, test_id, options=[selectinload(CertificationTest.questions)])
    if test is None:
        raise RuleViolation("そのテストの記録がありません。一覧を開き直してください。")
    if test.locked_at is not None:
        raise RuleViolation(f"「{test.title}」は確定しているため、答案を変えられません。")
    if test.held_on > office.today():
        raise RuleViolation(f"「{test.title}」は{wareki(test.held_on)}で、まだ行われていません。")
    items, changes = _items(test, sheet)
    _check_questions(items, sheet)
    planner = _Planner(session, office, test, items)
    plan: Plan[AnswerChange] = Plan(reports=sheet.reports, changes=changes)
    warned = importing.by_row(sheet.warnings)
    for form in sheet.forms:
        planner.add(plan, form, warned.get((SHEET, form.row), []))
    plan.refuse_unread(sheet.errors, KEYS.name)
    plan.sort()
    return plan


def apply_answers(act: Act, changes: Sequence[AnswerChange], batch_id: int) -> None:
    """変更を書く。新しい行はまとめて入れ、直す行は一行ずつ直す。"""
    audit.bulk_insert(act.session, schema.Question, [c.values for c in changes if c.question])
    new = [c.values | {"import_batch_id": batch_id} for c in changes if not c.question and c.row_id is None]
    audit.bulk_insert(act.session, AnswerSheet, new)
    changed = {c.row_id: c.values for c in changes if c.row_id is not None}
    if changed:
        for row in act.session.scalars(select(AnswerSheet).where(AnswerSheet.id.in_(list(changed)))):
            row.outcome, row.answers = changed[row.id]["outcome"], changed[row.id]["answers"]


def _kind(office: Office, test_id: int, path: Path, password: Unlock) -> ImportKind[AnswerChange]:
    sheet = parse_answers(read_workbook(path, password))
    return ImportKind(
        "scoring.import_answers",
        "answers",
        "答案",
        lambda session: plan_answers(session, office, test_id, sheet),
        apply_answers,
    )


def preview_answers(office: Office, test_id: int, path: Path, password: Unlock = None) -> ImportPreview:
    """答案のブックを下見する（何も書かない）。"""
    office.require("scoring.preview_answers")
    source = importing.digest_file(path)
    return importing.preview(
        office, "scoring.preview_answers", _kind(office, test_id, path, password), source
    )


def import_answers(
    office: Office, test_id: int, path: Path, all_or_nothing: bool = False, password: Unlock = None
) -> ImportResult:
    """答案のブックを一つの取引で取り込む。同じファイルの二度目は何も変えない（batch_id は空）。"""
    office.require("scoring.import_answers")
    source = importing.digest_file(path)
    return importing.run(office, _kind(office, test_id, path, password), source, None, all_or_nothing)


def write_template(office: Office, test_id: int, path: Path) -> Path:
    """空の答案の様式を、設問の数の列で書く。設問が登録されていれば「正答」も埋める。"""
    with office.read("scoring.write_template") as session:
        test = session.get(CertificationTest, test_id, options=[selectinload(CertificationTest.questions)])
        if test is None:
            raise RuleViolation("そのテストの記録がありません。一覧を開き直してください。")
        keys = [
            KeyForm(0, q.number, q.subject_group, q.points, tuple(q.key), q.kind, q.ability)
            for q in test.questions
        ]
    if keys:
        answer_book.write_answers(path, (), keys)
    else:
        answer_book.write_template(path)
    return path
