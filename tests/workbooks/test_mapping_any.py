"""ほかの様式の読み方：列の順・見出しの書き方・周りの字が何であっても、同じ申込書になる。"""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from app.workbooks.applicant_layout import COUNTERS
from app.workbooks.applicants import ApplicantForm, EmploymentForm
from app.workbooks.mapping.words import _JOBS, _PEOPLE
from app.workbooks.reading import Cell, Workbook
from tests.workbooks.test_mapping import book_of, read

NAMES = st.text("見本例花子太郎髙﨑𠮷", min_size=1, max_size=5).map(lambda s: f"姓 {s}")
TEXTS = st.text("甲乙丙丁あいう0１-", max_size=6).map(str.strip)
DAYS = st.dates(date(1950, 1, 1), date(2000, 12, 31))
JOBS = st.builds(
    EmploymentForm,
    counter=st.sampled_from(sorted(COUNTERS.values())),
    started_on=st.dates(date(2015, 1, 1), date(2020, 1, 1)),
    ended_on=st.none() | st.dates(date(2021, 1, 1), date(2025, 1, 1)),
    counter_name=st.text("甲乙丙丁", min_size=1, max_size=4),
    workdays=st.none() | st.integers(0, 300),
)
FORMS = st.builds(
    ApplicantForm,
    row=st.just(0),
    number=st.just(""),
    name=NAMES,
    birth_date=DAYS,
    reading=TEXTS,
    phone=TEXTS,
    postal_code=TEXTS,
    address=TEXTS,
    affiliation=TEXTS,
    nationality=TEXTS,
    counter=st.none() | st.sampled_from(sorted(COUNTERS.values())),
    employments=st.lists(JOBS, max_size=3).map(tuple),
)
PEOPLE_ITEMS = {
    "氏名": lambda f: f.name,
    "生年月日": lambda f: f.birth_date,
    "フリガナ": lambda f: f.reading,
    "電話": lambda f: f.phone,
    "郵便番号": lambda f: f.postal_code,
    "住所": lambda f: f.address,
    "所属機関": lambda f: f.affiliation,
    "国籍": lambda f: f.nationality,
    "窓口の種別": lambda f: next((w for w, c in COUNTERS.items() if c == f.counter), None),
}
JOB_ITEMS = {
    "種別": lambda e: next(w for w, c in COUNTERS.items() if c == e.counter),
    "開始日": lambda e: e.started_on,
    "終了日": lambda e: e.ended_on,
    "窓口名": lambda e: e.counter_name,
    "従業日数": lambda e: e.workdays,
}


def _heading(draw: st.DrawFn, words: dict[str, str], heading: str) -> str:
    return draw(st.sampled_from([heading, *words[heading].split()]))


@st.composite
def foreign_books(draw: st.DrawFn) -> tuple[Workbook, tuple[ApplicantForm, ...]]:
    """ほかの様式のブックと、そこに書かれた申込書。"""
    forms = draw(st.lists(FORMS, min_size=1, max_size=3))
    columns = [(_heading(draw, _PEOPLE, h), [get(f) for f in forms]) for h, get in PEOPLE_ITEMS.items()]
    columns += [(f"好きな色{i}", ["あお"] * len(forms)) for i in range(draw(st.integers(0, 2)))]
    for group in range(3):
        prefix = draw(st.sampled_from(["在職{}", "職歴{} ", "({})", "第{}"])).format(group + 1)
        columns += [
            (
                prefix + _heading(draw, _JOBS, h),
                [get(f.employments[group]) if group < len(f.employments) else None for f in forms],
            )
            for h, get in JOB_ITEMS.items()
        ]
    columns = draw(st.permutations(columns))
    above = draw(
        st.lists(st.sampled_from([("受講希望者の一覧",), (), ("提出日", "令和7年6月1日")]), max_size=5)
    )
    rows: list[tuple[Cell, ...]] = [*above, tuple(h for h, _ in columns)]
    rows += [
        tuple(values[i] or None if values[i] == "" else values[i] for _, values in columns)
        for i in range(len(forms))
    ]
    expected = tuple(replace(f, row=i + 1 + len(above), number=str(i)) for i, f in enumerate(forms, 1))
    return book_of(*rows), expected


@settings(max_examples=60, deadline=None)
@given(foreign_books())
def test_any_order_any_synonym_and_anything_around_gives_the_same_forms(
    case: tuple[Workbook, tuple[ApplicantForm, ...]],
) -> None:
    workbook, expected = case
    sheet, _ = read(workbook)
    assert sheet.errors == ()
    assert sheet.forms == expected
