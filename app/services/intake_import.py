"""受付：申込様式の取込（下見 → 一つの取引）と、まとめての取消し。"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.domain.errors import RuleViolation
from app.domain.names import search_key
from app.services.importing import ImportKind, Plan, SourceFile, digest_file, preview, run
from app.services.office import Act, Office
from app.services.people import check_person, grams_of, next_reception_number
from app.services.views.intake import CellProblem, ImportPreview, ImportResult
from app.workbooks import applicants
from app.workbooks.applicants import (
    ApplicantForm,
    ApplicantsSheet,
    ConvictionForm,
    EmploymentForm,
    QualificationForm,
    parse_applicants,
)
from app.workbooks.reading import read_workbook
from database.queries.search import index_person
from database.schema.eligibility import EligibilityDecision
from database.schema.intake import Application, Employment, ImportBatch, Qualification
from database.schema.people import Conviction, Person

_SHEET = "申込者"
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


@dataclass(frozen=True)
class Change:
    """一人分の変更。application_id が空なら新しい申込、person_id が空なら新しい人。"""

    form: ApplicantForm
    application_id: int | None
    person_id: int | None


def _person_key(name: str, reading: str, birth_date: object) -> tuple[str, object]:
    # フリガナのない人（ローマ字だけの人）は氏名で見分ける
    return search_key(reading or name), birth_date


def _employment_values(one: EmploymentForm | Employment) -> tuple[object, ...]:
    return tuple(getattr(one, name) for name in _EMPLOYMENT)


def _qualification_values(one: QualificationForm | Qualification) -> tuple[object, ...]:
    return tuple(getattr(one, name) for name in _QUALIFICATION)


def _conviction_values(one: ConvictionForm | Conviction) -> tuple[object, ...]:
    return tuple(getattr(one, name) for name in _CONVICTION)


def _same(application: Application, form: ApplicantForm) -> bool:
    return (
        all(getattr(application.person, n) == getattr(form, n) for n in _PERSON)
        and all(getattr(application, n) == getattr(form, n) for n in _APPLICATION)
        and [_employment_values(e) for e in application.employments]
        == [_employment_values(e) for e in form.employments]
        and [_qualification_values(q) for q in application.qualifications]
        == [_qualification_values(q) for q in form.qualifications]
        and [_conviction_values(c) for c in application.person.convictions]
        == [_conviction_values(c) for c in form.convictions]
    )


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
            _person_key(a.person.name, a.person.reading, a.person.birth_date): a for a in loaded
        }
        people = session.execute(
            select(Person.id, Person.name, Person.reading, Person.birth_date)
            .where(Person.merged_into_id.is_(None))
            .order_by(Person.id)
        )
        self.people = {_person_key(name, reading, born): found for found, name, reading, born in people}


def _warnings(form: ApplicantForm, known: _Known, key: tuple[str, object]) -> list[CellProblem]:
    if key in known.people and key not in known.applications:
        reason = "前の研修期に同じ読みと生年月日の人がいます。同じ人として申込を加えます。"
        return [CellProblem(_SHEET, form.row, "フリガナ", form.reading or form.name, reason)]
    return []


def _plan_one(
    plan: Plan[Change],
    form: ApplicantForm,
    known: _Known,
    office: Office,
    seen: dict[tuple[str, object], int],
) -> None:
    key = _person_key(form.name, form.reading, form.birth_date)
    errors = []
    try:
        check_person(form.name, form.birth_date, office.today())
    except RuleViolation as refusal:
        errors.append(CellProblem(_SHEET, form.row, "氏名", form.name, str(refusal)))
    if key in seen:
        reason = f"{seen[key]}行目と同じ読みと生年月日の人です。一人一行にしてください。"
        errors.append(CellProblem(_SHEET, form.row, "氏名", form.name, reason))
    seen.setdefault(key, form.row)
    application = known.applications.get(key)
    action = "new" if application is None else "unchanged" if _same(application, form) else "changed"
    changes = (
        []
        if action == "unchanged"
        else [Change(form, application.id if application else None, known.people.get(key))]
    )
    plan.add(
        form.row,
        form.number,
        form.name,
        action,
        errors=errors,
        warnings=_warnings(form, known, key),
        changes=changes,
    )


def _plan(session: Session, office: Office, cohort_id: int, sheet: ApplicantsSheet) -> Plan[Change]:
    plan: Plan[Change] = Plan(reports=tuple(sheet.reports))
    known = _Known(session, cohort_id)
    seen: dict[tuple[str, object], int] = {}
    for form in sheet.forms:
        _plan_one(plan, form, known, office, seen)
    rows: dict[tuple[str, int], list[CellProblem]] = {}
    for e in sheet.errors:
        rows.setdefault((e.sheet, e.row), []).append(CellProblem(e.sheet, e.row, e.column, e.value, e.reason))
    for (_, row), problems in rows.items():
        plan.add(row, "", problems[0].sheet, "error", errors=problems)
    return plan


def _fill(application: Application, form: ApplicantForm) -> None:
    for name in _PERSON:
        setattr(application.person, name, getattr(form, name))
    for name in _APPLICATION:
        setattr(application, name, getattr(form, name))
    wanted = [_employment_values(e) for e in form.employments]
    if [_employment_values(e) for e in application.employments] != wanted:
        application.employments = [Employment(**dict(zip(_EMPLOYMENT, v, strict=True))) for v in wanted]
    wanted = [_qualification_values(q) for q in form.qualifications]
    if [_qualification_values(q) for q in application.qualifications] != wanted:
        application.qualifications = [
            Qualification(**dict(zip(_QUALIFICATION, v, strict=True))) for v in wanted
        ]
    wanted = [_conviction_values(c) for c in form.convictions]
    if [_conviction_values(c) for c in application.person.convictions] != wanted:
        application.person.convictions = [
            Conviction(source="申告", **dict(zip(_CONVICTION, v, strict=True))) for v in wanted
        ]


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
        _fill(application, change.form)
        touched.append(application)
    session.flush()
    for application in touched:
        index_person(session, application.person_id, grams_of(application.person))


def _kind(
    office: Office, cohort_id: int, path: Path, password: str | None
) -> tuple[ImportKind[Change], SourceFile]:
    source = digest_file(path)
    sheet = parse_applicants(read_workbook(path, password), office.today())
    kind = ImportKind(
        "intake.import_applicants",
        "applicants",
        "受講申込",
        lambda session: _plan(session, office, cohort_id, sheet),
        lambda act, changes, batch_id: _apply(act, changes, batch_id, office, cohort_id),
    )
    return kind, source


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


def undo_import(office: Office, batch_id: int) -> tuple[int, tuple[str, ...]]:
    """取込で新しく作った申込を取り消す。その後に決定のあった申込は残し、氏名を返す。"""
    with office.act("intake.undo_import") as act:
        session = act.session
        batch = session.get_one(ImportBatch, batch_id)
        if batch.undone_at is not None or batch.kind != "applicants":
            raise RuleViolation("この取込は取り消せません（取消し済みか、申込の取込ではありません）。")
        decided = set(session.scalars(select(EligibilityDecision.application_id)))
        applications = session.scalars(
            select(Application).where(Application.import_batch_id == batch_id)
        ).all()
        kept = tuple(a.person.name for a in applications if a.id in decided)
        removed = [a for a in applications if a.id not in decided]
        for application in removed:
            session.delete(application)
        batch.undone_at = office.now()
        act.say(f"import_batch:{batch_id}", f"取込を取消し（{len(removed)}件、残した申込{len(kept)}件）")
        return len(removed), kept


def write_template(office: Office, path: Path) -> Path:
    """空の申込様式を書く。"""
    office.require("intake.write_template")
    applicants.write_template(path)
    return path
