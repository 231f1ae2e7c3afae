"""プログラムの書くブックのすべて：A4 の印刷、入力規則、式のないこと、パスワード、ほかの表計算での読み戻し。"""

import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import msoffcrypto
import openpyxl
import pytest
from msoffcrypto.exceptions import InvalidKeyError

from app.cli.exchange import TEMPLATES
from app.cli.parser import EXPORTS
from app.domain.access import Role
from app.domain.errors import InputRefused
from app.services import certificates, scoring, submission
from app.services.office import Office
from app.workbooks.reading import read_workbook
from app.workbooks.register import read_returned
from database.opening import Store
from database.schema.people import Person
from tests.factories import (
    change,
    finish_course,
    make_applications,
    make_certifications,
    make_cohort,
    make_office,
    make_report_dues,
    make_sessions,
    person,
)
from tests.workbooks.test_libreoffice import convert

TODAY = date(2026, 4, 10)
HOSTILE = ("=1+1", "@SUM(A1)", "+81 90", "-1", "\tタブ", "=HYPERLINK(\"http://a\",\"b\")", "'=1", "<b>&amp;", "1E9")  # fmt: skip
PASSWORD = "ブックの合言葉 1"


@dataclass(frozen=True)
class Written:
    """書いたブック一つ。back は戻ってくるか。"""

    name: str
    path: Path
    back: bool = False


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store, Role.MANAGER, today=TODAY)


@pytest.fixture
def cohort(office: Office) -> int:
    """いたずらな文字の人の、研修から認証までの記録。"""
    cohort = make_cohort(office)
    people = [
        person(
            word,
            word,
            nationality=word,
            affiliation=word,
            affiliation_prefecture=word,
            activity_area=word,
            specialties=word,
            languages=word,
            alias=word,
            former_name=word,
            roman_name=word,
            publish_consent=True,
        )
        for word in HOSTILE
    ]
    ids = make_applications(office, cohort, people)
    finish_course(office, ids[:2], make_report_dues(office, cohort), make_sessions(office, cohort))
    make_certifications(office, cohort, ids, date(2026, 3, 31))
    scoring.create_test(office, cohort, "=テスト", date(2026, 2, 10))
    return cohort


@pytest.fixture
def written(office: Office, cohort: int, tmp_path: Path) -> list[Written]:
    """プログラムの書くブックのすべて。"""
    found = []
    for kind in EXPORTS:
        path = tmp_path / f"{kind}.xlsx"
        submission.export(office, kind, path, cohort)
        found.append(Written(kind, path, kind == "register"))
    for kind, write in TEMPLATES.items():
        write(tmp_path / f"template_{kind}.xlsx")
        found.append(Written(f"template_{kind}", tmp_path / f"template_{kind}.xlsx", True))
    submission.make_batch(office, tmp_path / "batch.xlsx")
    found.append(Written("batch", tmp_path / "batch.xlsx", True))
    certificates.write_number_template(office, cohort, tmp_path / "numbers.xlsx")
    found.append(Written("numbers", tmp_path / "numbers.xlsx", True))
    return found


def sheets(book: Written) -> Iterator[Any]:
    yield from openpyxl.load_workbook(book.path)


def test_every_sheet_is_printed_on_a4_with_its_headings_and_page_numbers(written: list[Written]) -> None:
    assert len(written) == len(EXPORTS) + len(TEMPLATES) + 2
    for book in written:
        for sheet in sheets(book):
            place = f"{book.name}/{sheet.title}"
            assert sheet.page_setup.paperSize == 9, place
            assert sheet.oddFooter.center.text == "&P / &N", place
            assert sheet.sheet_properties.pageSetUpPr.fitToPage, place
            if sheet.freeze_panes is None:
                continue  # 説明と図は、一覧ではない
            top = int(sheet.freeze_panes[1:]) - 1
            assert sheet.print_title_rows == f"${top}:${top}", place
            across = sheet.page_setup.fitToWidth
            wide = sum(d.width for d in sheet.column_dimensions.values())
            assert (across > 1) == (wide > 180), place
            assert bool(sheet.print_title_cols) == (across > 1), place


def test_a_wide_list_repeats_the_number_and_the_name_on_every_page(written: list[Written]) -> None:
    named = {b.name: next(sheets(b)) for b in written}
    assert [(named[n].page_setup.fitToWidth, named[n].print_title_cols) for n in ("register", "batch")] == [
        (3, "$A:$B"),
        (3, "$A:$C"),
    ]
    assert named["template_applicants"].print_title_cols == "$A:$B"


def rules(sheet: Any) -> dict[str, Any]:
    """見出しから入力規則へ。"""
    top = int(sheet.freeze_panes[1:]) - 1
    return {
        sheet.cell(top, next(iter(v.sqref.ranges)).min_col).value: v
        for v in sheet.data_validations.dataValidation
    }


def test_every_workbook_that_comes_back_checks_dates_numbers_and_lists_in_japanese(
    written: list[Written],
) -> None:
    for book in written:
        if not book.back:
            continue
        sheet = next(sheets(book))
        found = rules(sheet)
        for heading, rule in found.items():
            place = f"{book.name}/{heading}"
            assert rule.type in ("list", "date", "whole"), place
            # 選べないものを止めない列（種別など）のほかは、日本語で断る
            assert rule.showErrorMessage is not True or rule.error.endswith("ください。"), place
        top = int(sheet.freeze_panes[1:]) - 1
        dates = [
            c.value for c in sheet[top] if c.value and str(c.value).endswith(("日", "の満了", "の始まり"))
        ]
        assert {found[d].type for d in dates} <= {"date"}, book.name
    named = {b.name: next(sheets(b)) for b in written}
    register = rules(named["batch"])
    assert {h: v.type for h, v in register.items()} == {
        "変更": "list",
        **dict.fromkeys(
            ("生年月日", "議決日", "認証日", "交付日", "有効期間の始まり", "有効期間の満了"), "date"
        ),
        "更新": "whole",
        "状態": "list",
        "公表の同意": "list",
    }
    assert {h: v.type for h, v in rules(named["numbers"]).items()} == {
        "受付番号": "whole",
        "生年月日": "date",
    }


def test_no_cell_of_any_workbook_is_a_formula_and_every_hostile_word_is_written_as_it_is(
    written: list[Written],
) -> None:
    seen: dict[str, set[str]] = {}
    for book in written:
        for sheet in sheets(book):
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type != "f", f"{book.name}/{sheet.title}/{cell.coordinate}"
                    if cell.value in HOSTILE:
                        seen.setdefault(book.name, set()).add(cell.value)
    listed = {"register", "batch", "progress", "eligibility", "affiliations", "statistics"}
    assert {name: words for name, words in seen.items() if name in listed} == {
        name: set(HOSTILE) for name in listed
    }


@pytest.mark.parametrize("kind", EXPORTS)
def test_every_list_is_really_encrypted_and_a_wrong_password_is_refused(
    office: Office, cohort: int, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "a.xlsx"
    assert submission.export(office, kind, path, cohort, PASSWORD).encrypted
    content = path.read_bytes()
    assert (content[:4], HOSTILE[0].encode() in content) == (b"\xd0\xcf\x11\xe0", False)
    locked: Any = msoffcrypto.OfficeFile(io.BytesIO(content))
    with pytest.raises(InvalidKeyError):
        locked.load_key(password="違う合言葉", verify_password=True)
    locked.load_key(password=PASSWORD, verify_password=True)
    plain = io.BytesIO()
    locked.decrypt(plain)
    assert openpyxl.load_workbook(plain).worksheets[0].max_row > 3
    with pytest.raises(InputRefused) as caught:
        read_workbook(path, "違う合言葉")
    assert caught.value.code == "PASSWORD"
    assert read_workbook(path, PASSWORD).sheets[0].filled > 5


def test_the_same_batch_with_its_rules_is_read_back_whole(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    submission.make_batch(office, tmp_path / "a.xlsx")
    back = read_returned(read_workbook(tmp_path / "a.xlsx"))
    assert [r.cells["氏名"] for r in back.rows] == list(HOSTILE)
    (sent,) = submission.list_batches(office)
    assert submission.compare_returned(office, sent.id, tmp_path / "a.xlsx").differences == ()
    change(office, Person, 1, alias="変")
    assert submission.compare_returned(office, sent.id, tmp_path / "a.xlsx").differences == ()


def _cells(path: Path) -> list[tuple[str, list[list[object]]]]:
    def plain(value: object) -> object:
        if isinstance(value, float):
            return round(value, 9)
        return "" if value is None else value

    found = []
    for sheet in read_workbook(path).sheets:
        rows = [[plain(c) for c in row] for row in sheet.rows]
        for row in rows:
            while row and row[-1] == "":
                row.pop()
        while rows and not rows[-1]:
            rows.pop()
        found.append((sheet.name, rows))
    return found


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice がない")
def test_every_workbook_saved_by_another_program_reads_as_the_same_cells(
    written: list[Written], tmp_path: Path
) -> None:
    for book in written:
        again = convert(tmp_path, book.path, "xlsx")
        assert _cells(again) == _cells(book.path), book.name
