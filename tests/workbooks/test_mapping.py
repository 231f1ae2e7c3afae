"""ほかの様式の読み方：見出しを見つけ、申込様式と同じ申込書になり、誤りはもとのセルで言う。"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from app.domain.errors import InputRefused
from app.workbooks import mapping as m
from app.workbooks.applicant_layout import APPLICANTS, EMPLOYMENTS, LINK
from app.workbooks.applicants import (
    ApplicantForm,
    ApplicantsSheet,
    EmploymentForm,
    QualificationForm,
    parse_applicants,
    write_refused,
)
from app.workbooks.fields import CellError
from app.workbooks.mapping.words import _JOBS, _PEOPLE, _WORDS
from app.workbooks.reading import Cell, Sheet, Workbook, read_workbook
from tests.workbooks.foreign import paper_form, plain_csv, two_row_list, two_sheets

TODAY = date(2025, 6, 1)
KENTARO = ApplicantForm(
    row=6,
    number="1",
    name="髙﨑　健太郎",
    birth_date=date(1985, 4, 1),
    reading="タカサキ ケンタロウ",
    phone="090-0000-0001",
    postal_code="060-0001",
    affiliation="見本市役所",
    employments=(
        EmploymentForm("municipal", date(2022, 4, 1), date(2024, 3, 31), "見本市窓口", workdays=410),
        EmploymentForm("private", date(2024, 4, 1), None, "例の会", workdays=0),
    ),
)
HANAKO = ApplicantForm(
    row=7,
    number="2",
    name="見本 花子",
    birth_date=date(1990, 12, 31),
    reading="ミホン ハナコ",
    phone="０９０ー０００２",
    postal_code="0600001",
    affiliation="例町役場",
)


def read(workbook: Workbook, mapping: m.Mapping | None = None) -> tuple[ApplicantsSheet, m.Origin]:
    made, origin = m.convert(workbook, mapping or m.guess(workbook))
    return parse_applicants(made, TODAY), origin


def outward(sheet: ApplicantsSheet, origin: m.Origin) -> list[tuple[str, int, str]]:
    return [(e.sheet, e.row, e.column) for e in map(origin.outward, sheet.errors)]


def book_of(*rows: tuple[Cell, ...], name: str = "名簿", epoch_1904: bool = False) -> Workbook:
    return Workbook((Sheet(name, rows, (), epoch_1904),))


def test_a_two_row_heading_with_merged_cells_and_groups_beside_each_other_is_read(tmp_path: Path) -> None:
    workbook = read_workbook(two_row_list(tmp_path / "a.xlsx"))
    sheet, _ = read(workbook)
    assert sheet.forms == (KENTARO, HANAKO)
    assert (sheet.errors, sheet.warnings) == ((), ())
    assert sheet.reports[:2] == (
        "シート「名簿」の4・5行目を見出しとして読みました。",
        "8行目は、合計や注の行とみて読みませんでした。",
    )


def test_the_two_rows_are_joined_also_where_the_file_does_not_say_what_is_merged(tmp_path: Path) -> None:
    workbook = read_workbook(two_row_list(tmp_path / "a.xlsx"))
    bare = Workbook(tuple(replace(s, merged=()) for s in workbook.sheets))
    assert read(bare)[0].forms == (KENTARO, HANAKO)


def test_a_saved_mapping_finds_its_headings_lower_and_further_right(tmp_path: Path) -> None:
    mapping = m.guess(read_workbook(two_row_list(tmp_path / "a.xlsx")))
    other = read_workbook(two_row_list(tmp_path / "b.xlsx", first=9, extra=True))
    assert m.recognises(mapping, other)
    assert read(other, mapping)[0].forms == (replace(KENTARO, row=11), replace(HANAKO, row=12))
    assert "列「地区」は読みませんでした。" in read(other, mapping)[0].reports


def test_a_mapping_is_the_same_after_being_stored(tmp_path: Path) -> None:
    for path in (two_row_list(tmp_path / "a.xlsx"), two_sheets(tmp_path / "b.xlsx")):
        mapping = m.guess(read_workbook(path))
        stored = m.to_stored(mapping)
        again = m.from_stored(mapping.shape, mapping.sheet, mapping.heading_row, mapping.headings, stored)
        assert again == mapping
    with pytest.raises(InputRefused) as refused:
        m.from_stored("table", "", 0, (), {"items": {}})
    assert refused.value.code == "BAD_MAPPING"


def test_a_csv_in_cp932_with_names_in_two_columns_and_a_period_in_one_is_read(tmp_path: Path) -> None:
    sheet, origin = read(read_workbook(plain_csv(tmp_path / "a.csv")))
    job = EmploymentForm("municipal", date(2022, 4, 1), date(2024, 3, 31), "窓口", workdays=410)
    assert sheet.forms == (
        ApplicantForm(
            row=2,
            number="001",
            name="髙橋 一郎",
            birth_date=date(1985, 4, 1),
            reading="タカハシ イチロウ",
            phone="09000000001",
            email="a@example.jp",
            affiliation="見本市",
            employments=(job,),
        ),
        ApplicantForm(
            row=3, number="002", name="例 太郎", birth_date=date(1985, 4, 1), reading="レイ タロウ", phone="0"
        ),
    )
    assert [(w.sheet, w.row, w.column, w.value) for w in map(origin.outward, sheet.warnings)] == [
        ("CSV", 3, "誕生日", "31138")
    ]


def test_forms_for_the_eye_are_read_one_person_a_sheet(tmp_path: Path) -> None:
    workbook = read_workbook(paper_form(tmp_path / "a.xlsx", "見本 花子", "例 太郎"))
    assert m.guess(workbook).shape == m.FORM
    sheet, _ = read(workbook)
    job = EmploymentForm("commissioned_by_municipality", date(2022, 4, 1), None, "見本市窓口", workdays=410)
    first = ApplicantForm(
        row=2,
        number="1",
        name="見本 花子",
        birth_date=date(1986, 4, 1),
        reading="みほん はなこ",
        phone="03-0000-0000",
        address="見本県見本市1-1",
        affiliation="見本市役所",
        employments=(job,),
        qualifications=(QualificationForm("certified_social_worker", date(2018, 5, 10)),),
    )
    assert sheet.forms == (
        first,
        replace(first, row=3, number="2", name="例 太郎", birth_date=date(1987, 4, 1)),
    )


def test_a_form_is_recognised_by_its_labels_where_rows_were_put_in(tmp_path: Path) -> None:
    mapping = m.guess(read_workbook(paper_form(tmp_path / "a.xlsx", "見本 花子")))
    lower = read_workbook(paper_form(tmp_path / "b.xlsx", "𠮷田 みなみ", down=3))
    assert m.recognises(mapping, lower)
    assert [f.name for f in read(lower, mapping)[0].forms] == ["𠮷田 みなみ"]
    assert not m.recognises(mapping, read_workbook(plain_csv(tmp_path / "c.csv")))


def test_an_error_of_a_form_names_its_cell(tmp_path: Path) -> None:
    path = paper_form(tmp_path / "a.xlsx", "見本 花子", "例 太郎")
    book = openpyxl.load_workbook(path)
    book["申込書2"]["B11"] = "令和4年2月30日"
    book.save(path)
    sheet, origin = read(read_workbook(path))
    assert [f.name for f in sheet.forms] == ["見本 花子"]
    assert outward(sheet, origin) == [("申込書2", 11, "自（B列）")]
    assert origin.anchor("在職歴", 3) == ("申込書2", 4)


def test_a_second_sheet_is_linked_by_the_name(tmp_path: Path) -> None:
    workbook = read_workbook(two_sheets(tmp_path / "a.xlsx"))
    sheet, origin = read(workbook)
    assert sheet.forms[0].employments == (
        EmploymentForm("municipal", date(2020, 4, 1), date(2022, 3, 31), "窓口A"),
        EmploymentForm("national", date(2022, 4, 1), None, "窓口B"),
    )
    assert (sheet.forms[0].number, sheet.forms[0].affiliation_prefecture) == ("1", "北海道")
    # 平成32年は令和2年と読み、注意する。だれのものでもない職歴は、もとの行で断る
    assert sheet.forms[1].birth_date == date(2020, 4, 1)
    assert outward(sheet, origin) == [("職歴", 5, "氏名")]
    assert [(w.sheet, w.row, w.column) for w in map(origin.outward, sheet.warnings)] == [
        ("一覧", 2, "誕生日"),
        ("一覧", 3, "誕生日"),
    ]


def test_two_people_of_one_name_are_not_guessed_apart(tmp_path: Path) -> None:
    path = two_sheets(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)
    book["一覧"].append(["見本 花子", "みほん はなこ", "S50.1.1", None])
    book.save(path)
    sheet, origin = read(read_workbook(path))
    assert [f.employments for f in sheet.forms] == [(), (), ()]
    assert outward(sheet, origin) == [("職歴", 3, "氏名"), ("職歴", 4, "氏名"), ("職歴", 5, "氏名")]


@pytest.mark.parametrize(("epoch_1904", "born"), [(False, date(1985, 4, 1)), (True, date(1989, 4, 2))])
def test_a_date_that_lost_its_format_is_counted_from_the_books_own_beginning(
    epoch_1904: bool, born: date
) -> None:
    workbook = book_of(
        ("番号", "お名前", "誕生日", "TEL"), (1, "見本 花子", 31138, "0"), epoch_1904=epoch_1904
    )
    sheet, _ = read(workbook)
    assert [(f.birth_date, f.phone) for f in sheet.forms] == [(born, "0")]
    assert len(sheet.warnings) == 1


def test_the_epoch_and_the_merged_cells_of_a_book_are_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(["氏名", None])  # type: ignore[union-attr]
    book.active.merge_cells("A1:B2")  # type: ignore[union-attr]
    book.save(tmp_path / "a.xlsx")
    sheet = read_workbook(tmp_path / "a.xlsx").sheets[0]
    assert (sheet.epoch_1904, sheet.merged) == (True, ((0, 0, 1, 1),))


def test_year_month_and_day_in_three_columns_are_one_date() -> None:
    workbook = book_of(
        ("氏名", "生年月日", None, None, "住所"),
        (None, "年", "月", "日", None),
        ("見本 花子", "昭和60年", "4月", "1日", "見本市"),
        ("例 太郎", 1990, 12, 31, "見本市"),
    )
    assert [f.birth_date for f in read(workbook)[0].forms] == [date(1985, 4, 1), date(1990, 12, 31)]


def test_what_is_wrong_is_said_at_the_cell_of_the_file_and_back(tmp_path: Path) -> None:
    workbook = read_workbook(two_row_list(tmp_path / "a.xlsx", first=6, born="昭和60年13月1日"))
    mapping = m.guess(workbook)
    made, origin = m.convert(workbook, mapping)
    first = parse_applicants(made, TODAY)
    said = [origin.outward(e) for e in first.errors]
    assert [(e.sheet, e.row, e.column, e.value) for e in said] == [
        ("名簿", 8, "生年月日（和暦）", "昭和60年13月1日")
    ]
    assert tuple(origin.inward(e) for e in said) == first.errors
    write_refused(tmp_path / "refused.xlsx", made, [origin.inward(e) for e in said])
    refused = openpyxl.load_workbook(tmp_path / "refused.xlsx")
    born = next(c for c in refused["申込者"][1] if c.value == "生年月日")
    refused["申込者"].cell(2, born.column).value = "昭和60年1月1日"
    refused.save(tmp_path / "mended.xlsx")
    mended = parse_applicants(read_workbook(tmp_path / "mended.xlsx"), TODAY)
    assert mended.forms == (replace(KENTARO, row=2, birth_date=date(1985, 1, 1)),)


def test_items_missing_from_the_file_are_named_by_the_group_they_belong_to() -> None:
    workbook = book_of(
        ("氏名", "生年月日", "電話", "勤務先1", "開始日1", "勤務先2", "開始日2"),
        ("見本 花子", "S60.4.1", "1", "A", "R4.4.1", "B", "R5.4.1"),
    )
    sheet, origin = read(workbook)
    assert outward(sheet, origin) == [("名簿", 2, "在職1 種別"), ("名簿", 2, "在職2 種別")]
    assert tuple(origin.inward(origin.outward(e)) for e in sheet.errors) == sheet.errors
    mapping = m.guess(workbook)
    kinds = {m.Slot("在職歴", "種別", g): m.Place(fixed="国") for g in (1, 2)}
    fixed = replace(mapping, places=mapping.places | kinds)
    assert [e.counter for e in read(workbook, fixed)[0].forms[0].employments] == ["national", "national"]


def test_columns_of_the_same_heading_are_told_apart_by_their_letters() -> None:
    workbook = book_of(
        ("氏名", "生年月日", "電話", "種別", "開始日", "種別", "開始日"),
        ("見本 花子", "S60.4.1", "1", "国", "R4.4.1", "国", "R5.40.1"),
    )
    sheet, origin = read(workbook)
    assert outward(sheet, origin) == [("名簿", 2, "開始日（G列）")]


def test_a_file_without_the_headings_is_refused_not_read_as_empty() -> None:
    mapping = m.guess(book_of(("氏名", "生年月日", "電話"), ("見本 花子", "S60.4.1", "1")))
    with pytest.raises(InputRefused) as refused:
        m.convert(book_of(("品名", "数量"), ("鉛筆", 3)), mapping)
    assert refused.value.code == "NO_TABLE"
    unknown = m.guess(book_of(("品名", "数量"), ("鉛筆", 3)))
    assert (unknown.shape, unknown.places) == (m.TABLE, {})


@pytest.mark.parametrize("kind", m.FAMILIES)
def test_no_word_stands_for_two_items_of_one_sheet(kind: str) -> None:
    twice = {w: o for w, o in _WORDS[kind].items() if len({layout for layout, _ in o}) != len(set(o))}
    assert twice == {}


# 申込様式の列の順と見出しを替え、関わりのない列と行を足しても、同じ申込書になる
def test_every_synonym_belongs_to_its_own_item() -> None:
    for heading, words in _PEOPLE.items():
        for word in words.split():
            found = next(x for x in _WORDS[m.PEOPLE][m.plain(word)] if x[0] == APPLICANTS.name)
            assert found == (APPLICANTS.name, heading)
    assert {h for h in _JOBS} <= {*EMPLOYMENTS.headings, m.PERIOD}
    assert LINK not in _JOBS


def test_an_unknown_place_is_left_as_it_is() -> None:
    error = CellError("名簿", 9, "列", "", "理由")
    assert (m.Origin().outward(error), m.Origin().inward(error)) == (error, error)


def test_the_same_number_twice_is_said_with_the_row_of_the_file() -> None:
    rows: tuple[tuple[Cell, ...], ...] = ((), ("No", "氏名", "生年月日", "TEL"))
    people: tuple[tuple[Cell, ...], ...] = (
        (1, "見本 花子", "S60.4.1", "1"),
        (),
        (1, "例 太郎", "S60.4.1", "2"),
    )
    sheet, origin = read(book_of(*rows, *people))
    assert [(e.row, e.column, e.reason) for e in map(origin.outward, sheet.errors)] == [
        (5, "No", "3行目と同じ申込番号です。一人に一つの番号にしてください。")
    ]


@pytest.mark.parametrize(
    ("heading", "value", "warned"),
    [("TEL", 9012345678, 1), ("〒", 600001, 1), ("〒", 1000001, 0), ("TEL", "09012345678", 0), ("TEL", 0, 0)],
)
def test_a_number_that_may_have_lost_its_zero_is_warned_of_but_not_changed(
    heading: str, value: Cell, warned: int
) -> None:
    workbook = book_of(("氏名", "生年月日", heading), ("見本 花子", "S60.4.1", value))
    sheet, _ = read(workbook)
    form = sheet.forms[0]
    assert (form.phone or form.postal_code, len(sheet.warnings)) == (str(value), warned)
