"""機械の断った理由は日本語で言う。"""

import errno

import pytest

from app.workbooks.faults import fault_words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "空き容量がない"),
        (errno.EACCES, "許されていないか、ほかで開いている"),
        (errno.ENOENT, "その場所がない"),
        (errno.EROFS, "書けない場所である"),
        (99_999, "番号 99999"),
    ],
)
def test_a_fault_is_said_in_words_or_by_its_number(number: int, words: str) -> None:
    assert fault_words(OSError(number, "in English")) == words


def test_a_fault_without_a_number_is_said_too() -> None:
    assert fault_words(OSError("in English")) == "理由は分からない"
