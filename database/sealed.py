"""封をしたファイル：合言葉だけで開き、一バイトの改変にも気づく塊。データベースとは別に持ち出すもの。

並び：印 8・版 1・頭の長さ 4（大きい桁から）・頭（JSON）・暗号文（AES-256-GCM）・ここまでの SHA-256。
中身の鍵は無作為で、合言葉の鍵（Argon2id）で包んで頭に置く。だから、合言葉の違いと中身の改変を分けて言える。
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from argon2.exceptions import HashingError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.domain.errors import RuleViolation
from database.keys import MOST_MEMORY, MOST_TIME, SHORTEST_PASSPHRASE, Cost, passphrase_key
from database.schema.base import canonical_json

MAGIC = b"NINTEIPK"
VERSION = 1
LARGEST = 64 * 1024 * 1024
KEY_BYTES, SALT_BYTES, NONCE_BYTES, DIGEST_BYTES = 32, 16, 12, 32
MOST_PARALLELISM = 16
_HEAD = len(MAGIC) + 1 + 4
_WRAP = b"nintei sealed key"

NOT_SEALED = "このファイルは、認定デスクの持ち出し・戻りのファイルではありません。渡されたファイルを選び直してください。"
NEWER = "このファイルは、より新しい版のプログラムで作られています。プログラムを新しくしてください。"
ALTERED = "このファイルは、壊れているか書き換えられています。受け取り直してください。何も取り込んでいません。"
WRONG_PASSPHRASE = (
    "合言葉が違います。別に伝えられた合言葉を、大文字・小文字と入力方式を確かめて入れ直してください。"  # noqa: S105
)


@dataclass(frozen=True)
class Opened:
    """開いた中身。kind は何の塊か。"""

    kind: str
    content: bytes


@dataclass(frozen=True)
class Envelope:
    """合言葉で開いた封。同じ合言葉で開く塊をいくつでも作れる（中身の鍵は書き出されない）。"""

    cost: Cost
    salt: bytes
    key_nonce: bytes
    wrapped: bytes
    key: bytes
    entropy: Callable[[int], bytes] = secrets.token_bytes

    def __repr__(self) -> str:
        """鍵は記録にも画面にも出さない。"""
        return "Envelope(…)"

    def seal(self, kind: str, content: bytes) -> bytes:
        """content に封をした塊。"""
        nonce = self.entropy(NONCE_BYTES)
        header = {
            "kind": kind,
            "argon2id": asdict(self.cost),
            "salt": _text(self.salt),
            "key_nonce": _text(self.key_nonce),
            "key": _text(self.wrapped),
            "nonce": _text(nonce),
        }
        words = canonical_json(header).encode()
        head = MAGIC + bytes([VERSION]) + len(words).to_bytes(4, "big") + words
        sealed = head + AESGCM(self.key).encrypt(nonce, content, head)
        return sealed + hashlib.sha256(sealed).digest()

    def open(self, data: bytes) -> Opened:
        """同じ封の塊を、合言葉を尋ね直さずに開く。違う封か、書き換えられていれば RuleViolation。"""
        header, head, body = _split(data)
        if _bytes(header, "salt") != self.salt or _bytes(header, "key") != self.wrapped:
            raise RuleViolation(ALTERED)
        try:
            content = AESGCM(self.key).decrypt(_bytes(header, "nonce"), body, head)
        except (InvalidTag, ValueError):
            raise RuleViolation(ALTERED) from None
        return Opened(str(header.get("kind", "")), content)


def check_passphrase(passphrase: str) -> None:
    """新しい合言葉の長さを確かめる。短ければ RuleViolation。"""
    if len(passphrase.strip()) < SHORTEST_PASSPHRASE:
        raise RuleViolation(f"持ち出しの合言葉が短すぎます（{SHORTEST_PASSPHRASE}文字以上にしてください）。")


def new_envelope(
    passphrase: str, entropy: Callable[[int], bytes] = secrets.token_bytes, cost: Cost | None = None
) -> Envelope:
    """新しい封。合言葉が短ければ RuleViolation。"""
    check_passphrase(passphrase)
    salt, key_nonce, key = entropy(SALT_BYTES), entropy(NONCE_BYTES), entropy(KEY_BYTES)
    weight = cost or Cost()
    wrapping = passphrase_key(passphrase.strip(), salt, weight)
    wrapped = AESGCM(wrapping).encrypt(key_nonce, key, _WRAP)
    return Envelope(weight, salt, key_nonce, wrapped, key, entropy)


def open_sealed(data: bytes, passphrase: str) -> tuple[Envelope, Opened]:
    """塊を合言葉で開く。違う合言葉・改変・ほかのファイルは、それぞれの文の RuleViolation。"""
    header, _, _ = _split(data)
    cost = _cost(header)
    salt, nonce, wrapped = (_bytes(header, name) for name in ("salt", "key_nonce", "key"))
    try:
        wrapping = passphrase_key(passphrase.strip(), salt, cost)
        key = AESGCM(wrapping).decrypt(nonce, wrapped, _WRAP)
    except InvalidTag:
        raise RuleViolation(WRONG_PASSPHRASE) from None
    except (HashingError, ValueError):
        raise RuleViolation(ALTERED) from None
    envelope = Envelope(cost, salt, nonce, wrapped, key)
    return envelope, envelope.open(data)


def _split(data: bytes) -> tuple[dict[str, Any], bytes, bytes]:
    """頭・頭までの字・暗号文。SHA-256 が合わなければ、途切れか書き換え。"""
    if len(data) <= _HEAD + DIGEST_BYTES or not data.startswith(MAGIC):
        raise RuleViolation(NOT_SEALED)
    if data[len(MAGIC)] > VERSION:
        raise RuleViolation(NEWER)
    sealed, digest = data[:-DIGEST_BYTES], data[-DIGEST_BYTES:]
    end = _HEAD + int.from_bytes(data[len(MAGIC) + 1 : _HEAD], "big")
    if hashlib.sha256(sealed).digest() != digest or end > len(sealed):
        raise RuleViolation(ALTERED)
    try:
        header = json.loads(sealed[_HEAD:end])
    except ValueError:
        raise RuleViolation(ALTERED) from None
    if not isinstance(header, dict):
        raise RuleViolation(ALTERED)
    return header, sealed[:end], sealed[end:]


def _cost(header: dict[str, Any]) -> Cost:
    try:
        cost = Cost(**header["argon2id"])
        # 細工したファイルに計算機を止めさせない
        fits = (
            0 < cost.time_cost <= MOST_TIME
            and 0 < cost.memory_cost <= MOST_MEMORY
            and 0 < cost.parallelism <= MOST_PARALLELISM
        )
    except (KeyError, TypeError):
        fits = False
    if not fits:
        raise RuleViolation(ALTERED)
    return cost


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _bytes(header: dict[str, Any], name: str) -> bytes:
    try:
        return base64.b64decode(header[name], validate=True)
    except (KeyError, TypeError, ValueError):
        raise RuleViolation(ALTERED) from None
