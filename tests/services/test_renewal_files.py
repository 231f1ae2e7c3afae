"""更新研修の取込：ほかの様式の読み方と、取込の取消し。"""

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from app.domain.errors import RuleViolation
from app.services import import_jobs, intake, renewal
from app.services.office import Office
from app.workbooks.renewals import RenewalForm, write_renewals
from database.opening import Store
from tests.factories import (
    certificate,
    insert,
    make_applications,
    make_certifications,
    make_cohort,
    make_office,
    person,
)

NAMES = ("髙橋 一", "神田 二", "三好 三")


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store, today=date(2028, 9, 30))


@pytest.fixture
def certified(office: Office) -> list[int]:
    cohort = make_cohort(office)
    people = [person(n, birth_date=date(1970 + i, 1, 2)) for i, n in enumerate(NAMES)]
    return make_certifications(office, cohort, make_applications(office, cohort, people), date(2026, 3, 31))


def days(office: Office) -> list[tuple[date, ...]]:
    return [r.renewals for r in renewal.list_certifications(office)]


def foreign(path: Path) -> Path:
    """研修のサイトの書き出し：前書きがあり、見出しも列の順も様式と違う。"""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "修了者一覧"
    sheet.append(["更新研修 修了者一覧"])
    sheet.append(["No", "修了者氏名", "登録番号", "研修修了日", "所属"])
    sheet.append([1, "髙橋 一", "第R7-1-0001号", "2028/9/1", "見本市"])
    sheet.append([2, "神田 二", "第R7-1-0002号", "2028/9/2", "見本市"])
    sheet.append([3, "だれか", "第R7-1-0003号", "2028/9/2", "見本市"])
    book.save(path)
    return path


def test_a_foreign_list_is_read_by_a_mapping_which_is_remembered(
    office: Office, certified: list[int], tmp_path: Path
) -> None:
    path = foreign(tmp_path / "修了者.xlsx")
    job = import_jobs.renewals_job(office)
    assert job.propose is not None
    assert job.remap is not None
    draft = job.propose(path, None)
    assert draft.problem == ""
    mapped = {i.key.split("/")[1]: i.place for i in draft.items() if i.state == "assigned"}
    assert mapped == {
        "認定番号": "C列「登録番号」",
        "氏名": "B列「修了者氏名」",
        "修了日": "D列「研修修了日」",
    }
    seen = job.remap(draft.mapping).preview(path)
    assert [(r.row, r.state) for r in seen.rows] == [(3, "new"), (4, "new"), (5, "error")]
    (wrong,) = seen.errors
    assert (wrong.sheet, wrong.row, wrong.column) == ("修了者一覧", 5, "修了者氏名")
    intake.save_mapping(office, "研修会社の修了者一覧", draft.mapping)
    assert "研修会社の修了者一覧" in "".join(renewal.preview_renewals(office, path).reports)
    renewal.import_renewals(office, path)
    assert days(office) == [(date(2028, 9, 1),), (date(2028, 9, 2),), ()]


def imported(office: Office, path: Path) -> int:
    forms = [RenewalForm(i, f"第R7-1-000{i}号", NAMES[i - 1], date(2028, 9, i)) for i in (1, 2, 3)]
    write_renewals(path, forms)
    batch = renewal.import_renewals(office, path).batch_id
    assert batch is not None
    return batch


def test_an_import_is_undone_and_may_be_done_again(
    office: Office, certified: list[int], tmp_path: Path
) -> None:
    path = tmp_path / "更新.xlsx"
    batch = imported(office, path)
    (row,) = renewal.list_imports(office)
    assert (row.id, row.new, row.left, row.undone_at) == (batch, 3, 3, None)
    assert renewal.undo_import(office, batch) == (3, ())
    assert days(office) == [(), (), ()]
    assert renewal.list_imports(office)[0].undone_at is not None
    with pytest.raises(RuleViolation, match="取り消せません"):
        renewal.undo_import(office, batch)
    assert renewal.import_renewals(office, path).batch_id is not None
    assert days(office) == [(date(2028, 9, 1),), (date(2028, 9, 2),), (date(2028, 9, 3),)]


def test_a_renewal_with_its_certificate_issued_stays_when_the_import_is_undone(
    office: Office, certified: list[int], tmp_path: Path
) -> None:
    batch = imported(office, tmp_path / "更新.xlsx")
    new = certificate(certified[1], date(2028, 9, 20), 2, "renewal", expires_on=date(2032, 3, 31))
    insert(office, [new])
    seen = renewal.preview_undo(office, batch)
    assert [r.reason for r in seen] == ["", "更新の認定証を交付しています", ""]
    assert renewal.undo_import(office, batch) == (2, ("神田 二",))
    assert days(office) == [(), (date(2028, 9, 2),), ()]
