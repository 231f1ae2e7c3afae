"""取っておいた絞り込みと、名簿から刷る紙。"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from app.domain.access import Role
from app.domain.errors import RuleViolation
from app.services import register
from app.services.office import Actor, Office
from app.services.views.register import RegisterFilter
from database.opening import Store
from database.schema.accounts import Account
from tests.factories import (
    NOW,
    insert,
    make_applications,
    make_certifications,
    make_cohort,
    make_office,
    make_qualification,
    person,
)

CERTIFIED = date(2026, 3, 31)
FITS = RegisterFilter(area="東京", language="ベトナム", qualification="社会福祉士")


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store, Role.MANAGER, today=date(2026, 10, 1))


@pytest.fixture
def certified(office: Office) -> list[int]:
    cohort = make_cohort(office)
    places = (("東京都", "甲市国際交流協会"), ("東京都", "乙支援センター"), ("大阪府", "丙法人"))
    people = [
        person(
            f"見本 {n}",
            activity_area=prefecture,
            affiliation=name,
            affiliation_prefecture=prefecture,
            languages="ベトナム語" if n % 2 else "英語",
            publish_consent=n != 4,
        )
        for n, (prefecture, name) in enumerate([places[0], places[0], places[1], places[2], places[2]])
    ]
    applications = make_applications(office, cohort, people)
    make_qualification(office, applications[1])
    return make_certifications(office, cohort, applications, CERTIFIED)


def account(office: Office, login: str) -> Office:
    """口座のある人のオフィス。"""
    values = {"login": login, "display_name": login, "person_key": login, "created_at": NOW}
    row = Account(role=Role.CLERK.value, password_hash="x", **values)
    (key,) = insert(office, [row])
    return replace(office, actor=Actor(key, login, Role.CLERK, login))


def names(office: Office) -> list[tuple[str, bool]]:
    return [(f.name, f.shared) for f in register.list_filters(office)]


def text(path: Path) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


def test_a_filter_is_kept_by_name_and_finds_the_same_people_again(
    office: Office, certified: list[int]
) -> None:
    register.save_filter(office, " 都内のベトナム語 ", FITS)
    (kept,) = register.list_filters(office)
    assert (kept.name, kept.chosen) == ("都内のベトナム語", FITS)
    assert [r.name for r in register.as_of(office, None, kept.chosen).rows] == ["見本 1"]


def test_each_person_has_filters_of_his_own_and_all_share_the_shared(
    office: Office, certified: list[int]
) -> None:
    one, two = account(office, "one"), account(office, "two")
    register.save_filter(one, "わたしの", FITS)
    register.save_filter(one, "みなの", FITS, shared=True)
    mine = register.save_filter(two, "わたしの", RegisterFilter(area="大阪"))
    assert names(one) == [("わたしの", False), ("みなの", True)]
    assert [f.chosen.area for f in register.list_filters(two)] == ["大阪", "東京"]
    with pytest.raises(RuleViolation, match="もうありません"):
        register.rename_filter(one, mine, "横取り")
    with pytest.raises(RuleViolation, match="もうありません"):
        register.remove_filter(one, mine)


def test_names_are_given_once_renamed_and_removed(office: Office) -> None:
    first = register.save_filter(office, "一つ目", FITS)
    register.save_filter(office, "二つ目", RegisterFilter(publish_only=True))
    with pytest.raises(RuleViolation, match="「一つ目」という絞り込みは既にあります"):
        register.save_filter(office, "一つ目", FITS)
    with pytest.raises(RuleViolation, match="「二つ目」という絞り込みは既にあります"):
        register.rename_filter(office, first, "二つ目")
    for name, said in ((" ", "名が空です"), ("長" * 61, "長すぎます")):
        with pytest.raises(RuleViolation, match=said):
            register.rename_filter(office, first, name)
    with pytest.raises(RuleViolation, match="何も絞り込んでいません"):
        register.save_filter(office, "空", RegisterFilter())
    register.rename_filter(office, first, "改めた名")
    assert names(office) == [("二つ目", True), ("改めた名", True)]
    register.remove_filter(office, first)
    assert names(office) == [("二つ目", True)]


def test_the_short_list_prints_those_who_fit_and_neither_birth_date_nor_nationality(
    office: Office, certified: list[int], tmp_path: Path
) -> None:
    target = tmp_path / "一覧.pdf"
    made = register.write_short_list(office, target, None, RegisterFilter(area="東京"))
    assert made.rows == 3
    page = PdfReader(target).pages[0]
    assert (round(page.mediabox.width), round(page.mediabox.height)) == (842, 595)
    words = text(target)
    assert [n for n in range(5) if f"見本 {n}" in words] == [0, 1, 2]
    assert "絞り込み：活動地域「東京」" in words
    assert "社会福祉士" in words
    assert "昭和55" not in words


def test_the_short_list_of_nobody_is_refused(office: Office, certified: list[int], tmp_path: Path) -> None:
    target = tmp_path / "一覧.pdf"
    with pytest.raises(RuleViolation, match="当たる人がいません"):
        register.write_short_list(office, target, None, RegisterFilter(area="沖縄"))
    assert not target.exists()


def test_a_long_short_list_goes_on_with_its_heading_and_page_numbers(office: Office, tmp_path: Path) -> None:
    cohort = make_cohort(office)
    people = [person(f"長い一覧 {n}", specialties="労働、" * 30, activity_area="東京都") for n in range(20)]
    make_certifications(office, cohort, make_applications(office, cohort, people), CERTIFIED)
    target = tmp_path / "一覧.pdf"
    register.write_short_list(office, target)
    pages = [page.extract_text() for page in PdfReader(target).pages]
    assert len(pages) > 2
    assert all("認定番号" in p and f"{n}／{len(pages)}" in p for n, p in enumerate(pages, 1))
    assert [sum(f"長い一覧 {n}\n" in p for p in pages) for n in range(20)] == [1] * 20


def test_affiliations_are_counted_by_prefecture_without_names(
    office: Office, certified: list[int], tmp_path: Path
) -> None:
    target = tmp_path / "所属.pdf"
    assert register.write_affiliations(office, target).rows == 3
    words = text(target)
    assert [w for w in ("東京都　2機関", "大阪府　1機関", "3機関　4名", "見本") if w in words] == [
        "東京都　2機関",
        "大阪府　1機関",
        "3機関　4名",
    ]
    with pytest.raises(RuleViolation, match="有効な人がいません"):
        register.write_affiliations(office, target, date(2029, 4, 1))
