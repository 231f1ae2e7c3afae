"""申込様式：書いたものはそのまま読め、読めない行は所と理由を持って断られる。"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from app.domain.errors import InputRefused
from app.workbooks.applicants import (
    ApplicantForm,
    ApplicantsSheet,
    ConvictionForm,
    EmploymentForm,
    QualificationForm,
    parse_applicants,
    write_applicants,
    write_refused,
    write_template,
)
from app.workbooks.fields import CellError
from app.workbooks.reading import Sheet, Workbook, read_workbook

TODAY = date(2025, 6, 1)
HANAKO = ApplicantForm(
    row=2,
    number="1",
    name="見本 花子",
    birth_date=date(1985, 4, 1),
    reading="ミホン ハナコ",
    alias="=HANA",
    phone="090-0000-0000",
    counter_name="見本市外国人相談窓口",
    counter="commissioned_by_municipality",
    counter_engaged=True,
    counter_standard=False,
    publish_consent=True,
    mental_declared=False,
    immigration_declared=True,
    other_law_declared=False,
    employments=(
        EmploymentForm("municipal", date(2022, 4, 1), date(2024, 3, 31), "A", True, True, 410, 300),
        EmploymentForm("private", date(2024, 4, 1), None, "B", None, False),
    ),
    qualifications=(
        QualificationForm("career_consulting_technician", date(2018, 5, 10), 2, None, True),
        QualificationForm("certified_social_worker", date(2018, 5, 10), None, date(2024, 1, 1)),
    ),
    convictions=(
        ConvictionForm("immigration", "fine", date(2015, 1, 9), date(2015, 2, 1)),
        ConvictionForm("other", "imprisonment", date(2012, 1, 9), None, None, "full", date(2015, 1, 8)),
    ),
)
TARO = ApplicantForm(row=3, number="2", name="神\ufa19 太郎", birth_date=date(1990, 12, 31))


def sheet_of(*rows: tuple[object, ...], name: str = "申込者") -> Sheet:
    return Sheet(name, rows)  # type: ignore[arg-type]


def parse(*sheets: Sheet) -> ApplicantsSheet:
    return parse_applicants(Workbook(sheets), TODAY)


PEOPLE = sheet_of(("申込番号", "氏名", "生年月日"), (1, "見本 花子", "S60.4.1"), (2, "例 太郎", "H2/12/31"))
JOBS = ("申込番号", "種別", "開始日", "終了日", "従業日数")


def test_what_is_written_is_read_back_as_the_same_forms(tmp_path: Path) -> None:
    write_applicants(tmp_path / "a.xlsx", [HANAKO, TARO])
    read = parse_applicants(read_workbook(tmp_path / "a.xlsx"), TODAY)
    assert read == ApplicantsSheet((HANAKO, TARO))


def test_the_blank_template_has_no_person_and_no_complaint(tmp_path: Path) -> None:
    write_template(tmp_path / "a.xlsx")
    assert parse_applicants(read_workbook(tmp_path / "a.xlsx"), TODAY) == ApplicantsSheet(())


def test_the_template_has_the_sheets_drop_downs_and_an_example(tmp_path: Path) -> None:
    write_template(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["申込者", "在職歴", "国家資格", "申告", "記入例", "説明"]
    lists = {
        (s.title, s.cell(1, next(iter(v.sqref.ranges)).min_col).value): v.formula1
        for s in book
        for v in s.data_validations.dataValidation
        if v.type == "list"
    }
    assert lists["在職歴", "種別"] == '"国,地方公共団体,国の委託,地方公共団体の委託,民間"'
    assert lists["申告", "ア（心身の故障）"] == '"はい,いいえ,未回答"'
    assert len(lists) == 19
    assert book["申込者"].freeze_panes == "A2"


def test_a_template_filled_in_by_excel_is_read(tmp_path: Path) -> None:
    write_template(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    sheet = book["申込者"]
    at = {c.value: n for n, c in enumerate(sheet[1], 1)}
    for heading, value in (("申込番号", 7), ("氏名", "例 太郎"), ("生年月日", date(1990, 12, 31))):
        sheet.cell(2, at[heading]).value = value
    book["在職歴"].append(["７", "窓口", "国", "未確認", "令和４年４月１日", None, "４１０日", None, None])
    book.save(tmp_path / "b.xlsx")
    form = ApplicantForm(
        row=2,
        number="7",
        name="例 太郎",
        birth_date=date(1990, 12, 31),
        employments=(EmploymentForm("national", date(2022, 4, 1), counter_name="窓口", workdays=410),),
    )
    assert parse_applicants(read_workbook(tmp_path / "b.xlsx"), TODAY) == ApplicantsSheet((form,))


def test_columns_in_any_order_synonyms_and_notes_above_are_read() -> None:
    read = parse(
        sheet_of(
            ("令和7年度 申込者一覧", None, None),
            (None, None, None),
            ("生年月日（西暦）", "お名前", "好きな色", "整理番号", "メールアドレス"),
            ("19850401", "見本 花子", "青", 1, "h@example.jp"),
            name="Sheet1",
        )
    )
    form = ApplicantForm(
        row=4, number="1", name="見本 花子", birth_date=date(1985, 4, 1), email="h@example.jp"
    )
    assert read == ApplicantsSheet(
        (form,), reports=("シート「Sheet1」の列「好きな色」は様式にないため読みませんでした。",)
    )


def test_an_error_leaves_out_that_person_only() -> None:
    jobs = sheet_of(JOBS, (1, "国", "R4.4.1", "R4.3.31", 10), (2, "国", "R4.4.1", None, 10), name="在職歴")
    read = parse(PEOPLE, jobs)
    assert [f.name for f in read.forms] == ["例 太郎"]
    assert read.errors == (
        CellError(
            "在職歴", 2, "終了日", "R4.3.31",
            "終了日（令和4年3月31日）が開始日（令和4年4月1日）より前です。日付を確かめてください。",
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "column", "value", "reason"),
    [
        ((1, "国", None, None, 1), "開始日", "", "開始日が空です。必ず書いてください。"),
        (
            (1, "都", "R4.4.1", None, 1), "種別", "都",
            "「都」は選べません。国・地方公共団体・国の委託・地方公共団体の委託・民間のどれかを書いてください。",
        ),
        ((1, "国", "R4.4.1", None, "多数"), "従業日数", "多数", "「多数」は数として読めません。数字だけを書いてください。"),
        ((1, "国", "R4.4.1", None, 1.5), "従業日数", "1.5", "0から40000までの整数を書いてください。"),
        ((1, "国", "R4.4.1", None, -1), "従業日数", "-1", "0から40000までの整数を書いてください。"),
        ((9, "国", "R4.4.1", None, 1), "申込番号", "9", "申込番号 9 の人が「申込者」にいません。"),
        (
            (1, "国", "#値なし", None, 1), "開始日", "#値なし",
            "式の値が読めません。Excel で開いて保存し直すか、値を打ち直してください。",
        ),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named_with_its_reason(
    row: tuple[object, ...], column: str, value: str, reason: str
) -> None:
    read = parse(PEOPLE, sheet_of(JOBS, row, name="在職歴"))
    assert [e for e in read.errors if e.column == column] == [CellError("在職歴", 2, column, value, reason)]


def test_an_impossible_date_is_refused_and_a_date_outside_its_era_is_a_warning() -> None:
    head = ("申込番号", "氏名", "生年月日")
    read = parse(sheet_of(head, (1, "見本 花子", "令和7年2月30日"), (2, "例 太郎", "昭和65年4月1日")))
    assert [(e.row, e.column, e.value) for e in read.errors] == [(2, "生年月日", "令和7年2月30日")]
    assert [(w.row, w.column, w.value) for w in read.warnings] == [(3, "生年月日", "昭和65年4月1日")]
    assert [f.birth_date for f in read.forms] == [date(1990, 4, 1)]


def test_a_number_used_twice_is_refused_at_the_second_row() -> None:
    head = ("申込番号", "氏名", "生年月日")
    read = parse(sheet_of(head, (1, "見本 花子", "S60.4.1"), ("０１", "例 太郎", "H2.1.1")))
    assert [f.name for f in read.forms] == ["見本 花子"]
    assert read.errors == (
        CellError(
            "申込者", 3, "申込番号", "０１", "2行目と同じ申込番号です。一人に一つの番号にしてください。"
        ),
    )


def test_declarations_that_contradict_each_other_are_refused() -> None:
    rows = sheet_of(("申込番号", "ア", "イ"), (1, "はい", "未回答"), (1, "いいえ", "はい"), name="申告")
    read = parse(PEOPLE, rows)
    assert [(e.row, e.column) for e in read.errors] == [(3, "ア")]
    assert [f.number for f in read.forms] == ["2"]


def test_names_and_leading_zeros_stay_as_typed() -> None:
    head = ("申込番号", "氏名", "生年月日", "郵便番号", "電話")
    read = parse(sheet_of(head, ("001", "　神\ufa19  葛󠄀城 ", "S60.4.1", "0010002", 312345678)))
    form = read.forms[0]
    assert (form.number, form.name, form.postal_code, form.phone) == (
        "001", "　神\ufa19  葛󠄀城 ", "0010002", "312345678",
    )  # fmt: skip


def test_an_employment_that_starts_after_today_is_a_warning() -> None:
    read = parse(PEOPLE, sheet_of(JOBS, (1, "国", "2025-06-02", None, 1), name="在職歴"))
    reason = "開始日（令和7年6月2日）が今日より後です。確かめてください。"
    assert read.warnings == (CellError("在職歴", 2, "開始日", "2025-06-02", reason),)
    assert len(read.forms) == 2


def test_a_workbook_without_the_headings_is_refused() -> None:
    with pytest.raises(InputRefused) as caught:
        parse(sheet_of(("番号", "点"), (1, 80)))
    assert caught.value.code == "NO_TABLE"


def test_a_sheet_whose_headings_were_removed_is_reported_not_taken_as_empty() -> None:
    read = parse(PEOPLE, sheet_of((1, "国", "R4.4.1"), name="在職歴"))
    assert read.reports == ("シート「在職歴」は見出しが揃わないため読みませんでした。",)


def test_refused_rows_carry_their_reasons_and_are_read_again_once_mended(tmp_path: Path) -> None:
    write_applicants(tmp_path / "a.xlsx", [HANAKO, TARO])
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    book["在職歴"]["E2"].value = "令和4年2月30日"
    book.save(tmp_path / "b.xlsx")
    workbook = read_workbook(tmp_path / "b.xlsx")
    first = parse_applicants(workbook, TODAY)
    assert first.forms == (TARO,)
    write_refused(tmp_path / "refused.xlsx", workbook, first.errors)
    refused = openpyxl.load_workbook(tmp_path / "refused.xlsx")
    assert [c.value for c in refused["申込者"]["B"]] == ["氏名", "見本 花子"]
    reasons = [c.value for c in refused["在職歴"]["K"]]
    assert reasons == ["不受理の理由", f"開始日：{first.errors[0].reason}", None]
    refused["在職歴"]["E2"].value = date(2022, 4, 1)
    refused.save(tmp_path / "mended.xlsx")
    again = parse_applicants(read_workbook(tmp_path / "mended.xlsx"), TODAY)
    assert (again.forms, again.errors) == ((replace(HANAKO, row=2),), ())
