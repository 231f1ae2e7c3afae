"""成績の取込：行ごとに新規・変更・同じ・注意・誤りを見分け、一つの取引で書く。"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.domain.names import search_key
from app.domain.progress import quizzes_passed
from app.services import importing
from app.services.importing import ImportKind, Plan
from app.services.intake.mapping import at_origin, converted
from app.services.office import Act, Office
from app.services.progress.attempts import void_row
from app.services.progress.course import course_facts, load_progress, rules_of
from app.services.views.intake import CellProblem, ImportPreview, ImportResult
from app.services.views.progress import ATTENDED, OUTCOME_WORDS, outcome_of
from app.workbooks import results
from app.workbooks.mapping import RESULTS, Mapping
from app.workbooks.reading import Unlock, read_workbook
from app.workbooks.results import LAYOUT, ResultForm, ResultsSheet, kind_words, parse_results
from database import audit
from database.queries.progress import (
    AttemptFact,
    AttendanceFact,
    CohortCourse,
    Participant,
    SubmissionFact,
    load_course,
)
from database.schema.intake import Application, Cohort
from database.schema.progress import VOIDED, Attempt, Attendance, ReportSubmission

TESTS = frozenset({"quiz", "comprehensive"})
REPORTS = frozenset({"report", "final_report"})


@dataclass(frozen=True)
class ResultChange:
    """書く変更。table は表、row_id が空なら新しい行、あればその行を直す。values は列の名から値へ。

    受験は直さず、voids の行を取り消して新しい行を入れる。
    """

    table: Any
    row_id: int | None
    values: dict[str, Any]
    voids: int | None = None


@dataclass(frozen=True)
class _Verdict:
    """一行の見分け。problem が空でなければ断る。"""

    action: str = "unchanged"
    problem: str = ""
    column: str = "種別"
    warning: str = ""
    change: ResultChange | None = None


class _Planner:
    """研修期の今の事実に、ファイルの行を順に当てる。先の段階の行は、前の段階の行を当てた後の関門で見る。"""

    def __init__(self, session: Session, cohort: Cohort, today: date) -> None:
        self.cohort = cohort
        self.today = today
        self.course: CohortCourse = load_course(session, cohort.id)
        self.people = {p.reception_number: p for p in self.course.participants}
        self.row_ids = _row_ids(session, cohort.id)
        self.gates = load_progress(self.course, cohort, today)

    def refresh(self) -> None:
        """前の段階の行を当てた後の関門を計算し直す。"""
        self.gates = load_progress(self.course, self.cohort, self.today)

    def judge(self, form: ResultForm) -> _Verdict:
        """一行を見分ける。"""
        who = self.people.get(form.reception_number)
        if who is None:
            return _Verdict(
                problem="この研修期に、受講が決定したその受付番号の人がいません。", column="受付番号"
            )
        if form.name.strip() and search_key(form.name) != search_key(who.name):
            return _Verdict(
                problem=f"受付番号の人（{who.name}）と氏名が違います。番号を確かめてください。", column="氏名"
            )
        if who.withdrawn_on is not None:
            return _Verdict(problem=f"{wareki(who.withdrawn_on)}に辞退した人です。", column="受付番号")
        if form.kind in TESTS:
            return self._attempt(form, who)
        return self._report(form, who) if form.kind in REPORTS else self._session(form, who)

    def _attempt(self, form: ResultForm, who: Participant) -> _Verdict:
        kept = self.course.attempts.setdefault(who.application_id, [])
        mine = [a for a in kept if a.subject_group == form.subject_group]
        same = _same_attempt(form, mine)
        number = same.number if same else form.attempt or max((a.number for a in mine), default=0) + 1
        if number > self.cohort.max_attempts:
            return _Verdict(
                problem=f"受験は{self.cohort.max_attempts}回までです（{number}回目）。", column="回"
            )
        fact = AttemptFact(
            same.id if same else 0,
            form.kind,
            form.subject_group,
            number,
            form.outcome,
            form.points,
            form.taken_on,
        )
        if fact == same:
            return _Verdict()
        if same is None and (gone := self._voided(fact, who)) is not None:
            return _Verdict(
                problem=f"{wareki(gone.voided_on or self.today)}に取り消した受験と同じ行です（理由：{gone.void_reason}）。"
                "取込に含めないでください。"
            )
        if same is not None:
            kept.remove(same)
        kept.append(fact)
        values = {
            "application_id": who.application_id,
            "test": form.kind,
            "subject_group": form.subject_group,
            "number": number,
            "outcome": form.outcome,
            "points": form.points,
            "taken_on": form.taken_on,
        }
        early = form.kind == "comprehensive" and not self._quizzes_passed(kept)
        warnings = ["小テストのすべてに合格する前の総合確認テストです。"] if early else []
        if same is not None:
            warnings.append(f"記録済みの{number}回目（{_said(same)}）を取り消して、記し直します。")
        # 同じファイルの中で先に加えた受験（id が 0）を直すことはない：読み手が重なりを断る
        change = ResultChange(Attempt, None, values, same.id if same else None)
        return _Verdict("changed" if same else "new", warning="".join(warnings), change=change)

    def _voided(self, fact: AttemptFact, who: Participant) -> AttemptFact | None:
        """この行と同じ中身の、取り消した受験。"""
        found = (a for a in self.course.voided.get(who.application_id, ()) if _content(a) == _content(fact))
        return next((a for a in found if a.number % VOIDED == fact.number), None)

    def _quizzes_passed(self, attempts: Iterable[AttemptFact]) -> bool:
        facts = course_facts(attempts, rules_of(self.cohort))
        return quizzes_passed(facts, self.cohort.quiz_pass_mark)

    def _report(self, form: ResultForm, who: Participant) -> _Verdict:
        plain = [d for d in self.course.dues if not d.final]
        finals = [d for d in self.course.dues if d.final]
        dues = finals if form.kind == "final_report" else plain[(form.position or 0) - 1 : form.position]
        if not dues:
            return _Verdict(
                problem=f"この研修期に{kind_words(form)}の期限がありません。先に期限を定めてください。"
            )
        due = dues[0]
        if self.gates[who.application_id].practice == "shut":
            return _Verdict(problem="養成課程①を終えていないため、実践の提出物は受け取れません。")
        handed = self.course.submissions.setdefault(who.application_id, {})
        before = handed.get(due.id)
        submitted_on = form.taken_on if form.outcome == "submitted" else None
        if (before.submitted_on if before else None) == submitted_on:
            return _Verdict()
        after = (before or SubmissionFact(due.id, None, None, ""))._replace(submitted_on=submitted_on)
        handed[due.id] = after
        limit = after.extended_to or due.due_on
        late = submitted_on is not None and submitted_on > limit
        warning = f"期限（{wareki(limit)}）の後の提出です。" if late else ""
        values = {
            "application_id": who.application_id,
            "report_due_id": due.id,
            "submitted_on": submitted_on,
        }
        row_id = self.row_ids[ReportSubmission].get((who.application_id, due.id))
        return _verdict(ReportSubmission, row_id, values, warning)

    def _session(self, form: ResultForm, who: Participant) -> _Verdict:
        one = next((s for s in self.course.sessions if s.position == form.position), None)
        if one is None:
            return _Verdict(problem=f"この研修期に{kind_words(form)}がありません。先に日を定めてください。")
        if form.outcome not in ATTENDED:
            return _Verdict(
                problem="集合研修は、出席・欠席・無効・免除・未実施のどれかを書いてください。", column="結果"
            )
        if one.held_on > self.today and form.outcome != "not_held":
            return _Verdict(problem=f"{one.title}は{wareki(one.held_on)}で、まだ行われていません。")
        if self.gates[who.application_id].course2 == "shut":
            return _Verdict(problem="実践を終えていないため、養成課程②の出欠は受け取れません。")
        present = self.course.attendances.setdefault(who.application_id, {})
        fact = AttendanceFact(
            one.id, ATTENDED[form.outcome], form.minutes_late, form.minutes_left_early, form.outcome
        )
        before = present.get(one.id)
        if before is not None and fact == before._replace(
            outcome=outcome_of(before.attended, before.outcome)
        ):
            return _Verdict()
        present[one.id] = fact
        values = {
            "application_id": who.application_id,
            "training_session_id": one.id,
            "attended": fact.attended,
            "minutes_late": fact.minutes_late,
            "minutes_left_early": fact.minutes_left_early,
            "outcome": fact.outcome,
        }
        row_id = self.row_ids[Attendance].get((who.application_id, one.id))
        return _verdict(Attendance, row_id, values, "")


def _verdict(table: Any, row_id: int | None, values: dict[str, Any], warning: str) -> _Verdict:
    action = "new" if row_id is None else "changed"
    return _Verdict(action, warning=warning, change=ResultChange(table, row_id, values))


def _content(a: AttemptFact) -> tuple[object, ...]:
    return a.test, a.subject_group, a.outcome, a.points, a.taken_on


def _said(a: AttemptFact) -> str:
    words = OUTCOME_WORDS[a.outcome] if a.points is None else f"{a.points}点"
    return words if a.taken_on is None else f"{words}、{wareki(a.taken_on)}"


def _same_attempt(form: ResultForm, mine: list[AttemptFact]) -> AttemptFact | None:
    """この行が言っている、記録済みの受験。回があれば回で、なければ実施日で見分ける。"""
    if form.attempt is not None:
        return next((a for a in mine if a.number == form.attempt), None)
    same_day = [a for a in mine if a.taken_on == form.taken_on]
    if form.taken_on is None:
        same_day = [a for a in same_day if a.outcome == form.outcome]
    return same_day[-1] if same_day else None


def _row_ids(session: Session, cohort_id: int) -> dict[Any, dict[tuple[int, int], int]]:
    found: dict[Any, dict[tuple[int, int], int]] = {}
    tables: tuple[tuple[Any, Any], ...] = (
        (ReportSubmission, ReportSubmission.report_due_id),
        (Attendance, Attendance.training_session_id),
    )
    for table, other in tables:
        rows = session.execute(
            select(table.id, table.application_id, other)
            .join(Application, Application.id == table.application_id)
            .where(Application.cohort_id == cohort_id)
        )
        found[table] = {(a, o): row_id for row_id, a, o in rows}
    return found


def plan_results(session: Session, cohort_id: int, sheet: ResultsSheet, today: date) -> Plan[ResultChange]:
    """ファイルの行を今の事実と比べる。テスト → 報告 → 集合研修の順に当て、下見は行の順に並べる。"""
    cohort = session.get(Cohort, cohort_id)
    if cohort is None:
        raise RuleViolation("その研修期がありません。研修期を選び直してください。")
    planner = _Planner(session, cohort, today)
    plan: Plan[ResultChange] = Plan(reports=sheet.reports)
    warned = importing.by_row(sheet.warnings)
    stages = (TESTS, REPORTS, frozenset({"session"}))
    for stage in stages:
        planner.refresh()
        for form in (f for f in sheet.forms if f.kind in stage):
            _add(plan, form, planner.judge(form), warned.get((LAYOUT.name, form.row), []))
    plan.refuse_unread(sheet.errors)
    plan.sort()
    return plan


def _add(plan: Plan[ResultChange], form: ResultForm, verdict: _Verdict, warned: list[CellProblem]) -> None:
    def problem(reason: str, column: str) -> list[CellProblem]:
        return [CellProblem(LAYOUT.name, form.row, column, "", reason)] if reason else []

    plan.add(
        form.row,
        f"{form.reception_number:04d}",
        form.name,
        verdict.action,
        errors=problem(verdict.problem, verdict.column),
        warnings=[*warned, *problem(verdict.warning, "種別")],
        changes=[verdict.change] if verdict.change else [],
    )


def apply_results(act: Act, changes: Sequence[ResultChange], batch_id: int, today: date) -> None:
    """変更を書く。新しい行はまとめて入れ、直す行は一行ずつ直す。受験の訂正は、前の記録を取り消してから入れる。"""
    voids = [c.voids for c in changes if c.voids is not None]
    for old in act.session.scalars(select(Attempt).where(Attempt.id.in_(voids))) if voids else ():
        void_row(act.session, old, today, "取込による訂正")
    tables: tuple[Any, ...] = (Attempt, ReportSubmission, Attendance)
    for table in tables:
        batch = {"import_batch_id": batch_id} if table is Attempt else {}
        extra = {"extension_reason": ""} if table is ReportSubmission else {}
        new = [c.values | batch | extra for c in changes if c.table is table and c.row_id is None]
        audit.bulk_insert(act.session, table, new)
        changed = {c.row_id: c.values for c in changes if c.table is table and c.row_id is not None}
        if changed:
            for row in act.session.scalars(select(table).where(table.id.in_(list(changed)))):
                for name, value in changed[row.id].items():
                    setattr(row, name, value)


def _kind(
    office: Office, cohort_id: int, path: Path, password: Unlock, mapping: Mapping | None
) -> ImportKind[ResultChange]:
    with office.read("progress.preview_results") as session:
        workbook, origin = converted(session, read_workbook(path, password), mapping, RESULTS)
    sheet = parse_results(workbook, office.today())
    return ImportKind(
        "progress.import_results",
        "results",
        "成績",
        lambda session: at_origin(
            plan_results(session, cohort_id, sheet, office.today()), origin, LAYOUT.name
        ),
        lambda act, changes, batch: apply_results(act, changes, batch, office.today()),
    )


def preview_results(
    office: Office, cohort_id: int, path: Path, password: Unlock = None, mapping: Mapping | None = None
) -> ImportPreview:
    """成績のブックを下見する（何も書かない）。mapping はほかの様式の読み方（なければ、保存した読み方から見分ける）。"""
    office.require("progress.preview_results")
    source = importing.digest_file(path)
    return importing.preview(
        office, "progress.preview_results", _kind(office, cohort_id, path, password, mapping), source
    )


def import_results(
    office: Office,
    cohort_id: int,
    path: Path,
    all_or_nothing: bool = False,
    password: Unlock = None,
    mapping: Mapping | None = None,
) -> ImportResult:
    """成績のブックを一つの取引で取り込む。同じファイルの二度目は何も変えない（batch_id は空）。"""
    office.require("progress.import_results")
    source = importing.digest_file(path)
    kind = _kind(office, cohort_id, path, password, mapping)
    return importing.run(office, kind, source, cohort_id, all_or_nothing)


def write_template(office: Office, path: Path) -> Path:
    """空の成績の様式を書く。"""
    office.require("progress.write_template")
    results.write_template(path)
    return path
