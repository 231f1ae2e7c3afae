"""統計：関門・国籍・理由・合格率・年度・更新の数と、ブックの図と紙。"""

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader

from app.domain.access import Role
from app.domain.errors import RuleViolation
from app.domain.statistics import Statistics
from app.services import submission
from app.services.office import Office
from app.services.standings import load_standings
from app.services.submission.statistics import count_statistics
from database.opening import Store
from database.schema.intake import Application, Cohort
from tests.factories import (
    change,
    finish_course,
    make_applications,
    make_certifications,
    make_cohort,
    make_office,
    make_report_dues,
    make_sessions,
    pass_course1,
    person,
)
from tests.services.nine_years import FIRST_OF_APRIL, YEARS, Story

TODAY = date(2026, 4, 10)
GATES = ("申込", "受講決定", "養成課程①", "実践", "養成課程②", "テスト合格", "認証", "辞退")


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store, Role.MANAGER, today=TODAY)


def count(office: Office, day: date = TODAY, cohort_id: int | None = None) -> Statistics:
    with office.store.sessions() as session:
        cohort = None if cohort_id is None else session.get_one(Cohort, cohort_id)
        return count_statistics(session, office.guideline, cohort, day)


def rows_of(found: Statistics, title: str) -> list[tuple[object, ...]]:
    (table,) = (t for t in found.tables if t.title == title)
    return [tuple(r) for r in table.rows]


@pytest.fixture
def two_terms(office: Office) -> tuple[int, int]:
    """修了して認証された研修期と、申込と養成課程①だけの研修期。"""
    first, second = make_cohort(office), make_cohort(office, 2, date(2026, 6, 1))
    people = [
        person("甲 一", nationality="日本"),
        person("乙 二", nationality="ベトナム"),
        person("丙 三", nationality="日本"),
    ]
    ids = make_applications(office, first, people)
    finish_course(office, ids[:2], make_report_dues(office, first), make_sessions(office, first))
    make_certifications(office, first, ids[:2], date(2026, 3, 31))
    change(office, Application, ids[2], withdrawn_on=date(2025, 12, 1), withdrawal_reason="本人の申出")
    later = make_applications(office, second, [person("丁 四", nationality=""), person("戊 五")])
    pass_course1(office, later[:1])
    return first, second


def test_a_gate_that_no_cohort_has_begun_is_missing_and_not_zero(
    office: Office, two_terms: tuple[int, int]
) -> None:
    found = count(office)
    assert [r for r in rows_of(found, "統計") if r[0] in ("研修期", "国籍", "合計")] == [
        ("研修期", "令和7年度 第1期", 3, 3, 2, 2, 2, None, 2, 1),
        ("研修期", "令和8年度 第2期", 2, 2, 1, None, None, None, None, 0),
        ("国籍", "日本", 2, 2, 1, 1, 1, None, 1, 1),
        ("国籍", "ベトナム", 1, 1, 1, 1, 1, None, 1, 0),
        ("国籍", "（記載なし）", 2, 2, 1, None, None, None, None, 0),
        ("合計", "", 5, 5, 3, 2, 2, None, 2, 1),
    ]
    assert rows_of(found, "合格率") == [
        ("令和7年度 第1期", "", None, None, None, None),
        ("令和8年度 第2期", "", None, None, None, None),
    ]
    assert [r for r in rows_of(found, "理由") if r[0] == "辞退"] == [("辞退", "申出など", 1)]
    only = count(office, cohort_id=two_terms[1])
    assert [r[:2] for r in rows_of(only, "統計") if r[0] == "研修期"] == [("研修期", "令和8年度 第2期")]


def test_what_happened_after_the_day_is_not_counted(office: Office, two_terms: tuple[int, int]) -> None:
    (first, *_) = rows_of(count(office, date(2025, 11, 30)), "統計")
    assert (first[2], first[8], first[9]) == (3, None, 0)
    assert rows_of(count(office, date(2025, 11, 30)), "年度別") == []


def test_the_years_agree_with_the_standing_of_everyone_on_each_last_day_of_march(
    store: Store, tmp_path: Path
) -> None:
    story = Story(store, tmp_path)
    for live in YEARS:
        live(story)
    day = date(2035, 3, 31)
    found = count(story.office, day)
    years = rows_of(found, "年度別")
    with store.sessions() as session:
        guideline = story.office.guideline
        valid = [
            sum(s.state == "valid" for s in load_standings(session, date(y, 3, 31), guideline))
            for y in range(2026, 2036)
        ]
    assert [r[0] for r in years] == [f"令和{n}年度" for n in range(7, 17)]
    assert [r[6] for r in years] == valid
    assert [r[1:6] for r in years] == [
        (10, 0, 0, 0, 0),
        (0, 1, 0, 1, 0),
        (0, 0, 0, 2, 0),
        (0, 5, 1, 0, 0),
        (1, 0, 0, 0, 0),
        (0, 0, 0, 0, 1),
        (0, 4, 1, 0, 0),
        (0, 1, 0, 0, 0),
        (0, 0, 0, 0, 0),
        (0, 1, 0, 0, 0),
    ]
    assert FIRST_OF_APRIL[-1] > day
    waves = rows_of(found, "更新")
    assert [(r[0], r[2], r[6]) for r in waves][:2] == [
        (date(2029, 3, 31), 6, 6 / 7),
        (date(2032, 3, 31), 4, 4 / 5),
    ]
    assert waves[-1][6] is None
    reasons = rows_of(found, "理由")
    assert ("取消し", "不正の手段による認証", 3) in reasons
    assert ("不認定の欠格事由", "欠格事由エ", 1) in reasons


def test_the_workbook_draws_its_counts_and_leaves_the_missing_empty(
    office: Office, two_terms: tuple[int, int], tmp_path: Path
) -> None:
    submission.export(office, "statistics", tmp_path / "統計.xlsx")
    book = openpyxl.load_workbook(tmp_path / "統計.xlsx")
    assert book.sheetnames == ["統計", "図1", "図2", "理由", "合格率", "年度別", "更新"]
    rows = list(book["統計"].iter_rows(values_only=True))
    top = next(n for n, r in enumerate(rows) if r[0] == "区分")
    assert rows[top] == ("区分", "項目", *GATES)
    assert rows[top + 2] == ("研修期", "令和8年度 第2期", 2, 2, 1, None, None, None, None, 0)
    sheets: list[Any] = [s for s in book if s.title.startswith("図")]
    charts = [c for s in sheets for c in s._charts]
    by_cohort, by_nation, *_ = charts
    series = by_cohort.series[1]
    assert series.val.numRef.f == f"'統計'!$C${top + 3}:$I${top + 3}"
    assert series.cat.strRef.f == f"'統計'!$C${top + 1}:$I${top + 1}"
    assert [s.tx.v for s in by_nation.series] == ["申込", "認証"]
    assert [c.display_blanks for c in charts] == ["gap"] * len(charts)
    assert [s.page_setup.fitToHeight for s in sheets] == [1] * len(sheets)


def test_the_paper_says_the_same_counts_and_a_dash_for_the_missing(
    office: Office, two_terms: tuple[int, int], tmp_path: Path
) -> None:
    made = submission.export(office, "statistics", tmp_path / "統計.pdf")
    reader = PdfReader(tmp_path / "統計.pdf")
    text = "\n".join(p.extract_text() for p in reader.pages)
    assert reader.metadata is not None
    assert reader.metadata.title == "統計　すべての研修期"
    for words in ("研修期ごとの、関門の人数", "国籍ごとの、申込と認証", "ベトナム", "まだ数えられないもの"):
        assert words in text
    assert "—" in text.split("令和8年度 第2期")[-1]
    assert (made.encrypted, made.rows) == (False, sum(len(t.rows) for t in count(office).tables))
    again = submission.export(office, "statistics", tmp_path / "二.pdf", as_of=TODAY)
    assert again.rows == made.rows


@pytest.mark.parametrize(
    ("kind", "password", "words"),
    [
        ("register", "", "PDF にできるのは統計だけ"),
        ("statistics", "合言葉 123", "パスワードを付けられません"),
    ],
)
def test_only_statistics_become_a_paper_and_a_paper_takes_no_password(
    office: Office, tmp_path: Path, kind: str, password: str, words: str
) -> None:
    with pytest.raises(RuleViolation, match=words):
        submission.export(office, kind, tmp_path / "紙.pdf", password=password)
    assert list(tmp_path.glob("紙*")) == []


def test_an_empty_office_has_statistics_too(office: Office, tmp_path: Path) -> None:
    assert submission.export(office, "statistics", tmp_path / "空.pdf").rows == 4
    assert submission.export(office, "statistics", tmp_path / "空.xlsx").rows == 4
