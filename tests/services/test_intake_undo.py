"""受付の取込の取消し：消える申込、残る申込とその理由、取込の一覧。"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.errors import RuleViolation
from app.services import committee, eligibility, intake, search
from app.services.committee.cases import ConvictionForm as CommitteeConviction
from app.services.office import Office
from app.services.views.intake import UndoResult
from app.workbooks.applicants import ApplicantForm, EmploymentForm, write_applicants
from database import audit
from database.schema.intake import ImportBatch
from database.schema.people import Person
from database.store import Store
from tests.factories import insert, make_application, make_cohort, make_office, make_person
from tests.scans import scan_file

JOB = EmploymentForm("municipal", date(2022, 4, 1), date(2024, 3, 31), "窓口A", True, True, 410)
HANAKO = ApplicantForm(
    row=2,
    number="1",
    name="見本 花子",
    birth_date=date(1985, 4, 1),
    reading="ミホン ハナコ",
    counter="municipal",
    employments=(JOB,),
)
TARO = ApplicantForm(
    row=3, number="2", name="神\ufa19 太郎", birth_date=date(1990, 12, 31), reading="ジン タロウ"
)


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


@pytest.fixture
def cohort(office: Office) -> int:
    return make_cohort(office)


def book(folder: Path, *forms: ApplicantForm, name: str = "申込.xlsx") -> Path:
    write_applicants(folder / name, forms)
    return folder / name


def names(office: Office, cohort: int) -> list[tuple[int, str]]:
    return [(r.reception_number, r.name) for r in intake.list_applications(office, cohort)]


def intake_phone(office: Office, person_id: int) -> str:
    with office.store.sessions() as session:
        return session.get_one(Person, person_id).phone


def imported(office: Office, cohort: int, path: Path) -> int:
    batch = intake.import_applicants(office, cohort, path).batch_id
    assert batch is not None
    return batch


def test_an_undone_import_leaves_neither_applications_nor_new_people(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    path = book(tmp_path, HANAKO, TARO)
    make_application(office, cohort, TARO.name, reading=TARO.reading, birth_date=TARO.birth_date)
    later = make_cohort(office, 2)
    assert intake.undo_import(office, imported(office, later, path)) == UndoResult(2, 0, ())
    assert names(office, later) == []
    with office.store.sessions() as session:
        assert session.scalars(select(Person.name)).all() == [TARO.name]
    assert search.find(office, "見本 花子") == ()
    assert audit.verify(office.store) == []
    assert intake.preview_import(office, later, path).seen_before is False
    assert intake.import_applicants(office, later, path).new == 2


def test_a_person_known_before_the_import_stays_after_its_undoing(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    known = make_person(office, HANAKO.name, HANAKO.reading, birth_date=HANAKO.birth_date)
    batch = imported(office, cohort, book(tmp_path, replace(HANAKO, phone="090")))
    assert intake.undo_import(office, batch) == UndoResult(1, 0, ())
    assert intake_phone(office, known) == ""
    with office.store.sessions() as session:
        assert session.scalars(select(Person.id)).all() == [known]


def _asked(office: Office, application_id: int) -> None:
    intake.request_correction(office, application_id, "写し", date(2026, 3, 1))


def _decided(office: Office, application_id: int) -> None:
    eligibility.decide(office, application_id, "ineligible")


def _corrected(office: Office, application_id: int) -> None:
    person_id = intake.get_application(office, application_id).person.id
    intake.update_person(office, person_id, {"phone": "1"})


def _counted(office: Office, application_id: int) -> None:
    (job,) = intake.get_application(office, application_id).employments
    eligibility.set_workdays(office, job.id, workdays=400)


def _withdrawn(office: Office, application_id: int) -> None:
    intake.withdraw(office, application_id, date(2026, 2, 20), "本人の申出")


def _convicted(office: Office, application_id: int) -> None:
    person_id = intake.get_application(office, application_id).person.id
    committee.record_conviction(
        office, person_id, CommitteeConviction("other", "imprisonment", date(2024, 4, 1))
    )


@pytest.mark.parametrize(
    ("touch", "reasons"),
    [
        (_asked, ("補正の依頼がある",)),
        (_decided, ("受講資格の決定がある",)),
        (_corrected, ("人の記録が変わった",)),
        (_counted, ("在職期間が変わった",)),
        (_withdrawn, ("申込が変わった",)),
        (_convicted, ("裁判の記録が変わった",)),
    ],
)
def test_an_application_touched_since_is_kept_and_named_with_its_reason(
    office: Office, cohort: int, tmp_path: Path, touch: object, reasons: tuple[str, ...]
) -> None:
    hanako = replace(HANAKO, counter="national")
    batch = imported(office, cohort, book(tmp_path, hanako, TARO))
    assert callable(touch)
    touch(office, intake.list_applications(office, cohort)[0].id)
    seen = intake.preview_undo(office, batch)
    assert [(r.reception, r.name, r.reasons) for r in seen.kept] == [("0001", "見本 花子", reasons)]
    assert [(r.reception, r.name, r.reasons) for r in seen.removed] == [("0002", TARO.name, ())]
    assert intake.undo_import(office, batch) == UndoResult(1, 0, ("見本 花子",))
    assert names(office, cohort) == [(1, "見本 花子")]


def test_a_document_attached_since_keeps_its_application(office: Office, cohort: int, tmp_path: Path) -> None:
    batch = imported(office, cohort, book(tmp_path, HANAKO, TARO))
    scan_file(tmp_path, "証.pdf")
    taro = intake.list_applications(office, cohort)[1]
    intake.attach_document(office, taro.id, "申込書", tmp_path / "証.pdf")
    assert intake.undo_import(office, batch) == UndoResult(1, 0, (TARO.name,))


def test_an_import_is_undone_once_and_only_an_import_of_applicants(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    batch = imported(office, cohort, book(tmp_path, HANAKO))
    intake.undo_import(office, batch)
    other = ImportBatch(
        kind="results", file_name="x", file_digest="0" * 64, imported_at=office.now(), counts={}
    )
    for one in (batch, insert(office, [other])[0], 999):
        for act in (intake.undo_import, intake.preview_undo):
            with pytest.raises(RuleViolation, match="取り消せません"):
                act(office, one)


def test_the_imports_of_a_cohort_are_listed_newest_first_with_what_is_left(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    first = imported(office, cohort, book(tmp_path, HANAKO, TARO, name="一.xlsx"))
    imported(office, make_cohort(office, 2), book(tmp_path, HANAKO, name="別の期.xlsx"))
    again = replace(TARO, phone="1")
    third = imported(office, cohort, book(tmp_path, HANAKO, again, name="二.xlsx"))
    intake.undo_import(office, first)
    found = [
        (r.id, r.file_name, r.new, r.changed, r.unchanged, r.refused, r.left, r.undone_at)
        for r in intake.list_imports(office, cohort)
    ]
    assert found == [
        (third, "二.xlsx", 0, 1, 1, 0, 0, None),
        (first, "一.xlsx", 2, 0, 0, 0, 1, office.now()),
    ]
