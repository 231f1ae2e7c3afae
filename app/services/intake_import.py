"""受付：申込様式の取込（下見 → 一つの取引）。取消しは intake_undo にある。"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.domain.errors import RuleViolation
from app.domain.names import name_cautions, search_key
from app.services.convictions import check_conviction
from app.services.employments import WorkdayClaim, employment_problem
from app.services.importing import ImportKind, Plan, SourceFile, by_row, digest_file, preview, run
from app.services.office import Act, Office
from app.services.people import check_birth_date, check_name, grams_of, next_reception_number
from app.services.views.intake import CellProblem, ImportPreview, ImportResult
from app.workbooks import applicants
from app.workbooks.applicant_layout import APPLICANTS
from app.workbooks.applicants import (
    ApplicantForm,
    ApplicantsSheet,
    ConvictionForm,
    EmploymentForm,
    QualificationForm,
    parse_applicants,
)
from app.workbooks.fields import need_table
from app.workbooks.reading import Workbook, read_workbook
from database.queries.search import index_person
from database.schema.intake import Application, Cohort, Employment, Qualification
from database.schema.people import Conviction, Person

DECLARED = "申告"
_PERSON = [
    "name",
    "reading",
    "roman_name",
    "certificate_name",
    "alias",
    "former_name",
    "birth_date",
    "nationality",
    "phone",
    "email",
    "postal_code",
    "address",
    "affiliation",
    "affiliation_prefecture",
    "activity_area",
    "specialties",
    "languages",
    "publish_consent",
]
_APPLICATION = [
    "counter_name",
    "counter",
    "counter_engaged",
    "counter_standard",
    "mental_declared",
    "immigration_declared",
    "other_law_declared",
    "revocation_declared",
]
_EMPLOYMENT = [
    "counter_name",
    "counter",
    "counter_standard",
    "consultation",
    "started_on",
    "ended_on",
    "workdays",
    "workdays_in_window",
]
_QUALIFICATION = ["kind", "grade", "registered_on", "lapsed_on", "evidence"]
_CONVICTION = [
    "law",
    "penalty",
    "finalized_on",
    "execution_ended_on",
    "execution_ceased_on",
    "suspension_kind",
    "suspension_ends_on",
    "suspension_revoked",
]


Row_ = TypeVar("Row_", Employment, Qualification, Conviction)
Form_ = TypeVar("Form_", EmploymentForm, QualificationForm, ConvictionForm)


@dataclass(frozen=True)
class Change:
    """一人分の変更。application_id が空なら新しい申込、person_id が空なら新しい人。"""

    form: ApplicantForm
    application_id: int | None
    person_id: int | None


def person_key(name: str, reading: str, birth_date: object) -> tuple[str, object]:
    """同じ人かもしれないことの鍵（読みと生年月日）。フリガナのない人（ローマ字だけの人）は氏名で見分ける。"""
    return search_key(reading or name), birth_date


def _employment_values(one: EmploymentForm | Employment) -> tuple[object, ...]:
    return tuple(getattr(one, name) for name in _EMPLOYMENT)


def _qualification_values(one: QualificationForm | Qualification) -> tuple[object, ...]:
    return tuple(getattr(one, name) for name in _QUALIFICATION)


def _conviction_values(one: ConvictionForm | Conviction) -> tuple[object, ...]:
    return tuple(getattr(one, name) for name in _CONVICTION)


def _declared(person: Person) -> list[Conviction]:
    """本人の申告による裁判。事務局が別に確かめて記したものは、取込で変えも消しもしない。"""
    return [c for c in person.convictions if c.source == DECLARED]


def _same(application: Application, form: ApplicantForm) -> bool:
    return (
        all(getattr(application.person, n) == getattr(form, n) for n in _PERSON)
        and all(getattr(application, n) == getattr(form, n) for n in _APPLICATION)
        and _alike(application.employments, form.employments, _employment_values)
        and _alike(application.qualifications, form.qualifications, _qualification_values)
        and _alike(_declared(application.person), form.convictions, _conviction_values)
    )


def _alike(
    rows: Sequence[object], forms: Sequence[object], values: Callable[[Any], tuple[object, ...]]
) -> bool:
    return Counter(values(row) for row in rows) == Counter(values(form) for form in forms)


class _Known:
    """取込の相手となる、いまの記録。"""

    def __init__(self, session: Session, cohort_id: int) -> None:
        loaded = session.scalars(
            select(Application)
            .where(Application.cohort_id == cohort_id)
            .options(
                selectinload(Application.person).selectinload(Person.convictions),
                selectinload(Application.employments),
                selectinload(Application.qualifications),
            )
        )
        self.applications = {
            person_key(a.person.name, a.person.reading, a.person.birth_date): a for a in loaded
        }
        people = session.execute(
            select(Person.id, Person.name, Person.reading, Person.birth_date)
            .where(Person.merged_into_id.is_(None))
            .order_by(Person.id)
        )
        self.people = {person_key(name, reading, born): found for found, name, reading, born in people}


def form_problems(form: ApplicantForm, starts_on: date, office: Office) -> list[tuple[str, str, str]]:
    """申込書として受け取れないところ（列・値・理由）。空なら受け取れる。"""
    found = []
    try:
        check_name(form.name)
    except RuleViolation as refusal:
        found.append(("氏名", form.name, str(refusal)))
    try:
        check_birth_date(form.birth_date, office.today())
    except RuleViolation as refusal:
        found.append(("生年月日", form.birth_date.isoformat(), str(refusal)))
    for place, e in enumerate(form.employments, 1):
        claim = WorkdayClaim(e.started_on, e.ended_on, e.workdays, e.workdays_in_window)
        if problem := employment_problem(claim, starts_on, office.guideline):
            found.append(("在職歴", e.counter_name, f"{place}件目の在職：{problem}"))
    for conviction in form.convictions:
        try:
            check_conviction(conviction)
        except RuleViolation as refusal:
            found.append(("申告", "", str(refusal)))
    return found


@dataclass(frozen=True)
class _Source:
    """読んだ様式と、「申込者」の表のあるシートの名。"""

    sheet: ApplicantsSheet
    name: str


class _Planning:
    """申込様式の各行を、いまの記録と比べる。"""

    def __init__(self, session: Session, office: Office, cohort_id: int, source: _Source) -> None:
        self._office, self._source = office, source
        self._starts_on = session.get_one(Cohort, cohort_id).training_starts_on
        self._known = _Known(session, cohort_id)
        self._seen: dict[tuple[str, object], int] = {}
        self._warned = by_row(source.sheet.warnings)
        self.plan: Plan[Change] = Plan(reports=tuple(source.sheet.reports))

    def _cell(self, form: ApplicantForm, column: str, value: str, reason: str) -> CellProblem:
        return CellProblem(self._source.name, form.row, column, value, reason)

    def _warnings(self, form: ApplicantForm, key: tuple[str, object]) -> list[CellProblem]:
        found = self._warned.pop((self._source.name, form.row), [])
        found += [self._cell(form, "氏名", form.name, words) for words in name_cautions(form.name)]
        if key in self._known.people and key not in self._known.applications:
            reason = "前の研修期に同じ読みと生年月日の人がいます。同じ人として申込を加えます。"
            found.append(self._cell(form, "フリガナ", form.reading or form.name, reason))
        return found

    def one(self, form: ApplicantForm) -> None:
        """一人の行。"""
        key = person_key(form.name, form.reading, form.birth_date)
        errors = [self._cell(form, *p) for p in form_problems(form, self._starts_on, self._office)]
        if key in self._seen:
            reason = f"{self._seen[key]}行目と同じ読みと生年月日の人です。一人一行にしてください。"
            errors.append(self._cell(form, "氏名", form.name, reason))
        self._seen.setdefault(key, form.row)
        application = self._known.applications.get(key)
        action = "new" if application is None else "unchanged" if _same(application, form) else "changed"
        change = Change(form, application.id if application else None, self._known.people.get(key))
        self.plan.add(
            form.row,
            form.number,
            form.name,
            action,
            errors=errors,
            warnings=self._warnings(form, key),
            changes=[] if action == "unchanged" else [change],
        )

    def rest(self) -> None:
        """読めなかった行と、ほかのシートの注意。"""
        for (sheet, row), problems in by_row(self._source.sheet.errors).items():
            elsewhere = "" if sheet == self._source.name else sheet
            self.plan.add(row, "", "", "error", errors=problems, sheet=elsewhere)
        for problems in self._warned.values():
            self.plan.warnings.extend(problems)
            self.plan.reports += tuple(f"{p.sheet}の{p.row}行目「{p.column}」：{p.reason}" for p in problems)


def _plan(session: Session, office: Office, cohort_id: int, source: _Source) -> Plan[Change]:
    planning = _Planning(session, office, cohort_id, source)
    for form in source.sheet.forms:
        planning.one(form)
    planning.rest()
    return planning.plan


def _keep_equal(
    rows: Sequence[Row_],
    wanted: Sequence[Form_],
    values: Callable[[Any], tuple[object, ...]],
    make: type[Row_],
) -> list[Row_]:
    """wanted の順に並べた行。値の同じ行はそのまま使う（事務局が足した日の一覧を失わない）。"""
    spare = list(rows)
    found = []
    for form in wanted:
        kept = next((row for row in spare if values(row) == values(form)), None)
        if kept is None:
            kept = make(**{n: getattr(form, n) for n in form.__dataclass_fields__})
        else:
            spare.remove(kept)
        found.append(kept)
    return found


def fill(application: Application, form: ApplicantForm) -> None:
    """申込書の値を、申込とその人の記録に写す。"""
    person = application.person
    for name in _PERSON:
        setattr(person, name, getattr(form, name))
    for name in _APPLICATION:
        setattr(application, name, getattr(form, name))
    application.employments = _keep_equal(
        application.employments, form.employments, _employment_values, Employment
    )
    application.qualifications = _keep_equal(
        application.qualifications, form.qualifications, _qualification_values, Qualification
    )
    declared = _declared(person)
    kept = _keep_equal(declared, form.convictions, _conviction_values, Conviction)
    for row in kept:
        row.source = DECLARED
    person.convictions = [c for c in person.convictions if c not in declared] + kept


def _apply(act: Act, changes: Sequence[Change], batch_id: int, office: Office, cohort_id: int) -> None:
    session = act.session
    number = next_reception_number(session, cohort_id)
    touched = []
    for change in changes:
        if change.application_id is None:
            person = Person() if change.person_id is None else session.get_one(Person, change.person_id)
            application = Application(
                person=person,
                cohort_id=cohort_id,
                reception_number=number,
                received_on=office.today(),
                import_batch_id=batch_id,
            )
            number += 1
            session.add(application)
        else:
            application = session.get_one(Application, change.application_id)
        fill(application, change.form)
        touched.append(application)
    session.flush()
    for application in touched:
        index_person(session, application.person_id, grams_of(application.person))


def _sheet_name(workbook: Workbook) -> str:
    needed, known = APPLICANTS.needed, APPLICANTS.known
    return need_table(workbook, APPLICANTS.name, APPLICANTS.headings, needed, known).sheet.name


def _kind(
    office: Office, cohort_id: int, path: Path, password: str | None
) -> tuple[ImportKind[Change], SourceFile]:
    file = digest_file(path)
    workbook = read_workbook(path, password)
    source = _Source(parse_applicants(workbook, office.today()), _sheet_name(workbook))
    kind = ImportKind(
        "intake.import_applicants",
        "applicants",
        "受講申込",
        lambda session: _plan(session, office, cohort_id, source),
        lambda act, changes, batch_id: _apply(act, changes, batch_id, office, cohort_id),
    )
    return kind, file


def preview_import(office: Office, cohort_id: int, path: Path, password: str | None = None) -> ImportPreview:
    """取込の下見。何も書かない。"""
    office.require("intake.preview_import")
    kind, source = _kind(office, cohort_id, path, password)
    return preview(office, "intake.preview_import", kind, source)


def import_applicants(
    office: Office, cohort_id: int, path: Path, *, all_or_nothing: bool = False, password: str | None = None
) -> ImportResult:
    """申込様式を一つの取引で取り込む。同じものの二度目は何も変えない。"""
    office.require("intake.import_applicants")
    kind, source = _kind(office, cohort_id, path, password)
    return run(office, kind, source, cohort_id, all_or_nothing)


def write_template(office: Office, path: Path) -> Path:
    """空の申込様式を書く。"""
    office.require("intake.write_template")
    applicants.write_template(path)
    return path
