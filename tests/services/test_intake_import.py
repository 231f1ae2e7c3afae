"""受付の取込：下見、一つの取引、二度目、断った行。"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import func, select

from app.domain.errors import RuleViolation
from app.services import committee, eligibility, intake
from app.services.committee.cases import ConvictionForm as CommitteeConviction
from app.services.import_jobs import applicants_job
from app.services.office import Office
from app.workbooks.applicants import ApplicantForm, ConvictionForm, EmploymentForm, write_applicants
from database import audit
from database.schema.audit import AuditEntry
from database.schema.intake import Application, ImportBatch
from database.schema.people import Conviction, Person
from database.store import Store
from tests.factories import insert, make_application, make_cohort, make_office, person

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


def entries(office: Office) -> int:
    with office.store.sessions() as session:
        return session.scalar(select(func.count(AuditEntry.sequence))) or 0


def test_the_preview_writes_nothing_and_the_import_is_one_act(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    path, before = book(tmp_path, HANAKO, TARO), entries(office)
    seen = intake.preview_import(office, cohort, path)
    assert [(r.row, r.number, r.name, r.state) for r in seen.rows] == [
        (2, "1", "見本 花子", "new"),
        (3, "2", "神\ufa19 太郎", "new"),
    ]
    assert (names(office, cohort), entries(office)) == ([], before)
    done = intake.import_applicants(office, cohort, path)
    assert (done.new, done.changed, done.unchanged, done.refused) == (2, 0, 0, 0)
    assert names(office, cohort) == [(1, "見本 花子"), (2, "神\ufa19 太郎")]
    assert entries(office) == before + 1
    assert audit.verify(office.store) == []


def test_the_same_file_again_changes_nothing(office: Office, cohort: int, tmp_path: Path) -> None:
    extra = EmploymentForm("private", date(2020, 4, 1), date(2021, 3, 31), "窓口B")
    path = book(tmp_path, HANAKO, TARO)
    intake.import_applicants(office, cohort, path)
    # 前からの行の前に行が増えても、二度目は同じと分かる
    more = book(tmp_path, replace(HANAKO, employments=(extra, JOB)), TARO, name="2.xlsx")
    assert intake.import_applicants(office, cohort, more).changed == 1
    before = entries(office)
    seen = intake.preview_import(office, cohort, more)
    assert ([r.state for r in seen.rows], seen.seen_before) == (["unchanged", "unchanged"], True)
    again = intake.import_applicants(office, cohort, more)
    assert (again.batch_id, again.new, again.changed, again.unchanged) == (None, 0, 0, 2)
    assert entries(office) == before


def test_a_changed_row_changes_only_that_person(office: Office, cohort: int, tmp_path: Path) -> None:
    intake.import_applicants(office, cohort, book(tmp_path, HANAKO, TARO))
    changed = book(tmp_path, replace(HANAKO, phone="090-0000-0000"), TARO, name="2.xlsx")
    result = intake.import_applicants(office, cohort, changed)
    assert (result.new, result.changed, result.unchanged) == (0, 1, 1)
    first = intake.get_application(office, intake.list_applications(office, cohort)[0].id)
    assert (first.reception_number, first.person.phone) == (1, "090-0000-0000")


def test_an_import_never_takes_away_what_the_office_found_out_itself(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    declared = ConvictionForm("immigration", "fine", date(2015, 1, 9), date(2015, 2, 1))
    path = book(tmp_path, replace(HANAKO, immigration_declared=True, convictions=(declared,)))
    intake.import_applicants(office, cohort, path)
    (row,) = intake.list_applications(office, cohort)
    form = CommitteeConviction("other", "imprisonment", date(2024, 4, 1), source="照会")
    committee.record_conviction(office, row.person_id, form)
    assert intake.preview_import(office, cohort, path).rows[0].state == "unchanged"
    intake.import_applicants(office, cohort, book(tmp_path, replace(HANAKO, phone="1"), name="2.xlsx"))
    with office.store.sessions() as session:
        kept = session.execute(select(Conviction.law, Conviction.source)).all()
    assert [tuple(k) for k in kept] == [("other", "照会")]


def test_a_list_of_days_stays_with_an_employment_that_the_file_does_not_change(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    plain = replace(JOB, workdays=None)
    intake.import_applicants(office, cohort, book(tmp_path, replace(HANAKO, employments=(plain,))))
    (row,) = intake.list_applications(office, cohort)
    (job,) = intake.get_application(office, row.id).employments
    eligibility.set_workdays(office, job.id, days=[date(2023, 1, 4)])
    other = replace(HANAKO, employments=(plain, replace(JOB, counter_name="窓口C")))
    intake.import_applicants(office, cohort, book(tmp_path, other, name="2.xlsx"))
    found = {e.counter_name: e.days for e in intake.get_application(office, row.id).employments}
    assert found == {"窓口A": (date(2023, 1, 4),), "窓口C": None}


def test_a_person_of_an_earlier_cohort_gets_one_more_application_after_a_warning(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    make_application(office, cohort, HANAKO.name, reading="みほん　はなこ", birth_date=HANAKO.birth_date)
    later = make_cohort(office, 2)
    path = book(tmp_path, HANAKO)
    (seen,) = intake.preview_import(office, later, path).rows
    assert seen.state == "warning"
    assert seen.notes == (
        "前の研修期に同じ読みと生年月日の人がいます。同じ人として申込を加えます。",
        "令和7年度 第1期にも申し込んでいて（受付 0001）、結果がまだ出ていません。二つの研修期を同時には受けられないので、"
        "どちらかを辞退とするかを本人に確かめてください。",
    )
    intake.import_applicants(office, later, path)
    with office.store.sessions() as session:
        assert session.scalar(select(func.count(Person.id))) == 1
        assert session.scalar(select(func.count(Application.id))) == 2


def test_what_the_reader_warns_of_is_shown_before_the_import(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    future = EmploymentForm("municipal", date(2026, 2, 21), None, "窓口A")
    form = replace(HANAKO, name="見本  花子", employments=(future,))
    seen = intake.preview_import(office, cohort, book(tmp_path, form))
    reason = "開始日（令和8年2月21日）が今日より後です。確かめてください。"
    assert [(w.sheet, w.row, w.column, w.reason) for w in seen.warnings] == [
        ("申込者", 2, "氏名", "氏名の中に空白が続いています。"),
        ("在職歴", 2, "開始日", reason),
    ]
    assert seen.reports == (f"在職歴の2行目「開始日」：{reason}",)


def test_an_era_that_did_not_hold_is_a_warning_on_its_row(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    path = book(tmp_path, HANAKO)
    workbook = openpyxl.load_workbook(path)
    column = next(c.column for c in workbook["申込者"][1] if c.value == "生年月日")
    workbook["申込者"].cell(2, column).value = "昭和65年4月1日"
    workbook.save(path)
    seen = intake.preview_import(office, cohort, path)
    (warning,) = seen.warnings
    assert (seen.rows[0].state, seen.rows[0].notes, seen.reports) == ("warning", (warning.reason,), ())
    assert (warning.row, warning.column, warning.value) == (2, "生年月日", "昭和65年4月1日")


def bad_book(folder: Path) -> Path:
    """一行目は在職の日付が読めず、三行目は二行目と同じ人、四行目は日数が多すぎる。"""
    again = replace(TARO, number="3", name="神 太郎")
    long = replace(HANAKO, number="4", name="例 三郎", reading="レイ サブロウ")
    long = replace(long, employments=(replace(JOB, workdays=732),))
    path = book(folder, HANAKO, TARO, again, long)
    workbook = openpyxl.load_workbook(path)
    workbook["在職歴"]["E2"].value = "令和4年2月30日"
    workbook.save(path)
    return path


def test_a_bad_row_is_refused_with_cell_and_reason_and_blocks_no_other(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    path = bad_book(tmp_path)
    seen = intake.preview_import(office, cohort, path)
    assert [(e.sheet, e.row, e.column) for e in seen.errors] == [
        ("申込者", 4, "氏名"),
        ("在職歴", 3, "従業日数"),
        ("在職歴", 2, "開始日"),
    ]
    assert [e.reason for e in seen.errors][:2] == [
        "3行目と同じ読みと生年月日の人です。一人一行にしてください。",
        "従業日数732日は、在職の日数731日（研修開始日まで）を超えています。証明書を確かめてください。",
    ]
    too_many = next(r for r in seen.rows if r.row == 5)
    assert too_many.notes == (
        "1件目の在職：従業日数732日は、在職の日数731日（研修開始日まで）を超えています。証明書を確かめてください。",
    )
    assert seen.errors[2].value == "令和4年2月30日"
    assert (seen.new, seen.changed, seen.unchanged) == (1, 0, 0)
    # 主な表の外の行は、誰のことかとシートの名を持つ
    assert [(r.row, r.name, r.sheet) for r in seen.rows if r.row == 2] == [(2, "見本 花子", "在職歴")]
    result = intake.import_applicants(office, cohort, path)
    assert (result.new, result.refused) == (1, 3)
    assert names(office, cohort) == [(1, "神\ufa19 太郎")]


def test_all_or_nothing_imports_nothing_when_one_row_is_bad(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    before = entries(office)
    with pytest.raises(RuleViolation, match="3行あるため、何も取り込みませんでした"):
        intake.import_applicants(office, cohort, bad_book(tmp_path), all_or_nothing=True)
    assert (names(office, cohort), entries(office)) == ([], before)


def test_the_refused_rows_go_back_with_the_reason_beside_them(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    path, target = bad_book(tmp_path), tmp_path / "断った行.xlsx"
    before = entries(office)
    job = applicants_job(office, cohort)
    seen = job.preview(path)
    assert seen.count("error") == 3
    job.write_refused(path, seen, target)
    assert entries(office) == before
    sheet = openpyxl.load_workbook(target)["申込者"]
    found = [(row[1].value, row[-1].value) for row in sheet.iter_rows(min_row=2)]
    assert [name for name, _ in found] == ["見本 花子", "神 太郎", "例 三郎"]
    assert found[0][1] in (None, "")
    assert str(found[1][1]).startswith("氏名：3行目と同じ読み")
    assert found[2][1] in (None, "")
    sheet = openpyxl.load_workbook(target)["在職歴"]
    reasons = {row[0].value: row[-1].value for row in sheet.iter_rows(min_row=2)}
    assert str(reasons["4"]).startswith("従業日数：従業日数732日")


def test_reasons_find_their_rows_whatever_the_sheet_is_called(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    path = book(tmp_path, HANAKO, replace(HANAKO, number="2"))
    workbook = openpyxl.load_workbook(path)
    workbook["申込者"].title = "名簿"
    workbook.save(path)
    (error,) = intake.preview_import(office, cohort, path).errors
    assert (error.sheet, error.row) == ("名簿", 3)
    job = applicants_job(office, cohort)
    job.write_refused(path, job.preview(path), tmp_path / "断った行.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "断った行.xlsx")["申込者"]
    assert [(row[0].value, bool(row[-1].value)) for row in sheet.iter_rows(min_row=2)] == [("2", True)]


def test_nothing_is_written_when_no_row_is_refused(office: Office, cohort: int, tmp_path: Path) -> None:
    job, path = applicants_job(office, cohort), book(tmp_path, HANAKO)
    with pytest.raises(RuleViolation, match="断った行はありません"):
        job.write_refused(path, job.preview(path), tmp_path / "断った行.xlsx")
    assert not (tmp_path / "断った行.xlsx").exists()


def test_a_failure_in_the_middle_of_an_import_leaves_neither_row_nor_entry(
    office: Office, cohort: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, before = book(tmp_path, HANAKO, TARO), entries(office)
    monkeypatch.setattr(audit, "record", _fail)
    with pytest.raises(OSError, match="満杯"):
        intake.import_applicants(office, cohort, path)
    monkeypatch.undo()
    assert (names(office, cohort), entries(office)) == ([], before)
    with office.store.sessions() as session:
        assert session.scalar(select(func.count(Person.id))) == 0
        assert session.scalar(select(func.count(ImportBatch.id))) == 0


def _fail(*_args: object, **_named: object) -> int:
    raise OSError("満杯")


def test_the_blank_template_is_read_as_no_row(office: Office, cohort: int, tmp_path: Path) -> None:
    path = intake.write_template(office, tmp_path / "申込様式.xlsx")
    seen = intake.preview_import(office, cohort, path)
    assert (seen.rows, seen.errors, seen.reports) == ((), (), ())


def test_two_people_in_the_file_order_get_the_next_reception_numbers(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    insert(
        office,
        [Application(cohort_id=cohort, person=person(), reception_number=41, received_on=date(2026, 1, 5))],
    )
    intake.import_applicants(office, cohort, book(tmp_path, TARO, HANAKO))
    assert names(office, cohort)[1:] == [(42, TARO.name), (43, HANAKO.name)]
