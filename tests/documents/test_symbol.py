import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from app.documents import symbol

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


@pytest.mark.parametrize("length", [123, 150, 178, 200, 221, 222, 300, 311])
def test_the_symbol_is_the_one_that_another_encoder_makes(length: int) -> None:
    text = ("NINTEI1:" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" * 12)[:length]
    drawn = symbol.encode(text)
    other = segno.make(text, error="m", mask=0, boost_error=False, micro=False, mode="alphanumeric")
    assert drawn.rows() == tuple(bytes(row) for row in other.matrix)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=ALPHABET, min_size=1, max_size=311))
def test_what_was_drawn_is_read_back(text: str) -> None:
    assert symbol.decode(symbol.encode(text).rows()) == text


def test_a_text_too_long_or_a_grid_of_no_version_is_refused() -> None:
    with pytest.raises(ValueError, match="長すぎ"):
        symbol.encode("A" * 312)
    assert symbol.decode((b"\0" * 20,) * 20) is None
    assert symbol.decode((b"\0" * 49,) * 49) is None
