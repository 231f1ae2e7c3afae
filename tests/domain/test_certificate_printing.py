"""印刷機の位置合わせと、異体の漢字。"""

import pytest

from app.domain.calibration import Placement, placement_of
from app.domain.errors import RuleViolation
from app.domain.names import kanji_variants


def test_a_printer_that_prints_as_asked_needs_no_correction() -> None:
    assert placement_of(20.0, 20.0, 160.0, 160.0) == Placement()


def test_what_is_printed_too_far_and_too_small_is_moved_back_and_enlarged() -> None:
    assert placement_of(21.0, 19.5, 160.0, 158.4) == Placement(-10, 3, 10_000, 10_101)


@pytest.mark.parametrize(
    "values", [(4.9, 20, 160, 160), (20, 36, 160, 160), (20, 20, 0, 160), (20, 20, 160, 140)]
)
def test_a_slip_of_the_ruler_is_refused(values: tuple[float, float, float, float]) -> None:
    with pytest.raises(RuleViolation, match="確かめてください"):
        placement_of(*values)


def test_the_variants_of_a_kanji_are_named_without_itself() -> None:
    assert (kanji_variants("髙"), kanji_variants("邊"), kanji_variants("一")) == (("高",), ("辺", "邉"), ())
