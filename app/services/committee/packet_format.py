"""持ち出しと戻りの形：標準形の JSON に署名し、合言葉の封に入れる。"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.documents.key_sheet import PublicKey
from app.domain.committee import CHOICES
from app.domain.errors import RuleViolation
from app.services.views.committee import GROUND_TEXTS
from app.services.views.packets import FINDING_WORDS
from app.workbooks.faults import fault_words
from database.schema.base import canonical_json
from database.sealed import ALTERED, LARGEST, NEWER, NOT_SEALED

FORMAT = 1
PACKET, DRAFT, RETURN = "packet", "draft", "return"
PACKET_SUFFIX, RETURN_SUFFIX = ".ndpacket", ".ndreturn"
LONGEST_REMARK = 4000
# 認定証の二次元コードの署名と取り違えられないように、用を頭に付けて署名する
_PURPOSE = b"NINTEI-DESK MEETING PACKET 1\n"


def to_text(value: bytes) -> str:
    """JSON に置ける字。"""
    return base64.b64encode(value).decode("ascii")


def to_bytes(text: object) -> bytes:
    """JSON の字から戻す。読めなければ RuleViolation。"""
    try:
        return base64.b64decode(str(text), validate=True)
    except ValueError:
        raise RuleViolation(ALTERED) from None


def digest_of(body: Mapping[str, Any]) -> str:
    """中身の要約値。"""
    return hashlib.sha256(canonical_json(dict(body)).encode()).hexdigest()


def short(packet_key: str) -> str:
    """持ち出しの番号として見せる字。"""
    return packet_key[:8].upper()


def fingerprint(public_key: bytes) -> str:
    """公開鍵の指紋。公開鍵の紙に刷られるものと同じ。"""
    return PublicKey(public_key, date.min, None).fingerprint


def signed(body: Mapping[str, Any], private_key: bytes) -> bytes:
    """署名を付けた中身。"""
    signature = Ed25519PrivateKey.from_private_bytes(private_key).sign(
        _PURPOSE + canonical_json(dict(body)).encode()
    )
    return canonical_json({"body": dict(body), "signature": to_text(signature)}).encode()


def read_signed(content: bytes) -> tuple[dict[str, Any], bytes]:
    """中身と署名。署名はまだ確かめていない。形が違えば RuleViolation。"""
    try:
        value = json.loads(content)
        body, signature = value["body"], value["signature"]
    except (ValueError, KeyError, TypeError):
        raise RuleViolation(ALTERED) from None
    if not isinstance(body, dict) or "format" not in body:
        raise RuleViolation(ALTERED)
    if body["format"] != FORMAT:
        raise RuleViolation(NEWER)
    return body, to_bytes(signature)


def check_signature(body: Mapping[str, Any], signature: bytes, public_key: bytes) -> None:
    """署名を公開鍵で確かめる。合わなければ RuleViolation。"""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(
            signature, _PURPOSE + canonical_json(dict(body)).encode()
        )
    except (InvalidSignature, ValueError):
        raise RuleViolation(ALTERED) from None


def read_file(path: Path) -> bytes:
    """渡されたファイルを読む。読めないか、大きすぎれば RuleViolation。"""
    try:
        if path.stat().st_size > LARGEST:
            raise RuleViolation(NOT_SEALED)
        return path.read_bytes()
    except OSError as error:
        raise RuleViolation(
            f"{path.name} を読めませんでした（{fault_words(error)}）。場所を確かめてください。"
        ) from error


@dataclass(frozen=True)
class CaseEntry:
    """一件に入れられたこと。votes は委員の id から票、grounds は事由から（判断, 理由）。"""

    votes: dict[int, str]
    grounds: dict[str, tuple[str, str]]
    remark: str

    @property
    def is_empty(self) -> bool:
        """何も入っていなければ真。"""
        return not (self.votes or self.grounds or self.remark)


@dataclass(frozen=True)
class Declared:
    """委員本人の、利害関係の申告。cases は、回避を申し出た案件。"""

    words: str
    cases: tuple[int, ...]

    @property
    def answer(self) -> str:
        """none（利害関係なし）か has。"""
        return "has" if self.words or self.cases else "none"


@dataclass(frozen=True)
class Entries:
    """持ち出し先で入れられたことのすべて。sat は委員の id から着席の時刻（書面なら空）。"""

    cases: dict[int, CaseEntry]
    sat: dict[int, str]
    declared: Declared | None = None

    def as_json(self) -> dict[str, Any]:
        """JSON にする値。"""
        told = self.declared
        return {
            "declared": None if told is None else {"words": told.words, "cases": list(told.cases)},
            "sat": {str(m): at for m, at in self.sat.items()},
            "cases": {
                str(case_id): {
                    "votes": {str(m): c for m, c in entry.votes.items()},
                    "grounds": {g: list(pair) for g, pair in entry.grounds.items()},
                    "remark": entry.remark,
                }
                for case_id, entry in self.cases.items()
                if not entry.is_empty
            },
        }


def read_entries(body: Mapping[str, Any]) -> Entries:
    """JSON から読む。知らない票・事由・判断があれば RuleViolation（作り物とみなす）。"""
    try:
        cases = {int(key): _case_entry(value) for key, value in body["cases"].items()}
        sat = {int(member): str(at) for member, at in body["sat"].items()}
        declared = _declared(body["declared"])
        if declared is not None and set(declared.cases) & set(cases):
            raise ValueError
    except (KeyError, TypeError, ValueError, AttributeError):
        raise RuleViolation(ALTERED) from None
    return Entries(cases, sat, declared)


def _declared(value: Mapping[str, Any] | None) -> Declared | None:
    if value is None:
        return None
    found = Declared(str(value["words"]), tuple(sorted({int(case_id) for case_id in value["cases"]})))
    if len(found.words) > LONGEST_REMARK:
        raise ValueError
    return found


def _case_entry(value: Mapping[str, Any]) -> CaseEntry:
    entry = CaseEntry(
        {int(member): str(choice) for member, choice in value["votes"].items()},
        {str(g): (str(finding), str(reason)) for g, (finding, reason) in value["grounds"].items()},
        str(value["remark"]),
    )
    fine = (
        set(entry.votes.values()) <= set(CHOICES)
        and set(entry.grounds) <= set(GROUND_TEXTS)
        and {finding for finding, _ in entry.grounds.values()} <= set(FINDING_WORDS)
        and len(entry.remark) <= LONGEST_REMARK
        and all(len(reason) <= LONGEST_REMARK for _, reason in entry.grounds.values())
    )
    if not fine:
        raise ValueError
    return entry
