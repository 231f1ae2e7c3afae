"""次の便に入るもの。"""

from app.domain.submission import Change, SubmittedRow, delta

ROWS = [
    SubmittedRow("1", "same", "valid"),
    SubmittedRow("2", "other", "valid"),
    SubmittedRow("3", "x", "revoked"),
    SubmittedRow("4", "x", "expired"),
    SubmittedRow("5", "x", "valid"),
]


def test_only_what_is_new_or_changed_is_sent_with_its_reason() -> None:
    previous = {"1": "same", "2": "old", "3": "old", "4": "old", "6": "gone"}
    assert delta(previous, ROWS) == (
        Change("2", "changed"),
        Change("3", "revoked"),
        Change("4", "lapsed"),
        Change("5", "new"),
        Change("6", "removed"),
    )


def test_sending_again_sends_nothing() -> None:
    assert delta({r.key: r.digest for r in ROWS}, ROWS) == ()


def test_an_end_that_was_told_is_not_told_again() -> None:
    previous = {key: "old" for key in "12345"}
    told = {"3": "revoked", "4": "revoked", "2": "revoked"}
    assert [c.change for c in delta(previous, ROWS, told)] == [
        "changed",
        "changed",
        "changed",
        "lapsed",
        "changed",
    ]
