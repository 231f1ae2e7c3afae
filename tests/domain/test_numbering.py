"""認定番号。"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import InputRefused
from app.domain.numbering import NumberFormat, ParsedNumber, gaps, next_serial, repeats


def test_the_default_format_is_the_offices() -> None:
    assert NumberFormat().format(2025, 2, 38) == "第R7-2-0038号"


@pytest.mark.parametrize("serial", [0, 10000])
def test_a_number_that_does_not_fit_is_refused(serial: int) -> None:
    with pytest.raises(InputRefused):
        NumberFormat().format(2025, 2, serial)


@pytest.mark.parametrize("pattern", ["第号", "{4桁}{4桁}", "{年}{4桁}", "{0桁}", "{4桁}{"])
def test_a_wrong_format_is_refused(pattern: str) -> None:
    with pytest.raises(InputRefused):
        NumberFormat(pattern)


def test_gaps_are_the_numbers_that_nothing_explains() -> None:
    assert gaps([1, 2, 5, 7], [3]) == (4, 6)


def test_repeats_are_named_once() -> None:
    assert repeats([1, 2, 2, 2, 1]) == (1, 2)


def test_a_year_before_reiwa_has_no_number() -> None:
    with pytest.raises(InputRefused):
        NumberFormat().format(2018, 1, 1)
    assert NumberFormat().format(2019, 1, 1) == "第R1-1-0001号"


@pytest.mark.parametrize(
    "pattern", ["第{年度略}-{期}-{4桁}号", "{4桁}/{期}{年度略}", "No.{年度略}({期}){4桁}"]
)
@given(year=st.integers(2019, 2200), term=st.integers(1, 120), serial=st.integers(1, 9999))
def test_what_was_formatted_is_read_back(pattern: str, year: int, term: int, serial: int) -> None:
    number = NumberFormat(pattern)
    assert number.parse(number.format(year, term, serial)) == ParsedNumber(year, term, serial)


def test_a_format_without_year_and_term_reads_the_serial_alone() -> None:
    assert NumberFormat("認{5桁}").parse("認00012") == ParsedNumber(None, None, 12)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "第R7-2-038号",
        "第R7-2-0000号",
        "第R07-2-0038号",
        "第R7-2-0038号 ",
        "第R7-2-００３８号",
        "第H7-2-0038号",
    ],
)
def test_what_the_format_cannot_make_is_not_read(text: str) -> None:
    assert NumberFormat().parse(text) is None


def test_a_number_that_reads_two_ways_is_not_guessed() -> None:
    assert NumberFormat("{年度略}{期}-{4桁}").parse("R712-0001") is None
    assert NumberFormat("{年度略}{期}-{4桁}").parse("R71-0001") == ParsedNumber(2025, 1, 1)
    assert NumberFormat("{期}-{期}-{4桁}").parse("1-2-0001") is None
    assert NumberFormat("{期}-{期}-{4桁}").parse("2-2-0001") == ParsedNumber(None, 2, 1)


def test_the_next_number_follows_every_used_and_voided_one() -> None:
    assert next_serial([]) == 1
    assert next_serial([1, 3], [5]) == 6
    assert next_serial([7, 2]) == 8
