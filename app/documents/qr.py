"""認定証の二次元コード：署名した文を作り、公開鍵だけで確かめる。

文は「NINTEI2:」に続く Base32。中身は番号・氏名の要約値・四つの日付・Ed25519 の署名で、氏名そのものは入れない。
要約値は 16 バイト、日付は一つ 2 バイト（1970年1月1日からの日数）。初めの様式「NINTEI1:」（32・3 バイト）も読む。
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import date

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.domain.errors import RuleViolation

PREFIXES = ("NINTEI2:", "NINTEI1:")
PREFIX = PREFIXES[0]
_DIGESTS = {PREFIXES[0]: 16, PREFIXES[1]: 32}
_DATES = {PREFIXES[0]: 2, PREFIXES[1]: 3}
_ORIGINS = {PREFIXES[0]: date(1970, 1, 1).toordinal(), PREFIXES[1]: 0}
_SIGNATURE = 64
_LONGEST = 64  # 番号の長さ（UTF-8 のバイト）


@dataclass(frozen=True)
class Payload:
    """署名する中身。氏名は要約値だけが文に入る。"""

    number: str
    name: str
    certified_on: date
    valid_from: date
    expires_on: date
    issued_on: date


@dataclass(frozen=True)
class Signed:
    """確かめられた中身。"""

    number: str
    name_digest: bytes
    certified_on: date
    valid_from: date
    expires_on: date
    issued_on: date

    def names(self, name: str) -> bool:
        """この認定証が name（打たれたままの氏名、空白は問わない）のものか。"""
        return _name_digest(self.number, name)[: len(self.name_digest)] == self.name_digest


def new_key(secret: bytes | None = None) -> tuple[bytes, bytes]:
    """新しい鍵（秘密鍵 32 バイト、公開鍵 32 バイト）。secret（32 バイト）を与えれば、それから作る。"""
    key = Ed25519PrivateKey.generate() if secret is None else Ed25519PrivateKey.from_private_bytes(secret)
    return key.private_bytes_raw(), key.public_key().public_bytes_raw()


def _name_digest(number: str, name: str) -> bytes:
    # 番号を混ぜ、同じ氏名でも別の値にする（名簿から作った表との突き合わせを防ぐ）。空白は紙面から読み戻せない
    return hashlib.sha256(f"{number}\n{''.join(name.split())}".encode()).digest()


def sign(payload: Payload, private_key: bytes) -> str:
    """署名した文。同じ中身と鍵からは同じ文ができる。番号が 64 バイトを超えれば RuleViolation。"""
    number = payload.number.encode()
    if len(number) > _LONGEST:
        raise RuleViolation("認定番号が長すぎて二次元コードに入りません。番号の書式を短くしてください。")
    days = (payload.certified_on, payload.valid_from, payload.expires_on, payload.issued_on)
    body = bytes([len(number)]) + number + _name_digest(payload.number, payload.name)[: _DIGESTS[PREFIX]]
    body += b"".join((day.toordinal() - _ORIGINS[PREFIX]).to_bytes(_DATES[PREFIX], "big") for day in days)
    signature = Ed25519PrivateKey.from_private_bytes(private_key).sign(PREFIX.encode() + body)
    return PREFIX + _base32(body + signature)


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode("ascii").rstrip("=")


def verify_text(text: str, public_key: bytes) -> Signed | None:
    """文を公開鍵で確かめ、中身を返す。一字でも違えば None。"""
    found = _unwrapped(text.strip())
    if found is None:
        return None
    prefix, data = found
    body, signature = data[:-_SIGNATURE], data[-_SIGNATURE:]
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, prefix.encode() + body)
        return _parsed(prefix, body)
    except (InvalidSignature, ValueError, UnicodeDecodeError):
        return None


def read_text(text: str) -> Signed | None:
    """署名を確かめずに、文の中身を読む（紙面の値と比べるため）。この様式の文でなければ None。"""
    found = _unwrapped(text.strip())
    try:
        return None if found is None else _parsed(found[0], found[1][:-_SIGNATURE])
    except (ValueError, UnicodeDecodeError):
        return None


def _unwrapped(text: str) -> tuple[str, bytes] | None:
    """様式の名と、中身のバイト列（署名まで）。"""
    prefix = next((p for p in PREFIXES if text.startswith(p)), None)
    if prefix is None:
        return None
    coded = text.removeprefix(prefix)
    try:
        data = base64.b32decode(coded + "=" * (-len(coded) % 8))
    except (binascii.Error, ValueError):
        return None
    # 末尾の余りのビットだけが違う文も受け付けない
    least = 1 + _DIGESTS[prefix] + 4 * _DATES[prefix] + _SIGNATURE
    return (prefix, data) if coded == _base32(data) and len(data) > least else None


def _parsed(prefix: str, body: bytes) -> Signed:
    wide, origin = _DATES[prefix], _ORIGINS[prefix]
    end = 1 + body[0]
    days_at = end + _DIGESTS[prefix]
    if len(body) != days_at + 4 * wide:
        raise ValueError("長さが合わない")
    days = [
        date.fromordinal(origin + int.from_bytes(body[i : i + wide], "big"))
        for i in range(days_at, len(body), wide)
    ]
    return Signed(body[1:end].decode(), body[end:days_at], *days)


def operators(text: str, place: tuple[float, float, float]) -> str:
    """記号を place（左・下・一辺、pt）に描く PDF の命令（一つの型抜き）。"""
    from app.documents import symbol

    drawn = symbol.encode(text)
    x, y, side = place
    return (
        f"q 0 0 0 rg {side:.2f} 0 0 {side:.2f} {x:.2f} {y:.2f} cm\n"
        f"BI /IM true /D [1 0] /W {drawn.size} /H {drawn.size} /BPC 1 /F /AHx ID\n{drawn.data.hex()}>\nEI Q"
    )
