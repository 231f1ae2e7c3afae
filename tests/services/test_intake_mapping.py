"""受付：ほかの様式の読み方を決め、残し、次のファイルで思い出し、もとのセルで誤りを言う。"""

from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from app.domain.access import Role
from app.domain.errors import AccessDenied, InputRefused, RuleViolation
from app.services import intake
from app.services.import_jobs import applicants_job
from app.services.mapping_draft import MappingDraft
from app.services.office import Office
from app.workbooks.applicants import write_template
from app.workbooks.mapping import Slot
from database import audit
from database.schema.audit import AuditEntry
from database.store import Store
from tests.factories import as_role, make_cohort, make_office
from tests.workbooks.foreign import paper_form, plain_csv, two_row_list, two_sheets

KIND = Slot("在職歴", "種別", 1).key


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


@pytest.fixture
def cohort(office: Office) -> int:
    return make_cohort(office)


def said(office: Office) -> list[tuple[str, str]]:
    with office.store.sessions() as session:
        rows = session.execute(
            select(AuditEntry.action, AuditEntry.summary)
            .where(AuditEntry.action.contains("mapping"))
            .order_by(AuditEntry.sequence)
        )
        return [(a, s) for a, s in rows]


def remember(office: Office, path: Path, name: str = "見本県の名簿") -> int:
    return intake.save_mapping(office, name, intake.propose_mapping(office, path).mapping)


def names(office: Office, cohort: int) -> list[str]:
    return [r.name for r in intake.list_applications(office, cohort)]


def state(draft: MappingDraft, title: str) -> tuple[str, str, tuple[str, ...]]:
    found = next(i for i in draft.items() if i.title == title)
    return found.state, found.place, found.examples


def test_a_mapping_is_saved_replaced_renamed_and_removed_with_an_audit_entry_each(
    office: Office, tmp_path: Path
) -> None:
    path = two_row_list(tmp_path / "a.xlsx")
    first = remember(office, path)
    assert remember(office, plain_csv(tmp_path / "b.csv")) == first
    other = remember(office, path, "もう一つ")
    assert [(m.name, m.form, m.items) for m in intake.list_mappings(office)] == [
        ("もう一つ", False, 17),
        ("見本県の名簿", False, 11),
    ]
    with pytest.raises(RuleViolation, match="既にあります"):
        intake.rename_mapping(office, other, "見本県の名簿")
    intake.rename_mapping(office, other, "別の名")
    intake.remove_mapping(office, first)
    assert [m.name for m in intake.list_mappings(office)] == ["別の名"]
    assert said(office) == [
        ("intake.save_mapping", "取込の読み方「見本県の名簿」を保存"),
        ("intake.save_mapping", "取込の読み方「見本県の名簿」を置き換え"),
        ("intake.save_mapping", "取込の読み方「もう一つ」を保存"),
        ("intake.rename_mapping", "取込の読み方「もう一つ」の名を「別の名」に変更"),
        ("intake.remove_mapping", "取込の読み方「見本県の名簿」を削除"),
    ]
    assert audit.verify(office.store) == []


@pytest.mark.parametrize("name", ["", "  ", "あ" * 61, "一\n二"])
def test_a_mapping_needs_a_name(office: Office, tmp_path: Path, name: str) -> None:
    with pytest.raises(RuleViolation, match="読み方の名"):
        remember(office, two_row_list(tmp_path / "a.xlsx"), name)


def test_who_only_reads_saves_no_mapping(office: Office, tmp_path: Path) -> None:
    path = two_row_list(tmp_path / "a.xlsx")
    with pytest.raises(AccessDenied):
        remember(as_role(office, Role.AUDITOR), path)


def test_a_mapping_that_is_gone_is_refused(office: Office) -> None:
    with pytest.raises(RuleViolation, match="もうありません"):
        intake.remove_mapping(office, 99)


def test_a_foreign_file_is_refused_until_its_mapping_is_known(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    path = two_row_list(tmp_path / "a.xlsx")
    with pytest.raises(InputRefused) as refused:
        intake.preview_import(office, cohort, path)
    assert refused.value.code == "NO_TABLE"
    assert intake.propose_mapping(office, path).name == ""
    remember(office, path)
    second = two_row_list(tmp_path / "b.xlsx", first=7, extra=True)
    assert intake.propose_mapping(office, second).name == "見本県の名簿"
    seen = intake.preview_import(office, cohort, second)
    assert seen.reports[0] == "保存した読み方「見本県の名簿」で読みました。"
    assert [(r.row, r.number, r.name, r.state) for r in seen.rows] == [
        (9, "1", "髙﨑　健太郎", "new"),
        (10, "2", "見本 花子", "warning"),  # 電話が7桁
    ]
    assert intake.import_applicants(office, cohort, second).new == 2
    assert names(office, cohort) == ["髙﨑　健太郎", "見本 花子"]
    # 同じ人の、列の違う一つ目のファイルも「同じ」と分かる
    assert intake.import_applicants(office, cohort, path).unchanged == 2


def test_our_own_form_is_never_read_by_a_saved_mapping(office: Office, cohort: int, tmp_path: Path) -> None:
    write_template(tmp_path / "様式.xlsx")
    remember(office, tmp_path / "様式.xlsx", "様式")
    seen = intake.preview_import(office, cohort, tmp_path / "様式.xlsx")
    assert (seen.rows, seen.reports) == ((), ())


def test_refused_rows_are_given_back_in_our_form_and_read_again(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    path = two_row_list(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)
    book["名簿"]["D6"], book["名簿"]["H6"] = "昭和60年13月1日", "R4.4.31"
    book.save(path)
    job = applicants_job(office, cohort, intake.propose_mapping(office, path).mapping)
    seen = job.preview(path)
    # 二つの表に分かれて断られても、もとの一行は一行として数える
    assert [(r.row, r.name, r.state) for r in seen.rows] == [
        (7, "見本 花子", "warning"),  # 電話が7桁
        (6, "髙﨑　健太郎", "error"),
    ]
    assert [(p.sheet, p.row, p.column, p.value) for p in seen.errors] == [
        ("名簿", 6, "生年月日（和暦）", "昭和60年13月1日"),
        ("名簿", 6, "在職①開始", "R4.4.31"),
    ]
    result = job.run(path, seen)
    assert (result.new, result.refused) == (1, 1)
    job.write_refused(path, seen, tmp_path / "断った行.xlsx")
    refused = openpyxl.load_workbook(tmp_path / "断った行.xlsx")
    people, jobs = refused["申込者"], refused["在職歴"]
    born = next(c.column for c in people[1] if c.value == "生年月日")
    start = next(c.column for c in jobs[1] if c.value == "開始日")
    assert people.cell(2, people.max_column).value == f"生年月日：{seen.errors[0].reason}"
    assert jobs.cell(2, jobs.max_column).value == f"開始日：{seen.errors[1].reason}"
    people.cell(2, born).value, jobs.cell(2, start).value = "昭和60年1月1日", "R4.4.30"
    refused.save(tmp_path / "直した.xlsx")
    assert intake.import_applicants(office, cohort, tmp_path / "直した.xlsx").new == 1
    assert names(office, cohort) == ["見本 花子", "髙﨑　健太郎"]


def test_the_same_person_twice_is_said_with_the_row_of_the_file(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    path = two_row_list(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)
    for column, value in enumerate(("3", "見本 花子", "ミホン ハナコ", "H2.12.31"), 1):
        book["名簿"].cell(9, column).value = value
    book.save(path)
    remember(office, path)
    seen = intake.preview_import(office, cohort, path)
    assert [(p.sheet, p.row, p.column, p.reason) for p in seen.errors] == [
        ("名簿", 9, "お名前（漢字）", "7行目と同じ読みと生年月日の人です。一人一行にしてください。")
    ]


def test_a_draft_is_corrected_column_by_column(office: Office, tmp_path: Path) -> None:
    draft = intake.propose_mapping(office, two_row_list(tmp_path / "a.xlsx"))
    assert (draft.sheet, draft.heading, draft.problem) == ("名簿", (4, 2), "")
    assert state(draft, "氏名") == ("assigned", "B列「お名前（漢字）」", ("髙﨑　健太郎", "見本 花子"))
    draft.clear("申込者/氏名/0")
    assert (state(draft, "氏名")[0], draft.problem) == ("needed", "必須の氏名が未割当です。")
    draft.point("申込者/氏名/0", "名簿", 5, 2)
    # 一つの列は一つの項目にしか使わない
    assert (state(draft, "氏名")[1], state(draft, "フリガナ")[0]) == ("C列「フリガナ」", "open")
    draft.point("申込者/氏名/0", "名簿", 5, 1, more=True)
    assert state(draft, "氏名")[2][0] == "タカサキ ケンタロウ 髙﨑　健太郎"
    draft.fix(KIND, "国")
    assert state(draft, "在職1 種別") == ("assigned", "全員「国」", ())
    draft.clear(KIND)
    assert draft.problem == "必須の在職1 種別が未割当です。"
    draft.add_group("在職歴")
    assert state(draft, "在職3 開始日")[0] == "open"
    assert draft.marks("名簿")[-1, 6] == "所属機関"
    draft.set_heading("名簿", 5, 1)
    assert draft.heading == (5, 1)
    draft.guess_again()
    assert draft.problem == ""
    with pytest.raises(RuleViolation, match="ありません"):
        draft.set_heading("名簿", 39, 1)


def test_a_form_is_mapped_by_pointing_at_its_cells(office: Office, cohort: int, tmp_path: Path) -> None:
    path = paper_form(tmp_path / "a.xlsx", "見本 花子")
    draft = intake.propose_mapping(office, path)
    assert (draft.is_form, state(draft, "氏名")) == (True, ("assigned", "C4", ("見本 花子",)))
    draft.point("申込者/旧姓/0", "申込書1", 5, 2)
    assert (state(draft, "旧姓"), state(draft, "電話")[0]) == (("assigned", "C6", ("03-0000-0000",)), "open")
    draft.point("申込者/電話/0", "申込書1", 5, 2)
    intake.save_mapping(office, "申込書", draft.mapping)
    second = paper_form(tmp_path / "b.xlsx", "𠮷田 みなみ", "例 太郎", down=2)
    assert intake.import_applicants(office, cohort, second).new == 2
    found = intake.get_application(office, intake.list_applications(office, cohort)[0].id)
    assert (found.person.name, found.person.phone) == ("𠮷田 みなみ", "03-0000-0000")
    assert [(e.counter_name, e.workdays) for e in found.employments] == [("見本市窓口", 410)]


def test_a_second_sheet_is_mapped_by_pointing_into_it(office: Office, tmp_path: Path) -> None:
    path = two_sheets(tmp_path / "a.xlsx")
    draft = intake.propose_mapping(office, path)
    assert draft.sheet == "一覧"
    assert state(draft, "在職1 窓口名") == ("assigned", "B列「勤務先」", ("窓口A", "窓口B", "窓口C"))
    assert state(draft, "在職1 開始日")[2] == ("R2.4.1", "R4.4.1", "R4.4.1")
    assert (draft.heading_of("職歴"), draft.marks("職歴")[-1, 0]) == ((2, 1), "氏名（人との結び付け）")
    draft.point("在職歴/種別/1", "職歴", 2, 1)
    assert (state(draft, "在職1 種別")[1], draft.problem) == ("B列「勤務先」", "")
    draft.point("在職歴/種別/1", "職歴", 2, 2)
    assert state(draft, "在職1 種別")[2] == ("地方公共団体", "国", "国")
    with pytest.raises(RuleViolation, match="別のシート"):
        draft.point("申込者/氏名/0", "職歴", 2, 0)
