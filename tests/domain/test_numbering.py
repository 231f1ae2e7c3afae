"""認定番号。"""

import pytest

from app.domain.errors import InputRefused
from app.domain.numbering import NumberFormat, gaps, repeats


def test_the_default_format_is_the_offices() -> None:
    assert NumberFormat().format(2025, 2, 38) == "第R7-2-0038号"


@pytest.mark.parametrize("serial", [0, 10000])
def test_a_number_that_does_not_fit_is_refused(serial: int) -> None:
    with pytest.raises(InputRefused):
        NumberFormat().format(2025, 2, serial)


@pytest.mark.parametrize("pattern", ["第号", "{4桁}{4桁}", "{年}{4桁}"])
def test_a_wrong_format_is_refused(pattern: str) -> None:
    with pytest.raises(InputRefused):
        NumberFormat(pattern)


def test_gaps_are_the_numbers_that_nothing_explains() -> None:
    assert gaps([1, 2, 5, 7], [3]) == (4, 6)


def test_repeats_are_named_once() -> None:
    assert repeats([1, 2, 2, 2, 1]) == (1, 2)
