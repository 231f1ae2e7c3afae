"""戻ったファイルの照合と件数照合表。"""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from app.domain.access import Role
from app.domain.errors import AccessDenied, InputRefused, RuleViolation
from app.services import submission
from app.services.office import Office
from app.services.submission import batches, compare_returned, list_returned
from app.services.views.submission import Difference
from app.workbooks.reading import read_workbook
from database.opening import Store
from database.schema.people import Person
from database.schema.submission import SubmissionRow
from tests.factories import (
    as_role,
    change,
    make_applications,
    make_certifications,
    make_cohort,
    make_office,
    person,
)

CERTIFIED = date(2026, 3, 31)
NAMES = ("髙橋 一", "神\ufa19 二", "三好 三")
PASSWORD = "庁への合言葉"
ORDER = (
    "前の便までに送った人",
    *(f"{words}（この便）" for words in ("新規", "変更", "取消し", "失効", "削除")),
    "この便の行",
    "変わりなく送らない人",
    "基準日の名簿の人",
)


def number(n: int) -> str:
    return f"第R7-1-{n:04d}号"


@pytest.fixture
def office(store: Store) -> Office:
    office = make_office(store, Role.MANAGER, today=date(2026, 4, 10))
    cohort = make_cohort(office)
    people = [person(name, specialties="=1+1") for name in NAMES]
    make_certifications(office, cohort, make_applications(office, cohort, people), CERTIFIED)
    return office


@pytest.fixture
def sent(office: Office, tmp_path: Path) -> Path:
    submission.make_batch(office, tmp_path / "便1.xlsx")
    return tmp_path / "便1.xlsx"


def batch_id(office: Office) -> int:
    return submission.list_batches(office)[0].id


def edit(source: Path, work: Callable[[Any], None]) -> Path:
    book = openpyxl.load_workbook(source)
    work(book["認定者名簿"])
    book.save(source.with_name("戻り.xlsx"))
    return source.with_name("戻り.xlsx")


def cell(sheet: Any, row_of: str, heading: str) -> Any:
    rows = list(sheet.iter_rows())
    top = next(r for r in rows if r[0].value == "変更")
    column = [c.value for c in top].index(heading)
    return next(r for r in rows if r[1].value == row_of)[column]


def test_a_file_that_came_back_untouched_has_no_difference(office: Office, sent: Path) -> None:
    assert compare_returned(office, batch_id(office), sent).differences == ()


def test_every_cell_that_differs_is_named_by_row_and_column(office: Office, sent: Path) -> None:
    def work(sheet: Any) -> None:
        cell(sheet, number(1), "氏名").value = "高橋 一"
        cell(sheet, number(2), "認証日").value = date(2026, 4, 1)
        cell(sheet, number(3), "生年月日").value = "不明"

    found = compare_returned(office, batch_id(office), edit(sent, work)).differences
    birth = next(d.sent for d in found if d.column == "生年月日")
    assert found == (
        Difference("value", 5, number(1), "氏名", "髙橋 一", "高橋 一"),
        Difference("value", 6, number(2), "認証日", "2026-03-31", "2026-04-01"),
        Difference("unread", 7, number(3), "生年月日", birth, "不明"),
    )


def test_rows_left_out_added_and_doubled_are_told_apart(office: Office, sent: Path) -> None:
    def work(sheet: Any) -> None:
        cell(sheet, number(2), "認定番号").value = "第R7-1-0099号"
        cell(sheet, number(3), "認定番号").value = number(1)

    found = compare_returned(office, batch_id(office), edit(sent, work)).differences
    assert [(d.words, d.row, d.key, d.sent, d.returned) for d in found] == [
        ("送っていない行", 6, "第R7-1-0099号", "", NAMES[1]),
        ("重なった行", 7, number(1), "", ""),
        ("行がない", 0, number(2), NAMES[1], ""),
        ("行がない", 0, number(3), NAMES[2], ""),
    ]


def test_a_column_taken_away_is_one_difference(office: Office, sent: Path) -> None:
    def work(sheet: Any) -> None:
        sheet.delete_cols(cell(sheet, number(1), "国籍").column)

    found = compare_returned(office, batch_id(office), edit(sent, work)).differences
    assert found == (Difference("column", 0, "", "国籍"),)


def test_the_comparison_is_kept_and_changes_no_record(office: Office, sent: Path) -> None:
    def work(sheet: Any) -> None:
        cell(sheet, number(1), "氏名").value = "高橋 一"

    made = compare_returned(office, batch_id(office), edit(sent, work))
    assert list_returned(office, batch_id(office)) == (made,)
    with office.read("submission.list_returned") as session:
        assert tuple(session.scalars(select(Person.name).order_by(Person.id))) == NAMES


def test_what_was_sent_is_compared_not_what_the_record_says_today(office: Office, sent: Path) -> None:
    with office.read("submission.list_returned") as session:
        who = session.scalars(select(Person.id).order_by(Person.id)).first()
    assert who is not None
    change(office, Person, who, name="改姓 一")
    assert compare_returned(office, batch_id(office), sent).differences == ()


def test_a_wrong_password_is_refused_and_nothing_is_kept(office: Office, tmp_path: Path) -> None:
    target = tmp_path / "鍵.xlsx"
    submission.make_batch(office, target, password=PASSWORD)
    for wrong in (None, "違う合言葉"):
        with pytest.raises(InputRefused) as caught:
            compare_returned(office, batch_id(office), target, wrong)
        assert caught.value.code == "PASSWORD"
    assert list_returned(office, batch_id(office)) == ()
    assert compare_returned(office, batch_id(office), target, PASSWORD).differences == ()


def test_a_batch_without_the_sent_values_is_refused(office: Office, sent: Path) -> None:
    with office.read("submission.list_returned") as session:
        rows = session.scalars(select(SubmissionRow.id)).all()
    change(office, SubmissionRow, rows[0], cells=None)
    with pytest.raises(RuleViolation, match="送った値を覚えるより前"):
        compare_returned(office, batch_id(office), sent)


def test_a_reader_may_see_the_comparisons_but_not_make_one(office: Office, sent: Path) -> None:
    auditor = as_role(office, Role.AUDITOR)
    assert list_returned(auditor, batch_id(office)) == ()
    with pytest.raises(AccessDenied):
        compare_returned(auditor, batch_id(office), sent)


def test_the_control_sheet_counts_what_the_batch_holds_and_is_kept(office: Office, sent: Path) -> None:
    control = submission.list_batches(office)[0].control
    assert control == {
        "前の便までに送った人": 0,
        "新規（この便）": 3,
        "変更（この便）": 0,
        "取消し（この便）": 0,
        "失効（この便）": 0,
        "削除（この便）": 0,
        "この便の行": 3,
        "変わりなく送らない人": 0,
        "基準日の名簿の人": 3,
    }
    sheet = read_workbook(sent).sheet("件数照合表")
    assert sheet is not None
    rows = [r[:2] for r in sheet.rows]
    assert [r for r in rows if r[0] in control] == [(words, control[words]) for words in ORDER]
    assert [r[1] for r in rows if "＝" in str(r[0])] == ["一致"] * 3


def test_a_count_that_does_not_agree_makes_no_batch(office: Office, sent: Path) -> None:
    control = dict(submission.list_batches(office)[0].control or {})
    control["変わりなく送らない人"] = 1
    with pytest.raises(RuleViolation, match="件数が合いません"):
        batches._control_sheet(control)


def test_no_cell_of_a_batch_is_a_formula(sent: Path) -> None:
    kinds = {c.data_type for s in openpyxl.load_workbook(sent) for row in s.iter_rows() for c in row}
    assert "f" not in kinds
    assert cell(openpyxl.load_workbook(sent)["認定者名簿"], number(1), "専門分野").value == "=1+1"
