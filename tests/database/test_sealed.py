"""封をしたファイル：合言葉だけで開き、頭でも中身でも、要約値を作り直しても、改変に気づく。"""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import RuleViolation
from database.sealed import ALTERED, NEWER, NOT_SEALED, WRONG_PASSPHRASE, Envelope, new_envelope, open_sealed
from tests.conftest import CHEAP

WORD = "封のための長い合言葉です"
ENVELOPE: Envelope = new_envelope(WORD, cost=CHEAP)


def refusal(data: bytes, word: str = WORD) -> str:
    with pytest.raises(RuleViolation) as found:
        open_sealed(data, word)
    return str(found.value)


def resealed(data: bytes) -> bytes:
    """要約値を作り直した塊（合言葉を知らない人にもできる）。"""
    return data[:-32] + hashlib.sha256(data[:-32]).digest()


def with_header(data: bytes, **values: Any) -> bytes:
    end = 13 + int.from_bytes(data[9:13], "big")
    header = json.dumps({**json.loads(data[13:end]), **values}).encode()
    return resealed(data[:9] + len(header).to_bytes(4, "big") + header + data[end:])


@given(st.binary(max_size=300))
@settings(max_examples=30, deadline=None)
def test_what_is_sealed_comes_back_the_same(content: bytes) -> None:
    envelope, opened = open_sealed(ENVELOPE.seal("packet", content), WORD)
    assert (opened.kind, opened.content) == ("packet", content)
    assert envelope.open(envelope.seal("draft", content)).content == content


def test_the_same_content_is_never_sealed_twice_alike() -> None:
    assert len({ENVELOPE.seal("packet", b"x") for _ in range(20)}) == 20
    assert new_envelope(WORD, cost=CHEAP).salt != new_envelope(WORD, cost=CHEAP).salt


def test_the_passphrase_is_the_same_however_the_input_method_writes_it() -> None:
    data = new_envelope("ＡＢＣ１２３カナの合言葉", cost=CHEAP).seal("packet", b"x")
    assert open_sealed(data, " ABC123カナの合言葉 ")[1].content == b"x"


def test_a_wrong_passphrase_is_told_apart_from_damage() -> None:
    data = ENVELOPE.seal("packet", b"x")
    assert refusal(data, "ちがう合言葉ちがう合言葉") == WRONG_PASSPHRASE
    assert refusal(data[:-1]) == ALTERED
    assert refusal(data[:20]) == NOT_SEALED
    assert refusal(b"") == NOT_SEALED


def test_every_single_bit_turned_is_noticed() -> None:
    data = ENVELOPE.seal("packet", b"content")
    for place in range(len(data)):
        bad = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        assert refusal(bad) in (ALTERED, NOT_SEALED, NEWER)


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "return"},
        {"nonce": "AAAAAAAAAAAAAAAA"},
        {"nonce": "あ"},
        {"salt": 5},
        {"argon2id": {"time_cost": 10**9, "memory_cost": 8, "parallelism": 1}},
        {"argon2id": {"time_cost": 1, "memory_cost": 1 << 40, "parallelism": 1}},
        {"argon2id": {"time_cost": 1, "memory_cost": 8, "parallelism": 10**6}},
        {"argon2id": {"time_cost": 1, "memory_cost": 1, "parallelism": 16}},
        {"argon2id": {"time_cost": "1"}},
        {"argon2id": None},
    ],
)
def test_a_header_changed_with_its_digest_made_anew_is_refused(values: dict[str, Any]) -> None:
    assert refusal(with_header(ENVELOPE.seal("packet", b"x"), **values)) in (ALTERED, WRONG_PASSPHRASE)


def test_a_body_changed_with_its_digest_made_anew_is_refused() -> None:
    data = bytearray(ENVELOPE.seal("packet", b"content"))
    data[-40] ^= 1
    assert refusal(resealed(bytes(data))) == ALTERED


def test_a_header_that_is_no_header_is_refused() -> None:
    data = ENVELOPE.seal("packet", b"x")
    end = 13 + int.from_bytes(data[9:13], "big")
    for header in (b"[1]", b"{", b"\xff\xfe"):
        assert refusal(resealed(data[:9] + len(header).to_bytes(4, "big") + header + data[end:])) == ALTERED
    assert refusal(resealed(data[:9] + (2**31).to_bytes(4, "big") + data[13:])) == ALTERED


def test_a_newer_form_is_refused_with_words() -> None:
    data = ENVELOPE.seal("packet", b"x")
    assert refusal(resealed(data[:8] + b"\x02" + data[9:])) == NEWER


def test_a_piece_of_another_envelope_is_not_taken_for_ours() -> None:
    other = new_envelope(WORD, cost=CHEAP).seal("draft", b"x")
    with pytest.raises(RuleViolation, match="書き換えられています"):
        ENVELOPE.open(other)


def test_the_keys_are_never_shown() -> None:
    assert repr(ENVELOPE) == "Envelope(…)"
