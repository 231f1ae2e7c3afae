"""受付：申込様式の取込（下見 → 一つの取引）。取消しは intake_undo にある。"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from app.services.importing import ImportKind, SourceFile, digest_file, preview, run
from app.services.intake.mapping import converted
from app.services.intake.planning import Change, Source, form_problems, plan_applicants
from app.services.intake.records import child_ids, fill, keep_application, keep_person
from app.services.office import Act, Office
from app.services.people import grams_of, next_reception_number
from app.services.views.intake import ImportPreview, ImportResult
from app.workbooks import applicants
from app.workbooks.applicant_layout import APPLICANTS
from app.workbooks.applicants import parse_applicants
from app.workbooks.fields import need_table
from app.workbooks.mapping import Mapping
from app.workbooks.reading import Unlock, Workbook, read_workbook
from database.queries.search import index_person
from database.schema.intake import Application, ImportBatch
from database.schema.people import Person

__all__ = [
    "fill",
    "form_problems",
    "import_applicants",
    "preview_import",
    "write_template",
]


def _target(act: Act, change: Change, make: dict[str, Any]) -> tuple[Application, dict[str, Any]]:
    """変更の相手の申込と、写す前の値の控え（新しい人の新しい申込では空）。make は新しい申込の値。"""
    session = act.session
    if change.application_id is not None:
        application = session.get_one(Application, change.application_id)
        return application, keep_application(application)
    person = Person() if change.person_id is None else session.get_one(Person, change.person_id)
    kept = {} if change.person_id is None else keep_person(person)
    application = Application(person=person, received_on=make.pop("received_on"), **make)
    session.add(application)
    return application, kept


def _apply(act: Act, changes: Sequence[Change], batch_id: int, office: Office, cohort_id: int) -> None:
    session = act.session
    number = next_reception_number(session, cohort_id)
    touched = []
    for change in changes:
        make = {
            "cohort_id": cohort_id,
            "reception_number": number,
            "received_on": office.today(),
            "import_batch_id": batch_id,
        }
        application, kept = _target(act, change, make)
        number += change.application_id is None
        fill(application, change.form)
        touched.append((application, kept))
    session.flush()
    session.get_one(ImportBatch, batch_id).replaced = list(_replaced(touched))
    for application, _ in touched:
        index_person(session, application.person_id, grams_of(application.person))


def _replaced(touched: Iterable[tuple[Application, dict[str, Any]]]) -> Iterable[dict[str, Any]]:
    """取り消すための控え：申込の番号、写した後の子の行の番号、写す前の値。"""
    for application, kept in touched:
        yield {"application": application.id, "now": child_ids(application), **kept}


def _sheet_name(workbook: Workbook) -> str:
    needed, known = APPLICANTS.needed, APPLICANTS.known
    return need_table(workbook, APPLICANTS.name, APPLICANTS.headings, needed, known).sheet.name


def _kind(
    office: Office, cohort_id: int, path: Path, password: Unlock, mapping: Mapping | None
) -> tuple[ImportKind[Change], SourceFile]:
    file = digest_file(path)
    with office.read("intake.preview_import") as session:
        workbook, origin = converted(session, read_workbook(path, password), mapping)
    names = {s.name.strip(): s.name for s in workbook.sheets}
    source = Source(parse_applicants(workbook, office.today()), _sheet_name(workbook), names, origin)
    kind = ImportKind(
        "intake.import_applicants",
        "applicants",
        "受講申込",
        lambda session: plan_applicants(session, office, cohort_id, source),
        lambda act, changes, batch_id: _apply(act, changes, batch_id, office, cohort_id),
    )
    return kind, file


def preview_import(
    office: Office,
    cohort_id: int,
    path: Path,
    password: Unlock = None,
    mapping: Mapping | None = None,
) -> ImportPreview:
    """取込の下見。何も書かない。mapping はほかの様式の読み方（なければ、保存した読み方から見分ける）。"""
    office.require("intake.preview_import")
    kind, source = _kind(office, cohort_id, path, password, mapping)
    return preview(office, "intake.preview_import", kind, source)


def import_applicants(
    office: Office,
    cohort_id: int,
    path: Path,
    *,
    all_or_nothing: bool = False,
    password: Unlock = None,
    mapping: Mapping | None = None,
) -> ImportResult:
    """申込様式（またはほかの様式）を一つの取引で取り込む。同じものの二度目は何も変えない。"""
    office.require("intake.import_applicants")
    kind, source = _kind(office, cohort_id, path, password, mapping)
    return run(office, kind, source, cohort_id, all_or_nothing)


def write_template(office: Office, path: Path) -> Path:
    """空の申込様式を書く。"""
    office.require("intake.write_template")
    applicants.write_template(path)
    return path
