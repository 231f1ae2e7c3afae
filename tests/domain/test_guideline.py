from pathlib import Path

import pytest

from app.domain.errors import InputRefused
from app.domain.guideline import parse_guideline
from app.services.editions import edition_names, load_edition

TEXT = (Path(__file__).parents[2] / "resources/editions/r7-02-27.toml").read_text(encoding="utf-8")


def test_edition_holds_the_numbers_of_the_guideline():
    edition = parse_guideline(TEXT)
    assert edition.title == "実施要綱 令和7年2月27日改正版"
    assert (edition.validity_years, edition.bar_years, edition.window_years) == (3, 2, 5)
    assert (edition.workdays, edition.tenure_months, edition.days_per_month) == (180, 12, 30)
    assert edition.majority == "of_present"


def test_every_reading_is_named_and_explained():
    edition = parse_guideline(TEXT)
    assert [r.name for r in edition.readings] == [
        "window_counts_first_day",
        "days_per_month",
        "standard_for_experience",
        "renewal_follows_expiry",
        "recused_leave_base",
        "majority",
    ]
    assert all(r.comment.endswith("。") and r.title and r.clause for r in edition.readings)
    assert [getattr(edition, r.name) for r in edition.readings] == [r.value for r in edition.readings]
    assert edition.reading("majority").clause == "6(2)"


def test_reading_that_does_not_exist_is_refused():
    with pytest.raises(InputRefused, match="という読みはありません"):
        parse_guideline(TEXT).reading("nothing")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("workdays = 180", ""),
        ("workdays = 180", 'workdays = "180"'),
        ("workdays = 180", "workdays = -1"),
        ("workdays = 180", "workdays = true"),
        ('value = "of_present"', 'value = "of_all"'),
        ("value = 30", "value = 0"),
        ("[readings.majority]", "[readings.majorty]"),
        ("[edition]", "[edition"),
        ('title = "実施要綱 令和7年2月27日改正版"', ""),
    ],
)
def test_broken_edition_is_refused(old, new):
    with pytest.raises(InputRefused):
        parse_guideline(TEXT.replace(old, new, 1))


def test_unknown_reading_is_refused():
    with pytest.raises(InputRefused, match="知らない読み「extra」"):
        parse_guideline(TEXT + '\n[readings.extra]\nvalue = 1\nclause = ""\ntitle = ""\ncomment = ""\n')


def test_editions_are_read_from_the_resources():
    assert edition_names() == ("r7-02-27",)
    assert load_edition() == parse_guideline(TEXT)


@pytest.mark.parametrize("name", ["r9", "../r7-02-27", "", "R7-02-27", "r7-02-27.toml"])
def test_edition_that_is_not_there_is_refused(name):
    with pytest.raises(InputRefused, match="はありません。ある版は r7-02-27 です。"):
        load_edition(name)
