"""受付の取込の奥：変わる欄、理由のまとまり、文字の読み方、断ったセルの色と注、直して読み直すまで。"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from app.domain.errors import InputRefused, RuleViolation
from app.services import eligibility, intake
from app.services.import_jobs import Opening, applicants_job
from app.services.importing import problem_groups
from app.services.office import Office
from app.services.views.intake import CellProblem, Difference, UndoResult, refused_words
from app.workbooks.applicants import ApplicantForm, EmploymentForm, QualificationForm, write_applicants
from database import audit
from database.schema.intake import Application, Employment, ImportBatch
from database.schema.people import Person
from database.store import Store
from tests.factories import change, make_application, make_cohort, make_office

JOB = EmploymentForm("municipal", date(2022, 4, 1), date(2024, 3, 31), "窓口A", True, True, 410)
NEXT = EmploymentForm("private", date(2024, 4, 1), None, "窓口B")
HANAKO = ApplicantForm(
    row=2,
    number="1",
    name="見本 花子",
    birth_date=date(1985, 4, 1),
    reading="ミホン ハナコ",
    phone="03-0000-0000",
    counter="municipal",
    employments=(JOB,),
    qualifications=(QualificationForm("certified_social_worker", date(2015, 4, 1)),),
)
TARO = ApplicantForm(row=3, number="2", name="例 太郎", birth_date=date(1990, 12, 31), reading="レイ タロウ")


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


@pytest.fixture
def cohort(office: Office) -> int:
    return make_cohort(office)


def book(folder: Path, *forms: ApplicantForm, name: str = "申込.xlsx") -> Path:
    write_applicants(folder / name, forms)
    return folder / name


def batch_of(office: Office, cohort: int, path: Path) -> int:
    number = intake.import_applicants(office, cohort, path).batch_id
    assert number is not None
    return number


def state(office: Office) -> list[tuple[object, ...]]:
    """すべての人・申込・在職の値（取込の印を除く）。"""
    with office.store.sessions() as session:
        found: list[tuple[object, ...]] = []
        for table in (Person, Application, Employment):
            names = [c.name for c in table.__table__.columns]
            found += [
                tuple(getattr(row, n) for n in names) for row in session.query(table).order_by(table.id)
            ]
        return found


def test_every_field_that_would_change_is_shown_old_and_new(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    intake.import_applicants(office, cohort, book(tmp_path, HANAKO, TARO))
    new = replace(
        HANAKO,
        phone="090-0000-0000",
        counter="private",
        publish_consent=True,
        employments=(replace(JOB, workdays=420), NEXT),
        qualifications=(),
    )
    first, second = intake.preview_import(office, cohort, book(tmp_path, new, TARO, name="2.xlsx")).rows
    assert [d.words for d in first.differences] == [
        "電話：03-0000-0000 → 090-0000-0000",
        "名簿公表の同意：いいえ → はい",
        "窓口の種別：地方公共団体 → 民間",
        "在職歴：窓口A 地方公共団体 令和4年4月1日〜令和6年3月31日 410日（全期間） 要件確認済 → "
        "窓口A 地方公共団体 令和4年4月1日〜令和6年3月31日 420日（全期間） 要件確認済",
        "在職歴：（なし） → 窓口B 民間 令和6年4月1日〜",
        "国家資格：社会福祉士 平成27年4月1日登録 写し未確認 → （なし）",
    ]
    assert (first.state, second.state, second.differences) == ("changed", "unchanged", ())


def test_what_a_new_application_would_change_in_a_known_person_is_shown(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    make_application(
        office, cohort, HANAKO.name, reading=HANAKO.reading, birth_date=HANAKO.birth_date, phone="03-1"
    )
    (row,) = intake.preview_import(office, make_cohort(office, 2), book(tmp_path, HANAKO)).rows
    assert row.differences == (Difference("電話", "03-1", "03-0000-0000"),)


def test_an_open_application_in_an_overlapping_cohort_is_said_and_a_closed_one_is_not(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    first = make_application(
        office, cohort, HANAKO.name, eligible=False, reading=HANAKO.reading, birth_date=HANAKO.birth_date
    )
    path, second = book(tmp_path, HANAKO), make_cohort(office, 2)
    later = make_cohort(office, 3, date(2026, 8, 1))

    def said(where: int) -> bool:
        (row,) = intake.preview_import(office, where, path).rows
        return any("結果がまだ出ていません" in note for note in row.notes)

    assert (said(second), said(later)) == (True, False)
    intake.withdraw(office, first, office.today(), "本人の申出")
    assert said(second) is False
    intake.import_applicants(office, second, path)
    with pytest.raises(RuleViolation, match="令和7年度 第2期にも申し込んでいて"):
        intake.reinstate(office, first, "取り消し")
    change(office, Application, first, withdrawn_on=None)
    eligibility.decide(office, first, "ineligible")
    intake.undo_import(office, 1)
    assert said(second) is False


def test_later_edits_are_held_to_the_same_facts_as_the_form(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    intake.import_applicants(office, cohort, book(tmp_path, HANAKO))
    with pytest.raises(
        RuleViolation, match="1件目の在職：始まり（令和4年4月1日）が、生年月日（平成20年4月1日）"
    ):
        intake.update_person(office, 1, {}, date(2008, 4, 1))
    with pytest.raises(RuleViolation, match="今日より前ではありません"):
        intake.update_person(office, 1, {}, office.today())
    intake.update_person(office, 1, {}, date(1986, 4, 1))
    assert intake.get_application(office, 1).person.birth_date == date(1986, 4, 1)


def test_contradictions_are_said_at_their_cells_and_cautions_do_not_refuse(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    commissioned = "commissioned_by_municipality"
    forms = (
        replace(HANAKO, employments=(JOB, JOB)),
        replace(TARO, counter=commissioned, counter_name="例協会", commissioner="例協会"),
        replace(TARO, number="3", name="例 年", reading="レイ ネン", birth_date=date(1900, 1, 1)),
        replace(
            TARO,
            number="4",
            name="例 資格",
            reading="レイ シカク",
            qualifications=(QualificationForm("certified_social_worker", date(1990, 12, 31)),),
        ),
    )
    seen = intake.preview_import(office, cohort, book(tmp_path, *forms))
    assert [(e.sheet, e.row, e.column, e.value) for e in seen.errors] == [
        ("在職歴", 3, "開始日", "2022-04-01"),
        ("申込者", 3, "委託元", "例協会"),
        ("国家資格", 3, "登録日", "1990-12-31"),
    ]
    assert [(w.sheet, w.row, w.column) for w in seen.warnings] == [("申込者", 4, "生年月日")]
    assert (seen.new, [r.state for r in seen.rows]) == (1, ["error", "error", "warning", "error"])


def test_a_thousand_wrong_cells_are_a_few_sorts_of_reason(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    path = book(tmp_path, *(replace(TARO, number=str(i), reading=f"レイ {i}") for i in range(600)))
    workbook = openpyxl.load_workbook(path)
    sheet = workbook["申込者"]
    column = {c.value: at for at, c in enumerate(sheet[1], 1)}
    for row in range(2, 602):
        sheet.cell(row, column["生年月日"]).value = f"令和{row}年2月30日"
        if row < 402:
            sheet.cell(row, column["窓口の種別"]).value = f"種別{row}"
    workbook.save(path)
    groups = problem_groups(intake.preview_import(office, cohort, path).errors)
    assert [(g.column, len(g.problems)) for g in groups] == [("生年月日", 600), ("窓口の種別", 400)]
    assert groups[1].words.startswith("「…」は選べません。")
    same = [CellProblem("表", i, "列", "", "空です。") for i in range(3)]
    assert [(g.words, g.problems) for g in problem_groups(same)] == [("空です。", tuple(same))]


CSV = "申込番号,氏名,フリガナ,生年月日\n1,髙橋 花子,タカハシ ハナコ,昭和60年4月1日\n"


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("cp932", "CP932（Shift_JIS）"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16 LE"),
    ],
)
def test_the_encoding_of_a_csv_is_found_and_its_first_lines_shown(
    office: Office, cohort: int, tmp_path: Path, codec: str, name: str
) -> None:
    path = tmp_path / "申込.csv"
    path.write_bytes(CSV.encode(codec))
    job = applicants_job(office, cohort)
    look = job.look_at_text(path)
    assert look is not None
    assert (look.encoding, look.lines) == (name, tuple(CSV.splitlines()))
    assert name in look.fitting
    assert [r.name for r in job.preview(path, Opening(encoding=name)).rows] == ["髙橋 花子"]
    assert job.run(path, job.preview(path), password=Opening(encoding=name)).new == 1
    assert [r.name for r in intake.list_applications(office, cohort)] == ["髙橋 花子"]


def test_an_encoding_that_does_not_fit_is_refused_and_a_workbook_has_none(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    path = tmp_path / "申込.csv"
    path.write_bytes(CSV.encode("cp932"))
    job = applicants_job(office, cohort)
    for act in (
        lambda: job.look_at_text(path, "UTF-8"),
        lambda: job.preview(path, Opening(encoding="UTF-8")),
    ):
        with pytest.raises(InputRefused, match="UTF-8 としては読めません"):
            act()
    assert job.look_at_text(book(tmp_path, HANAKO)) is None


def test_refused_cells_are_coloured_and_noted_and_read_in_again_once_mended(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    path = book(tmp_path, HANAKO, replace(TARO, employments=(replace(NEXT, workdays=5000),)))
    job = applicants_job(office, cohort)
    seen = job.preview(path)
    assert job.run(path, seen).new == 1
    target = tmp_path / "断った行.xlsx"
    job.write_refused(path, seen, target)
    workbook = openpyxl.load_workbook(target)
    assert [r[1].value for r in workbook["申込者"].iter_rows(min_row=2)] == ["例 太郎"]
    sheet = workbook["在職歴"]
    column = {c.value: at for at, c in enumerate(sheet[1], 1)}
    cell = sheet.cell(2, column["従業日数（全期間）"])
    assert (cell.value, cell.fill.fgColor.rgb) == (5000, "FFF9C6C0")
    assert cell.comment is not None
    assert cell.comment.text.startswith("従業日数5000日は、在職の日数")
    assert sheet.cell(2, column["開始日"]).fill.fgColor.rgb != "FFF9C6C0"
    cell.value = 200
    workbook.save(target)
    again = job.preview(target)
    assert ([r.state for r in again.rows], again.errors) == (["new"], ())
    job.run(target, again)
    assert [r.name for r in intake.list_applications(office, cohort)] == ["見本 花子", "例 太郎"]
    assert [r.state for r in job.preview(target).rows] == ["unchanged"]


def test_undoing_an_import_gives_changed_records_back_their_values(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    intake.import_applicants(office, cohort, book(tmp_path, HANAKO, TARO))
    before = state(office)
    new = replace(HANAKO, name="見本 華子", phone="090", employments=(replace(JOB, workdays=420), NEXT))
    batch = batch_of(office, cohort, book(tmp_path, new, TARO, name="2.xlsx"))
    assert state(office) != before
    seen = intake.preview_undo(office, batch)
    assert ([r.name for r in seen.restored], seen.removed, seen.kept) == (["見本 華子"], (), ())
    assert intake.undo_import(office, batch) == UndoResult(0, 1, ())
    assert state(office) == before
    assert audit.verify(office.store) == []
    # 戻したものは、初めの取込から見て触れられていない
    assert intake.undo_import(office, 1) == UndoResult(2, 0, ())


def test_a_changed_record_touched_since_is_kept_and_named(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    intake.import_applicants(office, cohort, book(tmp_path, HANAKO, TARO))
    intake.request_correction(office, 1, "前からの不備", date(2026, 3, 1))
    new = (replace(HANAKO, phone="090"), replace(TARO, phone="080"))
    batch = batch_of(office, cohort, book(tmp_path, *new, name="2.xlsx"))
    intake.request_correction(office, 2, "後の不備", date(2026, 3, 1))
    seen = intake.preview_undo(office, batch)
    assert [(r.name, r.reasons, r.restores) for r in seen.kept] == [("例 太郎", ("補正の依頼がある",), True)]
    assert intake.undo_import(office, batch) == UndoResult(0, 1, ("例 太郎",))
    phones = [intake.get_application(office, i).person.phone for i in (1, 2)]
    assert phones == ["03-0000-0000", "080"]


def test_what_a_later_import_took_away_keeps_the_application_of_the_first(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    first = batch_of(office, cohort, book(tmp_path, replace(HANAKO, employments=(JOB, NEXT))))
    intake.import_applicants(office, cohort, book(tmp_path, HANAKO, name="2.xlsx"))
    (kept,) = intake.preview_undo(office, first).kept
    assert (kept.name, kept.reasons) == ("見本 花子", ("在職期間が変わった",))


def test_the_old_values_are_forgotten_once_the_import_is_undone(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    batch = batch_of(office, cohort, book(tmp_path, HANAKO))
    with office.store.sessions() as session:
        assert session.get_one(ImportBatch, batch).replaced is not None
    intake.undo_import(office, batch)
    with office.store.sessions() as session:
        assert session.get_one(ImportBatch, batch).replaced is None


def test_a_batch_without_kept_values_is_undone_as_before(office: Office, cohort: int, tmp_path: Path) -> None:
    batch = batch_of(office, cohort, book(tmp_path, HANAKO))
    change(office, ImportBatch, batch, replaced=None)
    assert intake.undo_import(office, batch) == UndoResult(1, 0, ())


def test_a_refused_row_has_its_number_and_name_and_people_are_counted_once(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    path = book(tmp_path, replace(HANAKO, employments=(JOB, NEXT)), TARO)
    workbook = openpyxl.load_workbook(path)
    people, jobs = workbook["申込者"], workbook["在職歴"]
    days = {c.value: at for sheet in (people, jobs) for at, c in enumerate(sheet[1], 1)}
    people.cell(3, days["生年月日"]).value = "昭和60年13月1日"
    for row in (2, 3):
        jobs.cell(row, days["開始日"]).value = "いつか"
    jobs.cell(4, 1).value, jobs.cell(4, days["種別"]).value = "9", "民間"
    jobs.cell(4, days["開始日"]).value = "R4.4.1"
    workbook.save(path)
    seen = intake.preview_import(office, cohort, path)
    assert [(r.sheet, r.row, r.number, r.name) for r in seen.rows] == [
        ("", 3, "2", "例 太郎"),
        ("在職歴", 2, "1", "見本 花子"),
        ("在職歴", 3, "1", "見本 花子"),
        ("在職歴", 4, "9", ""),
    ]
    assert (seen.count("error"), seen.refused_people) == (4, 3)
    job = applicants_job(office, cohort)
    assert refused_words(3, 4) == "断った人3名（4行）"
    assert refused_words(4, 4) == "断った行4件"
    assert (job.run(path, seen).refused, job.run(path, seen).refused_people) == (4, 3)


def test_an_era_beyond_its_end_is_taken_as_what_it_means_with_two_cautions(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    path = book(tmp_path, TARO)
    workbook = openpyxl.load_workbook(path)
    sheet = workbook["申込者"]
    (born,) = [c.column for c in sheet[1] if c.value == "生年月日"]
    sheet.cell(2, born).value = "昭和99年4月1日"
    workbook.save(path)
    seen = intake.preview_import(office, cohort, path)
    assert sorted(w.reason for w in seen.warnings) == [
        "「昭和99年4月1日」は昭和の期間の外です。令和6年4月1日として扱いました。",
        "生年月日（令和6年4月1日）では1歳になります。元号と年を申込書で確かめてください。",
    ]
    assert [r.state for r in seen.rows] == ["warning"]
